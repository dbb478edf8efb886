"""Who may sign up: anybody, the invited, nobody; the first person always."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from data import identity, invitations
from data.errors import NotFound, Rejection
from data.invitations import LIFE, InvitationNeeded, InvitationOver, SignUpClosed
from data.ledger.wallet.refusals import OperatorOnly
from data.security import tokens
from data.security.passwords import PasswordTooShort
from data.sign_in import SignedIn, Visit
from tests.sign_in_house import GOOD, House, open_for_tests

HERE = Visit("192.0.2.7", "Firefox")


@pytest.fixture(scope="module")
def one_house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[House, SignedIn]]:
    with open_for_tests(tmp_path_factory.mktemp("invitations")) as opened:
        yield opened, opened.person()[1]


@pytest.fixture
def operator(one_house: tuple[House, SignedIn]) -> SignedIn:
    return one_house[1]


@pytest.fixture
def house(one_house: tuple[House, SignedIn], operator: SignedIn) -> Iterator[House]:
    yield one_house[0]
    invitations.choose(one_house[0].db, operator.owner, "open", HERE)


@pytest.fixture
def by_invitation(house: House, operator: SignedIn) -> None:
    invitations.choose(house.db, operator.owner, "invitation", HERE)


def count(house: House) -> int:
    return int(house.db.read("SELECT count(*) FROM app_user")[0][0])


def test_anybody_may_sign_up_until_the_operator_says_otherwise(house: House, operator: SignedIn) -> None:
    assert invitations.mode(house.db) == "open"
    house.person()
    invitations.choose(house.db, operator.owner, "closed", HERE)
    before = count(house)
    with pytest.raises(SignUpClosed):
        house.person()
    token = invitations.invite(house.db, operator.owner, "", HERE)
    with pytest.raises(SignUpClosed):
        identity.sign_up(house.db, "with a link", GOOD, HERE, token)
    assert count(house) == before


def test_a_closed_door_does_not_tell_which_names_are_taken(house: House, operator: SignedIn) -> None:
    name, _ = house.person()
    invitations.choose(house.db, operator.owner, "closed", HERE)
    for asked, password in ((name, GOOD), ("nobody", GOOD), ("", "")):
        with pytest.raises(SignUpClosed):
            identity.sign_up(house.db, asked, password, HERE)


def test_an_invitation_admits_one_person(house: House, operator: SignedIn, by_invitation: None) -> None:
    with pytest.raises(InvitationNeeded):
        house.person()
    token = invitations.invite(house.db, operator.owner, "Aunt May", HERE)
    assert invitations.is_open(house.db, token)
    identity.sign_up(house.db, "may", GOOD, HERE, token)
    with pytest.raises(InvitationOver):
        identity.sign_up(house.db, "mallory", GOOD, HERE, token)
    (used,) = [one for one in invitations.invitations(house.db, operator.owner) if one.note == "Aunt May"]
    assert used.used_by == "may"
    assert not invitations.is_open(house.db, token)
    assert "invitation_used" in house.events(operator)


def test_two_with_the_same_invitation_at_once_are_one(house: House, operator: SignedIn, by_invitation: None) -> None:
    token = invitations.invite(house.db, operator.owner, "", HERE)

    def attempt(number: int) -> bool:
        try:
            identity.sign_up(house.db, f"racer {number}", GOOD, HERE, token)
        except InvitationOver:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(attempt, range(4))) == [False] * 3 + [True]


def test_a_sign_up_that_is_refused_does_not_use_the_invitation_up(
    house: House, operator: SignedIn, by_invitation: None
) -> None:
    token = invitations.invite(house.db, operator.owner, "", HERE)
    with pytest.raises(PasswordTooShort):
        identity.sign_up(house.db, "hasty", "short", HERE, token)
    identity.sign_up(house.db, "hasty", GOOD, HERE, token)


def test_an_invitation_ends_by_time_and_by_being_taken_back(
    house: House, operator: SignedIn, by_invitation: None
) -> None:
    late, revoked = (invitations.invite(house.db, operator.owner, note, HERE) for note in ("late", "revoked"))
    (one,) = [one for one in invitations.invitations(house.db, operator.owner) if one.note == "revoked"]
    invitations.revoke(house.db, operator.owner, one.id, HERE)
    with pytest.raises(InvitationOver):
        identity.sign_up(house.db, "revoked", GOOD, HERE, revoked)
    with pytest.raises(NotFound):
        invitations.revoke(house.db, operator.owner, one.id, HERE)
    house.clock.pass_by(seconds=LIFE.total_seconds())
    with pytest.raises(InvitationOver):
        identity.sign_up(house.db, "late", GOOD, HERE, late)


def test_made_up_invitations_admit_nobody(house: House, operator: SignedIn, by_invitation: None) -> None:
    _, member_token = "", invitations.invite(house.db, operator.owner, "", HERE)
    forged = [
        "x",
        f"{operator.owner.hex}.{'A' * 43}",
        member_token[:-1],
        tokens.token_hash(member_token),
        f"{operator.owner.hex}.{tokens.token_hash(member_token)}",
        tokens.new_token(operator.owner),
    ]
    for token in forged:
        with pytest.raises((InvitationOver, InvitationNeeded)):
            identity.sign_up(house.db, "forger", GOOD, HERE, token)
        assert not invitations.is_open(house.db, token)


def test_only_the_operator_decides_invites_and_takes_back(house: House, operator: SignedIn) -> None:
    _, member = house.person()
    token = invitations.invite(house.db, operator.owner, "kept", HERE)
    (one,) = [one for one in invitations.invitations(house.db, operator.owner) if one.note == "kept"]
    attempts = (
        lambda: invitations.choose(house.db, member.owner, "closed", HERE),
        lambda: invitations.invite(house.db, member.owner, "", HERE),
        lambda: invitations.revoke(house.db, member.owner, one.id, HERE),
    )
    for attempt in attempts:
        with pytest.raises((OperatorOnly, Rejection)) as no:
            attempt()
        assert isinstance(no.value, OperatorOnly)
    assert invitations.mode(house.db) == "open"
    assert invitations.is_open(house.db, token)
    assert invitations.invitations(house.db, member.owner) == []


def test_the_secret_of_an_invitation_is_kept_nowhere(house: House, operator: SignedIn) -> None:
    token = invitations.invite(house.db, operator.owner, "", HERE)
    kept = [str(row) for table in ("invitation", "security_event", "request") for row in house.db.read(f"FROM {table}")]
    assert not any(token.split(".")[1] in row for row in kept)
