"""How far a long commit is: set by the writer, told in the thread of whoever waits."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final

from data.store.command import Rows, Write

Progress = Callable[[float], None]
_BUILT: Final = 0.5  # how far a commit is when its rows are built; the rest is writing them


class Report:
    """How far a commit is: set from any thread, shown from the caller's, since a page cannot be drawn from another."""

    def __init__(self, progress: Progress | None) -> None:
        self._progress = progress
        self._reached = 0.0
        self._shown = -1.0

    def __call__(self, reached: float) -> None:
        """So far it has come; never back."""
        self._reached = max(self._reached, reached)

    def built(self, share: float) -> None:
        """So much of the rows is built; called from the thread that may show it."""
        self(_BUILT * share)
        self.show()

    def show(self) -> None:
        """Tell what is new."""
        if self._progress and self._reached > self._shown:
            self._shown = self._reached
            self._progress(self._reached)


class Watched(Sequence[Write | Rows]):
    """Writes that tell how many of them are done while the writer goes through them."""

    def __init__(self, writes: Sequence[Write | Rows], report: Report) -> None:
        self._writes = writes
        self._report = report

    def __len__(self) -> int:
        return len(self._writes)

    def __getitem__(self, at: Any) -> Any:  # noqa: ANN401 - an index or a slice
        return self._writes[at]

    def __iter__(self) -> Iterator[Write | Rows]:
        for done, write in enumerate(self._writes):
            self._report(_BUILT + (1 - _BUILT) * done / (len(self._writes) + 1))
            yield write
