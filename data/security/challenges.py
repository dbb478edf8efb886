"""Challenges that a passkey signs: random, bound to one purpose and one session, over after a few minutes.

A challenge carries its end and a keyed proof that we made it for this very purpose and session, so none has to be kept
for visitors who never answer. That each is answered at most once is for the store to hold.
"""

from __future__ import annotations

import hashlib
import hmac
from datetime import UTC, datetime, timedelta
from typing import Final

LIFE: Final = timedelta(minutes=5)
NONCE_BYTES: Final = 16
_END_BYTES: Final = 8
_PROOF_BYTES: Final = 32
_LENGTH: Final = NONCE_BYTES + _END_BYTES + _PROOF_BYTES


def issue(secret: bytes, purpose: str, bound_to: str, now: datetime, nonce: bytes, life: timedelta = LIFE) -> bytes:
    """A fresh challenge. bound_to: the session, or whatever else only the asking browser has; now: UTC without zone."""
    end = int((now + life).replace(tzinfo=UTC).timestamp())
    body = nonce + end.to_bytes(_END_BYTES, "big")
    return body + _proof(secret, purpose, bound_to, body)


def holds(secret: bytes, purpose: str, bound_to: str, challenge: bytes, now: datetime) -> bool:
    """Whether we made this challenge for this purpose and session, and it is not over."""
    if len(challenge) != _LENGTH:
        return False
    body, proof = challenge[:-_PROOF_BYTES], challenge[-_PROOF_BYTES:]
    return hmac.compare_digest(proof, _proof(secret, purpose, bound_to, body)) and now < end_of(challenge)


def end_of(challenge: bytes) -> datetime:
    """When it is over, UTC without zone."""
    end = int.from_bytes(challenge[NONCE_BYTES : NONCE_BYTES + _END_BYTES], "big")
    return datetime.fromtimestamp(end, UTC).replace(tzinfo=None)


def _proof(secret: bytes, purpose: str, bound_to: str, body: bytes) -> bytes:
    ours = hmac.digest(secret, b"little gold card: passkey challenges", "sha256")  # not the sealing key itself
    # Each part by its hash, so that no two ways to cut the text mean the same.
    parts = b"".join(hashlib.sha256(part).digest() for part in (purpose.encode(), bound_to.encode(), body))
    return hmac.digest(ours, parts, "sha256")
