"""A few rows of transactions on another screen: they look as in the list, and open there."""

from __future__ import annotations

import pyarrow as pa

from analytics.scope import Scope
from pages.ui import links, session
from pages.ui.screens.transactions.listing import rows_of
from pages.ui.screens.transactions.rowlist import plain_rows
from pages.ui.theme import palette


def latest_rows(scope: Scope, rows: pa.Table, *, key: str, mixed: bool) -> None:
    """Rows of `analytics.transactions`; a click opens the transaction on its own screen."""
    colours = palette()
    shown = rows_of(scope, rows, colours, mixed=mixed)

    def opened() -> None:
        session.keep(key, str(session.widget(key).opened))

    plain_rows(shown, key=key, on_opened=opened)
    entry = session.recall(key, "")
    if entry:
        session.forget(key)
        links.go("transactions", entry=entry)
