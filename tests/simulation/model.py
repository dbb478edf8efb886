"""What the books should say, the slow and obvious way: plain Python over a list of entries, nothing of the house used.

A world of rows happens once; files show stretches of it. The model takes the same files and sayings as the store does,
and answers the same questions by walking every entry.
"""

from __future__ import annotations

import dataclasses
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any

PARENT = {"coffee": "dining", "delivery": "dining", "taxi": "transport", "bank_fees": "finance"}
LIABILITIES = {"alipay:huabei"}
CLEARING = "book:clearing"


@dataclasses.dataclass(frozen=True)
class Row:
    """One row as files have it. `of`: the order id of what it takes back; `fee`: paid in the same row."""

    kind: str
    when: datetime
    minor: int
    currency: str
    payee: str
    account: str
    category: str
    order: str = ""
    of: str = ""
    counter: str | None = None
    fee: int = 0


@dataclasses.dataclass(eq=False)
class Entry:
    """A booked row with what was said about it. `taken`: the purchase it names."""

    row: Row
    ordinal: int
    batch: int
    stands: bool = True
    taken: Entry | None = None
    category: str | None = None
    excluded: bool | None = None
    parts: tuple[tuple[str, int], ...] = ()

    @property
    def purchase(self) -> Entry | None:
        return self.taken if self.taken and self.taken.stands else None


@dataclasses.dataclass(frozen=True)
class Fact:
    """One part of what counts."""

    kind: str
    on: date
    bought: date
    category: str | None
    payee: str
    account: str
    currency: str
    amount: int
    excluded: bool

    @property
    def spending(self) -> int:
        return -self.amount if self.kind in {"expense", "fee", "refund"} else 0

    @property
    def income(self) -> int:
        return self.amount if self.kind == "income" else 0


class Model:
    """One person's books."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []
        self.batches = 0
        self.merged: dict[str, str] = {}
        self.limits: list[tuple[str, date, int | None, str]] = []

    def standing(self, *kinds: str) -> list[Entry]:
        return [e for e in self.entries if e.stands and (not kinds or e.row.kind in kinds)]

    def takes(self, files: Sequence[Sequence[Row]]) -> int:
        """How many rows were new."""
        known = {(e.row, e.ordinal) for e in self.standing()}
        new: list[Entry] = []
        first: dict[tuple[Row, int], int] = {}
        for at, rows in enumerate(files):
            seen: Counter[Row] = Counter()
            for row in rows:
                mark = (row, seen[row])
                seen[row] += 1
                if mark not in known and first.setdefault(mark, at) == at:
                    new.append(Entry(*mark, batch=self.batches + at))
        self.batches += len(files)
        earlier = [e for e in self.standing("refund") if e.purchase is None]
        bought = [e for e in new if e.row.kind == "expense"]
        for refund in sorted(earlier, key=lambda e: e.row.when):
            self._tie(refund, bought)
        self.entries += new
        for refund in sorted((e for e in new if e.row.kind == "refund"), key=lambda e: e.row.when):
            self._tie(refund, self.standing("expense"))
        return len(new)

    def _tie(self, refund: Entry, purchases: Sequence[Entry]) -> None:
        for purchase in purchases:
            if refund.row.of == purchase.row.order and refund.row.of and self.fits(refund, purchase):
                refund.taken = purchase

    def fits(self, refund: Entry, purchase: Entry) -> bool:
        taken = sum(e.row.minor for e in self.standing("refund") if e.purchase is purchase and e is not refund)
        return refund.row.currency == purchase.row.currency and taken + refund.row.minor <= purchase.row.minor

    def undo(self, batch: int) -> None:
        for entry in self.entries:
            entry.stands = entry.stands and entry.batch != batch

    def root(self, account: str) -> str:
        while account in self.merged:
            account = self.merged[account]
        return account

    def may_merge(self, account: str, into: str) -> bool:
        same_kind = (account in LIABILITIES) == (into in LIABILITIES)
        return same_kind and account not in self.merged and self.root(into) != account

    def facts(self) -> Iterator[Fact]:
        for e in sorted(self.standing(), key=lambda e: e.row.when):
            row, purchase = e.row, e.purchase
            sign = 1 if row.kind in {"refund", "income"} else -1
            said = (x.excluded for x in (e, purchase) if x is not None and x.excluded is not None)
            common: dict[str, Any] = {
                "on": row.when.date(),
                "bought": (purchase or e).row.when.date(),
                "payee": row.payee,
                "account": self.root(row.account),
                "currency": row.currency,
                "excluded": next(said, False),
            }
            if row.kind == "transfer":
                yield Fact("transfer", category=None, amount=-row.minor, **common)
                if row.fee:
                    yield Fact("fee", category="bank_fees", amount=-row.fee, **common)
                continue
            for category, size in self._parts(e):
                yield Fact(row.kind, category=category, amount=sign * size, **common)

    def _parts(self, e: Entry) -> Sequence[tuple[str, int]]:
        if e.parts:
            return e.parts
        if e.category or e.purchase is None:
            return [(e.category or e.row.category, e.row.minor)]
        bought = e.purchase
        same = sorted((r for r in self.standing("refund") if r.purchase is bought), key=lambda r: r.row.when.date())
        # Within a day in the order of booking, which is that of `entries`: `sorted` keeps it.
        before = sum(r.row.minor for r in same[: same.index(e)])
        upto, parts = 0, []
        for category, size in self._parts(bought):
            share = [g * s // bought.row.minor for s in (upto, upto + size) for g in (before, before + e.row.minor)]
            parts.append((category, share[3] - share[2] - share[1] + share[0]))
            upto += size
        return [(category, size) for category, size in parts if size]

    def balances(self) -> dict[tuple[str, str], int]:
        sums: defaultdict[tuple[str, str], int] = defaultdict(int)
        for e in self.standing():
            inward = e.row.kind in {"refund", "income"}
            sums[self.root(e.row.account), e.row.currency] += e.row.minor if inward else -e.row.minor - e.row.fee
            if e.row.kind == "transfer":
                sums[self.root(e.row.counter or CLEARING), e.row.currency] += e.row.minor
        return dict(sums)
