"""The list of what was found: its sums, its rows, its pages, and the whole of it as a file."""

from __future__ import annotations

from typing import Any, Final, cast

import pyarrow as pa
import streamlit as st

from analytics import tables as csv
from analytics.scope import Scope
from analytics.search import SearchInvalid
from analytics.selection import Criteria
from analytics.transactions import CurrencyTotal, Page, SortBy, page, rows
from data.money import Money
from pages.ui import format, session  # noqa: A004 - our word for it, always used with its dot
from pages.ui.account_names import account_names
from pages.ui.books import category_colour, category_icon, category_name
from pages.ui.dialogs import ask
from pages.ui.downloads import download
from pages.ui.i18n import plural, text
from pages.ui.screens.rows import category_label, described
from pages.ui.screens.transactions import state
from pages.ui.screens.transactions.filters import refused
from pages.ui.screens.transactions.query import Query
from pages.ui.screens.transactions.rowlist import row_list
from pages.ui.screens.transactions.state import Order
from pages.ui.theme import Palette, palette
from pages.ui.widgets import empty_state

SIZE: Final = 50
DETAIL: Final = "transactions.detail"
_LIST = "transactions.list"
_COLUMNS: Final[tuple[SortBy, ...]] = ("date", "payee", "category", "account", "amount")
_ORDERS: Final = tuple(
    Order(by, descending)
    for by in ("date", "amount", "payee", "category", "account")
    for descending in ((True, False) if by in ("date", "amount") else (False, True))
)
_OWN_ICONS: Final = {"transfer": "swap_horiz", "adjustment": "tune", "opening": "flag"}


def category_names(scope: Scope) -> dict[str, str]:
    """Category key → its name on screen, for the search."""
    return {key: category_name(scope, key) for key in scope.categories}


def found(scope: Scope, query: Query) -> tuple[Criteria, Page] | None:
    """The page of rows to show; None when the search names what there is not, which is then said."""
    order, criteria = state.order(), Criteria(query.search)
    number = session.widget(state.page_key()) or 1
    try:
        return criteria, page(
            scope,
            criteria,
            number=number,
            size=SIZE,
            sort=order.by,
            descending=order.descending,
            names=category_names(scope),
        )
    except SearchInvalid as refusal:
        refused(refusal)
        return None


def listing(scope: Scope, criteria: Criteria, seen: Page) -> None:
    """Everything about the rows that were found."""
    with st.container(border=True, key="transactions.card"):
        with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
            _sums(seen)
            with st.container(horizontal=True, width="content", vertical_alignment="center", gap="small"):
                _order()
                _csv(scope, criteria)
        if not seen.count:
            empty_state(text("empty.search.title"), text("empty.search.body"), key="transactions.none")
            return
        _rows(scope, seen)
        if seen.pages > 1:
            if (session.widget(state.page_key()) or 1) != seen.number:
                session.set_widget(state.page_key(), seen.number)
            with st.container(horizontal_alignment="center"):
                st.pagination(seen.pages, key=state.page_key(), max_visible_pages=5, on_change=state.untick)


def _sums(seen: Page) -> None:
    with st.container(width="content", gap=None):
        st.markdown(f"**{format.md_escape(plural('common.transactions', seen.count))}**")
        for total in seen.totals:
            st.caption(format.md_escape(sum_of(total, mixed=len(seen.totals) > 1)))


def sum_of(total: CurrencyTotal, *, mixed: bool) -> str:
    """`支出 ¥123.00 · 收入 ¥0.00`, with how many rows and the code where there are several currencies."""
    parts = [
        text("transactions.sum.spending", amount=format.money(Money(total.spending, total.currency), mixed=mixed)),
        text("transactions.sum.income", amount=format.money(Money(total.income, total.currency), mixed=mixed)),
    ]
    return " · ".join([*parts, plural("common.transactions", total.rows)] if mixed else parts)


def _order() -> None:
    names = {number: text(f"transactions.order.{one.by}.{_way(one)}") for number, one in enumerate(_ORDERS)}
    now = state.order()

    def chosen() -> None:
        state.choose_order(_ORDERS[session.widget("transactions.order")])

    session.set_widget("transactions.order", _ORDERS.index(now))
    st.selectbox(
        text("transactions.order"),
        list(names),
        key="transactions.order",
        format_func=lambda number: names.get(number, ""),
        label_visibility="collapsed",
        on_change=chosen,
        width=150,
    )


def _way(order: Order) -> str:
    return "down" if order.descending else "up"


def _csv(scope: Scope, criteria: Criteria) -> None:
    order, names = state.order(), category_names(scope)
    download(
        scope,
        lambda: csv.transactions(
            rows(scope, criteria, sort=order.by, descending=order.descending, names=names, order_ids=True)
        ),
        "transactions",
        key="transactions.csv",
        accounts=account_names(scope),
    )


def _rows(scope: Scope, seen: Page) -> None:
    order, colours = state.order(), palette()
    data = {
        "rows": rows_of(scope, seen.rows, colours, mixed=len(seen.totals) > 1),
        "columns": [_column(by, order) for by in _COLUMNS],
        "ticked": [str(entry) for entry in state.ticked()],
        "turn": state.turn(),
        "income": colours.income,
        "words": {"all": text("transactions.tick_all"), "tick": text("transactions.tick", payee="{payee}")},
    }
    row_list(data, key=_LIST, on_ticked=_ticked, on_opened=_opened, on_sorted=_sorted)


def _column(by: SortBy, order: Order) -> dict[str, str]:
    sorted_ = "" if by != order.by else "descending" if order.descending else "ascending"
    return {"key": by, "label": text(f"column.{by}"), "sorted": sorted_}


def _ticked() -> None:
    told = session.widget(_LIST).ticked
    if told["turn"] == state.turn():
        state.tick(told["entries"])


def _opened() -> None:
    ask(DETAIL, str(session.widget(_LIST).opened))


def _sorted() -> None:
    by, now = cast("SortBy", session.widget(_LIST).sorted), state.order()
    if by in _COLUMNS:
        state.choose_order(Order(by, not now.descending if by == now.by else by in ("date", "amount")))


def rows_of(scope: Scope, found: pa.Table, colours: Palette, *, mixed: bool) -> list[dict[str, Any]]:
    """Rows of `analytics.transactions` as the list shows them: everything is words already."""
    accounts = account_names(scope)
    return [_row(scope, one, accounts, colours, mixed=mixed) for one in found.to_pylist()]


def _row(
    scope: Scope, one: dict[str, Any], accounts: dict[str, str], colours: Palette, *, mixed: bool
) -> dict[str, Any]:
    description = described(one["kind"], one["description"])
    payee = one["payee"] or description
    own = one["category"] is None and one["kind"] in _OWN_ICONS
    said = [description if description != payee else "", one["note"]]
    account, counter = (accounts.get(one[side], "") for side in ("account", "counter"))
    between = f"{account} → {counter}" if account and counter else ""
    return {
        "entry": one["entry"],
        "date": format.iso(one["booked_on"]),
        "day": format.day(one["booked_on"], today=scope.today),
        "payee": payee or between or text(f"kind.{one['kind']}"),
        "more": " · ".join(part for part in said if part),
        "note": one["note"],
        "tags": one["tags"].split("\n") if one["tags"] else [],
        "category": category_label(scope, one["category"], one["kind"]),
        "icon": _OWN_ICONS[one["kind"]] if own else _symbol(scope, one["category"]),
        "colour": colours.muted if own else category_colour(scope, one["category"] or "", colours),
        "account": between or account,
        "amount": format.money(Money(one["amount"], one["currency"]), signed=True, mixed=mixed),
        "tone": _tone(one),
        "off": one["excluded"],
        "marks": _marks(one),
    }


def _symbol(scope: Scope, category: str | None) -> str:
    return category_icon(scope, category).removeprefix(":material/").removesuffix(":")


def _tone(one: dict[str, Any]) -> str:
    if not one["spending"] and not one["income"]:
        return "quiet"
    return "in" if one["amount"] > 0 else "out"


def _marks(one: dict[str, Any]) -> list[dict[str, str]]:
    told = {
        "visibility_off": (one["excluded"], "transactions.state.excluded"),
        "call_split": (one["split"], "transactions.split"),
        "assignment_return": (one["kind"] == "refund", "kind.refund"),
        "link_off": (one["kind"] == "refund" and one["refund_of"] is None, "transactions.state.unlinked"),
    }
    return [{"icon": icon, "title": text(key)} for icon, (holds, key) in told.items() if holds]
