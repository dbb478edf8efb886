"""Who gets past: no request and no socket reaches Streamlit without a session of ours.

In order: the Host must be ours, the path must not be shut, a changing request and every socket must come from our own
origin, and a private path needs an open session. What passes carries the person and the session in two headers that are
stripped from whatever a client sends; Streamlit hands them to scripts as `st.user` (`server.trustedUserHeaders`).

A socket with a session that was ended is let through, as nobody: the shell then leads that tab to the sign-in page. To
refuse it would leave the tab frozen with the old figures on screen.
"""

from __future__ import annotations

import os
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from data import identity, running
from data.errors import StoreClosed
from data.sign_in import Session
from pages.web import cookies, headers, places, sockets, uploads
from pages.web.places import Kind

HOSTS_VARIABLE = "LITTLE_GOLD_CARD_HOSTS"
UID, SESSION = b"x-wallet-uid", b"x-wallet-session"
_READING = frozenset({"GET", "HEAD", "OPTIONS"})
_OUR_PAGES = (
    "/signin",
    "/signup",
    "/signout",
    "/healthz",
    "/readyz",
    "/confirm",
    "/passkeys/",
    "/forgotten",
    "/reset",
    "/invited",
)
_SOCKET = "/_stcore/stream"
_REFUSED_SOCKET = 1008
_PAUSES = sockets.Pauses()
_WRONG_HOST = (
    "这个地址不是小金卡认识的名字。请把它写进环境变量 {variable} 后重启。\n"
    "Little Gold Card does not know this address. Name it in the environment variable {variable} and restart.\n"
)


class Gate:
    """The ASGI middleware around everything."""

    def __init__(self, app: ASGIApp, pauses: sockets.Pauses = _PAUSES) -> None:
        self._app = app
        self._pauses = pauses
        named = os.environ.get(HOSTS_VARIABLE, "")
        self._hosts = frozenset(name.strip().lower() for name in named.split(",") if name.strip())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one connection."""
        if scope["type"] == "http":
            await self._http(scope, receive, self._guarded(scope, send))
        elif scope["type"] == "websocket":
            await self._socket(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        refusal, session = self._refusal(scope), None
        kind = places.kind_of(scope["path"])
        if refusal is None and kind is not Kind.OPEN:
            session = await _open_session(scope)
            refusal = _shown_out(scope, kind) if session is None else _not_theirs(scope, session)
        await (refusal or self._app)(_vouched(scope, session), receive, send)

    def _refusal(self, scope: Scope) -> Response | None:
        sent = Headers(scope=scope)
        host = sent.get("host", "")
        if not places.host_allowed(host, self._hosts):
            return PlainTextResponse(_WRONG_HOST.format(variable=HOSTS_VARIABLE), 421)
        if places.kind_of(scope["path"]) is Kind.SHUT:
            return PlainTextResponse("Not found", 404)
        if scope["method"] not in _READING and not _from_us(sent, host):
            return PlainTextResponse("Refused: this request did not come from a page of this wallet.", 403)
        return None

    async def _socket(self, scope: Scope, receive: Receive, send: Send) -> None:
        sent = Headers(scope=scope)
        host = sent.get("host", "")
        known_place = scope["path"] == _SOCKET and places.host_allowed(host, self._hosts)
        session = await _known_session(scope) if known_place and _from_us(sent, host) else None
        if session is None:
            await send({"type": "websocket.close", "code": _REFUSED_SOCKET})
            return
        told = _vouched(scope, session if _is_open(session) else None)
        await sockets.serve(self._app, told, receive, send, session, self._pauses)

    def _guarded(self, scope: Scope, send: Send) -> Send:
        """`send` that puts the protective headers on the answer, in place of any of the same name."""
        path, host = scope["path"], Headers(scope=scope).get("host", "")
        extra = headers.protective(
            path,
            host if places.host_allowed(host, self._hosts) else "localhost",
            secure=not cookies.is_plain(scope),
            is_ours=path.startswith(_OUR_PAGES),
        )
        replaced = {name for name, _ in extra}

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                kept = [(n, v) for n, v in message.get("headers", []) if n.lower() not in replaced]
                message = {**message, "headers": [*kept, *extra]}
            await send(message)

        return guarded


def _not_theirs(scope: Scope, session: Session) -> Response | None:
    return PlainTextResponse("Not found", 404) if uploads.to_another(scope["path"], session) else None


def _from_us(sent: Headers, host: str) -> bool:
    return places.same_origin(sent.get("origin"), host, sent.get("sec-fetch-site"))


async def _known_session(scope: Scope) -> Session | None:
    """The session the cookie names, open or ended; None for none, a forged one, and while the store is closed."""
    token = cookies.read(scope, cookies.SESSION)
    if not token:
        return None
    try:
        return await run_in_threadpool(identity.find_session, running.current().database, token)
    except StoreClosed:
        return None


async def _open_session(scope: Scope) -> Session | None:
    session = await _known_session(scope)
    return session if session is not None and _is_open(session) else None


def _is_open(session: Session) -> bool:
    try:
        return session.open_at(running.current().database.clock())
    except StoreClosed:
        return False


def _vouched(scope: Scope, session: Session | None) -> Scope:
    """The scope with our word about who this is in place of the client's."""
    kept = [(name, value) for name, value in scope["headers"] if not name.lower().startswith(b"x-wallet-")]
    if session is not None:
        kept += [(UID, str(session.owner).encode()), (SESSION, session.id.encode())]
    return {**scope, "headers": kept}


def _shown_out(scope: Scope, kind: Kind) -> Response:
    if kind not in {Kind.DOCUMENT, Kind.FORM} or scope["method"] not in _READING:
        return PlainTextResponse("Sign in first.", 401)
    query = scope.get("query_string", b"").decode("latin-1")
    wanted = places.local_path(quote(scope["path"]) + (f"?{query}" if query else ""))
    suffix = "" if wanted == "/" else f"?next={quote(wanted, safe='')}"
    return RedirectResponse(places.SIGN_IN + suffix, 303)
