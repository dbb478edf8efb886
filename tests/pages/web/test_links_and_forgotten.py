"""Invitation and reset links, forgotten passwords, guessing at the door: as a browser goes through them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pyotp
import pytest
from starlette.applications import Starlette

from data import identity, invitations, own_security, recovering, second_factor
from data.assurance import AT_THE_MACHINE
from data.running import Running
from data.sign_in import SignedIn, Visit
from tests.pages.web.asgi import Browser

GOOD = "correct horse battery"
OTHER = "a whole new sentence"
COOKIE = "__Host-wallet"
DEVICE = "__Host-wallet-device"


def mode(wallet: Running, operator: SignedIn, wanted: invitations.Mode) -> None:
    invitations.choose(wallet.database, operator.owner, wanted, Visit())


@pytest.mark.parametrize(("language", "closed"), [("zh", "暂不接受注册"), ("en", "Sign-up is closed")])
def test_where_sign_up_is_closed_there_is_no_form_and_none_is_taken(
    edge: Starlette, wallet: Running, alice: SignedIn, language: str, closed: str
) -> None:
    browser = Browser(edge)
    drawn = browser.get("/signup").text
    token = drawn.split('name="form" value="')[1].split('"')[0]
    mode(wallet, alice, "closed")
    page = browser.get(f"/signup?lang={language}").text
    assert closed in page
    assert 'type="password"' not in page
    assert "/signup" not in browser.get("/signin").text
    answer = browser.submit("/signup", {"name": "eve", "password": GOOD, "form": token})
    assert answer.status == 403
    assert COOKIE not in answer.cookies
    assert identity.person_named(wallet.database, "eve") is None


def test_an_invitation_link_leads_to_the_form_leaves_the_address_and_admits_one(
    edge: Starlette, wallet: Running, alice: SignedIn
) -> None:
    mode(wallet, alice, "invitation")
    link = f"/invited?t={invitations.invite(wallet.database, alice.owner, '', Visit())}"
    looking, browser, late = Browser(edge), Browser(edge), Browser(edge)
    assert "凭邀请注册" in browser.get("/signup").text
    for _ in range(3):  # looking at a link, as chat programs do for a preview, uses nothing up
        looking.get(link, {"sec-fetch-site": "cross-site"})
    led = browser.get(link, {"sec-fetch-site": "cross-site"})
    assert (led.status, led.location) == (303, "/signup")
    assert led.headers["cache-control"] == "no-store"
    late.get(link)
    form = late.get("/signup").text.split('name="form" value="')[1].split('"')[0]
    assert "你收到了邀请" in browser.get("/signup").text
    answer = browser.fill("/signup", name="bob", password=GOOD)
    assert browser.get(answer.location).location == "/"
    assert browser.jar["__Host-wallet-invited"] == ""
    assert late.submit("/signup", {"name": "eve", "password": GOOD, "form": form}).status == 403
    gone = late.get(link)
    assert gone.status == 410
    assert "邀请已失效" in gone.text


def test_a_reset_link_asks_for_a_new_password_and_signs_nobody_in(
    edge: Starlette, wallet: Running, alice: SignedIn
) -> None:
    bob = identity.sign_up(wallet.database, "bob", GOOD, Visit())
    link = f"/reset?t={recovering.issue(wallet.database, alice.owner, bob.owner, Visit())}"
    browser = Browser(edge)
    led = browser.get(link)
    assert (led.status, led.location) == (303, "/reset")
    page = browser.get("/reset")
    assert "bob" in page.text
    weak = browser.fill("/reset", password="too short")
    assert weak.status == 422
    assert 'id="password-wrong"' in weak.text
    assert "too short" not in weak.text
    answer = browser.fill("/reset", password=OTHER)
    assert answer.location == "/signin?new=1"
    assert COOKIE not in answer.cookies
    assert "新密码已生效" in browser.get(answer.location).text
    assert browser.get("/reset").status == 410
    assert Browser(edge).get(link).location == "/reset"
    assert browser.fill("/signin", name="bob", password=OTHER).status == 303


def test_a_forgotten_password_is_replaced_by_a_recovery_code_and_the_app_still_counts(
    edge: Starlette, wallet: Running, alice: SignedIn
) -> None:
    enrolment = second_factor.begin_totp("alice")
    earlier = pyotp.TOTP(enrolment.secret).at(datetime.now(UTC), counter_offset=-1)
    asked = (alice.owner, enrolment.secret, earlier, Visit(), AT_THE_MACHINE)
    codes = second_factor.confirm_totp(wallet.database, wallet.key, *asked)
    browser = Browser(edge)
    assert "/forgotten" in browser.get("/signin").text
    wrong = browser.fill("/forgotten", name="alice", code="0000-0000-0000-0000", password=OTHER)
    assert wrong.status == 422
    assert 'id="code-wrong"' in wrong.text
    answer = browser.fill("/forgotten", name="alice", code=codes[0], password=OTHER)
    assert answer.location == "/signin?new=1"
    asked_for = browser.fill("/signin", name="alice", password=OTHER)
    assert asked_for.location == "/signin/code"
    assert COOKIE not in asked_for.cookies


def test_guessing_is_answered_with_the_wait_the_same_for_a_name_that_nobody_has(
    edge: Starlette, alice: SignedIn
) -> None:
    answers = []
    for number, name in enumerate(("alice", "nobody")):
        browser = Browser(edge)
        browser.address = f"203.0.113.{number}"
        statuses = [browser.fill("/signin", name=name, password=f"guess {n}").status for n in range(6)]
        last = browser.fill("/signin", name=name, password=GOOD)
        answers.append((statuses, last.status, "试得太频繁" in last.text, int(last.headers["retry-after"]) <= 30))
    assert answers[0] == answers[1] == ([401] * 5 + [429], 429, True, True)


def test_the_owner_comes_in_with_a_browser_that_was_there_before_whatever_strangers_do(
    edge: Starlette, alice: SignedIn
) -> None:
    own, stranger = Browser(edge), Browser(edge)
    own.fill("/signin", name="alice", password=GOOD)
    own.submit("/signout")
    stranger.address = "203.0.113.9"
    for number in range(8):
        stranger.fill("/signin", name="alice", password=f"guess {number}")
    assert stranger.fill("/signin", name="alice", password=GOOD).status == 429
    own.address = "203.0.113.9"
    assert own.fill("/signin", name="alice", password=GOOD).status == 303


def test_the_device_cookie_opens_nothing_and_stays_the_same(edge: Starlette, alice: SignedIn) -> None:
    browser = Browser(edge)
    browser.get("/signin")
    first = browser.jar[DEVICE]
    answer = browser.fill("/signin", name="alice", password=GOOD)
    assert browser.jar[DEVICE] == first
    other = Browser(edge)
    other.jar[DEVICE] = first
    assert other.get("/budgets").status == 303
    given = other.get("/signin").cookies[DEVICE].lower()
    for part in ("secure", "httponly", "samesite=lax", "path=/"):
        assert part in given
    assert answer.status == 303


@pytest.mark.parametrize("planted", ["", "short", "x" * 500, "a b" * 20, "<script>" * 8])
def test_a_device_cookie_of_another_shape_is_replaced(edge: Starlette, alice: SignedIn, planted: str) -> None:
    browser = Browser(edge)
    browser.jar[DEVICE] = planted
    browser.get("/signin")
    assert browser.jar[DEVICE] != planted


def test_a_session_planted_before_sign_in_is_worth_nothing_after_it(
    edge: Starlette, wallet: Running, alice: SignedIn
) -> None:
    mallory = identity.sign_up(wallet.database, "mallory", GOOD, Visit())
    victim = Browser(edge)
    victim.jar[COOKIE] = mallory.token  # fixated: the victim's browser carries the attacker's session
    victim.get("/signout")
    victim.jar[COOKIE] = mallory.token
    identity.sign_out(wallet.database, mallory.token, Visit())
    victim.fill("/signin", name="alice", password=GOOD)
    attacker = Browser(edge)
    attacker.jar[COOKIE] = mallory.token
    assert attacker.get("/budgets").status == 303
    assert victim.get("/budgets").status == 200


def test_signing_in_again_rotates_the_cookie_and_the_old_one_is_dead(
    edge: Starlette, wallet: Running, alice: SignedIn
) -> None:
    browser = Browser(edge)
    drawn = browser.get("/signin").text  # a second tab that was left on the form
    form = drawn.split('name="form" value="')[1].split('"')[0]
    browser.submit("/signin", {"name": "alice", "password": GOOD, "form": form})
    first = browser.jar[COOKIE]
    browser.submit("/signin", {"name": "alice", "password": GOOD, "form": form})
    second = browser.jar[COOKIE]
    assert first != second
    thief = Browser(edge)
    thief.jar[COOKIE] = first
    assert thief.get("/budgets").status == 303
    assert browser.get("/budgets").status == 200
    before, after = (identity.find_session(wallet.database, token) for token in (first, second))
    assert before is None
    assert after is not None


def test_whoever_signs_in_over_another_person_signs_that_person_out(
    edge: Starlette, wallet: Running, alice: SignedIn
) -> None:
    bob = identity.sign_up(wallet.database, "bob", GOOD, Visit())
    browser = Browser(edge)
    drawn = browser.get("/signin").text
    form = drawn.split('name="form" value="')[1].split('"')[0]
    browser.jar[COOKIE] = bob.token
    browser.submit("/signin", {"name": "alice", "password": GOOD, "form": form})
    found = identity.find_session(wallet.database, bob.token)
    assert found is not None
    assert found.ended_at is not None


def test_a_cookie_replayed_after_sign_out_opens_nothing(edge: Starlette, alice: SignedIn) -> None:
    browser = Browser(edge)
    browser.fill("/signin", name="alice", password=GOOD)
    stolen = browser.jar[COOKIE]
    browser.submit("/signout")
    thief = Browser(edge)
    thief.jar[COOKIE] = stolen
    assert thief.get("/budgets").status == 303
    assert thief.get("/media/x").status == 401
    assert thief.submit("/signout").status == 303
    assert thief.get("/signin").status == 200


def test_the_cookie_is_kept_as_long_as_the_person_chose(edge: Starlette, wallet: Running, alice: SignedIn) -> None:
    own_security.choose(wallet.database, alice.owner, own_security.Choices(session_days=7), Visit())
    answer = Browser(edge).fill("/signin", name="alice", password=GOOD)
    assert f"max-age={int(timedelta(days=7).total_seconds())}" in answer.cookies[COOKIE].lower()


@pytest.mark.parametrize("path", ["/signin", "/signup", "/forgotten"])
@pytest.mark.parametrize("wanted", ["https://evil.example", "//evil.example", "/\\evil.example", "javascript:alert(1)"])
def test_no_page_of_ours_leads_elsewhere(edge: Starlette, alice: SignedIn, path: str, wanted: str) -> None:
    browser = Browser(edge)
    assert "evil.example" not in browser.get(f"{path}?next={wanted}").text
    if path == "/signin":
        answer = browser.fill(f"/signin?next={wanted}", name="alice", password=GOOD)
        assert browser.get(answer.location).location == "/"


@pytest.mark.parametrize("path", ["/signup", "/forgotten", "/reset"])
def test_passwords_can_be_pasted_and_are_named_for_password_managers(
    edge: Starlette, wallet: Running, alice: SignedIn, path: str
) -> None:
    browser = Browser(edge)
    browser.get(f"/reset?t={recovering.issue(wallet.database, alice.owner, alice.owner, Visit())}")
    page = browser.get(path).text
    assert 'autocomplete="new-password"' in page
    assert 'autocomplete="username"' in page
    assert "onpaste" not in page
    assert "maxlength" not in page.split('id="password"')[1].split(">")[0]


@pytest.mark.parametrize("host_word", ["kitchenwallet", "familie-meier"])
def test_a_password_of_the_name_and_the_address_is_refused(edge: Starlette, wallet: Running, host_word: str) -> None:
    browser = Browser(edge, f"{host_word}.home.arpa", "https")
    answer = browser.fill("/signup", name="ann", password=f"{host_word} {host_word} 12")
    assert answer.status == 422
    assert "几乎没有别的内容" in answer.text


def test_nobody_fills_the_house_with_accounts_or_asks_which_names_are_taken(
    edge: Starlette, wallet: Running, alice: SignedIn
) -> None:
    statuses = []
    for number in range(7):
        browser = Browser(edge)
        browser.address = "203.0.113.60"
        name = "alice" if number % 2 else f"account {number}"
        statuses.append(browser.fill("/signup", name=name, password=GOOD).status)
    assert statuses == [303, 409, 303, 409, 303, 429, 429]
    assert Browser(edge).fill("/signup", name="somebody else", password=GOOD).status == 303
