"""What the process keeps of answers: per store and owner, valid for one data version, the least used forgotten first.

How much is kept is bounded by the answers' weight (their number, unless something else is weighed).

A change of the owner's data makes everything held of that owner stale at once; the next question reads again. An answer
that comes from facts alone can be renewed instead: only the months that the change touched are read.
"""

from __future__ import annotations

import functools
import threading
import weakref
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import TYPE_CHECKING, Any, Concatenate, Final, Generic, ParamSpec, TypeVar
from uuid import UUID

from data.database import Database
from data.period import Touched

if TYPE_CHECKING:
    from analytics.scope import Scope

T = TypeVar("T")
P = ParamSpec("P")
Renew = Callable[[T, Touched], T]
_Shelf = OrderedDict[tuple[UUID, Hashable], tuple[int, Any]]
_TRIES: Final = 3
_all: weakref.WeakSet[Held[Any]] = weakref.WeakSet()


class Held(Generic[T]):
    """A bounded, thread-safe memory of answers. `capacity`: how much weight is kept for one store."""

    def __init__(self, capacity: int, weigh: Callable[[T], int] = lambda _: 1) -> None:
        self._capacity = capacity
        self._weigh = weigh
        self._shelves: weakref.WeakKeyDictionary[Database, _Shelf] = weakref.WeakKeyDictionary()
        self._lock = threading.Lock()
        _all.add(self)

    def get(self, db: Database, owner: UUID, key: Hashable, make: Callable[[], T], renew: Renew[T] | None = None) -> T:
        """The answer held under `key` for the owner's data as it is now, made if there is none.

        renew: brings an older answer up to date, given the months whose facts changed since; for answers from facts
        alone. Two threads may make the same answer at the same time; that is cheaper than one waiting for the other.
        """
        # The version is read first: a commit in between makes the answer fresher than its label, never staler.
        version = db.version(owner)
        with self._lock:
            shelf = self._shelves.setdefault(db, OrderedDict())
            kept: tuple[int, T] | None = shelf.get((owner, key))
            if kept is not None and kept[0] == version:
                shelf.move_to_end((owner, key))
                return kept[1]
        renewed = None if kept is None or renew is None else _renewed(db, owner, kept, renew)
        version, made = renewed or (version, make())
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


def forget_everything() -> None:
    """Drop all that is held of every question, for measuring and for tests."""
    for held in list(_all):
        held.forget()


def _renewed(db: Database, owner: UUID, kept: tuple[int, T], renew: Renew[T]) -> tuple[int, T] | None:
    """The answer brought up to date, with the version it is of; None when it has to be made from nothing.

    Its months are read at different times. When there was a commit between, some may lack what others have, so it is
    brought up to date once more.
    """
    version, answer = kept
    for _ in range(_TRIES):
        now = db.version(owner)
        touched = db.touched_since(owner, version)
        if touched is None:
            return None
        version, answer = now, renew(answer, touched) if touched else answer
        if db.version(owner) == version:
            return version, answer
    return None


def answered(
    capacity: int = 256, weigh: Callable[[Any], int] = lambda _: 1
) -> Callable[[Callable[Concatenate[Scope, P], T]], Callable[Concatenate[Scope, P], T]]:
    """Hold what a question answers, which a page asks again in every run: its arguments must be hashable.

    capacity, weigh: as `Held`.
    """

    def holding(question: Callable[Concatenate[Scope, P], T]) -> Callable[Concatenate[Scope, P], T]:
        held: Held[tuple[object, T]] = Held(capacity, lambda kept: weigh(kept[1]))

        @functools.wraps(question)
        def ask(scope: Scope, /, *args: P.args, **kwargs: P.kwargs) -> T:
            view = (scope.today, scope.start_day, scope.refunds_in_purchase_month)
            # Categories belong to the data version, unless somebody looks through others: kept, so that the id stays.
            key = (view, id(scope.categories), args, tuple(sorted(kwargs.items())))
            return held.get(scope.db, scope.owner, key, lambda: (scope.categories, question(scope, *args, **kwargs)))[1]

        return ask

    return holding
