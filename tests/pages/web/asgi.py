"""A browser in miniature: requests and sockets against an ASGI app, with a cookie jar, without a network."""

from __future__ import annotations

import asyncio
import dataclasses
import re
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import unquote, urlencode

from starlette.types import ASGIApp

HOST = "localhost:8501"


@dataclasses.dataclass
class Answer:
    """What came back."""

    status: int
    headers: dict[str, str]
    cookies: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()

    @property
    def location(self) -> str:
        return self.headers["location"]


class Browser:
    """Sends what a browser would send, unless told otherwise; `None` leaves a header out."""

    def __init__(self, app: ASGIApp, host: str = HOST, scheme: str = "http") -> None:
        self.app, self.host, self.scheme = app, host, scheme
        self.jar: dict[str, str] = {}
        self.address = "192.0.2.7"

    def get(self, address: str, headers: dict[str, str | None] | None = None, method: str = "GET") -> Answer:
        return self.request(method, address, headers=headers)

    def submit(
        self, address: str, fields: dict[str, str] | None = None, headers: dict[str, str | None] | None = None
    ) -> Answer:
        """Send a form from a page of the same origin."""
        sent: dict[str, str | None] = {
            "content-type": "application/x-www-form-urlencoded",
            "origin": f"{self.scheme}://{self.host}",
            "sec-fetch-site": "same-origin",
            **(headers or {}),
        }
        return self.request("POST", address, urlencode(fields or {}).encode(), sent)

    def fill(self, address: str, **fields: str) -> Answer:
        """Open a form and send it, with the token it was drawn with."""
        drawn = self.get(address)
        token = re.search(r'name="form" value="([0-9a-f]+)"', drawn.text)
        return self.submit(address, {**fields, "form": token[1] if token else ""})

    def request(
        self, method: str, address: str, body: bytes = b"", headers: dict[str, str | None] | None = None
    ) -> Answer:
        sent = asyncio.run(_http(self.app, self._scope("http", address, headers) | {"method": method}, body))
        start = next(m for m in sent if m["type"] == "http.response.start")
        named = [(n.decode().lower(), v.decode()) for n, v in start["headers"]]
        set_now = {}
        for name, value in named:
            if name == "set-cookie":
                for key, morsel in SimpleCookie(value).items():
                    set_now[key] = value
                    self.jar[key] = morsel.value
        content = b"".join(m.get("body", b"") for m in sent if m["type"] == "http.response.body")
        return Answer(start["status"], dict(named), set_now, content)

    def connect(self, headers: dict[str, str | None] | None = None, path: str = "/_stcore/stream") -> list[Any]:
        """What the app sends when a socket is opened and closed again at once."""
        origin: dict[str, str | None] = {"origin": f"{self.scheme}://{self.host}"}
        scope = self._scope("websocket", path, origin | (headers or {}))
        return asyncio.run(_socket(self.app, scope | {"scheme": "wss" if self.scheme == "https" else "ws"}))

    def _scope(self, kind: str, address: str, headers: dict[str, str | None] | None) -> dict[str, Any]:
        path, _, query = address.partition("?")
        named: dict[str, str | None] = {"host": self.host, "accept-language": "zh-CN,zh;q=0.9,en;q=0.8"}
        if self.jar:
            named["cookie"] = "; ".join(f"{name}={value}" for name, value in self.jar.items())
        named |= headers or {}
        return {
            "type": kind,
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "scheme": self.scheme,
            "path": unquote(path),
            "raw_path": path.encode(),
            "query_string": query.encode(),
            "root_path": "",
            "headers": [(n.lower().encode(), v.encode()) for n, v in named.items() if v is not None],
            "client": (self.address, 1234),
            "server": ("127.0.0.1", 8501),
        }


async def _http(app: ASGIApp, scope: dict[str, Any], body: bytes) -> list[Any]:
    waiting = [{"type": "http.request", "body": body, "more_body": False}]
    sent: list[Any] = []

    async def receive() -> Any:
        return waiting.pop() if waiting else {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        sent.append(message)

    await app(scope, receive, send)
    return sent


async def _socket(app: ASGIApp, scope: dict[str, Any]) -> list[Any]:
    waiting = [{"type": "websocket.disconnect", "code": 1000}, {"type": "websocket.connect"}]
    sent: list[Any] = []

    async def receive() -> Any:
        return waiting.pop()

    async def send(message: Any) -> None:
        sent.append(message)

    await app(scope, receive, send)
    return sent
