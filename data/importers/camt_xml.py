"""What a CAMT file says as trees: one for each statement, its entries condensed as they go by.

Names are local ones, whatever the namespace, so every version reads alike. A document type, and with it every entity
that could expand or fetch something, refuses the file. A file that breaks off, or stops being XML, keeps what came
before.
"""

from __future__ import annotations

import codecs
import dataclasses
import functools
import re
from collections.abc import Callable
from typing import Generic, TypeVar
from xml.parsers import expat

from data.importers.ofx_text import Element
from data.importers.statement import FileRefused

Row = TypeVar("Row")

REPORTS = ("Stmt", "Rpt", "Ntfctn")  # of camt.053, camt.052, camt.054
ENTRY = "Ntry"

_HEAD = 64 * 1024
_DEPTH = 64  # real files nest twenty deep; a file made to exhaust us does not get further
_LONGEST = 64 * 1024  # characters of one value
_ROOT = re.compile(r"<(?:[\w.-]+:)?BkToCstmr(?:Stmt|AcctRpt|DbtCdtNtfctn)(?:V\d+)?[\s/>]")
_BOMS = (
    (codecs.BOM_UTF8, "utf-8", "utf-8-bom"),
    (codecs.BOM_UTF16_LE, "utf-16-le", "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be", "utf-16-be"),
    (b"<\x00", "utf-16-le", "utf-16-le"),
    (b"\x00<", "utf-16-be", "utf-16-be"),
)
_DECLARED = re.compile(rb"<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([A-Za-z0-9._-]{1,40})")
# What banks declare; Python knows codecs besides that are no character sets.
_TEXT_CODEC = re.compile(
    r"utf-?8|(us-)?ascii|latin-?\d|cp\d{3,5}|(windows|iso[-_]?8859|mac)[-_]?\w{1,9}|gb\w{1,5}|big5\w{0,5}"
    r"|shift_jis|euc[-_]\w{2}|koi8[-_]\w",
    re.IGNORECASE,
)


@dataclasses.dataclass(slots=True)
class Report(Generic[Row]):
    """One statement, report or notification: everything but its entries as a tree, and its entries in file order."""

    element: Element
    entries: list[Row] = dataclasses.field(default_factory=list)


@dataclasses.dataclass(slots=True)
class Message(Generic[Row]):
    """A file. broken_at: the line where it stops being XML; lost: the line of the entry that was cut, or 0."""

    encoding: str
    reports: list[Report[Row]] = dataclasses.field(default_factory=list)
    broken_at: int = 0
    lost: int = 0


def looks_like_camt(data: bytes) -> bool:
    """Whether the file is XML that holds one of the three messages."""
    head = data[:_HEAD]
    codec = next((codec for mark, codec, _ in _BOMS if head.startswith(mark)), "latin-1")
    text = head.decode(codec, errors="replace").lstrip("\ufeff \t\r\n")
    return text.startswith("<") and _ROOT.search(text) is not None


def read_message(data: bytes, file: str, condense: Callable[[Element], Row]) -> Message[Row]:
    """Every statement of the file, each entry as `condense` makes it once it is complete.

    Raises:
        FileRefused: `xml_entities` for a file with a document type.
    """
    text, encoding = decoded(data)
    parser = expat.ParserCreate()
    parser.buffer_text = True
    reader = _Reader(file, Message(encoding), condense, parser)
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.characters
    parser.StartDoctypeDeclHandler = reader.refuse
    parser.EntityDeclHandler = reader.refuse
    try:
        parser.Parse(text, True)  # noqa: FBT003 - its only form
    except expat.ExpatError as error:
        reader.cut(error.lineno)
    return reader.message


def decoded(data: bytes) -> tuple[str, str]:
    """The text by its byte order mark, or as its declaration says; UTF-8 otherwise, or whatever can be read."""
    for mark, codec, label in _BOMS:
        if data.startswith(mark):
            return data.decode(codec, errors="replace").lstrip("\ufeff"), label
    data = data.lstrip(b" \t\r\n") if data[:1].isspace() else data
    found = _DECLARED.match(data)
    # A declaration of UTF-16 that can be read byte by byte is wrong: the file is not UTF-16.
    claimed = found[1].decode().lower() if found else ""
    for name in (claimed if _TEXT_CODEC.fullmatch(claimed) else "utf-8", "utf-8", "gb18030"):
        try:
            return data.decode(name), name
        except (UnicodeDecodeError, LookupError):
            continue
    return data.decode("cp1252", errors="replace"), "cp1252"


class _Reader(Generic[Row]):
    """What expat calls: builds trees, hands over entries, forgets them."""

    def __init__(
        self, file: str, message: Message[Row], condense: Callable[[Element], Row], parser: expat.XMLParserType
    ) -> None:
        self.message = message
        self._file = file
        self._condense = condense
        self._parser = parser
        self._stack: list[Element] = []
        self._deeper = 0
        self._row_at = 0  # the line of the entry that is open
        self._report: Report[Row] | None = None

    def start(self, name: str, attributes: dict[str, str]) -> None:
        stack = self._stack
        if len(stack) >= _DEPTH:
            self._deeper += 1
            return
        tag = name if ":" not in name else _local(name)
        # Which line a part of an entry stands on is never asked, and finding it out takes longer than the rest.
        at = self._row_at if self._row_at and tag != ENTRY else self._parser.CurrentLineNumber
        element = Element(tag, at)
        for key, value in attributes.items():
            if not key.startswith(("xmlns", "xsi:")):
                element.children.append(Element(f"@{_local(key)}", element.line, value.strip()))
        if self._report is None:
            if tag in REPORTS:
                self._report = Report(element)
                self.message.reports.append(self._report)
        elif tag != ENTRY:
            stack[-1].children.append(element)
        elif not self._row_at:
            self._row_at = element.line
        stack.append(element)

    def end(self, _: str) -> None:
        if self._deeper:
            self._deeper -= 1
            return
        element = self._stack.pop()
        if element.text:
            element.text = " ".join(element.text.split())
        element.closed = True
        report = self._report
        if report is None:
            return
        if element is report.element:
            self._report = None
        elif element.tag == ENTRY:
            report.entries.append(self._condense(element))
            self._row_at = next((one.line for one in self._stack if self._is_row(one)), 0)

    def characters(self, text: str) -> None:
        if self._report is not None and not self._deeper:
            element = self._stack[-1]
            if len(element.text) < _LONGEST:
                element.text += text

    def refuse(self, *_: object) -> None:
        raise FileRefused(self._file, "xml_entities", self._parser.CurrentLineNumber)

    def cut(self, line: int) -> None:
        self.message.broken_at = line
        self.message.lost = next((one.line for one in self._stack if self._is_row(one)), 0)

    def _is_row(self, element: Element) -> bool:
        return element.tag == ENTRY and self._report is not None


@functools.lru_cache(maxsize=1024)
def _local(name: str) -> str:
    return name.rpartition(":")[2]
