"""A month's or a year's statement of the owner's money: everything on one page, from the same answers as elsewhere."""

from __future__ import annotations

import dataclasses

from analytics.accounts import Balance, balances
from analytics.budgets import Envelope, along
from analytics.export import Table
from analytics.scope import Scope
from analytics.spending import (
    Breakdown,
    Expense,
    Totals,
    by_account,
    by_category,
    by_payee,
    comparable,
    largest,
    totals,
)
from analytics.tables import balances as balances_table
from analytics.tables import breakdown as breakdown_table
from analytics.tables import budget_rows
from analytics.tables import largest as largest_table
from analytics.tables import totals as totals_table
from analytics.tables import trend as trend_table
from analytics.trends import Point, points_of
from data.period import Span, months_between


@dataclasses.dataclass(frozen=True, slots=True)
class Report:
    """One span in one currency. months: each that has begun; envelopes: their limits; balances: at its end."""

    span: Span
    compared: Span
    currency: str
    totals: Totals
    before: Totals
    months: tuple[Point, ...]
    spending: Breakdown
    income: Breakdown
    payees: Breakdown
    accounts: Breakdown
    largest: tuple[Expense, ...]
    envelopes: tuple[Envelope, ...]
    balances: tuple[Balance, ...]


def report(scope: Scope, span: Span, currency: str, *, largest_count: int = 10) -> Report:
    """The statement of a month, a quarter or a year (whole months of the owner)."""
    months = [month for month in months_between(span, scope.start_day) if month.start <= scope.today]
    compared = comparable(scope, span)
    return Report(
        span=span,
        compared=compared,
        currency=currency,
        totals=totals(scope, span, currency),
        before=totals(scope, compared, currency),
        months=points_of(scope, months, currency),
        spending=by_category(scope, span, currency),
        income=by_category(scope, span, currency, "income"),
        payees=by_payee(scope, span, currency),
        accounts=by_account(scope, span, currency),
        largest=largest(scope, span, currency, largest_count),
        envelopes=along(scope, months, currency),
        balances=tuple(one for one in balances(scope, span.last) if one.currency == currency),
    )


def tables(answer: Report, account_names: dict[str, str]) -> tuple[Table, ...]:
    """The report's parts as tables, in the order of the page; each is a CSV file of its own."""
    return (
        totals_table([answer.totals]),
        trend_table(answer.months, answer.currency),
        breakdown_table(answer.spending, "category"),
        breakdown_table(answer.income, "category"),
        breakdown_table(answer.payees, "payee"),
        breakdown_table(answer.accounts, "account", account_names),
        largest_table(answer.largest, answer.currency),
        budget_rows(answer.envelopes),
        balances_table(answer.balances, account_names),
    )
