"""Refunds: asked for, agreed to, given; where the money goes, by when, and what stands in the way (LEDGER §4)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from data import cards, refunds, settlement, wallet
from data.assurance import AT_THE_MACHINE
from data.cards import CardKind, UnbindCard
from data.errors import NotFound, Rejection
from data.gateways.protocol import Order
from data.ids import OwnerId, new_id, new_request_id
from data.ledger.changes import RefundExceedsPayment, TextTooLong
from data.ledger.refund_states import RefundState, overdue
from data.ledger.wallet import refusals as no
from data.merchants import Merchant
from data.preferences import Preferences, choose_preferences
from data.refunds import (
    AttachmentRefused,
    CancelRefund,
    ConfirmRefund,
    CreditRefund,
    RejectRefund,
    RequestRefund,
    RetryRefund,
)
from data.store.command import Receipt
from tests import wallet_house as house
from tests.wallet_house import by
from tests.wallet_world import NOON, World

PNG, JPEG, PDF = b"\x89PNG\r\n\x1a\n" + b"picture", b"\xff\xd8\xff" + b"picture", b"%PDF-1.7 text"


def asking(owner: OwnerId, paid: Receipt, amount: int, **more: Any) -> RequestRefund:
    fields: dict[str, Any] = by(owner) | {"reason": "damaged"} | more
    return RequestRefund(payment=str(paid["payment"]), amount=amount, **fields)


def refused(world: World, owner: OwnerId, paid: Receipt, amount: int, **more: Any) -> Rejection:
    with pytest.raises(Rejection) as told:
        refunds.request(world.db, asking(owner, paid, amount, **more))
    return told.value


def reject(world: World, merchant: Merchant, refund: str, reason: str = "opened") -> Receipt:
    return refunds.reject(world.db, RejectRefund(**by(merchant.id, merchant.proprietor), refund=refund, reason=reason))


def cancel(world: World, owner: OwnerId, refund: str) -> Receipt:
    return refunds.cancel(world.db, CancelRefund(**by(owner), refund=refund))


def settle_on(world: World, day: str) -> None:
    """What the app does by itself, at noon of that day."""
    world.clock.at(day)
    settlement.credit_due(world.running)


def paid_by(world: World, number: str, kind: CardKind, amount: int = 70_00) -> tuple[OwnerId, Merchant, Receipt]:
    """Somebody who paid a shop by card."""
    anna, shop = world.member(), world.shop()
    return anna, shop, world.pay(anna, shop, amount, card=world.card(anna, number, kind))


# -- asking


def test_asking_reserves_the_amount_and_tells_what_is_left(world: World) -> None:
    anna, cafe = world.member(100_00), world.shop()
    paid = world.pay(anna, cafe, 70_00)
    command = asking(anna, paid, 30_00, note="杯子碎了")
    receipt = refunds.request(world.db, command)
    assert receipt == {
        "refund": receipt["refund"],
        "owner": str(anna),
        "request": command.request_id,
        "payment": paid["payment"],
        "state": "requested",
        "currency": "CNY",
        "amount_minor": 30_00,
        "refundable_minor": 40_00,
    }
    assert refunds.request(world.db, command) == receipt
    assert refused(world, anna, paid, 40_01) == RefundExceedsPayment(40_01, 70_00, 30_00, "CNY")
    world.ask_back(anna, paid, 40_00)
    assert refused(world, anna, paid, 1) == RefundExceedsPayment(1, 70_00, 70_00, "CNY")
    assert world.available(anna) == 30_00  # nothing has moved yet


def test_a_payment_may_be_named_by_the_request_it_was_made_with(world: World) -> None:
    anna, cafe = world.member(100_00), world.shop()
    command = world.paying(anna, cafe, 70_00)
    paid = wallet.pay(world.running, command)
    request = asking(anna, {"payment": command.request_id}, 10_00)
    receipt = refunds.request(world.db, request)
    assert receipt["payment"] == paid["payment"]
    refunds.confirm(world.running, ConfirmRefund(**by(cafe.id, cafe.proprietor), refund=request.request_id))
    assert world.refund_now(receipt["refund"]).state == "credited"


def test_what_was_not_paid_cannot_come_back(world: World) -> None:
    anna, cafe = world.member(), world.shop()
    silent = world.pay(anna, cafe, 5_00, card=world.card(anna, house.SILENT))
    assert refused(world, anna, silent, 1_00) == no.PaymentNotCaptured(silent["payment"], "processing")
    command = world.paying(anna, cafe, 5_00, card=world.card(anna, house.DECLINED, CardKind.CREDIT))
    with pytest.raises(no.CardDeclined):
        wallet.pay(world.running, command)
    told = refused(world, anna, {"payment": command.request_id}, 1_00)
    assert isinstance(told, no.PaymentNotCaptured)
    assert told.state == "declined"
    stranger = str(new_id())
    assert refused(world, anna, {"payment": stranger}, 1_00) == no.PaymentUnknown(stranger)


@pytest.mark.parametrize("amount", [0, -1])
def test_a_refund_is_of_something(world: World, amount: int) -> None:
    anna, cafe = world.member(100_00), world.shop()
    assert refused(world, anna, world.pay(anna, cafe, 5_00), amount) == no.AmountInvalid(amount)


def test_a_note_has_an_end(world: World) -> None:
    anna, cafe = world.member(100_00), world.shop()
    paid = world.pay(anna, cafe, 5_00)
    assert refused(world, anna, paid, 1_00, note="x" * 501) == TextTooLong("note", 500, 501)
    refunds.request(world.db, asking(anna, paid, 1_00, note="x" * 500))


def test_refunds_are_asked_for_within_a_year(world: World) -> None:
    anna, cafe = world.member(100_00), world.shop()
    paid = world.pay(anna, cafe, 5_00)
    world.clock.now = NOON + timedelta(days=365)
    world.ask_back(anna, paid, 1_00)
    world.clock.turn(seconds=1)
    assert refused(world, anna, paid, 1_00) == no.RefundTooLate("2027-03-02")


def test_fifty_refunds_of_a_payment_and_no_more(world: World) -> None:
    anna, cafe = world.member(100_00), world.shop()
    paid = world.pay(anna, cafe, 60_01)
    asked = [world.ask_back(anna, paid, 1_00) for _ in range(50)]
    assert refused(world, anna, paid, 1_00) == no.TooManyRefunds(50)
    reject(world, cafe, asked[0])
    assert refused(world, anna, paid, 1_00) == no.TooManyRefunds(50)  # said no to, but asked for all the same
    for refund in asked[1:]:
        world.confirm(cafe, refund)
    assert world.available(anna) == 100_00 - 60_01 + 49_00
    world.facts_agree(anna)


# -- the merchant's answer, and taking it back


def test_a_rejected_refund_says_why_and_frees_what_it_reserved(world: World) -> None:
    anna, cafe = world.member(100_00), world.shop()
    paid = world.pay(anna, cafe, 70_00)
    refund = world.ask_back(anna, paid, 70_00)
    assert reject(world, cafe, refund, "已拆封")["reason"] == "已拆封"
    now = world.refund_now(refund)
    assert (now.state, now.reason, now.due_on) == ("rejected", "已拆封", None)
    world.ask_back(anna, paid, 70_00)


def test_a_cancelled_refund_frees_what_it_reserved(world: World) -> None:
    anna, cafe = world.member(100_00), world.shop()
    paid = world.pay(anna, cafe, 70_00)
    refund = world.ask_back(anna, paid, 70_00)
    assert cancel(world, anna, refund)["state"] == "cancelled"
    assert world.refund_now(refund).state == "cancelled"
    world.refund(anna, cafe, paid, 70_00)
    assert world.available(anna) == 100_00


def test_a_no_needs_words(world: World) -> None:
    anna, cafe = world.member(100_00), world.shop()
    refund = world.ask_back(anna, world.pay(anna, cafe, 5_00), 5_00)
    with pytest.raises(no.TextMissing):
        reject(world, cafe, refund, "  ")
    with pytest.raises(TextTooLong):
        reject(world, cafe, refund, "x" * 501)
    assert world.refund_now(refund).state == "requested"


def test_each_step_follows_the_one_before(world: World) -> None:
    anna, cafe = world.member(500_00), world.shop()
    paid = world.pay(anna, cafe, 70_00)
    steps: dict[str, Callable[[str], Any]] = {
        "confirmed": lambda refund: world.confirm(cafe, refund),
        "rejected": lambda refund: reject(world, cafe, refund),
        "cancelled": lambda refund: cancel(world, anna, refund),
        "processing": lambda refund: refunds.retry(world.running, RetryRefund(**by(anna), refund=refund, attempt=2)),
        "credited": lambda refund: refunds.redirect(world.db, CreditRefund(**by(anna), refund=refund)),
    }
    reached = {"credited": "confirmed", "rejected": "rejected", "cancelled": "cancelled"}
    for state, how in reached.items():
        refund = world.ask_back(anna, paid, 10_00)
        steps[how](refund)
        for wanted, step in steps.items():
            with pytest.raises(no.RefundStateDiffers) as told:
                step(refund)
            assert told.value == no.RefundStateDiffers(state, wanted)
        assert world.refund_now(refund).state == state
    asked = world.ask_back(anna, paid, 10_00)
    for wanted in ("processing", "credited"):
        with pytest.raises(no.RefundStateDiffers) as told:
            steps[wanted](asked)
        assert told.value == no.RefundStateDiffers("requested", wanted)
    assert world.available(anna) == 440_00


def test_agreeing_is_one_request(world: World) -> None:
    anna, cafe = world.member(100_00), world.shop()
    refund = world.ask_back(anna, world.pay(anna, cafe, 70_00), 20_00)
    command = ConfirmRefund(**by(cafe.id, cafe.proprietor), refund=refund)
    assert refunds.confirm(world.running, command) == refunds.confirm(world.running, command)
    assert world.available(anna) == 50_00


# -- to the wallet


def test_what_was_paid_from_the_wallet_is_back_at_once_in_the_same_books(world: World) -> None:
    anna, cafe = world.member(100_00), world.shop(category="coffee")
    paid = world.pay(anna, cafe, 70_00)
    refund = world.ask_back(anna, paid, 70_00)
    world.clock.at("2026-04-05")
    receipt = world.confirm(cafe, refund)
    assert (receipt["state"], receipt["to"], receipt["cash_minor"], receipt["redirected"]) == (
        "credited",
        "wallet",
        70_00,
        False,
    )
    assert world.posted(anna, refund) == {
        "wallet:CNY": 70_00,
        "book:expense": -70_00,
        "points": -70,
        "book:points": 70,
    }
    assert world.posted(cafe.id, refund) == {"wallet:CNY": -70_00, "book:takings": 70_00}
    now = world.refund_now(refund)
    assert (now.state, now.due_on, now.estimated, now.cash, now.clawed) == (
        "credited",
        date(2026, 4, 5),
        False,
        70_00,
        70,
    )
    assert world.facts(anna)[-1] == ("refund", "coffee", 70_00, -70_00, 0)
    assert world.books(cafe.id) == {}
    world.facts_agree(anna)


def test_parts_add_up_to_the_whole(world: World) -> None:
    anna, cafe = world.member(100_00), world.shop()
    paid = world.pay(anna, cafe, 70_00)
    for part in (1, 33_33, 36_66):
        world.refund(anna, cafe, paid, part)
    assert (world.available(anna), world.standing(anna).points, world.books(cafe.id)) == (100_00, 0, {})
    world.facts_agree(anna)


def test_a_refund_belongs_to_the_month_of_its_purchase(world: World) -> None:
    anna, cafe = world.member(100_00), world.shop()
    paid = world.pay(anna, cafe, 70_00)
    world.clock.at("2026-05-20")
    refund = world.refund(anna, cafe, paid, 10_00)
    sql = "SELECT month, purchase_month, refund_of FROM published_fact WHERE owner = $owner AND entry = $entry"
    found = world.db.read(sql, {"owner": anna, "entry": refund})
    assert found == [(date(2026, 5, 1), date(2026, 3, 1), UUID(paid["payment"]))]


# -- to a card, within working days


@pytest.mark.parametrize(
    ("kind", "confirmed", "due"),
    [
        (CardKind.DEBIT, "2026-11-16", "2026-11-19"),  # an ordinary week
        (CardKind.DEBIT, "2026-11-19", "2026-11-24"),  # over a weekend
        (CardKind.CREDIT, "2026-11-16", "2026-11-25"),
        (CardKind.DEBIT, "2026-09-30", "2026-10-10"),  # over the National Day week; the 10th, a Saturday, is worked
        (CardKind.CREDIT, "2026-09-28", "2026-10-13"),
        (CardKind.DEBIT, "2026-02-13", "2026-02-25"),  # over Spring Festival; the 14th, a Saturday, is worked
        (CardKind.CREDIT, "2026-02-12", "2026-02-28"),
    ],
)
def test_a_card_has_it_after_the_working_days_its_bank_needs(
    world: World, kind: CardKind, confirmed: str, due: str
) -> None:
    number = house.GOOD if kind is CardKind.DEBIT else house.GOOD_CREDIT
    world.clock.at(confirmed)
    anna, shop, paid = paid_by(world, number, kind)
    refund = world.ask_back(anna, paid, 30_00)
    receipt = world.confirm(shop, refund)
    assert (receipt["state"], receipt["due_on"], receipt["estimated"]) == ("processing", due, False)
    assert receipt["cash_minor"] == 30_00
    world.clock.at(due)
    world.clock.turn(hours=-12, minutes=-1)  # a minute to midnight in Shanghai
    settlement.credit_due(world.running)
    assert world.refund_now(refund).state == "processing"
    world.clock.turn(minutes=1)
    settlement.credit_due(world.running)
    assert world.refund_now(refund).state == "credited"
    world.facts_agree(anna)


def test_a_year_without_a_published_calendar_is_estimated(world: World) -> None:
    world.clock.at("2045-09-29")  # a Friday before a National Day week that nobody has spoken of yet
    anna, shop, paid = paid_by(world, house.GOOD, CardKind.DEBIT)
    refund = world.ask_back(anna, paid, 30_00)
    receipt = world.confirm(shop, refund)
    assert (receipt["due_on"], receipt["estimated"]) == ("2045-10-04", True)
    assert world.refund_now(refund).estimated


def test_the_day_it_was_agreed_to_is_counted_in_china_wherever_the_payer_lives(world: World) -> None:
    anna, shop, paid = paid_by(world, house.GOOD, CardKind.DEBIT)
    choose_preferences(world.db, anna, Preferences(zone="America/New_York"))
    world.clock.at("2026-11-17")
    world.clock.turn(hours=-12)  # midnight in Shanghai, the 16th in New York
    receipt = world.confirm(shop, world.ask_back(anna, paid, 30_00))
    assert receipt["due_on"] == "2026-11-20"


def test_it_goes_back_to_the_card_that_paid_through_the_houses_books(world: World) -> None:
    anna, shop, paid = paid_by(world, house.GOOD, CardKind.DEBIT)
    before = world.house_books()
    refund = world.refund(anna, shop, paid, 30_00)
    assert world.taken_from(anna) == 40_00  # the bank has it; the books follow on its day
    assert world.posted(anna, refund) == {}
    due = world.refund_now(refund).due_on
    assert due is not None
    settle_on(world, due.isoformat())
    assert world.posted(anna, refund) == {
        "card:unionpay:0047": 30_00,
        "book:expense": -30_00,
        "points": -30,
        "book:points": 30,
    }
    assert world.posted(shop.id, refund) == {"wallet:CNY": -30_00, "book:takings": 30_00}
    after = world.house_books()
    assert after["issuer:clearing"] - before["issuer:clearing"] == -30_00
    assert after["issuer:outstanding"] - before["issuer:outstanding"] == 30_00
    settle_on(world, "2026-04-01")
    assert (world.taken_from(anna), [line.moved_minor for line in world.at_bank(refund)]) == (40_00, [-30_00])
    world.facts_agree(anna)


def test_an_unbound_and_an_expired_card_still_receive(world: World) -> None:
    anna, shop = world.member(), world.shop()
    card = UUID(
        cards.bind(
            world.running,
            anna,
            new_request_id(),
            number=house.GOOD,
            expiry="03/26",
            kind=CardKind.DEBIT,
            assurance=AT_THE_MACHINE,
        )["card"]
    )
    paid = world.pay(anna, shop, 70_00, card=card)
    cards.unbind(world.db, UnbindCard(**by(anna), card=card))
    world.clock.at("2026-04-06")
    refund = world.refund(anna, shop, paid, 70_00)
    settle_on(world, "2026-04-20")
    assert (world.refund_now(refund).state, world.taken_from(anna)) == ("credited", 0)


def test_what_is_under_way_to_a_card_cannot_be_taken_into_the_wallet(world: World) -> None:
    anna, shop, paid = paid_by(world, house.GOOD, CardKind.DEBIT)
    refund = world.refund(anna, shop, paid, 30_00)
    with pytest.raises(no.RefundStateDiffers):
        refunds.redirect(world.db, CreditRefund(**by(anna), refund=refund))
    settle_on(world, "2026-03-20")
    assert (world.available(anna), world.taken_from(anna)) == (0, 40_00)


def test_a_refund_that_does_not_arrive_in_time_is_overdue(world: World) -> None:
    anna, shop, paid = paid_by(world, house.GOOD, CardKind.DEBIT)
    refund = world.refund(anna, shop, paid, 30_00)

    def late(day: date) -> bool:
        now = world.refund_now(refund)
        return overdue(RefundState(now.state), now.due_on, day)

    due = world.refund_now(refund).due_on
    assert due == date(2026, 3, 5)
    assert not late(due)
    assert late(due + timedelta(days=1))
    settle_on(world, "2026-03-06")
    assert not late(due + timedelta(days=1))


# -- a bank that refuses, or is not there


def test_a_refund_that_failed_succeeds_as_the_same_refund(world: World) -> None:
    anna, shop, paid = paid_by(world, house.REFUND_FAILS_ONCE, CardKind.CREDIT)
    refund = world.ask_back(anna, paid, 30_00)
    assert world.confirm(shop, refund)["state"] == "processing"
    failed = world.refund_now(refund)
    assert (failed.state, failed.reason, failed.attempt) == ("failed", "refund_failed", 1)
    assert refused(world, anna, paid, 40_01) == RefundExceedsPayment(40_01, 70_00, 30_00, "CNY")  # it stays owed
    world.clock.turn(minutes=5)
    settlement.credit_due(world.running)
    again = world.refund_now(refund)
    assert (again.state, again.attempt, world.taken_from(anna)) == ("processing", 2, 40_00)
    settle_on(world, "2026-03-20")
    assert world.refund_now(refund).state == "credited"
    assert [line.moved_minor for line in world.at_bank(refund)] == [-30_00]
    world.facts_agree(anna)


def test_a_person_may_send_a_failed_refund_again_and_twice_is_once(world: World) -> None:
    anna, shop, paid = paid_by(world, house.REFUND_FAILS_ONCE, CardKind.CREDIT)
    refund = world.refund(anna, shop, paid, 30_00)
    command = RetryRefund(**by(anna), refund=refund, attempt=2)
    assert refunds.retry(world.running, command) == refunds.retry(world.running, command)
    assert (world.refund_now(refund).state, world.taken_from(anna)) == ("processing", 40_00)
    settle_on(world, "2026-03-20")
    assert world.taken_from(anna) == 40_00


def gone_elsewhere(world: World, paid: Receipt, amount: int) -> None:
    """The bank gave it back already, on its own: it will refuse ours for ever."""
    (line,) = world.at_bank(paid["payment"])
    order = Order(new_id(), line.token, amount, "CNY", about=line.id)
    world.bank.refund(order)


def test_after_five_tries_a_refund_waits_for_a_person_and_may_go_into_the_wallet(world: World) -> None:
    anna, shop, paid = paid_by(world, house.GOOD, CardKind.DEBIT)
    gone_elsewhere(world, paid, 50_00)
    refund = world.refund(anna, shop, paid, 30_00)
    states = []
    for _ in range(7):
        states.append((world.refund_now(refund).state, world.refund_now(refund).attempt))
        world.clock.turn(minutes=5)
        settlement.credit_due(world.running)
    assert states == [(f"{'manual' if n >= 5 else 'failed'}", min(n, 5)) for n in range(1, 8)]
    assert world.refund_now(refund).reason == "exceeds_charge"
    before = world.house_books()
    receipt = refunds.redirect(world.db, CreditRefund(**by(anna), refund=refund))
    assert (receipt["to"], receipt["redirected"], receipt["cash_minor"]) == ("wallet", True, 30_00)
    assert world.posted(anna, refund)["wallet:CNY"] == 30_00
    assert world.house_books()["issuer:clearing"] == before["issuer:clearing"]
    assert (world.refund_now(refund).redirected, world.available(anna)) == (True, 30_00)
    settle_on(world, "2026-03-20")
    assert world.available(anna) == 30_00
    world.facts_agree(anna)


def test_a_failed_refund_may_go_into_the_wallet_before_the_tries_are_over(world: World) -> None:
    anna, shop, paid = paid_by(world, house.REFUND_FAILS_ONCE, CardKind.CREDIT)
    refund = world.refund(anna, shop, paid, 30_00)
    command = CreditRefund(**by(anna), refund=refund)
    assert refunds.redirect(world.db, command) == refunds.redirect(world.db, command)
    settle_on(world, "2026-03-20")
    assert (world.available(anna), world.taken_from(anna)) == (30_00, 70_00)


def test_a_bank_that_cannot_be_reached_is_told_later(own_world: World) -> None:
    world = own_world
    anna, shop, paid = paid_by(world, house.GOOD, CardKind.DEBIT)
    refund = world.ask_back(anna, paid, 30_00)
    world.bank.close()
    assert world.confirm(shop, refund)["state"] == "processing"
    world.reopen()
    settlement.credit_due(world.running)
    assert (world.refund_now(refund).state, world.taken_from(anna)) == ("processing", 40_00)
    settle_on(world, "2026-03-05")
    assert world.refund_now(refund).state == "credited"
    world.check(anna)


def test_a_refund_that_was_only_written_down_before_we_died_is_sent_by_the_rounds(own_world: World) -> None:
    world = own_world
    anna, shop, paid = paid_by(world, house.GOOD, CardKind.DEBIT)
    refund = world.ask_back(anna, paid, 30_00)
    world.db.transact(ConfirmRefund(**by(shop.id, shop.proprietor), refund=refund)).or_raise()
    world.reopen()
    assert world.at_bank(refund) == []
    world.rounds().once()
    assert (world.refund_now(refund).state, world.taken_from(anna)) == ("processing", 40_00)


def test_refunds_go_on_after_a_restart(own_world: World) -> None:
    world = own_world
    anna, shop, paid = paid_by(world, house.GOOD, CardKind.DEBIT)
    under_way, asked = world.refund(anna, shop, paid, 20_00), world.ask_back(anna, paid, 30_00)
    done = world.pay(anna, shop, 10_00, card=world.card(anna, house.GOOD_CREDIT, CardKind.CREDIT))
    world.reopen()
    assert refused(world, anna, paid, 20_01) == RefundExceedsPayment(20_01, 70_00, 50_00, "CNY")
    world.confirm(shop, asked)
    settle_on(world, "2026-03-05")
    world.reopen()
    assert [world.refund_now(one).state for one in (under_way, asked)] == ["credited", "credited"]
    assert refused(world, anna, paid, 20_01) == RefundExceedsPayment(20_01, 70_00, 50_00, "CNY")
    world.refund(anna, shop, done, 10_00)
    world.check(anna)


# -- a merchant without the money


def test_a_merchant_without_the_money_owes_the_refund_until_it_has_it(own_world: World) -> None:
    world = own_world
    anna, ben, cafe = world.member(100_00), world.member(100_00), world.shop()
    paid = world.pay(anna, cafe, 70_00)
    world.takes_money_out(cafe, 60_00)
    refund = world.ask_back(anna, paid, 30_00)
    receipt = world.confirm(cafe, refund)
    assert (receipt["state"], receipt["reason"]) == ("processing", "merchant_short")
    now = world.refund_now(refund)
    assert (now.state, now.reason, now.due_on) == ("processing", "merchant_short", date(2026, 3, 2))
    settlement.credit_due(world.running)
    assert (world.refund_now(refund).state, world.available(anna)) == ("processing", 30_00)
    assert overdue(RefundState.PROCESSING, now.due_on, date(2026, 3, 3))
    world.pay(ben, cafe, 20_00)
    settlement.credit_due(world.running)
    assert (world.refund_now(refund).state, world.available(anna)) == ("credited", 60_00)
    assert world.books(cafe.id).get("wallet:CNY", 0) == 0
    world.check(anna, ben)


# -- evidence


def with_evidence(world: World, name: str, content: bytes) -> tuple[OwnerId, Merchant, str]:
    anna, cafe = world.member(100_00), world.shop()
    paid = world.pay(anna, cafe, 5_00)
    return anna, cafe, str(refunds.request(world.db, asking(anna, paid, 5_00), (name, content))["refund"])


@pytest.mark.parametrize(("content", "media"), [(PNG, "image/png"), (JPEG, "image/jpeg"), (PDF, "application/pdf")])
def test_pictures_and_documents_are_kept_for_the_two_whom_it_concerns(world: World, content: bytes, media: str) -> None:
    anna, cafe, refund = with_evidence(world, "broken cup", content)
    assert cafe.proprietor is not None
    for reader in (anna, cafe.proprietor):
        kept = refunds.attachment(world.db, reader, UUID(refund))
        assert (kept.name, kept.media_type, kept.content) == ("broken cup", media, content)
    for stranger in (world.member(), world.operator, cafe.id, new_id()):
        with pytest.raises(NotFound):
            refunds.attachment(world.db, stranger, UUID(refund))


def test_a_refund_without_evidence_has_none(world: World) -> None:
    anna, cafe = world.member(100_00), world.shop()
    refund = world.ask_back(anna, world.pay(anna, cafe, 5_00), 5_00)
    with pytest.raises(NotFound):
        refunds.attachment(world.db, anna, UUID(refund))


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty"),
        (b"MZ\x90\x00", "type"),
        (b"<svg onload=alert(1)>", "type"),
        (b"GIF89a", "type"),
        (PNG + bytes(5 * 1024 * 1024 - len(PNG) + 1), "too_large"),
    ],
)
def test_anything_else_is_not_kept_and_nothing_is_asked_for(world: World, content: bytes, reason: str) -> None:
    anna, cafe = world.member(100_00), world.shop()
    paid = world.pay(anna, cafe, 5_00)
    with pytest.raises(AttachmentRefused) as told:
        refunds.request(world.db, asking(anna, paid, 5_00), ("a.png", content))
    assert told.value == AttachmentRefused("a.png", reason, len(content), 5 * 1024 * 1024)
    for table in ("refund", "attachment"):
        assert world.db.read("SELECT count(*) FROM " + table + " WHERE owner = $owner", {"owner": anna}) == [(0,)]


def test_five_megabytes_are_kept(world: World) -> None:
    anna, _, refund = with_evidence(world, "large.png", PNG + bytes(5 * 1024 * 1024 - len(PNG)))
    assert len(refunds.attachment(world.db, anna, UUID(refund)).content) == 5 * 1024 * 1024


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("C:\\Users\\anna\\cup.png", "cup.png"),
        ("../../etc/passwd", "passwd"),
        ("/", "attachment"),
        ("x" * 200 + ".png", "x" * 120),
    ],
)
def test_a_file_keeps_its_name_without_the_folders_it_lay_in(world: World, sent: str, kept: str) -> None:
    anna, _, refund = with_evidence(world, sent, PNG)
    assert refunds.attachment(world.db, anna, UUID(refund)).name == kept


def test_evidence_of_a_request_that_is_refused_is_not_kept(world: World) -> None:
    anna, cafe = world.member(100_00), world.shop()
    paid = world.pay(anna, cafe, 5_00)
    with pytest.raises(RefundExceedsPayment):
        refunds.request(world.db, asking(anna, paid, 5_01), ("cup.png", PNG))
    assert world.db.read("SELECT count(*) FROM attachment WHERE owner = $owner", {"owner": anna}) == [(0,)]


def test_asking_with_evidence_twice_is_asking_once(world: World) -> None:
    anna, cafe = world.member(100_00), world.shop()
    command = asking(anna, world.pay(anna, cafe, 5_00), 5_00)
    first = refunds.request(world.db, command, ("cup.png", PNG))
    assert refunds.request(world.db, command, ("cup.png", PNG)) == first
    for table in ("refund", "attachment"):
        assert world.db.read("SELECT count(*) FROM " + table + " WHERE owner = $owner", {"owner": anna}) == [(1,)]
