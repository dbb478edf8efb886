"""Matched rows on the screen: both sides with the evidence, and the person's word on them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from analytics.pairs import count, matches
from tests.bookkeeping import Bookkeeping, spent
from tests.data.test_pairs import CHARGE, COFFEE, bank, on_card, wallet
from tests.pages.house import LOCALES, no_fault, scope_of
from tests.pages.signed_in import Wallet, open_wallet

PAGE = "pages/pairs.py"


@pytest.fixture
def alice(tmp_path: Path) -> Iterator[Wallet]:
    with open_wallet(tmp_path) as opened:
        yield opened


def shown(alice: Wallet, locale: str = "en-US") -> AppTest:
    return no_fault(alice.screen(PAGE, locale, timeout=60).run())


def words(screen: AppTest) -> str:
    return "\n".join(one.value for one in [*screen.markdown, *screen.caption, *screen.subheader])


def press(screen: AppTest, verdict: str) -> AppTest:
    (button,) = [one for one in screen.button if (one.key or "").startswith(f"pairs.{verdict}.")]
    return no_fault(button.click().run())


@pytest.mark.parametrize("locale", LOCALES)
def test_nothing_matched_says_what_to_do(alice: Wallet, locale: str) -> None:
    screen = shown(alice, locale)
    assert [one.key for one in screen.button] == ["pairs.empty.0"]


@pytest.mark.parametrize("locale", LOCALES)
def test_a_pair_shows_both_rows_and_is_taken_apart_and_counted_once_again(alice: Wallet, locale: str) -> None:
    book = Bookkeeping(alice.database, alice.owner)
    book.takes([wallet(COFFEE), bank(CHARGE)])
    screen = shown(alice, locale)
    said = words(screen)
    assert "星巴克" in said
    assert "支付宝\\-星巴克" in said or "支付宝-星巴克" in said
    assert "2026-03-01" in said.replace("\\", "")
    screen = press(screen, "undone")
    assert book.total() == 7000
    press(screen, "accepted")
    assert book.total() == 3500
    assert count(scope_of(alice), "accepted") == 1


def test_a_suggestion_is_rejected_and_remembered(alice: Wallet) -> None:
    book = Bookkeeping(alice.database, alice.owner)
    other = on_card(spent("2026-03-01 09:00", "35.00", "肯德基", order="A2"))
    plain = on_card(spent("2026-03-02", "35.00", "支付宝", order="B1"))
    book.takes([wallet(COFFEE, other), bank(plain)])
    (first,) = matches(scope_of(alice), "proposed")
    assert ("rival", "") in first.evidence
    assert (first.described.amount, first.moved.amount, first.moved.currency) == (-3500, -3500, "CNY")
    screen = shown(alice)
    assert "another row fits as well" in words(screen)
    press(screen, "rejected")
    assert [one.pair for one in matches(scope_of(alice), "rejected")] == [first.pair]
