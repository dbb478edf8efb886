"""Who asks for one of our own pages, and from where."""

from __future__ import annotations

from urllib.parse import urlsplit
from uuid import UUID

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from data.security.passkey import Place
from pages.web import cookies, gate, places

_SEE_OTHER = 303


def person_of(request: Request) -> tuple[UUID, str]:
    """The person and the session that the gate vouched for; only for pages that it does not open to everybody."""
    return UUID(request.headers[gate.UID.decode()]), request.headers[gate.SESSION.decode()]


def place_of(request: Request) -> Place | None:
    """Where the browser believes it is; None at a bare address, for which browsers make no passkeys.

    The gate has checked the Host, and that a form was sent by a page of the same origin.
    """
    host = request.headers.get("host", "").lower()
    name = urlsplit(f"//{host}").hostname or ""
    if not name or places.is_address(name):
        return None
    scheme = "http" if cookies.is_plain(request.scope) else "https"
    return Place(name, request.headers.get("origin") or f"{scheme}://{host}")


def go(address: str) -> Response:
    """Lead the browser on, with a GET."""
    return RedirectResponse(address, _SEE_OTHER)
