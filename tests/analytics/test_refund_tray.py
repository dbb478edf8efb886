"""Refunds without a purchase: which wait, what is offered for each and why, what is set aside and comes back."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from analytics.refund_tray import SIZE, count, counts, page, tied
from analytics.scope import Scope
from tests.ledger_rows import NOW, Book

TODAY = "2026-10-20"


def offered(scope: Scope, at: int = 0) -> list[tuple[str, int]]:
    return [(one.payee, one.rest) for one in page(scope)[at].offers]


def evidence(scope: Scope, offer: int = 0) -> list[str]:
    return [code for code, _ in page(scope)[0].offers[offer].evidence]


def say(book: Book, entry: UUID, field: str, value: str, seq: int) -> None:
    row = {"entry": entry, "seq": seq, "field": field, "value": value, "recorded_at": NOW, "actor": book.owner}
    book.write("annotation", [{"owner": book.owner, **row}])


def line(book: Book, entry: UUID, **more: Any) -> None:
    usual: dict[str, Any] = {
        "owner": book.owner, "batch": UUID(int=9), "line": 1, "part": 0, "sheet": "", "outcome": "booked", "reason": "",
        "fingerprint": None, "ordinal": 0, "entry": entry, "order_id": "", "merchant_order_id": "", "refund_keys": "[]",
        "source_category": "", "mcc": "", "status": "", "cells": "",
    }  # fmt: skip
    book.write("statement_line", [{**usual, **more}])


def test_the_three_likeliest_purchases_are_offered_the_best_first(book: Book) -> None:
    account = UUID(int=7)
    for on, minor, payee in (
        ("2026-09-03", 5_000, "Third"),
        ("2026-09-01", 9_000, "Shop"),
        ("2026-08-02", 5_000, "Shop"),
        ("2026-09-02", 4_999, "Shop"),
        ("2026-01-02", 5_000, "Shop"),
        ("2026-10-02", 5_000, "Shop"),
    ):
        book.spend(on, minor, payee=payee)
    book.spend("2026-09-20", 6_000, payee="Shop", account=account)
    book.refund("2026-10-01", 5_000, payee="Shop", account=account)
    scope = book.scope(TODAY)
    assert offered(scope) == [("Shop", 5_000), ("Shop", 6_000), ("Shop", 9_000)]
    assert evidence(scope) == ["payee", "whole", "days"]
    assert evidence(scope, 1) == ["payee", "account", "days", "part"]
    assert page(scope)[0].offers[0].evidence[-1] == ("days", "60")


def test_an_order_number_outweighs_everything_else(book: Book) -> None:
    book.spend("2026-09-30", 1_000, payee="Shop")
    bought = book.spend("2026-05-01", 9_000, payee="Elsewhere")
    refund = book.refund("2026-10-01", 1_000, payee="Shop")
    line(book, bought, order_id="T1", merchant_order_id="M1")
    line(book, refund, refund_keys='["M1", ""]')
    scope = book.scope(TODAY)
    assert offered(scope) == [("Elsewhere", 9_000), ("Shop", 1_000)]
    assert evidence(scope)[0] == "order"


def test_what_came_back_already_is_not_offered_again(book: Book) -> None:
    bought = book.spend("2026-09-01", 9_000, payee="Shop")
    book.refund("2026-09-05", 5_000, of=bought, bought="2026-09-01", payee="Shop")
    book.refund("2026-09-10", 4_000, payee="Shop")
    assert offered(book.scope(TODAY)) == [("Shop", 4_000)]
    assert "rest" in evidence(book.scope(TODAY))
    book.refund("2026-09-09", 4_001, payee="Shop")
    assert offered(book.scope(TODAY), 1) == []


def test_another_shops_purchase_of_another_amount_is_no_offer(book: Book) -> None:
    book.spend("2026-09-30", 9_000, payee="Bookshop")
    book.refund("2026-10-01", 1_000, payee="Airline")
    assert offered(book.scope(TODAY)) == []


def test_a_purchase_of_several_categories_names_them_all(book: Book) -> None:
    entry = UUID(int=77)
    parts = [book.row("2026-09-01", 3_000, category, "Shop") for category in ("coffee", "dining")]
    book.facts([{**one, "entry": entry, "part": at, "seq": 1} for at, one in enumerate(parts)])
    book.refund("2026-09-10", 4_000, payee="Shop")
    (offer,) = page(book.scope(TODAY))[0].offers
    assert (offer.paid, offer.categories) == (6_000, ("coffee", "dining"))


def test_set_aside_it_waits_no_more_until_a_newer_purchase_fits(book: Book) -> None:
    book.spend("2026-09-01", 9_000, payee="Shop")
    refund = book.refund("2026-09-10", 4_000, payee="Shop")
    scope = book.scope(TODAY)
    assert (count(scope), count(scope, aside=True)) == (1, 0)
    say(book, refund, "no_purchase", "true", 10)
    assert (count(scope), count(scope, aside=True)) == (0, 1)
    assert (page(scope), [one.entry for one in page(scope, aside=True)]) == ((), [refund])
    book.spend("2026-09-02", 3_999, payee="Shop", seq=11)
    assert count(scope) == 0
    book.spend("2026-09-03", 8_000, payee="Shop", seq=12)
    assert (count(scope), offered(scope)) == (1, [("Shop", 8_000)])
    say(book, refund, "no_purchase", "null", 13)
    assert offered(scope) == [("Shop", 8_000), ("Shop", 9_000)]


def test_pages_and_counts_are_of_the_same_refunds(book: Book) -> None:
    for minor in range(1, SIZE + 4):
        book.refund("2026-09-10", minor, payee="Shop")
    book.refund("2026-09-11", 7, payee="Shop", currency="USD")
    book.refund("2026-09-11", 7, payee="Shop", excluded=True)
    book.refund("2026-09-11", 7, of=book.spend("2026-09-01", 9), bought="2026-09-01")
    scope = book.scope(TODAY)
    assert [(one.currency, one.refunds) for one in counts(scope)] == [("CNY", SIZE + 3), ("USD", 1)]
    shown = [one.entry for number in (1, 2, 3) for one in page(scope, number)]
    assert len(shown) == len(set(shown)) == count(scope) == SIZE + 4


def test_links_said_later_are_listed_with_who_said_them(book: Book) -> None:
    bought = book.spend("2026-09-01", 9_000, payee="Shop")
    one, two, three = (
        book.refund(f"2026-09-0{day}", day, of=bought, bought="2026-09-01", payee="Shop") for day in (5, 6, 7)
    )
    say(book, one, "refund_of", f'"{bought}"', 20)
    say(book, two, "refund_of", f'"{bought}"', 21)
    say(book, two, "by", '"import"', 21)
    scope = book.scope(TODAY)
    assert [(link.refund, link.purchase, link.paid, link.by_import) for link in tied(scope)] == [
        (two, bought, 9_000, True),
        (one, bought, 9_000, False),
    ]
    assert three not in {link.refund for link in tied(scope)}


def test_other_peoples_refunds_and_purchases_stay_out(book: Book) -> None:
    other = Book(book.db)
    bought = other.spend("2026-09-01", 4_000, payee="Shop")
    line(other, bought, order_id="T1")
    refund = book.refund("2026-09-10", 4_000, payee="Shop")
    line(book, refund, refund_keys='["T1"]')
    say(other, refund, "no_purchase", "true", 10)
    assert offered(book.scope(TODAY)) == []
    assert (count(book.scope(TODAY)), count(other.scope(TODAY))) == (1, 0)
    assert tied(other.scope(TODAY)) == ()
