"""What reaches the browser of a table is what a real Styler would send, without its cost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import pandas as pd
import pytest
from streamlit import dataframe_util
from streamlit.elements.lib.pandas_styler_utils import marshall_styler
from streamlit.proto.ArrowData_pb2 import ArrowData

from pages.ui.worded import worded

_FRAME = pd.DataFrame(
    {"payee": ["瑞幸", None, "A&B"], "minor": [1250, -3, 0], "day": [date(2026, 1, 1)] * 3, "share": [50, None, 1]},
)
_WORDS = {"minor": ["¥12.50", "−¥0.03", "¥0.00"], "day": ["一月一日"] * 3, "share": ["50%", "—", "1%"]}


def _styled(frame: pd.DataFrame, words: Mapping[str, Sequence[str]]) -> Any:
    style = frame.style
    for name, said in words.items():
        style = style.format(_one_by_one(said), subset=[name])
    return style


def _one_by_one(said: Sequence[str]) -> Any:
    waiting = iter(said)
    return lambda _value: next(waiting)


def _sent(styler: Any) -> ArrowData:
    proto = ArrowData()
    marshall_styler(proto, styler, "table")
    proto.data = dataframe_util.convert_anything_to_arrow_bytes(styler)
    return proto


@pytest.mark.parametrize("frame", [_FRAME, _FRAME[::-1], _FRAME.iloc[:0]], ids=["rows", "another order", "no rows"])
def test_the_browser_gets_the_values_and_the_words_that_a_styler_would_send(frame: pd.DataFrame) -> None:
    words = {name: said[: len(frame)] for name, said in _WORDS.items()}
    ours, real = _sent(worded(frame, words)), _sent(_styled(frame, words))
    assert ours.data == real.data
    assert ours.styler.styles == real.styler.styles
    ours_shown, real_shown = (
        dataframe_util.convert_arrow_bytes_to_pandas_df(one.styler.display_values) for one in (ours, real)
    )
    pd.testing.assert_frame_equal(ours_shown, real_shown, check_dtype=False)


def test_the_same_table_is_sent_as_the_same_bytes_again() -> None:
    assert _sent(worded(_FRAME, _WORDS)) == _sent(worded(_FRAME, _WORDS))
