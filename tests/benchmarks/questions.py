"""How long each page's questions take: `python -m tests.benchmarks.questions [--rows 100000] [--rounds 9]`.

`after a change`: the owner's data has just changed, so that nothing held is valid. `held`: asked again. Medians in ms.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from analytics import (
    accounts,
    alerts,
    budgets,
    days,
    imports,
    overview,
    reports,
    spending,
    tables,
    transactions,
    trends,
)
from analytics.export import csv_bytes
from analytics.scope import Scope
from analytics.search import parse
from analytics.selection import Criteria
from data.database import open_database
from data.period import Span, year_of
from data.planning import LimitItem, set_limits
from tests.benchmarks.fill import LAST_DAY, fill
from tests.ledger_rows import Book

Question = Callable[[Scope], object]
_LIMITED = ("", "dining", "coffee", "groceries", "transport", "shopping", "home", "entertainment")


def questions(scope: Scope) -> dict[str, Question]:
    """The set of questions that each page asks in one run."""
    month, year = scope.month, year_of(scope.today)
    custom = Span(month.start.replace(day=3), scope.today)
    coffee = parse('coffee category:dining amount>20 -refund "订单 9"')
    return {
        "overview": overview.overview,
        "categories, a month": lambda s: _categories(s, month),
        "categories, a year": lambda s: _categories(s, year),
        "categories, any days": lambda s: _categories(s, custom),
        "trends": lambda s: (
            trends.stack(s, month, "CNY"),
            trends.year_over_year(s, month, "CNY"),
            trends.trend(s, month, "CNY", category="dining"),
        ),
        "budgets": lambda s: (
            budgets.budget(s, month, "CNY"),
            budgets.history(s, "", "CNY", month),
            budgets.suggestions(s, month, "CNY"),
            alerts.due(s),
        ),
        "transactions": lambda s: transactions.page(s, Criteria()),
        "transactions, a search": lambda s: transactions.page(s, Criteria(search=coffee)),
        "report of a year": lambda s: reports.report(s, year, "CNY"),
        "accounts": lambda s: (accounts.balances(s), accounts.net_worth(s, month, "CNY")),
        "imports": imports.batches,
        "CSV of a year's rows": lambda s: csv_bytes(tables.transactions(transactions.rows(s, Criteria(span=year)))),
    }


def _categories(scope: Scope, span: Span) -> object:
    return (
        spending.by_category(scope, span, "CNY"),
        spending.by_payee(scope, span, "CNY", category="dining"),
        spending.largest(scope, span, "CNY"),
        days.calendar(scope, span, "CNY"),
    )


def measure(book: Book, ask: Question, rounds: int) -> tuple[float, float]:
    """Medians in milliseconds: after a change, and held."""
    changed: list[float] = []
    held: list[float] = []
    for _ in range(rounds):
        book.spend(LAST_DAY, 100, "coffee", "Payee 商户 1")
        scope = book.scope(LAST_DAY)
        for times in (changed, held):
            start = time.perf_counter()
            ask(scope)
            times.append((time.perf_counter() - start) * 1_000)
    return statistics.median(changed), statistics.median(held)


def main() -> None:
    """Fill a store in a temporary folder, measure, print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=9)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        database = open_database(Path(folder) / "wallet.duckdb")
        book = fill(database, asked.rows)
        limits = [LimitItem(category, "CNY", 500_000) for category in _LIMITED]
        set_limits(database, book.owner, LAST_DAY.replace(year=2025), limits)
        sys.stdout.write(f"{asked.rows:,} transactions of one owner\n{'':24}  after a change     held  (median ms)\n")
        for name, ask in questions(book.scope(LAST_DAY)).items():
            changed, held = measure(book, ask, asked.rounds)
            sys.stdout.write(f"{name:24}  {changed:14.1f}  {held:7.1f}\n")
        database.close()


if __name__ == "__main__":
    main()
