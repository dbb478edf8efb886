"""What a CAMT statement says about its account: whose it is, its balances, its totals; and what its values mean."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, timezone
from typing import NamedTuple

from data.errors import Rejection
from data.importers.bank_accounts import account_named
from data.importers.camt_entries import Entry, account_text, amount_text, date_text
from data.importers.moments import EARLIEST, LATEST
from data.importers.ofx_text import Element
from data.importers.statement import AccountHint, AccountKind, Problem, Total, Totals
from data.money import Money, exponent, parse_amount

_FIGURE = re.compile(r"\+?(?:\d{1,20}(?:\.\d{0,20})?|\.\d{1,20})")
_STAMP = re.compile(
    r"(?P<year>\d{4})-?(?P<month>\d\d)-?(?P<day>\d\d)"
    r"(?:[T ](?P<hour>\d\d):?(?P<minute>\d\d)(?::?(?P<second>\d\d)(?:[.,]\d{1,12})?)?)?"
    r" ?(?P<zone>Z|(?P<sign>[+-])(?P<hours>\d\d):?(?P<minutes>\d\d)?)?"
)
_SIGNS = {"CRDT": 1, "DBIT": -1}
_OPENINGS, _CLOSINGS = ("OPBD", "PRCD"), ("CLBD",)
_WITHIN_DAY = "INTM"  # the balance at the foot of a page, not of the day
_OWED = frozenset({"CARD", "LOAN"})  # ISO 20022 cash account types


class Own(NamedTuple):
    """The account of a statement. number: without blanks; currency: its own; stated_on: when the bank says all this."""

    account: AccountHint
    number: str
    currency: str
    stated_on: str


class Stamp(NamedTuple):
    """A moment of the file: the date that its digits say, and the instant; UTC where it names no offset."""

    booked_on: date
    occurred_at: datetime


class Balance(NamedTuple):
    """A booked balance. opens: before the entries; within_day: of a page, so no figure of the day's end."""

    line: int
    amount: Money
    on: date
    opens: bool
    within_day: bool


def compact(number: str) -> str:
    """An account number as it is compared: without blanks, in capitals."""
    return re.sub(r"\s", "", number).upper()


def own_of(report: Element) -> Own | None:
    """The account of a statement, None where it names none."""
    account = report.first("Acct")
    number = account_text(account)
    if account is None or not number:
        return None
    bank = account.first("Svcr")
    bank = bank.first("FinInstnId") if bank else None
    code = name = ""
    if bank:
        code = bank.value("ClrSysMmbId", "MmbId") or bank.value("BICFI") or bank.value("BIC")
        name = bank.value("Nm") or bank.value("NmAndAdr", "Nm")
    kind = AccountKind.LIABILITY if account.value("Tp", "Cd") in _OWED else AccountKind.ASSET
    period = report.first("FrToDt")
    until = (period.value("ToDtTm") or period.value("ToDt")) if period else ""
    hint = account_named(number, bank=code, institution=name, kind=kind)
    return Own(hint, compact(number), account.value("Ccy").upper(), until or report.value("CreDtTm"))


def stamp_of(text: str) -> Stamp | str:
    """An ISO date or date-time, or the reason why it is none."""
    found = _STAMP.fullmatch(text)
    if not found:
        return "missing" if not text else "date_unreadable"
    year, month, day, hour, minute, second = (int(part or 0) for part in found.groups()[:6])
    try:
        moment = datetime(year, month, day, hour, minute, second, tzinfo=_zone(found))
    except ValueError:
        return "date_unreadable"
    return Stamp(moment.date(), moment) if EARLIEST <= year <= LATEST else "date_absurd"


def _zone(found: re.Match[str]) -> timezone:
    if not found["sign"]:
        return UTC
    east = timedelta(hours=int(found["hours"]), minutes=int(found["minutes"] or 0))
    return timezone(-east if found["sign"] == "-" else east)


def money_of(text: str, currency: str) -> Money | str:
    """An amount without sign, its decimal sign a point as XML has it; or the reason why it is none."""
    if not text:
        return "missing"
    if not _FIGURE.fullmatch(text):
        return "amount_negative" if text.startswith("-") and _FIGURE.fullmatch(text[1:]) else "amount_unreadable"
    try:
        return parse_amount(text, currency)
    except Rejection as rejection:
        return rejection.code


def signed_amount(entry: Entry, currency: str) -> Money | Problem:
    """The amount of an entry, negative where it leaves the account. currency: of the account, where it has none."""
    sign = _SIGNS.get(entry.mark)
    code = entry.currency or currency
    unknown = _unknown(code)
    if unknown:
        return Problem(entry.line, "Amt/@Ccy", unknown, code, cells=entry.cells)
    amount = money_of(entry.amount, code)
    if not isinstance(amount, Money):
        return Problem(entry.line, "Amt", amount, entry.amount, cells=entry.cells)
    if sign is None:
        reason = "status_unknown" if entry.mark else "missing"
        return Problem(entry.line, "CdtDbtInd", reason, entry.mark, cells=entry.cells)
    return amount if sign > 0 else -amount


def _unknown(currency: str) -> str:
    try:
        exponent(currency)
    except Rejection as rejection:
        return rejection.code if currency else "missing"
    return ""


def balances_of(report: Element, own: Own) -> list[Balance | Problem]:
    """The booked balances, those that open before those that close."""
    found = [_balance(node, own) for node in report.children if node.tag == "Bal" and _type(node)]
    return sorted(found, key=lambda one: isinstance(one, Balance) and not one.opens)


def _type(balance: Element) -> str:
    code = balance.value("Tp", "CdOrPrtry", "Cd") or balance.value("Tp", "Cd")
    return code if code in _OPENINGS or code in _CLOSINGS else ""


def _balance(node: Element, own: Own) -> Balance | Problem:
    text, code = amount_text(node, "Amt")
    code = code or own.currency
    kind = _type(node)
    unknown = _unknown(code)
    if unknown:
        return Problem(node.line, f"{kind}/Amt/@Ccy", unknown, code)
    amount = money_of(text, code)
    if not isinstance(amount, Money):
        return Problem(node.line, f"{kind}/Amt", amount, text)
    stamp = stamp_of(date_text(node, "Dt") or own.stated_on)
    if not isinstance(stamp, Stamp):
        return Problem(node.line, f"{kind}/Dt", stamp, date_text(node, "Dt"))
    signed = -amount if node.value("CdtDbtInd").upper() == "DBIT" else amount
    subtype = node.value("Tp", "SubTp", "Cd")
    return Balance(node.line, signed, stamp.booked_on, kind in _OPENINGS, subtype == _WITHIN_DAY)


def stated_of(report: Element, own: Own, booked: list[Money]) -> Totals | None:
    """How many entries a statement says it has, and what they sum up to; None where it says nothing."""
    summary = report.first("TxsSummry")
    currency = own.currency or next((amount.currency for amount in booked), "")
    if summary is None or _unknown(currency):
        return None
    count = summary.value("TtlNtries", "NbOfNtries")
    totals = Totals(
        currency,
        int(count) if re.fullmatch(r"[0-9]{1,9}", count) else None,
        _total(summary.first("TtlDbtNtries"), currency),
        _total(summary.first("TtlCdtNtries"), currency),
    )
    return None if totals == Totals(currency) else totals


def _total(node: Element | None, currency: str) -> Total | None:
    if node is None:
        return None
    count, amount = node.value("NbOfNtries"), money_of(node.value("Sum"), currency)
    if not re.fullmatch(r"[0-9]{1,9}", count) or not isinstance(amount, Money):
        return None
    return Total(int(count), amount.minor)
