"""What a merchant offers: coupons and points campaigns."""

from __future__ import annotations

from pages.ui.context import require_user
from pages.ui.i18n import text
from pages.ui.screens.merchant_choice import chosen
from pages.ui.screens.offers import sections
from pages.ui.widgets import page_header

user = require_user()
with page_header(text("nav.offers"), text("offers.subtitle")):
    merchant = chosen(user)
if merchant is None:
    sections.no_merchant()
else:
    sections.show(user, merchant)
