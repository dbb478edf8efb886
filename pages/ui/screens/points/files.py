"""What these screens show as CSV files: headings and words of their own, figures from the same tables."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from analytics.export import Table, csv_bytes
from pages.ui.i18n import text
from pages.ui.tables import csv_button


def csv_file(
    name: str,
    make: Callable[[], Table],
    *,
    key: str,
    words: Callable[[], Mapping[str, Mapping[str, str]]] = dict,
    compact: bool = False,
) -> None:
    """A button for the file `name` (without ending). words: of a column whose cells are keys, the texts for them.

    Both are asked only when the button is pressed.
    """

    def content() -> bytes:
        table = make()
        return csv_bytes(table, {one.key: text(f"points.column.{one.key}") for one in table.columns}, words())

    csv_button(f"{name}.csv", content, key=key, compact=compact)
