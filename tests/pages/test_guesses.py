"""Categories that fit without work: why a row has its category, how sure, and a suggestion taken with one press."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from data import bookkeeping, transaction
from data.bookkeeping import Annotate
from data.ids import EntryId, new_request_id
from tests.bookkeeping import Bookkeeping, spent
from tests.data.importers.builders import AlipayRow, alipay_app_csv
from tests.pages.signed_in import Wallet, open_wallet

IMPORT, TRANSACTIONS = "pages/import.py", "pages/transactions.py"
LANGUAGES = pytest.mark.parametrize("locale", ["zh-CN", "en-GB"])
POND = spent("2026-09-01", "60.00", "老王钓场", order="P1")
BILL = alipay_app_csv(
    [
        AlipayRow("2026-10-03 12:00:00", "35.00", payee="老王钓场", category="", order_id="1"),
        AlipayRow("2026-10-04 12:00:00", "70.00", payee="金桥*钓场*", category="", order_id="2"),
        AlipayRow("2026-10-05 12:00:00", "71.00", payee="金桥*钓场*", category="", order_id="3"),
        AlipayRow("2026-10-06 12:00:00", "9.00", payee="DELTAAIRLINES", category="", order_id="4"),
        AlipayRow("2026-10-07 12:00:00", "18.00", payee="瑞幸咖啡", category="餐饮美食", order_id="5"),
    ]
)


@pytest.fixture
def wallet(tmp_path: Path) -> Iterator[Wallet]:
    with open_wallet(tmp_path) as opened:
        yield opened


@pytest.fixture
def book(wallet: Wallet) -> Bookkeeping:
    """A pond that the person put under outdoor by hand, and ponds that nobody sorted."""
    shops = Bookkeeping(wallet.database, wallet.owner)
    shops.imports(
        POND,
        spent("2026-09-02", "80.00", "金桥*钓场*", order="N1"),
        spent("2026-09-03", "90.00", "金桥*钓场*", order="N2"),
        spent("2026-09-04", "18.00", "瑞幸咖啡", order="C1"),
        spent("2026-09-05", "18.00", "某某", order="X1"),
    )
    entries = (EntryId(shops.entry("P1")),)
    bookkeeping.annotate(
        wallet.database, Annotate(wallet.owner, new_request_id(), wallet.owner, entries, category="outdoor")
    )
    return shops


def after(touched: Any) -> AppTest:
    screen: AppTest = touched.run()
    assert not screen.exception, screen.exception[0].value
    return screen


def opened(wallet: Wallet, page: str, locale: str, **params: str) -> AppTest:
    screen = wallet.screen(page, locale, timeout=90)
    for name, value in params.items():
        screen.query_params[name] = value
    return after(screen)


def frame(shown: Any) -> pd.DataFrame:
    found: pd.DataFrame = shown.value
    return found


def said(screen: AppTest) -> str:
    return "\n".join(str(part.value) for part in (*screen.markdown, *screen.caption))


def category(book: Bookkeeping, order: str) -> str | None:
    return transaction.detail(book.db, book.owner, EntryId(book.entry(order))).parts[0].category


@LANGUAGES
def test_the_preview_says_why_and_how_surely_and_takes_a_suggestion(
    wallet: Wallet, book: Bookkeeping, locale: str
) -> None:
    screen = opened(wallet, IMPORT, locale)
    screen.file_uploader[0].set_value([("bill.csv", BILL, "text/csv")])
    screen = after(screen)
    grid = next(frame(one) for one in screen.dataframe if (one.key or "").startswith("import.grid."))
    rows: Any = grid.set_index("payee")[["category", "basis"]]
    known = {"zh-CN": "你以前给“老王钓场”选的分类", "en-GB": "What you chose for “老王钓场” before"}[locale]
    assert rows.loc["老王钓场"].tolist() == ["outdoor", known]
    word = {"zh-CN": "词库：“瑞幸”", "en-GB": "Known word: “瑞幸”"}[locale]
    assert rows.loc["瑞幸咖啡"].tolist() == ["coffee", word]
    flown: Any = rows.loc["DELTAAIRLINES"]
    assert flown["category"] == "flights"
    assert flown["basis"].endswith("% · “deltaairlines” → " + {"zh-CN": "机票", "en-GB": "Flights"}[locale])
    pond: Any = rows.loc["金桥*钓场*"].iloc[0]
    assert pond["category"] == "uncategorised"
    assert pond["basis"].startswith({"zh-CN": "可能 ", "en-GB": "Maybe "}[locale])
    assert "% · “钓场” → " in pond["basis"]
    screen = after(screen.button(key="import.guesses.offer.take.0").click())
    grid = next(frame(one) for one in screen.dataframe if (one.key or "").startswith("import.grid."))
    assert set(grid[grid["payee"] == "金桥*钓场*"]["category"]) == {"outdoor"}
    assert "import.guesses.offer.take.0" not in [button.key for button in screen.button]
    after(next(button for button in screen.button if button.key == "import.commit").click())
    assert book.spending()["outdoor"] == 6_000 + 3_500 + 14_100


@LANGUAGES
def test_all_of_a_payee_are_sorted_with_one_press_and_nothing_else_is(
    wallet: Wallet, book: Bookkeeping, locale: str
) -> None:
    screen = opened(wallet, TRANSACTIONS, locale)
    count = {
        "zh-CN": "2 笔未分类的交易有分类建议",
        "en-GB": "2 uncategorised transactions have a suggestion",
    }[locale]
    assert count in said(screen)
    screen = after(screen.button(key="transactions.guesses.see").click())
    assert "金桥\\*钓场\\*" in said(screen)
    assert "“钓场” →" in said(screen)
    screen = after(screen.button(key="transactions.guesses.offer.take.0").click())
    assert [category(book, order) for order in ("N1", "N2", "X1")] == ["outdoor", "outdoor", "uncategorised"]
    assert count not in said(screen)


@LANGUAGES
def test_one_transaction_shows_its_suggestion_and_takes_it_alone(
    wallet: Wallet, book: Bookkeeping, locale: str
) -> None:
    screen = opened(wallet, TRANSACTIONS, locale, entry=str(book.entry("N1")))
    assert {"zh-CN": "建议分类", "en-GB": "Suggested category"}[locale] in said(screen)
    assert "transactions.guess.payee" in [button.key for button in screen.button]
    after(screen.button(key="transactions.guess.take").click())
    assert [category(book, order) for order in ("N1", "N2")] == ["outdoor", "uncategorised"]


def test_the_payee_button_sorts_all_of_them(wallet: Wallet, book: Bookkeeping) -> None:
    screen = opened(wallet, TRANSACTIONS, "zh-CN", entry=str(book.entry("N1")))
    after(screen.button(key="transactions.guess.payee").click())
    assert [category(book, order) for order in ("N1", "N2")] == ["outdoor", "outdoor"]


@LANGUAGES
def test_a_sorted_transaction_says_why(wallet: Wallet, book: Bookkeeping, locale: str) -> None:
    screen = opened(wallet, TRANSACTIONS, locale, entry=str(book.entry("C1")))
    assert {"zh-CN": "依据 · 词库：“瑞幸”", "en-GB": "Why · Known word: “瑞幸”"}[locale] in said(screen)
    screen = opened(wallet, TRANSACTIONS, locale, entry=str(book.entry("X1")))
    assert "transactions.guess.take" not in [button.key for button in screen.button]


def test_whoever_says_uncategorised_is_not_asked_again(wallet: Wallet, book: Bookkeeping) -> None:
    entries = tuple(EntryId(book.entry(order)) for order in ("N1", "N2"))
    command = Annotate(wallet.owner, new_request_id(), wallet.owner, entries, category="uncategorised")
    bookkeeping.annotate(wallet.database, command)
    screen = opened(wallet, TRANSACTIONS, "zh-CN")
    assert "transactions.guesses.see" not in [button.key for button in screen.button]
