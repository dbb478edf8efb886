"""The operator's members and desk: names and balances, cash that becomes balance once; nobody else gets in."""

from __future__ import annotations

import csv
import dataclasses
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from analytics.wallet_activity import everything
from data import identity, wallet
from data.ids import OwnerId
from data.sign_in import Visit
from data.wallet import Freeze
from pages.ui.screens.members import csv_of
from tests import wallet_house as house
from tests.pages.house import LOCALES, no_fault, scope_of
from tests.pages.signed_in import PASSWORD, Wallet, open_wallet
from tests.wallet_house import by

PAGE = "pages/members.py"


@pytest.fixture
def operator(tmp_path: Path) -> Iterator[Wallet]:
    """Who signed up first: they run the house."""
    with open_wallet(tmp_path, "阿金") as opened:
        yield opened


@pytest.fixture
def bob(operator: Wallet) -> OwnerId:
    found = house.person(operator.database, "Bob *B*")
    house.open_for(operator.running, found)
    return found


def shown(one: Wallet, locale: str = "zh-CN") -> AppTest:
    return no_fault(one.screen(PAGE, locale).run())


def press(screen: AppTest, key: str) -> AppTest:
    return no_fault(screen.button(key=key).click().run())


def told(screen: AppTest) -> str:
    return "\n".join(box.value for kind in (screen.error, screen.toast, screen.info) for box in kind)


def drawn(screen: AppTest) -> list[dict[str, Any]]:
    found = [each for each in screen.get("bidi_component") if each.key == "members.list"]
    return list(json.loads(found[0].proto.json)["rows"]) if found else []


def available(operator: Wallet, owner: OwnerId) -> dict[str, int]:
    return {one.currency: one.available for one in wallet.standing(operator.database, owner)}


@pytest.mark.parametrize("locale", LOCALES)
def test_whoever_is_not_the_operator_is_politely_refused_and_told_nothing(
    operator: Wallet, bob: OwnerId, locale: str
) -> None:
    mallory = identity.sign_up(operator.database, "mallory", PASSWORD, Visit())
    screen = shown(dataclasses.replace(operator, signed_in=mallory), locale)
    assert not drawn(screen)
    assert not [each for each in screen.selectbox if each.key == "members.desk.member"]
    assert "members.refused.0" in {button.key for button in screen.button}
    assert "Bob" not in "".join(str(each.value) for kind in (screen.markdown, screen.caption) for each in kind)


@pytest.mark.parametrize("locale", LOCALES)
def test_an_empty_house_says_that_nobody_has_a_wallet(operator: Wallet, locale: str) -> None:
    screen = shown(operator, locale)
    assert [row["payee"] for row in drawn(screen)] == ["阿金"]
    assert not screen.selectbox
    assert any(("还没有人" if locale == "zh-CN" else "Nobody") in each.value for each in screen.caption)


@pytest.mark.parametrize("locale", LOCALES)
def test_everybody_is_listed_with_balance_points_and_state_and_nothing_they_bought(
    operator: Wallet, bob: OwnerId, locale: str
) -> None:
    filled = house.fill_wallet(operator.running, bob)
    house.open_for(operator.running, bob, "JPY")
    house.pay(operator.running, bob, filled.cafe, 120_00, note="private")
    wallet.freeze(operator.database, Freeze(**by(bob), reason="private"))
    screen = shown(operator, locale)
    (row,) = [row for row in drawn(screen) if row["payee"] == "Bob *B*"]
    assert row["amount"] == "CNY\u00a0880.00 · JPY\u00a00"
    assert row["tags"] == ["已冻结" if locale == "zh-CN" else "Frozen"]
    assert row["account"] == ("120 积分" if locale == "zh-CN" else "120 points")
    everything_said = json.dumps(drawn(screen), ensure_ascii=False)
    assert "private" not in everything_said
    assert "拾光咖啡" not in everything_said


def test_people_are_found_by_name(operator: Wallet, bob: OwnerId) -> None:
    screen = shown(operator)
    no_fault(screen.text_input(key="members.search").set_value("bOB").run())
    assert [row["payee"] for row in drawn(screen)] == ["Bob *B*"]
    no_fault(screen.text_input(key="members.search").set_value("' OR 1").run())
    assert not drawn(screen)


def test_a_long_list_comes_in_pages_and_a_search_begins_at_the_first(operator: Wallet) -> None:
    for number in range(25):
        house.person(operator.database, f"member {number:02}")
    screen = shown(operator)
    no_fault(screen.pagination(key="members.page").set_value(2).run())
    assert len(drawn(screen)) == 6
    no_fault(screen.text_input(key="members.search").set_value("member").run())
    assert drawn(screen)[0]["payee"] == "member 00"


@pytest.mark.parametrize("locale", LOCALES)
def test_cash_becomes_balance_after_a_second_look(operator: Wallet, bob: OwnerId, locale: str) -> None:
    screen = shown(operator, locale)
    screen.text_input(key="members.desk.amount.0").set_value("200")
    screen.text_input(key="members.desk.note.0").set_value("份子钱")
    press(screen, "members.desk.next")
    assert available(operator, bob) == {"CNY": 0}
    assert any("Bob \\*B\\*" in each.value for each in screen.subheader)
    press(screen, "members.desk.confirm")
    assert available(operator, bob) == {"CNY": 200_00}
    assert "¥200.00" in told(screen)
    scope = scope_of(dataclasses.replace(operator, signed_in=dataclasses.replace(operator.signed_in, owner=bob)))
    assert [(one.kind, one.amount, one.note) for one in everything(scope)] == [("desk", 200_00, "份子钱")]
    assert screen.text_input(key="members.desk.amount.1").value == ""


def test_the_second_look_may_end_in_nothing(operator: Wallet, bob: OwnerId) -> None:
    screen = shown(operator)
    screen.text_input(key="members.desk.amount.0").set_value("200")
    press(screen, "members.desk.next")
    press(screen, "members.desk.cancel")
    assert available(operator, bob) == {"CNY": 0}
    assert "members.desk.confirm" not in {button.key for button in screen.button}


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("typed", ["", "cash", "0", "-5", "0.001"])
def test_what_is_no_amount_of_cash_is_refused(operator: Wallet, bob: OwnerId, locale: str, typed: str) -> None:
    screen = shown(operator, locale)
    screen.text_input(key="members.desk.amount.0").set_value(typed)
    press(screen, "members.desk.next")
    assert screen.error
    assert available(operator, bob) == {"CNY": 0}
    assert "members.desk.confirm" not in {button.key for button in screen.button}


def test_each_member_is_offered_the_currencies_of_their_wallets(operator: Wallet, bob: OwnerId) -> None:
    carol = house.person(operator.database, "Carol")
    for currency in ("USD", "JPY"):
        house.open_for(operator.running, carol, currency)
    screen = shown(operator)
    no_fault(screen.selectbox(key="members.desk.member").set_value(carol).run())
    assert screen.selectbox(key=f"members.desk.currency.{carol}").options == ["USD", "JPY"]
    screen.selectbox(key=f"members.desk.currency.{carol}").set_value("JPY")
    screen.text_input(key="members.desk.amount.0").set_value("5000")
    press(screen, "members.desk.next")
    press(screen, "members.desk.confirm")
    assert available(operator, carol) == {"USD": 0, "JPY": 5000}


def test_a_frozen_wallet_still_receives_cash(operator: Wallet, bob: OwnerId) -> None:
    wallet.freeze(operator.database, Freeze(**by(bob)))
    screen = shown(operator)
    screen.text_input(key="members.desk.amount.0").set_value("1")
    press(screen, "members.desk.next")
    press(screen, "members.desk.confirm")
    assert available(operator, bob) == {"CNY": 1_00}


def test_the_file_has_whoever_was_looked_for(operator: Wallet, bob: OwnerId) -> None:
    content = csv_of(scope_of(operator), "Asia/Shanghai", "bob").decode("utf-8-sig")
    (line,) = csv.DictReader(io.StringIO(content))
    assert (line["Member"], line["Currency"], line["Available"], line["Status"]) == ("Bob *B*", "CNY", "0.00", "Open")
