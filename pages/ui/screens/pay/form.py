"""The form: at the left what the person says, at the right what it comes to; on a phone below each other."""

from __future__ import annotations

import streamlit as st

from analytics.scope import Scope
from data import wallet
from data.errors import Rejection
from data.merchants import Target
from data.wallet import Quote
from pages.ui.context import User
from pages.ui.keypad import decimal_keypad
from pages.ui.screens.pay import fields, opening, reductions, summary
from pages.ui.screens.pay.draft import Draft, begin, quote


def draw(user: User, scope: Scope, target: Target) -> None:
    """Everything from the amount to the button."""
    left, right = st.columns([3, 2])
    draft, priced = begin(user, target), None
    try:
        with left:
            draft, priced = _filled(scope, draft)
    except Rejection as no:
        with right:
            summary.unpayable(user, draft, no)
        return
    with right:
        if priced is None:
            summary.waiting(draft)
        else:
            summary.total(user, scope, draft, priced)
    decimal_keypad(fields.AMOUNT)


def _filled(scope: Scope, draft: Draft) -> tuple[Draft, Quote | None]:
    """The draft as it is filled in, each field knowing what those above it leave; its quote once there is an amount."""
    standings = wallet.standing(draft.user.database, draft.user.owner)
    draft = fields.whom(scope, draft)
    if standings:
        opening.hints(standings)
    standing = next((one for one in standings if one.currency == draft.currency), None)
    draft = fields.source(scope, draft, standing)
    if draft.amount is None:
        return draft, None
    draft = reductions.best(draft, quote(draft))
    priced = quote(draft)
    reductions.coupons(draft, priced)
    draft = reductions.points(reductions.counting(draft, priced), priced)
    return draft, quote(draft)
