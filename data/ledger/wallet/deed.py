"""What a command did: rows to write, a receipt to hand back. Building an entry that does not balance is a defect."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import Any, Final

from data.errors import Rejection, require
from data.ids import new_key
from data.ledger.accounts import EXPENSE_KEY, INCOME_KEY
from data.ledger.wallet import rows
from data.ledger.wallet.books import (
    CASH,
    CLEARING,
    HELD,
    OUTSTANDING,
    POINTS_BOOK,
    POINTS_COST,
    POINTS_KEY,
    POINTS_OUTSTANDING,
    REWARDS,
    TAKINGS_KEY,
    WALLET,
    Holder,
    Member,
)
from data.money import POINTS
from data.period import month_of

POINTS_HELD: Final = "points:held"
EXPIRED: Final = "expired"  # the category of a posting of points whose time was over
_KINDS: Final = {
    EXPENSE_KEY: "expense",
    INCOME_KEY: "income",
    TAKINGS_KEY: "income",
    POINTS_KEY: "equity",
    POINTS_HELD: "equity",
    POINTS_BOOK: "equity",
    CLEARING: "asset",
    OUTSTANDING: "liability",
    REWARDS: "expense",
    POINTS_OUTSTANDING: "equity",
    POINTS_COST: "equity",
}
_LABELS: Final = {WALLET: "小金卡", HELD: "小金卡（冻结）", CASH: "现金"}
_FEWEST: Final = 2
Leg = tuple[str, int, str, str | None, str | None]  # account, amount, currency, category, lot


@lru_cache(maxsize=4096)
def month_start(day: date, start_day: int) -> date:
    """The first day of the person's month that a day falls in."""
    return month_of(day, start_day).start


@dataclasses.dataclass(slots=True)
class Stamp:
    """When and by whom: `now` is the command's clock, `recorded_at` the store's, `seq` gives the next number."""

    now: datetime
    recorded_at: datetime
    actor: str
    request_id: str
    seq: Callable[[], int]


@dataclasses.dataclass(slots=True)
class Deed:
    """A decided command. refusal: of a deed that leaves rows although the answer is no (a declined card)."""

    receipt: dict[str, Any] = dataclasses.field(default_factory=dict)
    rows: list[Any] = dataclasses.field(default_factory=list)
    refusal: Rejection | None = None
    refresh: list[tuple[str, str]] = dataclasses.field(default_factory=list)  # owner, entry: facts to derive anew
    _made: dict[tuple[str, str], str] = dataclasses.field(default_factory=dict)

    def add(self, row: Any) -> None:  # noqa: ANN401 - a Row
        """One row more."""
        self.rows.append(row)

    def account(self, holder: Holder, key: str, stamp: Stamp, **named: str) -> str:
        """The account of that key, opened now if there is none yet. named: kind, label, institution, last4."""
        known = holder.accounts.get(key)
        if known is not None:
            return known
        made = self._made.get((holder.owner, key))
        if made is None:
            made = self._made[holder.owner, key] = new_key()
            kind = named.get("kind") or _KINDS.get(key, "asset")
            label = named.get("label") or next((v for k, v in _LABELS.items() if key.startswith(k)), "")
            institution, last4 = named.get("institution", ""), named.get("last4", "")
            self.add(rows.AccountRow(holder.owner, made, kind, key, label, institution, last4, stamp.recorded_at))
        return made

    def entry(  # columns by name
        self,
        owner: str,
        key: str,
        kind: str,
        day: date,
        stamp: Stamp,
        legs: Sequence[Leg],
        **named: Any,  # noqa: ANN401 - columns have many types
    ) -> int:
        """One entry with its postings in one owner's books; its number. Legs of nothing are left out.

        named: occurred_at, refund_of, payee, payee_key, description, method, note, reverses.

        Raises:
            InvariantBroken: fewer than two postings, or they do not sum to zero in a currency.
        """
        sums: dict[str, int] = {}
        line = 0
        for account, amount, currency, category, lot in legs:
            if amount:
                sums[currency] = sums.get(currency, 0) + amount
                self.rows.append(rows.PostingRow(owner, key, line, account, amount, currency, category, lot))
                line += 1
        require(line >= _FEWEST and not any(sums.values()), "an entry balances in every currency")
        number = stamp.seq()
        self.rows.append(
            rows.EntryRow(
                owner,
                key,
                number,
                kind,
                named.pop("occurred_at", stamp.now),
                day,
                stamp.recorded_at,
                stamp.actor,
                **named,
            )
        )
        return number

    def gift(
        self,
        member: Member,
        key: str,
        amount: int,
        currency: str,
        category: str,
        stamp: Stamp,
        **named: str,
    ) -> None:
        """Money without anything for it, in a member's own wallet: got is income (+), given an expense (-); its fact.

        named: payee, payee_key, description.
        """
        gives, wallet, day = amount < 0, member.accounts[WALLET + currency], member.day(stamp.now)
        kind, book = ("expense", EXPENSE_KEY) if gives else ("income", INCOME_KEY)
        legs: list[Leg] = [
            (wallet, amount, currency, None, None),
            (self.account(member, book, stamp), -amount, currency, category, None),
        ]
        told: dict[str, Any] = {**named, "method": "小金卡", "occurred_at": stamp.now}
        number = self.entry(member.owner, key, kind, day, stamp, legs, **told)
        self.fact(
            member,
            number,
            key,
            day,
            part=1,
            kind=kind,
            account=wallet,
            category=category,
            currency=currency,
            amount=amount,
            spending=-amount if gives else 0,
            income=0 if gives else amount,
            **told,
        )

    def fact(
        self,
        member: Member,
        number: int,
        key: str,
        day: date,
        **named: Any,  # noqa: ANN401 - columns have many types
    ) -> None:
        """The read model's row of an entry: what `data.store.facts` would derive from it.

        named: occurred_at, part, kind, account, counter, category, payee, payee_key, currency, amount, spending,
        income, refund_of, purchase_on, description, method, note.
        """
        purchase_on = named.get("purchase_on") or day
        account, counter = named["account"], named.get("counter")
        self.rows.append(
            rows.FactRow(
                member.owner,
                day,
                month_start(day, member.start_day),
                purchase_on,
                month_start(purchase_on, member.start_day),
                named["occurred_at"],
                number,
                key,
                named["part"],
                named["kind"],
                member.shown.get(account, account),
                member.shown.get(counter, counter) if counter else None,
                named.get("category"),
                named.get("payee", ""),
                named.get("payee_key", ""),
                named["currency"],
                named["amount"],
                named.get("spending", 0),
                named.get("income", 0),
                False,  # noqa: FBT003 - a column: nothing is excluded from the start
                named.get("refund_of"),
                None,
                named.get("description", ""),
                named.get("method", ""),
                named.get("note", ""),
                "",
                False,  # noqa: FBT003 - a column: not split
            )
        )


def points_legs(
    deed: Deed, holder: Holder, stamp: Stamp, moves: Sequence[tuple[str | None, int]], marked: str | None = None
) -> list[Leg]:
    """Points in (+) and out (-) of a member's lots (None: the debt), against the member's points book."""
    if not moves:
        return []
    account = deed.account(holder, POINTS_KEY, stamp)
    legs: list[Leg] = [(account, amount, POINTS, marked, lot) for lot, amount in moves]
    total = sum(amount for _, amount in moves)
    return [*legs, (deed.account(holder, POINTS_BOOK, stamp), -total, POINTS, None, None)]
