"""Publishing a coupon: the form at the left, at the right what becomes of it."""

from __future__ import annotations

import dataclasses
from datetime import date, timedelta
from typing import Any, Final
from uuid import UUID

import streamlit as st

from data.ids import new_id
from data.ledger.coupons import CODE_MOST, NAME_MOST
from data.merchants import CouponKind
from pages.ui import format, i18n, session  # noqa: A004 - our word for it, always used with its dot
from pages.ui.context import User
from pages.ui.i18n import text
from pages.ui.screens.offers.preview import fault_said, preview
from pages.ui.screens.offers.publisher import Publisher
from pages.ui.screens.offers.typed import PERCENT, TENTHS, Draft, Typed, draft_of
from pages.ui.screens.points import coupon_words as words
from pages.ui.screens.points.window import Days
from pages.ui.screens.settings.sending import send
from pages.ui.widgets import card

_RUNS_FOR: Final = timedelta(days=29)


def coupon_form(user: User, publisher: Publisher, days: Days) -> None:
    """The card with the form; what is published shows in the list at once, and the form is empty again."""
    key = f"{publisher.key}.coupon.{session.recall(f'{publisher.key}.turn', 0)}"
    body, _ = card(text("offers.publish"), key=f"{publisher.key}.publish")
    with body:
        left, right = st.columns([3, 2], gap="large")
        with left:
            typed, currency = _fields(publisher, key, days)
        made = session.once(f"{key}.id", new_id)
        coupon_id = made if isinstance(made, UUID) else new_id()
        draft = _named(draft_of(typed, coupon_id, currency, days, by_merchant=publisher.merchant is not None))
        with right:
            preview(publisher, draft, days)
        if st.button(text("offers.publish.do"), key=f"{key}.do", type="primary", icon=":material/campaign:"):
            _publish(user, publisher, draft, key)


def _named(draft: Draft) -> Draft:
    """A coupon without a name is called by what it gives."""
    if draft.coupon is None or draft.coupon.name:
        return draft
    return dataclasses.replace(draft, coupon=dataclasses.replace(draft.coupon, name=words.gives(draft.coupon)))


def _publish(user: User, publisher: Publisher, draft: Draft, key: str) -> None:
    coupon = draft.coupon
    if coupon is None:
        for fault in draft.faults:
            st.error(format.md_escape(fault_said(fault)), icon=":material/error:")
        return
    done = send(
        key,
        lambda request: publisher.publish(user, request, coupon),
        lambda _none: text("offers.published", name=coupon.name),
    )
    if done:
        session.keep(f"{publisher.key}.turn", session.recall(f"{publisher.key}.turn", 0) + 1)
        st.rerun()


def _fields(publisher: Publisher, key: str, days: Days) -> tuple[Typed, str]:
    names = {kind.value: text(f"offers.kind.{kind}") for kind in CouponKind}
    kind = st.segmented_control(
        text("offers.form.kind"),
        list(names),
        default=CouponKind.OFF_OVER.value,
        required=True,
        key=f"{key}.kind",
        format_func=lambda code: names.get(code, ""),
    )
    currency = _currency(publisher, key)
    amounts = _percent(key) if kind == CouponKind.PERCENT else _fixed(key, over=kind == CouponKind.OFF_OVER)
    name = st.text_input(
        text("offers.form.name"),
        key=f"{key}.name",
        max_chars=NAME_MOST,
        placeholder=text("offers.form.name.hint"),
    )
    begins, ends = window_fields(key, days)
    left, right = st.columns(2)
    with left:
        stock = st.text_input(text("offers.form.stock"), key=f"{key}.stock", placeholder=text("offers.form.unlimited"))
    with right:
        person = st.text_input(
            text("offers.form.per_member"), "1", key=f"{key}.person", placeholder=text("offers.form.unlimited")
        )
    typed = Typed(kind=kind or CouponKind.OFF_OVER, name=name, begins=begins, ends=ends, stock=stock, per_member=person)
    return dataclasses.replace(typed, **amounts, **_more(publisher, key)), currency


def _currency(publisher: Publisher, key: str) -> str:
    usual = publisher.currencies[0]
    if len(publisher.currencies) == 1:
        return usual
    return st.selectbox(text("common.currency"), publisher.currencies, key=f"{key}.currency", width=160) or usual


def _fixed(key: str, *, over: bool) -> dict[str, Any]:
    left, right = st.columns(2)
    with left:
        off = st.text_input(text("offers.form.off"), key=f"{key}.off", placeholder="5")
    with right:
        return {"off": off, "min_spend": _least(key, needed=over)}


def _least(key: str, *, needed: bool) -> str:
    hint = "30" if needed else text("points.coupon.any_amount")
    return st.text_input(text("offers.form.min_spend"), key=f"{key}.min", placeholder=hint)


def _percent(key: str) -> dict[str, Any]:
    ways = {TENTHS: text("offers.rate.tenths"), PERCENT: text("offers.rate.percent")}
    left, right = st.columns(2, vertical_alignment="bottom")
    with left:
        way = st.segmented_control(
            text("offers.form.rate_as"),
            list(ways),
            default=TENTHS if i18n.language() == "zh" else PERCENT,
            required=True,
            key=f"{key}.way",
            format_func=lambda code: ways.get(code, ""),
        )
    chosen = way or PERCENT
    with right:
        hint = "8.5" if chosen == TENTHS else "15"
        rate = st.text_input(text(f"offers.form.rate.{chosen}"), key=f"{key}.rate.{chosen}", placeholder=hint)
    left, right = st.columns(2)
    with left:
        least = _least(key, needed=False)
    with right:
        cap = st.text_input(text("offers.form.cap"), key=f"{key}.cap", placeholder=text("offers.form.no_cap"))
    return {"rate": rate, "rate_as": chosen, "min_spend": least, "cap": cap}


def window_fields(key: str, days: Days) -> tuple[date | None, date | None]:
    """First and last day; the last can be left open."""
    left, right = st.columns(2)
    with left:
        begins = st.date_input(text("offers.form.begins"), days.today, key=f"{key}.begins", format="YYYY-MM-DD")
    with right:
        ends = st.date_input(
            text("offers.form.ends"),
            days.today + _RUNS_FOR,
            key=f"{key}.ends",
            format="YYYY-MM-DD",
            disabled=bool(session.widget(f"{key}.open")),
        )
    endless = st.checkbox(text("offers.form.open"), key=f"{key}.open")
    first = begins if isinstance(begins, date) else None
    return first, None if endless or not isinstance(ends, date) else ends


def _more(publisher: Publisher, key: str) -> dict[str, Any]:
    with st.expander(text("offers.form.more"), key=f"{key}.more"):
        scoped = scope_fields(publisher, key)
        stackable = st.checkbox(
            text("offers.form.stackable"), key=f"{key}.stackable", help=text("offers.form.stackable.help")
        )
        code = st.text_input(
            text("offers.form.code"), key=f"{key}.code", max_chars=CODE_MOST, help=text("offers.form.code.help")
        )
    return {**scoped, "stackable": stackable, "code": code}


def scope_fields(publisher: Publisher, key: str) -> dict[str, Any]:
    """What an offer is narrowed to: a merchant (the house's only) and a category."""
    names = {"": text("common.all")} | {one: i18n.category(one) for one in publisher.categories}
    if publisher.merchant is not None:
        category = _choice(text("offers.form.category"), names, f"{key}.category")
        return {"merchant": publisher.merchant.id, "category": category}
    shops = {"": text("points.coupon.everywhere")} | {str(shop): name for shop, name in publisher.shops.items()}
    left, right = st.columns(2)
    with left:
        shop = _choice(text("offers.form.merchant"), shops, f"{key}.merchant")
    with right:
        category = _choice(text("offers.form.category"), names, f"{key}.category")
    return {"merchant": UUID(shop) if shop else None, "category": category}


def _choice(label: str, names: dict[str, str], key: str) -> str:
    return st.selectbox(label, list(names), key=key, format_func=lambda code: names.get(code, "")) or ""
