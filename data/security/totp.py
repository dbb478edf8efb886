"""Time-based one-time codes (RFC 6238): making a secret, and accepting each step at most once."""

from __future__ import annotations

import hmac
from datetime import UTC, datetime

import pyotp

STEP_SECONDS = 30
DIGITS = 6
DRIFT_STEPS = 1  # a phone's clock may be this many steps off


def new_secret() -> str:
    """A fresh secret, 160 random bits in base32: what the authenticator app is told once."""
    return pyotp.random_base32()


def provisioning_uri(secret: str, account: str, issuer: str) -> str:
    """The otpauth:// address that authenticator apps read from a QR code."""
    return pyotp.TOTP(secret).provisioning_uri(name=account, issuer_name=issuer)


def accepted_step(secret: str, code: str, now: datetime, last_step: int) -> int | None:
    """The time step whose code this is, or None.

    Steps within `DRIFT_STEPS` of `now` (UTC, with or without zone) count, but only those after `last_step`, the one
    accepted before: so a code that was seen over a shoulder is worth nothing after its owner has used it.
    """
    digits = "".join(code.split())
    if len(digits) != DIGITS or not (digits.isascii() and digits.isdigit()):
        return None
    moment = now if now.tzinfo else now.replace(tzinfo=UTC)
    current = int(moment.timestamp()) // STEP_SECONDS
    matches = [
        step for step in range(current - DRIFT_STEPS, current + DRIFT_STEPS + 1) if _is_code(secret, digits, step)
    ]
    fresh = [step for step in matches if step > last_step]
    return max(fresh, default=None)


def _is_code(secret: str, digits: str, step: int) -> bool:
    return hmac.compare_digest(pyotp.TOTP(secret).at(step * STEP_SECONDS), digits)
