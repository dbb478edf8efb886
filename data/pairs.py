"""The door to rows that are one event: look for them, say whether they are, take it back.

Looking is done after every import and every undoing of one; here it is asked for. Nothing is deleted: the entry that
gives way is reversed, and stands again as it was when the pair is undone.
"""

from __future__ import annotations

from uuid import UUID

from data.database import Database
from data.ids import OwnerId
from data.ledger.pairing import DecidePair, PairNotOpen, PairRefunded, PairTaken, Verdict
from data.store.pairing import decide_verdict
from data.store.settling import settle

__all__ = ["DecidePair", "PairNotOpen", "PairRefunded", "PairTaken", "Verdict", "decide", "propose"]


def propose(db: Database, owner: OwnerId, actor: UUID) -> tuple[int, int]:
    """Look again among everything that is booked; how many pairs were newly applied, and how many newly suggested."""
    return settle(db, owner, actor)


def decide(db: Database, command: DecidePair) -> None:
    """Accept a pair (it counts once from now on), reject it, or undo one that is applied; all are remembered.

    Afterwards the rows that are free again are looked at once more.

    Raises:
        NotFound: no such pair of this owner. PairNotOpen: it is in no state for that. PairTaken: a row of it does not
        stand any more or is one with another. PairRefunded: its refunds are more than the movement paid.
    """
    db.submit(command, decide_verdict)
    settle(db, command.owner, command.actor)
