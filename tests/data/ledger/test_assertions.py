"""What becomes of stated balances: agreeing, differing, and the two that cannot be compared yet."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from data.ids import AccountId
from data.ledger.assertions import Course, Moved, Source, State, Stated, assess
from data.ledger.reconciling import Asserted, closings_in
from data.money import Money
from data.period import Span

ACCOUNT = AccountId(UUID(int=1))
JAN, FEB, MAR = date(2026, 1, 31), date(2026, 2, 28), date(2026, 3, 31)
FILE = UUID(int=7)


def stated(on: date, minor: int, *sources: Source) -> Stated:
    return Stated(Asserted(ACCOUNT, on, Money(minor, "CNY")), sources or (Source(None),))


def moved(day: str, minor: int, batch: UUID | None = None) -> Moved:
    return Moved(date.fromisoformat(day), batch, minor)


def opening(day: str, minor: int) -> Moved:
    return Moved(date.fromisoformat(day), None, minor, opening=True)


def test_a_balance_that_is_ours_agrees_even_without_an_opening() -> None:
    (one,) = assess([stated(JAN, -300)], Course([moved("2026-01-05", -300), moved("2026-02-01", -9)]))
    assert (one.state, one.ours, one.difference, one.since) == (State.AGREES, -300, 0, None)


def test_without_an_opening_balance_nothing_can_be_compared() -> None:
    (one,) = assess([stated(JAN, 700)], Course([moved("2026-01-05", -300)]))
    assert (one.state, one.difference) == (State.NO_OPENING, 1000)


def test_what_was_reconciled_once_can_differ_without_an_opening_and_so_can_what_follows() -> None:
    course = Course([moved("2026-01-05", -300)])
    jan, feb = assess([stated(JAN, 0), stated(FEB, 9)], course, {stated(JAN, 0).asserted.id})
    assert (jan.state, feb.state) == (State.DIFFERS, State.DIFFERS)


def test_an_opening_after_the_day_does_not_help() -> None:
    (one,) = assess([stated(JAN, 700)], Course([moved("2026-01-05", -300), opening("2026-02-01", 5)]))
    assert one.state is State.NO_OPENING


def test_an_earlier_agreement_is_a_start_as_good_as_an_opening() -> None:
    course = Course([moved("2026-01-05", 1000), moved("2026-02-05", -300)])
    first, second = assess([stated(FEB, 650), stated(JAN, 1000)], course)
    assert (first.state, second.state, second.since, second.difference) == (State.AGREES, State.DIFFERS, JAN, -50)


def test_the_period_begins_after_the_last_agreement_however_many_differ_between() -> None:
    course = Course([opening("2026-01-01", 1000), moved("2026-02-05", -300), moved("2026-03-05", -10)])
    jan, feb, mar = assess([stated(JAN, 1000), stated(FEB, 600), stated(MAR, 590)], course)
    assert (jan.state, feb.since, mar.since) == (State.AGREES, JAN, JAN)
    assert (feb.carried, mar.carried) == (None, FEB)


def test_another_difference_is_not_carried() -> None:
    course = Course([opening("2026-01-01", 1000)])
    feb, mar = assess([stated(FEB, 600), stated(MAR, 590)], course)
    assert (feb.carried, mar.carried) == (None, None)


def test_days_that_no_file_tells_of_are_rows_missing() -> None:
    course = Course([opening("2026-01-01", 1000), moved("2026-03-05", -10, FILE)])
    source = Source(FILE, "march.csv", "camt", date(2026, 3, 1))
    jan, mar = assess([stated(JAN, 1000), stated(MAR, 590, source)], course)
    assert jan.state is State.AGREES
    assert (mar.state, mar.missing) == (State.ROWS_MISSING, Span(date(2026, 2, 1), date(2026, 3, 1)))


def test_a_row_of_another_file_or_one_left_out_may_be_the_reason_so_nothing_is_said_to_be_missing() -> None:
    source = Source(FILE, "march.csv", "camt", date(2026, 3, 1))
    rows = [opening("2026-01-01", 1000), moved("2026-03-05", -10, FILE)]
    strange = Course([*rows, moved("2026-03-09", -400, UUID(int=8))])
    between = Course([*rows, moved("2026-02-09", -400, UUID(int=8))])
    for course in (strange, between):
        (_, mar) = assess([stated(JAN, 1000), stated(MAR, 700, source)], course)
        assert (mar.state, mar.missing) == (State.DIFFERS, None)
    left = Source(FILE, "march.csv", "camt", date(2026, 3, 1), left_out=1)
    (_, mar) = assess([stated(JAN, 1000), stated(MAR, 700, left)], Course(rows))
    assert mar.state is State.DIFFERS


def test_a_file_that_begins_within_two_weeks_leaves_no_gap() -> None:
    course = Course([opening("2026-01-01", 1000), moved("2026-02-14", -10, FILE)])
    source = Source(FILE, "feb.csv", "camt", date(2026, 2, 14))
    (_, feb) = assess([stated(JAN, 1000), stated(FEB, 590, source)], course)
    assert feb.state is State.DIFFERS


def test_an_assertion_is_named_by_its_content() -> None:
    one, same = stated(JAN, 5).asserted, stated(JAN, 5).asserted
    others = {stated(FEB, 5).asserted.id, stated(JAN, 6).asserted.id, Asserted(ACCOUNT, JAN, Money(5, "USD")).id}
    assert one.id == same.id
    assert one.id not in others
    assert len(others) == 3


def test_closings_are_read_from_an_imports_totals_and_older_imports_have_none() -> None:
    totals = '{"closings": [{"account": "a", "on": "2026-01-31", "minor": -5, "currency": "JPY"}]}'
    assert list(closings_in(totals)) == [("a", JAN, Money(-5, "JPY"))]
    assert list(closings_in("{}")) == []


DAYS = st.integers(0, 120).map(lambda n: date(2026, 1, 1) + timedelta(days=n))
ROWS = st.lists(st.tuples(DAYS, st.integers(-99, 99), st.booleans()), max_size=15)


@given(ROWS, st.lists(st.tuples(DAYS, st.integers(-200, 200)), max_size=8))
def test_the_difference_is_the_statement_less_the_sum_of_rows_and_decides_agreement(
    rows: list[tuple[date, int, bool]], said: list[tuple[date, int]]
) -> None:
    course = Course(Moved(on, None, minor, opening=opening) for on, minor, opening in rows)
    found = assess([stated(on, minor) for on, minor in said], course)
    assert [one.stated.asserted.on for one in found] == sorted(on for on, _ in said)
    for one in found:
        asserted = one.stated.asserted
        assert one.ours == sum(minor for on, minor, _ in rows if on <= asserted.on)
        assert (one.difference == 0) == (one.state is State.AGREES)
        if one.since is not None:
            assert any(f.state is State.AGREES and f.stated.asserted.on == one.since for f in found)
