"""The accounts that an import will open: under which name and kind, or which account of the person's they are."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any, Final

import pandas as pd
import streamlit as st
from streamlit.elements.lib.column_types import ColumnConfig

from data.importers.statement import AccountHint, AccountKind
from pages.ui import format, session  # noqa: A004 - our word for it, always used with its dot
from pages.ui.i18n import plural, text
from pages.ui.screens.importing.preview import Prepared
from pages.ui.screens.importing.words import one_of, said
from pages.ui.widgets import card

_OWN: Final = "+"  # opened as an account of its own
_KEPT: Final = "import.accounts"
_ROW = 35
_LONGEST: Final = 60
Said = Mapping[str, Mapping[str, str]]  # account key → what was said about it: `into`, `name`, `kind`


def said_so_far() -> Said:
    """What the person has said about accounts of this drop."""
    found: Said = session.recall(_KEPT, {})
    return found


def version() -> tuple[tuple[str, str], ...]:
    """Something that differs when accounts are called otherwise."""
    return tuple((key, str(sorted(one.items()))) for key, one in sorted(said_so_far().items()))


def existing(made: Prepared) -> dict[str, str]:
    """The accounts in the books that rows may be booked on: key → name."""
    known = made.preview.known.accounts.items()
    return {key: one.name for key, one in known if not one.closed and one.merged_into is None}


def names(made: Prepared) -> dict[str, str]:
    """Every account a row may be booked on, by key, as it will be called."""
    preview, told = made.preview, said_so_far()
    labels = existing(made)
    for key in preview.hints:
        labels.setdefault(key, preview.account_name(key))
    for key, one in told.items():
        if key in labels and one.get("into") in labels:
            labels[key] = labels[one["into"]]
        elif key in labels and one.get("name"):
            labels[key] = one["name"]
    return dict(sorted(labels.items(), key=lambda pair: pair[1]))


def choices(made: Prepared) -> tuple[dict[str, str], tuple[AccountHint, ...]]:
    """What was said, as a command understands it: accounts that are others, and accounts opened under other words."""
    into: dict[str, str] = {}
    renamed = []
    present = {hint.key: hint for hint in made.fresh}
    for key, one in said_so_far().items():
        hint = present.get(key)
        if hint is None:
            continue
        if one.get("into", _OWN) in made.preview.known.accounts:
            into[key] = one["into"]
        elif one.get("name") or one.get("kind"):
            kind = AccountKind(one.get("kind") or hint.kind)
            renamed.append(AccountHint(key, one.get("name") or hint.label, kind, hint.institution, hint.last4))
    return into, tuple(renamed)


def draw(made: Prepared) -> None:
    """The table of accounts to be opened; nothing when there are none."""
    hints = made.fresh
    if not hints:
        return
    body, _ = card(text("importing.accounts"), key="import.accounts.card")
    with body:
        st.caption(plural("importing.accounts.note", len(hints)))
        st.data_editor(
            _frame(hints),
            key=_key(made),
            hide_index=True,
            num_rows="fixed",
            disabled=["label"],
            column_config=_columns({_OWN: text("importing.accounts.own")} | existing(made)),
            height=min(_ROW * (len(hints) + 1) + 3, 400),
        )


def _columns(into: Mapping[str, str]) -> dict[str, ColumnConfig | None]:
    config = st.column_config
    kinds = {kind.value: said("account", kind.value) for kind in AccountKind}
    return {
        "label": config.TextColumn(text("importing.accounts.label"), width="medium"),
        "into": config.SelectboxColumn(
            text("importing.accounts.into"), options=list(into), format_func=one_of(into), required=True
        ),
        "name": config.TextColumn(text("importing.accounts.name"), max_chars=_LONGEST, required=True, width="medium"),
        "kind": config.SelectboxColumn(
            text("importing.accounts.kind"), options=list(kinds), format_func=one_of(kinds), required=True
        ),
    }


def absorb(made: Prepared) -> None:
    """Take over what was typed into the table. Before anything is counted, at every run."""
    state: Any = session.widget(_key(made))
    if not state:
        return
    hints = made.fresh
    told: dict[str, Mapping[str, str]] = dict(said_so_far())
    for position, cells in state["edited_rows"].items():
        key = hints[int(position)].key
        words = {name: " ".join(str(value).split()) for name, value in cells.items() if value}
        told[key] = {**told.get(key, {}), **words}
    session.keep(_KEPT, told)


def _key(made: Prepared) -> str:
    """Another table when other accounts are to be opened: its edits are told by position."""
    digest = hashlib.sha256("\n".join(hint.key for hint in made.fresh).encode()).hexdigest()
    return f"import.opened.{digest[:12]}"


def _frame(hints: Sequence[AccountHint]) -> pd.DataFrame:
    told = said_so_far()
    rows = [
        (
            hint.label or format.NONE,
            told.get(hint.key, {}).get("into", _OWN),
            told.get(hint.key, {}).get("name", hint.label),
            told.get(hint.key, {}).get("kind", hint.kind.value),
        )
        for hint in hints
    ]
    return pd.DataFrame(rows, columns=["label", "into", "name", "kind"])
