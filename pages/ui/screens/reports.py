"""A month's, a quarter's or a year's statement on one screen, and all of it as CSV."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from functools import partial

import pandas as pd
import streamlit as st

from analytics import reports
from analytics import tables as csv
from analytics.export import Table
from analytics.reports import Report
from analytics.scope import Scope
from analytics.spending import Breakdown
from data.money import Money
from pages.ui import format, links, session  # noqa: A004 - our word for it, always used with its dot
from pages.ui.account_names import account_names
from pages.ui.books import Drill, category_name, day_span
from pages.ui.downloads import STATUS_SHOWN, csv_of, download
from pages.ui.i18n import text
from pages.ui.periods import Period
from pages.ui.tables import Column, data_table
from pages.ui.widgets import Change, Direction, Kpi, card, kpi_row

_PAYEES = 10
_CASH_FLOW = ("income", "spending", "saved")


def figures(scope: Scope, answer: Report) -> None:
    """Spending, income, saved and refunds, each against the span before."""
    against = text("reports.against", span=format.span(answer.compared, today=scope.today))
    now, before = answer.totals, answer.before
    kpi_row(
        [
            _figure(answer, "spending", (now.spending, before.spending), against, good=-1),
            _figure(answer, "income", (now.income, before.income), against, good=1),
            _figure(answer, "saved", (now.saved, before.saved), against, good=1),
            _figure(answer, "refunds", (now.refunds, before.refunds), against, good=0),
        ]
    )


def _figure(answer: Report, name: str, pair: tuple[int, int], against: str, *, good: int) -> Kpi:
    """good: the sign of a change that is good news; 0 where neither is."""
    by = pair[0] - pair[1]
    direction: Direction = "up" if by > 0 else "down" if by < 0 else "same"
    change = Change(_money(answer, abs(by)), direction, against, by * good > 0 if by and good else None)
    return Kpi(text(f"common.{name}"), _money(answer, pair[0]), change)


def _money(answer: Report, minor: int) -> str:
    return format.money(Money(minor, answer.currency))


def everything(scope: Scope, answer: Report, period: Period) -> None:
    """All parts of the report as CSV files in one zip."""
    st.download_button(
        text("reports.download"),
        data=session.bound(lambda: _zip(scope, answer)),
        file_name=f"report-{period.code}-{answer.currency}.zip",
        mime="application/zip",
        key="reports.zip",
        icon=":material/folder_zip:",
        on_click="ignore",
    )


def _zip(scope: Scope, answer: Report) -> bytes:
    accounts, packed = account_names(scope), io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as bundle:
        for table in reports.tables(answer, accounts):
            bundle.writestr(f"{table.name}.csv", csv_of(scope, table, accounts))
    return packed.getvalue()


def by_category(scope: Scope, answer: Report, side: str) -> None:
    """Top categories of spending or income with share and change."""
    one = answer.spending if side == "spending" else answer.income
    rows = [
        (part.key, category_name(scope, part.key), part.amount, _whole(part.share), part.before) for part in one.slices
    ]
    _breakdown(scope, answer, one, side, rows, lambda: csv.breakdown(one, "category"))


def payees(scope: Scope, answer: Report) -> None:
    """The payees that most was spent at."""
    one = answer.payees
    rows = [(p.label or p.key, p.label or p.key, p.amount, _whole(p.share), p.before) for p in one.slices[:_PAYEES]]
    _breakdown(scope, answer, one, "payee", rows, lambda: csv.breakdown(one, "payee"))


def accounts(scope: Scope, answer: Report) -> None:
    """Which accounts were paid with."""
    one, known = answer.accounts, account_names(scope)
    rows = [(known.get(p.key, p.key), known.get(p.key, p.key), p.amount, _whole(p.share), p.before) for p in one.slices]
    _breakdown(scope, answer, one, "account", rows, lambda: csv.breakdown(one, "account", known))


_Row = tuple[str, str, int, int | None, int]
_FIELDS = {"spending": "category", "income": "category", "payee": "payee", "account": "account"}


def _breakdown(
    scope: Scope, answer: Report, one: Breakdown, what: str, rows: list[_Row], table: Callable[[], Table]
) -> None:
    body, _ = card(text(f"reports.{what}"), key=f"reports.{what}.card", stretch=False)
    with body:
        if not rows:
            st.caption(text("reports.nothing"))
            return
        frame = pd.DataFrame(rows, columns=["key", "name", "amount", "share", "before"])
        columns = [
            Column("name", text(f"column.{_FIELDS[what]}")),
            Column("amount", text("column.amount"), "money", answer.currency),
            Column("share", text("column.share"), "percent", width="small"),
            Column("before", text("column.before"), "money", answer.currency),
        ]
        picked = data_table(frame, columns, key=f"reports.{what}", select="one")
        download(scope, table, f"{what}-{one.span.start}-{one.span.last}", key=f"reports.{what}.csv")
    if picked:
        chosen = {_FIELDS[what]: rows[picked[0]][0]}
        category, payee, account = (chosen.get(field, "") for field in ("category", "payee", "account"))
        drill = Drill(one.span, category, payee, account, currency=answer.currency)
        links.go("transactions", q=drill.query())


def _whole(share: int | None) -> int | None:
    return None if share is None else (share + 50) // 100


def months(scope: Scope, answer: Report) -> None:
    """The span's months one by one, when there are several."""
    if len(answer.months) <= 1:
        return
    body, _ = card(text("reports.months"), key="reports.months.card", stretch=False)
    with body:
        rows = [(format.month(p.month.start), p.income, p.spending, p.saved) for p in answer.months]
        frame = pd.DataFrame(rows, columns=["month", *_CASH_FLOW])
        columns = [
            Column("month", text("column.month")),
            *(
                Column(name, text(f"common.{name}"), "money", answer.currency)
                for name in ("income", "spending", "saved")
            ),
        ]
        data_table(frame, columns, key="reports.months")
        download(
            scope,
            partial(csv.trend, answer.months, answer.currency),
            f"months-{answer.span.start}",
            key="reports.months.csv",
        )


def largest(scope: Scope, answer: Report) -> None:
    """The largest expenses."""
    body, _ = card(text("reports.largest"), key="reports.largest.card", stretch=False)
    with body:
        if not answer.largest:
            st.caption(text("reports.nothing"))
            return
        rows = [(one.payee or one.description, one.amount, _whole(one.share), one.booked_on) for one in answer.largest]
        frame = pd.DataFrame(rows, columns=["payee", "amount", "share", "date"])
        columns = [
            Column("payee", text("column.payee")),
            Column("amount", text("column.amount"), "money", answer.currency),
            Column("share", text("column.share"), "percent", width="small"),
            Column("date", text("column.date"), "date"),
        ]
        picked = data_table(frame, columns, key="reports.largest", select="one")
        download(
            scope,
            partial(csv.largest, answer.largest, answer.currency),
            f"largest-{answer.span.start}",
            key="reports.largest.csv",
        )
    if picked:
        one = answer.largest[picked[0]]
        links.go("transactions", q=Drill(day_span(one.booked_on)).query(), entry=str(one.entry))


def limits(scope: Scope, answer: Report) -> None:
    """How the limits of the span's months stood."""
    if not answer.envelopes:
        return
    body, _ = card(text("reports.limits"), key="reports.limits.card", stretch=False)
    with body:
        rows = [
            (
                format.month(one.month.start),
                category_name(scope, one.category) if one.category else text("common.total"),
                one.whole,
                one.spending,
                one.available,
                text(f"budget.status.{STATUS_SHOWN[one.status]}"),
            )
            for one in answer.envelopes
        ]
        frame = pd.DataFrame(rows, columns=["month", "category", "limit", "spent", "left", "status"])
        money = [Column(name, text(f"column.{name}"), "money", answer.currency) for name in ("limit", "spent", "left")]
        head = [Column(name, text(f"column.{name}")) for name in ("category", "month")]
        data_table(frame, [*head, *money, Column("status", text("column.status"))], key="reports.limits")
        download(
            scope, partial(csv.budget_rows, answer.envelopes), f"budgets-{answer.span.start}", key="reports.limits.csv"
        )


def balances(scope: Scope, answer: Report) -> None:
    """What the accounts held at the end of the span, as far as the statements tell."""
    if not answer.balances:
        return
    body, _ = card(text("reports.balances"), key="reports.balances.card", stretch=False)
    with body:
        st.caption(text("reports.balances.note"))
        names = account_names(scope)
        rows = [
            (names[str(one.account.id)], text(f"account.kind.{one.account.kind}"), one.amount)
            for one in answer.balances
        ]
        frame = pd.DataFrame(rows, columns=["account", "kind", "balance"])
        columns = [
            Column("account", text("column.account")),
            Column("kind", text("column.kind")),
            Column("balance", text("column.balance"), "money", answer.currency),
        ]
        data_table(frame, columns, key="reports.balances")
        held = partial(csv.balances, answer.balances, names)
        download(scope, held, f"balances-{answer.span.last}", key="reports.balances.csv")
