"""The preview before anything is booked: what would come in, whether it adds up, every row, and the decision."""

from __future__ import annotations

from typing import Final

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from analytics.scope import Scope
from data.money import Money
from pages.ui import format  # noqa: A004 - our word for it, always used with its dot
from pages.ui.i18n import plural, text
from pages.ui.screens.importing import checks, commit, newrows, opened, tray
from pages.ui.screens.importing.figures import left_out, tallies
from pages.ui.screens.importing.preview import Prepared, by_row, edits
from pages.ui.widgets import Kpi, card, kpi_row, notice

_TABS: Final = ("new", "duplicates", "skipped", "problems")


def controls(place: DeltaGenerator, made: Prepared | None) -> None:
    """Cancel and import, where the page's controls are."""
    with place:
        st.button(text("action.cancel"), key="import.cancel", on_click=commit.cancel)
        if made is None:
            return
        count = made.new - left_out(made.frame, by_row(made, edits()))
        st.button(
            plural("importing.commit", count),
            key="import.commit",
            type="primary",
            icon=":material/check:",
            disabled=count == 0,
            on_click=commit.start,
        )


def review(scope: Scope, made: Prepared) -> None:
    """The figures, the self-check, the accounts to be opened, the rows."""
    if made.new == 0:
        notice(text("importing.nothing"), text("importing.nothing.note"))
    _figures(made)
    currencies = [one.stated.currency if one.stated else "" for one in made.preview.statements]
    checks.draw(scope, checks.figures_of(made.reports, currencies), len(made.reports), key="import.check")
    opened.draw(made)
    _rows(scope, made)


def _figures(made: Prepared) -> None:
    changes = by_row(made, edits())
    out = left_out(made.frame, changes)
    kpi_row(
        [
            Kpi(text("importing.tab.new"), format.count(made.new - out)),
            Kpi(text("importing.tab.duplicates"), format.count(sum(one.duplicates for one in made.reports))),
            Kpi(text("importing.tab.skipped"), format.count(sum(one.skipped for one in made.reports) + out)),
            Kpi(text("importing.tab.problems"), format.count(sum(one.problems for one in made.reports))),
        ]
    )
    for one in tallies(made.base, made.frame, changes):
        kpi_row(
            [
                Kpi(_named("common.spending", one.currency, made), _money(one.spending, one.currency)),
                Kpi(_named("common.income", one.currency, made), _money(one.income, one.currency)),
                Kpi(_named("importing.transfers", one.currency, made), _money(one.transfers, one.currency)),
            ]
        )


def _named(key: str, currency: str, made: Prepared) -> str:
    return f"{text(key)} · {currency}" if made.mixed else text(key)


def _money(minor: int, currency: str) -> str:
    return format.money(Money(minor, currency))


def _rows(scope: Scope, made: Prepared) -> None:
    counts = {
        "new": made.new,
        "duplicates": sum(one.duplicates for one in made.reports),
        "skipped": sum(one.skipped for one in made.reports),
        "problems": sum(one.problems for one in made.reports),
    }
    names = {code: f"{text(f'importing.tab.{code}')} {format.count(counts[code])}" for code in _TABS}
    body, _ = card(text("importing.rows"), key="import.rows.card")
    with body:
        chosen = st.segmented_control(
            text("importing.rows"),
            _TABS,
            default="new",
            required=True,
            format_func=names.__getitem__,
            key="import.tab",
            label_visibility="collapsed",
        )
        if chosen == "duplicates":
            tray.duplicates(scope, made)
        elif chosen == "skipped":
            tray.skipped(scope, made)
        elif chosen == "problems":
            tray.problems(scope, made)
        else:
            newrows.draw(scope, made)
