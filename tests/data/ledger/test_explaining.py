"""What may explain a difference: every kind of reason, and that each would make the two agree exactly."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.ids import EntryId
from data.ledger.explaining import Around, Candidate, Cause, Row, explain

LAST = date(2026, 10, 31)


def row(name: int, minor: int, back: int = 10, *, in_file: bool | None = None) -> Row:
    return Row(EntryId(UUID(int=name)), LAST - timedelta(days=back), minor, in_file)


def causes(found: list[Candidate]) -> dict[Cause, tuple[int, ...]]:
    """The first explanation of each cause, with the numbers of its rows."""
    first: dict[Cause, tuple[int, ...]] = {}
    for one in found:
        first.setdefault(one.cause, tuple(entry.int for entry in one.entries))
    return first


def test_nothing_is_explained_where_nothing_differs() -> None:
    assert explain(5000, 5000, Around(LAST, [row(1, 0), row(2, 5000)])) == []


def test_a_single_row_of_just_that_amount_is_named() -> None:
    assert causes(explain(0, -1234, Around(LAST, [row(1, -1234), row(2, -7)]))) == {Cause.TOO_MANY: (1,)}


def test_a_row_that_stands_twice_is_told_as_a_twin_and_the_later_one_is_the_extra() -> None:
    found = explain(-3500, -7000, Around(LAST, [row(1, -3500, 11), row(2, -3500, 10)]))
    assert found[0] == Candidate(Cause.TWICE, (EntryId(UUID(int=2)),), 3500)


def test_of_twins_the_one_that_the_file_has_stays() -> None:
    period = [row(1, -3500, 11, in_file=False), row(2, -3500, 10, in_file=True)]
    assert causes(explain(-3500, -7000, Around(LAST, period)))[Cause.TWICE] == (1,)


def test_same_amounts_weeks_apart_are_no_twins() -> None:
    assert Cause.TWICE not in causes(explain(-3500, -7000, Around(LAST, [row(1, -3500, 25), row(2, -3500, 10)])))


def test_rows_that_the_file_does_not_have_and_that_make_up_the_difference_come_first() -> None:
    period = [row(1, -100, in_file=False), row(2, -250, in_file=False), row(3, -350, in_file=True)]
    found = explain(-350, -700, Around(LAST, period))
    assert (found[0].cause, len(found[0].entries)) == (Cause.NOT_IN_FILE, 2)


def test_what_the_file_has_is_never_too_much() -> None:
    period = [row(1, -1234, in_file=True), row(2, -7, in_file=True)]
    assert explain(0, -1234, Around(LAST, period)) == []


def test_a_row_just_after_the_day_may_be_on_the_statement_already() -> None:
    after = [row(1, -900, -2), row(2, -900, -20)]
    found = explain(-900, 0, Around(LAST, [], after=after))
    assert found == [Candidate(Cause.EARLIER, (EntryId(UUID(int=1)),), -900)]


def test_a_row_of_the_last_days_may_come_on_the_next_statement() -> None:
    found = causes(explain(0, -900, Around(LAST, [row(1, -900, 1)])))
    assert found == {Cause.LATER: (1,)}


def test_a_row_of_the_day_itself_may_be_on_the_next_statement_of_the_same_file() -> None:
    assert causes(explain(0, -900, Around(LAST, [row(1, -900, 0, in_file=True)]))) == {Cause.LATER: (1,)}
    assert explain(0, -900, Around(LAST, [row(1, -900, 1, in_file=True)])) == []


def test_a_row_of_half_the_difference_may_have_gone_the_wrong_way() -> None:
    assert causes(explain(500, -500, Around(LAST, [row(1, -500)]))) == {
        Cause.OPPOSITE_SIGN: (),
        Cause.WRONG_WAY: (1,),
    }


def test_a_balance_of_the_opposite_sign_is_seen() -> None:
    found = explain(123456, -123456, Around(LAST, [row(1, -100000), row(2, -23456)]))
    assert found[0] == Candidate(Cause.OPPOSITE_SIGN, (), 246912)


@pytest.mark.parametrize(("ours", "theirs"), [(-1263, -1236), (-5100, -1500), (-2010, -2001), (4821, 8421)])
def test_neighbouring_digits_exchanged_are_seen(ours: int, theirs: int) -> None:
    assert causes(explain(theirs, ours, Around(LAST, [row(1, ours)])))[Cause.SWAPPED_DIGITS] == (1,)


def test_digits_that_are_not_neighbours_are_not_exchanged() -> None:
    assert Cause.SWAPPED_DIGITS not in causes(explain(-321, -123, Around(LAST, [row(1, -123)])))


def test_two_rows_together_are_found_and_those_of_one_day_first() -> None:
    period = [row(1, -100, 20), row(2, -300, 10), row(3, -100, 10)]
    found = explain(0, -400, Around(LAST, period))
    assert next(one.entries for one in found if one.cause is Cause.PAIR) == (
        EntryId(UUID(int=2)),
        EntryId(UUID(int=3)),
    )


def test_a_row_on_another_account_and_one_that_usually_comes_are_named() -> None:
    around = Around(LAST, [row(1, -5)], before=[row(2, -1500, 60), row(3, -1500, 40)], elsewhere=[row(4, -1500)])
    found = causes(explain(-1500, 0, around))
    assert found == {Cause.ELSEWHERE: (4,), Cause.MISSING: (3,)}


def test_what_came_this_time_too_is_not_missing() -> None:
    around = Around(LAST, [row(1, -1500)], before=[row(2, -1500, 40)])
    assert Cause.MISSING not in causes(explain(-3000, -1500, around))


AMOUNT = st.integers(-20_000, 20_000).filter(bool)
ROWS = st.lists(st.tuples(AMOUNT, st.integers(-9, 40), st.sampled_from([None, True, False])), max_size=12)


@given(ROWS, st.integers(-40_000, 40_000))
def test_every_explanation_would_make_the_two_agree(rows: list[tuple[int, int, bool | None]], stated: int) -> None:
    made = [row(at + 1, minor, back, in_file=in_file) for at, (minor, back, in_file) in enumerate(rows)]
    made.sort(key=lambda one: one.on)
    period = [one for one in made if one.on <= LAST]
    after = [one for one in made if one.on > LAST]
    ours = sum(one.minor for one in period)
    amount = {one.entry: one.minor for one in made}
    found = explain(stated, ours, Around(LAST, period, after=after))
    for one in found:
        amounts = [amount[entry] for entry in one.entries]
        change = {
            Cause.OPPOSITE_SIGN: -2 * ours,
            Cause.WRONG_WAY: -2 * sum(amounts),
            Cause.EARLIER: sum(amounts),
            Cause.SWAPPED_DIGITS: one.change,
        }.get(one.cause, -sum(amounts))
        assert ours + change == stated
        if one.cause is Cause.SWAPPED_DIGITS:
            (wrong,) = amounts
            assert sorted(str(abs(wrong))) == sorted(str(abs(wrong + one.change)).zfill(len(str(abs(wrong)))))
    assert len(found) <= 8
    assert (not found) or stated != ours
