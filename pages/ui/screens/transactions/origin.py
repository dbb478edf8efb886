"""Where a transaction comes from: its postings in the ledger, its row in a file, and all that was said about it."""

from __future__ import annotations

import zoneinfo
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

import pandas as pd
import streamlit as st

from analytics.scope import Scope
from data.ledger.accounts import BOOKS
from data.money import Money
from data.transaction import Change, Detail, PostingLine
from pages.ui import format, links, session  # noqa: A004 - our word for it, always used with its dot
from pages.ui.account_names import account_called
from pages.ui.books import category_name
from pages.ui.i18n import text


def ledger(scope: Scope, one: Detail) -> None:
    """The entry as double entry has it: what came from where and went where; it sums to zero."""
    mixed = len({line.amount.currency for line in one.postings}) > 1
    _table(
        ("column.account", "column.amount", "transactions.ledger.side", "column.category"),
        [
            (
                account_name(line),
                _unbroken(format.money(line.amount, signed=True, mixed=mixed)),
                side(line.amount),
                _category(scope, line),
            )
            for line in one.postings
        ],
    )
    st.caption(text("transactions.ledger.explained"))


def _unbroken(amount: str) -> str:
    """The amount with its sign held to it by an invisible joiner: narrow cells break after a sign."""
    return amount[0] + "\u2060" + amount[1:]


def account_name(line: PostingLine) -> str:
    """An account by its name; the books, which have none, by what they are."""
    if line.name:
        return account_called(line.key, line.name)
    return text(f"transactions.{line.key.replace(':', '.')}") if line.key in BOOKS else line.key


def side(amount: Money) -> str:
    """Into the account or out of it, with the bookkeeper's word."""
    return text("transactions.ledger.debit" if amount.minor > 0 else "transactions.ledger.credit")


def _category(scope: Scope, line: PostingLine) -> str:
    return category_name(scope, line.category) if line.category else ""


def source(one: Detail) -> None:
    """The row of the file, cell by cell, and the import that brought it."""
    row = one.source
    if row is None:
        st.caption(text("transactions.source.none"))
        return
    place = text("transactions.source.sheet", sheet=row.sheet, line=row.line) if row.sheet else ""
    said = place or text("transactions.source.line", line=row.line)
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        with st.container(gap=None, width="content"):
            st.markdown(f":material/description: **{format.md_escape(row.file)}**", width="content")
            st.caption(format.md_escape(said))
        if st.button(text("transactions.source.import"), key=f"source.{one.entry}", icon=":material/upload_file:"):
            session.close_dialog()
            links.go("import", batch=str(row.batch))
    cells = [(name, value) for name, value in row.cells.items() if value.strip()]
    _table(("transactions.source.field", "transactions.source.value"), cells)


def _table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """A small table that shows every word, also on a phone. Cells are Markdown to Streamlit, so they are escaped."""
    columns = {text(key): [format.md_escape(row[place]) for row in rows] for place, key in enumerate(headings)}
    st.table(pd.DataFrame(columns), border="horizontal", hide_index=True)


def history(scope: Scope, one: Detail, zone: str) -> None:
    """What was said about it later, newest first, and by whom."""
    if not one.history:
        st.caption(text("transactions.history.none"))
        return
    rows = [
        (format.moment(local(change.at, zone)), *change_words(scope, change), author(change))
        for change in reversed(one.history)
    ]
    _table(("column.time", "transactions.history.field", "transactions.history.value", "transactions.history.by"), rows)


def local(instant: datetime, zone: str) -> datetime:
    """A kept instant (UTC without zone) in the person's zone."""
    return instant.replace(tzinfo=UTC).astimezone(zoneinfo.ZoneInfo(zone))


def change_words(scope: Scope, change: Change) -> tuple[str, str]:
    """The field that was spoken of, and its value, in words."""
    return text(f"transactions.field.{change.field}"), _value(scope, change.field, change.value)


def _value(scope: Scope, field: str, value: Any) -> str:  # noqa: ANN401 - JSON as the store keeps it
    if value is None:
        return text("transactions.history.back")
    said: dict[str, Callable[[], str]] = {
        "category": lambda: category_name(scope, value),
        "excluded": lambda: text("common.yes" if value else "common.no"),
        "payee": lambda: str(value["name"]),
        "tags": lambda: ", ".join(value),
        "split": lambda: ", ".join(category_name(scope, part["category"]) for part in value),
        "refund_of": lambda: text("transactions.history.other"),
        "corrects": lambda: text("transactions.history.other"),
    }
    return said[field]() if field in said else str(value)


def author(change: Change) -> str:
    """Who chose it: a person for just this transaction, while importing, a rule, or what was learned of the payee."""
    who = "person" if change.by is None else change.by if change.by in {"learned", "import"} else "rule"
    return text(f"transactions.by.{who}")
