from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics import alerts, budgets
from analytics.budgets import Actual, Envelope, Status
from data.database import Database
from data.period import Span, month_of
from data.planning import (
    Alert,
    Carry,
    LimitItem,
    dismiss_alert,
    raise_alerts,
    set_limits,
)
from tests.analytics import naive
from tests.ledger_rows import Book

OCTOBER = month_of(date(2026, 10, 1))


def limit(book: Book, month: str, amount: int | None, category: str = "", carry: Carry = Carry.NONE) -> None:
    set_limits(book.db, book.owner, date.fromisoformat(f"{month}-01"), [LimitItem(category, "CNY", amount, carry)])


def envelope(book: Book, today: str, category: str = "") -> Envelope:
    scope = book.scope(today)
    return next(one for one in budgets.budget(scope, scope.month, "CNY").all if one.category == category)


@pytest.mark.parametrize(
    ("spent", "today", "status"),
    [
        (0, "2026-10-10", Status.ON_PACE),
        (30_000, "2026-10-10", Status.ON_PACE),
        (50_000, "2026-10-10", Status.AHEAD),
        (79_999, "2026-10-31", Status.ON_PACE),
        (79_999, "2026-11-30", Status.ON_PACE),
        (80_000, "2026-10-31", Status.NEAR_LIMIT),
        (99_999, "2026-10-10", Status.NEAR_LIMIT),
        (100_000, "2026-10-10", Status.REACHED),
        (100_001, "2026-10-10", Status.OVER),
    ],
)
def test_the_status_of_a_limit_of_a_thousand(book: Book, spent: int, today: str, status: Status) -> None:
    limit(book, "2026-10", 100_000)
    if spent:
        book.spend("2026-10-02", spent)
    found = next(e for e in budgets.envelopes(book.scope(today), OCTOBER))
    assert found.status is status


def test_what_is_left_per_day_is_rounded_down_and_an_overrun_is_never_clamped(book: Book) -> None:
    limit(book, "2026-10", 100_000)
    book.spend("2026-10-02", 30_001)
    found = envelope(book, "2026-10-22")
    assert (found.available, found.days_left, found.per_day, found.used) == (69_999, 10, 6_999, 3_000)
    book.spend("2026-10-22", 169_999)
    over = envelope(book, "2026-10-22")
    assert (over.available, over.overrun, over.per_day, over.used) == (-100_000, 100_000, 0, 20_000)


def test_a_limit_of_nothing_is_reached_by_nothing_and_overrun_by_a_cent(book: Book) -> None:
    limit(book, "2026-10", 0)
    assert envelope(book, "2026-10-05").status is Status.ON_PACE
    book.spend("2026-10-05", 1)
    found = envelope(book, "2026-10-05")
    assert (found.status, found.used, found.overrun, found.crossed) == (Status.OVER, None, 1, (80, 100))


def test_a_category_holds_its_children_by_parent_and_a_childs_limit_is_its_own(book: Book) -> None:
    limit(book, "2026-10", 50_000, "dining")
    limit(book, "2026-10", 10_000, "coffee")
    book.spend("2026-10-02", 3_000, "coffee")
    book.spend("2026-10-02", 4_000, "delivery")
    book.spend("2026-10-02", 500, "dining")
    book.spend("2026-10-02", 9_000, "dining_out_of_nowhere")
    assert envelope(book, "2026-10-05", "dining").spending == 7_500
    assert envelope(book, "2026-10-05", "coffee").spending == 3_000
    scope = book.scope("2026-10-05")
    assert budgets.budget(scope, OCTOBER, "CNY").unlimited == (("dining_out_of_nowhere", 9_000),)


def test_changing_october_leaves_september_as_it_was_and_the_latest_word_of_a_month_counts(book: Book) -> None:
    limit(book, "2026-09", 100)
    limit(book, "2026-10", 300)
    limit(book, "2026-10", 200)
    found = budgets.history(book.scope("2026-11-05"), "", "CNY", month_of(date(2026, 11, 1)), 4)
    assert [one.limit if isinstance(one, Envelope) else None for one in found] == [None, 100, 200, 200]
    assert isinstance(found[0], Actual)


@pytest.mark.parametrize(
    ("carry", "october"), [(Carry.NONE, (0, 0)), (Carry.SURPLUS, (70, 0)), (Carry.SIGNED, (70, -150))]
)
def test_carry_over_takes_nothing_the_surplus_or_also_the_overrun(
    book: Book, carry: Carry, october: tuple[int, int]
) -> None:
    limit(book, "2026-08", 100, carry=carry)
    book.spend("2026-08-02", 30)
    book.spend("2026-09-02", 320 if carry is Carry.SIGNED else 250)
    chain = budgets.history(book.scope("2026-10-05"), "", "CNY", OCTOBER, 3)
    assert [one.carried for one in chain if isinstance(one, Envelope)] == [0, *october]


def test_a_month_without_the_limit_ends_the_chain(book: Book) -> None:
    limit(book, "2026-07", 100, carry=Carry.SIGNED)
    limit(book, "2026-09", None)
    limit(book, "2026-10", 100, carry=Carry.SIGNED)
    assert envelope(book, "2026-10-05").carried == 0
    scope = book.scope("2026-09-05")
    assert budgets.budget(scope, scope.month, "CNY").overall is None
    assert budgets.limits_in_force(scope, scope.month, "CNY") == {}


def test_a_refund_of_last_month_gives_room_in_the_month_it_arrives(book: Book) -> None:
    limit(book, "2026-09", 100_000)
    bought = book.spend("2026-09-20", 90_000)
    book.refund("2026-10-02", 90_000, of=bought, bought="2026-09-20")
    found = list(budgets.history(book.scope("2026-10-05", purchase=True), "", "CNY", OCTOBER, 2))
    assert [one.spending for one in found] == [90_000, -90_000]
    assert envelope(book, "2026-10-05").available == 190_000
    assert envelope(book, "2026-10-05").used == 0


@settings(max_examples=40, deadline=None)
@given(
    start_day=st.sampled_from([1, 15, 31]),
    changes=st.lists(
        st.tuples(st.integers(1, 10), st.one_of(st.none(), st.integers(0, 500)), st.sampled_from(list(Carry))),
        min_size=1,
        max_size=5,
    ),
    spent=st.dictionaries(st.integers(1, 10), st.integers(1, 900)),
)
def test_any_chain_of_months_equals_the_naive_walk(
    store: Database, start_day: int, changes: list[tuple[int, int | None, Carry]], spent: dict[int, int]
) -> None:
    book = Book(store, start_day)
    for month, amount, carry in changes:
        set_limits(book.db, book.owner, date(2026, month, 1), [LimitItem("dining", "CNY", amount, carry)])
    for month, amount in spent.items():
        book.spend(month_of(date(2026, month, 28), start_day).start, amount, "coffee")
    scope = book.scope("2026-11-20")
    last = month_of(date(2026, 11, 10), start_day)
    spans = scope.months(last, 12)
    real = {
        span.start: sum(a for m, a in spent.items() if month_of(date(2026, m, 28), start_day) == span) for span in spans
    }
    expected = naive.carried_chain(
        [(date(2026, m, 1), a, c.value) for m, a, c in changes], [span.start for span in spans], real
    )
    found = budgets.history(scope, "dining", "CNY", last, 12)
    assert {one.month.start: (one.limit, one.carried) for one in found if isinstance(one, Envelope)} == expected
    assert [one.spending for one in found] == list(real.values())


def test_a_new_month_start_day_keeps_the_months_the_limits_were_set_for(book: Book) -> None:
    payday = Book(book.db, 15)
    limit(payday, "2026-10", 500)
    scope = payday.scope("2026-10-20")
    assert [e.month for e in budgets.envelopes(scope, scope.month)] == [Span(date(2026, 10, 15), date(2026, 11, 15))]
    before = payday.scope("2026-10-10")
    assert budgets.envelopes(before, before.month) == []


def test_the_suggestion_is_the_average_of_the_last_three_complete_months(book: Book) -> None:
    for month, amount in (("06", 9_000), ("07", 100), ("08", 101), ("09", 300), ("10", 7_777)):
        book.spend(f"2026-{month}-01", amount, "coffee")
        book.spend(f"2026-{month}-02", 30, "taxi")
    found = budgets.suggestions(book.scope("2026-10-20"), OCTOBER, "CNY")
    assert found == {"coffee": 167, "dining": 167, "taxi": 30, "transport": 30, "": 197}


def test_each_threshold_warns_once_a_month_and_a_dismissed_one_is_gone(book: Book) -> None:
    limit(book, "2026-10", 1_000, "dining")
    book.spend("2026-10-02", 850, "coffee")
    near = Alert(date(2026, 10, 1), "dining", "CNY", 80)
    assert alerts.due(book.scope("2026-10-05")) == (near,)
    assert raise_alerts(book.db, book.owner, [near]) == 1
    assert raise_alerts(book.db, book.owner, [near]) == 0
    assert alerts.due(book.scope("2026-10-05")) == ()
    assert [(w.alert, w.fresh) for w in alerts.warnings(book.scope("2026-10-05"))] == [(near, False)]
    dismiss_alert(book.db, book.owner, near)
    dismiss_alert(book.db, book.owner, near)
    assert alerts.warnings(book.scope("2026-10-05")) == ()
    book.spend("2026-10-06", 500, "coffee")
    assert [alert.threshold for alert in alerts.due(book.scope("2026-10-06"))] == [100]
    assert [w.envelope.overrun for w in alerts.warnings(book.scope("2026-10-06"))] == [350]
    assert alerts.due(book.scope("2026-11-01")) == ()


def test_a_category_of_the_persons_own_can_be_limited(book: Book) -> None:
    book.write(
        "custom_category",
        [
            {
                "owner": book.owner,
                "key": "own-1",
                "parent": "dining",
                "kind": "expense",
                "name": "夜宵",
                "icon": ":material/star:",
                "colour": 0,
                "archived": False,
            }
        ],
    )
    limit(book, "2026-10", 500, "own-1")
    limit(book, "2026-10", 900, "dining")
    book.spend("2026-10-02", 200, "own-1")
    assert envelope(book, "2026-10-05", "own-1").spending == envelope(book, "2026-10-05", "dining").spending == 200
