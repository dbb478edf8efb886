"""Who is here and what their wallets hold, for the operator: names and balances, never what anybody bought.

Every question names the asker and answers nothing to anybody who is not the operator. It is asked anew each time: what
is held in memory is held per owner, and this is about all of them.
"""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from analytics.export import Cell, Column, Table
from analytics.scope import Scope
from data.money import POINTS


@dataclasses.dataclass(frozen=True, slots=True)
class Balance:
    """One wallet: what is available and what is set aside, minor units."""

    currency: str
    available: int
    held: int


@dataclasses.dataclass(frozen=True, slots=True)
class Member:
    """A person here. joined_at, frozen_since: UTC, None when it is not frozen.

    wallets: the first opened first, none before one is. points: what may be redeemed; debt: what later points repay.
    """

    owner: UUID
    name: str
    operator: bool
    joined_at: datetime
    wallets: tuple[Balance, ...]
    points: int
    debt: int
    frozen_since: datetime | None


@dataclasses.dataclass(frozen=True, slots=True)
class Page:
    """Some of them, by name; `number` counts from 1, `count` is of all that were meant."""

    members: tuple[Member, ...]
    number: int
    size: int
    count: int

    @property
    def pages(self) -> int:
        """How many pages there are, at least one."""
        return max(1, -(-self.count // self.size))


_ASKED: Final = """
FROM published_person p
WHERE EXISTS (SELECT 1 FROM published_person o WHERE o.owner = $owner AND o.operator)
    AND ($text = '' OR strpos(lower(p.name), $text) > 0)"""
_COUNT: Final = "SELECT count(*)" + _ASKED
_PEOPLE: Final = (
    "SELECT p.owner, p.name, p.operator, p.created_at" + _ASKED + " ORDER BY lower(p.name), p.name, p.owner"
)
_PAGE: Final = _PEOPLE + " LIMIT $limit OFFSET $offset"
_WALLETS: Final = """
SELECT a.owner, a.hint_key, cast(coalesce(sum(p.amount), 0) AS bigint)
FROM published_account a
LEFT JOIN published_posting p ON p.owner = a.owner AND p.account = a.id
WHERE a.owner IN (SELECT unnest(cast($owners AS uuid[])))
    AND (starts_with(a.hint_key, 'wallet:') OR starts_with(a.hint_key, 'held:'))
GROUP BY a.owner, a.hint_key, a.opened_at, a.id
ORDER BY a.opened_at, a.id"""
# A lot whose last day is over counts no more, whether or not it was taken away yet; no lot: a debt.
_POINTS: Final = """
SELECT p.owner,
    cast(sum(CASE WHEN p.lot IS NULL THEN 0 WHEN l.expires_on IS NULL OR l.expires_on >= $today THEN p.amount
        ELSE 0 END) AS bigint),
    cast(-sum(CASE WHEN p.lot IS NULL THEN p.amount ELSE 0 END) AS bigint)
FROM published_posting p
JOIN published_account a ON a.owner = p.owner AND a.id = p.account AND a.hint_key = 'points'
LEFT JOIN published_lot l ON l.owner = p.owner AND l.id = p.lot
WHERE p.owner IN (SELECT unnest(cast($owners AS uuid[]))) AND p.currency = $points
GROUP BY p.owner"""
_FROZEN: Final = """
SELECT s.owner, s.recorded_at FROM (
    SELECT w.owner, w.event, w.recorded_at, row_number() OVER (PARTITION BY w.owner ORDER BY w.seq DESC) AS newest
    FROM published_wallet_status w WHERE w.owner IN (SELECT unnest(cast($owners AS uuid[])))
) s WHERE s.newest = 1 AND s.event = 'frozen'"""


def members(scope: Scope, text: str = "", number: int = 1, size: int = 25) -> Page:
    """The people whose name has `text` in it, a page of them; `scope` is the operator's, else there are none."""
    named = {"owner": scope.owner, "text": text.strip().lower()}
    count = int(scope.db.read(_COUNT, named)[0][0])
    number = min(max(1, number), max(1, -(-count // size)))
    people = scope.db.read(_PAGE, {**named, "limit": size, "offset": (number - 1) * size})
    return Page(_with_wallets(scope, people), number, size, count)


def everybody(scope: Scope, text: str = "") -> tuple[Member, ...]:
    """All of them, for the file."""
    return _with_wallets(scope, scope.db.read(_PEOPLE, {"owner": scope.owner, "text": text.strip().lower()}))


def _with_wallets(scope: Scope, people: Sequence[tuple[Any, ...]]) -> tuple[Member, ...]:
    owners = {"owners": [row[0] for row in people]}
    if not people:
        return ()
    wallets: defaultdict[UUID, dict[str, int]] = defaultdict(dict)
    for owner, key, minor in scope.db.read(_WALLETS, owners):
        wallets[owner][key] = minor
    points = {
        owner: (living, debt)
        for owner, living, debt in scope.db.read(_POINTS, {**owners, "points": POINTS, "today": scope.today})
    }
    frozen = dict(scope.db.read(_FROZEN, owners))
    return tuple(
        _member(row, wallets.get(row[0], {}), points.get(row[0], (0, 0)), frozen.get(row[0])) for row in people
    )


def _member(
    row: tuple[Any, ...], sums: dict[str, int], points: tuple[int, int], frozen_since: datetime | None
) -> Member:
    owner, name, operator, joined_at = row
    living, debt = points
    return Member(
        owner=owner,
        name=name,
        operator=operator,
        joined_at=joined_at,
        wallets=tuple(
            Balance(currency, minor, sums.get(f"held:{currency}", 0))
            for kind, _, currency, minor in ((*key.partition(":"), minor) for key, minor in sums.items())
            if kind == "wallet"
        ),
        points=0 if debt > 0 else living,
        debt=max(0, debt),
        frozen_since=frozen_since,
    )


@dataclasses.dataclass(frozen=True, slots=True)
class Holder:
    """A person with a wallet, for choosing one: no amounts. currencies: the first opened first."""

    owner: UUID
    name: str
    currencies: tuple[str, ...]


_HOLDERS: Final = """
SELECT p.owner, p.name, a.hint_key
FROM published_person p
JOIN published_account a ON a.owner = p.owner AND starts_with(a.hint_key, 'wallet:')
WHERE EXISTS (SELECT 1 FROM published_person o WHERE o.owner = $owner AND o.operator)
ORDER BY lower(p.name), p.name, p.owner, a.opened_at, a.id"""


def holders(scope: Scope) -> tuple[Holder, ...]:
    """Everybody who has a wallet, by name; `scope` is the operator's, else there are none."""
    found: dict[tuple[UUID, str], list[str]] = {}
    for owner, name, key in scope.db.read(_HOLDERS, {"owner": scope.owner}):
        found.setdefault((owner, name), []).append(key.removeprefix("wallet:"))
    return tuple(Holder(owner, name, tuple(currencies)) for (owner, name), currencies in found.items())


_COLUMNS: Final = (
    Column("member"),
    Column("joined_on", Cell.DATE),
    Column("currency"),
    Column("available", Cell.MONEY),
    Column("on_hold", Cell.MONEY),
    Column("points", Cell.NUMBER),
    Column("points_debt", Cell.NUMBER),
    Column("status", Cell.WORD),
)


def table(found: Iterable[tuple[Member, Any]]) -> Table:
    """Members as a file, a row a wallet; each with the local day of joining. status: `open`, `frozen`, `none`."""
    rows: list[list[Any]] = []
    for one, joined_on in found:
        status = "frozen" if one.frozen_since else "open" if one.wallets else "none"
        rest = [one.points, one.debt, status]
        rows += [[one.name, joined_on, w.currency, w.available, w.held, *rest] for w in one.wallets] or [
            [one.name, joined_on, "", None, None, *rest]
        ]
    return Table("members", _COLUMNS, rows)
