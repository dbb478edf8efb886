"""What the monitor asked about or stopped, whose it was, and how soon the person wants to be asked."""

from __future__ import annotations

from pages.ui.books import scope_of
from pages.ui.context import require_user
from pages.ui.i18n import text
from pages.ui.screens.alerts import found, reporting, sensitivity
from pages.ui.widgets import page_header

user = require_user()
scope = scope_of(user)
page_header(text("alerts.title"), text("alerts.subtitle"))
found.banner(user, scope)
found.section(user, scope)
reporting.section(user, scope)
sensitivity.section(user)
found.dialogs(user)
reporting.dialogs(user)
