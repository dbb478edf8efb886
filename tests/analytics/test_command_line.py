from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from analytics.__main__ import main
from analytics.spending import by_category
from data.home import open_home
from data.period import Span
from data.planning import LimitItem, set_limits
from tests.ledger_rows import NOW, Book

OCTOBER = ["--month", "2026-10"]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    database = open_home(tmp_path)
    book = Book(database)
    row = {"owner": book.owner, "name": "Ann", "name_key": "ann", "password_hash": "", "operator": True}
    book.write("app_user", [{**row, "created_at": NOW}])
    book.spend("2026-10-03", 1_250, "coffee", "Luckin")
    book.spend("2026-10-04", 3_300, "taxi", "Didi")
    book.spend("2026-09-04", 999, "taxi", "Didi")
    book.spend("2026-10-05", 700, "coffee", "喫茶店", currency="JPY")
    scope = book.scope("2026-10-20")
    set_limits(database, book.owner, scope.month.start, [LimitItem("dining", "CNY", 1_000)])
    assert by_category(scope, Span(scope.month.start, scope.month.end), "CNY").total == 4_550
    database.close()
    return tmp_path


def asked(home: Path, *arguments: str) -> tuple[int, list[dict[str, str]]]:
    target = home / "out.csv"
    code = main([*arguments, "--user", "ann", "--home", str(home), "--csv", str(target)])
    text = target.read_text(encoding="utf-8-sig") if target.exists() else ""
    return code, list(csv.DictReader(io.StringIO(text)))


def test_spending_by_category_payee_and_account_has_the_same_total(home: Path) -> None:
    code, rows = asked(home, "spending", *OCTOBER)
    assert code == 0
    assert [(r["parent"], r["category"], r["spending"]) for r in rows] == [
        ("transport", "taxi", "33.00"),
        ("dining", "coffee", "12.50"),
    ]
    for by in ("category", "payee", "account"):
        _, rows = asked(home, "spending", *OCTOBER, "--by", by)
        assert sum(int(row["spending"].replace(".", "")) for row in rows) == 4_550


def test_trend_budgets_and_transactions(home: Path) -> None:
    _, trend = asked(home, "trend", *OCTOBER)
    assert [(r["month"], r["spending"]) for r in trend][-2:] == [("2026-09-01", "9.99"), ("2026-10-01", "45.50")]
    _, budgets = asked(home, "budgets", *OCTOBER)
    assert [(r["category"], r["status"], r["overrun"]) for r in budgets] == [("dining", "over", "2.50")]
    _, rows = asked(home, "transactions", *OCTOBER)
    assert [r["payee"] for r in rows] == ["Luckin", "Didi", "喫茶店"]
    _, found = asked(home, "transactions", "--search", "didi")
    assert [r["amount"] for r in found] == ["-9.99", "-33.00"]
    _, yen = asked(home, "spending", *OCTOBER, "--currency", "JPY")
    assert yen[0]["spending"] == "700"


def test_the_standard_output_takes_the_file(home: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    assert main(["spending", *OCTOBER, "--user", "Ann", "--home", str(home)]) == 0
    assert capfdbinary.readouterr().out.startswith("\ufeffparent,category,".encode())


def test_an_unknown_user_or_an_unreadable_search_is_one_line_and_exit_code_two(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["spending", "--user", "nobody", "--home", str(home)]) == 2
    assert main(["transactions", "--user", "ann", "--home", str(home), "--search", "amount>x"]) == 2
    assert main(["spending", "--user", "ann", "--home", str(home), "--currency", "cny"]) == 2
    assert len(capsys.readouterr().err.splitlines()) == 3
    for month in ("October", "0001-01", "9999-12"):
        with pytest.raises(SystemExit) as left:
            main(["spending", "--user", "ann", "--month", month])
        assert left.value.code == 2
