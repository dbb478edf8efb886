"""What a run found, in one place: read by the tables, the chart and the goals."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence

from tests.benchmarks.rounds import Figure, Size


@dataclasses.dataclass(frozen=True, slots=True)
class Crowd:
    """One owner's slice alone in a file and among many owners' rows: milliseconds by mode.

    arrived: as the rows came in, before the wallet's rounds moved them together, which took `tidying` milliseconds.
    """

    rows: int
    owners: int
    alone: dict[str, float]
    arrived: dict[str, float]
    among: dict[str, float]
    tidying: float
    memory: dict[str, int]


@dataclasses.dataclass(frozen=True, slots=True)
class Found:
    """Everything. cold: milliseconds of whole processes by name, at `cold_rows`; absent: who was not there, and why."""

    sizes: tuple[Size, ...]
    crowd: Crowd | None
    cold: dict[str, float]
    cold_rows: int
    absent: dict[str, str]
    machine: str

    def time(self, name: str, rows: int, mode: str) -> float | None:
        """Milliseconds of one rival at one size; None where it was not measured."""
        found = self.figure(name, rows)
        return found.times[mode] if found else None

    def figure(self, name: str, rows: int) -> Figure | None:
        """One rival at one size."""
        every = (figure for size in self.sizes for figure in size.figures)
        return next((one for one in every if one.name == name and one.rows == rows), None)

    def names(self) -> list[str]:
        """Who was measured, ours first."""
        return list(dict.fromkeys(figure.name for size in self.sizes for figure in size.figures))

    def series(self, name: str, mode: str) -> list[tuple[int, float]]:
        """(rows, milliseconds) of one rival."""
        taken = [(size.rows, self.time(name, size.rows, mode)) for size in self.sizes]
        return [(rows, ms) for rows, ms in taken if ms is not None]

    def exponent(self, name: str, mode: str) -> float | None:
        """How time grows with rows: the slope of the line through the logarithms; None with one size."""
        return slope(self.series(name, mode))


def slope(points: Sequence[tuple[int, float]]) -> float | None:
    """The least squares slope of log y over log x."""
    if len(points) < 2:
        return None
    xs, ys = [math.log(x) for x, _ in points], [math.log(y) for _, y in points]
    mx, my = sum(xs) / len(xs), sum(ys) / len(ys)
    return sum((x - mx) * (y - my) for x, y in zip(xs, ys, strict=True)) / sum((x - mx) ** 2 for x in xs)
