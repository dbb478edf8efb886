"""Reconciling: an account's balance beside what its statements say, row by row, and what to do about a difference."""

from __future__ import annotations

from pages.ui.books import scope_of
from pages.ui.context import require_user
from pages.ui.i18n import text
from pages.ui.screens.reconcile import screen
from pages.ui.screens.transactions import detail
from pages.ui.widgets import page_header

user = require_user()
scope = scope_of(user)
page_header(text("reconcile.title"), text("reconcile.subtitle"))
screen.screen(user, scope)
detail.draw(user, scope)
