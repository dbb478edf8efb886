"""Answers as tables, for CSV and for the screens' data tables: the same figures, columns and order for both."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

import pyarrow as pa

from analytics.accounts import Balance, Worth
from analytics.budgets import Actual, Budget, Envelope
from analytics.days import Day
from analytics.export import Cell, Column, Table
from analytics.spending import Breakdown, Expense, Slice, Totals
from analytics.trends import Point, Stack, YearOverYear
from data.planning import LimitChange

_MONTH: Final = Column("month", Cell.DATE)
_CURRENCY: Final = Column("currency")
_CATEGORY: Final = Column("category", Cell.WORD)


def _money(*keys: str) -> tuple[Column, ...]:
    return tuple(Column(key, Cell.MONEY) for key in keys)


def breakdown(answer: Breakdown, by: str, names: Mapping[str, str] | None = None) -> Table:
    """A breakdown by `category`, `payee` or `account`; its rows add up to the total.

    By category a row is a part of a top category (what was booked on the top itself stands under its own name), with
    the top as `parent`. names: account id → name, for a breakdown by account.
    """
    parent = (Column("parent", Cell.WORD),) if by == "category" else ()
    columns = (
        *parent,
        Column(by, Cell.WORD if by == "category" else Cell.TEXT),
        _CURRENCY,
        *_money(answer.side, "before"),
        Column("change", Cell.SHARE),
        Column("share", Cell.SHARE),
        Column("count", Cell.NUMBER),
    )
    if by == "category":
        rows = [[top.key, part.key, *_figures(part, answer)] for top in answer.slices for part in top.parts]
    else:
        rows = [[one.label or (names or {}).get(one.key, one.key), *_figures(one, answer)] for one in answer.slices]
    return Table(f"{answer.side}-by-{by}", columns, rows)


def _figures(one: Slice, answer: Breakdown) -> list[object]:
    return [answer.currency, one.amount, one.before, one.change, one.share, one.count]


def totals(answers: Iterable[Totals]) -> Table:
    """The figures of a span, a row a currency."""
    columns = (
        _CURRENCY,
        *_money("spending", "income", "saved", "expenses", "fees", "refunds"),
        Column("count", Cell.NUMBER),
    )
    rows = [[t.currency, t.spending, t.income, t.saved, t.expenses, t.fees, t.refunds, t.count] for t in answers]
    return Table("totals", columns, rows)


def largest(expenses: Iterable[Expense], currency: str) -> Table:
    """A span's largest purchases."""
    columns = (
        Column("date", Cell.DATE),
        Column("payee"),
        Column("description"),
        _CATEGORY,
        _CURRENCY,
        *_money("amount"),
        Column("share", Cell.SHARE),
    )
    rows = [[e.booked_on, e.payee, e.description, e.category, currency, e.amount, e.share] for e in expenses]
    return Table("largest-expenses", columns, rows)


def calendar(days: Iterable[Day], currency: str) -> Table:
    """Each day's spending and income."""
    columns = (Column("date", Cell.DATE), _CURRENCY, *_money("spending", "income"), Column("count", Cell.NUMBER))
    return Table("days", columns, [[d.on, currency, d.spending, d.income, d.count] for d in days])


def trend(points: Iterable[Point], currency: str) -> Table:
    """Months (or years): income, spending, saved; `partial` where the books don't cover it whole."""
    columns = (
        _MONTH,
        _CURRENCY,
        *_money("spending", "income", "saved"),
        Column("count", Cell.NUMBER),
        Column("partial", Cell.FLAG),
    )
    rows = [[p.month.start, currency, p.spending, p.income, p.saved, p.count, p.partial] for p in points]
    return Table("trend", columns, rows)


def stack(answer: Stack) -> Table:
    """Months by category, a row a month and category that has an amount."""
    rows = [
        [point.month.start, layer.category, answer.currency, layer.amounts[place]]
        for place, point in enumerate(answer.points)
        for layer in answer.layers
        if layer.amounts[place]
    ]
    return Table("trend-by-category", (_MONTH, _CATEGORY, _CURRENCY, *_money(answer.side)), rows)


def year_over_year(answers: Iterable[YearOverYear], currency: str) -> Table:
    """Each month's spending beside that of the year before."""
    columns = (_MONTH, _CURRENCY, *_money("spending", "before"), Column("change", Cell.SHARE))
    rows = [[y.point.month.start, currency, y.point.spending, y.before.spending, y.change] for y in answers]
    return Table("year-over-year", columns, rows)


_ENVELOPE: Final = (
    _MONTH,
    _CATEGORY,
    _CURRENCY,
    *_money("limit", "carried", "spending", "available", "overrun", "left_per_day"),
    Column("used", Cell.SHARE),
    Column("status", Cell.WORD),
    Column("carry", Cell.WORD),
)


def budget(answer: Budget) -> Table:
    """The limits of a month as they stand; the overall one first, its category empty."""
    return budget_rows(answer.all)


def budget_rows(answers: Iterable[Envelope]) -> Table:
    """Envelopes of one or several months."""
    return Table("budget", _ENVELOPE, [_envelope(one) for one in answers])


def unlimited(answer: Budget) -> Table:
    """What was spent where no limit stands."""
    rows = [[category, answer.currency, amount] for category, amount in answer.unlimited]
    return Table("unlimited", (_CATEGORY, _CURRENCY, *_money("spending")), rows)


def budget_history(answers: Iterable[Envelope | Actual], category: str, currency: str) -> Table:
    """One limit along the months; months without the limit have only their spending."""
    rows = [
        _envelope(one)
        if isinstance(one, Envelope)
        else [one.month.start, category, currency, None, None, one.spending, None, None, None, None, None, None]
        for one in answers
    ]
    return Table("budget-history", _ENVELOPE, rows)


def _envelope(one: Envelope) -> list[object]:
    return [
        one.month.start,
        one.category,
        one.currency,
        one.limit,
        one.carried,
        one.spending,
        one.available,
        one.overrun,
        one.per_day,
        one.used,
        one.status.value,
        one.carry.value,
    ]


def limit_changes(changes: Iterable[LimitChange]) -> Table:
    """Every change of a limit."""
    columns = (
        Column("from_month", Cell.DATE),
        _CATEGORY,
        _CURRENCY,
        *_money("limit"),
        Column("carry", Cell.WORD),
        Column("changed_at", Cell.TIME),
    )
    rows = [[c.from_month, c.category, c.currency, c.amount, c.carry.value, c.recorded_at] for c in changes]
    return Table("limits", columns, rows)


_ROWS: Final = (
    ("entry", "id", Cell.TEXT),
    ("booked_on", "date", Cell.DATE),
    ("occurred_at", "time_utc", Cell.TIME),
    ("kind", "kind", Cell.WORD),
    ("payee", "payee", Cell.TEXT),
    ("description", "description", Cell.TEXT),
    ("category", "category", Cell.WORD),
    ("account", "account", Cell.WORD),
    ("counter", "counter_account", Cell.WORD),
    ("currency", "currency", Cell.TEXT),
    ("amount", "amount", Cell.MONEY),
    ("spending", "spending", Cell.MONEY),
    ("income", "income", Cell.MONEY),
    ("excluded", "excluded", Cell.FLAG),
    ("note", "note", Cell.TEXT),
    ("tags", "tags", Cell.TEXT),
    ("method", "method", Cell.TEXT),
    ("order_id", "order_id", Cell.TEXT),
    ("refund_of", "refund_of", Cell.TEXT),
)


def transactions(rows: pa.Table) -> Table:
    """Rows of `analytics.transactions`; account ids become names through the caller's words."""
    listed = [(name, Column(key, cell)) for name, key, cell in _ROWS if name in rows.column_names]
    values = [rows[name].to_pylist() for name, _ in listed]
    columns = tuple(column for _, column in listed)
    return Table("transactions", columns, [_row(columns, row) for row in zip(*values, strict=True)])


def _row(columns: tuple[Column, ...], values: tuple[object, ...]) -> list[object]:
    return [
        value.replace("\n", ", ") if column.key == "tags" and isinstance(value, str) else value
        for column, value in zip(columns, values, strict=True)
    ]


def balances(answers: Iterable[Balance], names: Mapping[str, str]) -> Table:
    """What each account holds. names: account id → what the person calls it."""
    columns = (Column("account"), Column("kind", Cell.WORD), Column("institution"), _CURRENCY, *_money("balance"))
    rows = [[names[str(b.account.id)], b.account.kind, b.account.institution, b.currency, b.amount] for b in answers]
    return Table("balances", columns, rows)


def net_worth(answers: Iterable[Worth]) -> Table:
    """Assets, liabilities and net worth by month."""
    columns = (_MONTH, _CURRENCY, *_money("assets", "liabilities", "net_worth"))
    return Table("net-worth", columns, [[w.month.start, w.currency, w.assets, w.liabilities, w.net] for w in answers])
