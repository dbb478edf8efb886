"""The money accounts: what they hold, what they are called, which are one, and what they really hold."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import partial

import pandas as pd
import streamlit as st

from analytics import tables as csv
from analytics.accounts import balances, net_worth
from analytics.scope import Scope
from data import accounts as door
from data.accounts import Account
from pages.ui import charts, format, links  # noqa: A004 - our word for it, always used with its dot
from pages.ui.account_names import account_called, account_names
from pages.ui.books import currencies_of, scope_of
from pages.ui.context import User
from pages.ui.downloads import download
from pages.ui.i18n import text
from pages.ui.pickers import currency_switch
from pages.ui.screens.settings import account_forms
from pages.ui.tables import Column, data_table
from pages.ui.widgets import Action, card, empty_state

_MONTHS = 12
_DEEDS = ("rename", "kind", "adjust", "opening", "merge", "close")
_Row = tuple[str, str, int | None, str, str, int, object]


def show(user: User) -> None:
    """The list, one account to manage, and net worth by month."""
    scope = scope_of(user)
    found = door.accounts(user.database, user.owner)
    if not found:
        empty_state(
            text("settings.accounts.empty"),
            text("settings.accounts.empty.body"),
            key="settings.accounts.empty",
            icon=":material/account_balance_wallet:",
            actions=[Action(text("nav.import"), page="import", icon=":material/upload_file:", primary=True)],
        )
        return
    _listing(scope, found)
    left, right = st.columns([2, 3])
    with left:
        _manage(user, scope, found)
    with right:
        _worth(scope, user)


def _listing(scope: Scope, found: Sequence[Account]) -> None:
    rows = [row for one in found if one.merged_into is None for row in rows_of(one)]
    frame = pd.DataFrame(rows, columns=["account", "kind", "balance", "currency", "status", "count", "last"])
    frame["balance"] = frame["balance"].astype("Int64")
    mixed = len({held.currency for one in found for held in one.balances}) > 1
    columns = [
        Column("account", text("column.account")),
        Column("balance", text("column.balance"), "money", mixed=mixed),
        Column("kind", text("column.kind")),
        Column("status", text("column.status")),
        Column("count", text("column.count"), "count", width="small"),
        Column("last", text("settings.accounts.last"), "date"),
    ]
    body, _ = card(text("settings.accounts.title"), key="settings.accounts.card", stretch=False)
    with body:
        st.caption(text("settings.accounts.note"))
        data_table(frame, columns, key="settings.accounts.table")
        held = partial(csv.balances, balances(scope), account_names(scope))
        download(scope, held, "accounts", key="settings.accounts.csv")


def rows_of(one: Account) -> list[_Row]:
    """An account's rows in the list, one a currency; one without an amount when nothing was ever held."""
    kind, status = text(f"account.kind.{one.kind}"), text(f"settings.accounts.{'closed' if one.closed else 'open'}")
    called, rest = account_called(one.key, one.name), (status, one.entries, one.last_on)
    if not one.balances:
        return [(called, kind, None, "", *rest)]
    return [(called, kind, held.minor, held.currency, *rest) for held in one.balances]


def _manage(user: User, scope: Scope, found: Sequence[Account]) -> None:
    known = {one.id: one for one in found if one.merged_into is None}
    names = {one.id: _named(one, found) for one in known.values()}
    body, corner = card(text("settings.accounts.manage"), key="settings.accounts.manage.card")
    with body:
        chosen = st.selectbox(
            text("column.account"),
            list(known),
            key="settings.accounts.which",
            format_func=names.__getitem__,
            label_visibility="collapsed",
        )
        one = known[chosen]
        said = " · ".join(format.money(held, mixed=len(one.balances) > 1) for held in one.balances)
        st.caption(format.md_escape(text("settings.accounts.holds", amounts=said or format.NONE)))
        account_forms.merged_parts(user, one, found)
        _forms(user, scope, one, found)
    with corner:
        links.link("transactions", text("settings.accounts.rows"), q=f"account:{one.id}")


def _named(one: Account, found: Sequence[Account]) -> str:
    """Its name; with the last digits or the kind where another has the same."""
    twins = [other for other in found if other.name == one.name and other.merged_into is None]
    apart = one.last4 or text(f"account.kind.{one.kind}") if len(twins) > 1 else ""
    closed = text("settings.accounts.closed") if one.closed else ""
    return " · ".join(part for part in (account_called(one.key, one.name), apart, closed) if part)


def _forms(user: User, scope: Scope, one: Account, found: Sequence[Account]) -> None:
    names = {code: text(f"settings.accounts.do.{code}") for code in _DEEDS}
    if one.closed:
        names["close"] = text("settings.accounts.do.reopen")
    deed = st.pills(
        text("settings.accounts.manage"),
        list(names),
        default="rename",
        key="settings.accounts.deed",
        required=True,
        format_func=names.__getitem__,
        label_visibility="collapsed",
    )
    currencies = tuple(dict.fromkeys((*(held.currency for held in one.balances), *currencies_of(scope, user))))
    draw = {
        "rename": partial(account_forms.rename, user, one),
        "opening": partial(account_forms.opening, user, one, currencies),
        "adjust": partial(account_forms.adjust, user, one, currencies),
        "kind": partial(account_forms.kind, user, one),
        "merge": partial(account_forms.merge, user, one, found),
        "close": partial(account_forms.close, user, one),
    }
    draw[deed]()


def _worth(scope: Scope, user: User) -> None:
    body, corner = card(text("settings.worth.title"), key="settings.worth.card")
    with corner:
        currency = currency_switch(currencies_of(scope, user))
    months = net_worth(scope, scope.month, currency, _MONTHS)
    look = charts.look(currency)
    steps = [
        charts.Step(f"{one.month.start:%Y-%m}", _label(one.month.start), format.month(one.month.start))
        for one in months
    ]
    series = [
        charts.Series(text("common.net_worth"), [one.net for one in months], look.palette.accent),
        charts.Series(text("column.assets"), [one.assets for one in months], look.palette.income),
        charts.Series(text("column.liabilities"), [one.liabilities for one in months], look.palette.status["near"]),
    ]
    with body:
        st.caption(text("settings.worth.note"))
        figure = charts.lines(look, steps, series, partial_last=True)
        charts.show(figure, f"settings.worth.{currency}", alt=text("settings.worth.title"))
        download(scope, lambda: csv.net_worth(months), "net-worth", key="settings.worth.csv")


def _label(start: date) -> str:
    return str(start.year) if start.month == 1 else format.month_short(start)
