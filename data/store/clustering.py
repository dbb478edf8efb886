"""Keeping facts in (owner, date) order although they arrive in the order of time: which rows to move, and moving them.

DuckDB keeps rows in groups, in the order in which they came, and passes over groups whose smallest and largest values
show that they hold nothing that is asked for. Where many owners' rows come in turn, every group has something of each.
So owners whose facts lie scattered are moved, one slice after the other in the order of owners and dates, to the end of
the table. Each slice is one commit, so that no fact is ever missing or there twice, whatever happens between.
"""

from __future__ import annotations

import contextlib
import dataclasses
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Final, NamedTuple
from uuid import UUID

import duckdb

from data.ids import new_request_id
from data.store.chain import UNCOMMITTED
from data.store.command import NOBODY
from data.store.facts import Query
from data.store.touched import Touches
from data.store.writer import Landing, Writer

GROUP: Final = 122_880  # rows that DuckDB keeps together
SLICE: Final = 2 * GROUP  # rows moved at once
_SPARE: Final = 3  # how many groups more than needed an owner's facts may lie in
_OVERLAP: Final = 3  # how many times over an owner's days may be spread over the groups
_GROWN: Final = GROUP // 20  # by how many rows an owner has to grow before being moved again
_ALWAYS: Final = (date(1, 1, 1), date(9999, 12, 31))


class Place(NamedTuple):
    """The facts of one owner that lie in one group: how many, and from which day to which."""

    owner: UUID
    group: int
    rows: int
    first: date
    last: date


@dataclasses.dataclass(frozen=True, slots=True)
class Slice:
    """What is moved at once: these owners' facts of the days from `first` to before `until`."""

    owners: tuple[UUID, ...]
    first: date
    until: date


# The number of a row in the table is DuckDB's, like the groups themselves; on PostgreSQL an index does all this.
_PLACES: Final = """
SELECT owner, floor_share(rowid, 1, 122880) AS place, count(*), min(booked_on), max(booked_on)
FROM fact GROUP BY owner, floor_share(rowid, 1, 122880) ORDER BY owner, place"""
_ROWS: Final = "SELECT count(*) FROM fact"
_DAYS: Final = "SELECT booked_on, count(*) FROM fact WHERE owner = $owner GROUP BY booked_on ORDER BY booked_on"


def places(query: Query) -> list[Place]:
    """Where everybody's facts lie; nothing while there are so few that it does not matter."""
    ((rows,),) = query(_ROWS, {})
    return [Place(*row) for row in query(_PLACES, {})] if rows > (1 + _SPARE) * GROUP else []


def scattered(found: Iterable[Place], moved: Mapping[UUID, int]) -> dict[UUID, int]:
    """The owners whose facts lie in too many places, in their order, with how many facts they have.

    moved: how many facts those had who were moved already; only new rows scatter them again.
    """
    by_owner: defaultdict[UUID, list[Place]] = defaultdict(list)
    for one in found:
        by_owner[one.owner].append(one)
    sizes = {owner: sum(one.rows for one in theirs) for owner, theirs in by_owner.items()}
    return {
        owner: sizes[owner]
        for owner in sorted(by_owner)
        if _is_scattered(by_owner[owner], sizes[owner])
        and (owner not in moved or sizes[owner] >= moved[owner] + _GROWN)
    }


def _is_scattered(theirs: Sequence[Place], rows: int) -> bool:
    needed = 1 + -(-rows // GROUP)
    if len(theirs) > needed + _SPARE:
        return True
    whole = (max(one.last for one in theirs) - min(one.first for one in theirs)).days + 1
    return rows > _SPARE * GROUP and sum((one.last - one.first).days + 1 for one in theirs) > _OVERLAP * whole


def slices(query: Query, owners: Mapping[UUID, int], most: int = SLICE) -> list[Slice]:
    """How to move these owners, in order: several small ones at once, a large one's days stretch by stretch."""
    found: list[Slice] = []
    together: list[UUID] = []
    held = 0
    for owner in sorted(owners):
        if together and held + owners[owner] > most:
            found.append(Slice(tuple(together), *_ALWAYS))
            together, held = [], 0
        if owners[owner] > most:
            found += _stretches(owner, query(_DAYS, {"owner": owner}), most)
        else:
            together.append(owner)
            held += owners[owner]
    return [*found, Slice(tuple(together), *_ALWAYS)] if together else found


def _stretches(owner: UUID, days: Sequence[tuple[date, int]], most: int) -> list[Slice]:
    edges, held = [_ALWAYS[0]], 0
    for day, rows in days:
        if held and held + rows > most:
            edges.append(day)
            held = 0
        held += rows
    return [Slice((owner,), first, until) for first, until in zip(edges, [*edges[1:], _ALWAYS[1]], strict=True)]


# The rows of a transaction that is open are numbered from here on, those to be deleted are below.
_COPY: Final = """
INSERT INTO fact SELECT * FROM fact
WHERE owner IN (SELECT unnest(cast($owners AS uuid[]))) AND booked_on >= $first AND booked_on < $until
ORDER BY owner, booked_on, seq, part"""
_DELETE: Final = """
DELETE FROM fact
WHERE owner IN (SELECT unnest(cast($owners AS uuid[]))) AND booked_on >= $first AND booked_on < $until
    AND rowid < $uncommitted"""


def move(con: duckdb.DuckDBPyConnection, writer: Writer, version: Callable[[UUID], int], part: Slice) -> bool:
    """Write a slice once more, in order, at the end of the table, and delete where it was; in one commit.

    It is written beside the writer, which only deletes and commits. False: somebody's facts changed meanwhile, and
    everything is as it was. version: of an owner's data. con: for this alone.

    Raises:
        StoreClosed: when the app is shutting down.
    """
    bound = {"owners": list(part.owners), "first": part.first, "until": part.until}
    before = [version(owner) for owner in part.owners]  # read before the transaction begins, so rather too old

    def holds() -> bool:
        return [version(owner) for owner in part.owners] == before

    def finish() -> None:
        con.execute(_DELETE, {**bound, "uncommitted": UNCOMMITTED}).fetchall()

    con.execute("BEGIN")
    try:
        con.execute(_COPY, bound).fetchall()
        key = (NOBODY, "move_facts", new_request_id())
        return writer.land(Landing(con, key, [], frozenset(), Touches(), holds, finish)).result()
    except duckdb.TransactionException:  # a row is being changed this very moment
        return False
    finally:
        with contextlib.suppress(duckdb.Error):  # it was committed
            con.execute("ROLLBACK")
