"""Charts are valid figures that say the same as the figures beside them."""

import ast
import json
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import plotly.graph_objects as go
import plotly.io
import pytest
from plotly.tools import return_figure_from_figure_or_data

from data.period import Span
from pages.ui import charts
from pages.ui.catalogue import LANGUAGES, Language
from pages.ui.charts import LimitRow, Look, Series, Slice, Step
from pages.ui.charts.frame import round_ticks
from pages.ui.charts.show import _Drawn
from pages.ui.theme import palette

STEPS = [Step(f"2026-{n:02d}", f"{n}月", f"2026年{n}月") for n in range(1, 13)]
VALUES = [412_345, 388_000, 0, 602_000, 391_200, None, 478_000, 512_300, -38_880, 402_210, 530_000, 198_520]
SLICES = [
    Slice("dining", "餐饮 <b>", 482_300, "#2F5BEA"),
    Slice("home", "居住", 99_00, "#12A89B", note="x"),
    Slice("back", "退款", -500, "#F2A33A"),
]
LIMITS = [
    LimitRow("a", "餐饮", 24_100, 18_000, "over"),
    LimitRow("b", "居住", 100, 100, "reached"),
    LimitRow("c", "交通", 0, 100, "on_track"),
    LimitRow("d", "网购", 900_000, 100, "over"),
    LimitRow("e", "无", 100, 0, "over"),
    LimitRow("f", "退", -100, 100, "on_track"),
]


def _look(language: Language) -> Look:
    return Look(palette("dark" if language == "zh" else "light"), language, "CNY")


def _all(look: Look) -> dict[str, dict[str, Any]]:
    one, known = Series("支出", VALUES), [value or 0 for value in VALUES]
    return {
        "bars": charts.bars(
            look, STEPS, [one], line=Series("预算", [450_000] * 12), partial_last=True, highlight="2026-03"
        ),
        "grouped": charts.bars(look, STEPS, [one, Series("收入", VALUES)]),
        "stacked": charts.stacked_bars(look, STEPS, [one, Series("其他", VALUES)], partial_last=True),
        "lines": charts.lines(look, STEPS, [one], partial_last=True, fill=True),
        "one step": charts.lines(look, STEPS[:1], [Series("x", [5])], partial_last=True),
        "treemap": charts.treemap(look, SLICES),
        "donut": charts.donut(look, SLICES, centre="¥1"),
        "ranked": charts.ranked_bars(look, SLICES),
        "calendar": charts.calendar_heat(
            look,
            Span(date(2026, 2, 1), date(2026, 3, 1)),
            {date(2026, 2, 3): 100},
            today=date(2026, 2, 4),
            sunday_first=True,
        ),
        "sparkline": charts.sparkline(look, known),
        "limits": charts.budget_bars(look, LIMITS),
        "forecast": charts.forecast_band(
            look, STEPS, one, low=[None] * 11 + [1], middle=[None] * 11 + [2], high=[None] * 11 + [3], limit=9
        ),
        "no bars": charts.bars(look, [], []),
        "no slices": charts.ranked_bars(look, []),
        "no areas": charts.treemap(look, []),
        "no ring": charts.donut(look, []),
        "no limits": charts.budget_bars(look, []),
        "no spark": charts.sparkline(look, []),
        "empty month": charts.calendar_heat(look, Span(date(2026, 2, 1), date(2026, 3, 1)), {}),
    }


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", list(_all(_look("zh"))))
def test_every_chart_is_a_valid_figure(name: str, language: Language) -> None:
    go.Figure(_all(_look(language))[name])


def _floats(node: object, path: str = "") -> list[str]:
    if isinstance(node, dict):
        return [found for key, value in node.items() for found in _floats(value, f"{path}.{key}")]
    if isinstance(node, (list, tuple)):
        return [found for value in node for found in _floats(value, path)]
    return [path] if isinstance(node, float) else []


@pytest.mark.parametrize(
    "name", ["bars", "stacked", "lines", "treemap", "donut", "ranked", "limits", "forecast", "sparkline"]
)
def test_no_amount_is_a_float(name: str) -> None:
    traces = _all(_look("zh"))[name]["data"]
    amounts = {"x", "y", "values", "base", "text", "customdata"}
    assert _floats([{key: value for key, value in trace.items() if key in amounts} for trace in traces]) == []


def test_file_text_cannot_become_a_tag_in_a_chart() -> None:
    figure = charts.treemap(_look("zh"), SLICES)
    assert figure["data"][0]["labels"][0] == "餐饮 &lt;b&gt;"
    assert "餐饮 &lt;b&gt;" in figure["data"][0]["customdata"][0][1]


def test_treemaps_carry_ids_so_that_they_select() -> None:
    assert charts.treemap(_look("zh"), SLICES)["data"][0]["ids"] == ["dining", "home"]


def test_hovers_speak_the_persons_language() -> None:
    zh = charts.bars(_look("zh"), STEPS, [Series("支出", VALUES)], partial_last=True)["data"][0]["customdata"][-1]
    en = charts.bars(_look("en"), STEPS, [Series("Spending", VALUES)], partial_last=True)["data"][0]["customdata"][-1]
    assert zh[:2] == ["2026-12", "<b>2026年12月</b><br>支出  ¥1,985.20<br>本月未完"]
    assert en[1].endswith("Spending  ¥1,985.20<br>Month in progress")


def test_the_open_month_is_hatched_and_only_that_one() -> None:
    pattern = charts.bars(_look("zh"), STEPS, [Series("x", VALUES)], partial_last=True)["data"][0]["marker"]["pattern"]
    assert pattern["shape"] == [""] * 11 + ["/"]


def test_two_octobers_stay_two_places() -> None:
    steps = [Step("2025-10", "10月", "2025年10月"), Step("2026-10", "10月", "2026年10月")]
    places = charts.bars(_look("zh"), steps, [Series("x", [1, 2])])["data"][0]["x"]
    assert len(set(places)) == 2


def test_an_overrun_is_drawn_beyond_100_per_cent_and_said() -> None:
    figure = charts.budget_bars(_look("zh"), LIMITS[:1])
    within, beyond = figure["data"][1], figure["data"][2]
    assert within["x"] == [100]
    assert (beyond["base"], beyond["x"]) == (100, [33])
    assert figure["layout"]["annotations"][1]["text"] == "133% · 超支 ¥61.00"


def test_used_reaches_100_only_when_the_limit_does() -> None:
    assert LimitRow("a", "a", 9_999, 10_000, "near").used == 99
    assert LimitRow("a", "a", 10_000, 10_000, "reached").used == 100


@pytest.mark.parametrize(
    ("bottom", "top", "ticks"),
    [
        (0, 602_000, [0, 200_000, 400_000, 600_000]),
        (-38_880, 602_000, [0, 200_000, 400_000, 600_000]),
        (-500_000, 500_000, [-500_000, 0, 500_000]),
        (0, 0, [0]),
        (0, 3, [0, 1, 2, 3]),
    ],
)
def test_ticks_are_round_amounts(bottom: int, top: int, ticks: list[int]) -> None:
    assert round_ticks(bottom, top, 2) == ticks


def test_a_click_answers_the_marks_id() -> None:
    def state(*points: dict[str, object]) -> object:
        return SimpleNamespace(selection=SimpleNamespace(points=list(points)))

    assert charts.selected_id(None) is None
    assert charts.selected_id(state()) is None
    assert charts.selected_id(state({"customdata": ["dining", "hover"]})) == "dining"
    assert charts.selected_id(state({"id": "home"})) == "home"


def test_no_page_imports_plotly_express() -> None:
    for path in Path(charts.__file__).parents[2].rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            names += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            allowed = {"plotly.io", "plotly.basedatatypes"} if path.name == "show.py" else set()
            assert not [name for name in names if name.startswith("plotly") and name not in allowed], path


# Without its empty figures: of those plotly leaves out empty lists, which say the same.
@pytest.mark.parametrize("name", [name for name in _all(_look("zh")) if not name.startswith("no ")])
def test_what_is_sent_of_a_figure_is_what_plotly_would_make_of_it(name: str) -> None:
    figure = _all(_look("zh"))[name]
    sent = return_figure_from_figure_or_data(_Drawn(figure), validate_figure=True)
    assert _as_sent(sent) == _as_sent(go.Figure(figure).to_dict())


def _as_sent(figure: dict[str, Any]) -> Any:
    return json.loads(plotly.io.to_json(figure, validate=False))
