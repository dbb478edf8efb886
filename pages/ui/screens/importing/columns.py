"""The screen on which a person says what the columns of a table mean, with the first rows as they would be read."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from pathlib import PurePath
from typing import Final

import pandas as pd
import streamlit as st

from analytics.accounts import Account, accounts
from analytics.scope import Scope
from data import statements
from data.errors import Rejection
from data.importers.generic import signature
from data.importers.mapping import DateOrder, Mapping, Role
from data.importers.recognise import NeedsMapping
from data.importers.statement import AccountHint, AccountKind, FileRefused
from pages.ui import session
from pages.ui.context import User
from pages.ui.format import md_escape
from pages.ui.i18n import rejection_text, text
from pages.ui.screens.importing import draft as drafts
from pages.ui.screens.importing import drop
from pages.ui.screens.importing.draft import HEADER_CHOICES, OFFERED, Draft, Shown
from pages.ui.screens.importing.drop import Waiting
from pages.ui.screens.importing.words import said
from pages.ui.tables import Column, data_table
from pages.ui.widgets import card, page_header, rejection_panel

_OPEN: Final = "import.columns"
_NONE: Final = ""
_NEW: Final = "+"
_CURRENCIES: Final = ("CNY", "USD", "EUR", "HKD", "JPY", "GBP", "TWD", "SGD", "AUD", "CAD", "CHF", "KRW")
_UNREADABLE: Final = frozenset({"role_twice", "no_date", "no_amount"})  # with these no row can be read
_LONGEST: Final = 60


def open_for(key: str) -> None:
    """Name the columns of this file next; for a button's `on_click`."""
    session.keep(_OPEN, key)


def close() -> None:
    """Back to the list of files; for a button's `on_click`."""
    session.forget(_OPEN)


def opened() -> Waiting | None:
    """The file whose columns are being named, None when none is."""
    key = session.recall(_OPEN, "")
    return next((one for one in drop.waiting() if one.key == key and one.parsed.needs is not None), None)


def screen(user: User, scope: Scope, one: Waiting) -> None:
    """The whole screen for one file: columns, how figures and dates are written, whose statement, the first rows."""
    needs = one.parsed.needs
    if needs is None:
        return
    controls = page_header(text("importing.map.title"), one.parsed.file)
    with controls:
        st.button(text("action.back"), key="import.map.back", icon=":material/arrow_back:", on_click=close)
    key = f"import.map.{one.stamp}"
    guess = one.parsed.mapping or needs.guess
    header, skip_top, skip_bottom = _rows(needs, guess, key)
    roles = _roles(needs, guess, header, skip_top, key)
    made = _writing(user, scope, one, Draft(header, skip_top, skip_bottom, roles), key)
    wrong = drafts.troubles(made)
    mapping = None if _UNREADABLE & set(wrong) else drafts.mapping_of(needs.table, made, guess)
    _first_rows(needs, mapping, wrong, key)
    with st.container(horizontal=True, vertical_alignment="center"):
        pressed = st.button(text("importing.map.use"), key=f"{key}.use", type="primary", disabled=bool(wrong))
        keep = st.checkbox(text("importing.map.keep"), value=True, key=f"{key}.keep")
    if pressed and mapping is not None:
        _use(user, one, mapping, keep=keep)


def _rows(needs: NeedsMapping, guess: Mapping | None, key: str) -> tuple[int | None, int, int]:
    table = needs.table
    body, _ = card(text("importing.map.rows"), key=f"{key}.rows.card")
    guessed = drafts.header_of(table, guess)
    offered = [-1, *range(min(HEADER_CHOICES, len(table.rows)))]
    if guessed is not None and guessed not in offered:
        offered.append(guessed)
    said_rows = {-1: text("importing.map.no_header")}
    for at in offered[1:]:
        row = table.rows[at]
        words = ", ".join(" ".join(str(cell).split()) for cell in row.cells if str(cell).strip())
        said_rows[at] = f"{row.line}: {words[:_LONGEST]}"
    with body, st.grid(3, min_column_width=220):
        chosen = st.selectbox(
            text("importing.map.header"),
            offered,
            index=offered.index(guessed) if guessed is not None else 0,
            format_func=lambda at: said_rows[at],
            key=f"{key}.header",
            help=text("importing.map.header.help"),
        )
        top = 0
        if chosen == -1:
            top = int(
                st.number_input(
                    text("importing.map.skip_top"),
                    0,
                    len(table.rows),
                    value=guess.skip_top if guess else 0,
                    key=f"{key}.top",
                )
            )
        bottom = st.number_input(
            text("importing.map.skip_bottom"),
            0,
            len(table.rows),
            value=guess.skip_bottom if guess else 0,
            key=f"{key}.bottom",
        )
    return (None if chosen in (None, -1) else int(chosen)), top, int(bottom)


def _roles(needs: NeedsMapping, guess: Mapping | None, header: int | None, top: int, key: str) -> dict[int, Role]:
    body, _ = card(text("importing.map.columns"), key=f"{key}.roles.card")
    names = drafts.column_names(needs.table, header)
    first = header + 1 if header is not None else top
    guessed = {at: role for role, at in guess.columns} if guess else {}
    options = [_NONE, *(role.value for role in OFFERED)]
    words = {_NONE: text("importing.role.none")} | {role.value: said("role", role.value) for role in OFFERED}
    found: dict[int, Role] = {}
    with body:
        st.caption(text("importing.map.columns.note"))
        grid = st.grid(4, min_column_width=200, row_height="content")
        for at, name in enumerate(names):
            with grid, st.container(gap=None):
                role = st.selectbox(
                    md_escape(name[:_LONGEST]),
                    options,
                    index=options.index(guessed[at].value) if at in guessed else 0,
                    format_func=words.__getitem__,
                    key=f"{key}.role.{at}",
                )
                st.caption(md_escape(" · ".join(drafts.examples(needs.table, first, at))[:_LONGEST]) or " ")
            if role:
                found[at] = Role(role)
    return found


def _writing(user: User, scope: Scope, one: Waiting, so_far: Draft, key: str) -> Draft:
    """How dates and figures are written, and whose statement it is."""
    needs = one.parsed.needs
    guess = one.parsed.mapping or (needs.guess if needs else None)
    left, right = st.columns(2)
    with left:
        body, _ = card(text("importing.map.writing"), key=f"{key}.writing.card")
        with body:
            order = _order(one, guess, so_far, key)
            comma = st.segmented_control(
                text("importing.map.decimal"),
                [False, True],
                default=guess.decimal_comma if guess else False,
                required=True,
                format_func={False: "1,234.56", True: "1.234,56"}.__getitem__,
                key=f"{key}.decimal",
            )
            signs = {False: text("importing.map.sign.minus"), True: text("importing.map.sign.plus")}
            flip = st.radio(
                text("importing.map.sign"),
                [False, True],
                index=int(guess.flip_sign) if guess else 0,
                format_func=signs.__getitem__,
                key=f"{key}.sign",
                help=text("importing.map.sign.help"),
            )
            currency = _currency(user, guess, key)
    with right:
        body, _ = card(text("importing.map.account"), key=f"{key}.account.card")
        with body:
            account = _account(scope, one, guess, key)
    return dataclasses.replace(
        so_far, date_order=order, decimal_comma=bool(comma), flip_sign=bool(flip), currency=currency, account=account
    )


def _order(one: Waiting, guess: Mapping | None, so_far: Draft, key: str) -> DateOrder | None:
    table = one.parsed.needs.table if one.parsed.needs else None
    first = so_far.header + 1 if so_far.header is not None else so_far.skip_top
    proven = drafts.proven_order(table, first, so_far.roles) if table else None
    settled = guess.date_order if guess and (one.turn or one.parsed.saved) else None
    known = settled or proven
    names = {order.value: text(f"importing.order.{order.value}") for order in DateOrder}
    chosen = st.segmented_control(
        text("importing.map.order"),
        list(names),
        default=known.value if known else None,
        required=known is not None,
        format_func=names.__getitem__,
        key=f"{key}.order.{known.value if known else None}",  # another column: what it proves is chosen
    )
    if chosen is None:
        st.warning(text("importing.map.order.ask"), icon=":material/help:")
    return DateOrder(chosen) if chosen else None


def _currency(user: User, guess: Mapping | None, key: str) -> str:
    usual = guess.currency if guess else user.preferences.currency
    offered = list(dict.fromkeys((usual, user.preferences.currency, *_CURRENCIES)))
    chosen = st.selectbox(
        text("common.currency"), offered, key=f"{key}.currency", help=text("importing.map.currency.help")
    )
    return chosen or usual


def _account(scope: Scope, one: Waiting, guess: Mapping | None, key: str) -> AccountHint:
    known = {each.hint_key: each for each in accounts(scope) if not each.closed and each.merged_into is None}
    hinted = guess.account if guess else None
    names = {_NEW: text("importing.map.account.new")} | {code: each.name for code, each in known.items()}
    offered = list(names)
    chosen = st.selectbox(
        text("importing.map.account.which"),
        offered,
        index=offered.index(hinted.key) if hinted and hinted.key in known else 0,
        format_func=names.__getitem__,
        key=f"{key}.account",
    )
    if chosen in known:
        return _hint(known[chosen])
    usual = hinted.label if hinted and hinted.label else PurePath(one.parsed.file).stem
    name = st.text_input(text("importing.map.account.name"), value=usual, key=f"{key}.account.name", max_chars=60)
    kinds = {kind.value: said("account", kind.value) for kind in AccountKind}
    kind = st.radio(
        text("importing.map.account.kind"),
        list(kinds),
        index=list(kinds).index((hinted.kind if hinted else AccountKind.ASSET).value),
        format_func=kinds.__getitem__,
        key=f"{key}.account.kind",
    )
    label = " ".join(name.split())
    return AccountHint(f"file:{label}", label, AccountKind(kind or AccountKind.ASSET))


def _hint(account: Account) -> AccountHint:
    return AccountHint(account.hint_key, account.name, AccountKind(account.kind), account.institution, account.last4)


def _first_rows(needs: NeedsMapping, mapping: Mapping | None, wrong: tuple[str, ...], key: str) -> None:
    body, _ = card(text("importing.map.preview"), key=f"{key}.preview.card")
    with body:
        for code in wrong:
            st.warning(said("trouble", code), icon=":material/arrow_upward:")
        if mapping is None:
            return
        rows = drafts.first_rows(needs.table, mapping)
        if isinstance(rows, FileRefused):
            st.error(md_escape(rejection_text(rows)))
            return
        data_table(_frame(rows), _shown_columns(), key=f"{key}.preview", rows_shown=20)


def _frame(listed: Sequence[Shown]) -> pd.DataFrame:
    frame = pd.DataFrame(
        {
            "line": [str(row.line) for row in listed],
            "date": [row.day for row in listed],
            "kind": [text(f"kind.{row.kind}") if row.kind else text(f"importing.about.{row.about}") for row in listed],
            "amount": [row.minor for row in listed],
            "currency": [row.currency or "CNY" for row in listed],
            "payee": [row.payee for row in listed],
            "description": [said(row.about, row.reason) if row.about else row.description for row in listed],
        }
    )
    frame["amount"] = frame["amount"].astype("Int64")
    return frame


def _shown_columns() -> list[Column]:
    return [
        Column("line", text("column.line"), width="small"),
        Column("date", text("column.date"), "date"),
        Column("kind", text("column.kind")),
        Column("amount", text("column.amount"), "money", signed=True, mixed=True),
        Column("payee", text("column.payee")),
        Column("description", text("column.description")),
    ]


def _use(user: User, one: Waiting, mapping: Mapping, *, keep: bool) -> None:
    needs = one.parsed.needs
    with st.status(text("importing.map.reading")):
        again = drop.reread(one, mapping)
    if again.parsed.refusal is not None:
        rejection_panel(again.parsed.refusal)
        return
    if keep and needs is not None and mapping.account is not None:
        request = session.request_id("import.mapping")
        try:
            statements.save_mapping(
                user.database, user.owner, signature(needs.table), mapping, mapping.account.key, request
            )
        except Rejection as no:
            rejection_panel(no)
            return
        session.renew("import.mapping")
    drop.replace(one.key, (again,))
    close()
    st.rerun()
