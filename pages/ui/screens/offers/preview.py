"""The coupon that is being typed, as members will see it, and a worked example."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import streamlit as st

from data.merchants import Coupon
from data.money import Money, exponent
from pages.ui import format  # noqa: A004 - our word for it, always used with its dot
from pages.ui.i18n import text
from pages.ui.screens.offers.publisher import Publisher
from pages.ui.screens.offers.typed import Draft, Fault, examples
from pages.ui.screens.points.taking import ticket_of
from pages.ui.screens.points.ticket import draw
from pages.ui.screens.points.window import Days


def preview(publisher: Publisher, draft: Draft, days: Days) -> None:
    """The coupon, or what is still to fill in; below it what purchases of some amounts come to."""
    st.caption(text("offers.preview"))
    coupon = draft.coupon
    with st.container(border=True, key=f"{publisher.key}.preview"):
        if coupon is None:
            _unfinished(draft.faults)
            return
        place = (
            publisher.merchant.name if publisher.merchant else publisher.shops.get(coupon.merchant or UUID(int=0), "")
        )
        draw(ticket_of(coupon, place, days))
    _examples(publisher, coupon)


def _unfinished(faults: Sequence[Fault]) -> None:
    st.markdown(f":gray[{text('offers.preview.unfinished')}]")
    for fault in faults:
        mark = ":gray[:material/edit:]" if fault.reason == "missing" else ":red[:material/error:]"
        st.markdown(f"{mark} {format.md_escape(fault_said(fault))}")


def _examples(publisher: Publisher, coupon: Coupon) -> None:
    said = [_example(coupon, gross, off) for gross, off in examples(coupon, 10 ** exponent(coupon.currency))]
    st.markdown("\n".join(f"- {format.md_escape(one)}" for one in said))
    st.caption(text("offers.example.house" if publisher.merchant is None else "offers.example.merchant"))
    st.caption(text("offers.preview.code", code=format.md_escape(coupon.code)))


def _example(coupon: Coupon, gross: int, off: int) -> str:
    def money(minor: int) -> str:
        return format.money(Money(minor, coupon.currency))

    if not off:
        return text("offers.example.not", gross=money(gross))
    return text("offers.example.row", gross=money(gross), off=money(off), pays=money(gross - off))


def fault_said(fault: Fault) -> str:
    """What is wrong with a field, in words."""
    return text(f"offers.fault.{fault.reason}", field=text(f"offers.form.{fault.field}"))
