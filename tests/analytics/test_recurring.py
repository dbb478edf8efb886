from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analytics import recurring_calendar as calendar
from analytics.recurring import Recurring, everything, recurring
from analytics.recurring_amounts import Pattern
from analytics.recurring_calendar import Mark as DayMark
from analytics.recurring_rhythm import Cadence
from analytics.recurring_series import Flag, Series, State
from data import recurring as door
from data.database import Database
from data.errors import NotFound
from data.ids import OwnerId, new_request_id
from data.period import Span, month_of, shift_months
from data.recurring import Ended, Named, Next, SayOfSeries, SeriesKind, Side, TakeBackWord, Verdict
from data.store.command import Plan, Reader, Write
from tests.ledger_rows import Book

TODAY = "2026-10-20"


def bills(book: Book, payee: str, days: Iterable[str], minor: int, category: str = "streaming", **more: object) -> None:
    book.facts([book.row(day, minor, category, payee, **more) for day in days])


def months(day: int, first: int, last: int) -> list[str]:
    return [f"2026-{month:02d}-{day:02d}" for month in range(first, last + 1)]


def known(book: Book, today: str = TODAY, *, alive: bool = True) -> Recurring:
    """Everything regular; alive: the books know of something on the very day."""
    if alive:
        book.spend(today, 1, "dining", f"Corner {today}")
    return everything(book.scope(today))


def only(book: Book, today: str = TODAY, *, alive: bool = True) -> Series:
    (series,) = known(book, today, alive=alive).series
    return series


def say(book: Book, series: Series, word: object) -> UUID:
    told = SayOfSeries(OwnerId(book.owner), new_request_id(), book.owner, series.said.series, series.mark, word)  # type: ignore[arg-type]
    return door.say(book.db, told)


def test_a_subscription_is_expected_on_its_day_with_its_amount(book: Book) -> None:
    bills(book, "Video", months(8, 5, 10), 2_500)
    one = only(book)
    assert (one.cadence, one.kind, one.side) == (Cadence.MONTHLY, SeriesKind.SUBSCRIPTION, Side.OUT)
    assert (one.amounts.pattern, one.state, one.flags) == (Pattern.FIXED, State.EXPECTED, ())
    assert one.next is not None
    # 8 November 2026 is a Sunday: it comes on Friday at the earliest and on Monday at the latest, a day more or less.
    assert (one.next.on, one.next.earliest, one.next.latest) == (
        date(2026, 11, 8),
        date(2026, 11, 5),
        date(2026, 11, 10),
    )
    assert (one.next.amount, one.next.low, one.next.high) == (2_500, 2_500, 2_500)


def test_a_price_rise_is_told_with_old_and_new_since_when_and_expected_from_now_on(book: Book) -> None:
    bills(book, "Video", months(8, 1, 8), 2_500)
    bills(book, "Video", months(8, 9, 10), 3_000)
    one = only(book)
    (change,) = one.changes
    assert (change.on, change.before, change.after, change.by, change.by_bp) == (
        date(2026, 9, 8), 2_500, 3_000, 500, 2_000
    )  # fmt: skip
    assert (one.flags, one.amount) == ((Flag.CHANGED,), 3_000)


def test_a_bill_beyond_its_usual_range_is_flagged_and_one_within_is_not(book: Book) -> None:
    for month, minor in zip(
        range(1, 10), (9_000, 14_000, 11_000, 16_000, 8_000, 12_000, 15_000, 9_500, 13_000), strict=True
    ):
        book.spend(f"2026-{month:02d}-12", minor, "electricity", "Power")
    assert only(book, "2026-09-20").flags == ()
    book.spend("2026-10-12", 24_000, "electricity", "Power")
    one = only(book)
    assert (one.kind, one.amounts.pattern, one.flags) == (SeriesKind.UTILITIES, Pattern.RANGE, (Flag.CHANGED,))
    assert one.changes[-1].before == 12_000


def test_late_then_missed_then_ended_and_never_missed_for_ever(book: Book) -> None:
    bills(book, "Gym", months(2, 3, 9), 19_900, "gym")
    states = {}
    for day in ("2026-10-02", "2026-10-10", "2026-10-12", "2026-10-20", "2026-11-20", "2026-12-20"):
        one = only(book, day)
        states[day] = (one.state, one.overdue, one.missed_on)
    # Due on 2 October, in the holidays: it may come from 30 September to 8 October, a day more or less.
    assert states["2026-10-02"] == (State.EXPECTED, 0, None)
    assert states["2026-10-10"][:2] == (State.LATE, 1)
    assert states["2026-10-12"][:2] == (State.LATE, 3)
    assert states["2026-10-20"] == (State.MISSED, 11, date(2026, 10, 2))
    assert states["2026-11-20"][0] is State.MISSED
    assert states["2026-12-20"][0] is State.ENDED


def test_what_is_late_is_expected_today_and_what_was_missed_a_month_later(book: Book) -> None:
    bills(book, "Gym", months(2, 3, 9), 19_900, "gym")
    late, missed = only(book, "2026-10-11"), only(book, "2026-10-20")
    assert late.next is not None
    assert missed.next is not None
    assert (late.next.on, missed.next.on) == (date(2026, 10, 11), date(2026, 11, 2))
    assert only(book, "2026-12-20").next is None


def test_days_of_which_the_books_know_nothing_yet_are_not_judged(book: Book) -> None:
    bills(book, "Gym", months(2, 3, 9), 19_900, "gym")
    found = known(book, "2026-12-20", alive=False)
    assert found.known_until == date(2026, 9, 2)
    assert found.series[0].state is State.EXPECTED


def test_a_second_charge_in_one_month_is_a_duplicate_and_a_refund_breaks_nothing(book: Book) -> None:
    bills(book, "Video", months(8, 5, 10), 2_500)
    book.spend("2026-10-09", 2_500, "streaming", "Video")
    book.refund("2026-09-12", 2_500, payee="Video", category="streaming")
    one = only(book)
    assert one.flags == (Flag.DUPLICATE,)
    assert [twin.on for twin in one.twins] == [date(2026, 10, 9)]
    assert len(one.occurrences) == 6


def test_a_series_is_new_until_it_has_come_for_a_while_or_was_confirmed(book: Book) -> None:
    bills(book, "Video", months(8, 8, 10), 2_500)
    one = only(book)
    assert one.flags == (Flag.NEW,)
    say(book, one, Verdict.CONFIRMED)
    assert only(book).flags == ()


def test_what_was_confirmed_may_vary_from_then_on(book: Book) -> None:
    bills(book, "Club", months(8, 1, 7), 5_000, "sports_venue")
    say(book, only(book, "2026-07-20"), Verdict.CONFIRMED)
    for day, minor in zip(months(8, 8, 12), (9_000, 4_000, 12_500, 6_100, 16_000), strict=True):
        book.spend(day, minor, "dining", "Club")
    one = only(book, "2026-12-20")
    assert (len(one.occurrences), one.said.verdict) == (12, Verdict.CONFIRMED)
    say(book, one, Verdict.IGNORED)
    assert all(len(one.occurrences) < 12 for one in everything(book.scope("2026-12-20")).series)


def test_a_row_of_another_age_or_of_days_to_come_disturbs_nothing(book: Book) -> None:
    bills(book, "Video", months(8, 5, 10), 2_500)
    for day in ("0001-01-01", "1900-02-28", "2026-12-08", "9999-11-30"):
        book.spend(day, 10**15, "streaming", "Video")
    one = only(book)
    assert (len(one.occurrences), one.amount) == (6, 2_500)


def test_income_transfers_and_loans_are_told_apart(book: Book) -> None:
    card = book.account(UUID(int=7 + book.owner.int % 1_000_000), "Card", "liability")
    for month in range(3, 11):
        book.earn(f"2026-{month:02d}-10", 1_500_000)
        book.transfer(f"2026-{month:02d}-11", 400_000)
        book.facts([book.row(f"2026-{month:02d}-18", 0, None, "", kind="transfer", amount=-90_000, counter=card)])
        book.spend(f"2026-{month:02d}-20", 610_000, "mortgage", "Bank")
        book.spend(f"2026-{month:02d}-01", 320_000, "rent", "Landlord")
    kinds = {(one.side, one.kind, one.payee) for one in known(book).series}
    assert kinds == {
        (Side.IN, SeriesKind.INCOME, "Employer"),
        (Side.MOVED, SeriesKind.TRANSFER, ""),
        (Side.MOVED, SeriesKind.LOAN, "Card"),
        (Side.OUT, SeriesKind.LOAN, "Bank"),
        (Side.OUT, SeriesKind.HOUSING, "Landlord"),
    }


def test_parts_of_one_payment_are_one_and_what_is_left_out_of_figures_is_none(book: Book) -> None:
    for day in months(8, 5, 10):
        first = book.row(day, 2_000, "streaming", "Video")
        book.facts([first, {**first, "part": 1, "spending": 500, "category": "music"}])
    assert only(book).amount == 2_500
    bills(book, "Hidden", months(9, 5, 10), 900, excluded=True)
    assert [one.payee for one in known(book).series] == ["Video"]


def test_confirm_name_kind_and_end_are_remembered_and_taken_back_one_by_one(book: Book) -> None:
    bills(book, "Video", months(8, 5, 10), 2_500)
    for word in (Verdict.CONFIRMED, Named(" My  films "), SeriesKind.REGULAR, Ended(ended=True)):
        say(book, only(book), word)
    one = only(book)
    assert (one.said.verdict, one.name, one.kind, one.state) == (
        Verdict.CONFIRMED, "My films", SeriesKind.REGULAR, State.ENDED
    )  # fmt: skip
    assert one.said.series is not None
    back = [
        door.take_back(book.db, TakeBackWord(OwnerId(book.owner), new_request_id(), book.owner, one.said.series))
        for _ in range(4)
    ]
    assert back == ["ended", "kind", "name", "verdict"]
    again = only(book)
    assert (again.said.verdict, again.name, again.kind, again.state) == (
        None, "Video", SeriesKind.SUBSCRIPTION, State.EXPECTED
    )  # fmt: skip


def test_what_is_ignored_counts_nowhere_although_its_rows_are_imported_anew(book: Book, store: Database) -> None:
    bills(book, "Video", months(8, 5, 10), 2_500)
    say(book, only(book), Verdict.IGNORED)
    assert recurring(book.scope(TODAY)) == ()
    anew = Book(store)
    anew.owner = book.owner
    anew.db.submit(_Forget(book.owner, new_request_id()), _forgotten)
    anew._seq = 5_000  # the rows come back as other entries
    bills(anew, "Video", months(8, 5, 11), 2_500)
    one = only(anew, "2026-11-20")
    assert one.ignored
    assert one.coming == ()


def test_a_word_follows_its_series_through_a_price_rise_and_stays_off_its_neighbour(book: Book) -> None:
    bills(book, "Store", months(3, 1, 8), 1_200)
    bills(book, "Store", months(17, 1, 10), 6_800)
    small = next(one for one in known(book, "2026-08-20").series if one.amount == 1_200)
    say(book, small, Named("Notes"))
    bills(book, "Store", months(3, 9, 10), 1_500)
    assert {(one.name, one.amount) for one in known(book).series} == {("Notes", 1_500), ("Store", 6_800)}


def test_a_word_follows_its_series_when_none_of_the_payments_it_was_said_of_is_left(book: Book) -> None:
    bills(book, "Video", months(8, 5, 10), 2_500)
    one = only(book)
    say(book, one, Named("Films"))
    book.db.submit(_Forget(book.owner, new_request_id()), _forgotten)
    book._seq = 7_000
    bills(book, "Video", months(8, 1, 3), 2_500)
    bills(book, "Video", [f"2025-{month:02d}-08" for month in range(8, 13)], 2_500)
    assert only(book, "2026-03-20").name == "Films"


def test_the_persons_next_payment_stands_until_it_has_come(book: Book) -> None:
    bills(book, "Landlord", months(1, 3, 10), 320_000, "rent")
    say(book, only(book), Next(date(2026, 11, 5), 350_000))
    one = only(book)
    assert [(each.on, each.amount) for each in one.coming[:2]] == [
        (date(2026, 11, 5), 350_000), (date(2026, 12, 1), 350_000)
    ]  # fmt: skip
    book.spend("2026-11-05", 350_000, "rent", "Landlord")
    after = only(book, "2026-11-20")
    assert after.next is not None
    assert (after.next.on, after.next.amount) == (date(2026, 12, 1), 350_000)


def test_another_owner_sees_no_series_and_cannot_speak_of_one(book: Book, store: Database) -> None:
    bills(book, "Video", months(8, 5, 10), 2_500)
    one = only(book)
    kept = say(book, one, Verdict.CONFIRMED)
    other = Book(store)
    assert everything(other.scope(TODAY)).series == ()
    for series in (None, kept):
        told = SayOfSeries(OwnerId(other.owner), new_request_id(), other.owner, series, one.mark, Verdict.IGNORED)
        with pytest.raises(NotFound):
            door.say(other.db, told)
    with pytest.raises(NotFound):
        door.take_back(other.db, TakeBackWord(OwnerId(other.owner), new_request_id(), other.owner, kept))
    assert only(book).said.verdict is Verdict.CONFIRMED


def test_the_calendar_shows_what_came_what_is_expected_and_what_did_not_come(book: Book) -> None:
    bills(book, "Video", months(8, 5, 10), 2_500)
    bills(book, "Gym", months(2, 3, 9), 19_900, "gym")
    bills(book, "Cloud", months(25, 3, 9), 600, "cloud")
    items = calendar.calendar(known(book), month_of(date(2026, 10, 1)), date(2026, 10, 20))
    assert [(item.on.day, item.series.payee, item.mark, item.amount) for item in items] == [
        (2, "Gym", DayMark.MISSED, 19_900),
        (8, "Video", DayMark.CAME, 2_500),
        (25, "Cloud", DayMark.EXPECTED, 600),
    ]
    assert [one.payee for one in calendar.missed(known(book))] == ["Gym"]
    assert [item.series.payee for item in calendar.coming_up(known(book), date(2026, 10, 20))] == ["Cloud"]
    (rest,) = calendar.rest_of_month(known(book), book.scope(TODAY))
    assert (rest.amount, rest.count) == (600, 1)


def test_a_year_holds_twelve_of_what_comes_monthly_and_one_of_what_comes_yearly(book: Book) -> None:
    bills(book, "Video", months(8, 1, 10), 2_500)
    bills(book, "Cover", ["2024-03-16", "2025-03-16", "2026-03-16"], 62_800, "health_insurance")
    bills(book, "Dollar", months(18, 1, 10), 2_000, "software", currency="USD")
    year = {(one.currency, one.amount, one.count) for one in calendar.yearly(known(book), date(2026, 10, 20))}
    assert year == {("CNY", 12 * 2_500 + 62_800, 13), ("USD", 24_000, 12)}
    assert calendar.next_year(date(2026, 10, 20)) == Span(date(2026, 10, 20), date(2027, 10, 20))
    assert calendar.next_year(date(2024, 2, 29)).end == date(2025, 2, 28)


PLANS = st.lists(
    st.tuples(
        st.integers(1, 28), st.integers(1, 10**7), st.sampled_from([1, 2, 3, 12]), st.sampled_from(["CNY", "JPY"])
    ),
    min_size=1,
    max_size=5,
)


@settings(deadline=None, max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(plans=PLANS, today=st.dates(date(2026, 6, 1), date(2026, 12, 31)))
def test_the_yearly_cost_is_the_sum_of_the_payments_expected_in_it(
    store: Database, plans: list[tuple[int, int, int, str]], today: date
) -> None:
    book = Book(store)
    for number, (day, minor, step, currency) in enumerate(plans):
        days = [shift_months(date(2026, 6, 1), -step * back) + timedelta(day - 1) for back in range(5)]
        bills(book, f"Plan {number}", [one.isoformat() for one in days], minor, "software", currency=currency)
    found = known(book, today.isoformat())
    year = calendar.next_year(today)
    for total in calendar.yearly(found, today):
        mine = [one for one in found.series if (one.side, one.currency) == (total.side, total.currency)]
        assert total.amount == sum(each.amount for one in mine for each in one.coming if each.on in year)
        assert total.amount == sum(calendar.yearly_cost(one, today) for one in mine)
    halves = [Span(year.start, today + timedelta(100)), Span(today + timedelta(100), year.end)]
    parts = [sum(one.amount for one in calendar.sums(found.series, half)) for half in halves]
    assert sum(parts) == sum(one.amount for one in calendar.yearly(found, today))


@dataclasses.dataclass(frozen=True)
class _Forget:
    owner: UUID
    request_id: str


def _forgotten(_reader: Reader, command: _Forget, _now: datetime) -> Plan:
    """The owner's facts are gone, as after taking an import back."""
    gone = Write("DELETE FROM fact WHERE owner = $owner", {"owner": command.owner})
    return Plan({}, [gone], frozenset({command.owner}))
