"""Taking an import back: one reversal for every entry of it that still stands, in a few statements."""

from __future__ import annotations

import dataclasses
from datetime import datetime
from typing import Final
from uuid import UUID

from data.errors import NotFound, Rejection
from data.ids import OwnerId
from data.store import facts, pairing
from data.store.command import Plan, Reader, Write
from data.store.owner_settings import month_start_day


@dataclasses.dataclass(unsafe_hash=True)
class AlreadyUndone(Rejection):
    """The import was taken back before."""

    batch: str


@dataclasses.dataclass(frozen=True, slots=True)
class UndoImport:
    """Take one import back."""

    owner: OwnerId
    request_id: str
    batch: UUID
    actor: UUID


_BATCH: Final = """
SELECT u.batch IS NOT NULL FROM import_batch b LEFT JOIN import_undo u ON u.owner = b.owner AND u.batch = b.id
WHERE b.owner = $owner AND b.id = $batch"""
_STANDING: Final = """
SELECT count(*) FROM entry e WHERE e.owner = $owner AND e.batch = $batch AND e.kind <> 'reversal'
    AND NOT EXISTS (
        SELECT 1 FROM entry r WHERE r.owner = $owner AND r.reverses = e.id
            AND NOT EXISTS (SELECT 1 FROM entry x WHERE x.owner = $owner AND x.reverses = r.id))"""
# A reversal stands on its original's date, so that balances of every day are as if the import had never been.
_REVERSE: Final = """
INSERT INTO entry (owner, id, seq, kind, occurred_at, booked_on, recorded_at, actor, batch, reverses, refund_of,
    payee, payee_key, description, method, note)
SELECT e.owner, gen_random_uuid(), $seq, 'reversal', e.occurred_at, e.booked_on, $now, $actor, e.batch, e.id, NULL,
    e.payee, e.payee_key, e.description, e.method, ''
FROM entry e WHERE e.owner = $owner AND e.batch = $batch AND e.kind <> 'reversal'
    AND NOT EXISTS (
        SELECT 1 FROM entry r WHERE r.owner = $owner AND r.reverses = e.id
            AND NOT EXISTS (SELECT 1 FROM entry x WHERE x.owner = $owner AND x.reverses = r.id))"""
_MIRROR: Final = """
INSERT INTO posting (owner, entry, line, account, amount, currency, category, lot)
SELECT p.owner, r.id, p.line, p.account, -p.amount, p.currency, p.category, p.lot
FROM entry r JOIN posting p ON p.owner = r.owner AND p.entry = r.reverses
WHERE r.owner = $owner AND p.owner = $owner AND r.batch = $batch AND r.seq = $seq"""
_NOTE: Final = "INSERT INTO import_undo VALUES ($owner, $batch, $seq, $now, $actor)"


def decide(reader: Reader, command: UndoImport, now: datetime) -> Plan:
    """The plan of an `UndoImport`.

    Raises:
        NotFound, AlreadyUndone.
    """
    key = {"owner": command.owner, "batch": command.batch}
    found = reader.one(_BATCH, key)
    if found is None:
        raise NotFound("batch", str(command.batch))
    if found[0]:
        raise AlreadyUndone(str(command.batch))
    ((count,),) = reader.all(_STANDING, key)
    apart, more = pairing.lapsing(reader, command.owner, command.actor, now, command.batch)
    seq = reader.next_seq()
    said = {**key, "seq": seq, "now": now, "actor": command.actor}
    writes = [
        *apart,
        Write(_REVERSE, said),
        Write(_MIRROR, {**key, "seq": seq}),
        Write(_NOTE, said),
        *facts.refresh_batch(command.owner, command.batch, month_start_day(reader, command.owner)),
    ]
    return Plan({"batch": str(command.batch), "entries": count + more}, writes, frozenset({command.owner}))
