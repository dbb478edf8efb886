"""A table's cells with the words that stand for them, in the shape that Streamlit takes from a pandas Styler.

Building, computing and translating a Styler costs ten times what the rest of a table costs; its outcome is known here
already. A test compares what reaches the browser with what a real Styler sends.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
from pandas.io.formats.style import Styler


class _Cells(pd.DataFrame):
    """A frame that, asked for its cells as text, answers with the words that were written for them."""

    worded: pd.DataFrame
    _metadata = ["worded"]  # noqa: RUF012 - pandas wants the list

    def astype(self, dtype: Any, *args: Any, **kwargs: Any) -> Any:  # type: ignore[misc] # noqa: ANN401 - as pandas has it
        """The words, where text is asked for."""
        return self.worded if dtype is str else super().astype(dtype, *args, **kwargs)


def worded(frame: pd.DataFrame, words: Mapping[str, Sequence[str]]) -> Styler:
    """`frame` with `words` shown in the place of its cells, column by column; others are shown as they are."""
    cells = _Cells(frame)
    shown = {name: words.get(name) or list(map(str, frame[name].tolist())) for name in frame.columns}
    cells.worded = pd.DataFrame(shown, index=frame.index, dtype=str)
    made: Any = Styler.__new__(Styler)  # not its own making: that reads options, copies and prepares for HTML
    made.data, made.uuid, made.caption = cells, None, None
    made.__dict__ |= {"_compute": _nothing_to_compute, "_translate": _nothing_to_translate}
    return made  # type: ignore[no-any-return]


def _nothing_to_compute() -> None:
    """There is no style to work out."""


def _nothing_to_translate(*_: object) -> dict[str, Any]:
    """No cell has a style, and the words are in the cells already."""
    return {}
