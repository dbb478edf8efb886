"""The same figures as the screens, for automation: `python -m analytics spending --user NAME --month 2026-10`.

Works on the wallet's file while the app is not running. Exit code 2 with one line for whatever was asked wrongly.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from analytics import tables
from analytics.accounts import names
from analytics.budgets import budget
from analytics.export import Table, csv_bytes
from analytics.months import currencies
from analytics.scope import Scope, look
from analytics.search import parse
from analytics.selection import Criteria
from analytics.spending import by_account, by_category, by_payee
from analytics.transactions import rows
from analytics.trends import trend
from data.cli import describe
from data.database import Database
from data.errors import NotFound, Rejection
from data.home import open_home
from data.identity import person_named
from data.money import exponent
from data.period import Span, month_of, shift_months
from data.preferences import preferences_of

_REFUSED = 2
_YEARS = range(1970, 2101)  # no statement's row lies beyond


def main(arguments: Sequence[str] | None = None) -> int:
    """Answer one question; the exit code."""
    asked = _parser().parse_args(arguments)
    try:
        database = open_home(asked.home)
        try:
            content = _content(database, asked)
        finally:
            database.close()
    except Rejection as no:
        sys.stderr.write(f"{describe(no)}\n")
        return _REFUSED
    if asked.csv == "-":
        sys.stdout.buffer.write(content)
        sys.stdout.buffer.flush()
    else:
        Path(asked.csv).write_bytes(content)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m analytics", description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("question", choices=("spending", "income", "trend", "budgets", "transactions"))
    parser.add_argument("--user", required=True, metavar="NAME", help="whose books")
    parser.add_argument(
        "--month", type=_month, metavar="YYYY-MM", help="the person's month; the running one if left out"
    )
    parser.add_argument("--by", choices=("category", "payee", "account"), default="category")
    parser.add_argument("--currency", help="the most used one if left out")
    parser.add_argument(
        "--search", default="", help="transactions: as in the search box; without --month over all time"
    )
    parser.add_argument("--home", type=Path, help="the wallet's folder")
    parser.add_argument("--csv", default="-", metavar="FILE", help="where to write; - is the standard output")
    return parser


def _month(text: str) -> date:
    month = datetime.strptime(text, "%Y-%m").replace(tzinfo=ZoneInfo("UTC")).date()
    if month.year not in _YEARS:
        raise ValueError(text)
    return month


def _content(database: Database, asked: argparse.Namespace) -> bytes:
    person = person_named(database, asked.user)
    if person is None:
        raise NotFound("user", asked.user)
    chosen = preferences_of(database, person.owner)
    scope = look(
        database,
        person.owner,
        datetime.now(ZoneInfo(chosen.zone)).date(),
        chosen.month_start_day,
        refunds_in_purchase_month=chosen.refunds_in_purchase_month,
    )
    used = currencies(scope)
    currency = asked.currency or (chosen.currency if chosen.currency in used or not used else used[0])
    exponent(currency)  # refuses what is no currency
    words = {"account": names(scope), "counter_account": names(scope), "category": _own_names(scope)}
    return csv_bytes(_table(scope, asked, currency), words=words)


def _table(scope: Scope, asked: argparse.Namespace, currency: str) -> Table:
    month = scope.month if asked.month is None else _named(asked.month, scope.start_day)
    if asked.question == "trend":
        return tables.trend(trend(scope, month, currency).points, currency)
    if asked.question == "budgets":
        return tables.budget(budget(scope, month, currency))
    if asked.question == "transactions":
        return _transactions(scope, asked, month)
    ask = {"category": by_category, "payee": by_payee, "account": by_account}[asked.by]
    return tables.breakdown(ask(scope, month, currency, asked.question), asked.by, names(scope))


def _transactions(scope: Scope, asked: argparse.Namespace, month: Span) -> Table:
    everywhere = asked.month is None and asked.search
    criteria = Criteria(
        search=parse(asked.search, scope.start_day),
        span=None if everywhere else month,
        currency=asked.currency,
        by_purchase=scope.refunds_in_purchase_month,
    )
    return tables.transactions(rows(scope, criteria, descending=False, order_ids=True))


def _named(month: date, start_day: int) -> Span:
    return month_of(shift_months(month, 0, start_day), start_day)


def _own_names(scope: Scope) -> dict[str, str]:
    return {key: category.name for key, category in scope.categories.items() if category.name}


if __name__ == "__main__":
    sys.exit(main())
