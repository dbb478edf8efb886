"""What a caller holds while the writer works: a place where one answer arrives.

`concurrent.futures.Future` builds a condition, two locks and a list for each command and wakes through them; among
hundreds of clients that cost more than deciding a payment. One lock, taken here and released by the writer, is enough.
"""

from __future__ import annotations

import threading
from concurrent.futures import Future
from typing import Generic, TypeVar

T = TypeVar("T")


class Ticket(Generic[T]):
    """One answer, set once by the writer; any number of threads may wait for it."""

    __slots__ = ("_answer", "_failure", "_gate")

    def __init__(self) -> None:
        self._gate = threading.Lock()
        self._gate.acquire()
        self._failure: BaseException | None = None

    def set_result(self, answer: T) -> None:
        """Hand the answer over."""
        self._answer = answer
        self._gate.release()

    def set_exception(self, failure: BaseException) -> None:
        """Hand over why there is none."""
        self._failure = failure
        self._gate.release()

    def result(self) -> T:
        """The answer, once it is there.

        Raises:
            BaseException: what was handed over instead.
        """
        with self._gate:
            pass
        if self._failure is not None:
            raise self._failure
        return self._answer


Waiting = Ticket[T] | Future[T]  # a future where somebody wants to be called back
