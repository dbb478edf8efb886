"""The files of the person and of the shops they run. Nothing that opens a door stands in them, not even as a hash."""

from __future__ import annotations

from typing import Final

from data.archive.part import Part

_PROFILE: Final = """
SELECT name, operator, created_at, totp_sealed IS NOT NULL AS two_step FROM app_user WHERE owner = $owner"""
_PREFERENCES: Final = """
SELECT language, theme, month_start_day, week_starts_sunday, currency, zone, show_amounts, refunds_in_purchase_month,
    changed_at
FROM preference WHERE owner = $owner"""
_SIGN_IN_CHOICES: Final = """
SELECT idle_minutes, session_days, reminder_months, changed_at FROM sign_in_choice WHERE owner = $owner"""
_THRESHOLDS: Final = """
SELECT minor AS amount, currency, changed_at FROM step_up_threshold WHERE owner = $owner ORDER BY currency"""
_ACTIVITY: Final = """
SELECT recorded_at, event, facts, address, device FROM security_event WHERE owner = $owner ORDER BY seq"""
_SESSIONS: Final = """
SELECT created_at, seen_at, expires_at, idle_minutes, ended_at, stepped_up_at AS confirmed_at, address, agent AS device
FROM user_session WHERE owner = $owner ORDER BY created_at, id"""
_PLACES: Final = """
SELECT kind, CASE WHEN kind = 'address' THEN place END AS address, first_at, seen_at
FROM known_place WHERE owner = $owner ORDER BY first_at, kind"""
_PASSKEYS: Final = """
SELECT name, rp AS made_for, synced, created_at, last_used_at FROM passkey
WHERE owner = $owner ORDER BY created_at, id"""
_INVITATIONS: Final = """
SELECT note, made_at, expires_at, used_at, revoked_at FROM invitation WHERE owner = $owner ORDER BY made_at, id"""
_SHOPS: Final = """
SELECT owner AS shop, code, name, mcc, category, city, address, contact, currency, opened_at, closed
FROM published_merchant WHERE proprietor = $owner ORDER BY opened_at, owner"""
_SHOP_CHANGES: Final = """
SELECT e.owner AS shop, e.event, e.value, e.recorded_at FROM merchant_event e
JOIN merchant m ON m.owner = e.owner WHERE m.proprietor = $owner ORDER BY e.seq"""
_SHOP_POSTINGS: Final = """
SELECT e.owner AS shop, e.id AS entry, e.booked_on, e.occurred_at, e.kind, a.hint_key AS account_key, p.amount,
    p.currency
FROM entry e JOIN posting p ON p.owner = e.owner AND p.entry = e.id
JOIN account a ON a.owner = p.owner AND a.id = p.account
JOIN merchant m ON m.owner = e.owner WHERE m.proprietor = $owner ORDER BY e.seq, p.line"""
_SHOP_CODES: Final = """
SELECT c.owner AS shop, c.id AS pay_code, c.amount, c.currency, c.note, c.expires_at, c.recorded_at FROM pay_code c
JOIN merchant m ON m.owner = c.owner WHERE m.proprietor = $owner ORDER BY c.seq"""
_SHOP_COUPONS: Final = """
SELECT c.owner AS shop, c.code, c.body, c.recorded_at, e.recorded_at AS taken_back_at FROM coupon c
JOIN merchant m ON m.owner = c.owner
LEFT JOIN coupon_ending e ON e.owner = c.owner AND e.coupon = c.id WHERE m.proprietor = $owner ORDER BY c.seq"""
_SHOP_RULES: Final = """
SELECT r.owner AS shop, r.code, r.body, r.active, r.recorded_at FROM earn_rule r
JOIN merchant m ON m.owner = r.owner WHERE m.proprietor = $owner ORDER BY r.seq"""

PARTS: Final = (
    Part("profile", ("app_user",), _PROFILE),
    Part("preferences", ("preference",), _PREFERENCES),
    Part("sign_in_choices", ("sign_in_choice",), _SIGN_IN_CHOICES),
    Part("confirming", ("step_up_threshold",), _THRESHOLDS, ("amount",)),
    Part("sign_in_activity", ("security_event",), _ACTIVITY),
    Part("sessions", ("user_session",), _SESSIONS),
    Part("known_places", ("known_place",), _PLACES),
    Part("passkeys", ("passkey",), _PASSKEYS),
    Part("invitations", ("invitation",), _INVITATIONS),
    Part("shops", ("merchant",), _SHOPS),
    Part("shop_changes", ("merchant_event",), _SHOP_CHANGES),
    Part("shop_takings", ("entry", "posting"), _SHOP_POSTINGS, ("amount",)),
    Part("shop_codes", ("pay_code",), _SHOP_CODES, ("amount",)),
    Part("shop_coupons", ("coupon", "coupon_ending"), _SHOP_COUPONS),
    Part("shop_points_rules", ("earn_rule",), _SHOP_RULES),
)
