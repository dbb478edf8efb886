"""The audit chain as a whole: does it hold, does it end where it was last seen, and writing down where it ends."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from data.database import Database
from data.security.derived import head_proof, proves
from data.security.sealing import SealingKey
from data.store import heads
from data.store.chain_check import Break, Chained
from data.store.heads import Exported

_LAST: Final = "SELECT number, head, recorded_at FROM published_link ORDER BY number DESC LIMIT 1"
_THESE: Final = "SELECT number, head FROM published_link WHERE list_contains(cast($numbers AS bigint[]), number)"


@dataclasses.dataclass(frozen=True, slots=True)
class Audit:
    """What checking the chain found. number, head: of its last link; rows: summed up; exports: heads compared with.

    broken: where it does not hold first, None when it does.
    """

    number: int
    head: str
    rows: int
    exports: int
    broken: Break | None


def audit(database: Database, *keys: SealingKey) -> Audit:
    """The chain checked from the tables, then against every head that was exported, the app going on meanwhile.

    keys: the house's keys, with one of which exported heads are proved; without any their proofs are not looked at.
    """
    lines = heads.exported(database.path)
    chained = database.check_chain() or Chained(0, "", 0, None)
    broken = chained.broken or _disagreeing(database, lines, keys)
    return Audit(chained.number, chained.head, chained.rows, len(lines), broken)


def _disagreeing(database: Database, lines: Sequence[Exported], keys: Sequence[SealingKey]) -> Break | None:
    there = dict(database.read(_THESE, {"numbers": [line.number for line in lines]}))
    for line in lines:
        if keys and not any(proves(key, line.said, line.proof) for key in keys):
            return Break(line.number, "export")
        if line.number not in there:
            return Break(line.number, "cut")
        if there[line.number] != line.head:
            return Break(line.number, "head")
    return None


def export_head(database: Database, key: SealingKey, now: datetime) -> Exported | None:
    """Write down where the chain ends in the log beside the backups; None when it says so already."""
    ((number, head, _),) = database.read(_LAST)
    lines = heads.exported(database.path)
    if lines and lines[-1].number == number:
        return None
    line = Exported(number, head, now.isoformat(timespec="seconds"), "")
    proved = line._replace(proof=head_proof(key, line.said))
    heads.export(database.path, proved)
    return proved
