"""A money form in a dialog: opened with a request of its own, answered once, its outcome said in passing.

The request id belongs to the dialog that was opened, not to the press of a button: a double click, a rerun and a
reconnect all send the same request. A new id is minted only after a no, when the person may change something.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

import streamlit as st

from data.assurance import StepUpRequired
from data.errors import Rejection
from data.ids import new_request_id
from pages.ui import session, step_up
from pages.ui.context import User
from pages.ui.format import md_escape
from pages.ui.i18n import text
from pages.ui.session import Flash
from pages.ui.widgets import rejection_panel

T = TypeVar("T")


@dataclasses.dataclass(frozen=True, slots=True)
class Form:
    """The dialog that is open. request: what its request id is kept under; about: what it concerns."""

    request: str
    about: Any = None


def opened(name: str, about: object = None) -> None:
    """Open the form `name` anew; for a button's `on_click`."""
    session.open_dialog(name, Form(f"{name}.{new_request_id()}", about))


def mine(user: User, request: str) -> dict[str, Any]:
    """What every command of the person in their own books says about itself."""
    return {"owner": user.owner, "request_id": request, "actor": user.owner}


def send(
    form: Form,
    do: Callable[[str], T],
    said: Callable[[T], Flash],
    *,
    kept: Iterable[str] = (),
    widgets: Iterable[str] = (),
) -> bool:
    """Whether the door said yes to `do(request_id)`; then the dialog is closed and `said` waits for the next run.

    A no is shown here and now, and the dialog stays. After a yes: `st.rerun()`. kept, widgets: what the dialog holds,
    to be there again after the person has confirmed that it is them; the request is still the same one then.
    """
    try:
        answer = do(session.request_id(form.request))
    except StepUpRequired as no:
        step_up.lead(no, kept=kept, widgets=widgets)
        return False
    except Rejection as no:
        session.renew(form.request)
        rejection_panel(no)
        return False
    done(form, said(answer))
    return True


def done(form: Form, told: Flash) -> None:
    """The form's request was answered with a yes."""
    session.close_dialog()
    session.flash(told.text, told.tone)
    session.renew(form.request)


def buttons(name: str, action: str, *, icon: str | None = None) -> bool:
    """Cancel and the button that does it, below a dialog; whether the latter was pressed."""
    with st.container(horizontal=True, horizontal_alignment="right"):
        cancelled = st.button(text("action.cancel"), key=f"{name}.cancel", on_click=session.close_dialog)
        pressed = st.button(md_escape(action), key=f"{name}.confirm", type="primary", icon=icon)
    if cancelled:
        st.rerun()
    return pressed


def outcome(receipt: Mapping[str, Any], completed: str) -> Flash:
    """What a top-up or withdrawal came to: `completed`, or that the bank has not answered yet."""
    if receipt["state"] == "processing":
        return Flash(text("wallet.waiting.said"), "info")
    return Flash(completed)
