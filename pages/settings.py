"""How the wallet is set up: screens, accounts, categories, rules, safety, data."""

from __future__ import annotations

from pages.ui.context import require_user
from pages.ui.i18n import text
from pages.ui.screens.settings import sections
from pages.ui.widgets import page_header

user = require_user()
page_header(text("settings.title"), text("settings.subtitle"))
sections.show(user, sections.switch())
