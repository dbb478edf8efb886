"""What importing the waiting files would do: made once for their content, kept until they or the books change."""

from __future__ import annotations

import dataclasses
import gc
from collections import Counter
from collections.abc import Hashable, Mapping

import numpy as np
import pandas as pd
import streamlit as st

from data import statements
from data.importers.statement import AccountHint, Statement
from data.matching.choices import Edit
from data.matching.preview import NEW, FileReport, Preview
from pages.ui import session
from pages.ui.context import User
from pages.ui.i18n import plural
from pages.ui.screens.importing import drop
from pages.ui.screens.importing.figures import Base, base_of

_SLOW_FROM = 20_000  # lines from which making the preview takes a second: it is said what is being done


@dataclasses.dataclass(frozen=True, slots=True, eq=False)
class Prepared:
    """A preview with what the screen asks of it at every run.

    starts: a file's stamp → the row its lines begin at. fresh: the accounts that new rows name and the books do not
    know, by how many rows name them. mixed: whether there are several currencies. words: what a
    row's payee and description are searched by.
    """

    key: Hashable
    preview: Preview
    frame: pd.DataFrame
    reports: tuple[FileReport, ...]
    starts: Mapping[str, int]
    base: Base
    fresh: tuple[AccountHint, ...]
    mixed: bool
    words: pd.Series[str]

    @property
    def new(self) -> int:
        """How many rows are new."""
        return sum(report.new for report in self.reports)


def prepared(user: User) -> Prepared | None:
    """The preview of the files that are ready, None when none is."""
    ready = [(one.stamp, said) for one in drop.waiting() if (said := one.statement) is not None]
    if not ready:
        session.forget("import.prepared")
        return None
    key = (tuple(stamp for stamp, _ in ready), user.database.version(user.owner))
    kept: Prepared | None = session.recall("import.prepared", None)
    if kept is not None and kept.key == key:
        return kept
    lines = sum(len(said.lines) for _, said in ready)
    if lines < _SLOW_FROM:
        made = _made(user, ready, key)
    else:
        place = st.empty()
        with place.status(plural("importing.comparing", lines)):
            made = _made(user, ready, key)
        place.empty()
    session.keep("import.prepared", made)
    return made


def _made(user: User, ready: list[tuple[str, Statement]], key: Hashable) -> Prepared:
    preview = statements.prepare(user.database, user.owner, [said for _, said in ready])
    frame = preview.frame()
    lengths = [len(said.lines) for _, said in ready]
    starts = [0, *np.cumsum(lengths).tolist()]
    made = Prepared(
        key,
        preview,
        frame,
        tuple(preview.reports()),
        dict(zip((stamp for stamp, _ in ready), starts, strict=False)),
        base_of(frame),
        tuple(_fresh(preview)),
        len(frame["currency"].unique()) > 1,
        (frame["payee"] + "\n" + frame["description"]).str.casefold(),
    )
    if sum(lengths) >= _SLOW_FROM:
        # The collector would walk these hundred thousands of rows after every click of everybody.
        gc.collect()
        gc.freeze()
    return made


def _fresh(preview: Preview) -> list[AccountHint]:
    pairs = zip(preview.account, preview.counter, preview.duplicate, strict=True)
    named = Counter(key for own, other, fate in pairs if fate == NEW for key in (own, other) if key)
    return [preview.hints[key] for key, _ in named.most_common() if key not in preview.known.accounts]


Edits = Mapping[tuple[str, int], Edit]  # (stamp of the file, line within it) → what the person changed


def edits() -> Edits:
    """Every change the person made to rows of this drop."""
    found: Edits = session.recall("import.edits", {})
    return found


def keep_edits(changed: Edits) -> None:
    """Remember the changes; those that change nothing are dropped."""
    session.keep("import.edits", {place: edit for place, edit in changed.items() if edit != Edit()})


def by_row(made: Prepared, changed: Edits) -> dict[int, Edit]:
    """The changes by row of this preview; those of files that are gone are left out."""
    return {made.starts[stamp] + line: edit for (stamp, line), edit in changed.items() if stamp in made.starts}


def place_of(made: Prepared, row: int) -> tuple[str, int]:
    """The file and line of a row: what stays the same when other files come and go."""
    stamp = max((name for name, start in made.starts.items() if start <= row), key=lambda name: made.starts[name])
    return stamp, row - made.starts[stamp]
