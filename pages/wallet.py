"""What the wallet holds, moving money in and out, bound cards, limits."""

from __future__ import annotations

import streamlit as st

from analytics.wallet_activity import open_charges
from data import wallet
from pages.ui.books import scope_of
from pages.ui.context import require_user
from pages.ui.i18n import text
from pages.ui.screens.wallet import (
    activity,
    binding,
    card_list,
    freezing,
    giving,
    limit_card,
    moving,
    standing,
    waiting,
)
from pages.ui.widgets import page_header

user = require_user()
scope = scope_of(user)
standings = wallet.standing(user.database, user.owner)
mixed = len(standings) > 1
frozen = standings[0].frozen if standings else None
controls = page_header(text("nav.wallet"), text("wallet.subtitle"))
if standings:
    with controls:
        standing.actions(frozen=frozen is not None)
    if frozen is not None:
        standing.banner(user, scope, frozen)
    standing.figures(standings)
    waiting.section(user, open_charges(scope))
    left, right = st.columns([2, 3])
    with left:
        card_list.section(user, scope)
        limit_card.section(standings)
    with right:
        activity.section(user, scope, mixed=mixed)
        freezing.section(user, frozen=frozen is not None)
    moving.dialogs(user, scope, standings)
    giving.dialogs(user, standings)
    limit_card.dialogs(user, standings)
    freezing.dialogs(user)
    activity.dialogs(user, scope, mixed=mixed)
    standing.open_dialog(user, standings)
else:
    standing.newcomer(user)
    card_list.section(user, scope)
binding.dialogs(user)
card_list.dialogs(user)
