"""One payment seen whole: what was paid, what happened since, what comes back, and asking for more of it."""

from __future__ import annotations

from uuid import UUID

import streamlit as st

from analytics import payments as questions
from analytics.payments import Payment, Used
from analytics.refund_list import Refund, of_payment
from analytics.scope import Scope
from pages.ui import format, links, session  # noqa: A004 - our word for it, always used with its dot
from pages.ui.books import category_icon, category_name
from pages.ui.context import User
from pages.ui.i18n import plural, text
from pages.ui.screens.refunds import actions, asking, evidence, history, words
from pages.ui.screens.refunds.listing import open_payment
from pages.ui.screens.refunds.pieces import Row, rows, timeline
from pages.ui.widgets import Action, card, empty_state, notice, page_header


def detail(user: User, scope: Scope, named: str) -> None:
    """The page while the address names a payment (`?payment=`)."""
    payment = _found(scope, named)
    if payment is None:
        page_header(text("refunds.title"), text("refunds.subtitle"))
        empty_state(
            text("refunds.unknown"),
            text("refunds.unknown.body"),
            key="refunds.unknown",
            icon=":material/search_off:",
            actions=[Action(text("refunds.back"), on_click=_back, icon=":material/arrow_back:", primary=True)],
        )
        return
    found = of_payment(scope, payment.id)
    st.button(text("refunds.back"), key="refunds.back", icon=":material/arrow_back:", type="tertiary", on_click=_back)
    page_header(payment.shop.name, _subtitle(user, payment))
    _standing(scope, payment, found)
    left, right = st.columns([3, 2])
    with left:
        _history(user, scope, payment, found)
    with right:
        asking.form(user, payment)
        _facts(user, scope, payment)
        _shop(payment)
    actions.dialogs(user, payment, found)
    evidence.dialog_of(user)


def _found(scope: Scope, named: str) -> Payment | None:
    try:
        return questions.one(scope, UUID(named))
    except ValueError:
        return None


def _back() -> None:
    open_payment(None)


def _subtitle(user: User, payment: Payment) -> str:
    paid = format.moment(words.local(payment.occurred_at, user.preferences.zone))
    return f"{paid} · {words.paid_with(payment)}"


def _standing(scope: Scope, payment: Payment, found: tuple[Refund, ...]) -> None:
    """What needs the person, on top: a card that did not take a refund, and what is overdue."""
    stuck = sum(one.stuck for one in found)
    if stuck:
        notice(plural("refunds.stuck.title", stuck), text("refunds.stuck.body"), tone="warning")
    late = [one for one in found if one.overdue(scope.today) and not one.stuck]
    if late:
        body = text("refunds.late.short" if any(one.short for one in late) else "refunds.late.body")
        notice(plural("refunds.late.title", len(late)), body, tone="warning")
    if payment.state == "manual":
        notice(text("refunds.manual.title"), text("refunds.manual.body"))


def _history(user: User, scope: Scope, payment: Payment, found: tuple[Refund, ...]) -> None:
    body, corner = card(text("refunds.history"), key="refunds.history", stretch=False)
    with corner:
        if payment.paid:
            links.link("transactions", text("refunds.entry"), entry=str(payment.id))
    with body:
        timeline(history.of_payment(user, payment, questions.events(scope, payment.id)))
        if payment.paid and not found:
            st.caption(text("refunds.history.none"))
    for number, one in enumerate(found, 1):
        _refund(user, scope, payment, one, number, len(found))


def _refund(user: User, scope: Scope, payment: Payment, one: Refund, number: int, count: int) -> None:
    title = text("refunds.one.of", number=number) if count > 1 else text("refunds.one")
    body, corner = card(f"{title} {words.money(one.amount, one.currency)}", key=f"refunds.one.{one.id}", stretch=False)
    with corner:
        words.badge(one, scope.today)
    with body:
        timeline(history.of_refund(user, payment, one))
        actions.buttons(user, one)


def _facts(user: User, scope: Scope, payment: Payment) -> None:
    body, _ = card(text("refunds.facts"), key="refunds.facts", stretch=False)
    with body:
        used = questions.coupons(scope, payment.id)
        rows([*_amounts(payment, used), *(row for one in used for row in _became(one, user.preferences.zone))])
        st.badge(
            format.md_escape(category_name(scope, payment.category)),
            icon=category_icon(scope, payment.category),
            color="gray",
        )
        if payment.note:
            st.caption(format.md_escape(payment.note))
        st.caption(text("refunds.number"))
        st.code(str(payment.id), language=None, wrap_lines=True)


def _amounts(payment: Payment, used: tuple[Used, ...]) -> list[Row]:
    def amount(minor: int) -> str:
        return words.money(minor, payment.currency)

    pairs = [Row(text("refunds.gross"), amount(payment.gross))]
    if payment.coupon:
        named = "、".join(one.name for one in used) if session.language() == "zh" else ", ".join(o.name for o in used)
        label = text("refunds.coupon.named", name=named) if named else text("refunds.coupon")
        pairs.append(Row(label, f"{format.MINUS}{amount(payment.coupon)}"))
    if payment.points:
        label = text("refunds.points", points=words.points(payment.points))
        pairs.append(Row(label, f"{format.MINUS}{amount(payment.points_minor)}"))
    source = words.source_name(payment.source)
    pairs.append(Row(text("refunds.cash", source=source), amount(payment.cash), strong=True))
    if payment.earned and payment.paid:
        pairs.append(Row(text("refunds.earned"), words.points(payment.earned)))
    if payment.returned:
        pairs.append(Row(text("refunds.returned"), amount(payment.returned)))
    if payment.pending:
        pairs.append(Row(text("refunds.under_way"), amount(payment.pending)))
    if payment.paid:
        pairs.append(Row(text("refunds.rest"), amount(payment.rest), strong=True))
    return pairs


def _became(one: Used, zone: str) -> list[Row]:
    """What became of a coupon after the whole was given back."""
    if one.state == "returned":
        until = format.iso(words.local(one.until, zone).date()) if one.until else ""
        said = text("refunds.coupon.until", day=until) if until else text("refunds.coupon.returned")
        return [Row(one.name, said)]
    return [Row(one.name, text("refunds.coupon.lost"))] if one.state == "lost" else []


def _shop(payment: Payment) -> None:
    shop = payment.shop
    body, _ = card(text("refunds.shop"), key="refunds.shop", stretch=False)
    with body:
        place = " ".join(part for part in (shop.city, shop.address) if part)
        rows(
            [
                Row(text("refunds.shop.name"), shop.name),
                Row(text("refunds.shop.contact"), shop.contact or format.NONE),
                Row(text("refunds.shop.address"), place or format.NONE),
            ]
        )
        if not shop.contact:
            st.caption(text("refunds.shop.silent"))
