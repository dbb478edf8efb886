"""A passkey in a real browser from its making to its end, and payments that are confirmed: by passkey, by code."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pyotp
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from data import identity, second_factor, wallet
from data.assurance import AT_THE_MACHINE
from data.home import open_running
from data.merchants import Merchant
from data.running import Running
from data.sign_in import Visit
from data.wallet import DeskTopUp
from tests import wallet_house as house
from tests.e2e.conftest import GOOD, Server, chromium, fill_in, patient, serving, settle
from tests.wallet_house import by

pytestmark = pytest.mark.browser
ALICE, TOTO, SHOP = "alice", "toto", "拾光咖啡"
_SLOW: Final = 30_000  # milliseconds: seldom waited for, but a machine with much to do takes its time


class House:
    """What was there before the server started."""

    cafe: Merchant
    app: pyotp.TOTP


@pytest.fixture(scope="module")
def house_of() -> House:
    return House()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, house_of: House) -> Iterator[Server]:
    """Two members with ¥5,000 each, one of them with an authenticator app, and a merchant."""
    chromium()
    home = tmp_path_factory.mktemp("passkeys")
    running = open_running(home)
    try:
        keeper = house.person(running.database, "掌柜")
        house_of.cafe = house.shop(running, SHOP, proprietor=keeper, city="北京")
        _member(running, ALICE)
        toto = _member(running, TOTO)
        secret = second_factor.begin_totp(TOTO).secret
        house_of.app = pyotp.TOTP(secret)
        earlier = _code(house_of.app, -1)  # so that the present code and the next one are unused
        asked = (running.database, running.key, toto, secret, earlier, Visit())
        second_factor.confirm_totp(*asked, assurance=AT_THE_MACHINE)
    finally:
        running.close()
    with serving(home) as started:
        yield started


def _member(running: Running, name: str) -> Any:
    owner = identity.sign_up(running.database, name, GOOD, Visit()).owner
    house.open_for(running, owner)
    keeper = house.operator(running.database)
    wallet.desk_top_up(running.database, DeskTopUp(**by(owner, keeper), amount=5_000_00, currency="CNY"))
    return owner


def _code(app: pyotp.TOTP, steps: int) -> str:
    return app.at(int(time.time()), counter_offset=steps)


@pytest.fixture(autouse=True)
def patience() -> Iterator[None]:
    with patient(_SLOW):
        yield


class Device:
    """The virtual authenticator of a browser: a fingerprint that is always there, or not."""

    def __init__(self, context: BrowserContext, page: Page) -> None:
        self._cdp = context.new_cdp_session(page)
        self._cdp.send("WebAuthn.enable")
        options = {
            "protocol": "ctap2",
            "transport": "internal",
            "hasResidentKey": True,
            "hasUserVerification": True,
            "isUserVerified": True,
            "automaticPresenceSimulation": True,
        }
        self._id = self._cdp.send("WebAuthn.addVirtualAuthenticator", {"options": options})["authenticatorId"]

    def touched(self, *, by_itself: bool) -> None:
        """Whether somebody puts a finger on it as soon as it asks."""
        self._cdp.send("WebAuthn.setAutomaticPresenceSimulation", {"authenticatorId": self._id, "enabled": by_itself})

    def recognises(self, *, who: bool) -> None:
        """Whether it is the right finger."""
        self._cdp.send("WebAuthn.setUserVerified", {"authenticatorId": self._id, "isUserVerified": who})

    @property
    def keys(self) -> list[dict[str, Any]]:
        found = self._cdp.send("WebAuthn.getCredentials", {"authenticatorId": self._id})["credentials"]
        return list(found)


def _sign_out(page: Page) -> None:
    page.locator("form[action='/signout'] button").click()
    expect(page).to_have_url(re.compile("/signin"))


def _pay(page: Page, cafe: Merchant, amount: str) -> None:
    page.goto(f"/pay?m={cafe.id}")
    expect(page.get_by_role("heading", name=SHOP)).to_be_visible()
    settle(page)
    page.get_by_label(re.compile("^付款金额")).fill(amount)
    page.get_by_label("备注").fill("新咖啡机")
    button = page.get_by_role("button", name=f"确认付款 ¥{int(amount):,}.00")
    expect(button).to_be_enabled()
    settle(page)
    button.click()


def _makes_a_key(page: Page, device: Device) -> None:
    """After the password, which confirms while there is nothing else; a wrong one is refused."""
    page.get_by_role("link", name="添加通行密钥").click()
    expect(page.get_by_role("heading", name="确认是你本人")).to_be_visible()
    page.locator("#password").fill("wrong, wrong, wrong")
    page.get_by_role("button", name="确认", exact=True).click()
    expect(page.get_by_role("alert").filter(has_text="不对")).to_be_visible()
    page.locator("#password").fill(GOOD)
    page.get_by_role("button", name="确认", exact=True).click()
    expect(page.get_by_role("heading", name="添加通行密钥")).to_be_visible()
    device.touched(by_itself=True)
    page.get_by_label("名称").fill("我的手机")
    page.get_by_role("button", name="创建通行密钥").click()
    expect(page.locator("pre.codes")).to_contain_text("-")
    page.get_by_role("link", name="我已保存").click()
    settle(page)
    expect(page.get_by_text("我的手机")).to_be_visible()
    assert len(device.keys) == 1


def _signs_in(page: Page, device: Device) -> None:
    """By the right finger; a wrong one gets nowhere."""
    device.recognises(who=False)
    device.touched(by_itself=True)
    page.get_by_role("button", name="用通行密钥登录").click()
    expect(page.get_by_role("alert").filter(has_text="设备没有回应")).to_be_visible()
    device.recognises(who=True)
    page.get_by_role("button", name="用通行密钥登录").click()
    expect(page).to_have_title("总览")
    settle(page)


def _confirms_a_payment(page: Page, cafe: Merchant) -> None:
    """It is done once, when the person comes back, and a reload tells it again."""
    _pay(page, cafe, "1500")
    expect(page.get_by_text("¥1,500.00 超过了你设的付款确认金额")).to_be_visible()
    page.get_by_role("button", name="用通行密钥确认").click()
    expect(page.get_by_text("付款成功")).to_be_visible()
    settle(page)
    expect(page.get_by_text("新咖啡机")).to_be_visible()
    expect(page.get_by_text("¥3,500.00")).to_be_visible()
    page.reload()
    settle(page)
    expect(page.get_by_text("¥3,500.00")).to_be_visible()


def _removes_it(page: Page) -> None:
    page.goto("/settings?section=security")
    settle(page)
    page.get_by_role("button", name="移除", exact=True).click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("当前密码").fill(GOOD)
    dialog.get_by_role("button", name="移除", exact=True).click()
    expect(page.get_by_test_id("stToast").filter(has_text="已移除")).to_be_visible()


def test_a_passkey_is_made_signs_in_confirms_a_payment_and_is_removed(
    page: Page, context: BrowserContext, server: Server, house_of: House
) -> None:
    page.set_default_timeout(_SLOW)
    device = Device(context, page)
    device.touched(by_itself=False)  # the sign-in page asks for a finger by itself; nobody is there yet
    page.goto("/settings?section=security")
    fill_in(page, ALICE)
    settle(page)
    _makes_a_key(page, device)
    device.touched(by_itself=False)
    _sign_out(page)
    _signs_in(page, device)
    _confirms_a_payment(page, house_of.cafe)
    _removes_it(page)
    device.touched(by_itself=False)
    _sign_out(page)
    device.touched(by_itself=True)
    page.get_by_role("button", name="用通行密钥登录").click()
    expect(page.get_by_text("通行密钥未被接受")).to_be_visible()
    fill_in(page, ALICE)  # the password alone opens it again
    expect(page).to_have_title("总览")


def test_a_payment_above_the_threshold_is_confirmed_with_a_code_and_done_once(
    browser: Browser, server: Server, house_of: House, tmp_path: Path
) -> None:
    context = browser.new_context(base_url=server.base, locale="zh-CN", viewport={"width": 390, "height": 844})
    page = context.new_page()
    page.set_default_timeout(_SLOW)
    page.goto("/")
    fill_in(page, TOTO)
    page.locator("#code").fill(_code(house_of.app, 0))
    page.locator("button.go").click()
    expect(page).to_have_title("总览")
    _pay(page, house_of.cafe, "1200")
    expect(page.get_by_role("heading", name="确认是你本人")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.get_by_role("link", name="不确认，返回").click()
    settle(page)
    expect(page.get_by_text("付款成功")).to_have_count(0)
    expect(page.get_by_label(re.compile("^付款金额"))).to_have_value("1200")
    expect(page.get_by_label("备注")).to_have_value("新咖啡机")
    page.get_by_role("button", name="确认付款 ¥1,200.00").click()
    expect(page.get_by_role("heading", name="确认是你本人")).to_be_visible()
    page.locator("#code").fill("000000")
    page.locator("button.go").click()
    expect(page.get_by_role("alert")).to_be_visible()
    page.locator("#code").fill(_code(house_of.app, 1))
    page.locator("button.go").click()
    expect(page.get_by_text("付款成功")).to_be_visible()
    settle(page)
    expect(page.get_by_text("¥3,800.00")).to_be_visible()
    context.close()
