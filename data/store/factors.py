"""The rows of second factors: codes of the app, recovery codes, and sign-ins that wait for one of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from data.security import recovery, sealing, totp
from data.security.sealing import SealingKey
from data.store.command import Reader, Write
from data.store.users import Query, UserRow

TRIES: Final = 5
_CHALLENGE: Final = "SELECT tries FROM sign_in_challenge WHERE owner = $owner AND id = $id AND expires_at > $now"
_COUNT_TRY: Final = "UPDATE sign_in_challenge SET tries = tries + 1 WHERE owner = $owner AND id = $id"
_CLOSE_CHALLENGE: Final = "DELETE FROM sign_in_challenge WHERE owner = $owner AND id = $id"
_NO_APP: Final = "UPDATE app_user SET totp_sealed = NULL, totp_last_step = NULL WHERE owner = $owner"
_SET_STEP: Final = "UPDATE app_user SET totp_last_step = $step WHERE owner = $owner"
_UNUSED_CODE: Final = """
SELECT code_hash FROM recovery_code WHERE owner = $owner AND code_hash = $code_hash AND used_at IS NULL"""
_USE_CODE: Final = "UPDATE recovery_code SET used_at = $now WHERE owner = $owner AND code_hash = $code_hash"
_DROP_CODES: Final = "DELETE FROM recovery_code WHERE owner = $owner"
_ADD_CODE: Final = "INSERT INTO recovery_code VALUES ($owner, $code_hash, $now, NULL)"


def place(owner: UUID) -> str:
    """What the secret of this person's app is sealed for."""
    return f"totp:{owner}"


def spent(key: SealingKey, reader: Reader, user: UserRow, code: str, now: datetime) -> Write | None:
    """The write that spends this code of the app or recovery code, None when it does not open anything."""
    if recovery.looks_like_code(code):
        code_hash = recovery.code_hash(code)
        unused = recovery_code_unused(reader.all, user.owner, code_hash)
        return recovery_code_used(user.owner, code_hash, now) if unused else None
    if user.totp_sealed is None:
        return None
    secret = sealing.unseal(key, user.totp_sealed, place(user.owner))
    step = totp.accepted_step(secret, code, now, user.totp_last_step or 0)
    return None if step is None else Write(_SET_STEP, {"owner": user.owner, "step": step})


def recovery_code_unused(query: Query, owner: UUID, code_hash: str) -> bool:
    """Whether this is a recovery code of the person that was not used yet."""
    return bool(query(_UNUSED_CODE, {"owner": owner, "code_hash": code_hash}))


def recovery_code_used(owner: UUID, code_hash: str, now: datetime) -> Write:
    """The write that uses up a recovery code."""
    return Write(_USE_CODE, {"owner": owner, "code_hash": code_hash, "now": now})


def app_removed(owner: UUID) -> Write:
    """The write after which no authenticator app counts."""
    return Write(_NO_APP, {"owner": owner})


def codes_replaced(owner: UUID, code_hashes: Sequence[str], now: datetime) -> list[Write]:
    """The writes after which these are the person's recovery codes, and no others."""
    rows = [Write(_ADD_CODE, {"owner": owner, "code_hash": one, "now": now}) for one in code_hashes]
    return [Write(_DROP_CODES, {"owner": owner}), *rows]


def challenge_tries(query: Query, owner: UUID, challenge: str, now: datetime) -> int | None:
    """How many wrong codes this waiting sign-in has seen; None when it does not wait any more."""
    found = query(_CHALLENGE, {"owner": owner, "id": challenge, "now": now})
    return int(found[0][0]) if found and found[0][0] < TRIES else None


def challenge_open(query: Query, owner: UUID, challenge: str, now: datetime) -> bool:
    """Whether this sign-in still waits for a second factor."""
    return challenge_tries(query, owner, challenge, now) is not None


def challenge_tried(owner: UUID, challenge: str) -> Write:
    """The write that remembers a wrong code."""
    return Write(_COUNT_TRY, {"owner": owner, "id": challenge})


def challenge_closed(owner: UUID, challenge: str) -> Write:
    """The write after which nothing waits any more."""
    return Write(_CLOSE_CHALLENGE, {"owner": owner, "id": challenge})
