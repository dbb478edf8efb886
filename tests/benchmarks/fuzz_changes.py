"""How a valid file is damaged: what hypothesis draws for some of them at once, and what each change does to the bytes.

A change names places as shares of the file, so that the same draw fits any file. After some changes a file is still
text with rows and cells; others cut, flip, double or bury its bytes, or write it in another encoding.
"""

from __future__ import annotations

import dataclasses
import io
import random
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final

from hypothesis import strategies as st

_WHOLE: Final = 10_000  # places are counted in ten-thousandths of a file
_DEEP: Final = 3_000
ODD_CELLS: Final = (
    "",
    "0",
    "-0.00",
    "1e999",
    "-1E-400",
    "9" * 400,
    "9223372036854775808",
    "92233720368547758.08",
    "-99999999999999999999.99",
    "0." + "0" * 300 + "1",
    "NaN",
    "Infinity",
    "∞",
    "1,2,3,4",
    "1.234.567,89",
    "12.345",
    "१२३.४५",
    "１２３．４５",
    "①",
    "½",
    "一百元",
    "(12.50)",
    "12.50-",
    "¥12.50 CR",
    "$€£",
    "XXX",
    "2024-02-30",
    "0000-00-00",
    "0001-01-01",
    "9999-12-31 23:59:60",
    "10000-01-01",
    "24:61:61",
    "45000.99999",
    "-1",
    "1970-01-01T00:00:00+99:99",
    "29/02/2023",
    "=cmd|' /C calc'!A0",
    "+1+1",
    "@SUM(1)",
    "<script>alert(1)</script>",
    "</Ntry><!DOCTYPE x [<!ENTITY a 'b'>]>&a;",
    "&#0;&#xD800;&#x110000;&#99999999999;",
    "]]>",
    "'; DROP TABLE entry; --",
    "../../../../etc/passwd",
    "%s%n{}{0.__class__}${x}",
    '"',
    '""""',
    "'",
    "\\",
    "\ufeff",
    "\ufffe\uffff",
    "\u202e\u2066abc",
    "\u0000",
    "\u0007\u001b[2J",
    "\u0085\u2028\u2029",
    "\u200d\ufe0f👨‍👩‍👧‍👦",
    "é́́́́́́́́",
    "İıſẞ",
    "\U0010ffff",
    "a" * 70_000,
    " " * 5_000 + "x",
    "\t\r\n\x0b\x0c",
    "-" * 300,
    ":" * 300,
    "(" * 300,
    "支出 收入 退款 转账",
)
ENCODINGS: Final = (
    "utf-8-sig",
    "utf-16",
    "utf-16-le",
    "utf-16-be",
    "utf-32",
    "utf-7",
    "gb18030",
    "big5",
    "latin-1",
    "cp1252",
    "shift_jis",
    "cp037",
)
_ENDS: Final = ("\r", "\r\n", "\n\n", "\x85", "\u2028", "\x0b", "")
_BRACKETS: Final = (b"(", b"[", b"{", b'"', b"'", b"<a>", b"<Ntry>", b"<STMTTRN>", b"\n:61:", b"!", b";", b",", b"\n")

_TEXTS: Final = st.text(max_size=40)
_CELLS: Final = st.one_of(st.sampled_from(ODD_CELLS), _TEXTS, st.integers(-(10**25), 10**25).map(str))


@dataclasses.dataclass(frozen=True, slots=True)
class Change:
    """One change. kind: which; at, to: places; cell, noise: what is put there; times: how often or which of several."""

    kind: str
    at: int
    to: int
    cell: str
    noise: bytes
    times: int

    def __call__(self, data: bytes) -> bytes:
        """The bytes afterwards."""
        return _KINDS[self.kind](self, data) if data else self.noise


def _at(place: int, size: int) -> int:
    return place * size // _WHOLE


def _cut(one: Change, data: bytes) -> bytes:
    return data[: _at(one.at, len(data))]


def _behead(one: Change, data: bytes) -> bytes:
    return data[_at(one.at, len(data)) :]


def _put(one: Change, data: bytes) -> bytes:
    at = _at(one.at, len(data))
    return data[:at] + one.noise + data[at:]


def _overwrite(one: Change, data: bytes) -> bytes:
    at = _at(one.at, len(data))
    return data[:at] + one.noise + data[at + len(one.noise) :]


def _flip(one: Change, data: bytes) -> bytes:
    at = min(_at(one.at, len(data)), len(data) - 1)
    return data[:at] + bytes([data[at] ^ (1 << one.times % 8)]) + data[at + 1 :]


def _span(one: Change, data: bytes) -> tuple[int, int]:
    first, last = sorted((_at(one.at, len(data)), _at(one.to, len(data))))
    return first, last


def _drop(one: Change, data: bytes) -> bytes:
    first, last = _span(one, data)
    return data[:first] + data[last:]


def _repeat(one: Change, data: bytes) -> bytes:
    first, last = _span(one, data)
    return data[:last] + data[first:last] * one.times + data[last:]


def _bury(one: Change, data: bytes) -> bytes:
    first, last = _span(one, data)
    bracket = _BRACKETS[one.times % len(_BRACKETS)] * _at(one.at, _DEEP)
    return data[:first] + bracket + data[first:last] + bracket + data[last:]


def _text(data: bytes) -> tuple[str, str]:
    for encoding in ("utf-8", "gb18030"):
        try:
            return data.decode(encoding), encoding
        except UnicodeDecodeError:
            continue
    return data.decode("latin-1"), "latin-1"


def _as_lines(change: Callable[[Change, list[str]], Sequence[str]]) -> Callable[[Change, bytes], bytes]:
    def changed(one: Change, data: bytes) -> bytes:
        text, encoding = _text(data)
        return "\n".join(change(one, text.split("\n"))).encode(
            encoding, "surrogatepass" if "utf" in encoding else "replace"
        )

    return changed


def _swap_lines(one: Change, lines: list[str]) -> Sequence[str]:
    first, second = (min(_at(place, len(lines)), len(lines) - 1) for place in (one.at, one.to))
    lines[first], lines[second] = lines[second], lines[first]
    return lines


def _cells(line: str) -> tuple[list[str], str]:
    mark = max((",", ";", "\t", "|", "<", ">", ":", " "), key=line.count)
    return line.split(mark), mark


def _set_cell(one: Change, lines: list[str]) -> Sequence[str]:
    row = min(_at(one.at, len(lines)), len(lines) - 1)
    cells, mark = _cells(lines[row])
    cells[min(_at(one.to, len(cells)), len(cells) - 1)] = one.cell
    lines[row] = mark.join(cells)
    return lines


def _set_column(one: Change, lines: list[str]) -> Sequence[str]:
    for row, line in enumerate(lines[1:], 1):
        cells, mark = _cells(line)
        cells[min(_at(one.to, len(cells)), len(cells) - 1)] = one.cell
        lines[row] = mark.join(cells)
    return lines


def _swap_cells(one: Change, lines: list[str]) -> Sequence[str]:
    row = min(_at(one.at, len(lines)), len(lines) - 1)
    cells, mark = _cells(lines[row])
    first, second = (min(_at(place, len(cells)), len(cells) - 1) for place in (one.to, one.at))
    cells[first], cells[second] = cells[second], cells[first]
    lines[row] = mark.join(cells)
    return lines


def _encode(one: Change, data: bytes) -> bytes:
    text, _ = _text(data)
    return text.encode(ENCODINGS[one.times % len(ENCODINGS)], "replace")


def _end(one: Change, data: bytes) -> bytes:
    text, encoding = _text(data)
    return text.replace("\n", _ENDS[one.times % len(_ENDS)]).encode(encoding, "replace")


_KINDS: Final[Mapping[str, Callable[[Change, bytes], bytes]]] = {
    "cut": _cut,
    "behead": _behead,
    "put": _put,
    "overwrite": _overwrite,
    "flip": _flip,
    "drop": _drop,
    "repeat": _repeat,
    "bury": _bury,
    "swap lines": _as_lines(_swap_lines),
    "set cell": _as_lines(_set_cell),
    "set cell again": _as_lines(_set_cell),
    "set column": _as_lines(_set_column),
    "swap cells": _as_lines(_swap_cells),
    "encode": _encode,
    "end": _end,
}
_ORDER: Final = tuple(_KINDS)
_MOST: Final = 5
_LARGEST: Final = 400_000  # bytes: changes that double a file do so five times at most, and time is for many inputs


@dataclasses.dataclass(frozen=True, slots=True)
class Draw:
    """What is drawn for ten inputs at once, since to draw costs ten times what reading a file does.

    dice: where all places and kinds come from; cells: what is put into cells; noise, text: inputs of their own.
    """

    dice: bytes
    cells: list[str]
    noise: bytes
    text: str

    def rolls(self) -> Iterator[random.Random]:
        """Dice for each of eight inputs that are damaged files."""
        return (random.Random(self.dice + bytes([number])) for number in range(EACH - 2))  # noqa: S311 - no secrets


EACH: Final = 10
DRAWS: Final = st.builds(
    Draw,
    dice=st.binary(min_size=8, max_size=8),
    cells=st.lists(_CELLS, min_size=1, max_size=6),
    noise=st.binary(max_size=300),
    text=st.text(max_size=200),
)


def changes_of(roll: random.Random, cells: Sequence[str]) -> Iterator[Change]:
    """One to five changes, few more often: they come further."""
    for _ in range(min(roll.randint(1, _MOST), roll.randint(1, _MOST))):
        yield Change(
            roll.choice(_ORDER),
            roll.randint(0, _WHOLE),
            roll.randint(0, _WHOLE),
            roll.choice((*cells, roll.choice(ODD_CELLS))),
            roll.randbytes(roll.randint(1, 8)),
            roll.randint(1, 12),
        )


def changed(data: bytes, roll: random.Random, cells: Sequence[str]) -> bytes:
    """The bytes after some changes, one after the other."""
    for change in changes_of(roll, cells):
        data = change(data)[:_LARGEST]
    return data


def damaged(data: bytes, draw: Draw) -> list[bytes]:
    """The file after some changes, eight times; and two things that are something else altogether."""
    return [*(changed(data, roll, draw.cells) for roll in draw.rolls()), draw.noise, draw.text.encode()]


def repacked(data: bytes, draw: Draw) -> list[bytes]:
    """A zip whose members were damaged one by one and packed again, or named, nested and damaged as a whole."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        held = {info.filename: archive.read(info) for info in archive.infolist()}
    return [*(_repacked(data, held, roll, draw) for roll in draw.rolls()), draw.noise, draw.text.encode()]


def _repacked(data: bytes, held: Mapping[str, bytes], roll: random.Random, draw: Draw) -> bytes:
    kind = roll.randrange(16)
    if kind == 0:
        return zip_of({**held, roll.choice(_NAMES): draw.text.encode()})
    if kind == 1:
        return _nested(data, roll.randint(1, 6))
    if kind < 6:
        return changed(data, roll, draw.cells)
    name = roll.choice(sorted(held))
    return zip_of({**held, name: changed(held[name], roll, draw.cells)})


_NAMES: Final = (
    "../../outside.csv",
    "/etc/passwd",
    "C:\\Windows\\x.csv",
    "a/" * 200 + "b.csv",
    "x" * 5_000,
    "\u202egnp.csv",
    "line\nbreak.csv",
    "<img src=x onerror=alert(1)>.csv",
    "[Content_Types].xml",
    "xl/worksheets/sheet1.xml",
)


def zip_of(files: Mapping[str, bytes]) -> bytes:
    """The files as one zip with right check sums."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


def _nested(data: bytes, depth: int) -> bytes:
    for number in range(depth):
        data = zip_of({f"{number}.zip": data})
    return data
