"""Points and coupons: the figures are the wallet's, a coupon is taken once however often the button is pressed."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from analytics.coupon_book import mine
from analytics.points import points
from data import identity, rewards, wallet
from data.merchants import CouponKind
from data.refunds import ConfirmRefund, confirm
from data.rewards import ISSUER, EarnRule, SetEarnRule
from data.sign_in import Visit
from pages.ui import links
from tests import wallet_house as filling
from tests.pages.house import LOCALES, figures, no_fault, scope_of
from tests.pages.signed_in import PASSWORD, Wallet, open_wallet
from tests.pages.written import words
from tests.wallet_house import Filled, by

PAGE = "pages/points.py"


@dataclasses.dataclass(frozen=True)
class Home:
    """alice with a wallet in use, and bob who has just arrived."""

    alice: Wallet
    bob: Wallet
    filled: Filled


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    with open_wallet(tmp_path) as alice:
        filled = filling.fill_wallet(alice.running, alice.owner)
        bob = identity.sign_up(alice.database, "bob", PASSWORD, Visit())
        yield Home(alice, dataclasses.replace(alice, signed_in=bob), filled)


def shown(who: Wallet, locale: str = "zh-CN", section: str = "points") -> AppTest:
    screen = who.screen(PAGE, locale)
    screen.query_params["show"] = section
    return no_fault(screen.run())


def claims(who: Wallet, code: str) -> int:
    now = who.database.clock()
    return sum(one.coupon.code == code for one in mine(scope_of(who), now))


def keys(screen: AppTest, begin: str) -> list[str]:
    return [button.key for button in screen.button if button.key and button.key.startswith(begin)]


@pytest.mark.parametrize("locale", LOCALES)
def test_the_figures_are_those_of_the_wallet(home: Home, locale: str) -> None:
    filling.pay(home.alice.running, home.alice.owner, home.filled.cafe, 300_00)
    filling.pay(home.alice.running, home.alice.owner, home.filled.cafe, 20_00, points=150)
    standing = wallet.standing(home.alice.database, home.alice.owner)[0]
    assert standing.points == 150 + 18
    screen = shown(home.alice, locale)
    assert figures(screen) == ["168", "0", "0", "318"]
    assert "¥1.68" in screen.metric[0].delta


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("section", ["points", "coupons"])
def test_who_has_just_arrived_is_told_what_to_do(home: Home, locale: str, section: str) -> None:
    screen = shown(home.bob, locale, section)
    if section == "points":
        assert keys(screen, "points.empty") == ["points.empty.0"]
    else:
        assert len(keys(screen, "points.take.")) == 4
        assert "¥30" in words(screen)


def test_a_debt_is_shown_as_one_and_explained(home: Home) -> None:
    alice, cafe = home.alice, home.filled.cafe
    paid = filling.pay(alice.running, alice.owner, cafe, 200_00)
    filling.pay(alice.running, alice.owner, cafe, 1_50, points=150)
    refund = filling.ask_back(alice.running, alice.owner, paid, 200_00)
    confirm(alice.running, ConfirmRefund(**by(cafe.id, cafe.proprietor), refund=refund))
    screen = shown(alice)
    assert figures(screen)[:2] == ["0", "150"]
    assert screen.warning


@pytest.mark.parametrize("locale", LOCALES)
def test_how_points_are_earned_is_said_with_the_campaigns_that_run(home: Home, locale: str) -> None:
    rule = EarnRule(points_per_unit=2, cap_per_day=50, redeem_cap_bp=5_000)
    operator = filling.operator(home.alice.database)
    rewards.set_rule(home.alice.database, SetEarnRule(**by(ISSUER, operator), rule=rule))
    campaign = EarnRule(code="c", name="*双旦*", multiplier_bp=15_000, category="dining")
    rewards.set_rule(home.alice.database, SetEarnRule(**by(ISSUER, operator), rule=campaign))
    said = words(shown(home.bob, locale))
    assert "50%" in said
    assert "1.5×" in said
    assert r"\*双旦\*" in said


def test_the_statement_is_filtered_and_leads_to_the_payment(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    filling.pay(home.alice.running, home.alice.owner, home.filled.cafe, 300_00)
    paid = filling.pay(home.alice.running, home.alice.owner, home.filled.cafe, 20_00, points=150)
    went: list[dict[str, str]] = []
    monkeypatch.setattr(links, "go", lambda page, **params: went.append({"page": page, **params}))
    screen = shown(home.alice)
    screen.session_state["lgc.kept.points.statement.list"] = "1"  # as a click on the second row leaves it
    no_fault(screen.run())
    assert went == [{"page": "refunds", "payment": paid["payment"]}]
    screen.segmented_control(key="points.statement.which").set_value("out")
    no_fault(screen.run())
    assert len(points(scope_of(home.alice)).moves) == 3


def test_a_coupon_is_taken_once_however_often_the_button_is_pressed(home: Home) -> None:
    offer = filling.coupon(
        home.bob.running, home.filled.cafe, "MANY", "多张券", off_minor=1_00, min_spend_minor=2_00, per_member=None
    )
    screen = shown(home.bob, section="coupons")
    button = f"points.take.{offer.id}.0"
    screen.button(key=button).click().run()
    assert claims(home.bob, "MANY") == 1
    assert button not in keys(no_fault(screen), "points.take.")
    assert screen.toast
    screen.button(key=f"points.take.{offer.id}.1").click().run()
    assert claims(home.bob, "MANY") == 2


def test_what_went_meanwhile_is_refused_in_words_and_then_shown_as_gone(home: Home) -> None:
    offer = filling.coupon(
        home.bob.running, home.filled.cafe, "LAST", "最后一张", off_minor=1_00, min_spend_minor=2_00, stock=1
    )
    screen = shown(home.bob, section="coupons")
    filling.claim(home.alice.running, home.alice.owner, offer)
    no_fault(screen.button(key=f"points.take.{offer.id}.0").click().run())
    assert screen.error
    assert claims(home.bob, "LAST") == 0
    assert not keys(screen, f"points.take.{offer.id}")


@pytest.mark.parametrize("locale", LOCALES)
def test_coupons_lie_on_shelves_with_until_when(home: Home, locale: str) -> None:
    alice, cafe = home.alice, home.filled.cafe
    now = alice.database.clock()
    soon = filling.coupon(
        alice.running,
        cafe,
        "SOON",
        "以后的券",
        kind=CouponKind.INSTANT,
        off_minor=1_00,
        valid_from=now + timedelta(days=3),
    )
    filling.claim(alice.running, alice.owner, soon)
    filling.pay(alice.running, alice.owner, cafe, 50_00, claims=(home.filled.claims["CAFE5"],))
    screen = shown(alice, locale, "coupons")
    assert figures(screen)[0] == "3"
    assert figures(screen)[2] == "¥5.00"
    said = words(screen)
    assert "立减 3 元" in said
    for shelf, name in (("not_yet", "以后的券"), ("used", "满 30 减 5")):
        screen.pills(key="points.mine.shelf").set_value(shelf)
        no_fault(screen.run())
        assert name in words(screen)


def test_names_from_merchants_are_shown_as_they_are(home: Home) -> None:
    filling.coupon(
        home.bob.running, home.filled.cafe, "<b>", "<img src=x onerror=alert(1)>", off_minor=1_00, min_spend_minor=2_00
    )
    said = words(shown(home.bob, section="coupons"))
    assert "<img" not in said
    assert "&lt;img" in said


def test_an_address_that_says_nothing_shows_the_points(home: Home) -> None:
    assert len(figures(shown(home.bob, section="nonsense"))) == 4
