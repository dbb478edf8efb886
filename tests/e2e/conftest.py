"""A real server and a real Chromium: its own wallet folder and port, its log kept, ended by its handle."""

from __future__ import annotations

import contextlib
import dataclasses
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

ROOT = Path(__file__).resolve().parents[2]
GOOD = "correct horse battery"
_START_SECONDS = 120  # a machine with much to do takes its time
_STRICT = {"LITTLE_GOLD_CARD_STRICT": "1"}


@dataclasses.dataclass(frozen=True)
class Server:
    """A running wallet. `base`: its address; `home`: its folder."""

    base: str
    home: Path
    process: subprocess.Popen[bytes]
    log: Path


def chromium() -> str:
    """The installed Chromium; without one the browser tests say so, and fail where they are demanded."""
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if found:
        return found
    if os.environ.get("CI") == "true":
        pytest.fail("no Chromium is installed")
    pytest.skip("no Chromium is installed")


@contextlib.contextmanager
def serving(home: Path, **environment: str) -> Iterator[Server]:
    """A server on a free port with this wallet folder; gone at the end of the block."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    home.mkdir(parents=True, exist_ok=True)
    log = home / "server.log"
    command = [
        sys.executable,
        "-m",
        "streamlit",
        "run",
        "app.py",
        "--server.headless",
        "true",
        "--server.port",
        str(port),
    ]
    with log.open("wb") as out:
        told = {**os.environ, **_STRICT, "LITTLE_GOLD_CARD_HOME": str(home), **environment}
        process = subprocess.Popen(command, cwd=ROOT, stdout=out, stderr=out, env=told)  # noqa: S603 - our own words
    server = Server(f"http://localhost:{port}", home, process, log)
    try:
        _wait_until_up(server)
        yield server
    finally:
        process.terminate()
        process.wait(20)


def _wait_until_up(server: Server) -> None:
    until = time.monotonic() + _START_SECONDS
    while time.monotonic() < until:
        if server.process.poll() is not None:
            break
        with contextlib.suppress(urllib.error.URLError, OSError), urllib.request.urlopen(server.base + "/healthz"):  # noqa: S310 - our own http address
            return
        time.sleep(0.2)
    pytest.fail(f"the server did not start:\n{server.log.read_text(encoding='utf-8')}")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A browser for one module: while it is open its event loop runs in this thread, where others need their own."""
    path = chromium()
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(
            executable_path=path, args=["--no-sandbox", "--host-resolver-rules=MAP nas.local 127.0.0.1"]
        )
        yield launched
        launched.close()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    chromium()
    with serving(tmp_path_factory.mktemp("wallet")) as started:
        yield started


@pytest.fixture
def context(browser: Browser, server: Server) -> Iterator[BrowserContext]:
    """A browser profile of its own: a person at another machine."""
    opened = browser.new_context(base_url=server.base, locale="zh-CN", viewport={"width": 1280, "height": 900})
    opened.set_default_timeout(20_000)
    yield opened
    opened.close()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    return context.new_page()


@contextlib.contextmanager
def patient(milliseconds: int) -> Iterator[None]:
    """Whatever is expected within may take so long: browsers and a server on two cores, and is seldom waited for."""
    expect.set_options(timeout=milliseconds)
    try:
        yield
    finally:
        expect.set_options(timeout=5_000)


def entered(browser: Browser, server: Server, screen: str, name: str, patience: int) -> Page:
    """Somebody's browser, signed in, at a screen. patience: milliseconds that anything in it may take."""
    opened = browser.new_context(base_url=server.base, locale="zh-CN", viewport={"width": 1280, "height": 900})
    opened.set_default_timeout(patience)
    page = opened.new_page()
    page.goto(screen)
    fill_in(page, name)
    settle(page)
    return page


def fill_in(page: Page, name: str, password: str = GOOD) -> None:
    """Fill in the form on screen, sign-in or sign-up, and send it."""
    page.locator("#name").fill(name)
    page.locator("#password").fill(password)
    page.locator("button.go[type=submit]").click()


def settle(page: Page) -> None:
    """Wait until the screen is drawn and its script at rest."""
    idle = page.locator("[data-testid=stApp][data-test-script-state=notRunning]")
    for _ in range(2):
        expect(idle).to_be_visible(timeout=90_000)
        page.wait_for_timeout(150)
    expect(page.get_by_test_id("stException")).to_have_count(0)
