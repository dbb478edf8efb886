"""What comes back by itself: when it is due, what it costs a year, what did not come."""

from __future__ import annotations

import streamlit as st

from analytics.recurring import everything
from pages.ui.books import currencies_of, scope_of
from pages.ui.context import require_user
from pages.ui.i18n import text
from pages.ui.screens.recurring import detail, download, figures, month, rows
from pages.ui.widgets import Action, empty_state, page_header

user = require_user()
scope = scope_of(user)
page_header(text("recurring.title"), text("recurring.subtitle"))
known = everything(scope)
if not known.series:
    empty_state(
        text("recurring.empty"),
        text("recurring.empty.body"),
        key="recurring.empty",
        icon=":material/event_repeat:",
        actions=[Action(text("nav.import"), page="import", icon=":material/upload_file:", primary=True)],
    )
    st.stop()
figures.figures(scope, known, currencies_of(scope, user)[0])
figures.known_until(scope, known)
rows.worth_a_look(known)
month.month(scope, known)
rows.series(user, scope, known)
download.download(scope, known)
detail.draw(user, scope, known)
