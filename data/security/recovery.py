"""Recovery codes: the way in without the phone. Shown once, kept only as hashes, each good for one sign-in."""

from __future__ import annotations

import hashlib
import secrets

COUNT = 10
_LENGTH = 24  # 120 random bits: a plain hash is enough from 112 on (OWASP ASVS 5.0, 6.5.2)
_EARLIER = 16  # codes that were given out before had 80 bits, and count on
_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford's: nothing that reads like something else
_MISREAD = str.maketrans("oil", "011")


def new_codes() -> tuple[str, ...]:
    """Fresh codes as they are shown: six groups of four."""
    return tuple(_grouped("".join(secrets.choice(_ALPHABET) for _ in range(_LENGTH))) for _ in range(COUNT))


def code_hash(code: str) -> str:
    """What is kept of a code, the same however it is typed (case, spaces, dashes, o for 0, l for 1)."""
    typed = "".join(c for c in code.lower() if c.isalnum()).translate(_MISREAD)
    return hashlib.sha256(typed.encode()).hexdigest()


def looks_like_code(text: str) -> bool:
    """Whether somebody typed a recovery code rather than the six digits of an authenticator app."""
    return sum(c.isalnum() for c in text) in {_LENGTH, _EARLIER}


def _grouped(code: str) -> str:
    return "-".join(code[at : at + 4] for at in range(0, _LENGTH, 4))
