"""The rows behind confirming: when a session was confirmed, how often that went wrong, and each person's threshold."""

from __future__ import annotations

import dataclasses
from datetime import datetime
from uuid import UUID

from data.ledger.wallet.sensitive import default_threshold
from data.store import sessions
from data.store.command import Write
from data.store.users import Query

_STANDS = """
SELECT stepped_up_at, step_up_tries FROM user_session
WHERE owner = $owner AND id = $session AND ended_at IS NULL AND expires_at > $now
AND seen_at + to_minutes(idle_minutes) > $now"""
_COUNT_TRY = "UPDATE user_session SET step_up_tries = step_up_tries + 1 WHERE owner = $owner AND id = $session"
_STEP_UP = "UPDATE user_session SET stepped_up_at = $now, step_up_tries = 0 WHERE owner = $owner AND id = $session"
_THRESHOLD = "SELECT minor FROM step_up_threshold WHERE owner = $owner AND currency = $currency"
_FORGET_THRESHOLD = "DELETE FROM step_up_threshold WHERE owner = $owner AND currency = $currency"
_KEEP_THRESHOLD = "INSERT INTO step_up_threshold VALUES ($owner, $currency, $minor, $now)"
_GIVEN_BEFORE = "SELECT 1 FROM money_transfer WHERE owner = $owner AND recipient = $recipient LIMIT 1"

_LIMITED = "SELECT 1 FROM wallet_limit WHERE owner = $owner LIMIT 1"


@dataclasses.dataclass(frozen=True, slots=True)
class Standing:
    """How an open session stands: when it was confirmed last, and how many wrong answers there were since."""

    stepped_up_at: datetime | None
    tries: int


def standing(query: Query, owner: UUID, session: str, now: datetime) -> Standing | None:
    """How the owner's session stands; None for one that is over and for somebody else's."""
    rows = query(_STANDS, {"owner": owner, "session": session, "now": now})
    return Standing(rows[0][0], int(rows[0][1])) if rows else None


def try_counted(owner: UUID, session: str) -> Write:
    """The write that remembers a wrong answer."""
    return Write(_COUNT_TRY, {"owner": owner, "session": session})


def confirmed(owner: UUID, session: str, token_hash: str, now: datetime) -> list[Write]:
    """The writes that note the session as confirmed now; a new token opens it, a copy of the old one nothing."""
    step_up = Write(_STEP_UP, {"owner": owner, "session": session, "now": now})
    return [sessions.rotated(owner, session, token_hash, now), step_up]


def threshold(query: Query, owner: UUID, currency: str) -> int:
    """Above which amount the person confirms, minor units."""
    rows = query(_THRESHOLD, {"owner": owner, "currency": currency})
    return int(rows[0][0]) if rows else default_threshold(currency)


def threshold_set(owner: UUID, currency: str, minor: int, now: datetime) -> list[Write]:
    """The writes that keep another threshold."""
    at = {"owner": owner, "currency": currency}
    return [Write(_FORGET_THRESHOLD, at), Write(_KEEP_THRESHOLD, {**at, "minor": minor, "now": now})]


def limited(query: Query, owner: UUID) -> bool:
    """Whether the owner ever set a limit for a wallet."""
    return bool(query(_LIMITED, {"owner": owner}))


def given_before(query: Query, owner: UUID, recipient: UUID) -> bool:
    """Whether the owner gave this member money before."""
    return bool(query(_GIVEN_BEFORE, {"owner": owner, "recipient": recipient}))
