"""A form's command on its way to a door: one request id until it is answered, a no in words, a yes in passing."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from data.assurance import StepUpRequired
from data.errors import Rejection
from pages.ui import session, step_up
from pages.ui.i18n import rejection_parts
from pages.ui.widgets import rejection_panel

T = TypeVar("T")


def send(form: str, do: Callable[[str], T], said: Callable[[T], str]) -> bool:
    """Whether the door said yes to `do(request_id)`.

    `said` puts a yes into words, shown after the next rerun; a no is shown here and now.
    """
    try:
        session.flash(said(do(session.request_id(form))))
    except StepUpRequired as no:
        step_up.lead(no)
        return False
    except Rejection as no:
        session.renew(form)
        rejection_panel(no)
        return False
    session.renew(form)
    return True


def send_from_callback(form: str, do: Callable[[str], T], said: Callable[[T], str]) -> None:
    """The same where nothing can be drawn: the answer, yes or no, is shown by the run that follows."""
    try:
        session.flash(said(do(session.request_id(form))))
    except Rejection as no:
        session.flash(" ".join(rejection_parts(no)), "error")
    session.renew(form)
