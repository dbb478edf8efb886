"""Settings → Security: what is new, what happened, when sessions end and when to be reminded of the password."""

from __future__ import annotations

import csv
import dataclasses
import io
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from data import identity, own_security, recovering, second_factor, step_up
from data.identity import WrongCredentials
from data.own_security import Choices
from data.security.throttle import TooManyTries
from data.security.tokens import token_hash
from data.sign_in import Visit
from pages.ui import context
from pages.ui.catalogue import Language, translator
from pages.ui.context import User
from pages.ui.screens.settings.activity import csv_of, words_of
from tests.pages.house import LOCALES, no_fault
from tests.pages.signed_in import PASSWORD, ROOT, Wallet, open_wallet

HOME = Visit("192.168.1.5", "Mozilla/5.0 (Windows NT 10.0) Chrome/140.0", device="laptop")
PHONE = Visit("203.0.113.8", "Mozilla/5.0 (iPhone) Version Safari/6", device="phone")


@pytest.fixture
def wallet(tmp_path: Path) -> Iterator[Wallet]:
    with open_wallet(tmp_path) as opened:
        yield opened


def at(wallet: Wallet, locale: str = "zh-CN") -> AppTest:
    screen = wallet.screen("pages/settings.py", locale)
    screen.query_params["section"] = "security"
    return no_fault(screen.run())


def told(screen: AppTest) -> str:
    return "\n".join(one.value for kind in (screen.warning, screen.markdown, screen.caption) for one in kind)


@pytest.mark.parametrize(("locale", "new"), [("zh-CN", "新设备登录"), ("en-US", "A new device signed in")])
def test_a_new_device_is_told_of_until_it_was_looked_at(wallet: Wallet, locale: str, new: str) -> None:
    identity.sign_in(wallet.database, "alice", PASSWORD, HOME)
    assert new not in told(at(wallet, locale))
    identity.sign_in(wallet.database, "alice", PASSWORD, PHONE)
    screen = at(wallet, locale)
    assert any(new in one.value and "203.0.113.8" in one.value for one in screen.warning)
    no_fault(screen.button(key="settings.news.seen").click().run())
    assert not screen.warning
    assert not at(wallet, locale).warning


@pytest.mark.parametrize("locale", LOCALES)
def test_what_happened_is_listed_in_words_with_device_and_place(wallet: Wallet, locale: str) -> None:
    for number in range(6):
        with pytest.raises((WrongCredentials, TooManyTries)):
            identity.sign_in(wallet.database, "alice", f"guess {number}", PHONE)
    screen = at(wallet, locale)
    said = told(screen)
    assert ("验证失败 · 密码" if locale == "zh-CN" else "A wrong try · password") in said
    assert "Safari · iPhone · 203.0.113.8" in said
    assert any("5" in one.value for one in screen.warning)


def test_an_event_of_a_later_version_is_shown_by_its_name(wallet: Wallet) -> None:
    one = own_security.activity(wallet.database, wallet.owner)[0]
    later = dataclasses.replace(one, name="some_later_event", facts={"factor": "a new one"})
    assert "some_later_event" in words_of(later)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_event_that_is_written_has_words(language: Language) -> None:
    written = set()
    for path in (ROOT / "data").rglob("*.py"):
        written |= set(re.findall(r'users\.event\(\s*reader, "(\w+)"', path.read_text(encoding="utf-8")))
    assert {"signed_in", "password_changed", "invited"} <= written
    assert [name for name in sorted(written) if not translator(language).has(f"settings.activity.{name}")] == []


@pytest.mark.parametrize("locale", LOCALES)
def test_how_long_sessions_last_and_the_reminder_are_chosen(wallet: Wallet, locale: str) -> None:
    screen = at(wallet, locale)
    no_fault(screen.selectbox(key="settings.sessions.idle").set_value(60).run())
    no_fault(screen.selectbox(key="settings.sessions.days").set_value(7).run())
    no_fault(screen.selectbox(key="settings.password.reminder").set_value(6).run())
    assert own_security.choices_of(wallet.database, wallet.owner) == Choices(60, 7, 6)
    (session,) = identity.open_sessions(wallet.database, wallet.owner)
    assert session.idle_minutes == 60
    assert (session.expires_at - session.created_at).days == 7


def test_the_file_of_events_is_safe_to_open(wallet: Wallet) -> None:
    evil = Visit("203.0.113.8", "=HYPERLINK(1)", device="phone")
    identity.sign_in(wallet.database, "alice", PASSWORD, evil)
    user = wallet_user(wallet)
    lines = list(csv.reader(io.StringIO(csv_of(user).decode("utf-8-sig"))))
    assert len(lines) == 1 + len(own_security.activity(wallet.database, wallet.owner))
    assert not any(cell.startswith("=") for line in lines for cell in line)


def wallet_user(wallet: Wallet) -> User:
    found = context._user(wallet.running, wallet.owner, token_hash(wallet.signed_in.token))
    assert found is not None
    return found


@pytest.mark.parametrize("locale", LOCALES)
def test_the_frame_leads_to_what_is_new_from_any_other_screen(wallet: Wallet, locale: str) -> None:
    identity.sign_in(wallet.database, "alice", PASSWORD, HOME)
    identity.sign_in(wallet.database, "alice", PASSWORD, PHONE)
    hint = "你的登录有新情况" if locale == "zh-CN" else "Something new about your sign-in"
    frame = no_fault(wallet.screen("pages/ui/shell.py", locale).run())
    assert any(hint in one.value for one in frame.markdown)
    own_security.mark_seen(wallet.database, wallet.owner, own_security.notices(wallet.database, wallet.owner).seen)
    frame = no_fault(wallet.screen("pages/ui/shell.py", locale).run())
    assert not any(hint in one.value for one in frame.markdown)


@pytest.mark.parametrize("locale", LOCALES)
def test_recovery_codes_can_be_kept_without_a_second_factor_after_confirming(wallet: Wallet, locale: str) -> None:
    assert "settings.codes.alone" not in {one.key for one in at(wallet, locale).button}
    session = token_hash(wallet.signed_in.token)
    step_up.by_password(wallet.database, wallet.owner, session, PASSWORD, Visit())
    screen = at(wallet, locale)
    no_fault(screen.button(key="settings.codes.alone").click().run())
    (codes,) = [one.value.split() for one in screen.code]
    assert len(codes) == 10
    recovering.reset_by_code(wallet.database, "alice", codes[0], "a whole new sentence", Visit())
    assert second_factor.recovery_codes_left(wallet.database, wallet.owner) == 9
