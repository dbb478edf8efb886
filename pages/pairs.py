"""Rows of different files that are one event: what was matched, what may be, and the person's word on it."""

from __future__ import annotations

from pages.ui.books import scope_of
from pages.ui.context import require_user
from pages.ui.i18n import text
from pages.ui.screens import pairs as screen
from pages.ui.widgets import page_header

user = require_user()
scope = scope_of(user)
page_header(text("pairs.title"), text("pairs.subtitle"))
screen.pairs(user, scope)
