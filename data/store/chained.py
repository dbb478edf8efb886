"""Which tables the audit chain covers, and why each other one is left out.

A chained table is appended to and never changed, so that its rows, in the order in which they were written, are a
sequence that a link can sum up. A new table must be named here: a test looks at the store.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

CHAINED: Final[tuple[str, ...]] = (
    "account",
    "account_event",
    "annotation",
    "assertion_event",
    "assertion_tick",
    "attachment",
    "backup_event",
    "budget_limit",
    "card",
    "card_event",
    "charge",
    "charge_event",
    "coupon",
    "coupon_claim",
    "coupon_ending",
    "coupon_event",
    "earn_rule",
    "entry",
    "import_batch",
    "import_undo",
    "merchant",
    "merchant_event",
    "money_transfer",
    "pair_event",
    "pay_code",
    "payment",
    "payment_event",
    "points_lot",
    "posting",
    "recurring_word",
    "refund",
    "refund_event",
    "request",
    "risk_answer",
    "risk_setting",
    "risk_verdict",
    "security_event",
    "sign_up_choice",
    "statement_line",
    "wallet_limit",
    "wallet_status",
)

NOT_CHAINED: Final[Mapping[str, str]] = {
    "audit_link": "the chain itself",
    "migration": "which shape the store has; each is checked by its own sum at every start",
    "fact": "derived from the entries and rewritten with them; compared with them by verify",
    "month_sums": "summed up from the facts and rewritten; compared with them by verify",
    "spoiled_month": "which of those sums no longer hold",
    "sealing": "changes with the key; each value proves itself when it opens",
    "app_user": "who somebody is now; what was changed about it is a security event",
    "user_session": "ends and is swept away; its start is a security event",
    "sign_in_challenge": "lives for minutes",
    "known_place": "where somebody came in from, swept away; a new place is a security event",
    "sign_in_choice": "how somebody likes to sign in; changing it is a security event",
    "invitation": "used up and taken back; using one is a security event",
    "password_reset": "used up and taken back; using one is a security event",
    "passkey": "renamed, counted and removed; each change is a security event",
    "passkey_challenge_used": "lives for minutes",
    "step_up_threshold": "above which amount to ask again; changing it is a security event",
    "recovery_code": "used up and replaced; using one is a security event",
    "preference": "how somebody likes the screens",
    "custom_category": "names and colours that are edited",
    "payee_rule": "edited and ordered by the person",
    "learned_payee": "learned anew with every answer",
    "column_mapping": "settled anew when a bank changes its columns",
    "budget_alert": "that somebody was told; the limits themselves are chained",
    "working_day": "the published calendar",
}
