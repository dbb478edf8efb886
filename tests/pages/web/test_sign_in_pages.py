"""The pages around Streamlit, as a browser fills them in."""

from __future__ import annotations

from datetime import UTC, datetime

import pyotp
import pytest
from starlette.applications import Starlette

from data import identity, preferences, second_factor
from data.assurance import AT_THE_MACHINE
from data.running import Running
from data.sign_in import SignedIn, Visit
from pages.web import languages, places
from tests.pages.web.asgi import Browser

GOOD = "correct horse battery"
COOKIE = "__Host-wallet"


def test_the_first_visitor_is_led_to_sign_up_and_in_without_another_step(edge: Starlette) -> None:
    browser = Browser(edge)
    assert browser.get("/signin?next=/budgets").location == "/signup?next=%2Fbudgets"
    answer = browser.fill("/signup?next=/budgets", name="王小明", password=GOOD)
    assert answer.status == 303
    assert browser.get(answer.location).location == "/budgets"
    assert browser.get("/budgets").status == 200


def test_signing_in_leads_to_the_wanted_screen(edge: Starlette, alice: SignedIn) -> None:
    browser = Browser(edge)
    wanted = browser.get("/transactions?q=coffee").location
    answer = browser.fill(wanted, name="ALICE", password=GOOD)
    assert browser.get(answer.location).location == "/transactions?q=coffee"


def test_the_session_cookie_is_out_of_reach_of_scripts_and_other_sites(edge: Starlette, alice: SignedIn) -> None:
    answer = Browser(edge).fill("/signin", name="alice", password=GOOD)
    cookie = answer.cookies[COOKIE].lower()
    for part in ("secure", "httponly", "samesite=lax", "path=/", "max-age=2592000"):
        assert part in cookie
    assert "domain" not in cookie


def test_a_new_session_is_made_at_every_sign_in(edge: Starlette, alice: SignedIn) -> None:
    browser = Browser(edge)
    browser.jar[COOKIE] = planted = f"{alice.owner.hex}.{'A' * 43}"
    browser.fill("/signin", name="alice", password=GOOD)
    assert browser.jar[COOKIE] not in {planted, alice.token}


@pytest.mark.parametrize(("name", "password"), [("alice", "wrong"), ("nobody", GOOD), ("", "")])
def test_a_wrong_password_and_an_unknown_name_look_the_same(
    edge: Starlette, alice: SignedIn, name: str, password: str
) -> None:
    answer = Browser(edge).fill("/signin", name=name, password=password)
    assert answer.status == 401
    assert "用户名或密码不对" in answer.text
    assert COOKIE not in answer.cookies


def test_an_error_stands_at_its_field_keeps_the_name_and_never_the_password(edge: Starlette, alice: SignedIn) -> None:
    answer = Browser(edge).fill("/signup", name='<b onclick="x">', password="tiny secret")
    assert answer.status == 422
    assert 'id="password-wrong"' in answer.text
    assert "至少要 15 个" in answer.text
    assert "tiny secret" not in answer.text
    assert "<b onclick" not in answer.text
    assert "&lt;b onclick" in answer.text


def test_forms_speak_the_browsers_language_or_the_one_asked_for(edge: Starlette, alice: SignedIn) -> None:
    browser = Browser(edge)
    assert '<html lang="zh-CN">' in browser.get("/signin").text
    assert "Sign in" in browser.get("/signin", {"accept-language": "de, en;q=0.5"}).text
    english = browser.get("/signin?lang=en&next=/budgets").text
    assert "Sign in" in english
    assert "/signin?next=%2Fbudgets&amp;lang=zh" in english


def test_a_language_chosen_by_hand_at_sign_up_is_kept(edge: Starlette, wallet: Running) -> None:
    browser = Browser(edge)
    browser.fill("/signup?lang=en", name="bob", password=GOOD)
    browser.jar.clear()
    browser.fill("/signup", name="carol", password=GOOD)
    kept = {}
    for name in ("bob", "carol"):
        person = identity.person_named(wallet.database, name)
        assert person is not None
        kept[name] = preferences.preferences_of(wallet.database, person.owner).language
    assert kept == {"bob": "en", "carol": None}


@pytest.mark.parametrize(
    "wanted",
    [
        "https://evil.example",
        "//evil.example",
        "/\\evil.example",
        "\\/evil.example",
        "/%09/evil.example\t",
        "javascript:alert(1)",
        "budgets",
        "/signout",
        "/signin?next=/x",
        "/_stcore/health",
        "/media/x",
        "/a\r\nset-cookie: x=1",
        "/" + "x" * 3000,
        "",
    ],
)
def test_nobody_is_led_elsewhere_by_a_crafted_link(wanted: str) -> None:
    assert places.local_path(wanted) == "/"


@pytest.mark.parametrize("wanted", ["/", "/budgets", "/transactions?q=咖啡&from=2026-10-01", "/reports#year"])
def test_a_screen_of_ours_is_kept(wanted: str) -> None:
    assert places.local_path(wanted) == wanted


def test_a_form_counts_only_in_the_browser_it_was_drawn_for(edge: Starlette, alice: SignedIn) -> None:
    attacker, victim = Browser(edge), Browser(edge)
    drawn = attacker.get("/signin").text
    token = drawn.split('name="form" value="')[1].split('"')[0]
    victim.get("/signin")
    fields = {"name": "alice", "password": GOOD, "form": token}
    answer = victim.submit("/signin", fields)
    assert answer.status == 409
    assert COOKIE not in answer.cookies
    for fields in ({"name": "alice", "password": GOOD}, {"form": ""}):
        assert COOKIE not in victim.submit("/signin", fields).cookies
        assert COOKIE not in victim.submit("/signup", fields | {"name": "eve"}).cookies


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"x" * 20_000, "application/x-www-form-urlencoded"),
        (b'{"name":"alice"}', "application/json"),
        (b"\xff\xfe=1", "application/x-www-form-urlencoded"),
        (b"&".join(b"a%d=1" % n for n in range(50)), "application/x-www-form-urlencoded"),
        (b"--x\r\n", "multipart/form-data; boundary=x"),
    ],
)
def test_what_is_no_form_of_ours_is_not_read(edge: Starlette, alice: SignedIn, body: bytes, kind: str) -> None:
    browser = Browser(edge)
    browser.get("/signin")
    headers: dict[str, str | None] = {"content-type": kind, "origin": "http://localhost:8501"}
    assert browser.request("POST", "/signin", body, headers).status == 409


def test_signing_out_ends_the_session_for_every_tab(edge: Starlette, alice: SignedIn) -> None:
    first, second = Browser(edge), Browser(edge)
    first.jar[COOKIE] = second.jar[COOKIE] = alice.token
    answer = first.submit("/signout")
    assert (answer.status, answer.location) == (303, "/signin?out=1")
    assert "你已退出" in first.get(answer.location).text
    assert first.get("/").status == second.get("/").status == 303


def test_a_link_cannot_sign_anybody_out(edge: Starlette, alice: SignedIn) -> None:
    browser = Browser(edge)
    browser.jar[COOKIE] = alice.token
    browser.get("/signout")
    assert browser.get("/").status == 200


@pytest.fixture
def app_of_alice(wallet: Running, alice: SignedIn) -> tuple[pyotp.TOTP, tuple[str, ...]]:
    enrolment = second_factor.begin_totp("alice")
    app = pyotp.TOTP(enrolment.secret)
    earlier = app.at(datetime.now(UTC), counter_offset=-1)  # so that the present code is still unused
    codes = second_factor.confirm_totp(
        wallet.database, wallet.key, alice.owner, enrolment.secret, earlier, Visit(), assurance=AT_THE_MACHINE
    )
    return app, codes


def test_with_an_app_the_password_leads_to_the_code_and_the_code_leads_in(
    edge: Starlette, app_of_alice: tuple[pyotp.TOTP, tuple[str, ...]]
) -> None:
    browser = Browser(edge)
    asked = browser.fill("/signin?next=/budgets", name="alice", password=GOOD)
    assert asked.location == "/signin/code?next=%2Fbudgets"
    assert COOKIE not in asked.cookies
    assert browser.get("/budgets").status == 303
    wrong = browser.fill(asked.location, code="000000")
    assert wrong.status == 401
    assert 'id="code-wrong"' in wrong.text
    right = browser.fill(asked.location, code=app_of_alice[0].now())
    assert browser.get(right.location).location == "/budgets"


def test_a_recovery_code_leads_in_too(edge: Starlette, app_of_alice: tuple[pyotp.TOTP, tuple[str, ...]]) -> None:
    browser = Browser(edge)
    browser.fill("/signin", name="alice", password=GOOD)
    right = browser.fill("/signin/code?recovery=1", code=app_of_alice[1][0])
    assert browser.get(right.location).location == "/"


def test_after_five_wrong_codes_the_password_is_asked_again(
    edge: Starlette, app_of_alice: tuple[pyotp.TOTP, tuple[str, ...]]
) -> None:
    browser = Browser(edge)
    browser.fill("/signin", name="alice", password=GOOD)
    for _ in range(5):
        browser.fill("/signin/code", code="000000")
    answer = browser.fill("/signin/code", code=app_of_alice[0].now())
    assert "请重新输入密码" in answer.text
    assert browser.get("/").status == 303


def test_the_code_page_is_nothing_without_a_password_before_it(edge: Starlette, alice: SignedIn) -> None:
    assert Browser(edge).get("/signin/code").location == "/signin"


def test_over_plain_http_from_another_address_no_password_is_asked_for(edge: Starlette, alice: SignedIn) -> None:
    for path in ("/signin", "/signup"):
        page = Browser(edge, "192.168.1.7:8501").get(path).text
        assert "LITTLE_GOLD_CARD_TRUSTED_HTTP" in page
        assert 'type="password"' not in page
    assert 'type="password"' in Browser(edge, "192.168.1.7:8501", "https").get("/signin").text


def test_the_named_switch_trusts_the_home_network(
    edge: Starlette, alice: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LITTLE_GOLD_CARD_TRUSTED_HTTP", "1")
    browser = Browser(edge, "192.168.1.7:8501")
    answer = browser.fill("/signin", name="alice", password=GOOD)
    assert "secure" not in answer.cookies["wallet"].lower()
    assert browser.get(answer.location).location == "/"
    assert browser.get("/").status == 200
    assert COOKIE in Browser(edge, "192.168.1.7", "https").fill("/signin", name="alice", password=GOOD).cookies


def test_a_browser_that_keeps_no_cookie_is_told_what_to_do(edge: Starlette, alice: SignedIn) -> None:
    browser = Browser(edge)
    answer = browser.fill("/signin", name="alice", password=GOOD)
    browser.jar.clear()
    assert "浏览器没能保存登录" in browser.get(answer.location).text
    browser.jar.clear()
    assert "浏览器没能保存登录" in browser.submit("/signin", {"name": "alice", "password": GOOD}).text


def test_those_who_are_in_are_not_asked_again(edge: Starlette, alice: SignedIn) -> None:
    browser = Browser(edge)
    browser.jar[COOKIE] = alice.token
    assert browser.get("/signin?next=/budgets").location == "/budgets"
    assert browser.get("/signup").location == "/"


def test_our_own_files_are_kept_by_browsers_and_health_says_little(edge: Starlette, alice: SignedIn) -> None:
    browser = Browser(edge)
    page = browser.get("/signin").text
    style = page.split('rel="stylesheet" href="')[1].split('"')[0]
    assert browser.get(style).headers["cache-control"] == "public, max-age=31536000"
    assert browser.get("/web/../signin.py").status in {303, 404}
    assert browser.get("/healthz").text == "ok"


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh"),
        ("en-GB,en;q=0.9,zh;q=0.8", "en"),
        ("fr, zh-TW;q=0.4, en;q=0.3", "zh"),
        ("fr", "en"),
        ("", "en"),
        ("en;q=0, zh;q=0.1", "zh"),
        ("zh;q=abc", "en"),
        ("," * 5000, "en"),
    ],
)
def test_the_browsers_wish_for_a_language_is_weighed(header: str, language: str) -> None:
    assert languages.preferred(header) == language
