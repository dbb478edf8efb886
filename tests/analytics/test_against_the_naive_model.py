"""Random books, each question answered twice: from the store, and row by row in plain Python."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from analytics import days, months, spending, tables, trends
from analytics.export import csv_bytes
from analytics.overview import overview
from analytics.selection import Criteria
from analytics.transactions import page
from data.database import Database
from data.period import Span, month_of, months_between
from tests.analytics import naive
from tests.ledger_rows import Book

FIRST, LAST = date(2025, 11, 20), date(2026, 3, 10)
WHOLE_TIME = Span(date(2020, 1, 1), date(2030, 1, 1))
DAYS = st.dates(FIRST, LAST)
MINOR = st.integers(1, 50_000)
CATEGORIES = st.sampled_from([None, "dining", "coffee", "delivery", "taxi", "transport", "salary", "gone_custom"])
SPANS = st.tuples(DAYS, DAYS).map(lambda ends: Span(min(ends), max(ends)))
START_DAYS = st.sampled_from([1, 15, 28, 31])
VIEWS = st.sampled_from(["arrival", "purchase"])
ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "kind": st.sampled_from(["expense", "expense", "expense", "refund", "income", "fee", "transfer"]),
            "on": DAYS,
            "minor": MINOR,
            "category": CATEGORIES,
            "payee": st.sampled_from(["Luckin", "Didi", "Employer", ""]),
            "currency": st.sampled_from(["CNY", "CNY", "CNY", "USD", "JPY"]),
            "excluded": st.sampled_from([False, False, False, True]),
            "days_before": st.integers(0, 60),
        }
    ),
    max_size=40,
)
EXAMPLES = settings(max_examples=40, deadline=None)


def filled(store: Database, drawn: list[dict[str, Any]], start_day: int) -> tuple[Book, list[naive.Row]]:
    book = Book(store, start_day)
    rows = [_fact(book, one, start_day) for one in drawn]
    book.facts(rows)
    return book, rows


def _fact(book: Book, one: dict[str, Any], start_day: int) -> naive.Row:
    minor, kind = one["minor"], one["kind"]
    outward = kind in ("expense", "fee", "transfer")
    row = book.row(
        one["on"],
        {"expense": minor, "fee": minor, "refund": -minor}.get(kind, 0),
        one["category"] if kind != "transfer" else None,
        one["payee"],
        kind=kind,
        currency=one["currency"],
        excluded=one["excluded"],
        amount=-minor if outward else minor,
        income=minor if kind == "income" else 0,
    )
    if kind == "refund":
        bought = one["on"] - timedelta(days=one["days_before"])
        row |= {"purchase_on": bought, "purchase_month": naive.month_start(bought, start_day)}
    return row


@EXAMPLES
@given(ROWS, SPANS, START_DAYS, VIEWS)
def test_any_span_has_the_totals_and_parts_that_adding_row_by_row_gives(
    store: Database, drawn: list[dict[str, Any]], span: Span, start_day: int, view: str
) -> None:
    book, rows = filled(store, drawn, start_day)
    scope = book.scope(LAST, purchase=view == "purchase")
    for currency in ("CNY", "USD", "JPY"):
        meant = naive.counted(rows, currency, span.start, span.end, purchase=view == "purchase")
        found = spending.totals(scope, span, currency)
        assert (found.spending, found.income) == (naive.spent(meant), naive.earned(meant))
        assert found.saved == naive.earned(meant) - naive.spent(meant)
        categories = spending.by_category(scope, span, currency)
        assert categories.total == sum(one.amount for one in categories.slices) == found.spending
        for one in categories.slices:
            assert one.amount == sum(part.amount for part in one.parts)
            assert one.count == sum(part.count for part in one.parts)
        parts = {p.key: p.amount for one in categories.slices for p in one.parts if p.count}
        assert parts == naive.by(meant, "category")
        payees = spending.by_payee(scope, span, currency)
        assert {one.key: one.amount for one in payees.slices} == _by_payee(meant)
        assert sum(one.amount for one in spending.by_account(scope, span, currency).slices) == found.spending


def _by_payee(rows: list[naive.Row]) -> dict[str, int]:
    moving = [{**row, "payee_key": row["payee_key"] or " "} for row in rows]
    return {key.strip(): amount for key, amount in naive.by(moving, "payee_key").items()}


@EXAMPLES
@given(ROWS, START_DAYS, VIEWS)
def test_months_from_memory_equal_the_same_months_read_by_date(
    store: Database, drawn: list[dict[str, Any]], start_day: int, view: str
) -> None:
    book, rows = filled(store, drawn, start_day)
    scope = book.scope(LAST, purchase=view == "purchase")
    for month in months_between(Span(FIRST, LAST), start_day):
        assert month.start == naive.month_start(month.start, start_day)
        meant = naive.counted(rows, "CNY", month.start, month.end, purchase=view == "purchase")
        assert months.is_whole(scope, month)
        assert spending.totals(scope, month, "CNY").spending == naive.spent(meant)
        assert days.daily(scope, month).spent("CNY") == naive.spent(meant)
        assert sum(day.spending for day in days.calendar(scope, month, "CNY")) == naive.spent(meant)


@EXAMPLES
@given(ROWS, START_DAYS)
def test_both_views_of_refunds_are_equal_over_all_time(
    store: Database, drawn: list[dict[str, Any]], start_day: int
) -> None:
    book, rows = filled(store, drawn, start_day)
    arrived, bought = book.scope(LAST), book.scope(LAST, purchase=True)
    for currency in ("CNY", "USD"):
        assert spending.totals(arrived, WHOLE_TIME, currency) == spending.totals(bought, WHOLE_TIME, currency)
    years = [sum(point.spending for point in trends.years(scope, "CNY")) for scope in (arrived, bought)]
    assert years == [naive.spent(naive.counted(rows, "CNY", WHOLE_TIME.start, WHOLE_TIME.end))] * 2


@EXAMPLES
@given(ROWS, START_DAYS)
def test_months_add_up_to_years_and_layers_to_months(
    store: Database, drawn: list[dict[str, Any]], start_day: int
) -> None:
    book, _ = filled(store, drawn, start_day)
    scope = book.scope(LAST)
    stack = trends.stack(scope, month_of(LAST, start_day), "CNY", 12)
    for place, point in enumerate(stack.points):
        assert sum(layer.amounts[place] for layer in stack.layers) == point.spending
    for year in trends.years(scope, "CNY"):
        points = trends.points_of(scope, months_between(year.month, start_day), "CNY")
        assert len(points) == 12
        assert sum(p.spending for p in points) == year.spending
        assert sum(p.income for p in points) == year.income


@EXAMPLES
@given(ROWS, START_DAYS)
def test_overview_category_page_csv_and_transactions_agree_to_the_cent(
    store: Database, drawn: list[dict[str, Any]], start_day: int
) -> None:
    book, rows = filled(store, drawn, start_day)
    scope = book.scope(LAST)
    month = scope.month
    whole = naive.spent(naive.counted(rows, "CNY", month.start, month.end))
    seen = overview(scope, "CNY")
    breakdown = spending.by_category(scope, month, "CNY")
    listed = page(scope, Criteria(span=month, currency="CNY", counted=True)).totals
    assert seen.spending.amount == seen.categories.total == breakdown.total == whole
    assert sum(total.spending for total in listed) == whole
    assert seen.trend.points[-1].spending == whole
    lines = csv_bytes(tables.breakdown(breakdown, "category")).decode("utf-8-sig").splitlines()[1:]
    assert sum(int(line.split(",")[3].replace(".", "")) for line in lines) == whole
    for one in breakdown.slices:
        drilled = page(scope, Criteria(span=month, currency="CNY", category=one.key, counted=True)).totals
        assert sum(total.spending for total in drilled) == one.amount


@EXAMPLES
@given(ROWS, START_DAYS)
def test_a_trend_of_one_category_or_payee_is_what_its_breakdowns_say(
    store: Database, drawn: list[dict[str, Any]], start_day: int
) -> None:
    book, rows = filled(store, drawn, start_day)
    scope = book.scope(LAST)
    for point in trends.trend(scope, scope.month, "CNY", 6, category="dining").points:
        meant = naive.within(naive.counted(rows, "CNY", point.month.start, point.month.end), "dining")
        assert point.spending == naive.spent(meant)
    for point in trends.trend(scope, scope.month, "CNY", 6, payee="didi").points:
        meant = [r for r in naive.counted(rows, "CNY", point.month.start, point.month.end) if r["payee_key"] == "didi"]
        assert point.spending == naive.spent(meant)


def test_another_owner_sees_nothing_of_it(store: Database) -> None:
    mine, theirs = Book(store), Book(store)
    mine.spend("2026-01-05", 1250)
    assert months.currencies(theirs.scope(LAST)) == ()
    assert spending.totals(theirs.scope(LAST), WHOLE_TIME, "CNY").spending == 0
    assert page(theirs.scope(LAST), Criteria()).count == 0
