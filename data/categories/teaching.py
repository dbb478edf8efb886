"""What a person may teach about categories: the commands, and what each may be refused for."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable
from typing import Final
from uuid import UUID

from data.categories.rules import Rule
from data.categories.taxonomy import BUILT_IN, Categories, Category, CategoryKind, merge
from data.errors import Rejection
from data.ids import OwnerId

NAME_LENGTH: Final = 40
MOST_RULES: Final = 500
_ICON: Final = re.compile(r":material/[a-z0-9_]+:")
_PLAIN_ICON: Final = ":material/label:"


@dataclasses.dataclass(unsafe_hash=True)
class CategoryBuiltIn(Rejection):
    """A built-in category stays as it is."""

    category: str


@dataclasses.dataclass(unsafe_hash=True)
class CategoryNameTaken(Rejection):
    """Another of the owner's categories in the same place has that name."""

    name: str


@dataclasses.dataclass(unsafe_hash=True)
class CategoryNameTooLong(Rejection):
    """A category's name is longer than a chart can show."""

    maximum: int
    length: int


@dataclasses.dataclass(unsafe_hash=True)
class IconUnknown(Rejection):
    """An icon is written `:material/name:`."""

    icon: str


@dataclasses.dataclass(unsafe_hash=True)
class RulesChanged(Rejection):
    """The order names other rules than there are now; look again. Counts of both."""

    named: int
    present: int


@dataclasses.dataclass(unsafe_hash=True)
class TooManyRules(Rejection):
    """There are as many rules as an import asks without slowing down."""

    maximum: int


@dataclasses.dataclass(frozen=True, slots=True)
class AlwaysForPayee:
    """Sort this payee under that category from now on, and its past where no person decided otherwise.

    payee_key: `Annotated.payee_key`, or `normalise_payee` of the statement's payee.
    """

    owner: OwnerId
    request_id: str
    actor: UUID
    payee_key: str
    category: str


@dataclasses.dataclass(frozen=True, slots=True)
class ForgetPayee:
    """Stop doing so; what was sorted stays."""

    owner: OwnerId
    request_id: str
    actor: UUID
    payee_key: str


@dataclasses.dataclass(frozen=True, slots=True)
class CreateCategory:
    """A category of the person's own. parent: key of a top category, None for a new top one. icon "": the parent's."""

    owner: OwnerId
    request_id: str
    actor: UUID
    name: str
    kind: CategoryKind
    parent: str | None = None
    icon: str = ""


@dataclasses.dataclass(frozen=True, slots=True)
class ChangeCategory:
    """Another name, place and icon for an own category."""

    owner: OwnerId
    request_id: str
    actor: UUID
    key: str
    name: str
    parent: str | None = None
    icon: str = ""


@dataclasses.dataclass(frozen=True, slots=True)
class ArchiveCategory:
    """Put an own category away, its own children with it; or take it out again, with the one it stands under."""

    owner: OwnerId
    request_id: str
    actor: UUID
    key: str
    archived: bool = True


@dataclasses.dataclass(frozen=True, slots=True)
class SaveRule:
    """Keep a new rule (its id a fresh UUID) or another form of a known one, which stays in its place.

    A new one comes last, one with a negative priority first.
    """

    owner: OwnerId
    request_id: str
    actor: UUID
    rule: Rule


@dataclasses.dataclass(frozen=True, slots=True)
class ReorderRules:
    """Ask the rules in this order; names every rule of the owner once."""

    owner: OwnerId
    request_id: str
    actor: UUID
    rules: tuple[str, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class ActivateRule:
    """Switch a rule on or off."""

    owner: OwnerId
    request_id: str
    actor: UUID
    rule: str
    active: bool


@dataclasses.dataclass(frozen=True, slots=True)
class DeleteRule:
    """Do away with a rule; what it sorted stays."""

    owner: OwnerId
    request_id: str
    actor: UUID
    rule: str


@dataclasses.dataclass(frozen=True, slots=True)
class RunRule:
    """Let a rule speak about everything already booked, except where a person decided."""

    owner: OwnerId
    request_id: str
    actor: UUID
    rule: str


def placed(asked: CreateCategory | ChangeCategory, key: str, kind: CategoryKind, present: Categories) -> Category:
    """The category as asked, fitted among those present (which may hold its former form).

    Raises:
        CategoryNameTooLong, IconUnknown, CategoryInvalid, CategoryNameTaken: the first that holds, in this order.
    """
    name = " ".join(asked.name.split())
    if len(name) > NAME_LENGTH:
        raise CategoryNameTooLong(NAME_LENGTH, len(name))
    if asked.icon and not _ICON.fullmatch(asked.icon):
        raise IconUnknown(asked.icon)
    parent = present.get(asked.parent) if asked.parent else None
    former = present.get(key)
    category = Category(
        key=key,
        parent=asked.parent,
        kind=kind,
        icon=asked.icon or (parent.icon if parent else _PLAIN_ICON),
        colour=parent.colour if parent else _slot(kind, former, present),
        name=name,
    )
    others = [one for one in present.values() if one.key != key and one.key not in BUILT_IN]
    merge(BUILT_IN, [*others, category])
    if any(one.name == name and one.parent == asked.parent and one.kind is kind for one in others):
        raise CategoryNameTaken(name)
    return category


def _slot(kind: CategoryKind, former: Category | None, present: Categories) -> int:
    if former is not None and former.parent is None:
        return former.colour
    return 1 + max(one.colour for one in present.values() if one.kind is kind)


def position_for(rule: Rule, present: Iterable[Rule]) -> int:
    """Where a new rule stands among the present ones, whose priorities are their positions."""
    positions = [one.priority for one in present]
    if rule.priority < 0:
        return min(positions, default=0) - 1
    return max(positions, default=-1) + 1
