"""How a Streamlit page leads the same tab to a page of ours outside Streamlit: sign-in, and out."""

from __future__ import annotations

import streamlit as st

_GO = """
export default function ({ data, parentElement }) {
  if (parentElement.__gone) return;
  parentElement.__gone = true;
  const here = window.location.pathname + window.location.search;
  window.location.replace(data.address + "?next=" + encodeURIComponent(here));
}
"""
_go = st.components.v2.component("leave", html="<span></span>", js=_GO)


def for_sign_in() -> None:
    """Send this tab to the sign-in page, from where it comes back here."""
    _go(key="leave", data={"address": "/signin"}, height=1)
