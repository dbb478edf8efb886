"""MT940 and MT942 (SWIFT): a day's or an hour's statement of an account, as banks send it and online banking exports.

RC and RD take back a credit and a debit, so RC is money out and RD money in. A row counts on its entry date, which is
when it was booked; where it has none, on its value date. Each message is checked: opening balance and rows make its
closing balance.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, time

from data.importers.bank_accounts import account_and_currency, is_iban
from data.importers.bank_rows import added, bank_identity, direction_of, kind_of, last_of_day
from data.importers.mt940_details import Details, details_of
from data.importers.mt940_text import Field, looks_like_mt940, read_fields
from data.importers.mt940_values import Row, amount_of, balance_of, currency_in, row_of, sum_of
from data.importers.signed import by_direction, numbered, unbalanced
from data.importers.statement import (
    AccountHint,
    Closing,
    Direction,
    FileRefused,
    Kind,
    Line,
    Problem,
    Skipped,
    Statement,
    Total,
    Totals,
)
from data.money import Money

FORMAT = "mt940"

recognises = looks_like_mt940

_SIGNS = {"C": 1, "RD": 1, "D": -1, "RC": -1}
_EXPECTED = frozenset({"EC", "ED"})  # MT942: not booked yet
# Transaction types of the standard: cash pooled between own accounts; charges, commission, brokerage; returned items.
_OWN_MONEY = frozenset({"CMI", "CMN", "CMS", "CMT", "CMZ"})
_CHARGES = frozenset({"CHG", "COM", "BRF"})
_RETURNED = frozenset({"RTI"})
# Codes of the German banking industry: cash drawn and paid in; charges; payments and debits that came back.
_CASH_CODES = frozenset({"082", "083"})
_CHARGE_CODES = frozenset({"808"})
_CHARGE_WORDS = re.compile(r"ENTGELT|GEB(?:Ü|UE)HR|PROVISION", re.IGNORECASE)
_RETURN_CODES = frozenset({"108", "109", "159", "181", "182", "183", "184"})
_CURRENCIES = ("60F", "60M", "62F", "62M", "64", "65", "34F", "90D", "90C")


@dataclasses.dataclass(slots=True)
class _Message:
    """One message: its fields but for rows by tag, the first of each, and its rows with their details."""

    fields: dict[str, Field] = dataclasses.field(default_factory=dict)
    rows: list[tuple[Field, list[Field]]] = dataclasses.field(default_factory=list)

    def text(self, tag: str) -> str:
        return self.fields[tag].lines[0] if tag in self.fields else ""


@dataclasses.dataclass(slots=True)
class _Found:
    lines: list[Line] = dataclasses.field(default_factory=list)
    skipped: list[Skipped] = dataclasses.field(default_factory=list)
    problems: list[Problem] = dataclasses.field(default_factory=list)
    closings: list[Closing] = dataclasses.field(default_factory=list)
    stated: list[Totals | None] = dataclasses.field(default_factory=list)


def parse(data: bytes, file: str) -> Statement:
    """Every message of the file as one `Statement`, rows that cannot be read as problems.

    Raises:
        FileRefused: `no_account` when rows belong to no account.
    """
    fields, encoding = read_fields(data)
    messages = [(message, *_own(message, file)) for message in _messages(fields)]
    accounts = {hint.label: hint for _, hint, _ in messages if hint}
    found = _Found()
    for message, account, currency in messages:
        if account:
            _read(message, account, currency, accounts, found)
    if not any(account and (message.rows or _has_balance(message)) for message, account, _ in messages):
        found.problems.append(Problem(fields[0].line if fields else 1, "61", "no_statement"))
    lines = numbered(found.lines)
    return Statement(
        FORMAT,
        encoding,
        lines,
        skipped=tuple(found.skipped),
        problems=tuple(sorted(found.problems, key=lambda problem: problem.line)),
        stated=added(found.stated),
        computed=by_direction(lines),
        closings=last_of_day(found.closings),
        file=file,
    )


def _messages(fields: Iterable[Field]) -> Iterator[_Message]:
    message = _Message()
    open_row: list[Field] | None = None
    for field in fields:
        begins = field.tag == "20" or (field.tag in {"25", "25P"} and ("25" in message.fields or message.rows))
        if begins and (message.fields or message.rows):
            yield message
            message = _Message()
        if field.tag == "61":
            open_row = []
            message.rows.append((field, open_row))
        elif field.tag == "86":
            if open_row is not None:
                open_row.append(field)
        else:
            if field.tag != "NS":  # what is no SWIFT field may stand between a row and its details
                open_row = None  # a `:86:` behind the closing balance is about the statement
            message.fields.setdefault("25" if field.tag == "25P" else field.tag, field)
    yield message


def _own(message: _Message, file: str) -> tuple[AccountHint | None, str]:
    account, currency = account_and_currency(message.text("25"))
    if account is None and message.rows:
        raise FileRefused(file, "no_account", message.rows[0][0].line, "25")
    return account, currency_in(message.text(tag) for tag in _CURRENCIES) or currency


def _has_balance(message: _Message) -> bool:
    return any(tag in message.fields for tag in ("60F", "60M", "62F", "62M"))


def _read(
    message: _Message, account: AccountHint, currency: str, accounts: Mapping[str, AccountHint], found: _Found
) -> None:
    booked: list[Money] = []
    for field, details in message.rows:
        result = _row(field, details, account, currency, accounts)
        match result:
            case Line():
                found.lines.append(result)
                booked.append(result.amount if result.direction is Direction.IN else -result.amount)
            case Skipped():
                found.skipped.append(result)
            case Problem():
                found.problems.append(result)
    if message.rows or "90D" in message.fields or "90C" in message.fields:
        found.stated.append(_stated(message))
    _balances(message, account, booked, found)


def _balances(message: _Message, account: AccountHint, booked: list[Money], found: _Found) -> None:
    opening: Money | None = None
    for tag in ("60F", "60M", "62F", "62M"):
        if tag not in message.fields:
            continue
        line, text = message.fields[tag].line, message.text(tag)
        balance = balance_of(text)
        if isinstance(balance, str):
            found.problems.append(Problem(line, tag, balance, text))
        elif tag.startswith("60"):
            opening = opening or balance.amount
        else:
            if tag == "62F" and balance.on:  # the balance of a page (62M) is not the day's
                found.closings.append(Closing(account, balance.on, balance.amount))
            elif tag == "62F":
                found.problems.append(Problem(line, tag, "date_unreadable", text))
            wrong = unbalanced(line, tag, opening, booked, balance.amount) if opening is not None else None
            found.problems.extend([wrong] if wrong else [])


def _stated(message: _Message) -> Totals | None:
    sums = [sum_of(message.text(tag)) for tag in ("90D", "90C")]
    known = [one for one in sums if one]
    if not known or len({amount.currency for _, amount in known}) != 1:
        return None
    spent, received = (Total(one[0], one[1].minor) if one else None for one in sums)
    return Totals(known[0][1].currency, None, spent, received)


def _row(
    field: Field, details: list[Field], account: AccountHint, currency: str, accounts: Mapping[str, AccountHint]
) -> Line | Skipped | Problem:
    text = "\n".join(field.lines).rstrip()
    cells = {":61:": text, **_cells(details)}
    row = row_of(text)
    if isinstance(row, str):
        return Problem(field.line, "61", row, text, cells=cells)
    if row.mark in _EXPECTED:
        return Skipped(field.line, "pending", cells=cells)
    amount = amount_of(row.amount, currency)
    if not isinstance(amount, Money):
        unknown = amount in {"missing", "currency_unknown"}
        return Problem(field.line, "60F" if unknown else "61", amount, currency if unknown else row.amount, cells=cells)
    if not amount:
        return Skipped(field.line, "zero_amount", cells=cells)
    said = details_of([line for one in details for line in one.lines])
    return _line(field, row, said, account, accounts, amount if _SIGNS[row.mark] > 0 else -amount, cells)


def _cells(details: list[Field]) -> dict[str, str]:
    return {":86:": "\n".join(line for one in details for line in one.lines)} if details else {}


def _line(
    field: Field,
    row: Row,
    said: Details,
    account: AccountHint,
    accounts: Mapping[str, AccountHint],
    signed: Money,
    cells: Mapping[str, str],
) -> Line:
    direction = direction_of(signed)
    further = "" if is_iban(row.further) else row.further
    words = said.words or further
    payee = said.name or words or said.posting
    written = (said.account, row.further.replace(" ", ""), row.reference)
    other = next((accounts[number] for number in written if number in accounts), None)
    counter = other if other and other.key != account.key else None
    kind = kind_of(account, direction, f"{payee} {words}", **_signs(row, said, own=counter is not None))
    proof = (row.bank_reference,) if row.bank_reference else ("", row.reference, said.end_to_end, payee, words)
    return Line(
        line=field.line,
        kind=kind,
        direction=direction,
        amount=abs(signed),
        occurred_at=datetime.combine(row.booked_on, time(), UTC),
        booked_on=row.booked_on,
        account=account,
        identity=bank_identity(account, row.booked_on, signed, proof),
        counter=counter,
        payee=payee,
        description=words if words != payee else "",
        order_id=row.bank_reference or row.reference,
        merchant_order_id=said.end_to_end,
        refund_keys=(said.end_to_end,) if kind is Kind.REFUND and said.end_to_end else (),
        note=said.posting if said.posting != payee else "",
        stated_direction=row.mark,
        cells=cells,
    )


def _signs(row: Row, said: Details, *, own: bool) -> dict[str, bool]:
    """What its marks and codes say about a row."""
    kind = row.type[1:]
    returned = kind in _RETURNED or said.code in _RETURN_CODES or said.returned
    return {
        "own": own or kind in _OWN_MONEY or said.code in _CASH_CODES,
        "fee": kind in _CHARGES or said.code in _CHARGE_CODES or bool(_CHARGE_WORDS.search(said.posting)),
        "returned": row.mark.startswith("R") or returned,
    }
