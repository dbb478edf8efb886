"""A passkey in software, for tests of what answers are taken: it signs whatever it is told to, true or not.

    key = SoftwareKey()
    answer = key.make(options, "http://localhost:8501")
    answer = key.use(options, "http://localhost:8501")

It speaks the format of WebAuthn (level 2, attestation "none", ES256), written from the specification.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
from typing import Any

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

_PRESENT, _VERIFIED, _ATTESTED = 0x01, 0x04, 0x40


def b64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def unb64(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


class SoftwareKey:
    """One key pair. counter: what it says next minus one; counts False: it always says nought, as synced keys do."""

    def __init__(self, *, counts: bool = True) -> None:
        self.private = ec.generate_private_key(ec.SECP256R1())
        self.id = secrets.token_bytes(16)
        self.counter = 0
        self.counts = counts
        self.handle = b""

    def make(self, options: str, origin: str, *, verified: bool = True) -> str:
        """The answer to options of making a key."""
        asked = json.loads(options)
        self.handle = unb64(asked["user"]["id"])
        public = self.private.public_key().public_numbers()
        x, y = public.x.to_bytes(32, "big"), public.y.to_bytes(32, "big")
        cose = cbor2.dumps({1: 2, 3: -7, -1: 1, -2: x, -3: y})
        attested = bytes(16) + len(self.id).to_bytes(2, "big") + self.id + cose
        said = self._said(asked["rp"]["id"], verified=verified, more=_ATTESTED) + attested
        packed = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": said})
        client = self._client("webauthn.create", asked["challenge"], origin)
        response = {"clientDataJSON": b64(client), "attestationObject": b64(packed), "transports": ["internal", "x"]}
        return self._answer(response)

    def use(self, options: str, origin: str, *, verified: bool = True, rp: str = "", **other: Any) -> str:
        """The answer to options of using a key. other: what the signed client data say otherwise (challenge)."""
        asked = json.loads(options)
        said = self._said(rp or asked["rpId"], verified=verified)
        client = self._client("webauthn.get", other.get("challenge", asked["challenge"]), origin)
        signed = self.private.sign(said + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        response = {"clientDataJSON": b64(client), "authenticatorData": b64(said), "signature": b64(signed)}
        return self._answer(response | {"userHandle": b64(self.handle)})

    def _said(self, rp: str, *, verified: bool, more: int = 0) -> bytes:
        self.counter += 1
        flags = _PRESENT | (_VERIFIED if verified else 0) | more
        count = self.counter if self.counts else 0
        return hashlib.sha256(rp.encode()).digest() + bytes([flags]) + count.to_bytes(4, "big")

    def _client(self, kind: str, challenge: str, origin: str) -> bytes:
        return json.dumps({"type": kind, "challenge": challenge, "origin": origin, "crossOrigin": False}).encode()

    def _answer(self, response: dict[str, Any]) -> str:
        named = b64(self.id)
        return json.dumps({"id": named, "rawId": named, "type": "public-key", "response": response})
