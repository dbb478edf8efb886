"""`python -m data apply` and `balances` as they are run."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from data.batch.balances import balances, table
from tests.data.batch.files import (
    SILENT_THEN_YES,
    Wallet,
    bind_card,
    claimed,
    confirm_refund,
    line,
    open_member,
    open_merchant,
    pay,
    published,
    request_refund,
    text,
    top_up,
    withdraw,
)

ROOT = Path(__file__).resolve().parents[3]


def run(*arguments: str | Path, given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "data", *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT, input=given, capture_output=True, timeout=60, check=False)  # noqa: S603


def outcomes(done: subprocess.CompletedProcess[bytes]) -> list[Any]:
    assert done.returncode == 0, done.stderr.decode()
    return [json.loads(one)["outcome"] for one in done.stdout.splitlines()]


def test_a_file_and_standard_input_are_answered_on_standard_output(tmp_path: Path) -> None:
    file = tmp_path / "batch.jsonl"
    file.write_bytes(text([open_member("安娜"), open_merchant(), pay("安娜", 1)]) + b"nonsense")
    assert outcomes(run("apply", file, "--home", tmp_path / "home")) == ["ok", "ok", "rejected", "invalid"]
    done = run("apply", "-", "--clients", "4", "--home", tmp_path / "home", given=file.read_bytes())
    assert outcomes(done) == ["replayed", "replayed", "replayed", "invalid"]
    told = run("balances", "--member", "安娜", "--json", "--home", tmp_path / "home")
    assert list(json.loads(told.stdout)["members"]) == ["安娜"]
    people = run("balances", "--home", tmp_path / "home").stdout.decode()
    assert people.splitlines()[1].split() == ["安娜", "CNY", "0.00", "0.00", "0", "0"]


def test_an_empty_file_has_no_outcomes(tmp_path: Path) -> None:
    assert outcomes(run("apply", "-", "--home", tmp_path)) == []


def test_what_cannot_be_run_is_said_in_one_line(tmp_path: Path) -> None:
    missing = run("apply", tmp_path / "none.jsonl", "--home", tmp_path / "home")
    assert (missing.returncode, missing.stdout) == (2, b"")
    assert missing.stderr.decode().startswith("none.jsonl: the file could not be opened")
    assert run("apply", "-", "--clients", "0", "--home", tmp_path / "home").returncode == 2
    assert not (tmp_path / "home").exists()
    nobody = run("balances", "--member", "zoe", "--home", tmp_path / "home")
    assert (nobody.returncode, nobody.stderr) == (2, b"not_found: what=member, key=zoe\n")


def test_while_the_app_has_the_store_nothing_is_applied(wallet: Wallet) -> None:
    done = run("apply", "-", "--home", wallet.folder, given=text([open_member("ann")]))
    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr.startswith(b"store_busy: ")


def test_balances_tell_what_everybody_has(wallet: Wallet) -> None:
    wallet.furnish("ann", "bob", funds=10_000)
    paid = pay("ann", 5_000)
    asked = request_refund("ann", paid, 1_000)
    wallet.well(
        published("THREE"),
        claimed("ann", "THREE"),
        paid,
        pay("ann", 1_000, coupon="THREE", points=50),
        asked,
        confirm_refund(asked),
        bind_card("bob", "silent", SILENT_THEN_YES),
        withdraw("bob", 2_500, "silent"),
        line("freeze", member="bob"),
        open_member("ann", currency="USD"),
        open_merchant("market"),
    )
    told = wallet.balances()
    assert list(told) == ["members", "merchants", "issuer"]
    assert told["members"]["bob"] == {
        "member": "bob",
        "currency": "CNY",
        "wallet": 10_000,
        "held": 2_500,
        "available": 7_500,
        "points": 0,
        "points_held": 0,
        "points_debt": 0,
        "frozen": True,
        "wallets": {"CNY": {"wallet": 10_000, "held": 2_500, "available": 7_500}},
    }
    ann = told["members"]["ann"]
    assert (ann["available"], ann["points"], ann["points_debt"]) == (10_000 - 5_000 - 650 + 1_000, 0, 4)
    assert ann["wallets"]["USD"] == {"wallet": 0, "held": 0, "available": 0}
    assert told["merchants"] == {
        "cafe": {"merchant": "cafe", "currency": "CNY", "takings": 5_000, "wallet": 5_000},
        "market": {"merchant": "market", "currency": "CNY", "takings": 0, "wallet": 0},
    }
    outstanding = ann["wallet"] + told["members"]["bob"]["wallet"] + 5_000
    assert told["issuer"] == {
        "clearing": {"CNY": 20_000},
        "outstanding": {"CNY": -outstanding},
        "points": {"PTS": 4},
        "points_cost": {"PTS": -4},
        "rewards": {"CNY": 350},
    }


def test_the_table_has_the_decimals_of_each_currency(wallet: Wallet) -> None:
    wallet.well(
        open_member("ann", currency="JPY"), bind_card("ann"), top_up("ann", 1_234), line("freeze", member="ann")
    )
    first, *_ = table(balances(wallet.running.database.read)).split("\n\n")
    assert [row.split() for row in first.splitlines()] == [
        ["member", "currency", "available", "held", "points", "debt"],
        ["ann", "JPY", "1234", "0", "0", "0", "frozen"],
    ]
