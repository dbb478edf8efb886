"""A socket does not outlive its session, even for somebody who runs none of our page."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from data import identity, step_up
from data.running import Running
from data.sign_in import SignedIn, Visit
from pages.web.gate import Gate
from pages.web.sockets import Pauses
from tests.pages.web.asgi import Browser

COOKIE = "__Host-wallet"
QUICK = Pauses(look=0.02, grace=0.02)
GOOD = "correct horse battery"
LONG = 20.0


class Line:
    """A socket held open by a client that only listens, and answers `ping`s."""

    def __init__(self, app: Starlette, token: str) -> None:
        self.browser = Browser(app)
        self.browser.jar[COOKIE] = token
        self.app = app
        self.said: list[Any] = []
        self.heard: asyncio.Queue[Any] = asyncio.Queue()

    async def hold(self) -> None:
        """Until the app lets go of it."""
        scope = self.browser._scope("websocket", "/_stcore/stream", {"origin": "http://localhost:8501"})

        async def send(message: Any) -> None:
            self.said.append(message)

        await self.app(scope | {"scheme": "ws"}, self.heard.get, send)

    async def until(self, seen: Callable[[Any], bool], seconds: float = LONG) -> bool:
        """Whether such a message comes."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if any(seen(message) for message in self.said):
                return True
            await asyncio.sleep(0.02)
        return False


async def _echo(socket: WebSocket) -> None:
    await socket.accept()
    try:
        while True:
            await socket.send_text(await socket.receive_text())
    except WebSocketDisconnect:
        return


@pytest.fixture
def talking(wallet: Running) -> Starlette:
    gate = Middleware(Gate, pauses=QUICK)
    return Starlette(routes=[WebSocketRoute("/{path:path}", _echo)], middleware=[gate])


def closed(message: Any) -> bool:
    return bool(message["type"] == "websocket.close")


def held_while(talking: Starlette, token: str, do: Callable[[], object], seconds: float = LONG) -> tuple[bool, bool]:
    """Whether the socket answered before `do` was done, and whether it was closed after it."""

    async def talk() -> tuple[bool, bool]:
        line = Line(talking, token)
        await line.heard.put({"type": "websocket.connect"})
        held = asyncio.create_task(line.hold())
        await line.heard.put({"type": "websocket.receive", "text": "ping"})
        answered = await line.until(lambda message: message.get("text") == "ping")
        await asyncio.to_thread(do)
        over = await line.until(closed, seconds)
        if over:
            await asyncio.wait_for(held, LONG)
            await line.heard.put({"type": "websocket.receive", "text": "still there?"})
        else:
            held.cancel()
        return answered, over and not any(message.get("text") == "still there?" for message in line.said)

    return asyncio.run(talk())


def test_signing_out_closes_the_sockets_that_were_open(talking: Starlette, wallet: Running, alice: SignedIn) -> None:
    out = held_while(talking, alice.token, lambda: identity.sign_out(wallet.database, alice.token, Visit()))
    assert out == (True, True)


def test_a_new_password_closes_the_sockets_of_other_sessions(
    talking: Starlette, wallet: Running, alice: SignedIn
) -> None:
    other = identity.sign_in(wallet.database, "alice", GOOD, Visit())
    assert isinstance(other, SignedIn)
    mine = identity.find_session(wallet.database, alice.token)
    assert mine is not None
    asked = (alice.owner, mine.id, GOOD, "a whole new sentence", Visit())
    assert held_while(talking, other.token, lambda: identity.change_password(wallet.database, *asked)) == (True, True)


def test_a_new_token_for_the_session_leaves_its_sockets_open(
    talking: Starlette, wallet: Running, alice: SignedIn
) -> None:
    mine = identity.find_session(wallet.database, alice.token)
    assert mine is not None
    asked = (wallet.database, alice.owner, mine.id, GOOD, Visit())
    out = held_while(talking, alice.token, lambda: step_up.by_password(*asked), 1.0)
    assert out == (True, False)


def test_a_socket_of_an_ended_session_is_let_in_as_nobody_for_a_moment_only(
    talking: Starlette, wallet: Running, alice: SignedIn
) -> None:
    identity.sign_out(wallet.database, alice.token, Visit())

    async def talk() -> bool:
        line = Line(talking, alice.token)
        await line.heard.put({"type": "websocket.connect"})
        held = asyncio.create_task(line.hold())
        over = await line.until(closed)
        held.cancel()
        return over

    assert asyncio.run(talk())
