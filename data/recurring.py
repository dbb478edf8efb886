"""The door to series of payments that come back: confirm, ignore, name, correct, end one, and take the last word back.

Series are found by `analytics.recurring` whenever the books change; here is kept what the person says about them. A
word holds although rows are imported anew, and nothing that was said is deleted.
"""

from __future__ import annotations

from uuid import UUID

from data.database import Database
from data.ledger.recurring import (
    MOST_ANCHORS,
    NAME_LENGTH,
    Anchor,
    Ended,
    Mark,
    Named,
    Next,
    NextOutOfRange,
    NothingToTakeBack,
    SayOfSeries,
    SeriesKind,
    SeriesNameUnfit,
    Side,
    TakeBackWord,
    Verdict,
)
from data.store.recurring import decide_taking_back, decide_word

__all__ = [
    "MOST_ANCHORS",
    "NAME_LENGTH",
    "Anchor",
    "Ended",
    "Mark",
    "Named",
    "Next",
    "NextOutOfRange",
    "NothingToTakeBack",
    "SayOfSeries",
    "SeriesKind",
    "SeriesNameUnfit",
    "Side",
    "TakeBackWord",
    "Verdict",
    "say",
    "take_back",
]


def say(db: Database, command: SayOfSeries) -> UUID:
    """Remember a word about a series; the id under which it is kept.

    Raises:
        NotFound: no such series or payments of this owner. SeriesNameUnfit, NextOutOfRange: nothing was changed.
    """
    return UUID(db.submit(command, decide_word)["series"])


def take_back(db: Database, command: TakeBackWord) -> str:
    """Take back the last word about a series that still stands; which one it was, as its field.

    Raises:
        NotFound: no such series of this owner. NothingToTakeBack: nothing stands.
    """
    return str(db.submit(command, decide_taking_back)["field"])
