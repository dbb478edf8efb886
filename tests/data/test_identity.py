"""Signing up, in and out, on a real store with a fixed clock."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path

import pyotp
import pytest

from data import identity, preferences, second_factor
from data.assurance import AT_THE_MACHINE
from data.database import Database, open_database
from data.errors import NotFound, Rejection
from data.identity import NameLength, NameTaken, NameUnreadable, WrongCredentials
from data.preferences import MonthStartOutOfRange, Preferences, UnknownZone
from data.second_factor import AlreadyEnrolled
from data.security.passwords import PasswordCommon, PasswordTooShort
from data.security.sealing import SealBroken, new_key
from data.sign_in import ChallengeOver, SecondFactorNeeded, SignedIn, Visit, WrongCode, WrongPassword
from tests.ledger_rows import Book
from tests.sign_in_house import Clock

HERE = Visit("192.0.2.7", "Firefox")
GOOD = "correct horse battery"
KEY = new_key()


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
    return identity.sign_up(database, "Alice", GOOD, HERE)


def enrol(database: Database, clock: Clock, who: SignedIn) -> tuple[pyotp.TOTP, tuple[str, ...]]:
    enrolment = second_factor.begin_totp("Alice")
    app = pyotp.TOTP(enrolment.secret)
    codes = second_factor.confirm_totp(
        database, KEY, who.owner, enrolment.secret, shown(app, clock), HERE, assurance=AT_THE_MACHINE
    )
    clock.now += timedelta(minutes=1)
    return app, codes


def shown(app: pyotp.TOTP, clock: Clock) -> str:
    return app.at(int((clock.now - datetime(1970, 1, 1)).total_seconds()))  # noqa: DTZ001 - as above


def challenge(database: Database) -> str:
    outcome = identity.sign_in(database, "alice", GOOD, HERE)
    assert isinstance(outcome, SecondFactorNeeded)
    return outcome.challenge


def events(database: Database) -> list[str]:
    return [name for (name,) in database.read("SELECT event FROM security_event ORDER BY seq")]


def test_the_first_person_is_the_operator_and_the_second_is_not(database: Database, alice: SignedIn) -> None:
    bob = identity.sign_up(database, "王小明", GOOD, HERE)
    first, second = identity.person(database, alice.owner), identity.person(database, bob.owner)
    assert first is not None
    assert second is not None
    assert (first.name, first.operator) == ("Alice", True)
    assert (second.name, second.operator) == ("王小明", False)


def test_names_are_one_whatever_their_case_and_width(database: Database, alice: SignedIn) -> None:
    for name in ("alice", " ALICE ", "Ａｌｉｃｅ"):
        with pytest.raises(NameTaken):
            identity.sign_up(database, name, GOOD, HERE)
        found = identity.person_named(database, name)
        assert found is not None
        assert found.owner == alice.owner


@pytest.mark.parametrize(
    ("name", "password", "refusal"),
    [
        ("", GOOD, NameLength),
        ("   ", GOOD, NameLength),
        ("x" * 65, GOOD, NameLength),
        ("al\u200bice", GOOD, NameUnreadable),
        ("al\nice", GOOD, NameUnreadable),
        ("bob", "too short", PasswordTooShort),
        ("bob", "password12345678", PasswordCommon),
    ],
)
def test_a_bad_sign_up_leaves_nothing(database: Database, name: str, password: str, refusal: type[Rejection]) -> None:
    with pytest.raises(refusal):
        identity.sign_up(database, name, password, HERE)
    assert not identity.anybody(database)


def test_of_two_who_want_a_name_at_once_one_gets_it(database: Database) -> None:
    def attempt(_: int) -> bool:
        try:
            identity.sign_up(database, "same", GOOD, HERE)
        except NameTaken:
            return False
        return True

    with ThreadPoolExecutor(6) as pool:
        assert sorted(pool.map(attempt, range(6))) == [False] * 5 + [True]


def test_neither_password_nor_token_nor_code_is_in_the_file(
    tmp_path: Path, database: Database, clock: Clock, alice: SignedIn
) -> None:
    enrolment = second_factor.begin_totp("Alice")
    app = pyotp.TOTP(enrolment.secret)
    codes = second_factor.confirm_totp(
        database, KEY, alice.owner, enrolment.secret, shown(app, clock), HERE, assurance=AT_THE_MACHINE
    )
    database.close()
    content = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    for secret in (GOOD, alice.token, alice.token.split(".")[1], enrolment.secret, *codes):
        assert secret.encode() not in content


def test_the_right_password_opens_a_session_of_its_own(database: Database, alice: SignedIn) -> None:
    again = identity.sign_in(database, "ALICE", GOOD, HERE)
    assert isinstance(again, SignedIn)
    assert again.owner == alice.owner
    assert again.token != alice.token
    assert len(identity.open_sessions(database, alice.owner)) == 2


@pytest.mark.parametrize(("name", "password"), [("alice", "correct horse"), ("nobody", GOOD), ("", ""), ("alice", "")])
def test_wrong_name_and_wrong_password_are_told_apart_by_nothing(
    database: Database, alice: SignedIn, name: str, password: str
) -> None:
    with pytest.raises(WrongCredentials) as caught:
        identity.sign_in(database, name, password, HERE)
    assert not caught.value.facts


def test_a_session_ends_for_every_tab_at_once_and_stays_known_as_ended(
    database: Database, clock: Clock, alice: SignedIn
) -> None:
    identity.sign_out(database, alice.token, HERE)
    found = identity.find_session(database, alice.token)
    assert found is not None
    assert not found.open_at(clock.now)


def test_signing_out_with_a_strangers_token_does_nothing(database: Database, alice: SignedIn) -> None:
    for forged in ("", "nonsense", alice.owner.hex + ".guess"):
        identity.sign_out(database, forged, HERE)
        assert identity.find_session(database, forged) is None
    assert len(identity.open_sessions(database, alice.owner)) == 1


def test_signing_out_everywhere_ends_all_of_mine_and_none_of_yours(database: Database, alice: SignedIn) -> None:
    bob = identity.sign_up(database, "bob", GOOD, HERE)
    identity.sign_in(database, "alice", GOOD, HERE)
    identity.sign_out_everywhere(database, alice.owner, HERE)
    assert identity.open_sessions(database, alice.owner) == []
    assert len(identity.open_sessions(database, bob.owner)) == 1


def test_a_session_id_of_somebody_else_is_not_found_among_mine(database: Database, alice: SignedIn) -> None:
    bob = identity.sign_up(database, "bob", GOOD, HERE)
    (theirs,) = identity.open_sessions(database, bob.owner)
    assert identity.session_of(database, alice.owner, theirs.id) is None
    identity.end_session(database, alice.owner, theirs.id, HERE)
    assert len(identity.open_sessions(database, bob.owner)) == 1


def test_a_session_ends_by_itself_after_thirty_days(database: Database, clock: Clock, alice: SignedIn) -> None:
    clock.now += timedelta(days=30)
    found = identity.find_session(database, alice.token)
    assert found is not None
    assert not found.open_at(clock.now)
    assert identity.open_sessions(database, alice.owner) == []


def test_changing_the_password_ends_the_other_sessions(database: Database, alice: SignedIn) -> None:
    other = identity.sign_in(database, "alice", GOOD, HERE)
    assert isinstance(other, SignedIn)
    mine = identity.find_session(database, alice.token)
    assert mine is not None
    new = "a whole new sentence"
    identity.change_password(database, alice.owner, mine.id, GOOD, new, HERE, assurance=AT_THE_MACHINE)
    assert [s.id for s in identity.open_sessions(database, alice.owner)] == [mine.id]
    with pytest.raises(WrongCredentials):
        identity.sign_in(database, "alice", GOOD, HERE)
    assert isinstance(identity.sign_in(database, "alice", new, HERE), SignedIn)
    with pytest.raises(WrongPassword):
        identity.change_password(database, alice.owner, mine.id, GOOD, new, HERE, assurance=AT_THE_MACHINE)
    with pytest.raises(PasswordTooShort):
        identity.change_password(database, alice.owner, mine.id, new, "short", HERE, assurance=AT_THE_MACHINE)


def test_with_a_second_factor_the_password_alone_opens_nothing(
    database: Database, clock: Clock, alice: SignedIn
) -> None:
    app, _ = enrol(database, clock, alice)
    before = len(identity.open_sessions(database, alice.owner))
    asked = challenge(database)
    assert identity.find_session(database, asked) is None
    assert len(identity.open_sessions(database, alice.owner)) == before
    opened = second_factor.answer_challenge(database, KEY, asked, shown(app, clock), HERE)
    assert opened.owner == alice.owner
    assert identity.find_session(database, opened.token) is not None


def test_a_code_opens_once_and_so_does_a_challenge(database: Database, clock: Clock, alice: SignedIn) -> None:
    app, _ = enrol(database, clock, alice)
    first, second = challenge(database), challenge(database)
    code = shown(app, clock)
    second_factor.answer_challenge(database, KEY, first, code, HERE)
    with pytest.raises(WrongCode):
        second_factor.answer_challenge(database, KEY, second, code, HERE)
    with pytest.raises(ChallengeOver):
        second_factor.answer_challenge(database, KEY, first, code, HERE)


def test_the_code_that_enrolled_the_app_does_not_sign_in_too(database: Database, clock: Clock, alice: SignedIn) -> None:
    app, _ = enrol(database, clock, alice)
    clock.now -= timedelta(minutes=1)
    with pytest.raises(WrongCode):
        second_factor.answer_challenge(database, KEY, challenge(database), shown(app, clock), HERE)


def test_five_wrong_codes_close_the_challenge(database: Database, clock: Clock, alice: SignedIn) -> None:
    app, _ = enrol(database, clock, alice)
    asked = challenge(database)
    for left in (4, 3, 2, 1, 0):
        with pytest.raises(WrongCode) as caught:
            second_factor.answer_challenge(database, KEY, asked, "000000", HERE)
        assert caught.value.tries_left == left
    with pytest.raises(ChallengeOver):
        second_factor.answer_challenge(database, KEY, asked, shown(app, clock), HERE)


def test_a_challenge_is_over_after_ten_minutes(database: Database, clock: Clock, alice: SignedIn) -> None:
    app, _ = enrol(database, clock, alice)
    asked = challenge(database)
    clock.now += timedelta(minutes=10)
    with pytest.raises(ChallengeOver):
        second_factor.answer_challenge(database, KEY, asked, shown(app, clock), HERE)


def test_each_recovery_code_opens_once(database: Database, clock: Clock, alice: SignedIn) -> None:
    _, codes = enrol(database, clock, alice)
    second_factor.answer_challenge(database, KEY, challenge(database), codes[3].upper(), HERE)
    assert second_factor.recovery_codes_left(database, alice.owner) == 9
    with pytest.raises(WrongCode):
        second_factor.answer_challenge(database, KEY, challenge(database), codes[3], HERE)


def test_fresh_recovery_codes_replace_the_old(database: Database, clock: Clock, alice: SignedIn) -> None:
    app, old = enrol(database, clock, alice)
    new = second_factor.renew_recovery_codes(database, KEY, alice.owner, shown(app, clock), HERE)
    assert second_factor.recovery_codes_left(database, alice.owner) == 10
    with pytest.raises(WrongCode):
        second_factor.answer_challenge(database, KEY, challenge(database), old[0], HERE)
    second_factor.answer_challenge(database, KEY, challenge(database), new[0], HERE)


def test_the_app_is_added_only_after_a_right_code_and_only_once(
    database: Database, clock: Clock, alice: SignedIn
) -> None:
    enrolment = second_factor.begin_totp("Alice")
    with pytest.raises(WrongCode):
        second_factor.confirm_totp(
            database, KEY, alice.owner, enrolment.secret, "000000", HERE, assurance=AT_THE_MACHINE
        )
    assert not second_factor.has_totp(database, alice.owner)
    enrol(database, clock, alice)
    assert second_factor.has_totp(database, alice.owner)
    with pytest.raises(AlreadyEnrolled):
        enrol(database, clock, alice)


def test_removing_the_app_takes_password_and_code_and_a_password_that_can_stand_alone(
    database: Database, clock: Clock, alice: SignedIn
) -> None:
    app, _ = enrol(database, clock, alice)
    with pytest.raises(WrongPassword):
        second_factor.disable_totp(database, KEY, alice.owner, "wrong", shown(app, clock), HERE)
    with pytest.raises(WrongCode):
        second_factor.disable_totp(database, KEY, alice.owner, GOOD, "000000", HERE)
    mine = identity.open_sessions(database, alice.owner)[0].id
    identity.change_password(database, alice.owner, mine, GOOD, "tkVr9!pw", HERE, assurance=AT_THE_MACHINE)
    with pytest.raises(PasswordTooShort):
        second_factor.disable_totp(database, KEY, alice.owner, "tkVr9!pw", shown(app, clock), HERE)
    identity.change_password(database, alice.owner, mine, "tkVr9!pw", GOOD, HERE, assurance=AT_THE_MACHINE)
    second_factor.disable_totp(database, KEY, alice.owner, GOOD, shown(app, clock), HERE)
    assert isinstance(identity.sign_in(database, "alice", GOOD, HERE), SignedIn)
    assert second_factor.recovery_codes_left(database, alice.owner) == 0
    with pytest.raises(NotFound):
        second_factor.disable_totp(database, KEY, alice.owner, GOOD, shown(app, clock), HERE)


def test_with_another_key_the_app_is_not_guessed_around(database: Database, clock: Clock, alice: SignedIn) -> None:
    app, _ = enrol(database, clock, alice)
    with pytest.raises(SealBroken):
        second_factor.answer_challenge(database, new_key(), challenge(database), shown(app, clock), HERE)


def test_what_happened_is_noted_with_where_it_came_from(database: Database, clock: Clock, alice: SignedIn) -> None:
    enrol(database, clock, alice)
    identity.sign_out(database, alice.token, HERE)
    assert set(events(database)) == {"signed_up", "signed_in", "second_factor_added", "signed_out"}
    assert database.read("SELECT DISTINCT address, device FROM security_event") == [("192.0.2.7", "Firefox")]


def test_preferences_are_the_defaults_until_chosen_and_each_persons_own(database: Database, alice: SignedIn) -> None:
    bob = identity.sign_up(database, "bob", GOOD, HERE)
    chosen = Preferences(language="zh", theme="dark", month_start_day=31, week_starts_sunday=True, currency="JPY")
    version = database.version(alice.owner)
    preferences.choose_preferences(database, alice.owner, Preferences(language="en"))
    preferences.choose_preferences(database, alice.owner, chosen)
    assert preferences.preferences_of(database, alice.owner) == chosen
    assert preferences.preferences_of(database, bob.owner) == Preferences()
    assert database.version(alice.owner) == version + 2


@pytest.mark.parametrize(
    ("chosen", "refusal"),
    [(Preferences(month_start_day=29), MonthStartOutOfRange), (Preferences(zone="Mars/Olympus"), UnknownZone)],
)
def test_an_impossible_preference_changes_nothing(
    database: Database, alice: SignedIn, chosen: Preferences, refusal: type[Rejection]
) -> None:
    with pytest.raises(refusal):
        preferences.choose_preferences(database, alice.owner, chosen)
    assert preferences.preferences_of(database, alice.owner) == Preferences()


def test_another_first_day_of_the_month_moves_what_is_booked_in_the_same_commit(
    database: Database, alice: SignedIn
) -> None:
    book = Book(database)
    book.owner = alice.owner
    book.spend("2026-10-03", 1250)
    book.spend("2026-10-31", 100)
    for day, months in (
        (25, ["2026-09-25", "2026-10-25"]),
        (31, ["2026-09-30", "2026-10-31"]),
        (1, ["2026-10-01"] * 2),
    ):
        preferences.choose_preferences(database, alice.owner, Preferences(month_start_day=day))
        rows = database.read("SELECT month FROM fact WHERE owner = $owner ORDER BY booked_on", {"owner": alice.owner})
        assert [str(month) for (month,) in rows] == months
