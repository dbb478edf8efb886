"""What the process keeps of answers: per store and owner, valid for one data version, the least used forgotten first.

How much is kept is bounded by the answers' weight (their number, unless something else is weighed).

A change of the owner's data makes everything held of that owner stale at once; the next question reads again. An answer
that comes from facts alone can be renewed instead: only the months that the change touched are read, or nothing when
the new facts are told. One that comes from a few tables stays good while nothing is written there.
"""

from __future__ import annotations

import dataclasses
import functools
import threading
import weakref
from collections import OrderedDict
from collections.abc import Callable, Collection, Hashable
from typing import TYPE_CHECKING, Any, Concatenate, Final, Generic, ParamSpec, TypeVar
from uuid import UUID

from data.database import Database
from data.period import Touched

if TYPE_CHECKING:
    from analytics.scope import Scope

T = TypeVar("T")
P = ParamSpec("P")
Renew = Callable[[T, Touched], T]
_TRIES: Final = 3
_all: weakref.WeakSet[Held[Any]] = weakref.WeakSet()


@dataclasses.dataclass(frozen=True, slots=True)
class _Kept(Generic[T]):
    """An answer. exact: it is of that version; else it may know of later commits already."""

    version: int
    exact: bool
    answer: T
    weight: int = 0


_Shelf = OrderedDict[tuple[UUID, Hashable], _Kept[Any]]


class Held(Generic[T]):
    """A bounded, thread-safe memory of answers. `capacity`: how much weight is kept for one store."""

    def __init__(self, capacity: int, weigh: Callable[[T], int] = lambda _: 1) -> None:
        self._capacity = capacity
        self._weigh = weigh
        self._shelves: weakref.WeakKeyDictionary[Database, _Shelf] = weakref.WeakKeyDictionary()
        self._lock = threading.Lock()
        _all.add(self)

    def get(
        self,
        db: Database,
        owner: UUID,
        key: Hashable,
        make: Callable[[], T],
        renew: Renew[T] | None = None,
        tables: Collection[str] = (),
    ) -> T:
        """The answer held under `key` for the owner's data as it is now, made if there is none.

        renew: brings an older answer up to date, given the months whose facts changed since; for answers from facts
        alone. tables: all that the answer is read from, so that it stays good while nothing is written there. Two
        threads may make the same answer at the same time; that is cheaper than one waiting for the other.
        """
        # The state is asked first: a commit in between makes the answer fresher than its label, never staler.
        state = db.state(owner)
        with self._lock:
            shelf = self._shelves.setdefault(db, OrderedDict())
            kept: _Kept[T] | None = shelf.get((owner, key))
            if kept is not None and kept.version == state[0]:
                shelf.move_to_end((owner, key))
                return kept.answer
        fresh = None
        if kept is not None and tables:
            fresh = (
                None
                if db.wrote_since(owner, kept.version, tables)
                else _Kept(state[0], exact=False, answer=kept.answer)
            )
        elif kept is not None and renew is not None:
            fresh = _renewed(db, owner, kept, renew)
        if fresh is None:
            made = make()
            fresh = _Kept(state[0], _is_still(db, owner, state), made)
        weight = self._weigh(fresh.answer)
        with self._lock:
            shelf[owner, key] = dataclasses.replace(fresh, weight=weight)
            shelf.move_to_end((owner, key))
            self._make_room(shelf)
        return fresh.answer

    def _make_room(self, shelf: _Shelf) -> None:
        weight = sum(kept.weight for kept in shelf.values())
        while weight > self._capacity and len(shelf) > 1:
            _, oldest = shelf.popitem(last=False)
            weight -= oldest.weight

    def forget(self) -> None:
        """Drop everything, for measuring and for tests."""
        with self._lock:
            self._shelves.clear()


def forget_everything() -> None:
    """Drop all that is held of every question, for measuring and for tests."""
    for held in list(_all):
        held.forget()


def _renewed(db: Database, owner: UUID, kept: _Kept[T], renew: Renew[T]) -> _Kept[T] | None:
    """The answer brought up to date; None when it has to be made from nothing.

    Its months are read at different times. When there was a commit between, some may lack what others have, so it is
    brought up to date once more. New facts are added only to an answer of which it is certain that it lacks them.
    """
    for _ in range(_TRIES):
        state = db.state(owner)
        touched = db.touched_since(owner, kept.version)
        if touched is None:
            return None
        if touched:
            told = touched if kept.exact else dataclasses.replace(touched, added=None)
            answer = renew(kept.answer, told)
            kept = _Kept(touched.version, state[0] == touched.version and _is_still(db, owner, state), answer)
        else:
            kept = _Kept(touched.version, kept.exact, kept.answer)
        if db.version(owner) == kept.version:
            return kept
    return None


def _is_still(db: Database, owner: UUID, state: tuple[int, bool]) -> bool:
    """Whether what was read since then is of that very version."""
    return state[1] and db.state(owner) == state


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
