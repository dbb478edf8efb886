"""A shop's balance on the till: what can be paid out, paying it out into the wallet, and what stands in the way."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from analytics import payouts
from analytics.takings import Counter, taken
from analytics.wallet_activity import everything
from data import leaving, merchants, wallet
from data.merchants import ChangeMerchant, PayOut
from data.money import Money
from data.period import Span
from data.wallet import Freeze
from pages.ui import carried, format  # noqa: A004 - our word for it, always used with its dot
from pages.ui.catalogue import translator
from pages.ui.screens.till import payout_list
from tests import wallet_house as house
from tests.pages.house import LANGUAGES, LOCALES, no_fault, scope_of
from tests.pages.signed_in import Wallet, open_wallet
from tests.wallet_house import by

TILL, TAKINGS, SETTINGS, WALLET = "pages/till.py", "pages/takings.py", "pages/settings.py", "pages/wallet.py"
NAME = "林记 *面馆*"


class Shop:
    """Alice's shop, where bob paid ¥80.00; she has a wallet of her own unless `wallet` is False."""

    def __init__(self, opened: Wallet, *, has_wallet: bool = True) -> None:
        self.wallet = opened
        self.mine = house.shop(opened.running, NAME, proprietor=opened.owner)
        self.bob = house.person(opened.database, "bob")
        house.fill_wallet(opened.running, self.bob, available=5_000_00)
        if has_wallet:
            house.open_for(opened.running, opened.owner)
        self.paid = house.pay(opened.running, self.bob, self.mine, 80_00)

    def has(self) -> int:
        return merchants.purse(self.wallet.database, self.mine).balance

    def in_wallet(self) -> int:
        return wallet.standing(self.wallet.database, self.wallet.owner)[0].available

    def pays_out(self, amount: int) -> None:
        command = PayOut(**by(self.mine.id, self.wallet.owner), amount=amount, currency="CNY")
        merchants.pay_out(self.wallet.database, command)

    def counter(self) -> Counter:
        now = self.wallet.database.clock() + timedelta(hours=8)
        return Counter(self.wallet.database, self.mine.id, "CNY", "Asia/Shanghai", now.date())


@pytest.fixture
def alice(tmp_path: Path) -> Iterator[Wallet]:
    with open_wallet(tmp_path) as opened:
        yield opened


@pytest.fixture
def shop(alice: Wallet) -> Shop:
    return Shop(alice)


def shown(of: Wallet, page: str = TILL, locale: str = "zh-CN", **params: str) -> AppTest:
    screen = of.screen(page, locale)
    screen.context = {"locale": locale, "url": "https://wallet.example.org/till"}
    for name, value in params.items():
        screen.query_params[name] = value
    return no_fault(screen.run())


def press(screen: AppTest, key: str) -> AppTest:
    return no_fault(screen.button(key=key).click().run())


def keys(screen: AppTest) -> set[str | None]:
    return {button.key for button in screen.button}


def written(screen: AppTest) -> str:
    """Every word on the screen, as a reader sees it."""
    kinds = ("markdown", "caption", "subheader", "title", "info", "error", "toast", "warning")
    drawn: list[Any] = [one for kind in kinds for one in screen.get(kind)]
    parts = [str(one.value) for one in drawn]
    parts += [one.proto.body for one in screen.get("html")]
    return "\n".join(parts).replace("\\", "").replace("\u2060", "")


def words(locale: str, key: str, **facts: object) -> str:
    return translator(LANGUAGES[locale]).text(key, **facts)


def yuan(minor: int, locale: str) -> str:
    return format.money(Money(minor, "CNY"), language=LANGUAGES[locale]).replace("\u2060", "")


@pytest.mark.parametrize("locale", LOCALES)
def test_all_that_is_available_is_offered_confirmed_and_in_the_wallet(shop: Shop, locale: str) -> None:
    screen = shown(shop.wallet, locale=locale)
    assert words(locale, "payout.title") in written(screen)
    press(screen, "till.payout.open")
    assert screen.text_input(key="till.payout.amount").value == "80.00"
    press(screen, "till.payout.next")
    for said in (NAME, words(locale, "payout.left"), yuan(80_00, locale), yuan(0, locale)):
        assert said in written(screen)
    assert (shop.has(), shop.in_wallet()) == (80_00, 0)  # nothing yet
    press(screen, "till.payout.send")
    assert (shop.has(), shop.in_wallet()) == (0, 80_00)
    assert words(locale, "payout.done", amount=yuan(80_00, locale), shop=NAME) in written(screen)
    (made,) = payouts.payouts(shop.counter(), Span(date(2000, 1, 1), date(2100, 1, 1)))
    assert str(made.id) in written(screen)  # its receipt
    assert made.amount == 80_00
    assert screen.button(key="till.payout.open").disabled
    ((kind, party, amount),) = [(a.kind, a.party, a.amount) for a in everything(scope_of(shop.wallet))]
    assert (kind, party, amount) == ("payout", NAME, 80_00)


def test_a_part_is_paid_out_after_going_back(shop: Shop) -> None:
    screen = press(press(shown(shop.wallet), "till.payout.open"), "till.payout.next")
    press(screen, "till.payout.back")
    assert screen.text_input(key="till.payout.amount").value == "80.00"
    screen.text_input(key="till.payout.amount").set_value("12.34")
    press(press(screen, "till.payout.next"), "till.payout.send")
    assert (shop.has(), shop.in_wallet()) == (67_66, 12_34)


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("typed", ["80.01", "0", "-1", "all", "1.005", ""])
def test_what_cannot_be_paid_out_is_said_in_words(shop: Shop, typed: str, locale: str) -> None:
    screen = press(shown(shop.wallet, locale=locale), "till.payout.open")
    screen.text_input(key="till.payout.amount").set_value(typed)
    press(screen, "till.payout.next")
    assert len(screen.error) == 1
    assert "till.payout.send" not in keys(screen)
    assert shop.has() == 80_00


@pytest.mark.parametrize("locale", LOCALES)
def test_what_customers_ask_back_is_kept_and_said(shop: Shop, locale: str) -> None:
    house.ask_back(shop.wallet.running, shop.bob, shop.paid, 30_00)
    screen = shown(shop.wallet, locale=locale)
    kept = words(locale, "payout.kept", balance=yuan(80_00, locale), reserved=yuan(30_00, locale))
    assert kept in written(screen)
    press(screen, "till.payout.open")
    assert screen.text_input(key="till.payout.amount").value == "50.00"


def test_less_than_customers_ask_back_is_said_and_nothing_is_offered(shop: Shop) -> None:
    shop.pays_out(80_00)
    house.ask_back(shop.wallet.running, shop.bob, shop.paid, 30_00)
    screen = shown(shop.wallet)
    assert words("zh-CN", "payout.kept.short", balance="¥0.00", reserved="¥30.00") in written(screen)
    assert screen.button(key="till.payout.open").disabled


def test_what_is_asked_back_while_the_dialog_is_open_is_refused_by_the_door(shop: Shop) -> None:
    screen = press(press(shown(shop.wallet), "till.payout.open"), "till.payout.next")
    house.ask_back(shop.wallet.running, shop.bob, shop.paid, 30_00)
    press(screen, "till.payout.send")
    assert "¥30.00" in screen.error[0].value
    assert (shop.has(), shop.in_wallet()) == (80_00, 0)
    press(screen, "till.payout.back")
    screen.text_input(key="till.payout.amount").set_value("50")
    press(press(screen, "till.payout.next"), "till.payout.send")
    assert (shop.has(), shop.in_wallet()) == (30_00, 50_00)


@pytest.mark.parametrize("locale", LOCALES)
def test_without_a_wallet_one_is_opened_first(alice: Wallet, locale: str) -> None:
    shop = Shop(alice, has_wallet=False)
    screen = shown(alice, locale=locale)
    assert "till.payout.open" not in keys(screen)
    assert words(locale, "payout.no_wallet", currency="CNY") in written(screen)
    press(screen, "till.payout.open_wallet")
    press(press(press(screen, "till.payout.open"), "till.payout.next"), "till.payout.send")
    assert shop.in_wallet() == 80_00


def test_while_the_wallet_is_frozen_it_says_so(shop: Shop) -> None:
    wallet.freeze(shop.wallet.database, Freeze(**by(shop.wallet.owner), reason="lost"))
    screen = shown(shop.wallet)
    assert words("zh-CN", "payout.frozen") in written(screen)
    assert screen.button(key="till.payout.open").disabled


def test_a_closed_shop_still_pays_out(shop: Shop) -> None:
    merchants.change(shop.wallet.database, ChangeMerchant(**by(shop.mine.id, shop.wallet.owner), closed=True))
    screen = press(press(press(shown(shop.wallet), "till.payout.open"), "till.payout.next"), "till.payout.send")
    assert shop.in_wallet() == 80_00
    assert "till.closed.reopen" in keys(screen)


@pytest.mark.parametrize("locale", LOCALES)
def test_above_the_threshold_the_person_confirms_and_goes_on_where_they_were(shop: Shop, locale: str) -> None:
    house.pay(shop.wallet.running, shop.bob, shop.mine, 2_000_00)
    screen = press(press(shown(shop.wallet, locale=locale), "till.payout.open"), "till.payout.next")
    press(screen, "till.payout.send")
    wanted = words(locale, "rejection.step_up_required.above_threshold", amount=yuan(2_080_00, locale))
    assert wanted in written(screen)
    assert shop.in_wallet() == 0
    asked = screen.session_state["lgc.requests"]
    shop.wallet.confirm()
    screen = shown(shop.wallet, locale=locale, resume=next(reversed(carried._held)))
    assert screen.session_state["lgc.requests"] == asked  # the same request
    press(screen, "till.payout.send")
    assert (shop.has(), shop.in_wallet()) == (0, 2_080_00)


@pytest.mark.parametrize("locale", LOCALES)
def test_the_takings_report_lists_payouts_beside_takings_that_stay(shop: Shop, locale: str) -> None:
    today = shop.counter().today
    span = Span(today, today + timedelta(days=1))
    before = taken(shop.counter(), span).total
    shop.pays_out(30_00)
    shop.pays_out(20_00)
    screen = shown(shop.wallet, TAKINGS, locale)
    assert words(locale, "payout.list.total", amount=yuan(50_00, locale)) in written(screen)
    assert taken(shop.counter(), span).total == before
    lines = list(csv.reader(io.StringIO(payout_list._csv(shop.counter(), shop.mine, span).decode("utf-8-sig"))))
    assert [line[3] for line in lines[1:]] == ["20.00", "30.00"]
    assert {line[1] for line in lines[1:]} == {NAME}


def test_a_span_without_takings_still_shows_what_was_paid_out(shop: Shop) -> None:
    shop.pays_out(30_00)
    screen = shown(shop.wallet, TAKINGS, period="2020-01")
    assert words("zh-CN", "payout.list.none") in written(screen)


@pytest.mark.parametrize("locale", LOCALES)
def test_the_wallet_says_from_which_shop_it_came(shop: Shop, locale: str) -> None:
    shop.pays_out(30_00)
    screen = shown(shop.wallet, WALLET, locale)
    (found,) = [one for one in screen.get("bidi_component") if one.key == "wallet.activity"]
    ((row,),) = [json.loads(found.proto.json)["rows"]]
    assert (row["payee"], row["category"], row["tone"]) == (NAME, words(locale, "wallet.kind.payout"), "in")
    screen.session_state["lgc.dialog"] = ("wallet.activity.detail", row["entry"])
    no_fault(screen.run())
    assert NAME in written(screen)
    assert row["amount"] == "+" + yuan(30_00, locale)


@pytest.mark.parametrize("locale", LOCALES)
def test_who_wants_to_delete_the_account_is_told_to_pay_out_first(shop: Shop, locale: str) -> None:
    merchants.change(shop.wallet.database, ChangeMerchant(**by(shop.mine.id, shop.wallet.owner), closed=True))
    screen = shown(shop.wallet, SETTINGS, locale, section="data")
    wanted = words(locale, "rejection.shop_holds", shop=NAME, amount=yuan(80_00, locale))
    assert wanted in written(screen)
    shop.pays_out(80_00)
    assert leaving.obstacles(shop.wallet.database, shop.wallet.owner)[-1] == leaving.MoneyLeft("CNY", 80_00)
