"""Attempts to get past the gate."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette

from data import identity, running
from data.running import Running
from data.security import tokens
from data.sign_in import SignedIn, Visit
from tests.pages.web.asgi import Browser

COOKIE = "__Host-wallet"
REFUSED_SOCKET = [{"type": "websocket.close", "code": 1008}]


@pytest.fixture
def stranger(edge: Starlette, alice: SignedIn) -> Browser:
    return Browser(edge)


@pytest.fixture
def guest(edge: Starlette, alice: SignedIn) -> Browser:
    browser = Browser(edge)
    browser.jar[COOKIE] = alice.token
    return browser


def told(sent: list[Any]) -> Any:
    return json.loads(next(m["text"] for m in sent if m["type"] == "websocket.send"))


@pytest.mark.parametrize(
    "path", ["/", "/budgets", "/transactions?q=coffee&from=2026-10-01", "/signinx", "/no/such/page"]
)
def test_without_a_session_every_screen_leads_to_the_sign_in_page_and_back(stranger: Browser, path: str) -> None:
    answer = stranger.get(path)
    assert answer.status == 303
    assert answer.location.startswith("/signin")
    if path != "/":
        assert "next=%2F" in answer.location
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    "path",
    [
        "/media/abc.png",
        "/component/x/index.html",
        "/_stcore/upload_file/s/f",
        "/_stcore/bidi-components/x.js",
        "/_stcore/anything",
        "/app/secret",
    ],
)
@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_without_a_session_files_and_uploads_are_refused(stranger: Browser, path: str, method: str) -> None:
    headers: dict[str, str | None] = {"origin": "http://localhost:8501", "sec-fetch-site": "same-origin"}
    assert stranger.get(path, headers, method).status == 401


@pytest.mark.parametrize(
    "path",
    [
        "/_stcore/agent/interact",
        "/_stcore/agent/openapi.json",
        "/_stcore/agent/mcp",
        "/_stcore/metrics",
        "/_stcore/script-health-check",
        "/auth/login",
        "/oauth2callback",
    ],
)
def test_what_nobody_needs_is_shut_for_everybody(guest: Browser, path: str) -> None:
    assert guest.get(path).status == 404
    assert guest.submit(path).status == 404


@pytest.mark.parametrize(
    "path", ["/_stcore/health", "/_stcore/host-config", "/budgets/_stcore/health", "/static/js/x.js"]
)
def test_what_a_tab_needs_to_find_its_way_out_is_open(stranger: Browser, path: str) -> None:
    assert stranger.get(path).status == 200


@pytest.mark.parametrize("path", ["/static/../budgets", "/static/%2e%2e/media/x", "//evil.example/x", "/STATIC/x"])
def test_a_disguised_path_reaches_no_screen(stranger: Browser, path: str) -> None:
    answer = stranger.get(path)
    assert answer.status == 303 or "/static/" in answer.text


def test_with_a_session_streamlit_is_told_who_it_is(guest: Browser, alice: SignedIn) -> None:
    reached = json.loads(guest.get("/budgets").body)
    assert reached["x-wallet-uid"] == str(alice.owner)
    assert reached["x-wallet-session"] == tokens.token_hash(alice.token)
    assert told(guest.connect()) == {name: reached[name] for name in ("x-wallet-uid", "x-wallet-session")}


@pytest.mark.parametrize("name", ["x-wallet-uid", "X-Wallet-Uid", "x-wallet-session", "x-wallet-anything"])
def test_what_a_client_says_about_itself_is_not_believed(
    guest: Browser, stranger: Browser, alice: SignedIn, name: str
) -> None:
    lie: dict[str, str | None] = {name: "00000000-0000-0000-0000-000000000001"}
    assert stranger.get("/budgets", lie).status == 303
    assert stranger.connect(lie) == REFUSED_SOCKET
    assert "x-wallet-uid" not in json.loads(stranger.get("/_stcore/health", lie).body)
    for heard in (json.loads(guest.get("/budgets", lie).body), told(guest.connect(lie))):
        assert heard["x-wallet-uid"] == str(alice.owner)
        assert "00000000-0000-0000-0000-000000000001" not in heard.values()


def forgeries(alice: SignedIn) -> list[str]:
    owner, secret = alice.token.split(".")
    return [
        "",
        "x",
        owner,
        f"{owner}.",
        f"{owner}.{'A' * 43}",
        f"{'0' * 32}.{secret}",
        alice.token[:-1],
        alice.token + "A",
        tokens.token_hash(alice.token),
        f"{owner}.{tokens.token_hash(alice.token)}",
        "' OR 1=1 --",
    ]


def test_a_forged_cookie_opens_neither_page_nor_socket(edge: Starlette, alice: SignedIn) -> None:
    for forged in forgeries(alice):
        browser = Browser(edge)
        browser.jar[COOKIE] = forged
        assert browser.get("/budgets").status == 303, forged
        assert browser.get("/media/x").status == 401, forged
        assert browser.connect() == REFUSED_SOCKET, forged


def test_a_cookie_under_another_name_is_no_session(edge: Starlette, alice: SignedIn) -> None:
    browser = Browser(edge)
    browser.jar["wallet"] = alice.token  # what a plain-http or sub-domain attacker could plant
    assert browser.get("/budgets").status == 303
    assert browser.connect() == REFUSED_SOCKET


def test_an_ended_session_opens_no_page_but_its_socket_comes_in_as_nobody(
    guest: Browser, wallet: Running, alice: SignedIn
) -> None:
    identity.sign_out(wallet.database, alice.token, Visit())
    assert guest.get("/budgets").status == 303
    assert guest.get("/media/x").status == 401
    assert told(guest.connect({"x-wallet-uid": str(alice.owner)})) == {}


def test_a_socket_needs_a_cookie_and_our_own_origin(guest: Browser, stranger: Browser) -> None:
    assert stranger.connect() == REFUSED_SOCKET
    foreign: list[str | None] = [
        None,
        "null",
        "https://evil.example",
        "http://localhost:3000",
        "http://127.0.0.1:8501",
        "http://localhost:8501.evil.example",
        "ftp://localhost:8501",
        "http://[bad",
    ]
    for origin in foreign:
        assert guest.connect({"origin": origin}) == REFUSED_SOCKET, origin
    assert guest.connect({"sec-fetch-site": "cross-site"}) == REFUSED_SOCKET
    assert guest.connect(path="/_stcore/other") == REFUSED_SOCKET


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example", "sec-fetch-site": "cross-site"},
        {"origin": "https://evil.example", "sec-fetch-site": None},
        {"origin": "null", "sec-fetch-site": None},
        {"origin": None, "sec-fetch-site": None},
        {"sec-fetch-site": "same-site"},
        {"origin": "http://localhost:3000", "sec-fetch-site": None},
    ],
)
@pytest.mark.parametrize("path", ["/signin", "/signup", "/signin/code", "/signout", "/_stcore/upload_file/a/b"])
def test_a_foreign_page_can_make_no_change(guest: Browser, path: str, headers: dict[str, str | None]) -> None:
    assert guest.submit(path, {"name": "alice"}, headers).status == 403
    assert guest.get("/budgets").status == 200


@pytest.mark.parametrize(
    "host", ["evil.example", "localhost.evil.example", "", "a b", "localhost:8501@evil.example", "evil.example:8501"]
)
def test_a_strange_host_name_gets_nothing(edge: Starlette, alice: SignedIn, host: str) -> None:
    browser = Browser(edge, host)
    browser.jar[COOKIE] = alice.token
    assert browser.get("/").status == 421
    assert browser.connect() == REFUSED_SOCKET


@pytest.mark.parametrize(
    "host", ["localhost", "127.0.0.1:8501", "[::1]:8501", "192.168.1.7:8501", "nas.local", "wallet.home.arpa"]
)
def test_this_machine_and_the_home_network_are_known(edge: Starlette, alice: SignedIn, host: str) -> None:
    assert Browser(edge, host).get("/_stcore/health").status == 200


def test_a_name_of_ones_own_is_declared_in_the_environment(
    wallet: Running, alice: SignedIn, edge: Starlette, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LITTLE_GOLD_CARD_HOSTS", "Wallet.Example.org, other.example")
    assert Browser(edge, "wallet.example.org").get("/_stcore/health").status == 200
    assert Browser(edge, "third.example").get("/_stcore/health").status == 421


def test_every_answer_is_protected(guest: Browser, stranger: Browser) -> None:
    for answer in (guest.get("/budgets"), stranger.get("/budgets"), stranger.get("/signin"), stranger.get("/media/x")):
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["x-frame-options"] == "DENY"
        assert answer.headers["referrer-policy"] == "same-origin"
        assert answer.headers["cache-control"] == "no-store"
        policy = answer.headers["content-security-policy"]
        assert "frame-ancestors 'none'" in policy
        assert "'unsafe-eval'" not in policy
        assert "script-src 'self' 'unsafe-inline'" not in policy
        assert "strict-transport-security" not in answer.headers
    assert "'unsafe-inline'" not in stranger.get("/signin").headers["content-security-policy"]


def test_behind_tls_the_browser_is_told_to_stay_there(edge: Starlette, alice: SignedIn) -> None:
    answer = Browser(edge, "wallet.home.arpa", "https").get("/signin")
    assert "strict-transport-security" in answer.headers
    assert (
        "wss://wallet.home.arpa"
        in Browser(edge, "wallet.home.arpa", "https").get("/x").headers["content-security-policy"]
    )


def test_while_the_store_is_closed_nobody_gets_in(guest: Browser, tmp_path: Path) -> None:
    running.set_current(None)
    assert guest.get("/budgets").status == 303
    assert guest.connect() == REFUSED_SOCKET
    assert guest.get("/healthz").status == 503
