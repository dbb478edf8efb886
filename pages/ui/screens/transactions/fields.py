"""The choices that several forms of this screen offer: categories by side of the books, accounts, tags as typed."""

from __future__ import annotations

from collections.abc import Iterable

from analytics.accounts import accounts
from analytics.scope import Scope
from data import sorting
from data.categories import BUILT_IN, CategoryKind
from data.ids import OwnerId
from data.ledger.changes import side_of
from data.ledger.entry import EntryKind
from pages.ui.account_names import account_called
from pages.ui.books import category_name


def sides(kinds: Iterable[str]) -> frozenset[CategoryKind]:
    """The sides of the books that entries of these kinds are on."""
    found = (side_of(EntryKind(kind)) for kind in kinds)
    return frozenset(side for side in found if side is not None)


def category_choices(scope: Scope, wanted: Iterable[CategoryKind] | None = None) -> dict[str, str]:
    """Category key → what a person chooses by (`餐饮 › 咖啡`), each below its top one. wanted: only of these sides."""
    put_away = frozenset[str]()
    if len(scope.categories) > len(BUILT_IN):
        put_away = sorting.archived(scope.db, OwnerId(scope.owner))
    known = [one for one in scope.categories.values() if one.key not in put_away]
    offered = [one for one in known if wanted is None or one.kind in wanted]
    tops = [one for one in offered if one.parent is None]
    listed = [each for top in tops for each in (top, *(one for one in offered if one.parent == top.key))]
    return {one.key: _path(scope, one.key, one.parent) for one in listed}


def _path(scope: Scope, key: str, parent: str | None) -> str:
    name = category_name(scope, key)
    return f"{category_name(scope, parent)} › {name}" if parent else name


def account_choices(scope: Scope) -> dict[str, str]:
    """Account id → name, open ones that stand for themselves."""
    stand = [one for one in accounts(scope) if not one.closed and one.merged_into is None]
    return {str(one.id): account_called(one.hint_key, one.name) for one in stand}
