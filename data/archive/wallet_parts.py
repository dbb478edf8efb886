"""The files of the wallet: payments, refunds, transfers, cards, points, coupons, limits, and what looked unusual.

Of the other side only what the person sees on screen stands there: the name of a shop or of who was given money.
"""

from __future__ import annotations

from typing import Final

from data.archive.part import Part

_PAYMENTS: Final = """
SELECT p.id AS payment, p.booked_on, p.occurred_at, m.name AS merchant, p.gross, p.coupon, p.points, p.points_minor,
    p.cash, p.currency, c.last4 AS card, p.category, p.note, p.earned, p.state_now AS state, p.reason, p.state_at
FROM published_payment p
LEFT JOIN published_merchant m ON m.owner = p.merchant
LEFT JOIN published_card c ON c.owner = p.owner AND c.id = p.card
WHERE p.owner = $owner ORDER BY p.seq"""
_PAYMENT_EVENTS: Final = """
SELECT payment, state, reason, occurred_at FROM payment_event WHERE owner = $owner ORDER BY seq"""
_REFUNDS: Final = """
SELECT r.id AS refund, r.payment, m.name AS merchant, r.booked_on, r.occurred_at, r.amount, r.currency,
    r.reason AS asked_because, r.note, r.attachment, r.state, r.state_reason, r.state_at, r.due_on, r.cash, r.points,
    r.coupon, r.clawed, r.debt
FROM published_refund r LEFT JOIN published_merchant m ON m.owner = r.merchant
WHERE r.owner = $owner ORDER BY r.seq"""
_REFUND_EVENTS: Final = """
SELECT e.refund, e.state, e.reason, e.attempt, e.due_on, e.cash, e.points, e.coupon, e.clawed, e.debt, r.currency,
    e.occurred_at
FROM refund_event e JOIN refund r ON r.owner = e.owner AND r.id = e.refund WHERE e.owner = $owner ORDER BY e.seq"""
_ATTACHMENTS: Final = """
SELECT id AS attachment, name, media_type, octet_length(content) AS bytes, recorded_at
FROM attachment WHERE owner = $owner ORDER BY recorded_at, id"""
_TRANSFERS: Final = """
SELECT t.id AS transfer, t.booked_on, t.occurred_at, u.name AS recipient, t.amount, t.currency, t.note
FROM money_transfer t LEFT JOIN published_person u ON u.owner = t.recipient
WHERE t.owner = $owner ORDER BY t.seq"""
_PAYOUTS: Final = """
SELECT t.id AS payout, t.booked_on, t.occurred_at, m.name AS merchant, t.amount, t.currency
FROM money_transfer t JOIN published_merchant m ON m.owner = t.owner
WHERE t.recipient = $owner ORDER BY t.seq"""
_CHARGES: Final = """
SELECT h.id AS charge, h.booked_on, h.occurred_at, c.last4 AS card, h.purpose, h.amount, h.currency, h.state, h.reason
FROM published_charge h LEFT JOIN published_card c ON c.owner = h.owner AND c.id = h.card
WHERE h.owner = $owner ORDER BY h.seq"""
_CHARGE_EVENTS: Final = """
SELECT charge, state, attempt, reason, next_at, occurred_at FROM charge_event WHERE owner = $owner ORDER BY seq"""
_CARDS: Final = """
SELECT id AS card_id, kind, brand, bank, last4, expires_on, bound_at, unbound FROM published_card
WHERE owner = $owner ORDER BY bound_at, id"""
_CARD_EVENTS: Final = """
SELECT card AS card_id, event, recorded_at FROM card_event WHERE owner = $owner ORDER BY seq"""
_POINTS: Final = """
SELECT l.id AS lot, l.payment, l.earned_on, l.expires_on,
    (SELECT cast(coalesce(sum(p.amount), 0) AS bigint) FROM posting p
        WHERE p.owner = l.owner AND p.lot = l.id) AS points_left
FROM points_lot l WHERE l.owner = $owner ORDER BY l.seq"""
_COUPONS: Final = """
SELECT c.id AS claim, k.code, m.name AS merchant, k.body, c.claimed_at, c.state, c.payment, c.until
FROM published_claim c LEFT JOIN published_coupon k ON k.id = c.coupon
LEFT JOIN published_merchant m ON m.owner = k.owner
WHERE c.owner = $owner ORDER BY c.claimed_at, c.id"""
_COUPON_EVENTS: Final = """
SELECT claim, event, payment, until, recorded_at FROM coupon_event WHERE owner = $owner ORDER BY seq"""
_LIMITS: Final = """
SELECT from_on, per_payment, per_day, per_month, currency, recorded_at
FROM wallet_limit WHERE owner = $owner ORDER BY seq"""
_FREEZING: Final = """
SELECT event, reason, recorded_at FROM wallet_status WHERE owner = $owner ORDER BY seq"""
_ALERTS: Final = """
SELECT id AS alert, action, amount, currency, category, verdict, score, sensitivity, reasons, debit, occurred_at
FROM risk_verdict WHERE owner = $owner ORDER BY seq"""
_ANSWERS: Final = """
SELECT alert, debit, answer, amount, currency, made_at, recorded_at FROM risk_answer
WHERE owner = $owner ORDER BY seq"""
_SENSITIVITY: Final = """
SELECT sensitivity, recorded_at FROM risk_setting WHERE owner = $owner ORDER BY seq"""

PARTS: Final = (
    Part("payments", ("payment",), _PAYMENTS, ("gross", "coupon", "points_minor", "cash")),
    Part("payment_events", ("payment_event",), _PAYMENT_EVENTS),
    Part("refunds", ("refund",), _REFUNDS, ("amount", "cash", "coupon")),
    Part("refund_events", ("refund_event",), _REFUND_EVENTS, ("cash", "coupon")),
    Part("attachments", ("attachment",), _ATTACHMENTS),
    Part("transfers", ("money_transfer",), _TRANSFERS, ("amount",)),
    Part("payouts", ("money_transfer",), _PAYOUTS, ("amount",)),
    Part("card_charges", ("charge",), _CHARGES, ("amount",)),
    Part("card_charge_events", ("charge_event",), _CHARGE_EVENTS),
    Part("cards", ("card",), _CARDS),
    Part("card_events", ("card_event",), _CARD_EVENTS),
    Part("points", ("points_lot",), _POINTS),
    Part("coupons", ("coupon_claim",), _COUPONS),
    Part("coupon_events", ("coupon_event",), _COUPON_EVENTS),
    Part("wallet_limits", ("wallet_limit",), _LIMITS, ("per_payment", "per_day", "per_month")),
    Part("freezing", ("wallet_status",), _FREEZING),
    Part("alerts", ("risk_verdict",), _ALERTS, ("amount",)),
    Part("alert_answers", ("risk_answer",), _ANSWERS, ("amount",)),
    Part("alert_sensitivity", ("risk_setting",), _SENSITIVITY),
)
