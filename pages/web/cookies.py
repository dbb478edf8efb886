"""The cookies at the edge: how they are named, set and read.

They carry `__Host-` and Secure, so that no other site, sub-domain or plain connection can plant or read one. The named
switch `LITTLE_GOLD_CARD_TRUSTED_HTTP=1` gives that up for plain http on a home network that the person trusts.
"""

from __future__ import annotations

import os

from starlette.requests import HTTPConnection
from starlette.responses import Response
from starlette.types import Scope

from data.sign_in import SESSION_DAYS

SWITCH = "LITTLE_GOLD_CARD_TRUSTED_HTTP"
SESSION = "wallet"
FORM = "wallet-form"  # binds a drawn form to the browser that got it
STEP = "wallet-step"  # a right password that waits for its second factor
DEVICE = "wallet-device"  # which browser this is; opens nothing
INVITATION = "wallet-invited"  # an invitation that was followed, until the sign-up is sent
RESET = "wallet-reset"  # a link for a new password that was followed
_STEP_SECONDS = 600
_LINK_SECONDS = 3600
_DEVICE_DAYS = 400  # browsers keep none longer
_DAY = 86_400


def trusted_http() -> bool:
    """Whether the person declared this home network safe enough for plain http."""
    return os.environ.get(SWITCH, "") == "1"


def is_plain(scope: Scope) -> bool:
    """Whether this request came without TLS (a proxy's word for it is in the scope)."""
    return scope.get("scheme") not in {"https", "wss"}


def read(scope: Scope, name: str) -> str | None:
    """The value of our cookie, None when the browser sent none."""
    return HTTPConnection(scope).cookies.get(_full_name(scope, name))


def give_session(response: Response, scope: Scope, token: str, days: int = SESSION_DAYS) -> None:
    """Let the browser keep the session, as long as it can last."""
    _give(response, scope, SESSION, token, days * _DAY, "lax")


def give_form(response: Response, scope: Scope, value: str) -> None:
    """Let the browser keep the other half of a form's token, until it is closed."""
    _give(response, scope, FORM, value, None, "strict")


def give_step(response: Response, scope: Scope, challenge: str) -> None:
    """Let the browser keep the challenge for the few minutes it counts."""
    _give(response, scope, STEP, challenge, _STEP_SECONDS, "strict")


def take_step(response: Response, scope: Scope) -> None:
    """Let the browser forget the challenge."""
    _give(response, scope, STEP, "", 0, "strict")


def give_device(response: Response, scope: Scope, token: str) -> None:
    """Let the browser be known again."""
    _give(response, scope, DEVICE, token, _DEVICE_DAYS * _DAY, "lax")


def give_invitation(response: Response, scope: Scope, token: str) -> None:
    """Let the browser keep the invitation it followed for an hour; an empty one is forgotten.

    Lax, like the next: links come from elsewhere, and a strict cookie would not be sent on from there.
    """
    _give(response, scope, INVITATION, token, _LINK_SECONDS if token else 0, "lax")


def give_reset(response: Response, scope: Scope, token: str) -> None:
    """Let the browser keep the secret of the link for a new password for an hour; an empty one is forgotten."""
    _give(response, scope, RESET, token, _LINK_SECONDS if token else 0, "lax")


def _give(response: Response, scope: Scope, name: str, value: str, seconds: int | None, site: str) -> None:
    response.set_cookie(
        _full_name(scope, name),
        value,
        max_age=seconds,
        path="/",
        secure=not _open_network(scope),
        httponly=True,
        samesite="strict" if site == "strict" else "lax",
    )


def _full_name(scope: Scope, name: str) -> str:
    return name if _open_network(scope) else f"__Host-{name}"


def _open_network(scope: Scope) -> bool:
    return is_plain(scope) and trusted_http()
