"""Whole files made unreadable without the house's key, in a stream: a copy of gigabytes passes through one megabyte.

A file is its mark, the key's name and a salt, then chunks of AES-256-GCM under a key of its own (HKDF over the house's
key and the salt). A chunk's nonce is its number and whether it is the last, so that none can be left out, repeated,
moved or cut off; the head is bound to each of them.
"""

from __future__ import annotations

import dataclasses
import secrets
from collections.abc import Iterable, Iterator
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from data.errors import Rejection
from data.security.derived import derived, key_name
from data.security.sealing import SealingKey

MARK: Final = b"little gold card sealed 1\n"
CHUNK: Final = 1 << 20  # bytes of plain text
_TAG: Final = 16
_NAME: Final = 8
_SALT: Final = 32
HEAD: Final = len(MARK) + _NAME + _SALT
_PURPOSE: Final = "little-gold-card sealed file 1"


@dataclasses.dataclass(unsafe_hash=True)
class SealedForOtherKey(Rejection):
    """The file was sealed under another key. sealed, ours: what the two keys are called."""

    sealed: str
    ours: str


@dataclasses.dataclass(unsafe_hash=True)
class SealedFileDamaged(Rejection):
    """The file was changed, or is cut off. chunk: the first that does not open, from 1."""

    chunk: int


def is_sealed(start: bytes) -> bool:
    """Whether a file that begins like this is sealed."""
    return start.startswith(MARK)


def sealed_with(start: bytes, key: SealingKey) -> bool:
    """Whether a sealed file that begins like this was sealed under this key."""
    return start[len(MARK) : HEAD - _SALT].hex() == key_name(key)


def sealed(key: SealingKey, plain: Iterable[bytes]) -> Iterator[bytes]:
    """The sealed file, in pieces, of a plain one in pieces of any size."""
    head = MARK + bytes.fromhex(key_name(key)) + secrets.token_bytes(_SALT)
    cipher = AESGCM(derived(key, _PURPOSE, head[-_SALT:]))
    yield head
    for number, chunk, last in _chunks(plain, CHUNK):
        yield cipher.encrypt(_nonce(number, last=last), chunk, head)


def opened(key: SealingKey, pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The plain file, in pieces, of a sealed one in pieces of any size. Only what arrives to its end is whole.

    Raises:
        SealedForOtherKey: before anything is given. SealedFileDamaged: what was given before is right, but not all.
    """
    rest = iter(pieces)
    begun = b""
    while len(begun) < HEAD and (more := next(rest, b"")):
        begun += more
    head, begun = begun[:HEAD], begun[HEAD:]
    if len(head) < HEAD or not is_sealed(head):
        raise SealedFileDamaged(0)
    name = head[len(MARK) : -_SALT].hex()
    if name != key_name(key):
        raise SealedForOtherKey(name, key_name(key))
    cipher = AESGCM(derived(key, _PURPOSE, head[-_SALT:]))
    for number, chunk, last in _chunks(_after(begun, rest), CHUNK + _TAG):
        try:
            yield cipher.decrypt(_nonce(number, last=last), chunk, head)
        except (InvalidTag, ValueError):
            raise SealedFileDamaged(number + 1) from None


def _after(begun: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    yield begun
    yield from rest


def _nonce(number: int, *, last: bool) -> bytes:
    return number.to_bytes(8, "big") + int(last).to_bytes(4, "big")


def _chunks(pieces: Iterable[bytes], size: int) -> Iterator[tuple[int, bytes, bool]]:
    """Numbered chunks of this size, and which is the last; there is always one, be it empty."""
    waiting, number = bytearray(), 0
    for piece in pieces:
        waiting += piece
        while len(waiting) > size:
            yield number, bytes(waiting[:size]), False
            del waiting[:size]
            number += 1
    yield number, bytes(waiting), True
