"""What ties somebody to other people's books, and the writes after which nothing of theirs is left.

Besides the changed key (`resealing`) this is the one place that takes rows out of chained tables. The commit that does
it begins the audit chain anew, after the chain was checked.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from typing import Any, Final
from uuid import UUID

from data.store.command import Write

Query = Callable[[str, Mapping[str, Any]], list[tuple[Any, ...]]]
# A posting on a wallet, on what is held or on points stands in other books too: a shop's, a member's, the house's.
_SHARED: Final = """
SELECT count(DISTINCT p.entry) FROM posting p JOIN account a ON a.owner = p.owner AND a.id = p.account
WHERE p.owner = $owner AND (a.hint_key LIKE 'wallet:%' OR a.hint_key LIKE 'held:%' OR a.hint_key LIKE 'points%')"""
_ASKED: Final = """
SELECT (SELECT count(*) FROM payment WHERE owner = $owner) + (SELECT count(*) FROM charge WHERE owner = $owner)
    + (SELECT count(*) FROM refund WHERE owner = $owner) + (SELECT count(*) FROM coupon_claim WHERE owner = $owner)
    + (SELECT count(*) FROM money_transfer WHERE owner = $owner OR recipient = $owner)"""
_SHOPS: Final = "SELECT count(*) FROM merchant WHERE proprietor = $owner"
_OTHERS: Final = "SELECT count(*) FROM app_user WHERE owner <> $owner"
_RUNS: Final = """
SELECT count(*) FROM app_user u WHERE u.owner = $owner AND u.operator
    AND NOT EXISTS (SELECT 1 FROM app_user o WHERE o.operator AND o.owner <> $owner)"""
_REMOVE: Final = (
    "DELETE FROM fact WHERE owner = $owner",
    "DELETE FROM annotation WHERE owner = $owner",
    "DELETE FROM pair_event WHERE owner = $owner",
    "DELETE FROM assertion_event WHERE owner = $owner",
    "DELETE FROM assertion_tick WHERE owner = $owner",
    "DELETE FROM statement_line WHERE owner = $owner",
    "DELETE FROM import_undo WHERE owner = $owner",
    "DELETE FROM import_batch WHERE owner = $owner",
    "DELETE FROM posting WHERE owner = $owner",
    "DELETE FROM entry WHERE owner = $owner",
    "DELETE FROM account_event WHERE owner = $owner",
    "DELETE FROM account WHERE owner = $owner",
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


@dataclasses.dataclass(frozen=True, slots=True)
class Ties:
    """What holds somebody here. shops: that they opened; others: how many people besides them.

    runs: they alone are the operator. shared: how many entries and requests of theirs stand in other books too.
    """

    shops: int
    others: int
    runs: bool
    shared: int


def ties_of(query: Query, owner: UUID) -> Ties:
    """What holds this person here, as the store says it."""
    shops, others, runs, shared, asked = (
        int(query(sql, {"owner": owner})[0][0]) for sql in (_SHOPS, _OTHERS, _RUNS, _SHARED, _ASKED)
    )
    return Ties(shops, others, bool(runs), shared + asked)


def removed(owner: UUID) -> list[Write]:
    """The writes after which no row of the owner is left."""
    return [Write(sql, {"owner": owner}) for sql in _REMOVE]
