"""Reconciling as tables, for CSV: an account's statements, and the rows of one period with their ticks."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from analytics.export import Cell, Column, Table
from analytics.reconcile import Book, Statement
from analytics.statement_period import Period

_CURRENCY: Final = Column("currency")


def statements(book: Book, words: Mapping[str, str], source: Callable[[Statement], str]) -> Table:
    """An account's statements, newest first. words: state → what it is called; source: who states a balance."""
    columns = (
        Column("date", Cell.DATE),
        _CURRENCY,
        Column("stated_balance", Cell.MONEY),
        Column("ours", Cell.MONEY),
        Column("balance_difference", Cell.MONEY),
        Column("status"),
        Column("since", Cell.DATE),
        Column("reconciled", Cell.FLAG),
        Column("source"),
    )
    rows = [
        [
            one.on,
            one.balance.currency,
            one.balance.minor,
            one.standing.ours,
            one.standing.difference,
            words[one.standing.state],
            one.standing.since,
            one.reconciled,
            source(one),
        ]
        for one in book.statements
    ]
    return Table("statements", columns, rows)


def rows(opened: Period) -> Table:
    """The rows of a statement's period, oldest first; `in_file` empty where no file states the balance."""
    columns = (
        Column("date", Cell.DATE),
        Column("payee"),
        Column("description"),
        Column("kind", Cell.WORD),
        Column("category", Cell.WORD),
        _CURRENCY,
        Column("amount", Cell.MONEY),
        Column("ticked", Cell.FLAG),
        Column("in_file", Cell.FLAG),
        Column("note"),
        Column("id"),
    )
    currency = opened.statement.balance.currency
    listed = [
        [
            line.on,
            line.payee,
            line.description,
            line.kind,
            line.category,
            currency,
            line.minor,
            line.ticked,
            line.in_file,
            line.note,
            str(line.entry),
        ]
        for line in opened.lines
    ]
    return Table("statement-rows", columns, listed)
