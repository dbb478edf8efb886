"""The screen of monthly limits: how they stand, what to do about it, setting them, how they went."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import pandas as pd
import streamlit as st

from analytics import tables as csv
from analytics.alerts import Warned
from analytics.budgets import Budget, Envelope, Status, history, limit_changes
from analytics.scope import Scope
from analytics.trends import Point
from data import planning
from data.money import Money
from data.planning import OVERALL
from pages.ui import charts, format, links  # noqa: A004 - our word for it, always used with its dot
from pages.ui.books import Drill, category_name
from pages.ui.context import User
from pages.ui.downloads import STATUS_SHOWN, download
from pages.ui.i18n import plural, text
from pages.ui.limit_bar import limit_bar
from pages.ui.screens.trends import steps
from pages.ui.tables import Column, data_table
from pages.ui.widgets import Kpi, card, kpi_row

_HISTORY = 12


def name_of(scope: Scope, category: str) -> str:
    """A limit's name: its category's, or that of all spending."""
    return category_name(scope, category) if category else text("budgets.overall")


def _money(minor: int, currency: str) -> str:
    return format.money(Money(minor, currency))


def figures(answer: Budget, spending: int) -> None:
    """The overall limit in four figures; without one, what was spent and how the category limits stand."""
    one = answer.overall
    if one is None:
        over = sum(1 for each in answer.envelopes if each.status is Status.OVER)
        kpi_row(
            [
                Kpi(text("common.spending"), _money(spending, answer.currency)),
                Kpi(text("budgets.limits"), format.count(len(answer.envelopes))),
                Kpi(text("budgets.over"), format.count(over)),
            ]
        )
        return
    rest = text("budgets.left") if one.available >= 0 else text("budgets.overrun")
    kpi_row(
        [
            Kpi(text("budgets.limit"), _money(one.whole, one.currency), help=_carried_said(one)),
            Kpi(text("budgets.spent"), _money(one.spending, one.currency)),
            Kpi(rest, _money(abs(one.available), one.currency)),
            Kpi(text("budgets.per_day"), _money(one.per_day, one.currency), help=text("budgets.per_day.help")),
        ]
    )


def _carried_said(one: Envelope) -> str | None:
    if not one.carried:
        return None
    return text("budgets.carried", amount=format.money(Money(one.carried, one.currency), signed=True))


def warnings(user: User, scope: Scope, found: Sequence[Warned]) -> None:
    """The month's warnings, the worst first, each with a way to put it aside."""
    for one in found:
        envelope = one.envelope
        over = envelope.overrun > 0
        key = f"budgets.warning.{envelope.category}.{envelope.currency}"
        with st.container(horizontal=True, vertical_alignment="center", border=True, key=key):
            icon = ":red[:material/error:]" if over else ":orange[:material/warning:]"
            st.markdown(f"{icon} {format.md_escape(_warning(scope, envelope))}", width="stretch")
            st.button(
                text("budgets.dismiss"),
                key=f"{key}.dismiss",
                type="tertiary",
                on_click=planning.dismiss_alert,
                args=(user.database, user.owner, one.alert),
            )


def _warning(scope: Scope, one: Envelope) -> str:
    name = name_of(scope, one.category)
    if one.overrun:
        return text("budgets.warning.over", name=name, amount=_money(one.overrun, one.currency))
    return text("budgets.warning.near", name=name, amount=_money(one.available, one.currency))


def standing(scope: Scope, answer: Budget) -> None:
    """Every limit as a bar with its pace; each leads to its transactions."""
    body, _ = card(text("budgets.standing"), key="budgets.standing.card")
    with body:
        look = charts.look(answer.currency)
        columns = st.columns(2, gap="large")
        for place, one in enumerate(answer.all):
            with columns[place % 2]:
                _envelope(scope, look, one)
        download(scope, lambda: csv.budget(answer), f"budgets-{answer.month.start}", key="budgets.standing.csv")


def _envelope(scope: Scope, look: charts.Look, one: Envelope) -> None:
    row = charts.LimitRow(one.category, name_of(scope, one.category), one.spending, one.whole, STATUS_SHOWN[one.status])
    limit_bar(look, row)
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        st.caption(format.md_escape(_pace(one)), width="content")
        drill = Drill(one.month, category=one.category, currency=one.currency)
        links.link("transactions", text("budgets.rows"), q=drill.query())


def _pace(one: Envelope) -> str:
    parts = []
    if one.days_left and one.available > 0:
        parts.append(plural("budgets.pace.left", one.days_left, amount=_money(one.per_day, one.currency)))
    if one.days_left:
        ahead = one.spending - one.even_share
        key = "budgets.pace.ahead" if ahead > 0 else "budgets.pace.behind"
        parts.append(text(key, amount=_money(abs(ahead), one.currency)))
    if one.held:
        parts.append(text("budgets.held", amount=_money(one.held, one.currency)))
    said = _carried_said(one)
    if said:
        parts.append(said)
    return " · ".join(parts)


def unlimited(scope: Scope, answer: Budget) -> None:
    """What was spent where no limit stands."""
    if not answer.unlimited or not answer.all:
        return
    body, corner = card(text("budgets.unlimited"), key="budgets.unlimited.card")
    with corner:
        make = partial(csv.unlimited, answer)
        download(scope, make, f"unlimited-{answer.month.start}", key="budgets.unlimited.csv", compact=True)
    with body:
        look = charts.look(answer.currency)
        slices = [
            charts.Slice(key, category_name(scope, key), amount, look.palette.quiet)
            for key, amount in answer.unlimited
            if amount > 0
        ]
        picked = charts.show_selectable(
            charts.ranked_bars(look, slices), f"budgets.unlimited.{answer.month.start}", alt=text("budgets.unlimited")
        )
    if picked:
        links.go("transactions", q=Drill(answer.month, category=picked, currency=answer.currency).query())


def against_actual(scope: Scope, answer: Budget) -> None:
    """Twelve months of one limit beside what was spent."""
    body, _ = card(text("budgets.history"), key="budgets.history.card")
    with body:
        named = {one.category: name_of(scope, one.category) for one in answer.all}
        chosen = st.selectbox(
            text("budgets.limit"),
            list(named),
            key="budgets.history.which",
            format_func=named.__getitem__,
            label_visibility="collapsed",
        )
        months = history(scope, chosen or OVERALL, answer.currency, answer.month, _HISTORY)
        look = charts.look(answer.currency)
        points = [Point(one.month, one.spending, 0, 1, scope.today in one.month) for one in months]
        limits = [one.whole if isinstance(one, Envelope) else None for one in months]
        series = [charts.Series(text("budgets.spent"), [one.spending for one in months], look.palette.accent)]
        line = charts.Series(text("budgets.limit"), limits, look.palette.status["near"])
        figure = charts.bars(look, steps(points), series, line=line, partial_last=points[-1].partial)
        picked = charts.show_selectable(
            figure, f"budgets.history.{chosen}.{answer.month.start}", alt=text("budgets.history")
        )
        make = partial(csv.budget_history, months, chosen or OVERALL, answer.currency)
        download(scope, make, "budget-history", key="budgets.history.csv")
    if picked:
        links.go("categories", period=picked)


def changes(scope: Scope) -> None:
    """Every change of a limit, the newest first."""
    found = limit_changes(scope)
    if not found:
        return
    with st.expander(text("budgets.changes"), key="budgets.changes"):
        rows = [
            (
                name_of(scope, one.category),
                one.amount,
                one.currency,
                format.month(one.from_month),
                text(f"carry.{one.carry}"),
            )
            for one in found
        ]
        frame = pd.DataFrame(rows, columns=["category", "amount", "currency", "from", "carry"])
        frame["amount"] = frame["amount"].astype("Int64")
        columns = [
            Column("category", text("column.category")),
            Column("amount", text("budgets.limit"), "money"),
            Column("from", text("column.from_month")),
            Column("carry", text("column.carry")),
        ]
        data_table(frame, columns, key="budgets.changes.table")
        download(scope, lambda: csv.limit_changes(found), "limits", key="budgets.changes.csv")
