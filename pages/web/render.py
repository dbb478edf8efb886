"""Our HTML pages drawn: one template, one language, one answer."""

from __future__ import annotations

import dataclasses
import functools
from pathlib import Path
from urllib.parse import urlencode

import jinja2
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from data.errors import Rejection
from pages.ui import i18n
from pages.ui.catalogue import Language, translator
from pages.web import assets, cookies, forms, languages, places

_TEMPLATES = Path(__file__).parent / "templates"
_FIELD_OF = {
    "name_length": "name",
    "name_unreadable": "name",
    "name_taken": "name",
    "wrong_code": "code",
    "challenge_over": "code",
    "seal_broken": "code",
    "recovery_refused": "code",
}


@dataclasses.dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong, in words, and the field it is said beside."""

    field: str
    text: str


@dataclasses.dataclass(frozen=True, slots=True)
class Note:
    """Something said above the form: `good` or `bad`."""

    tone: str
    text: str


def problem(request: Request, rejection: Rejection) -> Problem:
    """A rejection for people, beside the field it is about."""
    return Problem(_FIELD_OF.get(rejection.code, "password"), i18n.rejection_text(rejection, language(request)))


def note(request: Request, tone: str, key: str) -> Note:
    """A sentence of the catalogue above the form."""
    return Note(tone, translator(language(request)).text(key))


def language(request: Request) -> Language:
    """The language of this page: asked for in the address, else the browser's."""
    return languages.chosen(request.query_params.get("lang"), request.headers.get("accept-language", ""))


def next_path(request: Request) -> str:
    """The screen this visitor wanted, else the overview."""
    return places.local_path(request.query_params.get("next"))


def here(request: Request, path: str, **more: str) -> str:
    """The address of one of our pages, keeping the wanted screen and the chosen language."""
    wanted, asked = next_path(request), request.query_params.get("lang")
    kept = {"next": wanted if wanted != "/" else "", "lang": asked if asked in {"zh", "en"} else "", **more}
    query = urlencode({name: value for name, value in kept.items() if value})
    return f"{path}?{query}" if query else path


def draw(request: Request, template: str, status: int = 200, *, browser: str = "", **facts: object) -> Response:
    """The page, with the browser's half of its form token when it has none yet; `browser`: one made for it already."""
    spoken = language(request)
    browser = browser or forms.browser_half(request)
    html = (
        _environment()
        .get_template(template)
        .render(
            t=translator(spoken).text,
            asset=assets.address,
            html_language="zh-CN" if spoken == "zh" else "en",
            other_language="en" if spoken == "zh" else "zh-CN",
            other_language_address=here(request, str(request.scope["path"]), lang="en" if spoken == "zh" else "zh"),
            form_token=forms.form_half(browser),
            **{"problem": None, "note": None, "prefetch": (), **facts},
        )
    )
    response = HTMLResponse(html, status)
    response.headers["vary"] = "Accept-Language, Cookie"
    if cookies.read(request.scope, cookies.FORM) is None:
        cookies.give_form(response, request.scope, browser)
    return response


@functools.cache
def _environment() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
