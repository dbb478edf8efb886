"""Single fields made unreadable without the key: AES-256-GCM, bound to the place they belong to.

The sealed text says its version, so that the form can change: `1.` + base64url(nonce + ciphertext).
"""

from __future__ import annotations

import base64
import dataclasses
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from data.errors import Rejection, require

KEY_BYTES = 32
_NONCE_BYTES = 12
_VERSION = "1."


@dataclasses.dataclass(unsafe_hash=True)
class SealBroken(Rejection):
    """A sealed field does not open: another key, another place, or changed bytes."""

    place: str


@dataclasses.dataclass(unsafe_hash=True)
class KeyMalformed(Rejection):
    """The text given as the key is not 32 bytes in base64."""

    source: str


@dataclasses.dataclass(frozen=True, slots=True)
class SealingKey:
    """The key itself; never printed. outliving: the first key's secret, which fingerprints are still made with."""

    secret: bytes = dataclasses.field(repr=False)
    outliving: bytes | None = dataclasses.field(default=None, repr=False)

    def __post_init__(self) -> None:
        require(len(self.secret) == KEY_BYTES, "a sealing key has 32 bytes")

    @property
    def for_fingerprints(self) -> bytes:
        """What fingerprints are made with: it stays when the key is changed, because they cannot be made again."""
        return self.secret if self.outliving is None else self.outliving


def new_key() -> SealingKey:
    """A fresh random key."""
    return SealingKey(secrets.token_bytes(KEY_BYTES))


def key_text(key: SealingKey) -> str:
    """The key as it is kept in a file or an environment variable."""
    return base64.urlsafe_b64encode(key.secret).decode()


def parse_key(text: str, source: str) -> SealingKey:
    """The key from its text; `source` says where it came from, for the refusal.

    Raises:
        KeyMalformed: when it is not 32 bytes in base64 (either alphabet).
    """
    try:
        secret = base64.b64decode(text.strip().replace("-", "+").replace("_", "/"), validate=True)
    except ValueError:  # also for text that is not ASCII
        raise KeyMalformed(source) from None
    if len(secret) != KEY_BYTES:
        raise KeyMalformed(source)
    return SealingKey(secret)


def seal(key: SealingKey, plain: str, place: str) -> str:
    """`plain` made unreadable; it opens again only with the same key and the same `place`."""
    nonce = secrets.token_bytes(_NONCE_BYTES)
    sealed = AESGCM(key.secret).encrypt(nonce, plain.encode(), place.encode())
    return _VERSION + base64.urlsafe_b64encode(nonce + sealed).decode()


def unseal(key: SealingKey, sealed: str, place: str) -> str:
    """What was sealed for this place.

    Raises:
        SealBroken: when the key, the place or a bit of it is another.
    """
    if not sealed.startswith(_VERSION):
        raise SealBroken(place)
    try:
        raw = base64.urlsafe_b64decode(sealed.removeprefix(_VERSION))
        return AESGCM(key.secret).decrypt(raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], place.encode()).decode()
    except (InvalidTag, ValueError):
        raise SealBroken(place) from None
