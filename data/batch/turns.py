"""Whose turn it is: lines wait here until what they wait for is done. Pure."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable, Iterator
from typing import Generic, Protocol, TypeVar

from data.batch.reaching import EVERYBODY, Key, Reach, is_lane


class Reaching(Protocol):
    """Whatever has a reach."""

    @property
    def reach(self) -> Reach: ...  # noqa: D102 - the class says it


J = TypeVar("J", bound=Reaching)


class Turns(Generic[J]):
    """Who waits, in order, and what is kept busy by those who are under way."""

    def __init__(self) -> None:
        self._waiting: deque[J] = deque()
        self._promised: Counter[Key] = Counter()  # lanes in which somebody waits
        self._waiting_alone = 0
        self._busy: Counter[Key] = Counter()

    def admits(self, job: J) -> bool:
        """Whether a job may begin now; else it waits, and `release` will name it."""
        reach = job.reach
        behind = self._waiting_alone or any(lane in self._promised for lane in reach.lanes)
        if not behind and not (reach.alone and self._waiting) and self._is_free(reach):
            return True
        self._waiting.append(job)
        self._promised.update(reach.lanes)
        self._waiting_alone += reach.alone
        return False

    def keep(self, job: J) -> None:
        """The job has begun: what it blocks is busy until it is released."""
        self._busy.update(job.reach.blocks)

    def release(self, job: J) -> Iterator[J]:
        """The job is done. Whoever may begin now, one after the other: each is asked for after the one before began."""
        _drop(self._busy, job.reach.blocks)
        still = deque[J]()
        promised = set[Key]()
        while self._waiting and EVERYBODY not in self._busy and EVERYBODY not in promised:
            reach = self._waiting[0].reach
            if not promised & reach.lanes and not (reach.alone and still) and self._is_free(reach):
                yield self._leave()
            elif reach.alone:
                break
            else:
                still.append(self._waiting.popleft())
                promised |= reach.lanes
        self._waiting.extendleft(reversed(still))

    def _leave(self) -> J:
        job = self._waiting.popleft()
        _drop(self._promised, job.reach.lanes)
        self._waiting_alone -= job.reach.alone
        return job

    def _is_free(self, reach: Reach) -> bool:
        busy = self._busy
        if not busy:
            return True
        if reach.alone and any(is_lane(key) for key in busy):
            return False
        return EVERYBODY not in busy and not any(key in busy for key in (*reach.lanes, *reach.waits))


def _drop(counter: Counter[Key], keys: Iterable[Key]) -> None:
    for key in keys:
        counter[key] -= 1
        if not counter[key]:
            del counter[key]
