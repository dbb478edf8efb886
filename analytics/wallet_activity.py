"""What went in and out of the wallet, whatever became of it; and what still waits for a card's bank.

A row is something the person did or received: a payment, a refund, a transfer, a top-up, a withdrawal, what a shop of
theirs paid out, cash over the counter. `amount` is what it is about, signed as the person sees it; `moved` is what it
changed in the wallet's balance until now, so that the rows' `moved` add up to what is available.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from analytics.export import Cell, Column, Table
from analytics.held import Held
from analytics.scope import Scope

_PAGES: Final = 256


@dataclasses.dataclass(frozen=True, slots=True)
class Via:
    """The card that something went through, also one that was put away since. bank: "" when unknown."""

    brand: str
    bank: str
    last4: str
    kind: str


@dataclasses.dataclass(frozen=True, slots=True)
class Activity:
    """One row. Minor units of `currency`.

    kind: `payment`, `refund`, `transfer_out`, `transfer_in`, `top_up`, `withdrawal`, `payout`, `desk`. at: UTC. party:
    the merchant or the person at the other end, "" of own money. via: None of what concerns the wallet alone.
    state: `completed`, `processing`, `manual`, `declined`, and of refunds `requested`, `confirmed`, `rejected`,
    `cancelled`, `failed`. reason: a bank's or merchant's. payment: which payment it is or gives back. entry: where it
    is booked, when it is. gross, points: of a payment, before coupons and points, and how many points it took.
    """

    id: UUID
    kind: str
    at: datetime
    party: str
    via: Via | None
    amount: int
    currency: str
    state: str
    reason: str
    moved: int
    note: str
    payment: UUID | None
    entry: UUID | None
    gross: int
    points: int

    @property
    def key(self) -> str:
        """What names it on a screen: a transfer has the same id at both ends."""
        return f"{self.kind}:{self.id}"

    @property
    def standing(self) -> bool:
        """Whether it counts: not refused, not taken back."""
        return self.state not in {"declined", "rejected", "cancelled"}


@dataclasses.dataclass(frozen=True, slots=True)
class Page:
    """A page of the rows, the newest first; `number` counts from 1, `count` is of all pages."""

    rows: tuple[Activity, ...]
    number: int
    size: int
    count: int

    @property
    def pages(self) -> int:
        """How many pages there are, at least one."""
        return max(1, -(-self.count // self.size))


_held: Held[Page] = Held(_PAGES)
_held_open: Held[tuple[OpenCharge, ...]] = Held(_PAGES)
_PAYMENTS: Final = """
SELECT p.id, 'payment' AS kind, p.occurred_at AS at, coalesce(m.name, '') AS party, p.card, -p.cash AS amount,
    p.currency, CASE WHEN p.state_now = 'captured' THEN 'completed' ELSE p.state_now END AS state, p.reason,
    CASE WHEN p.card IS NULL AND p.state_now = 'captured' THEN -p.cash ELSE 0 END AS moved, p.note, p.id AS payment,
    CASE WHEN p.state_now = 'captured' THEN p.id END AS entry, p.gross, p.points, p.seq
FROM published_payment p
LEFT JOIN published_merchant m ON m.owner = p.merchant
WHERE p.owner = $owner"""
_REFUNDS: Final = """
SELECT r.id, 'refund', r.state_at, coalesce(m.name, ''), CASE WHEN r.redirected THEN NULL ELSE p.card END,
    CASE WHEN r.state = 'credited' THEN r.cash WHEN r.confirmed_at IS NOT NULL THEN r.cash_due ELSE r.amount END,
    r.currency, CASE WHEN r.state = 'credited' THEN 'completed' ELSE r.state END, r.state_reason,
    CASE WHEN r.state = 'credited' AND (p.card IS NULL OR r.redirected) THEN r.cash ELSE 0 END, r.note, r.payment,
    CASE WHEN r.state = 'credited' THEN r.id END, r.amount, 0, r.seq
FROM published_refund r
JOIN published_payment p ON p.owner = r.owner AND p.id = r.payment
LEFT JOIN published_merchant m ON m.owner = r.merchant
WHERE r.owner = $owner"""
_GIVEN: Final = """
SELECT t.id, 'transfer_out', t.occurred_at, coalesce(o.name, ''), NULL, -t.amount, t.currency, 'completed', '',
    -t.amount, t.note, NULL, t.id, t.amount, 0, t.seq
FROM published_transfer t
LEFT JOIN published_person o ON o.owner = t.recipient
WHERE t.owner = $owner"""
_GOT: Final = """
SELECT t.id, CASE WHEN m.owner IS NULL THEN 'transfer_in' ELSE 'payout' END, t.occurred_at,
    coalesce(m.name, o.name, ''), NULL, t.amount, t.currency, 'completed', '', t.amount, t.note, NULL, t.id, t.amount,
    0, t.seq
FROM published_transfer t
LEFT JOIN published_person o ON o.owner = t.owner
LEFT JOIN published_merchant m ON m.owner = t.owner
WHERE t.recipient = $owner"""
# A withdrawal is set aside when it is asked for; only a bank's no puts it back.
_CARDS: Final = """
SELECT c.id, CASE WHEN c.purpose = 'top_up' THEN 'top_up' ELSE 'withdrawal' END, c.occurred_at, '', c.card,
    CASE WHEN c.purpose = 'top_up' THEN c.amount ELSE -c.amount END, c.currency,
    CASE WHEN c.state = 'approved' THEN 'completed' WHEN c.state IN ('asked', 'unknown') THEN 'processing'
        ELSE c.state END, c.reason,
    CASE WHEN c.purpose = 'top_up' AND c.state = 'approved' THEN c.amount
        WHEN c.purpose = 'withdraw' AND c.state <> 'declined' THEN -c.amount ELSE 0 END, '', NULL,
    CASE WHEN c.purpose = 'top_up' AND c.state = 'approved' THEN c.id END, c.amount, 0, c.seq
FROM published_charge c
WHERE c.owner = $owner AND c.purpose IN ('top_up', 'withdraw')"""
_DESK: Final = """
SELECT e.id, 'desk', e.occurred_at, '', NULL, w.amount, w.currency, 'completed', '', w.amount, e.description, NULL,
    e.id, w.amount, 0, e.seq
FROM published_entry e
JOIN published_posting w ON w.owner = e.owner AND w.entry = e.id AND w.amount > 0
JOIN published_account a ON a.owner = w.owner AND a.id = w.account AND a.hint_key = 'wallet:' || w.currency
JOIN published_posting c ON c.owner = e.owner AND c.entry = e.id AND c.amount < 0
JOIN published_account d ON d.owner = c.owner AND d.id = c.account AND d.hint_key = 'cash'
WHERE e.owner = $owner AND e.kind = 'transfer'"""
_PARTS: Final = (_PAYMENTS, _REFUNDS, _GIVEN, _GOT, _CARDS, _DESK)
_ALL: Final = " UNION ALL ".join(_PARTS)
_ROWS: Final = (
    """
SELECT u.id, u.kind, u.at, u.party, u.amount, u.currency, u.state, u.reason, u.moved, u.note, u.payment, u.entry,
    u.gross, u.points, k.brand, k.bank, k.last4, k.kind
FROM ("""
    + _ALL
    + """) u
LEFT JOIN published_card k ON k.owner = $owner AND k.id = u.card
ORDER BY u.at DESC, u.seq DESC, u.kind"""
)
_COUNT: Final = "SELECT count(*) FROM (" + _ALL + ") u"
_PAGE: Final = _ROWS + " LIMIT $limit OFFSET $offset"
_VIA: Final = 4  # the last columns tell the card


def activity(scope: Scope, number: int = 1, size: int = 10) -> Page:
    """One page of what happened in the wallet; a page beyond the last is the last."""
    return _held.get(scope.db, scope.owner, (number, size), lambda: _page(scope, number, size))


def _page(scope: Scope, number: int, size: int) -> Page:
    count = int(scope.db.read(_COUNT, {"owner": scope.owner})[0][0])
    number = min(max(1, number), max(1, -(-count // size)))
    rows = scope.db.read(_PAGE, {"owner": scope.owner, "limit": size, "offset": (number - 1) * size})
    return Page(tuple(map(_row, rows)), number, size, count)


def everything(scope: Scope) -> tuple[Activity, ...]:
    """All of it, the newest first, for the file."""
    return tuple(map(_row, scope.db.read(_ROWS, {"owner": scope.owner})))


def _row(cells: tuple[Any, ...]) -> Activity:
    id_, kind, at, party, *rest = cells[:-_VIA]
    return Activity(id_, kind, at, party, _via(cells[-_VIA:]), *rest)


def _via(card: tuple[Any, ...]) -> Via | None:
    return Via(*card) if card[0] is not None else None


@dataclasses.dataclass(frozen=True, slots=True)
class OpenCharge:
    """Money asked of (or sent to) a card whose bank has not answered.

    purpose: `pay`, `top_up` or `withdraw`. state: `asked`, `unknown`, or `manual` when a person has to look. attempt:
    how often the bank was asked. next_at: when it is asked again, UTC. party: the merchant of a payment.
    """

    id: UUID
    purpose: str
    via: Via
    amount: int
    currency: str
    state: str
    attempt: int
    next_at: datetime | None
    at: datetime
    party: str


_OPEN: Final = """
SELECT c.id, c.purpose, c.amount, c.currency, c.state, c.attempt, c.next_at, c.occurred_at, coalesce(m.name, ''),
    k.brand, k.bank, k.last4, k.kind
FROM published_charge c
JOIN published_card k ON k.owner = c.owner AND k.id = c.card
LEFT JOIN published_payment p ON p.owner = c.owner AND p.id = c.id
LEFT JOIN published_merchant m ON m.owner = p.merchant
WHERE c.owner = $owner AND c.state IN ('asked', 'unknown', 'manual')
ORDER BY c.seq DESC"""


def open_charges(scope: Scope) -> tuple[OpenCharge, ...]:
    """What still waits for a bank's answer, payments by card too, the latest first."""
    return _held_open.get(scope.db, scope.owner, "open", lambda: _open(scope))


def _open(scope: Scope) -> tuple[OpenCharge, ...]:
    found = []
    for id_, purpose, *rest, brand, bank, last4, kind in scope.db.read(_OPEN, {"owner": scope.owner}):
        found.append(OpenCharge(id_, purpose, Via(brand, bank, last4, kind), *rest))
    return tuple(found)


_FROZEN: Final = """
SELECT s.event, s.recorded_at FROM published_wallet_status s
WHERE s.owner = $owner ORDER BY s.seq DESC LIMIT 1"""


def frozen_since(scope: Scope) -> datetime | None:
    """Since when the wallet is frozen, UTC; None when it is not."""
    rows = scope.db.read(_FROZEN, {"owner": scope.owner})
    return rows[0][1] if rows and rows[0][0] == "frozen" else None


_COLUMNS: Final = (
    Column("time"),
    Column("kind", Cell.WORD),
    Column("payee"),
    Column("method"),
    Column("currency"),
    Column("amount", Cell.MONEY),
    Column("wallet_change", Cell.MONEY),
    Column("status", Cell.WORD),
    Column("note"),
    Column("id"),
)


def table(rows: Iterable[tuple[Activity, str, str]]) -> Table:
    """The rows as a file, each with its local time and what it was paid with, written already."""
    listed: list[list[Any]] = [
        [time, one.kind, one.party, source, one.currency, one.amount, one.moved, one.state, one.note, one.id]
        for one, time, source in rows
    ]
    return Table("wallet", _COLUMNS, listed)
