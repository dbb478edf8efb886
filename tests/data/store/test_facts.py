from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.database import Database, open_database
from data.period import month_of
from data.preferences import Preferences, choose_preferences
from data.store import facts
from data.store.command import Write
from tests.bookkeeping import BALANCE, Bookkeeping, charged, earned, moved, refunded, spent

NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC).replace(tzinfo=None)
SAY = "INSERT INTO annotation VALUES ($owner, $entry, $seq, $field, $value, $now, $owner)"
MERGE = "INSERT INTO account_event VALUES ($owner, $account, $seq, $event, $into, $now, $owner)"
ACCOUNT = "SELECT id FROM account WHERE owner = $owner AND hint_key = $key"


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Bookkeeping]:
    db: Database = open_database(tmp_path / "wallet.duckdb", lambda: NOW)
    yield Bookkeeping(db)
    db.close()


class Said:
    """Appends words with a rising seq and refreshes what they reach."""

    def __init__(self, book: Bookkeeping) -> None:
        self.book = book
        self.seq = 1_000_000  # beyond every place that an import reserves

    def __call__(self, entry: UUID, field: str, value: Any) -> None:
        self.seq += 1
        word = {"owner": self.book.owner, "entry": entry, "seq": self.seq, "field": field}
        write = Write(SAY, {**word, "value": json.dumps(value), "now": NOW})
        self.book.writes(write, *facts.refresh_entries(self.book.owner, [entry], 1))


@pytest.fixture
def say(book: Bookkeeping) -> Said:
    return Said(book)


def rows(book: Bookkeeping, columns: str) -> list[tuple[Any, ...]]:
    return book.asks(f"SELECT {columns} FROM published_fact WHERE owner = $owner ORDER BY booked_on, seq, part")


def test_a_purchase_an_income_and_a_transfer_with_its_fee_are_one_fact_each(book: Bookkeeping) -> None:
    book.imports(
        spent("2026-03-01", "35.00", category="coffee"),
        earned("2026-03-02", "1000.00", category="salary"),
        moved("2026-03-03", "99.90", to="card:工商银行:1234", row=30),
        charged("2026-03-03", "0.10", row=30, part=1),
    )
    assert rows(book, "kind, category, amount, spending, income") == [
        ("expense", "coffee", -3500, 3500, 0),
        ("income", "salary", 100000, 0, 100000),
        ("transfer", None, -9990, 0, 0),
        ("fee", "bank_fees", -10, 10, 0),
    ]
    entries = book.asks("SELECT count(*) FROM entry WHERE owner = $owner")
    assert entries == [(3,)]
    assert book.asks("SELECT count(*) FROM fact WHERE owner = $owner AND counter IS NOT NULL") == [(1,)]


def test_a_category_said_later_moves_the_fact_and_the_refund_with_it(book: Bookkeeping, say: Said) -> None:
    book.imports(spent("2026-03-01", "35.00", order="A1", category="coffee"), refunded("2026-04-02", "5.00", of="A1"))
    assert book.spending() == {"coffee": 3000}
    say(book.entry("A1"), "category", "bakery")
    assert book.spending() == {"bakery": 3000}
    assert book.spending("2026-04-01") == {"bakery": -500}
    say(book.entry("A1"), "category", None)
    assert book.spending() == {"coffee": 3000}
    assert not book.drift()


def test_a_refund_counts_when_it_arrives_and_knows_the_month_of_its_purchase(book: Bookkeeping) -> None:
    book.imports(spent("2026-03-01", "35.00", order="A1"), refunded("2026-04-02", "5.00", of="A1"))
    assert rows(book, "month, purchase_on, purchase_month") == [
        (date(2026, 3, 1), date(2026, 3, 1), date(2026, 3, 1)),
        (date(2026, 4, 1), date(2026, 3, 1), date(2026, 3, 1)),
    ]


def test_a_split_replaces_the_part_and_reaches_the_refunds_in_proportion(book: Bookkeeping, say: Said) -> None:
    book.imports(
        spent("2026-03-01", "10.00", order="A1", category="coffee"),
        refunded("2026-03-02", "3.33", of="A1"),
        refunded("2026-03-03", "6.67", of="A1"),
    )
    parts = [("bakery", 301), ("coffee", 399), ("fruit", 300)]
    say(book.entry("A1"), "split", [{"category": key, "amount_minor": minor} for key, minor in parts])
    split = rows(book, "kind, category, spending, split")
    assert split[:3] == [("expense", key, minor, True) for key, minor in parts]
    assert sum(minor for kind, _, minor, _ in split if kind == "refund") == -1000
    assert book.spending() == {}
    assert not book.drift()


@settings(max_examples=8, deadline=None)
@given(
    parts=st.lists(st.integers(1, 400), min_size=2, max_size=5),
    shares=st.lists(st.integers(1, 200), min_size=1, max_size=4),
)
def test_refunds_of_a_split_add_up_each_and_end_at_zero(
    tmp_path_factory: pytest.TempPathFactory, parts: list[int], shares: list[int]
) -> None:
    db = open_database(tmp_path_factory.mktemp("split") / "wallet.duckdb", lambda: NOW)
    book, whole = Bookkeeping(db), sum(parts)
    sizes = [min(share, whole - sum(shares[:at])) for at, share in enumerate(shares)]
    sizes = [size for size in sizes if size > 0]
    back = [refunded(f"2026-03-{day:02d}", f"{size / 100:.2f}", of="A1") for day, size in enumerate(sizes, 2)]
    book.imports(spent("2026-03-01", f"{whole / 100:.2f}", order="A1"), *back)
    keys = ["coffee", "bakery", "fruit", "snacks", "taxi"]
    value = [{"category": keys[at], "amount_minor": minor} for at, minor in enumerate(parts)]
    Said(book)(book.entry("A1"), "split", value)
    each = book.asks(
        """SELECT cast(sum(-spending) AS bigint) FROM fact WHERE owner = $owner AND kind = 'refund'
        GROUP BY entry, booked_on ORDER BY booked_on"""
    )
    assert [minor for (minor,) in each] == sizes
    if sum(sizes) == whole:
        assert book.spending() == {}
    db.close()


def test_words_about_an_entry_are_on_its_fact(book: Bookkeeping, say: Said) -> None:
    book.imports(
        spent("2026-03-01", "35.00", order="A1", note="from the bill"), refunded("2026-04-02", "5.00", of="A1")
    )
    entry = book.entry("A1")
    assert rows(book, "note")[0] == ("from the bill",)
    say(entry, "note", "birthday")
    say(entry, "tags", ["gift", "2026"])
    say(entry, "payee", {"name": "楼下咖啡", "key": "楼下咖啡"})
    say(entry, "excluded", value=True)
    purchase, refund = rows(book, "note, tags, payee, payee_key, excluded")
    assert purchase == ("birthday", "gift\n2026", "楼下咖啡", "楼下咖啡", True)
    assert refund[4] is True, "the refund of what is left out of reports is left out too"


def test_a_link_said_later_makes_the_refund_follow_and_an_unlink_lets_it_go(book: Bookkeeping, say: Said) -> None:
    book.imports(
        spent("2026-03-01", "35.00", order="A1", category="coffee"),
        refunded("2026-04-02", "5.00", order="R1", category="taxi"),
    )
    assert book.spending() == {"coffee": 3500, "taxi": -500}
    say(book.entry("R1"), "category", None)  # what was chosen in the preview is taken back, as the door's link does
    assert book.spending() == {"coffee": 3500, "taxi": -500}
    say(book.entry("R1"), "refund_of", str(book.entry("A1")))
    assert book.spending() == {"coffee": 3000}
    say(book.entry("R1"), "refund_of", None)
    assert book.spending() == {"coffee": 3500, "taxi": -500}


def test_a_merged_account_stands_for_both_until_unmerged(book: Bookkeeping) -> None:
    book.imports(spent("2026-03-01", "1.00", account="a:1"), spent("2026-03-02", "2.00", account="a:2"))
    ((one,),), ((two,),) = book.asks(ACCOUNT, key="a:1"), book.asks(ACCOUNT, key="a:2")
    for seq, event, after in ((900, "merged", {(two,)}), (901, "unmerged", {(one,), (two,)})):
        row = {"owner": book.owner, "account": one, "seq": seq, "event": event, "into": str(two), "now": NOW}
        book.writes(Write(MERGE, row), *facts.refresh_accounts(book.owner, [one], 1))
        assert set(rows(book, "account")) == after
        assert not book.drift()


@pytest.mark.parametrize("start_day", [1, 2, 15, 28, 31])
def test_months_start_when_the_person_says(book: Bookkeeping, start_day: int) -> None:
    days = ["2026-01-01", "2026-01-31", "2026-02-27", "2026-02-28", "2026-03-01", "2026-03-30", "2026-12-31"]
    book.imports(*(spent(day, "1.00", order=day) for day in days), refunded("2026-12-31", "0.50", of="2026-01-31"))
    book.writes(*facts.refresh_months(book.owner, start_day))
    assert all(month == month_of(day, start_day).start for day, month in rows(book, "booked_on, month"))
    assert all(m == month_of(day, start_day).start for day, m in rows(book, "purchase_on, purchase_month"))
    assert not book.drift(start_day)


def test_choosing_another_start_of_the_month_moves_the_facts_and_those_to_come(book: Bookkeeping) -> None:
    book.imports(spent("2026-03-14", "1.00"))
    choose_preferences(book.db, book.owner, Preferences(month_start_day=15))
    book.imports(spent("2026-03-15", "2.00"))
    assert rows(book, "month") == [(date(2026, 2, 15),), (date(2026, 3, 15),)]
    assert not book.drift(15)


def test_facts_of_two_currencies_are_never_mixed(book: Bookkeeping) -> None:
    book.imports(
        spent("2026-03-01", "10.00", category="coffee"),
        spent("2026-03-01", "7.50", currency="USD", category="coffee"),
        spent("2026-03-01", "900", currency="JPY", category="coffee"),
    )
    assert [book.total(currency) for currency in ("CNY", "USD", "JPY")] == [1000, 750, 900]


def test_rebuilding_gives_the_same_facts_in_date_order(book: Bookkeeping) -> None:
    book.imports(spent("2026-03-09", "1.00"), file="later.csv")
    book.imports(spent("2026-03-01", "2.00"), file="earlier.csv")
    kept = rows(book, "*")
    book.writes(*facts.rebuild(book.owner, 1))
    assert rows(book, "*") == kept
    stored = book.asks("SELECT booked_on FROM fact WHERE owner = $owner")
    assert stored == sorted(stored)


def test_drift_finds_what_was_lost_and_what_should_not_be_there(book: Bookkeeping) -> None:
    book.imports(spent("2026-03-01", "1.00", order="A1"), spent("2026-03-02", "2.00"))
    book.writes(Write("UPDATE fact SET spending = 99 WHERE owner = $owner AND spending = 100", {"owner": book.owner}))
    found = book.drift()
    assert (found.derived, found.kept, found.missing, found.stale) == (2, 2, 1, 1)


def test_one_owner_never_sees_another_ones_facts(book: Bookkeeping) -> None:
    other = Bookkeeping(book.db)
    book.imports(spent("2026-03-01", "1.00", order="A1"))
    other.imports(spent("2026-03-01", "5.00", order="A1"))
    other.writes(*facts.refresh_entries(other.owner, [book.entry("A1")], 1))
    other.writes(*facts.rebuild(other.owner, 1))
    assert (book.total(), other.total()) == (100, 500)
    assert book.balance(BALANCE) == -100
