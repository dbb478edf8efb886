"""Booking what was previewed: one transaction, a bar that moves, and what came of it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from analytics.refund_tray import count
from data import statements
from data.errors import Rejection
from data.matching.choices import Choices
from data.period import Span
from data.statements import ImportReceipt, ImportStatements
from pages.ui import format, links, session  # noqa: A004 - our word for it, always used with its dot
from pages.ui.books import Drill, scope_of
from pages.ui.context import User
from pages.ui.format import md_escape
from pages.ui.i18n import plural, text
from pages.ui.screens.importing import drop, opened
from pages.ui.screens.importing.preview import Prepared, by_row, edits, prepared
from pages.ui.widgets import card, page_header, rejection_panel

_RUNNING = "import.running"
_DONE = "import.done"
_FORM = "import.commit"
_ONE_DAY: Final = timedelta(days=1)


def start() -> None:
    """Book from the next run on; for a button's `on_click`.

    The booking is done by a run that shows nothing else to press. If that run is cut short (a reload, another page),
    the next one asks again under the same request id and gets the first answer.
    """
    session.keep(_RUNNING, True)  # noqa: FBT003 - a remembered value


def running() -> bool:
    """Whether an import was confirmed and its outcome is not known yet."""
    return session.recall(_RUNNING, False)  # noqa: FBT003 - a default value


def cancel() -> None:
    """Put every file aside; too late once the booking has begun (its button is still on screen, greyed out)."""
    if not running():
        drop.clear()


def choices_of(made: Prepared) -> Choices:
    """Everything the person decided about this preview."""
    into, renamed = opened.choices(made)
    return Choices(by_row(made, edits()), into, renamed)


def run(user: User) -> None:
    """Book, show how far it is, then show the outcome in a fresh run."""
    page_header(text("importing.title"), text("importing.committing"))
    made = _kept() or prepared(user)
    if made is None:
        session.forget(_RUNNING)
        st.rerun()
    body, _ = card(text("importing.committing"), key="import.committing")
    with body:
        st.caption(text("importing.committing.note"))
        bar = st.progress(0.0)
    try:
        receipt = _commit(user, made, lambda reached: _show(bar, reached))
    except Rejection as no:
        session.forget(_RUNNING)
        session.forget("import.prepared")
        session.renew(_FORM)
        session.keep("import.failed", no)
        st.rerun()
    _booked(made, receipt)
    st.rerun()


def _show(bar: DeltaGenerator, reached: float) -> None:
    bar.progress(reached, text("importing.committing.at", percent=format.percent(int(reached * 100))))


def _kept() -> Prepared | None:
    """The preview that was confirmed, even if the books have changed since: booking decides anew where they did."""
    kept: Prepared | None = session.recall("import.prepared", None)
    return kept


def _commit(user: User, made: Prepared, progress: statements.Progress) -> ImportReceipt:
    command = ImportStatements(user.owner, session.request_id(_FORM), user.owner, made.preview.token, choices_of(made))
    return statements.commit(user.database, command, made.preview, progress)


def _booked(made: Prepared, receipt: ImportReceipt) -> None:
    """Only what was booked leaves the drop: files that still wait for a word keep waiting, refused ones go."""
    rest = [one for one in drop.waiting() if one.stamp not in made.starts and not one.hopeless]
    days = [day for report in made.reports for day in (report.first_on, report.last_on) if day]
    drop.clear()
    drop.put(rest)
    session.renew(_FORM)
    session.forget(_RUNNING)
    session.keep(_DONE, (receipt, (min(days), max(days)) if days else None))


def failed() -> None:
    """Why the last try booked nothing, if it did."""
    no: Rejection | None = session.recall("import.failed", None)
    if no is not None:
        rejection_panel(no)
        session.forget("import.failed")


def outcome(user: User) -> None:
    """What the last import of this session did, with the ways on."""
    done: tuple[ImportReceipt, tuple[date, date] | None] | None = session.recall(_DONE, None)
    if done is None:
        return
    receipt, days = done
    with st.container(border=True, key="import.done"):
        said = plural("importing.done", receipt.booked)
        st.markdown(f"#### :green[:material/check_circle:] {md_escape(said)}")
        for one in receipt.files:
            st.markdown(f"**{md_escape(one.file)}** — {md_escape(_told(one))}")
        more = [plural("importing.done.opened", len(receipt.opened))] if receipt.opened else []
        more += [plural("importing.done.linked", receipt.linked)] if receipt.linked else []
        if more:
            st.caption(md_escape(" · ".join(more)))
        waiting = count(scope_of(user))
        with st.container(horizontal=True, vertical_alignment="center"):
            if waiting:
                links.link("pairs", md_escape(plural("importing.done.refunds", waiting)), show="refunds")
            if days:
                first, last = days
                span = Span(first, last + _ONE_DAY)
                links.link("transactions", text("importing.done.rows"), q=Drill(span).query())
            links.link("overview", text("importing.done.overview"))
            st.button(text("action.close"), key="import.done.close", type="tertiary", on_click=_close)


def _close() -> None:
    session.forget(_DONE)


def _told(one: statements.ImportedFile) -> str:
    counts = (
        ("booked", one.booked),
        ("duplicates", one.duplicates),
        ("left_out", one.left_out),
        ("skipped", one.skipped),
        ("problems", one.problems),
    )
    return " · ".join(plural(f"importing.told.{what}", count) for what, count in counts if count or what == "booked")
