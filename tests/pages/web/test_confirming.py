"""The page where a person confirms, and the passkey pages, as a browser with a key fills them in."""

from __future__ import annotations

import html
import re
from urllib.parse import parse_qs, urlsplit

import pytest
from starlette.applications import Starlette

from data import identity, passkeys, step_up
from data.assurance import StepUpRequired
from data.running import Running
from data.sign_in import SignedIn, Visit
from pages.ui import carried
from pages.web import places
from tests.pages.web.asgi import HOST, Answer, Browser
from tests.software_key import SoftwareKey

GOOD = "correct horse battery"
COOKIE = "__Host-wallet"
ORIGIN = f"http://{HOST}"
WANTED = StepUpRequired("payment", "above_threshold", 1_500_00, "CNY")


@pytest.fixture
def browser(edge: Starlette, alice: SignedIn) -> Browser:
    """Alice's, signed in."""
    opened = Browser(edge)
    opened.fill("/signin", name="alice", password=GOOD)
    return opened


def options(page: str) -> str:
    """What the page hands to the browser's passkeys."""
    found = re.search(r'data-options="([^"]*)"', page)
    assert found is not None
    return html.unescape(found[1])


def session_of(wallet: Running, browser: Browser) -> str:
    found = identity.find_session(wallet.database, browser.jar[COOKIE])
    assert found is not None
    return found.id


def form_token(page: str) -> str:
    found = re.search(r'name="form" value="([0-9a-f]+)"', page)
    assert found is not None
    return found[1]


def answered(browser: Browser, page: str, address: str, key: SoftwareKey) -> Answer:
    """What comes of answering a page's options with this key."""
    drawn = browser.get(page).text
    answer = key.use(options(drawn), ORIGIN)
    return browser.submit(address, {"answer": answer, "form": form_token(drawn)})


def with_a_key(browser: Browser) -> SoftwareKey:
    """The browser makes a key, after confirming with the password."""
    browser.fill("/confirm", password=GOOD)
    key = SoftwareKey()
    answer = key.make(options(browser.get("/passkeys/new").text), ORIGIN)
    assert "恢复码" in browser.fill("/passkeys/new", called="手机", answer=answer).text
    return key


def test_what_is_about_to_happen_is_said_and_the_way_back_keeps_its_word(
    browser: Browser, wallet: Running, alice: SignedIn
) -> None:
    word = carried.put(alice.owner, WANTED, {}, wallet.database.clock())
    shown = browser.get(f"/confirm?c={word}&next=%2Fpay%3Fr%3D1%26resume%3Dold")
    assert "¥1,500.00" in shown.text
    assert f"/pay?r=1&amp;resume={word}" in shown.text
    before = browser.jar[COOKIE]
    answer = browser.fill(f"/confirm?c={word}&next=%2Fpay%3Fr%3D1", password=GOOD)
    assert (answer.status, answer.location) == (303, f"/pay?r=1&resume={word}")
    assert browser.jar[COOKIE] != before
    assert step_up.fresh_until(wallet.database, alice.owner, session_of(wallet, browser)) is not None
    assert browser.get("/confirm?next=%2Fwallet").location == "/wallet"  # not asked twice


def test_somebody_elses_word_says_nothing_and_no_link_leads_away(browser: Browser, wallet: Running) -> None:
    bob = identity.sign_up(wallet.database, "bob", GOOD, Visit())
    word = carried.put(bob.owner, WANTED, {}, wallet.database.clock())
    assert "¥1,500.00" not in browser.get(f"/confirm?c={word}").text
    answer = browser.fill("/confirm?next=https%3A%2F%2Fevil.example", password=GOOD)
    assert answer.location == "/"


def test_a_wrong_password_is_told_and_five_of_them_sign_out(browser: Browser, wallet: Running) -> None:
    for _ in range(4):
        answer = browser.fill("/confirm", password="wrong")
        assert answer.status == 401
    assert browser.fill("/confirm", password="wrong").location.startswith("/signin")
    assert browser.get("/budgets").status == 303


def test_without_a_session_a_form_of_ours_or_our_origin_nothing_is_confirmed(
    edge: Starlette, browser: Browser, wallet: Running, alice: SignedIn
) -> None:
    assert Browser(edge).get("/confirm").location == "/signin?next=%2Fconfirm"
    assert Browser(edge).submit("/confirm", {"password": GOOD}).status == 401
    assert browser.submit("/confirm", {"password": GOOD}).status == 409
    stranger: dict[str, str | None] = {"origin": "http://evil.example", "sec-fetch-site": "cross-site"}
    assert browser.submit("/confirm", {"password": GOOD}, stranger).status == 403
    assert browser.get("/confirm", {"x-wallet-uid": str(alice.owner)}).status == 200
    assert step_up.fresh_until(wallet.database, alice.owner, session_of(wallet, browser)) is None


def test_the_pages_run_our_scripts_only_and_are_kept_by_nobody(browser: Browser) -> None:
    for address in ("/confirm", "/signin?lang=en"):
        answer = browser.get(address)
        assert "script-src 'self';" in answer.headers["content-security-policy"]
        assert answer.headers["cache-control"] == "no-store"
        assert "<script>" not in answer.text
    assert "publickey-credentials-create=(self)" in browser.get("/confirm").headers["permissions-policy"]
    assert "microphone=()" in browser.get("/confirm").headers["permissions-policy"]


def test_a_key_is_made_after_confirming_and_then_signs_in_and_confirms(
    edge: Starlette, browser: Browser, wallet: Running, alice: SignedIn
) -> None:
    led = urlsplit(browser.get("/passkeys/new").location)
    assert (led.path, parse_qs(led.query)) == ("/confirm", {"next": ["/passkeys/new"]})
    key = with_a_key(browser)
    elsewhere = Browser(edge)
    opened = answered(elsewhere, "/signin", "/signin/passkey?next=/budgets", key)
    assert elsewhere.get(opened.location).location == "/budgets"
    assert step_up.fresh_until(wallet.database, alice.owner, session_of(wallet, elsewhere)) is None
    page = elsewhere.get("/confirm?next=%2Fwallet")
    assert 'name="password"' not in page.text  # whoever has a second factor confirms with that
    confirmed = answered(elsewhere, "/confirm?next=%2Fwallet", "/confirm/passkey?next=%2Fwallet", key)
    assert confirmed.location == "/wallet"
    assert step_up.fresh_until(wallet.database, alice.owner, session_of(wallet, elsewhere)) is not None


def test_an_answer_given_to_another_browser_does_not_sign_in_here(edge: Starlette, browser: Browser) -> None:
    key = with_a_key(browser)
    mine, theirs = Browser(edge), Browser(edge)
    page = mine.get("/signin").text
    answer = key.use(options(page), ORIGIN)
    token = form_token(theirs.get("/signin").text)
    refused = theirs.submit("/signin/passkey", {"answer": answer, "form": token})
    assert refused.status == 401
    assert COOKIE not in refused.cookies
    assert mine.submit("/signin/passkey", {"answer": answer, "form": form_token(page)}).status == 303


def test_after_the_password_the_key_is_the_second_factor(edge: Starlette, browser: Browser) -> None:
    key = with_a_key(browser)
    again = Browser(edge)
    assert again.fill("/signin?next=/budgets", name="alice", password=GOOD).location.startswith("/signin/code")
    page = again.get("/signin/code?next=/budgets")
    assert 'inputmode="numeric"' not in page.text  # there is no app whose code could be typed
    assert "recovery=1" in page.text
    opened = answered(again, "/signin/code?next=/budgets", "/signin/code/passkey?next=/budgets", key)
    assert again.get(opened.location).location == "/budgets"


def test_at_a_bare_address_there_are_no_keys_and_it_is_said_why(edge: Starlette, alice: SignedIn) -> None:
    there = Browser(edge, "127.0.0.1:8501")
    there.fill("/signin", name="alice", password=GOOD)
    assert "data-passkey" not in there.get("/signin?lang=zh").text
    there.fill("/confirm", password=GOOD)
    page = there.get("/passkeys/new").text
    assert "IP 地址" in page
    assert "data-options" not in page
    assert there.fill("/passkeys/new", called="x", answer="{}").status in {303, 409}


def test_a_refused_key_is_told_in_words_and_nothing_is_kept(browser: Browser, wallet: Running, alice: SignedIn) -> None:
    browser.fill("/confirm", password=GOOD)
    drawn = options(browser.get("/passkeys/new").text)
    answer = browser.fill("/passkeys/new", called="手机", answer=SoftwareKey().make(drawn, "http://evil.example"))
    assert answer.status == 422
    assert "通行密钥未被接受" in answer.text
    nameless = browser.fill("/passkeys/new", called=" ", answer=SoftwareKey().make(drawn, ORIGIN))
    assert "名称要有" in nameless.text
    assert passkeys.passkeys_of(wallet.database, alice.owner) == []


def test_our_pages_stand_behind_the_gate_and_their_addresses_are_known() -> None:
    for path in ("/confirm", "/confirm/passkey", "/passkeys/new"):
        assert places.kind_of(path) is places.Kind.FORM
    for path in ("/signin/passkey", "/signin/code/passkey"):
        assert places.kind_of(path) is places.Kind.OPEN
