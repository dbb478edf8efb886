"""What can be done once only to a refund, sent from a button's callback: pressed twice, it is answered alike."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from data.errors import Rejection
from pages.ui import session
from pages.ui.i18n import rejection_parts

Answered = dict[str, Any]  # a receipt


def once(form: str, do: Callable[[str], Answered], said: Callable[[Answered], str]) -> None:
    """Send `do(request_id)`; the answer, yes or no, is shown by the run that follows.

    After a yes the request id stays: `form` names one deed, so a second press is the same request and is answered from
    what is stored. After a no the next press is a new request, because by then things may be otherwise.
    """
    try:
        session.flash(said(do(session.request_id(form))))
    except Rejection as no:
        session.renew(form)
        session.flash(" ".join(rejection_parts(no)), "error")
