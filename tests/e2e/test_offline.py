"""The network goes away in mid-payment: what was acknowledged is kept and told, nothing is paid twice.

The browser is switched offline, and the line between it and the server is cut as well: a browser that is "offline" may
keep a socket that was open before.
"""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator
from typing import Any, Final
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from data import identity, wallet
from data.home import open_running
from data.merchants import Merchant
from data.sign_in import Visit
from data.wallet import DeskTopUp
from pages.ui.catalogue import translator
from tests import wallet_house as house
from tests.e2e.conftest import GOOD, Server, chromium, fill_in, serving, settle
from tests.wallet_house import by

pytestmark = pytest.mark.browser
SHOP: Final = "拾光咖啡"
LOCALES: Final = {"zh": "zh-CN", "en": "en-GB"}
_SLOW: Final = 40_000
_PIECE: Final = 65_536


class Cable:
    """What lies between the browser and the server: it can be cut and mended, and lose what the server answers."""

    def __init__(self, server: Server) -> None:
        self._target = ("127.0.0.1", urlsplit(server.base).port or 0)
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._open: set[socket.socket] = set()
        self._whole = True
        self._answers = True
        self._lock = threading.Lock()
        self.base = f"http://localhost:{self._listening.getsockname()[1]}"
        threading.Thread(target=self._serve, daemon=True).start()

    def lose_answers(self) -> None:
        """What the browser sends arrives; of what the server sends nothing does."""
        self._answers = False

    def cut(self) -> None:
        """Nothing passes from now on."""
        with self._lock:
            self._whole = False
            while self._open:
                _end(self._open.pop())

    def mend(self) -> None:
        """New connections pass again."""
        with self._lock:
            self._whole = self._answers = True

    def close(self) -> None:
        self.cut()
        self._listening.close()

    def _serve(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                near, _ = self._listening.accept()
                if not self._joined(near):
                    _end(near)

    def _joined(self, near: socket.socket) -> bool:
        with self._lock:
            if not self._whole:
                return False
            far = socket.create_connection(self._target)
            self._open |= {near, far}
        threading.Thread(target=self._pump, args=(near, far, lambda: True), daemon=True).start()
        threading.Thread(target=self._pump, args=(far, near, lambda: self._answers), daemon=True).start()
        return True

    @staticmethod
    def _pump(one: socket.socket, other: socket.socket, passes: Callable[[], bool]) -> None:
        with contextlib.suppress(OSError):
            while data := one.recv(_PIECE):
                if passes():
                    other.sendall(data)
        _end(one)
        _end(other)


def _end(one: socket.socket) -> None:
    with contextlib.suppress(OSError):
        one.shutdown(socket.SHUT_RDWR)
    one.close()


class Street:
    """What was there before the server started."""

    cafe: Merchant


@pytest.fixture(scope="module")
def street() -> Street:
    return Street()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, street: Street) -> Iterator[Server]:
    """Two customers with ¥500 each in the wallet."""
    chromium()
    home = tmp_path_factory.mktemp("offline")
    running = open_running(home)
    try:
        keeper = house.person(running.database, "掌柜")
        street.cafe = house.shop(running, SHOP, proprietor=keeper, city="北京")
        for name in LOCALES:
            owner = identity.sign_up(running.database, f"payer-{name}", GOOD, Visit()).owner
            house.open_for(running, owner)
            wallet.desk_top_up(running.database, DeskTopUp(**by(owner, keeper), amount=500_00, currency="CNY"))
            house.pay(running, owner, street.cafe, 1_00)  # so that the cafe is no stranger to them
    finally:
        running.close()
    with serving(home) as started:
        yield started


@pytest.fixture(scope="module")
def cable(server: Server) -> Iterator[Cable]:
    opened = Cable(server)
    yield opened
    opened.close()


@pytest.fixture(autouse=True)
def patience() -> Iterator[None]:
    expect.set_options(timeout=_SLOW)
    yield
    expect.set_options(timeout=5_000)


@pytest.fixture(params=LOCALES)
def payer(request: pytest.FixtureRequest, browser: Browser, cable: Cable) -> Iterator[tuple[Page, str]]:
    """Somebody who is signed in, and their language."""
    spoken = request.param
    context = browser.new_context(base_url=cable.base, locale=LOCALES[spoken], viewport={"width": 1280, "height": 900})
    context.set_default_timeout(_SLOW)
    page = context.new_page()
    page.goto("/signin")
    fill_in(page, f"payer-{spoken}")
    settle(page)
    yield page, spoken
    cable.mend()
    context.close()


def words(spoken: str, key: str, **facts: object) -> str:
    language: Any = spoken
    return translator(language).text(key, **facts)


def fill(page: Page, spoken: str, cafe: Merchant, amount: str) -> None:
    page.goto(f"/pay?m={cafe.id}")
    expect(page.get_by_role("heading", name=SHOP)).to_be_visible()
    settle(page)
    page.get_by_label(words(spoken, "pay.amount", unit="¥")).fill(amount)
    expect(button(page, spoken, amount)).to_be_enabled()
    settle(page)


def button(page: Page, spoken: str, amount: str) -> Any:
    return page.get_by_role("button", name=words(spoken, "pay.confirm", amount=f"¥{amount}.00"))


def done(page: Page, spoken: str) -> Any:
    return page.get_by_text(words(spoken, "pay.done"), exact=True)


def offline(context: BrowserContext, cable: Cable) -> None:
    context.set_offline(True)
    cable.cut()


def online(context: BrowserContext, cable: Cable) -> None:
    cable.mend()
    context.set_offline(False)


def sees_the_receipt(page: Page, spoken: str, amount: str, left: str) -> None:
    expect(done(page, spoken)).to_be_visible()
    settle(page)
    expect(page.get_by_test_id("stMain").get_by_text(f"¥{amount}.00").first).to_be_visible()
    expect(page.get_by_text(left)).to_be_visible()


def test_a_payment_that_was_sent_before_the_line_broke_is_told_when_it_is_back_and_paid_once(
    payer: tuple[Page, str], cable: Cable, street: Street
) -> None:
    page, spoken = payer
    fill(page, spoken, street.cafe, "30")
    cable.lose_answers()
    button(page, spoken, "30").click()
    page.wait_for_timeout(4_000)  # it has arrived, and nobody was told
    expect(done(page, spoken)).to_have_count(0)
    offline(page.context, cable)
    page.wait_for_timeout(3_000)
    online(page.context, cable)
    sees_the_receipt(page, spoken, "30", "¥469.00")
    page.reload()
    sees_the_receipt(page, spoken, "30", "¥469.00")


def test_what_was_pressed_while_the_line_was_broken_is_paid_once_at_most_and_the_form_is_kept(
    payer: tuple[Page, str], cable: Cable, street: Street
) -> None:
    page, spoken = payer
    fill(page, spoken, street.cafe, "20")
    offline(page.context, cable)
    page.wait_for_timeout(500)
    button(page, spoken, "20").click(force=True)
    page.wait_for_timeout(3_000)
    expect(done(page, spoken)).to_have_count(0)
    online(page.context, cable)
    pay_now = button(page, spoken, "20")
    expect(pay_now.or_(done(page, spoken)).first).to_be_visible()
    settle(page)
    if pay_now.count():  # it never arrived: everything is as it was, and is sent now
        expect(pay_now).to_be_enabled()
        pay_now.dblclick()
    sees_the_receipt(page, spoken, "20", "¥449.00")


def test_a_tab_that_is_loaded_anew_after_the_break_tells_the_same_payment(
    payer: tuple[Page, str], cable: Cable, street: Street
) -> None:
    page, spoken = payer
    fill(page, spoken, street.cafe, "10")
    cable.lose_answers()
    button(page, spoken, "10").click()
    page.wait_for_timeout(4_000)
    address = page.url
    offline(page.context, cable)
    with contextlib.suppress(Exception):  # the browser says that there is no network
        page.reload(wait_until="commit", timeout=3_000)
    online(page.context, cable)
    page.goto(address)
    sees_the_receipt(page, spoken, "10", "¥439.00")
