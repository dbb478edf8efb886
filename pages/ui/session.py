"""What this browser tab remembers between reruns. The only module that names `st.session_state`.

Everything of ours stands under `lgc.`; widgets keep their own keys. A session belongs to one person: `guard_owner`
empties it when somebody else is signed in.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Mapping
from contextvars import ContextVar
from typing import Any, Literal, TypeVar, cast

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from data.ids import new_request_id
from data.preferences import Preferences
from pages.ui.catalogue import Language, normalise
from pages.ui.periods import Period

T = TypeVar("T")
ThemeType = Literal["light", "dark"]
Tone = Literal["success", "info", "warning", "error"]
_bound_language: ContextVar[Language | None] = ContextVar("bound_language", default=None)
# Whose run, its preferences and language: every text of a screen asks for them, and the session's state is slow.
_InRun = tuple[object, Preferences, Language]
_in_this_run: ContextVar[_InRun | None] = ContextVar("in_this_run", default=None)


@dataclasses.dataclass(frozen=True, slots=True)
class Flash:
    """A message that is shown once, on the next run."""

    text: str
    tone: Tone = "success"


def guard_owner(uid: str) -> None:
    """Make this session `uid`'s: if it was somebody else's, forget everything first. Every page begins with it."""
    if _get("owner", None) != uid:
        st.session_state.clear()
        _in_this_run.set(None)
        _set("owner", uid)


def owner() -> str | None:
    """Whose session this is, None before `guard_owner`."""
    return cast("str | None", _get("owner", None))


def preferences() -> Preferences:
    """The person's preferences, defaults before `remember_preferences`."""
    known = _known_in_this_run()
    return known[1] if known else cast("Preferences", _get("preferences", Preferences()))


def remember_preferences(preferences: Preferences) -> None:
    """Hold what the store says about this person's preferences for the rest of the session."""
    _set("preferences", preferences)
    spoken = preferences.language or normalise(st.context.locale)
    _in_this_run.set((get_script_run_ctx(suppress_warning=True), preferences, spoken))


def language() -> Language:
    """The language to speak: the person's choice, else the browser's; of what is `bound`, that of its session."""
    if (bound := _bound_language.get()) is not None:
        return bound
    known = _known_in_this_run()
    return known[2] if known else preferences().language or normalise(st.context.locale)


def _known_in_this_run() -> _InRun | None:
    held, run = _in_this_run.get(), get_script_run_ctx(suppress_warning=True)
    return held if held is not None and run is not None and held[0] is run else None


def bound(make: Callable[[], T]) -> Callable[[], T]:
    """`make` to be called after this run, outside of any session, still in this session's language.

    Streamlit asks what a download button was given only when it is pressed, and then there is no session to ask.
    """
    spoken = language()

    def later() -> T:
        before = _bound_language.set(spoken)
        try:
            return make()
        finally:
            _bound_language.reset(before)

    return later


def theme() -> ThemeType:
    """The theme on screen, light until the browser has said."""
    return "dark" if st.context.theme.type == "dark" else "light"


def month_start() -> int:
    """The day the person's months start on: 1–28, or 31 for the last day."""
    return preferences().month_start_day


def sunday_first() -> bool:
    """Whether the person's weeks start on Sunday."""
    return preferences().week_starts_sunday


def period() -> Period | None:
    """The period that is looked at, the same on every page; None before anything was chosen."""
    return cast("Period | None", _get("period", None))


def choose_period(chosen: Period) -> None:
    """Look at `chosen` from now on."""
    _set("period", chosen)


def currency() -> str | None:
    """The currency that is looked at when there are several; None before anything was chosen."""
    return cast("str | None", _get("currency", None))


def choose_currency(code: str) -> None:
    """Look at `code` from now on."""
    _set("currency", code)


def request_id(form_key: str) -> str:
    """The idempotency key of the form now on screen: the same at every rerun until `renew`.

    A rerun, a double click and a reconnect are all retries of the same request.
    """
    minted = cast("dict[str, str]", _get("requests", {}))
    if form_key not in minted:
        _set("requests", {**minted, form_key: new_request_id()})
    return cast("dict[str, str]", _get("requests", {}))[form_key]


def renew(form_key: str) -> None:
    """The form's request was answered: the next one drawn is a new request."""
    minted = cast("dict[str, str]", _get("requests", {}))
    _set("requests", {key: value for key, value in minted.items() if key != form_key})


def flash(text: str, tone: Tone = "success") -> None:
    """Show `text` after the next rerun or page switch, once."""
    _set("flashes", [*_get("flashes", []), Flash(text, tone)])


def take_flashes() -> list[Flash]:
    """The messages waiting to be shown; they are gone afterwards."""
    waiting = cast("list[Flash]", _get("flashes", []))
    _set("flashes", [])
    return waiting


def open_dialog(name: str, subject: object = None) -> None:
    """Keep the dialog `name` on screen from now on, about `subject`. One dialog at a time."""
    _set("dialog", (name, subject))


def close_dialog() -> None:
    """No dialog any more."""
    _set("dialog", None)


def dialog() -> tuple[str, Any] | None:
    """The open dialog's name and subject, if one is open."""
    return cast("tuple[str, Any] | None", _get("dialog", None))


def keep(name: str, value: object) -> None:
    """Remember `value` under `name` (`page.thing`) for this session, across pages."""
    _set(f"kept.{name}", value)


def recall(name: str, default: T) -> T:
    """What `keep` remembered under `name`, else `default`."""
    return cast("T", _get(f"kept.{name}", default))


def forget(name: str) -> None:
    """Forget what `keep` remembered under `name`."""
    st.session_state.pop(f"lgc.kept.{name}", None)


def once(name: str, make: Callable[[], object]) -> object:
    """What `make` gave the first time it was asked for under `name` in this session."""
    if f"lgc.once.{name}" not in st.session_state:
        _set(f"once.{name}", make())
    return _get(f"once.{name}", None)


def packed(kept: Iterable[str] = (), widgets: Iterable[str] = ()) -> dict[str, object]:
    """What this tab holds of its forms, to be `unpack`ed where the same person goes on.

    The open dialog and the request ids, what was `keep`t under these names, the values of these widgets (no buttons).
    """
    names = ("lgc.requests", "lgc.dialog", *(f"lgc.kept.{name}" for name in kept), *widgets)
    return {name: st.session_state[name] for name in names if name in st.session_state}


def unpack(held: Mapping[str, object]) -> None:
    """Hold again what was `packed`; before anything of it is drawn."""
    for name, value in held.items():
        st.session_state[name] = value


def names_with(part: str) -> list[str]:
    """The names of everything held here that have `part` in them."""
    return [name for name in map(str, st.session_state) if part in name]


def widget(key: str) -> Any:  # noqa: ANN401 - a widget's value has the widget's type
    """The current value of the widget with `key`, None when it is not on screen; for callbacks."""
    return st.session_state.get(key)


def set_widget(key: str, value: object) -> None:
    """Set the value a widget will have when it is next drawn (before it is drawn, or in a callback)."""
    st.session_state[key] = value


def _get(name: str, default: object) -> Any:  # noqa: ANN401 - callers cast to what they stored
    return st.session_state.get(f"lgc.{name}", default)


def _set(name: str, value: object) -> None:
    st.session_state[f"lgc.{name}"] = value
