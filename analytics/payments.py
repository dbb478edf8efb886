"""What the person paid through the wallet, and how much of each payment came back, is on its way, or still could.

Amounts are minor units of the payment's currency. What is asked for and has not arrived is shown beside what was paid
and never netted (DESIGN §2).
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from analytics.export import Cell, Column, Table
from analytics.scope import Scope
from data.ledger.refund_states import Paid, Portions, portions
from data.ledger.wallet.coupon_text import coupon_from
from data.ledger.wallet.refunding import MOST_REFUNDS, WITHIN


class Show(StrEnum):
    """Which payments to list: all; those of which something may still be asked back; those with a refund under way."""

    ALL = "all"
    REFUNDABLE = "refundable"
    OPEN = "open"


@dataclasses.dataclass(frozen=True, slots=True)
class Source:
    """The card that a payment was made with. kind: `debit` or `credit`."""

    kind: str
    brand: str
    bank: str
    last4: str


@dataclasses.dataclass(frozen=True, slots=True)
class Shop:
    """Who was paid, with how to reach them."""

    id: UUID
    name: str
    category: str
    city: str
    address: str
    contact: str


@dataclasses.dataclass(frozen=True, slots=True)
class Payment:
    """One payment. gross = coupon + points_minor + cash. source None: from the wallet. earned: points.

    state: `processing` while a card's bank is silent, `manual` once a person has to find out, `captured`, `declined`.
    returned: the gross of refunds that arrived; pending: of those that may; agreed: of those that the merchant agreed
    to; open, asked: how many are on their way, and how many were asked for in all.
    """

    id: UUID
    occurred_at: datetime
    booked_on: date
    shop: Shop
    currency: str
    gross: int
    coupon: int
    points: int
    points_minor: int
    cash: int
    source: Source | None
    earned: int
    category: str
    note: str
    state: str
    reason: str
    returned: int
    pending: int
    agreed: int
    open: int
    asked: int

    @property
    def paid(self) -> bool:
        """Whether the money really went."""
        return self.state == "captured"

    @property
    def rest(self) -> int:
        """What neither came back nor is on its way."""
        return self.gross - self.returned - self.pending if self.paid else 0

    def refundable(self, now: datetime) -> int:
        """How much may be asked back now: the rest, within a year, by at most fifty refunds (LEDGER §4)."""
        return self.rest if now <= self.occurred_at + WITHIN and self.asked < MOST_REFUNDS else 0

    def share(self, amount: int) -> Portions:
        """How a refund of `amount` would fall on cash, points and coupon if the merchant agreed to it next."""
        paid = Paid(gross=self.gross, cash=self.cash, points_value=self.points_minor, points=self.points)
        return portions(paid, min(self.agreed, self.gross - amount), amount)


@dataclasses.dataclass(frozen=True, slots=True)
class Page:
    """One page of a list, the newest first. count: rows on all pages."""

    rows: tuple[Payment, ...]
    count: int
    number: int
    pages: int


_PAYMENTS: Final = """
SELECT p.id, p.occurred_at, p.booked_on, p.merchant, m.name, m.category, m.city, m.address, m.contact,
    c.kind, c.brand, c.bank, c.last4, p.currency, p.gross, p.coupon, p.points, p.points_minor, p.cash, p.earned,
    p.category, p.note, CASE WHEN p.state_now = 'processing' AND h.state = 'manual' THEN h.state ELSE p.state_now END,
    p.reason, coalesce(r.returned, 0) AS returned, coalesce(r.pending, 0) AS pending,
    coalesce(r.agreed, 0) AS agreed, coalesce(r.open, 0) AS open, coalesce(r.asked, 0) AS asked,
    count(*) OVER () AS found
FROM published_payment p
JOIN published_merchant m ON m.owner = p.merchant
LEFT JOIN published_card c ON c.owner = p.owner AND c.id = p.card
LEFT JOIN published_charge h ON h.owner = p.owner AND h.id = p.id
LEFT JOIN (
    SELECT f.payment, cast(sum(CASE WHEN f.state = 'credited' THEN f.amount ELSE 0 END) AS bigint) AS returned,
        cast(sum(CASE WHEN f.state IN ('credited', 'rejected', 'cancelled') THEN 0 ELSE f.amount END) AS bigint)
            AS pending,
        cast(sum(CASE WHEN f.confirmed_at IS NULL THEN 0 ELSE f.amount END) AS bigint) AS agreed,
        cast(sum(CASE WHEN f.state IN ('credited', 'rejected', 'cancelled') THEN 0 ELSE 1 END) AS bigint) AS open,
        count(*) AS asked
    FROM published_refund f WHERE f.owner = $owner GROUP BY f.payment
) r ON r.payment = p.id
WHERE p.owner = $owner
    AND (cast($payment AS uuid) IS NULL OR p.id = $payment)
    AND ($text = '' OR strpos(lower(m.name), $text) > 0)
    AND ($show <> 'open' OR r.open > 0)
    AND ($show <> 'refundable' OR p.state_now = 'captured' AND p.occurred_at >= $since
        AND coalesce(r.asked, 0) < $most AND coalesce(r.returned, 0) + coalesce(r.pending, 0) < p.gross)
ORDER BY p.occurred_at DESC, p.seq DESC
LIMIT $size OFFSET $skip"""


def payments(
    scope: Scope, now: datetime, *, show: Show = Show.ALL, text: str = "", number: int = 1, size: int = 25
) -> Page:
    """A page of the person's payments. now: UTC; text: only merchants whose name has it; number: from 1.

    A number beyond the last page gives the last one.
    """
    since = now - WITHIN
    found, count = _read(scope, show, text, since, size=size, skip=(number - 1) * size)
    if not found and number > 1:  # there are fewer pages by now
        _, count = _read(scope, show, text, since, size=1)
        return payments(scope, now, show=show, text=text, number=max(1, -(-count // size)), size=size)
    return Page(tuple(found), count, number, max(1, -(-count // size)))


def every(scope: Scope, now: datetime, *, show: Show = Show.ALL, text: str = "") -> tuple[Payment, ...]:
    """All of them, for a file."""
    return tuple(_read(scope, show, text, now - WITHIN)[0])


def one(scope: Scope, payment: UUID) -> Payment | None:
    """One payment of the person; None when there is none of theirs."""
    found, _ = _read(scope, payment=payment)
    return found[0] if found else None


def _read(
    scope: Scope,
    show: Show = Show.ALL,
    text: str = "",
    since: datetime | None = None,
    *,
    size: int | None = None,
    skip: int = 0,
    payment: UUID | None = None,
) -> tuple[list[Payment], int]:
    params = {
        "owner": scope.owner,
        "payment": payment,
        "text": text.strip().lower(),
        "show": show.value,
        "since": since,
        "most": MOST_REFUNDS,
        "size": size,
        "skip": skip,
    }
    found = scope.db.read(_PAYMENTS, params)
    return [_payment(row) for row in found], found[0][-1] if found else 0


def _payment(row: Sequence[Any]) -> Payment:
    source = Source(*row[9:13]) if row[9] is not None else None
    cells: list[Any] = [*row[:3], Shop(*row[3:9]), *row[13:19], source, *row[19:-1]]
    return Payment(*cells)


@dataclasses.dataclass(frozen=True, slots=True)
class Event:
    """What a card's bank said of a payment later on. state: `captured`, `declined`, `manual`."""

    state: str
    reason: str
    at: datetime


_EVENTS: Final = """
SELECT u.state, u.reason, u.occurred_at
FROM (
    SELECT e.state, e.reason, e.occurred_at, e.seq FROM published_payment_event e
    WHERE e.owner = $owner AND e.payment = $payment
    UNION ALL
    SELECT h.state, h.reason, h.occurred_at, h.seq FROM published_charge_event h
    WHERE h.owner = $owner AND h.charge = $payment AND h.state = 'manual'
) u ORDER BY u.seq"""


def events(scope: Scope, payment: UUID) -> tuple[Event, ...]:
    """What happened to a payment after it was sent; nothing when the wallet paid it at once."""
    return tuple(Event(*row) for row in scope.db.read(_EVENTS, {"owner": scope.owner, "payment": payment}))


@dataclasses.dataclass(frozen=True, slots=True)
class Used:
    """A coupon that this payment was the last to use. state: `used`, `reserved`, `returned`, `lost`, `released`.

    until: how long a returned one may be used again.
    """

    name: str
    state: str
    until: datetime | None


_COUPONS: Final = """
SELECT c.body, k.state, k.until FROM published_claim k JOIN published_coupon c ON c.id = k.coupon
WHERE k.owner = $owner AND k.payment = $payment ORDER BY k.claimed_at, k.id"""


def coupons(scope: Scope, payment: UUID) -> tuple[Used, ...]:
    """The coupons of a payment and what became of them; one that came back and was used elsewhere is not among them."""
    found = scope.db.read(_COUPONS, {"owner": scope.owner, "payment": payment})
    return tuple(Used(coupon_from(body).name, state, until) for body, state, until in found)


def as_table(found: Iterable[Payment]) -> Table:
    """Payments as a file."""
    columns = (
        Column("paid_at", Cell.TIME),
        Column("merchant"),
        Column("state", Cell.WORD),
        Column("currency"),
        *(Column(key, Cell.MONEY) for key in ("gross", "coupon", "points_value", "cash", "returned", "pending")),
        Column("points", Cell.NUMBER),
        Column("earned", Cell.NUMBER),
        Column("card"),
        Column("note"),
        Column("payment"),
    )
    return Table("payments", columns, [_cells(payment) for payment in found])


def _cells(p: Payment) -> list[object]:
    amounts = [p.gross, p.coupon, p.points_minor, p.cash, p.returned, p.pending]
    card = f"{p.source.bank or p.source.brand} {p.source.last4}" if p.source else ""
    head = [p.occurred_at, p.shop.name, p.state, p.currency]
    return [*head, *amounts, p.points, p.earned, card, p.note, str(p.id)]
