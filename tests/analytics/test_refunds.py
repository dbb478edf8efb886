from __future__ import annotations

from datetime import date

from analytics.refunds import Candidate, Sought, purchases_for, refunds_for
from tests.ledger_rows import Book

TODAY = "2026-10-20"


def payees(found: tuple[Candidate, ...]) -> list[str]:
    return [one.payee for one in found]


def test_the_same_payee_comes_first_then_the_same_amount_then_the_latest(book: Book) -> None:
    for on, minor, payee in (
        ("2026-09-01", 9_000, "Shop"),
        ("2026-09-02", 5_000, "Other"),
        ("2026-09-03", 8_000, "Third"),
        ("2026-09-04", 4_999, "Shop"),
        ("2026-11-01", 9_000, "Shop"),
        ("2025-01-01", 9_000, "Shop"),
    ):
        book.spend(on, minor, payee=payee)
    refund = book.refund("2026-10-01", 5_000, payee="Shop")
    found = purchases_for(book.scope(TODAY), Sought(refund, date(2026, 10, 1), "shop", 5_000, "CNY"))
    assert [(one.payee, one.amount, one.same_payee) for one in found] == [
        ("Shop", 9_000, True),
        ("Other", 5_000, False),
        ("Third", 8_000, False),
    ]


def test_what_was_refunded_already_is_not_offered_again(book: Book) -> None:
    bought = book.spend("2026-09-01", 9_000, payee="Shop")
    book.refund("2026-09-05", 5_000, of=bought, bought="2026-09-01")
    scope = book.scope(TODAY)
    refund = book.refund("2026-09-10", 4_000, payee="Shop")
    (one,) = purchases_for(scope, Sought(refund, date(2026, 9, 10), "shop", 4_000, "CNY"))
    assert one.amount == 4_000
    assert purchases_for(scope, Sought(refund, date(2026, 9, 10), "shop", 4_001, "CNY")) == ()


def test_refunds_for_a_purchase_are_unlinked_later_and_fit(book: Book) -> None:
    bought = book.spend("2026-09-01", 9_000, payee="Shop")
    book.refund("2026-09-05", 5_000, of=bought, bought="2026-09-01")
    book.refund("2026-09-06", 3_000, payee="Shop")
    book.refund("2026-09-07", 6_000, payee="Shop")
    book.refund("2026-08-07", 1_000, payee="Shop")
    found = refunds_for(book.scope(TODAY), Sought(bought, date(2026, 9, 1), "shop", 4_000, "CNY"))
    assert [one.amount for one in found] == [3_000]


def test_words_narrow_and_other_currencies_and_owners_stay_out(book: Book) -> None:
    book.spend("2026-09-01", 9_000, payee="Shop")
    book.spend("2026-09-01", 9_000, payee="JP", currency="JPY")
    scope = book.scope(TODAY)
    sought = Sought(book.refund("2026-09-10", 1_000), date(2026, 9, 10), "", 1_000, "CNY", " SHO ")
    assert payees(purchases_for(scope, sought)) == ["Shop"]
    assert payees(purchases_for(scope, Sought(sought.entry, sought.booked_on, "", 1, "CNY", "zzz"))) == []
