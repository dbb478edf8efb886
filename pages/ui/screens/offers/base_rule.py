"""The house's base rule: how points are earned, how long they live, what they pay."""

from __future__ import annotations

import dataclasses
from decimal import Decimal
from typing import Final

import streamlit as st

from data import rewards
from data.errors import Rejection
from data.money import Money, parse_amount
from data.rewards import BASE_CODE, ISSUER, EarnRule, SetEarnRule
from pages.ui import format, session  # noqa: A004 - our word for it, always used with its dot
from pages.ui.context import User
from pages.ui.i18n import text
from pages.ui.screens.offers.preview import fault_said
from pages.ui.screens.offers.typed import Fault, count_of, number
from pages.ui.screens.points.coupon_words import short
from pages.ui.screens.points.earning_words import base_sentences, rate_of
from pages.ui.screens.settings.sending import send
from pages.ui.widgets import card

_UNIT: Final = 100  # minor units that the rate is stated for
_ONE: Final = 10_000  # basis points
_RATE_MOST: Final = 1_000
_TURN: Final = "house_offers.base.turn"


@dataclasses.dataclass(frozen=True, slots=True)
class TypedRule:
    """The fields as they stand; of the caps and the days "" is without limit."""

    rate: str
    days: str
    worth: str
    share: str
    per_payment: str
    per_day: str


def typed_of(rule: EarnRule, currency: str) -> TypedRule:
    """A rule as the form shows it."""
    return TypedRule(
        rate=f"{rate_of(rule):f}",
        days="" if rule.valid_days is None else str(rule.valid_days),
        worth=Money(rule.redeem_minor_per_point, currency).plain(),
        share=f"{Decimal(rule.redeem_cap_bp).scaleb(-2).normalize():f}",
        per_payment="" if rule.cap_per_payment is None else str(rule.cap_per_payment),
        per_day="" if rule.cap_per_day is None else str(rule.cap_per_day),
    )


def rule_of(typed: TypedRule, currency: str) -> tuple[EarnRule | None, list[Fault]]:
    """The rule that the form means, or what is wrong with it.

    A rate with decimals is kept as one point a unit and its multiplier, so that it is floored once.
    """
    faults: list[Fault] = []
    rate, share, worth = number(typed.rate), number(typed.share), _worth(typed.worth, currency)
    if rate is None or not 0 <= rate <= _RATE_MOST or rate * _ONE != (rate * _ONE).to_integral_value():
        faults.append(Fault("points_rate", "unreadable"))
    if share is None or not 0 <= share <= 100 or share * 100 != (share * 100).to_integral_value():  # noqa: PLR2004 - per cent
        faults.append(Fault("redeem_share", "unreadable"))
    if worth is None:
        faults.append(Fault("redeem_worth", "not_positive"))
    counts = {}
    for field in ("days", "per_payment", "per_day"):
        said = getattr(typed, field)
        counts[field] = count_of(said) if said.strip() else None
        if said.strip() and counts[field] is None:
            faults.append(Fault(field, "unreadable"))
    if faults or rate is None or share is None or worth is None:
        return None, faults
    whole = rate == rate.to_integral_value()
    rule = EarnRule(
        code=BASE_CODE,
        points_per_unit=int(rate) if whole else 1,
        multiplier_bp=_ONE if whole else int(rate * _ONE),
        cap_per_payment=counts["per_payment"],
        cap_per_day=counts["per_day"],
        valid_days=counts["days"],
        redeem_minor_per_point=worth,
        redeem_cap_bp=int(share * 100),
        currency=currency,
    )
    return rule, []


def _worth(typed: str, currency: str) -> int | None:
    try:
        minor = parse_amount(typed, currency).minor
    except Rejection:
        return None
    return minor if minor > 0 else None


def base_rule(user: User, rule: EarnRule, currency: str) -> None:
    """The card in which the rule is changed; payments and refunds made before keep the rule they were made under."""
    key = f"house_offers.base.{session.recall(_TURN, 0)}"
    body, _ = card(text("offers.base"), key="house_offers.base")
    with body:
        left, right = st.columns([3, 2], gap="large")
        with left:
            typed = _fields(typed_of(rule, currency), key, currency)
        wanted, faults = rule_of(typed, currency)
        with right:
            _said(wanted, faults, currency)
        if st.button(text("action.save"), key=f"{key}.save", type="primary"):
            _save(user, wanted, faults, key)


def _fields(now: TypedRule, key: str, currency: str) -> TypedRule:
    amount = short(_UNIT, currency)
    no_limit = text("offers.form.unlimited")
    left, right = st.columns(2)
    with left:
        rate = st.text_input(text("offers.base.rate", amount=amount), now.rate, key=f"{key}.rate")
        worth = st.text_input(text("offers.form.redeem_worth"), now.worth, key=f"{key}.worth")
        per_payment = st.text_input(
            text("offers.form.per_payment"), now.per_payment, key=f"{key}.per_payment", placeholder=no_limit
        )
    with right:
        days = st.text_input(
            text("offers.form.days"), now.days, key=f"{key}.days", placeholder=text("points.rule.for_ever")
        )
        share = st.text_input(text("offers.form.redeem_share"), now.share, key=f"{key}.share")
        per_day = st.text_input(text("offers.form.per_day"), now.per_day, key=f"{key}.per_day", placeholder=no_limit)
    return TypedRule(rate, days, worth, share, per_payment, per_day)


def _said(wanted: EarnRule | None, faults: list[Fault], currency: str) -> None:
    st.caption(text("offers.base.preview"))
    with st.container(border=True, key="house_offers.base.preview"):
        for fault in faults:
            st.markdown(f":red[:material/error:] {format.md_escape(fault_said(fault))}")
        if wanted is not None:
            st.markdown("\n".join(f"- {format.md_escape(said)}" for said in base_sentences(wanted, currency)))
    st.caption(text("offers.base.note"))


def _save(user: User, wanted: EarnRule | None, faults: list[Fault], key: str) -> None:
    if wanted is None:
        for fault in faults:
            st.error(format.md_escape(fault_said(fault)), icon=":material/error:")
        return
    if send(key, lambda request: _set(user, request, wanted), lambda _none: text("message.saved")):
        session.keep(_TURN, session.recall(_TURN, 0) + 1)
        st.rerun()


def _set(user: User, request: str, rule: EarnRule) -> None:
    rewards.set_rule(user.database, SetEarnRule(owner=ISSUER, request_id=request, actor=user.owner, rule=rule))
