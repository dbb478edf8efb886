"""The table in which limits are typed; what was typed becomes commands, the rest stays as it was."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st
from streamlit.elements.lib.column_types import ColumnConfig

from analytics.budgets import limits_in_force, suggestions
from analytics.scope import Scope
from data import planning
from data.categories.taxonomy import CategoryKind
from data.errors import Rejection
from data.money import Money, exponent, parse_amount
from data.period import Span
from data.planning import OVERALL, Carry, LimitItem
from pages.ui import format, session  # noqa: A004 - our word for it, always used with its dot
from pages.ui.books import category_name
from pages.ui.context import User
from pages.ui.i18n import plural, text
from pages.ui.screens.budgets import name_of
from pages.ui.widgets import card, rejection_panel


def editor(user: User, scope: Scope, month: Span, currency: str) -> None:
    """The table in which limits are set, in force from `month` on; earlier months keep theirs."""
    body, _ = card(text("budgets.set"), key="budgets.set.card")
    with body:
        st.caption(text("budgets.set.note", month=format.month(month.start)))
        fine = st.toggle(text("budgets.fine"), key="budgets.fine")
        frame = _editable(scope, month, currency, fine=fine)
        key = f"budgets.editor.{month.start}.{currency}.{fine}.{session.recall('budgets.edited', 0)}"
        edited = st.data_editor(
            frame,
            key=key,
            hide_index=True,
            num_rows="fixed",
            disabled=["name", "average"],
            column_order=["name", "limit", "average", "carry"],
            column_config=_editor_columns(),
            height=min(35 * (len(frame) + 1) + 3, 530),
        )
        with st.container(horizontal=True):
            if st.button(text("action.save"), key="budgets.save", type="primary"):
                _save(user, month, currency, frame, edited)
            if st.button(text("budgets.from_average"), key="budgets.average", icon=":material/auto_fix_high:"):
                _from_average(user, scope, month, currency)


def _editor_columns() -> dict[str, ColumnConfig | None]:
    return {
        "name": st.column_config.TextColumn(text("column.category"), width="medium"),
        "limit": st.column_config.TextColumn(text("budgets.limit"), help=text("budgets.limit.help"), alignment="right"),
        "average": st.column_config.TextColumn(
            text("budgets.average"), help=text("budgets.average.help"), alignment="right"
        ),
        "carry": st.column_config.SelectboxColumn(
            text("column.carry"),
            options=[one.value for one in Carry],
            required=True,
            format_func=lambda code: text(f"carry.{code}"),
        ),
    }


def _editable(scope: Scope, month: Span, currency: str, *, fine: bool) -> pd.DataFrame:
    force, usual = limits_in_force(scope, month, currency), suggestions(scope, month, currency)
    rows = []
    for key in _offered(scope, set(force), set(usual) if fine else set()):
        limit = force.get(key)
        amount = "" if limit is None or limit.amount is None else Money(limit.amount, currency).plain()
        average = format.money(Money(usual[key], currency)) if key in usual else ""
        top = not key or scope.top(key) == key
        label = name_of(scope, key) if top else f"\u2003{category_name(scope, key)}"
        rows.append((key, label, amount, average, limit.carry.value if limit else Carry.NONE.value))
    return pd.DataFrame(rows, columns=["key", "name", "limit", "average", "carry"]).set_index("key", drop=True)


def _offered(scope: Scope, limited: set[str], usual: set[str]) -> list[str]:
    """Overall, every top category, and the children that have a limit or usual spending; in the taxonomy's order."""
    spending = [one for one in scope.categories.values() if one.kind is CategoryKind.EXPENSE]
    kept = [one.key for one in spending if one.parent is None or one.key in limited or one.key in usual]
    tops = {key: place for place, key in enumerate(one.key for one in spending if one.parent is None)}
    kept.sort(key=lambda key: (tops.get(scope.top(key), len(tops)), scope.top(key) != key, key))
    return [OVERALL, *kept]


def _save(user: User, month: Span, currency: str, before: pd.DataFrame, after: pd.DataFrame) -> None:
    try:
        items = [item for key in before.index for item in _changed(key, currency, before.loc[key], after.loc[key])]
        _set(user, month, items)
    except Rejection as no:
        rejection_panel(no)


def _changed(key: str, currency: str, before: pd.Series, after: pd.Series) -> list[LimitItem]:
    limit, carry = (after["limit"] or "").strip(), after["carry"]
    if limit == before["limit"] and (carry == before["carry"] or not limit):
        return []
    amount = parse_amount(limit, currency).minor if limit else None
    return [LimitItem(key, currency, amount, Carry(carry))]


def _from_average(user: User, scope: Scope, month: Span, currency: str) -> None:
    force, usual = limits_in_force(scope, month, currency), suggestions(scope, month, currency)
    wanted = [key for key in usual if key not in force and (key == OVERALL or scope.top(key) == key)]
    try:
        _set(
            user,
            month,
            [LimitItem(key, currency, _rounded(usual[key], currency), Carry.NONE) for key in wanted if usual[key] > 0],
        )
    except Rejection as no:
        rejection_panel(no)


def _rounded(minor: int, currency: str) -> int:
    """Up to the next ten units of the currency: nobody sets a limit of 1,483.27."""
    ten: int = 10 * 10 ** exponent(currency)
    return -(-minor // ten) * ten


def _set(user: User, month: Span, items: Sequence[LimitItem]) -> None:
    changed = 0
    if items:
        request = session.request_id("budgets.set")
        changed = planning.set_limits(user.database, user.owner, month.start, items, request_id=request)
        session.renew("budgets.set")
    session.keep("budgets.edited", session.recall("budgets.edited", 0) + 1)
    session.flash(plural("budgets.saved", changed))
    st.rerun()
