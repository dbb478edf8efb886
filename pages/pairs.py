"""What belongs together across files: rows that are one event, and refunds whose purchase is not known yet."""

from __future__ import annotations

from pages.ui.books import scope_of
from pages.ui.context import require_user
from pages.ui.i18n import text
from pages.ui.screens import matching, pairs, refund_tray
from pages.ui.widgets import page_header

user = require_user()
scope = scope_of(user)
page_header(text("pairs.title"), text("pairs.subtitle"))
if matching.shown(scope) == matching.REFUNDS:
    refund_tray.tray(user, scope)
else:
    pairs.pairs(user, scope)
