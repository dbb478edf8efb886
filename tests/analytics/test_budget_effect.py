"""Before a payment: which limits it would bring near, to or beyond their end."""

from __future__ import annotations

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from analytics.budget_effect import assess, effects
from analytics.budgets import Envelope, Status
from data.period import month_of
from data.planning import Carry, LimitItem, set_limits
from tests.ledger_rows import Book

TODAY = "2026-10-10"


def limit(book: Book, amount: int, category: str = "", currency: str = "CNY") -> None:
    item = LimitItem(category, currency, amount, Carry.NONE)
    set_limits(book.db, book.owner, date(2026, 10, 1), [item])


def told(book: Book, category: str, cash: int, today: str = TODAY, currency: str = "CNY") -> dict[str, Status]:
    found = effects(book.scope(today), category, currency, cash)
    return {one.after.category: one.after.status for one in found}


def test_a_payment_well_within_its_limits_is_not_worth_a_word(book: Book) -> None:
    limit(book, 100_000)
    limit(book, 50_000, "dining")
    book.spend("2026-10-02", 10_000)
    assert told(book, "dining", 29_999) == {}


def test_from_four_fifths_on_the_category_is_near_then_reached_then_over(book: Book) -> None:
    limit(book, 50_000, "dining")
    book.spend("2026-10-02", 10_000)
    assert told(book, "dining", 30_000) == {"dining": Status.NEAR_LIMIT}
    assert told(book, "dining", 40_000) == {"dining": Status.REACHED}
    assert told(book, "dining", 40_001) == {"dining": Status.OVER}


def test_it_counts_in_the_parent_and_in_the_overall_limit_too_and_the_worst_comes_first(book: Book) -> None:
    limit(book, 100_000)
    limit(book, 50_000, "dining")
    limit(book, 20_000, "coffee")
    limit(book, 30_000, "transport")
    book.spend("2026-10-02", 60_000, "groceries")
    found = effects(book.scope(TODAY), "coffee", "CNY", 40_001)
    assert [(one.after.category, one.after.overrun) for one in found] == [("coffee", 20_001), ("", 1), ("dining", 0)]
    assert [one.after.status for one in found] == [Status.OVER, Status.OVER, Status.NEAR_LIMIT]


def test_what_was_over_already_stays_worth_a_word_and_says_by_how_much_it_was(book: Book) -> None:
    limit(book, 10_000, "dining")
    book.spend("2026-10-02", 12_000)
    (one,) = effects(book.scope(TODAY), "dining", "CNY", 500)
    assert (one.before.overrun, one.after.overrun) == (2_000, 2_500)


def test_other_currencies_and_other_people_do_not_matter(book: Book) -> None:
    limit(book, 1_000, currency="USD")
    stranger = Book(book.db)
    limit(stranger, 1_000)
    assert told(book, "dining", 5_000) == {}
    assert told(book, "dining", 5_000, currency="USD") == {"": Status.OVER}
    assert told(stranger, "dining", 5_000) == {"": Status.OVER}


def test_it_is_the_persons_own_month_that_counts(book: Book) -> None:
    paid_on_the_fifteenth = Book(book.db, start_day=15)
    limit(paid_on_the_fifteenth, 10_000)
    paid_on_the_fifteenth.spend("2026-10-14", 9_000)
    assert told(paid_on_the_fifteenth, "dining", 1_000, "2026-10-14") == {}  # the limit begins on the fifteenth
    paid_on_the_fifteenth.spend("2026-10-15", 7_000)
    assert told(paid_on_the_fifteenth, "dining", 1_000, "2026-11-14") == {"": Status.NEAR_LIMIT}
    assert told(paid_on_the_fifteenth, "dining", 1_000, "2026-11-15") == {}


def test_a_payment_that_takes_no_cash_changes_nothing(book: Book) -> None:
    limit(book, 1_000)
    book.spend("2026-10-02", 5_000)
    assert told(book, "dining", 0) == {}


amounts = st.integers(0, 10**9)


@given(limit=amounts, spent=amounts, cash=amounts)
def test_nothing_is_said_exactly_while_less_than_four_fifths_would_be_used(limit: int, spent: int, cash: int) -> None:
    month = month_of(date(2026, 10, 1))
    one = Envelope(month, "dining", "CNY", limit, Carry.NONE, 0, spent, even_share=0, days_left=5)
    found = assess([one], cash)
    assert bool(found) == (cash > 0 and (spent + cash) * 100 >= limit * 80)
    for effect in found:
        assert effect.after.available == effect.before.available - cash
        assert effect.before is one
