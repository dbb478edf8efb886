"""The door to how transactions are sorted: own categories, rules, learned payees, and what a rule does to the past."""

from __future__ import annotations

import dataclasses
from datetime import datetime
from typing import Final
from uuid import UUID

from data.categories import BUILT_IN, Categories, Category, Rule, RuleInvalid, to_json
from data.categories.learning import Sorted
from data.categories.teaching import (
    MOST_RULES,
    ActivateRule,
    AlwaysForPayee,
    ArchiveCategory,
    CategoryBuiltIn,
    ChangeCategory,
    CreateCategory,
    DeleteRule,
    ForgetPayee,
    ReorderRules,
    RulesChanged,
    RunRule,
    SaveRule,
    TooManyRules,
    placed,
    position_for,
)
from data.database import Database
from data.errors import NotFound
from data.ids import EntryId, OwnerId, new_id
from data.store import rewording, ruling, suggesting, taught, words
from data.store.command import Plan, Reader, Rows, Write
from data.store.suggesting import Suggestion
from data.store.taught import Learned
from data.store.words import LEARNED, Word

__all__ = [
    "ActivateRule",
    "AlwaysForPayee",
    "ArchiveCategory",
    "ChangeCategory",
    "CreateCategory",
    "DeleteRule",
    "ForgetPayee",
    "Learned",
    "ReorderRules",
    "RunRule",
    "SaveRule",
    "Suggestion",
    "activate_rule",
    "always_for_payee",
    "archive_category",
    "archived",
    "categories",
    "change_category",
    "create_category",
    "delete_rule",
    "examples",
    "forget_payee",
    "hit_count",
    "learned",
    "reorder_rules",
    "rules",
    "run_on_past",
    "save_rule",
    "suggestions",
    "thought",
]


def categories(database: Database, owner: OwnerId) -> Categories:
    """Every category by its key, in the taxonomy's order, own ones after the built-in, archived ones too."""
    return taught.categories_of(database.read, owner)


def archived(database: Database, owner: OwnerId) -> frozenset[str]:
    """Keys of own categories that are put away: still named by old transactions, not offered for new ones."""
    return taught.archived_of(database.read, owner)


def rules(database: Database, owner: OwnerId) -> tuple[Rule, ...]:
    """The person's rules in the order they are asked, inactive ones too."""
    return taught.rules_of(database.read, owner)


def learned(database: Database, owner: OwnerId) -> tuple[Learned, ...]:
    """Payees that are always sorted under a category, the latest first."""
    return taught.learned_of(database.read, owner)


def suggestions(database: Database, owner: OwnerId) -> list[Suggestion]:
    """Where what is still uncategorised would go by what the person's corrections teach, in groups by payee."""
    return suggesting.suggestions(database, owner)


def thought(database: Database, owner: OwnerId, entry: EntryId) -> Sorted | None:
    """Where a transaction would go if it were imported now, and why.

    None: it is none of the owner's, has no category, is split, or has its purchase's.
    """
    return suggesting.thought(database, owner, entry)


def hit_count(database: Database, owner: OwnerId, rule: Rule) -> int:
    """How many transactions the rule's conditions hold for, whether it is kept and active or not."""
    return ruling.hits(database.read, owner, rule)


def examples(database: Database, owner: OwnerId, rule: Rule, most: int = 10) -> tuple[int, tuple[EntryId, ...]]:
    """How many transactions the rule's conditions hold for, and some of them, the newest first."""
    count, found = ruling.examples(database.read, owner, rule, most)
    return count, tuple(found)


def always_for_payee(database: Database, command: AlwaysForPayee) -> int:
    """Learn a payee's category; how many earlier transactions changed with it.

    Raises:
        NotFound: no such category.
    """
    return int(database.submit(command, _always)["changed"])


def forget_payee(database: Database, command: ForgetPayee) -> None:
    """Forget a payee's category.

    Raises:
        NotFound: nothing was learned about it.
    """
    database.submit(command, _forget)


def create_category(database: Database, command: CreateCategory) -> str:
    """Add an own category; its key.

    Raises:
        CategoryNameTooLong, IconUnknown, CategoryInvalid, CategoryNameTaken: nothing was changed.
    """
    return str(database.submit(command, _create)["key"])


def change_category(database: Database, command: ChangeCategory) -> None:
    """Rename, move or repaint an own category.

    Raises:
        NotFound, CategoryBuiltIn, and as for `create_category`: nothing was changed.
    """
    database.submit(command, _change)


def archive_category(database: Database, command: ArchiveCategory) -> None:
    """Put an own category away or take it out again.

    Raises:
        NotFound, CategoryBuiltIn: nothing was changed.
    """
    database.submit(command, _archive)


def save_rule(database: Database, command: SaveRule) -> None:
    """Keep a rule.

    Raises:
        NotFound: its category is none of the owner's. RuleInvalid: its id is no UUID. TooManyRules.
    """
    database.submit(command, _save)


def reorder_rules(database: Database, command: ReorderRules) -> None:
    """Ask the rules in another order.

    Raises:
        RulesChanged: the order does not name exactly the rules there are.
    """
    database.submit(command, _reorder)


def activate_rule(database: Database, command: ActivateRule) -> None:
    """Switch a rule on or off.

    Raises:
        NotFound: none of the owner's.
    """
    database.submit(command, _activate)


def delete_rule(database: Database, command: DeleteRule) -> None:
    """Do away with a rule.

    Raises:
        NotFound: none of the owner's.
    """
    database.submit(command, _delete)


def run_on_past(database: Database, command: RunRule) -> int:
    """Apply a rule to everything booked; how many transactions it changed.

    Raises:
        NotFound: none of the owner's.
    """
    return int(database.submit(command, _run)["changed"])


_FORGET: Final = "DELETE FROM learned_payee WHERE owner = $owner AND payee_key = $payee_key"
_LEARN: Final = """
INSERT INTO learned_payee VALUES ($owner, $payee_key, $category, $changed_at)
ON CONFLICT (owner, payee_key) DO UPDATE SET category = excluded.category, changed_at = excluded.changed_at"""


def _always(reader: Reader, command: AlwaysForPayee, now: datetime) -> Plan:
    owner = command.owner
    side = taught.category_named(reader.all, owner, command.category).kind
    changed = words.differing(reader, owner, command.payee_key, command.category, side)
    spoken = [Word(entry, "category", command.category) for entry in changed]
    row = {"owner": owner, "payee_key": command.payee_key, "category": command.category, "changed_at": now}
    writes: list[Write | Rows] = [
        Write(_LEARN, row),
        words.said(owner, command.actor, spoken, reader.next_seq(), now, LEARNED),
        *rewording.refresh(reader, owner, spoken),
    ]
    return Plan({"changed": len(changed)}, writes, frozenset({owner}))


def _forget(reader: Reader, command: ForgetPayee, _now: datetime) -> Plan:
    if command.payee_key not in {one.payee_key for one in taught.learned_of(reader.all, command.owner)}:
        raise NotFound("payee", command.payee_key)
    row = {"owner": command.owner, "payee_key": command.payee_key}
    return Plan({}, [Write(_FORGET, row)], frozenset({command.owner}))


_ADD_CATEGORY: Final = """
INSERT INTO custom_category VALUES ($owner, $key, $parent, $kind, $name, $icon, $colour, false)"""
_SET_CATEGORY: Final = """
UPDATE custom_category SET parent = $parent, name = $name, icon = $icon, colour = $colour
WHERE owner = $owner AND key = $key AND kind = $kind"""
_PAINT_CHILDREN: Final = "UPDATE custom_category SET colour = $colour WHERE owner = $owner AND parent = $key"
_ARCHIVE: Final = """
UPDATE custom_category SET archived = $archived
WHERE owner = $owner AND (key = $key OR ($archived AND parent = $key) OR (NOT $archived AND key = $parent))"""


def _row(owner: OwnerId, category: Category) -> dict[str, object]:
    return {
        "owner": owner,
        "key": category.key,
        "parent": category.parent,
        "kind": category.kind.value,
        "name": category.name,
        "icon": category.icon,
        "colour": category.colour,
    }


def _create(reader: Reader, command: CreateCategory, _now: datetime) -> Plan:
    present = taught.categories_of(reader.all, command.owner)
    category = placed(command, "own_" + new_id().hex, command.kind, present)
    write = Write(_ADD_CATEGORY, _row(command.owner, category))
    return Plan({"key": category.key}, [write], frozenset({command.owner}))


def _own(reader: Reader, owner: OwnerId, key: str) -> tuple[Category, Categories]:
    if key in BUILT_IN:
        raise CategoryBuiltIn(key)
    present = taught.categories_of(reader.all, owner)
    if key not in present:
        raise NotFound("category", key)
    return present[key], present


def _change(reader: Reader, command: ChangeCategory, _now: datetime) -> Plan:
    former, present = _own(reader, command.owner, command.key)
    category = placed(command, former.key, former.kind, present)
    paint = {"owner": command.owner, "key": category.key, "colour": category.colour}
    writes = [Write(_SET_CATEGORY, _row(command.owner, category)), Write(_PAINT_CHILDREN, paint)]
    return Plan({}, writes, frozenset({command.owner}))


def _archive(reader: Reader, command: ArchiveCategory, _now: datetime) -> Plan:
    category, _ = _own(reader, command.owner, command.key)
    row = {"owner": command.owner, "key": command.key, "parent": category.parent, "archived": command.archived}
    return Plan({}, [Write(_ARCHIVE, row)], frozenset({command.owner}))


_ADD_RULE: Final = "INSERT INTO payee_rule VALUES ($owner, $id, $position, $body, $active, $changed_at)"
_SET_RULE: Final = """
UPDATE payee_rule SET position = $position, body = $body, active = $active, changed_at = $changed_at
WHERE owner = $owner AND id = $id"""
_DROP_RULE: Final = "DELETE FROM payee_rule WHERE owner = $owner AND id = $id"


def _written(sql: str, owner: OwnerId, rule: Rule, now: datetime) -> Write:
    # The body says position and state too, so that whoever reads only the body asks the same rules in the same order.
    row = {"id": UUID(rule.id), "position": rule.priority, "body": to_json(rule), "active": rule.active}
    return Write(sql, {"owner": owner, **row, "changed_at": now})


def _save(reader: Reader, command: SaveRule, now: datetime) -> Plan:
    rule = command.rule
    _require_id(rule)
    if rule.action.category:
        taught.category_named(reader.all, command.owner, rule.action.category)
    present = {one.id: one for one in taught.rules_of(reader.all, command.owner)}
    if rule.id in present:
        kept = dataclasses.replace(rule, priority=present[rule.id].priority)
        return Plan({}, [_written(_SET_RULE, command.owner, kept, now)], frozenset({command.owner}))
    if len(present) >= MOST_RULES:
        raise TooManyRules(MOST_RULES)
    new = dataclasses.replace(rule, priority=position_for(rule, present.values()))
    return Plan({}, [_written(_ADD_RULE, command.owner, new, now)], frozenset({command.owner}))


def _require_id(rule: Rule) -> None:
    try:
        valid = str(UUID(rule.id)) == rule.id
    except ValueError:
        valid = False
    if not valid:
        raise RuleInvalid("not_a_rule", rule.id[:80])


def _reorder(reader: Reader, command: ReorderRules, now: datetime) -> Plan:
    present = {rule.id: rule for rule in taught.rules_of(reader.all, command.owner)}
    if sorted(present) != sorted(command.rules):
        raise RulesChanged(len(command.rules), len(present))
    ordered = [dataclasses.replace(present[id_], priority=place) for place, id_ in enumerate(command.rules)]
    writes = [_written(_SET_RULE, command.owner, rule, now) for rule in ordered]
    return Plan({}, writes, frozenset({command.owner}))


def _rule(reader: Reader, owner: OwnerId, id_: str) -> Rule:
    found = next((rule for rule in taught.rules_of(reader.all, owner) if rule.id == id_), None)
    if found is None:
        raise NotFound("rule", id_)
    return found


def _activate(reader: Reader, command: ActivateRule, now: datetime) -> Plan:
    rule = dataclasses.replace(_rule(reader, command.owner, command.rule), active=command.active)
    return Plan({}, [_written(_SET_RULE, command.owner, rule, now)], frozenset({command.owner}))


def _delete(reader: Reader, command: DeleteRule, _now: datetime) -> Plan:
    rule = _rule(reader, command.owner, command.rule)
    row = {"owner": command.owner, "id": UUID(rule.id)}
    return Plan({}, [Write(_DROP_RULE, row)], frozenset({command.owner}))


def _run(reader: Reader, command: RunRule, now: datetime) -> Plan:
    owner = command.owner
    rule = _rule(reader, owner, command.rule)
    spoken = ruling.said_by(reader, owner, rule)
    changed = list(dict.fromkeys(word.entry for word in spoken))
    writes: list[Write | Rows] = [
        words.said(owner, command.actor, spoken, reader.next_seq(), now, rule.id),
        *rewording.refresh(reader, owner, spoken),
    ]
    return Plan({"changed": len(changed)}, writes, frozenset({owner}))
