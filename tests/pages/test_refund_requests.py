"""Refund requests, the merchant's screen: seeing what is asked, saying yes or no, and what waits for money."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest
from streamlit.testing.v1 import AppTest

from analytics.refund_list import Refund, of_payment
from analytics.refund_requests import available
from data import running as process
from data.home import open_running
from data.ledger.refund_states import RefundState
from pages.ui.screens.refund_requests import csv_of
from tests.pages.house import LOCALES, figures, no_fault, said, scope_of
from tests.pages.signed_in import Wallet
from tests.refund_house import (
    PNG,
    Screens,
    agree,
    ask,
    failing_card,
    open_screens,
    paid,
    refuse,
    seen_by,
    take_out,
)
from tests.wallet_house import claim, coupon

PAGE = "pages/refund_requests.py"


@pytest.fixture
def house(tmp_path: Path) -> Iterator[Screens]:
    with open_screens(tmp_path) as opened:
        yield opened


def shown(wallet: Wallet, locale: str = "zh-CN") -> AppTest:
    return no_fault(wallet.screen(PAGE, locale).run())


def keys(screen: AppTest) -> set[str]:
    return {button.key or "" for button in screen.button}


def refund_of(house: Screens, payment: str) -> Refund:
    (one,) = of_payment(scope_of(house.payer), UUID(payment))
    return one


def words(screen: AppTest) -> str:
    return "\n".join(one.value for one in [*screen.markdown, *screen.caption])


@pytest.mark.parametrize("locale", LOCALES)
def test_who_runs_no_merchant_is_led_to_the_till(house: Screens, locale: str) -> None:
    assert keys(shown(house.payer, locale)) == {"requests.no_merchant.0"}


@pytest.mark.parametrize("locale", LOCALES)
def test_without_requests_there_is_nothing_to_do(house: Screens, locale: str) -> None:
    screen = shown(house.keeper, locale)
    assert not screen.metric
    assert screen.subheader


@pytest.mark.parametrize("locale", LOCALES)
def test_a_request_says_who_asks_what_and_what_it_costs(house: Screens, locale: str) -> None:
    own = coupon(house.running, house.filled.cafe, "OWN", "满 50 减 8", off_minor=8_00, min_spend_minor=50_00)
    receipt = paid(house, 58_00, claims=(claim(house.running, house.owner, own),))
    refund = ask(house, receipt, 29_00, "damaged", "汤 **洒** 了", evidence=("soup.png", PNG))
    screen = shown(house.keeper, locale)
    assert figures(screen)[0] == said(25_00, locale=locale)
    text = words(screen)
    assert "alice" in text
    assert "¥29.00" in text
    assert "¥25.00" in text
    assert "汤 \\*\\*洒\\*\\* 了" in text
    assert f"refunds.evidence.{refund}" in keys(screen)
    screen.button(key=f"refunds.evidence.{refund}").click().run()
    assert any("data:image/png" in one.proto.body for one in no_fault(screen).get("html"))


@pytest.mark.parametrize("locale", LOCALES)
def test_a_yes_to_the_wallet_gives_at_once(house: Screens, locale: str) -> None:
    receipt = paid(house, 50_00)
    refund = ask(house, receipt, 20_00)
    screen = shown(house.keeper, locale)
    screen.button(key=f"requests.agree.{refund}").click().run()
    assert refund_of(house, receipt["payment"]).state is RefundState.REQUESTED
    no_fault(screen.button(key="requests.agree.yes").click().run())
    assert refund_of(house, receipt["payment"]).state is RefundState.CREDITED
    assert screen.toast
    assert f"requests.agree.{refund}" not in keys(screen)
    assert len(screen.dataframe) == 1


def test_a_yes_to_a_card_says_by_when(house: Screens) -> None:
    receipt = paid(house, 50_00, card=house.filled.credit)
    refund = ask(house, receipt, 50_00)
    screen = shown(house.keeper)
    screen.button(key=f"requests.agree.{refund}").click().run()
    assert "7 个工作日" in words(screen)
    no_fault(screen.button(key="requests.agree.yes").click().run())
    assert refund_of(house, receipt["payment"]).state is RefundState.PROCESSING
    assert "最晚" in words(screen)


def test_what_the_bank_did_not_take_is_shown_on_its_way(house: Screens) -> None:
    receipt = paid(house, 50_00, card=failing_card(house))
    agree(house, ask(house, receipt, 50_00))
    assert "银行没有收下" in words(shown(house.keeper))


@pytest.mark.parametrize("locale", LOCALES)
def test_a_no_needs_a_reason_which_the_payer_then_reads(house: Screens, locale: str) -> None:
    receipt = paid(house, 50_00)
    refund = ask(house, receipt, 20_00)
    screen = shown(house.keeper, locale)
    screen.button(key=f"requests.refuse.{refund}").click().run()
    no_fault(screen.button(key="requests.refuse.yes").click().run())
    assert screen.error
    assert refund_of(house, receipt["payment"]).state is RefundState.REQUESTED
    screen.text_area(key=f"requests.refuse.reason.{refund}").set_value("已经喝完了")
    no_fault(screen.button(key="requests.refuse.yes").click().run())
    one = refund_of(house, receipt["payment"])
    assert (one.state, one.state_reason) == (RefundState.REJECTED, "已经喝完了")
    assert "requests.refuse.yes" not in keys(screen)


def test_a_dialog_can_be_left_without_an_answer(house: Screens) -> None:
    receipt = paid(house, 50_00)
    refund = ask(house, receipt, 20_00)
    screen = shown(house.keeper)
    screen.button(key=f"requests.agree.{refund}").click().run()
    screen.button(key="requests.agree.cancel").click().run()
    assert "requests.agree.yes" not in keys(no_fault(screen))
    assert refund_of(house, receipt["payment"]).state is RefundState.REQUESTED


def test_who_answers_what_was_withdrawn_meanwhile_is_told(house: Screens) -> None:
    receipt = paid(house, 50_00)
    refund = ask(house, receipt, 20_00)
    screen = shown(house.keeper)
    screen.button(key=f"requests.agree.{refund}").click().run()
    refuse(house, refund, "另一台手机上拒绝的")
    no_fault(screen.button(key="requests.agree.yes").click().run())
    assert screen.error
    assert refund_of(house, receipt["payment"]).state is RefundState.REJECTED


@pytest.mark.parametrize("locale", LOCALES)
def test_a_merchant_without_the_money_sees_what_is_missing(tmp_path: Path, locale: str) -> None:
    with open_screens(tmp_path) as house:
        receipt = paid(house, 30_00)
        refund = ask(house, receipt, 30_00)
        cafe = house.filled.cafe
    take_out(tmp_path, cafe, 12_00)
    again = open_running(tmp_path)
    process.set_current(again)
    try:
        keeper = seen_by(Wallet(again, house.keeper.signed_in), "keeper")
        screen = shown(keeper, locale)
        screen.button(key=f"requests.agree.{refund}").click().run()
        assert "¥12.00" in screen.warning[0].value
        no_fault(screen.button(key="requests.agree.yes").click().run())
        assert any("¥12.00" in one.value or "¥12.00" in str(one.proto) for one in screen.warning)
        assert figures(screen)[2:] == [said(30_00, locale=locale), said(18_00, locale=locale)]
        assert available(again.database, cafe.id, "CNY") == 18_00
    finally:
        process.set_current(None)
        again.close()


def test_who_runs_several_looks_at_one_at_a_time(house: Screens) -> None:
    at_market = ask(house, paid(house, 30_00, shop=house.filled.market), 30_00)
    screen = shown(house.keeper)
    assert f"requests.agree.{at_market}" not in keys(screen)
    screen.selectbox(key="merchant.choice").set_value(house.filled.market.id).run()
    assert f"requests.agree.{at_market}" in keys(no_fault(screen))


def test_the_file_has_open_and_settled_ones(house: Screens) -> None:
    receipt = paid(house, 30_00)
    refuse(house, ask(house, receipt, 10_00), "=SUM(A1)")
    ask(house, receipt, 5_00, "wrong_amount")
    with_user = csv_of(house.database, house.filled.cafe).decode("utf-8-sig")
    assert with_user.count("\r\n") == 3
    assert "'=SUM(A1)" in with_user
