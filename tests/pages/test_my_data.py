"""Settings → Data and → Privacy: everything in one zip after confirming, explained in the person's language."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from data import identity, taking_out, upkeep
from data import wallet as wallet_door
from data.assurance import AT_THE_MACHINE
from data.ids import new_id
from data.money import Money
from data.wallet import DeskTopUp
from pages.ui import format  # noqa: A004 - our word for it, always used with its dot
from pages.ui.catalogue import translator
from pages.ui.screens.settings import privacy
from tests import wallet_house as house
from tests.pages.house import LANGUAGES, LOCALES, no_fault
from tests.pages.signed_in import Wallet, open_wallet


@pytest.fixture(scope="module")
def wallet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Wallet]:
    with open_wallet(tmp_path_factory.mktemp("mine")) as opened:
        yield opened


def screen(wallet: Wallet, locale: str, section: str) -> AppTest:
    app = wallet.screen("pages/settings.py", locale, timeout=60)
    app.query_params["section"] = section
    return no_fault(app.run())


def columns_of(wallet: Wallet) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    made = io.BytesIO()
    taking_out.archive(wallet.database, wallet.owner, lambda files: found.update(files) or "", made, AT_THE_MACHINE)
    assert zipfile.ZipFile(made).testzip() is None
    return found


@pytest.mark.parametrize("locale", LOCALES)
def test_the_zip_is_offered_only_after_confirming(tmp_path: Path, locale: str) -> None:
    with open_wallet(tmp_path) as opened:
        app = screen(opened, locale, "data")
        assert "settings.whole.zip" not in {one.key for one in app.download_button}
        opened.confirm()
        app = screen(opened, locale, "data")
        assert "settings.whole.zip" in {one.key for one in app.download_button}


@pytest.mark.parametrize("locale", LOCALES)
def test_every_file_and_column_of_the_zip_has_words_in_the_guide(wallet: Wallet, locale: str) -> None:
    words = translator(LANGUAGES[locale])
    files = columns_of(wallet)
    keys = {f"mine.file.{name}" for name in files} | {f"mine.column.{one}" for names in files.values() for one in names}
    assert {key for key in keys if words.text(key) == key} == set()
    assert len(keys) > 200


@pytest.mark.parametrize("locale", LOCALES)
def test_the_privacy_section_says_of_each_matter_what_why_how_long_and_who(wallet: Wallet, locale: str) -> None:
    app = screen(wallet, locale, "privacy")
    said = "\n".join(one.value for one in app.markdown)
    words = translator(LANGUAGES[locale])
    for subject in privacy._SUBJECTS:
        for matter in ("what", "why", "long", "who"):
            assert words.text(f"privacy.{subject}.{matter}") in said
    assert words.text("privacy.around.backups", days=7, weeks=4, months=12) in said


def test_from_privacy_a_button_leads_to_the_data(wallet: Wallet) -> None:
    app = screen(wallet, "en-GB", "privacy")
    no_fault(app.button(key="settings.privacy.go").click().run())
    assert app.query_params["section"] in ("data", ["data"])


@pytest.mark.parametrize("locale", LOCALES)
def test_an_account_is_deleted_after_confirming_and_typing_the_name(tmp_path: Path, locale: str) -> None:
    with open_wallet(tmp_path) as opened:
        words = translator(LANGUAGES[locale])
        app = screen(opened, locale, "data")
        assert words.text("rejection.step_up_required.deletes_account") in said(app)
        assert not [one for one in app.text_input if one.key == "settings.leave.name"]
        opened.confirm()
        app = screen(opened, locale, "data")
        app.text_input(key="settings.leave.name").set_value("somebody")
        no_fault(press(app, "settings.leave.go").run())
        assert identity.person(opened.database, opened.owner) is not None
        app.text_input(key="settings.leave.name").set_value("alice")
        no_fault(press(app, "settings.leave.go").run())
        assert identity.person(opened.database, opened.owner) is None
        assert opened.database.read("SELECT count(*) FROM user_session") == [(0,)]


@pytest.mark.parametrize("locale", LOCALES)
def test_who_may_not_go_is_told_why_and_gets_no_form(tmp_path: Path, locale: str) -> None:
    with open_wallet(tmp_path) as opened:
        house.person(opened.database, "bob")
        opened.confirm()
        app = screen(opened, locale, "data")
        assert translator(LANGUAGES[locale]).text("rejection.operator_stays", others=1) in said(app)
        assert not [one for one in app.text_input if one.key == "settings.leave.name"]


@pytest.mark.parametrize("locale", LOCALES)
def test_all_that_is_open_is_named_with_the_ways_there_and_there_is_no_form(tmp_path: Path, locale: str) -> None:
    with open_wallet(tmp_path) as opened:
        rich(opened)
        opened.confirm()
        app = screen(opened, locale, "data")
        words = translator(LANGUAGES[locale])
        amount = format.money(Money(20_00, "CNY"), language=LANGUAGES[locale])
        assert words.text("mine.leave.first") in said(app)
        assert words.text("rejection.money_left", amount=amount) in said(app)
        assert words.text("rejection.shop_open", shop="拾光") in said(app)
        assert not [one for one in app.text_input if one.key == "settings.leave.name"]


@pytest.mark.parametrize("locale", LOCALES)
def test_points_and_coupons_are_named_before_they_are_given_up_with_the_account(tmp_path: Path, locale: str) -> None:
    with open_wallet(tmp_path) as opened:
        spent_all(opened)
        opened.confirm()
        app = screen(opened, locale, "data")
        words = translator(LANGUAGES[locale])
        assert words.text("mine.leave.loss.points", points="20") in said(app)
        assert words.text("mine.leave.loss.coupons", coupons="1") in said(app)
        app.text_input(key="settings.leave.name").set_value("alice")
        no_fault(press(app, "settings.leave.go").run())
        assert identity.person(opened.database, opened.owner) is None
        assert [one for one in upkeep.verify(opened.database) if not one.kept] == []


def rich(opened: Wallet) -> None:
    """Twenty yuan and a shop that is open."""
    house.open_for(opened.running, opened.owner)
    wallet_door.desk_top_up(opened.database, DeskTopUp(**house.by(opened.owner), amount=20_00, currency="CNY"))
    house.shop(opened.running, "拾光", proprietor=opened.owner)


def spent_all(opened: Wallet) -> None:
    """Twenty yuan that were spent at somebody else's, which earned points, and a coupon that was not used."""
    house.open_for(opened.running, opened.owner)
    wallet_door.desk_top_up(opened.database, DeskTopUp(**house.by(opened.owner), amount=20_00, currency="CNY"))
    shop = house.shop(opened.running, "拾光", proprietor=new_id())
    house.pay(opened.running, opened.owner, shop, 20_00)
    house.claim(
        opened.running,
        opened.owner,
        house.coupon(opened.running, None, "HELLO3", "立减", off_minor=3_00, min_spend_minor=9_00),
    )


def said(app: AppTest) -> str:
    shown = (*app.info, *app.warning, *app.error, *app.markdown)
    return "\n".join(str(one.value) for one in shown).replace("\\", "")


def press(app: AppTest, key: str) -> AppTest:
    (button,) = [one for one in app.button if (one.key or "") == key]
    button.click()
    return app
