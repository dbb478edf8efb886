"""Identifiers made in the app: time-ordered, never reused, never a name.

UUID version 7 as in RFC 9562 §5.7, so that rows made later sort later.
"""

from __future__ import annotations

import secrets
import threading
import time
from typing import NewType
from uuid import UUID

OwnerId = NewType("OwnerId", UUID)
AccountId = NewType("AccountId", UUID)
EntryId = NewType("EntryId", UUID)
BatchId = NewType("BatchId", UUID)

_VERSION_7 = 0x7 << 76
_VARIANT_RFC = 0b10 << 62
_EACH = 10  # bytes
_AT_ONCE = 256
_drawn = threading.local()


def new_id() -> UUID:
    """A fresh UUIDv7 from the system clock."""
    return id_at(time.time_ns() // 1_000_000)


def new_key() -> str:
    """The same as text, as rows hold it, without a UUID in between: that would cost more than the id."""
    digits = f"{_number_at(time.time_ns() // 1_000_000):032x}"
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"


def id_at(unix_ms: int) -> UUID:
    """A fresh UUIDv7 stamped with `unix_ms`; the remaining 74 bits are random."""
    return UUID(int=_number_at(unix_ms))


def _number_at(unix_ms: int) -> int:
    noise = _noise()
    random_a, random_b = noise >> 62 & 0xFFF, noise & (1 << 62) - 1
    return (unix_ms & (1 << 48) - 1) << 80 | _VERSION_7 | random_a << 64 | _VARIANT_RFC | random_b


def _noise() -> int:
    """80 random bits. The system is asked for many at once: a request costs as much as a whole posting."""
    waiting: list[bytes] | None = getattr(_drawn, "waiting", None)
    if not waiting:
        fresh = secrets.token_bytes(_EACH * _AT_ONCE)
        waiting = _drawn.waiting = [fresh[at : at + _EACH] for at in range(0, len(fresh), _EACH)]
    return int.from_bytes(waiting.pop(), "big")


def new_keys(count: int) -> list[str]:
    """As many fresh UUIDv7 of this moment, as text: one request for randomness, for a hundred thousand lines."""
    stamp = f"{time.time_ns() // 1_000_000 & (1 << 48) - 1:012x}"
    head = f"{stamp[:8]}-{stamp[8:]}-7"
    noise = secrets.token_hex(_DIGITS_EACH // 2 * count)
    drawn = (noise[at : at + _DIGITS_EACH] for at in range(0, _DIGITS_EACH * count, _DIGITS_EACH))
    return [f"{head}{some[:3]}-{_VARIANT[some[3]]}{some[4:7]}-{some[7:19]}" for some in drawn]


_DIGITS_EACH = 20  # hexadecimal, of which 19 are used
_VARIANT = dict(zip("0123456789abcdef", "89ab" * 4, strict=True))  # the two high bits of this digit are always 10


def new_request_id() -> str:
    """What a form mints when it is drawn, so that a rerun, a double click and a reconnect are one request."""
    return new_key()
