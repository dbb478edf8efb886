"""The house's offers on a page of their own, run by test_offers through AppTest."""

from pages.ui.context import require_user
from pages.ui.screens import house_offers
from pages.ui.widgets import page_header

user = require_user()
page_header("House")
house_offers.draw(user)
