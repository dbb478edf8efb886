"""A journal's text: whole for reading, its head for recognising."""

from __future__ import annotations

import codecs
from typing import Final

from data.importers.reading import decode

_LOOKED_AT: Final = 262_144


def head_of(data: bytes) -> str:
    """The beginning as text, "" for what cannot be a journal."""
    head = data[:_LOOKED_AT]
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        text = head.decode("utf-16", errors="ignore")
    elif b"\x00" in head[:1024] or head.lstrip()[:1] in {b"<", b"{"}:
        return ""
    else:
        text = head.decode("utf-8-sig", errors="ignore")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def journal_text(data: bytes, file: str) -> tuple[str, str]:
    """The text and its encoding.

    Raises:
        FileRefused: as `reading.decode`.
    """
    return decode(data, file)
