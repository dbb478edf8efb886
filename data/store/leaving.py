"""The writes after which nothing is left of somebody but what the books of others rest on, and that is nobody's.

What stays bears an id that belongs to nobody any more, and no words: the parts of entries that moved a wallet or
points, and what payments, refunds, transfers and charges were about. Everything else goes. Here, in `unnamed`
and where the key is changed (`resealing`) rows of chained tables are changed or taken out; the commit that does it
begins the audit chain anew, after the chain was checked.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from data.ids import new_id
from data.ledger.wallet.commands import ISSUER
from data.money import POINTS
from data.store.command import Reader, Rows, Write

_REMOVE: Final = (
    "DELETE FROM fact WHERE owner = $owner",
    "DELETE FROM month_sums WHERE owner = $owner",
    "DELETE FROM spoiled_month WHERE owner = $owner",
    "DELETE FROM annotation WHERE owner = $owner",
    "DELETE FROM pair_event WHERE owner = $owner",
    "DELETE FROM assertion_event WHERE owner = $owner",
    "DELETE FROM assertion_tick WHERE owner = $owner",
    "DELETE FROM statement_line WHERE owner = $owner",
    "DELETE FROM import_undo WHERE owner = $owner",
    "DELETE FROM import_batch WHERE owner = $owner",
    "DELETE FROM account_event WHERE owner = $owner",
    "DELETE FROM budget_limit WHERE owner = $owner",
    "DELETE FROM budget_alert WHERE owner = $owner",
    "DELETE FROM custom_category WHERE owner = $owner",
    "DELETE FROM payee_rule WHERE owner = $owner",
    "DELETE FROM learned_payee WHERE owner = $owner",
    "DELETE FROM column_mapping WHERE owner = $owner",
    "DELETE FROM recurring_word WHERE owner = $owner",
    "DELETE FROM attachment WHERE owner = $owner",
    "DELETE FROM card_event WHERE owner = $owner",
    "DELETE FROM card WHERE owner = $owner",
    "DELETE FROM wallet_limit WHERE owner = $owner",
    "DELETE FROM wallet_status WHERE owner = $owner",
    "DELETE FROM risk_answer WHERE owner = $owner",
    "DELETE FROM risk_verdict WHERE owner = $owner",
    "DELETE FROM risk_setting WHERE owner = $owner",
    "DELETE FROM security_event WHERE owner = $owner",
    "DELETE FROM user_session WHERE owner = $owner",
    "DELETE FROM sign_in_challenge WHERE owner = $owner",
    "DELETE FROM known_place WHERE owner = $owner",
    "DELETE FROM sign_in_choice WHERE owner = $owner",
    "DELETE FROM step_up_threshold WHERE owner = $owner",
    "DELETE FROM passkey WHERE owner = $owner",
    "DELETE FROM passkey_challenge_used WHERE owner = $owner",
    "DELETE FROM password_reset WHERE owner = $owner",
    "DELETE FROM recovery_code WHERE owner = $owner",
    "DELETE FROM invitation WHERE owner = $owner",
    "DELETE FROM preference WHERE owner = $owner",
    "DELETE FROM request WHERE owner = $owner",
    "DELETE FROM app_user WHERE owner = $owner",
)

# What is in a currency in which the entry moved a wallet, money set aside or points stays, with its counterpart.
_OWN_POSTINGS: Final = """
DELETE FROM posting WHERE owner = $owner AND NOT EXISTS (
    SELECT 1 FROM posting s JOIN account a ON a.owner = s.owner AND a.id = s.account
    WHERE s.owner = $owner AND s.entry = posting.entry AND s.currency = posting.currency
        AND (a.hint_key LIKE 'wallet:%' OR a.hint_key LIKE 'held:%' OR a.hint_key IN ('points', 'points:held')))"""
# Cards and other accounts with a name are one account for each kind from now on.
_NAMED: Final = """
SELECT a.kind, count(*) FROM account a JOIN posting p ON p.owner = a.owner AND p.account = a.id
WHERE a.owner = $owner AND NOT (a.hint_key LIKE 'wallet:%' OR a.hint_key LIKE 'held:%' OR a.hint_key LIKE 'book:%'
    OR a.hint_key IN ('points', 'points:held', 'cash'))
GROUP BY a.kind ORDER BY a.kind"""
_ELSEWHERE: Final = """
INSERT INTO account VALUES ($owner, $elsewhere, $kind, 'elsewhere:' || $kind, '', '', '', $now)"""
_TO_ELSEWHERE: Final = """
UPDATE posting SET account = cast($elsewhere AS uuid) WHERE owner = $owner AND account IN (
    SELECT a.id FROM account a
    WHERE a.owner = $owner AND a.kind = $kind AND a.id <> cast($elsewhere AS uuid)
        AND NOT (a.hint_key LIKE 'wallet:%' OR a.hint_key LIKE 'held:%' OR a.hint_key LIKE 'book:%'
            OR a.hint_key IN ('points', 'points:held', 'cash')))"""
_SILENT: Final = (
    "DELETE FROM entry WHERE owner = $owner AND id NOT IN (SELECT entry FROM posting WHERE owner = $owner)",
    "DELETE FROM account WHERE owner = $owner AND id NOT IN (SELECT account FROM posting WHERE owner = $owner)",
    """UPDATE entry SET batch = NULL, payee = '', payee_key = '', description = '', method = '', note = ''
    WHERE owner = $owner""",
    """UPDATE entry SET refund_of = NULL
    WHERE owner = $owner AND refund_of NOT IN (SELECT id FROM entry WHERE owner = $owner)""",
    "UPDATE posting SET category = NULL WHERE owner = $owner AND lot IS NULL",
    "UPDATE account SET label = '', institution = '', last4 = '' WHERE owner = $owner",
    """DELETE FROM points_lot WHERE owner = $owner
        AND id NOT IN (SELECT lot FROM posting WHERE owner = $owner AND lot IS NOT NULL)""",
    "UPDATE payment SET request_id = cast(id AS varchar), category = '', note = '' WHERE owner = $owner",
    "UPDATE payment_event SET reason = '' WHERE owner = $owner",
    "UPDATE money_transfer SET request_id = cast(id AS varchar), note = '' WHERE owner = $owner",
    "UPDATE charge SET request_id = cast(id AS varchar) WHERE owner = $owner",
    "UPDATE charge_event SET reason = '' WHERE owner = $owner",
    """UPDATE refund SET request_id = cast(id AS varchar), note = '', attachment = NULL,
        reason = CASE WHEN list_contains(cast($reasons AS varchar[]), reason) THEN reason ELSE '' END
    WHERE owner = $owner""",
)
_REST: Final = """
SELECT p.lot, cast(sum(p.amount) AS bigint) FROM posting p JOIN account a ON a.owner = p.owner AND a.id = p.account
WHERE p.owner = $owner AND a.hint_key = 'points' GROUP BY p.lot HAVING sum(p.amount) <> 0 ORDER BY p.lot"""
_KEYED: Final = "SELECT hint_key, id FROM account WHERE owner = $owner AND hint_key IN ($one, $other)"


def removed(reader: Reader, owner: UUID, reasons: tuple[str, ...], now: datetime) -> list[Write | Rows]:
    """All of it. reasons: the known ones of refunds, which are nobody's own words."""
    mine = {"owner": owner}
    writes: list[Write | Rows] = [Write(sql, mine) for sql in _REMOVE]
    writes.append(Write(_OWN_POSTINGS, mine))
    for kind, _ in reader.all(_NAMED, mine):
        there = {**mine, "kind": kind, "elsewhere": new_id()}
        writes += [Write(_ELSEWHERE, {**there, "now": now}), Write(_TO_ELSEWHERE, there)]
    said = {**mine, "reasons": list(reasons)}
    writes += [Write(sql, said if "$reasons" in sql else mine) for sql in _SILENT]
    return writes + points_given_up(reader, owner, now)


def points_given_up(reader: Reader, owner: UUID, now: datetime) -> list[Write | Rows]:
    """Points that are left, or a debt of them, leave the person's books and the house's."""
    rest = reader.all(_REST, {"owner": owner})
    if not rest:
        return []
    entry, total = new_id(), sum(points for _, points in rest)
    mine, house = _accounts(reader, owner, "points", "book:points"), _house(reader)
    legs = [(owner, mine["points"], -points, lot) for lot, points in rest]
    if total:
        legs.append((owner, mine["book:points"], total, None))
        legs += [(ISSUER, house["issuer:points"], total, None), (ISSUER, house["issuer:points_cost"], -total, None)]
    books = [owner, ISSUER] if total else [owner]
    return [_entries(reader, books, entry, now), _postings(entry, legs)]


def _house(reader: Reader) -> Mapping[str, UUID]:
    return _accounts(reader, ISSUER, "issuer:points", "issuer:points_cost")


def _accounts(reader: Reader, owner: UUID, one: str, other: str) -> Mapping[str, UUID]:
    return dict(reader.all(_KEYED, {"owner": owner, "one": one, "other": other}))


def _entries(reader: Reader, books: list[UUID], entry: UUID, now: datetime) -> Rows:
    count = len(books)
    texts = {name: [""] * count for name in ("payee", "payee_key", "description", "method", "note")}
    columns: dict[str, Any] = {
        "owner": books,
        "id": [entry] * count,
        "seq": [reader.next_seq() for _ in books],
        "kind": ["points", "adjustment"][:count],
        "occurred_at": [now] * count,
        "booked_on": [now.date()] * count,
        "recorded_at": [now] * count,
        "actor": [ISSUER] * count,
    }
    return Rows("entry", columns | texts)


def _postings(entry: UUID, legs: list[tuple[UUID, UUID, int, UUID | None]]) -> Rows:
    owners, accounts, amounts, lots = (list(column) for column in zip(*legs, strict=True))
    columns: dict[str, Any] = {
        "owner": owners,
        "entry": [entry] * len(legs),
        "line": list(range(len(legs))),
        "account": accounts,
        "amount": amounts,
        "currency": [POINTS] * len(legs),
        "lot": lots,
    }
    return Rows("posting", columns)
