"""Everything of a person as a journal: other programs accept it and add it up as we do, and it comes in again whole."""

from __future__ import annotations

import csv
import dataclasses
import io
import shutil
import subprocess
from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.accounts import balances
from analytics.scope import look
from data.cli import REFUSED, main
from data.commands.demo import load
from data.database import Database, open_database
from data.home import HOME_VARIABLE
from data.ids import OwnerId, new_id
from data.importers.recognise import recognise
from data.importers.statement import Statement
from data.journals import beancount, hledger
from data.journals.book import Account, Book, Entry, Posting
from data.journals.export import journal
from data.journals.naming import level
from data.journals.writing import Format
from data.money import Money
from tests.bookkeeping import Bookkeeping, charged, earned, moved, refunded, spent
from tests.wallet_world import World

NOW = datetime(2026, 11, 22, 4, 0)  # noqa: DTZ001 - the store keeps UTC without zone
TODAY = date(2026, 11, 22)
HLEDGER = shutil.which("hledger")
with_hledger = pytest.mark.skipif(HLEDGER is None, reason="hledger is not installed")
BOTH = pytest.mark.parametrize("format_", list(Format))


@pytest.fixture(scope="module")
def db(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    opened = open_database(tmp_path_factory.mktemp("store") / "wallet.duckdb", lambda: NOW)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def mixed(db: Database) -> Bookkeeping:
    """Every kind of entry, several currencies, names that break syntax, an undone import, a merged account."""
    book = Bookkeeping(db)
    book.imports(
        spent("2026-09-28", "300.00", "服装店", order="A1", category="clothing"),
        refunded("2026-10-02", "100.00", "服装店", of="A1"),
        spent("2026-10-03", "25.50", '(瑞幸) "coffee"; a | b, c\\ {x} @ *', category="coffee"),
        spent("2026-10-04", "9.99", "Steam", currency="USD", category="entertainment"),
        spent("2026-10-04", "1200", "店", currency="JPY"),
        earned("2026-10-05", "5000.00", category="salary"),
        moved("2026-10-06", "1000.00", to="card:工商银行:1234"),
        moved("2026-10-06", "77.00", to=None),
        charged("2026-10-06", "1.00"),
        spent("2026-10-07", "60.00", "花店", account="alipay:huabei", category="gifts"),
        spent("2026-10-08", "10.00", "鞋店", account="card:工行:1234"),
    )
    book.undoes(book.imports(spent("2026-10-09", "999.00", "错账"), file="wrong.csv"))
    return book


def ours(db: Database, owner: OwnerId) -> dict[tuple[str, str], int]:
    """What the screens show each account holds, by its name and currency."""
    found: Counter[tuple[str, str]] = Counter()
    for one in balances(look(db, owner, TODAY)):
        found[one.account.name, one.currency] += one.amount
    return {place: minor for place, minor in found.items() if minor}


def written(book: Bookkeeping, format_: Format) -> bytes:
    return journal(book.db.read, book.owner, "小明", format_)


def loaded(text: bytes) -> dict[tuple[str, str], int]:
    """What Beancount itself makes of the journal: own accounts by label and currency. No error is accepted."""
    loader = pytest.importorskip("beancount.loader", reason="beancount is not installed")
    entries, errors, _ = loader.load_string(text.decode())
    assert not errors, [error.message for error in errors]
    labels = {one.account: one.meta.get("label", one.account) for one in entries if type(one).__name__ == "Open"}
    found: Counter[tuple[str, str]] = Counter()
    for entry in entries:
        for posting in getattr(entry, "postings", ()):
            if posting.account.startswith(("Assets:", "Liabilities:")):
                places = {"JPY": 0, "PTS": 0}.get(posting.units.currency, 2)
                minor = posting.units.number.scaleb(places)
                assert minor == int(minor)
                found[labels[posting.account], posting.units.currency] += int(minor)
    return {place: minor for place, minor in found.items() if minor}


def hledgers(text: bytes, folder: Path) -> dict[tuple[str, str], int]:
    """What hledger itself makes of the journal; it checks strictly first."""
    file = folder / "a.journal"
    file.write_bytes(text)
    subprocess.run([HLEDGER or "", "-f", str(file), "check", "--strict"], check=True)  # noqa: S603
    command = [
        HLEDGER or "",
        "-f",
        str(file),
        "bal",
        "--flat",
        "-N",
        "-O",
        "csv",
        "--layout=bare",
        "Assets",
        "Liabilities",
    ]
    said = subprocess.run(command, capture_output=True, text=True, check=True, encoding="utf-8")  # noqa: S603
    labels = {
        line.split("  ;")[0].removeprefix("account "): line.rpartition("label: ")[2]
        for line in text.decode().splitlines()
        if line.startswith("account ") and "label: " in line
    }
    found: Counter[tuple[str, str]] = Counter()
    for row in csv.DictReader(io.StringIO(said.stdout)):
        places = {"JPY": 0, "PTS": 0}.get(row["commodity"], 2)
        minor = int(Decimal(row["balance"]).scaleb(places))
        found[labels.get(row["account"], row["account"]), row["commodity"]] += minor
    return {place: minor for place, minor in found.items() if minor}


def named(shown: dict[tuple[str, str], int]) -> dict[tuple[str, str], int]:
    """Clearing has no name of its own on the screens."""
    return {(name or "Assets:Clearing", currency): minor for (name, currency), minor in shown.items()}


def test_bean_check_accepts_it_and_adds_it_up_as_we_do(mixed: Bookkeeping) -> None:
    assert loaded(written(mixed, Format.BEANCOUNT)) == named(ours(mixed.db, mixed.owner))


@with_hledger
def test_hledger_accepts_it_and_adds_it_up_as_we_do(mixed: Bookkeeping, tmp_path: Path) -> None:
    assert hledgers(written(mixed, Format.HLEDGER), tmp_path) == named(ours(mixed.db, mixed.owner))


def test_every_entry_is_in_it_with_its_id(mixed: Bookkeeping) -> None:
    ids = {str(id_) for (id_,) in mixed.asks("SELECT id FROM entry WHERE owner = $owner")}
    for format_ in Format:
        text = written(mixed, format_).decode()
        assert all(id_ in text for id_ in ids)


def test_categories_are_those_the_person_sees(mixed: Bookkeeping) -> None:
    text = written(mixed, Format.BEANCOUNT).decode()

    assert "Expenses:Dining:Coffee  25.50 CNY" in text
    assert "Expenses:Shopping:Clothing  -100.00 CNY" in text  # the refund, in its purchase's category


@BOTH
def test_it_comes_in_again_with_the_same_balances(mixed: Bookkeeping, format_: Format) -> None:
    again = Bookkeeping(mixed.db)
    again.takes([statement(written(mixed, format_))])

    assert named(ours(again.db, again.owner)) == {
        (name.replace("Assets:Clearing", "Clearing"), currency): minor
        for (name, currency), minor in named(ours(mixed.db, mixed.owner)).items()
    }
    keys = "SELECT hint_key FROM account WHERE owner = $owner AND kind IN ('asset', 'liability')"
    before = {key for (key,) in mixed.asks(keys)} - {"book:clearing"}
    assert {key for (key,) in again.asks(keys)} - {"book:clearing", "file:Assets:Clearing"} == before


def statement(text: bytes) -> Statement:
    (parsed,) = recognise(text, "book")
    assert parsed.statement is not None
    assert not parsed.statement.problems
    return parsed.statement


@BOTH
def test_two_years_of_the_sample_come_out_and_in_again(db: Database, tmp_path: Path, format_: Format) -> None:
    book = Bookkeeping(db)
    load(db, book.owner, "zh")
    text = written(book, format_)
    shown = named(ours(db, book.owner))
    if format_ is Format.BEANCOUNT:
        assert loaded(text) == shown
    elif HLEDGER:
        assert hledgers(text, tmp_path) == shown
    again = Bookkeeping(db)
    again.takes([statement(text)])
    assert sorted(ours(db, again.owner).values()) == sorted(shown.values())
    assert again.total() == book.total()


def test_nothing_at_all_is_a_journal_too(db: Database) -> None:
    nobody = Bookkeeping(db)

    assert loaded(written(nobody, Format.BEANCOUNT)) == {}
    assert written(nobody, Format.HLEDGER)


ACCOUNTS = {
    "own": Account(new_id(), "asset", "file:x", "工资卡 (1234)"),
    "twin": Account(new_id(), "asset", "file:y", "工资卡-1234"),
    "spent": Account(new_id(), "expense", "book:expense", ""),
}


def one_entry(payee: str, description: str, note: str, minor: int, currency: str) -> Book:
    postings = (
        Posting(ACCOUNTS["own"].id, -minor, currency, None),
        Posting(ACCOUNTS["spent"].id, minor, currency, "dining"),
    )
    day = datetime(2024, 1, 2)  # noqa: DTZ001 - UTC without zone
    entry = Entry(new_id(), "expense", day, day.date(), payee, description, "", note, "", None, None, postings)
    held = ((ACCOUNTS["own"].id, currency, -minor),)
    return Book(payee, {one.id: one for one in ACCOUNTS.values()}, (entry,), held, {})


@settings(max_examples=60, deadline=None)
@given(
    st.text(max_size=40),
    st.text(max_size=40),
    st.text(max_size=40),
    st.integers(1, 10**12),
    st.sampled_from(["CNY", "JPY", "PTS", "KWD"]),
)
def test_no_text_breaks_the_syntax(payee: str, description: str, note: str, minor: int, currency: str) -> None:
    book = one_entry(payee, description, note, minor, currency)
    lines = ("\n".join(beancount.write(book)) + "\n").encode("utf-8", "replace")
    loader = pytest.importorskip("beancount.loader", reason="beancount is not installed")
    entries, errors, _ = loader.load_string(lines.decode())
    assert not errors, [error.message for error in errors]
    assert sum(type(one).__name__ == "Transaction" for one in entries) == 1
    for write in (beancount.write, hledger.write):
        text = ("\n".join(write(book)) + "\n").encode("utf-8", "replace")
        (line,) = statement(text).lines
        assert (line.amount, line.booked_on) == (Money(minor, currency), date(2024, 1, 2))


@with_hledger
def test_hledger_reads_every_odd_text(tmp_path: Path) -> None:
    odd = (
        "(code) x",
        "* star",
        "! bang",
        "a;b",
        "a|b",
        "=x",
        "; c",
        "#h",
        "%",
        '"q"',
        "a\nb\tc",
        "{}",
        "[2024-01-01]",
        "@ 5",
    )
    for number, text in enumerate(odd):
        folder = tmp_path / str(number)
        folder.mkdir()
        book = one_entry(text, text, text, 500, "CNY")
        assert sum(hledgers(("\n".join(hledger.write(book)) + "\n").encode(), folder).values()) == -500


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("支付宝余额", "Alipay-支付宝余额"),
        ("招商银行 储蓄卡(1234)", "Alipay-招商银行-储蓄卡-1234"),
        ("wallet cny", "Wallet-cny"),
        ("１２３：a_b", "123-a-b"),
        ("é", "Alipay-é"),
        ("--", "Alipay"),
        ("", "Alipay"),
    ],
)
def test_any_name_becomes_a_valid_one(text: str, name: str) -> None:
    assert level(text, "Alipay") == name


def test_two_accounts_of_one_name_stay_two() -> None:
    book = one_entry("a", "", "", 1, "CNY")
    twin = Posting(ACCOUNTS["twin"].id, 5, "CNY", None)
    (entry,) = book.entries
    three = dataclasses.replace(entry, postings=(*entry.postings, twin))
    text = "\n".join(beancount.write(Book("a", book.accounts, (three,), (), {})))

    assert "Assets:Account-工资卡-1234  " in text
    assert "Assets:Account-工资卡-1234-2  0.05 CNY" in text


def test_the_wallet_with_its_points_comes_out_too(world: World, tmp_path: Path) -> None:
    member = world.member(100_00)
    shop = world.shop()
    world.refund(member, shop, world.pay(member, shop, 30_00), 10_00)
    shown = ours(world.db, member)

    assert any(currency == "CNY" for _, currency in shown)
    sums = Counter(dict.fromkeys({currency for _, currency in shown}, 0))
    for (_, currency), minor in loaded(journal(world.db.read, member, "m", Format.BEANCOUNT)).items():
        sums[currency] += minor
    for (_, currency), minor in shown.items():
        sums[currency] -= minor
    assert not any(sums.values())
    if HLEDGER:
        assert hledgers(journal(world.db.read, member, "m", Format.HLEDGER), tmp_path)


@BOTH
def test_the_command_writes_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, format_: Format, capsys: Any) -> None:
    monkeypatch.setenv(HOME_VARIABLE, str(tmp_path))
    assert main(["demo", "--user", "小明"]) == 0
    out = tmp_path / "book"
    assert main(["journal", "--user", "小明", "--format", format_.value, "--out", str(out)]) == 0
    assert statement(out.read_bytes()).lines
    capsys.readouterr()
    assert main(["journal", "--user", "小明", "--format", format_.value]) == 0
    assert capsys.readouterr().out == out.read_bytes().decode()
    assert main(["journal", "--user", "nobody", "--format", format_.value]) == REFUSED
