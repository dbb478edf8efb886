"""The codes of the till: the one on the wall, or one for an amount; none while the merchant is closed."""

from __future__ import annotations

from typing import Final

import streamlit as st

from analytics.takings import Counter
from data.merchants import Merchant
from pages.ui import format, session  # noqa: A004 - our word for it, always used with its dot
from pages.ui.context import User
from pages.ui.i18n import text
from pages.ui.screens.till.asking import asked_code, asking, put_away
from pages.ui.screens.till.counting import counter_of
from pages.ui.screens.till.details import reopen
from pages.ui.screens.till.standing import standing_code
from pages.ui.widgets import card

_STANDING, _AMOUNT = "standing", "amount"
_MODE: Final = "till.mode"
_WHICH: Final = "till.which"


def subtitle(user: User) -> str:
    """`3月2日 星期一`: which day the figures are of."""
    return text("till.subtitle", day=format.day(user.today), weekday=format.weekday(user.today, short=False))


def codes(user: User, merchant: Merchant) -> None:
    """The card with the code that a payer scans."""
    body, _ = card(merchant.name, key="till.codes", stretch=False)
    with body:
        if merchant.closed:
            _closed(user, merchant)
        else:
            _open(user, merchant)


def _closed(user: User, merchant: Merchant) -> None:
    st.warning(text("till.closed.body"), title=text("till.closed.title"), icon=":material/block:")
    st.button(
        text("till.reopen"),
        key="till.closed.reopen",
        type="primary",
        icon=":material/lock_open:",
        width="stretch",
        on_click=reopen,
        args=(user, merchant),
    )


def _open(user: User, merchant: Merchant) -> None:
    def counter() -> Counter:
        return counter_of(user, merchant, user.database.clock())

    code = asked_code(counter(), user)
    if code is not None:
        session.keep(_MODE, _AMOUNT)
    if _mode() == _STANDING:
        standing_code(merchant)
    else:
        asking(user, counter, merchant, code)


def _mode() -> str:
    """Which of the two is shown; the choice stays for the session."""

    def change() -> None:
        session.keep(_MODE, session.widget(_WHICH) or _STANDING)
        put_away()

    current = session.recall(_MODE, _STANDING)
    names = {mode: text(f"till.mode.{mode}") for mode in (_STANDING, _AMOUNT)}
    session.set_widget(_WHICH, current)
    st.segmented_control(
        text("till.mode"),
        list(names),
        key=_WHICH,
        required=True,
        format_func=names.__getitem__,
        label_visibility="collapsed",
        on_change=change,
        width="stretch",
    )
    return current
