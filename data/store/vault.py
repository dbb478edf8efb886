"""The wallet's part of the writer: books in memory, commands decided on them in order, rows written together.

Memory is what the ledger says: it is built from rows, changed by rows, and thrown away whole when a group of commands
did not reach the disk. A request that was answered before gets that answer again, also a refusal (LEDGER §2).
"""

from __future__ import annotations

import dataclasses
import json
import zlib
from collections import OrderedDict
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any, Final
from uuid import UUID

import duckdb

from data.assurance import StepUpRequired
from data.errors import Rejection, RequestIdReused
from data.ledger.wallet import commands as asked
from data.ledger.wallet import rows
from data.ledger.wallet.books import DRAWN_KEY, ISSUER_TEXT, Books
from data.ledger.wallet.deciding import decide
from data.ledger.wallet.deed import Stamp
from data.ledger.wallet.refusals import rebuilt
from data.ledger.working_days import seed
from data.store import facts, vault_loading, watch_loading
from data.store.appending import RowWriter
from data.store.chain import Chain
from data.store.command import Receipt, Write, json_bytes

_MOST_REMEMBERED: Final = 50_000
_MOST_PAYMENTS: Final = 20_000
_SLOTS: Final = 1 << 24
_EVERY_KEY: Final = "SELECT cast(owner AS varchar), scope, request_id FROM request WHERE scope IN ('money', 'answer')"
_ANSWERED: Final = """
SELECT content_hash, receipt FROM request WHERE owner = $owner AND scope = $scope AND request_id = $request_id"""
_KNOWN_YEARS: Final = "SELECT DISTINCT cast(extract(year FROM day) AS integer) FROM working_day WHERE owner = $issuer"
_LEARN_DAYS: Final = """
INSERT INTO working_day SELECT cast($issuer AS uuid), d.day, d.worked, 'State Council' FROM (
    SELECT unnest(cast($days AS date[])) AS day, unnest(cast($worked AS boolean[])) AS worked) d"""
FIRST_YEAR: Final = 2020
LAST_YEAR: Final = 2040  # years that are not published yet are not in the answer
_ANSWERS: Final = """
SELECT cast(r.owner AS varchar), r.scope, r.request_id, r.content_hash, r.receipt FROM request r
JOIN (SELECT unnest(cast($owners AS uuid[])) AS owner, unnest(cast($scopes AS varchar[])) AS scope,
             unnest(cast($ids AS varchar[])) AS request_id) k
ON r.owner = k.owner AND r.scope = k.scope AND r.request_id = k.request_id"""
Key = tuple[str, str, str]  # owner, scope, request id


def key_of(command: asked.MoneyCommand) -> Key:
    """Under what the answer to a command is kept."""
    return str(command.owner), command.scope, command.request_id


@dataclasses.dataclass(slots=True)
class Parcel:
    """What decided commands leave to be written: rows, and entries (owner, id) whose facts are derived anew."""

    rows: list[Any] = dataclasses.field(default_factory=list)
    refresh: list[Write] = dataclasses.field(default_factory=list)
    keys: int = 0  # how many requests it answers

    def empty(self) -> bool:
        """Whether there is nothing to write."""
        return not self.rows and not self.refresh


@dataclasses.dataclass(frozen=True, slots=True)
class Answer:
    """What a request of the wallet was answered. replayed: it is the answer that it got the first time."""

    receipt: Receipt
    refusal: Rejection | None = None
    replayed: bool = False

    def or_raise(self) -> Receipt:
        """The receipt.

        Raises:
            Rejection: when the answer is no.
        """
        if self.refusal is not None:
            raise self.refusal
        return self.receipt


class Vault:
    """Lives in the writer's thread; nobody else touches it."""

    def __init__(self, con: duckdb.DuckDBPyConnection, next_seq: Callable[[], int], now: datetime) -> None:
        self._con = con
        self.before_reading: Callable[[], None] = _at_once  # the store is read when nothing is being written
        self._next_seq = next_seq
        self.chain = Chain(con)
        self._rows = RowWriter(con, self.chain)
        self._pending: list[Any] = []
        self._refresh: list[tuple[str, str]] = []
        self._remembered: OrderedDict[Key, tuple[str, str]] = OrderedDict()
        self._unsure: list[Key] = []  # answered, not on disk yet
        self._keys = 0  # how many of them wait in no parcel
        self._maybe = bytearray(_SLOTS)  # one byte a slot: 0 says that a request was certainly never here
        for key in self._all(_EVERY_KEY, {}):
            self._maybe[_slot(key)] = 1
        self._books: Books | None = None
        self._away: set[str] = set()  # members that were let go of and are not back yet
        self._know_working_days()
        self.books(now)

    def _know_working_days(self) -> None:
        """Keep the working calendar of every year that is published by now and not kept yet."""
        known = {year for (year,) in self._all(_KNOWN_YEARS, {"issuer": ISSUER_TEXT})}
        fresh = [(day, worked) for day, worked in seed(FIRST_YEAR, LAST_YEAR) if day.year not in known]
        if fresh:
            days = {"days": [day for day, _ in fresh], "worked": [worked for _, worked in fresh]}
            self._run(Write(_LEARN_DAYS, {"issuer": ISSUER_TEXT, **days}))

    def books(self, now: datetime) -> Books:
        """The books, loaded now if they are not here."""
        if self._books is None:
            self._books = Books()
            vault_loading.load_shared(self._all, self._books, ISSUER_TEXT)
            watch_loading.load_reports(self._all, self._books, now)
            everybody = vault_loading.with_wallets(self._all)
            if everybody:
                vault_loading.load_members(self._all, self._books, everybody, now.date())
        return self._books

    def with_members(self, owners: Sequence[UUID], now: datetime) -> Books:
        """The books with these members in them, as far as they are members; none named: with everybody."""
        books = self.books(now)
        wanted = [str(one) for one in owners] or list(self._away)
        missing = [one for one in wanted if one not in books.members and one not in books.merchants]
        self._away.difference_update(wanted)
        if missing:
            vault_loading.load_members(self._all, books, missing, now.date())
        return books

    def take(self, command: asked.MoneyCommand, key: Key, content: str, now: datetime, touched: set[str]) -> Answer:
        """Decide one command on top of all before it; its rows wait for `flush`. key, content: of the command."""
        before = self._before(key)
        if before is not None:
            return _again(command.request_id, content, before)
        books = self.books(now)
        self.fetch(command, now)
        actor = key[0] if command.actor is command.owner else str(command.actor)
        stamp = Stamp(command.at or now, now, actor, command.request_id, self._next_seq)
        answer = self._decided(books, command, stamp, touched)
        if not isinstance(answer.refusal, StepUpRequired):  # after confirming, the very same request is decided anew
            self._answered(key, content, answer, now)
        return answer

    def watch(self, commands: Sequence[asked.MoneyCommand], now: datetime) -> None:
        """Bring what the monitor has to know of whoever sends one of these by their own hand, all at once."""
        owners = {one.owner for one in commands if getattr(one, "presence", None) is not None}
        missing = [one for one in owners if str(one) not in self.books(now).watch.members]
        if missing:
            self._load_watched(self.with_members(missing, now), [str(one) for one in missing])

    def _load_watched(self, books: Books, owners: list[str]) -> None:
        watch_loading.load_members(self._all, books, owners)
        for row in self._pending:  # decided, but not where the query looks
            if row.owner in owners:
                books.watch.take(row)

    def recall(self, keys: Sequence[Key]) -> None:
        """Bring the answers of those requests that may have been here before into memory, all at once."""
        unsure = [key for key in keys if key not in self._remembered and self._maybe[_slot_lately(key)]]
        if not unsure:
            return
        owners, scopes, ids = (list(column) for column in zip(*unsure, strict=True))
        for *key, content, text in self._all(_ANSWERS, {"owners": owners, "scopes": scopes, "ids": ids}):
            self._remember((key[0], key[1], key[2]), content, text)

    def _remember(self, key: Key, content: str, text: str) -> None:
        self._remembered[key] = (content, text)
        if len(self._remembered) > _MOST_REMEMBERED:
            self._remembered.popitem(last=False)

    def _decided(self, books: Books, command: asked.MoneyCommand, stamp: Stamp, touched: set[str]) -> Answer:
        try:
            deed = decide(books, command, stamp)
        except Rejection as no:
            return Answer({}, no)
        books.absorb(deed.rows)
        self._pending += deed.rows
        self._refresh += deed.refresh
        touched.update([row[0] for row in deed.rows])  # whatever the table, its owner comes first
        return Answer(deed.receipt, deed.refusal)

    def _before(self, key: Key) -> tuple[str, str] | None:
        known = self._remembered.get(key)
        if known is not None:
            return known
        if not self._maybe[_slot_lately(key)]:
            return None
        owner, scope, request_id = key
        found = self._all(_ANSWERED, {"owner": owner, "scope": scope, "request_id": request_id})
        return (found[0][0], found[0][1]) if found else None

    def _answered(self, key: Key, content: str, answer: Answer, now: datetime) -> None:
        text = _text_of(answer)
        self._pending.append(rows.RequestRow(*key, content, text, now))
        self._remember(key, content, text)
        self._maybe[_slot_lately(key)] = 1
        self._unsure.append(key)
        self._keys += 1

    def fetch(self, command: asked.MoneyCommand, now: datetime) -> None:
        """Bring whoever and whatever the command names into memory."""
        books, owner = self.books(now), str(command.owner)
        if owner not in books.members or self._away or hasattr(command, "recipient"):
            self.with_members([one for one in (command.owner, getattr(command, "recipient", None)) if one], now)
        if isinstance(command, asked.AnswerAlert | asked.ReportDebit) or getattr(command, "presence", None) is not None:
            self._fetch_watched(books, owner, command, now)
        if isinstance(command, asked.RequestRefund):
            if command.payment not in books.payments and (owner, command.payment) not in books.requested:
                vault_loading.load_payment(self._all, books, owner, command.payment)
        elif isinstance(command, asked.AnswerCharge):
            if str(command.charge) not in books.charges:
                vault_loading.load_charge(self._all, books, owner, str(command.charge))
        elif isinstance(command, asked.Pay):
            if command.pay_code and str(command.pay_code) not in books.pay_codes:
                vault_loading.load_pay_code(self._all, books, str(command.pay_code))
        elif (refund := getattr(command, "refund", None)) is not None:
            self._fetch_refund(books, owner, refund, now)
        else:
            self._fetch_shop(books, command, now)

    def _fetch_watched(self, books: Books, owner: str, command: asked.MoneyCommand, now: datetime) -> None:
        if owner not in books.watch.members:
            self._load_watched(books, [owner])
        if isinstance(command, asked.AnswerAlert):
            watch_loading.load_alert(self._all, books, owner, str(command.alert), now)
        elif isinstance(command, asked.ReportDebit):
            watch_loading.load_debit(self._all, books, owner, str(command.debit), now)

    def _fetch_shop(self, books: Books, command: asked.MoneyCommand, now: datetime) -> None:
        merchant = books.merchants.get(str(command.owner)) if isinstance(command, asked.PayOut) else None
        if merchant is not None and merchant.proprietor is not None:
            self.with_members([UUID(merchant.proprietor)], now)
            vault_loading.load_open_refunds(self._all, books, merchant.owner)

    def _fetch_refund(self, books: Books, owner: str, refund: str, now: datetime) -> None:
        if refund not in books.refund_of and (owner, refund) not in books.requested:
            vault_loading.load_refund(self._all, books, owner, refund)
        key = refund if refund in books.refund_of else books.requested.get((owner, refund), "")
        payment = books.payments.get(books.refund_of.get(key, ""))
        if payment is None:
            return
        if payment.row.owner not in books.members:
            vault_loading.load_members(self._all, books, [payment.row.owner], now.date())
        if DRAWN_KEY in books.merchants[payment.row.merchant].accounts:  # then others may have a claim before this one
            vault_loading.load_open_refunds(self._all, books, payment.row.merchant)

    def flush(self, closing: datetime | None = None) -> None:
        """Write what waits, set-based; whoever reads on this connection sees it from now on.

        closing: the instant of the commit that comes now; its link of the audit chain is written too.
        """
        self.write(self.parcel(), closing)

    def parcel(self) -> Parcel:
        """What waits to be written, taken out of here."""
        rows, self._pending = self._pending, []
        refresh: list[Write] = []
        for owner, entry in self._refresh:
            start_day = self._books.members[owner].start_day if self._books else 1
            refresh += facts.refresh_entries(UUID(owner), [UUID(entry)], start_day)
        self._refresh = []
        keys, self._keys = self._keys, 0
        return Parcel(rows, refresh, keys)

    def write(self, parcel: Parcel, closing: datetime | None) -> None:
        """Write it in the open transaction; touches nothing that deciding touches."""
        if parcel.rows:
            self._rows.append(parcel.rows, None if self.chain.reads_back else closing)
        if closing is not None:
            self.chain.write(closing)
        for write in parcel.refresh:
            self._run(write)

    def staged(self, parcel: Parcel, closing: datetime) -> Callable[[], None] | None:
        """What writes it, link and all, with a single statement, so that it needs no transaction around it; else None.

        Run it before anything else is staged or written.
        """
        if parcel.refresh or not parcel.rows or self.chain.reads_back:
            return None
        return self._rows.staged(parcel.rows, closing)

    def forget(self, owners: Sequence[UUID]) -> None:
        """Somebody else changed what these owners have: they are loaded again when they are next needed."""
        if self._books is not None:
            for owner in map(str, owners):
                self._away |= {owner} & self._books.members.keys()
                self._books.forget(owner)

    def begin_anew(self) -> None:
        """Rows were changed or taken out: books and answers are read again when needed, the chain starts over."""
        self._books, self._away = None, set()
        self._remembered.clear()
        self.chain.renew()

    def kept(self, keys: int | None = None) -> None:
        """Everything taken is on disk; or, where so many are named, the first so many requests."""
        if keys is None:
            self.chain.kept()
        del self._unsure[:keys]
        books = self._books
        if books is not None and len(books.payments) > _MOST_PAYMENTS:
            self._let_go(books)

    def lost(self) -> None:
        """Nothing of what was taken reached the disk: memory starts over from there."""
        self.chain.lost()
        self._pending, self._refresh, self._books, self._away = [], [], None, set()
        for key in self._unsure:
            self._remembered.pop(key, None)
        self._unsure, self._keys = [], 0

    def drift(self, now: datetime) -> list[str]:
        """Which accounts and lots memory has otherwise than the postings say; none is right (LEDGER §9.2)."""
        held = self.books(now)
        fresh = Books()
        vault_loading.load_shared(self._all, fresh, ISSUER_TEXT)
        vault_loading.load_members(self._all, fresh, list(held.members), now.date())
        wrong = [f"account {key}" for key, minor in fresh.balances.items() if held.balances.get(key) != minor]
        for owner, member in fresh.members.items():
            there = held.members[owner]
            lots = {key: lot.remaining for key, lot in there.lots.items()}
            if lots != {key: lot.remaining for key, lot in member.lots.items()} or there.debt != member.debt:
                wrong.append(f"points of {owner}")
            if there.frozen != member.frozen:
                wrong.append(f"status of {owner}")
        return wrong

    @staticmethod
    def _let_go(books: Books) -> None:
        """The older half of the payments that wait for nothing: a refund fetches its payment again."""
        for key in list(books.payments)[: _MOST_PAYMENTS // 2]:
            if books.payments[key].settled():
                books.drop(key)

    def _all(self, sql: str, params: Any) -> list[tuple[Any, ...]]:  # noqa: ANN401 - named parameters
        self.before_reading()
        return self._con.execute(sql, dict(params)).fetchall()

    def _run(self, write: Write) -> None:
        write.carry_out(self._con, self.chain.touched)


def _at_once() -> None:
    """Nothing is being written."""


def _slot(key: Sequence[str]) -> int:
    return zlib.crc32("\n".join(key).encode()) % _SLOTS


_slot_lately: Final = lru_cache(maxsize=1024)(_slot)  # asked three times for each request on its way


def _text_of(answer: Answer) -> str:
    no = answer.refusal
    body: dict[str, Any] = {"receipt": answer.receipt}
    if no is not None:
        body |= {"rejection": type(no).__name__, "facts": dict(no.facts)}
    return json_bytes(body, sort=False).decode()


def _again(request_id: str, content: str, before: tuple[str, str]) -> Answer:
    if before[0] != content:
        return Answer({}, RequestIdReused(request_id))
    return answer_from(before[1])


def answer_from(text: str) -> Answer:
    """The answer as it was stored."""
    body = json.loads(text)
    no = rebuilt(body["rejection"], body["facts"]) if "rejection" in body else None
    return Answer(body["receipt"], no, replayed=True)
