"""Keys for single purposes, derived from the house's key so that no key is used in two ways; proofs made with one."""

from __future__ import annotations

import hashlib
import hmac

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from data.security.sealing import KEY_BYTES, SealingKey

_HEADS = "little-gold-card audit head 1"
_NAME = "little-gold-card key name 1"
_NAME_BYTES = 8


def derived(key: SealingKey, purpose: str, salt: bytes = b"") -> bytes:
    """32 bytes for this purpose alone."""
    return HKDF(SHA256(), KEY_BYTES, salt or None, purpose.encode()).derive(key.secret)


def key_name(key: SealingKey) -> str:
    """What a key is called where it must be told from others; says nothing about the key."""
    return derived(key, _NAME)[:_NAME_BYTES].hex()


def head_proof(key: SealingKey, said: str) -> str:
    """That whoever wrote down this head of the audit chain had the key."""
    return hmac.new(derived(key, _HEADS), said.encode(), hashlib.sha256).hexdigest()


def proves(key: SealingKey, said: str, proof: str) -> bool:
    """Whether it is that proof."""
    return hmac.compare_digest(head_proof(key, said), proof)
