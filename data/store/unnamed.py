"""The writes after which the books of others name somebody no more: what they paid, gave and got stays as it was.

A member who got or gave money reads of a former member, in their own language; a shop's rows name nobody, and its
screens say the same in words of theirs. What others wrote themselves, a note of theirs for example, stays theirs.
"""

from __future__ import annotations

import dataclasses
import json
from typing import Final
from uuid import UUID

from data.categories.text import normalise_payee
from data.store import facts
from data.store.command import Reader, Write

# Who gave this person money or got some, and is here themselves.
_MEMBERS: Final = """
SELECT u.owner, p.language, coalesce(p.month_start_day, 1) FROM app_user u
LEFT JOIN preference p ON p.owner = u.owner
WHERE u.owner IN (SELECT recipient FROM money_transfer WHERE owner = $owner
    UNION SELECT owner FROM money_transfer WHERE recipient = $owner)
ORDER BY u.owner"""
_SHARED: Final = """
SELECT id, owner FROM money_transfer
WHERE (owner = $owner AND recipient = $other) OR (owner = $other AND recipient = $owner) ORDER BY seq"""
_KEEPERS: Final = """
SELECT m.owner, m.proprietor FROM merchant m WHERE m.owner IN (SELECT merchant FROM payment WHERE owner = $owner)
ORDER BY m.owner"""
_INVITERS: Final = "SELECT DISTINCT owner FROM invitation WHERE used_by = $owner ORDER BY owner"
_SHOPS: Final = """
SELECT m.owner, p.name, EXISTS (SELECT 1 FROM entry e WHERE e.owner = m.owner)
    OR EXISTS (SELECT 1 FROM payment y WHERE y.merchant = m.owner)
    OR EXISTS (SELECT 1 FROM coupon_claim c JOIN coupon k ON k.id = c.coupon WHERE k.owner = m.owner)
FROM merchant m JOIN published_merchant p ON p.owner = m.owner WHERE m.proprietor = $owner ORDER BY m.seq"""
_ENTRIES: Final = """
UPDATE entry SET payee = $called, payee_key = $key,
    description = CASE WHEN list_contains(cast($given AS uuid[]), id) THEN '' ELSE description END
WHERE owner = $other AND list_contains(cast($shared AS uuid[]), id)"""
_SAID: Final = """
DELETE FROM annotation WHERE owner = $other AND field = 'payee' AND list_contains(cast($shared AS uuid[]), entry)
    AND cast('[' || value || ']' AS json) -> 0 ->> 'key' = $before"""
# A key that other rows of theirs have too is not this person's alone.
_TAUGHT: Final = (
    """
DELETE FROM learned_payee WHERE owner = $other AND payee_key = $before AND NOT EXISTS (
    SELECT 1 FROM entry e WHERE e.owner = $other AND e.payee_key = $before
        AND NOT list_contains(cast($shared AS uuid[]), e.id))""",
    """
UPDATE recurring_word SET payee_key = $key WHERE owner = $other AND payee_key = $before AND NOT EXISTS (
    SELECT 1 FROM entry e WHERE e.owner = $other AND e.payee_key = $before
        AND NOT list_contains(cast($shared AS uuid[]), e.id))""",
)
# Answers that were kept: a name is a value there, after a colon, and never a word of the answer itself.
_RECEIPTS: Final = """
UPDATE request SET receipt = replace(replace(receipt, ':' || $told, ':""'), ': ' || $told, ': ""')
WHERE owner = $other AND strpos(receipt, $told) > 0"""
_AT_SHOPS: Final = (
    """UPDATE entry SET payee = '', description = '' WHERE owner <> $owner
    AND id IN (SELECT id FROM payment WHERE owner = $owner)""",
    """UPDATE entry SET payee = '',
        description = CASE WHEN list_contains(cast($reasons AS varchar[]), description) THEN description ELSE '' END
    WHERE owner <> $owner AND id IN (SELECT id FROM refund WHERE owner = $owner)""",
)
_INVITED: Final = "UPDATE invitation SET note = '' WHERE used_by = $owner"
_UNUSED_SHOP: Final = (
    "DELETE FROM pay_code WHERE owner = $shop",
    "DELETE FROM coupon_ending WHERE owner = $shop",
    "DELETE FROM coupon WHERE owner = $shop",
    "DELETE FROM earn_rule WHERE owner = $shop",
    "DELETE FROM account WHERE owner = $shop",
    "DELETE FROM request WHERE owner = $shop",
    "DELETE FROM merchant_event WHERE owner = $shop",
    "DELETE FROM merchant WHERE owner = $shop",
)
_SHOP: Final = (
    "DELETE FROM merchant_event WHERE owner = $shop AND event = 'changed'",
    "DELETE FROM request WHERE owner = $shop",
    "UPDATE pay_code SET note = '' WHERE owner = $shop",
    "UPDATE money_transfer SET request_id = cast(id AS varchar) WHERE owner = $shop",
    """UPDATE merchant SET proprietor = NULL, name = $name, city = '', address = '', contact = ''
    WHERE owner = $shop""",
)


@dataclasses.dataclass(frozen=True, slots=True)
class Called:
    """What somebody who is here no more is called in the books of others, by the language of whose books these are."""

    zh: str
    en: str

    def to(self, language: str | None) -> str:
        """In this language; in both for who has not chosen one."""
        words = {"zh": self.zh, "en": self.en}
        return words.get(language or "", f"{self.zh} / {self.en}")


@dataclasses.dataclass(frozen=True, slots=True)
class Unnamed:
    """The writes, and whose data they change."""

    writes: list[Write]
    touches: frozenset[UUID]


def unnamed(reader: Reader, owner: UUID, name: str, called: Called, reasons: tuple[str, ...]) -> Unnamed:
    """All of it; to be done before anything of the person is removed. reasons: the known ones of refunds."""
    mine = {"owner": owner}
    writes: list[Write] = []
    touches: set[UUID] = set()
    for other, language, start_day in reader.all(_MEMBERS, mine):
        writes += _member(reader, (owner, name), other, called.to(language), start_day)
        touches.add(other)
    for keeper in reader.all(_KEEPERS, mine):
        touches.update(one for one in keeper if one is not None)
    touches.update(inviter for (inviter,) in reader.all(_INVITERS, mine))
    writes += [Write(_AT_SHOPS[0], mine), Write(_AT_SHOPS[1], {**mine, "reasons": list(reasons)})]
    writes.append(Write(_INVITED, mine))
    for shop, shown, used in reader.all(_SHOPS, mine):
        touches.add(shop)
        writes += _shop(shop, shown, used=bool(used))
    return Unnamed(writes, frozenset(touches))


def _member(reader: Reader, who: tuple[UUID, str], other: UUID, called: str, start_day: int) -> list[Write]:
    """The books of somebody who gave this person money or got some."""
    owner, name = who
    transfers = reader.all(_SHARED, {"owner": owner, "other": other})
    shared = [entry for entry, _ in transfers]
    at = {"other": other, "shared": shared, "key": normalise_payee(called), "before": normalise_payee(name)}
    given = [entry for entry, giver in transfers if giver == owner]
    told = [json.dumps(text, ensure_ascii=False) for text in dict.fromkeys((name, at["before"]))]
    return [
        _write(_ENTRIES, {**at, "called": called, "given": given}),
        _write(_SAID, at),
        *(_write(sql, at) for sql in _TAUGHT),
        *(Write(_RECEIPTS, {"other": other, "told": one}) for one in told),
        *facts.refresh_entries(other, shared, start_day),
    ]


def _shop(shop: UUID, name: str, *, used: bool) -> list[Write]:
    """A closed shop of the person's: nobody's from now on; gone where nobody else has anything to do with it."""
    if not used:
        return [Write(sql, {"shop": shop}) for sql in _UNUSED_SHOP]
    return [_write(sql, {"shop": shop, "name": name}) for sql in _SHOP]


def _write(sql: str, params: dict[str, object]) -> Write:
    """With those of the parameters that it names."""
    return Write(sql, {key: value for key, value in params.items() if f"${key}" in sql})
