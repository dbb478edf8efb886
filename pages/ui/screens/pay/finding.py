"""Whom to pay: the code before the camera, in a picture, as text or link, or a merchant from the list."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final
from urllib.parse import urlsplit
from uuid import UUID

import streamlit as st

from analytics.paying import recent_merchants
from analytics.scope import Scope
from data import merchants
from data.codes.pictures import MAX_MEGABYTES
from data.errors import Rejection
from data.merchants import Merchant, Target
from pages.ui import session
from pages.ui.books import category_icon, category_name
from pages.ui.context import User
from pages.ui.format import md_escape
from pages.ui.i18n import markdown, text
from pages.ui.screens.pay import asked
from pages.ui.widgets import Action, card, empty_state, rejection_panel
from pages.web.places import is_loopback

_WAYS: Final = ("scan", "picture", "paste", "list")
_ICONS: Final = {"scan": "qr_code_scanner", "picture": "image", "paste": "content_paste", "list": "storefront"}
_PICTURES: Final = ("png", "jpg", "jpeg", "webp", "gif", "bmp")
_RECENT: Final = 4
_WIDGET: Final = "pay.way"
# The camera's buttons have no words of ours: they are written over its own. A picture taller than the phone is cut at
# its edges on the screen only.
_CAMERA: Final = """<style>
.st-key-pay-camera video, .st-key-pay-camera img {{ max-height: 56vh; object-fit: cover; }}
.st-key-pay-camera [data-testid="stCameraInputButton"] {{ font-size: 0; }}
.st-key-pay-camera [data-testid="stCameraInputButton"]::after {{ content: "{take}"; font-size: 1rem; }}
.st-key-pay-camera img ~ [data-testid="stCameraInputButton"]::after,
.st-key-pay-camera :has(> img) ~ [data-testid="stCameraInputButton"]::after {{ content: "{clear}"; }}
</style>"""


def draw(user: User, scope: Scope) -> None:
    """The ways to find whom to pay; the one that is chosen is open."""
    way = _way()
    if way == "list":
        _list(user, scope)
    else:
        {"scan": _scan, "picture": _picture, "paste": _paste}[way](user)


def _way() -> str:
    names = {way: text(f"pay.find.{way}") for way in _WAYS}
    if session.widget(_WIDGET) is None:
        session.set_widget(_WIDGET, session.recall(_WIDGET, "scan" if _on_phone() else "list"))
    chosen = st.segmented_control(
        text("pay.find"),
        _WAYS,
        key=_WIDGET,
        required=True,
        format_func=lambda way: f":material/{_ICONS[way]}: {names[way]}",
        label_visibility="collapsed",
        width="stretch",
    )
    session.keep(_WIDGET, chosen)
    return str(chosen)


def _on_phone() -> bool:
    return "Mobi" in (st.context.headers.get("User-Agent") or "")


def _scan(user: User) -> None:
    body, _ = card(text("pay.scan.title"), key="pay-camera", stretch=False)
    with body:
        st.caption(text("pay.scan.hint"))
        if not _camera_allowed():
            st.info(md_escape(text("pay.scan.insecure")), icon=":material/lock_open:")
            return
        st.html(_CAMERA.format(take=text("pay.scan.take"), clear=text("pay.scan.clear")))
        taken = st.camera_input(
            text("pay.find.scan"), key="pay.camera", resolution="720p", label_visibility="collapsed"
        )
        if taken is not None:
            _follow(lambda: merchants.code_in_picture(user.database, taken.getvalue()))


def _camera_allowed() -> bool:
    """A browser lends its camera over https only, and to the machine it runs on."""
    address = urlsplit(st.context.url or "")
    return address.scheme != "http" or is_loopback(address.netloc)


def _picture(user: User) -> None:
    body, _ = card(text("pay.picture.title"), key="pay-picture", stretch=False)
    with body:
        st.caption(text("pay.picture.hint"))
        given = st.file_uploader(
            text("pay.find.picture"),
            type=list(_PICTURES),
            key="pay.picture",
            max_upload_size=MAX_MEGABYTES,
            label_visibility="collapsed",
        )
        if given is not None:
            _follow(lambda: merchants.code_in_picture(user.database, given.getvalue()))


def _paste(user: User) -> None:
    body, _ = card(text("pay.paste.title"), key="pay-paste", stretch=False)
    with body, st.form("pay.paste.form", border=False, enter_to_submit=False):
        st.caption(text("pay.paste.hint"))
        given = st.text_area(text("pay.find.paste"), key="pay.paste", height=120, label_visibility="collapsed")
        sent = st.form_submit_button(
            text("action.next"), key="pay.paste.send", type="primary", icon=":material/arrow_forward:"
        )
        if sent and given.strip():
            _follow(lambda: merchants.target_of(user.database, given))


def _follow(find: Callable[[], Target]) -> None:
    """Go to the form of what was found; a no is said here, with what to do."""
    try:
        found = find()
    except Rejection as no:
        rejection_panel(no)
        return
    asked.pay(found)
    st.rerun()


def _list(user: User, scope: Scope) -> None:
    offered: dict[UUID, Merchant] = {
        one.id: one for one in merchants.merchants(user.database) if one.proprietor != user.owner
    }
    if not offered:
        empty_state(
            text("pay.list.empty.title"),
            text("pay.list.empty.body"),
            key="pay.list.empty",
            icon=":material/storefront:",
            actions=[Action(text("nav.till"), page="till", icon=":material/point_of_sale:")],
        )
        return
    body, _ = card(text("pay.list.title"), key="pay-list", stretch=False)
    with body:
        _search(scope, offered)
        recent = [offered[one] for one in recent_merchants(scope, _RECENT) if one in offered]
        if recent:
            st.caption(text("pay.list.recent"))
            for one in recent:
                _row(scope, one)


def _search(scope: Scope, offered: dict[UUID, Merchant]) -> None:
    said = {key: _named(scope, one) for key, one in offered.items()}

    def choose() -> None:
        chosen = session.widget("pay.merchant")
        if chosen in offered:
            asked.pay(asked.anyhow_much(offered[chosen]))

    st.selectbox(
        text("pay.list.search"),
        list(offered),
        index=None,
        key="pay.merchant",
        format_func=said.__getitem__,
        placeholder=text("pay.list.placeholder"),
        on_change=choose,
        label_visibility="collapsed",
        icon=":material/search:",
    )


def _named(scope: Scope, one: Merchant) -> str:
    return " · ".join(part for part in (one.name, category_name(scope, one.category), one.city) if part)


def _row(scope: Scope, one: Merchant) -> None:
    st.button(
        markdown("pay.list.row", name=one.name, category=category_name(scope, one.category)),
        key=f"pay.recent.{one.id}",
        icon=category_icon(scope, one.category),
        width="stretch",
        on_click=asked.pay,
        args=(asked.anyhow_much(one),),
    )
