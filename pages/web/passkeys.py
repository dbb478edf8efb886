"""Passkeys on plain pages of ours: signing in with one, completing a sign-in with one, and making a new one.

The browser's part is `assets/passkey.js`: what it answers comes back in a plain form like any other.
"""

from __future__ import annotations

from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from data import passkeys, running
from data.assurance import Assurance, StepUpRequired
from data.errors import Rejection
from data.sign_in import ChallengeOver
from pages.ui import i18n
from pages.ui.catalogue import translator
from pages.web import cookies, devices, forms, places, render, signin, visiting
from pages.web.render import Note, Problem

NEW = "/passkeys/new"
_SETTINGS = "/settings?section=security"
_UNAUTHORISED = 401
_UNPROCESSABLE = 422
_STALE = 409


def routes() -> list[BaseRoute]:
    """Where the forms go, and the page that makes a key."""
    return [
        Route("/signin/passkey", take_sign_in, methods=["POST"]),
        Route("/signin/code/passkey", take_answer, methods=["POST"]),
        Route(NEW, show_new, methods=["GET"]),
        Route(NEW, take_new, methods=["POST"]),
    ]


async def take_sign_in(request: Request) -> Response:
    """Sign in whoever's key answered."""
    fields, place = await forms.read_form(request), visiting.place_of(request)
    if fields is None or place is None or not forms.drawn_here(request, fields):
        return signin.refused(request)
    wallet = running.current()
    asked = (wallet.database, wallet.key, place, forms.browser_half(request), fields.get("answer", ""))
    try:
        outcome = await run_in_threadpool(passkeys.sign_in, *asked, devices.visit_of(request))
    except Rejection as no:
        return signin.sign_in_form(request, _UNAUTHORISED, note=_note(request, no))
    return signin.welcome(request, outcome)


async def take_answer(request: Request) -> Response:
    """Complete the sign-in of a right password."""
    fields, place = await forms.read_form(request), visiting.place_of(request)
    challenge = cookies.read(request.scope, cookies.STEP)
    if fields is None or place is None or challenge is None or not forms.drawn_here(request, fields):
        return signin.refused(request)
    wallet = running.current()
    asked = (wallet.database, wallet.key, place, challenge, fields.get("answer", ""), devices.visit_of(request))
    try:
        outcome = await run_in_threadpool(passkeys.answer, *asked)
    except ChallengeOver as no:
        response = signin.sign_in_form(request, _UNAUTHORISED, note=_note(request, no))
        cookies.take_step(response, request.scope)
        return response
    except Rejection as no:
        return await signin.code_form(request, _UNAUTHORISED, note=_note(request, no))
    response = signin.welcome(request, outcome)
    cookies.take_step(response, request.scope)
    return response


async def show_new(request: Request) -> Response:
    """The page that makes a key, after the person has confirmed."""
    return await _new_page(request)


async def take_new(request: Request) -> Response:
    """Keep the key that the browser made; with the first second factor the recovery codes are shown, once."""
    fields, place = await forms.read_form(request), visiting.place_of(request)
    if fields is None or place is None or not forms.drawn_here(request, fields):
        return await _new_page(request, _STALE, note=render.note(request, "bad", "web.confirm.stale"))
    owner, session = visiting.person_of(request)
    wallet, called = running.current(), fields.get("called", "")

    def add() -> tuple[str, ...]:
        return passkeys.add(
            wallet.database,
            wallet.key,
            owner,
            session,
            place,
            fields.get("answer", ""),
            name=called,
            visit=devices.visit_of(request),
            assurance=Assurance(session),
        )

    try:
        codes = await run_in_threadpool(add)
    except StepUpRequired:
        return _to_confirm(request)
    except Rejection as no:
        return await _new_page(request, _UNPROCESSABLE, called=called, no=no)
    back = f"{_SETTINGS}&passkey=added"
    return render.draw(request, "passkey_codes.html", codes=codes, back_address=back) if codes else visiting.go(back)


async def _new_page(
    request: Request, status: int = 200, called: str = "", note: Note | None = None, no: Rejection | None = None
) -> Response:
    owner, session = visiting.person_of(request)
    wallet, place = running.current(), visiting.place_of(request)
    words = translator(render.language(request))
    options = None
    if place is not None:
        asked = (wallet.database, wallet.key, owner, session, place, Assurance(session))
        try:
            options = await run_in_threadpool(passkeys.options_to_add, *asked)
        except StepUpRequired:
            return _to_confirm(request)
    else:
        note = Note("bad", words.text("web.passkey.address"))
    about_name = no is not None and no.code == "passkey_name"
    if no is not None and not about_name:
        note = _note(request, no)
    return render.draw(
        request,
        "passkey_new.html",
        status,
        options=options,
        called=called or words.text("web.passkey.name.default"),
        note=note,
        problem=Problem("called", i18n.rejection_text(no, render.language(request))) if no and about_name else None,
        action=render.here(request, NEW),
        back_address=_SETTINGS,
    )


def _to_confirm(request: Request) -> Response:
    here = places.local_path(render.here(request, NEW))
    return visiting.go(f"/confirm?next={quote(here, safe='')}")


def _note(request: Request, no: Rejection) -> Note:
    return Note("bad", i18n.rejection_text(no, render.language(request)))
