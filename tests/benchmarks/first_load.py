"""The first visit in a real Chromium: an empty cache, a warm server. Bytes, requests, when what is on the screen."""

from __future__ import annotations

import dataclasses
import shutil
import statistics
import time
from typing import Any, Final

from tests.benchmarks.serving import PASSWORD, Person

_ROUNDS: Final = 3
_TIMEOUT: Final = 60_000  # milliseconds
_FIGURE: Final = "[data-testid=stMetricValue]"
_CHART: Final = ".js-plotly-plot .main-svg"


@dataclasses.dataclass(frozen=True, slots=True)
class Load:
    """Milliseconds from asking for the overview until its first figure and its first chart; what came meanwhile."""

    figure: float
    chart: float
    requests: int
    bytes: int


def measure(base: str, person: Person) -> dict[str, list[Load]] | str:
    """`cold`: with nothing in the browser; `after sign-in`: as a person comes, through the form. Or why not."""
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    try:
        from playwright.sync_api import sync_playwright  # noqa: PLC0415 - only where it is installed
    except ImportError:
        return "playwright is not installed"
    if found is None:
        return "no Chromium is installed"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        cold = [_cold(browser, base, person) for _ in range(_ROUNDS)]
        through = [_through_form(browser, base, person) for _ in range(_ROUNDS)]
        browser.close()
    return {"cold": cold, "after sign-in": through}


def _cold(browser: Any, base: str, person: Person) -> Load:
    context = browser.new_context(base_url=base, viewport={"width": 1440, "height": 900}, locale="zh-CN")
    # By its https name: over http the browser takes a secure cookie of this machine from a page only, not from a tool.
    address = base.replace("http:", "https:", 1)
    named = {"name": "__Host-wallet", "value": person.tokens[0], "url": address, "secure": True, "httpOnly": True}
    context.add_cookies([named])
    page = context.new_page()
    counted = _count(page)
    started = time.perf_counter()
    page.goto("/", wait_until="commit")
    found = _wait(page, started, counted)
    context.close()
    return found


def _through_form(browser: Any, base: str, person: Person) -> Load:
    context = browser.new_context(base_url=base, viewport={"width": 1440, "height": 900}, locale="zh-CN")
    page = context.new_page()
    page.goto("/signin")
    page.locator("#name").fill(person.name)
    page.locator("#password").fill(PASSWORD)
    page.wait_for_timeout(3_000)  # a person types longer than that
    counted = _count(page)
    started = time.perf_counter()
    page.locator("button.go[type=submit]").click()
    found = _wait(page, started, counted)
    context.close()
    return found


def _count(page: Any) -> dict[str, int]:
    counted = {"requests": 0, "bytes": 0}
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")

    def loaded(told: dict[str, Any]) -> None:
        counted["requests"] += 1
        counted["bytes"] += int(told["encodedDataLength"])

    session.on("Network.loadingFinished", loaded)
    return counted


def _wait(page: Any, started: float, counted: dict[str, int]) -> Load:
    page.locator(_FIGURE).first.wait_for(timeout=_TIMEOUT)
    figure = (time.perf_counter() - started) * 1000
    page.locator(_CHART).first.wait_for(timeout=_TIMEOUT)
    chart = (time.perf_counter() - started) * 1000
    page.wait_for_timeout(1_000)
    return Load(figure, chart, counted["requests"], counted["bytes"])


def told(found: dict[str, list[Load]] | str) -> str:
    """As lines."""
    if isinstance(found, str):
        return f"first visit: {found}\n"
    lines = []
    for name, loads in found.items():
        figure, chart = (statistics.median(getattr(one, part) for one in loads) for part in ("figure", "chart"))
        last = loads[-1]
        lines.append(
            f"overview, {name}: first figure {figure:.0f} ms, first chart {chart:.0f} ms, "
            f"{last.requests} requests, {last.bytes / 1e6:.1f} MB\n"
        )
    return "".join(lines)
