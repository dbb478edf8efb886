"""Which address is what: who may ask for a path, from which host and origin, and where a visitor may be led next."""

from __future__ import annotations

import enum
import ipaddress
import re
import socket
from collections.abc import Collection
from urllib.parse import urlsplit

SIGN_IN = "/signin"
_LONGEST = 2000
_OPEN_PAGES = frozenset(
    {
        SIGN_IN,
        "/signup",
        "/signin/code",
        "/signin/code/passkey",
        "/signin/passkey",
        "/signin/check",
        "/signout",
        "/forgotten",
        "/reset",
        "/invited",
        "/healthz",
        "/readyz",
        "/favicon.png",
        "/manifest.json",
    }
)
_FORMS = frozenset({"/confirm", "/confirm/passkey", "/passkeys/new"})
_OPEN_FOLDERS = ("/static/", "/app/static/", "/web/")
# A tab whose session was ended must be able to reconnect, or it freezes on the figures it last showed.
_OPEN_PROBES = ("/_stcore/health", "/_stcore/host-config")
_SHUT = ("/_stcore/agent", "/_stcore/metrics", "/_stcore/script-health-check", "/auth/", "/oauth2callback")
_NOT_DOCUMENTS = ("/_stcore/", "/media/", "/component/", "/app/")
_HOST = re.compile(r"(?P<name>\[[0-9a-fA-F:.]+\]|[A-Za-z0-9._-]+)(?P<port>:[0-9]{1,5})?")
_HOME_ENDINGS = (".localhost", ".local", ".lan", ".home.arpa", ".internal")


class Kind(enum.Enum):
    """What the gate does with a path."""

    OPEN = "open"  # for everybody
    SHUT = "shut"  # for nobody
    DOCUMENT = "document"  # with a session; without one the visitor is shown the sign-in page
    FORM = "form"  # the same, but a page of our own
    PRIVATE = "private"  # with a session; without one it is refused


def kind_of(path: str) -> Kind:
    """What may be done with this path (decoded, without query)."""
    if path.startswith(_SHUT):
        return Kind.SHUT
    if path in _OPEN_PAGES or path.startswith(_OPEN_FOLDERS) or path.endswith(_OPEN_PROBES):
        return Kind.OPEN
    if path in _FORMS:
        return Kind.FORM
    return Kind.PRIVATE if path.startswith(_NOT_DOCUMENTS) else Kind.DOCUMENT


def local_path(wanted: str | None) -> str:
    """`wanted` if it is a page of this wallet, else the overview: nobody is led elsewhere by a crafted link."""
    text = wanted or "/"
    if len(text) > _LONGEST or not text.startswith("/") or text.startswith("//") or "\\" in text:
        return "/"
    if any(ord(c) <= ord(" ") or ord(c) == 127 for c in text):  # noqa: PLR2004 - DEL
        return "/"
    try:
        parts = urlsplit(text)
    except ValueError:
        return "/"
    if parts.scheme or parts.netloc or kind_of(parts.path) not in {Kind.DOCUMENT, Kind.FORM}:
        return "/"
    return text


def host_allowed(host: str, declared: Collection[str]) -> bool:
    """Whether this Host header can mean this machine.

    Addresses, this machine's own name, names that only a home network resolves, and the `declared` ones. Any other name
    may be a stranger's domain that was pointed here to slip past the browser's same-origin rule (DNS rebinding).
    """
    found = _HOST.fullmatch(host)
    if found is None:
        return False
    name = found["name"].lower().rstrip(".")
    if name in declared or name == "localhost" or name.endswith(_HOME_ENDINGS) or name == _machine():
        return True
    return is_address(name)


def is_loopback(host: str) -> bool:
    """Whether this Host header names the browser's own machine: a browser treats that as safe without TLS."""
    found = _HOST.fullmatch(host)
    if found is None:
        return False
    name = found["name"].lower().strip("[]")
    if name == "localhost" or name.endswith(".localhost"):
        return True
    return is_address(name) and ipaddress.ip_address(name).is_loopback


def same_origin(origin: str | None, host: str, fetch_site: str | None, *, missing_allowed: bool = False) -> bool:
    """Whether a request was made by a page of this wallet, from its Origin, Host and Sec-Fetch-Site headers."""
    if fetch_site is not None and fetch_site != "same-origin":
        return False
    if origin is None:
        return missing_allowed or fetch_site == "same-origin"
    try:
        parts = urlsplit(origin)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and parts.netloc.lower() == host.lower() and bool(host)


def is_address(name: str) -> bool:
    """Whether a host is named by its number instead of a name."""
    try:
        ipaddress.ip_address(name.strip("[]"))
    except ValueError:
        return False
    return True


def _machine() -> str:
    return socket.gethostname().lower()
