"""The wallet in a real browser: opened, filled, paid from once with a coupon and points, part of it given back.

Two people at two machines: a member on a desk, and a merchant who holds up a code and answers the refund.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
from playwright.sync_api import Browser, Locator, Page, Position, expect

from data import identity
from data.home import open_running
from data.merchants import CouponKind
from data.sign_in import Visit
from tests import wallet_house as house
from tests.e2e.conftest import GOOD, Server, chromium, entered, fill_in, patient, serving, settle

pytestmark = pytest.mark.browser
MERCHANT, MEMBER, SHOP = "阿满", "小红", "拾光咖啡"
_FIRST_CELL: Final[Position] = {"x": 60, "y": 50}  # pixels into the table in which limits are typed
_RECEIPT: Final = {
    "实付": "¥53.60",
    "原价": "¥60.00",
    "付款方式": "钱包余额",
    "获得": "53 积分",
    "付款后余额": "¥106.40",
}
_SLOW = 20_000  # milliseconds: the money moves at once, a machine with much to do shows it when it can


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A house with one merchant and its two coupons; the member is not here yet."""
    chromium()
    home = tmp_path_factory.mktemp("journey")
    running = open_running(home)
    try:
        identity.sign_up(running.database, "掌柜", house.PASSWORD, Visit())
        merchant = identity.sign_up(running.database, MERCHANT, GOOD, Visit()).owner
        cafe = house.shop(running, SHOP, proprietor=merchant, city="北京", contact="010-6000 0000")
        house.coupon(
            running, cafe, "CAFE5", "满 30 减 5", kind=CouponKind.OFF_OVER, off_minor=5_00, min_spend_minor=30_00
        )
        house.coupon(running, cafe, "TENTH", "九折券", kind=CouponKind.PERCENT, off_bp=1_000, cap_minor=20_00)
    finally:
        running.close()
    with serving(home) as started:
        yield started


@pytest.fixture(autouse=True)
def patience() -> Iterator[None]:
    """Two browsers and a server on two cores: whatever is waited for may take long, and is seldom waited for long."""
    with patient(_SLOW):
        yield


@pytest.fixture
def counter(browser: Browser, server: Server) -> Iterator[Page]:
    """The merchant's browser, at the till."""
    page = entered(browser, server, "/till", MERCHANT, _SLOW)
    yield page
    page.context.close()


@pytest.fixture
def member(page: Page) -> Page:
    """The member's browser, a minute after signing up."""
    page.set_default_timeout(_SLOW)
    page.goto("/signup")
    fill_in(page, MEMBER)
    expect(page).to_have_title("总览")
    settle(page)
    return page


def _open(page: Page, screen: str) -> None:
    page.get_by_test_id("stSidebarNav").get_by_role("link", name=screen, exact=True).click()
    expect(page.get_by_role("heading", level=1, name=screen)).to_be_visible()
    settle(page)


def _press(page: Page, name: str) -> None:
    button = page.get_by_role("button", name=name, exact=True)
    expect(button).to_be_enabled()
    button.click()


def _told(page: Page, said: str) -> None:
    """A passing message."""
    expect(page.get_by_test_id("stToast").filter(has_text=said)).to_be_visible()
    settle(page)


def _figure(page: Page, label: str) -> Locator:
    metric = page.get_by_test_id("stMetric").filter(has_text=re.compile(f"^{label}"))
    return metric.get_by_test_id("stMetricValue")


def _line(page: Page, label: str) -> Locator:
    """The amount at the end of a line of the bill or the receipt."""
    return page.get_by_role("listitem").filter(has_text=re.compile(f"^{label}")).locator("span").last


def _fill_the_wallet(page: Page) -> None:
    _open(page, "钱包与银行卡")
    _press(page, "开通")
    _told(page, "CNY 钱包已开通")
    _press(page, "添加")
    _press(page, "确认是我本人")
    page.locator("#password").fill(GOOD)
    page.locator("button.go").click()
    expect(page.get_by_role("heading", level=1, name="钱包与银行卡")).to_be_visible()
    expect(page.get_by_label("卡号", exact=True)).to_be_visible()
    settle(page)
    page.get_by_label("卡号", exact=True).fill(house.GOOD)
    page.get_by_label("有效期（月/年）").fill("12/49")
    _press(page, "绑定")
    _told(page, "已绑定")
    _press(page, "充值")
    page.get_by_label("金额（¥）").fill("200")
    _press(page, "确认充值")
    _told(page, "充值 ¥200.00")
    expect(_figure(page, "可用余额")).to_have_text("¥200.00")


def _limit_dining(page: Page, amount: str) -> None:
    """Type a limit into the table, which is drawn on a canvas: from its first row the keys lead to the cell."""
    _open(page, "预算")
    grid = page.get_by_test_id("stDataFrame").first
    row = grid.locator("tr[aria-rowindex]").filter(has_text="餐饮").get_attribute("aria-rowindex")
    grid.click(position=_FIRST_CELL)
    for key in ["ArrowDown"] * (int(row or 0) - 2) + ["ArrowRight", "Enter"]:  # the header is row 1
        page.keyboard.press(key)
    page.locator("#portal").get_by_role("textbox").fill(amount)
    page.keyboard.press("Enter")
    expect(page.locator("#portal").get_by_role("textbox")).to_have_count(0)
    settle(page)
    _press(page, "保存")
    _told(page, "已更新 1 项预算")


def _pay_from_the_list(page: Page, amount: str) -> None:
    """A first payment, which earns the points for the second."""
    _open(page, "付款")
    page.get_by_role("combobox", name="搜索商户").click()
    page.get_by_role("option").filter(has_text=SHOP).click()
    expect(page.get_by_role("heading", name=SHOP)).to_be_visible()
    settle(page)
    page.get_by_label(re.compile("^付款金额")).fill(amount)
    _press(page, f"确认付款 ¥{amount}.00")
    expect(page.get_by_text("付款成功")).to_be_visible()
    settle(page)
    expect(_line(page, "获得")).to_have_text(f"{amount} 积分")


def _take_coupons(page: Page) -> None:
    _open(page, "积分与优惠券")
    page.get_by_text("优惠券", exact=True).click()
    take = page.get_by_role("button", name="领取", exact=True)
    expect(take).to_have_count(2)
    settle(page)
    for left in (1, 0):
        take.first.click()
        expect(take).to_have_count(left)
        settle(page)


def _show_a_code(counter: Page, amount: str) -> bytes:
    """The picture of a code for this amount, as it stands on the merchant's screen."""
    counter.get_by_text("按金额收款", exact=True).click()
    counter.get_by_label(re.compile("^金额")).fill(amount)
    counter.get_by_label(re.compile("^备注")).fill("3 号桌")
    _press(counter, "生成收款码")
    code = counter.get_by_alt_text(f"{SHOP} 的收款码，¥{amount}.00")
    expect(code).to_be_visible()
    settle(counter)
    return base64.b64decode((code.get_attribute("src") or "").partition(",")[2])


def _pay_the_code(page: Page, picture: Path) -> None:
    """The code of ¥60.00 in a picture: the better coupon is ticked, points are added, the button is pressed twice."""
    _open(page, "付款")
    page.get_by_text("图片", exact=True).click()
    page.locator("input[type=file]").set_input_files(picture)
    expect(page.get_by_role("heading", name=SHOP)).to_be_visible()
    settle(page)
    expect(page.get_by_role("checkbox", name="九折券")).to_be_checked()  # saves ¥6.00, the other one ¥5.00
    expect(page.get_by_role("checkbox", name="满 30 减 5")).not_to_be_checked()
    page.get_by_text("用 40 积分抵 ¥0.40").click()
    expect(_line(page, "40 积分抵扣")).to_have_text("−¥0.40")
    expect(page.get_by_text("付了这笔，餐饮预算会超支 ¥3.60。")).to_be_visible()
    confirm = page.get_by_role("button", name="确认付款 ¥53.60")
    expect(confirm).to_be_enabled()
    settle(page)
    confirm.dblclick()
    _sees_the_receipt(page)


def _sees_the_receipt(page: Page) -> None:
    """The receipt of the payment of ¥60.00: it says the same whenever it is looked at."""
    expect(page.get_by_text("付款成功")).to_be_visible()
    settle(page)
    for label, value in _RECEIPT.items():
        expect(_line(page, label)).to_have_text(value)


def _sees_spending(page: Page, spent: str) -> None:
    """The month on the overview, and the one category in which all of it is."""
    _open(page, "总览")
    expect(_figure(page, "支出")).to_have_text(spent)
    _open(page, "分类")
    expect(page.get_by_text(spent).first).to_be_visible()


def _ask_back(page: Page, amount: str) -> None:
    page.get_by_role("link", name="申请退款").click()
    expect(page.get_by_role("heading", level=1, name=SHOP)).to_be_visible()
    settle(page)
    page.get_by_text("一部分", exact=True).click()
    page.get_by_role("textbox", name="退款金额（¥）").fill(amount)
    page.get_by_role("combobox", name="原因").click()
    page.get_by_role("option", name="有损坏或质量问题").click()
    settle(page)
    _press(page, "提交申请")
    _told(page, f"已向{SHOP}申请退款 ¥{amount}.00")
    expect(page.get_by_text("等待商户答复")).to_be_visible()


def _agree(counter: Page, amount: str) -> None:
    _open(counter, "退款申请")
    _press(counter, "同意退款")
    _press(counter, "同意并退款")
    _told(counter, f"已退给 {MEMBER} ¥{amount}.00")
    expect(counter.get_by_text("没有等待答复的申请。")).to_be_visible()


def test_a_wallet_is_filled_pays_once_with_coupon_and_points_and_has_part_of_it_back(
    member: Page, counter: Page, tmp_path: Path
) -> None:
    wrong: list[str] = []
    for page in (member, counter):
        page.on("pageerror", lambda error: wrong.append(str(error)))
    _fill_the_wallet(member)
    _limit_dining(member, "90")
    _pay_from_the_list(member, "40")
    _take_coupons(member)

    picture = tmp_path / "code.png"
    picture.write_bytes(_show_a_code(counter, "60"))
    _pay_the_code(member, picture)
    receipt, number = member.url, _line(member, "付款单号").inner_text()
    expect(counter.get_by_text(f"{MEMBER} 已付清 ¥60.00")).to_be_visible()

    _sees_spending(member, "¥93.60")
    _open(member, "预算")
    expect(member.get_by_text("餐饮超支 ¥3.60").first).to_be_visible()

    member.goto(receipt)
    _sees_the_receipt(member)
    assert _line(member, "付款单号").inner_text() == number
    _ask_back(member, "30")
    asked = member.url
    _agree(counter, "30")
    member.goto(asked)
    expect(member.get_by_text("¥26.80 已退到钱包余额")).to_be_visible()
    expect(member.get_by_text("20 积分已退回")).to_be_visible()
    settle(member)

    _sees_spending(member, "¥66.80")
    _open(member, "预算")
    expect(member.get_by_text("¥66.80 / ¥90.00").first).to_be_visible()
    expect(member.get_by_text("餐饮超支")).to_have_count(0)
    _open(member, "钱包与银行卡")
    expect(_figure(member, "可用余额")).to_have_text("¥133.20")
    member.goto(receipt)
    _sees_the_receipt(member)
    assert wrong == []
