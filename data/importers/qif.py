"""QIF files of banks and of programs people move from (Quicken, GnuCash, MS Money, YNAB, HomeBank…).

A file may hold several accounts. A split record is one line for each part, so that every category has its amount; what
the parts leave of the record's amount is a line of its own, so that the account moves by exactly what the record says.
A transfer that two accounts of the file both list counts once, also when their files come one after the other. The
person is asked for the order of the dates where the dates leave it open.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta, timezone
from pathlib import PurePath
from typing import Final

from data.errors import Rejection
from data.importers.headings import FEE_CATEGORIES, REFUND_WORDS
from data.importers.mapping import DateOrder, Doubt
from data.importers.mapping import Mapping as Reading
from data.importers.methods import card_in
from data.importers.ofx_values import amount_of
from data.importers.qif_pieces import Found, Piece, once, pieces_of
from data.importers.qif_text import (
    MONEY_SECTIONS,
    Record,
    day_of,
    looks_like_qif,
    order_of,
    records,
    text_and_encoding,
)
from data.importers.signed import by_direction, into_liability
from data.importers.statement import (
    AccountHint,
    AccountKind,
    Closing,
    Direction,
    Kind,
    Line,
    Problem,
    Skipped,
    Statement,
)
from data.money import Money

FORMAT: Final = "qif"
recognises = looks_like_qif

_OPENINGS: Final = frozenset({"opening balance", "starting balance", "initial balance", "期初余额", "初始余额"})
_LIABLE: Final = frozenset({"ccard", "oth l"})
_CREDIT: Final = ("credit", "信用卡", "贷记卡", "花呗", "白条")
# What moves cash on an investment account by itself; what buys, sells or reinvests is about securities.
_CASH_IN: Final = frozenset({"xin", "contribx", "miscinc", "intinc", "div", "cglong", "cgmid", "cgshort"})
_CASH_OUT: Final = frozenset({"xout", "withdrwx", "miscexp", "margint"})


class _File:
    """What the records of one file share."""

    def __init__(self, listed: Sequence[Record], file: str, reading: Reading, order: DateOrder) -> None:
        self.reading = reading
        self.order = order
        self._stem = PurePath(file).stem
        self._zone = timezone(timedelta(minutes=reading.utc_offset))
        self._types = {one.value("N"): one.value("T").casefold() for one in listed if one.section == "account"}
        cats = [one for one in listed if one.section == "cat"]
        self.sides = {one.value("N"): "I" if "I" in one.values else "E" for one in cats if {"I", "E"} & set(one.values)}
        # A list without `!Account` is named by its opening balance, which is a transfer from the account to itself.
        self._named = {
            one.section: name
            for one in reversed(listed)
            if one.account is None and _is_opening(one) and (name := Piece(_ZERO, one.value("L"), "").other)
        }

    def instant(self, day: date) -> datetime:
        return datetime.combine(day, time(), self._zone)

    def account(self, record: Record) -> AccountHint:
        """The account that a record belongs to; one that the file does not name has the file's name."""
        name = record.account[0] if record.account else self._named.get(record.section, "")
        owed = record.section in _LIABLE
        if name:
            return self.named(name, owed=owed)
        if self.reading.account is not None:
            return self.reading.account
        return AccountHint(f"file:{FORMAT}:{record.section}", self._stem, _kind_of_account(owed=owed))

    def named(self, name: str, *, owed: bool = False) -> AccountHint:
        """The account of this name: a bank card by its known key, anything else by its own words."""
        stated = self._types.get(name)
        owed = stated in _LIABLE if stated else owed or any(word in name.casefold() for word in _CREDIT)
        return card_in(name) or AccountHint(f"file:{name}", name, _kind_of_account(owed=owed))


_ZERO: Final = Money(0, "CNY")


def _kind_of_account(*, owed: bool) -> AccountKind:
    return AccountKind.LIABILITY if owed else AccountKind.ASSET


def parse(data: bytes, file: str, reading: Reading) -> tuple[Statement, Reading]:
    """The file read in the order that `reading` says, or while that is in doubt the order its dates prove.

    Answers the statement and how it was read: still in doubt when the dates fit both orders; then month comes first
    and a problem says so.

    Raises:
        FileRefused: what cannot be decoded.
    """
    text, encoding = text_and_encoding(data, file)
    listed = list(records(text))
    money = [one for one in listed if one.section in MONEY_SECTIONS or one.section == "invst"]
    if Doubt.DATE_ORDER in reading.doubts:
        order, proven = order_of(one.value("D") for one in money if one.value("D"))
        doubts = () if proven else (Doubt.DATE_ORDER,)
        reading = dataclasses.replace(reading, date_order=order, doubts=doubts)
    whole = _File(listed, file, reading, reading.date_order)
    found = list(once([list(_record(whole, one)) for one in listed]))
    lines = tuple(one for one in found if isinstance(one, Line))
    statement = Statement(
        FORMAT,
        encoding,
        lines,
        skipped=tuple(one for one in found if isinstance(one, Skipped)),
        problems=(*_about_the_file(money, reading), *(one for one in found if isinstance(one, Problem))),
        computed=by_direction(lines),
        closings=tuple(one for one in found if isinstance(one, Closing)),
        file=file,
    )
    return statement, reading


def _about_the_file(money: Sequence[Record], reading: Reading) -> Iterator[Problem]:
    if not money:
        yield Problem(1, "!Type", "no_statement")
    elif Doubt.DATE_ORDER in reading.doubts:
        first = next(one for one in money if one.value("D"))
        yield Problem(first.line, "D", f"{Doubt.DATE_ORDER.value}_ambiguous", first.value("D"))


def _record(whole: _File, record: Record) -> Iterator[Found]:
    """What a record becomes; lists of categories, classes, securities and the like say nothing about money."""
    cells = _cells(record)
    if record.section == "account":
        yield from _closing(whole, record)
    elif record.section == "memorized":
        yield Skipped(record.line, "memorised", cells=cells)
    elif record.section in MONEY_SECTIONS:
        yield from _transaction(whole, record, cells, 1)
    elif record.section == "invst":
        action = record.value("N").casefold()
        sign = 1 if action in _CASH_IN or action in {"", "cash"} else -1 if action in _CASH_OUT else 0
        if sign and (record.value("T") or record.value("U")):
            yield from _transaction(whole, record, cells, sign)
        else:
            yield Skipped(record.line, "investment", cells=cells)


def _transaction(whole: _File, record: Record, cells: Mapping[str, str], sign: int) -> Iterator[Found]:
    if not record.closed:
        yield Problem(record.line, "^", "truncated", cells=cells)
        return
    day = day_of(record.value("D"), whole.order) if record.value("D") else "missing"
    if isinstance(day, str):
        yield Problem(record.line, "D", day, record.value("D"), cells=cells)
        return
    text = record.value("T") or record.value("U")
    if not text:
        yield Problem(record.line, "T", "missing", cells=cells)
        return
    try:
        pieces = pieces_of(record, text, sign, whole.reading.currency)
    except Rejection as rejection:
        yield Problem(record.line, "T", rejection.code, text, cells=cells)
        return
    if not pieces:
        yield Skipped(record.line, "zero_amount", cells=cells)
    account = whole.account(record)
    for part, piece in enumerate(pieces):
        yield _line(whole, record, piece, account, day, part, cells)


def _line(
    whole: _File,
    record: Record,
    piece: Piece,
    account: AccountHint,
    day: date,
    part: int,
    cells: Mapping[str, str],
) -> Line:
    direction = Direction.IN if piece.amount.minor > 0 else Direction.OUT
    payee, memo = record.value("P"), piece.memo or record.value("M")
    category, _, label = piece.category.partition("/")
    kind = _kind(whole, record, piece, account, category)
    counter = whole.named(piece.other) if kind is Kind.TRANSFER and piece.other else None
    amount = abs(piece.amount)
    facts = (day.isoformat(), amount.plain(), amount.currency)
    if counter is not None:
        ways = (account.key, counter.key) if direction is Direction.OUT else (counter.key, account.key)
        identity: tuple[str, ...] = (FORMAT, "transfer", *ways, *facts)
    else:
        said = (record.value("N"), payee, memo, piece.category, "" if piece.number is None else str(piece.number))
        identity = (FORMAT, account.key, *facts, direction.value, *said)
    return Line(
        line=record.line,
        kind=kind,
        direction=direction,
        amount=amount,
        occurred_at=whole.instant(day),
        booked_on=day,
        account=account,
        identity=identity,
        part=part,
        counter=counter,
        payee=payee or memo,
        description=memo if payee else "",
        status=record.value("C"),
        order_id=record.value("N"),
        source_category="" if piece.other else category.rsplit(":", 1)[-1].strip(),
        note=label.strip(),
        cells=cells,
    )


def _kind(whole: _File, record: Record, piece: Piece, account: AccountHint, category: str) -> Kind:
    if _is_opening(record) or (piece.other and whole.named(piece.other).key == account.key):
        return Kind.ADJUSTMENT
    if piece.other or record.value("N").casefold() in {"xin", "xout", "contribx", "withdrwx"}:
        return Kind.TRANSFER
    side = whole.sides.get(category) or whole.sides.get(category.split(":", 1)[0])
    words = f"{record.value('P')} {piece.memo or record.value('M')} {category}"
    if piece.amount.minor < 0:
        word = category.rsplit(":", 1)[-1].replace(" ", "").casefold()
        return Kind.FEE if word in FEE_CATEGORIES else Kind.EXPENSE
    if side == "E":
        return Kind.REFUND
    if account.kind is AccountKind.LIABILITY and side != "I":
        return into_liability(words)
    return Kind.REFUND if REFUND_WORDS.search(words) else Kind.INCOME


def _is_opening(record: Record) -> bool:
    return record.value("P").casefold() in _OPENINGS


def _closing(whole: _File, record: Record) -> Iterator[Closing | Problem]:
    """The balance that an `!Account` block states: `$` as of `/`."""
    if not record.value("$") or not record.value("/") or not record.value("N"):
        return
    day = day_of(record.value("/"), whole.order)
    try:
        balance = amount_of(record.value("$"), whole.reading.currency)
    except Rejection as rejection:
        yield Problem(record.line, "$", rejection.code, record.value("$"))
        return
    if isinstance(day, date):
        yield Closing(whole.named(record.value("N")), day, balance)


def _cells(record: Record) -> dict[str, str]:
    splits = {
        f"S{number}": " ".join(filter(None, (one.category, one.memo, one.amount)))
        for number, one in enumerate(record.splits, 1)
    }
    return {**record.values, **splits}
