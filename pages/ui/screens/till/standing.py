"""The code that hangs on the wall: shown, printed, written onto a tag."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit

import streamlit as st

from data import merchants
from data.codes import pictures
from data.codes.wallet_code import tap_link
from data.merchants import Merchant
from pages.ui import session
from pages.ui.i18n import plural, text
from pages.ui.screens.till.picture import poster, show_code

_PIXELS: Final = 20  # a module of the downloaded picture: sharp on a poster
_HERE: Final = frozenset({"localhost", "127.0.0.1", "::1"})


def standing_code(merchant: Merchant) -> None:
    """The code without an amount, its files, and the link for a tag."""
    payload = merchants.static_code(merchant)
    show_code(payload, text("till.code.alt", name=merchant.name))
    st.caption(text("till.standing.note"), text_alignment="center")
    _files(merchant, payload)
    with st.expander(text("till.tag"), icon=":material/nfc:", key="till.tag"):
        _tag(tap_link(base_url(), payload))


def _files(merchant: Merchant, payload: str) -> None:
    name, lines = merchant.name, (text("till.poster.scan"), text("till.poster.product"))
    with st.container(horizontal=True, horizontal_alignment="center"):
        st.download_button(
            text("till.poster"),
            data=session.bound(lambda: poster(name, payload, lines)),
            file_name=f"little-gold-card-{merchant.id.hex[-6:]}-poster.svg",
            mime="image/svg+xml",
            key="till.poster",
            icon=":material/print:",
            help=text("till.poster.help"),
            on_click="ignore",
        )
        st.download_button(
            text("till.picture"),
            data=session.bound(lambda: pictures.png(payload, scale=_PIXELS)),
            file_name=f"little-gold-card-{merchant.id.hex[-6:]}.png",
            mime="image/png",
            key="till.picture",
            icon=":material/qr_code_2:",
            help=text("till.picture.help"),
            on_click="ignore",
        )


def _tag(link: str) -> None:
    st.caption(text("till.tag.note"))
    st.code(link, language=None, wrap_lines=True)
    st.caption(plural("till.tag.size", len(link.encode())))
    if urlsplit(link).hostname in _HERE:
        st.warning(text("till.tag.here"), icon=":material/computer:")


def base_url() -> str:
    """The address of this wallet as the browser reached it, without the screen's own name; "" when it is unknown."""
    parts = urlsplit(st.context.url or "")
    return f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/').rpartition('/')[0]}" if parts.netloc else ""
