from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.search import Amounts, Search, SearchInvalid, parse
from analytics.selection import Criteria
from analytics.transactions import COLUMNS, latest, page, rows
from data.database import Database
from data.period import Span
from tests.ledger_rows import CASH, Book

NAMES = {"coffee": "咖啡", "dining": "餐饮", "taxi": "打车"}
BANK = UUID(int=2)


@pytest.fixture
def full(book: Book) -> Book:
    book.account(CASH, "零钱")
    book.account(BANK, "工商银行 1234")
    book.facts(
        [
            book.row("2026-10-01", 1_250, "coffee", "Luckin Coffee", note="with Ann", tags="work\nteam"),
            book.row(
                "2026-10-02", 6_000, "delivery", "瑞幸咖啡（万达店）", payee_key="瑞幸咖啡", description="午餐 100%_off"
            ),
            book.row("2026-10-03", 3_300, "taxi", "Didi", account=BANK),
            book.row("2026-10-04", 700, "coffee", "喫茶店", currency="JPY"),
            book.row("2026-10-05", 9_900, None, "Unknown shop", excluded=True),
            book.row("2026-09-30", -500, "coffee", "Luckin Coffee", kind="refund", amount=500),
            book.row("2026-10-06", 0, None, "", kind="transfer", amount=-50_000, counter=BANK),
        ]
    )
    return book


def found(book: Book, text: str) -> list[str]:
    table = rows(book.scope("2026-10-20"), Criteria(search=parse(text)), descending=False, names=NAMES)
    return [
        f"{on:%d} {payee}".strip()
        for on, payee in zip(*(table[c].to_pylist() for c in ("booked_on", "payee")), strict=True)
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("luckin", ["30 Luckin Coffee", "01 Luckin Coffee"]),
        ("LUCKIN -refund", ["01 Luckin Coffee"]),
        ("ann", ["01 Luckin Coffee"]),
        ("team", ["01 Luckin Coffee"]),
        ("瑞幸咖啡（万达店）", ["02 瑞幸咖啡（万达店）"]),
        ("payee:瑞幸咖啡", ["02 瑞幸咖啡（万达店）"]),
        ("100%_off", ["02 瑞幸咖啡（万达店）"]),
        ("100_", []),
        ("'; DROP TABLE fact; --", []),
        ("category:coffee", ["30 Luckin Coffee", "01 Luckin Coffee", "04 喫茶店"]),
        ("分类:餐饮 -分类:咖啡", ["02 瑞幸咖啡（万达店）"]),
        ("category:打", ["03 Didi"]),
        ("account:工商", ["03 Didi", "06"]),
        ("tag:work", ["01 Luckin Coffee"]),
        ("tag:wor", []),
        ("note:ANN", ["01 Luckin Coffee"]),
        ("kind:transfer", ["06"]),
        ("退款", ["30 Luckin Coffee"]),
        ("is:unlinked", ["30 Luckin Coffee"]),
        ("is:excluded", ["05 Unknown shop"]),
        ("is:uncategorised", ["05 Unknown shop"]),
        ("-is:excluded date:2026-10 amount>=33", ["02 瑞幸咖啡（万达店）", "03 Didi", "04 喫茶店", "06"]),
        ("currency:jpy", ["04 喫茶店"]),
        ("amount:700", ["04 喫茶店"]),
        ("amount:5..12.5", ["30 Luckin Coffee", "01 Luckin Coffee"]),
        ("date<2026-10", ["30 Luckin Coffee"]),
    ],
)
def test_a_search_finds_what_it_names(full: Book, text: str, expected: list[str]) -> None:
    assert found(full, text) == expected


@pytest.mark.parametrize(
    ("text", "position", "reason"),
    [("luckin category:yachts", 7, "category_unknown"), ("account:nowhere", 0, "account_unknown")],
)
def test_a_category_or_account_there_is_not_is_said(full: Book, text: str, position: int, reason: str) -> None:
    with pytest.raises(SearchInvalid) as caught:
        found(full, text)
    assert (caught.value.position, caught.value.reason) == (position, reason)


def test_a_page_counts_and_totals_all_rows_per_currency_and_shows_some(full: Book) -> None:
    scope = full.scope("2026-10-20")
    first = page(scope, Criteria(), size=3)
    assert (first.count, first.pages, len(first.rows)) == (7, 3, 3)
    assert [(t.currency, t.rows, t.spending, t.income) for t in first.totals] == [
        ("CNY", 6, 10_050, 0),
        ("JPY", 1, 700, 0),
    ]
    beyond = page(scope, Criteria(), size=3, number=99)
    assert (beyond.number, len(beyond.rows)) == (3, 1)
    assert tuple(first.rows.column_names) == COLUMNS
    seen = [entry for n in (1, 2, 3) for entry in page(scope, Criteria(), size=3, number=n).rows["entry"].to_pylist()]
    assert len(set(seen)) == 7
    assert seen == rows(scope, Criteria())["entry"].to_pylist()
    assert latest(scope, 3)["entry"].to_pylist() == seen[:3]


def test_an_empty_book_has_one_empty_page(book: Book) -> None:
    empty = page(book.scope("2026-10-20"), Criteria(search=parse("coffee amount>5")))
    assert (empty.count, empty.pages, empty.number, empty.totals) == (0, 1, 1, ())


def test_sorting_is_by_size_or_by_name_both_ways(full: Book) -> None:
    scope, october = full.scope("2026-10-20"), Span(date(2026, 10, 1), date(2026, 11, 1))
    chosen = Criteria(span=october, currency="CNY", counted=True)
    largest = rows(scope, chosen, sort="amount")["amount"].to_pylist()
    assert largest == [-6_000, -3_300, -1_250]
    assert rows(scope, chosen, sort="amount", descending=False)["amount"].to_pylist() == largest[::-1]
    assert rows(scope, chosen, sort="payee", descending=False)["payee"].to_pylist()[:2] == ["Didi", "Luckin Coffee"]
    assert rows(scope, chosen, sort="category", descending=False)["category"].to_pylist() == [
        "coffee",
        "delivery",
        "taxi",
    ]
    assert len(rows(scope, chosen, sort="account")) == 3


def test_drilling_by_purchase_day_finds_the_refund_where_the_figure_counted_it(book: Book) -> None:
    bought = book.spend("2026-09-28", 5_000)
    book.refund("2026-10-02", 2_000, of=bought, bought="2026-09-28")
    september = Span(date(2026, 9, 1), date(2026, 10, 1))
    scope = book.scope("2026-10-20", purchase=True)
    by_purchase = page(scope, Criteria(span=september, by_purchase=True, counted=True))
    assert [total.spending for total in by_purchase.totals] == [3_000]
    assert page(scope, Criteria(span=september, counted=True)).count == 1


def test_filters_narrow_to_kind_payee_account_batch_and_entries(full: Book) -> None:
    scope, batch = full.scope("2026-10-20"), uuid4()
    entry = full.spend("2026-10-07", 100, "coffee", "Manner", batch=batch)
    for criteria, count in (
        (Criteria(kinds=("transfer", "refund")), 2),
        (Criteria(payee_key="didi"), 1),
        (Criteria(account=BANK), 2),
        (Criteria(batch=batch), 1),
        (Criteria(entries=(entry,)), 1),
        (Criteria(category="dining"), 5),
        (Criteria(category="dining", exact_category=True), 0),
    ):
        assert page(scope, criteria).count == count


AMOUNTS = st.builds(Decimal, st.integers(0, 400)).map(lambda n: n / 4)


@settings(max_examples=30, deadline=None)
@given(minors=st.lists(st.integers(0, 9_000), min_size=1, max_size=12), low=AMOUNTS, high=AMOUNTS, opened=st.booleans())
def test_amounts_compare_exactly_in_each_currency(
    store: Database,
    minors: list[int],
    low: Decimal,
    high: Decimal,
    opened: bool,  # noqa: FBT001 - drawn by hypothesis
) -> None:
    book = Book(store)
    decimals = {"CNY": 2, "JPY": 0, "KWD": 3}
    drawn: list[dict[str, Any]] = [
        book.row("2026-10-01", minor, "coffee", "x", currency=list(decimals)[place % 3])
        for place, minor in enumerate(minors)
    ]
    book.facts(drawn)
    text = f"amount>{low} amount<={high}" if opened else f"amount:{low}..{high}"
    real = [Decimal(row["spending"]).scaleb(-decimals[row["currency"]]) for row in drawn]
    meant = [size for size in real if (low < size if opened else low <= size) and size <= high]
    assert page(book.scope("2026-10-20"), Criteria(search=parse(text))).count == len(meant)


def test_exported_rows_carry_the_sources_order_number(book: Book) -> None:
    entry, batch = book.spend("2026-10-01", 1_250, "coffee"), uuid4()
    book.refund("2026-10-09", 250, of=entry, bought="2026-10-01")
    blank = dict.fromkeys(("sheet", "reason", "merchant_order_id", "source_category", "mcc", "status"), "")
    line = {"owner": book.owner, "batch": batch, "line": 17, "part": 0, "outcome": "booked", "ordinal": 0}
    numbers = {"entry": entry, "order_id": "2026100122001", "refund_keys": "[]", "cells": "{}"}
    book.write("statement_line", [{**blank, **line, **numbers}])
    listed = rows(book.scope("2026-10-20"), Criteria(), descending=False, order_ids=True)
    assert listed["order_id"].to_pylist() == ["2026100122001", ""]


def test_amount_bounds_are_open_or_closed_as_the_sign_says() -> None:
    assert Search().terms == ()
    assert parse("amount>5").terms[0].value == Amounts(low=Decimal(5), low_open=True)


def test_exactly_a_category_leaves_its_subcategories_out(full: Book) -> None:
    full.spend("2026-10-08", 100, "dining", "Feast")
    assert found(full, "category==dining") == ["08 Feast"]
    assert len(found(full, "category=dining")) == 5


def test_exactly_a_payee_is_the_payee_with_all_its_branches_and_no_other(full: Book) -> None:
    full.facts([full.row("2026-10-09", 100, "coffee", "瑞幸咖啡外卖")])
    assert found(full, 'payee=="瑞幸咖啡 （国贸店）"') == ["02 瑞幸咖啡（万达店）"]
    assert found(full, "-payee==瑞幸咖啡 payee:瑞幸") == ["09 瑞幸咖啡外卖"]


def test_an_account_of_exactly_that_name_goes_before_longer_names(full: Book) -> None:
    full.account(UUID(int=3), "工商银行 1234 信用卡")
    full.facts([full.row("2026-10-09", 100, "coffee", "Seesaw", account=UUID(int=3))])
    assert found(full, 'account:"工商银行 1234"') == ["03 Didi", "06"]
    assert len(found(full, "account:工商")) == 3


def test_a_refund_is_found_on_the_day_it_counts(book: Book) -> None:
    bought = book.spend("2026-09-28", 5_000)
    book.refund("2026-10-02", 2_000, of=bought, bought="2026-09-28")
    for purchase, spending in ((False, 5_000), (True, 3_000)):
        scope = book.scope("2026-10-20", purchase=purchase)
        assert [t.spending for t in page(scope, Criteria(parse("date:2026-09"))).totals] == [spending]


PIECES = st.one_of(
    st.sampled_from(
        ["category:", "amount>", "date:", "-", "is:", "kind:", "tag:", "分类：", "2026-10", "50", "dining", '"', " "]
    ),
    st.sampled_from(["'", "%", "_", "\\", "\x00", "$v1", "?", ";--", "fee", "零钱", "currency:", "is:split", "note:x"]),
    st.text(max_size=3),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(PIECES, max_size=8).map("".join))
def test_any_search_is_answered_or_refused_and_never_breaks_the_query(store: Database, text: str) -> None:
    book = Book(store)
    book.spend("2026-10-01", 1_250, "coffee", text or "x")
    scope = book.scope("2026-10-20")
    try:
        found = page(scope, Criteria(search=parse(text)))
    except SearchInvalid as no:
        found = page(scope, Criteria(search=Search(no.text)))
    assert found.count <= 1


@settings(max_examples=60, deadline=None)
@given(st.text(min_size=1, max_size=8).filter(lambda text: text.strip() and not set(text) & set('"“”「」＂')))
def test_a_payee_is_found_by_its_own_name_in_quotes(store: Database, payee: str) -> None:
    book = Book(store)
    book.spend("2026-10-01", 1_250, "coffee", payee)
    found = page(book.scope("2026-10-20"), Criteria(search=parse(f'payee:"{payee}"')))
    assert found.count == 1
