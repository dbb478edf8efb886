"""OFX, QFX and QBO files: what the bank's own download says.

The sign of `TRNAMT` decides the direction, never `TRNTYPE`; the digits of `DTPOSTED` are the local booking date,
its offset only gives the instant. `FITID` repeats in real files, so a row's identity holds amount and date too.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator

from data.errors import Rejection
from data.importers.ofx_text import Element, looks_like_ofx, read_tree
from data.importers.ofx_values import Stamp, account_hint, amount_of, stamp_of
from data.importers.signed import by_direction, into_liability, numbered
from data.importers.statement import (
    AccountHint,
    AccountKind,
    Closing,
    Direction,
    FileRefused,
    Kind,
    Line,
    Problem,
    Skipped,
    Statement,
)
from data.money import AmountUnreadable, CurrencyUnknown, Money

FORMAT = "ofx"

_RESPONSES = ("STMTRS", "CCSTMTRS", "INVSTMTRS")
_ACCOUNTS_FROM = ("BANKACCTFROM", "CCACCTFROM", "INVACCTFROM")
_ACCOUNTS_TO = frozenset({"BANKACCTTO", "CCACCTTO"})
_LISTS = ("BANKTRANLIST", "BANKTRANLISTP", "INVTRANLIST")
_REQUIRED = ("TRNTYPE", "DTPOSTED", "TRNAMT")
# Types that say that the other side is the person's own too: own account, or cash in their pocket.
_OWN_MONEY = frozenset({"XFER", "ATM", "CASH"})
_FEES = frozenset({"FEE", "SRVCHG"})
_EARNINGS = frozenset({"INT", "DIV"})
_MCC = re.compile(r"\d{4}")

recognises = looks_like_ofx

# A row's values by tag, as the file has them. Other accounts are containers, so their numbers are not among them.
Values = dict[str, str]


@dataclasses.dataclass(frozen=True, slots=True)
class _Own:
    """The account that a list of rows is about, and the currency of its amounts where a row names none."""

    account: AccountHint
    currency: str
    organisation: str
    bank: str


def parse(data: bytes, file: str) -> Statement:
    """Every account statement of the file as one `Statement`, rows that cannot be read as problems.

    A file without any account statement (a failed sign-on, a list of accounts) gives one problem that says so, with
    the bank's own message.

    Raises:
        FileRefused: `xml_entities`, `not_recognised`; `no_account` when rows belong to no account.
    """
    root, encoding = read_tree(data, file)
    organisation = next((node.text for node in root.walk("ORG")), "")
    lines: list[Line] = []
    skipped: list[Skipped] = []
    problems: list[Problem] = []
    closings: list[Closing] = []
    responses = list(root.walk(*_RESPONSES))
    for response in responses:
        own = _own(response, organisation, file)
        if own is None:
            continue
        for found in (*_rows(response, own), *_closing(response, own)):
            match found:
                case Line():
                    lines.append(found)
                case Skipped():
                    skipped.append(found)
                case Problem():
                    problems.append(found)
                case Closing():
                    closings.append(found)
    problems.extend(_whole_file(root, responses))
    ordered = numbered(lines)
    return Statement(
        FORMAT,
        encoding,
        ordered,
        skipped=tuple(skipped),
        problems=tuple(problems),
        computed=by_direction(ordered),
        closings=tuple(closings),
        file=file,
    )


def _own(response: Element, organisation: str, file: str) -> _Own | None:
    source = next((node for node in response.children if node.tag in _ACCOUNTS_FROM), None)
    if source is None or not source.value("ACCTID"):
        if next(response.walk("STMTTRN"), None):
            raise FileRefused(file, "no_account", response.line, "ACCTID")
        return None
    hint = account_hint(source, organisation)
    return _Own(hint, response.value("CURDEF").upper(), organisation, source.value("BANKID"))


def _rows(response: Element, own: _Own) -> Iterator[Line | Skipped | Problem]:
    rows: list[tuple[Element, Values]] = []
    for found in response.walk(*_LISTS):
        for node in found.children:
            if node.tag == "STMTTRN":
                rows.append((node, node.values()))
            elif node.tag == "INVBANKTRAN":
                rows.extend((inner, inner.values()) for inner in node.walk("STMTTRN"))
            elif node.tag == "STMTTRNP":
                yield Skipped(node.line, "pending", cells=node.values())
            elif found.tag == "INVTRANLIST" and not node.tag.startswith("DT"):
                yield Skipped(node.line, "investment", cells=node.values())
    corrected = {values["CORRECTFITID"] for _, values in rows if "CORRECTFITID" in values}
    for node, values in rows:
        yield _row(node, values, own, corrected)


def _row(node: Element, values: Values, own: _Own, corrected: set[str]) -> Line | Skipped | Problem:
    if not node.closed:
        return Problem(node.line, "STMTTRN", "truncated", cells=values)
    if values.get("FITID") in corrected or values.get("CORRECTACTION", "").upper() == "DELETE":
        return Skipped(node.line, "corrected", cells=values)
    missing = next((tag for tag in _REQUIRED if tag not in values), "")
    if missing:
        return Problem(node.line, missing, "missing", cells=values)
    stamp = stamp_of(values["DTPOSTED"])
    if isinstance(stamp, str):
        return Problem(node.line, "DTPOSTED", stamp, values["DTPOSTED"], cells=values)
    return _priced(node, values, own, stamp)


def _priced(node: Element, values: Values, own: _Own, stamp: Stamp) -> Line | Skipped | Problem:
    currency = (node.value("CURRENCY", "CURSYM") or values.get("CURRENCY") or own.currency).upper()
    try:
        amount = amount_of(values["TRNAMT"], currency)
    except CurrencyUnknown as unknown:
        return Problem(node.line, "CURRENCY", unknown.code if currency else "missing", currency, cells=values)
    except AmountUnreadable as unreadable:
        return Problem(node.line, "TRNAMT", unreadable.code, unreadable.text, cells=values)
    return _line(node, values, own, amount, stamp) if amount else Skipped(node.line, "zero_amount", cells=values)


def _line(node: Element, values: Values, own: _Own, amount: Money, stamp: Stamp) -> Line:
    get = values.get
    other = next((child for child in node.children if child.tag in _ACCOUNTS_TO), None)
    name = get("EXTDNAME") or get("NAME") or node.value("PAYEE", "NAME")
    memo = get("MEMO", "")
    direction = Direction.IN if amount.minor > 0 else Direction.OUT
    fitid = get("FITID", "")
    # What the bank says the row is called: its id, or without one its words.
    proof = (fitid,) if fitid else ("", name, memo, get("CHECKNUM", ""))
    return Line(
        line=node.line,
        kind=_kind(values["TRNTYPE"].upper(), own.account, direction, f"{name} {memo}", transfer=other is not None),
        direction=direction,
        amount=abs(amount),
        occurred_at=stamp.occurred_at,
        booked_on=stamp.booked_on,
        account=own.account,
        counter=_counter(other, own) if other else None,
        identity=(FORMAT, own.account.key, *proof, amount.plain(), amount.currency, stamp.digits),
        payee=name or memo,
        description=memo if name else "",
        order_id=fitid,
        mcc=get("SIC", "") if _MCC.fullmatch(get("SIC", "")) else "",
        stated_direction=values["TRNTYPE"].upper(),
        cells=values,
    )


def _counter(other: Element, own: _Own) -> AccountHint:
    at_home = other.value("BANKID") in {"", own.bank}
    return account_hint(other, own.organisation if at_home else "")


def _kind(kind: str, account: AccountHint, direction: Direction, words: str, *, transfer: bool) -> Kind:
    if transfer or kind in _OWN_MONEY:
        return Kind.TRANSFER
    if kind in _FEES:
        return Kind.FEE if direction is Direction.OUT else Kind.REFUND
    if direction is Direction.OUT:
        return Kind.EXPENSE
    if account.kind is AccountKind.LIABILITY and kind not in _EARNINGS:
        return into_liability(f"{kind} {words}")
    return Kind.INCOME


def _closing(response: Element, own: _Own) -> Iterator[Closing | Problem]:
    balance = response.first("LEDGERBAL")
    if balance is None or not balance.value("BALAMT"):
        return
    stamp = stamp_of(balance.value("DTASOF"))
    if isinstance(stamp, str):
        yield Problem(balance.line, "DTASOF", stamp, balance.value("DTASOF"))
        return
    try:
        yield Closing(own.account, stamp.booked_on, amount_of(balance.value("BALAMT"), own.currency))
    except Rejection as rejection:
        yield Problem(balance.line, "BALAMT", rejection.code, balance.value("BALAMT"))


def _whole_file(root: Element, responses: list[Element]) -> Iterator[Problem]:
    for status in root.walk("STATUS"):
        if status.value("SEVERITY").upper() == "ERROR":
            yield Problem(status.line, "STATUS", "bank_error", status.value("MESSAGE") or status.value("CODE"))
    if not responses:
        yield Problem(root.line, "OFX", "no_statement")
    if not root.closed:
        yield Problem(_last_line(root), "OFX", "truncated")


def _last_line(node: Element) -> int:
    while node.children:
        node = node.children[-1]
    return node.line
