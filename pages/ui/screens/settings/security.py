"""Who can sign in as this person: what is new, password, second factor, open sessions, and what happened."""

from __future__ import annotations

import streamlit as st

from pages.ui.context import User
from pages.ui.screens.settings import activity, confirming, passkeys, password, sessions, two_step


def leave() -> None:
    """Forget what is shown only once."""
    two_step.leave()


def show(user: User) -> None:
    """What is new on top; password, sessions and what happened beside the second factor."""
    activity.news(user)
    left, right = st.columns(2)
    with left:
        password.show(user)
        sessions.show(user)
        activity.show(user)
    with right:
        passkeys.show(user)
        two_step.show(user)
        confirming.show(user)
