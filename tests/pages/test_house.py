"""The operator's page: what waits, silent banks answered by hand, settling, and the books' promises in words."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from analytics.house import silent
from data import operating
from pages.ui.catalogue import LANGUAGES, translator
from pages.ui.screens.house import csv_of, promise_key
from tests.pages.house import LOCALES, figures, no_fault
from tests.pages.signed_in import Wallet
from tests.refund_house import Screens, agree, ask, failing_card, open_screens, paid, silent_charge

PAGE = "pages/house.py"


@pytest.fixture
def house(tmp_path: Path) -> Iterator[Screens]:
    with open_screens(tmp_path) as opened:
        yield opened


def shown(wallet: Wallet, locale: str = "zh-CN") -> AppTest:
    return no_fault(wallet.screen(PAGE, locale).run())


def keys(screen: AppTest) -> set[str]:
    return {button.key or "" for button in screen.button}


def words(screen: AppTest) -> str:
    return "\n".join(one.value for one in [*screen.markdown, *screen.caption])


@pytest.mark.parametrize("locale", LOCALES)
def test_everybody_else_is_told_politely_whose_page_it_is(house: Screens, locale: str) -> None:
    agree(house, ask(house, paid(house, 40_00, card=failing_card(house)), 40_00))
    screen = shown(house.keeper, locale)
    assert keys(screen) == {"house.not_yours.0"}
    assert not screen.metric
    assert "40.00" not in words(screen)


@pytest.mark.parametrize("locale", LOCALES)
def test_a_quiet_house_says_so(house: Screens, locale: str) -> None:
    screen = shown(house.payer, locale)
    assert figures(screen) == ["0", "0", "0", "0"]
    assert ("账目完整" if locale == "zh-CN" else "The books hold together") in words(screen)


@pytest.mark.parametrize("locale", LOCALES)
def test_what_waits_is_counted_and_listed(house: Screens, locale: str) -> None:
    agree(house, ask(house, paid(house, 40_00, card=failing_card(house)), 40_00))
    receipt = paid(house, 30_00, days=20, card=house.filled.debit)
    agree(house, ask(house, receipt, 30_00, days=19), days=18)
    silent_charge(house)
    screen = shown(house.payer, locale)
    assert figures(screen) == ["0", "1", "1", "1"]
    text = words(screen)
    assert "¥40.00" in text
    assert "¥30.00" in text
    assert "alice" in text


def test_settling_now_says_what_it_brought(house: Screens) -> None:
    receipt = paid(house, 30_00, days=20, card=house.filled.debit)
    agree(house, ask(house, receipt, 30_00, days=19), days=18)
    screen = shown(house.payer, "en-US")
    no_fault(screen.button(key="house.settle").click().run())
    assert [one.value for one in screen.toast] == ["1 refund arrived"]
    assert figures(screen)[1] == "0"
    no_fault(screen.button(key="house.settle").click().run())
    assert [one.value for one in screen.toast] == ["Nothing was due"]


@pytest.mark.parametrize(("answer", "state"), [("yes", "captured"), ("no", "declined")])
def test_a_person_answers_for_a_silent_bank(house: Screens, answer: str, state: str) -> None:
    receipt = silent_charge(house)
    screen = shown(house.payer)
    screen.button(key=f"house.charge.{answer}.{receipt['payment']}").click().run()
    screen.text_input(key=f"house.charge.reason.{receipt['payment']}").set_value("客服 8 号")
    no_fault(screen.button(key="house.charge.write").click().run())
    assert silent(house.database, house.owner) == ()
    assert screen.toast
    ((now,),) = house.database.read(
        "SELECT state_now FROM published_payment WHERE id = $id", {"id": receipt["payment"]}
    )
    assert now == state


def test_an_answer_that_came_meanwhile_is_said(house: Screens) -> None:
    receipt = silent_charge(house)
    screen = shown(house.payer)
    screen.button(key=f"house.charge.yes.{receipt['payment']}").click().run()
    (one,) = silent(house.database, house.owner)
    operating.answer_charge(house.running, house.owner, house.owner, one.charge, approved=True)
    no_fault(screen.button(key="house.charge.write").click().run())
    assert "house.charge.write" not in keys(screen)
    assert silent(house.database, house.owner) == ()


def test_every_promise_of_the_books_has_words_in_both_languages(house: Screens) -> None:
    promises = [promise for promise, _ in operating.integrity(house.database, house.owner).promises]
    assert promises
    for spoken in LANGUAGES:
        assert not [one for one in promises if not translator(spoken).has(promise_key(one))]


def test_the_books_are_checked_again_when_asked(house: Screens) -> None:
    screen = shown(house.payer)
    no_fault(screen.button(key="house.check").click().run())
    assert "账目完整" in words(screen)


def test_the_file_has_what_waits(house: Screens) -> None:
    agree(house, ask(house, paid(house, 40_00, card=failing_card(house)), 40_00))
    content = csv_of(house.database, house.owner, house.database.clock().date()).decode("utf-8-sig")
    assert content.count("\r\n") == 2
    assert "40.00" in content


@pytest.mark.parametrize("locale", LOCALES)
def test_the_houses_own_offers_are_a_section_away(house: Screens, locale: str) -> None:
    screen = shown(house.payer, locale)
    screen.pills(key="house.section").set_value("offers").run()
    assert not no_fault(screen).metric
    assert "house.check" not in keys(screen)
    assert screen.query_params["section"] == "offers"
