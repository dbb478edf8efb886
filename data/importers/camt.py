"""CAMT.052, .053 and .054 (ISO 20022) of every version: what an account's bank reports, states and notifies.

`CdtDbtInd` is the direction, also of a reversal: there `RvslInd` says only that it takes back an earlier entry of the
other direction. Only what is booked counts; what is pending or for information is skipped. A batch becomes its
transactions where these add up to the entry, and stays one line, with a problem that says so, where they don't.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping

from data.importers.bank_rows import added, last_of_day, tally
from data.importers.camt_entries import Detail, Entry, entry_of
from data.importers.camt_lines import Row
from data.importers.camt_reports import (
    Own,
    Stamp,
    balances_of,
    money_of,
    own_of,
    signed_amount,
    stamp_of,
    stated_of,
)
from data.importers.camt_xml import Message, Report, looks_like_camt, read_message
from data.importers.signed import numbered, unbalanced
from data.importers.statement import (
    AccountHint,
    Closing,
    FileRefused,
    Line,
    Problem,
    Skipped,
    Statement,
    Totals,
)
from data.money import Money

FORMAT = "camt"

recognises = looks_like_camt

_BOOKED = frozenset({"", "BOOK", "BOOKED"})
_WAITING = {"PDNG": "pending", "FUTR": "pending", "PENDING": "pending", "INFO": "information"}


@dataclasses.dataclass(slots=True)
class _Found:
    """What a file gives. listed: the signed amounts of all its entries, for the totals that it may state."""

    lines: list[Line] = dataclasses.field(default_factory=list)
    skipped: list[Skipped] = dataclasses.field(default_factory=list)
    problems: list[Problem] = dataclasses.field(default_factory=list)
    closings: list[Closing] = dataclasses.field(default_factory=list)
    listed: list[Money] = dataclasses.field(default_factory=list)
    stated: list[Totals | None] = dataclasses.field(default_factory=list)


def parse(data: bytes, file: str) -> Statement:
    """Every statement, report and notification of the file as one `Statement`, entries that cannot be read as problems.

    Raises:
        FileRefused: `xml_entities`; `no_account` when entries belong to no account.
    """
    message = read_message(data, file, entry_of)
    reports = [(report, own) for report in message.reports if (own := _own(report, file))]
    accounts = {own.number: own.account for _, own in reports}
    found = _Found()
    for report, own in reports:
        _read(report, own, accounts, found)
    found.problems.extend(_whole_file(message))
    return Statement(
        FORMAT,
        message.encoding,
        numbered(found.lines),
        skipped=tuple(found.skipped),
        problems=tuple(sorted(found.problems, key=lambda problem: problem.line)),
        stated=added(found.stated),
        computed=tally(found.listed),
        closings=last_of_day(found.closings),
        file=file,
    )


def _own(report: Report[Entry], file: str) -> Own | None:
    own = own_of(report.element)
    if own is None and report.entries:
        raise FileRefused(file, "no_account", report.entries[0].line, "Acct")
    return own


def _whole_file(message: Message[Entry]) -> Iterator[Problem]:
    if not message.reports:
        yield Problem(1, "Document", "no_statement")
    if message.lost:
        yield Problem(message.lost, "Ntry", "truncated")
    if message.broken_at:
        yield Problem(message.broken_at, "Document", "truncated")


def _read(report: Report[Entry], own: Own, accounts: Mapping[str, AccountHint], found: _Found) -> None:
    booked = [amount for entry in report.entries if (amount := _entry(entry, own, accounts, found))]
    found.stated.append(stated_of(report.element, own, booked))
    if not report.entries and found.stated[-1] is None:
        found.stated.pop()  # an account on which nothing happened need not say so in figures
    openings: dict[str, Money] = {}
    for balance in balances_of(report.element, own):
        if isinstance(balance, Problem):
            found.problems.append(balance)
            continue
        if balance.opens:
            openings.setdefault(balance.amount.currency, balance.amount)
            continue
        if not balance.within_day:
            found.closings.append(Closing(own.account, balance.on, balance.amount))
        opening = openings.get(balance.amount.currency)
        wrong = unbalanced(balance.line, "CLBD", opening, booked, balance.amount) if opening else None
        if wrong and report.element.closed:
            found.problems.append(wrong)


def _entry(entry: Entry, own: Own, accounts: Mapping[str, AccountHint], found: _Found) -> Money | None:
    """Reads one entry; its signed amount if it is booked."""
    amount = signed_amount(entry, own.currency)
    if isinstance(amount, Money):
        found.listed.append(amount)
    if entry.status in _WAITING:
        found.skipped.append(Skipped(entry.line, _WAITING[entry.status], cells=entry.cells))
    elif entry.status not in _BOOKED:
        found.problems.append(Problem(entry.line, "Sts", "status_unknown", entry.status, cells=entry.cells))
    elif isinstance(amount, Problem):
        found.problems.append(amount)
    elif not amount:
        found.skipped.append(Skipped(entry.line, "zero_amount", cells=entry.cells))
    else:
        return _booked(entry, own, accounts, amount, found)
    return None


def _booked(entry: Entry, own: Own, accounts: Mapping[str, AccountHint], amount: Money, found: _Found) -> Money | None:
    stamp = _stamp(entry, own, found)
    if stamp is None:
        return None
    parts = list(_parts(entry, amount))
    if len(entry.details) > 1 and len(parts) == 1 and any(detail.amounts for detail in entry.details):
        text = f"{len(entry.details)} TxDtls ≠ {amount.plain()} {amount.currency}"
        found.problems.append(Problem(entry.line, "TxDtls", "details_differ", text, cells=entry.cells))
    for signed, detail in parts:
        if signed:
            found.lines.append(Row(entry, detail, own, accounts, batch=len(parts) > 1).line(signed, stamp))
        else:
            found.skipped.append(Skipped(entry.line, "zero_amount", cells=detail.cells if detail else entry.cells))
    return amount


def _stamp(entry: Entry, own: Own, found: _Found) -> Stamp | None:
    for cell, text in (("BookgDt", entry.booked), ("ValDt", entry.valued), *_detail_dates(entry)):
        if text:
            stamp = stamp_of(text)
            if isinstance(stamp, Stamp):
                return stamp
            found.problems.append(Problem(entry.line, cell, stamp, text, cells=entry.cells))
            return None
    stamp = stamp_of(own.stated_on)
    if isinstance(stamp, Stamp):
        # Booked, says the bank, but not when: no later than the day it says so.
        text = stamp.booked_on.isoformat()
        found.problems.append(Problem(entry.line, "BookgDt", "date_assumed", text, cells=entry.cells))
        return stamp
    found.problems.append(Problem(entry.line, "BookgDt", "missing", cells=entry.cells))
    return None


def _detail_dates(entry: Entry) -> Iterator[tuple[str, str]]:
    return (("RltdDts", detail.on) for detail in entry.details)


def _parts(entry: Entry, amount: Money) -> Iterator[tuple[Money, Detail | None]]:
    """The entry's transactions with their signed amounts, or the entry as one."""
    details = entry.details
    split = _split(entry, amount) if len(details) > 1 else None
    if split:
        yield from zip(split, details, strict=True)
    else:
        yield amount, details[0] if len(details) == 1 else None


def _split(entry: Entry, amount: Money) -> list[Money] | None:
    figures = [_in_currency(detail, amount.currency) for detail in entry.details]
    known = [figure for figure in figures if figure is not None]
    if len(known) != len(figures):
        return None
    whole = -1 if amount.minor < 0 else 1
    opposite = {"CRDT": "DBIT", "DBIT": "CRDT"}.get(entry.mark, "")
    signs = [-whole if detail.mark and detail.mark == opposite else whole for detail in entry.details]
    # Some banks mark each transaction with its payer's view: then all have the entry's direction.
    for tried in (signs, [whole] * len(known)):
        parts = [figure if sign > 0 else -figure for sign, figure in zip(tried, known, strict=True)]
        if sum(part.minor for part in parts) == amount.minor:
            return parts
    return None


def _in_currency(detail: Detail, currency: str) -> Money | None:
    for text, code in detail.amounts:
        if code in {currency, ""}:
            amount = money_of(text, currency)
            return amount if isinstance(amount, Money) else None
    return None
