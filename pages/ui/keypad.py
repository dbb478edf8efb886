"""On a phone, a field for an amount opens the keypad of figures with a decimal point instead of the letters."""

from __future__ import annotations

import streamlit as st

_SET = """
export default function ({ data }) {
  for (const input of document.querySelectorAll(`.st-key-${data.key} input`)) input.inputMode = "decimal";
}
"""
_component = st.components.v2.component("decimal_keypad", html="<span></span>", js=_SET)


def decimal_keypad(key: str) -> None:
    """Let the text fields in the container with `key` (letters and dashes) ask for figures. Changes no value."""
    _component(key=f"{key}-keypad", data={"key": key}, height=1)
