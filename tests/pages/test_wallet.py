"""The wallet and its cards through the screen: money moves once, a no is said in words, a number is not kept."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from analytics.cards import cards as bound
from analytics.wallet_activity import everything, open_charges
from data import cards, settlement, wallet
from data.assurance import AT_THE_MACHINE
from data.cards import CardKind
from data.ids import OwnerId, new_request_id
from data.money import Money
from data.wallet import DeskTopUp, Freeze, SetLimits, Standing, Transfer, Unfreeze
from pages.ui import format  # noqa: A004 - our word for it, always used with its dot
from pages.ui.screens.wallet.activity import csv_of
from tests import wallet_house as house
from tests.pages.house import LOCALES, figures, no_fault, scope_of
from tests.pages.house import said as money_said
from tests.pages.signed_in import Wallet, open_wallet
from tests.wallet_house import Filled, by

PAGE = "pages/wallet.py"


@pytest.fixture
def one(tmp_path: Path) -> Iterator[Wallet]:
    """Somebody who has just arrived."""
    with open_wallet(tmp_path) as opened:
        opened.confirm()
        yield opened


@pytest.fixture
def filled(one: Wallet) -> Filled:
    return house.fill_wallet(one.running, one.owner)


def shown(wallet_of: Wallet, locale: str = "zh-CN") -> AppTest:
    return no_fault(wallet_of.screen(PAGE, locale).run())


def press(screen: AppTest, key: str) -> AppTest:
    return no_fault(screen.button(key=key).click().run())


def fill(screen: AppTest, **fields: str) -> AppTest:
    """Type into text inputs by key, dots written as `__`."""
    for key, value in fields.items():
        screen.text_input(key=key.replace("__", ".")).set_value(value)
    return screen


def keys(screen: AppTest) -> set[str | None]:
    return {button.key for button in screen.button}


def told(screen: AppTest) -> str:
    """Everything the screen says in boxes and toasts."""
    return "\n".join(box.value for kind in (screen.error, screen.toast, screen.info, screen.warning) for box in kind)


def written(screen: AppTest) -> str:
    """Every word on the screen that is text, as a reader sees it."""
    parts = (screen.markdown, screen.caption, screen.subheader, screen.title)
    return "\n".join(str(each.value) for kind in parts for each in kind).replace("\\", "").replace("\u2060", "")


def standing(wallet_of: Wallet) -> Standing:
    return wallet.standing(wallet_of.database, wallet_of.owner)[0]


def rows(wallet_of: Wallet) -> list[tuple[str, int, str]]:
    return [(each.kind, each.amount, each.state) for each in everything(scope_of(wallet_of))]


def friend_of(wallet_of: Wallet, name: str = "Bob") -> OwnerId:
    friend = house.person(wallet_of.database, name)
    house.open_for(wallet_of.running, friend)
    return friend


# Opening, and what is seen


@pytest.mark.parametrize("locale", LOCALES)
def test_a_newcomer_is_led_to_a_wallet_in_a_currency_of_their_choice(one: Wallet, locale: str) -> None:
    screen = shown(one, locale)
    assert not screen.metric
    assert "wallet.top_up" not in keys(screen)
    screen.selectbox(key="wallet.empty.currency").set_value("JPY")
    press(screen, "wallet.empty.open")
    assert standing(one).currency == "JPY"
    assert figures(screen)[0] == money_said(0, "JPY", locale=locale)
    assert "JPY" in told(screen)


@pytest.mark.parametrize("locale", LOCALES)
def test_the_figures_are_what_the_wallet_says_of_itself(one: Wallet, filled: Filled, locale: str) -> None:
    house.pay(one.running, one.owner, filled.cafe, 120_00)
    wallet.set_limits(
        one.database, SetLimits(**by(one.owner), currency="CNY", per_day=500_00), assurance=AT_THE_MACHINE
    )
    screen = shown(one, locale)
    now = standing(one)
    assert figures(screen) == [
        *(money_said(minor, locale=locale) for minor in (now.available, now.held, now.spent_today)),
        str(now.points),
    ]
    assert money_said(380_00, locale=locale) in screen.metric[2].delta
    assert "¥500.00" in written(screen)


def test_another_currency_stands_beside_the_first(one: Wallet, filled: Filled) -> None:
    screen = press(shown(one), "wallet.open.another")
    assert "CNY" not in [option[:3] for option in screen.selectbox(key="wallet.open.currency").options]
    screen.selectbox(key="wallet.open.currency").set_value("USD")
    press(screen, "wallet.open.confirm")
    assert figures(screen)[4] == money_said(0, "USD")
    assert "wallet.limits.USD" in keys(screen)
    assert [one.currency for one in wallet.standing(one.database, one.owner)] == ["CNY", "USD"]


# Topping up and withdrawing


@pytest.mark.parametrize("locale", LOCALES)
def test_money_comes_from_a_card_and_goes_to_one(one: Wallet, filled: Filled, locale: str) -> None:
    screen = press(shown(one, locale), "wallet.top_up")
    assert screen.selectbox(key="wallet.top_up.card").value == filled.debit
    press(fill(screen, wallet__top_up__amount="250.5"), "wallet.top_up.send")
    assert standing(one).available == 1_250_50
    assert "¥250.50" in told(screen)
    assert "wallet.top_up.send" not in keys(screen)
    press(screen, "wallet.withdraw")
    press(fill(screen, wallet__withdraw__amount="50.50"), "wallet.withdraw.send")
    assert standing(one).available == 1_200_00
    assert rows(one)[:2] == [("withdrawal", -50_50, "completed"), ("top_up", 250_50, "completed")]


def test_the_same_dialog_sends_one_request_however_often_it_is_pressed(one: Wallet, filled: Filled) -> None:
    screen = press(shown(one), "wallet.top_up")
    form = screen.session_state["lgc.dialog"]
    requests = {form[1].request: new_request_id()}
    for _ in range(2):  # the second time as a press finds the dialog that was sent before the answer was drawn
        screen.session_state["lgc.dialog"] = form
        screen.session_state["lgc.requests"] = requests
        no_fault(screen.run())
        press(fill(screen, wallet__top_up__amount="10"), "wallet.top_up.send")
    assert standing(one).available == 1_010_00
    assert press(screen, "wallet.top_up").session_state["lgc.dialog"][1].request != form[1].request


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("amount", ["", "much", "0", "-5", "1.234"])
def test_what_is_no_amount_is_refused_and_the_dialog_stays(
    one: Wallet, filled: Filled, locale: str, amount: str
) -> None:
    screen = press(shown(one, locale), "wallet.top_up")
    press(fill(screen, wallet__top_up__amount=amount), "wallet.top_up.send")
    assert screen.error
    assert "wallet.top_up.send" in keys(screen)
    assert standing(one).available == 1_000_00
    press(fill(screen, wallet__top_up__amount="5"), "wallet.top_up.send")
    assert standing(one).available == 1_005_00


@pytest.mark.parametrize("locale", LOCALES)
def test_a_banks_no_is_told_with_its_reason_and_another_card_may_be_tried(
    one: Wallet, filled: Filled, locale: str
) -> None:
    broke = house.card(one.running, one.owner, "4000000000009995")
    screen = press(shown(one, locale), "wallet.top_up")
    screen.selectbox(key="wallet.top_up.card").set_value(broke)
    press(fill(screen, wallet__top_up__amount="30"), "wallet.top_up.send")
    assert ("余额不足" if locale == "zh-CN" else "not enough money") in told(screen)
    assert standing(one).available == 1_000_00
    screen.selectbox(key="wallet.top_up.card").set_value(filled.debit)
    press(screen, "wallet.top_up.send")
    assert standing(one).available == 1_030_00
    assert rows(one)[:2] == [("top_up", 30_00, "completed"), ("top_up", 30_00, "declined")]


@pytest.mark.parametrize("locale", LOCALES)
def test_more_than_there_is_cannot_be_withdrawn(one: Wallet, filled: Filled, locale: str) -> None:
    screen = press(shown(one, locale), "wallet.withdraw")
    press(fill(screen, wallet__withdraw__amount="1000.01"), "wallet.withdraw.send")
    assert "¥1,000.00" in told(screen)
    assert standing(one).available == 1_000_00


@pytest.mark.parametrize("locale", LOCALES)
def test_a_silent_bank_is_shown_as_such_until_it_answers(one: Wallet, filled: Filled, locale: str) -> None:
    silent = house.card(one.running, one.owner, house.SILENT_THEN_YES)
    screen = press(shown(one, locale), "wallet.top_up")
    screen.selectbox(key="wallet.top_up.card").set_value(silent)
    press(fill(screen, wallet__top_up__amount="60"), "wallet.top_up.send")
    assert ("不会重复扣款" if locale == "zh-CN" else "nothing is charged twice") in told(screen)
    assert standing(one).available == 1_000_00
    waiting = "等待银行答复" if locale == "zh-CN" else "Waiting for the bank"
    assert waiting in written(screen)
    assert re.search(r"\d\d:\d\d:\d\d", written(screen))
    for minutes in (1, 2, 3):
        settlement.ask_open(one.running, one.database.clock() + timedelta(minutes=minutes))
    no_fault(screen.run())
    assert waiting not in written(screen)
    assert figures(screen)[0] == money_said(1_060_00, locale=locale)


def test_each_kind_of_waiting_says_what_it_means_and_a_person_is_named_in_the_end(one: Wallet, filled: Filled) -> None:
    silent = house.card(one.running, one.owner, house.SILENT)
    house.pay(one.running, one.owner, filled.cafe, 12_00, card=silent)
    screen = press(shown(one), "wallet.withdraw")
    screen.selectbox(key="wallet.withdraw.card").set_value(silent)
    press(fill(screen, wallet__withdraw__amount="45"), "wallet.withdraw.send")
    assert figures(screen)[:2] == [money_said(955_00), money_said(45_00)]
    assert "向拾光咖啡付款" in written(screen)
    assert "失败会退回余额" in written(screen)
    now = one.database.clock()
    for quarter in range(120):
        settlement.ask_open(one.running, now + timedelta(minutes=15 * quarter))
    assert {waiting.state for waiting in open_charges(scope_of(one))} == {"manual"}
    assert "管理员" in written(no_fault(screen.run()))


@pytest.mark.parametrize("locale", LOCALES)
def test_without_a_card_the_way_to_one_is_offered(one: Wallet, locale: str) -> None:
    house.open_for(one.running, one.owner)
    for deed in ("wallet.top_up", "wallet.withdraw"):
        screen = press(shown(one, locale), deed)
        press(screen, f"{deed}.bind")
        assert "wallet.bind.send" in keys(screen)


# Giving


@pytest.mark.parametrize("locale", LOCALES)
def test_a_transfer_names_its_recipient_before_it_goes(one: Wallet, filled: Filled, locale: str) -> None:
    friend = friend_of(one, "Bob *Stern*")
    screen = press(shown(one, locale), "wallet.transfer")
    fill(screen, wallet__transfer__to="bob *stern*", wallet__transfer__amount="66", wallet__transfer__note="聚餐")
    press(screen, "wallet.transfer.next")
    assert "Bob \\*Stern\\*" in "".join(each.value for each in screen.subheader)
    assert standing(one).available == 1_000_00
    press(screen, "wallet.transfer.send")
    assert standing(one).available == 934_00
    (got,) = wallet.standing(one.database, friend)
    assert got.available == 66_00
    assert "¥66.00" in told(screen)
    assert rows(one)[0] == ("transfer_out", -66_00, "completed")
    assert "wallet.transfer.send" not in keys(screen)


def test_one_may_go_back_and_change_what_was_typed(one: Wallet, filled: Filled) -> None:
    friend_of(one)
    screen = press(shown(one), "wallet.transfer")
    press(fill(screen, wallet__transfer__to="bob", wallet__transfer__amount="66"), "wallet.transfer.next")
    press(screen, "wallet.transfer.back")
    assert [each.value for each in screen.text_input] == ["Bob", "66", ""]
    press(fill(screen, wallet__transfer__amount="6"), "wallet.transfer.next")
    press(screen, "wallet.transfer.send")
    assert standing(one).available == 994_00
    assert [each.value for each in press(screen, "wallet.transfer").text_input] == ["", "", ""]


@pytest.mark.parametrize("locale", LOCALES)
def test_nobody_oneself_and_too_much_are_refused_in_words(one: Wallet, filled: Filled, locale: str) -> None:
    friend_of(one)
    screen = press(shown(one, locale), "wallet.transfer")
    for name, amount in (("nobody", "5"), ("alice", "5"), ("bob", "a lot")):
        press(fill(screen, wallet__transfer__to=name, wallet__transfer__amount=amount), "wallet.transfer.next")
        assert screen.error
        assert "wallet.transfer.next" in keys(screen)
    press(fill(screen, wallet__transfer__to="bob", wallet__transfer__amount="1000.01"), "wallet.transfer.next")
    press(screen, "wallet.transfer.send")
    assert "¥1,000.00" in told(screen)
    assert standing(one).available == 1_000_00


def test_a_limit_stops_a_transfer_and_says_what_is_left(one: Wallet, filled: Filled) -> None:
    friend_of(one)
    wallet.set_limits(one.database, SetLimits(**by(one.owner), currency="CNY", per_day=50_00), assurance=AT_THE_MACHINE)
    screen = press(shown(one, "en-US"), "wallet.transfer")
    press(fill(screen, wallet__transfer__to="bob", wallet__transfer__amount="50.01"), "wallet.transfer.next")
    press(screen, "wallet.transfer.send")
    assert "¥50.00" in told(screen)
    assert standing(one).available == 1_000_00


# Cards


def held_in(screen: AppTest) -> str:
    """Everything that the session remembers, of widgets that are gone too."""
    state = screen._session_state._state
    return repr([state._old_state, state._new_session_state, state._new_widget_state.states])


@pytest.mark.parametrize("locale", LOCALES)
def test_a_card_is_bound_and_its_number_is_not_kept(one: Wallet, locale: str, tmp_path: Path) -> None:
    house.open_for(one.running, one.owner)
    screen = press(shown(one, locale), "wallet.bind")
    fill(screen, wallet__bind__number__0="6212 2612 3456 7890 128", wallet__bind__expiry="08/49")
    screen.button_group(key="wallet.bind.kind").set_value(CardKind.CREDIT)
    press(screen, "wallet.bind.send")
    (card,) = bound(scope_of(one))
    assert (card.kind, card.bank, card.last4, card.default) == ("credit", "工商银行", "0128", True)
    assert "0128" in told(screen)
    assert "7890" not in held_in(screen)
    assert "工商银行" in written(screen)
    assert not [file for file in tmp_path.rglob("*") if file.is_file() and b"6212261234567890128" in file.read_bytes()]


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize(
    ("number", "expiry"),
    [("6200000000000048", "08/49"), ("62000", "08/49"), (house.GOOD, "someday"), (house.GOOD, "08/20"), ("", "")],
)
def test_a_card_that_cannot_be_is_refused_and_its_number_is_forgotten(
    one: Wallet, locale: str, number: str, expiry: str
) -> None:
    house.open_for(one.running, one.owner)
    screen = press(shown(one, locale), "wallet.bind")
    press(fill(screen, wallet__bind__number__0=number, wallet__bind__expiry=expiry), "wallet.bind.send")
    assert len(screen.error) == 1
    assert not number or number not in held_in(screen)
    assert screen.text_input(key="wallet.bind.number.1").value == ""
    assert screen.text_input(key="wallet.bind.expiry").value == expiry
    fill(screen, wallet__bind__number__1=house.GOOD, wallet__bind__expiry="08/49")
    press(screen, "wallet.bind.send")
    assert [card.last4 for card in bound(scope_of(one))] == ["0047"]


def test_the_same_card_is_not_bound_twice(one: Wallet, filled: Filled) -> None:
    screen = press(shown(one), "wallet.bind")
    press(fill(screen, wallet__bind__number__0=house.GOOD, wallet__bind__expiry="08/49"), "wallet.bind.send")
    assert screen.error
    assert len(bound(scope_of(one))) == 2


@pytest.mark.parametrize("locale", LOCALES)
def test_the_numbers_of_the_test_bank_are_offered_and_do_what_they_say(one: Wallet, locale: str) -> None:
    house.open_for(one.running, one.owner)
    screen = press(shown(one, locale), "wallet.bind")
    (offered,) = [each.proto.body for each in screen.get("html") if "6200 0000 0000 0047" in each.proto.body]
    assert all(each.number in offered.replace(" ", "") for each in cards.sandbox_numbers(one.running))


def test_another_card_becomes_the_default_and_one_is_put_away(one: Wallet, filled: Filled) -> None:
    screen = shown(one)
    assert screen.menu_button(key=f"wallet.card.{filled.debit}.menu").options == ["解除绑定"]
    no_fault(screen.menu_button(key=f"wallet.card.{filled.credit}.menu").click("default").run())
    assert bound(scope_of(one))[0].id == filled.credit
    assert "默认" in told(screen)
    no_fault(screen.menu_button(key=f"wallet.card.{filled.debit}.menu").click("unbind").run())
    assert len(bound(scope_of(one))) == 2
    press(screen, "wallet.unbind.cancel")
    assert len(bound(scope_of(one))) == 2
    no_fault(screen.menu_button(key=f"wallet.card.{filled.debit}.menu").click("unbind").run())
    press(screen, "wallet.unbind.confirm")
    assert [card.id for card in bound(scope_of(one))] == [filled.credit]


@pytest.mark.parametrize("locale", LOCALES)
def test_cards_that_end_are_marked(one: Wallet, filled: Filled, locale: str) -> None:
    soon = one.database.clock().date() + timedelta(days=20)
    number, kind = "5555555555554444", CardKind.CREDIT
    cards.bind(
        one.running,
        one.owner,
        new_request_id(),
        number=number,
        expiry=soon.isoformat(),
        kind=kind,
        assurance=AT_THE_MACHINE,
    )
    badges = [each.value for each in shown(one, locale).markdown if "即将过期" in each.value or "soon" in each.value]
    assert len(badges) == 1


# Limits


@pytest.mark.parametrize("locale", LOCALES)
def test_a_lower_limit_holds_now_and_a_higher_one_from_tomorrow(one: Wallet, filled: Filled, locale: str) -> None:
    screen = press(shown(one, locale), "wallet.limits.CNY")
    fill(screen, wallet__limits__per_payment="200", wallet__limits__per_day="500", wallet__limits__per_month="3,000")
    press(screen, "wallet.limits.send")
    assert standing(one).limits == standing(one).promised == (200_00, 500_00, 3_000_00)
    press(screen, "wallet.limits.CNY")
    fill(screen, wallet__limits__per_payment="", wallet__limits__per_day="800", wallet__limits__per_month="2000")
    press(screen, "wallet.limits.send")
    assert standing(one).limits == (200_00, 500_00, 2_000_00)
    assert standing(one).promised == (None, 800_00, 2_000_00)
    assert "¥800.00" in told(screen)
    assert ("明天起：¥800.00" if locale == "zh-CN" else "From tomorrow: ¥800.00") in written(screen)
    assert [each.value for each in press(screen, "wallet.limits.CNY").text_input] == ["", "800.00", "2000.00"]


@pytest.mark.parametrize("typed", ["plenty", "-1", "1.005"])
def test_what_is_no_limit_is_refused(one: Wallet, filled: Filled, typed: str) -> None:
    screen = press(shown(one), "wallet.limits.CNY")
    press(fill(screen, wallet__limits__per_day=typed), "wallet.limits.send")
    assert screen.error
    assert standing(one).limits == (None, None, None)


# Freezing


@pytest.mark.parametrize("locale", LOCALES)
def test_a_frozen_wallet_says_so_moves_nothing_and_works_again_afterwards(
    one: Wallet, filled: Filled, locale: str
) -> None:
    screen = press(shown(one, locale), "wallet.freeze")  # one press, no second look
    assert standing(one).frozen == ""
    assert all(screen.button(key=f"wallet.{deed}").disabled for deed in ("top_up", "withdraw", "transfer"))
    assert "wallet.freeze" not in keys(screen)
    press(screen, "wallet.unfreeze")
    press(screen, "wallet.unfreeze.cancel")
    assert standing(one).frozen is not None
    press(screen, "wallet.unfreeze")
    press(screen, "wallet.unfreeze.confirm")
    assert standing(one).frozen is None
    assert not screen.button(key="wallet.top_up").disabled


def test_a_wallet_frozen_elsewhere_meanwhile_refuses_in_words(one: Wallet, filled: Filled) -> None:
    screen = press(shown(one), "wallet.top_up")
    wallet.freeze(one.database, Freeze(**by(one.owner), reason="别处"))
    press(fill(screen, wallet__top_up__amount="5"), "wallet.top_up.send")
    assert "冻结" in told(screen)
    assert standing(one).available == 1_000_00
    wallet.unfreeze(one.database, Unfreeze(**by(one.owner)), assurance=AT_THE_MACHINE)
    press(screen, "wallet.top_up.send")
    assert standing(one).available == 1_005_00


# Activity


def busy(one: Wallet, filled: Filled) -> dict[str, Any]:
    """A payment with a coupon, one by card, a refund asked for, a transfer, cash over the counter, a no."""
    friend = friend_of(one)
    paid = house.pay(one.running, one.owner, filled.cafe, 40_00, claims=(filled.claims["CAFE5"],), points=0)
    house.pay(one.running, one.owner, filled.market, 80_00, card=filled.credit)
    house.ask_back(one.running, one.owner, paid, 10_00)
    give = Transfer(**by(one.owner), recipient=friend, amount=15_00, currency="CNY", note="=1+1")
    wallet.transfer(one.database, give, assurance=AT_THE_MACHINE)
    operator = house.operator(one.database)
    wallet.desk_top_up(one.database, DeskTopUp(**by(one.owner, operator), amount=7_00, currency="CNY"))
    return paid


def drawn(screen: AppTest) -> list[dict[str, Any]]:
    (found,) = [each for each in screen.get("bidi_component") if each.key == "wallet.activity"]
    listed: list[dict[str, Any]] = json.loads(found.proto.json)["rows"]
    return listed


@pytest.mark.parametrize("locale", LOCALES)
def test_the_list_has_signed_amounts_states_and_whom_it_was(one: Wallet, filled: Filled, locale: str) -> None:
    busy(one, filled)
    listed = drawn(shown(one, locale))
    newest = everything(scope_of(one))
    assert [row["entry"] for row in listed] == [each.key for each in newest]
    assert [row["amount"] for row in listed] == [
        format.money(Money(each.amount, "CNY"), signed=True, language="zh") for each in newest
    ]
    asked = next(row for row in listed if row["entry"].startswith("refund:"))
    assert asked["tags"] == ["等待商户确认" if locale == "zh-CN" else "With the merchant"]
    assert asked["tone"] == "quiet"
    given = next(row for row in listed if row["entry"].startswith("transfer_out:"))
    assert (given["payee"], given["more"], given["tone"]) == ("Bob", "=1+1", "out")


@pytest.mark.parametrize("locale", LOCALES)
def test_every_row_can_be_seen_whole(one: Wallet, filled: Filled, locale: str) -> None:
    paid = busy(one, filled)
    screen = shown(one, locale)
    for each in everything(scope_of(one)):
        screen.session_state["lgc.dialog"] = ("wallet.activity.detail", each.key)
        no_fault(screen.run())
        assert str(each.id) in written(screen)
    screen.session_state["lgc.dialog"] = ("wallet.activity.detail", f"payment:{paid['payment']}")
    assert "¥40.00" in written(no_fault(screen.run()))
    screen.session_state["lgc.dialog"] = ("wallet.activity.detail", "payment:' OR 1")
    no_fault(screen.run())


def test_the_file_has_every_row_in_words_and_is_safe_to_open(one: Wallet, filled: Filled) -> None:
    busy(one, filled)
    content = csv_of(scope_of(one), "Asia/Shanghai").decode("utf-8-sig")
    lines = list(csv.DictReader(io.StringIO(content)))
    assert [(line["Type"], line["Amount"]) for line in lines] == [
        ("Cash top-up", "7.00"), ("Sent", "-15.00"), ("Refund", "10.00"), ("Payment", "-80.00"), ("Payment", "-35.00"),
        ("Top-up", "1000.00"),
    ]  # fmt: skip
    assert lines[1]["Note"] == "'=1+1"
    assert lines[3]["Through"] == "UnionPay ··0005"
    assert lines[2]["Status"] == "With the merchant"


def test_many_rows_come_in_pages(one: Wallet, filled: Filled) -> None:
    for _ in range(14):
        house.pay(one.running, one.owner, filled.cafe, 1_00)
    screen = shown(one)
    assert len(drawn(screen)) == 12
    no_fault(screen.pagination(key="wallet.activity.page").set_value(2).run())
    assert len(drawn(screen)) == 3
