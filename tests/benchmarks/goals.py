"""What the run should show: ratios within one run, each met or not, or not measured and then said so."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Final

from tests.benchmarks.figures import Found
from tests.benchmarks.worker import COVERING, OURS, PANDAS, POLARS, POSTGRES, ROLLUP, STREAMED

_MILLION: Final = 1_000_000
_SERVER_KIB: Final = 300 * 1024


@dataclasses.dataclass(frozen=True, slots=True)
class Goal:
    """One goal. found: what was measured, None where it could not be; at_least: that or more is good, else less."""

    what: str
    found: float | None
    limit: float
    at_least: bool = True
    unit: str = "×"

    @property
    def met(self) -> bool | None:
        """Whether it is; None when it was not measured."""
        if self.found is None:
            return None
        return self.found >= self.limit if self.at_least else self.found <= self.limit


def goals(found: Found) -> list[Goal]:
    """All of them, in the order of the issue."""
    return [*_uncached(found), *_held(found), *_changed(found), *_growth(found), *_elsewhere(found)]


def _ratio(found: Found, name: str, rows: int, mode: str, *, of_ours: bool = False) -> float | None:
    """How many times longer than ours the rival takes (or ours than the rival)."""
    theirs, ours = found.time(name, rows, mode), found.time(OURS, rows, mode)
    if theirs is None or ours is None:
        return None
    return ours / theirs if of_ours else theirs / ours


def _uncached(found: Found) -> Iterator[Goal]:
    for name, limit in ((COVERING, 30), (STREAMED, 10), (POSTGRES, 25), (POLARS, 1)):
        yield Goal(f"uncached, 1 M: {name} takes longer", _ratio(found, name, _MILLION, "uncached"), limit)


def _held(found: Found) -> Iterator[Goal]:
    for size in found.sizes:
        ratio = _ratio(found, ROLLUP, size.rows, "held", of_ours=True)
        yield Goal(f"held, {size.rows:,}: of {ROLLUP}", ratio, 0.2, at_least=False)
    for name, limit in ((COVERING, 300), (PANDAS, 40)):
        yield Goal(f"held, 1 M: {name} takes longer", _ratio(found, name, _MILLION, "held"), limit)


def _changed(found: Found) -> Iterator[Goal]:
    for size in found.sizes:
        if size.rows >= 100_000:
            ratio = _ratio(found, ROLLUP, size.rows, "change", of_ours=True)
            yield Goal(f"one durable change and all four, {size.rows:,}: of {ROLLUP}", ratio, 1.2, at_least=False)
    beancount, ours = found.cold.get("beancount"), found.time(OURS, 100_000, "change")
    ratio = beancount / ours if beancount and ours and found.cold_rows == 100_000 else None
    yield Goal("one durable change and all four, 100 k: beancount takes longer", ratio, 900)


def _growth(found: Found) -> Iterator[Goal]:
    for mode, limit in (("held", 0.2), ("uncached", 0.4)):
        yield Goal(f"growth exponent, {mode}", found.exponent(OURS, mode), limit, at_least=False, unit="")


def _elsewhere(found: Found) -> Iterator[Goal]:
    crowd, ours = found.crowd, found.cold.get(OURS)
    ratio = crowd.among["uncached"] / crowd.alone["uncached"] if crowd else None
    yield Goal("one owner among many: of the same owner alone, uncached", ratio, 1.2, at_least=False)
    for name, limit in (("hledger, four reports", 60), ("ledger, four reports", 12)):
        theirs = found.cold.get(name)
        ratio = theirs / ours if theirs and ours else None
        yield Goal(f"whole process cold, {found.cold_rows:,}: {name} takes longer", ratio, limit)
    largest = found.figure(OURS, 10_000_000)
    memory = largest.memory["most"] / 1024 if largest else None
    yield Goal("memory with 10 M rows in the file", memory, _SERVER_KIB / 1024, at_least=False, unit=" MB")
