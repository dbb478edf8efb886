"""Which categories exist, and how they nest: two levels, by key and parent, never by the shape of a name.

A category is a stable key. Its name is a text of the catalogues (`pages/ui/locales/*/categories.po`), except that
a person's own category carries the name the person gave it.
"""

from __future__ import annotations

import csv
import dataclasses
from collections.abc import Iterable, Mapping
from enum import StrEnum
from importlib import resources
from types import MappingProxyType

from data.errors import Rejection, require

UNCATEGORISED = "uncategorised"
OTHER_INCOME = "other_income"
BANK_FEES = "bank_fees"


class CategoryKind(StrEnum):
    """Which side of the books a category belongs to."""

    EXPENSE = "expense"
    INCOME = "income"


@dataclasses.dataclass(unsafe_hash=True)
class CategoryInvalid(Rejection):
    """A person's own category cannot stand as asked.

    reason: `key_taken`, `parent_unknown`, `parent_is_child`, `kind_differs`, `name_missing`.
    """

    key: str
    reason: str


@dataclasses.dataclass(frozen=True, slots=True)
class Category:
    """One category.

    parent: key of its top category; None for a top one. icon: `:material/name:`. colour: slot of the chart palette,
    from 0, one per top category and side of the books; children share their parent's. name: only for a
    person's own category; a built-in one is named by the catalogues.
    """

    key: str
    parent: str | None
    kind: CategoryKind
    icon: str
    colour: int
    name: str | None = None


Categories = Mapping[str, Category]


def _read_built_in() -> Categories:
    text = resources.files("data.categories").joinpath("taxonomy.csv").read_text(encoding="utf-8")
    found = [
        Category(
            key=row["key"],
            parent=row["parent"] or None,
            kind=CategoryKind(row["kind"]),
            icon=f":material/{row['icon']}:",
            colour=int(row["colour"]),
        )
        for row in csv.DictReader(text.splitlines())
    ]
    return MappingProxyType({category.key: category for category in found})


BUILT_IN: Categories = _read_built_in()


def merge(built_in: Categories, custom: Iterable[Category]) -> Categories:
    """The categories of one person: the built-in ones, then their own, in order.

    Raises:
        CategoryInvalid: for the first own category whose key is taken, whose parent is missing, is itself a child
            or is on the other side of the books, or that has no name.
    """
    merged = dict(built_in)
    own = list(custom)
    for category in own:
        if category.key in merged:
            raise CategoryInvalid(category.key, "key_taken")
        merged[category.key] = category
    for category in own:
        reason = _fault(category, merged)
        if reason:
            raise CategoryInvalid(category.key, reason)
    return MappingProxyType(merged)


def _fault(category: Category, categories: Categories) -> str:
    if not (category.name or "").strip():
        return "name_missing"
    if category.parent is None:
        return ""
    parent = categories.get(category.parent)
    if parent is None:
        return "parent_unknown"
    if parent.parent is not None:
        return "parent_is_child"
    return "" if parent.kind is category.kind else "kind_differs"


def top_of(key: str, categories: Categories = BUILT_IN) -> str:
    """The top category that `key` belongs to; itself when it is one."""
    require(key in categories, f"no category {key}")
    return categories[key].parent or key


def is_within(key: str, ancestor: str, categories: Categories = BUILT_IN) -> bool:
    """Whether `key` is the category `ancestor` or one of its children."""
    if key == ancestor:
        return key in categories
    return key in categories and categories[key].parent == ancestor


def children_of(key: str, categories: Categories = BUILT_IN) -> tuple[Category, ...]:
    """The children of a top category, in the taxonomy's order; empty for a child."""
    return tuple(category for category in categories.values() if category.parent == key)


def tops(kind: CategoryKind, categories: Categories = BUILT_IN) -> tuple[Category, ...]:
    """The top categories of one side of the books, in the taxonomy's order."""
    return tuple(category for category in categories.values() if category.parent is None and category.kind is kind)
