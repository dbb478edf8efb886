"""Refunds, the payer's screen: what was paid, asking for it back, following it, and deciding when a card fails."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from streamlit.testing.v1 import AppTest

from analytics.payments import Show
from analytics.refund_list import Refund, of_payment, sums
from data.ledger.refund_states import RefundState
from data.refunds import MOST_BYTES, attachment
from pages.ui.screens.refunds.listing import csv_of
from tests.pages.house import LOCALES, figures, no_fault, said, scope_of
from tests.pages.signed_in import Wallet
from tests.refund_house import PDF, PNG, Screens, agree, ask, failing_card, open_screens, paid, refuse, silent_charge

PAGE = "pages/refunds.py"


@pytest.fixture
def house(tmp_path: Path) -> Iterator[Screens]:
    with open_screens(tmp_path) as opened:
        yield opened


def shown(wallet: Wallet, payment: str | None = None, locale: str = "zh-CN", **params: str) -> AppTest:
    screen = wallet.screen(PAGE, locale)
    for name, value in (params | ({"payment": payment} if payment else {})).items():
        screen.query_params[name] = value
    return no_fault(screen.run())


def told(screen: AppTest) -> str:
    """Everything the timelines and the lists of amounts say."""
    return "\n".join(one.proto.body for one in screen.get("html"))


def listed(screen: AppTest) -> list[dict[str, Any]]:
    found = [one for one in screen.get("bidi_component") if one.key == "refunds.list"]
    return list(json.loads(found[0].proto.json)["rows"]) if found else []


def refunds_of(house: Screens, payment: str) -> tuple[Refund, ...]:
    return of_payment(scope_of(house.payer), UUID(payment))


def keys(screen: AppTest) -> set[str]:
    return {button.key or "" for button in screen.button}


def form(payment: str, turn: int = 0) -> str:
    return f"refunds.ask.{payment}.{turn}"


def request(screen: AppTest, payment: str, reason: str | None = "damaged", amount: str | None = None) -> AppTest:
    """Fill in the form and send it."""
    if amount is not None:
        screen.segmented_control(key=f"{form(payment)}.which").set_value("part").run()
        screen.text_input(key=f"{form(payment)}.amount").set_value(amount).run()
    if reason is not None:
        screen.selectbox(key=f"{form(payment)}.reason").set_value(reason)
    return no_fault(screen.button(key=f"{form(payment)}.send").click().run())


@pytest.mark.parametrize("locale", LOCALES)
def test_who_never_paid_is_led_to_paying(house: Screens, locale: str) -> None:
    screen = shown(house.keeper, locale=locale)
    assert "refunds.empty.0" in keys(screen)
    assert not screen.metric
    assert screen.title[0].value == ("退款" if locale == "zh-CN" else "Refunds")


@pytest.mark.parametrize("locale", LOCALES)
def test_the_list_says_what_came_back_and_what_is_under_way(house: Screens, locale: str) -> None:
    receipt = paid(house, 50_00, days=3)
    agree(house, ask(house, receipt, 20_00, days=2), days=1)
    ask(house, receipt, 10_00)
    paid(house, 80_00, days=5, card=house.filled.credit)
    screen = shown(house.payer, locale=locale)
    (one,) = sums(scope_of(house.payer))
    assert figures(screen) == [said(one.under_way, locale=locale), "–", said(one.cash, locale=locale)]
    first, second = listed(screen)
    assert "¥10.00" in first["note"]
    assert all(amount in first["more"] for amount in ("¥10.00", "¥20.00"))
    assert second["note"] == second["more"] == ""
    assert first["entry"] == receipt["payment"]


def test_filter_and_search_narrow_the_list_and_the_address_may_say_so(house: Screens) -> None:
    asked, market = paid(house, 10_00, days=2), paid(house, 20_00, days=1, shop=house.filled.market)
    ask(house, asked, 10_00)
    screen = shown(house.payer, show="open")
    assert [row["entry"] for row in listed(screen)] == [asked["payment"]]
    screen.segmented_control(key="refunds.which").set_value(Show.ALL).run()
    assert len(listed(screen)) == 2
    screen.text_input(key="refunds.search").set_value("超市").run()
    assert [row["entry"] for row in listed(no_fault(screen))] == [market["payment"]]
    screen.text_input(key="refunds.search").set_value("没有这家").run()
    assert not listed(no_fault(screen))
    assert not {key for key in keys(screen) if key.startswith("refunds.empty")}


def test_the_whole_is_asked_for_in_three_steps(house: Screens) -> None:
    payment = paid(house, 68_00, claims=(house.filled.claims["CAFE5"],))["payment"]
    screen = request(shown(house.payer, payment), payment)
    (one,) = refunds_of(house, payment)
    assert (one.amount, one.reason, one.state) == (68_00, "damaged", RefundState.REQUESTED)
    assert screen.toast
    assert "等待商户答复" in told(screen)
    assert f"{form(payment, 1)}.send" not in keys(screen)


def test_a_part_is_asked_for_and_the_rest_stays(house: Screens) -> None:
    payment = paid(house, 50_00)["payment"]
    screen = request(shown(house.payer, payment, "en-US"), payment, amount="12.50")
    (one,) = refunds_of(house, payment)
    assert one.amount == 12_50
    assert "¥37.50" in told(screen)
    assert f"{form(payment, 1)}.send" in keys(screen)


@pytest.mark.parametrize("typed", ["a lot", "50.01", "0", "-3"])
def test_an_amount_that_cannot_be_is_refused_in_words(house: Screens, typed: str) -> None:
    payment = paid(house, 50_00)["payment"]
    screen = request(shown(house.payer, payment), payment, amount=typed)
    assert screen.error
    assert refunds_of(house, payment) == ()


def test_a_reason_has_to_be_chosen(house: Screens) -> None:
    payment = paid(house, 50_00)["payment"]
    screen = request(shown(house.payer, payment), payment, reason=None)
    assert screen.error
    assert refunds_of(house, payment) == ()


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [("virus.exe", b"MZ", "PNG"), ("big.png", PNG + bytes(MOST_BYTES), "5 MB"), ("empty.png", b"", "empty.png")],
)
def test_what_is_no_evidence_is_refused_in_words_and_nothing_is_asked(
    house: Screens, name: str, content: bytes, why: str
) -> None:
    payment = paid(house, 50_00)["payment"]
    screen = shown(house.payer, payment)
    screen.file_uploader[0].set_value([(name, content, "application/octet-stream")])
    screen = request(screen, payment)
    assert why in screen.error[0].value
    assert refunds_of(house, payment) == ()


def test_evidence_is_kept_and_both_sides_may_look(house: Screens) -> None:
    payment = paid(house, 50_00)["payment"]
    screen = shown(house.payer, payment)
    screen.file_uploader[0].set_value([("cup.png", PNG, "image/png")])
    screen = request(screen, payment)
    (one,) = refunds_of(house, payment)
    assert attachment(house.database, house.keeper.owner, one.id).content == PNG
    screen.button(key=f"refunds.evidence.{one.id}").click().run()
    assert "data:image/png;base64," in told(no_fault(screen))
    assert "cup.png" in told(screen)


def test_a_document_is_offered_to_keep(house: Screens) -> None:
    receipt = paid(house, 50_00)
    refund = ask(house, receipt, 10_00, evidence=("bill.pdf", PDF))
    screen = shown(house.payer, receipt["payment"])
    screen.button(key=f"refunds.evidence.{refund}").click().run()
    assert [one.key for one in no_fault(screen).get("download_button")] == ["refunds.evidence.keep"]


def test_a_request_is_withdrawn_after_asking_whether(house: Screens) -> None:
    receipt = paid(house, 50_00)
    refund = ask(house, receipt, 10_00)
    screen = shown(house.payer, receipt["payment"])
    screen.button(key=f"refunds.cancel.{refund}").click().run()
    assert refunds_of(house, receipt["payment"])[0].state is RefundState.REQUESTED
    no_fault(screen.button(key="refunds.cancel.confirm").click().run())
    assert refunds_of(house, receipt["payment"])[0].state is RefundState.CANCELLED
    assert f"refunds.cancel.{refund}" not in keys(screen)


def test_who_withdraws_what_was_answered_meanwhile_is_told(house: Screens) -> None:
    receipt = paid(house, 50_00)
    refund = ask(house, receipt, 10_00)
    screen = shown(house.payer, receipt["payment"])
    screen.button(key=f"refunds.cancel.{refund}").click().run()
    agree(house, refund)
    no_fault(screen.button(key="refunds.cancel.confirm").click().run())
    assert screen.error
    assert refunds_of(house, receipt["payment"])[0].state is RefundState.CREDITED


@pytest.mark.parametrize("locale", LOCALES)
def test_a_refund_that_its_card_did_not_take_is_sent_again_as_the_same(house: Screens, locale: str) -> None:
    receipt = paid(house, 45_00, card=failing_card(house))
    refund = ask(house, receipt, 45_00)
    agree(house, refund)
    screen = shown(house.payer, receipt["payment"], locale)
    assert screen.warning
    no_fault(screen.button(key=f"refunds.again.{refund}").click().run())
    (one,) = refunds_of(house, receipt["payment"])
    assert (one.id, one.state, one.attempt) == (refund, RefundState.PROCESSING, 2)
    assert not screen.warning
    assert f"refunds.again.{refund}" not in keys(screen)


def test_it_goes_to_the_wallet_only_after_an_explicit_yes(house: Screens) -> None:
    receipt = paid(house, 45_00, card=failing_card(house))
    refund = ask(house, receipt, 45_00)
    agree(house, refund)
    screen = shown(house.payer, receipt["payment"])
    screen.button(key=f"refunds.redirect.{refund}").click().run()
    assert any("¥45.00" in one.value and "0500" in one.value for one in screen.markdown)
    assert refunds_of(house, receipt["payment"])[0].stuck
    no_fault(screen.button(key="refunds.redirect.confirm").click().run())
    (one,) = refunds_of(house, receipt["payment"])
    assert (one.state, one.redirected, one.cash) == (RefundState.CREDITED, True, 45_00)
    assert "已改退到钱包余额" in told(screen)


@pytest.mark.parametrize("locale", LOCALES)
def test_the_timeline_tells_everything_in_order(house: Screens, locale: str) -> None:
    receipt = paid(house, 68_00, days=9, claims=(house.filled.claims["CAFE5"],))
    agree(house, ask(house, receipt, 20_00, note="<b>少了一杯</b>", days=8), days=7)
    refuse(house, ask(house, receipt, 5_00, days=6), "不能退 $5")
    words = told(shown(house.payer, receipt["payment"], locale))
    assert "&lt;b&gt;少了一杯&lt;/b&gt;" in words
    assert "不能退 $5" in words
    (first, _) = refunds_of(house, receipt["payment"])
    assert said(first.cash, locale=locale).replace("\\", "") in words
    assert "010-6000 0000" in words


def test_an_overdue_refund_is_flagged(house: Screens) -> None:
    receipt = paid(house, 30_00, days=20, card=house.filled.debit)
    agree(house, ask(house, receipt, 30_00, days=19), days=18)
    screen = shown(house.payer, receipt["payment"])
    assert screen.warning
    assert "已逾期" in told(screen)
    assert any("已逾期" in one.proto.body for one in screen.markdown)


def test_while_a_bank_is_silent_nothing_can_be_asked_back(house: Screens) -> None:
    receipt = silent_charge(house)
    screen = shown(house.payer, receipt["payment"])
    assert f"{form(receipt['payment'])}.send" not in keys(screen)
    assert "转人工核实" in told(screen)
    assert screen.info


@pytest.mark.parametrize("payment", ["nonsense", "01a21a5f-e007-7d37-bcf3-0570888d3ccb"])
def test_an_address_of_no_payment_leads_back_to_the_list(house: Screens, payment: str) -> None:
    paid(house, 10_00)
    screen = shown(house.payer, payment)
    screen.button(key="refunds.unknown.0").click().run()
    assert listed(no_fault(screen))


def test_another_persons_payment_is_unknown(house: Screens) -> None:
    payment = paid(house, 10_00)["payment"]
    assert "refunds.unknown.0" in keys(shown(house.keeper, payment))


def test_the_file_has_the_payments_that_are_shown(house: Screens) -> None:
    paid(house, 10_00)
    paid(house, 20_00, shop=house.filled.market)
    content = csv_of(scope_of(house.payer), house.database.clock(), Show.ALL, "超市").decode("utf-8-sig")
    assert content.count("\r\n") == 2
    assert "20.00" in content


def test_the_overview_shows_what_is_under_way_and_does_not_net_it(house: Screens) -> None:
    receipt = paid(house, 50_00)
    before = no_fault(house.payer.screen("pages/overview.py").run())
    ask(house, receipt, 20_00)
    after = no_fault(house.payer.screen("pages/overview.py").run())
    assert figures(after)[0] == figures(before)[0]
    assert any("退款中 ¥20.00" in one.value for one in after.markdown)
    assert not any("退款中" in one.value for one in before.markdown)


def test_pages_are_turned_and_kept_when_a_payment_was_looked_at(house: Screens) -> None:
    ids = [paid(house, 1_00 + day, days=day)["payment"] for day in range(30)]
    screen = shown(house.payer)
    assert [row["entry"] for row in listed(screen)] == ids[:25]
    no_fault(screen.pagination(key="refunds.page.all..2").set_value(2).run())
    assert [row["entry"] for row in listed(screen)] == ids[25:]
    screen.query_params["payment"] = ids[26]
    no_fault(screen.run())
    screen.button(key="refunds.back").click().run()
    assert [row["entry"] for row in listed(no_fault(screen))] == ids[25:]
    screen.text_input(key="refunds.search").set_value("咖啡").run()
    assert [row["entry"] for row in listed(no_fault(screen))] == ids[:25]
