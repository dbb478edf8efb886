"""Tokens that stand for a person in a cookie: 256 random bits, kept only as their hash.

A token names its owner in front, so that even the look-up of a session asks among one owner's rows only. The owner's id
is no secret; the random part is.
"""

from __future__ import annotations

import hashlib
import secrets
from uuid import UUID

_HEX = 32


def new_token(owner: UUID) -> str:
    """A fresh token of this owner: `<owner as hex>.<256 random bits>`."""
    return f"{owner.hex}.{secrets.token_urlsafe(32)}"


def token_hash(token: str) -> str:
    """What is kept of it. A plain sha-256 is enough: there is nothing to guess in 256 random bits."""
    return hashlib.sha256(token.encode()).hexdigest()


def owner_in(token: str) -> UUID | None:
    """Whose token it claims to be, or None when it is not shaped like one. A claim, not a proof."""
    name, dot, rest = token.partition(".")
    if not dot or len(name) != _HEX or not rest or not token.isascii():
        return None
    try:
        return UUID(hex=name)
    except ValueError:
        return None
