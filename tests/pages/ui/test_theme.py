"""The charts' colours are the theme's."""

import tomllib
from pathlib import Path

import pytest

from pages.ui import theme
from pages.ui.session import ThemeType

ROOT = Path(__file__).parents[3]
CONFIG = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", ["light", "dark"])
def test_the_palette_is_the_themes(name: ThemeType) -> None:
    told, used = CONFIG["theme"][name], theme.palette(name)
    assert tuple(told["chartCategoricalColors"]) == used.categorical
    assert tuple(told["chartSequentialColors"]) == used.sequential
    assert told["primaryColor"] == used.accent
    assert told["backgroundColor"] == used.background
    assert told["secondaryBackgroundColor"] == used.surface
    assert told["textColor"] == used.text
    assert told["redColor"] == used.status["over"]
    assert told["greenColor"] == used.status["on_track"]


def test_every_status_has_a_colour_and_thirty_slots_differ() -> None:
    both: tuple[ThemeType, ...] = ("light", "dark")
    for name in both:
        palette = theme.palette(name)
        assert set(palette.status) == set(theme.STATUSES)
        assert len({palette.slot(number) for number in range(30)}) == 30


def test_heat_grows_with_the_amount() -> None:
    palette = theme.palette("light")
    steps = [palette.heat(minor, 10_000) for minor in range(0, 10_001, 100)]
    assert steps[0] == palette.surface
    assert steps[-1] == palette.sequential[-1]
    order = [palette.sequential.index(step) for step in steps[1:]]
    assert order == sorted(order)


def test_ink_is_readable_on_every_colour() -> None:
    assert theme.ink_on("#FFFFFF") != "#FFFFFF"
    assert theme.ink_on("#13286D") == "#FFFFFF"


def test_fonts_named_in_the_config_are_there() -> None:
    for face in CONFIG["theme"]["fontFaces"]:
        assert (ROOT / "pages" / "ui" / face["url"].removeprefix("app/")).is_file()


def test_the_server_is_hardened() -> None:
    server, client = CONFIG["server"], CONFIG["client"]
    assert server["enableCORS"] is True
    assert server["enableXsrfProtection"] is True
    assert server["enableAgentApi"] is False
    assert server["fileWatcherType"] == "none"
    assert server["trustedUserHeaders"]["x-wallet-uid"] == "uid"
    assert client["showErrorDetails"] == "none"
    assert client["showErrorLinks"] is False
    assert client["disableDataExport"] is True
