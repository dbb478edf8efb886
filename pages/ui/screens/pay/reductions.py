"""What makes it cheaper: the coupons that save most are ticked, every other one has its reason; points on a switch."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Final

import streamlit as st

from data import rewards
from data.ledger.coupons import Claim, CouponRefusal
from data.wallet import Applied, Quote, Refused
from pages.ui import format, links, session  # noqa: A004 - our word for it, always used with its dot
from pages.ui.format import md_escape
from pages.ui.i18n import plural, text
from pages.ui.screens.pay.draft import Draft
from pages.ui.widgets import card

PICKED: Final = "pay.picked"  # (request, the claims that the person ticked themselves)
_FITTING: Final = frozenset({CouponRefusal.NOT_STACKABLE, CouponRefusal.NOTHING_LEFT})


def best(draft: Draft, first: Quote) -> Draft:
    """With the coupons that are asked for: those that save most, or what the person ticked."""
    fitting = {str(one.id) for one in _fitting(first)}
    picked = _picked(draft)
    wanted = [str(one.claim.id) for one in first.best.applied] if picked is None else sorted(picked & fitting)
    return dataclasses.replace(draft, claims=tuple(wanted))


def counting(draft: Draft, priced: Quote) -> Draft:
    """With only the coupons that count: asking for another one would be refused."""
    return dataclasses.replace(draft, claims=tuple(str(one.claim.id) for one in priced.applied))


def coupons(draft: Draft, priced: Quote) -> None:
    """Every coupon that the person holds: what it saves here, or why it does not."""
    fitting = _fitting(priced)
    others = [one for one in priced.best.refused if one.reason not in _FITTING]
    if not fitting and not others:
        return
    body, right = card(text("pay.coupons"), key="pay-coupons", stretch=False)
    with right:
        if _picked(draft) is not None and fitting:
            st.button(
                text("pay.coupons.best"), key="pay.coupons.best", type="tertiary", on_click=_pick, args=(draft, None)
            )
        links.link("points", text("pay.coupons.all"))
    with body:
        st.markdown(md_escape(_saved(draft, priced)))
        for one in fitting:
            _fitting_row(draft, priced, one)
        if others:
            with st.expander(plural("pay.coupons.others", len(others)), key="pay.coupons.others"):
                for refused in others:
                    st.markdown(
                        f"{md_escape(refused.claim.coupon.name)}  \n:gray[{md_escape(_reason(draft, refused))}]"
                    )


def _saved(draft: Draft, priced: Quote) -> str:
    if not priced.coupon:
        return text("pay.coupons.none")
    is_best = priced.coupon == priced.best.off_minor
    return text("pay.coupons.saved.best" if is_best else "pay.coupons.saved", amount=draft.money(priced.coupon))


def _fitting(priced: Quote) -> list[Claim]:
    """The coupons that could count here, alone at least; those of the best combination first."""
    rest = [one.claim for one in priced.best.refused if one.reason in _FITTING]
    return [*(one.claim for one in priced.best.applied), *rest]


def _fitting_row(draft: Draft, priced: Quote, claim: Claim) -> None:
    key = draft.key(f"coupon.{claim.id}")
    asked: tuple[Applied | Refused, ...] = (*priced.applied, *priced.refused)
    wanted = {str(one.claim.id): one for one in asked}
    mine = wanted.get(str(claim.id))
    session.set_widget(key, mine is not None)

    def change() -> None:
        chosen = set(wanted) - {str(claim.id)}
        _pick(draft, frozenset(chosen | {str(claim.id)} if session.widget(key) else chosen))

    st.checkbox(_label(draft, claim, mine, priced), key=key, on_change=change)


def _label(draft: Draft, claim: Claim, mine: Applied | Refused | None, priced: Quote) -> str:
    name = f"**{md_escape(claim.coupon.name)}**"
    if isinstance(mine, Applied):
        return f"{name} · :green[{md_escape(text('pay.coupon.saves', amount=draft.money(mine.off_minor)))}]"
    if isinstance(mine, Refused):
        return f"{name} · :orange[{md_escape(_reason(draft, mine))}]"
    left_out = next((one for one in priced.best.refused if one.claim.id == claim.id), None)
    return name if left_out is None else f"{name} · :gray[{md_escape(_reason(draft, left_out))}]"


def _reason(draft: Draft, one: Refused) -> str:
    coupon = one.claim.coupon
    missing = format.NONE if one.detail_minor is None else draft.money(one.detail_minor)
    begins = format.day(coupon.valid_from.date()) if coupon.valid_from else format.NONE
    return text(f"pay.coupon.{one.reason.value}", missing=missing, begins=begins, currency=coupon.currency)


def _picked(draft: Draft) -> frozenset[str] | None:
    request, picked = session.recall(PICKED, ("", frozenset[str]()))
    return picked if request == draft.request else None


def _pick(draft: Draft, claims: frozenset[str] | None) -> None:
    if claims is None:
        session.forget(PICKED)
    else:
        session.keep(PICKED, (draft.request, claims))


def points(draft: Draft, priced: Quote) -> Draft:
    """With points, as many as the person wants and the payment takes."""
    most = priced.most_points
    if not most:
        if priced.standing is not None and priced.standing.debt:
            st.caption(md_escape(plural("pay.points.debt", priced.standing.debt)))
        return draft
    worth = rewards.base_rule(draft.user.database).redeem_minor_per_point
    body, _ = card(text("pay.points"), key="pay-points", stretch=False)
    with body:
        held = priced.standing.points if priced.standing else most
        on = st.toggle(
            md_escape(plural("pay.points.use", most, amount=draft.money(most * worth))), key=draft.key("points")
        )
        if not on:
            st.caption(md_escape(plural("pay.points.held", held)))
            return draft
        # Another "most" is another field: what was typed for a larger payment may be too much for this one.
        used = st.number_input(
            text("pay.points.how_many"),
            min_value=1,
            max_value=most,
            value=most,
            step=1,
            key=draft.key(f"points.{most}"),
        )
        st.caption(md_escape(_worth_said(draft, int(used or 0), worth, held)))
    return dataclasses.replace(draft, points=int(used or 0))


def _worth_said(draft: Draft, used: int, worth: int, held: int) -> str:
    parts: Sequence[str] = (
        text("pay.points.saves", amount=draft.money(used * worth)),
        plural("pay.points.left", held - used),
    )
    return " · ".join(parts)
