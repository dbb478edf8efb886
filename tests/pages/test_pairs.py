"""Matched rows on the screen: both sides with the evidence, and the person's word on them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from analytics.pairs import count, matches
from pages.ui.catalogue import translator
from tests.bookkeeping import Bookkeeping, spent
from tests.data.test_pairs import CHARGE, COFFEE, bank, on_card, wallet
from tests.data.test_pairs_in_parts import NOODLES, busy, paid_by
from tests.pages.house import LOCALES, no_fault, scope_of
from tests.pages.signed_in import Wallet, open_wallet

PAGE = "pages/pairs.py"
MATCHING = Path(__file__).resolve().parents[2] / "data" / "matching"
EVIDENCE = (MATCHING / "evidence.py", MATCHING / "certainty.py")
LESS = {f"pairs.evidence.{code}" for code in ("amount_less", "amount_rest", "amount_short")}


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


@pytest.mark.parametrize(
    ("locale", "said"), [("zh-CN", "由你的另一账户支付"), ("en-US", "another of your accounts paid")]
)
def test_a_card_that_paid_a_part_says_what_paid_the_rest_and_how_much(alice: Wallet, locale: str, said: str) -> None:
    book = Bookkeeping(alice.database, alice.owner)
    book.takes([paid_by("零钱&招商银行储蓄卡(1234)", "wechat:balance"), bank(NOODLES, *busy("generic"))])
    told = words(shown(alice, locale))
    assert said in told
    assert "20.00" in told


def test_every_kind_of_evidence_has_words() -> None:
    codes = set(re.findall(r'Evidence\(\s*"(\w+)"', "".join(path.read_text("utf-8") for path in EVIDENCE)))
    assert {"amount", "only", "expected", "awaited", "own_name"} <= codes
    for locale in ("zh", "en"):
        known = {*translator(locale).singles, *translator(locale).plurals}
        assert {f"pairs.evidence.{code}" for code in codes} | LESS <= known
