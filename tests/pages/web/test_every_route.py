"""What holds for each route of ours, however many there will be: no foreign page changes anything, headers protect."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest
from starlette.applications import Starlette
from starlette.routing import Route

from data import identity
from data.running import Running
from data.sign_in import SignedIn
from pages.web.routes import routes
from tests.pages.web.asgi import Browser

COOKIE = "__Host-wallet"
OURS = [route for route in routes() if isinstance(route, Route)]
POSTED = sorted({route.path for route in OURS if "POST" in (route.methods or ())})
SHOWN = sorted({route.path for route in OURS if "GET" in (route.methods or ())})
FOREIGN: list[dict[str, str | None]] = [
    {"origin": "https://evil.example", "sec-fetch-site": "cross-site"},
    {"origin": "https://evil.example", "sec-fetch-site": None},
    {"origin": "null", "sec-fetch-site": None},
    {"origin": None, "sec-fetch-site": None},
    {"origin": "http://localhost:8501", "sec-fetch-site": "same-site"},
    {"origin": "http://localhost:3000", "sec-fetch-site": None},
    {"origin": "http://localhost:8501.evil.example", "sec-fetch-site": None},
]


@pytest.fixture
def inside(edge: Starlette, alice: SignedIn) -> Browser:
    browser = Browser(edge)
    browser.jar[COOKIE] = alice.token
    browser.get("/forgotten")  # a page with a form, so that the browser has its half of a token
    return browser


def rows(wallet: Running) -> list[tuple[object, ...]]:
    """Everything about sign-ins that a request could change."""
    tables = ("app_user", "user_session", "security_event", "recovery_code", "sign_in_challenge", "passkey")
    return [row for table in tables for row in wallet.database.read(f"FROM {table} ORDER BY ALL")]


def test_there_are_routes_to_ask_about() -> None:
    assert {"/signin", "/signup", "/signin/code", "/signout", "/forgotten", "/reset"} <= set(POSTED)


@pytest.mark.parametrize("path", POSTED)
def test_a_foreign_page_changes_nothing_on_any_route(inside: Browser, wallet: Running, path: str) -> None:
    before = rows(wallet)
    fields = {"name": "alice", "password": "correct horse battery", "code": "000000", "form": "x"}
    for headers in FOREIGN:
        for kind in ("application/x-www-form-urlencoded", "text/plain", "application/json", "multipart/form-data"):
            answer = inside.submit(path, fields, {**headers, "content-type": kind})
            assert answer.status == 403, (headers, kind)
    assert rows(wallet) == before


@pytest.mark.parametrize("path", sorted(set(POSTED) - {"/signout"}))
def test_a_form_that_was_not_drawn_for_this_browser_changes_nothing(
    inside: Browser, wallet: Running, path: str
) -> None:
    before = rows(wallet)
    for token in ("", "x", "0" * 64):
        answer = inside.submit(path, {"name": "alice", "password": "correct horse battery", "form": token})
        assert answer.status in {303, 400, 403, 409, 422}
        assert COOKIE not in answer.cookies
    assert rows(wallet) == before


def test_other_ways_of_changing_are_none(inside: Browser, wallet: Running) -> None:
    before = rows(wallet)
    for path in POSTED:
        for method in ("PUT", "DELETE", "PATCH"):
            inside.request(method, path, urlencode({"name": "alice"}).encode(), {"origin": "http://localhost:8501"})
    assert rows(wallet) == before


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_every_answer_carries_what_protects_it(edge: Starlette, alice: SignedIn, scheme: str) -> None:
    stranger, guest = Browser(edge, scheme=scheme), Browser(edge, scheme=scheme)
    guest.jar[COOKIE] = alice.token
    for path in (*SHOWN, "/", "/budgets", "/media/x", "/_stcore/host-config", "/nosuch"):
        for browser in (stranger, guest):
            assert unprotected(browser.get(path).headers, secure=scheme == "https") == [], path


def unprotected(sent: dict[str, str], *, secure: bool) -> list[str]:
    """Which protections an answer lacks."""
    policy = sent["content-security-policy"]
    scripts = policy.split("script-src")[1].split(";")[0].replace("'wasm-unsafe-eval'", "")
    held = {
        "framing": "frame-ancestors 'none'" in policy and sent["x-frame-options"] == "DENY",
        "objects": "object-src 'none'" in policy,
        "base": "base-uri 'none'" in policy,
        "forms": "form-action 'self'" in policy,
        "scripts": "unsafe" not in scripts,
        "sniffing": sent["x-content-type-options"] == "nosniff",
        "referrer": sent["referrer-policy"] == "same-origin",
        "opener": sent["cross-origin-opener-policy"] == "same-origin",
        "resources": sent["cross-origin-resource-policy"] == "same-origin",
        "permissions": "geolocation=()" in sent["permissions-policy"],
        "keeping": sent["cache-control"] == "no-store",
        "tls": ("strict-transport-security" in sent) == secure,
    }
    return [name for name, kept in held.items() if not kept]


def test_our_own_pages_run_no_script_but_ours(inside: Browser) -> None:
    drawn = [one for one in map(inside.get, SHOWN) if "text/html" in one.headers.get("content-type", "")]
    assert len(drawn) >= 3
    for answer in drawn:
        assert "script-src 'self';" in answer.headers["content-security-policy"]
        assert "<script>" not in answer.text
        assert " onclick=" not in answer.text
        assert " style=" not in answer.text


def test_looking_at_any_page_changes_nothing(inside: Browser, wallet: Running, alice: SignedIn) -> None:
    before = rows(wallet)
    for path in SHOWN:
        inside.get(path)
        inside.get(path, method="HEAD")
    assert rows(wallet) == before
    assert identity.find_session(wallet.database, alice.token) is not None
