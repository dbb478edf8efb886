"""What a merchant offers: coupons and points campaigns."""

from __future__ import annotations

from pages.ui.context import require_user
from pages.ui.i18n import text
from pages.ui.widgets import page_header

user = require_user()
page_header(text("nav.offers"))
