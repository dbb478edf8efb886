"""A socket lives no longer than its session: what was let in with a session that was ended is closed within seconds.

The tab itself notices first and leads to the sign-in page (`pages/ui/shell.py`); the pause lets it. Whoever does not
run our page, but only holds the socket, loses it here.
"""

from __future__ import annotations

import asyncio
import dataclasses

from starlette.concurrency import run_in_threadpool
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from data import identity, running
from data.errors import StoreClosed
from data.sign_in import Session

_REFUSED = 1008
_LOOK_AGAIN = 30  # looks at least: a session also ends by itself, which changes no row


@dataclasses.dataclass(frozen=True, slots=True)
class Pauses:
    """In seconds: between two looks at whether something of the person changed, and before a dead socket is closed."""

    look: float = 1.0
    grace: float = 3.0


async def serve(app: ASGIApp, scope: Scope, receive: Receive, send: Send, session: Session, pauses: Pauses) -> None:
    """Let the app speak with the socket until the session is over."""
    over = asyncio.Event()
    ended = asyncio.ensure_future(over.wait())

    async def heard() -> Message:
        if over.is_set():
            return {"type": "websocket.disconnect", "code": _REFUSED}
        incoming = asyncio.ensure_future(receive())
        await asyncio.wait({incoming, ended}, return_when=asyncio.FIRST_COMPLETED)
        if incoming.done():
            return incoming.result()
        incoming.cancel()
        return {"type": "websocket.disconnect", "code": _REFUSED}

    async def said(message: Message) -> None:
        if not over.is_set():
            await send(message)

    watching = asyncio.create_task(_close_when_over(session, send, over, pauses))
    try:
        await app(scope, heard, said)
    finally:
        watching.cancel()
        ended.cancel()


async def _close_when_over(session: Session, send: Send, over: asyncio.Event, pauses: Pauses) -> None:
    version, looks = -1, 0
    while True:
        try:
            database = running.current().database
            if database.version(session.owner) != version or looks >= _LOOK_AGAIN:
                version, looks = database.version(session.owner), 0
                found = await run_in_threadpool(identity.session_of, database, session.owner, session.id)
                if found is None or not found.open_at(database.clock()):
                    break
        except StoreClosed:  # the app is stopping, and every connection with it
            return
        looks += 1
        await asyncio.sleep(pauses.look)
    await asyncio.sleep(pauses.grace)
    over.set()
    await send({"type": "websocket.close", "code": _REFUSED})
