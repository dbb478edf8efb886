"""How safe the store is, for the operator: the last backup and its check, where the audit chain ends, the clock."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

import streamlit as st

from data import operating
from data.operating import Backup, Safety
from pages.ui import format, links  # noqa: A004 - our word for it, always used with its dot
from pages.ui.context import User
from pages.ui.i18n import text
from pages.ui.screens.refunds import words
from pages.ui.screens.settings.sending import send
from pages.ui.screens.settings.stored import size_said
from pages.ui.widgets import card

_OLD: Final = timedelta(days=2)
_SHOWN: Final = 12  # letters of a head: enough to compare by eye
_MARKS: Final = {
    "none": (":material/backup:", "orange"),
    "sound": (":material/verified:", "green"),
    "old": (":material/schedule:", "orange"),
    "failed": (":material/gpp_bad:", "red"),
    "broken": (":material/gpp_bad:", "red"),
}


def draw(user: User) -> None:
    """The card; a press makes a backup at once."""
    body, corner = card(text("safety.title"), key="safety", stretch=False)
    with corner:
        pressed = st.button(text("safety.now"), key="safety.now", icon=":material/backup:", type="tertiary")
    with body:
        if pressed:
            with st.spinner(text("safety.making")):
                done = send("safety.now", lambda _request: operating.back_up(user.running, user.owner), _said)
            if done:
                st.rerun()
        found = operating.safety(user.database, user.owner)
        _backup(user, found)
        _chain(found)
        st.caption(text("safety.keep"))
        links.link("settings", text("house.backup.go"), section="data")


def _said(made: Backup) -> str:
    return text("safety.done") if made.sound else text("safety.done.broken")


def state_of(found: Safety, old: timedelta | None) -> str:
    """Which of the card's five states it is; old: how long ago the last one was made."""
    if found.last is None:
        return "none"
    if not found.last.sound:
        return "failed" if found.last.event == "failed" else "broken"
    return "old" if old is not None and old > _OLD else "sound"


def _backup(user: User, found: Safety) -> None:
    state = state_of(found, None if found.made_at is None else user.database.clock() - found.made_at)
    icon, colour = _MARKS[state]
    st.markdown(f":{colour}[{icon}] **{format.md_escape(text(f'safety.{state}'))}**")
    last = found.last
    if last is None:
        st.caption(text("safety.none.body"))
        return
    if state == "failed":
        st.caption(format.md_escape(text("safety.failed.body", reason=last.reason)))
        return
    if state == "broken":
        st.error(format.md_escape(text("safety.broken.body", promise=last.broken)))
    at = words.when(last.at, user.preferences.zone, user.today)
    st.caption(format.md_escape(text("safety.made", at=at, size=size_said(last.bytes))))
    st.caption(format.md_escape(text("safety.file", file=last.file)))


def _chain(found: Safety) -> None:
    said = text("safety.chain", number=format.count(found.link), head=found.head[:_SHOWN])
    st.caption(format.md_escape(said), help=text("safety.chain.help"))
    if found.behind is not None:
        st.warning(text("safety.clock", minutes=format.count(found.behind // timedelta(minutes=1))))
