"""A forgotten password: by a recovery code, by a link of the operator; by no guess, and never past a second factor."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from data import identity, own_security, recovering, second_factor
from data.assurance import AT_THE_MACHINE, StepUpRequired
from data.errors import NotFound
from data.identity import WrongCredentials
from data.ids import new_id
from data.ledger.wallet.refusals import OperatorOnly
from data.recovering import LIFE, RecoveryRefused, ResetOver, SecondFactorHasCodes
from data.security import tokens
from data.security.passwords import PasswordContainsName, PasswordTooShort
from data.security.throttle import FREE, TooManyTries
from data.sign_in import SecondFactorNeeded, SignedIn, Visit
from tests.sign_in_house import GOOD, KEY, OTHER, House, open_for_tests

HERE = Visit("192.0.2.7", "Firefox", device="laptop")


@pytest.fixture(scope="module")
def one_house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[House, SignedIn]]:
    with open_for_tests(tmp_path_factory.mktemp("recovering")) as opened:
        yield opened, opened.person()[1]


@pytest.fixture
def operator(one_house: tuple[House, SignedIn]) -> SignedIn:
    return one_house[1]


@pytest.fixture
def house(one_house: tuple[House, SignedIn]) -> House:
    one_house[0].clock.pass_by(days=2)
    return one_house[0]


def test_a_link_of_the_operator_lets_the_person_choose_a_new_password_once(house: House, operator: SignedIn) -> None:
    name, who = house.person(HERE)
    token = recovering.issue(house.db, operator.owner, who.owner, HERE)
    found = recovering.person_of(house.db, token)
    assert found is not None
    assert found.name == name
    recovering.reset_by_link(house.db, token, OTHER, HERE)
    assert identity.open_sessions(house.db, who.owner) == []
    assert isinstance(identity.sign_in(house.db, name, OTHER, HERE), SignedIn)
    with pytest.raises(WrongCredentials):
        identity.sign_in(house.db, name, GOOD, HERE)
    with pytest.raises(ResetOver):
        recovering.reset_by_link(house.db, token, GOOD, HERE)
    assert recovering.person_of(house.db, token) is None


def test_the_person_is_told_of_the_link_and_of_the_new_password(house: House, operator: SignedIn) -> None:
    _, who = house.person(HERE)
    token = recovering.issue(house.db, operator.owner, who.owner, HERE)
    recovering.reset_by_link(house.db, token, OTHER, HERE)
    told = own_security.notices(house.db, who.owner)
    assert {one.name for one in told.resets} == {"reset_issued", "password_reset"}
    assert not own_security.notices(house.db, operator.owner)


def test_a_link_does_not_lead_past_a_second_factor(house: House, operator: SignedIn) -> None:
    name, who = house.person(HERE)
    app, _ = house.enrol(name, who)
    recovering.reset_by_link(house.db, recovering.issue(house.db, operator.owner, who.owner, HERE), OTHER, HERE)
    outcome = identity.sign_in(house.db, name, OTHER, HERE)
    assert isinstance(outcome, SecondFactorNeeded)
    second_factor.answer_challenge(house.db, KEY, outcome.challenge, house.shown(app), HERE)


def test_a_bad_new_password_does_not_use_the_link_up(house: House, operator: SignedIn) -> None:
    name, who = house.person(HERE)
    token = recovering.issue(house.db, operator.owner, who.owner, HERE)
    with pytest.raises(PasswordTooShort):
        recovering.reset_by_link(house.db, token, "short", HERE)
    with pytest.raises(PasswordContainsName):
        recovering.reset_by_link(house.db, token, f"{name} {name} {name}!", HERE)
    recovering.reset_by_link(house.db, token, OTHER, HERE)


def test_a_link_ends_by_time_by_a_newer_one_and_by_being_taken_back(house: House, operator: SignedIn) -> None:
    _, who = house.person()
    first = recovering.issue(house.db, operator.owner, who.owner, HERE)
    second = recovering.issue(house.db, operator.owner, who.owner, HERE)
    with pytest.raises(ResetOver):
        recovering.reset_by_link(house.db, first, OTHER, HERE)
    assert recovering.waiting_until(house.db, who.owner) == house.clock.now + LIFE
    recovering.take_back(house.db, operator.owner, who.owner, HERE)
    assert recovering.waiting_until(house.db, who.owner) is None
    with pytest.raises(ResetOver):
        recovering.reset_by_link(house.db, second, OTHER, HERE)
    late = recovering.issue(house.db, operator.owner, who.owner, HERE)
    house.clock.pass_by(seconds=LIFE.total_seconds())
    with pytest.raises(ResetOver):
        recovering.reset_by_link(house.db, late, OTHER, HERE)


def test_the_same_link_used_twice_at_once_counts_once(house: House, operator: SignedIn) -> None:
    _, who = house.person()
    token = recovering.issue(house.db, operator.owner, who.owner, HERE)

    def attempt(number: int) -> bool:
        try:
            recovering.reset_by_link(house.db, token, f"{OTHER} number {number}", HERE)
        except ResetOver:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(attempt, range(4))) == [False] * 3 + [True]


def test_nobody_but_the_operator_gives_links(house: House, operator: SignedIn) -> None:
    _, member = house.person()
    for actor in (member.owner, new_id()):
        with pytest.raises(OperatorOnly):
            recovering.issue(house.db, actor, operator.owner, HERE)
        with pytest.raises(OperatorOnly):
            recovering.take_back(house.db, actor, operator.owner, HERE)
    with pytest.raises(NotFound):
        recovering.issue(house.db, operator.owner, new_id(), HERE)


def test_made_up_links_change_nothing(house: House, operator: SignedIn) -> None:
    name, who = house.person()
    token = recovering.issue(house.db, operator.owner, who.owner, HERE)
    _, mallory = house.person()
    forged = ("", "x", tokens.new_token(who.owner), f"{mallory.owner.hex}.{token.split('.')[1]}", token + "A")
    for one in forged:
        with pytest.raises(ResetOver):
            recovering.reset_by_link(house.db, one, OTHER, HERE)
    assert isinstance(identity.sign_in(house.db, name, GOOD, HERE), SignedIn)


def test_a_recovery_code_replaces_the_password_once_and_the_app_is_still_asked_for(house: House) -> None:
    name, who = house.person(HERE)
    app, codes = house.enrol(name, who)
    with pytest.raises(PasswordTooShort):
        recovering.reset_by_code(house.db, name, codes[0], "short", HERE)
    recovering.reset_by_code(house.db, name.upper(), codes[0].upper(), "tkVr9!pw", HERE)
    assert second_factor.recovery_codes_left(house.db, who.owner) == 9
    assert identity.open_sessions(house.db, who.owner) == []
    outcome = identity.sign_in(house.db, name, "tkVr9!pw", HERE)
    assert isinstance(outcome, SecondFactorNeeded)
    second_factor.answer_challenge(house.db, KEY, outcome.challenge, house.shown(app), HERE)
    with pytest.raises(RecoveryRefused):
        recovering.reset_by_code(house.db, name, codes[0], OTHER, HERE)


def test_an_unknown_name_and_a_wrong_code_are_answered_alike_and_held_back_alike(house: House) -> None:
    name, who = house.person(HERE)
    house.enrol(name, who)
    stranger = Visit("203.0.113.77", "curl")
    answers = []
    for asked in (name, "nobody of this name"):
        house.clock.pass_by(days=2)
        for _ in range(FREE + 2):
            with pytest.raises((RecoveryRefused, TooManyTries)) as no:
                recovering.reset_by_code(house.db, asked, "0000-0000-0000-0000", OTHER, stranger)
            answers.append(no.value.code)
    half = len(answers) // 2
    assert answers[:half] == answers[half:] == ["recovery_refused"] * FREE + ["too_many_tries"] * 2


def test_another_persons_code_replaces_nothing(house: House) -> None:
    name, who = house.person()
    house.enrol(name, who)
    other, stranger = house.person()
    _, codes = house.enrol(other, stranger)
    with pytest.raises(RecoveryRefused):
        recovering.reset_by_code(house.db, name, codes[0], OTHER, HERE)
    assert second_factor.recovery_codes_left(house.db, stranger.owner) == 10


def test_whoever_has_no_second_factor_can_keep_recovery_codes_for_a_forgotten_password(house: House) -> None:
    name, who = house.person(HERE)
    with pytest.raises(StepUpRequired):
        recovering.make_codes(house.db, who.owner, HERE)
    old = recovering.make_codes(house.db, who.owner, HERE, AT_THE_MACHINE)
    codes = recovering.make_codes(house.db, who.owner, HERE, AT_THE_MACHINE)
    with pytest.raises(RecoveryRefused):
        recovering.reset_by_code(house.db, name, old[0], OTHER, HERE)
    recovering.reset_by_code(house.db, name, codes[0], OTHER, HERE)
    assert isinstance(identity.sign_in(house.db, name, OTHER, HERE), SignedIn)
    assert second_factor.recovery_codes_left(house.db, who.owner) == 9


def test_codes_for_the_password_alone_do_not_replace_those_of_a_second_factor(house: House) -> None:
    name, who = house.person(HERE)
    house.enrol(name, who)
    with pytest.raises(SecondFactorHasCodes):
        recovering.make_codes(house.db, who.owner, HERE, AT_THE_MACHINE)
    assert second_factor.recovery_codes_left(house.db, who.owner) == 10
