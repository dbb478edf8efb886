"""Which browser this is: a cookie that only says "as before", so that strangers' guesses are not held against it.

It opens nothing. Kept on the other side is its hash, and beside each person only after they signed in with it.
"""

from __future__ import annotations

import re
import secrets

from starlette.requests import Request
from starlette.responses import Response

from data.security import tokens
from data.sign_in import Visit
from pages.web import cookies

_SHAPE = re.compile(r"[A-Za-z0-9_-]{32,64}")


def visit_of(request: Request) -> Visit:
    """Where this request comes from: address, browser, to which of our names."""
    client, sent = request.client, request.headers
    known = _token_of(request)
    return Visit(
        client.host if client else "",
        sent.get("user-agent", ""),
        tokens.token_hash(known) if known else "",
        sent.get("host", ""),
    )


def give(request: Request, response: Response) -> None:
    """Let the browser be known again. It is given with a form, so that it is there when the form is sent."""
    cookies.give_device(response, request.scope, _token_of(request) or secrets.token_urlsafe(32))


def _token_of(request: Request) -> str | None:
    token = cookies.read(request.scope, cookies.DEVICE)
    return token if token and _SHAPE.fullmatch(token) else None
