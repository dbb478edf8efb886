"""Pay: whoever is to be paid is found, what it comes to is said before, it is paid once, and the receipt says all."""

from __future__ import annotations

import dataclasses
import io
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from analytics.budgets import budget
from data import identity, merchants, settlement, wallet
from data.codes import pictures
from data.ids import new_request_id
from data.merchants import ChangeMerchant
from data.money import Money
from data.planning import Carry, LimitItem, set_limits
from data.sign_in import Visit
from data.wallet import Freeze, SetLimits
from pages.ui.catalogue import translator
from pages.ui.format import money
from tests import wallet_house as house
from tests.pages.house import LANGUAGES, LOCALES, no_fault, scope_of
from tests.pages.signed_in import PASSWORD, Wallet, open_wallet
from tests.wallet_house import Filled, by

PAGE = "pages/pay.py"
FOREIGN = "https://qr.alipay.com/fkx01234567890"


@pytest.fixture
def alice(tmp_path: Path) -> Iterator[Wallet]:
    with open_wallet(tmp_path) as opened:
        yield opened


@pytest.fixture
def filled(alice: Wallet) -> Filled:
    return house.fill_wallet(alice.running, alice.owner)


@pytest.fixture
def bob(alice: Wallet) -> Wallet:
    return dataclasses.replace(alice, signed_in=identity.sign_up(alice.database, "bob", PASSWORD, Visit()))


def screen(who: Wallet, locale: str = "zh-CN", **address: object) -> AppTest:
    app = who.screen(PAGE, locale)
    for name, value in address.items():
        app.query_params[name] = str(value)
    return no_fault(app.run())


def form(who: Wallet, filled: Filled, amount: str, locale: str = "zh-CN", **address: object) -> AppTest:
    """The form for the cafe with this amount typed into it."""
    return type_amount(screen(who, locale, **({"m": filled.cafe.id} | address)), amount)


def type_amount(app: AppTest, amount: str) -> AppTest:
    return no_fault(field(app, "text_input", "pay.amount").set_value(amount).run())


def field(app: AppTest, kind: str, key: str) -> Any:
    """The one element whose key begins so; each request has keys of its own."""
    (found,) = [one for one in app.get(kind) if (one.key or "").startswith(key)]
    return found


def confirm(app: AppTest) -> AppTest:
    return no_fault(field(app, "button", "pay.confirm").click().run())


def choose_card(app: AppTest, card: UUID) -> AppTest:
    """Pay with this card; many ways to pay are a list to open."""
    kind = "radio" if any((one.key or "").startswith("pay.source") for one in app.radio) else "selectbox"
    return no_fault(field(app, kind, "pay.source").set_value(str(card)).run())


def address(app: AppTest, name: str) -> str | None:
    """What the address says under `name`."""
    said: list[str] | str = app.query_params.get(name, [])
    return next(iter([said] if isinstance(said, str) else said), None)


def written(app: AppTest) -> str:
    """Everything on the screen as text."""
    kinds = ("markdown", "caption", "error", "warning", "info", "subheader", "checkbox", "toggle", "button", "radio")
    drawn: list[Any] = [one for kind in kinds for one in app.get(kind)]
    html: list[Any] = list(app.get("html"))
    said = [f"{getattr(one, 'label', '')} {one.value} {getattr(one.proto, 'title', '')}" for one in drawn]
    return "\n".join([*said, *(one.proto.body for one in html)])


def text(key: str, locale: str = "zh-CN", **facts: object) -> str:
    return translator(LANGUAGES[locale]).text(key, **facts)


def payments(who: Wallet) -> list[tuple[Any, ...]]:
    return who.database.read(
        "SELECT gross, coupon, points, cash, state_now, request_id FROM published_payment"
        " WHERE owner = $owner ORDER BY seq",
        {"owner": who.owner},
    )


def available(who: Wallet) -> int:
    (one,) = wallet.standing(who.database, who.owner)
    return one.available


# Before a first payment


@pytest.mark.parametrize("locale", LOCALES)
def test_without_a_wallet_one_is_offered_and_one_step_opens_it(alice: Wallet, locale: str) -> None:
    app = screen(alice, locale)
    assert text("pay.open.title", locale) in written(app)
    no_fault(app.button(key="pay.open.CNY").click().run())
    (opened,) = wallet.standing(alice.database, alice.owner)
    assert opened.currency == "CNY"
    assert text("pay.empty", locale) in written(app)


def test_where_nobody_takes_payments_yet_the_screen_says_so(alice: Wallet) -> None:
    assert text("pay.list.empty.title") in written(screen(alice))


def test_a_wallet_in_the_merchants_currency_is_opened_from_the_form(alice: Wallet, bob: Wallet) -> None:
    keeper = house.person(alice.database, "keeper")
    abroad = house.shop(alice.running, "Corner Store", proprietor=keeper, currency="USD")
    house.open_for(bob.running, bob.owner)
    app = type_amount(screen(bob, m=abroad.id), "5")
    assert field(app, "button", "pay.confirm").disabled
    app = no_fault(app.button(key="pay.open.USD").click().run())
    assert [one.currency for one in wallet.standing(bob.database, bob.owner)] == ["CNY", "USD"]
    assert field(app, "radio", "pay.source").value == "wallet"


@pytest.mark.parametrize("locale", LOCALES)
def test_a_frozen_wallet_says_so_and_pays_nothing(alice: Wallet, filled: Filled, locale: str) -> None:
    wallet.freeze(alice.database, Freeze(**by(alice.owner), reason="手机丢了"))
    assert text("pay.frozen", locale) in written(screen(alice, locale))
    app = form(alice, filled, "35", locale)
    assert "手机丢了" in written(app)
    assert field(app, "button", "pay.confirm").disabled


# Finding whom to pay


def test_a_merchant_chosen_from_the_list_is_paid_by_an_address_that_a_reload_understands(
    alice: Wallet, filled: Filled
) -> None:
    app = screen(alice)
    app = no_fault(app.selectbox(key="pay.merchant").set_value(filled.cafe.id).run())
    assert address(app, "m") == str(filled.cafe.id)
    assert filled.cafe.name in written(app)
    assert field(app, "text_input", "pay.amount")


def test_the_list_can_be_searched_by_name_category_and_city_and_has_no_shop_of_ones_own(
    alice: Wallet, filled: Filled
) -> None:
    own = house.shop(alice.running, "我的小店", proprietor=alice.owner)
    assert screen(alice).selectbox(key="pay.merchant").options == ["拾光咖啡 · 餐饮 · 北京", "鲜集超市 · 食品杂货"]
    app = type_amount(screen(alice, m=own.id), "5")
    assert field(app, "button", "pay.confirm").disabled
    assert "我的小店" in app.error[0].value


def test_merchants_paid_before_are_one_touch_away(alice: Wallet, filled: Filled) -> None:
    house.pay(alice.running, alice.owner, filled.market, 10_00)
    app = no_fault(screen(alice).button(key=f"pay.recent.{filled.market.id}").click().run())
    assert filled.market.name in written(app)


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize(
    ("pasted", "told"),
    [
        (FOREIGN, {"zh-CN": "支付宝", "en-US": "Alipay"}),
        ("hello", {"zh-CN": "这不是付款码", "en-US": "This is not a payment code"}),
    ],
)
def test_a_pasted_text_that_cannot_be_paid_is_refused_in_words(
    alice: Wallet, filled: Filled, locale: str, pasted: str, told: dict[str, str]
) -> None:
    app = way(screen(alice, locale), "paste")
    app.text_area(key="pay.paste").set_value(pasted)
    app = no_fault(app.button(key="pay.paste.send").click().run())
    assert told[locale] in app.error[0].value
    assert address(app, "m") is None


def way(app: AppTest, name: str) -> AppTest:
    # A segmented control reaches scripts as a button group.
    app.session_state["pay.way"] = name
    return no_fault(app.run())


def test_a_pasted_code_or_link_leads_to_its_form(alice: Wallet, filled: Filled) -> None:
    code = merchants.static_code(filled.cafe)
    for pasted in (code, f"  https://pay.example/pay?c={code}  "):
        app = way(screen(alice), "paste")
        app.text_area(key="pay.paste").set_value(pasted)
        app = no_fault(app.button(key="pay.paste.send").click().run())
        assert field(app, "text_input", "pay.amount")


def test_a_code_in_a_picture_leads_to_its_form_uploaded_or_from_the_camera(alice: Wallet, filled: Filled) -> None:
    png = pictures.png(merchants.static_code(filled.cafe))
    app = way(screen(alice), "picture")
    app = no_fault(app.file_uploader(key="pay.picture").set_value(("code.png", png, "image/png")).run())
    assert filled.cafe.name in written(app)
    app = way(screen(alice), "scan")
    app = no_fault(app.camera_input(key="pay.camera").set_value(shot(Image.open(io.BytesIO(png)))).run())
    assert filled.cafe.name in written(app)


def shot(picture: Image.Image) -> tuple[str, bytes, str]:
    """The picture as a camera gives it."""
    taken = io.BytesIO()
    picture.convert("RGB").save(taken, "JPEG")
    return ("shot.jpg", taken.getvalue(), "image/jpeg")


def test_a_picture_without_a_code_is_refused_with_what_to_do(alice: Wallet, filled: Filled) -> None:
    app = way(screen(alice, "en-US"), "scan")
    blank = shot(Image.new("RGB", (640, 480), "white"))
    app = no_fault(app.camera_input(key="pay.camera").set_value(blank).run())
    assert "No QR code was found" in app.error[0].value
    assert "choose the merchant from the list" in app.error[0].value


@pytest.mark.parametrize("address", [{"m": "nobody"}, {"m": UUID(int=7)}, {"c": FOREIGN}, {"c": "0002010102"}])
def test_an_address_that_names_nobody_says_why_and_offers_the_other_ways(
    alice: Wallet, filled: Filled, address: dict[str, Any]
) -> None:
    app = screen(alice, **address)
    assert app.error
    assert app.selectbox(key="pay.merchant")


# The form


def test_the_best_coupons_are_ticked_with_what_they_save_and_every_other_has_its_reason(
    alice: Wallet, filled: Filled
) -> None:
    app = form(alice, filled, "35")
    ticked = [one.label for one in app.checkbox if one.value]
    assert [label.split("**")[1] for label in ticked] == ["九折", "立减 3 元"]
    said = written(app)
    assert text("pay.coupons.saved.best", amount="¥6.50") in said
    assert text("pay.coupon.not_stackable") in said
    assert text("pay.coupon.wrong_merchant") in said
    assert field(app, "button", "pay.confirm").label == text("pay.confirm", amount="¥28.50")


def test_below_a_coupons_minimum_the_form_says_what_is_missing(alice: Wallet, filled: Filled) -> None:
    assert text("pay.coupon.below_minimum", missing="¥0.01") in written(form(alice, filled, "29.99"))


def test_coupons_can_be_chosen_by_hand_and_given_back_to_the_best(alice: Wallet, filled: Filled) -> None:
    app = form(alice, filled, "35")
    key = f"pay.coupon.{filled.claims['TENTH']}"
    app = no_fault(field(app, "checkbox", key).uncheck().run())
    assert field(app, "button", "pay.confirm").label == text("pay.confirm", amount="¥32.00")
    app = no_fault(field(app, "checkbox", f"pay.coupon.{filled.claims['CAFE5']}").check().run())
    assert field(app, "button", "pay.confirm").label == text("pay.confirm", amount="¥30.00")  # five off, not three
    app = no_fault(app.button(key="pay.coupons.best").click().run())
    assert field(app, "button", "pay.confirm").label == text("pay.confirm", amount="¥28.50")


def test_points_are_used_as_many_as_wanted(alice: Wallet, filled: Filled) -> None:
    house.pay(alice.running, alice.owner, filled.market, 200_00)  # earns 200
    app = form(alice, filled, "35")
    toggle = field(app, "toggle", "pay.points")
    assert toggle.label == translator("zh").plural("pay.points.use", 200, amount="¥2.00")
    app = no_fault(toggle.set_value(True).run())
    assert field(app, "button", "pay.confirm").label == text("pay.confirm", amount="¥26.50")
    app = no_fault(field(app, "number_input", "pay.points").set_value(50).run())
    confirm(app)
    assert payments(alice)[-1][:5] == (35_00, 6_50, 50, 28_00, "captured")


@pytest.mark.parametrize(("typed", "told"), [("a lot", "a lot"), ("0", "大于零"), ("-3", "大于零"), ("1.005", "1.005")])
def test_what_is_no_amount_is_said_and_cannot_be_confirmed(
    alice: Wallet, filled: Filled, typed: str, told: str
) -> None:
    app = form(alice, filled, typed)
    assert told in app.error[0].value
    assert field(app, "button", "pay.confirm").disabled


@pytest.mark.parametrize("locale", LOCALES)
def test_more_than_there_is_is_a_no_beforehand_that_leads_to_a_top_up(
    alice: Wallet, filled: Filled, locale: str
) -> None:
    app = form(alice, filled, "2000", locale)
    assert money(Money(1_000_00, "CNY"), language=LANGUAGES[locale]) in app.error[0].value
    assert field(app, "button", "pay.confirm").disabled
    assert not field(choose_card(app, filled.debit), "button", "pay.confirm").disabled


@pytest.mark.parametrize("locale", LOCALES)
def test_limits_are_shown_with_what_they_leave_and_one_that_is_exceeded_says_when_it_renews(
    alice: Wallet, filled: Filled, locale: str
) -> None:
    wallet.set_limits(
        alice.database,
        SetLimits(**by(alice.owner), currency="CNY", per_payment=500_00, per_day=100_00, per_month=300_00),
    )
    house.pay(alice.running, alice.owner, filled.market, 40_00)
    app = form(alice, filled, "50", locale)
    for left, limit in (("¥60.00", "¥100.00"), ("¥260.00", "¥300.00")):
        assert text("pay.limit.left", locale, left=left, limit=limit) in written(app)
    app = type_amount(app, "90")
    tomorrow = wallet.standing(alice.database, alice.owner)[0].today + timedelta(days=1)
    day = f"{tomorrow.month}月{tomorrow.day}日" if locale == "zh-CN" else f"{tomorrow:%b} {tomorrow.day}"
    assert "¥60.00" in app.error[0].value
    assert day in app.error[0].value
    assert field(app, "button", "pay.confirm").disabled


@pytest.mark.parametrize("locale", LOCALES)
def test_a_budget_that_would_be_overrun_or_come_near_its_end_is_said_before(
    alice: Wallet, filled: Filled, locale: str
) -> None:
    scope = scope_of(alice)
    items = [LimitItem("", "CNY", 100_00, Carry.NONE), LimitItem("dining", "CNY", 30_00, Carry.NONE)]
    set_limits(alice.database, alice.owner, scope.month.start, items)
    dining = text("category.dining", locale)
    app = form(alice, filled, "10", locale)
    assert dining + text("pay.budget.after", locale) not in written(app)
    app = type_amount(app, "35")  # 28.50 of 30.00
    assert text("pay.budget.near", locale, name=dining, amount="¥1.50") in written(app)
    app = type_amount(app, "95")  # 82.50
    said = written(app)
    assert text("pay.budget.over", locale, name=dining, amount="¥52.50") in said
    assert text("pay.budget.near", locale, name=text("budgets.overall", locale), amount="¥17.50") in said
    confirm(app)
    found = budget(scope_of(alice), scope.month, "CNY")
    assert found.overall is not None
    assert found.overall.spending == 82_50


# Paying


@pytest.mark.parametrize("locale", LOCALES)
def test_the_receipt_says_everything_and_a_reload_says_it_again(alice: Wallet, filled: Filled, locale: str) -> None:
    app = form(alice, filled, "35", locale)
    field(app, "text_input", "pay.note").set_value("早餐 *不加糖*")
    app = confirm(app)
    ((gross, coupon, _, cash, state, request),) = payments(alice)
    assert (gross, coupon, cash, state) == (35_00, 6_50, 28_50, "captured")
    again = screen(alice, locale, m=filled.cafe.id, r=request)
    for shown in (app, again):
        said = written(shown)
        for part in (
            text("pay.done", locale), filled.cafe.name, "¥35.00", "−¥3.50", "−¥3.00", "¥28.50", "¥971.50",
            text("pay.source.wallet", locale), text("category.dining", locale), "早餐 *不加糖*",
            translator(LANGUAGES[locale]).plural("pay.points.count", 28),
        ):  # fmt: skip
            assert part in said
    assert len(payments(alice)) == 1


def test_two_tabs_of_one_form_pay_once(alice: Wallet, filled: Filled) -> None:
    request = new_request_id()
    first, second = (form(alice, filled, "35", r=request) for _ in range(2))
    confirm(first)
    app = confirm(second)
    assert text("pay.done") in written(app)
    assert len(payments(alice)) == 1
    assert available(alice) == 971_50


def test_another_payment_under_a_request_that_was_sent_shows_what_was_paid(alice: Wallet, filled: Filled) -> None:
    request = new_request_id()
    first, second = (form(alice, filled, amount, r=request) for amount in ("35", "99"))
    confirm(first)
    app = confirm(second)
    assert "¥28.50" in written(app)
    assert len(payments(alice)) == 1


def test_a_click_meant_for_another_total_pays_nothing(alice: Wallet, filled: Filled) -> None:
    app = form(alice, filled, "35")
    field(app, "button", "pay.confirm").click()
    app = type_amount(app, "350")  # what was still on its way when the button was pressed
    assert payments(alice) == []
    assert field(app, "button", "pay.confirm").label == text("pay.confirm", amount="¥327.00")


def test_the_next_payment_is_a_new_request(alice: Wallet, filled: Filled) -> None:
    app = confirm(form(alice, filled, "35"))
    app = no_fault(app.button(key="pay.again").click().run())
    confirm(type_amount(app, "10"))
    assert [one[0] for one in payments(alice)] == [35_00, 10_00]
    assert len({one[5] for one in payments(alice)}) == 2


def test_a_request_that_never_arrived_is_the_form_again_under_the_same_id(alice: Wallet, filled: Filled) -> None:
    request = new_request_id()
    app = screen(alice, m=filled.cafe.id, r=request, a=3500)
    assert field(app, "text_input", "pay.amount").value == "35.00"
    confirm(app)
    assert payments(alice)[0][5] == request


def test_an_address_that_names_a_request_of_another_kind_is_a_new_payment(alice: Wallet, filled: Filled) -> None:
    request = new_request_id()
    wallet.set_limits(alice.database, SetLimits(**(by(alice.owner) | {"request_id": request}), currency="CNY"))
    app = form(alice, filled, "35", r=request)
    assert address(app, "r") not in {None, request}
    assert text("pay.done") in written(confirm(app))


def test_leaving_the_form_while_it_is_sent_leaves_nothing_of_it_in_the_next(alice: Wallet, filled: Filled) -> None:
    app = confirm(form(alice, filled, "35"))
    for name in ("m", "r", "a"):
        del app.query_params[name]  # as the menu leads here
    app = no_fault(no_fault(app.run()).selectbox(key="pay.merchant").set_value(filled.market.id).run())
    assert text("pay.done") not in written(app)
    confirm(type_amount(app, "10"))
    assert [one[0] for one in payments(alice)] == [35_00, 10_00]


def test_nobody_sees_the_receipt_of_somebody_else(alice: Wallet, bob: Wallet, filled: Filled) -> None:
    app = confirm(form(alice, filled, "35"))
    request = address(app, "r")
    assert request == payments(alice)[0][5]
    assert text("pay.done") in written(screen(alice, r=request))
    assert text("pay.done") not in written(screen(bob, r=request))


def test_a_code_for_one_payment_fixes_the_amount_and_is_paid_once(alice: Wallet, filled: Filled) -> None:
    keeper = filled.cafe.proprietor
    assert keeper is not None
    code = merchants.dynamic_code(alice.database, filled.cafe, keeper, new_request_id(), 68_00, "两杯拿铁")
    app = screen(alice, c=code)
    assert not [one for one in app.text_input if (one.key or "").startswith("pay.amount")]
    assert "¥68.00" in written(app)
    assert "两杯拿铁" in written(app)
    assert text("pay.done") in written(confirm(app))
    again = screen(alice, c=code)
    assert field(again, "button", "pay.confirm").disabled
    assert again.error


def test_a_merchant_that_closed_takes_nothing(alice: Wallet, filled: Filled) -> None:
    merchants.change(alice.database, ChangeMerchant(**by(filled.cafe.id, filled.cafe.proprietor), closed=True))
    app = form(alice, filled, "35")
    assert field(app, "button", "pay.confirm").disabled
    assert filled.cafe.name in app.error[0].value


# What a card's bank says


@pytest.mark.parametrize("locale", LOCALES)
def test_a_silent_bank_is_said_and_its_answer_becomes_the_receipt(alice: Wallet, filled: Filled, locale: str) -> None:
    silent = house.card(alice.running, alice.owner, house.SILENT_THEN_YES)
    app = confirm(choose_card(form(alice, filled, "35", locale), silent))
    assert text("pay.waiting", locale) in written(app)
    assert text("pay.waiting.body", locale) in written(app)
    later = alice.database.clock() + timedelta(hours=1)
    while settlement.ask_open(alice.running, later) == 0:
        later += timedelta(hours=1)
    assert text("pay.done", locale) in written(no_fault(app.run()))
    assert [one[4] for one in payments(alice)] == ["captured"]


@pytest.mark.parametrize("locale", LOCALES)
def test_a_card_that_is_declined_costs_nothing_and_another_way_is_a_new_request(
    alice: Wallet, filled: Filled, locale: str
) -> None:
    declined = house.card(alice.running, alice.owner, house.DECLINED)
    app = form(alice, filled, "35", locale)
    app = confirm(choose_card(app, declined))
    assert text("pay.refused", locale) in written(app)
    assert app.error
    app = no_fault(app.button(key="pay.try_again").click().run())
    assert field(app, "text_input", "pay.amount").value == "35.00"
    app = confirm(app)
    assert text("pay.done", locale) in written(app)
    assert [one[4] for one in payments(alice)] == ["declined", "captured"]


def test_names_from_merchants_are_words_and_nothing_else(alice: Wallet, filled: Filled) -> None:
    keeper = house.person(alice.database, "keeper")
    odd = house.shop(alice.running, "**<b>** $x$ :red[y]", proprietor=keeper)
    app = type_amount(screen(alice, m=odd.id), "5")
    assert r"\*\*\<b\>\*\*" in written(app)
    assert "&lt;b&gt;" in written(confirm(app))
