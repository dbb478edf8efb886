"""What codes of importers are called: formats, reasons for skipping, troubles, outcomes, places."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from pages.ui import format, session  # noqa: A004 - our word for it, always used with its dot
from pages.ui.catalogue import translator
from pages.ui.i18n import text

_KIB = 1024


def one_of(names: Mapping[str, str]) -> Callable[[Any], str]:
    """A `format_func` that gives each option its name; said now, because it may be called outside of the run."""
    return lambda code: names.get(str(code), str(code))


def said(about: str, code: str) -> str:
    """The words for `code`: `importing.<about>.<code>`; a code of tomorrow is named as it is."""
    key = f"importing.{about}.{code}"
    if translator(session.language()).has(key):
        return text(key)
    return text(f"importing.{about}.other", code=code)


def source(format_code: str) -> str:
    """A format's name: `支付宝账单`, `OFX`."""
    return said("format", format_code)


def encoding(code: str) -> str:
    """An encoding as people write it: `GB18030`, `UTF-8`; nothing for workbooks."""
    return code.removesuffix("-bom").upper()


def size(count: int) -> str:
    """A file's size, in whole KB or MB."""
    kib = -(-count // _KIB)
    return f"{format.count(kib)} KB" if kib < 10 * _KIB else f"{format.count(kib // _KIB)} MB"


def place(line: int, sheet: str = "") -> str:
    """Where a row stands: `12`, on a workbook with its sheet `Sheet1 · 12`."""
    return f"{sheet} · {line}" if sheet else str(line)
