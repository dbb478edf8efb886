"""A person's refunds: every step in its order, sums that are never netted, overdue derived from the day."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest

from analytics.refund_list import Refund, of_payment, sums
from analytics.scope import Scope, look
from data import refunds, settlement
from data.ledger.refund_states import RefundState
from data.refunds import CancelRefund, CreditRefund, RetryRefund
from tests.refund_house import House, agree, ask, failing_card, give_up, open_books, paid, refuse
from tests.wallet_house import by, person

NOW = datetime(2026, 11, 27, 4, 0, tzinfo=UTC).replace(tzinfo=None)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with open_books(tmp_path, NOW) as opened:
        yield opened


def scope_of(house: House) -> Scope:
    return look(house.database, house.owner, NOW.date())


def only(house: House, payment: str) -> Refund:
    (one,) = of_payment(scope_of(house), UUID(payment))
    return one


def states(one: Refund) -> list[str]:
    return [step.state.value for step in one.steps]


def test_to_the_wallet_it_arrives_when_the_merchant_agrees(house: House) -> None:
    receipt = paid(house, 68_00, claims=(house.filled.claims["CAFE5"],), days=3)
    refund = ask(house, receipt, 20_00, "damaged", "少了一杯", days=2)
    waiting = only(house, receipt["payment"])
    assert (waiting.state, waiting.open, waiting.due_on, waiting.steps) == (RefundState.REQUESTED, True, None, ())
    assert (waiting.reason, waiting.note, waiting.attachment) == ("damaged", "少了一杯", None)
    came = agree(house, refund, days=1)
    one = only(house, receipt["payment"])
    assert states(one) == ["confirmed", "credited"]
    assert (one.cash, one.points, one.coupon) == (came["cash_minor"], came["points_returned"], came["coupon_minor"])
    assert one.clawed == came["points_clawed"]
    assert not one.open


def test_to_a_card_it_is_due_on_a_working_day(house: House) -> None:
    receipt = paid(house, 30_00, card=house.filled.debit)
    agree(house, ask(house, receipt, 30_00))
    one = only(house, receipt["payment"])
    assert (one.state, one.due_on, one.estimated) == (RefundState.PROCESSING, date(2026, 12, 2), False)
    assert not one.overdue(date(2026, 12, 2))
    assert one.overdue(date(2026, 12, 3))
    assert settlement.credit_due(house.running, NOW + timedelta(days=5)) == 1
    assert not only(house, receipt["payment"]).overdue(date(2027, 1, 1))


def test_a_year_whose_calendar_is_unknown_makes_the_day_an_estimate(house: House) -> None:
    receipt = paid(house, 30_00, card=house.filled.credit, days=-400)
    agree(house, ask(house, receipt, 30_00, days=-400), days=-400)
    one = only(house, receipt["payment"])
    assert one.due_on is not None
    assert one.due_on.year == 2028
    assert one.estimated


def test_a_refused_and_a_withdrawn_one_are_over(house: House) -> None:
    receipt = paid(house, 30_00)
    refuse(house, ask(house, receipt, 10_00), "过了期限")
    taken_back = ask(house, receipt, 5_00)
    refunds.cancel(house.database, CancelRefund(**by(house.owner), refund=str(taken_back)))
    first, second = of_payment(scope_of(house), UUID(receipt["payment"]))
    assert (first.state, first.state_reason, first.open) == (RefundState.REJECTED, "过了期限", False)
    assert (second.state, second.open) == (RefundState.CANCELLED, False)


def test_a_refund_that_its_card_did_not_take_is_tried_again_or_goes_to_the_wallet(house: House) -> None:
    paying = failing_card(house)
    again, instead = paid(house, 40_00, card=paying), paid(house, 25_00, card=paying)
    for receipt in (again, instead):
        agree(house, ask(house, receipt, receipt["gross_minor"]))
        assert only(house, receipt["payment"]).stuck
    one = only(house, again["payment"])
    refunds.retry(house.running, RetryRefund(**by(house.owner), refund=str(one.id), attempt=one.attempt + 1))
    one = only(house, again["payment"])
    assert states(one) == ["confirmed", "processing", "failed", "processing"]
    assert (one.attempt, one.stuck) == (2, False)
    two = only(house, instead["payment"])
    refunds.redirect(house.database, CreditRefund(**by(house.owner), refund=str(two.id)))
    two = only(house, instead["payment"])
    assert (two.redirected, two.cash, two.state) == (True, 25_00, RefundState.CREDITED)
    give_up(house, one.id)
    assert only(house, again["payment"]).state is RefundState.MANUAL


def test_the_sums_keep_what_is_under_way_apart_from_what_arrived(house: House) -> None:
    assert sums(scope_of(house)) == ()
    wallet, card = paid(house, 50_00), paid(house, 80_00, card=house.filled.credit)
    agree(house, ask(house, wallet, 20_00))
    ask(house, wallet, 10_00)
    agree(house, ask(house, card, 80_00))
    refuse(house, ask(house, wallet, 5_00), "不")
    (one,) = sums(scope_of(house))
    assert (one.currency, one.under_way, one.open, one.stuck) == ("CNY", 90_00, 2, 0)
    assert (one.cash, one.arrived) == (20_00, 1)
    assert one.next_due == date(2026, 12, 8)


def test_nobody_sees_another_persons_refunds(house: House) -> None:
    receipt = paid(house, 10_00)
    ask(house, receipt, 10_00)
    others = look(house.database, person(house.database, "bob"), NOW.date())
    assert of_payment(others, UUID(receipt["payment"])) == ()
    assert sums(others) == ()
