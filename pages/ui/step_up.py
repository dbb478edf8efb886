"""Sending the person to confirm that it is them, and finding everything as they left it when they come back.

A door says `StepUpRequired`; the page hands that to `lead` with the names of what it holds. The tab goes to our own
plain page (`pages.web.confirm`) and returns to the same address with a word, for which `resume` gives the page's state
back: the same request id in the same form, so that what is sent then is still the one request.
"""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

import streamlit as st

from data import running, step_up
from data.assurance import StepUpRequired
from pages.ui import carried, i18n, leave, links, session
from pages.ui.format import md_escape
from pages.ui.i18n import text

_RESUME = "resume"


def lead(no: StepUpRequired, *, kept: Iterable[str] = (), widgets: Iterable[str] = ()) -> None:
    """Say why, and send this tab to confirm. kept, widgets: the names under which the page holds what was filled in.

    The open dialog and the request ids come along by themselves.
    """
    owner = UUID(session.owner() or "")
    held = session.packed(kept, widgets)
    word = carried.put(owner, no, held, running.current().database.clock())
    st.info(md_escape(i18n.rejection_text(no)), title=text("step_up.title"), icon=":material/lock_person:")
    leave.for_confirming(word)


def resume(owner: UUID) -> None:
    """Give the page back what it held before the person went to confirm; at the start of every run."""
    word = links.param(_RESUME)
    if word is None:
        return
    found = carried.take(owner, word, running.current().database.clock())
    links.set_param(_RESUME, None)
    if found is not None:
        session.unpack(found.state)


def is_confirmed(owner: UUID, named: str) -> bool:
    """Whether this session was confirmed within the last five minutes."""
    return step_up.fresh_until(running.current().database, owner, named) is not None


def ask_first(owner: UUID, named: str, wanted: StepUpRequired, *, key: str) -> bool:
    """Whether the person has confirmed; if not, what for is said here, with the button that leads there."""
    if is_confirmed(owner, named):
        return True
    with st.container(key=f"{key}.ask", gap="small"):
        st.markdown(f":material/lock_person: {md_escape(i18n.rejection_text(wanted))}")
        if st.button(text("step_up.go"), key=f"{key}.confirm", icon=":material/verified_user:"):
            lead(wanted)
    return False
