"""What a QIF file says before anybody judges it: records with the account and section they stand in, and their dates.

The format names neither its encoding nor the order of its dates (nor a currency). The encoding is told from the bytes,
the order from all dates together.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Final

from data.importers.mapping import DateOrder
from data.importers.moments import moment_of
from data.importers.reading import decode

_LOOKED_AT: Final = 65_536
_SECTIONS: Final = (
    rb"Type:\s*(?:Bank|Cash|CCard|Oth [AL]|Invst|Invoice|Cat|Class|Tag|Memorized|Security|Prices|Budget|Template|Bill)"
)
# Above the first section only blank lines, comments and ends of records stand, whatever writes them.
_QIF: Final = re.compile(
    rb"(?:\s*(?:#[^\n]*)?\^?\s*\n)*\s*!\s*(?:" + _SECTIONS + rb"|Account\b|Option:|Clear:)", re.IGNORECASE
)
_HIGH: Final = re.compile(rb"[\x80-\xff]+")
_SEPARATOR: Final = re.compile(r"\s*[/.'\-]\s*|\s+")
_ONE_DIGIT_YEAR: Final = re.compile(r"'\s*(\d)\Z")
MONEY_SECTIONS: Final = frozenset({"bank", "cash", "ccard", "oth a", "oth l", "invoice", "bill"})


@dataclasses.dataclass(frozen=True, slots=True)
class Split:
    """One part of a record: its category or `[account]`, its memo, its amount as the file has it."""

    category: str
    memo: str = ""
    amount: str = ""


@dataclasses.dataclass(frozen=True, slots=True)
class Record:
    """What stands between two `^`. section: its `!` word, folded; account: name and type of the `!Account` above it.

    values: field code → the first text of it; closed: whether its `^` came before the end.
    """

    line: int
    section: str
    account: tuple[str, str] | None
    values: dict[str, str]
    splits: tuple[Split, ...]
    closed: bool = True

    def value(self, code: str) -> str:
        """The text of a field, "" where there is none."""
        return self.values.get(code, "").strip()


def looks_like_qif(data: bytes) -> bool:
    """Whether the first thing that says something is one of the format's sections."""
    head = data[:_LOOKED_AT]
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        head = head.replace(b"\x00", b"")[2:]
    head = head.removeprefix(b"\xef\xbb\xbf").replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    return b"!" in head[:4096] and bool(_QIF.match(head))


def text_and_encoding(data: bytes, file: str) -> tuple[str, str]:
    """The text; single letters beyond ASCII among ASCII ones are Western, pairs are Chinese.

    Raises:
        FileRefused: as `reading.decode`.
    """
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        runs = _HIGH.findall(data)
        if b"\x00" not in data and sum(len(run) % 2 for run in runs) * 2 > len(runs):
            return data.decode("cp1252", errors="replace"), "cp1252"
    return decode(data, file)


def records(text: str) -> Iterator[Record]:
    """Every record of the file in its order; comment lines before the first section are none."""
    section = ""
    account: tuple[str, str] | None = None
    held = _Held()
    for number, raw in enumerate(text.splitlines(), 1):
        line = raw.rstrip()
        if line.startswith("!"):
            if held.fields:
                yield held.record(section, account, closed=False)
            held = _Held()
            section, account = _section(line, account)
        elif line.startswith("^"):
            if held.fields:
                found = held.record(section, account)
                yield found
                if section == "account":
                    account = (found.value("N"), found.value("T"))
            held = _Held()
        elif line.strip() and section:
            held.take(number, line)
    if held.fields:
        yield held.record(section, account, closed=False)


def _section(line: str, account: tuple[str, str] | None) -> tuple[str, tuple[str, str] | None]:
    word = " ".join(line[1:].split()).casefold()
    kind, _, rest = word.partition(":")
    if kind == "clear":
        return word, None
    return (rest.strip() if kind == "type" else word), account


class _Held:
    """The lines of the record that is being read."""

    def __init__(self) -> None:
        self.fields: list[tuple[int, str, str]] = []

    def take(self, number: int, line: str) -> None:
        self.fields.append((number, line[0], line[1:]))

    def record(self, section: str, account: tuple[str, str] | None, *, closed: bool = True) -> Record:
        values: dict[str, str] = {}
        splits: list[Split] = []
        for _, code, text in self.fields:
            if code == "S" and section in MONEY_SECTIONS:
                splits.append(Split(text.strip()))
            elif splits and code == "E":
                splits[-1] = dataclasses.replace(splits[-1], memo=text.strip())
            elif splits and code == "$":
                splits[-1] = dataclasses.replace(splits[-1], amount=text.strip())
            elif code == "A" and code in values:  # an address has a line each
                values[code] += f", {text.strip()}"
            else:  # the first counts: a split may repeat its record's date
                values.setdefault(code, text.strip())
        return Record(self.fields[0][0], section, account, values, tuple(splits), closed)


def _plain(text: str) -> str:
    """A date with one kind of separator, and a year after an apostrophe in two digits at least: `1/ 3' 5`."""
    padded = _ONE_DIGIT_YEAR.sub(r"'0\1", text.strip())
    letters = any(map(str.isalpha, padded))
    return _SEPARATOR.sub("-" if letters else "/", padded.strip(" '/"))


def day_of(text: str, order: DateOrder) -> date | str:
    """The day a `D` field names in this order, or the reason why it names none."""
    found = moment_of(_plain(text), order)
    return found if isinstance(found, str) else found[0]


def order_of(texts: Iterable[str]) -> tuple[DateOrder, bool]:
    """The order of all these dates together, and whether they prove it. Month first where day and month may change.

    An order in which a date more can be read is proven against one in which it cannot.
    """
    dates = tuple(dict.fromkeys(texts))
    read = {order: tuple(day_of(text, order) for text in dates) for order in DateOrder}
    failures = {order: sum(isinstance(day, str) for day in days) for order, days in read.items()}
    best = min(failures.values())
    if best == failures[DateOrder.YMD] < min(failures[DateOrder.MDY], failures[DateOrder.DMY]):
        return DateOrder.YMD, True
    if failures[DateOrder.MDY] != failures[DateOrder.DMY]:
        proven = DateOrder.MDY if failures[DateOrder.MDY] < failures[DateOrder.DMY] else DateOrder.DMY
        return proven, True
    return DateOrder.MDY, read[DateOrder.MDY] == read[DateOrder.DMY]
