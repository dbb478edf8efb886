"""The evidence of a refund, looked at by who asked and by the merchant: a picture is shown, everything can be kept.

It is read only when somebody looks, and the picture is decoded by the browser, never here.
"""

from __future__ import annotations

import base64
import html
from typing import Final
from uuid import UUID

import streamlit as st

from data import refunds
from data.errors import Rejection
from pages.ui.context import User
from pages.ui.dialogs import ask, dialog
from pages.ui.format import md_escape
from pages.ui.i18n import text
from pages.ui.widgets import rejection_panel

_DIALOG: Final = "refunds.evidence"


def button(refund: UUID) -> None:
    """The way to the evidence of a refund that has some."""
    st.button(
        text("refunds.evidence"),
        key=f"refunds.evidence.{refund}",
        icon=":material/attach_file:",
        type="tertiary",
        on_click=ask,
        args=(_DIALOG, str(refund)),
    )


def dialog_of(user: User) -> None:
    """The dialog, while somebody looks."""
    dialog(_DIALOG, text("refunds.evidence"), lambda refund: _shown(user, UUID(str(refund))), width="medium")


def _shown(user: User, refund: UUID) -> None:
    try:
        found = refunds.attachment(user.database, user.owner, refund)
    except Rejection as no:
        rejection_panel(no)
        return
    st.markdown(f":material/description: {md_escape(found.name)}")
    if found.media_type.startswith("image/"):
        data = base64.b64encode(found.content).decode("ascii")
        st.html(
            f'<img src="data:{found.media_type};base64,{data}" alt="{html.escape(found.name, quote=True)}" '
            'style="max-width:100%;max-height:60vh;border-radius:.5rem;display:block;margin:0 auto">'
        )
    st.download_button(
        text("refunds.evidence.keep"),
        data=found.content,
        file_name=found.name,
        mime=found.media_type,
        key="refunds.evidence.keep",
        icon=":material/download:",
        on_click="ignore",
    )
