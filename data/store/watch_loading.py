"""How what the monitor knows comes into memory: profiles of some members at once, payees with reports, what was said.

A profile is read back from the last debits alone, in the order in which they were made, and is then the one that grew.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from data.ledger.risk.profile import WINDOW
from data.ledger.risk.rules import Sensitivity
from data.ledger.wallet import rows
from data.ledger.wallet.books import Books
from data.ledger.wallet.watching import REMEMBERED, Made, Watched, seconds

Query = Callable[[str, Mapping[str, Any]], list[tuple[Any, ...]]]

_DEBITS: Final = """
SELECT cast(d.owner AS varchar), cast(d.id AS varchar), d.occurred_at, d.amount, d.currency, cast(d.payee AS varchar),
    d.category, d.declined, d.refunded
FROM (SELECT *, row_number() OVER (PARTITION BY owner ORDER BY seq DESC) AS place FROM published_debit
    WHERE owner IN (SELECT unnest(cast($owners AS uuid[])))) d
WHERE d.place <= $window ORDER BY d.seq"""
_DEBIT: Final = """
SELECT cast(owner AS varchar), cast(id AS varchar), occurred_at, amount, currency, cast(payee AS varchar), category
FROM published_debit WHERE owner = $owner AND id = cast($debit AS uuid)"""
_SETTINGS: Final = """
SELECT cast(owner AS varchar), sensitivity FROM risk_setting WHERE owner IN (SELECT unnest(cast($owners AS uuid[])))
ORDER BY seq"""
_ANSWER_COLUMNS: Final = """
SELECT cast(owner AS varchar), seq, cast(alert AS varchar), cast(debit AS varchar), answer, cast(payee AS varchar),
    currency, amount, usual, made_at, recorded_at, cast(actor AS varchar) FROM risk_answer"""
_ANSWERS: Final = _ANSWER_COLUMNS + " WHERE owner IN (SELECT unnest(cast($owners AS uuid[]))) ORDER BY seq"
_REPORTS: Final = _ANSWER_COLUMNS + " WHERE answer = 'not_mine' AND made_at >= $since ORDER BY seq"
_ASKED: Final = """
SELECT cast(owner AS varchar), request_id FROM risk_verdict WHERE owner IN (SELECT unnest(cast($owners AS uuid[])))
ORDER BY seq"""
_VISITS: Final = """
SELECT cast(merchant AS varchar), occurred_at FROM payment
WHERE merchant IN (SELECT unnest(cast($payees AS uuid[]))) AND occurred_at >= $since ORDER BY seq"""
_VERDICT: Final = """
SELECT cast(owner AS varchar), cast(id AS varchar), seq, request_id, action, cast(payee AS varchar), currency, amount,
    category, verdict, score, sensitivity, reasons, usual, cast(debit AS varchar), occurred_at, booked_on, recorded_at,
    cast(actor AS varchar) FROM risk_verdict WHERE owner = $owner AND id = cast($alert AS uuid)"""
_SAID: Final = """
SELECT answer FROM risk_answer WHERE owner = $owner AND (alert = cast($key AS uuid) OR debit = cast($key AS uuid))
ORDER BY seq"""


def load_members(query: Query, books: Books, owners: Sequence[str]) -> None:
    """The profiles of these members, as far as they are here."""
    members = books.watch.members
    here = [owner for owner in owners if owner in books.members]
    if not here:
        return
    mine = {"owners": here}
    for owner in here:
        members[owner] = Watched(books.members[owner].zone)
    for *made, declined, refunded in query(_DEBITS, {**mine, "window": WINDOW}):
        members[made[0]].made(Made(*made), declined=declined, refunded=refunded)
    for row in query(_ANSWERS, mine):
        members[row[0]].heard(rows.AnswerRow(*row))
    for owner, sensitivity in query(_SETTINGS, mine):
        members[owner].sensitivity = Sensitivity(sensitivity)
    for owner, request in query(_ASKED, mine):
        members[owner].asked = request


def load_reports(query: Query, books: Books, now: datetime) -> None:
    """Payees with reports that still count, and when people paid there."""
    found = [rows.AnswerRow(*row) for row in query(_REPORTS, {"since": now - REMEMBERED})]
    _visits(query, books, [row.payee for row in found], now)
    for row in found:
        books.watch.report(row.payee, seconds(row.made_at), usual=row.usual)


def load_alert(query: Query, books: Books, owner: str, alert: str, now: datetime) -> None:
    """An alert of the owner's that is about to be answered, if there is one."""
    for row in query(_VERDICT, {"owner": owner, "alert": alert}):
        found = books.watch.alerts[alert] = rows.VerdictRow(*row)
        _visits(query, books, [found.payee], now)
        _said(query, books, owner, alert)


def load_debit(query: Query, books: Books, owner: str, debit: str, now: datetime) -> None:
    """A debit of the owner's that is about to be reported, if there is one."""
    for row in query(_DEBIT, {"owner": owner, "debit": debit}):
        found = books.watch.debits[debit] = Made(*row)
        _visits(query, books, [found.payee], now)
        _said(query, books, owner, debit)


def _said(query: Query, books: Books, owner: str, key: str) -> None:
    for (answer,) in query(_SAID, {"owner": owner, "key": key}):
        books.watch.answers[key] = answer


def _visits(query: Query, books: Books, payees: Sequence[str], now: datetime) -> None:
    fresh = [payee for payee in dict.fromkeys(payees) if payee not in books.watch.reported]
    if not fresh:
        return
    found: dict[str, list[int]] = {payee: [] for payee in fresh}
    for payee, at in query(_VISITS, {"payees": fresh, "since": now - REMEMBERED}):
        found[payee].append(seconds(at))
    books.watch.visits.update(found)
