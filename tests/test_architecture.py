"""Does the house stand as DESIGN §4 draws it? Read from the source text, so that no import hides behind a branch."""

from __future__ import annotations

import ast
import re
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
TOP_LEVEL = {"pyproject.toml", "app.py", "pages", "analytics", "data", "tests", "README.md", "LICENSE"}
DOORS = {
    "data.alerts",
    "data.accounts",
    "data.admission",
    "data.bookkeeping",
    "data.cards",
    "data.identity",
    "data.invitations",
    "data.leaving",
    "data.merchants",
    "data.operating",
    "data.own_security",
    "data.pairs",
    "data.passkeys",
    "data.planning",
    "data.preferences",
    "data.reconciling",
    "data.recurring",
    "data.recovering",
    "data.refunds",
    "data.rewards",
    "data.second_factor",
    "data.sorting",
    "data.statements",
    "data.step_up",
    "data.taking_out",
    "data.uptake",
    "data.wallet",
}
PURE = (
    "data/importers/",
    "data/ledger/",
    "data/security/",
    "data/categories/",
    "data/matching/",
    "data/codes/",
    "data/money.py",
    "data/period.py",
)
APPEND_ONLY = (
    "account",
    "backup_event",
    "audit_link",
    "entry",
    "posting",
    "annotation",
    "account_event",
    "statement_line",
    "import_batch",
    "import_undo",
    "pair_event",
    "assertion_event",
    "assertion_tick",
    "recurring_word",
    "budget_limit",
    "request",
    "merchant",
    "merchant_event",
    "card",
    "card_event",
    "wallet_status",
    "wallet_limit",
    "payment",
    "payment_event",
    "money_transfer",
    "charge",
    "charge_event",
    "refund",
    "refund_event",
    "attachment",
    "points_lot",
    "coupon",
    "coupon_claim",
    "coupon_ending",
    "coupon_event",
    "earn_rule",
    "security_event",
    "sign_up_choice",
    "pay_code",
    "risk_verdict",
    "risk_answer",
    "risk_setting",
)
RESEALING = "data/store/resealing.py"  # a changed key: the token says the same under another seal, and nothing else
LEAVING = "data/store/leaving.py"  # a deleted account: all rows of one owner at once, in a commit that says so
UNNAMED = "data/store/unnamed.py"  # and the name in the books of others
SQL_WORDS = re.compile(r"\b(SELECT\s|INSERT INTO|DELETE FROM|UPDATE\s+\w+\s+SET|CREATE (TABLE|VIEW))", re.IGNORECASE)


@cache
def sources() -> dict[str, str]:
    files = [ROOT / "app.py"]
    for folder in ("pages", "analytics", "data"):
        files += sorted((ROOT / folder).rglob("*.py"))
    return {f.relative_to(ROOT).as_posix(): f.read_text(encoding="utf-8") for f in files if f.exists()}


@cache
def tree(path: str) -> ast.Module:
    return ast.parse(sources()[path])


def imports(path: str) -> Iterator[str]:
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def strings(path: str) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.lineno, node.value


def importing(prefix: str, modules: tuple[str, ...]) -> list[str]:
    return [
        f"{path} imports {name}"
        for path in sources()
        if path.startswith(prefix)
        for name in imports(path)
        if name.split(".")[0] in modules or name in modules
    ]


def test_imports_run_one_way_app_pages_analytics_data() -> None:
    assert importing("data/", ("analytics", "pages", "app")) == []
    assert importing("analytics/", ("pages", "app")) == []
    assert importing("pages/", ("app",)) == []


def test_streamlit_and_starlette_live_only_in_app_and_pages() -> None:
    for folder in ("data/", "analytics/"):
        assert importing(folder, ("streamlit", "starlette", "uvicorn")) == []


def test_nothing_is_drawn_outside_pages() -> None:
    for folder in ("data/", "analytics/"):
        assert importing(folder, ("plotly",)) == []


def test_duckdb_is_known_to_the_database_and_the_store_only() -> None:
    outside = [
        found for found in importing("", ("duckdb",)) if not found.startswith(("data/database.py", "data/store/"))
    ]
    assert outside == []


def test_pages_knock_on_doors_and_never_enter_the_store() -> None:
    inside = [
        f"{path} imports {name}"
        for path in sources()
        if path.startswith(("pages/", "analytics/"))
        for name in imports(path)
        if name == "data.store" or name.startswith("data.store.")
    ]
    assert inside == []


def test_doors_never_call_doors() -> None:
    files = {door.replace(".", "/") + ".py": door for door in DOORS}
    calls = [
        f"{path} imports {name}"
        for path, door in files.items()
        if path in sources()
        for name in imports(path)
        if name in DOORS and name != door
    ]
    assert calls == []


def test_analytics_reads_published_views_only_and_never_writes() -> None:
    table = re.compile(r"\b(?:FROM|JOIN)\s+([a-z_]+)", re.IGNORECASE)
    wrong = []
    for path in sources():
        if not path.startswith("analytics/"):
            continue
        queries = [(line, text) for line, text in strings(path) if SQL_WORDS.search(text)]
        # A query may be put together of several strings of its file: its own names are looked for in all of them.
        named = {
            name.lower() for _, text in queries for name in re.findall(r"\b([a-z_]+)\s+AS\s*\(", text, re.IGNORECASE)
        }
        for line, text in queries:
            if re.search(r"\b(INSERT INTO|DELETE FROM|UPDATE\s+\w+\s+SET|CREATE )", text):
                wrong.append(f"{path}:{line} writes")
            wrong += [
                f"{path}:{line} reads {name}"
                for name in table.findall(text)
                if not name.startswith("published_") and name.lower() not in named
            ]
    assert wrong == []


def test_the_ledger_is_append_only() -> None:
    changing = re.compile(rf"\b(?:UPDATE|DELETE FROM)\s+({'|'.join(APPEND_ONLY)})\b", re.IGNORECASE)
    found = [
        f"{path}:{line}"
        for path in sources()
        if path not in {RESEALING, LEAVING, UNNAMED}
        for line, text in strings(path)
        if changing.search(text)
    ]
    found += [
        f"{file.name}"
        for file in sorted((ROOT / "data/store/migrations").glob("*.sql"))
        if changing.search(file.read_text(encoding="utf-8"))
    ]
    assert found == []


# Table and file names cannot be bound as parameters; these few put in names of our own, never values.
NAMES_IN_SQL = {
    "data/store/appending.py",
    "data/store/chain.py",
    "data/store/chain_check.py",
    "data/store/writer.py",
    "data/database.py",
}


def test_no_sql_is_glued_from_values() -> None:
    glued = [
        f"{path}:{node.lineno}"
        for path in sources()
        if path not in NAMES_IN_SQL
        for node in ast.walk(tree(path))
        if isinstance(node, ast.JoinedStr)
        and SQL_WORDS.search("".join(str(v.value) for v in node.values if isinstance(v, ast.Constant)))
    ]
    assert glued == []


def test_no_money_is_divided_or_averaged_in_sql() -> None:
    dividing = re.compile(r"\bavg\s*\(|[\w)]\s+/\s+[\w(]|(?<!:)//", re.IGNORECASE)
    found = [
        f"{path}:{line}"
        for path in sources()
        for line, text in strings(path)
        if re.search(r"\bSELECT\b[\s\S]*\bFROM\b", text) and dividing.search(text)
    ]
    assert found == []


def test_rules_are_told_the_time_and_never_ask_for_it() -> None:
    asking = {"now", "today", "utcnow", "time", "time_ns"}
    found = [
        f"{path}:{node.lineno}"
        for path in sources()
        if path.startswith((*PURE, "analytics/"))
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in asking
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id in {"datetime", "date", "time", "dt"}
        and path != "analytics/__main__.py"
    ]
    assert found == []


def test_pure_rooms_do_no_input_or_output() -> None:
    outside = ("socket", "requests", "urllib.request", "duckdb", "subprocess", "threading", "os")
    rooms = (
        "data/importers/",
        "data/ledger/",
        "data/security/",
        "data/categories/",
        "data/matching/",
        "data/codes/",
    )
    assert [found for room in rooms for found in importing(room, outside)] == []


def test_session_state_is_named_by_its_one_door_only() -> None:
    found = [
        f"{path}:{node.lineno}"
        for path in sources()
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Attribute) and node.attr == "session_state" and path != "pages/ui/session.py"
    ]
    assert found == []


def test_no_page_uses_plotly_express() -> None:
    assert importing("", ("plotly.express",)) == []


def test_every_page_begins_by_requiring_a_user() -> None:
    missing = []
    for path in sources():
        if not re.fullmatch(r"pages/\w+\.py", path) or path.endswith("__init__.py"):
            continue
        body = [n for n in tree(path).body if not isinstance(n, ast.Import | ast.ImportFrom)]
        first = next((n for n in body if not (isinstance(n, ast.Expr) and isinstance(n.value, ast.Constant))), None)
        if first is None or "require_user()" not in ast.unparse(first):
            missing.append(path)
    assert missing == []


def test_no_scripts_or_markup_of_others_are_let_in() -> None:
    unsafe = {"unsafe_allow_javascript"}
    found = [
        f"{path}:{node.lineno}"
        for path in sources()
        for node in ast.walk(tree(path))
        if isinstance(node, ast.keyword) and node.arg in unsafe
    ]
    assert found == []


def test_no_module_is_left_that_nobody_imports() -> None:
    named = {name for path in sources() for name in imports(path)}
    entry_points = re.compile(
        r"^(app\.py|pages/\w+\.py|pages/ui/shell\.py|.*__(init|main)__\.py|data/commands/[\w-]+\.py"
        r"|data/importers/banks/\w+\.py)$"
    )
    orphans = [
        path
        for path in sources()
        if not entry_points.match(path) and path.removesuffix(".py").replace("/", ".") not in named
    ]
    assert orphans == []


def test_the_top_level_is_as_decreed() -> None:
    listed = subprocess.run(
        ["git", "ls-files", "--cached"],  # noqa: S607 - git from the path, as everyone has it
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if listed.returncode:
        pytest.skip("not a git checkout")
    tops = {name.split("/")[0] for name in listed.stdout.splitlines()}
    assert {top for top in tops if not top.startswith(".")} <= TOP_LEVEL


def test_screens_tell_every_door_that_asks_which_session_it_is() -> None:
    """A command without its session is neither confirmed nor watched by the monitor, so no screen may forget it."""
    asking = {
        (f"data.{path.stem}", act.name)
        for path in (ROOT / "data").glob("*.py")
        for act in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(act, ast.FunctionDef)
        and "assurance" in {one.arg for one in (*act.args.args, *act.args.kwonlyargs)}
    }
    assert ("data.wallet", "pay") in asking
    forgotten, told = [], 0
    for path in sources():
        if not path.startswith("pages/"):
            continue
        names = {
            alias.asname or alias.name: f"{node.module}.{alias.name}"
            for node in ast.walk(tree(path))
            if isinstance(node, ast.ImportFrom) and node.module == "data"
            for alias in node.names
        }
        for call in (node for node in ast.walk(tree(path)) if isinstance(node, ast.Call)):
            to = call.func
            if not isinstance(to, ast.Attribute) or not isinstance(to.value, ast.Name):
                continue
            if (names.get(to.value.id, ""), to.attr) in asking:
                # Starred arguments were put together nearby: the file has to speak of the session at least.
                near = ast.unparse(tree(path)) if any(isinstance(one, ast.Starred) for one in call.args) else ""
                given = {one.arg for one in call.keywords} | {ast.unparse(one).rpartition(".")[2] for one in call.args}
                given |= {"assurance"} if "user.assurance" in near else set()
                told += "assurance" in given
                forgotten += [f"{path}:{call.lineno} {to.attr}"] if "assurance" not in given else []
    assert told > 10
    assert forgotten == []
