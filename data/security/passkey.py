"""What is said to a browser about passkeys (WebAuthn), and whether what it answers is true.

The library checks signatures and structure. Here stands what this wallet asks for on top: that the person was verified
by their device (finger, face, PIN), that key and answer belong to this address, and no certificates of makers.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterable, Sequence
from typing import Any, Final
from uuid import UUID

import webauthn
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url, options_to_json
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    AuthenticatorTransport,
    CredentialDeviceType,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from data.errors import Rejection

_NAME: Final = "Little Gold Card"
_LONGEST: Final = 12_000  # characters of an answer; the largest honest ones have about 2,000
_TRANSPORTS: Final = frozenset(one.value for one in AuthenticatorTransport)
_MILLISECONDS: Final = 300_000


@dataclasses.dataclass(unsafe_hash=True)
class PasskeyRefused(Rejection):
    """The answer is not taken. reason: stale (too late, used before), refused, counter (a copy of the key)."""

    reason: str


@dataclasses.dataclass(frozen=True, slots=True)
class Place:
    """Where the browser is: the name that keys are made for (no address, no port), and the whole origin."""

    rp: str
    origin: str


@dataclasses.dataclass(frozen=True, slots=True)
class Known:
    """A key as far as a browser must be told of it. id: base64url."""

    id: str
    transports: tuple[str, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class NewKey:
    """A key that was made just now. id and public_key (COSE): base64url; synced: the person's other devices have it."""

    id: str
    public_key: str
    sign_count: int
    synced: bool
    transports: tuple[str, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class Claim:
    """What an answer says about itself before anything is proven. owner: None where the browser does not say."""

    key: str
    owner: UUID | None
    challenge: bytes


@dataclasses.dataclass(frozen=True, slots=True)
class Used:
    """What a true answer tells of its key."""

    sign_count: int
    synced: bool


def creation_options(place: Place, owner: UUID, name: str, challenge: bytes, known: Iterable[Known]) -> str:
    """JSON for `navigator.credentials.create`: a key that is found without a name being typed, none made twice."""
    options = webauthn.generate_registration_options(
        rp_id=place.rp,
        rp_name=_NAME,
        user_id=owner.bytes,
        user_name=name,
        user_display_name=name,
        challenge=challenge,
        timeout=_MILLISECONDS,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED, user_verification=UserVerificationRequirement.REQUIRED
        ),
        exclude_credentials=[_descriptor(one) for one in known],
    )
    return options_to_json(options)


def request_options(place: Place, challenge: bytes, known: Iterable[Known] = ()) -> str:
    """JSON for `navigator.credentials.get`; `known` empty: any key of this place that the device has."""
    options = webauthn.generate_authentication_options(
        rp_id=place.rp,
        challenge=challenge,
        timeout=_MILLISECONDS,
        allow_credentials=[_descriptor(one) for one in known],
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return options_to_json(options)


def claim_of(answer: str) -> Claim:
    """What the answer says about itself.

    Raises:
        PasskeyRefused: it is none.
    """
    said = _read(answer)
    try:
        client = json.loads(base64url_to_bytes(said["response"]["clientDataJSON"]))
        handle = said["response"].get("userHandle")
        owner = UUID(bytes=base64url_to_bytes(handle)) if handle else None
        return Claim(str(said["id"]), owner, base64url_to_bytes(client["challenge"]))
    except (KeyError, TypeError, ValueError, AttributeError):
        raise PasskeyRefused("refused") from None


def made(answer: str, place: Place, challenge: bytes) -> NewKey:
    """The key that the browser made.

    Raises:
        PasskeyRefused: the answer is to another challenge, from another place, or its person was not verified.
    """
    said = _read(answer)
    try:
        found = webauthn.verify_registration_response(
            credential=said,
            expected_challenge=challenge,
            expected_rp_id=place.rp,
            expected_origin=place.origin,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, KeyError, TypeError, AttributeError):
        raise PasskeyRefused("refused") from None
    return NewKey(
        bytes_to_base64url(found.credential_id),
        bytes_to_base64url(found.credential_public_key),
        found.sign_count,
        found.credential_device_type is CredentialDeviceType.MULTI_DEVICE,
        _transports(said),
    )


def used(answer: str, place: Place, challenge: bytes, public_key: str) -> Used:
    """What the signed answer tells, if this key signed it here. Whether its counter goes forward is not looked at.

    Raises:
        PasskeyRefused: another key, another challenge, another place, or its person was not verified.
    """
    try:
        found = webauthn.verify_authentication_response(
            credential=_read(answer),
            expected_challenge=challenge,
            expected_rp_id=place.rp,
            expected_origin=place.origin,
            credential_public_key=base64url_to_bytes(public_key),
            credential_current_sign_count=0,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, KeyError, TypeError, AttributeError):
        raise PasskeyRefused("refused") from None
    return Used(found.new_sign_count, found.credential_device_type is CredentialDeviceType.MULTI_DEVICE)


def goes_forward(before: int, now: int) -> bool:
    """Whether a key's counter says that there is one of it: it grows, or the key does not count at all."""
    return now > before or before == now == 0


def _read(answer: str) -> dict[str, Any]:
    if len(answer) > _LONGEST:
        raise PasskeyRefused("refused")
    try:
        said = json.loads(answer)
    except ValueError:
        raise PasskeyRefused("refused") from None
    if not isinstance(said, dict):
        raise PasskeyRefused("refused")
    return said


def _transports(said: dict[str, Any]) -> tuple[str, ...]:
    named: Sequence[Any] = said["response"].get("transports") or ()
    return tuple(sorted({one for one in named if isinstance(one, str) and one in _TRANSPORTS}))


def _descriptor(known: Known) -> PublicKeyCredentialDescriptor:
    ways = [AuthenticatorTransport(one) for one in known.transports if one in _TRANSPORTS]
    return PublicKeyCredentialDescriptor(id=base64url_to_bytes(known.id), transports=ways or None)
