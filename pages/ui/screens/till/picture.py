"""A merchant's code as people see it: on the screen, and on a poster to print."""

from __future__ import annotations

import base64
import html
from collections.abc import Sequence
from typing import Final

import streamlit as st

from data.codes import pictures

_SIDE: Final = 300  # CSS pixels on the screen: a phone an arm's length away reads it
_WIDTH, _HEIGHT = 420, 595  # of an A6 sheet, in its own units
_CODE: Final = 330
_CODE_TOP: Final = 138
_NAME_MIDDLE: Final = 82
_LARGEST, _WRAPPED = 38, 23  # the size of a name on one line, and of a longer one on several
_ONE_LINE: Final = 22  # halves of a Chinese character: what fits on a line at a size worth printing
_A_LINE: Final = 32
_WIDE: Final = 0x2E80  # from here on a character is as wide as it is high
_FONT: Final = "'Noto Sans SC','PingFang SC','Microsoft YaHei','Noto Sans CJK SC',Inter,Arial,sans-serif"


def show_code(payload: str, said: str) -> None:
    """The code, black on white whatever the theme; `said` is what it is, for who cannot see it."""
    drawn = base64.b64encode(pictures.png(payload)).decode()
    st.html(
        f'<div style="text-align:center"><img src="data:image/png;base64,{drawn}" alt="{html.escape(said)}" '
        f'style="width:min(100%,{_SIDE}px);image-rendering:pixelated;border-radius:.75rem"></div>'
    )


def poster(name: str, payload: str, lines: Sequence[str]) -> bytes:
    """An A6 sheet as an SVG file: the merchant's name over the code, `lines` below it, the first one large."""
    code = pictures.svg(payload, scale=10)
    side = int(code.split('"')[1])  # the width is its first attribute
    texts = [_line(said, 505 + 32 * n, 21 if n == 0 else 15) for n, said in enumerate(lines)]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="105mm" height="148.75mm" viewBox="0 0 {_WIDTH} {_HEIGHT}">'
        f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="white"/><rect width="{_WIDTH}" height="12" fill="#2F5BEA"/>'
        f'<g transform="translate({(_WIDTH - _CODE) // 2} {_CODE_TOP}) scale({_CODE / side:.6f})">{code}</g>'
        f"{_name(name)}{''.join(texts)}</svg>"
    ).encode()


def _name(name: str) -> str:
    lines = wrapped("".join(letter for letter in name if letter.isprintable()))
    size = _WRAPPED if len(lines) > 1 else min(_LARGEST, 2 * (_WIDTH - 64) // max(_halves(lines[0]), 1))
    first = _NAME_MIDDLE + size // 3 - (len(lines) - 1) * size * 5 // 8
    return "".join(_line(said, first + n * size * 5 // 4, size, weight=650) for n, said in enumerate(lines))


def wrapped(name: str) -> list[str]:
    """A name on as many lines as it needs."""
    if _halves(name) <= _ONE_LINE:
        return [name]
    lines = [""]
    for letter in name:
        if _halves(lines[-1] + letter) > _A_LINE:
            lines.append("")
        lines[-1] += letter
    return lines


def _halves(said: str) -> int:
    return sum(2 if ord(letter) >= _WIDE else 1 for letter in said)


def _line(said: str, y: int, size: int, *, weight: int = 400) -> str:
    return (
        f'<text x="{_WIDTH // 2}" y="{y}" text-anchor="middle" font-family="{_FONT}" font-size="{size}" '
        f'font-weight="{weight}" fill="#16202E">{html.escape(said)}</text>'
    )
