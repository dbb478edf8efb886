"""Who asks, as of which day, and how their months and categories are cut: the first argument of every question."""

from __future__ import annotations

import dataclasses
from datetime import date
from typing import Final
from uuid import UUID

from analytics.held import Held
from data.categories.taxonomy import BUILT_IN, UNCATEGORISED, Categories, Category, CategoryKind, merge
from data.database import Database
from data.period import Span, month_of, months_between, shift_months

_SLOTS: Final = 256
_TABLES: Final = ("custom_category",)
_held: Held[Categories] = Held(_SLOTS)


@dataclasses.dataclass(frozen=True, slots=True, eq=False)
class Scope:
    """One owner's view of their books. Build it with `look`, once per page run.

    today: the owner's local date. start_day: 1–28, or 31 for the last day. categories: built-in and own ones.
    refunds_in_purchase_month: a refund counts in the month of its purchase instead of the month it arrived.
    """

    db: Database
    owner: UUID
    today: date
    start_day: int = 1
    categories: Categories = dataclasses.field(default_factory=lambda: BUILT_IN)
    refunds_in_purchase_month: bool = False

    @property
    def month(self) -> Span:
        """The owner's month that `today` falls in."""
        return month_of(self.today, self.start_day)

    def months(self, last: Span, count: int) -> list[Span]:
        """`count` consecutive months ending with `last`, oldest first."""
        start = shift_months(last.start, 1 - count, self.start_day)
        return months_between(Span(start, last.end), self.start_day)

    def top(self, category: str) -> str:
        """The top category of a key; a key that is no longer known stands for itself."""
        found = self.categories.get(category)
        return category if found is None else found.parent or category

    def within(self, category: str) -> frozenset[str]:
        """The category and everything below it, by parent."""
        return frozenset({category}) | {key for key, one in self.categories.items() if one.parent == category}


def look(
    db: Database, owner: UUID, today: date, start_day: int = 1, *, refunds_in_purchase_month: bool = False
) -> Scope:
    """The owner's scope, with their own categories; those are read once per data version."""
    categories = _held.get(db, owner, "categories", lambda: _categories(db, owner), tables=_TABLES)
    return Scope(db, owner, today, start_day, categories, refunds_in_purchase_month)


_CUSTOM = """
SELECT key, parent, kind, icon, colour, name
FROM published_category WHERE owner = $owner"""


def _categories(db: Database, owner: UUID) -> Categories:
    own = [
        Category(key, parent, CategoryKind(kind), icon, colour, name)
        for key, parent, kind, icon, colour, name in db.read(_CUSTOM, {"owner": owner})
    ]
    own.sort(key=lambda one: (one.parent is not None, one.key))  # here: sorting costs the store a plan as large again
    return merge(BUILT_IN, own) if own else BUILT_IN


def named(category: str | None) -> str:
    """The category key of a row: rows without one are `uncategorised`."""
    return category or UNCATEGORISED
