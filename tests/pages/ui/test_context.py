"""Who a page believes is looking."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from data import identity
from data.preferences import Preferences
from data.sign_in import Visit
from tests.pages.signed_in import Wallet, open_wallet

WHO = "tests/pages/ui/who_screen.py"


@pytest.fixture
def wallet(tmp_path: Path) -> Iterator[Wallet]:
    with open_wallet(tmp_path) as opened:
        yield opened


def nothing_shown(screen: AppTest) -> bool:
    screen.run()
    return not screen.text and not screen.exception


def test_a_signed_in_person_is_known_with_their_day(wallet: Wallet) -> None:
    wallet.prefer(Preferences(zone="Pacific/Kiritimati"))
    screen = wallet.screen(WHO).run()
    said = screen.text[0].value
    assert said.startswith("alice True Pacific/Kiritimati 20")
    assert not screen.exception


def test_without_a_session_the_page_stops_at_its_first_line(wallet: Wallet) -> None:
    for claim in ({}, {"uid": str(wallet.owner)}, {"uid": str(wallet.owner), "session": "guess"}, {"session": "x"}):
        screen = wallet.screen(WHO)
        screen.user = claim
        assert nothing_shown(screen), claim


def test_an_ended_session_stops_it_at_the_next_run(wallet: Wallet) -> None:
    screen = wallet.screen(WHO).run()
    assert screen.text
    identity.sign_out(wallet.database, wallet.signed_in.token, Visit())
    assert nothing_shown(screen)


def test_a_session_of_somebody_else_does_not_make_one_that_person(wallet: Wallet) -> None:
    bob = identity.sign_up(wallet.database, "bob", "correct horse battery", Visit())
    screen = wallet.screen(WHO)
    screen.user = {**screen.user, "uid": str(bob.owner)}
    assert nothing_shown(screen)


def test_a_tab_taken_over_by_another_person_starts_empty(wallet: Wallet) -> None:
    screen = wallet.screen(WHO).run()
    screen.session_state["lgc.kept.secret"] = "mine"
    bob = identity.sign_up(wallet.database, "bob", "correct horse battery", Visit())
    (theirs,) = identity.open_sessions(wallet.database, bob.owner)
    screen.user = {"uid": str(bob.owner), "session": theirs.id}
    screen.run()
    assert screen.text[0].value.startswith("bob False")
    assert "lgc.kept.secret" not in screen.session_state
