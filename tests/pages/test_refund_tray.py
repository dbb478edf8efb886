"""The tray of refunds without a purchase: offers in words, one press links, nothing fits is remembered, all undone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from analytics.refund_tray import count
from tests.bookkeeping import Bookkeeping, refunded, spent
from tests.pages.house import LOCALES, no_fault, scope_of
from tests.pages.signed_in import Wallet, open_wallet

PAGE = "pages/pairs.py"


@pytest.fixture
def alice(tmp_path: Path) -> Iterator[Wallet]:
    with open_wallet(tmp_path) as opened:
        yield opened


def booked(alice: Wallet) -> Bookkeeping:
    book = Bookkeeping(alice.database, alice.owner)
    book.imports(
        spent("2026-10-01", "35.00", "星巴克", order="A1", category="coffee"),
        spent("2026-10-02", "20.00", "京东", order="A2", category="groceries"),
        refunded("2026-11-02", "5.00", "星巴克", order="R1", category="dining"),
    )
    return book


def shown(alice: Wallet, locale: str = "en-US") -> AppTest:
    screen = alice.screen(PAGE, locale, timeout=60)
    screen.query_params["show"] = "refunds"
    return no_fault(screen.run())


def words(screen: AppTest) -> str:
    said = [*screen.markdown, *screen.caption, *screen.subheader, *screen.error]
    return "\n".join(one.value for one in said).replace("\\", "")


def press(screen: AppTest, key: str) -> AppTest:
    (button,) = [one for one in screen.button if (one.key or "").startswith(f"refund_tray.{key}.")]
    return no_fault(button.click().run())


@pytest.mark.parametrize("locale", LOCALES)
def test_no_refund_waiting_says_what_to_do(alice: Wallet, locale: str) -> None:
    assert [one.key for one in shown(alice, locale).button] == ["refund_tray.empty.0"]


@pytest.mark.parametrize("locale", LOCALES)
def test_one_press_links_a_refund_and_one_more_undoes_it(alice: Wallet, locale: str) -> None:
    book = booked(alice)
    before = book.spending()
    screen = shown(alice, locale)
    said = words(screen)
    assert "星巴克" in said
    assert {"zh-CN": "32 天后退回", "en-US": "32 days later"}[locale] in said
    assert {"zh-CN": "2026年11月的“咖啡”少 ¥5.00", "en-US": "Nov 2026 goes down by ¥5.00"}[locale] in said
    screen = press(screen, "link")
    assert book.spending() == {"coffee": 3000, "groceries": 2000}
    assert count(scope_of(alice)) == 0
    press(screen, "unlink")
    assert book.spending() == before
    assert count(scope_of(alice)) == 1


@pytest.mark.parametrize("locale", LOCALES)
def test_none_of_these_is_remembered_and_taken_back(alice: Wallet, locale: str) -> None:
    booked(alice)
    screen = press(shown(alice, locale), "none")
    assert (count(scope_of(alice)), count(scope_of(alice), aside=True)) == (0, 1)
    screen = press(screen, "back")
    assert count(scope_of(alice)) == 1
    assert [one.key for one in screen.button if (one.key or "").startswith("refund_tray.link.")]


def test_another_purchase_is_searched_by_words_and_linked(alice: Wallet) -> None:
    book = booked(alice)
    screen = press(shown(alice), "search")
    (box,) = screen.text_input
    screen = no_fault(box.input("京东").run())
    (choice,) = screen.selectbox
    assert len(choice.options) == 1
    screen = no_fault(choice.select(str(book.entry("A2"))).run())
    (button,) = [one for one in screen.button if (one.key or "").startswith("refund_tray.link.chosen.")]
    no_fault(button.click().run())
    assert book.spending()["groceries"] == 1500


def test_a_link_that_cannot_be_any_more_says_so_and_changes_nothing(alice: Wallet) -> None:
    book = booked(alice)
    screen = shown(alice)
    book.imports(refunded("2026-11-03", "34.00", "星巴克", of="A1", keys=("A1",), order="R2"), file="more.csv")
    before = book.spending()
    screen = press(screen, "link")
    assert "refund of ¥5.00 is more than is left" in words(screen)
    assert book.spending() == before


def test_the_overview_and_an_import_lead_to_the_tray(alice: Wallet) -> None:
    booked(alice)
    screen = no_fault(alice.screen("pages/overview.py", "en-US", timeout=60).run())
    assert "1 refund" in words(screen)
