"""All series as a CSV file in the person's language."""

from __future__ import annotations

from analytics.export import csv_bytes
from analytics.recurring import Recurring
from analytics.recurring_calendar import table
from analytics.scope import Scope
from pages.ui.books import category_name
from pages.ui.i18n import text
from pages.ui.screens.recurring import words
from pages.ui.tables import csv_button

_FILE = "recurring.csv"


def download(scope: Scope, known: Recurring) -> None:
    """The button; the file is made when it is pressed."""
    csv_button(_FILE, lambda: file(scope, known), key="recurring.csv")


def file(scope: Scope, known: Recurring) -> bytes:
    """The file: a row a series, ended and ignored ones too."""
    rows = table(known.series, scope.today, {id(one): words.cadence(one) for one in known.series})
    headers = {column.key: text(f"column.{column.key}") for column in rows.columns}
    kinds = {one.kind.value: text(f"recurring.kind.{one.kind}") for one in known.series}
    states = {code: text(f"recurring.state.{code}") for code in ("expected", "late", "missed", "ended", "ignored")}
    categories = {one.category: category_name(scope, one.category) for one in known.series}
    return csv_bytes(rows, headers, {"series_kind": kinds, "series_state": states, "category": categories})
