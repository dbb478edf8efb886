"""What screens do when a door wants the person to confirm: say why, lead there, and go on with everything as it was."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from streamlit.testing.v1 import AppTest

from data import second_factor, wallet
from data.assurance import StepUpRequired
from data.ids import new_request_id
from data.wallet import Freeze, SetLimits
from pages.ui import carried
from pages.ui.catalogue import translator
from tests import wallet_house as house
from tests.pages.house import LANGUAGES, LOCALES, no_fault
from tests.pages.signed_in import Wallet, open_wallet
from tests.wallet_house import Filled, by

PAY, WALLET, SETTINGS = "pages/pay.py", "pages/wallet.py", "pages/settings.py"


@pytest.fixture
def one(tmp_path: Path) -> Iterator[Wallet]:
    """Somebody with ¥3,000 in the wallet, in a session that was not confirmed."""
    with open_wallet(tmp_path) as opened:
        yield opened


@pytest.fixture
def filled(one: Wallet) -> Filled:
    return house.fill_wallet(one.running, one.owner, available=3_000_00)


def screen(who: Wallet, page: str, locale: str = "zh-CN", **address: object) -> AppTest:
    app = who.screen(page, locale)
    for name, value in address.items():
        app.query_params[name] = str(value)
    return no_fault(app.run())


def field(app: AppTest, kind: str, key: str) -> Any:
    (found,) = [one for one in app.get(kind) if (one.key or "").startswith(key)]
    return found


def press(app: AppTest, key: str) -> AppTest:
    return no_fault(field(app, "button", key).click().run())


def type_in(app: AppTest, key: str, value: str) -> AppTest:
    return no_fault(field(app, "text_input", key).set_value(value).run())


def said(app: AppTest) -> str:
    kinds = ("info", "error", "markdown", "caption", "subheader", "title")
    drawn: list[Any] = [one for kind in kinds for one in app.get(kind)]
    return "\n".join(str(one.value) for one in drawn).replace("\\", "").replace("\u2060", "")


def words(locale: str, reason: str, **facts: object) -> str:
    return translator(LANGUAGES[locale]).text(f"rejection.step_up_required.{reason}", **facts)


def word() -> str:
    """What the browser was given to come back with."""
    return next(reversed(carried._held))


def keys(app: AppTest, kind: str = "button") -> set[str]:
    return {one.key or "" for one in app.get(kind)}


def paid(who: Wallet) -> list[tuple[object, ...]]:
    return who.database.read(
        "SELECT cash, state_now, request_id FROM published_payment WHERE owner = $owner", {"owner": who.owner}
    )


@pytest.mark.parametrize("locale", LOCALES)
def test_a_large_payment_is_confirmed_and_then_done_once_with_all_that_was_chosen(
    one: Wallet, filled: Filled, locale: str
) -> None:
    request = new_request_id()
    app = screen(one, PAY, locale, m=filled.cafe.id, r=request)
    type_in(type_in(app, "pay.amount", "1200"), "pay.note", "machine")
    press(app, "pay.confirm")
    assert words(locale, "above_threshold", amount="¥1,200.00") in said(app)
    assert paid(one) == []
    comes_back = word()

    def back(**more: object) -> AppTest:
        return screen(one, PAY, locale, m=filled.cafe.id, r=request, a=1_200_00, **more)

    one.confirm()
    app = back(resume=comes_back)
    assert [row[1:] for row in paid(one)] == [("captured", request)]
    ((note,),) = one.database.read("SELECT note FROM published_payment WHERE owner = $owner", {"owner": one.owner})
    assert note == "machine"
    back(resume=comes_back)
    assert len(paid(one)) == 1


def test_who_comes_back_without_having_confirmed_finds_the_form_and_nothing_done(one: Wallet, filled: Filled) -> None:
    request = new_request_id()
    app = screen(one, PAY, m=filled.cafe.id, r=request)
    press(type_in(app, "pay.amount", "1200"), "pay.confirm")
    app = screen(one, PAY, m=filled.cafe.id, r=request, a=1_200_00, resume=word())
    assert paid(one) == []
    assert [key for key in keys(app) if key.startswith("pay.confirm")]


@pytest.mark.parametrize("locale", LOCALES)
def test_a_transfer_to_somebody_new_goes_on_where_it_was(one: Wallet, filled: Filled, locale: str) -> None:
    house.open_for(one.running, house.person(one.database, "Bob"))
    app = press(screen(one, WALLET, locale), "wallet.transfer")
    app.text_input(key="wallet.transfer.to").set_value("bob")
    app.text_input(key="wallet.transfer.amount").set_value("66")
    press(press(app, "wallet.transfer.next"), "wallet.transfer.send")
    assert words(locale, "new_payee", payee="Bob", amount="¥66.00") in said(app)
    asked = app.session_state["lgc.requests"]
    one.confirm()
    app = screen(one, WALLET, locale, resume=word())
    assert "Bob" in said(app)
    assert app.session_state["lgc.requests"] == asked  # the same request
    press(app, "wallet.transfer.send")
    given = "SELECT request_id FROM published_transfer WHERE owner = $owner"
    ((request,),) = one.database.read(given, {"owner": one.owner})
    assert request in asked.values()


def test_a_looser_limit_waits_for_confirming_with_what_was_typed(one: Wallet, filled: Filled) -> None:
    limit = SetLimits(**by(one.owner), currency="CNY", per_day=500_00)
    wallet.set_limits(one.database, limit)
    app = press(screen(one, WALLET), "wallet.limits.CNY")
    app.text_input(key="wallet.limits.per_day").set_value("900")
    press(app, "wallet.limits.send")
    assert words("zh-CN", "raises_limit") in said(app)
    one.confirm()
    app = screen(one, WALLET, resume=word())
    assert app.text_input(key="wallet.limits.per_day").value == "900"
    press(app, "wallet.limits.send")
    (now,) = wallet.standing(one.database, one.owner)
    assert (now.limits[1], now.promised[1]) == (500_00, 900_00)


def test_thawing_waits_for_confirming(one: Wallet, filled: Filled) -> None:
    wallet.freeze(one.database, Freeze(**by(one.owner), reason="lost"))
    app = press(press(screen(one, WALLET), "wallet.unfreeze"), "wallet.unfreeze.confirm")
    assert words("zh-CN", "unfreezes") in said(app)
    one.confirm()
    press(screen(one, WALLET, resume=word()), "wallet.unfreeze.confirm")
    assert wallet.standing(one.database, one.owner)[0].frozen is None


@pytest.mark.parametrize("locale", LOCALES)
def test_a_cards_number_is_not_even_asked_for_before(one: Wallet, filled: Filled, locale: str) -> None:
    app = press(screen(one, WALLET, locale), "wallet.bind")
    assert words(locale, "binds_card") in said(app)
    assert not [key for key in keys(app, "text_input") if key.startswith("wallet.bind")]
    press(app, "wallet.bind.confirm")
    one.confirm()
    app = screen(one, WALLET, locale, resume=word())
    assert [key for key in keys(app, "text_input") if key.startswith("wallet.bind.number")]


@pytest.mark.parametrize("locale", LOCALES)
def test_taking_everything_out_and_another_way_to_sign_in_are_offered_after_confirming(
    one: Wallet, locale: str
) -> None:
    app = screen(one, SETTINGS, locale, section="data")
    assert words(locale, "exports") in said(app)
    assert not keys(app, "download_button") & {"settings.journals.beancount", "settings.journals.hledger"}
    app = screen(one, SETTINGS, locale, section="security")
    assert words(locale, "changes_factors") in said(app)
    assert "settings.totp.begin" not in keys(app)
    one.confirm()
    assert "settings.totp.begin" in keys(screen(one, SETTINGS, locale, section="security"))
    assert not second_factor.has_totp(one.database, one.owner)


def test_the_threshold_is_raised_only_after_confirming_and_lowered_at_once(one: Wallet, filled: Filled) -> None:
    app = screen(one, SETTINGS, section="security")
    app.text_input(key="settings.confirming.CNY").set_value("50")
    press(app, "settings.confirming.send")
    app = screen(one, SETTINGS, section="security")
    assert app.text_input(key="settings.confirming.CNY").value == "50.00"
    app.text_input(key="settings.confirming.CNY").set_value("2000")
    press(app, "settings.confirming.send")
    assert words("zh-CN", "raises_threshold", amount="¥2,000.00") in said(app)
    one.confirm()
    app = screen(one, SETTINGS, section="security", resume=word())
    assert app.text_input(key="settings.confirming.CNY").value == "2000"
    press(app, "settings.confirming.send")
    assert screen(one, SETTINGS, section="security").text_input(key="settings.confirming.CNY").value == "2000.00"


def test_what_was_left_is_its_owners_alone_once_and_not_for_long() -> None:
    alice, bob = UUID(int=7), UUID(int=8)
    wanted, now = StepUpRequired("card", "binds_card"), datetime(2026, 11, 27, 12)  # noqa: DTZ001 - UTC
    left = carried.put(alice, wanted, {"lgc.dialog": ("wallet.bind", None)}, now)
    assert carried.take(bob, left, now) is None
    assert carried.look(alice, left, now) is not None
    found = carried.take(alice, left, now)
    assert found is not None
    assert found.state == {"lgc.dialog": ("wallet.bind", None)}
    assert carried.take(alice, left, now) is None
    late = carried.put(alice, wanted, {}, now)
    assert carried.look(alice, late, now + timedelta(minutes=15)) is None
    assert carried.look(alice, None, now) is None
