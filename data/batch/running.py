"""Running a batch: lines are read, carried out in their order, and answered in their order.

One thread knows how things stand; it alone hands lines to the wallet and writes outcomes. It is told what happened by
the reader of the file, by the wallet's writer and by the clients, who wait for banks. Many lines are under way at once,
so that the writer finds company for each sync of the disk; an outcome is written when it is on disk, never before.
"""

from __future__ import annotations

import dataclasses
import threading
from collections import deque
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from queue import SimpleQueue
from typing import Final, Protocol

from data.batch import reading
from data.batch.outcomes import text_of, text_of_invalid
from data.batch.reaching import Reach, reach_of
from data.batch.reading import Asked, Invalid
from data.batch.steps import Errand, Step, Steps
from data.batch.turns import Turns
from data.running import Running
from data.store.vault import Answer

_UNDER_WAY: Final = 2048  # lines read and not answered yet: several of the writer's groups


class Output(Protocol):
    """Where outcomes go."""

    def write(self, text: str, /) -> object: ...  # noqa: D102 - as files have it
    def flush(self) -> object: ...  # noqa: D102


def apply(running: Running, source: Iterable[bytes], output: Output, *, clients: int = 1) -> int:
    """Carry out every line and write its outcome; how many lines there were.

    clients: how many may wait for a bank at once. With more than one, only each member's lines keep their order.
    """
    with ThreadPoolExecutor(clients, thread_name_prefix="client") as pool:
        return _Batch(Steps(running), pool, output, one_client=clients == 1).run(source)


@dataclasses.dataclass(slots=True, eq=False)
class _Job:
    """A command in its place. told: its outcome, None while it is under way."""

    asked: Asked
    reach: Reach
    told: str | None = None


@dataclasses.dataclass(slots=True, eq=False)
class _Fault:
    """A line that is no command, in its place."""

    told: str


class _Batch:
    def __init__(self, steps: Steps, pool: ThreadPoolExecutor, output: Output, *, one_client: bool) -> None:
        self._steps = steps
        self._pool = pool
        self._output = output
        self._one_client = one_client
        self._events: SimpleQueue[Callable[[], None]] = SimpleQueue()
        self._room = threading.Semaphore(_UNDER_WAY)
        self._unanswered: deque[_Job | _Fault] = deque()
        self._turns: Turns[_Job] = Turns()
        self._count = 0
        self._reading = True
        self._failure: Exception | None = None

    def run(self, source: Iterable[bytes]) -> int:
        """Until every line is answered; how many there were. A file that cannot be read on is answered so far."""
        threading.Thread(target=self._read, args=(source,), name="reader", daemon=True).start()
        while self._reading or self._unanswered:
            if self._events.empty():
                self._output.flush()  # whoever feeds us line by line waits for the answer
            self._events.get()()
            self._write()
        self._output.flush()
        if self._failure is not None:
            raise self._failure
        return self._count

    def _read(self, source: Iterable[bytes]) -> None:
        """In the reader's thread, and never further ahead than there is room."""
        failure: Exception | None = None
        try:
            for raw in source:
                self._room.acquire()
                self._events.put(partial(self._admit, raw))
        except Exception as error:  # noqa: BLE001 - it is raised where the batch runs, after what came before it
            failure = error
        self._events.put(partial(self._end, failure))

    def _end(self, failure: Exception | None) -> None:
        self._reading, self._failure = False, failure

    def _admit(self, raw: bytes) -> None:
        self._count += 1
        found = reading.read(self._count, raw)
        if isinstance(found, Invalid):
            self._unanswered.append(_Fault(text_of_invalid(found)))
            return
        job = _Job(found, reach_of(found.line, one_client=self._one_client))
        self._unanswered.append(job)
        if self._turns.admits(job):
            self._begin(job)

    def _begin(self, job: _Job) -> None:
        step = self._steps.begin(job.asked)
        if step.said is not None:
            job.told = text_of(job.asked.request_id, step.said)
            return
        self._turns.keep(job)
        if step.errand is not None:
            self._send(job, step, step.errand)
        elif step.answer is not None:
            step.answer.add_done_callback(lambda answer: self._events.put(partial(self._answered, job, step, answer)))

    def _answered(self, job: _Job, step: Step, answer: Future[Answer]) -> None:
        errand = self._steps.errand(step, answer.result())
        if errand is None:
            self._done(job, step, answer)
        else:
            self._send(job, step, errand)

    def _send(self, job: _Job, step: Step, errand: Errand) -> None:
        """Send a client."""
        sent = self._pool.submit(errand)
        sent.add_done_callback(lambda answer: self._events.put(partial(self._done, job, step, answer)))

    def _done(self, job: _Job, step: Step, answer: Future[Answer]) -> None:
        job.told = text_of(job.asked.request_id, self._steps.conclude(step, answer.result()))
        for other in self._turns.release(job):
            self._begin(other)

    def _write(self) -> None:
        while self._unanswered and (told := self._unanswered[0].told) is not None:
            self._output.write(told + "\n")
            self._unanswered.popleft()
            self._room.release()
