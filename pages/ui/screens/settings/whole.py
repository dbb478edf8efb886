"""Everything of the person as one zip, with a guide to each file and column in their language; after confirming."""

from __future__ import annotations

import tempfile
import textwrap
from collections.abc import Mapping
from typing import Final

import streamlit as st

from data import taking_out
from pages.ui import format, session  # noqa: A004 - our word for it, always used with its dot
from pages.ui.context import User
from pages.ui.i18n import text

_IN_MEMORY: Final = 32 * 1024 * 1024  # bytes of the zip; a larger one is written to the disk first
_WIDTH: Final = 100


def button(user: User) -> None:
    """The button that makes the zip when it is pressed; for who has confirmed."""
    st.download_button(
        text("mine.export.button"),
        data=session.bound(lambda: _made(user)),
        file_name=f"little-gold-card-{user.today.isoformat()}.zip",
        mime="application/zip",
        key="settings.whole.zip",
        icon=":material/folder_zip:",
        type="primary",
        on_click="ignore",
    )


def _made(user: User) -> bytes:
    with tempfile.SpooledTemporaryFile(_IN_MEMORY) as made:
        taking_out.archive(user.database, user.owner, lambda files: guide(user, files), made, user.assurance)
        made.seek(0)
        return made.read()


def guide(user: User, files: Mapping[str, tuple[str, ...]]) -> str:
    """The README of the zip: how to read it, what each file and each column holds. files: their columns by name."""
    lines = [text("mine.guide.title"), text("mine.guide.made", name=user.name, day=format.iso(user.today)), ""]
    lines += [*_filled("mine.guide.forms"), "", *_filled("mine.guide.secrets"), "", text("mine.guide.files"), ""]
    for name, columns in files.items():
        lines += [f"{name}: {text(f'mine.file.{name}')}"]
        lines += [f"    {one}" for one in textwrap.wrap(", ".join(columns), _WIDTH)]
    every = sorted({column for names in files.values() for column in names})
    lines += ["", text("mine.guide.columns"), ""]
    return "\n".join([*lines, *(f"{column}: {text(f'mine.column.{column}')}" for column in every)]) + "\n"


def _filled(key: str) -> list[str]:
    return textwrap.wrap(text(key), _WIDTH)
