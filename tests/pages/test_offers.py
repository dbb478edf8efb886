"""Offers: what is published is what the preview showed, once; campaigns go on and off; the house has its own."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from analytics import offers
from analytics.offers import Course
from data import identity, rewards
from data.ids import new_id, new_request_id
from data.merchants import CouponKind, Merchant
from data.rewards import ISSUER, EarnRule
from data.sign_in import Visit
from tests import wallet_house as filling
from tests.pages.house import LOCALES, figures, no_fault
from tests.pages.signed_in import PASSWORD, Wallet, open_wallet
from tests.pages.written import words

PAGE = "pages/offers.py"
HOUSE = "tests/pages/house_offers_screen.py"


@dataclasses.dataclass(frozen=True)
class Street:
    """alice runs the house, keeper runs the cafe, bob runs nothing."""

    alice: Wallet
    keeper: Wallet
    bob: Wallet
    cafe: Merchant


@pytest.fixture
def street(tmp_path: Path) -> Iterator[Street]:
    with open_wallet(tmp_path) as alice:
        keeper, bob = (identity.sign_up(alice.database, name, PASSWORD, Visit()) for name in ("keeper", "bob"))
        cafe = filling.shop(alice.running, "拾光咖啡", proprietor=keeper.owner)
        yield Street(
            alice, dataclasses.replace(alice, signed_in=keeper), dataclasses.replace(alice, signed_in=bob), cafe
        )


def shown(who: Wallet, locale: str = "zh-CN", page: str = PAGE, section: str = "coupons") -> AppTest:
    screen = who.screen(page, locale)
    screen.query_params["show"] = section
    return no_fault(screen.run())


def fill(screen: AppTest, key: str, **fields: Any) -> AppTest:
    """Type into the fields of a form and let the page follow."""
    for name, value in fields.items():
        screen.text_input(key=f"{key}.{name}").set_value(value)
    return no_fault(screen.run())


def published(street: Street) -> tuple[offers.Published, ...]:
    return offers.coupons(street.alice.database, street.cafe.id, street.alice.database.clock())


@pytest.mark.parametrize("locale", LOCALES)
def test_a_coupon_is_shown_while_it_is_typed_and_published_as_shown(street: Street, locale: str) -> None:
    key = f"offers.{street.cafe.id}.coupon.0"
    screen = shown(street.keeper, locale)
    assert figures(screen) == ["0", "0", "0", "¥0.00"]
    fill(screen, key, off="5", min="30", name="早安咖啡", stock="50")
    assert "早安咖啡" in words(screen)
    assert "¥25.00" in words(screen)
    no_fault(screen.button(key=f"{key}.do").click().run())
    (one,) = published(street)
    assert (one.coupon.name, one.coupon.off_minor, one.coupon.min_spend_minor, one.left) == (
        "早安咖啡",
        5_00,
        30_00,
        50,
    )
    assert (one.coupon.merchant, one.coupon.funded_by_merchant, one.course) == (street.cafe.id, True, Course.RUNNING)
    assert screen.toast
    assert figures(screen)[0] == "1"
    assert screen.text_input(key=f"offers.{street.cafe.id}.coupon.1.off").value == ""


@pytest.mark.parametrize(("locale", "typed"), [("zh-CN", {"rate.tenths": "85"}), ("en-US", {"rate.percent": "15"})])
def test_a_discount_is_typed_as_people_say_it(street: Street, locale: str, typed: dict[str, str]) -> None:
    key = f"offers.{street.cafe.id}.coupon.0"
    screen = shown(street.keeper, locale)
    screen.segmented_control(key=f"{key}.kind").set_value(CouponKind.PERCENT.value)
    no_fault(screen.run())
    fill(screen, key, cap="20", **typed)
    no_fault(screen.button(key=f"{key}.do").click().run())
    (one,) = published(street)
    assert (one.coupon.off_bp, one.coupon.cap_minor) == (1_500, 20_00)
    assert one.coupon.name in ("8.5 折，最多减 ¥20", "15% off, at most ¥20")


@pytest.mark.parametrize("locale", LOCALES)
def test_what_is_missing_is_said_and_nothing_is_published(street: Street, locale: str) -> None:
    key = f"offers.{street.cafe.id}.coupon.0"
    screen = fill(shown(street.keeper, locale), key, off="viel")
    no_fault(screen.button(key=f"{key}.do").click().run())
    assert len(screen.error) == 2
    assert published(street) == ()


def test_a_code_that_is_taken_is_refused_and_what_was_typed_stays(street: Street) -> None:
    filling.coupon(street.keeper.running, street.cafe, "CAFE5", "旧券", off_minor=1_00, min_spend_minor=2_00)
    key = f"offers.{street.cafe.id}.coupon.0"
    screen = fill(shown(street.keeper), key, off="5", min="30", code="CAFE5")
    no_fault(screen.button(key=f"{key}.do").click().run())
    assert screen.error
    assert len(published(street)) == 1
    fill(screen, key, code="CAFE6")
    no_fault(screen.button(key=f"{key}.do").click().run())
    assert [one.coupon.code for one in published(street)] == ["CAFE6", "CAFE5"]


def test_a_press_that_is_sent_again_publishes_once(street: Street) -> None:
    key = f"offers.{street.cafe.id}.coupon.0"
    drawn = {"lgc.requests": {key: new_request_id()}, f"lgc.once.{key}.id": new_id()}
    for _ in range(2):  # a reconnect: the answer was on its way when the tab was gone
        screen = shown(street.keeper)
        for name, value in drawn.items():
            screen.session_state[name] = value
        fill(screen, key, off="5", min="30")
        no_fault(screen.button(key=f"{key}.do").click().run())
        assert screen.toast
    assert len(published(street)) == 1


def test_the_list_says_what_a_coupon_cost(street: Street) -> None:
    offer = filling.coupon(
        street.keeper.running, street.cafe, "CAFE5", "老顾客券", off_minor=5_00, min_spend_minor=30_00
    )
    filling.open_for(street.bob.running, street.bob.owner)
    filling.top_up(street.bob.running, street.bob.owner, filling.card(street.bob.running, street.bob.owner), 100_00)
    claim = filling.claim(street.bob.running, street.bob.owner, offer)
    filling.pay(street.bob.running, street.bob.owner, street.cafe, 40_00, claims=(claim,))
    screen = shown(street.keeper)
    assert figures(screen) == ["1", "1", "1", "¥5.00"]
    assert "¥40.00" in words(screen)


@pytest.mark.parametrize("locale", LOCALES)
def test_an_offer_is_taken_back_after_being_asked_and_stands_on_the_other_shelf(street: Street, locale: str) -> None:
    offer = filling.coupon(
        street.keeper.running, street.cafe, "CAFE5", "老顾客券", off_minor=5_00, min_spend_minor=30_00
    )
    key = f"offers.{street.cafe.id}"
    screen = shown(street.keeper, locale)
    no_fault(screen.button(key=f"{key}.end.{offer.id}").click().run())
    assert published(street)[0].course is Course.RUNNING
    no_fault(screen.button(key=f"{key}.end.confirm").click().run())
    assert published(street)[0].course is Course.OFF
    assert screen.toast
    screen.pills(key=f"{key}.shelf").set_value("past")
    assert "老顾客券" in words(no_fault(screen.run()))
    filling.open_for(street.bob.running, street.bob.owner)
    assert "老顾客券" not in words(shown(street.bob, locale, "pages/points.py"))


@pytest.mark.parametrize("locale", LOCALES)
def test_who_runs_no_merchant_is_led_to_the_till(street: Street, locale: str) -> None:
    screen = shown(street.bob, locale)
    assert [button.key for button in screen.button] == ["offers.no_merchant.0"]


@pytest.mark.parametrize("locale", LOCALES)
def test_a_campaign_is_started_stopped_and_taken_up_again(street: Street, locale: str) -> None:
    key = f"offers.{street.cafe.id}.campaign"
    screen = fill(shown(street.keeper, locale, section="campaigns"), f"{key}.0", name="双倍")
    assert "200" in words(screen)
    no_fault(screen.button(key=f"{key}.0.do").click().run())
    for course in (Course.RUNNING, Course.OFF, Course.RUNNING):
        (one,) = offers.campaigns(street.alice.database, street.cafe.id, street.alice.database.clock())
        assert (one.course, one.rule.multiplier_bp, one.rule.merchant) == (course, 20_000, str(street.cafe.id))
        toggle = screen.toggle(key=f"{key}.{one.rule.code}.{one.change}")
        assert toggle.value is (course is Course.RUNNING)
        toggle.set_value(course is not Course.RUNNING)
        no_fault(screen.run())


def test_a_campaign_that_ends_before_it_begins_is_not_started(street: Street) -> None:
    key = f"offers.{street.cafe.id}.campaign.0"
    screen = shown(street.keeper, section="campaigns")
    screen.date_input(key=f"{key}.ends").set_value(date(2020, 1, 1))
    no_fault(screen.run())
    no_fault(screen.button(key=f"{key}.do").click().run())
    assert screen.error
    assert offers.campaigns(street.alice.database, street.cafe.id, street.alice.database.clock()) == ()


@pytest.mark.parametrize("locale", LOCALES)
def test_the_house_sets_how_points_work_everywhere(street: Street, locale: str) -> None:
    screen = fill(
        shown(street.alice, locale, HOUSE), "house_offers.base.0", rate="0.5", share="50", per_day="100", days=""
    )
    assert "50%" in words(screen)
    no_fault(screen.button(key="house_offers.base.0.save").click().run())
    rule = rewards.base_rule(street.alice.database)
    assert rule == EarnRule(multiplier_bp=5_000, redeem_cap_bp=5_000, cap_per_day=100, valid_days=None)
    assert screen.text_input(key="house_offers.base.1.rate").value == "0.5"


def test_a_rule_that_cannot_be_is_refused_at_its_field(street: Street) -> None:
    screen = fill(shown(street.alice, page=HOUSE), "house_offers.base.0", worth="0", share="120")
    no_fault(screen.button(key="house_offers.base.0.save").click().run())
    assert len(screen.error) == 2
    assert rewards.base_rule(street.alice.database) == EarnRule()


@pytest.mark.parametrize("locale", LOCALES)
def test_the_house_publishes_coupons_for_one_merchant_or_a_category(street: Street, locale: str) -> None:
    screen = shown(street.alice, locale, HOUSE)
    screen.pills(key="house_offers.part").set_value("coupons").run()
    fill(screen, "house_offers.coupon.0", off="20", min="150")
    screen.selectbox(key="house_offers.coupon.0.merchant").set_value(str(street.cafe.id))
    screen.selectbox(key="house_offers.coupon.0.category").set_value("dining")
    no_fault(screen.run())
    no_fault(screen.button(key="house_offers.coupon.0.do").click().run())
    (one,) = offers.coupons(street.alice.database, ISSUER, street.alice.database.clock())
    assert (one.coupon.merchant, one.coupon.category) == (street.cafe.id, "dining")
    assert not one.coupon.funded_by_merchant
    assert street.cafe.name in words(screen)


def test_the_house_starts_a_campaign_for_a_category(street: Street) -> None:
    screen = shown(street.alice, page=HOUSE)
    screen.pills(key="house_offers.part").set_value("campaigns").run()
    screen.selectbox(key="house_offers.campaign.0.category").set_value("groceries")
    screen.button(key="house_offers.campaign.0.do").click()
    no_fault(screen.run())
    (one,) = offers.campaigns(street.alice.database, ISSUER, street.alice.database.clock())
    assert (one.rule.category, one.rule.merchant, one.course) == ("groceries", "", Course.RUNNING)


def test_nobody_but_the_operator_changes_what_the_house_offers(street: Street) -> None:
    screen = fill(shown(street.bob, page=HOUSE), "house_offers.base.0", rate="100")
    no_fault(screen.button(key="house_offers.base.0.save").click().run())
    assert screen.error
    assert rewards.base_rule(street.alice.database) == EarnRule()
