"""What an OFX file says as a tree, whatever the bank made of the standard.

Version 1 is SGML (leaf tags are not closed), version 2 is XML; banks mix both, leave the header out, name a charset
that is not the file's, or put an empty leaf where a value belongs. One tolerant scanner reads them all and keeps the
physical line of every element, which the strict libraries don't. Entities are never expanded, except the five of
XML and character numbers.
"""

from __future__ import annotations

import codecs
import dataclasses
import re
from collections.abc import Iterator

from data.importers.statement import FileRefused

_HEAD = 64 * 1024
_DEPTH = 64  # real files nest ten deep; a file made to exhaust us does not get further
_ROOT = re.compile(r"<OFX\s*>", re.IGNORECASE)
_BOMS = (
    (codecs.BOM_UTF8, "utf-8", "utf-8-bom"),
    (codecs.BOM_UTF16_LE, "utf-16-le", "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be", "utf-16-be"),
)
_TOKEN = re.compile(
    # An unterminated comment runs to the end of the file: searching its end again and again would be quadratic.
    r"<!--.*?(?:-->|\Z)|<!\[CDATA\[(?P<cdata>.*?)(?:\]\]>|\Z)|<\?.*?(?:\?>|\Z)|<!(?P<declaration>[A-Za-z]+)"
    r"|<(?P<slash>/?)(?P<tag>[A-Za-z][A-Za-z0-9._-]*)\s*(?P<empty>/?)>",
    re.DOTALL,
)
_CHARSET = re.compile(r"CHARSET:\s*(\S+)", re.IGNORECASE)
# What banks declare; Python knows codecs besides that are no character sets.
_TEXT_CODEC = re.compile(
    r"cp\d{3,5}|(windows|iso[-_]?8859|iso-ir|mac)[-_]?\w{1,9}|gb\w{1,5}|big5\w{0,5}|shift_jis|euc[-_]\w{2}|koi8[-_]\w",
    re.IGNORECASE,
)
_DECLARED = re.compile(r"<\?xml[^>]*encoding=[\"']([^\"']+)", re.IGNORECASE)
_ENTITY = re.compile(r"&(?:(amp|lt|gt|quot|apos|nbsp)|#(\d{1,7})|#x([0-9A-Fa-f]{1,6}));")
_NAMED = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'", "nbsp": " "}

# Values, never containers: an empty one is not closed in SGML and must not swallow what follows it.
_LEAVES = frozenset(
    {
        "TRNTYPE",
        "DTPOSTED",
        "DTUSER",
        "DTAVAIL",
        "TRNAMT",
        "FITID",
        "CHECKNUM",
        "REFNUM",
        "SIC",
        "PAYEEID",
        "NAME",
        "EXTDNAME",
        "MEMO",
        "CURSYM",
        "CURRATE",
        "BALAMT",
        "DTASOF",
        "ACCTID",
        "ACCTTYPE",
        "BANKID",
        "BRANCHID",
        "BROKERID",
        "CURDEF",
        "ORG",
        "FID",
        "CODE",
        "SEVERITY",
        "MESSAGE",
        "LANGUAGE",
        "DTSTART",
        "DTEND",
        "TRNUID",
        "CORRECTFITID",
        "CORRECTACTION",
    }
)
# Containers that a file which breaks off opens and never closes.
_CONTAINERS = frozenset(
    {
        "OFX",
        "BANKMSGSRSV1",
        "CREDITCARDMSGSRSV1",
        "INVSTMTMSGSRSV1",
        "STMTTRNRS",
        "CCSTMTTRNRS",
        "INVSTMTTRNRS",
        "STMTRS",
        "CCSTMTRS",
        "INVSTMTRS",
        "BANKTRANLIST",
        "INVTRANLIST",
        "INVBANKTRAN",
        "STMTTRN",
    }
)


@dataclasses.dataclass(slots=True)
class Element:
    """One tag with its value or its children. `line` is physical, from 1; `closed` says that its end was seen.

    plain: of a row that holds nothing but values, these, instead of children.
    """

    tag: str
    line: int
    text: str = ""
    children: list[Element] = dataclasses.field(default_factory=list)
    closed: bool = False
    plain: dict[str, str] | None = None

    def first(self, tag: str) -> Element | None:
        """Its first direct child of that name."""
        for child in self.children:  # asked dozens of times for each row: a generator takes three times as long
            if child.tag == tag:
                return child
        return None

    def value(self, *path: str) -> str:
        """The text at the end of a path of direct children, "" when there is none."""
        found = self
        for tag in path:
            for child in found.children:
                if child.tag == tag:
                    found = child
                    break
            else:
                return ""
        return found.text

    def walk(self, *tags: str) -> Iterator[Element]:
        """Every element below it with one of these names, in file order, not looking inside a find or a row."""
        for child in self.children:
            if child.tag in tags:
                yield child
            elif child.children and child.tag != "STMTTRN":
                yield from child.walk(*tags)

    def values(self) -> dict[str, str]:
        """Its direct values by name, the first of each; empty ones left out."""
        if self.plain is not None:
            return self.plain
        found: dict[str, str] = {}
        for child in self.children:
            if child.text:
                found.setdefault(child.tag, child.text)
        return found


def looks_like_ofx(data: bytes) -> bool:
    """Whether the file opens as OFX: its header, a comment or nothing, and then the root tag."""
    head = data[:_HEAD]
    codec = next((codec for mark, codec, _ in _BOMS if head.startswith(mark)), "latin-1")
    text = head.decode(codec, errors="replace").lstrip("\ufeff \t\r\n")
    return _ROOT.search(text) is not None and (text.startswith("<") or text[:10].upper() == "OFXHEADER:")


def read_tree(data: bytes, file: str) -> tuple[Element, str]:
    """The `OFX` element and the encoding used.

    Raises:
        FileRefused: `xml_entities` for a file that declares entities or a document type, `not_recognised` when
            the header names another data format or there is no root.
    """
    text, encoding = _decoded(data)
    text = text.replace("\x00", "\ufffd")  # no text of ours holds a NUL: other stores and programs cannot keep one
    root_at = _ROOT.search(text)
    header = text[: root_at.start()] if root_at else text
    form = re.search(r"^[ \t]*DATA:[ \t]*(\S+)", header, re.MULTILINE | re.IGNORECASE)
    if root_at is None or (form and form[1].upper() != "OFXSGML"):
        raise FileRefused(file, "not_recognised", detail=form[0].strip() if form else "OFX")
    return _tree(text, file), encoding


def _decoded(data: bytes) -> tuple[str, str]:
    """UTF-8 if the bytes are, whatever the header claims; else what it claims; else the widest Chinese and Western."""
    for mark, codec, label in _BOMS:
        if data.startswith(mark):
            return data[len(mark) :].decode(codec, errors="replace"), label
    head = data[:2000].decode("latin-1")
    for name in ("utf-8", _claimed(head), "gb18030", "cp1252"):
        try:
            return data.decode(name), name
        except (UnicodeDecodeError, LookupError):
            continue
    return data.decode("cp1252", errors="replace"), "cp1252"


def _claimed(head: str) -> str:
    found = _DECLARED.search(head) or _CHARSET.search(head)
    name = found[1] if found else ""
    if name.isdigit():
        name = {"1252": "cp1252", "936": "gb18030"}.get(name, f"cp{name}")
    return name if _TEXT_CODEC.fullmatch(name) else "utf-8"


# A row as banks write them: values only, none of them empty, each closed or none of its own name, and then its end.
_PLAIN_ROW = re.compile(
    r"\s*(?:<([A-Za-z][A-Za-z0-9._-]*)>[^<&\S]{0,100}[^<&\s][^<&]*(?:</\1>\s*)?)+</STMTTRN\s*>", re.IGNORECASE
)
_VALUE = re.compile(r"<([A-Za-z][A-Za-z0-9._-]*)>([^<]+)")


def _tree(text: str, file: str) -> Element:
    lines = _Lines(text)
    closing = {match[1].upper() for match in re.finditer(r"</([A-Za-z][A-Za-z0-9._-]*)\s*>", text)}
    top = Element("", 1)
    stack, last, at = [top], top, 0
    while match := _TOKEN.search(text, at):
        last.text += _unescaped(text[at : match.start()])
        at = match.end()
        if match["declaration"]:
            raise FileRefused(file, "xml_entities", lines.at(match.start()))
        if match["cdata"] is not None:
            last.text += match["cdata"]
        elif match["tag"]:
            tag = match["tag"].upper()
            if match["slash"]:
                last = _close(stack, tag)
                continue
            last = _open(stack, Element(tag, lines.at(match.start())), match, closing)
            if last is stack[-1] and tag == "STMTTRN" and (row := _plain_row(text, at, stack)):
                last.plain, at = row
                last = _close(stack, tag)
    _strip(top)
    return top.first("OFX") or top


def _plain_row(text: str, at: int, stack: list[Element]) -> tuple[dict[str, str], int] | None:
    """The values of the row that is open here, and where it ends; None when it holds anything but plain values."""
    found = _PLAIN_ROW.match(text, at)
    if not found or len(stack) >= _DEPTH:
        return None
    values = {tag.upper(): " ".join(value.split()) for tag, value in reversed(_VALUE.findall(text, at, found.end()))}
    return (values, found.end()) if values.keys().isdisjoint(above.tag for above in stack) else None


class _Lines:
    """On which line a place is; asked from the front to the back."""

    def __init__(self, text: str) -> None:
        self._text, self._line, self._upto = text, 1, 0

    def at(self, place: int) -> int:
        self._line += self._text.count("\n", self._upto, place)
        self._upto = place
        return self._line


def _open(stack: list[Element], element: Element, match: re.Match[str], closing: set[str]) -> Element:
    if element.tag == "STMTTRN":
        # A row inside a row is a row whose end tag is missing.
        while any(above.tag == "STMTTRN" for above in stack):
            stack.pop()
    stack[-1].children.append(element)
    rest = match.string[match.end() : match.end() + 200].lstrip()
    holds_value = bool(rest) and not rest.startswith("<")
    room = len(stack) < _DEPTH
    container = element.tag in _CONTAINERS or (element.tag in closing and element.tag not in _LEAVES)
    if room and container and not match["empty"] and not holds_value:
        stack.append(element)
    return element


def _close(stack: list[Element], tag: str) -> Element:
    for depth in range(len(stack) - 1, 0, -1):
        if stack[depth].tag == tag:
            stack[depth].closed = True
            del stack[depth:]
            break
    # What follows an end tag belongs to nobody.
    return Element("", 0)


def _strip(element: Element) -> None:
    pending = [element]
    while pending:
        current = pending.pop()
        current.text = " ".join(current.text.split())
        pending.extend(current.children)


def _unescaped(text: str) -> str:
    return _ENTITY.sub(_character, text) if "&" in text else text


def _character(match: re.Match[str]) -> str:
    name, decimal, hexadecimal = match.groups()
    if name:
        return _NAMED[name]
    number = int(decimal) if decimal else int(hexadecimal, 16)
    try:
        return chr(number).encode().decode() if number else "\ufffd"
    except (ValueError, OverflowError):  # no such character, or half of a surrogate pair
        return match[0]
