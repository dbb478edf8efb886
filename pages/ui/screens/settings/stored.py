"""The data itself: sample data in and out, where the file lies, a copy of it now, and what this program is."""

from __future__ import annotations

from importlib import metadata
from pathlib import Path
from typing import Final

import pandas as pd
import streamlit as st

from data import upkeep
from data.commands import demo
from data.home import KEY_NAME
from pages.ui import format  # noqa: A004 - our word for it, always used with its dot
from pages.ui.context import User
from pages.ui.i18n import text
from pages.ui.samples import load_sample, remove_sample
from pages.ui.screens.settings import deleting, journals
from pages.ui.screens.settings.sending import send
from pages.ui.tables import Column, data_table
from pages.ui.widgets import card

_OURS: Final = "little-gold-card"
# What the program stands on; each keeps its own licence.
_BUILT_ON: Final = (
    "streamlit", "duckdb", "pandas", "plotly", "pyarrow", "pyotp", "argon2-cffi", "cryptography", "webauthn", "segno",
    "zxing-cpp", "pillow", "babel", "holidays", "platformdirs", "structlog", "python-calamine", "xlrd", "pyzipper",
    "python-multipart", "jinja2",
)  # fmt: skip
_LICENCE_WORDS: Final = 40


def show(user: User) -> None:
    """Sample data for everybody; the file and its copies for whoever runs the installation; about."""
    left, right = st.columns(2)
    with left:
        _sample(user)
        _file(user)
    with right:
        journals.show(user)
        deleting.show(user)
        _about()


def _sample(user: User) -> None:
    body, _ = card(text("settings.sample.title"), key="settings.sample.card", stretch=False)
    with body:
        if demo.batch_of(user.database, user.owner) is None:
            st.caption(text("settings.sample.off"))
            if st.button(text("settings.sample.load"), key="settings.sample.load", icon=":material/explore:"):
                with st.spinner(text("common.loading")):
                    load_sample(user)
                st.rerun()
            return
        st.caption(text("settings.sample.on"))
        if st.button(text("sample.remove"), key="settings.sample.remove", icon=":material/delete_sweep:"):
            remove_sample(user)


def _file(user: User) -> None:
    body, _ = card(text("settings.file.title"), key="settings.file.card", stretch=False)
    with body:
        if not user.operator:
            st.caption(text("settings.file.operator"))
            return
        path: Path = user.database.path
        st.caption(text("settings.file.where"))
        st.code(str(path), language=None, wrap_lines=True)
        st.caption(text("settings.file.backup.note", key=KEY_NAME))
        pressed = st.button(text("settings.file.backup"), key="settings.file.backup", icon=":material/backup:")
        if pressed and send(
            "settings.file.backup",
            lambda _request: upkeep.keep_copy(user.database, user.now),
            lambda kept: text("settings.file.backup.done", path=kept),
        ):
            st.rerun()
        _copies(path.parent / "backups")


def _copies(folder: Path) -> None:
    """The copies there are, the newest first, with their sizes."""
    found = sorted(folder.glob("*.duckdb"), key=lambda one: one.stat().st_mtime, reverse=True)
    if not found:
        return
    st.caption(format.md_escape(text("settings.file.copies", folder=folder)))
    frame = pd.DataFrame([(one.name, size_said(one.stat().st_size)) for one in found], columns=["file", "size"])
    columns = [Column("file", text("column.file")), Column("size", text("settings.file.size"), width="small")]
    data_table(frame, columns, key="settings.file.table", rows_shown=6)


def size_said(size: int) -> str:
    """`12 MB`; at least one of the unit, so that nothing looks empty."""
    for unit, name in ((10**9, "GB"), (10**6, "MB")):
        if size >= unit:
            return f"{format.count((size + unit // 2) // unit)} {name}"
    return f"{format.count(max(1, (size + 500) // 1000))} kB"


def _about() -> None:
    body, _ = card(text("settings.about.title"), key="settings.about.card", stretch=False)
    with body:
        st.markdown(format.md_escape(f"{text('app.name')} {version_of(_OURS)}"))
        st.caption(text("settings.about.licence"))
        rows = [(name, version_of(name) or format.NONE, licence_of(name)) for name in _BUILT_ON]
        frame = pd.DataFrame(rows, columns=["name", "version", "licence"])
        columns = [
            Column("name", text("settings.about.library")),
            Column("version", text("settings.about.column.version")),
            Column("licence", text("settings.about.column.licence")),
        ]
        with st.expander(text("settings.about.libraries"), key="settings.about.libraries"):
            data_table(frame, columns, key="settings.about.table", rows_shown=len(_BUILT_ON))


def version_of(package: str) -> str:
    """The version that is installed; empty when the package runs from a folder without being installed."""
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return ""


def licence_of(package: str) -> str:
    """What the package says about its licence, in a few words."""
    try:
        said = metadata.metadata(package)
    except metadata.PackageNotFoundError:
        return format.NONE
    named = [one.rsplit(" :: ", 1)[-1] for one in said.get_all("Classifier") or () if one.startswith("License ::")]
    short = next((said[key].strip() for key in ("License-Expression", "License") if key in said), "")
    return short if short and len(short) <= _LICENCE_WORDS and "\n" not in short else ", ".join(named) or format.NONE
