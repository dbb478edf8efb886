from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.forecast import Forecast, Past, assess, forecast
from analytics.recurring import recurring
from data import demo
from data.database import Database
from data.importers.statement import Kind
from data.period import Span, month_of, months_back
from tests.ledger_rows import Book

OCTOBER = month_of(date(2026, 10, 1))


def rent_since_june(book: Book) -> None:
    rows = [book.row(date(2026, month, 25), 300_000, "rent", "Landlord") for month in range(6, 10)]
    for day in Span(date(2026, 6, 1), date(2026, 10, 11)).dates():
        uneven = (day.day * 7_919 + day.month * 104_729) % 500
        rows.append(book.row(day, 1_000 + uneven, "dining", f"Canteen {uneven % 9}"))
    book.facts(rows)


def shown(book: Book, today: str) -> Forecast:
    found = forecast(book.scope(today), "CNY")
    assert found is not None
    return found


def test_rent_still_to_come_is_counted_once_and_the_daily_rest_by_its_pace(book: Book) -> None:
    rent_since_june(book)
    found = shown(book, "2026-10-10")
    due = [(each.on, one.payee, each.amount) for each, one in found.due]
    assert due == [(date(2026, 10, 25), "Landlord", 300_000)]
    assert found.coming == 300_000
    assert 21 * 1_100 <= found.variable <= 21 * 1_400
    assert found.low <= found.estimate <= found.high
    assert found.high - found.low < 24_000


def test_a_large_unscheduled_purchase_is_spent_but_not_carried_on_as_a_pace(book: Book) -> None:
    rent_since_june(book)
    before = shown(book, "2026-10-10")
    book.spend("2026-10-04", 900_000, "electronics", "Apple Store")
    after = shown(book, "2026-10-10")
    assert after.spent == before.spent + 900_000
    assert abs(after.variable - before.variable) < 10_000


def test_hidden_before_day_seven_unless_three_complete_months_exist(book: Book) -> None:
    book.spend("2026-09-20", 1_000)
    book.spend("2026-10-02", 1_000)
    assert forecast(book.scope("2026-10-06"), "CNY") is None
    assert forecast(book.scope("2026-10-07"), "CNY") is not None
    for month in ("07", "08", "09"):
        book.spend(f"2026-{month}-01", 1_000)
    assert forecast(book.scope("2026-10-02"), "CNY") is not None


def test_on_the_last_day_it_is_what_was_spent(book: Book) -> None:
    rent_since_june(book)
    found = shown(book, "2026-10-31")
    assert found.low == found.estimate == found.high == found.spent


def test_income_is_never_extrapolated(book: Book) -> None:
    rent_since_june(book)
    before = shown(book, "2026-10-10")
    for month in range(6, 11):
        book.earn(date(2026, month, 5), 2_000_000)
    assert shown(book, "2026-10-10") == before


@settings(deadline=None)
@given(
    spent=st.integers(-(10**9), 10**9),
    seen=st.lists(st.integers(-(10**6), 10**8), min_size=1, max_size=31),
    past=st.lists(st.builds(Past, st.integers(-(10**6), 10**9), st.integers(28, 31)), max_size=3),
)
def test_the_range_holds_the_estimate_and_closes_on_the_last_day(spent: int, seen: list[int], past: list[Past]) -> None:
    found = assess(OCTOBER, "CNY", spent, seen, past, [])
    assert found.low <= found.estimate <= found.high
    assert found.low >= spent
    if len(seen) == OCTOBER.days:
        assert found.low == found.estimate == found.high == spent


def test_series_come_from_the_owners_own_purchases(book: Book, store: Database) -> None:
    rent_since_june(book)
    assert next((one.payee, one.amount) for one in recurring(book.scope("2026-10-10"))) == ("Landlord", 300_000)
    assert recurring(Book(store).scope("2026-10-10")) == ()


def test_a_month_that_starts_on_payday_is_forecast_to_its_own_end(store: Database) -> None:
    book = Book(store, 15)
    book.facts(book.row(day, 1_000, "dining", "Canteen") for day in Span(date(2026, 7, 15), date(2026, 10, 25)).dates())
    found = shown(book, "2026-10-24")
    assert found.month == Span(date(2026, 10, 15), date(2026, 11, 15))
    assert found.estimate == 31 * 1_000


def test_on_the_sample_data_it_is_far_nearer_than_carrying_the_month_straight_on(store: Database) -> None:
    lines = [line for line in demo.statement(date(2026, 11, 22)).lines if line.kind in (Kind.EXPENSE, Kind.FEE)]
    ours, straight = 0, 0
    for month in months_back(OCTOBER, 6):
        today = month.start + timedelta(days=9)
        book = Book(store)
        book.facts(
            book.row(line.booked_on, line.amount.minor, "dining", line.payee, currency=line.amount.currency)
            for line in lines
            if line.booked_on <= today
        )
        actual = sum(x.amount.minor for x in lines if x.booked_on in month and x.amount.currency == "CNY")
        found = shown(book, today.isoformat())
        ours += abs(found.estimate - actual) * 100 // actual
        straight += abs(found.spent * month.days // 10 - actual) * 100 // actual
    assert ours < 15 * 6
    assert 3 * ours < straight
