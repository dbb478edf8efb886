"""Which booked rows are one event told twice: a wallet's row and the bank row that funded it, both ends of a transfer.

Pure, and a function of the rows and of what a person decided, never of the order in which files came. Rounds: shops'
own bills (JD, Meituan) find the wallet they were paid through, wallets find the bank, banks find each other. In every
round each row is used once and the total of points is the greatest possible.
"""

from __future__ import annotations

import bisect
import dataclasses
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from datetime import date, timedelta
from typing import Final
from uuid import UUID

from data.matching.assignment import best_pairs
from data.matching.certainty import WORTH_NOTHING, Chosen, Coverage, confidence, settled
from data.matching.evidence import (
    BANK,
    CERTAIN,
    EARLIEST,
    LATEST_REFUND,
    LIKELY,
    PAYING,
    Evidence,
    Row,
    is_combined,
    score,
    through_wallet,
    weigh,
    weigh_move,
    with_rarity,
)

_ALMOST: Final = 9_900  # nothing is beyond doubt
_DESCRIBING: Final = frozenset({"expense", "income", "refund", "transfer"})

Decided = Collection[tuple[UUID, UUID]]


@dataclasses.dataclass(frozen=True, slots=True)
class Pair:
    """Two rows that are one event. described: tells what it was; moved: states the movement. confidence: of 10,000."""

    described: UUID
    moved: UUID
    confidence: int
    evidence: tuple[Evidence, ...]

    @property
    def certain(self) -> bool:
        """Whether it may be applied without asking."""
        return self.confidence >= CERTAIN


@dataclasses.dataclass(frozen=True, slots=True)
class _Candidate:
    left: int
    right: int
    points: int
    evidence: tuple[Evidence, ...]


_Weighing = Callable[[Sequence[Row], Sequence[Row]], Iterator[_Candidate]]


def pair_rows(rows: Iterable[Row], accepted: Decided = (), rejected: Decided = ()) -> list[Pair]:
    """The pairs among these rows, at least likely each; accepted ones are settled and not told again.

    accepted, rejected: pairs of ids, (described, moved), that a person has decided.
    """
    listed = sorted(rows, key=lambda row: (*map(_comparable, row.said[:2]), repr(row.said[2:]), row.place))
    refused = {frozenset(two) for two in rejected}
    tell, hold = {one for one, _ in accepted}, {other for _, other in accepted}
    coverage = Coverage(listed)
    found: list[Pair] = []
    for lefts, rights, weighing in _rounds(listed):
        free_left = [row for row in lefts if row.id not in tell]
        free_right = [row for row in rights if row.id not in hold]
        candidates = [
            one
            for one in weighing(free_left, free_right)
            if frozenset((free_left[one.left].id, free_right[one.right].id)) not in refused
        ]
        for pair in _choose(free_left, free_right, candidates, coverage):
            found.append(pair)
            tell.add(pair.described)
            hold.add(pair.moved)
    paired = tell | hold
    moving = [row for row in listed if row.source == BANK and row.id not in paired]
    found += _moves(moving, refused, coverage)
    return found


def _comparable(value: object) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)


def _rounds(rows: Sequence[Row]) -> Iterator[tuple[list[Row], list[Row], _Weighing]]:
    telling = [row for row in rows if row.source != BANK and row.kind in _DESCRIBING]
    shops = [row for row in telling if row.source not in PAYING]
    wallets = [row for row in telling if row.source in PAYING]
    yield shops, wallets, _through_wallets
    yield telling, [row for row in rows if row.source == BANK], _candidates


def _through_wallets(shops: Sequence[Row], wallets: Sequence[Row]) -> Iterator[_Candidate]:
    for one in _candidates(shops, wallets):
        if shops[one.left].kind != wallets[one.right].kind:
            continue
        evidence = through_wallet(shops[one.left], wallets[one.right], one.evidence)
        found = _weighed(one.left, one.right, evidence)
        if found:
            yield found


def _candidates(lefts: Sequence[Row], rights: Sequence[Row]) -> Iterator[_Candidate]:
    by_amount, by_account, told = _Shelf(), _Shelf(), _told(lefts)
    for at, row in enumerate(rights):
        own = row.slots[0]
        by_amount.put((row.currency, own.minor), row.booked_on, at)
        by_account.put((row.currency, own.key), row.booked_on, at)
    for left, row in enumerate(lefts):
        seen: dict[int, _Candidate] = {}
        for slot in row.slots:
            if slot.own:
                continue
            key = (row.currency, slot.minor)
            near = by_amount.near(key, row.booked_on)
            only = near[0] if len(near) == 1 and len(told.around(key, rights[near[0]].booked_on)) == 1 else None
            if is_combined(row) and slot.key:
                there = by_account.near((row.currency, slot.key), row.booked_on)
                near = [*near, *(at for at in there if abs(rights[at].minor) < abs(slot.minor))]
            for right in near:
                evidence = weigh(row, slot, rights[right])
                one = _weighed(left, right, with_rarity(evidence) if evidence and right == only else evidence)
                if one and (right not in seen or one.points > seen[right].points):
                    seen[right] = one
        yield from seen.values()


def _told(lefts: Sequence[Row]) -> _Shelf:
    shelf = _Shelf()
    for at, row in enumerate(lefts):
        for slot in row.slots:
            if not slot.own:
                shelf.put((row.currency, slot.minor), row.booked_on, at)
    return shelf


class _Shelf:
    """Rows by what they must share, in the order of their days."""

    def __init__(self) -> None:
        self._days: defaultdict[tuple[str, int | str], list[tuple[date, int]]] = defaultdict(list)

    def put(self, key: tuple[str, int | str], day: date, at: int) -> None:
        self._days[key].append((day, at))  # told in the order of days

    def near(self, key: tuple[str, int | str], day: date) -> list[int]:
        """Movements that a row of this day may tell of."""
        return self._between(key, day + timedelta(EARLIEST), day + timedelta(LATEST_REFUND))

    def around(self, key: tuple[str, int | str], day: date) -> list[int]:
        """Rows that may tell of a movement of this day."""
        return self._between(key, day - timedelta(LATEST_REFUND), day - timedelta(EARLIEST))

    def _between(self, key: tuple[str, int | str], since: date, until: date) -> list[int]:
        listed = self._days.get(key, [])
        first = bisect.bisect_left(listed, (since, -1))
        return [at for _, at in listed[first : bisect.bisect_left(listed, (until + timedelta(1), -1), first)]]


def _weighed(left: int, right: int, evidence: tuple[Evidence, ...] | None) -> _Candidate | None:
    if evidence is None:
        return None
    points = score(evidence)
    return _Candidate(left, right, points, evidence) if points >= LIKELY else None


def _moves(rows: Sequence[Row], refused: Collection[frozenset[UUID]], coverage: Coverage) -> list[Pair]:
    """Both ends of transfers among statements of accounts; the end that names the other tells."""
    outs = [row for row in rows if row.minor < 0]
    ins = [row for row in rows if row.minor > 0]
    shelf = _Shelf()
    for at, row in enumerate(ins):
        shelf.put((row.currency, row.minor), row.booked_on, at)
    candidates = []
    for left, row in enumerate(outs):
        for right in shelf.near((row.currency, -row.minor), row.booked_on):
            other = ins[right]
            if other.slots[0].key != row.slots[0].key and frozenset((row.id, other.id)) not in refused:
                one = _weighed(left, right, weigh_move(row, other))
                candidates += [one] if one else []
    by_id = {row.id: row for row in rows}
    return [_telling_first(pair, by_id) for pair in _choose(outs, ins, candidates, coverage)]


def _telling_first(pair: Pair, rows: dict[UUID, Row]) -> Pair:
    out, into = rows[pair.described], rows[pair.moved]

    def rank(row: Row, other: Row) -> tuple[bool, bool]:
        return any(slot.key == other.slots[0].key for slot in row.slots[1:]), row.kind == "transfer"

    if rank(into, out) > rank(out, into):
        return dataclasses.replace(pair, described=into.id, moved=out.id)
    return pair


def _choose(
    lefts: Sequence[Row], rights: Sequence[Row], candidates: Iterable[_Candidate], coverage: Coverage
) -> list[Pair]:
    by_rows = {(one.left, one.right): one for one in candidates}
    chosen = best_pairs({two: one.points - WORTH_NOTHING for two, one in by_rows.items()})
    ordered = _in_order(lefts, rights, chosen)
    if all(two in by_rows for two in ordered.items()):  # a refusal may part twins
        chosen = ordered
    margins = Chosen(lefts, rights, {two: one.points for two, one in by_rows.items()}, chosen).margins()
    pairs = []
    for left, right in sorted(chosen.items()):
        told, held, margin = lefts[left], rights[right], margins[left, right]
        evidence = settled(by_rows[left, right].evidence, margin, (told, held), coverage)
        pairs.append(Pair(told.id, held.id, min(confidence(evidence), _ALMOST), evidence))
    return pairs


def _in_order(lefts: Sequence[Row], rights: Sequence[Row], chosen: dict[int, int]) -> dict[int, int]:
    """Twins say the same, so any choice among them is as good: the first takes the first."""
    twins: defaultdict[tuple[object, ...], list[int]] = defaultdict(list)
    for right, row in enumerate(rights):
        twins[row.said].append(right)
    alike: defaultdict[tuple[object, ...], list[int]] = defaultdict(list)
    settled: dict[int, int] = {}
    for left in sorted(chosen):
        settled[left] = twins[rights[chosen[left]].said].pop(0)
        alike[lefts[left].said].append(left)
    for group in alike.values():
        settled.update(zip(group, sorted(settled[left] for left in group), strict=True))
    return settled
