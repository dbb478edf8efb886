"""Which colours are in use: the theme's, for what the theme itself does not reach (charts, bars).

The figures are those of `.streamlit/config.toml`; a test holds the two together.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Literal, get_args

from pages.ui import session
from pages.ui.session import ThemeType

Status = Literal["on_track", "fast", "near", "reached", "over", "none"]
STATUSES: tuple[Status, ...] = get_args(Status)


@dataclasses.dataclass(frozen=True, slots=True)
class Palette:
    """The colours of one theme, `#RRGGBB` each. `quiet` is what is there but not meant: the rest, the past."""

    type: ThemeType
    categorical: tuple[str, ...]
    sequential: tuple[str, ...]
    background: str
    surface: str
    text: str
    muted: str
    grid: str
    quiet: str
    accent: str
    income: str
    status: Mapping[Status, str]

    def slot(self, number: int) -> str:
        """The colour of a category's slot; beyond the palette come its deeper, then its paler shades."""
        turn, place = divmod(number, len(self.categorical))
        base = self.categorical[place]
        return (base, mix(base, self.text, 68), mix(base, self.background, 62))[turn % 3]

    def tint(self, colour: str, step: int, steps: int) -> str:
        """`colour` mixed with the background, from full (step 0) to faint: subcategories of one category."""
        weight = 100 - 62 * step // max(steps, 1)
        return mix(colour, self.background, weight)

    def heat(self, minor: int, top: int) -> str:
        """The sequential colour of an amount between 0 and `top`: square-root steps, so small days stay visible."""
        if minor <= 0 or top <= 0:
            return self.surface
        squared = [step * step * top for step in range(1, len(self.sequential))]
        reached = sum(minor * (len(self.sequential) - 1) ** 2 > limit for limit in squared)
        return self.sequential[min(reached + 1, len(self.sequential) - 1)]


_LIGHT = Palette(
    type="light",
    categorical=(
        "#2F5BEA",
        "#12A89B",
        "#F2A33A",
        "#E4576B",
        "#8B5CF6",
        "#4FA3E0",
        "#7DB84F",
        "#D65DB1",
        "#B4793A",
        "#94A3B8",
    ),
    sequential=(
        "#EEF3FF",
        "#D9E4FF",
        "#BACEFF",
        "#96B3FF",
        "#7196FB",
        "#4F79F3",
        "#2F5BEA",
        "#2448C0",
        "#1B3796",
        "#13286D",
    ),
    background="#FFFFFF",
    surface="#F5F7FA",
    text="#16202E",
    muted="#5B6B80",
    grid="#E9EDF3",
    quiet="#B9C5D6",
    accent="#2F5BEA",
    income="#1F9D6B",
    status={
        "on_track": "#1F9D6B",
        "fast": "#C99A16",
        "near": "#D9822B",
        "reached": "#C2560F",
        "over": "#D64545",
        "none": "#94A3B8",
    },
)
_DARK = Palette(
    type="dark",
    categorical=(
        "#7C9CFF",
        "#2FC9B9",
        "#F6BE63",
        "#F2788A",
        "#A98BFA",
        "#71C1F5",
        "#9BD67C",
        "#E58ACB",
        "#D3A06C",
        "#8A99B3",
    ),
    sequential=(
        "#141E38",
        "#1B2A52",
        "#23386E",
        "#2C478C",
        "#3757AA",
        "#4568C8",
        "#5A7DE4",
        "#7C9CFF",
        "#A3BAFF",
        "#CBD8FF",
    ),
    background="#0E1420",
    surface="#182132",
    text="#E6EBF4",
    muted="#93A1B8",
    grid="#222C41",
    quiet="#46546F",
    accent="#7C9CFF",
    income="#4CC79A",
    status={
        "on_track": "#4CC79A",
        "fast": "#E5C35C",
        "near": "#F0A45D",
        "reached": "#F08A3C",
        "over": "#F2787F",
        "none": "#8A99B3",
    },
)


_BRIGHT = 0.26  # relative luminance from which white would fall below a contrast of 3.4
_DARK_INK = "#10182A"


def palette(theme: ThemeType | None = None) -> Palette:
    """The colours of `theme`, else of the theme on screen (light until the browser has said)."""
    return _DARK if (theme or session.theme()) == "dark" else _LIGHT


def mix(colour: str, other: str, weight: int) -> str:
    """`weight` per cent of `colour` with the rest of `other`."""
    pairs = zip(_channels(colour), _channels(other), strict=True)
    return "#" + "".join(f"{(a * weight + b * (100 - weight)) // 100:02X}" for a, b in pairs)


def ink_on(colour: str) -> str:
    """Dark or white, whichever reads better on `colour`."""
    red, green, blue = ((channel / 255) ** 2.2 for channel in _channels(colour))
    return _DARK_INK if 0.2126 * red + 0.7152 * green + 0.0722 * blue > _BRIGHT else "#FFFFFF"


def _channels(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)
