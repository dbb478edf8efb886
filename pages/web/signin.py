"""Signing in, up and out on plain HTML pages: real forms that password managers understand, before Streamlit is loaded.

Every form must come from our own origin (the gate sees to that) and have been drawn for this browser (`forms`). After
the password the browser is sent to `/signin/check`, which shows what to do when it did not keep the cookie.
"""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route

from data import identity, preferences, running, second_factor
from data.errors import Rejection
from data.identity import NameTaken, WrongCredentials
from data.preferences import Preferences
from data.second_factor import ChallengeOver
from data.security.passwords import ALONE
from data.sign_in import SecondFactorNeeded, SignedIn, Visit
from pages.web import assets, cookies, forms, health, places, render
from pages.web.render import Note, Problem

_SEE_OTHER = 303
_UNAUTHORISED = 401
_UNPROCESSABLE = 422
_STALE = 409


def routes() -> list[BaseRoute]:
    """Everything the edge answers itself."""
    return [
        Route("/signin", show_sign_in, methods=["GET"]),
        Route("/signin", take_sign_in, methods=["POST"]),
        Route("/signin/code", show_code, methods=["GET"]),
        Route("/signin/code", take_code, methods=["POST"]),
        Route("/signin/check", check_cookie, methods=["GET"]),
        Route("/signup", show_sign_up, methods=["GET"]),
        Route("/signup", take_sign_up, methods=["POST"]),
        Route("/signout", sign_out, methods=["POST"]),
        Route("/healthz", health.healthz, methods=["GET"]),
        Mount("/web", assets.Assets()),
    ]


async def show_sign_in(request: Request) -> Response:
    """The sign-in form; straight on for those who are signed in, and to the first sign-up on a new installation."""
    if _must_not_type_here(request):
        return _cookie_help(request, plain=True)
    if await _signed_in(request):
        return _go(render.next_path(request))
    if not await run_in_threadpool(identity.anybody, running.current().database):
        return _go(render.here(request, "/signup"))
    said_goodbye = "out" in request.query_params
    return _sign_in_form(request, note=render.note(request, "good", "web.signin.out") if said_goodbye else None)


async def take_sign_in(request: Request) -> Response:
    """Check name and password."""
    fields = await forms.read_form(request)
    if fields is None or not forms.drawn_here(request, fields):
        return _refused(request)
    name, password = fields.get("name", ""), fields.get("password", "")
    wallet = running.current()
    try:
        outcome = await run_in_threadpool(identity.sign_in, wallet.database, name, password, _visit(request))
    except WrongCredentials as no:
        return _sign_in_form(request, _UNAUTHORISED, name=name, problem=render.problem(request, no))
    if isinstance(outcome, SecondFactorNeeded):
        response = _go(render.here(request, "/signin/code"))
        cookies.give_step(response, request.scope, outcome.challenge)
        return response
    return _welcome(request, outcome)


async def show_code(request: Request) -> Response:
    """The form for the second factor, for a browser that brought a right password a moment ago."""
    if cookies.read(request.scope, cookies.STEP) is None:
        return _go(render.here(request, places.SIGN_IN))
    return _code_form(request)


async def take_code(request: Request) -> Response:
    """Check the code of the authenticator app, or a recovery code."""
    fields = await forms.read_form(request)
    challenge = cookies.read(request.scope, cookies.STEP)
    if fields is None or challenge is None or not forms.drawn_here(request, fields):
        return _refused(request)
    wallet = running.current()
    asked = (wallet.database, wallet.key, challenge, fields.get("code", ""), _visit(request))
    try:
        outcome = await run_in_threadpool(second_factor.answer_challenge, *asked)
    except ChallengeOver as no:
        text = render.problem(request, no).text
        response = _sign_in_form(request, _UNAUTHORISED, note=Note("bad", text))
        cookies.take_step(response, request.scope)
        return response
    except Rejection as no:
        return _code_form(request, _UNAUTHORISED, render.problem(request, no))
    response = _welcome(request, outcome)
    cookies.take_step(response, request.scope)
    return response


async def show_sign_up(request: Request) -> Response:
    """The sign-up form; the seam for closing sign-up or asking for an invitation is here and in `take_sign_up`."""
    if _must_not_type_here(request):
        return _cookie_help(request, plain=True)
    if await _signed_in(request):
        return _go(render.next_path(request))
    return await _sign_up_form(request)


async def take_sign_up(request: Request) -> Response:
    """Admit a new person and sign them in."""
    fields = await forms.read_form(request)
    if fields is None or not forms.drawn_here(request, fields):
        return _refused(request)
    name, password = fields.get("name", ""), fields.get("password", "")
    database = running.current().database
    try:
        outcome = await run_in_threadpool(identity.sign_up, database, name, password, _visit(request))
    except Rejection as no:
        status = _STALE if isinstance(no, NameTaken) else _UNPROCESSABLE
        return await _sign_up_form(request, status, name, render.problem(request, no))
    if request.query_params.get("lang") is not None:  # chosen by hand, against the browser's
        chosen = Preferences(language=render.language(request))
        await run_in_threadpool(preferences.choose_preferences, database, outcome.owner, chosen)
    return _welcome(request, outcome)


async def check_cookie(request: Request) -> Response:
    """Whether the browser kept the session's cookie: on to the wanted screen, or what to do about it."""
    if await _signed_in(request):
        return _go(render.next_path(request))
    return _cookie_help(request, plain=False)


async def sign_out(request: Request) -> Response:
    """End the session, in every tab. The browser keeps the dead cookie.

    A tab that was asleep then still counts as one that was signed in, and is led to the sign-in page instead of
    freezing on its old figures (`gate`). Nothing else can be done with it.
    """
    token = cookies.read(request.scope, cookies.SESSION)
    if token:
        await run_in_threadpool(identity.sign_out, running.current().database, token, _visit(request))
    return _go("/signin?out=1")


def _welcome(request: Request, outcome: SignedIn) -> Response:
    response = _go(render.here(request, "/signin/check"))
    cookies.give_session(response, request.scope, outcome.token)
    return response


def _refused(request: Request) -> Response:
    """A form we did not draw for this browser, or could not read: without our cookie the browser keeps none at all."""
    if cookies.read(request.scope, cookies.FORM) is None:
        return _cookie_help(request, plain=_must_not_type_here(request))
    return _sign_in_form(request, _STALE, note=render.note(request, "bad", "web.signin.stale"))


def _sign_in_form(
    request: Request, status: int = 200, name: str = "", problem: Problem | None = None, note: Note | None = None
) -> Response:
    return render.draw(
        request,
        "signin.html",
        status,
        name=name,
        problem=problem,
        note=note,
        action=render.here(request, places.SIGN_IN),
        other_address=render.here(request, "/signup"),
        prefetch=assets.soon_needed(),
    )


async def _sign_up_form(
    request: Request, status: int = 200, name: str = "", problem: Problem | None = None
) -> Response:
    first = not await run_in_threadpool(identity.anybody, running.current().database)
    return render.draw(
        request,
        "signup.html",
        status,
        name=name,
        problem=problem,
        first=first,
        minimum=ALONE,
        action=render.here(request, "/signup"),
        other_address=render.here(request, places.SIGN_IN),
        prefetch=assets.soon_needed(),
    )


def _code_form(request: Request, status: int = 200, problem: Problem | None = None) -> Response:
    recovery = "recovery" in request.query_params
    mine = {"recovery": "1"} if recovery else {}
    return render.draw(
        request,
        "code.html",
        status,
        problem=problem,
        recovery=recovery,
        action=render.here(request, "/signin/code", **mine),
        other_address=render.here(request, "/signin/code", **({} if recovery else {"recovery": "1"})),
        start_address=render.here(request, places.SIGN_IN),
    )


def _cookie_help(request: Request, *, plain: bool) -> Response:
    server = request.scope.get("server")
    return render.draw(
        request,
        "cookies.html",
        plain=plain,
        port=server[1] if server and server[1] else 8501,
        switch=cookies.SWITCH,
        again_address=render.here(request, places.SIGN_IN),
    )


def _must_not_type_here(request: Request) -> bool:
    """Whether a password typed here would cross a network in the clear and its cookie be refused."""
    if not cookies.is_plain(request.scope) or cookies.trusted_http():
        return False
    return not places.is_loopback(request.headers.get("host", ""))


async def _signed_in(request: Request) -> bool:
    token = cookies.read(request.scope, cookies.SESSION)
    if not token:
        return False
    database = running.current().database
    session = await run_in_threadpool(identity.find_session, database, token)
    return session is not None and session.open_at(database.clock())


def _visit(request: Request) -> Visit:
    client = request.client
    return Visit(client.host if client else "", request.headers.get("user-agent", ""))


def _go(address: str) -> Response:
    return RedirectResponse(address, _SEE_OTHER)
