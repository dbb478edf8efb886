"""One history told to both: to the store through its doors, to the model in plain words."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from data import accounts, bookkeeping, preferences
from data.accounts import MergeAccounts
from data.bookkeeping import Annotate, LinkRefund, Split, UnlinkRefund
from data.database import Database
from data.errors import Rejection
from data.ids import AccountId, EntryId, new_request_id
from data.matching.choices import Choices, Edit
from data.planning import Carry, LimitItem, set_limits
from data.preferences import Preferences
from data.statements import ImportReceipt, NothingNew
from tests.bookkeeping import Bookkeeping, Written, bill, charged, earned, moved, refunded, spent
from tests.simulation.model import Entry, Model, Row

FIRST = date(2026, 1, 20)
OUTGOING = ["dining", "coffee", "delivery", "taxi"]
ACCOUNTS = ["alipay:balance", "wechat:balance", "card:工商银行:9876", "alipay:huabei"]
MOVES = {"expense": spent, "income": earned, "refund": refunded}
Event = dict[str, Any]
Deed = tuple[str, int, int, int]


def world_of(events: Sequence[Event]) -> list[Row]:
    """What happened: each event after the one before it, refunds of a purchase before them."""
    rows: list[Row] = []
    when = datetime.combine(FIRST, datetime.min.time()).replace(hour=8)
    for number, event in enumerate(events):
        when = max(when + timedelta(minutes=1), when.replace(hour=8, minute=number) + timedelta(days=event["later"]))
        rows += _row(event, number, when, [row for row in rows if row.kind == "expense" and row.order])
    return rows


def _row(event: Event, number: int, when: datetime, bought: Sequence[Row]) -> list[Row]:
    kind, category = event["kind"], OUTGOING[number % len(OUTGOING)]
    row = Row(kind, when, event["minor"], event["currency"], event["payee"], event["account"], category)
    if kind == "refund" and bought:
        of = bought[event["of"] % len(bought)]
        whole, part = of.minor, max(1, of.minor * event["of"] // 9)
        back = {"account": of.account, "currency": of.currency, "payee": of.payee, "category": "dining"}
        return [dataclasses.replace(row, minor=part if number % 3 else whole, of=of.order, order=f"R{number}", **back)]
    if kind == "income":
        return [dataclasses.replace(row, category="salary")]
    if kind == "transfer":
        counter = next((a for a in ACCOUNTS[number % 3 :] if a != row.account), None) if number % 2 else None
        return [dataclasses.replace(row, counter=counter, fee=event["minor"] // 7)]
    if kind == "expense" and not event["twin"]:
        return [dataclasses.replace(row, order=f"A{number}")]
    return [row] * (2 if event["twin"] else 1)


class Both:
    """One owner's books in the store and in the model."""

    def __init__(self, db: Database, world: Sequence[Row], book: Bookkeeping | None = None) -> None:
        self.db = db
        self.world = list(world)
        self.book = book or Bookkeeping(db)
        self.model = Model()
        self.receipts: list[tuple[int, ImportReceipt]] = []
        self.start_day = 1

    def does(self, deed: Deed) -> None:
        name, *numbers = deed
        getattr(self, f"_{name}")(*numbers)

    def _head(self) -> dict[str, Any]:
        return {"owner": self.book.owner, "request_id": new_request_id(), "actor": self.book.owner}

    def _import(self, start: int, length: int, second: int) -> None:
        start %= len(self.world)
        files = [self.world[start : start + 1 + length]]
        if second % 3 == 0:
            files.append(self.world[max(0, start - 2) : start + second])
        written = [[one for row in rows for one in _written(row, at)] for at, rows in enumerate(files)]
        lines = [one for listed in written for one in listed]
        edits = {at: Edit(category=one.category) for at, one in enumerate(lines) if one.category}
        parsed = [bill(*listed, file=f"{at}.csv") for at, listed in enumerate(written)]
        batch = self.model.batches
        if not self.model.takes(files):
            with pytest.raises(NothingNew):
                self.book.takes(parsed, Choices(edits))
            return
        receipt = self.book.takes(parsed, Choices(edits))
        self.receipts += [(batch + at, dataclasses.replace(receipt, files=(f,))) for at, f in enumerate(receipt.files)]
        with pytest.raises(NothingNew):
            self.book.takes(parsed, Choices(edits))

    def _undo(self, which: int, _b: int, _c: int) -> None:
        open_ones = [(batch, receipt) for batch, receipt in self.receipts if receipt.files[0].batch]
        if open_ones:
            batch, receipt = open_ones[which % len(open_ones)]
            self.receipts.remove((batch, receipt))
            self.book.undoes(receipt)
            self.model.undo(batch)

    def _try(self, start: int, length: int, second: int) -> None:
        """Import and take back at once: not a figure differs from before."""
        before, known = self.kept(), len(self.receipts)
        self._import(start, length, second)
        for batch, receipt in self.receipts[known:]:
            self.book.undoes(receipt)
            self.model.undo(batch)
        del self.receipts[known:]
        assert self.kept() == before

    def _categorise(self, which: int, category: int, _c: int) -> None:
        if entry := self._one(which, "expense", "refund"):
            entry.category, entry.parts = OUTGOING[category % len(OUTGOING)], ()
            bookkeeping.annotate(self.db, Annotate(**self._head(), entries=(self._id(entry),), category=entry.category))

    def _exclude(self, which: int, excluded: int, _c: int) -> None:
        if entry := self._one(which, "expense", "refund", "income", "transfer"):
            entry.excluded = bool(excluded % 2)
            said = Annotate(**self._head(), entries=(self._id(entry),), excluded=entry.excluded)
            bookkeeping.annotate(self.db, said)

    def _split(self, which: int, share: int, category: int) -> None:
        entry = self._one(which, "expense", "refund")
        if entry and entry.row.minor > 2:
            size = 1 + share % (entry.row.minor - 2)
            kinds = [OUTGOING[(category + at) % len(OUTGOING)] for at in range(3)]
            sizes = [size, 1, entry.row.minor - size - 1]
            entry.parts = tuple((kind, size) for kind, size in zip(kinds, sizes, strict=True) if size)
            bookkeeping.split(self.db, Split(**self._head(), entry=self._id(entry), parts=entry.parts))

    def _link(self, which: int, to: int, _c: int) -> None:
        refund, purchase = self._one(which, "refund"), self._one(to, "expense")
        if refund and purchase:
            command = LinkRefund(**self._head(), refund=self._id(refund), original=self._id(purchase))
            if self.model.fits(refund, purchase):
                refund.taken, refund.category, refund.parts = purchase, None, ()
                bookkeeping.link_refund(self.db, command)
            else:
                with pytest.raises(Rejection):
                    bookkeeping.link_refund(self.db, command)

    def _unlink(self, which: int, _b: int, _c: int) -> None:
        refund = self._one(which, "refund")
        if refund and refund.purchase:
            refund.taken = None
            bookkeeping.unlink_refund(self.db, UnlinkRefund(**self._head(), refund=self._id(refund)))

    def _merge(self, which: int, into: int, _c: int) -> None:
        names = [ACCOUNTS[which % 3], ACCOUNTS[into % 4]]
        ids = {one.key: one.id for one in accounts.accounts(self.db, self.book.owner, unused=True)}
        if names[0] != names[1] and set(names) <= ids.keys():
            command = MergeAccounts(**self._head(), account=AccountId(ids[names[0]]), into=AccountId(ids[names[1]]))
            if self.model.may_merge(*names):
                self.model.merged[names[0]] = names[1]
                accounts.merge(self.db, command)
            else:
                with pytest.raises(Rejection):
                    accounts.merge(self.db, command)

    def _months(self, day: int, _b: int, _c: int) -> None:
        self.start_day = [1, 15, 28, 31][day % 4]
        preferences.choose_preferences(self.db, self.book.owner, Preferences(month_start_day=self.start_day))

    def _limit(self, category: int, month: int, amount: int) -> None:
        name = ["", "dining", "coffee"][category % 3]
        limit = (date(2026, 1 + month % 4, 1), None if amount % 5 == 0 else amount * 37, ["none", "surplus", "signed"])
        carry = limit[2][(category + amount) % 3]
        self.model.limits.append((name, limit[0], limit[1], carry))
        set_limits(self.db, self.book.owner, limit[0], [LimitItem(name, "CNY", limit[1], Carry(carry))])

    def _one(self, which: int, *kinds: str) -> Entry | None:
        """One of these kinds; every other time one that a refund has to do with."""
        found = self.model.standing(*kinds)
        tied = {e.purchase for e in self.model.standing("refund")} | {e for e in found if e.purchase}
        near = [e for e in found if e in tied] if which % 2 else []
        found = near or found
        return found[which // 2 % len(found)] if found else None

    def _id(self, entry: Entry) -> EntryId:
        """The entry in the store: by its instant, its kind and its place among twins, which are booked in order."""
        rows = self.book.asks(
            """SELECT DISTINCT f.entry, f.seq FROM fact f JOIN entry e ON e.owner = f.owner AND e.id = f.entry
            WHERE f.owner = $owner AND e.kind = $kind AND f.occurred_at = $at ORDER BY f.seq""",
            kind=entry.row.kind,
            at=entry.row.when - timedelta(hours=8),
        )
        twins = [one for one in self.model.standing() if one.row == entry.row]
        return EntryId(rows[twins.index(entry)][0])

    def kept(self) -> list[tuple[Any, ...]]:
        """The facts as the store has them, apart from ids and places."""
        return sorted(
            self.book.asks(
                """SELECT f.kind, f.booked_on, f.purchase_on, f.category, f.payee_key, a.hint_key, f.currency, f.amount,
                f.excluded, f.spending, f.income, f.month, f.purchase_month
                FROM fact f JOIN account a ON a.owner = f.owner AND a.id = f.account WHERE f.owner = $owner"""
            ),
            key=repr,
        )


def _written(row: Row, file: int) -> list[Written]:
    day, major = row.when.strftime("%Y-%m-%d %H:%M"), _major(row.minor, row.currency)
    more: dict[str, Any] = {"account": row.account, "currency": row.currency, "payee": row.payee}
    if row.kind != "transfer":
        named = {"of": row.of} if row.of else {}
        return [MOVES[row.kind](day, major, order=row.order, category=row.category, **named, **more)]
    place = {"row": 1000 + file + int(row.when.timestamp()) // 60 % 10**6}
    lines = [moved(day, major, to=row.counter, **place, **more)]
    if row.fee:
        lines.append(charged(day, _major(row.fee, row.currency), category="bank_fees", part=1, **place, **more))
    return lines


def _major(minor: int, currency: str) -> str:
    return str(minor) if currency == "JPY" else f"{minor // 100}.{minor % 100:02}"
