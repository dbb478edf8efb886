"""How much may leave the wallet: what holds, what is used of it, what is promised from tomorrow; and changing it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any, Final

import streamlit as st

from data import wallet
from data.ledger.wallet.refusals import AmountInvalid
from data.money import Money, parse_amount
from data.wallet import Limits, SetLimits, Standing
from pages.ui import format, i18n  # noqa: A004 - our word for it, always used with its dot
from pages.ui.context import User
from pages.ui.dialogs import dialog
from pages.ui.format import md_escape
from pages.ui.i18n import text
from pages.ui.screens.wallet.forms import Form, mine, opened, send
from pages.ui.screens.wallet.words import money, sentences
from pages.ui.session import Flash
from pages.ui.widgets import card

LIMITS: Final = "wallet.limits"
NAMES: Final = ("per_payment", "per_day", "per_month")
_TAKE_AWAY: Final = -1


def section(standings: Sequence[Standing]) -> None:
    """The limits of each wallet."""
    mixed = len(standings) > 1
    body, corner = card(text(LIMITS), key="wallet.limits.card", stretch=False)
    if not mixed:
        with corner:
            _change_button(standings[0])
    with body:
        st.caption(text("wallet.limits.note"))
        for one in standings:
            if mixed:
                with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
                    st.markdown(f"**{one.currency}**", width="content")
                    _change_button(one)
            for place, name in enumerate(NAMES):
                _limit(one, place, name)


def _change_button(one: Standing) -> None:
    st.button(
        text("wallet.limits.change"),
        key=f"{LIMITS}.{one.currency}",
        icon=":material/tune:",
        type="tertiary",
        on_click=opened,
        args=(LIMITS, one.currency),
    )


def _limit(one: Standing, place: int, name: str) -> None:
    limit, later = one.limits[place], one.promised[place]
    used = (None, one.spent_today, one.spent_this_month)[place]
    with st.container(gap="xsmall", key=f"{LIMITS}.{one.currency}.{name}"):
        with st.container(horizontal=True, horizontal_alignment="distribute", gap="small"):
            st.markdown(text(f"wallet.limits.{name}"), width="content")
            st.markdown(f"**{md_escape(_shown(limit, one.currency))}**", width="content")
        if limit is not None and used is not None:
            st.progress(_share(used, limit))
            left = money(max(0, limit - used), one.currency)
            st.caption(i18n.markdown("wallet.limits.used", used=money(used, one.currency), left=left))
        elif used is not None:
            st.caption(i18n.markdown("wallet.limits.spent", used=money(used, one.currency)))
        if later != limit:
            st.caption(f":material/schedule: {i18n.markdown('wallet.limits.later', limit=_shown(later, one.currency))}")


def _share(used: int, limit: int) -> int:
    """Whole per cent, at most all of it."""
    return 100 if used >= limit else 100 * used // limit


def _shown(limit: int | None, currency: str) -> str:
    return text("wallet.limits.none") if limit is None else money(limit, currency)


def dialogs(user: User, standings: Sequence[Standing]) -> None:
    """Changing the limits of one wallet, while that is open."""
    by_currency = {one.currency: one for one in standings}

    def draw(form: Form) -> None:
        if form.about in by_currency:
            _change(user, form, by_currency[form.about])

    dialog(LIMITS, text("wallet.limits.change"), draw)


def _change(user: User, form: Form, one: Standing) -> None:
    st.caption(text("wallet.limits.how"))
    before = [_plain(limit, one.currency) for limit in one.promised]
    with st.form(f"{LIMITS}.form", border=False):
        typed = [
            st.text_input(
                text("wallet.limits.field", limit=text(f"wallet.limits.{name}"), unit=format.symbol(one.currency)),
                was,
                key=f"{LIMITS}.{name}",
                placeholder=text("wallet.limits.none"),
                autocomplete="off",
            )
            for name, was in zip(NAMES, before, strict=True)
        ]
        pressed = st.form_submit_button(text("action.save"), key=f"{LIMITS}.send", type="primary", width="stretch")
    fields = [f"{LIMITS}.{name}" for name in NAMES]
    if pressed and send(form, partial(_set, user, one, before, typed), partial(_said, one.currency), widgets=fields):
        st.rerun()


def _plain(limit: int | None, currency: str) -> str:
    return "" if limit is None else Money(limit, currency).plain()


def _set(user: User, one: Standing, before: Sequence[str], typed: Sequence[str | None], request: str) -> dict[str, Any]:
    asked = [_asked(was, said or "", one.currency) for was, said in zip(before, typed, strict=True)]
    command = SetLimits(
        **mine(user, request),
        currency=one.currency,
        per_payment=asked[0],
        per_day=asked[1],
        per_month=asked[2],
    )
    return wallet.set_limits(user.database, command, user.assurance)


def _asked(was: str, said: str, currency: str) -> int | None:
    """What a field asks for: nothing (None), that the limit goes (-1), or an amount.

    Raises:
        AmountUnreadable. AmountInvalid: less than nothing.
    """
    said = said.strip()
    if said == was:
        return None
    if not said:
        return _TAKE_AWAY
    amount = parse_amount(said, currency).minor
    if amount < 0:
        raise AmountInvalid(amount)
    return amount


def _said(currency: str, receipt: dict[str, Any]) -> Flash:
    """What holds at once, and what waits for tomorrow."""
    now, later = _limits(receipt["now"]), _limits(receipt["from_tomorrow"])
    waits = [
        text("wallet.limits.waits", limit=text(f"wallet.limits.{name}"), amount=_shown(after, currency))
        for name, held, after in zip(NAMES, now, later, strict=True)
        if held != after
    ]
    if not waits:
        return Flash(text("wallet.limits.done"))
    return Flash(sentences(text("wallet.limits.done.later"), *waits), "info")


def _limits(listed: Sequence[int | None]) -> Limits:
    return (listed[0], listed[1], listed[2])
