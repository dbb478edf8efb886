"""The monitor in the wallet: what passes, what is asked about, what is stopped, and what the person says to that."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from data import alerts, cards, refunds, rewards, wallet
from data.alerts import AnswerAlert, ReportDebit, Sensitivity, SetSensitivity
from data.assurance import AT_THE_MACHINE, Assurance, StepUpRequired
from data.cards import CardKind
from data.errors import Rejection
from data.ids import OwnerId, new_id
from data.ledger.wallet.refusals import (
    AccountFrozen,
    AlertAnswered,
    AlertUnknown,
    DebitUnknown,
    StoppedByMonitor,
)
from data.merchants import Merchant
from data.refunds import RequestRefund
from data.store.command import Receipt
from data.wallet import Freeze, Pay, SetLimits, TopUp, Transfer, Unfreeze, Withdraw
from tests import wallet_house as house
from tests.wallet_house import by
from tests.wallet_world import World

_SESSION = """
INSERT INTO user_session (owner, id, token_hash, created_at, seen_at, expires_at, idle_minutes, address, agent)
VALUES ($owner, $id, $id, $now, $now, $later, 600000, '', '')"""
_STEPPED = "UPDATE user_session SET stepped_up_at = $now WHERE id = $id"
_VERDICTS = "SELECT verdict, action, amount, reasons FROM risk_verdict WHERE owner = $owner ORDER BY seq"


@dataclasses.dataclass(frozen=True)
class Shopper:
    """A member with habits: a payment of about twenty yuan a day, at noon, at one cafe."""

    world: World
    owner: OwnerId
    cafe: Merchant
    session: str

    @property
    def assurance(self) -> Assurance:
        return Assurance(self.session)

    def pay(self, amount: int, shop: Merchant | None = None, **more: Any) -> Receipt:
        return wallet.pay(self.world.running, self.command(amount, shop, **more), self.assurance)

    def command(self, amount: int, shop: Merchant | None = None, **more: Any) -> Pay:
        return self.world.paying(self.owner, shop or self.cafe, amount, **more)

    def confirm(self) -> None:
        run(self.world, _STEPPED, {"id": self.session, "now": self.world.clock.now})

    def verdicts(self) -> list[tuple[str, str, int]]:
        return [row[:3] for row in self.world.db.read(_VERDICTS, {"owner": self.owner})]

    def alert(self) -> UUID:
        ((found,),) = self.world.db.read(
            "SELECT id FROM risk_verdict WHERE owner = $owner ORDER BY seq DESC LIMIT 1", {"owner": self.owner}
        )
        return UUID(str(found))

    def frozen(self) -> str | None:
        return wallet.standing(self.world.db, self.owner)[0].frozen


def run(world: World, sql: str, params: dict[str, Any]) -> None:
    """What the sign-in would write, without its seventy milliseconds."""
    with world.db._cursor() as cursor:
        cursor.execute(sql, params).fetchall()


def signed_in(world: World, owner: UUID) -> str:
    session = f"session {new_id()}"
    now = world.clock.now
    run(world, _SESSION, {"owner": owner, "id": session, "now": now, "later": now + timedelta(days=400)})
    return session


def shopper(world: World, *, days: int = 40) -> Shopper:
    owner, cafe = world.member(90_000_00), world.shop()
    someone = Shopper(world, owner, cafe, signed_in(world, owner))
    first = world.clock.now - timedelta(days=days)
    made = [someone.command(20_00 + 10 * (day % 7), at=first + timedelta(days=day)) for day in range(days)]
    for ticket in [world.db.enqueue(command) for command in made]:
        ticket.result().or_raise()
    return someone


@pytest.fixture
def anna(world: World) -> Shopper:
    return shopper(world)


def stopped(someone: Shopper) -> None:
    """Nine hundred yuan at night at a new shop of another kind: below the amount that is always confirmed."""
    someone.world.clock.turn(hours=14)
    shop = someone.world.shop("Night", mcc="5411", category="groceries")
    with pytest.raises(StoppedByMonitor):
        someone.pay(900_00, shop)


def test_what_is_like_its_owner_passes_and_leaves_no_alert(anna: Shopper) -> None:
    assert anna.pay(21_00)["state"] == "captured"
    assert anna.verdicts() == []


def test_an_amount_that_was_never_paid_before_is_asked_about_and_nothing_moves(anna: Shopper) -> None:
    before = anna.world.available(anna.owner)
    with pytest.raises(StepUpRequired) as no:
        anna.pay(600_00)
    assert no.value == StepUpRequired("payment", "risk_unheard_amount", 600_00, "CNY", anna.cafe.name)
    assert anna.world.available(anna.owner) == before
    assert anna.verdicts() == [("asked", "payment", 600_00)]
    assert anna.frozen() is None


def test_the_same_request_goes_through_once_the_person_has_confirmed(anna: Shopper) -> None:
    command = anna.command(600_00)
    for _ in range(2):
        with pytest.raises(StepUpRequired):
            wallet.pay(anna.world.running, command, anna.assurance)
    anna.confirm()
    paid = wallet.pay(anna.world.running, command, anna.assurance)
    again = wallet.pay(anna.world.running, command, anna.assurance)
    assert paid["state"] == "captured"
    assert again == paid
    assert [one[0] for one in anna.verdicts()] == ["asked", "confirmed"]


def test_what_passes_at_the_machine_is_not_looked_at(anna: Shopper) -> None:
    paid = wallet.pay(anna.world.running, anna.command(9_000_00), AT_THE_MACHINE)
    assert paid["state"] == "captured"
    assert anna.verdicts() == []


def test_the_same_amount_to_the_same_payee_within_two_minutes_is_asked_about_and_never_stopped(anna: Shopper) -> None:
    anna.pay(22_00)
    anna.world.clock.turn(seconds=90)
    with pytest.raises(StepUpRequired) as no:
        anna.pay(22_00)
    assert no.value.reason == "risk_duplicate"
    anna.world.clock.turn(seconds=40)
    assert anna.pay(22_00)["state"] == "captured"


def test_what_is_far_from_its_owner_is_refused_and_the_wallet_frozen_in_one_commit(anna: Shopper) -> None:
    stopped(anna)
    assert anna.verdicts()[-1][0] == "refused"
    assert anna.frozen() == wallet.MONITOR
    with pytest.raises(AccountFrozen):
        anna.pay(20_00)


def test_a_refusal_is_the_answer_to_its_request_for_good(anna: Shopper) -> None:
    stopped(anna)
    ((request,),) = anna.world.db.read(
        "SELECT request_id FROM risk_verdict WHERE owner = $owner AND verdict = 'refused'", {"owner": anna.owner}
    )
    answer = wallet.outcome(anna.world.db, anna.owner, request)
    assert answer is not None
    assert isinstance(answer.refusal, StoppedByMonitor)


def test_reasons_are_kept_with_their_facts(anna: Shopper) -> None:
    with pytest.raises(StepUpRequired):
        anna.pay(600_00)
    ((reasons,),) = anna.world.db.read("SELECT reasons FROM risk_verdict WHERE owner = $owner", {"owner": anna.owner})
    code, points, facts = json.loads(reasons)[0]
    assert (code, points) == ("unheard_amount", 5_000)
    assert facts == {"amount_minor": 600_00, "usual_minor": 20_30, "currency": "CNY", "times": 30}


def test_it_was_me_lets_the_same_be_tried_again_with_a_new_request(anna: Shopper) -> None:
    stopped(anna)
    answer = AnswerAlert(**by(anna.owner), alert=anna.alert(), mine=True)
    with pytest.raises(StepUpRequired):
        alerts.answer(anna.world.db, answer, anna.assurance)
    anna.confirm()
    assert alerts.answer(anna.world.db, answer, anna.assurance)["frozen"] is False
    assert anna.frozen() is None
    ((payee, amount),) = anna.world.db.read(
        "SELECT payee, amount FROM risk_verdict WHERE id = $id", {"id": anna.alert()}
    )
    anna.world.clock.turn(minutes=10)  # the confirmation is over, the release is not
    released = dataclasses.replace(anna.command(amount), merchant=payee)
    assert wallet.pay(anna.world.running, released, anna.assurance)["state"] == "captured"


def test_a_release_is_for_that_payee_and_amount_and_for_a_day(anna: Shopper) -> None:
    with pytest.raises(StepUpRequired):
        anna.pay(600_00)
    anna.confirm()
    alerts.answer(anna.world.db, AnswerAlert(**by(anna.owner), alert=anna.alert(), mine=True), anna.assurance)
    anna.world.clock.turn(minutes=10)
    with pytest.raises(StepUpRequired):
        anna.pay(601_00)
    with pytest.raises(StepUpRequired):
        anna.pay(600_00, anna.world.shop("Other"))
    anna.world.clock.turn(hours=24)
    with pytest.raises(StepUpRequired):
        anna.pay(600_00)


def test_it_was_not_me_freezes_and_is_said_once(anna: Shopper) -> None:
    with pytest.raises(StepUpRequired):
        anna.pay(600_00)
    alert = anna.alert()
    answer = AnswerAlert(**by(anna.owner), alert=alert, mine=False)
    assert alerts.answer(anna.world.db, answer)["frozen"] is True
    assert alerts.answer(anna.world.db, answer)["answer"] == "not_mine"  # the same request again
    assert anna.frozen() == wallet.MONITOR
    anna.confirm()
    with pytest.raises(AlertAnswered):
        alerts.answer(anna.world.db, AnswerAlert(**by(anna.owner), alert=alert, mine=True), anna.assurance)


def test_a_debit_that_passed_can_be_reported_and_is_no_habit_any_more(anna: Shopper) -> None:
    anna.confirm()
    paid = anna.pay(600_00)
    anna.world.clock.turn(minutes=10)
    report = ReportDebit(**by(anna.owner), debit=UUID(paid["payment"]))
    assert alerts.report(anna.world.db, report)["frozen"] is True
    with pytest.raises(AlertAnswered):
        alerts.report(anna.world.db, dataclasses.replace(report, request_id="another"))
    unfreeze(anna)
    with pytest.raises(StepUpRequired):  # the one that was not theirs does not make it usual
        anna.pay(590_00)


def test_a_reported_payee_with_few_visitors_is_asked_about_by_others_too(world: World) -> None:
    anna, ben, corner = shopper(world), shopper(world), world.shop("Corner")
    paid = anna.pay(21_00, corner)
    assert ben.pay(20_30, corner)["state"] == "captured"
    alerts.report(world.db, ReportDebit(**by(anna.owner), debit=UUID(paid["payment"])))
    world.clock.turn(hours=1)
    with pytest.raises(StepUpRequired) as no:
        ben.pay(20_40, corner)
    assert no.value.reason == "risk_payee_reported"


def unfreeze(someone: Shopper) -> None:
    someone.confirm()
    wallet.unfreeze(someone.world.db, Unfreeze(**by(someone.owner)), someone.assurance)
    someone.world.clock.turn(minutes=10)


Attempt = Callable[[Shopper, UUID], Any]
STOPPED: dict[str, Attempt] = {
    "pay": lambda it, _: it.pay(5_00),
    "pay by card": lambda it, card: it.pay(5_00, card=card),
    "top up": lambda it, card: wallet.top_up(
        it.world.running, TopUp(**by(it.owner), card=card, amount=5_00, currency="CNY")
    ),
    "withdraw": lambda it, card: wallet.withdraw(
        it.world.running, Withdraw(**by(it.owner), card=card, amount=5_00, currency="CNY"), AT_THE_MACHINE
    ),
    "transfer": lambda it, _: wallet.transfer(
        it.world.db,
        Transfer(**by(it.owner), recipient=it.world.member(), amount=5_00, currency="CNY"),
        AT_THE_MACHINE,
    ),
    "bind a card": lambda it, _: it.world.card(it.owner, house.GOOD_CREDIT, CardKind.CREDIT),
    "put a card away": lambda it, card: cards.unbind(it.world.db, cards.UnbindCard(**by(it.owner), card=card)),
    "choose a card": lambda it, card: cards.make_default(it.world.db, cards.MakeDefaultCard(**by(it.owner), card=card)),
    "another currency": lambda it, _: house.open_for(it.world.running, it.owner, "JPY"),
    "loosen a limit": lambda it, _: wallet.set_limits(
        it.world.db, SetLimits(**by(it.owner), currency="CNY", per_day=-1), AT_THE_MACHINE
    ),
    "take a coupon": lambda it, _: rewards.claim(
        it.world.db, rewards.ClaimCoupon(**by(it.owner), coupon=it.world.coupon(it.world.member(), None)[0].code)
    ),
    "be asked less": lambda it, _: alerts.set_sensitivity(
        it.world.db, SetSensitivity(**by(it.owner), sensitivity=Sensitivity.LOW), AT_THE_MACHINE
    ),
}


@pytest.fixture(scope="module")
def frozen_wallet(sound_world: World) -> tuple[Shopper, UUID, Receipt]:
    someone = shopper(sound_world, days=3)
    card = sound_world.card(someone.owner)
    paid = someone.pay(21_00)
    wallet.set_limits(sound_world.db, SetLimits(**by(someone.owner), currency="CNY", per_day=5_000_00), AT_THE_MACHINE)
    wallet.freeze(sound_world.db, Freeze(**by(someone.owner)))
    return someone, card, paid


@pytest.mark.parametrize("name", STOPPED)
def test_a_frozen_wallet_can_do_nothing_else(frozen_wallet: tuple[Shopper, UUID, Receipt], name: str) -> None:
    someone, card, _ = frozen_wallet
    before = someone.world.available(someone.owner)
    with pytest.raises(AccountFrozen):
        STOPPED[name](someone, card)
    assert someone.world.available(someone.owner) == before


def test_a_frozen_wallet_is_read_receives_and_is_made_safer(frozen_wallet: tuple[Shopper, UUID, Receipt]) -> None:
    someone, _, paid = frozen_wallet
    world, before = someone.world, someone.world.available(someone.owner)
    asked = refunds.request(
        world.db, RequestRefund(**by(someone.owner), payment=paid["payment"], amount=10_00, reason="other")
    )
    world.confirm(someone.cafe, asked["refund"])
    assert world.available(someone.owner) == before + 10_00
    world.fund(someone.owner, 1_00)
    tighter = SetLimits(**by(someone.owner), currency="CNY", per_day=100_00)
    assert wallet.set_limits(world.db, tighter)["now"][1] == 100_00
    safer = SetSensitivity(**by(someone.owner), sensitivity=Sensitivity.HIGH)
    assert alerts.set_sensitivity(world.db, safer) == {"sensitivity": "high"}
    assert someone.frozen() == ""


def test_being_asked_later_is_confirmed_and_asks_later(anna: Shopper) -> None:
    lower = SetSensitivity(**by(anna.owner), sensitivity=Sensitivity.LOW)
    with pytest.raises(StepUpRequired):
        alerts.set_sensitivity(anna.world.db, lower, anna.assurance)
    anna.confirm()
    alerts.set_sensitivity(anna.world.db, lower, anna.assurance)
    anna.world.clock.turn(minutes=10)
    assert alerts.sensitivity_of(anna.world.db, anna.owner) is Sensitivity.LOW
    anna.pay(22_00)
    anna.world.clock.turn(seconds=60)
    assert anna.pay(22_00)["state"] == "captured"  # a twin alone is not enough any more


def test_withdrawals_and_transfers_are_looked_at_like_payments(anna: Shopper) -> None:
    friend, card = anna.world.member(), anna.world.card(anna.owner)
    given = Transfer(**by(anna.owner), recipient=friend, amount=600_00, currency="CNY")
    sent = Withdraw(**by(anna.owner), card=card, amount=610_00, currency="CNY")
    wallet.transfer(
        anna.world.db, Transfer(**by(anna.owner), recipient=friend, amount=1_00, currency="CNY"), AT_THE_MACHINE
    )
    with pytest.raises(StepUpRequired):
        wallet.transfer(anna.world.db, given, anna.assurance)
    with pytest.raises(StepUpRequired):
        wallet.withdraw(anna.world.running, sent, anna.assurance)
    assert [one[1] for one in anna.verdicts()] == ["transfer", "withdrawal"]


@dataclasses.dataclass(frozen=True)
class Hers:
    """What somebody else has that an attacker may have learned."""

    session: str
    alert: UUID
    debit: UUID


OTHERS: dict[str, tuple[Callable[[Shopper, Hers], Any], type[Rejection]]] = {
    "her alert was mine": (
        lambda me, hers: alerts.answer(
            me.world.db, AnswerAlert(**by(me.owner), alert=hers.alert, mine=True), AT_THE_MACHINE
        ),
        AlertUnknown,
    ),
    "her alert was not mine": (
        lambda me, hers: alerts.answer(me.world.db, AnswerAlert(**by(me.owner), alert=hers.alert, mine=False)),
        AlertUnknown,
    ),
    "her payment was not mine": (
        lambda me, hers: alerts.report(me.world.db, ReportDebit(**by(me.owner), debit=hers.debit)),
        DebitUnknown,
    ),
    "her session confirms my payment": (
        lambda me, hers: wallet.pay(me.world.running, me.command(600_00), Assurance(hers.session)),
        StepUpRequired,
    ),
}


@pytest.mark.parametrize("name", OTHERS)
def test_nobody_answers_for_somebody_else(world: World, name: str) -> None:
    me, her = shopper(world, days=10), shopper(world, days=10)
    paid = her.pay(21_00)
    with pytest.raises(StepUpRequired):
        her.pay(600_00)
    her.confirm()
    attempt, no = OTHERS[name]
    with pytest.raises(no):
        attempt(me, Hers(her.session, her.alert(), UUID(paid["payment"])))
    assert her.frozen() is None
    assert me.frozen() is None


def test_a_profile_read_back_is_the_one_that_grew(own_world: World) -> None:
    world = own_world
    anna = shopper(world, days=20)
    declining = world.card(anna.owner, house.DECLINED)
    anna.pay(21_00)  # from here on the profile is there and grows
    made = [anna.command(20_00 + 17 * (n % 11), at=world.clock.turn(hours=9)) for n in range(150)]
    for ticket in [world.db.enqueue(command) for command in made]:
        ticket.result().or_raise()
    with pytest.raises(Rejection):
        anna.pay(20_00, card=declining)
    paid = anna.pay(23_00)
    refunds.request(world.db, RequestRefund(**by(anna.owner), payment=paid["payment"], amount=1_00, reason="other"))
    world.clock.turn(hours=1)
    alerts.report(world.db, ReportDebit(**by(anna.owner), debit=UUID(paid["payment"])))
    unfreeze(anna)
    with pytest.raises(StepUpRequired):
        anna.pay(600_00)
    grown = picture(world, anna.owner)
    world.reopen()
    anna = dataclasses.replace(anna, world=world)
    with pytest.raises(StepUpRequired):
        anna.pay(600_00)
    assert picture(world, anna.owner) == grown


def picture(world: World, owner: OwnerId) -> dict[str, Any]:
    def look(books: Any, _now: Any) -> dict[str, Any]:
        watched = books.watch.members[str(owner)]
        profile = watched.profile
        reported = {payee: one.standing(profile.times[-1]) for payee, one in books.watch.reported.items()}
        return {
            "debits": list(profile.debits),
            "times": profile.times,
            "amounts": {key: one.sizes for key, one in profile.amounts.items()},
            "hours": profile.hours,
            "payees": profile.payees,
            "kinds": profile.kinds,
            "disputes": list(profile.disputes),
            "reported": reported,
        }

    return world.db.ask(look, owner)
