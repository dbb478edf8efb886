"""What is happening at a counter now."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from analytics.movements import Standing
from analytics.takings import NOTHING, Takings
from analytics.till import CodeState, PayCode, feed, pay_code, today
from data import operating
from data.codes import wallet_code
from data.ledger.wallet.refusals import CardDeclined
from tests.counter_house import Stall, open_stall
from tests.wallet_house import DECLINED, SILENT, SILENT_THEN_NO

MONDAY = "2026-03-09"


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stall]:
    with open_stall(tmp_path_factory.mktemp("till")) as opened:
        yield opened


@pytest.fixture
def stall(house: Stall) -> Stall:
    house.at(f"{MONDAY} 12:00")
    return house.fresh()


def seen(stall: Stall, code: UUID) -> PayCode:
    found = pay_code(stall.counter(MONDAY), code, stall.clock())
    assert found is not None
    return found


def shown(stall: Stall, amount: int = 38_50) -> UUID:
    """A code on the counter's screen."""
    made = wallet_code.read(stall.code(amount, "3 号桌")).pay_code
    assert made is not None
    return made


def test_today_stands_beside_the_same_time_yesterday_and_a_week_ago(stall: Stall) -> None:
    for moment, amount in (
        ("2026-03-02 11:59", 1_00),
        ("2026-03-02 12:01", 2_00),
        ("2026-03-08 12:00", 4_00),
        ("2026-03-08 12:00:01", 8_00),
        ("2026-03-07 10:00", 16_00),
        (f"{MONDAY} 00:00", 32_00),
    ):
        stall.at(moment)
        stall.pays("ann", amount)
    now = today(stall.counter(MONDAY), stall.at(f"{MONDAY} 12:00"))
    assert now.so_far == Takings(gross=32_00, payments=1)
    assert now.yesterday == Takings(gross=4_00, payments=1)
    assert now.week_ago == Takings(gross=1_00, payments=1)


def test_an_empty_day_is_nothing_not_a_gap(stall: Stall) -> None:
    now = today(stall.counter(MONDAY), stall.clock())
    assert (now.so_far, now.yesterday, now.week_ago) == (NOTHING, NOTHING, NOTHING)
    assert feed(stall.counter(MONDAY), stall.clock()) == ()


def test_a_payment_is_seen_the_moment_it_is_booked(stall: Stall) -> None:
    counter, now = stall.counter(MONDAY), stall.clock()
    assert feed(counter, now) == ()
    stall.pays("ann", 5_00)
    assert [(one.payer, one.takings) for one in feed(counter, now)] == [("ann", 5_00)]
    assert today(counter, now).so_far.net == 5_00


def test_a_payment_that_waits_for_a_bank_is_seen_within_seconds(stall: Stall) -> None:
    counter = stall.counter(MONDAY)
    card = stall.card_of("cy", SILENT)
    assert feed(counter, stall.clock()) == ()
    stall.pays("cy", 5_00, card=card)
    stall.clock.now += timedelta(seconds=6)
    assert [one.standing for one in feed(counter, stall.clock())] == [Standing.PROCESSING]
    assert today(counter, stall.clock()).so_far == NOTHING


def test_the_feed_has_only_today_the_newest_first_and_what_was_given_back(stall: Stall) -> None:
    stall.at("2026-03-08 23:59")
    before = stall.pays("ann", 1_00)
    stall.at(f"{MONDAY} 09:00")
    stall.pays("bo", 2_00)
    stall.at(f"{MONDAY} 10:00")
    stall.gives_back(before, 1_00)
    found = feed(stall.counter(MONDAY), stall.at(f"{MONDAY} 12:00"))
    assert [(one.payer, one.takings) for one in found] == [("ann", -1_00), ("bo", 2_00)]


def test_a_code_is_open_until_it_is_paid_and_says_by_whom(stall: Stall) -> None:
    code = shown(stall)
    assert seen(stall, code).state is CodeState.OPEN
    assert (seen(stall, code).amount, seen(stall, code).note) == (38_50, "3 号桌")
    stall.clock.now += timedelta(seconds=1)
    stall.pays("ann", 38_50, pay_code=code)
    paid = seen(stall, code)
    assert (paid.state, paid.payer, paid.paid_at) == (CodeState.PAID, "ann", stall.clock())
    stall.clock.now += timedelta(hours=1)
    assert seen(stall, code).state is CodeState.PAID


def test_the_payment_of_a_code_bears_the_codes_note(stall: Stall) -> None:
    stall.pays("ann", 38_50, pay_code=shown(stall))
    stall.pays("ann", 10_00, pay_code=shown(stall, 10_00), note="不要糖")
    assert {one.note for one in feed(stall.counter(MONDAY), stall.clock())} == {"3 号桌", "不要糖"}


def test_a_code_expires_to_the_second(stall: Stall) -> None:
    code = shown(stall)
    expires = seen(stall, code).expires_at
    assert expires == stall.clock() + timedelta(minutes=5)
    stall.clock.now = expires - timedelta(seconds=1)
    assert seen(stall, code).state is CodeState.OPEN
    stall.clock.now = expires
    assert seen(stall, code).state is CodeState.EXPIRED


def test_while_a_bank_is_silent_the_code_is_neither_open_nor_expired(stall: Stall) -> None:
    code, card = shown(stall), stall.card_of("di", SILENT)
    stall.pays("di", 38_50, pay_code=code, card=card)
    assert (seen(stall, code).state, seen(stall, code).payer) == (CodeState.PAYING, "di")
    stall.clock.now += timedelta(minutes=10)
    assert seen(stall, code).state is CodeState.PAYING


def test_after_a_bank_said_no_the_code_can_still_be_paid(stall: Stall) -> None:
    code, card = shown(stall), stall.card_of("eve", DECLINED)
    with pytest.raises(CardDeclined):
        stall.pays("eve", 38_50, pay_code=code, card=card)
    assert (seen(stall, code).state, seen(stall, code).declined) == (CodeState.OPEN, True)
    stall.pays("ann", 38_50, pay_code=code)
    assert (seen(stall, code).state, seen(stall, code).declined) == (CodeState.PAID, False)


def test_a_late_no_of_the_bank_leaves_an_expired_code(stall: Stall) -> None:
    code, card = shown(stall), stall.card_of("flo", SILENT_THEN_NO)
    stall.pays("flo", 38_50, pay_code=code, card=card)
    for hours in range(1, 4):
        stall.clock.now += timedelta(hours=hours)
        operating.settle(stall.running, stall.keeper)
    assert (seen(stall, code).state, seen(stall, code).declined) == (CodeState.EXPIRED, True)


def test_a_code_of_another_merchant_or_of_nobody_is_none(stall: Stall) -> None:
    code = shown(stall.fresh())
    assert pay_code(stall.counter(MONDAY), code, stall.clock()) is None
    assert pay_code(stall.counter(MONDAY), uuid4(), stall.clock()) is None
