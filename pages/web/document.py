"""The one HTML document that Streamlit's screens live in, in our name: title, icon, language, no flash of white.

Made from the installed Streamlit's own page, so that the names of its scripts are always the right ones. What it says
about an interface for programs is left out, since the gate shuts that.
"""

from __future__ import annotations

import functools
import re
from uuid import UUID

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.responses import HTMLResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from data import preferences, running
from pages.ui.catalogue import Language, translator
from pages.web import assets, gate, languages, places
from pages.web.headers import STREAMLIT_STATIC
from pages.web.places import Kind

_COMMENT = re.compile(r"<!--.*?-->\s*", re.DOTALL)
_NOSCRIPT = re.compile(r"<noscript>.*?</noscript>\s*", re.DOTALL)
_AGENT_LINK = re.compile(r'<link rel="service-desc"[^>]*>\s*')
_ICON = re.compile(r'<link rel="shortcut icon"[^>]*>')
_TITLE = re.compile(r"<title>.*?</title>")
_LANGUAGE = re.compile(r'<html lang="[^"]*"')
_OUR_HEAD = (
    '<link rel="icon" href="{logo}" type="image/svg+xml" />\n'
    '    <meta name="color-scheme" content="light dark" />\n'
    '    <link rel="stylesheet" href="{style}" />'
)


class Document:
    """The ASGI middleware that answers for the screens' addresses; it stands behind the gate."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request for a screen's address; everything else passes by."""
        if not _is_screen(scope):
            await self._app(scope, receive, send)
            return
        language = await run_in_threadpool(_language, Headers(scope=scope))
        await HTMLResponse(page(language))(scope, receive, send)


@functools.cache
def page(language: Language) -> str:
    """The document in this language."""
    html = (STREAMLIT_STATIC / "index.html").read_text(encoding="utf-8")
    for pattern in (_COMMENT, _NOSCRIPT, _AGENT_LINK):
        html = pattern.sub("", html)
    head = _OUR_HEAD.format(logo=assets.address("logo.svg"), style=assets.address("document.css"))
    html = _ICON.sub(head, html)
    html = _TITLE.sub(f"<title>{translator(language).text('app.name')}</title>", html)
    return _LANGUAGE.sub(f'<html lang="{"zh-CN" if language == "zh" else "en"}"', html)


def _is_screen(scope: Scope) -> bool:
    if scope["type"] != "http" or scope["method"] not in {"GET", "HEAD"}:
        return False
    path = scope["path"]
    return places.kind_of(path) is Kind.DOCUMENT and "." not in path and (path == "/" or not path.endswith("/"))


def _language(sent: Headers) -> Language:
    owner = sent.get(gate.UID.decode())
    chosen = preferences.preferences_of(running.current().database, UUID(owner)).language if owner else None
    return chosen or languages.preferred(sent.get("accept-language", ""))
