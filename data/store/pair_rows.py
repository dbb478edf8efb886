"""The booked rows of statements as the matching sees them, and what was decided about pairs of them."""

from __future__ import annotations

import dataclasses
import itertools
import json
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import datetime, time
from typing import Any, Final
from uuid import UUID

from data.importers.methods import account_parts, card_in
from data.importers.statement import AccountHint
from data.matching.evidence import ALIPAY, BANK, JD, MEITUAN, WECHAT, Row, Slot
from data.store.command import Reader, Rows, Write

Query = Callable[[str, Mapping[str, Any]], list[tuple[Any, ...]]]
Two = tuple[UUID, UUID]

_SOURCES: Final = {"alipay_app": ALIPAY, "alipay_web": ALIPAY, "wechat": WECHAT, "jd": JD, "meituan": MEITUAN}
_WEB: Final = "alipay_web"
_FUNDING: Final = "资金状态"
_CLEARING: Final = "book:clearing"
_CARD: Final = "card:"
# Noon and midnight, in China and in UTC, are what files without a time of day are given.
_NO_TIME: Final = frozenset({time(0), time(12), time(16), time(4)})


@dataclasses.dataclass(frozen=True, slots=True)
class Kept:
    """One pair as it stands. state: the latest event; kept: the entry for both while it is applied."""

    pair: UUID
    state: str
    described: UUID
    moved: UUID
    kept: UUID | None
    whole: bool
    confidence: int
    evidence: str

    @property
    def applied(self) -> bool:
        """Whether the two count as one now."""
        return self.state in {"applied", "accepted"}


_PAIRS: Final = """
SELECT pair, state, described, moved, kept, whole, confidence, evidence FROM published_pair
WHERE owner = $owner ORDER BY seq"""


def pairs(query: Query, owner: UUID) -> list[Kept]:
    """Every pair that was ever found."""
    return [Kept(*row) for row in query(_PAIRS, {"owner": owner})]


_FORMATS: Final = """
SELECT DISTINCT b.format FROM import_batch b
WHERE b.owner = $owner AND b.id NOT IN (SELECT batch FROM import_undo WHERE owner = $owner)"""


# The first posting of an imported entry is on the account that its statement is about.
_STATED_ACCOUNTS: Final = """
SELECT count(DISTINCT p.account) FROM entry e JOIN posting p ON p.owner = $owner AND p.entry = e.id AND p.line = 0
WHERE e.owner = $owner AND e.batch IS NOT NULL"""


def worth_looking(query: Query, owner: UUID) -> bool:
    """Whether files of more than one source are among the imports, or statements of more than one account."""
    sources = {_SOURCES.get(name, BANK) for (name,) in query(_FORMATS, {"owner": owner})}
    if sources != {BANK}:
        return len(sources) > 1
    ((accounts,),) = query(_STATED_ACCOUNTS, {"owner": owner})
    return bool(accounts > 1)


# Entries of standing imports that count, or that give way to another one; not those that stand for two.
_ROWS: Final = """
WITH pair AS (SELECT * FROM published_pair WHERE owner = $owner AND state IN ('applied', 'accepted')),
undone AS (
    SELECT r.reverses AS entry FROM entry r WHERE r.owner = $owner AND r.reverses IS NOT NULL
        AND NOT EXISTS (SELECT 1 FROM entry x WHERE x.owner = $owner AND x.reverses = r.id)
)
SELECT e.id, b.format, e.kind, e.booked_on, e.occurred_at, e.payee, e.description, e.method,
    p.account, p.amount, p.currency
FROM entry e
JOIN import_batch b ON b.owner = $owner AND b.id = e.batch
JOIN posting p ON p.owner = $owner AND p.entry = e.id AND p.line <= 1
WHERE e.owner = $owner AND e.kind IN ('expense', 'income', 'refund', 'transfer', 'fee')
    AND e.batch NOT IN (SELECT batch FROM import_undo WHERE owner = $owner)
    AND (e.id NOT IN (SELECT entry FROM undone) OR e.id IN (SELECT described FROM pair)
        OR e.id IN (SELECT moved FROM pair))
    AND e.id NOT IN (SELECT kept FROM pair WHERE kept <> described AND kept <> moved)
ORDER BY e.id, p.line"""
_PLACES: Final = """
SELECT entry, fingerprint, ordinal, line, part FROM statement_line
WHERE owner = $owner AND outcome = 'booked' AND entry IS NOT NULL ORDER BY part DESC"""
_CELLS: Final = """
SELECT s.entry, s.cells FROM statement_line s JOIN import_batch b ON b.owner = s.owner AND b.id = s.batch
WHERE s.owner = $owner AND b.format = 'alipay_web' AND s.outcome = 'booked'"""
_ACCOUNTS: Final = """
SELECT id, hint_key, last4, institution, kind = 'liability', merged_into FROM published_account WHERE owner = $owner"""


@dataclasses.dataclass(frozen=True, slots=True)
class _Account:
    key: str
    last4: str
    institution: str
    owed: bool


def rows(query: Query, owner: UUID) -> list[Row]:
    """Every row that may be one event with another."""
    known = _accounts(query, owner)
    places = {entry: (ordinal, line) for entry, _, ordinal, line, _ in query(_PLACES, {"owner": owner})}
    funding = {entry: json.loads(cells or "{}").get(_FUNDING, "") for entry, cells in query(_CELLS, {"owner": owner})}
    found = query(_ROWS, {"owner": owner})
    return [
        _row(list(legs), known, places.get(entry, ()), funding.get(entry, ""))
        for entry, legs in itertools.groupby(found, key=lambda row: row[0])
    ]


def _row(legs: list[tuple[Any, ...]], known: Mapping[UUID, _Account], place: tuple[int, ...], funding: str) -> Row:
    entry, format_, kind, booked_on, occurred_at, payee, description, method, _, _, currency = legs[0]
    source = _SOURCES.get(format_, BANK)
    named = bool(method) or format_ != _WEB
    slots = [_slot(known[leg[8]], leg[9], source, named=named) for leg in (legs if kind == "transfer" else legs[:1])]
    card = None if named else card_in(funding.strip())
    if card:
        slots[0] = Slot(card.key, slots[0].minor, card.last4, card.institution)
    if source == BANK:
        slots[0] = dataclasses.replace(slots[0], own=True)
    elif kind == "expense":
        slots = _split(slots, source, method, {account.key for account in known.values()})
    return Row(
        entry,
        source,
        kind,
        currency,
        booked_on,
        occurred_at,
        tuple(slots),
        payee,
        description,
        method,
        place,
        timed=occurred_at.time() not in _NO_TIME,
    )


def _split(slots: list[Slot], source: str, method: str, known: Collection[str]) -> list[Slot]:
    """Where a method names a card and one other account, what the card's statement states is a part of the row."""
    named = _card_and_other(source, method)
    if named is None:
        return slots
    card, other = named
    if not slots[0].key.startswith(_CARD):
        return [*slots, Slot(card.key, slots[0].minor, card.last4, card.institution, part=True)]
    return [dataclasses.replace(slots[0], part=True)] if other.key in known else slots


def _card_and_other(source: str, method: str) -> tuple[AccountHint, AccountHint] | None:
    parts = sorted(account_parts(source, method), key=lambda part: not part.key.startswith(_CARD))
    cards = sum(part.key.startswith(_CARD) for part in parts)
    return (parts[0], parts[1]) if len(parts) == 2 and cards == 1 else None  # noqa: PLR2004 - a pair


_METHOD: Final = """
SELECT b.format, e.method FROM entry e JOIN import_batch b ON b.owner = e.owner AND b.id = e.batch
WHERE e.owner = $owner AND e.id = $entry"""
_KEYED: Final = "SELECT id FROM account WHERE owner = $owner AND hint_key = $key"


def paid_the_rest(query: Query, owner: UUID, entry: UUID) -> UUID | None:
    """The account that an entry's method names beside a card, where it is open."""
    ((format_, method),) = query(_METHOD, {"owner": owner, "entry": entry})
    named = _card_and_other(_SOURCES.get(format_, BANK), method)
    found = query(_KEYED, {"owner": owner, "key": named[1].key}) if named else []
    return found[0][0] if found else None


def _slot(account: _Account, minor: int, source: str, *, named: bool) -> Slot:
    if account.key == _CLEARING:
        return Slot("", minor)
    own = named and account.key.startswith(f"{source}:") and ":other:" not in account.key
    return Slot(account.key, minor, account.last4, account.institution, own, account.owed)


def _accounts(query: Query, owner: UUID) -> dict[UUID, _Account]:
    listed = {row[0]: row[1:] for row in query(_ACCOUNTS, {"owner": owner})}

    def shown(account: UUID) -> _Account:
        for _ in listed:
            onward = listed[account][4]
            if onward is None:
                break
            account = onward
        return _Account(*listed[account][:4])

    return {account: shown(account) for account in listed}


def refused(query: Query, owner: UUID, found: list[Kept], ids: set[UUID]) -> list[Two]:
    """Pairs of today's rows that a person rejected or undid, also before the file was taken back and read again."""
    against = [pair for pair in found if pair.state in {"rejected", "undone"}]
    if not against:
        return []
    marks: dict[UUID, tuple[UUID, int]] = {}
    now: defaultdict[tuple[UUID, int], list[UUID]] = defaultdict(list)
    for entry, print_, ordinal, _, _ in query(_PLACES, {"owner": owner}):
        marks[entry] = (print_, ordinal)
    for entry, mark in marks.items():
        if entry in ids:
            now[mark].append(entry)

    def today(entry: UUID) -> Iterator[UUID]:
        yield entry
        yield from now.get(marks[entry], ()) if entry in marks else ()

    return [two for pair in against for two in itertools.product(today(pair.described), today(pair.moved))]


class Events:
    """Rows of `pair_event` to come."""

    def __init__(self, owner: UUID, actor: UUID, now: datetime) -> None:
        self._always = {"owner": owner, "recorded_at": now, "actor": actor}
        self._said: list[dict[str, object]] = []

    def add(self, reader: Reader, one: Kept, event: str) -> None:
        """One thing that happened to the pair."""
        said = {**dataclasses.asdict(one), **self._always, "seq": reader.next_seq(), "event": event}
        del said["state"]
        self._said.append(said)

    def rows(self) -> list[Write | Rows]:
        """What keeps them."""
        if not self._said:
            return []
        return [Rows("pair_event", {name: [said[name] for said in self._said] for name in self._said[0]})]


def followed(reader: Reader, owner: UUID, anew: Two, by: tuple[UUID, datetime]) -> list[Write | Rows]:
    """What keeps the pairs of an entry that was booked anew. anew: the entry, the new one; by: the actor, and when."""
    old, new = anew
    events = Events(owner, *by)
    for one in pairs(reader.all, owner):
        named: dict[str, Any] = {field: new for field in ("described", "moved", "kept") if getattr(one, field) == old}
        if named:
            events.add(reader, dataclasses.replace(one, **named), one.state)
    return events.rows()
