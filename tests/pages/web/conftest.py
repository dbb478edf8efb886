"""The edge as the server builds it, with a stand-in for Streamlit that tells what reached it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.websockets import WebSocket

from data import identity, running
from data.home import open_running
from data.running import Running
from data.sign_in import SignedIn, Visit
from pages.web.gate import Gate
from pages.web.routes import routes

GOOD = "correct horse battery"


async def _reached(request: Request) -> Response:
    return JSONResponse({"reached": request.url.path, **_told(dict(request.headers))})


async def _stream(socket: WebSocket) -> None:
    await socket.accept()
    await socket.send_text(json.dumps(_told(dict(socket.headers))))
    await socket.close()


def _told(headers: dict[str, str]) -> dict[str, Any]:
    return {name: value for name, value in headers.items() if name.startswith("x-wallet-")}


@pytest.fixture
def wallet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Running]:
    monkeypatch.setenv("LITTLE_GOLD_CARD_STRICT", "1")
    monkeypatch.delenv("LITTLE_GOLD_CARD_TRUSTED_HTTP", raising=False)
    monkeypatch.delenv("LITTLE_GOLD_CARD_HOSTS", raising=False)
    opened = open_running(tmp_path)
    running.set_current(opened)
    yield opened
    running.set_current(None)
    opened.close()


@pytest.fixture
def edge(wallet: Running) -> Starlette:
    stand_in: list[BaseRoute] = [
        WebSocketRoute("/{path:path}", _stream),
        Route("/{path:path}", _reached, methods=["GET", "HEAD", "POST", "PUT", "DELETE"]),
    ]
    return Starlette(routes=[*routes(), *stand_in], middleware=[Middleware(Gate)])


@pytest.fixture
def alice(wallet: Running) -> SignedIn:
    return identity.sign_up(wallet.database, "alice", GOOD, Visit())
