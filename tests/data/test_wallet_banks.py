"""Money that passes a card's bank: asked once, taken once, and what happens when the bank says nothing (LEDGER §2)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from data import cards, operating, settlement, wallet
from data.bookkeeping import Annotate, annotate
from data.cards import CardKind, UnbindCard
from data.errors import Rejection
from data.gateways import backoff
from data.gateways.protocol import AnswerState, Order
from data.ids import EntryId, OwnerId
from data.ledger.wallet import refusals as no
from data.ledger.wallet.commands import AnswerCharge, ChargeState
from data.merchants import CouponKind, Merchant
from data.preferences import Preferences, choose_preferences
from data.rounds import Rounds
from data.store.command import Receipt
from data.wallet import TopUp, Withdraw
from tests import wallet_house as house
from tests.wallet_house import by
from tests.wallet_world import World

CARD = "card:unionpay:0047"


def top_up(world: World, owner: OwnerId, card: UUID, amount: int) -> Receipt:
    return wallet.top_up(world.running, TopUp(**by(owner), card=card, amount=amount, currency="CNY"))


def withdraw(world: World, owner: OwnerId, card: UUID, amount: int) -> Receipt:
    return wallet.withdraw(world.running, Withdraw(**by(owner), card=card, amount=amount, currency="CNY"))


def charge_now(world: World, owner: OwnerId, charge: str) -> tuple[str, int]:
    sql = "SELECT state, attempt FROM published_charge WHERE owner = $owner AND id = $charge"
    ((state, attempt),) = world.db.read(sql, {"owner": owner, "charge": charge})
    return state, attempt


def asked_times(world: World, charge: str) -> int:
    return sum(line.asked_times for line in world.at_bank(charge))


def waits(world: World, rounds: Rounds, **time: float) -> None:
    """The wallet's own round, that much later."""
    world.clock.turn(**time)
    rounds.once()


# -- top-ups


def test_a_top_up_moves_money_from_the_card_to_the_wallet(world: World) -> None:
    anna = world.member()
    card = world.card(anna)
    before = world.house_books()
    receipt = top_up(world, anna, card, 50_00)
    charge = receipt["charge"]
    assert receipt == {
        "charge": charge,
        "purpose": "top_up",
        "state": "completed",
        "currency": "CNY",
        "amount_minor": 50_00,
        "card": str(card),
        "balance_minor": 50_00,
        "held_minor": 0,
    }
    assert world.posted(anna, charge) == {CARD: -50_00, "wallet:CNY": 50_00}
    assert world.facts(anna) == [("transfer", None, -50_00, 0, 0)]
    after = world.house_books()
    assert after["issuer:clearing"] - before.get("issuer:clearing", 0) == 50_00
    assert after["issuer:outstanding"] - before.get("issuer:outstanding", 0) == -50_00
    assert world.taken_from(anna) == 50_00
    world.facts_agree(anna)


def test_a_declined_top_up_books_nothing(world: World) -> None:
    anna = world.member()
    card = world.card(anna, house.DECLINED, CardKind.CREDIT)
    command = TopUp(**by(anna), card=card, amount=50_00, currency="CNY")
    for _ in range(2):
        with pytest.raises(no.CardDeclined) as refused:
            wallet.top_up(world.running, command)
        assert refused.value == no.CardDeclined("declined")
    assert world.books(anna) == {}
    assert world.taken_from(anna) == 0
    answer = wallet.outcome(world.db, anna, command.request_id)
    assert answer is not None
    assert answer.refusal == no.CardDeclined("declined")


def test_the_same_top_up_is_taken_from_the_card_once(own_world: World) -> None:
    world = own_world
    anna = world.member()
    command = TopUp(**by(anna), card=world.card(anna), amount=50_00, currency="CNY")
    first = wallet.top_up(world.running, command)
    assert wallet.top_up(world.running, command) == first
    world.reopen()
    assert wallet.top_up(world.running, command) == first
    assert (world.available(anna), world.taken_from(anna), len(world.bank.book())) == (50_00, 50_00, 1)


def test_money_is_moved_to_and_from_a_card_that_is_there_in_a_wallet_that_is_there(world: World) -> None:
    anna, ben = world.member(10_00), world.member()
    card, gone = world.card(anna), world.card(anna, house.SLOW)
    bens = world.card(ben)
    cards.unbind(world.db, UnbindCard(**by(anna), card=gone))
    wrong: list[tuple[dict[str, Any], Rejection]] = [
        ({"amount": 0}, no.AmountInvalid(0)),
        ({"currency": "JPY"}, no.WalletNotOpened("JPY")),
        ({"card": gone}, no.CardUnknown(str(gone))),
        ({"card": bens}, no.CardUnknown(str(bens))),
    ]
    for fields, refusal in wrong:
        asked: dict[str, Any] = {"card": card, "amount": 1_00, "currency": "CNY"} | fields
        with pytest.raises(Rejection) as refused:
            wallet.top_up(world.running, TopUp(**by(anna), **asked))
        assert refused.value == refusal
        with pytest.raises(Rejection) as refused:
            wallet.withdraw(world.running, Withdraw(**by(anna), **asked))
        assert refused.value == refusal
    assert world.available(anna) == 10_00


# -- withdrawals


def test_a_withdrawal_is_held_until_the_bank_has_it(world: World) -> None:
    anna = world.member(100_00)
    card = world.card(anna, house.SILENT_THEN_YES)
    before = world.house_books()
    receipt = withdraw(world, anna, card, 30_00)
    charge = receipt["charge"]
    assert (receipt["state"], receipt["balance_minor"], receipt["held_minor"]) == ("processing", 70_00, 30_00)
    assert (world.standing(anna).available, world.standing(anna).held) == (70_00, 30_00)
    assert world.posted(anna, charge) == {"wallet:CNY": -30_00, "held:CNY": 30_00}
    assert world.house_books() == before
    with pytest.raises(no.InsufficientFunds):
        withdraw(world, anna, card, 70_01)
    rounds = world.rounds()
    waits(world, rounds, seconds=6)
    waits(world, rounds, seconds=11)
    assert (world.standing(anna).available, world.standing(anna).held) == (70_00, 0)
    assert world.books(anna)["card:unionpay:0203"] == 30_00
    assert world.house_books()["issuer:outstanding"] - before["issuer:outstanding"] == 30_00
    assert world.facts(anna)[-1] == ("transfer", None, -30_00, 0, 0)
    assert world.taken_from(anna) == -30_00
    world.facts_agree(anna)


def test_a_withdrawal_that_the_bank_refuses_is_put_back(world: World) -> None:
    anna = world.member(100_00)
    before = world.house_books()
    with pytest.raises(no.CardDeclined):
        withdraw(world, anna, world.card(anna, house.DECLINED, CardKind.CREDIT), 30_00)
    assert (world.standing(anna).available, world.standing(anna).held) == (100_00, 0)
    assert (world.house_books(), world.taken_from(anna)) == (before, 0)
    world.facts_agree(anna)


def test_a_withdrawal_arrives_at_once_when_the_bank_answers(world: World) -> None:
    anna = world.member(100_00)
    receipt = withdraw(world, anna, world.card(anna), 30_00)
    assert (receipt["state"], receipt["balance_minor"], receipt["held_minor"]) == ("completed", 70_00, 0)
    assert world.taken_from(anna) == -30_00


# -- a bank that says nothing


def test_a_payment_whose_bank_is_silent_holds_what_it_needs_and_is_not_sent_again(world: World) -> None:
    anna, cafe = world.member(500_00), world.shop()
    world.pay(anna, cafe, 100_00)
    _, claim = world.coupon(anna, cafe, kind=CouponKind.INSTANT, off_minor=5_00)
    card = world.card(anna, house.SILENT_THEN_YES)
    command = world.paying(anna, cafe, 35_00, card=card, claims=(claim,), points=60)
    receipt = wallet.pay(world.running, command)
    assert (receipt["state"], receipt["points_earned"]) == ("processing", 0)
    assert (world.standing(anna).points, world.books(anna)["points:held"]) == (40, 60)
    with pytest.raises(no.CouponNotHeld):
        world.pay(anna, cafe, 35_00, claims=(claim,))
    assert world.books(cafe.id)["wallet:CNY"] == 100_00
    again = wallet.pay(world.running, command)
    assert (again["payment"], again["state"]) == (receipt["payment"], "processing")
    assert len(world.at_bank(receipt["payment"])) == 1


def test_it_is_captured_with_the_day_it_was_made_once_the_bank_says_yes(world: World) -> None:
    anna, cafe = world.member(500_00), world.shop()
    world.pay(anna, cafe, 100_00)
    _, claim = world.coupon(anna, cafe, kind=CouponKind.INSTANT, off_minor=5_00)
    card = world.card(anna, house.SILENT_THEN_YES)
    command = world.paying(anna, cafe, 35_00, card=card, claims=(claim,), points=60)
    paid = wallet.pay(world.running, command)["payment"]
    rounds = world.rounds()
    world.clock.turn(days=1)
    waits(world, rounds, seconds=6)
    waits(world, rounds, seconds=11)
    assert charge_now(world, anna, paid)[0] == "approved"
    assert world.posted(anna, paid) == {
        "card:unionpay:0203": -29_40,
        "book:expense": 29_40,
        "points": 29,
        "book:points": -29,
    }
    sql = "SELECT cast(booked_on AS varchar) FROM published_fact WHERE owner = $owner AND entry = $entry"
    assert world.db.read(sql, {"owner": anna, "entry": paid}) == [("2026-03-02",)]
    assert world.books(anna).get("points:held") is None
    assert (world.standing(anna).points, world.taken_from(anna)) == (100 - 60 + 29, 29_40)
    final = wallet.pay(world.running, command)
    assert (final["state"], final["points_earned"], final["payment"]) == ("captured", 29, paid)
    world.facts_agree(anna)


def test_everything_is_free_again_once_the_bank_says_no(world: World) -> None:
    anna, cafe = world.member(500_00), world.shop()
    world.pay(anna, cafe, 100_00)
    _, claim = world.coupon(anna, cafe, kind=CouponKind.INSTANT, off_minor=5_00)
    command = world.paying(anna, cafe, 35_00, card=world.card(anna, house.SILENT_THEN_NO), claims=(claim,), points=60)
    wallet.pay(world.running, command)
    rounds = world.rounds()
    waits(world, rounds, seconds=6)
    waits(world, rounds, seconds=11)
    with pytest.raises(no.CardDeclined):
        wallet.pay(world.running, command)
    assert (world.standing(anna).points, world.taken_from(anna)) == (100, 0)
    receipt = world.pay(anna, cafe, 35_00, claims=(claim,), points=60)
    assert receipt["cash_minor"] == 29_40
    world.facts_agree(anna)


def test_the_bank_is_asked_later_and_later(own_world: World) -> None:
    world = own_world
    anna, cafe = world.member(), world.shop()
    charge = world.pay(anna, cafe, 35_00, card=world.card(anna, house.SILENT))["payment"]
    asked = list[int]()
    for second in range(1, 5 + 10 + 20 + 40 + 1):
        world.clock.turn(seconds=1)
        settlement.ask_open(world.running)
        if asked_times(world, charge) > len(asked):
            asked.append(second)
    assert [later - earlier for earlier, later in zip([0, *asked], asked, strict=False)] == [5, 10, 20, 40]


def test_after_a_day_of_silence_a_person_settles_it_and_the_bank_is_left_alone(own_world: World) -> None:
    world = own_world
    anna, cafe, grocer = world.member(), world.shop(), world.shop()
    card = world.card(anna, house.SILENT)
    commands = [world.paying(anna, shop, 35_00, card=card) for shop in (cafe, grocer)]
    yes, nay = (wallet.pay(world.running, command)["payment"] for command in commands)
    for _ in range(backoff.MOST + 5):
        world.clock.turn(minutes=15)
        settlement.ask_open(world.running)
    assert [charge_now(world, anna, charge) for charge in (yes, nay)] == [("manual", backoff.MOST + 1)] * 2
    asked = asked_times(world, yes)
    waits(world, world.rounds(), days=2)
    assert (asked_times(world, yes), world.books(anna)) == (asked, {})
    for _ in range(2):  # a second press changes nothing
        receipt = operating.answer_charge(
            world.running, world.operator, anna, UUID(yes), approved=True, reason="called"
        )
        assert receipt["state"] == "captured"
    with pytest.raises(no.ChargeSettled) as told:
        operating.answer_charge(world.running, world.operator, anna, UUID(yes), approved=False)
    assert told.value == no.ChargeSettled("approved")
    with pytest.raises(no.CardDeclined):
        operating.answer_charge(world.running, world.operator, anna, UUID(nay), approved=False, reason="called")
    assert wallet.pay(world.running, commands[0])["state"] == "captured"
    with pytest.raises(no.CardDeclined):
        wallet.pay(world.running, commands[1])
    assert world.books(cafe.id) == {"wallet:CNY": 35_00, "book:takings": -35_00}
    assert world.books(grocer.id) == {}
    world.check(anna)


def test_a_final_answer_is_never_changed(world: World) -> None:
    anna, cafe = world.member(), world.shop()
    paid = UUID(world.pay(anna, cafe, 35_00, card=world.card(anna))["payment"])
    late = AnswerCharge(**by(anna, world.operator), charge=paid, state=ChargeState.DECLINED, attempt=9, reason="late")
    assert world.db.transact(late).refusal == no.ChargeSettled("approved")
    with pytest.raises(no.ChargeSettled) as told:
        operating.answer_charge(world.running, world.operator, anna, paid, approved=False)
    assert told.value == no.ChargeSettled("approved")
    assert world.books(cafe.id) == {"wallet:CNY": 35_00, "book:takings": -35_00}
    world.facts_agree(anna)


@pytest.mark.parametrize("number", [house.SILENT_THEN_YES, house.SILENT_THEN_NO])
def test_a_silent_top_up_is_answered_later(world: World, number: str) -> None:
    anna = world.member()
    receipt = top_up(world, anna, world.card(anna, number), 40_00)
    assert (receipt["state"], world.available(anna)) == ("processing", 0)
    rounds = world.rounds()
    waits(world, rounds, seconds=6)
    waits(world, rounds, seconds=11)
    expected = 40_00 if number == house.SILENT_THEN_YES else 0
    assert (world.available(anna), world.taken_from(anna)) == (expected, expected)
    world.facts_agree(anna)


def test_an_open_charge_is_asked_about_whatever_else_its_owner_does_meanwhile(world: World) -> None:
    anna, cafe = world.member(100_00), world.shop()
    earlier = world.pay(anna, cafe, 1_00)["payment"]
    charge = world.pay(anna, cafe, 35_00, card=world.card(anna, house.SILENT_THEN_YES))["payment"]
    annotate(world.db, Annotate(**by(anna), entries=(EntryId(UUID(earlier)),), note="mine"))
    choose_preferences(world.db, anna, Preferences(month_start_day=10))
    rounds = world.rounds()
    waits(world, rounds, seconds=6)
    waits(world, rounds, seconds=11)
    assert charge_now(world, anna, charge)[0] == "approved"


def test_an_open_charge_is_asked_about_after_a_restart(own_world: World) -> None:
    world = own_world
    anna, cafe = world.member(), world.shop()
    command = world.paying(anna, cafe, 35_00, card=world.card(anna, house.SILENT_THEN_YES))
    wallet.pay(world.running, command)
    world.reopen()
    rounds = world.rounds()
    waits(world, rounds, seconds=6)
    waits(world, rounds, seconds=11)
    assert wallet.pay(world.running, command)["state"] == "captured"
    assert world.taken_from(anna) == 35_00
    world.check(anna)


# -- killed between the ledger and the bank


def written_only(world: World, anna: OwnerId, cafe: Merchant, card: UUID) -> tuple[wallet.Pay, UUID]:
    """A payment that was written down, after which the process died."""
    command = world.paying(anna, cafe, 35_00, card=card)
    receipt = world.db.transact(command).or_raise()
    assert receipt["state"] == "processing"
    return command, UUID(receipt["payment"])


def order_for(world: World, anna: OwnerId, charge: UUID) -> Order:
    """What the bank would have been asked: the token is the one of the top-up before."""
    (line,) = world.bank.book()
    return Order(charge, line.token, 35_00, "CNY")


def test_a_bank_that_was_never_asked_is_asked_by_the_rounds(own_world: World) -> None:
    world = own_world
    anna, cafe = world.member(), world.shop()
    command, charge = written_only(world, anna, cafe, world.card(anna))
    world.reopen()
    rounds = world.rounds()
    waits(world, rounds, seconds=29)
    assert world.bank.book() == ()  # it may be under way in the thread that wrote it
    waits(world, rounds, seconds=1)
    assert [line.captured_minor for line in world.at_bank(str(charge))] == [35_00]
    assert wallet.pay(world.running, command)["state"] == "captured"
    assert (world.taken_from(anna), len(world.bank.book())) == (35_00, 1)
    world.check(anna)


@pytest.mark.parametrize("captured", [False, True])
def test_what_the_bank_took_before_we_died_is_not_taken_again(own_world: World, *, captured: bool) -> None:
    world = own_world
    anna, cafe = world.member(), world.shop()
    card = world.card(anna)
    top_up(world, anna, card, 1_00)
    command, charge = written_only(world, anna, cafe, card)
    order = order_for(world, anna, charge)
    assert world.bank.authorise(order).state is AnswerState.APPROVED
    if captured:
        assert world.bank.capture(order).state is AnswerState.APPROVED
    world.reopen()
    waits(world, world.rounds(), seconds=31)
    assert wallet.pay(world.running, command)["state"] == "captured"
    assert world.taken_from(anna) == 36_00
    assert [line.captured_minor for line in world.at_bank(str(charge))] == [35_00]
    world.check(anna)


def test_the_person_who_sends_it_again_gets_it_done_before_the_rounds_come(own_world: World) -> None:
    world = own_world
    anna, cafe = world.member(), world.shop()
    command, _ = written_only(world, anna, cafe, world.card(anna))
    world.reopen()
    assert wallet.pay(world.running, command)["state"] == "captured"
    waits(world, world.rounds(), minutes=1)
    assert (world.taken_from(anna), len(world.bank.book())) == (35_00, 1)


def test_a_withdrawal_that_was_only_held_is_sent_by_the_rounds(own_world: World) -> None:
    world = own_world
    anna = world.member(100_00)
    command = Withdraw(**by(anna), card=world.card(anna), amount=30_00, currency="CNY")
    world.db.transact(command).or_raise()
    world.reopen()
    assert world.standing(anna).held == 30_00
    waits(world, world.rounds(), seconds=31)
    assert (world.available(anna), world.standing(anna).held, world.taken_from(anna)) == (70_00, 0, -30_00)
    world.check(anna)


def test_a_bank_that_cannot_be_reached_is_not_a_no(own_world: World) -> None:
    world = own_world
    anna, cafe = world.member(), world.shop()
    command = world.paying(anna, cafe, 35_00, card=world.card(anna))
    world.bank.close()
    assert wallet.pay(world.running, command)["state"] == "processing"
    world.reopen()
    assert wallet.pay(world.running, command)["state"] == "captured"
    assert world.taken_from(anna) == 35_00
