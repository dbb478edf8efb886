"""Points, when they expire and where they came from; coupons to take and to use."""

from __future__ import annotations

from pages.ui.context import require_user
from pages.ui.i18n import text
from pages.ui.screens.points import sections
from pages.ui.widgets import page_header

user = require_user()
page_header(text("nav.points"), text("points.subtitle"))
sections.show(user, sections.switch())
