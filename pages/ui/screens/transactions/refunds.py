"""The refunds of a purchase and the purchase of a refund: what is linked, what could be, what is still refundable."""

from __future__ import annotations

import functools
from collections.abc import Sequence

import streamlit as st

from analytics.refunds import Candidate, Sought, of_wallet, purchases_for, refunds_for
from analytics.scope import Scope
from data import bookkeeping
from data.bookkeeping import LinkRefund, UnlinkRefund
from data.ids import EntryId
from data.ledger.entry import EntryKind
from data.money import Money
from data.transaction import Detail, Linked
from pages.ui import format, session  # noqa: A004 - our word for it, always used with its dot
from pages.ui.context import User
from pages.ui.dialogs import ask
from pages.ui.i18n import text
from pages.ui.screens.transactions import state
from pages.ui.screens.transactions.edits import carried_out
from pages.ui.screens.transactions.listing import DETAIL


def refunds(user: User, scope: Scope, one: Detail) -> None:
    """What belongs together, and what may."""
    if of_wallet(scope, one.entry):
        _of_payment(user, one)
    elif one.kind is EntryKind.REFUND and one.parts:
        _of_refund(user, scope, one)
    elif one.refundable is not None:
        _of_purchase(user, scope, one, one.refundable)
    else:
        st.caption(text("transactions.refunds.none"))


def _of_payment(user: User, one: Detail) -> None:
    """What the wallet knows to belong together: shown, and not to be changed."""
    if one.refundable is not None:
        _rest(one, one.refundable)
    for other in one.refunds if one.original is None else [one.original]:
        _linked(user, other)


def _of_refund(user: User, scope: Scope, one: Detail) -> None:
    if one.original is not None:
        st.markdown(f"**{text('transactions.refunds.original')}**")
        _linked(user, one.original, one.entry)
        return
    st.markdown(f"**{text('transactions.refunds.which')}**")
    st.caption(text("transactions.refunds.which.body"))
    sought = _sought(one, abs(sum(part.amount.minor for part in one.parts)))
    chosen = _choose(purchases_for(scope, sought), f"refunds.{one.entry}", "transactions.refunds.no_purchase")
    if chosen is not None and _link_button(one.entry):
        _link(user, one.entry, EntryId(chosen.entry))


def _of_purchase(user: User, scope: Scope, one: Detail, rest: Money) -> None:
    _rest(one, rest)
    for refund in one.refunds:
        _linked(user, refund, refund.entry)
    if rest.minor <= 0:
        return
    st.markdown(f"**{text('transactions.refunds.more')}**")
    chosen = _choose(
        refunds_for(scope, _sought(one, rest.minor)), f"refunds.{one.entry}", "transactions.refunds.no_refund"
    )
    if chosen is not None and _link_button(one.entry):
        _link(user, EntryId(chosen.entry), one.entry)


def _rest(one: Detail, rest: Money) -> None:
    paid = Money(rest.minor + sum(refund.amount.minor for refund in one.refunds), rest.currency)
    facts = text("transactions.refunds.rest", rest=format.money(rest), paid=format.money(paid))
    st.markdown(format.md_escape(facts))


def _sought(one: Detail, amount: int) -> Sought:
    said = st.text_input(
        text("transactions.refunds.search"),
        key=f"refunds.{one.entry}.search",
        icon=":material/search:",
        placeholder=text("transactions.refunds.search"),
        label_visibility="collapsed",
    )
    return Sought(one.entry, one.booked_on, one.payee_key, amount, one.parts[0].amount.currency, said or "")


def _choose(found: Sequence[Candidate], key: str, nothing: str) -> Candidate | None:
    if not found:
        st.caption(text(nothing))
        return None
    names = {str(one.entry): candidate_text(one) for one in found}
    chosen = st.selectbox(
        text("transactions.refunds.suggested"),
        list(names),
        key=key,
        format_func=lambda code: names.get(code, ""),
        label_visibility="collapsed",
    )
    return next((one for one in found if str(one.entry) == chosen), None)


def candidate_text(one: Candidate) -> str:
    """`2026-10-02 · 京东商城 · ¥299.00 · 同一商户`."""
    said = [format.iso(one.booked_on), one.payee, format.money(Money(one.amount, one.currency))]
    return " · ".join([*said, text("transactions.refunds.same_payee")] if one.same_payee else said)


def _linked(user: User, other: Linked, refund: EntryId | None = None) -> None:
    """The other end. refund: whose link may be taken back."""
    with st.container(border=True, horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        said = f"{format.iso(other.booked_on)} · {other.payee} · {format.money(other.amount)}"
        st.markdown(format.md_escape(said), width="content")
        with st.container(horizontal=True, width="content", gap="small"):
            if st.button(
                text("action.details"),
                key=f"refunds.open.{other.entry}",
                type="tertiary",
                on_click=ask,
                args=(DETAIL, str(other.entry)),
            ):
                st.rerun()
            if refund is not None and st.button(
                text("transactions.refunds.unlink"), key=f"refunds.unlink.{refund}", icon=":material/link_off:"
            ):
                _unlink(user, refund)


def _link_button(entry: EntryId) -> bool:
    return st.button(
        text("transactions.refunds.link"), key=f"refunds.link.{entry}", icon=":material/link:", type="primary"
    )


def _link(user: User, refund: EntryId, original: EntryId) -> None:
    command = functools.partial(LinkRefund, user.owner, actor=user.owner, refund=refund, original=original)
    form = f"transactions.link.{refund}"
    if carried_out(form, lambda request: bookkeeping.link_refund(user.database, command(request_id=request))):
        _told("transactions.refunds.linked")


def _unlink(user: User, refund: EntryId) -> None:
    command = functools.partial(UnlinkRefund, user.owner, actor=user.owner, refund=refund)
    form = f"transactions.unlink.{refund}"
    if carried_out(form, lambda request: bookkeeping.unlink_refund(user.database, command(request_id=request))):
        _told("transactions.refunds.unlinked")


def _told(key: str) -> None:
    session.flash(text(key))
    state.remember(None)
    st.rerun()
