"""What pairing does to the books: an entry gives way to the one that stands for both, and comes back when undone.

Giving way is a reversal on the entry's own date; coming back is a reversal of that reversal, so the very entry stands
again with all that was said about it. Nothing is deleted, and a balance stays the sum of its postings.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Final
from uuid import UUID

from data.errors import NotFound, require
from data.ids import AccountId, EntryId, OwnerId, new_id
from data.ledger.entry import EntryKind
from data.ledger.pairing import DecidePair, PairNotOpen, PairRefunded, PairTaken, Verdict, joined, rerouted
from data.matching.evidence import Evidence
from data.matching.pairing import Pair
from data.store import accounts, correcting, facts, pair_rows
from data.store.command import Plan, Reader, Rows, Write
from data.store.journal import Journal
from data.store.owner_settings import month_start_day
from data.store.pair_rows import Events, Kept

_APPLIED, _PROPOSED, _LAPSED = "applied", "proposed", "lapsed"


@dataclasses.dataclass(frozen=True, slots=True)
class SettlePairs:
    """Take apart the pairs that are `gone`, apply the certain ones of those `found` and propose the likely ones."""

    owner: OwnerId
    request_id: str
    actor: UUID
    gone: tuple[UUID, ...]
    found: tuple[Pair, ...]


def decide_found(reader: Reader, command: SettlePairs, now: datetime) -> Plan:
    """The plan of a `SettlePairs`. What a person decided stays."""
    books = _Books(reader, command.owner, command.actor, now)
    known = {(one.described, one.moved): one for one in books.pairs}
    gone = set(command.gone)
    for one in books.pairs:
        if one.pair in gone and one.state in {_APPLIED, _PROPOSED}:
            books.lapse(one)
    counts = {_APPLIED: 0, _PROPOSED: 0}
    for pair in command.found:
        state = _APPLIED if pair.certain else _PROPOSED
        before = known.get((pair.described, pair.moved))
        if before is not None and before.pair not in gone and before.state not in {_PROPOSED, _LAPSED}:
            continue  # decided since
        if books.free(pair.described, pair.moved):
            counts[state] += books.enter(_kept(pair, new_id() if before is None else before.pair), state)
    return books.plan(counts)


def decide_verdict(reader: Reader, command: DecidePair, now: datetime) -> Plan:
    """The plan of a `DecidePair`.

    Raises:
        NotFound, PairNotOpen, PairTaken, PairRefunded.
    """
    books = _Books(reader, command.owner, command.actor, now)
    one = next((pair for pair in books.pairs if pair.pair == command.pair), None)
    if one is None:
        raise NotFound("pair", str(command.pair))
    if command.verdict is Verdict.ACCEPTED:
        if one.state in {"accepted", _LAPSED}:
            raise PairNotOpen(str(one.pair), one.state)
        if not one.applied and not books.free(one.described, one.moved):
            raise PairTaken(str(one.described))
        books.enter(one, "accepted")
    else:
        fits = one.applied or (command.verdict is Verdict.REJECTED and one.state == _PROPOSED)
        if not fits:
            raise PairNotOpen(str(one.pair), one.state)
        books.leave(one, command.verdict.value)
    return books.plan({})


def lapsing(reader: Reader, owner: OwnerId, actor: UUID, now: datetime, batch: UUID) -> tuple[list[Write | Rows], int]:
    """What takes apart every pair with a row of an import that is about to be undone; how many more entries stand."""
    books = _Books(reader, owner, actor, now)
    ids = {row[0] for row in reader.all(_OF_BATCH, {"owner": owner, "batch": batch})}
    before = len(books.undone & ids)
    touched = [one for one in books.pairs if ids & {one.described, one.moved} and one.state in {*_OPEN}]
    for one in touched:
        books.lapse(one)
    return books.writes(), before - len(books.undone & ids)


_OPEN: Final = (_APPLIED, "accepted", _PROPOSED)
_OF_BATCH: Final = "SELECT id FROM entry WHERE owner = $owner AND batch = $batch AND kind <> 'reversal'"
_KINDS: Final = "SELECT id, kind FROM entry WHERE owner = $owner AND batch IS NOT NULL AND kind <> 'reversal'"
_UNDONE: Final = """
SELECT r.reverses, r.id FROM entry r
WHERE r.owner = $owner AND r.reverses IS NOT NULL
    AND NOT EXISTS (SELECT 1 FROM entry x WHERE x.owner = $owner AND x.reverses = r.id)"""
_REVERSE: Final = """
INSERT INTO entry (owner, id, seq, kind, occurred_at, booked_on, recorded_at, actor, batch, reverses, refund_of,
    payee, payee_key, description, method, note)
SELECT e.owner, gen_random_uuid(), $seq, 'reversal', e.occurred_at, e.booked_on, $now, $actor, e.batch, e.id, NULL,
    e.payee, e.payee_key, e.description, e.method, ''
FROM entry e WHERE e.owner = $owner AND e.id IN (SELECT unnest(cast($entries AS uuid[])))"""
_MIRROR: Final = """
INSERT INTO posting (owner, entry, line, account, amount, currency, category, lot)
SELECT p.owner, r.id, p.line, p.account, -p.amount, p.currency, p.category, p.lot
FROM entry r JOIN posting p ON p.owner = r.owner AND p.entry = r.reverses
WHERE r.owner = $owner AND p.owner = $owner AND r.seq = $seq"""
_REFUNDED: Final = """
SELECT cast(coalesce(sum(-spending), 0) AS bigint) FROM fact WHERE owner = $owner AND refund_of = $entry"""


def _kept(pair: Pair, id_: UUID) -> Kept:
    evidence = json.dumps([dataclasses.asdict(one) for one in pair.evidence], ensure_ascii=False)
    return Kept(id_, "", pair.described, pair.moved, None, _whole(pair.evidence), pair.confidence, evidence)


def _is_split(one: Kept) -> bool:
    return any(said["code"] == "amount_rest" for said in json.loads(one.evidence))


def _whole(evidence: Iterable[Evidence]) -> bool:
    return all(one.code not in {"amount_less", "amount_short"} for one in evidence)


class _Books:
    """The pairs and what stands, changed step by step; at the end the writes that make it so."""

    def __init__(self, reader: Reader, owner: OwnerId, actor: UUID, now: datetime) -> None:
        self._reader, self._owner, self._actor, self._now = reader, owner, actor, now
        self.pairs = pair_rows.pairs(reader.all, owner)
        self._kinds: dict[UUID, str] = dict(reader.all(_KINDS, {"owner": owner}))
        self._reversal = dict(reader.all(_UNDONE, {"owner": owner}))
        self.undone: set[UUID] = set(self._reversal)
        self._back: set[UUID] = set()
        self._away: set[UUID] = set()
        self._touched: set[UUID] = set()
        self._journal = Journal()
        self._events = Events(owner, actor, now)
        self._telling = {one.described for one in self.pairs if one.applied}
        self._holding = {one.moved for one in self.pairs if one.applied}

    def free(self, described: UUID, moved: UUID) -> bool:
        """Whether the two may become one: both count somewhere, and neither has this part in another pair."""
        if described in self._telling or moved in self._holding:
            return False
        return all(one not in self.undone or one in self._telling | self._holding for one in (described, moved))

    def lapse(self, one: Kept) -> None:
        self.leave(one, _LAPSED)

    def leave(self, one: Kept, event: str) -> None:
        """The pair is one no more: who gave way stands again."""
        if one.applied and one.kept is not None:
            for entry in {one.described, one.moved} - {one.kept}:
                self._stand(entry)
            if one.kept not in {one.described, one.moved}:
                self._give_way(one.kept)
            self._touched |= {one.described, one.moved, one.kept}
            self._telling.discard(one.described)
            self._holding.discard(one.moved)
        self._events.add(self._reader, dataclasses.replace(one, kept=None), event)

    def enter(self, one: Kept, event: str) -> bool:
        """The pair counts as one from now on, or is only proposed; whether it could be."""
        if event == _PROPOSED or one.applied:
            self._events.add(self._reader, one, event)
            return True
        if not one.whole and not self._covered(one, asked=event == "accepted"):
            return False
        kept = self._stands_for_both(one)
        for entry in {one.described, one.moved} - {kept}:
            self._give_way(entry)
        applied = dataclasses.replace(one, state=event, kept=kept)
        self._telling.add(one.described)
        self._holding.add(one.moved)
        self._touched |= {one.described, one.moved, kept}
        self._events.add(self._reader, applied, event)
        return True

    def _covered(self, one: Kept, *, asked: bool) -> bool:
        """Whether no more was refunded of what was bought than the movement paid."""
        ((refunded,),) = self._reader.all(_REFUNDED, {"owner": self._owner, "entry": one.described})
        moved, _, _ = correcting.load(self._reader, self._owner, EntryId(one.moved))
        paid = moved.postings[0].amount
        if refunded > abs(paid.minor) and asked:
            raise PairRefunded(int(refunded), abs(paid.minor), paid.currency)
        return bool(refunded <= abs(paid.minor))

    def _stands_for_both(self, one: Kept) -> UUID:
        kind = self._kinds[one.described]
        if _is_split(one):
            return self._joined(one)
        if kind == self._kinds[one.moved] and kind != EntryKind.TRANSFER:
            return one.moved
        described, payee_key, note = correcting.load(self._reader, self._owner, EntryId(one.described))
        moved, _, _ = correcting.load(self._reader, self._owner, EntryId(one.moved))
        own = moved.postings[0].account
        entry = rerouted(described, moved, EntryId(new_id()), own, self._same_as(own))
        if entry is None:
            return described.id
        self._journal.add_entry(entry, payee_key, note)
        return entry.id

    def _joined(self, one: Kept) -> UUID:
        described, payee_key, note = correcting.load(self._reader, self._owner, EntryId(one.described))
        moved, _, _ = correcting.load(self._reader, self._owner, EntryId(one.moved))
        own, rest = moved.postings[0].account, described.postings[0].account
        if rest in self._same_as(own):
            named = pair_rows.paid_the_rest(self._reader.all, self._owner, one.described)
            require(named is not None, f"nothing is known to have paid the rest of {one.described}")
            rest = AccountId(named) if named else rest
        entry = joined(described, moved, EntryId(new_id()), own, rest)
        self._journal.add_entry(entry, payee_key, note)
        return entry.id

    def _same_as(self, account: AccountId) -> frozenset[AccountId]:
        held = accounts.money_accounts(self._reader, self._owner)
        return frozenset(accounts.family_of(held, account) if account in held else [account])

    def _give_way(self, entry: UUID) -> None:
        if entry in self._back:
            self._back.discard(entry)
            self.undone.add(entry)
        elif entry not in self.undone:
            self._away.add(entry)
            self.undone.add(entry)

    def _stand(self, entry: UUID) -> None:
        if entry in self._away:
            self._away.discard(entry)
            self.undone.discard(entry)
        elif entry in self._reversal:
            self._back.add(entry)
            self.undone.discard(entry)

    def writes(self) -> list[Write | Rows]:
        """Everything, in order; facts last."""
        found: list[Write | Rows] = []
        if len(self._journal):
            seqs = [self._reader.next_seq() for _ in range(len(self._journal))]
            found += self._journal.rows(self._owner, self._actor, self._now, seqs)
        found += self._reverse([*self._away, *(self._reversal[entry] for entry in self._back)])
        found += self._events.rows()
        start_day = month_start_day(self._reader, self._owner)
        return found + list(facts.refresh_entries(self._owner, [*self._touched], start_day))

    def plan(self, receipt: dict[str, int]) -> Plan:
        return Plan(dict(receipt), self.writes(), frozenset({self._owner}))

    def _reverse(self, entries: Collection[UUID]) -> list[Write | Rows]:
        if not entries:
            return []
        seq = self._reader.next_seq()
        said = {"owner": self._owner, "seq": seq, "now": self._now, "actor": self._actor, "entries": list(entries)}
        return [Write(_REVERSE, said), Write(_MIRROR, {"owner": self._owner, "seq": seq})]
