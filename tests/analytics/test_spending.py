from __future__ import annotations

from datetime import date
from uuid import UUID

from analytics import days, spending, trends
from analytics.figures import average, basis_points, change, median
from data.period import Span, month_of
from tests.ledger_rows import Book

OCTOBER = Span(date(2026, 10, 1), date(2026, 11, 1))


def test_spending_is_expenses_and_fees_less_refunds_and_transfers_are_not_in_it(book: Book) -> None:
    book.spend("2026-10-03", 10_000)
    book.spend("2026-10-04", 150, "bank_fees", kind="fee")
    book.refund("2026-10-05", 4_000)
    book.earn("2026-10-10", 50_000)
    book.transfer("2026-10-11", 99_999)
    found = spending.totals(book.scope("2026-10-20"), OCTOBER, "CNY")
    assert (found.expenses, found.fees, found.refunds, found.income) == (10_000, 150, 4_000, 50_000)
    assert (found.spending, found.saved, found.count) == (6_150, 43_850, 4)
    assert found.savings_rate == 8_770


def test_a_refund_counts_when_it_arrives_or_in_the_month_of_its_purchase_as_asked(book: Book) -> None:
    bought = book.spend("2026-09-28", 30_000)
    book.refund("2026-10-02", 30_000, of=bought, bought="2026-09-28")
    september = month_of(date(2026, 9, 1))
    arrived, purchase = book.scope("2026-10-20"), book.scope("2026-10-20", purchase=True)
    assert spending.totals(arrived, september, "CNY").spending == 30_000
    assert spending.totals(arrived, OCTOBER, "CNY").spending == -30_000
    assert spending.totals(purchase, september, "CNY").spending == 0
    assert spending.totals(purchase, OCTOBER, "CNY").spending == 0


def test_currencies_are_never_added(book: Book) -> None:
    book.spend("2026-10-03", 10_000)
    book.spend("2026-10-04", 5_000)
    book.spend("2026-10-03", 700, currency="JPY")
    found = spending.all_totals(book.scope("2026-10-20"), OCTOBER)
    assert [(one.currency, one.spending) for one in found] == [("CNY", 15_000), ("JPY", 700)]


def test_what_the_person_left_out_counts_nowhere(book: Book) -> None:
    book.spend("2026-10-03", 10_000, excluded=True)
    scope = book.scope("2026-10-20")
    assert spending.totals(scope, OCTOBER, "CNY").spending == 0
    assert spending.largest(scope, OCTOBER, "CNY") == ()
    assert all(day.spending == 0 for day in days.calendar(scope, OCTOBER, "CNY"))


def test_a_breakdown_nests_by_parent_ranks_by_amount_and_compares_with_the_same_days(book: Book) -> None:
    book.spend("2026-09-05", 2_000, "coffee")
    book.spend("2026-09-25", 9_000, "coffee")
    book.spend("2026-10-05", 3_000, "coffee")
    book.spend("2026-10-06", 1_000, "dining")
    book.spend("2026-10-07", 12_000, "taxi", "Didi")
    found = spending.by_category(book.scope("2026-10-20"), OCTOBER, "CNY")
    assert found.compared == Span(date(2026, 9, 1), date(2026, 9, 21))
    assert [(one.key, one.amount, one.share, one.before, one.change) for one in found.slices] == [
        ("transport", 12_000, 7_500, 0, None),
        ("dining", 4_000, 2_500, 2_000, 10_000),
    ]
    assert [(part.key, part.amount) for part in found.slices[1].parts] == [("coffee", 3_000), ("dining", 1_000)]


def test_a_past_month_is_compared_with_the_whole_month_before(book: Book) -> None:
    scope = book.scope("2026-11-20")
    assert spending.comparable(scope, OCTOBER) == Span(date(2026, 9, 1), date(2026, 10, 1))
    year = Span(date(2026, 1, 1), date(2027, 1, 1))
    assert spending.comparable(scope, year) == Span(date(2025, 1, 1), date(2025, 11, 21))
    week = Span(date(2026, 10, 5), date(2026, 10, 12))
    assert spending.comparable(scope, week) == Span(date(2026, 9, 28), date(2026, 10, 5))


def test_payees_and_accounts_can_be_asked_within_a_category(book: Book) -> None:
    book.spend("2026-10-05", 3_000, "coffee", "Luckin")
    book.spend("2026-10-06", 2_000, "coffee", "Manner", account=UUID(int=7))
    book.spend("2026-10-07", 9_000, "taxi", "Didi")
    scope = book.scope("2026-10-20")
    payees = spending.by_payee(scope, OCTOBER, "CNY", category="dining")
    assert [(one.key, one.label, one.amount, one.share) for one in payees.slices] == [
        ("luckin", "Luckin", 3_000, 6_000),
        ("manner", "Manner", 2_000, 4_000),
    ]
    accounts = spending.by_account(scope, OCTOBER, "CNY", category="dining")
    assert {one.key: one.amount for one in accounts.slices} == {str(UUID(int=1)): 3_000, str(UUID(int=7)): 2_000}


def test_the_largest_purchases_put_the_parts_of_an_entry_together(book: Book) -> None:
    entry = book.spend("2026-10-05", 3_000, "coffee")
    book.spend("2026-10-05", 4_000, "taxi", entry=entry, part=1)
    book.spend("2026-10-06", 3_000, "groceries", "Hema")
    found = spending.largest(book.scope("2026-10-20"), OCTOBER, "CNY", 5)
    assert [(one.amount, one.share) for one in found] == [(7_000, 7_000), (3_000, 3_000)]
    assert found[0].entry == entry


def test_months_that_start_on_payday_are_cut_there(book: Book) -> None:
    payday = Book(book.db, 15)
    payday.spend("2026-10-14", 1_000)
    payday.spend("2026-10-15", 2_000)
    scope = payday.scope("2026-10-20")
    assert scope.month == Span(date(2026, 10, 15), date(2026, 11, 15))
    assert spending.totals(scope, scope.month, "CNY").spending == 2_000
    assert [point.spending for point in trends.trend(scope, scope.month, "CNY", 2).points] == [1_000, 2_000]


def test_averages_are_of_complete_months_and_the_running_one_is_marked(book: Book) -> None:
    for month, amount in (("2026-07", 100), ("2026-08", 200), ("2026-09", 600), ("2026-10", 50)):
        book.spend(f"{month}-01", amount)
    found = trends.trend(book.scope("2026-10-20"), OCTOBER, "CNY", 5)
    assert [(p.spending, p.partial) for p in found.points] == [
        (0, True),
        (100, False),
        (200, False),
        (600, False),
        (50, True),
    ]
    assert (found.average_spending, found.median_spending) == (300, 200)


def test_a_year_beside_the_year_before(book: Book) -> None:
    book.spend("2025-10-03", 10_000)
    book.spend("2026-10-03", 12_500)
    last = trends.year_over_year(book.scope("2026-11-20"), OCTOBER, "CNY", 3)[-1]
    assert (last.point.spending, last.before.spending, last.change) == (12_500, 10_000, 2_500)


def test_shares_changes_and_averages_are_whole_numbers_rounded_away_from_zero() -> None:
    assert basis_points(1, 3) == 3_333
    assert basis_points(2, 3) == 6_667
    assert basis_points(-1, 3) == -3_333
    assert basis_points(5, 0) is None
    assert change(50, 100) == -5_000
    assert (average([1, 2]), average([-1, -2]), average([])) == (2, -2, None)
    assert (median([3, 1, 2]), median([1, 2, 3, 5]), median([])) == (2, 3, None)
