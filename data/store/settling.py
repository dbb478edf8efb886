"""Looking for pairs among everything that is booked, outside the writer, and handing it what was found."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from data.ids import OwnerId, new_request_id
from data.matching.pairing import pair_rows as pairs_among
from data.store import pair_rows
from data.store.pairing import SettlePairs, decide_found

if TYPE_CHECKING:
    from data.database import Database


def settle(db: Database, owner: OwnerId, actor: UUID) -> tuple[int, int]:
    """Apply the pairs that are certain and propose the likely ones; how many of each are new.

    A function of the standing imports and of what the person decided: pairs that do not follow from them any more
    are taken apart. Nothing is written when nothing changed.
    """
    known = pair_rows.pairs(db.read, owner)
    if not known and not pair_rows.worth_looking(db.read, owner):
        return 0, 0
    rows = pair_rows.rows(db.read, owner)
    accepted = [(one.described, one.moved) for one in known if one.state == "accepted"]
    rejected = pair_rows.refused(db.read, owner, known, {row.id for row in rows})
    found = pairs_among(rows, accepted, rejected)
    stand = {(one.described, one.moved, one.applied) for one in known if one.state in {"applied", "proposed"}}
    if {(pair.described, pair.moved, pair.certain) for pair in found} == stand:
        return 0, 0
    receipt = db.submit(SettlePairs(owner, new_request_id(), actor, tuple(found)), decide_found)
    return receipt["applied"], receipt["proposed"]
