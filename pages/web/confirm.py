"""Confirming that it is really the person: our own plain page between a screen's button and what the button does.

It says what is about to happen, takes a code, a passkey or (where there is nothing else) the password, gives the
browser a new token for the same session, and leads back to where the person was, with everything they had filled in.
"""

from __future__ import annotations

import functools
from urllib.parse import parse_qsl, urlencode, urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from data import running, step_up
from data.assurance import StepUpRequired
from data.errors import Rejection
from data.step_up import SessionOver
from pages.ui import carried, i18n
from pages.web import cookies, devices, forms, render, visiting
from pages.web.render import Note, Problem

_UNAUTHORISED = 401
_STALE = 409
_WORD = "c"
RESUME = "resume"  # what the address of the screen carries when the person comes back
_ANYTHING = StepUpRequired("factors", "changes_factors")


def routes() -> list[BaseRoute]:
    """The page, and where its forms go."""
    return [
        Route("/confirm", show, methods=["GET"]),
        Route("/confirm", take, methods=["POST"]),
        Route("/confirm/passkey", take_passkey, methods=["POST"]),
    ]


async def show(request: Request) -> Response:
    """The page; straight on for who confirmed a moment ago."""
    owner, session = visiting.person_of(request)
    database = running.current().database
    if await run_in_threadpool(step_up.fresh_until, database, owner, session):
        return visiting.go(_back(request))
    return await _page(request)


async def take(request: Request) -> Response:
    """Check the code, or the password of who has no second factor."""
    fields = await forms.read_form(request)
    if fields is None or not forms.drawn_here(request, fields):
        return await _page(request, _STALE, note=render.note(request, "bad", "web.confirm.stale"))
    owner, session = visiting.person_of(request)
    wallet, visit = running.current(), devices.visit_of(request)
    if "code" in fields:
        ask = functools.partial(step_up.by_code, wallet.database, wallet.key, owner, session, fields["code"], visit)
    else:
        ask = functools.partial(step_up.by_password, wallet.database, owner, session, fields.get("password", ""), visit)
    try:
        token = await run_in_threadpool(ask)
    except SessionOver:
        return visiting.go(render.here(request, "/signin"))
    except Rejection as no:
        return await _page(request, _UNAUTHORISED, problem=_problem(request, no, "code" in fields))
    return _confirmed(request, token)


async def take_passkey(request: Request) -> Response:
    """Check the answer of a passkey."""
    fields, place = await forms.read_form(request), visiting.place_of(request)
    if fields is None or place is None or not forms.drawn_here(request, fields):
        return await _page(request, _STALE, note=render.note(request, "bad", "web.confirm.stale"))
    owner, session = visiting.person_of(request)
    wallet, answer = running.current(), fields.get("answer", "")
    asked = (wallet.database, wallet.key, owner, session, place, answer, devices.visit_of(request))
    try:
        token = await run_in_threadpool(step_up.by_passkey, *asked)
    except SessionOver:
        return visiting.go(render.here(request, "/signin"))
    except Rejection as no:
        note = Note("bad", i18n.rejection_text(no, render.language(request)))
        return await _page(request, _UNAUTHORISED, note=note)
    return _confirmed(request, token)


def _confirmed(request: Request, token: str) -> Response:
    response = visiting.go(_back(request))
    cookies.give_session(response, request.scope, token)
    return response


def _problem(request: Request, no: Rejection, code: bool) -> Problem:  # noqa: FBT001 - which of two fields
    return Problem("code" if code else "password", i18n.rejection_text(no, render.language(request)))


async def _page(
    request: Request, status: int = 200, problem: Problem | None = None, note: Note | None = None
) -> Response:
    owner, session = visiting.person_of(request)
    wallet, place = running.current(), visiting.place_of(request)
    ways = await run_in_threadpool(step_up.ways, wallet.database, owner, place)
    asked = (wallet.database, wallet.key, owner, session)
    options = await run_in_threadpool(step_up.options, *asked, place) if place is not None and ways.keys else None
    left = carried.look(owner, request.query_params.get(_WORD), wallet.database.clock())
    recovery = not ways.password and (not ways.app or "recovery" in request.query_params)
    return render.draw(
        request,
        "confirm.html",
        status,
        problem=problem,
        note=note,
        ways=ways,
        options=options,
        recovery=recovery,
        reason=i18n.rejection_text(left.wanted if left else _ANYTHING, render.language(request)),
        action=_here(request, "/confirm", recovery=recovery and ways.app),
        key_action=_here(request, "/confirm/passkey"),
        other_address=_here(request, "/confirm", recovery=not recovery),
        back_address=_back(request),
    )


def _here(request: Request, path: str, *, recovery: bool = False) -> str:
    word = request.query_params.get(_WORD, "")
    return render.here(request, path, **{_WORD: word}, **({"recovery": "1"} if recovery else {}))


def _back(request: Request) -> str:
    """Where the person was, with the word for what they had filled in."""
    wanted, word = render.next_path(request), request.query_params.get(_WORD)
    if not word:
        return wanted
    parts = urlsplit(wanted)
    kept = [(name, value) for name, value in parse_qsl(parts.query, keep_blank_values=True) if name != RESUME]
    return f"{parts.path}?{urlencode([*kept, (RESUME, word)])}"
