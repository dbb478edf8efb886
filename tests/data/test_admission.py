from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from data import identity
from data.admission import admit, set_password
from data.errors import NotFound
from data.home import open_home
from data.identity import WrongCredentials
from data.security.passwords import PasswordTooShort
from data.sign_in import SignedIn, Visit

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
