"""What a hostile file and hostile names do in a real browser: nothing. They are looked for on every screen, as text.

A dialog, an element of theirs, a request to elsewhere, or a word of the content policy that it had to stop something,
each would fail the test: the policy is the second wall, not the first.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Dialog, Page, expect

from data import identity
from data.home import open_running
from data.merchants import Merchant
from data.sign_in import Visit
from tests import wallet_house as house
from tests.data.importers.builders import AlipayRow, WechatRow, alipay_app_csv, wechat_xlsx
from tests.e2e.conftest import GOOD, Server, chromium, fill_in, serving, settle

pytestmark = pytest.mark.browser
ATTACKS: Final = (
    '<img src=x onerror="window.hurt=1">',
    "<script>window.hurt=1</script>",
    '<a href="https://evil.example/a">click</a>',
    "[click](https://evil.example/m)",
    "![](https://evil.example/p.png)",
    "[x](javascript:window.hurt=1)",
    "<svg/onload=window.hurt=1>",
    "<style>*{display:none}</style>",
    "$\\href{https://evil.example}{x}$",
    ":material/skull: :red[x] **b** `c`",
    "<iframe srcdoc='<script>parent.hurt=1</script>'>",
    "{{7*7}} ${7*7} %s",
)
HOSTILE: Final = """
() => ({
  hurt: window.hurt === undefined ? 0 : 1,
  links: [...document.querySelectorAll('a')].filter(a => // as written: "#top" belongs to this very address
    /evil|javascript:/i.test(a.getAttribute('href') || a.getAttribute('xlink:href') || '')).length,
  images: [...document.querySelectorAll('img')].filter(i => /evil|^x$/.test(i.getAttribute('src') || '')).length,
  handlers: document.querySelectorAll('[onerror], [onload], [onclick], iframe[srcdoc]').length,
  maths: document.querySelectorAll('.katex').length,
})
"""
NOTHING: Final = {"hurt": 0, "links": 0, "images": 0, "handlers": 0, "maths": 0}
_SLOW: Final = 60_000


@pytest.fixture(scope="module")
def shop() -> list[Merchant]:
    return []


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, shop: list[Merchant]) -> Iterator[Server]:
    """A merchant with a hostile name, and a member with money."""
    chromium()
    home = tmp_path_factory.mktemp("hostile")
    running = open_running(home)
    try:
        keeper = house.person(running.database, "<b>keeper</b>")
        shop.append(house.shop(running, ATTACKS[0][:40], proprietor=keeper, city=ATTACKS[1][:15], address=ATTACKS[2]))
        member = identity.sign_up(running.database, "<i>mia</i>", GOOD, Visit()).owner
        house.open_for(running, member)
        house.top_up(running, member, house.card(running, member), 500_00)
        for number in range(2):
            house.pay(running, member, shop[0], 10_00 + number, note=ATTACKS[number])
    finally:
        running.close()
    with serving(home) as started:
        yield started


def bill() -> bytes:
    """A row for each attack in every field that a person could see, in this month and before."""
    today = datetime.now(UTC)
    rows = [
        AlipayRow(
            f"{today - timedelta(days=number * 9):%Y-%m-%d} 12:00:00",
            f"{100 + number}.00",
            payee=one.replace(",", "，"),
            description=one.replace(",", "，"),
            category=one.replace(",", "，"),
            method=one.replace(",", "，"),
            order_id=f"N{number}",
            note=one.replace(",", "，"),
        )
        for number, one in enumerate(ATTACKS)
    ]
    return alipay_app_csv(rows, totals=False)


def workbook() -> bytes:
    today = datetime.now(UTC)
    rows = [
        WechatRow(
            f"{today - timedelta(days=number):%Y-%m-%d} 13:00:00", f"{50 + number}.00", payee=one, description=one
        )
        for number, one in enumerate(ATTACKS)
    ]
    return wechat_xlsx(rows, totals=False)


class Watched:
    """A page of which everything is noted that an attack would cause."""

    def __init__(self, page: Page, base: str) -> None:
        self.page, self.noted = page, list[str]()
        page.on("dialog", self._dialog)
        page.on("pageerror", lambda error: self.noted.append(f"error {error}"))
        page.on("console", self._console)
        page.on("request", lambda one: self._request(one.url, base))
        page.on("popup", lambda other: self.noted.append(f"popup {other.url}"))

    def _dialog(self, dialog: Dialog) -> None:
        self.noted.append(f"dialog {dialog.message}")
        dialog.dismiss()

    def _console(self, message: ConsoleMessage) -> None:
        if "Content Security" in message.text or "Refused to" in message.text:
            self.noted.append(f"policy {message.text[:200]}")

    def _request(self, url: str, base: str) -> None:
        if not url.startswith((base, base.replace("http", "ws", 1), "data:", "blob:")):
            self.noted.append(f"request {url[:100]}")

    def clean(self, where: str) -> None:
        """Nothing of an attack is on screen, and nothing happened."""
        assert self.page.evaluate(HOSTILE) == NOTHING, where
        assert self.noted == [], where


@pytest.fixture
def watched(browser: Browser, server: Server) -> Iterator[Watched]:
    context = browser.new_context(base_url=server.base, locale="en-GB", viewport={"width": 1280, "height": 1000})
    context.set_default_timeout(_SLOW)
    expect.set_options(timeout=_SLOW)
    page = context.new_page()
    seen = Watched(page, server.base)
    page.goto("/")
    fill_in(page, "<i>mia</i>")
    settle(page)
    yield seen
    expect.set_options(timeout=5_000)
    context.close()


SCREENS: Final = (
    "/overview",
    "/categories",
    "/trends",
    "/budgets",
    "/recurring",
    "/transactions",
    "/pairs",
    "/pairs?show=refunds",
    "/reconcile",
    "/reports",
    "/import",
    "/wallet",
    "/alerts",
    "/refunds",
    "/points",
    "/settings",
    "/settings?section=accounts",
    "/settings?section=categories",
    "/settings?section=rules",
    "/settings?section=data",
    f"/transactions?q={ATTACKS[0]}",
    f"/categories?category={ATTACKS[1]}",
    f"/pay?c={ATTACKS[3]}",
    f"/reconcile?account={ATTACKS[0]}",
    f"/settings?section={ATTACKS[5]}",
)


def test_a_hostile_file_and_hostile_names_are_text_on_every_screen(
    watched: Watched, shop: list[Merchant], tmp_path: Path
) -> None:
    page = watched.page
    names = ["<img src=x onerror=window.hurt=1>.csv", "[x](https:__evil.example).xlsx"]
    for name, data in zip(names, (bill(), workbook()), strict=True):
        (tmp_path / name).write_bytes(data)
    page.goto("/import")
    settle(page)
    page.locator("input[type=file]").set_input_files([tmp_path / name for name in names])
    book = page.get_by_role("button", name=re.compile(r"^Import \d+ row"))
    expect(book).to_be_enabled()
    settle(page)
    watched.clean("the preview")
    book.click()
    expect(page.get_by_text("24 rows imported").first).to_be_visible()
    settle(page)
    watched.clean("imported")
    for screen in SCREENS:
        page.goto(screen)
        settle(page)
        watched.clean(screen)
        _hover(page)
        watched.clean(f"{screen}, hovered")


def _hover(page: Page) -> None:
    """Over the marks of every chart, so that its own little boxes are drawn."""
    for chart in page.locator(".js-plotly-plot").all()[:4]:
        box = chart.bounding_box()
        if box is None:
            continue
        for share in (0.25, 0.5, 0.75):
            page.mouse.move(box["x"] + box["width"] * share, box["y"] + box["height"] * 0.6)
            page.wait_for_timeout(120)


def test_paying_a_merchant_with_a_hostile_name_and_asking_back_shows_text_in_receipt_and_toast(
    watched: Watched, shop: list[Merchant]
) -> None:
    page = watched.page
    page.goto(f"/pay?m={shop[0].id}")
    settle(page)
    watched.clean("the form")
    page.get_by_label("Amount (¥)").fill("7")
    page.get_by_label("Note").fill(ATTACKS[2])
    pay = page.get_by_role("button", name="Pay ¥7.00")
    expect(pay).to_be_enabled()
    settle(page)
    pay.click()
    expect(page.get_by_text("Paid", exact=True)).to_be_visible()
    settle(page)
    watched.clean("the receipt")
    page.get_by_role("link", name="Ask for a refund").click()
    settle(page)
    watched.clean("the payment")
    page.get_by_role("combobox", name="Reason").click()
    page.get_by_role("option").first.click()
    settle(page)
    page.locator("[class*=st-key-refunds] button[kind=primary], button[kind=primary]").last.click()
    expect(page.get_by_test_id("stToast")).to_be_visible()
    watched.clean("the toast")
    page.goto("/transactions")
    settle(page)
    watched.clean("the row")


def test_a_link_that_leads_elsewhere_after_sign_in_leads_home(browser: Browser, server: Server) -> None:
    context = browser.new_context(base_url=server.base, locale="en-GB")
    page = context.new_page()
    page.goto("/signin?next=https%3A%2F%2Fevil.example%2F")
    fill_in(page, "<i>mia</i>")
    expect(page).to_have_url(re.compile(re.escape(server.base) + "/?(overview)?$"))
    context.close()


def test_no_other_page_can_frame_the_wallet_or_read_it(browser: Browser, server: Server) -> None:
    context = browser.new_context(locale="en-GB")
    page = context.new_page()
    page.goto(f"{server.base}/signin")
    fill_in(page, "<i>mia</i>")
    settle(page)
    stranger = context.new_page()
    stranger.route(
        "http://evil.localhost/**", lambda route: route.fulfill(body=f"<iframe src='{server.base}/overview'>")
    )
    stranger.goto("http://evil.localhost/")
    stranger.wait_for_timeout(2_000)
    assert all("stApp" not in frame.content() for frame in stranger.frames[1:])
    told = stranger.evaluate(
        """async base => Promise.all([
          fetch(base + '/overview', {credentials: 'include'}).then(r => r.text()).catch(() => 'refused'),
          fetch(base + '/signout', {method: 'POST', credentials: 'include', mode: 'no-cors'})
            .then(r => String(r.status)).catch(() => 'refused'),
          new Promise(done => { const s = new WebSocket(base.replace('http', 'ws') + '/_stcore/stream');
            s.onopen = () => done('open'); s.onerror = () => done('refused'); }),
        ])""",
        server.base,
    )
    assert told[0] == "refused"
    assert told[2] == "refused"
    page.reload()
    settle(page)  # still signed in: the foreign form ended nothing
    context.close()
