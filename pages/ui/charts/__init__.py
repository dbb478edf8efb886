"""The charts of the house: figures as plain dicts in the theme's colours and the person's language."""

from pages.ui.charts.columns import bars, forecast_band, lines, sparkline, stacked_bars
from pages.ui.charts.frame import Figure, Look, Series, Slice, Step, look
from pages.ui.charts.heat import calendar_heat
from pages.ui.charts.limits import LimitRow, budget_bars
from pages.ui.charts.shares import donut, ranked_bars, treemap
from pages.ui.charts.show import selected_id, show, show_selectable

__all__ = [
    "Figure",
    "LimitRow",
    "Look",
    "Series",
    "Slice",
    "Step",
    "bars",
    "budget_bars",
    "calendar_heat",
    "donut",
    "forecast_band",
    "lines",
    "look",
    "ranked_bars",
    "selected_id",
    "show",
    "show_selectable",
    "sparkline",
    "stacked_bars",
    "treemap",
]
