"""Statements come in: drop files, see what each row would become, book them all at once, take an import back."""

from __future__ import annotations

import streamlit as st

from analytics.imports import batches
from pages.ui.books import scope_of
from pages.ui.context import require_user
from pages.ui.i18n import text
from pages.ui.samples import sample_banner
from pages.ui.screens.importing import columns, commit, drop, files, newrows, opened, past, review, start
from pages.ui.screens.importing.preview import prepared
from pages.ui.widgets import page_header

user = require_user()
scope = scope_of(user)
if commit.running():
    commit.run(user)
    st.stop()
mapped = columns.opened()
if mapped is not None:
    columns.screen(user, scope, mapped)
    st.stop()
controls = page_header(text("importing.title"), text("importing.subtitle"))
commit.failed()
commit.outcome(user)
if drop.waiting():
    files.cards(user)
    made = prepared(user)
    if made is not None:
        opened.absorb(made)
        newrows.absorb(made)
    review.controls(controls, made)
    if made is not None:
        review.review(scope, made)
    st.stop()
start.start(user, empty=not batches(scope))
sample_banner(user, scope)
past.imports(user, scope)
