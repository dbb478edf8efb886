"""The operator's part of getting in: who may sign up, invitations, links for forgotten passwords."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from data import identity, invitations, recovering
from data.sign_in import SignedIn, Visit
from tests.pages.house import LOCALES, no_fault
from tests.pages.signed_in import PASSWORD, Wallet, open_wallet

PAGE = "pages/members.py"


@pytest.fixture
def operator(tmp_path: Path) -> Iterator[Wallet]:
    with open_wallet(tmp_path, "阿金") as opened:
        yield opened


def shown(one: Wallet, locale: str = "zh-CN") -> AppTest:
    return no_fault(one.screen(PAGE, locale).run())


def press(screen: AppTest, key: str) -> AppTest:
    return no_fault(screen.button(key=key).click().run())


def link_in(screen: AppTest, path: str) -> str:
    return next(one.value for one in screen.code if path in one.value)


@pytest.mark.parametrize("locale", LOCALES)
def test_the_operator_says_who_may_sign_up(operator: Wallet, locale: str) -> None:
    screen = shown(operator, locale)
    for mode in ("closed", "invitation", "open"):
        no_fault(screen.button_group(key="members.joining.mode").set_value(mode).run())
        assert invitations.mode(operator.database) == mode
        assert ("members.invite.do" in {one.key for one in screen.button}) == (mode != "closed")


@pytest.mark.parametrize("locale", LOCALES)
def test_an_invitation_is_shown_once_listed_without_its_secret_and_taken_back(operator: Wallet, locale: str) -> None:
    screen = shown(operator, locale)
    screen.text_input(key="members.invite.note").set_value("Aunt *May*")
    press(screen, "members.invite.do")
    address = link_in(screen, "/invited?t=")
    token = address.split("t=")[1]
    assert invitations.is_open(operator.database, token)
    press(screen, "members.joining.link.kept")
    assert not [one for one in screen.code if "/invited" in one.value]
    assert "Aunt \\*May\\*" in [one.value for one in screen.markdown]
    assert not [one for one in shown(operator, locale).code if "/invited" in one.value]
    (one,) = invitations.invitations(operator.database, operator.owner)
    press(screen, f"members.invitation.{one.id}.revoke")
    assert not invitations.is_open(operator.database, token)
    assert f"members.invitation.{one.id}.revoke" not in {each.key for each in screen.button}


@pytest.mark.parametrize("locale", LOCALES)
def test_a_reset_link_is_for_one_member_and_can_be_taken_back(operator: Wallet, locale: str) -> None:
    assert "members.reset.do" not in {one.key for one in shown(operator, locale).button}
    bob = identity.sign_up(operator.database, "bob", PASSWORD, Visit())
    screen = shown(operator, locale)
    assert screen.selectbox(key="members.joining.member").options == ["bob"]
    press(screen, "members.reset.do")
    token = link_in(screen, "/reset?t=").split("t=")[1]
    press(screen, "members.joining.reset.kept")
    press(screen, "members.reset.take_back")
    assert recovering.person_of(operator.database, token) is None
    press(screen, "members.reset.do")
    token = link_in(screen, "/reset?t=").split("t=")[1]
    recovering.reset_by_link(operator.database, token, "a whole new sentence", Visit())
    assert isinstance(identity.sign_in(operator.database, "bob", "a whole new sentence", Visit()), SignedIn)
    assert identity.open_sessions(operator.database, bob.owner)


def test_a_member_sees_none_of_it(operator: Wallet) -> None:
    bob = identity.sign_up(operator.database, "bob", PASSWORD, Visit())
    screen = shown(dataclasses.replace(operator, signed_in=bob))
    assert not {"members.invite.do", "members.reset.do"} & {one.key for one in screen.button}
    assert not screen.button_group
