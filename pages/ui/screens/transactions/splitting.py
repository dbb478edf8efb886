"""Parting one transaction over several categories, with what is still to be given away."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Sequence

import streamlit as st

from analytics.scope import Scope
from data import bookkeeping
from data.bookkeeping import Split, Unsplit
from data.errors import Rejection
from data.ledger.changes import FEWEST_PARTS, MOST_PARTS
from data.money import Money, parse_amount
from data.transaction import Detail
from pages.ui import format, session  # noqa: A004 - our word for it, always used with its dot
from pages.ui.context import User
from pages.ui.i18n import plural, text
from pages.ui.screens.transactions import state
from pages.ui.screens.transactions.edits import carried_out
from pages.ui.screens.transactions.fields import category_choices, sides


@dataclasses.dataclass(frozen=True, slots=True)
class Draft:
    """Parts as they are typed; amount None: nothing was typed, or it is no amount."""

    whole: Money
    parts: tuple[tuple[str | None, Money | None], ...]

    @property
    def rest(self) -> Money:
        """What is still to be given away; negative when too much was."""
        given = sum(amount.minor for _, amount in self.parts if amount is not None)
        return Money(self.whole.minor - given, self.whole.currency)

    @property
    def complete(self) -> bool:
        """Whether every part has its category and amount, and nothing is left."""
        return not self.rest and all(category and amount is not None for category, amount in self.parts)


def amount_of(said: str, currency: str) -> Money | None:
    """The amount that was typed, None when it cannot be read."""
    try:
        return parse_amount(said, currency)
    except Rejection:
        return None


def splitting(user: User, scope: Scope, one: Detail) -> None:
    """The editor of parts; closed until wanted, unless the transaction is parted already."""
    wanted = sides([one.kind])
    if not wanted:
        return
    with st.expander(text("transactions.split.title"), icon=":material/call_split:", expanded=one.split):
        if one.original is not None:
            st.caption(text("transactions.split.follows"))
            return
        _editor(user, one, category_choices(scope, wanted))


def _editor(user: User, one: Detail, options: dict[str, str]) -> None:
    whole = abs(Money(sum(part.amount.minor for part in one.parts), one.parts[0].amount.currency))
    key = f"split.{one.entry}.{len(one.history)}"
    count = session.recall(key, max(FEWEST_PARTS, len(one.parts)))
    draft = Draft(whole, tuple(_part(one, options, key, number) for number in range(count)))
    _rest(draft)
    with st.container(horizontal=True, gap="small"):
        if st.button(
            text("transactions.split.add"), key=f"{key}.add", icon=":material/add:", disabled=count >= MOST_PARTS
        ):
            session.keep(key, count + 1)
            st.rerun()
        if count > FEWEST_PARTS and st.button(
            text("transactions.split.fewer"), key=f"{key}.fewer", icon=":material/remove:"
        ):
            session.keep(key, count - 1)
            st.rerun()
        if st.button(text("action.save"), key=f"{key}.save", type="primary", disabled=not draft.complete):
            _split(user, one, draft.parts)
        if one.split and st.button(text("transactions.split.undo"), key=f"{key}.undo", icon=":material/merge:"):
            _unsplit(user, one)


def _part(one: Detail, options: dict[str, str], key: str, number: int) -> tuple[str | None, Money | None]:
    """One line of the editor: the part as it is kept, else the first is the whole in its category."""
    kept = one.parts[number] if number < len(one.parts) else None
    currency = one.parts[0].amount.currency
    listed = list(options)
    parted = len(one.parts) > 1
    left, right = st.columns([3, 2], vertical_alignment="bottom")
    category = left.selectbox(
        text("transactions.split.part", n=number + 1),
        listed,
        index=listed.index(kept.category) if kept and kept.category in options else None,
        key=f"{key}.{number}.category",
        format_func=lambda code: options.get(code, code),
        placeholder=text("common.choose"),
        label_visibility="collapsed",
    )
    said = right.text_input(
        text("column.amount"),
        abs(kept.amount).plain() if kept and parted else "",
        key=f"{key}.{number}.amount",
        placeholder=text("column.amount"),
        label_visibility="collapsed",
    )
    return category, amount_of(said or "", currency) if said else None


def _rest(draft: Draft) -> None:
    whole, rest = format.money(draft.whole), draft.rest
    if not rest:
        st.caption(f":material/check: {format.md_escape(text('transactions.split.even', amount=whole))}")
    else:
        key = "transactions.split.left" if rest.minor > 0 else "transactions.split.over"
        st.caption(format.md_escape(text(key, rest=format.money(abs(rest)), amount=whole)))


def _split(user: User, one: Detail, parts: Sequence[tuple[str | None, Money | None]]) -> None:
    listed = tuple((category, amount.minor) for category, amount in parts if category and amount is not None)
    command = functools.partial(Split, user.owner, actor=user.owner, entry=one.entry, parts=listed)
    form = f"transactions.split.{one.entry}"
    if carried_out(form, lambda request: bookkeeping.split(user.database, command(request_id=request))):
        _told(plural("transactions.split.done", len(listed)))


def _unsplit(user: User, one: Detail) -> None:
    command = functools.partial(Unsplit, user.owner, actor=user.owner, entry=one.entry)
    form = f"transactions.unsplit.{one.entry}"
    if carried_out(form, lambda request: bookkeeping.unsplit(user.database, command(request_id=request))):
        _told(text("transactions.split.undone"))


def _told(said: str) -> None:
    session.flash(said)
    state.remember(None)
    state.untick()
    st.rerun()
