"""A forgotten password, and what a link of the operator opens: a new password, or a sign-up by invitation.

The secret of a link leaves the address at once: it goes into a cookie of one hour and the browser is led to the plain
page, so that it stands in no history, log or Referer. Looking at a link uses nothing up; only sending the form does.
"""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from data import invitations, recovering, running
from data.errors import Rejection
from data.recovering import ResetOver
from data.security.passwords import ALONE
from pages.web import cookies, devices, forms, places, render, signin
from pages.web.render import Problem

FORGOTTEN, RESET, INVITED = "/forgotten", "/reset", "/invited"
_UNPROCESSABLE = 422
_GONE = 410


def routes() -> list[BaseRoute]:
    """The pages of links and of forgotten passwords."""
    return [
        Route(FORGOTTEN, show_forgotten, methods=["GET"]),
        Route(FORGOTTEN, take_forgotten, methods=["POST"]),
        Route(RESET, show_reset, methods=["GET"]),
        Route(RESET, take_reset, methods=["POST"]),
        Route(INVITED, invited, methods=["GET"]),
    ]


async def show_forgotten(request: Request) -> Response:
    """The two ways on: a recovery code, or a link of the operator."""
    if signin.must_not_type_here(request):
        return signin.cookie_help(request, plain=True)
    return _forgotten_form(request)


async def take_forgotten(request: Request) -> Response:
    """Replace the password of whoever has a recovery code."""
    fields = await forms.read_form(request)
    if fields is None or not forms.drawn_here(request, fields):
        return signin.refused(request)
    name, database = fields.get("name", ""), running.current().database
    asked = (database, name, fields.get("code", ""), fields.get("password", ""), devices.visit_of(request))
    try:
        await run_in_threadpool(recovering.reset_by_code, *asked)
    except Rejection as no:
        return _forgotten_form(request, _UNPROCESSABLE, name, render.problem(request, no))
    return signin.go(render.here(request, places.SIGN_IN, new="1"))


async def show_reset(request: Request) -> Response:
    """The form for a new password, for whom the operator gave a link."""
    if signin.must_not_type_here(request):
        return signin.cookie_help(request, plain=True)
    token = request.query_params.get("t")
    if token is not None:
        response = signin.go(render.here(request, RESET))
        cookies.give_reset(response, request.scope, token)
        return response
    return await _reset_form(request)


async def take_reset(request: Request) -> Response:
    """Replace the password; the link is used up by a password that is good enough, not before."""
    fields = await forms.read_form(request)
    if fields is None or not forms.drawn_here(request, fields):
        return signin.refused(request)
    token = cookies.read(request.scope, cookies.RESET) or ""
    asked = (running.current().database, token, fields.get("password", ""), devices.visit_of(request))
    try:
        await run_in_threadpool(recovering.reset_by_link, *asked)
    except ResetOver:
        return await _reset_form(request)
    except Rejection as no:
        return await _reset_form(request, _UNPROCESSABLE, render.problem(request, no))
    response = signin.go(render.here(request, places.SIGN_IN, new="1"))
    cookies.give_reset(response, request.scope, "")
    return response


async def invited(request: Request) -> Response:
    """Remember the invitation of this link, and on to the sign-up form."""
    if signin.must_not_type_here(request):
        return signin.cookie_help(request, plain=True)
    response = signin.go(render.here(request, "/signup"))
    token = request.query_params.get("t", "")
    if await run_in_threadpool(invitations.is_open, running.current().database, token):
        cookies.give_invitation(response, request.scope, token)
        return response
    return render.draw(request, "invited.html", _GONE, start_address=render.here(request, places.SIGN_IN))


def _forgotten_form(request: Request, status: int = 200, name: str = "", problem: Problem | None = None) -> Response:
    response = render.draw(
        request,
        "forgotten.html",
        status,
        name=name,
        problem=problem,
        minimum=ALONE,
        action=render.here(request, FORGOTTEN),
        start_address=render.here(request, places.SIGN_IN),
    )
    devices.give(request, response)
    return response


async def _reset_form(request: Request, status: int = 200, problem: Problem | None = None) -> Response:
    token = cookies.read(request.scope, cookies.RESET) or ""
    person = await run_in_threadpool(recovering.person_of, running.current().database, token)
    return render.draw(
        request,
        "reset.html",
        status if person else _GONE,
        person=person,
        problem=problem,
        minimum=ALONE,
        action=render.here(request, RESET),
        start_address=render.here(request, places.SIGN_IN),
    )
