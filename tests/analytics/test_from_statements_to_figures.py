"""From an imported bill to the figures on the screens, through the real import and its facts."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from analytics import spending
from analytics.accounts import balances, net_worth
from analytics.imports import batches
from analytics.overview import overview
from analytics.scope import Scope, look
from analytics.selection import Criteria
from analytics.transactions import page
from data.database import Database
from data.period import month_of
from data.preferences import Preferences, choose_preferences
from tests.bookkeeping import Bookkeeping, charged, earned, moved, refunded, spent

OCTOBER = month_of(date(2026, 10, 1))
SEPTEMBER = month_of(date(2026, 9, 1))
TODAY = date(2026, 10, 20)


@pytest.fixture
def books(store: Database) -> Bookkeeping:
    return Bookkeeping(store)


def scope(books: Bookkeeping, start_day: int = 1) -> Scope:
    return look(books.db, books.owner, TODAY, start_day)


def test_every_kind_of_line_lands_where_the_definitions_say(books: Bookkeeping) -> None:
    books.imports(
        spent("2026-09-28", "300.00", "服装店", order="A1", category="clothing"),
        refunded("2026-10-02", "100.00", "服装店", of="A1"),
        spent("2026-10-03", "25.50", "瑞幸", category="coffee"),
        spent("2026-10-04", "9.99", "Steam", currency="USD", category="entertainment"),
        earned("2026-10-05", "5000.00", category="salary"),
        moved("2026-10-06", "1000.00", to="card:工商银行:1234"),
        charged("2026-10-06", "1.00"),
        spent("2026-10-07", "60.00", "花店", account="alipay:huabei", category="gifts"),
    )
    seen = scope(books)
    found = spending.totals(seen, OCTOBER, "CNY")
    assert (found.expenses, found.fees, found.refunds, found.income) == (8_550, 100, 10_000, 500_000)
    assert found.spending == -1_350
    assert spending.totals(seen, OCTOBER, "USD").spending == 999
    assert spending.totals(replace(seen, refunds_in_purchase_month=True), SEPTEMBER, "CNY").spending == 20_000
    slices = {one.key: one.amount for one in spending.by_category(seen, OCTOBER, "CNY").slices}
    assert (slices["shopping"], slices["dining"]) == (-10_000, 2_550)
    assert overview(seen, "CNY").spending.amount == -1_350
    (total,) = page(seen, Criteria(span=OCTOBER, currency="CNY", counted=True)).totals
    assert (total.spending, total.income) == (-1_350, 500_000)


def test_balances_and_net_worth_are_the_postings_sums_and_an_undone_import_leaves_nothing(books: Bookkeeping) -> None:
    receipt = books.imports(
        spent("2026-09-28", "300.00", category="clothing"),
        spent("2026-10-07", "60.00", account="alipay:huabei", category="gifts"),
        moved("2026-10-08", "20.00", to="alipay:huabei"),
    )
    found = {one.account.hint_key: one.amount for one in balances(scope(books))}
    assert found == {"alipay:balance": -32_000, "alipay:huabei": -4_000}
    assert found == {key: books.balance(key) for key in found}
    worth = net_worth(scope(books), OCTOBER, "CNY", 2)
    assert [(one.assets, one.liabilities) for one in worth] == [(-30_000, 0), (-32_000, -4_000)]
    assert [one.lines for one in batches(scope(books))] == [3]
    books.undoes(receipt)
    assert balances(scope(books)) == ()
    assert spending.totals(scope(books), SEPTEMBER, "CNY").count == 0
    assert [one.undone_at is None for one in batches(scope(books))] == [False]


@pytest.mark.parametrize("start_day", [15, 31])
def test_another_month_start_moves_every_figure_at_once(books: Bookkeeping, start_day: int) -> None:
    books.imports(*(spent(f"2026-10-{day:02d}", f"{day}.00", category="coffee") for day in (1, 14, 15, 30, 31)))
    before = scope(books)
    assert spending.totals(before, OCTOBER, "CNY").spending == 9_100
    choose_preferences(books.db, books.owner, Preferences(month_start_day=start_day))
    after = scope(books, start_day)
    month = month_of(date(2026, 10, 31), start_day)
    assert spending.totals(after, month, "CNY").spending == {15: 7_600, 31: 3_100}[start_day]
    assert spending.totals(after, month, "CNY") == spending.totals(after, replace(month, end=date(2026, 11, 5)), "CNY")
