"""The frame around every screen: who is here, the menu, the way out. Streamlit runs this script first at every run.

It stands apart from the page scripts on purpose: a folder `pages` beside the script that Streamlit is given would be
served page by page, without this one ever running.
"""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from pages.ui import context, leave, menu
from pages.ui.screens.settings import activity

_ICON = Path(__file__).resolve().parent / "assets" / "mark.svg"


@st.fragment(run_every="2s")
def _watch() -> None:
    """Notice within two seconds that this session was ended elsewhere."""
    if not context.still_signed_in():
        leave.for_sign_in()


st.set_page_config(page_icon=str(_ICON), layout="wide")
user = context.require_user()
chosen = st.navigation(menu.pages(user), expanded=True)
menu.draw_sidebar(user)
_watch()
if chosen.url_path != "settings":
    activity.hint(user)
chosen.run()
