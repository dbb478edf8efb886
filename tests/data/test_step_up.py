"""Confirming: what is refused without it, how it is done, how long it counts, and for which session."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pyotp
import pytest

from data import cards, identity, passkeys, second_factor, step_up, taking_out, wallet
from data.assurance import AT_THE_MACHINE, UNCONFIRMED, Assurance, StepUpRequired
from data.ids import OwnerId, new_request_id
from data.ledger.wallet.refusals import AmountInvalid, InsufficientFunds
from data.preferences import Preferences, choose_preferences
from data.sign_in import SignedIn, Visit, WrongCode
from data.step_up import SecondFactorAsked, SessionOver, SetThreshold
from data.taking_out import Format
from data.wallet import Freeze, SetLimits, Transfer, Unfreeze
from tests import wallet_house as house
from tests.wallet_house import PASSWORD, by
from tests.wallet_world import World

HERE = Visit("192.0.2.7", "Firefox")


class Somebody:
    """A member with money, a password, and one session."""

    def __init__(self, world: World, name: str) -> None:
        self.world = world
        signed_in = identity.sign_up(world.db, f"{name}-{new_request_id()[-8:]}", PASSWORD, HERE)
        self.owner: OwnerId = signed_in.owner
        self.token = signed_in.token
        found = identity.find_session(world.db, self.token)
        assert found is not None
        self.session = found.id
        house.open_for(world.running, self.owner)
        cash = wallet.DeskTopUp(**by(self.owner, world.operator), amount=50_000_00, currency="CNY")
        wallet.desk_top_up(world.db, cash)

    @property
    def asks(self) -> Assurance:
        return Assurance(self.session)

    def confirms(self) -> None:
        self.token = step_up.by_password(self.world.db, self.owner, self.session, PASSWORD, HERE)


@pytest.fixture
def anna(world: World) -> Somebody:
    return Somebody(world, "anna")


@pytest.fixture
def ben(world: World) -> Somebody:
    return Somebody(world, "ben")


def frozen(anna: Somebody) -> None:
    wallet.freeze(anna.world.db, Freeze(**by(anna.owner), reason="lost"))


def limited(anna: Somebody) -> None:
    wallet.set_limits(anna.world.db, SetLimits(**by(anna.owner), currency="CNY", per_day=500_00))


def nothing(_anna: Somebody) -> None:
    """No preparation."""


def pays_much(anna: Somebody, ben: Somebody, says: Assurance) -> object:
    return wallet.pay(anna.world.running, anna.world.paying(anna.owner, anna.world.shop(), 1_000_01), says)


def gives_to_somebody_new(anna: Somebody, ben: Somebody, says: Assurance) -> object:
    gift = Transfer(**by(anna.owner), recipient=ben.owner, amount=1, currency="CNY")
    return wallet.transfer(anna.world.db, gift, says)


def raises_a_limit(anna: Somebody, ben: Somebody, says: Assurance) -> object:
    return wallet.set_limits(anna.world.db, SetLimits(**by(anna.owner), currency="CNY", per_day=500_01), says)


def takes_a_limit_away(anna: Somebody, ben: Somebody, says: Assurance) -> object:
    return wallet.set_limits(anna.world.db, SetLimits(**by(anna.owner), currency="CNY", per_day=-1), says)


def moves_midnight(anna: Somebody, ben: Somebody, says: Assurance) -> None:
    elsewhere = Preferences(zone="Pacific/Kiritimati")
    choose_preferences(anna.world.db, anna.owner, elsewhere, assurance=says)


def unfreezes(anna: Somebody, ben: Somebody, says: Assurance) -> object:
    return wallet.unfreeze(anna.world.db, Unfreeze(**by(anna.owner)), says)


def binds_a_card(anna: Somebody, ben: Somebody, says: Assurance) -> object:
    asked = (anna.world.running, anna.owner, new_request_id())
    debit = cards.CardKind.DEBIT
    return cards.bind(*asked, number=house.GOOD, expiry="12/49", kind=debit, assurance=says)


def takes_everything_out(anna: Somebody, ben: Somebody, says: Assurance) -> object:
    return taking_out.everything(anna.world.db, anna.owner, "anna", Format.BEANCOUNT, says)


def raises_the_threshold(anna: Somebody, ben: Somebody, says: Assurance) -> None:
    step_up.set_threshold(anna.world.db, SetThreshold(anna.owner, new_request_id(), "CNY", 1_000_01), says)


def adds_an_app(anna: Somebody, ben: Somebody, says: Assurance) -> object:
    secret = second_factor.begin_totp("anna").secret
    shown = pyotp.TOTP(secret).at(seconds(anna.world.clock.now))
    return second_factor.confirm_totp(anna.world.db, anna.world.key, anna.owner, secret, shown, HERE, says)


def makes_a_passkey(anna: Somebody, ben: Somebody, says: Assurance) -> object:
    place = passkeys.Place("localhost", "http://localhost:8501")
    return passkeys.options_to_add(anna.world.db, anna.world.key, anna.owner, anna.session, place, says)


def seconds(now: datetime) -> int:
    return int((now - datetime(1970, 1, 1)).total_seconds())  # noqa: DTZ001 - the store's instants are UTC without zone


Act = Callable[[Somebody, Somebody, Assurance], object]
ACTS: list[tuple[Act, Callable[[Somebody], None], str, str]] = [
    (pays_much, nothing, "payment", "above_threshold"),
    (gives_to_somebody_new, nothing, "transfer", "new_payee"),
    (raises_a_limit, limited, "limits", "raises_limit"),
    (takes_a_limit_away, limited, "limits", "raises_limit"),
    (moves_midnight, limited, "limits", "moves_midnight"),
    (unfreezes, frozen, "unfreeze", "unfreezes"),
    (binds_a_card, nothing, "card", "binds_card"),
    (takes_everything_out, nothing, "export", "exports"),
    (raises_the_threshold, nothing, "threshold", "raises_threshold"),
    (adds_an_app, nothing, "factors", "changes_factors"),
    (makes_a_passkey, nothing, "factors", "changes_factors"),
]


@pytest.mark.parametrize(("act", "before", "action", "reason"), ACTS, ids=[act.__name__ for act, *_ in ACTS])
def test_what_would_hurt_is_done_only_in_a_session_that_was_just_confirmed(
    anna: Somebody, ben: Somebody, act: Act, before: Callable[[Somebody], None], action: str, reason: str
) -> None:
    before(anna)
    ben.confirms()
    invented = Assurance("no session at all")
    for stranger in (UNCONFIRMED, anna.asks, ben.asks, invented):  # another's confirmed session does not count
        with pytest.raises(StepUpRequired) as no:
            act(anna, ben, stranger)
        assert (no.value.action, no.value.reason) == (action, reason)
    anna.confirms()
    anna.world.clock.turn(minutes=4, seconds=59)
    act(anna, ben, anna.asks)


@pytest.mark.parametrize(("act", "before"), [(act, before) for act, before, *_ in ACTS])
def test_confirming_counts_for_five_minutes(
    anna: Somebody, ben: Somebody, act: Act, before: Callable[[Somebody], None]
) -> None:
    before(anna)
    anna.confirms()
    anna.world.clock.turn(minutes=5)
    with pytest.raises(StepUpRequired):
        act(anna, ben, anna.asks)
    assert step_up.fresh_until(anna.world.db, anna.owner, anna.session) is None


def test_another_session_of_the_same_person_confirms_for_itself(anna: Somebody) -> None:
    who = identity.person(anna.world.db, anna.owner)
    assert who is not None
    elsewhere = identity.sign_in(anna.world.db, who.name, PASSWORD, Visit("192.0.2.8", "Chrome"))
    assert isinstance(elsewhere, SignedIn)
    found = identity.find_session(anna.world.db, elsewhere.token)
    assert found is not None
    assert found.id != anna.session
    step_up.by_password(anna.world.db, anna.owner, found.id, PASSWORD, HERE)
    with pytest.raises(StepUpRequired):
        unfreezes(anna, anna, anna.asks)
    unfreezes(anna, anna, Assurance(found.id))


def test_a_session_that_ended_is_not_confirmed_any_more(anna: Somebody) -> None:
    anna.confirms()
    identity.end_session(anna.world.db, anna.owner, anna.session, HERE)
    with pytest.raises(StepUpRequired):
        unfreezes(anna, anna, anna.asks)
    with pytest.raises(SessionOver):
        anna.confirms()


def test_what_makes_the_wallet_safer_is_never_asked_about(anna: Somebody, ben: Somebody) -> None:
    limited(anna)
    wallet.set_limits(anna.world.db, SetLimits(**by(anna.owner), currency="CNY", per_day=400_00, per_month=9_000_00))
    frozen(anna)
    step_up.set_threshold(anna.world.db, SetThreshold(anna.owner, new_request_id(), "CNY", 10_00), UNCONFIRMED)
    assert step_up.threshold(anna.world.db, anna.owner, "CNY") == 10_00


def test_a_refused_payment_is_done_once_after_confirming_under_the_same_request(anna: Somebody) -> None:
    world = anna.world
    shop = world.shop()
    command = world.paying(anna.owner, shop, 2_000_00)
    before = world.standing(anna.owner).available
    with pytest.raises(StepUpRequired) as no:
        wallet.pay(world.running, command, anna.asks)
    assert no.value.facts["amount_minor"] == 2_000_00
    assert wallet.outcome(world.db, anna.owner, command.request_id) is None
    anna.confirms()
    first = wallet.pay(world.running, command, anna.asks)
    world.clock.turn(minutes=10)
    assert wallet.pay(world.running, command, anna.asks) == first  # a retry is told, not asked
    assert world.standing(anna.owner).available == before - 2_000_00


def test_up_to_the_threshold_nobody_is_asked_and_the_threshold_is_the_persons_own(anna: Somebody) -> None:
    world, shop = anna.world, anna.world.shop()
    assert step_up.threshold(world.db, anna.owner, "CNY") == 1_000_00
    wallet.pay(world.running, world.paying(anna.owner, shop, 1_000_00), anna.asks)
    step_up.set_threshold(world.db, SetThreshold(anna.owner, new_request_id(), "CNY", 20_00), anna.asks)
    with pytest.raises(StepUpRequired):
        wallet.pay(world.running, world.paying(anna.owner, shop, 20_01), anna.asks)
    with pytest.raises(AmountInvalid):
        step_up.set_threshold(world.db, SetThreshold(anna.owner, new_request_id(), "CNY", -1), anna.asks)


def test_a_known_payee_is_asked_about_only_above_the_threshold(anna: Somebody, ben: Somebody) -> None:
    anna.confirms()
    gives_to_somebody_new(anna, ben, anna.asks)
    anna.world.clock.turn(minutes=6)
    gives_to_somebody_new(anna, ben, anna.asks)
    large = Transfer(**by(anna.owner), recipient=ben.owner, amount=1_000_01, currency="CNY")
    with pytest.raises(StepUpRequired) as no:
        wallet.transfer(anna.world.db, large, anna.asks)
    assert no.value.reason == "above_threshold"
    back = Transfer(**by(ben.owner), recipient=anna.owner, amount=1, currency="CNY")
    with pytest.raises(StepUpRequired, match="new_payee"):  # having got money does not make somebody a known payee
        wallet.transfer(anna.world.db, back, ben.asks)


def test_other_refusals_come_after_confirming(anna: Somebody) -> None:
    far_too_much = anna.world.paying(anna.owner, anna.world.shop(), 90_000_00)
    with pytest.raises(StepUpRequired):
        wallet.pay(anna.world.running, far_too_much, anna.asks)
    anna.confirms()
    with pytest.raises(InsufficientFunds):
        wallet.pay(anna.world.running, far_too_much, anna.asks)


def test_the_command_line_is_no_session_and_is_not_asked(anna: Somebody, ben: Somebody) -> None:
    gives_to_somebody_new(anna, ben, AT_THE_MACHINE)
    payment = anna.world.paying(anna.owner, anna.world.shop(), 2_000_00)
    assert anna.world.db.transact(payment).refusal is None  # how a batch hands its commands in


def test_confirming_gives_the_session_a_new_token_and_keeps_the_session(anna: Somebody) -> None:
    before = anna.token
    anna.confirms()
    found = identity.find_session(anna.world.db, anna.token)
    assert found is not None
    assert found.id == anna.session
    assert identity.find_session(anna.world.db, before) is None


def test_five_wrong_answers_end_the_session(anna: Somebody) -> None:
    def wrong() -> str:
        return step_up.by_password(anna.world.db, anna.owner, anna.session, "not the password", HERE)

    for left in (4, 3, 2, 1):
        with pytest.raises(WrongCode) as no:
            wrong()
        assert no.value.tries_left == left
    with pytest.raises(SessionOver):
        wrong()
    assert identity.open_sessions(anna.world.db, anna.owner) == []


def test_whoever_has_a_second_factor_confirms_with_it_and_not_with_the_password(anna: Somebody) -> None:
    world = anna.world
    secret = second_factor.begin_totp("anna").secret
    app = pyotp.TOTP(secret)
    code = app.at(seconds(world.clock.now))
    codes = second_factor.confirm_totp(world.db, world.key, anna.owner, secret, code, HERE, AT_THE_MACHINE)
    ways = step_up.ways(world.db, anna.owner, None)
    assert (ways.password, ways.app, ways.keys) == (False, True, False)
    with pytest.raises(SecondFactorAsked):
        anna.confirms()
    with pytest.raises(WrongCode):  # spent when it was added
        step_up.by_code(world.db, world.key, anna.owner, anna.session, code, HERE)
    world.clock.turn(minutes=1)
    code = app.at(seconds(world.clock.now))
    step_up.by_code(world.db, world.key, anna.owner, anna.session, code, HERE)
    assert step_up.fresh_until(world.db, anna.owner, anna.session) == world.clock.now + timedelta(minutes=5)
    with pytest.raises(WrongCode):  # a code that was seen over a shoulder
        step_up.by_code(world.db, world.key, anna.owner, anna.session, code, HERE)
    world.clock.turn(minutes=6)
    step_up.by_code(world.db, world.key, anna.owner, anna.session, codes[0], HERE)
    unfreezes(anna, anna, anna.asks)
