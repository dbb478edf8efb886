"""The till: a merchant is opened, codes are shown and paid, today stands as analytics says."""

from __future__ import annotations

import base64
import dataclasses
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID
from xml.etree import ElementTree as ET

import pytest
from streamlit.testing.v1 import AppTest

from analytics.takings import Counter
from analytics.till import today
from data import merchants
from data.codes import pictures
from data.ids import OwnerId, new_id
from data.ledger.wallet.refusals import CardDeclined, MerchantClosed, PayCodeExpired
from data.merchants import MakePayCode, Merchant
from pages.ui.screens.till.picture import poster, wrapped
from tests.pages.house import LOCALES, figures, no_fault, said
from tests.pages.signed_in import Wallet, open_wallet
from tests.wallet_house import DECLINED, SILENT, ask_back, by, card, fill_wallet, pay, person, shop

PAGE = "pages/till.py"
HOME = "https://wallet.example.org/till"
SCREEN = "https://wallet.example.org"


@pytest.fixture
def wallet(tmp_path: Path) -> Iterator[Wallet]:
    with open_wallet(tmp_path) as opened:
        yield opened


@dataclasses.dataclass(frozen=True)
class Counted:
    """Alice with her shop, and a customer with money."""

    wallet: Wallet
    shop: Merchant
    bob: OwnerId

    def pays(self, amount: int, **more: Any) -> dict[str, Any]:
        return pay(self.wallet.running, self.bob, self.shop, amount, **more)


@pytest.fixture
def alice(wallet: Wallet) -> Counted:
    bob = person(wallet.database, "bob")
    fill_wallet(wallet.running, bob)
    mine = shop(wallet.running, "拾光 *咖啡*", proprietor=wallet.owner, city="北京", contact="010-6000 0000")
    return Counted(wallet, mine, bob)


def shown(wallet: Wallet, locale: str = "zh-CN", **params: str) -> AppTest:
    screen = wallet.screen(PAGE, locale)
    screen.context = {"locale": locale, "url": HOME}
    for name, value in params.items():
        screen.query_params[name] = value
    return no_fault(screen.run())


def code_on(screen: AppTest) -> str | None:
    """What a phone reads off the screen."""
    drawn = [
        found[1]
        for one in screen.get("html")
        if (found := re.search(r'src="data:image/png;base64,([^"]+)"', one.proto.body))
    ]
    return pictures.decode(base64.b64decode(drawn[0]))[0] if drawn else None


def texts(screen: AppTest) -> str:
    parts = [*screen.success, *screen.warning, *screen.error, *screen.info, *screen.caption, *screen.header]
    return "\n".join(f"{getattr(one.proto, 'title', '')} {one.value}" for one in parts)


def press(screen: AppTest, key: str) -> AppTest:
    return no_fault(screen.button(key=key).click().run())


# Opening


@pytest.mark.parametrize("locale", LOCALES)
def test_who_runs_no_merchant_is_offered_to_open_one(wallet: Wallet, locale: str) -> None:
    screen = shown(wallet, locale)
    assert [one for one in screen.button if one.key == "till.open.send"]
    assert not screen.metric


def test_a_merchant_is_opened_with_what_was_typed(wallet: Wallet) -> None:
    screen = shown(wallet)
    screen.selectbox(key="till.open.trade").set_value("5462").run()
    assert screen.selectbox(key="till.open.category").value == "bakery"
    for field, value in {"name": " 街角面包 ", "city": "上海", "address": "弄堂 1 号", "contact": "021-1"}.items():
        screen.text_input(key=f"till.open.{field}").set_value(value)
    press(screen, "till.open.send")
    (mine,) = merchants.mine(wallet.database, wallet.owner)
    assert (mine.name, mine.mcc, mine.category, mine.currency) == ("街角面包", "5462", "bakery", "CNY")
    assert (mine.city, mine.address, mine.contact) == ("上海", "弄堂 1 号", "021-1")
    assert code_on(screen) == merchants.static_code(mine)
    assert "街角面包" in screen.toast[0].value


def test_a_code_outside_the_list_is_typed_and_the_category_stays_the_persons(wallet: Wallet) -> None:
    screen = shown(wallet)
    screen.selectbox(key="till.open.trade").set_value("other").run()
    screen.text_input(key="till.open.code").set_value("5422").run()
    assert screen.selectbox(key="till.open.category").value == "fresh_food"
    screen.selectbox(key="till.open.category").set_value("groceries")
    screen.text_input(key="till.open.name").set_value("肉铺")
    press(screen, "till.open.send")
    (mine,) = merchants.mine(wallet.database, wallet.owner)
    assert (mine.mcc, mine.category) == ("5422", "groceries")


@pytest.mark.parametrize("locale", LOCALES)
def test_what_is_missing_is_said_and_nothing_is_opened(wallet: Wallet, locale: str) -> None:
    screen = shown(wallet, locale)
    screen.selectbox(key="till.open.trade").set_value("5462").run()
    assert press(screen, "till.open.send").error
    screen.text_input(key="till.open.name").set_value("无行业")
    screen.selectbox(key="till.open.trade").set_value(None).run()
    assert press(screen, "till.open.send").error
    assert merchants.mine(wallet.database, wallet.owner) == ()


# The code on the wall


@pytest.mark.parametrize("locale", LOCALES)
def test_the_standing_code_is_read_as_this_merchant_without_an_amount(alice: Counted, locale: str) -> None:
    payload = code_on(shown(alice.wallet, locale))
    assert payload is not None
    target = merchants.target_of(alice.wallet.database, payload)
    assert (target.merchant.id, target.amount) == (alice.shop.id, None)


def test_the_tap_link_leads_to_this_wallet_and_means_the_same(alice: Counted) -> None:
    link = shown(alice.wallet).code[0].value
    assert link.startswith(f"{SCREEN}/pay?c=")
    assert parse_qs(urlsplit(link).query)["c"] == [merchants.static_code(alice.shop)]
    assert merchants.target_of(alice.wallet.database, link).merchant.id == alice.shop.id


def test_a_link_that_only_works_here_says_so(alice: Counted) -> None:
    assert not shown(alice.wallet).warning
    screen = alice.wallet.screen(PAGE)
    screen.context = {"locale": "zh-CN", "url": "http://localhost:8501/sub/till?code=x"}
    no_fault(screen.run())
    assert screen.code[0].value.startswith("http://localhost:8501/sub/pay?c=")
    assert screen.warning


@pytest.mark.parametrize("name", ["拾光", "A & B <Tea>\x07", "很长的名字" * 12, "x"])
def test_the_poster_is_a_picture_with_the_name_whatever_it_is(name: str) -> None:
    drawn = poster(name, "payload", ("扫码付款", "小金卡"))
    written = "".join(ET.fromstring(drawn).itertext())  # noqa: S314 - our own file
    assert "".join(letter for letter in name if letter.isprintable()) in written
    assert "扫码付款" in written
    assert "".join(wrapped(name)) == name


# A code for an amount


def asking(alice: Counted, amount: str, note: str = "", locale: str = "zh-CN") -> AppTest:
    screen = shown(alice.wallet, locale)
    no_fault(screen.button_group(key="till.which").set_value("amount").run())
    screen.text_input(key="till.ask.amount").set_value(amount)
    screen.text_input(key="till.ask.note").set_value(note)
    return press(screen, "till.ask.send")


def pay_code_of(screen: AppTest) -> UUID:
    code = screen.query_params["code"]
    return UUID(code if isinstance(code, str) else code[0])


def test_an_amount_becomes_a_code_that_asks_for_it_once(alice: Counted) -> None:
    screen = asking(alice, "¥1,038.5", "3 号桌")
    payload = code_on(screen)
    assert payload is not None
    target = merchants.target_of(alice.wallet.database, payload)
    assert (target.merchant.id, target.amount, target.note) == (alice.shop.id, 1_038_50, "3 号桌")
    assert target.pay_code == pay_code_of(screen)
    assert said(1_038_50) in texts(screen)


@pytest.mark.parametrize("typed", ["", "a lot", "0", "-5", "1.005"])
@pytest.mark.parametrize("locale", LOCALES)
def test_what_is_no_amount_is_refused_in_words(alice: Counted, locale: str, typed: str) -> None:
    screen = asking(alice, typed, locale=locale)
    assert screen.error
    assert "code" not in screen.query_params


def test_a_reload_finds_the_code_again(alice: Counted) -> None:
    screen = asking(alice, "38.5")
    again = shown(alice.wallet, code=str(pay_code_of(screen)))
    assert code_on(again) == code_on(screen)


@pytest.mark.parametrize("locale", LOCALES)
def test_a_paid_code_says_how_much_and_by_whom_and_makes_room(alice: Counted, locale: str) -> None:
    screen = asking(alice, "38.5", locale=locale)
    alice.pays(38_50, pay_code=pay_code_of(screen))
    no_fault(screen.run())
    assert "bob" in screen.success[0].value
    assert said(38_50) in screen.success[0].value
    assert code_on(screen) is None
    press(screen, "till.ask.next")
    assert "code" not in screen.query_params
    assert screen.text_input(key="till.ask.amount")


@pytest.mark.parametrize("locale", LOCALES)
def test_an_expired_code_is_taken_off_and_can_be_made_anew(alice: Counted, locale: str) -> None:
    late = alice.wallet.database.clock() - timedelta(minutes=6)
    old = MakePayCode(
        **by(alice.shop.id, alice.wallet.owner),
        code=new_id(),
        amount=9_90,
        currency="CNY",
        expires_at=late + timedelta(minutes=5),
        note="外带",
        at=late,
    )
    alice.wallet.database.transact(old).or_raise()
    screen = shown(alice.wallet, locale, code=str(old.code))
    assert code_on(screen) is None
    assert screen.warning
    press(screen, "till.ask.again")
    payload = code_on(screen)
    assert payload is not None
    fresh = merchants.target_of(alice.wallet.database, payload)
    assert (fresh.amount, fresh.note) == (9_90, "外带")
    assert fresh.pay_code != old.code
    with pytest.raises(PayCodeExpired):
        alice.pays(9_90, pay_code=old.code)


@pytest.mark.parametrize("locale", LOCALES)
def test_while_a_bank_is_silent_nobody_is_asked_to_pay_again(alice: Counted, locale: str) -> None:
    screen = asking(alice, "38.5", locale=locale)
    alice.pays(38_50, pay_code=pay_code_of(screen), card=card(alice.wallet.running, alice.bob, SILENT))
    screen = shown(alice.wallet, locale, code=str(pay_code_of(screen)))
    assert code_on(screen) is None
    assert "bob" in screen.info[0].value


def test_a_declined_try_is_told_and_the_code_stays(alice: Counted) -> None:
    screen = asking(alice, "38.5")
    with pytest.raises(CardDeclined):
        alice.pays(38_50, pay_code=pay_code_of(screen), card=card(alice.wallet.running, alice.bob, DECLINED))
    screen = shown(alice.wallet, code=str(pay_code_of(screen)))
    assert code_on(screen) is not None
    assert screen.warning


@pytest.mark.parametrize("code", ["nonsense", "01a21a64-7c83-7675-abaa-c101539ab8ac", ""])
def test_an_address_with_a_code_of_nobody_shows_the_till(alice: Counted, code: str) -> None:
    assert code_on(shown(alice.wallet, code=code)) == merchants.static_code(alice.shop)


# Today


@pytest.mark.parametrize("locale", LOCALES)
def test_today_stands_as_analytics_says(alice: Counted, locale: str) -> None:
    alice.pays(35_00)
    paid = alice.pays(20_00, note="<b>*hi*</b> $1$")
    ask_back(alice.wallet.running, alice.bob, paid, 5_00, "damaged")
    database = alice.wallet.database
    now = database.clock()
    counter = Counter(database, alice.shop.id, "CNY", "Asia/Shanghai", (now + timedelta(hours=8)).date())
    one = today(counter, now).so_far
    assert (one.net, one.payments) == (55_00, 2)
    shown_now = figures(shown(alice.wallet, locale))
    assert shown_now == [said(55_00, locale=locale), "2", said(55_00, locale=locale), said(0, locale=locale)]


@pytest.mark.parametrize("locale", LOCALES)
def test_a_row_opens_in_full(alice: Counted, locale: str) -> None:
    paid = alice.pays(20_00, note="<i>3</i>")
    screen = shown(alice.wallet, locale)
    screen.session_state["lgc.dialog"] = ("till.movement", paid["payment"])
    no_fault(screen.run())
    (told,) = [one.proto.body for one in screen.get("html") if paid["payment"] in one.proto.body]
    assert "bob" in told
    assert "&lt;i&gt;3&lt;/i&gt;" in told
    screen.session_state["lgc.dialog"] = ("till.movement", "gone")
    no_fault(screen.run())
    assert screen.session_state["lgc.dialog"] is None


# Details, closing, several merchants


def opened(alice: Counted, dialog: str, locale: str = "zh-CN") -> AppTest:
    screen = shown(alice.wallet, locale)
    press(screen, "till.details.open")
    if dialog != "details":
        press(screen, f"till.{dialog}")
    return screen


@pytest.mark.parametrize("locale", LOCALES)
def test_details_are_changed_and_kept(alice: Counted, locale: str) -> None:
    screen = opened(alice, "details", locale)
    key = f"till.details.{alice.shop.id}"
    screen.selectbox(key=f"{key}.trade").set_value("5411")
    assert no_fault(screen.run()).selectbox(key=f"{key}.category").value == "groceries"
    screen.text_input(key=f"{key}.name").set_value("新名字")
    screen.selectbox(key=f"{key}.category").set_value("coffee")
    screen.text_input(key=f"{key}.contact").set_value("")
    press(screen, "till.details.save")
    now = merchants.merchant(alice.wallet.database, alice.shop.id)
    assert (now.name, now.mcc, now.category, now.contact, now.city) == ("新名字", "5411", "coffee", "", "北京")
    assert "新名字" in [one.value for one in screen.subheader]


def test_a_name_cannot_be_taken_away(alice: Counted) -> None:
    screen = opened(alice, "details")
    screen.text_input(key=f"till.details.{alice.shop.id}.name").set_value("  ")
    assert press(screen, "till.details.save").error
    assert merchants.merchant(alice.wallet.database, alice.shop.id).name == alice.shop.name


@pytest.mark.parametrize("locale", LOCALES)
def test_closing_asks_first_and_takes_the_codes_away(alice: Counted, locale: str) -> None:
    screen = opened(alice, "close", locale)
    assert not merchants.merchant(alice.wallet.database, alice.shop.id).closed
    press(screen, "till.close.confirm")
    assert merchants.merchant(alice.wallet.database, alice.shop.id).closed
    assert code_on(screen) is None
    with pytest.raises(MerchantClosed):
        alice.pays(1_00)
    press(screen, "till.closed.reopen")
    assert code_on(screen) == merchants.static_code(alice.shop)
    alice.pays(1_00)


def test_closing_can_be_thought_better_of(alice: Counted) -> None:
    press(opened(alice, "close"), "till.close.cancel")
    assert not merchants.merchant(alice.wallet.database, alice.shop.id).closed


def test_one_more_merchant_is_opened_and_looked_at(alice: Counted) -> None:
    screen = opened(alice, "another.open")
    screen.selectbox(key="till.open.trade").set_value("5942").run()
    screen.text_input(key="till.open.name").set_value("书店")
    press(screen, "till.open.send")
    second = merchants.mine(alice.wallet.database, alice.wallet.owner)[1]
    assert second.name == "书店"
    assert screen.selectbox(key="merchant.choice").value == second.id
    assert code_on(screen) == merchants.static_code(second)
    screen.selectbox(key="merchant.choice").set_value(alice.shop.id).run()
    assert code_on(no_fault(screen)) == merchants.static_code(alice.shop)
    assert code_on(no_fault(screen.run())) == merchants.static_code(alice.shop)


def test_an_address_names_ones_own_merchant_only(alice: Counted) -> None:
    second = shop(alice.wallet.running, "二店", proprietor=alice.wallet.owner)
    theirs = shop(alice.wallet.running, "别人的", proprietor=alice.bob)
    assert code_on(shown(alice.wallet, merchant=str(second.id))) == merchants.static_code(second)
    for stranger in (str(theirs.id), "nonsense"):
        assert code_on(shown(alice.wallet, merchant=stranger)) == merchants.static_code(alice.shop)


def test_a_code_of_somebody_elses_merchant_is_not_shown(alice: Counted) -> None:
    theirs = shop(alice.wallet.running, "别人的", proprietor=alice.bob)
    payload = merchants.dynamic_code(alice.wallet.database, theirs, alice.bob, "r", 5_00)
    code = merchants.target_of(alice.wallet.database, payload).pay_code
    assert code_on(shown(alice.wallet, code=str(code))) == merchants.static_code(alice.shop)
