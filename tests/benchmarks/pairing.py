"""How well rows of overlapping files are found to be one event: `python -m tests.benchmarks.pairing`.

Who is right is known in the worlds of `overlapping`, so precision and recall can be counted, beside what a simpler
program would do: the same amount on the same day, or within three days, first come first served. The last columns count
recall among the pairs that the rows do not leave open by the world's own chances. A second line shows the worst seed.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from typing import Final

from data.matching.evidence import BANK, Row
from data.matching.pairing import pair_rows
from tests.benchmarks.overlapping import WORLDS, Judge, Two, World, Writer, same_books

Method = Callable[[Sequence[Row]], set[Two]]
Books = Counter[tuple[object, ...]]


def greedy(days: int) -> Method:
    """The baseline: in the order of the file, the first free bank row of the same amount at most so many days apart."""

    def pairs(rows: Sequence[Row]) -> set[Two]:
        free: defaultdict[int, list[Row]] = defaultdict(list)
        for row in rows:
            if row.source == BANK:
                free[row.minor].append(row)
        found: set[Two] = set()
        for row in rows:
            near = [one for one in _fitting(row, free) if abs((one.booked_on - row.booked_on).days) <= days]
            if near:
                found.add((row.id, near[0].id))
                free[near[0].minor].remove(near[0])
        return found

    return pairs


def _fitting(row: Row, free: dict[int, list[Row]]) -> Iterator[Row]:
    """Bank rows of the amount; of a transfer's outgoing end, its other end on another account."""
    if row.source != BANK:
        for minor in {slot.minor for slot in row.slots}:
            yield from free[minor]
    elif row.kind == "transfer" and row.minor < 0:
        account = row.slots[0].key
        yield from (one for one in free[-row.minor] if one.kind == "transfer" and one.slots[0].key != account)


def ours(rows: Sequence[Row]) -> tuple[set[Two], set[Two]]:
    """Everything that is found, and what of it is applied without asking."""
    pairs = pair_rows(rows)
    found, applied = (
        {(one.described, one.moved) for one in some} for some in (pairs, [one for one in pairs if one.certain])
    )
    return found, applied


METHODS: Final = ("same amount, same day", "same amount, ±3 days", "found", "of it applied")


class Measured:
    """One world of one seed: precision and recall of a method. Pairs that leave the same books are as good."""

    def __init__(self, world: World, seed: int) -> None:
        written = Writer(world, seed)
        self.rows = written.rows
        self._told = {row.id: row for row in written.rows}
        self._paired = {row for two in written.truth for row in two}
        self._truth = self._books(written.truth)
        open_ = Judge(world, written).undecidable()
        self._known = self._books(written.truth - open_)
        self.open = len(open_) / max(1, len(written.truth))

    def _books(self, pairs: set[Two]) -> Books:
        return Counter(self._one(two) for two in pairs)

    def _one(self, two: Two) -> tuple[object, ...]:
        rows = sorted((self._told[one] for one in two), key=lambda row: (row.source == BANK, row.minor))
        return tuple(same_books(row, paired=row.id in self._paired) for row in rows)

    def all(self) -> list[tuple[float, float, float]]:
        """The figures of each method."""
        return [self._of(pairs) for pairs in (greedy(0)(self.rows), greedy(3)(self.rows), *ours(self.rows))]

    def _of(self, pairs: set[Two]) -> tuple[float, float, float]:
        """Precision, recall, and recall among what the rows decide."""
        found = self._books(pairs)
        right, known = (sum((truth & found).values()) for truth in (self._truth, self._known))
        whole, sure = sum(self._truth.values()), sum(self._known.values())
        return right / max(1, len(pairs)), right / max(1, whole), known / max(1, sure)


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--first", type=int, default=0, help="the first seed; those below 100 were looked at")
    parser.add_argument("--world", action="append", help="only worlds of this name")
    asked = parser.parse_args(arguments)
    heads = "".join(f"{name:>24}" for name in METHODS)
    sys.stdout.write(f"{'precision / recall':<24}{heads}{'open':>8}{'found':>9}{'applied':>9}\n")
    for world in WORLDS:
        if not asked.world or world.name in asked.world:
            _print(world, range(asked.first, asked.first + asked.seeds))
    if not asked.world:
        _speed(5_000)
        _speed(20_000)
    return 0


def _print(world: World, seeds: Sequence[int]) -> None:
    made = [Measured(world, seed) for seed in seeds]
    each = dict(zip(METHODS, zip(*(one.all() for one in made), strict=True), strict=True))
    for label, over, most in ((world.name, _mean, _mean), ("  worst seed", min, max)):
        figures = {name: [over(column) for column in zip(*rows, strict=True)] for name, rows in each.items()}
        cells = "".join(f"{precision:>15.4f} / {recall:.4f}" for precision, recall, _ in figures.values())
        known = "".join(f"{figures[name][2]:>9.4f}" for name in ("found", "of it applied"))
        sys.stdout.write(f"{label:<24}{cells}{most([one.open for one in made]):>8.3f}{known}\n")


def _mean(figures: Sequence[float]) -> float:
    return sum(figures) / len(figures)


def _speed(purchases: int) -> None:
    rows = Writer(World("speed", purchases=purchases, coupons=3, split=3, lost=2), 7).rows
    begun = time.process_time()
    found = pair_rows(rows)
    sys.stdout.write(f"{len(rows)} rows, {len(found)} pairs in {time.process_time() - begun:.1f} s\n")


if __name__ == "__main__":
    raise SystemExit(main())
