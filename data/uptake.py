"""The door to how offers are taken up: how many of each coupon are in members' hands or were.

Counted by the writer as it goes; counting the claims of everybody anew for every screen would grow with the house.
"""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from data.database import Database


def taken(database: Database) -> Mapping[UUID, int]:
    """How many of each coupon were taken so far, by the coupon's id; those nobody took are there with 0."""
    return database.ask(lambda books, _now: {UUID(key): offer.taken for key, offer in books.offers.items()})
