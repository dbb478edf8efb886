"""The files of what a person plans and has taught: budgets, categories, rules, recurring payments."""

from __future__ import annotations

from typing import Final

from data.archive.part import Part

_BUDGETS: Final = """
SELECT category, from_month, amount, currency, carry, recorded_at
FROM budget_limit WHERE owner = $owner ORDER BY seq"""
_BUDGET_ALERTS: Final = """
SELECT month, category, currency, threshold, event, recorded_at
FROM budget_alert WHERE owner = $owner ORDER BY recorded_at, month, category, threshold, event"""
_CATEGORIES: Final = """
SELECT key AS category, parent, kind, name, icon, colour, archived
FROM custom_category WHERE owner = $owner ORDER BY key"""
_RULES: Final = """
SELECT id AS rule, position, body, active, changed_at FROM payee_rule WHERE owner = $owner ORDER BY position, id"""
_LEARNED: Final = """
SELECT payee_key, category, changed_at FROM learned_payee WHERE owner = $owner ORDER BY payee_key"""
_MAPPINGS: Final = """
SELECT signature, account_key, body, changed_at FROM column_mapping WHERE owner = $owner ORDER BY signature"""
_RECURRING: Final = """
SELECT series, field, value, undoes IS NOT NULL AS takes_back, side, payee_key, currency, cadence, anchors, recorded_at
FROM recurring_word WHERE owner = $owner ORDER BY seq"""

PARTS: Final = (
    Part("budgets", ("budget_limit",), _BUDGETS, ("amount",)),
    Part("budget_alerts", ("budget_alert",), _BUDGET_ALERTS),
    Part("categories", ("custom_category",), _CATEGORIES),
    Part("rules", ("payee_rule",), _RULES),
    Part("learned_payees", ("learned_payee",), _LEARNED),
    Part("file_columns", ("column_mapping",), _MAPPINGS),
    Part("recurring_words", ("recurring_word",), _RECURRING),
)
