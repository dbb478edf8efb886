"""Coming in, staying in, going out: in a real browser against a real server."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from pathlib import Path

import pyotp
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from data import identity, second_factor
from data.assurance import AT_THE_MACHINE
from data.home import load_key, open_home
from data.sign_in import Visit
from tests.e2e.conftest import GOOD, ROOT, Server, fill_in, serving, settle

pytestmark = pytest.mark.browser
SIGN_IN = re.compile(r"/signin")


@pytest.mark.parametrize("screen", ["", "budgets"])
def test_the_very_first_request_to_a_fresh_server_never_shows_a_screen(
    tmp_path: Path, browser: Browser, screen: str
) -> None:
    with serving(tmp_path / "wallet") as fresh:
        context = browser.new_context(base_url=fresh.base)
        page = context.new_page()
        page.goto(f"/{screen}")
        expect(page).to_have_url(re.compile(r"/signup"))
        expect(page.get_by_test_id("stApp")).to_have_count(0)
        context.close()


def test_sign_up_reload_second_tab_and_out_in_all_of_them(context: BrowserContext, page: Page) -> None:
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda message: wrong.append(message.text) if "Content Security" in message.text else None)
    page.goto("/")
    expect(page).to_have_url(re.compile(r"/signup"))
    fill_in(page, "王小明")
    expect(page).to_have_title("总览")
    settle(page)
    expect(page.get_by_role("button", name="退出")).to_be_visible()

    page.reload()
    settle(page)
    expect(page.get_by_role("link", name="预算")).to_be_visible()

    other = context.new_page()
    other.goto("/settings")
    settle(other)
    expect(other).to_have_url(re.compile(r"/settings$"))

    other.get_by_role("button", name="退出").click()
    expect(other).to_have_url(SIGN_IN)
    expect(other.get_by_role("status")).to_contain_text("你已退出")
    expect(page).to_have_url(SIGN_IN, timeout=3_500)
    assert wrong == []


def test_a_deep_link_asks_to_sign_in_and_then_leads_there(page: Page) -> None:
    page.goto("/budgets?month=2026-10")
    expect(page).to_have_url(re.compile(r"/signin\?next=%2Fbudgets"))
    expect(page.get_by_role("heading", name="登录")).to_be_visible()
    fill_in(page, "王小明", "not the password")
    expect(page.get_by_role("alert")).to_contain_text("用户名或密码不对")
    expect(page.locator("#name")).to_have_value("王小明")
    fill_in(page, "王小明")
    expect(page).to_have_url(re.compile(r"/budgets\?month=2026-10$"))
    settle(page)


def test_a_session_ended_elsewhere_shuts_a_tab_that_was_left_open(browser: Browser, server: Server, page: Page) -> None:
    page.goto("/signin")
    fill_in(page, "王小明")
    settle(page)
    token = next(c["value"] for c in page.context.cookies() if c["name"] == "__Host-wallet")
    elsewhere = browser.new_context(base_url=server.base)
    elsewhere.add_cookies(
        [
            {
                "name": "__Host-wallet",
                "value": token,
                "domain": "localhost",
                "path": "/",
                "secure": True,
                "httpOnly": True,
            }
        ]
    )
    elsewhere.request.post("/signout", headers={"origin": server.base})
    elsewhere.close()
    expect(page).to_have_url(SIGN_IN, timeout=3_500)


def test_show_password_and_the_count_of_characters_work_under_the_strict_policy(page: Page) -> None:
    page.goto("/signup")
    page.locator("#password").fill("猫 and seven more")
    expect(page.locator("output")).to_have_text("16 / 15 · 很强")
    page.get_by_role("button", name="显示密码").click()
    expect(page.locator("#password")).to_have_attribute("type", "text")
    page.get_by_role("button", name="隐藏密码").click()
    expect(page.locator("#password")).to_have_attribute("type", "password")


def test_forms_are_usable_on_a_phone_and_say_what_password_managers_need(browser: Browser, server: Server) -> None:
    phone = browser.new_context(base_url=server.base, locale="en-GB", viewport={"width": 390, "height": 844})
    page = phone.new_page()
    for address in ("/signin", "/signup", "/signin/check"):
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.goto("/signin")
    expect(page.get_by_label("User name")).to_have_attribute("autocomplete", "username webauthn")
    expect(page.get_by_label("Password", exact=True)).to_have_attribute("autocomplete", "current-password")
    page.goto("/signup")
    expect(page.get_by_label("Password", exact=True)).to_have_attribute("autocomplete", "new-password")
    phone.close()


def test_over_plain_http_from_another_machine_the_way_out_is_shown(browser: Browser, server: Server) -> None:
    context = browser.new_context(base_url=server.base.replace("localhost", "nas.local"), locale="en-GB")
    page = context.new_page()
    page.goto("/")
    expect(page.get_by_role("heading", name="This address is not safe to sign in on")).to_be_visible()
    expect(page.get_by_text("LITTLE_GOLD_CARD_TRUSTED_HTTP=1")).to_be_visible()
    expect(page.locator("input")).to_have_count(0)
    context.close()


def test_the_named_switch_opens_a_home_network_without_tls(tmp_path: Path, browser: Browser) -> None:
    with serving(tmp_path / "wallet", LITTLE_GOLD_CARD_TRUSTED_HTTP="1") as server:
        context = browser.new_context(base_url=server.base.replace("localhost", "nas.local"), locale="en-GB")
        page = context.new_page()
        page.goto("/budgets")
        fill_in(page, "alice")
        expect(page).to_have_url(re.compile(r"nas\.local:\d+/budgets$"))
        settle(page)
        page.reload()
        settle(page)
        page.get_by_role("button", name="Sign out").click()
        expect(page).to_have_url(SIGN_IN)
        context.close()


def test_with_an_authenticator_app_the_code_is_asked_for(tmp_path: Path, browser: Browser) -> None:
    home = tmp_path / "wallet"
    database = open_home(home)
    alice = identity.sign_up(database, "alice", GOOD, Visit())
    enrolment = second_factor.begin_totp("alice")
    app = pyotp.TOTP(enrolment.secret)
    earlier = _shown(app, -1)  # so that the present code is still unused
    key = load_key(home, {})
    codes = second_factor.confirm_totp(
        database, key, alice.owner, enrolment.secret, earlier, Visit(), assurance=AT_THE_MACHINE
    )
    database.close()
    with serving(home) as server:
        context = browser.new_context(base_url=server.base, locale="en-GB")
        page = context.new_page()
        page.goto("/budgets")
        fill_in(page, "alice")
        expect(page.get_by_role("heading", name="Two-step verification")).to_be_visible()
        page.goto("/budgets")
        expect(page).to_have_url(SIGN_IN)
        fill_in(page, "alice")
        page.get_by_label("Code").fill("000000")
        page.get_by_role("button", name="Continue").click()
        expect(page.get_by_role("alert")).to_contain_text("The code is wrong")
        page.get_by_label("Code").fill(_shown(app, 0))
        page.get_by_role("button", name="Continue").click()
        expect(page).to_have_url(re.compile(r"/budgets$"))
        settle(page)
        page.get_by_role("button", name="Sign out").click()
        fill_in(page, "alice")
        page.get_by_role("link", name="Use a recovery code").click()
        page.get_by_label("Recovery code").fill(codes[0])
        page.get_by_role("button", name="Continue").click()
        settle(page)
        context.close()


def test_a_second_server_on_the_same_wallet_says_so_and_stops(server: Server) -> None:
    second = subprocess.run(
        [sys.executable, "-m", "streamlit", "run", "app.py", "--server.headless", "true", "--server.port", "0"],
        cwd=ROOT,
        env={**os.environ, "LITTLE_GOLD_CARD_HOME": str(server.home)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert second.returncode == 1
    assert "数据文件正被另一个程序使用" in second.stderr
    assert "Another program is using the data file" in second.stderr
    assert "Traceback" not in second.stderr + second.stdout


def test_a_stopped_server_leaves_a_closed_file(tmp_path: Path) -> None:
    with serving(tmp_path / "wallet") as server:
        log = server.home / "wallet.duckdb.wal"
    assert not log.exists()
    open_home(server.home).close()


def _shown(app: pyotp.TOTP, steps: int) -> str:
    return app.at(int(time.time()), counter_offset=steps)
