"""Payments and refunds of a merchant as rows, and one of them in full."""

from __future__ import annotations

import html
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

import streamlit as st

from analytics.movements import Movement, Standing
from data.merchants import Merchant
from data.money import Money
from data.refunds import REASONS
from pages.ui import format, links, session  # noqa: A004 - our word for it, always used with its dot
from pages.ui.dialogs import ask, dialog
from pages.ui.i18n import text
from pages.ui.people import called
from pages.ui.screens.transactions.rowlist import plain_rows
from pages.ui.theme import Status, palette

DETAIL: Final = "till.movement"
_LOOK: Final[dict[Standing, tuple[str, Status]]] = {
    Standing.PAID: ("check_circle", "on_track"),
    Standing.PROCESSING: ("hourglass_top", "fast"),
    Standing.MANUAL: ("support_agent", "near"),
    Standing.DECLINED: ("block", "over"),
    Standing.ASKED: ("assignment_return", "near"),
    Standing.RETURNING: ("hourglass_top", "fast"),
    Standing.PARTLY_REFUNDED: ("undo", "none"),
    Standing.REFUNDED: ("undo", "none"),
    Standing.REFUND: ("undo", "none"),
}
_QUIET: Final = frozenset({Standing.PROCESSING, Standing.MANUAL, Standing.DECLINED})


def movement_list(found: Sequence[Movement], merchant: Merchant, *, key: str, when: str) -> None:
    """The rows; a click opens one. when: `%H:%M` within a day, `%m-%d %H:%M` within a year."""
    rows = [_row(one, merchant.currency, when) for one in found]

    def opened() -> None:
        ask(DETAIL, str(session.widget(key).opened))
        session.keep(f"{key}.opened", True)  # noqa: FBT003 - what is remembered is a yes

    plain_rows(rows, key=key, on_opened=opened)
    if session.recall(f"{key}.opened", False):  # noqa: FBT003 - a no when nothing is remembered
        session.forget(f"{key}.opened")
        st.rerun()  # the rows may stand in a fragment, the dialog does not


def state_name(one: Movement) -> str:
    """What became of it, in words."""
    return text(f"till.state.{one.standing.value}")


def _row(one: Movement, currency: str, when: str) -> dict[str, Any]:
    icon, status = _LOOK[one.standing]
    quiet = one.standing in _QUIET
    stamp = f"{one.at:{when}}"
    note, shares = reason(one), _shares(one, currency)
    return {
        "entry": str(one.id),
        "date": stamp,
        "day": stamp,
        "payee": called(one.payer),
        "more": note,
        "note": " · ".join(part for part in (shares, note) if part),
        "tags": [],
        "category": state_name(one),
        "icon": icon,
        "colour": palette().status[status],
        "account": shares,
        "amount": format.money(Money(one.gross if quiet else one.takings, currency), signed=not quiet),
        "tone": "quiet" if quiet else "in" if one.takings > 0 else "",
        "off": one.standing is Standing.DECLINED,
        "marks": [],
    }


def reason(one: Movement) -> str:
    """The payer's note; of a refund its reason in words."""
    if one.standing is Standing.REFUND and one.note in REASONS:
        return text(f"refunds.reason.{one.note}")
    return one.note


def _shares(one: Movement, currency: str) -> str:
    """`本店券 −¥5.00`: what coupons and points had to do with it."""
    parts = (("own_coupon", one.own_coupon), ("coupon", one.coupon), ("points", one.points))
    return " · ".join(
        text(f"till.share.{name}", amount=format.money(Money(minor, currency))) for name, minor in parts if minor
    )


def detail_dialog(found: Sequence[Movement], merchant: Merchant) -> None:
    """The opened row in full, while it is among those on screen."""

    def draw(subject: Any) -> None:  # noqa: ANN401 - the dialog's subject: an id as text
        one = next((each for each in found if str(each.id) == subject), None)
        if one is None:
            session.close_dialog()
            st.rerun()
        _detail(one, merchant)

    dialog(DETAIL, text("till.movement"), draw)


def _detail(one: Movement, merchant: Merchant) -> None:
    st.html(facts_html(_facts(one, merchant.currency)))
    if one.asked or one.under_way:
        links.link("refund_requests", text("till.movement.requests"), merchant=str(merchant.id))


def _facts(one: Movement, currency: str) -> list[tuple[str, str]]:
    def amount(minor: int) -> str:
        return format.money(Money(minor, currency))

    found = [
        (text("till.movement.payer"), called(one.payer)),
        (text("column.time"), _moment(one.at)),
        (text("column.status"), state_name(one)),
    ]
    if one.standing is not Standing.REFUND:
        source = text("till.movement.card" if one.by_card else "till.movement.wallet")
        found += [(text("column.method"), source), (text("takings.gross"), amount(one.gross))]
        found += [
            (text(f"till.movement.{name}"), amount(minor))
            for name, minor in (("own_coupon", -one.own_coupon), ("coupon", one.coupon), ("points", one.points))
            if minor
        ]
    found.append((text("till.movement.takings"), format.money(Money(one.takings, currency), signed=True)))
    if one.returned:
        found.append((text("till.movement.returned"), amount(one.returned)))
    if one.note:
        found.append((text("column.reason" if one.standing is Standing.REFUND else "column.note"), reason(one)))
    return [*found, (text("till.movement.number"), str(one.payment))]


def _moment(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S}"


def facts_html(facts: Sequence[tuple[str, str]]) -> str:
    """Names at the left, what they are at the right; everything is escaped."""
    lines = "".join(
        '<div style="display:flex;justify-content:space-between;gap:1.5rem;padding:.4rem 0;'
        'border-bottom:1px solid color-mix(in srgb, currentColor 12%, transparent)">'
        f'<span style="opacity:.7;white-space:nowrap">{html.escape(name)}</span>'
        '<span style="text-align:right;font-variant-numeric:tabular-nums;overflow-wrap:anywhere">'
        f"{html.escape(said)}</span></div>"
        for name, said in facts
    )
    return f'<div style="font-size:.95rem">{lines}</div>'
