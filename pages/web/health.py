"""Whether this process is alive and its store answers, for whatever supervises it."""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from data import running
from data.errors import StoreClosed

_PROBE = "SELECT 1"


async def readyz(_request: Request) -> Response:
    """200 `ready` when a payment would be taken now, or 503 and why not: `starting`, `writer`, `disk`."""
    try:
        why = await run_in_threadpool(running.current().database.unready)
    except StoreClosed:
        why = "starting"
    return PlainTextResponse(why, 503) if why else PlainTextResponse("ready")


async def healthz(_request: Request) -> Response:
    """200 `ok`, or 503 `starting` while the store is not open. Says nothing about anybody."""
    try:
        await run_in_threadpool(running.current().database.read, _PROBE)
    except StoreClosed:
        return PlainTextResponse("starting", 503)
    return PlainTextResponse("ok")
