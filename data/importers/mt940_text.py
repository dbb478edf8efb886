"""What an MT940 or MT942 file says as fields: `:61:` and its lines, whatever stands around them.

SWIFT blocks (`{1:…}{4:`), the lines that banks put before a message, indentation, blank lines and a missing end are
tolerated. Only tags of the standard begin a field: a text wrapped before `:12:30` stays one text.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from typing import NamedTuple

_HEAD = 64 * 1024
_TAGS = "13D?|20|21|25P?|28C?|34F|60[FM]|61|62[FM]|64|65|86|90[CD]|940|942|NS"
_TAG = re.compile(rf"[ \t\ufeff]*:(?P<tag>{_TAGS}):(?P<value>.*)", re.IGNORECASE)
# A row, or a balance, as nothing else in the world writes it; or how a message begins.
_SURE = re.compile(r"^[ \t]*:(?:61:[ ]?\d{6}|6[02][FM]:R?[CD] ?\d{6})", re.MULTILINE | re.IGNORECASE)
_BEGINS = re.compile(r"^[ \t]*(?:\{[^\n]*)?:20:", re.MULTILINE)
_GOES_ON = re.compile(r"^[ \t]*:(?:25P?|28C?|34F|86):", re.MULTILINE | re.IGNORECASE)
_BLOCK = re.compile(r"-?\}?[ \t]*\{[1-5]:.*?(?:\{4:|$)")  # behind its blanks
_WITH_LINES = frozenset({"61", "86"})
# `…13` and `:20:11…` are a time of day that was wrapped, not the beginning of a message.
_CLOCK_BEFORE, _CLOCK_AFTER = re.compile(r"(?<!\d)\d\d$"), re.compile(r"[0-5]\d(?!\d)")
_CLOCK_TAGS = frozenset({"13", "20", "21", "25", "28"})
_LONG_HIGH = re.compile(rb"[\x80-\xff]+")


class Field(NamedTuple):
    """One field: its tag in capitals, its physical line from 1, and the lines of its value."""

    tag: str
    line: int
    lines: tuple[str, ...]


def looks_like_mt940(data: bytes) -> bool:
    """Whether the file holds rows or balances of MT940, or the fields with which one of its messages begins."""
    text = _decoded(data[:_HEAD])[0].replace("\r", "\n")
    return bool(_SURE.search(text) or (_BEGINS.search(text) and _GOES_ON.search(text)))


def read_fields(data: bytes) -> tuple[list[Field], str]:
    """Every field of the file, and the encoding used."""
    text, encoding = _decoded(data)
    # No text of ours holds a NUL: other stores and programs cannot keep one.
    return list(_fields(text.replace("\x00", "\ufffd"))), encoding


def _fields(text: str) -> Iterator[Field]:
    tag, begins, lines = "", 0, [""]
    for number, physical in enumerate(re.split(r"\r\n|\r|\n", text), 1):
        line, ends = _without_block(physical)
        found = _TAG.fullmatch(line)
        if found and tag == "86" and _is_clock(found, lines[-1]):
            found = None
        if (ends or found) and tag:
            yield Field(tag, begins, tuple(lines))
            tag = ""
        if found:
            tag, begins, lines = found["tag"].upper(), number, [found["value"]]
        elif tag in _WITH_LINES and not ends:
            lines.append(line.strip("\t"))
    if tag:
        yield Field(tag, begins, tuple(lines))


def _without_block(line: str) -> tuple[str, bool]:
    """A line without the SWIFT blocks before its field, and whether it ends the message before it."""
    begins = line.lstrip(" \t")
    if found := _BLOCK.match(begins):
        return begins[found.end() :], True
    return line, line.strip() == "-" or line.lstrip().startswith("-}")


def _is_clock(found: re.Match[str], before: str) -> bool:
    return (
        found["tag"] in _CLOCK_TAGS and bool(_CLOCK_BEFORE.search(before)) and bool(_CLOCK_AFTER.match(found["value"]))
    )


def _decoded(data: bytes) -> tuple[str, str]:
    """Nothing declares an encoding: UTF-8 if the bytes are; Chinese if they come in pairs; Western otherwise."""
    if data.startswith(codecs.BOM_UTF8):
        return data[3:].decode("utf-8", errors="replace"), "utf-8-bom"
    for mark, codec in ((codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be")):
        if data.startswith(mark):
            return data[2:].decode(codec, errors="replace"), codec
    in_pairs = all(len(run) % 2 == 0 for run in _LONG_HIGH.findall(data))
    for name in ("utf-8", *(["gb18030"] if in_pairs else [])):
        try:
            return data.decode(name), name
        except UnicodeDecodeError:
            continue
    return data.decode("cp1252", errors="replace"), "cp1252"
