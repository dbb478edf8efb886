"""Guessing at passwords and codes from outside: bounded, alike for every name, no harm to whom it is aimed at."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

import pytest

from data import identity, second_factor, trying
from data.identity import WrongCredentials
from data.security import passwords
from data.security.throttle import FREE, TooManyTries
from data.sign_in import ChallengeOver, SecondFactorNeeded, SignedIn, Visit, WrongCode, WrongPassword
from tests.sign_in_house import GOOD, KEY, OTHER, CountingHasher, House, open_for_tests

_addresses = itertools.count(1)
LAPTOP = Visit("192.0.2.7", "Firefox", device="laptop")


@pytest.fixture(scope="module")
def one_house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with open_for_tests(tmp_path_factory.mktemp("trying")) as opened:
        yield opened


@pytest.fixture
def house(one_house: House) -> House:
    one_house.clock.pass_by(days=2)  # what was tried before is forgiven
    return one_house


@pytest.fixture
def stranger() -> Visit:
    """Somebody at an address that nobody has come in from."""
    number = next(_addresses)
    return Visit(f"203.0.{number // 250}.{number % 250}", "curl/8")


@pytest.fixture
def hashing(monkeypatch: pytest.MonkeyPatch) -> CountingHasher:
    passwords.verify_nothing("")  # so that the stand-in is there, as after every start
    counting = CountingHasher()
    monkeypatch.setattr(passwords, "_HASHER", counting)
    return counting


def guess(house: House, name: str, password: str, visit: Visit) -> str:
    try:
        identity.sign_in(house.db, name, password, visit)
    except WrongCredentials:
        return "wrong"
    except TooManyTries:
        return "later"
    return "in"


def test_after_five_wrong_passwords_even_the_right_one_has_to_wait(house: House, stranger: Visit) -> None:
    name, _ = house.person()
    assert [guess(house, name, f"guess {n}", stranger) for n in range(FREE)] == ["wrong"] * FREE
    with pytest.raises(TooManyTries) as no:
        identity.sign_in(house.db, name, GOOD, stranger)
    assert no.value.wait_seconds == 30
    house.clock.pass_by(seconds=30)
    assert guess(house, name, GOOD, stranger) == "in"


def test_waits_double_and_waiting_tries_do_not_make_them_longer(house: House, stranger: Visit) -> None:
    name, _ = house.person()
    for _ in range(FREE):
        guess(house, name, "no", stranger)
    for seconds in (30, 60, 120, 240):
        for _ in range(3):
            assert guess(house, name, "no", stranger) == "later"
        house.clock.pass_by(seconds=seconds - 1)
        assert guess(house, name, "no", stranger) == "later"
        house.clock.pass_by(seconds=1)
        assert guess(house, name, "no", stranger) == "wrong"


def test_a_brute_force_of_a_day_from_many_addresses_gets_few_tries(house: House) -> None:
    name, _ = house.person()
    looked_at = 0
    for minute in range(24 * 60):
        visit = Visit(f"198.51.{minute % 100}.{minute % 250}", "bot")
        looked_at += guess_without_hashing(house, name, visit)
        house.clock.pass_by(minutes=1)
    assert looked_at <= 40


def guess_without_hashing(house: House, name: str, visit: Visit) -> bool:
    """Whether a try would be looked at: the same budgets, without the seventy milliseconds of each hash."""
    try:
        trying.begin(house.db, trying.outside(house.db, "password", None, name, visit))
    except TooManyTries:
        return False
    return True


def test_a_hundred_at_once_have_no_more_tries_than_one_after_the_other(house: House, stranger: Visit) -> None:
    name, _ = house.person()
    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(lambda n: guess(house, name, f"guess {n}", stranger), range(40)))
    assert answers.count("wrong") == FREE
    assert answers.count("later") == 40 - FREE


def test_one_address_does_not_get_five_tries_for_each_of_many_names(house: House) -> None:
    names = [house.person()[0] for _ in range(8)]
    answers = [guess(house, name, "Summer 2026 Summer", Visit("198.51.100.77", "bot")) for name in names]
    assert answers.count("wrong") == FREE


def test_a_stranger_cannot_lock_the_owner_out_of_a_known_browser_or_a_known_address(
    house: House, stranger: Visit
) -> None:
    name, _ = house.person(LAPTOP)
    for number in range(30):
        guess(house, name, "no", Visit(f"198.51.100.{number}", "bot"))
    assert guess(house, name, GOOD, stranger) == "later"
    assert guess(house, name, GOOD, Visit("203.0.113.99", "Firefox", device="laptop")) == "in"
    assert guess(house, name, GOOD, Visit("192.0.2.7", "Safari", device="never seen")) == "in"


def test_a_browser_known_to_another_person_is_a_strangers(house: House) -> None:
    mallory = Visit("198.51.100.9", "Chrome", device="of mallory")
    house.person(mallory)
    name, _ = house.person(Visit("192.0.2.44", "Firefox", device="of alice"))
    for number in range(6):
        guess(house, name, "no", Visit(f"203.0.113.{number}", "bot"))
    assert guess(house, name, GOOD, Visit("203.0.113.50", "Chrome", device="of mallory")) == "later"


def test_signing_in_to_ones_own_does_not_buy_an_address_new_tries(house: House, stranger: Visit) -> None:
    victim, _ = house.person()
    own, _ = house.person()
    visit = Visit("198.51.100.200", "bot")
    for _ in range(FREE - 1):
        guess(house, victim, "no", visit)
    assert trying.tries(house.db)._tallies[("password", "address", "198.51.100.200")].failures == FREE - 1
    identity.sign_in(house.db, own, GOOD, visit)
    assert trying.tries(house.db)._tallies[("password", "address", "198.51.100.200")].failures == FREE - 1


@pytest.mark.parametrize("visit", [Visit("203.0.113.5", "curl/8"), LAPTOP, Visit("192.0.2.7", "x", device="new")])
def test_a_name_that_nobody_has_is_answered_like_one_that_exists_try_by_try(house: House, visit: Visit) -> None:
    name, _ = house.person(Visit("192.0.2.7", "Firefox", device=f"home of {visit.device}"))
    known = [guess(house, name, "no", visit) for _ in range(FREE + 2)]
    house.clock.pass_by(days=2)
    unknown = [guess(house, f"no such {name}", "no", visit) for _ in range(FREE + 2)]
    assert known == unknown


def test_a_name_that_nobody_has_costs_the_same_hashing_and_writing(
    house: House, stranger: Visit, hashing: CountingHasher
) -> None:
    name, _ = house.person()
    costs = []
    for asked in (name, "nobody here"):
        before = hashing.verified, house.db.read("SELECT count(*) FROM security_event")[0][0]
        assert guess(house, asked, "no", stranger) == "wrong"
        after = hashing.verified, house.db.read("SELECT count(*) FROM security_event")[0][0]
        costs.append((after[0] - before[0], after[1] - before[1]))
    assert costs == [(1, 1), (1, 1)]


def test_a_try_that_has_to_wait_is_not_hashed_at_all(house: House, stranger: Visit, hashing: CountingHasher) -> None:
    for name in (house.person()[0], "nobody at all"):
        for number in range(FREE):
            guess(house, name, "no", Visit(f"198.51.100.{number}", "bot"))
        before = hashing.verified
        assert guess(house, name, GOOD, stranger) == "later"
        assert hashing.verified == before


def test_what_failed_is_on_record_once_and_without_what_was_typed(house: House, stranger: Visit) -> None:
    name, who = house.person()
    for _ in range(FREE + 4):
        guess(house, name, "my secret guess", stranger)
    assert house.events(who)[2:] == ["try_failed"] * FREE + ["throttled"]
    rows = house.db.read("SELECT facts, address, device FROM security_event WHERE event = 'try_failed'")
    assert ('{"what": "password"}', stranger.address, stranger.agent) in rows
    assert not any("secret guess" in str(row) for row in house.db.read("SELECT * FROM security_event"))


def test_a_name_that_nobody_has_is_not_on_record_since_it_may_be_a_password(house: House, stranger: Visit) -> None:
    guess(house, "hunter2 typed as a name", "x", stranger)
    everything = house.db.read("SELECT * FROM security_event") + house.db.read("SELECT * FROM request")
    assert not any("hunter2" in str(row) for row in everything)


def test_codes_cannot_be_guessed_by_asking_for_the_password_again_and_again(house: House, stranger: Visit) -> None:
    name, who = house.person()
    house.enrol(name, who)
    answers = []
    for _ in range(3):
        outcome = identity.sign_in(house.db, name, GOOD, stranger)
        assert isinstance(outcome, SecondFactorNeeded)
        for _ in range(4):
            try:
                second_factor.answer_challenge(house.db, KEY, outcome.challenge, "000000", stranger)
            except (WrongCode, TooManyTries) as no:
                answers.append(type(no))
    assert answers.count(WrongCode) == FREE


def test_a_made_up_challenge_uses_up_nobodys_tries(house: House, stranger: Visit) -> None:
    name, who = house.person()
    app, _ = house.enrol(name, who)
    for _ in range(FREE + 1):
        with pytest.raises(ChallengeOver):
            second_factor.answer_challenge(house.db, KEY, f"{who.owner.hex}.made up", "000000", stranger)
    outcome = identity.sign_in(house.db, name, GOOD, stranger)
    assert isinstance(outcome, SecondFactorNeeded)
    opened = second_factor.answer_challenge(house.db, KEY, outcome.challenge, house.shown(app), stranger)
    assert isinstance(opened, SignedIn)


def test_a_stolen_session_does_not_get_to_guess_the_password(house: House, stranger: Visit) -> None:
    _, who = house.person()
    session = identity.open_sessions(house.db, who.owner)[0].id
    for _ in range(FREE):
        with pytest.raises(WrongPassword):
            identity.change_password(house.db, who.owner, session, "no", OTHER, stranger)
    with pytest.raises(TooManyTries):
        identity.change_password(house.db, who.owner, session, GOOD, OTHER, stranger)


def test_budgets_are_held_for_so_many_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trying, "_MOST", 100)
    held = trying.Tries()
    for number in range(500):
        held.begin([("password", "strangers", str(number))], datetime(2026, 10, 5, 12))  # noqa: DTZ001
    assert len(held._tallies) == 100
    assert ("password", "strangers", "499") in held._tallies
