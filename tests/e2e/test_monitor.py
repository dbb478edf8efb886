"""The monitor in a real browser: on a new device it asks, then stops and freezes; the alerts say why and what to do."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import pytest
from playwright.sync_api import Browser, Page, expect

from data import identity
from data.home import open_running
from data.merchants import Merchant
from data.sign_in import Visit
from data.wallet import Pay
from pages.ui.catalogue import translator
from tests import wallet_house as house
from tests.e2e.conftest import GOOD, Server, chromium, fill_in, patient, serving, settle
from tests.wallet_house import by

pytestmark = pytest.mark.browser
LOCALES: Final = {"zh": "zh-CN", "en": "en-GB"}
_SLOW: Final = 90_000
_DAYS: Final = 40


def fill(home: Path) -> Merchant:
    """Somebody for each language, with ¥15 to ¥57 a day at one cafe for forty days, always from one device."""
    running = open_running(home)
    try:
        keeper = house.person(running.database, "掌柜")
        cafe = house.shop(running, "拾光咖啡", proprietor=keeper)
        first = running.database.clock() - timedelta(days=_DAYS)
        for spoken in LOCALES:
            owner = identity.sign_up(running.database, f"mia-{spoken}", GOOD, Visit("192.0.2.1", "Firefox", "d1")).owner
            house.open_for(running, owner)
            house.top_up(running, owner, house.card(running, owner), 3_000_00)
            for day in range(_DAYS):
                at, amount = first + timedelta(days=day), 15_00 + 7_00 * (day % 7)
                command = Pay(**by(owner), merchant=cafe.id, amount=amount, currency="CNY", at=at)
                running.database.transact(command).or_raise()
        return cafe
    finally:
        running.close()


@pytest.fixture(scope="module")
def cafe() -> list[Merchant]:
    return []


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, cafe: list[Merchant]) -> Iterator[Server]:
    chromium()
    home = tmp_path_factory.mktemp("monitor")
    cafe.append(fill(home))
    with serving(home) as started:
        yield started


@pytest.fixture(autouse=True)
def patience() -> Iterator[None]:
    with patient(_SLOW):
        yield


class Words:
    """What stands on the screens in one language."""

    def __init__(self, spoken: str) -> None:
        language: Any = spoken
        self.text = translator(language).text


def pay(page: Page, words: Words, cafe: Merchant, amount: str) -> None:
    page.goto(f"/pay?m={cafe.id}")
    expect(page.get_by_role("heading", name=cafe.name)).to_be_visible()
    settle(page)
    page.get_by_label(words.text("pay.amount", unit="¥")).fill(amount)
    button = page.get_by_role("button", name=words.text("pay.confirm", amount=f"¥{amount}.00"))
    expect(button).to_be_enabled()
    settle(page)
    button.click()


def confirm(page: Page) -> None:
    """On our own page, with the password: there is nothing else yet."""
    page.locator("#password").fill(GOOD)
    page.locator("button.go").click()


@pytest.mark.parametrize("spoken", LOCALES)
def test_on_a_new_device_it_asks_then_stops_and_freezes_and_the_person_says_it_was_them(
    browser: Browser, server: Server, cafe: list[Merchant], spoken: str
) -> None:
    words = Words(spoken)
    context = browser.new_context(base_url=server.base, locale=LOCALES[spoken], viewport={"width": 1280, "height": 950})
    context.set_default_timeout(_SLOW)
    page = context.new_page()
    page.goto("/")
    fill_in(page, f"mia-{spoken}")
    settle(page)

    pay(page, words, cafe[0], "90")
    reason = words.text("rejection.step_up_required.risk_large_on_new_device")
    expect(page.get_by_text(reason)).to_be_visible()
    expect(page.locator("#password")).to_be_visible()  # not answered: whoever this is goes on to something larger

    pay(page, words, cafe[0], "700")
    for _ in range(2):
        expect(page.get_by_text(words.text("rejection.stopped_by_monitor"))).to_be_visible()
        settle(page)
        page.reload()

    page.goto("/alerts")
    settle(page)
    expect(page.get_by_text(words.text("alerts.frozen"), exact=True)).to_be_visible()
    for verdict in ("refused", "asked"):
        expect(page.get_by_text(words.text(f"alerts.verdict.{verdict}")).first).to_be_visible()
    page.get_by_role("button", name=words.text("alerts.mine")).first.click()
    mine = page.get_by_role("dialog").get_by_role("button", name=words.text("alerts.mine"))
    expect(mine).to_be_visible()
    settle(page)
    mine.click()
    confirm(page)
    expect(page).to_have_url(re.compile("/alerts"))
    expect(mine).to_be_visible()  # everything is as it was; the answer is given now
    settle(page)
    mine.click()
    expect(page.get_by_text(words.text("alerts.frozen"), exact=True)).to_have_count(0)
    settle(page)

    pay(page, words, cafe[0], "700")
    expect(page.get_by_text(words.text("pay.done"), exact=True)).to_be_visible()
    context.close()
