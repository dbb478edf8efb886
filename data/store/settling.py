"""Looking for pairs among everything that is booked, outside the writer, and handing it what was found."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from uuid import UUID

from data.ids import OwnerId, new_request_id
from data.matching.pairing import pair_rows as pairs_among
from data.store import pair_rows
from data.store.pairing import SettlePairs, decide_found

if TYPE_CHECKING:
    from data.database import Database

_AT_ONCE: Final = 2_000  # pairs in one command, so that nobody's payment waits for all of them
_PLACES: Final = 10 * _AT_ONCE  # of the store's order that one command may take


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
    wanted = {(pair.described, pair.moved): pair.certain for pair in found}
    open_ = {(one.described, one.moved): one for one in known if one.state in {"applied", "proposed"}}
    # A pair that was applied and is only likely now is taken apart before it is proposed.
    gone = tuple(one.pair for two, one in open_.items() if two not in wanted or (one.applied and not wanted[two]))
    stand = {two: one.applied for two, one in open_.items()}
    new = [pair for pair in found if stand.get((pair.described, pair.moved)) != pair.certain]
    applied = proposed = 0
    for at in range(0, len(new), _AT_ONCE) or ([0] if gone else []):
        part = SettlePairs(owner, new_request_id(), actor, () if at else gone, tuple(new[at : at + _AT_ONCE]))
        receipt = db.submit_long(part, decide_found, _PLACES)
        applied, proposed = applied + receipt["applied"], proposed + receipt["proposed"]
    return applied, proposed
