"""Every transaction: searched, sorted, edited one by one or many at once, each down to its row in the file."""

from __future__ import annotations

import streamlit as st

from analytics.months import currencies
from pages.ui.books import scope_of
from pages.ui.context import require_user
from pages.ui.i18n import text
from pages.ui.screens.transactions import bulk, detail, filters, listing, suggesting
from pages.ui.widgets import Action, empty_state, page_header

user = require_user()
scope = scope_of(user)
page_header(text("transactions.title"), text("transactions.subtitle"))
if not currencies(scope):
    empty_state(
        text("empty.title"),
        text("empty.body"),
        key="transactions.empty",
        icon=":material/receipt_long:",
        actions=[Action(text("nav.import"), page="import", icon=":material/upload_file:", primary=True)],
    )
    st.stop()
detail.follow_link()
suggesting.draw(user, scope)
found = listing.found(scope, filters.search(scope))
if found is not None:
    criteria, page = found
    suggesting.waiting(user)
    listing.listing(scope, criteria, page)
    bulk.foot(user, scope, criteria, page)
detail.draw(user, scope)
