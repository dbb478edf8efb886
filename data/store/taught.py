"""What one person has taught about categories: own categories, rules, learned payees."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from data.categories import BUILT_IN, Book, Categories, Category, CategoryKind, Rule, from_json, merge
from data.errors import NotFound

Query = Callable[[str, Mapping[str, Any]], list[tuple[Any, ...]]]

_CATEGORIES: Final = """
SELECT key, parent, kind, icon, colour, name FROM custom_category WHERE owner = $owner ORDER BY key"""
_ARCHIVED: Final = "SELECT key FROM custom_category WHERE owner = $owner AND archived ORDER BY key"
_RULES: Final = "SELECT body, position, active FROM payee_rule WHERE owner = $owner ORDER BY position, id"
_LEARNED: Final = """
SELECT payee_key, category, changed_at FROM learned_payee WHERE owner = $owner ORDER BY changed_at DESC, payee_key"""


def categories_of(query: Query, owner: UUID) -> Categories:
    """The built-in categories, then the person's own, archived ones too, since old entries still name them."""
    own = [
        Category(key, parent, CategoryKind(kind), icon, colour, name)
        for key, parent, kind, icon, colour, name in query(_CATEGORIES, {"owner": owner})
    ]
    return merge(BUILT_IN, own)


def archived_of(query: Query, owner: UUID) -> frozenset[str]:
    """Which of the person's own categories are put away."""
    return frozenset(key for (key,) in query(_ARCHIVED, {"owner": owner}))


def rules_of(query: Query, owner: UUID) -> tuple[Rule, ...]:
    """The person's rules in the order they are asked."""
    return tuple(
        dataclasses.replace(from_json(body), priority=position, active=active)
        for body, position, active in query(_RULES, {"owner": owner})
    )


@dataclasses.dataclass(frozen=True, slots=True)
class Learned:
    """`always for this payee`: the normalised payee, the category's key, since when (UTC)."""

    payee_key: str
    category: str
    changed_at: datetime


def learned_of(query: Query, owner: UUID) -> tuple[Learned, ...]:
    """What was learned, newest first."""
    return tuple(Learned(*row) for row in query(_LEARNED, {"owner": owner}))


def book_of(query: Query, owner: UUID) -> Book:
    """All of it, as categorising wants it. Archived categories are not chosen any more."""
    categories = categories_of(query, owner)
    gone = archived_of(query, owner)
    kept = {key: category for key, category in categories.items() if key not in gone}
    learned = {one.payee_key: one.category for one in learned_of(query, owner)}
    return Book(rules_of(query, owner), learned, kept)


def category_named(query: Query, owner: UUID, key: str) -> Category:
    """One category that may be chosen.

    Raises:
        NotFound: it is neither built in nor the owner's own, or it is archived.
    """
    category = BUILT_IN.get(key) or categories_of(query, owner).get(key)
    if category is None or key in archived_of(query, owner):
        raise NotFound("category", key)
    return category
