"""What was paid and what comes back: payments with their timelines, asking for a refund."""

from __future__ import annotations

from pages.ui import links
from pages.ui.books import scope_of
from pages.ui.context import require_user
from pages.ui.i18n import text
from pages.ui.screens.refunds.detail import detail
from pages.ui.screens.refunds.listing import listing
from pages.ui.widgets import page_header

user = require_user()
scope = scope_of(user)
payment = links.param("payment")
if payment is None:
    page_header(text("refunds.title"), text("refunds.subtitle"))
    listing(user, scope)
else:
    detail(user, scope, payment)
