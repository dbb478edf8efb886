"""Passkeys through their door: what opens a session and confirms, and every answer that must not."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

import pyotp
import pytest

from data import identity, passkeys, second_factor, step_up
from data.assurance import AT_THE_MACHINE, UNCONFIRMED, Assurance, StepUpRequired
from data.database import Database, open_database
from data.errors import NotFound, Rejection
from data.passkeys import LastFactor, PasskeyKnown, PasskeyName, PasskeyRefused, Place
from data.security.passwords import PasswordTooShort
from data.security.sealing import new_key
from data.security.tokens import token_hash
from data.sign_in import ChallengeOver, SecondFactorNeeded, SignedIn, Visit, WrongPassword
from tests.sign_in_house import Clock
from tests.software_key import SoftwareKey, b64

HERE = Visit("192.0.2.7", "Firefox")
LONG = "correct horse battery"
KEY = new_key()
LOCAL = Place("localhost", "http://localhost:8501")
BROWSER = "what only this browser has"


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def database(tmp_path: Path, clock: Clock) -> Iterator[Database]:
    opened = open_database(tmp_path / "wallet.duckdb", clock)
    yield opened
    opened.close()


@pytest.fixture
def alice(database: Database) -> SignedIn:
    return identity.sign_up(database, "Alice", LONG, HERE)


def session_of(who: SignedIn) -> str:
    return token_hash(who.token)


def added(database: Database, who: SignedIn, place: Place = LOCAL, *, counts: bool = True) -> SoftwareKey:
    key, session = SoftwareKey(counts=counts), session_of(who)
    options = passkeys.options_to_add(database, KEY, who.owner, session, place, AT_THE_MACHINE)
    add(database, who, key.make(options, place.origin), place)
    return key


def add(database: Database, who: SignedIn, answer: str, place: Place = LOCAL, name: str = "Phone") -> tuple[str, ...]:
    session = session_of(who)
    return passkeys.add(
        database, KEY, who.owner, session, place, answer, name=name, visit=HERE, assurance=AT_THE_MACHINE
    )


def options(database: Database, browser: str = BROWSER, place: Place = LOCAL) -> str:
    return passkeys.options_to_sign_in(database, KEY, place, browser)


def sign_in(database: Database, answer: str, browser: str = BROWSER, place: Place = LOCAL) -> SignedIn:
    return passkeys.sign_in(database, KEY, place, browser, answer, HERE)


def events(database: Database) -> list[str]:
    return [name for (name,) in database.read("SELECT event FROM security_event ORDER BY seq")]


def test_a_key_signs_its_owner_in_without_a_name_or_password(database: Database, alice: SignedIn, clock: Clock) -> None:
    key = added(database, alice)
    clock.now += timedelta(days=1)
    opened = sign_in(database, key.use(options(database), LOCAL.origin))
    assert opened.owner == alice.owner
    found = identity.find_session(database, opened.token)
    assert found is not None
    assert found.open_at(clock.now)
    (kept,) = passkeys.passkeys_of(database, alice.owner)
    assert (kept.name, kept.rp, kept.last_used_at) == ("Phone", "localhost", clock.now)
    assert "passkey_added" in events(database)


def test_what_the_browser_is_asked_demands_a_verified_person_and_a_key_that_is_found_by_itself(
    database: Database, alice: SignedIn
) -> None:
    session = session_of(alice)
    asked = json.loads(passkeys.options_to_add(database, KEY, alice.owner, session, LOCAL, AT_THE_MACHINE))
    assert asked["rp"]["id"] == "localhost"
    assert asked["authenticatorSelection"]["userVerification"] == "required"
    assert asked["authenticatorSelection"]["residentKey"] == "required"
    assert asked["attestation"] == "none"
    asked = json.loads(options(database))
    assert (asked["userVerification"], asked["allowCredentials"]) == ("required", [])


def test_the_same_answer_signs_in_once(database: Database, alice: SignedIn) -> None:
    key = added(database, alice)
    answer = key.use(options(database), LOCAL.origin)
    sign_in(database, answer)
    with pytest.raises(PasskeyRefused, match="stale"):
        sign_in(database, answer)


def other_origin(database: Database, key: SoftwareKey) -> str:
    return key.use(options(database), "http://evil.example")


def other_name(database: Database, key: SoftwareKey) -> str:
    return key.use(options(database), LOCAL.origin, rp="evil.example")


def another_browsers_challenge(database: Database, key: SoftwareKey) -> str:
    return key.use(options(database, "another browser"), LOCAL.origin)


def own_challenge(database: Database, key: SoftwareKey) -> str:
    return key.use(options(database), LOCAL.origin, challenge=b64(b"made up by a stranger"))


def for_another_purpose(database: Database, key: SoftwareKey) -> str:
    owner = UUID(bytes=key.handle)
    return key.use(step_up.options(database, KEY, owner, BROWSER, LOCAL), LOCAL.origin)


def nobody_verified(database: Database, key: SoftwareKey) -> str:
    return key.use(options(database), LOCAL.origin, verified=False)


def another_key(database: Database, key: SoftwareKey) -> str:
    stranger = SoftwareKey()
    stranger.id, stranger.handle = key.id, key.handle
    return stranger.use(options(database), LOCAL.origin)


def unknown_key(database: Database, key: SoftwareKey) -> str:
    stranger = SoftwareKey()
    stranger.handle = key.handle
    return stranger.use(options(database), LOCAL.origin)


def a_bit_changed(database: Database, key: SoftwareKey) -> str:
    said = json.loads(key.use(options(database), LOCAL.origin))
    said["response"]["authenticatorData"] = b64(b"\x00" * 37)
    return json.dumps(said)


def no_answer(_database: Database, _key: SoftwareKey) -> str:
    return "[]"


def half_an_answer(_database: Database, key: SoftwareKey) -> str:
    return json.dumps({"id": b64(key.id), "response": {"clientDataJSON": 7}})


def far_too_long(_database: Database, _key: SoftwareKey) -> str:
    return json.dumps({"id": "x" * 20_000})


@pytest.mark.parametrize(
    "attack",
    [
        other_origin,
        other_name,
        another_browsers_challenge,
        own_challenge,
        for_another_purpose,
        nobody_verified,
        another_key,
        unknown_key,
        a_bit_changed,
        no_answer,
        half_an_answer,
        far_too_long,
    ],
)
def test_no_forged_or_borrowed_answer_signs_in(
    database: Database, alice: SignedIn, attack: Callable[[Database, SoftwareKey], str]
) -> None:
    key = added(database, alice)
    with pytest.raises(PasskeyRefused):
        sign_in(database, attack(database, key))
    assert len(identity.open_sessions(database, alice.owner)) == 1


def test_a_challenge_is_over_after_its_time(database: Database, alice: SignedIn, clock: Clock) -> None:
    key = added(database, alice)
    asked = options(database)
    clock.now += timedelta(minutes=14, seconds=59)
    sign_in(database, key.use(asked, LOCAL.origin))
    asked = options(database)
    clock.now += timedelta(minutes=15)
    with pytest.raises(PasskeyRefused, match="stale"):
        sign_in(database, key.use(asked, LOCAL.origin))


def test_a_key_of_one_address_is_worth_nothing_at_another(database: Database, alice: SignedIn) -> None:
    key = added(database, alice)
    there = Place("wallet.example.home", "https://wallet.example.home")
    with pytest.raises(PasskeyRefused):
        sign_in(database, key.use(options(database, place=there), there.origin), place=there)


def test_a_counter_that_goes_back_is_refused_and_remembered(database: Database, alice: SignedIn) -> None:
    key = added(database, alice)
    sign_in(database, key.use(options(database), LOCAL.origin))
    key.counter = 0  # a copy made before
    with pytest.raises(PasskeyRefused, match="counter"):
        sign_in(database, key.use(options(database), LOCAL.origin))
    assert "passkey_counter_went_back" in events(database)
    ((facts,),) = database.read("SELECT facts FROM security_event WHERE event = 'passkey_counter_went_back'")
    assert json.loads(facts) == {"called": "Phone", "before": 2, "counter": 1}
    key.counter = 2
    sign_in(database, key.use(options(database), LOCAL.origin))


def test_a_key_that_does_not_count_is_taken_as_often_as_it_is_used(database: Database, alice: SignedIn) -> None:
    key = added(database, alice, counts=False)
    for _ in range(3):
        sign_in(database, key.use(options(database), LOCAL.origin))


def test_a_key_is_its_owners_alone(database: Database, alice: SignedIn) -> None:
    key = added(database, alice)
    bob = identity.sign_up(database, "Bob", LONG, HERE)
    (kept,) = passkeys.passkeys_of(database, alice.owner)
    assert passkeys.passkeys_of(database, bob.owner) == []
    with pytest.raises(NotFound):
        passkeys.remove(database, bob.owner, kept.id, visit=HERE, assurance=AT_THE_MACHINE)
    key.handle = bob.owner.bytes  # "I am Bob", signed by Alice's key
    with pytest.raises(PasskeyRefused):
        sign_in(database, key.use(options(database), LOCAL.origin))
    key.handle = alice.owner.bytes
    asked = step_up.options(database, KEY, bob.owner, session_of(bob), LOCAL)
    with pytest.raises(PasskeyRefused):
        step_up.by_passkey(database, KEY, bob.owner, session_of(bob), LOCAL, key.use(asked, LOCAL.origin), HERE)
    assert step_up.fresh_until(database, bob.owner, session_of(bob)) is None


def test_a_key_is_called_something_else_which_goes_on_record_and_changes_nothing_about_it(
    database: Database, alice: SignedIn
) -> None:
    key = added(database, alice)
    (kept,) = passkeys.passkeys_of(database, alice.owner)
    passkeys.rename(database, alice.owner, kept.id, "  Old\u3000phone ", visit=HERE)
    passkeys.rename(database, alice.owner, kept.id, "Old phone", visit=HERE)  # as it is called: nothing to note
    assert passkeys.passkeys_of(database, alice.owner) == [dataclasses.replace(kept, name="Old phone")]
    told = database.read("SELECT facts FROM security_event WHERE event = 'passkey_renamed'")
    assert [json.loads(facts) for (facts,) in told] == [{"called": "Old phone", "before": "Phone"}]
    assert sign_in(database, key.use(options(database), LOCAL.origin)).owner == alice.owner


def test_a_name_that_is_none_and_a_key_of_somebody_else_are_refused(database: Database, alice: SignedIn) -> None:
    added(database, alice)
    (kept,) = passkeys.passkeys_of(database, alice.owner)
    for name in ("", " ", "x" * 41, "a\u202eb"):
        with pytest.raises(PasskeyName):
            passkeys.rename(database, alice.owner, kept.id, name, visit=HERE)
    bob = identity.sign_up(database, "Bob", LONG, HERE)
    with pytest.raises(NotFound):
        passkeys.rename(database, bob.owner, kept.id, "mine", visit=HERE)
    assert passkeys.passkeys_of(database, alice.owner) == [kept]


def test_nobody_can_register_a_key_that_somebody_has(database: Database, alice: SignedIn) -> None:
    key = added(database, alice)
    bob = identity.sign_up(database, "Bob", LONG, HERE)
    asked = passkeys.options_to_add(database, KEY, bob.owner, session_of(bob), LOCAL, AT_THE_MACHINE)
    with pytest.raises(PasskeyKnown):
        add(database, bob, key.make(asked, LOCAL.origin))


def test_a_key_is_added_once_in_its_own_session_by_a_verified_person_who_confirmed(
    database: Database, alice: SignedIn
) -> None:
    session = session_of(alice)
    with pytest.raises(StepUpRequired) as wanted:
        passkeys.options_to_add(database, KEY, alice.owner, session, LOCAL, Assurance(session))
    assert wanted.value.action == "factors"
    asked = passkeys.options_to_add(database, KEY, alice.owner, session, LOCAL, AT_THE_MACHINE)
    key = SoftwareKey()
    with pytest.raises(PasskeyRefused):
        add(database, alice, key.make(asked, LOCAL.origin, verified=False))
    with pytest.raises(PasskeyRefused):
        add(database, alice, key.make(asked, "http://evil.example"))
    with pytest.raises(PasskeyName):
        add(database, alice, key.make(asked, LOCAL.origin), name=" \u200b ")
    others = passkeys.options_to_add(database, KEY, alice.owner, "another session", LOCAL, AT_THE_MACHINE)
    with pytest.raises(PasskeyRefused, match="stale"):
        add(database, alice, key.make(others, LOCAL.origin))
    assert passkeys.passkeys_of(database, alice.owner) == []
    add(database, alice, key.make(asked, LOCAL.origin))
    with pytest.raises(PasskeyRefused, match="stale"):
        add(database, alice, SoftwareKey().make(asked, LOCAL.origin))
    assert len(passkeys.passkeys_of(database, alice.owner)) == 1


def test_with_the_first_key_come_recovery_codes_and_the_password_alone_opens_nothing(
    database: Database, alice: SignedIn
) -> None:
    key, session = SoftwareKey(), session_of(alice)
    asked = passkeys.options_to_add(database, KEY, alice.owner, session, LOCAL, AT_THE_MACHINE)
    codes = add(database, alice, key.make(asked, LOCAL.origin))
    assert len(codes) == 10
    outcome = identity.sign_in(database, "alice", LONG, HERE)
    assert isinstance(outcome, SecondFactorNeeded)
    waiting = passkeys.options_to_answer(database, KEY, LOCAL, outcome.challenge)
    assert waiting is not None
    answer = key.use(waiting, LOCAL.origin)
    assert passkeys.answer(database, KEY, LOCAL, outcome.challenge, answer, HERE).owner == alice.owner
    with pytest.raises(ChallengeOver):
        passkeys.answer(database, KEY, LOCAL, outcome.challenge, answer, HERE)
    again = identity.sign_in(database, "alice", LONG, HERE)
    assert isinstance(again, SecondFactorNeeded)
    with pytest.raises(PasskeyRefused):  # answered for the other sign-in
        passkeys.answer(database, KEY, LOCAL, again.challenge, answer, HERE)
    second_factor.answer_challenge(database, KEY, again.challenge, codes[0], HERE)
    second = SoftwareKey()
    asked = passkeys.options_to_add(database, KEY, alice.owner, session, LOCAL, AT_THE_MACHINE)
    assert add(database, alice, second.make(asked, LOCAL.origin)) == ()


def test_nothing_is_offered_to_a_sign_in_that_does_not_wait(database: Database, alice: SignedIn) -> None:
    added(database, alice)
    assert passkeys.options_to_answer(database, KEY, LOCAL, "nonsense") is None
    assert passkeys.options_to_answer(database, KEY, LOCAL, f"{alice.owner.hex}.made-up") is None
    outcome = identity.sign_in(database, "alice", LONG, HERE)
    assert isinstance(outcome, SecondFactorNeeded)
    there = Place("wallet.example.home", "https://wallet.example.home")
    assert passkeys.options_to_answer(database, KEY, there, outcome.challenge) is None


def test_a_removed_key_signs_nobody_in(database: Database, alice: SignedIn) -> None:
    key = added(database, alice)
    (kept,) = passkeys.passkeys_of(database, alice.owner)
    remove = (database, alice.owner, kept.id)
    with pytest.raises(StepUpRequired):
        passkeys.remove(*remove, visit=HERE, assurance=UNCONFIRMED, password=LONG)
    with pytest.raises(WrongPassword):
        passkeys.remove(*remove, visit=HERE, assurance=AT_THE_MACHINE, password="wrong")
    passkeys.remove(*remove, visit=HERE, assurance=AT_THE_MACHINE, password=LONG)
    with pytest.raises(PasskeyRefused):
        sign_in(database, key.use(options(database), LOCAL.origin))
    assert isinstance(identity.sign_in(database, "alice", LONG, HERE), SignedIn)
    assert second_factor.recovery_codes_left(database, alice.owner) == 0
    assert events(database).count("passkey_removed") == 1


def short_password(database: Database, who: SignedIn) -> str:
    short = "tkVr9!pw"
    identity.change_password(database, who.owner, session_of(who), LONG, short, HERE, AT_THE_MACHINE)
    return short


def test_the_only_factor_of_a_short_password_stays_and_it_is_said_why(database: Database, alice: SignedIn) -> None:
    with pytest.raises(PasswordTooShort):
        short_password(database, alice)
    added(database, alice)
    short = short_password(database, alice)
    (kept,) = passkeys.passkeys_of(database, alice.owner)
    with pytest.raises(LastFactor) as no:
        passkeys.remove(database, alice.owner, kept.id, visit=HERE, assurance=AT_THE_MACHINE, password=short)
    assert no.value.facts == {"minimum": 15, "length": 8}
    added(database, alice)
    assert not passkeys.needs_password(database, alice.owner)
    passkeys.remove(database, alice.owner, kept.id, visit=HERE, assurance=AT_THE_MACHINE)
    assert len(passkeys.passkeys_of(database, alice.owner)) == 1


def test_the_app_may_go_while_a_key_stays_and_the_recovery_codes_with_it(
    database: Database, alice: SignedIn, clock: Clock
) -> None:
    enrolment = second_factor.begin_totp("Alice")
    app = pyotp.TOTP(enrolment.secret)

    def shown() -> str:
        return app.at(int((clock.now - datetime(1970, 1, 1)).total_seconds()))  # noqa: DTZ001 - as above

    second_factor.confirm_totp(database, KEY, alice.owner, enrolment.secret, shown(), HERE, AT_THE_MACHINE)
    clock.now += timedelta(minutes=1)
    assert added(database, alice)
    short = short_password(database, alice)
    second_factor.disable_totp(database, KEY, alice.owner, short, shown(), HERE)
    assert second_factor.recovery_codes_left(database, alice.owner) == 10
    assert isinstance(identity.sign_in(database, "alice", short, HERE), SecondFactorNeeded)


def test_an_answer_is_taken_once_by_whichever_tab_comes_first(database: Database, alice: SignedIn) -> None:
    key = added(database, alice, counts=False)
    session = session_of(alice)
    asked = step_up.options(database, KEY, alice.owner, session, LOCAL)
    answer = key.use(asked, LOCAL.origin)
    renewed = step_up.by_passkey(database, KEY, alice.owner, session, LOCAL, answer, HERE)
    with pytest.raises(PasskeyRefused, match="stale"):
        step_up.by_passkey(database, KEY, alice.owner, session, LOCAL, answer, HERE)
    found = identity.find_session(database, renewed)
    assert found is not None
    assert found.id == session
    assert identity.find_session(database, alice.token) is None  # a copy of the old cookie opens nothing


def test_too_many_keys_are_refused_before_anything_is_kept(database: Database, alice: SignedIn) -> None:
    for _ in range(passkeys.MOST):
        added(database, alice)
    with pytest.raises(Rejection) as no:
        added(database, alice)
    assert no.value.code == "too_many_passkeys"
