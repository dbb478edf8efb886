"""What it comes to, before anything is done: the total, what it earns, what limits and budgets say, the button."""

from __future__ import annotations

import hashlib
from typing import Final

import streamlit as st

from analytics.budget_effect import Effect, effects
from analytics.budgets import Status
from analytics.scope import Scope
from data import wallet
from data.assurance import StepUpRequired
from data.errors import Rejection
from data.ledger.wallet.refusals import AccountFrozen, InsufficientFunds, LimitExceeded, WalletNotOpened
from data.wallet import Quote, Standing
from pages.ui import charts, links, session, step_up
from pages.ui.books import category_name
from pages.ui.context import User
from pages.ui.downloads import STATUS_SHOWN
from pages.ui.format import md_escape
from pages.ui.i18n import plural, rejection_parts, text
from pages.ui.limit_bar import limit_bar
from pages.ui.screens.budgets import name_of
from pages.ui.screens.pay import asked, opening, reductions
from pages.ui.screens.pay.draft import Draft
from pages.ui.screens.pay.slip import Line, headline, slip
from pages.ui.widgets import rejection_panel

_PRESSED: Final = "pay.pressed"


def waiting(draft: Draft) -> None:
    """The place of the total while no amount was said."""
    with st.container(border=True, key="pay-total"):
        headline(text("pay.total"), draft.money(0))
        _button(draft, text("pay.confirm.empty"), ready=False)


def unpayable(user: User, draft: Draft, no: Rejection) -> None:
    """In the place of the total: why nothing can be reckoned."""
    with st.container(border=True, key="pay-total"):
        _refused(user, draft, no)


def total(user: User, scope: Scope, draft: Draft, priced: Quote) -> None:
    """The total with everything that is worth knowing, and the button that pays it."""
    with st.container(border=True, key="pay-total"):
        headline(text("pay.total"), draft.money(priced.cash))
        slip(_bill(scope, draft, priced))
        if priced.no is not None:
            _refused(user, draft, priced.no)
        _budgets(scope, draft, priced)
        pressed = _button(draft, text("pay.confirm", amount=draft.money(priced.cash)), ready=priced.no is None)
        _limits(draft, priced.standing)
        if pressed or (priced.no is None and _comes_back(user, draft)):
            _send(user, draft)


def _bill(scope: Scope, draft: Draft, priced: Quote) -> list[Line]:
    """The lines of the payment, coupon by coupon."""
    off = [Line(one.claim.coupon.name, draft.money(-one.off_minor), "saved") for one in priced.applied]
    if priced.points:
        off.append(Line(plural("pay.line.points", priced.points), draft.money(-priced.points_minor), "saved"))
    whole = [Line(text("pay.line.gross"), draft.money(priced.gross))] if off else []
    earned = [Line(text("pay.line.earns"), plural("pay.points.count", priced.earns), "quiet")] if priced.earns else []
    filed = Line(text("pay.line.filed"), category_name(scope, priced.category), "quiet")
    return [*whole, *off, *earned, filed]


def _refused(user: User, draft: Draft, no: Rejection) -> None:
    said, _kept, *todo = rejection_parts(no)
    st.error("\n\n".join(map(md_escape, [said, *todo])), title=text("pay.no"), icon=":material/block:")
    if isinstance(no, WalletNotOpened):
        opening.open_button(user, draft.currency)
    elif isinstance(no, InsufficientFunds):
        links.link("wallet", text("pay.top_up"), icon=":material/add_card:")
    elif isinstance(no, (AccountFrozen, LimitExceeded)):
        links.link("wallet", text("pay.to_wallet"))


def _limits(draft: Draft, standing: Standing | None) -> None:
    """What the person's own limits leave, where there are any."""
    if standing is None:
        return
    per_payment, per_day, per_month = standing.limits
    lines = []
    if per_payment is not None:
        lines.append(Line(text("pay.limit.payment"), draft.money(per_payment), "quiet"))
    if per_day is not None:
        lines.append(Line(text("pay.limit.day"), _left(draft, standing.left_today, per_day), "quiet"))
    if per_month is not None:
        lines.append(Line(text("pay.limit.month"), _left(draft, standing.left_this_month, per_month), "quiet"))
    if lines:
        slip(lines)


def _left(draft: Draft, left: int | None, limit: int) -> str:
    return text("pay.limit.left", left=draft.money(left or 0), limit=draft.money(limit))


def _budgets(scope: Scope, draft: Draft, priced: Quote) -> None:
    """The limits of the month that this payment would bring near, to or beyond their end."""
    found = effects(scope, priced.category, draft.currency, priced.cash)
    if not found:
        return
    look = charts.look(draft.currency)
    with st.container(border=True, gap="small", key="pay-budgets"):
        for one in found:
            over = one.after.status is Status.OVER
            icon = ":red[:material/error:]" if over else ":orange[:material/warning:]"
            st.markdown(f"{icon} {md_escape(_effect_said(scope, draft, one))}")
            row = charts.LimitRow(
                one.after.category,
                text("pay.budget.after"),
                one.after.spending,
                one.after.whole,
                STATUS_SHOWN[one.after.status],
            )
            limit_bar(look, row)
        links.link("budgets", text("pay.budget.see"))


def _effect_said(scope: Scope, draft: Draft, one: Effect) -> str:
    name, after = name_of(scope, one.after.category), one.after
    if one.before.overrun:
        facts = {"before": draft.money(one.before.overrun), "amount": draft.money(after.overrun)}
        return text("pay.budget.further", name=name, **facts)
    if after.overrun:
        return text("pay.budget.over", name=name, amount=draft.money(after.overrun))
    if after.status is Status.REACHED:
        return text("pay.budget.reached", name=name)
    return text("pay.budget.near", name=name, amount=draft.money(after.available))


def _button(draft: Draft, label: str, *, ready: bool) -> bool:
    """The button belongs to what stands above it: a click meant for another total never reaches this one."""
    with st.container(key="pay-confirm"):
        return st.button(
            md_escape(label),
            key=_button_key(draft),
            type="primary",
            icon=":material/lock:",
            width="stretch",
            disabled=not ready,
        )


def _button_key(draft: Draft) -> str:
    shown = (draft.amount, draft.card, draft.points, draft.claims)
    return f"pay.confirm.{draft.request}.{hashlib.sha256(repr(shown).encode()).hexdigest()[:12]}"


def _confirm_first(draft: Draft, no: StepUpRequired) -> None:
    """Send the person to confirm this very payment, with all that was chosen; coming back is as good as the press."""
    session.keep(_PRESSED, _button_key(draft))
    filled = [name for name in session.names_with(draft.request) if not name.startswith("pay.confirm.")]
    step_up.lead(no, kept=(_PRESSED, reductions.PICKED), widgets=filled)


def _comes_back(user: User, draft: Draft) -> bool:
    """Whether the button was pressed, for exactly this total, before the person went to confirm, and they did."""
    pressed = session.recall(_PRESSED, "")
    session.forget(_PRESSED)
    return pressed == _button_key(draft) and step_up.is_confirmed(user.owner, user.session)


def _send(user: User, draft: Draft) -> None:
    """Pay. Whatever comes of it, the next run asks what became of this request and shows that."""
    asked.sending(draft.amount or 0)
    try:
        with st.spinner(text("pay.sending")):
            wallet.pay(user.running, draft.command(), user.assurance)
    except StepUpRequired as no:
        _confirm_first(draft, no)
        return
    except Rejection as no:
        if wallet.outcome(user.database, user.owner, draft.request) is None:
            rejection_panel(no)  # it was not even taken up: the same form may be sent again
            return
    st.rerun()
