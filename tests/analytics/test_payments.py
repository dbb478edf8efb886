"""Payments with what comes back of them: the list agrees with the doors' receipts, the filters with the rules."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics import payments as questions
from analytics.payments import Payment, Shop, Show
from analytics.scope import Scope, look
from data.errors import Rejection
from data.ledger.coupons import CouponKind
from tests.refund_house import House, agree, ask, open_books, paid, refuse, silent_charge
from tests.wallet_house import DECLINED, card, claim, coupon, person

NOW = datetime(2026, 11, 27, 4, 0, tzinfo=UTC).replace(tzinfo=None)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with open_books(tmp_path, NOW) as opened:
        yield opened


def scope_of(house: House) -> Scope:
    return look(house.database, house.owner, NOW.date())


def listed(house: House, show: Show = Show.ALL, text: str = "") -> list[str]:
    return [str(one.id) for one in questions.payments(scope_of(house), NOW, show=show, text=text).rows]


def seen(house: House, payment: str) -> Payment:
    found = questions.one(scope_of(house), UUID(payment))
    assert found is not None
    return found


def test_a_payment_says_what_its_receipt_said(house: House) -> None:
    paid(house, 100_00, days=1)  # earns points
    receipt = paid(house, 68_00, claims=(house.filled.claims["CAFE5"],), points=30, card=house.filled.debit)
    one = seen(house, receipt["payment"])
    assert (one.gross, one.coupon, one.points, one.points_minor, one.cash, one.earned) == (
        receipt["gross_minor"],
        receipt["coupon_minor"],
        receipt["points"],
        receipt["points_minor"],
        receipt["cash_minor"],
        receipt["points_earned"],
    )
    assert one.source is not None
    assert (one.source.kind, one.source.last4) == ("debit", "0047")
    assert (one.shop.name, one.shop.contact) == ("拾光咖啡", "010-6000 0000")
    assert one.paid
    assert one.rest == one.refundable(NOW) == 68_00


def test_what_was_asked_for_leaves_the_rest_and_what_was_refused_comes_back_to_it(house: House) -> None:
    receipt = paid(house, 50_00)
    came, waits, refused = (ask(house, receipt, amount) for amount in (10_00, 15_00, 20_00))
    agree(house, came)
    refuse(house, refused, "不行")
    one = seen(house, receipt["payment"])
    assert (one.returned, one.pending, one.agreed, one.open, one.asked) == (10_00, 15_00, 10_00, 1, 3)
    assert one.rest == 25_00
    assert waits


def test_filters_and_search_find_what_they_say(house: House) -> None:
    plain, open_, whole = (paid(house, 10_00, days=day)["payment"] for day in (4, 3, 2))
    old = paid(house, 10_00, days=370)["payment"]
    market = paid(house, 10_00, days=1, shop=house.filled.market)["payment"]
    ask(house, {"payment": open_}, 10_00)
    agree(house, ask(house, {"payment": whole}, 10_00))
    assert listed(house) == [market, whole, open_, plain, old]
    assert listed(house, Show.REFUNDABLE) == [market, plain]
    assert listed(house, Show.OPEN) == [open_]
    assert listed(house, text=" 超市 ") == [market]
    assert seen(house, old).rest == 10_00
    assert seen(house, old).refundable(NOW) == 0


def test_a_page_beyond_the_last_is_the_last(house: House) -> None:
    ids = [paid(house, 1_00, days=day)["payment"] for day in range(5)]
    page = questions.payments(scope_of(house), NOW, number=9, size=2)
    assert (page.number, page.pages, page.count) == (3, 3, 5)
    assert [str(one.id) for one in page.rows] == ids[4:]
    assert questions.payments(scope_of(house), NOW, text="nobody", number=3) == questions.Page((), 0, 1, 1)


def test_nobody_sees_another_persons_payments(house: House) -> None:
    receipt = paid(house, 10_00)
    others = look(house.database, person(house.database, "bob"), NOW.date())
    assert questions.one(others, UUID(receipt["payment"])) is None
    assert questions.payments(others, NOW).count == 0
    assert questions.events(others, UUID(receipt["payment"])) == ()
    assert questions.coupons(others, UUID(receipt["payment"])) == ()


def test_what_a_bank_said_is_told_in_order(house: House) -> None:
    silent = silent_charge(house)
    assert [event.state for event in questions.events(scope_of(house), UUID(silent["payment"]))] == ["manual"]
    assert (seen(house, silent["payment"]).state, seen(house, silent["payment"]).rest) == ("manual", 0)
    no = card(house.running, house.owner, DECLINED)
    with pytest.raises(Rejection):
        paid(house, 9_00, card=no)
    declined = questions.payments(scope_of(house), NOW).rows[0]
    assert (declined.state, declined.reason, declined.rest) == ("declined", "declined", 0)


def test_a_coupon_is_told_with_what_became_of_it(house: House) -> None:
    once = coupon(house.running, house.filled.cafe, "ONCE", "立减一元", kind=CouponKind.INSTANT, off_minor=1_00)
    receipt = paid(house, 20_00, claims=(claim(house.running, house.owner, once),))
    scope = scope_of(house)
    assert [(one.name, one.state) for one in questions.coupons(scope, UUID(receipt["payment"]))] == [
        ("立减一元", "used")
    ]
    agree(house, ask(house, receipt, 20_00))
    assert [one.state for one in questions.coupons(scope, UUID(receipt["payment"]))] == ["returned"]


def test_the_file_has_every_page(house: House) -> None:
    for day in range(3):
        paid(house, 1_00 + day, days=day)
    table = questions.as_table(questions.every(scope_of(house), NOW))
    gross = [column.key for column in table.columns].index("gross")
    assert [row[gross] for row in table.rows] == [1_00, 1_01, 1_02]


@given(
    gross=st.integers(1, 10_000),
    data=st.data(),
)
def test_what_is_foreseen_of_a_refund_adds_up(gross: int, data: st.DataObject) -> None:
    cash = data.draw(st.integers(0, gross))
    points = data.draw(st.integers(0, gross - cash))
    agreed = data.draw(st.integers(0, gross - 1))
    amount = data.draw(st.integers(1, gross))
    shop = Shop(uuid4(), "店", "dining", "", "", "")
    one = Payment(
        id=uuid4(),
        occurred_at=NOW,
        booked_on=NOW.date(),
        shop=shop,
        currency="CNY",
        gross=gross,
        coupon=gross - cash - points,
        points=points,
        points_minor=points,
        cash=cash,
        source=None,
        earned=0,
        category="dining",
        note="",
        state="captured",
        reason="",
        returned=0,
        pending=0,
        agreed=agreed,
        open=0,
        asked=0,
    )
    share = one.share(amount)
    assert share.cash + share.points_value + share.coupon == amount
    assert 0 <= share.cash <= cash
