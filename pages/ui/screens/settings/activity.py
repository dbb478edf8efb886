"""What happened to the person's sign-in: what they should look at on top, and the latest of everything."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from typing import Final
from zoneinfo import ZoneInfo

import streamlit as st

from analytics.export import Cell, Column, Table, csv_bytes
from data import own_security
from data.own_security import Event, Notices
from pages.ui import format, i18n, links, session  # noqa: A004 - our word for it, always used with its dot
from pages.ui.catalogue import translator
from pages.ui.context import User
from pages.ui.i18n import plural, text
from pages.ui.screens.settings.sending import send_from_callback
from pages.ui.screens.settings.sessions import browser_of, place_of
from pages.ui.tables import csv_button
from pages.ui.widgets import card

_MORE: Final = "settings.activity.more"
_FEW: Final = 8
_MOST: Final = 200
_HELD: Final = "security.notices"
_BAD: Final = frozenset({"try_failed", "throttled", "step_up_refused", "passkey_counter_regressed"})


def show(user: User) -> None:
    """The latest events, latest first; as many again as a file."""
    body, corner = card(text("settings.activity.title"), key="settings.activity.card", stretch=False)
    many = bool(session.recall(_MORE, default=False))
    events = own_security.activity(user.database, user.owner, _MOST if many else _FEW + 1)
    with body:
        st.caption(text("settings.activity.note"))
        for one in events if many else events[:_FEW]:
            _row(user, one)
        if not many and len(events) > _FEW:
            st.button(
                text("settings.activity.all"),
                key=_MORE,
                type="tertiary",
                icon=":material/expand_more:",
                on_click=session.keep,
                args=(_MORE, True),
            )
    with corner:
        csv_button("security", partial(csv_of, user), key="settings.activity.csv", compact=True)


def _row(user: User, one: Event) -> None:
    icon = ":orange[:material/warning:]" if one.name in _BAD or one.new_device else ":material/history:"
    where = (_at(user, one.recorded_at), browser_of(one.device), place_of(one.address))
    with st.container(gap=None):
        st.markdown(f"{icon} {format.md_escape(words_of(one))}")
        st.caption(format.md_escape(" · ".join(part for part in where if part)))


def words_of(one: Event) -> str:
    """An event in words; one that this version does not know by its bare name."""
    words = translator(i18n.language())
    keys = [f"settings.activity.{one.name}", "settings.activity.other"]
    said = words.text(next(key for key in keys if words.has(key)), name=one.name)
    detail = next((f"settings.activity.{name}.{value}" for name, value in one.facts.items() if _has(name, value)), "")
    more = [text(detail)] if detail else []
    if one.new_device:
        more.append(text("settings.activity.new_device"))
    return " · ".join((said, *more))


def _has(name: str, value: object) -> bool:
    return translator(i18n.language()).has(f"settings.activity.{name}.{value}")


def _at(user: User, instant: datetime) -> str:
    return format.moment(instant.replace(tzinfo=UTC).astimezone(ZoneInfo(user.preferences.zone)))


def csv_of(user: User) -> bytes:
    """The latest 200 events as a file."""
    columns = (Column("time", Cell.TIME), *(Column(key, Cell.TEXT) for key in ("event", "device", "address")))
    zone = ZoneInfo(user.preferences.zone)
    rows = [
        (
            one.recorded_at.replace(tzinfo=UTC).astimezone(zone).replace(tzinfo=None),
            words_of(one),
            one.device,
            one.address,
        )
        for one in own_security.activity(user.database, user.owner, _MOST)
    ]
    names = {column.key: text(f"settings.activity.column.{column.key}") for column in columns}
    return csv_bytes(Table("security", columns, rows), names, {})


def news(user: User) -> None:
    """What the person should look at, until they say that they have."""
    found = _notices(user)
    if not found:
        return
    for one in found.new_devices:
        facts = {"device": browser_of(one.device) or text("common.unknown"), "at": _at(user, one.recorded_at)}
        place = place_of(one.address) or text("common.unknown")
        st.warning(i18n.markdown("settings.news.device", place=place, **facts), icon=":material/devices:")
    for one in found.resets:
        said = i18n.markdown(f"settings.news.{one.name}", at=_at(user, one.recorded_at))
        st.warning(said, icon=":material/lock_reset:")
    if found.failures:
        st.warning(plural("settings.news.failures", found.failures), icon=":material/gpp_maybe:")
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            text("settings.news.seen"),
            key="settings.news.seen",
            icon=":material/check:",
            on_click=_seen,
            args=(user, found.seen),
        )
        st.caption(text("settings.news.advice"))


def _seen(user: User, seq: int) -> None:
    session.forget(_HELD)
    send_from_callback(
        "settings.news.seen",
        lambda _request: own_security.mark_seen(user.database, user.owner, seq),
        lambda _none: text("settings.news.done"),
    )


def hint(user: User) -> None:
    """One line above any screen while there is something to look at, with the way there."""
    if not _notices(user) or not links.known("settings"):
        return
    with st.container(horizontal=True, vertical_alignment="center", key="security.hint"):
        st.markdown(f":orange[:material/shield:] {text('settings.news.hint')}")
        links.link("settings", text("settings.news.look"), section="security")


def _notices(user: User) -> Notices:
    """What is new, asked anew only when something of the person changed; without this very session's own sign-in."""
    version = user.database.version(user.owner)
    held: tuple[int, Notices] | None = session.recall(_HELD, None)
    if held is None or held[0] != version:
        held = (version, own_security.notices(user.database, user.owner, user.session))
        session.keep(_HELD, held)
    return held[1]
