"""The screen that a person opens first: the month in figures, limits, where it went, what needs attention."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from analytics import tables as csv
from analytics.alerts import Warned, due, warnings
from analytics.overview import Attention, Figure, Matter, Overview
from analytics.refund_list import sums
from analytics.scope import Scope
from data import planning
from data.money import Money
from pages.ui import charts, format, links, session  # noqa: A004 - our word for it, always used with its dot
from pages.ui.account_names import account_names
from pages.ui.books import category_colour, category_name
from pages.ui.context import User
from pages.ui.downloads import STATUS_SHOWN, download
from pages.ui.i18n import plural, text
from pages.ui.limit_bar import limit_bar
from pages.ui.screens.latest import latest_rows
from pages.ui.screens.trends import steps
from pages.ui.widgets import Change, Kpi, card, kpi_row, notice

_LIMITS_SHOWN = 5
_SHARES_SHOWN = 7
_REST = "*"  # the id of all other categories together; no category is called that


def subtitle(scope: Scope) -> str:
    """`2026年11月 · 第 22 天，共 30 天`."""
    month = scope.month
    passed = (scope.today - month.start).days + 1
    return text("overview.subtitle", month=format.month(month.start), day=passed, days=month.days)


def warn_once(user: User, scope: Scope) -> None:
    """Say each budget warning once a month, the moment it is due, and record that it was said."""
    fresh = due(scope)
    if not fresh:
        return
    told = [one for one in warnings(scope) if one.alert in fresh]
    planning.raise_alerts(user.database, user.owner, fresh)
    for one in told:
        st.toast(format.md_escape(_warned(scope, one)), icon=":material/warning:")


def _warned(scope: Scope, one: Warned) -> str:
    name, over = _limit_name(scope, one.alert.category), one.envelope.overrun
    if over:
        return text("budgets.warning.over", name=name, amount=format.money(Money(over, one.alert.currency)))
    return text(f"overview.toast.{one.alert.threshold}", name=name)


def _limit_name(scope: Scope, category: str) -> str:
    return category_name(scope, category) if category else text("overview.all_spending")


def figures(scope: Scope, now: Overview) -> None:
    """Spending, income, saved and the forecast, each against the same days of last month."""
    pairs = (("spending", now.spending), ("income", now.income), ("saved", now.saved))
    kpi_row([*(_kpi(scope, now, name, one) for name, one in pairs), _outlook(now)])


def _kpi(scope: Scope, now: Overview, name: str, one: Figure) -> Kpi:
    compared = text("overview.against", span=format.span(now.compared, today=scope.today))
    moved = _moved(now, one, text("overview.vs"), less=name == "spending")
    return Kpi(text(f"common.{name}"), _money(now, one.amount), moved, one.spark, help=compared)


def _money(now: Overview, minor: int) -> str:
    return format.money(Money(minor, now.currency))


def _moved(now: Overview, figure: Figure, against: str, *, less: bool = False) -> Change:
    by = figure.difference
    good = None if not by else (by < 0) == less
    return Change(_money(now, abs(by)), "up" if by > 0 else "down" if by < 0 else "same", against, good)


def _outlook(now: Overview) -> Kpi:
    if now.forecast is None:
        return Kpi(text("overview.forecast"), format.NONE, help=text("overview.forecast.hidden"))
    one = now.forecast
    low, high = (format.compact_money(Money(edge, now.currency)) for edge in (one.low, one.high))
    spread = text("overview.forecast.range", low=low, high=high)
    return Kpi(
        text("overview.forecast"),
        _money(now, one.estimate),
        Change(spread, "same"),
        now.cumulative,
        help=text("overview.forecast.help"),
    )


def attention(scope: Scope, now: Overview) -> None:
    """What needs the person, overruns first; each leads to where it is settled."""
    over = [one for one in now.attention if one.matter is Matter.OVERRUN]
    if over:
        notice(plural("overview.over.title", len(over)), _sentences(scope, over), tone="warning")
    rest = [one for one in now.attention if one.matter is not Matter.OVERRUN]
    for one in rest:
        with st.container(horizontal=True, vertical_alignment="center", key=f"overview.matter.{one.matter}.{one.key}"):
            st.markdown(f":material/info: {format.md_escape(_said(scope, one))}", width="stretch")
            page, query = _where(one)
            links.link(page, text("overview.look"), **query)


def refunds_under_way(scope: Scope) -> None:
    """What was asked back and has not arrived, a line a currency: shown, and not netted (DESIGN §2)."""
    for one in sums(scope):
        if one.open:
            amount = format.money(Money(one.under_way, one.currency))
            with st.container(horizontal=True, vertical_alignment="center", key=f"overview.refunds.{one.currency}"):
                said = format.md_escape(plural("refunds.overview", one.open, amount=amount))
                st.markdown(f":material/hourglass_top: {said}", width="stretch")
                links.link("refunds", text("overview.look"), show="open")


def _sentences(scope: Scope, over: Sequence[Attention]) -> str:
    gap = "" if session.language() == "zh" else " "
    return gap.join(_said(scope, one) for one in over)


def _said(scope: Scope, one: Attention) -> str:
    amount = format.money(Money(abs(one.amount), one.currency)) if one.currency else ""
    name = _limit_name(scope, one.key)
    if one.matter in (Matter.OVERRUN, Matter.NEAR_LIMIT):
        return text(f"overview.matter.{one.matter}", name=name, amount=amount)
    return plural(f"overview.matter.{one.matter}", one.count, amount=amount)


def _where(one: Attention) -> tuple[str, dict[str, str]]:
    if one.matter is Matter.UNLINKED_REFUNDS:
        return "pairs", {"show": "refunds"}
    if one.matter is Matter.UNCATEGORISED:
        return "transactions", {"q": "category:uncategorised"}
    return ("import", {}) if one.matter is Matter.IMPORT_DISAGREES else ("budgets", {})


def where_it_went(scope: Scope, now: Overview) -> None:
    """The month's spending by top category; a click opens the category."""
    body, corner = card(text("overview.where"), key="overview.where.card")
    with corner:
        links.link("categories", text("action.see_all"), period=f"{now.month.start:%Y-%m}")
    with body:
        parts = [part for part in now.categories.slices if part.amount > 0]
        if not parts:
            st.caption(text("overview.where.none"))
            return
        look = charts.look(now.currency)
        slices = [
            charts.Slice(p.key, category_name(scope, p.key), p.amount, category_colour(scope, p.key, look.palette))
            for p in parts[:_SHARES_SHOWN]
        ]
        rest = sum(part.amount for part in parts[_SHARES_SHOWN:])
        if rest:
            slices.append(charts.Slice(_REST, text("common.other"), rest, look.palette.quiet))
        figure = charts.ranked_bars(look, slices, total=now.categories.total)
        picked = charts.show_selectable(figure, "overview.where", alt=text("overview.where"))
        download(scope, lambda: csv.breakdown(now.categories, "category"), "categories", key="overview.where.csv")
    if picked:
        chosen = {} if picked == _REST else {"category": picked}
        links.go("categories", period=f"{now.month.start:%Y-%m}", **chosen)


def twelve_months(scope: Scope, now: Overview) -> None:
    """Twelve months of spending with the overall limit as a line; a click opens the month."""
    body, corner = card(text("overview.trend"), key="overview.trend.card")
    with corner:
        links.link("trends", text("action.see_all"))
    with body:
        look = charts.look(now.currency)
        points = now.trend.points
        series = [charts.Series(text("common.spending"), [p.spending for p in points], look.palette.accent)]
        limit = now.budget.overall
        line = (
            charts.Series(text("budget.limit"), [limit.whole] * len(points), look.palette.status["near"])
            if limit
            else None
        )
        figure = charts.bars(look, steps(points), series, line=line, partial_last=points[-1].partial, height=370)
        picked = charts.show_selectable(figure, "overview.trend", alt=text("overview.trend"))
        download(scope, lambda: csv.trend(points, now.currency), "months", key="overview.trend.csv")
    if picked:
        links.go("categories", period=picked)


def limits(scope: Scope, now: Overview) -> None:
    """The limits that are used most, or the way to set the first one."""
    body, corner = card(text("overview.limits"), key="overview.limits.card")
    with corner:
        links.link("budgets", text("action.see_all"))
    with body:
        found = sorted(now.budget.all, key=lambda one: (one.category != "", -(one.used or 0)))[:_LIMITS_SHOWN]
        if not found:
            st.caption(text("overview.limits.none"))
            links.link("budgets", text("action.set_limit"), icon=":material/savings:")
            return
        look = charts.look(now.currency)
        for one in found:
            name = _limit_name(scope, one.category)
            limit_bar(look, charts.LimitRow(one.category, name, one.spending, one.whole, STATUS_SHOWN[one.status]))
        download(scope, lambda: csv.budget(now.budget), "budgets", key="overview.limits.csv")


def latest(scope: Scope, now: Overview) -> None:
    """The newest rows; a click opens one."""
    body, corner = card(text("overview.latest"), key="overview.latest.card")
    with corner:
        links.link("transactions", text("action.see_all"))
    with body:
        latest_rows(scope, now.latest, key="overview.latest", mixed=len(now.currencies) > 1)
        download(
            scope,
            lambda: csv.transactions(now.latest),
            "latest",
            key="overview.latest.csv",
            accounts=account_names(scope),
        )
