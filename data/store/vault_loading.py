"""How the wallet's books come into memory: set-based queries for some owners at once, rows as they were written.

What is older than the counters need stays on disk; a payment that somebody asks about is fetched when it is needed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, Final
from uuid import UUID

from data.ledger.wallet import rows
from data.ledger.wallet.books import HELD, POINTS_KEY, WALLET, Books, Charge, Member, zone_named
from data.ledger.working_days import WorkingCalendar
from data.store import taught

Query = Callable[[str, Mapping[str, Any]], list[tuple[Any, ...]]]
COUNTED_BACK: Final = timedelta(days=62)  # from today and from the owner's last day: limits look no further back

_WITH_WALLETS: Final = """
SELECT DISTINCT cast(a.owner AS varchar) FROM account a JOIN app_user u ON u.owner = a.owner
WHERE a.hint_key = 'points'"""
_PEOPLE: Final = """
SELECT cast(u.owner AS varchar), u.name, coalesce(p.zone, 'Asia/Shanghai'), coalesce(p.month_start_day, 1)
FROM app_user u LEFT JOIN preference p ON p.owner = u.owner
WHERE u.owner IN (SELECT unnest(cast($owners AS uuid[])))"""
_ACCOUNTS: Final = """
SELECT cast(owner AS varchar), cast(id AS varchar), kind, hint_key, label, institution, last4, opened_at FROM account
WHERE owner IN (SELECT unnest(cast($owners AS uuid[])))"""
_MERGED: Final = """
SELECT cast(owner AS varchar), cast(id AS varchar), cast(merged_into AS varchar) FROM published_account
WHERE owner IN (SELECT unnest(cast($owners AS uuid[]))) AND merged_into IS NOT NULL"""
_BALANCES: Final = """
SELECT cast(owner AS varchar), cast(account AS varchar), cast(sum(amount) AS bigint), currency, category,
    cast(lot AS varchar)
FROM posting WHERE owner IN (SELECT unnest(cast($owners AS uuid[])))
    AND account IN (SELECT unnest(cast($accounts AS uuid[])))
GROUP BY owner, account, currency, category, lot"""
_LOTS: Final = """
SELECT cast(owner AS varchar), cast(id AS varchar), seq, cast(payment AS varchar), earned_on, expires_on, recorded_at
FROM points_lot WHERE owner IN (SELECT unnest(cast($owners AS uuid[]))) ORDER BY seq"""
_CARDS: Final = """
SELECT cast(owner AS varchar), cast(id AS varchar), code, kind, brand, bank, last4, expires_on, token, fingerprint,
    cast(account AS varchar), seq, recorded_at
FROM card WHERE owner IN (SELECT unnest(cast($owners AS uuid[]))) ORDER BY seq"""
_CARD_EVENTS: Final = """
SELECT cast(owner AS varchar), cast(card AS varchar), seq, event, recorded_at, cast(actor AS varchar) FROM card_event
WHERE owner IN (SELECT unnest(cast($owners AS uuid[]))) ORDER BY seq"""
_STATUSES: Final = """
SELECT cast(owner AS varchar), seq, event, reason, recorded_at, cast(actor AS varchar) FROM wallet_status
WHERE owner IN (SELECT unnest(cast($owners AS uuid[]))) ORDER BY seq"""
_LIMITS: Final = """
SELECT cast(owner AS varchar), seq, currency, per_payment, per_day, per_month, from_on, recorded_at,
    cast(actor AS varchar)
FROM wallet_limit WHERE owner IN (SELECT unnest(cast($owners AS uuid[]))) ORDER BY seq"""
_CLAIMS: Final = """
SELECT cast(owner AS varchar), cast(id AS varchar), seq, cast(coupon AS varchar), recorded_at FROM coupon_claim
WHERE owner IN (SELECT unnest(cast($owners AS uuid[]))) ORDER BY seq"""
_CLAIM_EVENTS: Final = """
SELECT cast(owner AS varchar), cast(claim AS varchar), seq, event, cast(payment AS varchar), until, recorded_at
FROM coupon_event WHERE owner IN (SELECT unnest(cast($owners AS uuid[]))) ORDER BY seq"""
_SPENT: Final = """
WITH spent AS (
    SELECT owner, currency, booked_on, cash, earned FROM published_payment
    WHERE owner IN (SELECT unnest(cast($owners AS uuid[]))) AND state_now <> 'declined'
    UNION ALL
    SELECT owner, currency, booked_on, amount, 0 FROM money_transfer
    WHERE owner IN (SELECT unnest(cast($owners AS uuid[])))
),
latest AS (SELECT owner, max(booked_on) AS day FROM spent GROUP BY owner)
SELECT cast(s.owner AS varchar), s.currency, s.booked_on, cast(sum(s.cash) AS bigint), cast(sum(s.earned) AS bigint)
FROM spent s JOIN latest l ON l.owner = s.owner
WHERE s.booked_on >= $since OR s.booked_on > l.day - $days
GROUP BY s.owner, s.currency, s.booked_on"""
_TAUGHT: Final = """
SELECT cast(owner AS varchar) FROM learned_payee WHERE owner IN (SELECT unnest(cast($owners AS uuid[])))
UNION
SELECT cast(owner AS varchar) FROM payee_rule WHERE owner IN (SELECT unnest(cast($owners AS uuid[])))"""
_PAYMENT_COLUMNS: Final = """
SELECT cast(p.owner AS varchar), cast(p.id AS varchar), p.seq, p.request_id, cast(p.merchant AS varchar), p.state,
    p.currency, p.gross, p.coupon, p.coupon_merchant, p.points, p.points_minor, p.cash, cast(p.card AS varchar),
    p.claims, p.lots, p.earned, p.earn, p.earn_expires_on, p.category, cast(p.pay_code AS varchar), p.note,
    p.occurred_at, p.booked_on, p.recorded_at, cast(p.actor AS varchar), p.state_now,
    EXISTS (SELECT 1 FROM annotation n WHERE n.owner = p.owner AND n.entry = p.id)
FROM published_payment p"""
_WAITING_PAYMENTS: Final = (
    _PAYMENT_COLUMNS
    + """
WHERE p.owner IN (SELECT unnest(cast($owners AS uuid[]))) AND (p.state_now IN ('processing', 'manual')
    OR p.id IN (SELECT r.payment FROM published_refund r WHERE r.owner IN (SELECT unnest(cast($owners AS uuid[])))
        AND r.state NOT IN ('credited', 'rejected', 'cancelled')))
ORDER BY p.seq"""
)
_NAMED_PAYMENTS: Final = _PAYMENT_COLUMNS + " WHERE p.id IN (SELECT unnest(cast($payments AS uuid[])))"
_PAYMENT_ASKED: Final = """
SELECT cast(id AS varchar) FROM payment
WHERE owner = $owner AND (request_id = $named OR cast(id AS varchar) = $named)"""
_REFUND_ASKED: Final = """
SELECT DISTINCT cast(payment AS varchar) FROM refund
WHERE (owner = $owner OR merchant = $owner) AND (request_id = $named OR cast(id AS varchar) = $named)"""
_OPEN_REFUNDS: Final = """
SELECT DISTINCT cast(r.payment AS varchar) FROM refund r WHERE r.merchant = $merchant AND NOT EXISTS (
    SELECT 1 FROM refund_event e
    WHERE e.owner = r.owner AND e.refund = r.id AND e.state IN ('credited', 'rejected', 'cancelled'))"""
_REFUNDS: Final = """
SELECT cast(owner AS varchar), cast(id AS varchar), seq, request_id, cast(payment AS varchar),
    cast(merchant AS varchar), currency, amount, reason, note, cast(attachment AS varchar), occurred_at, booked_on,
    recorded_at, cast(actor AS varchar)
FROM refund WHERE payment IN (SELECT unnest(cast($payments AS uuid[]))) ORDER BY seq"""
_REFUND_EVENTS: Final = """
SELECT cast(e.owner AS varchar), cast(e.refund AS varchar), e.seq, e.state, e.reason, e.attempt, e.due_on, e.estimated,
    e.cash, e.points, e.coupon, e.clawed, e.debt, e.redirected, e.occurred_at, e.recorded_at, cast(e.actor AS varchar)
FROM refund_event e JOIN refund r ON r.owner = e.owner AND r.id = e.refund
WHERE r.payment IN (SELECT unnest(cast($payments AS uuid[]))) ORDER BY e.seq"""
_CHARGE_COLUMNS: Final = """
SELECT cast(owner AS varchar), cast(id AS varchar), seq, request_id, cast(card AS varchar), purpose, currency, amount,
    occurred_at, booked_on, recorded_at, cast(actor AS varchar), state, attempt, next_at FROM published_charge"""
_WAITING_CHARGES: Final = (
    _CHARGE_COLUMNS
    + " WHERE owner IN (SELECT unnest(cast($owners AS uuid[]))) AND state NOT IN ('approved', 'declined') ORDER BY seq"
)
_CHARGE: Final = _CHARGE_COLUMNS + " WHERE owner = $owner AND id = cast($charge AS uuid)"
_MERCHANTS: Final = """
SELECT cast(owner AS varchar), cast(proprietor AS varchar), code, name, mcc, category, city, address, contact, currency,
    seq, recorded_at FROM merchant ORDER BY seq"""
_MERCHANT_EVENTS: Final = """
SELECT cast(owner AS varchar), seq, event, value, recorded_at, cast(actor AS varchar) FROM merchant_event
ORDER BY seq"""
_COUPONS: Final = """
SELECT cast(owner AS varchar), cast(id AS varchar), seq, code, body, recorded_at, cast(actor AS varchar) FROM coupon
ORDER BY seq"""
_ENDED: Final = """
SELECT cast(owner AS varchar), cast(coupon AS varchar), seq, recorded_at, cast(actor AS varchar) FROM coupon_ending
ORDER BY seq"""
_TAKEN: Final = "SELECT cast(coupon AS varchar), count(*) FROM coupon_claim GROUP BY coupon"
_EARN_RULES: Final = """
SELECT cast(owner AS varchar), code, seq, body, active, recorded_at, cast(actor AS varchar) FROM earn_rule
ORDER BY seq"""
_PAY_CODE: Final = """
SELECT cast(owner AS varchar), cast(id AS varchar), seq, currency, amount, note, expires_at, recorded_at,
    cast(actor AS varchar) FROM pay_code WHERE id = cast($code AS uuid)"""
_PAY_CODE_USED: Final = """
SELECT count(*) FROM published_payment WHERE pay_code = cast($code AS uuid) AND state_now <> 'declined'"""
_CALENDAR: Final = "SELECT day, is_workday FROM working_day WHERE owner = $issuer"


def load_shared(query: Query, books: Books, issuer: str) -> None:
    """Merchants, the issuer's accounts, offers, earn rules, the working calendar."""
    absorb = books.absorb
    absorb(rows.MerchantRow(*row) for row in query(_MERCHANTS, {}))
    absorb(rows.MerchantEventRow(*row) for row in query(_MERCHANT_EVENTS, {}))
    owners = [*books.merchants, issuer]
    _accounts_and_balances(query, books, owners)
    absorb(rows.CouponRow(*row) for row in query(_COUPONS, {}))
    absorb(rows.CouponEndingRow(*row) for row in query(_ENDED, {}))
    for coupon, taken in query(_TAKEN, {}):
        if coupon in books.offers:
            books.offers[coupon].taken = taken
    absorb(rows.EarnRuleRow(*row) for row in query(_EARN_RULES, {}))
    days: dict[date, bool] = dict(query(_CALENDAR, {"issuer": issuer}))
    books.calendar = WorkingCalendar(days, frozenset(day.year for day in days))


def with_wallets(query: Query) -> list[str]:
    """Everybody who has a wallet."""
    return [owner for (owner,) in query(_WITH_WALLETS, {})]


def load_members(query: Query, books: Books, owners: Sequence[str], today: date) -> None:
    """The members among these owners, with all that rules look at; others are passed over."""
    people = query(_PEOPLE, {"owners": list(owners)})
    for owner, name, zone, start_day in people:
        books.welcome(Member(owner, name=name, zone=zone_named(zone), start_day=start_day))
    mine = {"owners": [row[0] for row in people]}
    if not people:
        return
    absorb = books.absorb
    absorb(rows.LotRow(*row) for row in query(_LOTS, mine))
    _accounts_and_balances(query, books, mine["owners"])
    _shown(query, books, mine)
    absorb(rows.CardRow(*row) for row in query(_CARDS, mine))
    absorb(rows.CardEventRow(*row) for row in query(_CARD_EVENTS, mine))
    absorb(rows.StatusRow(*row) for row in query(_STATUSES, mine))
    absorb(rows.LimitRow(*row) for row in query(_LIMITS, mine))
    _claims(query, books, mine)
    for owner, currency, day, cash, earned in query(
        _SPENT, {**mine, "since": today - COUNTED_BACK, "days": COUNTED_BACK.days}
    ):
        books.members[owner].spent[currency, day] += cash
        books.members[owner].earned[day] += earned
    for (owner,) in query(_TAUGHT, mine):
        books.members[owner].taught = taught.book_of(query, UUID(owner))
    _keep(query, books, query(_WAITING_PAYMENTS, mine))
    _charges(books, query(_WAITING_CHARGES, mine))


def _accounts_and_balances(query: Query, books: Books, owners: Sequence[str]) -> None:
    found = [rows.AccountRow(*row) for row in query(_ACCOUNTS, {"owners": list(owners)})]
    books.absorb(found)
    held = [row.id for row in found if row.hint_key == POINTS_KEY or row.hint_key.startswith((WALLET, HELD))]
    if held:
        sums = query(_BALANCES, {"owners": list(owners), "accounts": held})
        books.absorb(rows.PostingRow(owner, "", 0, *summed) for owner, *summed in sums)


def _shown(query: Query, books: Books, mine: Mapping[str, Any]) -> None:
    for owner, account, into in query(_MERGED, mine):
        books.members[owner].shown[account] = into
    for owner in mine["owners"]:
        shown = books.members[owner].shown
        for account in shown:
            root, steps = shown[account], 0
            while root in shown and steps < len(shown):
                root, steps = shown[root], steps + 1
            shown[account] = root


def _claims(query: Query, books: Books, mine: Mapping[str, Any]) -> None:
    # How many are taken of an offer was counted for everybody at once.
    before = {key: offer.taken for key, offer in books.offers.items()}
    books.absorb(rows.ClaimRow(*row) for row in query(_CLAIMS, mine))
    books.absorb(rows.ClaimEventRow(*row) for row in query(_CLAIM_EVENTS, mine))
    for key, taken in before.items():
        books.offers[key].taken = taken


def _keep(query: Query, books: Books, found: Iterable[tuple[Any, ...]]) -> None:
    kept = []
    for *payment, state, annotated in found:
        row = rows.PaymentRow(*payment)
        if row.id not in books.payments:
            books.keep(row, state, annotated=annotated)
            kept.append(row.id)
    if kept:
        books.absorb(rows.RefundRow(*row) for row in query(_REFUNDS, {"payments": kept}))
        books.absorb(rows.RefundEventRow(*row) for row in query(_REFUND_EVENTS, {"payments": kept}))


def _charges(books: Books, found: Iterable[tuple[Any, ...]]) -> None:
    for *charge, state, attempt, next_at in found:
        row = rows.ChargeRow(*charge)
        if row.id not in books.charges:
            books.charges[row.id] = Charge(row, state, attempt, next_at)


def load_payment(query: Query, books: Books, owner: str, named: str) -> None:
    """A payment of the owner's by id or request id, if there is one."""
    found = [key for (key,) in query(_PAYMENT_ASKED, {"owner": owner, "named": named})]
    _keep(query, books, query(_NAMED_PAYMENTS, {"payments": found}) if found else [])


def load_refund(query: Query, books: Books, owner: str, named: str) -> None:
    """The payment of a refund that the payer or the merchant names by id or request id, if there is one."""
    found = [key for (key,) in query(_REFUND_ASKED, {"owner": owner, "named": named})]
    _keep(query, books, query(_NAMED_PAYMENTS, {"payments": found}) if found else [])


def load_open_refunds(query: Query, books: Books, merchant: str) -> None:
    """The payments at a merchant of which something may still come back."""
    found = [key for (key,) in query(_OPEN_REFUNDS, {"merchant": merchant})]
    _keep(query, books, query(_NAMED_PAYMENTS, {"payments": found}) if found else [])


def load_charge(query: Query, books: Books, owner: str, charge: str) -> None:
    """A charge of the owner's with the payment it serves, if there is one."""
    _charges(books, query(_CHARGE, {"owner": owner, "charge": charge}))
    _keep(query, books, query(_NAMED_PAYMENTS, {"payments": [charge]}))


def load_pay_code(query: Query, books: Books, code: str) -> None:
    """A code for one payment, and whether it was paid."""
    books.absorb(rows.PayCodeRow(*row) for row in query(_PAY_CODE, {"code": code}))
    if query(_PAY_CODE_USED, {"code": code})[0][0]:
        books.codes_used.add(code)
