"""The tray of refunds without a purchase: the likeliest purchases with what speaks for each, one press links."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from datetime import date
from typing import Final
from uuid import UUID

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from analytics.refund_offers import Offer
from analytics.refund_tray import SIZE, Tied, Waiting, count, page, tied
from analytics.refunds import Candidate, Sought, purchases_for
from analytics.scope import Scope
from data import bookkeeping
from data.bookkeeping import LinkRefund, SetRefundAside, UnlinkRefund
from data.ids import EntryId
from data.money import Money
from data.period import month_of
from pages.ui import format, session  # noqa: A004 - our word for it, always used with its dot
from pages.ui.books import category_name
from pages.ui.context import User
from pages.ui.format import md_escape
from pages.ui.i18n import plural, text
from pages.ui.screens.settings.sending import send_from_callback
from pages.ui.screens.transactions.refunds import candidate_text
from pages.ui.widgets import Action, empty_state

_SEARCHED: Final = "refund_tray.search"  # the refund for which another purchase is searched


def tray(user: User, scope: Scope) -> None:
    """What waits, what was linked lately, what has no purchase here."""
    waiting, aside, latest = count(scope), count(scope, aside=True), tied(scope)
    if waiting:
        _waiting(user, scope, waiting)
    else:
        kind = "done" if aside or latest else "empty"
        empty_state(
            text(f"refund_tray.{kind}"), text(f"refund_tray.{kind}.body"), key="refund_tray.empty",
            icon=":material/assignment_return:",
            actions=[] if aside or latest else [Action(text("nav.import"), page="import", primary=True)],
        )  # fmt: skip
    if latest:
        _section("linked", len(latest))
        for link in latest:
            _tied(user, link)
    if aside:
        _section("aside", aside)
        for one in page(scope, _number("aside", aside), aside=True):
            _set_aside(user, one)


def _section(name: str, n: int) -> None:
    st.subheader(md_escape(text(f"refund_tray.{name}")), anchor=False)
    st.caption(md_escape(plural(f"refund_tray.{name}.count", n)))


def _number(name: str, n: int) -> int:
    """The page that is looked at."""
    pages = -(-n // SIZE)
    return int(st.pagination(pages, key=f"refund_tray.{name}.page")) if pages > 1 else 1


def _waiting(user: User, scope: Scope, n: int) -> None:
    _section("waiting", n)
    number = _number("waiting", n)
    for one in page(scope, number):
        _refund(user, scope, one)


def _refund(user: User, scope: Scope, one: Waiting) -> None:
    with st.container(border=True, key=f"refund_tray.{one.entry}"):
        _head(scope, one)
        if not one.offers:
            st.caption(md_escape(text("refund_tray.no_offer")))
        for place, offer in enumerate(one.offers):
            _offer(user, scope, one, offer, likeliest=place == 0)
        searched = session.recall(_SEARCHED, "") == str(one.entry)
        with st.container(horizontal=True):
            st.button(
                text("refund_tray.none_of_these" if one.offers else "refund_tray.no_purchase"),
                key=f"refund_tray.none.{one.entry}",
                icon=":material/do_not_disturb_on:",
                on_click=_put_aside,
                args=(user, one.entry, True),
            )
            st.button(
                text("refund_tray.search.close" if searched else "refund_tray.search"),
                key=f"refund_tray.search.{one.entry}",
                icon=":material/close:" if searched else ":material/search:",
                type="tertiary",
                on_click=session.keep,
                args=(_SEARCHED, "" if searched else str(one.entry)),
            )
        if searched:
            _search(user, scope, one)


def _head(scope: Scope, one: Waiting) -> None:
    now = text("refund_tray.now", category=category_name(scope, one.category), month=_month(scope, one.booked_on))
    with st.container(gap=None):
        with st.container(horizontal=True, horizontal_alignment="distribute"):
            st.markdown(f"**{md_escape(_name(one.payee, one.description))}**", width="content")
            st.markdown(f"**{md_escape(_money(one.amount, one.currency, signed=True))}**", width="content")
        told = [format.iso(one.booked_on), one.account, one.description if one.payee else ""]
        st.caption(md_escape(" · ".join(part for part in told if part)))
        st.caption(md_escape(now))


def _offer(user: User, scope: Scope, one: Waiting, offer: Offer, *, likeliest: bool) -> None:
    with st.container(
        border=True, horizontal=True, vertical_alignment="center", horizontal_alignment="distribute",
        key=f"refund_tray.offer.{one.entry}.{offer.entry}",
    ):  # fmt: skip
        with st.container(gap=None, width="stretch"):
            paid = _money(offer.paid, one.currency)
            st.markdown(md_escape(f"{format.iso(offer.booked_on)} · {_name(offer.payee, offer.description)} · {paid}"))
            st.caption(md_escape(" · ".join(said(offer, one.currency))))
            st.caption(f":material/trending_down: {md_escape(effect(scope, one, offer))}")
        _link_button(user, one, offer.entry, "refund_tray.link", effect(scope, one, offer), primary=likeliest)


def _link_button(user: User, one: Waiting, original: UUID, label: str, done: str, *, primary: bool) -> None:
    st.button(
        text(label),
        key=f"{label}.{one.entry}.{original}",
        icon=":material/link:",
        type="primary" if primary else "secondary",
        on_click=_link,
        args=(user, one.entry, original, done),
    )


def said(offer: Offer, currency: str) -> list[str]:
    """What spoke for the purchase and against it, a few words each."""
    return [_words(code, value, currency, offer) for code, value in offer.evidence]


def _words(code: str, value: str, currency: str, offer: Offer) -> str:
    if code == "days":
        return plural("refund_tray.evidence.days", int(value)) if int(value) else text("refund_tray.evidence.same_day")
    if code == "part":
        return text("refund_tray.evidence.part", rest=_money(int(value), currency))
    return text(f"refund_tray.evidence.{code}", account=offer.account)


def effect(scope: Scope, one: Waiting, offer: Offer) -> str:
    """Which category's spending of which month the link lowers."""
    amount = _money(one.amount, one.currency)
    month = _month(scope, offer.booked_on if scope.refunds_in_purchase_month else one.booked_on)
    if offer.excluded:
        return text("refund_tray.effect.excluded")
    if len(offer.categories) > 1:
        return plural("refund_tray.effect.split", len(offer.categories), amount=amount, month=month)
    return text("refund_tray.effect", amount=amount, month=month, category=category_name(scope, offer.categories[0]))


def _search(user: User, scope: Scope, one: Waiting) -> None:
    words = st.text_input(
        text("transactions.refunds.search"),
        key=f"refund_tray.words.{one.entry}",
        icon=":material/search:",
        placeholder=text("transactions.refunds.search"),
        label_visibility="collapsed",
    )
    sought = Sought(one.entry, one.booked_on, one.payee_key, one.amount, one.currency, words or "")
    found = purchases_for(scope, sought)
    if not found:
        st.caption(text("transactions.refunds.no_purchase"))
        return
    chosen = _choose(one.entry, found)
    done = text("refund_tray.linked.done", amount=_money(one.amount, one.currency))
    _link_button(user, one, chosen.entry, "refund_tray.link.chosen", done, primary=True)


def _choose(refund: UUID, found: Sequence[Candidate]) -> Candidate:
    names = {str(one.entry): candidate_text(one) for one in found}
    chosen = st.selectbox(
        text("transactions.refunds.suggested"),
        list(names),
        key=f"refund_tray.chosen.{refund}",
        format_func=lambda code: names.get(code, ""),
        label_visibility="collapsed",
    )
    return next((one for one in found if str(one.entry) == chosen), found[0])


def _tied(user: User, link: Tied) -> None:
    with _row(f"refund_tray.tied.{link.refund}"):
        with st.container(gap=None, width="stretch"):
            amount, paid = _money(link.amount, link.currency, signed=True), _money(link.paid, link.currency)
            st.markdown(md_escape(f"{format.iso(link.booked_on)} · {link.payee or format.NONE} · {amount}"))
            of = text(
                "refund_tray.of", on=format.iso(link.bought_on), payee=link.bought_from or format.NONE, amount=paid
            )
            st.caption(md_escape(" · ".join([of, text("refund_tray.by_import")] if link.by_import else [of])))
        st.button(
            text("refund_tray.unlink"),
            key=f"refund_tray.unlink.{link.refund}",
            icon=":material/link_off:",
            on_click=_unlink,
            args=(user, link.refund),
        )


def _set_aside(user: User, one: Waiting) -> None:
    with _row(f"refund_tray.aside.{one.entry}"):
        amount = _money(one.amount, one.currency, signed=True)
        line = f"{format.iso(one.booked_on)} · {_name(one.payee, one.description)} · {amount}"
        st.markdown(md_escape(line), width="stretch")
        st.button(
            text("refund_tray.back"),
            key=f"refund_tray.back.{one.entry}",
            icon=":material/undo:",
            on_click=_put_aside,
            args=(user, one.entry, False),
        )


def _row(key: str) -> DeltaGenerator:
    return st.container(
        border=True, horizontal=True, vertical_alignment="center", horizontal_alignment="distribute", key=key
    )


def _name(payee: str, description: str) -> str:
    return payee or description or format.NONE


def _money(minor: int, currency: str, *, signed: bool = False) -> str:
    return format.money(Money(minor, currency), signed=signed)


def _month(scope: Scope, day: date) -> str:
    return format.month(month_of(day, scope.start_day).start)


def _link(user: User, refund: UUID, original: UUID, done: str) -> None:
    command = functools.partial(
        LinkRefund, user.owner, actor=user.owner, refund=EntryId(refund), original=EntryId(original)
    )
    _send(refund, lambda request: bookkeeping.link_refund(user.database, command(request_id=request)), done)
    session.forget(_SEARCHED)


def _unlink(user: User, refund: UUID) -> None:
    command = functools.partial(UnlinkRefund, user.owner, actor=user.owner, refund=EntryId(refund))
    done = text("refund_tray.unlinked.done")
    _send(refund, lambda request: bookkeeping.unlink_refund(user.database, command(request_id=request)), done)


def _put_aside(user: User, refund: UUID, aside: bool) -> None:  # noqa: FBT001 - a callback's argument
    command = functools.partial(SetRefundAside, user.owner, actor=user.owner, refund=EntryId(refund), aside=aside)
    done = text("refund_tray.aside.done" if aside else "refund_tray.back.done")
    _send(refund, lambda request: bookkeeping.set_refund_aside(user.database, command(request_id=request)), done)


def _send(refund: UUID, do: Callable[[str], None], done: str) -> None:
    send_from_callback(f"refund_tray.{refund}", do, lambda _: done)
