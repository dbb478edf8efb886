"""What the classifier would say of new rows that are uncategorised: by payee, to be taken with one press."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import streamlit as st

from analytics.scope import Scope
from data.categories.categorise import Reason
from data.matching.choices import Edit
from data.matching.preview import NEW
from pages.ui import session
from pages.ui.i18n import plural, text
from pages.ui.screens.guesses import Offer, basis, offers
from pages.ui.screens.importing.preview import Prepared, by_row, edits, keep_edits, place_of

_KEY = "import.guesses"


def suggested(scope: Scope, made: Prepared) -> None:
    """How many rows have a suggestion, with the list of them; nothing when none has."""
    groups = open_groups(made)
    if not groups:
        return
    count = sum(len(rows) for rows in groups.values())
    found = sorted(
        (
            Offer(rows, payee, category, made.preview.guess[rows[0]], len(rows))
            for (payee, category), rows in groups.items()
        ),
        key=lambda one: (-one.rows, -(one.guess.percent if one.guess else 0)),
    )
    with st.popover(plural("guesses.waiting", count), icon=":material/auto_awesome:", key=_KEY, width="content"):
        st.caption(text("guesses.note"))
        offers(scope, found, f"{_KEY}.offer", lambda taken: _take(made, taken))


def why(scope: Scope, made: Prepared, row: int, category: str | None) -> str:
    """Why a row has this category, or what is suggested for it; nothing once a person chose it."""
    preview = made.preview
    if category is None or category != preview.category[row]:
        return ""
    return basis(scope, preview.reason[row], preview.evidence[row], preview.guess[row])


def open_groups(made: Prepared) -> dict[tuple[str, str], tuple[int, ...]]:
    """(payee, category) → the new rows for which it is suggested and that the person has not decided."""
    preview, changes = made.preview, by_row(made, edits())
    found: dict[tuple[str, str], list[int]] = {}
    for row, guess in enumerate(preview.guess):
        if guess is None or preview.reason[row] != Reason.DEFAULT or preview.duplicate[row] != NEW:
            continue
        edit = changes.get(row)
        if edit is None or not (edit.category or edit.kind or edit.leave_out):
            line = preview.lines[row]
            found.setdefault((line.payee or line.description, guess.category), []).append(row)
    return {key: tuple(rows) for key, rows in found.items()}


def _take(made: Prepared, taken: Sequence[Offer]) -> None:
    """Put the rows under the suggested category, as if the person had chosen it in the grid."""
    changes = dict(edits())
    for (payee, category), rows in open_groups(made).items():
        if any((payee, category) == (one.payee, one.category) for one in taken):
            for row in rows:
                place = place_of(made, row)
                changes[place] = dataclasses.replace(changes.get(place, Edit()), category=category)
    keep_edits(changes)
    session.forget("import.view")
