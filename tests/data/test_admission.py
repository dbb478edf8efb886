from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pyotp
import pytest

from data import identity, second_factor
from data.admission import admit, set_password
from data.assurance import AT_THE_MACHINE
from data.errors import NotFound
from data.home import load_key, open_home
from data.identity import WrongCredentials
from data.security.passwords import PasswordTooShort
from data.sign_in import SecondFactorNeeded, SignedIn, Visit

GOOD = "correct horse battery"


def test_a_person_admitted_at_the_machine_signs_in_only_after_a_password_is_set(tmp_path: Path) -> None:
    database = open_home(tmp_path)
    owner = admit(database, "Ann")
    assert admit(database, "ＡＮＮ") == owner
    with pytest.raises(WrongCredentials):
        identity.sign_in(database, "ann", "", Visit())
    set_password(database, "ann", GOOD)
    assert isinstance(identity.sign_in(database, "ann", GOOD, Visit()), SignedIn)
    database.close()


def test_a_new_password_ends_every_session_and_obeys_the_same_rules(tmp_path: Path) -> None:
    database = open_home(tmp_path)
    signed = identity.sign_up(database, "ann", GOOD, Visit())
    with pytest.raises(PasswordTooShort):
        set_password(database, "ann", "short")
    assert len(identity.open_sessions(database, signed.owner)) == 1
    set_password(database, "ann", GOOD + " staple")
    assert identity.open_sessions(database, signed.owner) == []
    with pytest.raises(NotFound):
        set_password(database, "nobody", GOOD)
    database.close()


def test_who_lost_the_phone_and_every_code_is_let_in_by_whoever_sits_at_the_machine(tmp_path: Path) -> None:
    database = open_home(tmp_path)
    signed = identity.sign_up(database, "ann", GOOD, Visit())
    enrolment = second_factor.begin_totp("ann")
    code = pyotp.TOTP(enrolment.secret).now()
    second_factor.confirm_totp(
        database, load_key(tmp_path, {}), signed.owner, enrolment.secret, code, Visit(), AT_THE_MACHINE
    )
    set_password(database, "ann", GOOD + " staple")
    assert isinstance(identity.sign_in(database, "ann", GOOD + " staple", Visit()), SecondFactorNeeded)
    with pytest.raises(PasswordTooShort):
        set_password(database, "ann", "tkVr9!pw", alone=True)
    set_password(database, "ann", GOOD, alone=True)
    assert isinstance(identity.sign_in(database, "ann", GOOD, Visit()), SignedIn)
    assert second_factor.recovery_codes_left(database, signed.owner) == 0
    database.close()


def test_the_command_reads_the_password_from_its_input_and_never_shows_it(tmp_path: Path) -> None:
    database = open_home(tmp_path)
    admit(database, "ann")
    database.close()
    command = [sys.executable, "-m", "data", "password", "--user", "ann", "--home", str(tmp_path)]
    done = subprocess.run(command, input=GOOD + "\n", capture_output=True, text=True, check=True)  # noqa: S603 - ours
    assert GOOD not in done.stdout + done.stderr
    database = open_home(tmp_path)
    assert isinstance(identity.sign_in(database, "ann", GOOD, Visit()), SignedIn)
    database.close()
