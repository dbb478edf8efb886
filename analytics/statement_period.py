"""One statement's period, row by row: what is ticked, what its file has, what may explain the difference."""

from __future__ import annotations

import dataclasses
from datetime import date
from typing import Any, Final
from uuid import UUID

from analytics.accounts import accounts
from analytics.held import Held
from analytics.reconcile import Statement
from analytics.scope import Scope
from data.ids import EntryId
from data.ledger.accounts import is_wallet
from data.ledger.explaining import NEAR, USUAL, Around, Candidate, Row, explain

_PERIODS: Final = 64
_OWN_KINDS: Final = frozenset({"opening", "adjustment"})


@dataclasses.dataclass(frozen=True, slots=True)
class Line:
    """One entry on the account. on: as the account's statement dates it; minor: what it did to the account.

    in_file: whether the statement's own file has it, None when there is no file. own: an opening balance or a
    correction, which stands on no paper. account: where it stands, for a row of another account.
    """

    entry: EntryId
    on: date
    booked_on: date
    minor: int
    kind: str
    payee: str
    description: str
    note: str
    category: str | None
    in_file: bool | None
    own: bool
    ticked: bool
    account: UUID | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class Explained:
    """A candidate, with its rows as a person reads them."""

    candidate: Candidate
    lines: tuple[Line, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class Booked:
    """What was booked for the statement and stands. event: `adjusted` or `started`."""

    event: str
    line: Line


@dataclasses.dataclass(frozen=True, slots=True)
class Period:
    """A statement opened. before: what was held when its period began; lines: oldest first; amounts in minor units."""

    statement: Statement
    before: int
    lines: tuple[Line, ...]
    explained: tuple[Explained, ...]
    booked: tuple[Booked, ...]

    @property
    def on_paper(self) -> tuple[Line, ...]:
        """The rows that a statement may have."""
        return tuple(line for line in self.lines if not line.own)

    @property
    def own(self) -> int:
        """What openings and corrections of the period moved."""
        return sum(line.minor for line in self.lines if line.own)

    @property
    def ticked(self) -> int:
        """What the ticked rows moved."""
        return sum(line.minor for line in self.on_paper if line.ticked)

    @property
    def remaining(self) -> int:
        """What the statement says beyond the beginning and everything ticked so far."""
        return self.statement.balance.minor - self.before - self.own - self.ticked

    @property
    def waiting(self) -> int:
        """How many rows are not ticked yet."""
        return sum(not line.ticked for line in self.on_paper)


_held_periods: Held[Period] = Held(_PERIODS)


def period(scope: Scope, statement: Statement) -> Period:
    """The rows of a statement's period, what may explain its difference, and what was booked for it."""
    return _held_periods.get(scope.db, scope.owner, statement.id, lambda: _period(scope, statement))


_LINES: Final = """
SELECT r.entry, min(r.stated_on) AS stated_on, min(r.booked_on), cast(sum(r.amount) AS bigint), min(r.kind),
    coalesce(min(f.payee), min(r.payee)), coalesce(min(f.description), min(r.description)),
    coalesce(min(f.note), min(r.note)), min(f.category), min(r.batch), min(r.account)
FROM published_account_row r
LEFT JOIN (
    SELECT entry, min(payee) AS payee, min(description) AS description, min(note) AS note,
        CASE WHEN count(DISTINCT category) = 1 THEN min(category) END AS category
    FROM published_fact WHERE owner = $owner GROUP BY entry
) f ON f.entry = r.entry
WHERE r.owner = $owner AND r.currency = $currency AND r.stated_on <= $through
    AND (cast($since AS date) IS NULL OR r.stated_on > cast($since AS date))
    AND r.account IN (SELECT unnest(cast($accounts AS uuid[])))
GROUP BY r.entry HAVING sum(r.amount) <> 0
ORDER BY stated_on, max(r.occurred_at), max(r.seq)"""
_TICKED: Final = "SELECT entry FROM published_tick WHERE owner = $owner AND assertion = $assertion"
_BOOKED: Final = """
SELECT entry, event, assertion FROM published_assertion
WHERE owner = $owner AND matter = 'booked' AND event IN ('adjusted', 'started') ORDER BY seq"""


def _period(scope: Scope, statement: Statement) -> Period:
    standing = statement.standing
    family = _family(scope, standing.stated.asserted.account)
    since = standing.since
    asked: dict[str, Any] = {
        "owner": scope.owner,
        "accounts": family,
        "currency": statement.balance.currency,
        "since": since - USUAL if since else None,
        "through": statement.on + NEAR,
    }
    booked = scope.db.read(_BOOKED, {"owner": scope.owner})
    known = _Known(
        stated=_in_file(scope, statement),
        ticked={row[0] for row in scope.db.read(_TICKED, {"owner": scope.owner, "assertion": statement.id})},
        booked={row[0] for row in booked},
    )
    lines = [known.line(row) for row in scope.db.read(_LINES, asked)]
    before = [line for line in lines if since is not None and line.on <= since]
    after = [line for line in lines if line.on > statement.on]
    within = [line for line in lines if line.on <= statement.on and (since is None or line.on > since)]
    held = standing.ours - sum(line.minor for line in within)
    mine = {row[0]: row[1] for row in booked if row[2] == statement.id}
    other = _elsewhere(scope, statement, family)
    around = Around(
        statement.on,
        [_row(line) for line in within if line.kind != "opening"],
        [_row(line) for line in after],
        [_row(line) for line in before],
        [_row(line) for line in other],
    )
    by_entry = {line.entry: line for line in (*other, *lines)}
    found = explain(statement.balance.minor, standing.ours, around) if standing.carried is None else []
    return Period(
        statement=statement,
        before=held,
        lines=tuple(within),
        explained=tuple(Explained(one, tuple(by_entry[entry] for entry in one.entries)) for one in found),
        booked=tuple(Booked(mine[line.entry], line) for line in lines if line.entry in mine),
    )


@dataclasses.dataclass(frozen=True, slots=True)
class _Known:
    """What is known about entries. stated: those of the statement's files, with the files; None: typed in only."""

    stated: tuple[frozenset[UUID], frozenset[UUID]] | None
    ticked: set[UUID]
    booked: set[UUID]

    def line(self, row: tuple[Any, ...]) -> Line:
        """A row of the query as a line."""
        entry, on, booked_on, minor, kind, payee, description, note, category, batch, account = row
        own = kind in _OWN_KINDS or entry in self.booked
        listed = None if self.stated is None or own else entry in self.stated[0] or batch in self.stated[1]
        done = entry in self.ticked
        return Line(
            EntryId(entry), on, booked_on, minor, kind, payee, description, note, category, listed, own, done, account
        )


def _row(line: Line) -> Row:
    return Row(line.entry, line.on, line.minor, line.in_file)


def _family(scope: Scope, account: UUID) -> list[UUID]:
    known = {one.id: one.merged_into or one.id for one in accounts(scope)}
    return [one for one, root in known.items() if root == known[account]]


# A row that a file repeats is booked by the file that brought it first: the two have the same mark.
_OF_FILES: Final = """
SELECT DISTINCT b.entry FROM published_statement_line s
JOIN published_statement_line b ON b.owner = s.owner AND b.fingerprint = s.fingerprint AND b.ordinal = s.ordinal
WHERE s.owner = $owner AND b.owner = $owner AND b.outcome = 'booked' AND b.entry IS NOT NULL
    AND s.batch IN (SELECT unnest(cast($batches AS uuid[])))"""
_STANDS_FOR: Final = """
SELECT described, kept FROM published_pair WHERE owner = $owner AND state IN ('applied', 'accepted')
UNION ALL
SELECT moved, kept FROM published_pair WHERE owner = $owner AND state IN ('applied', 'accepted')
UNION ALL
SELECT cast(trim(value, '"') AS uuid), entry FROM published_annotation
WHERE owner = $owner AND field = 'corrects' AND value <> 'null'"""


def _in_file(scope: Scope, statement: Statement) -> tuple[frozenset[UUID], frozenset[UUID]] | None:
    batches = [source.batch for source in statement.standing.stated.sources if source.batch is not None]
    if not batches:
        return None
    listed = {row[0] for row in scope.db.read(_OF_FILES, {"owner": scope.owner, "batches": batches})}
    onward: dict[UUID, list[UUID]] = {}
    for gone, stands in scope.db.read(_STANDS_FOR, {"owner": scope.owner}):
        onward.setdefault(gone, []).append(stands)
    waiting = list(listed)
    while waiting:
        new = [one for one in onward.get(waiting.pop(), ()) if one not in listed]
        listed.update(new)
        waiting += new
    return frozenset(listed), frozenset(batches)


_ELSEWHERE: Final = """
SELECT r.entry, r.stated_on, r.booked_on, r.amount, r.kind, r.payee, r.description, r.note,
    cast(NULL AS varchar), r.batch, r.account
FROM published_account_row r
JOIN published_account a ON a.owner = r.owner AND a.id = r.account
WHERE r.owner = $owner AND a.owner = $owner AND r.currency = $currency AND r.amount = $minor
    AND r.kind NOT IN ('opening', 'adjustment') AND a.kind IN ('asset', 'liability') AND a.hint_key <> 'book:clearing'
    AND r.account NOT IN (SELECT unnest(cast($accounts AS uuid[])))
    AND r.stated_on > $after AND r.stated_on <= $through
ORDER BY r.stated_on DESC LIMIT 5"""


def _elsewhere(scope: Scope, statement: Statement, family: list[UUID]) -> list[Line]:
    """Rows of other accounts that move just the difference, the latest first."""
    if statement.agrees:
        return []
    asked = {
        "owner": scope.owner,
        "accounts": family,
        "currency": statement.balance.currency,
        "minor": statement.standing.difference,
        "after": statement.standing.since or statement.on - USUAL,
        "through": statement.on,
    }
    known = _Known(None, set(), set())
    wallets = {one.id for one in accounts(scope) if is_wallet(one.hint_key)}
    lines = (known.line(row) for row in scope.db.read(_ELSEWHERE, asked))
    return [line for line in lines if line.account not in wallets]
