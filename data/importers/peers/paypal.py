"""PayPal's activity download and statement (CSV, English or German): one balance for each currency.

Gross and fee are two moves, and the file's own net checks them. A purchase in another currency comes with two rows of
its conversion; what a bank or card paid in comes with a row of its own; holds and memos move nothing.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import timedelta, timezone
from typing import Final

from data.importers.mapping import DateOrder
from data.importers.peers.preset import Answer, Preset
from data.importers.peers.record import Record, Unreadable
from data.importers.peers.told import CANCELLED, PENDING, Part, Told, earned, fees, part, spent
from data.importers.statement import AccountHint, Kind
from data.importers.verdicts import FAILED, HOLD, HOLD_RELEASED, Passed, Unclear
from data.money import Money

_STATES: Final[tuple[tuple[re.Pattern[str], Passed], ...]] = (
    (re.compile(r"pending|uncleared|held|in progress|processing|ausstehend|offen|in bearbeitung"), PENDING),
    (re.compile(r"denied|failed|refused|expired|abgelehnt|fehlgeschlagen|abgelaufen"), FAILED),
    (re.compile(r"cancell?ed|voided|removed|storniert|aufgehoben"), CANCELLED),
)
_DONE: Final = re.compile(
    r"|completed|cleared|paid|placed|partially refunded|refunded|returned|reversed|abgeschlossen|bezahlt"
    r"|teilweise zurückgezahlt|zurückgezahlt|rückzahlung"
)
_HELD: Final = re.compile(r"\bhold\b|authori[sz]ation|\breserve\b|einbehalt|autorisierung|vorübergehend", re.IGNORECASE)
_RELEASED: Final = re.compile(r"revers|release|void|rückbuchung|aufhebung", re.IGNORECASE)
_MOVED: Final = re.compile(
    r"currency conversion|währungsumrechnung|bank deposit|add funds|deposit to (?:pp|paypal)|withdraw|"
    r"card (?:deposit|funding)|transfer (?:to|from) (?:bank|paypal|pp)|bank transfer|"
    r"bankgutschrift|abbuchung|auszahlung|guthaben (?:aufgeladen|abgebucht)|einzahlung",
    re.IGNORECASE,
)
_FEE: Final = re.compile(r"\bfees?\b|gebühr", re.IGNORECASE)
_BACK: Final = re.compile(r"refund|reversal|chargeback|cancell?ed|rückzahlung|rückbuchung|erstattung", re.IGNORECASE)
_ZONES: Final = {
    **dict.fromkeys(("UTC", "GMT"), 0),
    **dict.fromkeys(("BST", "CET", "MEZ"), 1),
    **dict.fromkeys(("CEST", "MESZ", "EET"), 2),
    **dict.fromkeys(("HKT", "SGT"), 8),
    "EEST": 3,
    "JST": 9,
    "AEST": 10,
    "AEDT": 11,
    "EST": -5,
    "EDT": -4,
    "CDT": -5,
    "MDT": -6,
    "MST": -7,
    "PST": -8,
    "PDT": -7,
}

_AMERICAN: Final = frozenset({"EST", "EDT", "CDT", "MST", "MDT", "PST", "PDT"})


def _read(row: Record) -> Answer:
    return _unmoved(row) or _told(row)


def _unmoved(row: Record) -> Passed | Unclear | None:
    kind, status = row.text("type"), row.text("status").casefold()
    for words, reason in _STATES:
        if words.fullmatch(status):
            return reason
    if not _DONE.fullmatch(status):
        return Unclear("status")
    if _HELD.search(kind) or row.text("impact").casefold() == "memo":
        return HOLD_RELEASED if _RELEASED.search(kind) else HOLD
    return None


def _order(rows: Sequence[Record]) -> DateOrder | None:
    """Who lives by an American clock writes the month first; in Europe and Asia nobody does."""
    zones = {row.text("timezone").upper() for row in rows}
    if zones & _AMERICAN:
        return DateOrder.MDY
    return DateOrder.DMY if zones & _ZONES.keys() else None


def _told(row: Record) -> Told:
    currency = row.currency()
    gross, fee = row.stated("gross", currency), row.money("fee", currency)
    if row.text("net") and gross + fee != row.money("net", currency):
        raise Unreadable("net", "amounts_disagree", row.text("net"))
    account, kind = PRESET.account(currency), row.text("type")
    hours = _ZONES.get(row.text("timezone").upper(), 0)
    back = bool(_BACK.search(kind))
    return Told(
        row.when(zone=timezone(timedelta(hours=hours))),
        (*_parts(kind, gross, account, back=back), *fees(-fee, account)),
        payee=row.text("name"),
        description=row.text("item") or row.text("subject") or kind,
        note=row.text("note"),
        order_id=row.text("id"),
        status=row.text("status"),
        word=kind,
        refund_keys=tuple(filter(None, (row.text("related"),))) if back else (),
        stands=(account, row.money("balance", currency)) if row.text("balance") else None,
    )


def _parts(kind: str, gross: Money, account: AccountHint, *, back: bool) -> tuple[Part, ...]:
    if not gross:
        return ()
    if _MOVED.search(kind):
        return (part(Kind.TRANSFER, gross, account),)
    if _FEE.search(kind):
        return fees(-gross, account)
    if gross.minor < 0 or back:
        return (spent(-gross, account),)
    return (earned(gross, account),)


PRESET: Final = Preset(
    format="paypal",
    columns={
        "date": ("Date", "Datum"),
        "time": ("Time", "Uhrzeit"),
        "timezone": ("TimeZone", "Time Zone", "Zeitzone"),
        "name": ("Name",),
        "type": ("Type", "Typ", "Description", "Beschreibung"),
        "status": ("Status",),
        "currency": ("Currency", "Währung"),
        "gross": ("Gross", "Brutto"),
        "fee": ("Fee", "Gebühr", "Entgelt"),
        "net": ("Net", "Netto"),
        "id": ("Transaction ID", "Transaktionscode"),
        "item": ("Item Title", "Artikelbezeichnung"),
        "related": ("Reference Txn ID", "Zugehöriger Transaktionscode"),
        "balance": ("Balance", "Guthaben"),
        "subject": ("Subject", "Betreff"),
        "note": ("Note", "Hinweis"),
        "impact": ("Balance Impact", "Auswirkung auf Guthaben"),
    },
    needs=("date", "time", "timezone", "type", "currency", "gross", "fee", "net"),
    read=_read,
    figures=("gross", "fee", "net", "balance"),
    days="date",
    settle=_order,
)
IMPORTER: Final = PRESET.importer()
