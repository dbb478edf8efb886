"""How long a session lasts, how it is given another token, and what a browser that came before means."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from data import identity, own_security, step_up
from data.database import open_database
from data.own_security import Choices, ChoiceUnknown
from data.sign_in import SignedIn, Visit
from data.step_up import SessionOver
from tests.sign_in_house import GOOD, OTHER, Clock, House, open_for_tests

LAPTOP = Visit("192.0.2.7", "Firefox", device="laptop")
PHONE = Visit("198.51.100.4", "Safari", device="phone")


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with open_for_tests(tmp_path_factory.mktemp("sessions")) as opened:
        yield opened


def open_now(house: House, who: SignedIn) -> bool:
    found = identity.find_session(house.db, who.token)
    return found is not None and found.open_at(house.clock.now)


def signed_in(house: House, name: str, visit: Visit, replacing: str = "") -> SignedIn:
    outcome = identity.sign_in(house.db, name, GOOD, visit, replacing)
    assert isinstance(outcome, SignedIn)
    return outcome


def test_a_session_that_is_not_used_ends_after_a_week_and_one_that_is_used_after_a_month(house: House) -> None:
    _, idle = house.person()
    _, busy = house.person()
    for day in range(1, 31):
        house.clock.pass_by(days=1)
        found = identity.find_session(house.db, busy.token)
        assert found is not None
        assert found.open_at(house.clock.now) == (day < 30)
        identity.note_use(house.db, found)
        assert open_now(house, idle) == (day < 7)


def test_use_is_noted_now_and_then_only(house: House) -> None:
    _, who = house.person()
    rows = []
    for _ in range(12):
        found = identity.find_session(house.db, who.token)
        assert found is not None
        identity.note_use(house.db, found)
        rows.append(found.seen_at)
        house.clock.pass_by(minutes=10)
    assert len(set(rows)) == 2


def test_noting_use_does_not_open_a_session_again_that_was_ended(house: House) -> None:
    _, who = house.person()
    found = identity.find_session(house.db, who.token)
    assert found is not None
    house.clock.pass_by(hours=2)
    identity.sign_out(house.db, who.token, LAPTOP)
    identity.note_use(house.db, found)
    assert not open_now(house, who)


def confirmed(house: House, who: SignedIn, session: str) -> str:
    """The token after the person proved anew that it is them."""
    return step_up.by_password(house.db, who.owner, session, GOOD, LAPTOP)


def test_another_token_opens_the_same_session_and_the_old_one_nothing(house: House) -> None:
    _, who = house.person()
    before = identity.find_session(house.db, who.token)
    assert before is not None
    fresh = confirmed(house, who, before.id)
    after = identity.find_session(house.db, fresh)
    assert after is not None
    assert after.id == before.id
    assert identity.find_session(house.db, who.token) is None
    assert identity.session_of(house.db, who.owner, before.id) == after


def test_an_ended_session_gets_no_other_token(house: House) -> None:
    _, who = house.person()
    before = identity.find_session(house.db, who.token)
    assert before is not None
    identity.sign_out(house.db, who.token, LAPTOP)
    with pytest.raises(SessionOver):
        confirmed(house, who, before.id)


def test_signing_in_again_in_the_same_browser_goes_on_with_its_session_under_a_new_token(house: House) -> None:
    name, who = house.person(LAPTOP)
    before = identity.find_session(house.db, who.token)
    again = signed_in(house, name, LAPTOP, replacing=who.token)
    after = identity.find_session(house.db, again.token)
    assert before is not None
    assert after is not None
    assert after.id == before.id
    assert identity.find_session(house.db, who.token) is None
    assert len(identity.open_sessions(house.db, who.owner)) == 1


def test_a_strangers_session_is_not_gone_on_with_and_a_dead_one_is_not_woken(house: House) -> None:
    name, who = house.person(LAPTOP)
    _, mallory = house.person(PHONE)
    hers = signed_in(house, name, LAPTOP, replacing=mallory.token)
    assert identity.find_session(house.db, hers.token) != identity.find_session(house.db, mallory.token)
    assert open_now(house, mallory)
    identity.sign_out(house.db, who.token, LAPTOP)
    again = signed_in(house, name, LAPTOP, replacing=who.token)
    assert open_now(house, again)
    assert not open_now(house, who)


def test_a_new_browser_is_told_of_and_one_that_was_there_before_is_not(house: House) -> None:
    name, who = house.person(LAPTOP)
    assert not own_security.notices(house.db, who.owner)
    signed_in(house, name, LAPTOP)
    assert not own_security.notices(house.db, who.owner)
    phone = signed_in(house, name, PHONE)
    told = own_security.notices(house.db, who.owner)
    assert [one.address for one in told.new_devices] == [PHONE.address]
    on_phone = identity.find_session(house.db, phone.token)
    assert on_phone is not None
    assert not own_security.notices(house.db, who.owner, on_phone.id)
    own_security.mark_seen(house.db, who.owner, told.seen)
    assert not own_security.notices(house.db, who.owner)
    signed_in(house, name, PHONE)
    assert not own_security.notices(house.db, who.owner)


def test_after_a_new_password_every_other_browser_is_a_strangers_again(house: House) -> None:
    name, who = house.person(LAPTOP)
    signed_in(house, name, PHONE)
    session = identity.open_sessions(house.db, who.owner)[-1].id
    identity.change_password(house.db, who.owner, session, GOOD, OTHER, LAPTOP)
    rows = house.db.read("SELECT place FROM known_place WHERE owner = $o AND kind = 'device'", {"o": who.owner})
    assert rows == [("laptop",)]


def test_chosen_spans_hold_for_open_sessions_at_once_and_for_new_ones(house: House) -> None:
    name, who = house.person()
    own_security.choose(house.db, who.owner, Choices(idle_minutes=15, session_days=1), LAPTOP)
    house.clock.pass_by(minutes=15)
    assert not open_now(house, who)
    again = signed_in(house, name, LAPTOP)
    assert again.days == 1
    house.clock.pass_by(minutes=14)
    assert open_now(house, again)
    begun = house.clock.now - timedelta(minutes=14)
    while open_now(house, again):
        found = identity.find_session(house.db, again.token)
        assert found is not None
        identity.note_use(house.db, found)
        house.clock.pass_by(minutes=10)
    assert timedelta(hours=23) < house.clock.now - begun <= timedelta(hours=24, minutes=10)


@pytest.mark.parametrize("wanted", [Choices(idle_minutes=0), Choices(session_days=100_000), Choices(reminder_months=1)])
def test_a_span_that_is_not_offered_changes_nothing(house: House, wanted: Choices) -> None:
    _, who = house.person()
    with pytest.raises(ChoiceUnknown):
        own_security.choose(house.db, who.owner, wanted, LAPTOP)
    assert own_security.choices_of(house.db, who.owner) == Choices()


def test_nobody_is_reminded_of_the_password_who_did_not_ask_for_it(house: House) -> None:
    name, who = house.person()
    house.clock.pass_by(days=400)
    assert not own_security.reminder_due(house.db, who.owner)
    own_security.choose(house.db, who.owner, Choices(reminder_months=6), LAPTOP)
    assert own_security.reminder_due(house.db, who.owner)
    own = identity.find_session(house.db, signed_in(house, name, LAPTOP).token)
    assert own is not None
    identity.change_password(house.db, who.owner, own.id, GOOD, OTHER, LAPTOP)
    assert not own_security.reminder_due(house.db, who.owner)
    house.clock.pass_by(days=179)
    assert not own_security.reminder_due(house.db, who.owner)
    house.clock.pass_by(days=1)
    assert own_security.reminder_due(house.db, who.owner)


def test_what_was_chosen_survives_having_looked_and_the_other_way_round(house: House) -> None:
    _, who = house.person()
    own_security.choose(house.db, who.owner, Choices(reminder_months=3), LAPTOP)
    own_security.mark_seen(house.db, who.owner, 10**9)
    assert own_security.choices_of(house.db, who.owner).reminder_months == 3
    own_security.choose(house.db, who.owner, Choices(reminder_months=6), LAPTOP)
    assert own_security.notices(house.db, who.owner).seen == 10**9


def test_everybody_sees_what_happened_to_their_own_sign_in_only(house: House) -> None:
    _, alice = house.person(LAPTOP)
    _, bob = house.person(PHONE)
    assert {one.address for one in own_security.activity(house.db, alice.owner)} == {LAPTOP.address}
    assert {one.address for one in own_security.activity(house.db, bob.owner)} == {PHONE.address}


def test_the_order_of_events_goes_on_after_a_restart(house: House, tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("again") / "wallet.duckdb"
    for name in ("ann", "ben", "cid"):
        database = open_database(path, Clock())
        identity.sign_up(database, name, GOOD, LAPTOP)
        seqs = [seq for (seq,) in database.read("SELECT seq FROM security_event ORDER BY seq")]
        database.close()
        assert len(seqs) == len(set(seqs))
    assert len(seqs) == 6
