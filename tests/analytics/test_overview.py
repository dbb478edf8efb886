from __future__ import annotations

import json
from datetime import date
from uuid import UUID, uuid4

import pytest

from analytics.accounts import balances, names, net_worth
from analytics.budgets import budget
from analytics.export import csv_bytes
from analytics.imports import batches, disagreeing
from analytics.overview import Matter, overview
from analytics.reports import report, tables
from data.period import Span, month_of
from data.planning import LimitItem, set_limits
from tests.ledger_rows import CASH, NOW, Book

OCTOBER = month_of(date(2026, 10, 1))
BANK, CARD, OLD, BOOK = UUID(int=2), UUID(int=3), UUID(int=4), UUID(int=9)


def test_an_empty_book_has_an_overview_of_nothing(book: Book) -> None:
    seen = overview(book.scope("2026-10-20"))
    assert (seen.spending.amount, seen.spending.change, seen.attention, seen.forecast, seen.currencies) == (
        0,
        None,
        (),
        None,
        (),
    )
    assert len(seen.latest) == 0


def test_the_figures_compare_with_the_same_days_of_last_month(book: Book) -> None:
    book.spend("2026-09-10", 10_000)
    book.spend("2026-09-25", 99_999)
    book.earn("2026-09-15", 30_000)
    book.spend("2026-10-10", 15_000)
    book.earn("2026-10-15", 36_000)
    seen = overview(book.scope("2026-10-20"))
    assert (seen.spending.amount, seen.spending.before, seen.spending.change) == (15_000, 10_000, 5_000)
    assert (seen.income.amount, seen.income.before) == (36_000, 30_000)
    assert (seen.saved.amount, seen.saved.before, seen.saved.difference) == (21_000, 20_000, 1_000)
    assert seen.spending.spark[-2:] == (109_999, 15_000)
    assert (len(seen.cumulative), seen.cumulative[-1]) == (20, 15_000)
    assert (len(seen.last_cumulative), seen.last_cumulative[-1]) == (30, 109_999)


def batch(book: Book, agrees: bool | None, *, stated: int = 1_250, undone: bool = False) -> UUID:  # noqa: FBT001 - a value
    id_ = uuid4()
    direction = {"count": 1, "minor": stated}
    totals: dict[str, object] = {
        "stated": None if agrees is None else {"currency": "CNY", "count": 1, "spent": direction, "received": None},
        "computed": {"currency": "CNY", "count": 1, "spent": {"count": 1, "minor": 1_250}, "received": None},
        "agrees": agrees,
        "closings": [],
    }
    row = {"owner": book.owner, "id": id_, "seq": id_.int % 1_000, "file": "a.csv", "format": "alipay", "sha256": ""}
    counts = {"lines": 1, "duplicates": 0, "skipped": 0, "problems": 0, "totals": json.dumps(totals)}
    book.write("import_batch", [{**row, **counts, "encoding": "utf-8", "imported_at": NOW, "actor": book.owner}])
    if undone:
        event = {"owner": book.owner, "batch": id_, "seq": 1, "recorded_at": NOW, "actor": book.owner}
        book.write("import_undo", [event])
    return id_


def test_what_needs_attention_comes_with_its_count_the_overrun_first(book: Book) -> None:
    limits = [LimitItem("dining", "CNY", 10_000), LimitItem("taxi", "CNY", 1_000)]
    set_limits(book.db, book.owner, OCTOBER.start, limits)
    book.spend("2026-10-10", 9_000, "coffee")
    book.spend("2026-10-10", 1_500, "taxi")
    book.spend("2026-10-11", 300, "uncategorised")
    book.refund("2026-10-12", 200, category="taxi")
    wrong = batch(book, agrees=False, stated=9_999)
    batch(book, agrees=True)
    batch(book, agrees=None)
    batch(book, agrees=False, undone=True)
    seen = overview(book.scope("2026-10-20"), "CNY")
    assert [(a.matter, a.key, a.count, a.amount) for a in seen.attention] == [
        (Matter.OVERRUN, "taxi", 1, 300),
        (Matter.NEAR_LIMIT, "dining", 1, 1_000),
        (Matter.UNLINKED_REFUNDS, "", 1, 200),
        (Matter.UNCATEGORISED, "", 1, 300),
        (Matter.IMPORT_DISAGREES, str(wrong), 1, 0),
    ]
    scope = book.scope("2026-10-20")
    assert len(batches(scope)) == 4
    (found,) = disagreeing(scope)
    assert [(c.what, c.stated_minor, c.computed_minor, c.agrees) for c in found.checks] == [
        ("count", 0, 0, True),
        ("spent", 9_999, 1_250, False),
    ]


def post(book: Book, on: str, *lines: tuple[UUID, int], currency: str = "CNY", reverses: UUID | None = None) -> UUID:
    entry = uuid4()
    fixed = {"owner": book.owner, "seq": 1, "recorded_at": NOW, "actor": book.owner, "occurred_at": NOW}
    texts = dict.fromkeys(("payee", "payee_key", "description", "method", "note"), "")
    kind = "reversal" if reverses else "expense"
    book.write("entry", [{**fixed, **texts, "id": entry, "kind": kind, "booked_on": on, "reverses": reverses}])
    rows = [
        {"owner": book.owner, "entry": entry, "line": n, "account": a, "amount": m, "currency": currency}
        for n, (a, m) in enumerate(lines)
    ]
    book.write("posting", rows)
    return entry


@pytest.fixture
def accounted(book: Book) -> Book:
    book.account(CASH, "零钱")
    book.account(BANK, "Bank")
    book.account(CARD, "Card", "liability")
    book.account(OLD, "Old wallet")
    book.account(BOOK, "book:expense", "expense")
    post(book, "2026-08-05", (BANK, -5_000), (CASH, 5_000))
    post(book, "2026-09-05", (CASH, -1_000), (BOOK, 1_000))
    post(book, "2026-10-05", (CARD, -700), (BOOK, 700))
    post(book, "2026-10-06", (CASH, -40), (BOOK, 40), currency="USD")
    post(book, "2026-10-07", (OLD, 300), (BOOK, -300))
    mistake = post(book, "2026-09-09", (CASH, -99_999), (BOOK, 99_999))
    post(book, "2026-10-10", (CASH, 99_999), (BOOK, -99_999), reverses=mistake)
    event = {"owner": book.owner, "seq": 1, "recorded_at": NOW, "actor": book.owner}
    book.write("account_event", [{**event, "account": OLD, "event": "merged", "value": str(CASH)}])
    return book


def test_balances_are_the_sums_of_postings_with_merged_accounts_where_they_went(accounted: Book) -> None:
    scope = accounted.scope("2026-10-20")
    assert {(b.account.name, b.currency): b.amount for b in balances(scope)} == {
        ("Bank", "CNY"): -5_000,
        ("零钱", "CNY"): 4_300,
        ("零钱", "USD"): -40,
        ("Card", "CNY"): -700,
    }
    assert {b.account.name: b.amount for b in balances(scope, date(2026, 9, 30))} == {"Bank": -5_000, "零钱": 4_000}
    assert names(scope)[str(CASH)] == "零钱"


def test_net_worth_by_month_leaves_out_what_was_undone(accounted: Book) -> None:
    found = net_worth(accounted.scope("2026-10-20"), OCTOBER, "CNY", 3)
    assert [(w.assets, w.liabilities, w.net) for w in found] == [(0, 0, 0), (-1_000, 0, -1_000), (-700, -700, -1_400)]


def test_a_report_of_a_year_adds_up_and_every_part_is_a_csv(accounted: Book) -> None:
    set_limits(
        accounted.db, accounted.owner, date(2026, 9, 1), [LimitItem("taxi", "CNY", 9), LimitItem("", "CNY", 5_000)]
    )
    accounted.spend("2026-09-05", 1_000, "coffee", "=cmd()")
    accounted.spend("2026-10-05", 700, "taxi", "Didi")
    accounted.earn("2026-10-06", 90_000)
    year = Span(date(2026, 1, 1), date(2027, 1, 1))
    found = report(accounted.scope("2026-10-20"), year, "CNY")
    assert sum(month.spending for month in found.months) == found.totals.spending == found.spending.total == 1_700
    assert found.income.total == found.totals.income == 90_000
    assert [len(found.months), len(found.envelopes), len(found.largest)] == [10, 4, 2]
    scope = accounted.scope("2026-10-20")
    months = [point.month for point in found.months]
    assert found.envelopes == tuple(one for month in months for one in budget(scope, month, "CNY").all)
    assert {b.amount for b in found.balances} == {-5_000, 4_300, -700}
    files = {table.name: csv_bytes(table).decode("utf-8-sig") for table in tables(found, names(scope))}
    assert len(files) == 9
    assert "'=cmd()" in files["spending-by-payee"]
    assert "零钱" in files["spending-by-account"]


def test_a_report_of_a_time_to_come_is_empty(book: Book) -> None:
    found = report(book.scope("2026-10-20"), Span(date(2027, 1, 1), date(2028, 1, 1)), "CNY")
    assert (found.months, found.envelopes, found.totals.spending) == ((), (), 0)
