"""What a merchant has to answer, and what each refund costs it: the sums are those that its books have afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from analytics.refund_requests import Request, as_table, available, history, requests
from data.ledger.coupons import CouponKind
from data.ledger.refund_states import RefundState
from tests.refund_house import House, agree, ask, open_books, opened, paid, refuse, take_out
from tests.wallet_house import claim, coupon, shop

NOW = datetime(2026, 11, 27, 4, 0, tzinfo=UTC).replace(tzinfo=None)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with open_books(tmp_path, NOW) as built:
        yield built


def asked(house: House) -> tuple[Request, ...]:
    return requests(house.database, house.filled.cafe.id)


def held(house: House) -> int:
    return available(house.database, house.filled.cafe.id, "CNY")


def test_the_longest_waiting_request_is_first_and_says_what_was_paid(house: House) -> None:
    wallet, card = paid(house, 30_00, days=5), paid(house, 50_00, days=4, card=house.filled.credit)
    first, second = ask(house, wallet, 10_00, days=3), ask(house, card, 50_00, days=2)
    found = asked(house)
    assert [one.refund.id for one in found] == [first, second]
    assert [(one.payer, one.gross, one.card, one.gives) for one in found] == [
        ("alice", 30_00, "", 10_00),
        ("alice", 50_00, "credit", 50_00),
    ]


@pytest.mark.parametrize("cuts", [(58_00,), (29_00, 29_00), (1, 57_99), (19_33, 19_33, 19_34)])
def test_what_a_yes_costs_is_foreseen_to_the_cent(house: House, cuts: tuple[int, ...]) -> None:
    own = coupon(house.running, house.filled.cafe, "OWN", "满 50 减 8", off_minor=8_00, min_spend_minor=50_00)
    theirs = coupon(house.running, None, "HOUSE2", "立减两元", kind=CouponKind.INSTANT, off_minor=2_00, stackable=True)
    claims = tuple(claim(house.running, house.owner, one) for one in (own, theirs))
    paid(house, 100_00, shop=house.filled.market)  # earns points
    receipt = paid(house, 58_00, claims=claims[:1], points=20)
    before = held(house)
    for cut in cuts:
        ask(house, receipt, cut)
    total = 0
    while asked(house):
        one = asked(house)[0]
        was = held(house)
        agree(house, one.refund.id)
        assert was - held(house) == one.gives
        total += one.gives
    assert total == before == 50_00
    assert sorted(one.gives for one in history(house.database, house.filled.cafe.id)) == sorted(
        one.gives for one in history(house.database, house.filled.cafe.id, 99)
    )
    assert sum(one.gives for one in history(house.database, house.filled.cafe.id)) == total


def test_what_is_over_is_in_the_history_the_latest_first(house: House) -> None:
    receipt = paid(house, 30_00, days=9)
    agree(house, ask(house, receipt, 10_00, days=8), days=7)
    refuse(house, ask(house, receipt, 5_00, days=6), "不")
    found = history(house.database, house.filled.cafe.id)
    assert [(one.refund.state, one.gives) for one in found] == [
        (RefundState.REJECTED, 0),
        (RefundState.CREDITED, 10_00),
    ]
    assert len(history(house.database, house.filled.cafe.id, 1)) == 1
    assert asked(house) == ()


def test_a_refund_that_the_merchant_cannot_pay_waits_and_says_so(tmp_path: Path) -> None:
    with open_books(tmp_path, NOW) as house:
        receipt = paid(house, 30_00)
        refund, merchant = ask(house, receipt, 30_00), house.filled.cafe
    take_out(tmp_path, merchant, 12_00)
    with opened(tmp_path, NOW) as running:
        later = House(running, house.owner, house.filled)
        answer = agree(later, refund)
        assert (answer["state"], answer["reason"]) == ("processing", "merchant_short")
        (one,) = asked(later)
        assert one.refund.short
        assert (one.gives, held(later)) == (30_00, 18_00)


def test_another_merchant_sees_nothing_of_it(house: House) -> None:
    ask(house, paid(house, 30_00), 10_00)
    other = shop(house.running, "隔壁", proprietor=house.filled.cafe.proprietor or house.owner)
    assert requests(house.database, other.id) == ()
    assert history(house.database, other.id) == ()
    assert available(house.database, other.id, "CNY") == 0


def test_the_file_has_the_answer(house: House) -> None:
    receipt = paid(house, 30_00)
    refuse(house, ask(house, receipt, 5_00), "=1+1")
    table = as_table(history(house.database, house.filled.cafe.id))
    (row,) = table.rows
    keys = [column.key for column in table.columns]
    assert (row[keys.index("answer")], row[keys.index("state")]) == ("=1+1", "rejected")
