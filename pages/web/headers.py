"""Which headers every answer carries, so that a browser runs only our code and shows our pages to nobody else."""

from __future__ import annotations

import base64
import functools
import hashlib
import re
from pathlib import Path

import streamlit

STREAMLIT_STATIC = Path(streamlit.__file__).parent / "static"
_INLINE = re.compile(r"<script>(.*?)</script>", re.DOTALL)
_YEAR = 31_536_000
_CACHED = ("/static/", "/app/static/", "/web/", "/favicon.png")
_OURS_ONLY = ("camera", "publickey-credentials-create", "publickey-credentials-get")
_NOBODY = ("geolocation", "microphone", "payment")
_MAY_USE = ", ".join([*(f"{one}=(self)" for one in _OURS_ONLY), *(f"{one}=()" for one in _NOBODY)])
_ALWAYS = (
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
    ("referrer-policy", "same-origin"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    ("permissions-policy", _MAY_USE),
)
_FORMS = (
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)


@functools.lru_cache(maxsize=64)
def streamlit_policy(host: str, *, secure: bool) -> str:
    """The content policy for Streamlit's pages: its own scripts by name, one inline script by its hash, no eval."""
    socket = f"{'wss' if secure else 'ws'}://{host}"
    return "; ".join(
        (
            "default-src 'self'",
            f"script-src 'self' {inline_script_source()} blob: 'wasm-unsafe-eval'",
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data: blob:",
            "font-src 'self' data:",
            f"connect-src 'self' {socket} data: blob:",
            "worker-src 'self' blob:",
            "media-src 'self' blob: data:",
            "frame-src 'self' blob:",
            "object-src 'none'",
            "base-uri 'none'",
            "form-action 'self'",
            "frame-ancestors 'none'",
        )
    )


@functools.cache
def inline_script_source() -> str:
    """The hashes of the inline scripts in the installed Streamlit's page, as a policy names them."""
    page = (STREAMLIT_STATIC / "index.html").read_text(encoding="utf-8")
    digests = (hashlib.sha256(script.encode()).digest() for script in _INLINE.findall(page))
    return " ".join(f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests)


def protective(path: str, host: str, *, secure: bool, is_ours: bool) -> list[tuple[bytes, bytes]]:
    """The headers to add to the answer for `path`; `is_ours`: one of our own HTML pages, with the stricter policy."""
    policy = _FORMS if is_ours else streamlit_policy(host, secure=secure)
    found = [*_ALWAYS, ("content-security-policy", policy)]
    if not path.startswith(_CACHED):
        found.append(("cache-control", "no-store"))
    if secure:
        found.append(("strict-transport-security", f"max-age={_YEAR}"))
    return [(name.encode(), value.encode()) for name, value in found]
