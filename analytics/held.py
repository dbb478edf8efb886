"""What the process keeps of answers: per store and owner, valid for one data version, the least used forgotten first.

How much is kept is bounded by the answers' weight (their number, unless something else is weighed).

A change of the owner's data makes everything held of that owner stale at once; the next question reads again.
"""

from __future__ import annotations

import threading
import weakref
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any, Generic, TypeVar
from uuid import UUID

from data.database import Database

T = TypeVar("T")
_Shelf = OrderedDict[tuple[UUID, Hashable], tuple[int, Any]]


class Held(Generic[T]):
    """A bounded, thread-safe memory of answers. `capacity`: how much weight is kept for one store."""

    def __init__(self, capacity: int, weigh: Callable[[T], int] = lambda _: 1) -> None:
        self._capacity = capacity
        self._weigh = weigh
        self._shelves: weakref.WeakKeyDictionary[Database, _Shelf] = weakref.WeakKeyDictionary()
        self._lock = threading.Lock()

    def get(self, db: Database, owner: UUID, key: Hashable, make: Callable[[], T]) -> T:
        """The answer held under `key` for the owner's data as it is now, made if there is none.

        Two threads may make the same answer at the same time; that is cheaper than one waiting for the other.
        """
        # The version is read first: a commit in between makes the answer fresher than its label, never staler.
        version = db.version(owner)
        with self._lock:
            shelf = self._shelves.setdefault(db, OrderedDict())
            kept = shelf.get((owner, key))
            if kept is not None and kept[0] == version:
                shelf.move_to_end((owner, key))
                answer: T = kept[1]
                return answer
        made = make()
        with self._lock:
            shelf[owner, key] = (version, made)
            shelf.move_to_end((owner, key))
            self._make_room(shelf)
        return made

    def _make_room(self, shelf: _Shelf) -> None:
        weight = sum(self._weigh(answer) for _, answer in shelf.values())
        while weight > self._capacity and len(shelf) > 1:
            _, (_, oldest) = shelf.popitem(last=False)
            weight -= self._weigh(oldest)

    def forget(self) -> None:
        """Drop everything, for measuring and for tests."""
        with self._lock:
            self._shelves.clear()
