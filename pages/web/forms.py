"""Plain HTML forms: reading one within limits, and making sure it was drawn here for this browser."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from urllib.parse import parse_qsl

from starlette.requests import Request

from pages.web import cookies

TOKEN_FIELD = "form"  # noqa: S105 - the field's name
_LARGEST = 16 * 1024
_FIELDS = 12
_KIND = "application/x-www-form-urlencoded"


async def read_form(request: Request) -> dict[str, str] | None:
    """The fields that were sent, the last of each name; None when it is no form, or larger than any of ours."""
    if request.headers.get("content-type", "").split(";")[0].strip().lower() != _KIND:
        return None
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > _LARGEST:
            return None
    try:
        pairs = parse_qsl(body.decode("ascii"), keep_blank_values=True, max_num_fields=_FIELDS)
    except ValueError:  # not ASCII, or too many fields
        return None
    return dict(pairs)


def browser_half(request: Request) -> str:
    """The cookie's half of the form token: what this browser has already, else a fresh one to give it."""
    return cookies.read(request.scope, cookies.FORM) or secrets.token_urlsafe(24)


def form_half(browser: str) -> str:
    """The form's half, made from the cookie's: a stranger's page cannot know it, as it cannot read our cookies."""
    return hashlib.sha256(f"form:{browser}".encode()).hexdigest()


def drawn_here(request: Request, fields: dict[str, str]) -> bool:
    """Whether the form was drawn here for this browser."""
    browser = cookies.read(request.scope, cookies.FORM)
    return browser is not None and hmac.compare_digest(fields.get(TOKEN_FIELD, ""), form_half(browser))
