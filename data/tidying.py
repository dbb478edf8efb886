"""Keeping the facts where they are read fast, a little at a time: what the wallet's rounds do besides all else."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from data.database import Database
from data.store import clustering, month_sums
from data.store.clustering import Slice

LOOK_EVERY: Final = timedelta(hours=1)


class Tidying:
    """Remembers what is still to be moved, who was moved already, and whose months are to be summed up.

    worth: from how many facts on these are summed up.
    """

    def __init__(self, database: Database, worth: int = month_sums.WORTH) -> None:
        self._database = database
        self._worth = worth
        self._to_sum: list[UUID] = []
        self._looked_at: datetime | None = None
        self._to_do: list[Slice] = []
        self._sizes: dict[UUID, int] = {}
        self._moved: dict[UUID, int] = {}

    def step(self, now: datetime) -> bool:
        """Move one slice, or sum up one owner's months, or look what is to be done; whether something was done.

        A slice whose owners' data changes meanwhile is left for the next look; so are sums.

        Raises:
            StoreClosed: the wallet is closing.
        """
        if not self._to_do and self._to_sum:
            return self._database.sum_months(self._to_sum.pop(0))
        if not self._to_do:
            if self._looked_at is None or not self._looked_at <= now < self._looked_at + LOOK_EVERY:
                self._looked_at = now
                self._look()
            return False
        part = self._to_do.pop(0)
        moved = self._database.move(part)
        if moved:
            self._moved.update({owner: self._sizes[owner] for owner in part.owners})
        return moved

    def _look(self) -> None:
        query = self._database.read
        self._sizes = clustering.scattered(clustering.places(query), self._moved)
        self._to_do = clustering.slices(query, self._sizes)
        self._to_sum = month_sums.due(query, self._database.spoiled, self._worth)
