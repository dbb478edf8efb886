"""One transaction seen whole, in a dialog: what it is, what can be said about it, and where it comes from."""

from __future__ import annotations

from uuid import UUID

import streamlit as st

from analytics.scope import Scope
from data import transaction
from data.errors import Rejection
from data.ids import EntryId
from data.ledger.entry import EntryKind
from data.money import Money
from data.transaction import Detail
from pages.ui import format, links, session  # noqa: A004 - our word for it, always used with its dot
from pages.ui.account_names import account_called
from pages.ui.books import category_icon, category_name
from pages.ui.context import User
from pages.ui.dialogs import dialog
from pages.ui.i18n import text
from pages.ui.screens.rows import described
from pages.ui.screens.transactions import correcting, describing, origin, refunds, splitting, suggesting
from pages.ui.screens.transactions.edits import after_edit
from pages.ui.screens.transactions.listing import DETAIL
from pages.ui.widgets import notice, rejection_panel

_SEEN = "transactions.linked"


def follow_link() -> None:
    """Open the transaction that the address names (`?entry=`), once; leave the address when it was closed again."""
    linked, opened = links.param("entry"), session.dialog()
    if linked and linked != session.recall(_SEEN, ""):
        session.keep(_SEEN, linked)
        session.open_dialog(DETAIL, linked)
    elif opened is None or opened[0] != DETAIL:
        links.set_param("entry", None)
        session.forget(_SEEN)


def draw(user: User, scope: Scope) -> None:
    """The dialog, while a transaction is open."""
    dialog(DETAIL, text("transactions.one"), lambda entry: _whole(user, scope, str(entry)), width="large")


def _whole(user: User, scope: Scope, name: str) -> None:
    try:
        one = transaction.detail(user.database, user.owner, EntryId(UUID(name)))
    except ValueError:
        notice(text("transactions.unknown"), tone="warning")
        return
    except Rejection as refusal:
        rejection_panel(refusal)
        return
    _head(scope, one, user.preferences.zone)
    after_edit(user, scope, key="transactions.detail.done")
    if one.reversed_by is not None or one.reverses is not None:
        notice(text("transactions.undone"), text("transactions.undone.body"))
    names = {code: text(f"transactions.tab.{code}") for code in ("say", "refunds", "entry", "source", "history")}
    tabs = dict(zip(names, st.tabs(list(names.values())), strict=True))
    with tabs["say"]:
        _said(user, scope, one)
    with tabs["refunds"]:
        refunds.refunds(user, scope, one)
    with tabs["entry"]:
        origin.ledger(scope, one)
    with tabs["source"]:
        origin.source(one)
    with tabs["history"]:
        origin.history(scope, one, user.preferences.zone)


def _said(user: User, scope: Scope, one: Detail) -> None:
    if not one.parts:
        st.caption(text("transactions.not_standing"))
        return
    suggesting.of_one(user, scope, one)
    describing.describing(user, scope, one)
    splitting.splitting(user, scope, one)
    correcting.correcting(user, scope, one)


def own_amount(one: Detail) -> Money | None:
    """What the transaction changed on the person's own account, signed; None when it does not stand."""
    if not one.parts:
        return None
    return Money(sum(part.amount.minor for part in one.parts), one.parts[0].amount.currency)


def _head(scope: Scope, one: Detail, zone: str) -> None:
    amount = own_amount(one)
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        with st.container(gap=None, width="content"):
            st.title(format.md_escape(_title(one)), anchor=False)
            st.caption(format.md_escape(" · ".join(_facts(one, zone))))
        if amount is not None:
            st.title(format.md_escape(format.money(amount, signed=True)), anchor=False, width="content")
    with st.container(horizontal=True, gap="small"):
        st.badge(text(f"kind.{one.kind}"), color="blue")
        for key in dict.fromkeys(part.category for part in one.parts):
            if key or one.kind is not EntryKind.TRANSFER:
                st.badge(format.md_escape(category_name(scope, key)), icon=category_icon(scope, key), color="gray")
        if one.excluded:
            st.badge(text("transactions.state.excluded"), icon=":material/visibility_off:", color="orange")
        if one.kind is EntryKind.REFUND and one.original is None:
            st.badge(text("transactions.state.unlinked"), icon=":material/link_off:", color="orange")
        for tag in one.tags:
            st.badge(format.md_escape(f"#{tag}"), color="violet")


def _title(one: Detail) -> str:
    return one.called or described(one.kind, one.description) or text(f"kind.{one.kind}")


def _facts(one: Detail, zone: str) -> list[str]:
    accounts = [account_called(line.key, line.name) for line in one.postings if line.kind is not None and line.name]
    when = format.moment(origin.local(one.occurred_at, zone))
    said = [when, *dict.fromkeys(accounts), described(one.kind, one.description)]
    if f"{one.booked_on}" != when[:10]:
        said.insert(1, text("transactions.booked_on", day=format.iso(one.booked_on)))
    return [fact for fact in said if fact and fact != one.called]
