"""What a customer pays in one browser its merchant pays out in another, and finds in the wallet and the report."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from data import identity, wallet
from data.home import open_running
from data.sign_in import Visit
from data.wallet import DeskTopUp
from tests import wallet_house as house
from tests.e2e.conftest import GOOD, Server, chromium, entered, patient, serving, settle
from tests.wallet_house import by

pytestmark = pytest.mark.browser
MERCHANT, MEMBER, SHOP = "阿满", "小红", "林记面馆"
_SLOW = 20_000  # milliseconds: two browsers and a server on a machine with much to do


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A house with a merchant who has no wallet yet, and a member with ¥200.00."""
    chromium()
    home = tmp_path_factory.mktemp("payout")
    running = open_running(home)
    try:
        operator = identity.sign_up(running.database, "掌柜", house.PASSWORD, Visit()).owner
        keeper, member = (identity.sign_up(running.database, one, GOOD, Visit()).owner for one in (MERCHANT, MEMBER))
        house.shop(running, SHOP, proprietor=keeper)
        house.open_for(running, member)
        cash = DeskTopUp(**by(member, operator), amount=200_00, currency="CNY")
        wallet.desk_top_up(running.database, cash)
    finally:
        running.close()
    with serving(home) as started:
        yield started


@pytest.fixture(autouse=True)
def patience() -> Iterator[None]:
    with patient(_SLOW):
        yield


def press(page: Page, name: str) -> None:
    button = page.get_by_role("button", name=name, exact=True)
    expect(button).to_be_enabled()
    button.click()
    settle(page)


def pays(member: Page, amount: str) -> None:
    member.get_by_role("combobox", name="搜索商户").click()
    member.get_by_role("option").filter(has_text=SHOP).click()
    expect(member.get_by_role("heading", name=SHOP)).to_be_visible()
    settle(member)
    member.get_by_label(re.compile("^付款金额")).fill(amount)
    press(member, f"确认付款 ¥{amount}.00")
    expect(member.get_by_text("付款成功")).to_be_visible()


def test_takings_are_paid_out_once_and_are_in_the_wallet(browser: Browser, server: Server) -> None:
    wrong: list[str] = []
    member, keeper = (
        entered(browser, server, screen, name, _SLOW) for screen, name in (("/pay", MEMBER), ("/till", MERCHANT))
    )
    for page in (member, keeper):
        page.on("pageerror", lambda error: wrong.append(str(error)))
    pays(member, "80")

    keeper.reload()
    settle(keeper)
    press(keeper, "开通 CNY 钱包")
    press(keeper, "转到我的钱包")
    keeper.get_by_label("金额（¥）").fill("60")
    press(keeper, "下一步")
    expect(keeper.get_by_text("转出后商户余额")).to_be_visible()
    send = keeper.get_by_role("button", name="确认转出 ¥60.00", exact=True)
    expect(send).to_be_enabled()
    send.dblclick()
    expect(keeper.get_by_text("转出编号")).to_be_visible()
    settle(keeper)
    press(keeper, "到钱包查看")

    expect(keeper.get_by_role("heading", level=1, name="钱包与银行卡")).to_be_visible()
    settle(keeper)
    available = keeper.get_by_test_id("stMetric").filter(has_text=re.compile("^可用余额"))
    expect(available.get_by_test_id("stMetricValue")).to_have_text("¥60.00")
    expect(keeper.get_by_text("+¥60.00")).to_have_count(1)
    expect(keeper.get_by_text(SHOP).first).to_be_visible()

    keeper.goto("/takings")
    settle(keeper)
    expect(keeper.get_by_text("共转出 ¥60.00")).to_be_visible()
    net = keeper.get_by_test_id("stMetric").filter(has_text=re.compile("^净收款"))
    expect(net.get_by_test_id("stMetricValue")).to_have_text("¥80.00")
    keeper.goto("/till")
    settle(keeper)
    expect(keeper.get_by_role("heading", name="¥20.00")).to_be_visible()
    assert wrong == []
    for page in (member, keeper):
        page.context.close()
