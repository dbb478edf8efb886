"""What a person may change about a row of a preview, and how the row then reads. Pure."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any, Final

from data.categories.categorise import side_of
from data.categories.taxonomy import OTHER_INCOME, UNCATEGORISED, CategoryKind
from data.importers.statement import Direction, Kind
from data.ledger.changes import CategoryDoesNotFit, DirectionDoesNotFit, SameAccount
from data.matching.choices import Edit
from data.matching.preview import Preview

KINDS: Final = (Kind.EXPENSE, Kind.REFUND, Kind.INCOME, Kind.TRANSFER, Kind.FEE)
_OUT: Final = frozenset({Kind.EXPENSE, Kind.FEE})
_IN: Final = frozenset({Kind.INCOME, Kind.REFUND})
_DEFAULT: Final = {CategoryKind.EXPENSE: UNCATEGORISED, CategoryKind.INCOME: OTHER_INCOME}


@dataclasses.dataclass(frozen=True, slots=True)
class Effective:
    """A row as it would be booked."""

    kind: Kind
    category: str | None
    account: str
    out: bool
    link: bool


def effective(preview: Preview, row: int, edit: Edit) -> Effective:
    """The row with the person's change. The account is still the one that the file names, or the one chosen for it."""
    kind = edit.kind or preview.kind[row]
    return Effective(
        kind,
        edit.category or _category(preview, row, kind),
        edit.account or preview.account[row],
        edit.leave_out,
        edit.link,
    )


def _category(preview: Preview, row: int, kind: Kind) -> str | None:
    side = side_of(kind)
    proposed = preview.category[row]
    known = preview.book.categories.get(proposed) if proposed else None
    if side is None or (known is not None and known.kind is side):
        return None if side is None else proposed
    return _DEFAULT[side]


def changed(preview: Preview, row: int, edit: Edit, cells: Mapping[str, Any]) -> Edit:
    """The change after some cells of the row were edited: `kind`, `category`, `account`, `out`, `link`.

    Raises:
        DirectionDoesNotFit: money that came in as an expense, or the reverse. CategoryDoesNotFit: a category of the
            other side of the books. SameAccount: a transfer from an account to itself.
    """
    kind = Kind(cells["kind"]) if cells.get("kind") else edit.kind or preview.kind[row]
    category = cells.get("category", edit.category)
    if "kind" in cells and "category" not in cells and category:
        category = category if _fits(preview, category, kind) else None
    account = cells.get("account") or edit.account or preview.account[row]
    _check(preview, row, kind, category, account)
    return Edit(
        kind=None if kind is preview.kind[row] else kind,
        category=None if category == _category(preview, row, kind) else category,
        account=None if account == preview.account[row] else account,
        counter=edit.counter,
        leave_out=bool(cells.get("out", edit.leave_out)),
        link=bool(cells.get("link", edit.link)) and preview.suggestion[row] is not None,
    )


def _fits(preview: Preview, category: str, kind: Kind) -> bool:
    known = preview.book.categories.get(category)
    return known is not None and known.kind is side_of(kind)


def _check(preview: Preview, row: int, kind: Kind, category: str | None, account: str) -> None:
    line = preview.lines[row]
    inward = line.direction is Direction.IN
    if kind is not preview.kind[row] and ((kind in _OUT and inward) or (kind in _IN and not inward)):
        minor = preview.minor[row] if inward else -preview.minor[row]
        raise DirectionDoesNotFit(kind.value, minor, line.amount.currency)
    if category and not _fits(preview, category, kind):
        raise CategoryDoesNotFit(category, kind.value, 1)
    if account == preview.counter[row]:
        raise SameAccount(account)
