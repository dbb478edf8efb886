"""What the list of transactions remembers: the query in the address, order and page, and which rows are ticked."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from uuid import UUID

from analytics.transactions import SortBy
from data.ids import EntryId
from pages.ui import links, session

_PAGE = "transactions.page"


@dataclasses.dataclass(frozen=True, slots=True)
class Order:
    """How the list is sorted."""

    by: SortBy = "date"
    descending: bool = True


@dataclasses.dataclass(frozen=True, slots=True)
class Done:
    """The last edit: its number for taking it back, and whether its payee could be sorted like that for ever."""

    seq: int
    changed: int
    payee: str = ""
    payee_key: str = ""
    category: str = ""
    differing: int = 0


def query() -> str:
    """The search text: what the address says. A new one starts at the first page with nothing ticked."""
    asked = links.param("q") or ""
    if asked != session.recall("transactions.asked", ""):
        session.keep("transactions.asked", asked)
        start_over()
    return asked


def ask_for(text: str) -> None:
    """Look for `text` from now on."""
    links.set_param("q", text.strip() or None)


def order() -> Order:
    """The order chosen, newest first before any was."""
    return session.recall("transactions.order", Order())


def choose_order(chosen: Order) -> None:
    """Sort like that from now on."""
    session.keep("transactions.order", chosen)
    start_over()


def start_over() -> None:
    """Show the first page, nothing ticked."""
    if session.widget(_PAGE) is not None:
        session.set_widget(_PAGE, 1)
    tick(())
    session.keep("transactions.turn", turn() + 1)


def turn() -> int:
    """Grows when the list has to forget which rows were ticked in the browser."""
    return session.recall("transactions.turn", 0)


def page_key() -> str:
    """The key of the widget that turns pages."""
    return _PAGE


def ticked() -> tuple[EntryId, ...]:
    """The transactions that are ticked."""
    return session.recall("transactions.ticked", ())


def tick(entries: Sequence[str]) -> None:
    """These transactions are ticked now."""
    session.keep("transactions.ticked", tuple(EntryId(UUID(entry)) for entry in dict.fromkeys(entries)))


def untick() -> None:
    """Nothing is ticked any more."""
    tick(())
    session.keep("transactions.turn", turn() + 1)


def done() -> Done | None:
    """The last edit, while it can be taken back here."""
    return session.recall("transactions.done", None)


def remember(edit: Done | None) -> None:
    """`edit` was the last one; None: there is none to speak of."""
    session.keep("transactions.done", edit)
