"""What is on the screen as a CSV file: headings and names in the person's language, figures from the same table."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from analytics.budgets import Status
from analytics.export import Cell, Table, csv_bytes
from analytics.scope import Scope
from data.importers.statement import Kind
from data.planning import Carry
from pages.ui.books import category_name
from pages.ui.i18n import text
from pages.ui.tables import csv_button
from pages.ui.theme import Status as Shown

STATUS_SHOWN: Mapping[Status, Shown] = {
    Status.ON_PACE: "on_track",
    Status.AHEAD: "fast",
    Status.NEAR_LIMIT: "near",
    Status.REACHED: "reached",
    Status.OVER: "over",
}
_ACCOUNT_KINDS = ("asset", "liability", "income", "expense", "equity")


def download(
    scope: Scope,
    make: Callable[[], Table],
    file: str,
    *,
    key: str,
    accounts: Mapping[str, str] | None = None,
    compact: bool = False,
) -> None:
    """A button for `file` (without ending); `make` is asked only when it is pressed.

    accounts: id → name. compact: the icon alone, for a card's title row.
    """
    csv_button(f"{file}.csv", lambda: csv_of(scope, make(), accounts), key=key, compact=compact)


def csv_of(scope: Scope, table: Table, accounts: Mapping[str, str] | None = None) -> bytes:
    """The table's bytes in the person's language."""
    headers = {column.key: text(f"column.{column.key}") for column in table.columns}
    return csv_bytes(table, headers, _words(scope, table, accounts or {}))


def _words(scope: Scope, table: Table, accounts: Mapping[str, str]) -> dict[str, Mapping[str, str]]:
    names: dict[str, Callable[[], Mapping[str, str]]] = {
        "category": lambda: {"": text("common.total")} | {key: category_name(scope, key) for key in scope.categories},
        "parent": lambda: {key: category_name(scope, key) for key in scope.categories},
        "kind": lambda: _kinds() if table.name != "balances" else _account_kinds(),
        "status": lambda: {one.value: text(f"budget.status.{shown}") for one, shown in STATUS_SHOWN.items()},
        "carry": lambda: {one.value: text(f"carry.{one.value}") for one in Carry},
        "account": lambda: accounts,
        "counter_account": lambda: accounts,
    }
    return {c.key: names[c.key]() for c in table.columns if c.cell is Cell.WORD}


def _kinds() -> dict[str, str]:
    return {kind.value: text(f"kind.{kind.value}") for kind in Kind} | {"opening": text("kind.opening")}


def _account_kinds() -> dict[str, str]:
    return {kind: text(f"account.kind.{kind}") for kind in _ACCOUNT_KINDS}
