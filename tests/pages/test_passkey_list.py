"""Settings → Security: the list of passkeys, in which each can be called something else."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from data import own_security, passkeys
from data.assurance import AT_THE_MACHINE
from data.passkeys import Place
from data.security.tokens import token_hash
from data.sign_in import Visit
from pages.ui.catalogue import translator
from tests.pages.house import LANGUAGES, LOCALES, no_fault
from tests.pages.signed_in import Wallet, open_wallet
from tests.software_key import SoftwareKey

LOCAL = Place("localhost", "http://localhost:8501")


@pytest.fixture
def wallet(tmp_path: Path) -> Iterator[Wallet]:
    with open_wallet(tmp_path) as opened:
        yield opened


def key_of(wallet: Wallet) -> str:
    """The id of a key that was just made."""
    db, key, owner, session = wallet.database, wallet.running.key, wallet.owner, token_hash(wallet.signed_in.token)
    made = SoftwareKey().make(passkeys.options_to_add(db, key, owner, session, LOCAL, AT_THE_MACHINE), LOCAL.origin)
    passkeys.add(db, key, owner, session, LOCAL, made, name="Phone", visit=Visit(), assurance=AT_THE_MACHINE)
    return passkeys.passkeys_of(db, owner)[0].id


def at(wallet: Wallet, locale: str) -> AppTest:
    screen = wallet.screen("pages/settings.py", locale, timeout=60)
    screen.query_params["section"] = "security"
    return no_fault(screen.run())


def names(wallet: Wallet) -> list[str]:
    return [one.name for one in passkeys.passkeys_of(wallet.database, wallet.owner)]


def press(screen: AppTest, key: str) -> AppTest:
    (button,) = [one for one in screen.button if one.key == key]
    button.click()
    return no_fault(screen.run())


@pytest.mark.parametrize("locale", LOCALES)
def test_a_passkey_is_renamed_in_a_dialog_which_says_why_a_name_is_none(wallet: Wallet, locale: str) -> None:
    key, words = key_of(wallet), translator(LANGUAGES[locale])
    screen = press(at(wallet, locale), f"settings.passkey.{key}.rename")
    field = screen.text_input(key="settings.passkeys.rename.name")
    assert (field.label, field.value) == (words.text("settings.passkeys.rename.name"), "Phone")
    field.set_value("  ")
    screen = press(screen, "settings.passkeys.rename.save")
    assert any(words.text("rejection.passkey_name", maximum="40") in one.value for one in screen.error)
    assert names(wallet) == ["Phone"]
    screen.text_input(key="settings.passkeys.rename.name").set_value("蓝色手机 *x*")
    screen = press(screen, "settings.passkeys.rename.save")
    assert names(wallet) == ["蓝色手机 *x*"]
    assert any("蓝色手机" in one.value for one in screen.markdown)
    event = own_security.activity(wallet.database, wallet.owner)[0].name
    assert words.text(f"settings.activity.{event}") != words.text("settings.activity.other")
