"""Signing in, up and out on plain HTML pages: real forms that password managers understand, before Streamlit is loaded.

Every form must come from our own origin (the gate sees to that) and have been drawn for this browser (`forms`). After
the password the browser is sent to `/signin/check`, which shows what to do when it did not keep the cookie.
"""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route

from data import identity, invitations, passkeys, preferences, running, second_factor, trying
from data.errors import Rejection, StoreUnwritable
from data.identity import NameTaken, WrongCredentials
from data.invitations import InvitationNeeded, InvitationOver, SignUpClosed
from data.preferences import Preferences
from data.security import tokens
from data.security.passwords import ALONE
from data.security.throttle import TooManyTries
from data.sign_in import ChallengeOver, SecondFactorNeeded, SignedIn, Visit
from pages.web import assets, cookies, devices, forms, health, places, render, visiting
from pages.web.render import Note, Problem

_SEE_OTHER = 303
_UNAUTHORISED = 401
_UNPROCESSABLE = 422
_STALE = 409
_TOO_MANY = 429
_UNAVAILABLE = 503
_FORBIDDEN = 403
_GOOD_NEWS = {"out": "web.signin.out", "new": "web.signin.new_password"}


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
        Route("/readyz", health.readyz, methods=["GET"]),
        Mount("/web", assets.Assets()),
    ]


async def show_sign_in(request: Request) -> Response:
    """The sign-in form; straight on for those who are signed in, and to the first sign-up on a new installation."""
    if must_not_type_here(request):
        return cookie_help(request, plain=True)
    if await _signed_in(request):
        return go(render.next_path(request))
    if not await run_in_threadpool(identity.anybody, running.current().database):
        return go(render.here(request, "/signup"))
    news = next((key for word, key in _GOOD_NEWS.items() if word in request.query_params), None)
    return sign_in_form(request, note=render.note(request, "good", news) if news else None)


async def take_sign_in(request: Request) -> Response:
    """Check name and password."""
    fields = await forms.read_form(request)
    if fields is None or not forms.drawn_here(request, fields):
        return refused(request)
    name, password = fields.get("name", ""), fields.get("password", "")
    wallet = running.current()
    try:
        asked = (wallet.database, name, password, visit_of(request), _held(request))
        outcome = await run_in_threadpool(identity.sign_in, *asked)
    except TooManyTries as no:
        return later(sign_in_form(request, _TOO_MANY, name=name, problem=render.problem(request, no)), no)
    except WrongCredentials as no:
        return sign_in_form(request, _UNAUTHORISED, name=name, problem=render.problem(request, no))
    except StoreUnwritable as no:
        return sign_in_form(request, _UNAVAILABLE, name=name, problem=render.problem(request, no))
    if isinstance(outcome, SecondFactorNeeded):
        response = go(render.here(request, "/signin/code"))
        cookies.give_step(response, request.scope, outcome.challenge)
        return response
    return welcome(request, outcome)


async def show_code(request: Request) -> Response:
    """The form for the second factor, for a browser that brought a right password a moment ago."""
    if cookies.read(request.scope, cookies.STEP) is None:
        return go(render.here(request, places.SIGN_IN))
    return await code_form(request)


async def take_code(request: Request) -> Response:
    """Check the code of the authenticator app, or a recovery code."""
    fields = await forms.read_form(request)
    challenge = cookies.read(request.scope, cookies.STEP)
    if fields is None or challenge is None or not forms.drawn_here(request, fields):
        return refused(request)
    wallet = running.current()
    asked = (wallet.database, wallet.key, challenge, fields.get("code", ""), visit_of(request), _held(request))
    try:
        outcome = await run_in_threadpool(second_factor.answer_challenge, *asked)
    except ChallengeOver as no:
        text = render.problem(request, no).text
        response = sign_in_form(request, _UNAUTHORISED, note=Note("bad", text))
        cookies.take_step(response, request.scope)
        return response
    except TooManyTries as no:
        return later(await code_form(request, _TOO_MANY, render.problem(request, no)), no)
    except Rejection as no:
        return await code_form(request, _UNAUTHORISED, render.problem(request, no))
    response = welcome(request, outcome)
    cookies.take_step(response, request.scope)
    return response


async def show_sign_up(request: Request) -> Response:
    """The sign-up form, for whoever may sign up."""
    if must_not_type_here(request):
        return cookie_help(request, plain=True)
    if await _signed_in(request):
        return go(render.next_path(request))
    return await _sign_up_form(request)


async def take_sign_up(request: Request) -> Response:
    """Admit a new person and sign them in."""
    fields = await forms.read_form(request)
    if fields is None or not forms.drawn_here(request, fields):
        return refused(request)
    name, password = fields.get("name", ""), fields.get("password", "")
    database = running.current().database
    try:
        await run_in_threadpool(trying.knock, database, "sign_up", visit_of(request))
        asked = (database, name, password, visit_of(request), cookies.read(request.scope, cookies.INVITATION) or "")
        outcome = await run_in_threadpool(identity.sign_up, *asked)
    except TooManyTries as no:
        return later(await _sign_up_form(request, _TOO_MANY, name, render.problem(request, no)), no)
    except (SignUpClosed, InvitationNeeded, InvitationOver):
        return await _sign_up_form(request, _FORBIDDEN)
    except Rejection as no:
        status = _STALE if isinstance(no, NameTaken) else _UNPROCESSABLE
        return await _sign_up_form(request, status, name, render.problem(request, no))
    if request.query_params.get("lang") is not None:  # chosen by hand, against the browser's
        chosen = Preferences(language=render.language(request))
        await run_in_threadpool(preferences.choose_preferences, database, outcome.owner, chosen)
    response = welcome(request, outcome)
    cookies.give_invitation(response, request.scope, "")
    return response


async def check_cookie(request: Request) -> Response:
    """Whether the browser kept the session's cookie: on to the wanted screen, or what to do about it."""
    if await _signed_in(request):
        return go(render.next_path(request))
    return cookie_help(request, plain=False)


async def sign_out(request: Request) -> Response:
    """End the session, in every tab. The browser keeps the dead cookie.

    A tab that was asleep then still counts as one that was signed in, and is led to the sign-in page instead of
    freezing on its old figures (`gate`). Nothing else can be done with it.
    """
    token = cookies.read(request.scope, cookies.SESSION)
    if token:
        await run_in_threadpool(identity.sign_out, running.current().database, token, visit_of(request))
    return go("/signin?out=1")


def welcome(request: Request, outcome: SignedIn) -> Response:
    """Give the browser its session, and see whether it keeps it. Whoever was signed in with it before is signed out."""
    before = _held(request)
    if before and tokens.owner_in(before) != outcome.owner:
        identity.sign_out(running.current().database, before, visit_of(request))
    response = go(render.here(request, "/signin/check"))
    cookies.give_session(response, request.scope, outcome.token, outcome.days)
    return response


def later(response: Response, no: TooManyTries) -> Response:
    """The answer, with how long to wait for programs too."""
    response.headers["retry-after"] = str(no.wait_seconds)
    return response


def refused(request: Request) -> Response:
    """A form we did not draw for this browser, or could not read: without our cookie the browser keeps none at all."""
    if cookies.read(request.scope, cookies.FORM) is None:
        return cookie_help(request, plain=must_not_type_here(request))
    return sign_in_form(request, _STALE, note=render.note(request, "bad", "web.signin.stale"))


def sign_in_form(
    request: Request, status: int = 200, name: str = "", problem: Problem | None = None, note: Note | None = None
) -> Response:
    """The form for name and password, and the browser's passkeys where it can have any here."""
    wallet, place = running.current(), visiting.place_of(request)
    browser = forms.browser_half(request)
    response = render.draw(
        request,
        "signin.html",
        status,
        name=name,
        problem=problem,
        note=note,
        action=render.here(request, places.SIGN_IN),
        other_address=render.here(request, "/signup"),
        prefetch=assets.soon_needed(),
        browser=browser,
        options=passkeys.options_to_sign_in(wallet.database, wallet.key, place, browser) if place else None,
        key_action=render.here(request, "/signin/passkey"),
        forgotten_address=render.here(request, "/forgotten"),
        may_sign_up=invitations.mode(wallet.database) == "open",
    )
    devices.give(request, response)
    return response


async def _sign_up_form(
    request: Request, status: int = 200, name: str = "", problem: Problem | None = None
) -> Response:
    database = running.current().database
    first = not await run_in_threadpool(identity.anybody, database)
    brought = cookies.read(request.scope, cookies.INVITATION) or ""
    mode = await run_in_threadpool(invitations.mode, database)
    welcome_here = first or mode == "open" or (mode == "invitation" and invitations.is_open(database, brought))
    response = render.draw(
        request,
        "signup.html",
        status,
        name=name,
        problem=problem,
        first=first,
        mode=mode,
        welcome=welcome_here,
        invited=mode == "invitation" and bool(brought),
        minimum=ALONE,
        action=render.here(request, "/signup"),
        other_address=render.here(request, places.SIGN_IN),
        prefetch=assets.soon_needed(),
    )
    devices.give(request, response)
    return response


async def code_form(
    request: Request, status: int = 200, problem: Problem | None = None, note: Note | None = None
) -> Response:
    """The form for the second factor: whichever the person has who waits."""
    wallet, place = running.current(), visiting.place_of(request)
    challenge = cookies.read(request.scope, cookies.STEP) or ""
    app = await run_in_threadpool(passkeys.app_waits, wallet.database, challenge)
    options = None
    if place is not None:
        asked = (wallet.database, wallet.key, place, challenge)
        options = await run_in_threadpool(passkeys.options_to_answer, *asked)
    recovery = "recovery" in request.query_params or not (app or options)
    mine = {"recovery": "1"} if recovery else {}
    return render.draw(
        request,
        "code.html",
        status,
        problem=problem,
        note=note,
        app=app,
        options=options,
        key_action=render.here(request, "/signin/code/passkey"),
        recovery=recovery,
        action=render.here(request, "/signin/code", **mine),
        other_address=render.here(request, "/signin/code", **({} if recovery else {"recovery": "1"})),
        start_address=render.here(request, places.SIGN_IN),
    )


def cookie_help(request: Request, *, plain: bool) -> Response:
    """What to do where the browser keeps no cookie of ours, or the connection is `plain`."""
    server = request.scope.get("server")
    return render.draw(
        request,
        "cookies.html",
        plain=plain,
        port=server[1] if server and server[1] else 8501,
        switch=cookies.SWITCH,
        again_address=render.here(request, places.SIGN_IN),
    )


def must_not_type_here(request: Request) -> bool:
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


def visit_of(request: Request) -> Visit:
    """Where this request came from."""
    return devices.visit_of(request)


def _held(request: Request) -> str:
    """The session's token that this browser holds already."""
    return cookies.read(request.scope, cookies.SESSION) or ""


def go(address: str) -> Response:
    """Lead the browser on, with a GET."""
    return RedirectResponse(address, _SEE_OTHER)
