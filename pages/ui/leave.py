"""How a Streamlit page leads the same tab to a page of ours outside Streamlit: to sign in or out, and to confirm."""

from __future__ import annotations

import streamlit as st

_GO = """
export default function ({ data, parentElement }) {
  if (parentElement.__gone) return;
  parentElement.__gone = true;
  const here = window.location.pathname + window.location.search;
  const joint = data.address.includes("?") ? "&" : "?";
  const go = data.back ? "assign" : "replace"; // whoever goes to confirm may step back to the page
  window.location[go](data.address + joint + "next=" + encodeURIComponent(here));
}
"""
_OUT_HTML = """
<form method="post" action="/signout">
  <span class="face" aria-hidden="true"></span><span class="name"></span><button type="submit"></button>
</form>
"""
_OUT_CSS = """
form { display: flex; align-items: center; gap: .625rem; margin: 0;
  font: 400 .9375rem/1.4 var(--st-font); color: var(--st-text-color); }
.face { flex: none; width: 1.875rem; height: 1.875rem; display: grid; place-items: center; border-radius: 50%;
  font-weight: 600; font-size: .8438rem; color: #5b3a06; background: linear-gradient(135deg, #fbe3a0, #e3ab3c); }
.name { flex: 1; min-width: 0; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; font-weight: 500; }
button { flex: none; padding: .3125rem .625rem; font: inherit; font-size: .875rem; color: inherit; background: none;
  border: 1px solid var(--st-border-color); border-radius: var(--st-button-radius); cursor: pointer; }
button:hover { color: var(--st-primary-color); border-color: var(--st-primary-color); }
button:focus-visible { outline: 2px solid var(--st-primary-color); outline-offset: 2px; }
"""
_OUT = """
export default function ({ data, parentElement }) {
  const at = (selector) => parentElement.querySelector(selector);
  at(".face").textContent = [...data.name][0].toUpperCase();
  at(".name").textContent = at(".name").title = data.name;
  at("button").textContent = data.label;
}
"""
_go = st.components.v2.component("leave", html="<span></span>", js=_GO)
_out = st.components.v2.component("sign_out", html=_OUT_HTML, css=_OUT_CSS, js=_OUT)


def for_sign_in() -> None:
    """Send this tab to the sign-in page, from where it comes back here."""
    _go(key="leave", data={"address": "/signin"}, height=1)


def for_confirming(word: str) -> None:
    """Send this tab to confirm that it is the person, from where it comes back here with `word`."""
    _go(key=f"leave.{word}", data={"address": f"/confirm?c={word}", "back": True}, height=1)


def sign_out_row(name: str, label: str) -> None:
    """Who is signed in, and a real form that ends the session in every tab."""
    _out(key="sign_out", data={"name": name, "label": label})
