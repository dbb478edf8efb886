"""What a `:86:` says: who, what for, which kind of transaction.

Three writings: `166?00GUTSCHRIFT?20…?32NAME` with numbered sub-fields (Germany, Poland; the sign varies),
`/BENM//NAME/…/REMI/…` with words (Netherlands), and plain text. Texts are cut at 27 characters a sub-field and 65 a
line, within words, so what was full is joined without a blank.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

_SUB_WIDTH, _LINE_WIDTH = 27, 64
_NUMBERED = re.compile(r"\s*(?P<code>\d{3})?\s*(?P<sign>[?~^<>|])(?=[0-367]\d)")
_CODE_ONLY = re.compile(r"\s*(\d{3})\s*")
_SUB = r"(00|10|11|2\d|3\d|6\d|7\d)"
_WORDED = re.compile(r"\s*/[A-Z][A-Z0-9]{1,4}/")
_KEY = re.compile(
    r"/(ACCW|ADDR|BENM|BIC|BUSP|CHG[1-9]|CHGS|CNTP|CREF|CSID|EREF|EXCH|IBAN|ID|INIT|IREF|ISDT|KREF|MARF|NAME|OCMT|ORDP"
    r"|PREF|PURP|REMI|RTRN|SVCL|TRTP|ULTB|ULTC|ULTD)/"
)
# SEPA's keys within the purpose (DFÜ-Abkommen, annex 3).
_SEPA_KEYS = "EREF|KREF|MREF|CRED|DEBT|SVWZ|ABWA|ABWE|COAM|OAMT|PURP|RREF|IBAN|BIC"
_SEPA = re.compile(rf"((?:{_SEPA_KEYS})\+|\b(?:{_SEPA_KEYS}): |MTLG:)")
_PURPOSE = (*range(20, 30), *range(60, 64))
_NO_REFERENCE = frozenset({"NOTPROVIDED", "NONREF", "NOTAVAILABLE"})


class Details(NamedTuple):
    """What a `:86:` says. code: the German transaction code (GVC); posting: the bank's word; words: what it is for."""

    name: str = ""
    account: str = ""
    words: str = ""
    end_to_end: str = ""
    code: str = ""
    posting: str = ""
    returned: bool = False


def details_of(lines: Sequence[str]) -> Details:
    """The meaning of the lines of one `:86:`."""
    joined = "".join(lines)
    numbered = _NUMBERED.match(joined)
    if numbered:
        return _numbered(joined[numbered.start("sign") :], numbered["sign"], numbered["code"] or "")
    if _WORDED.match(joined):
        return _worded(joined)
    code = _CODE_ONLY.fullmatch(joined)
    return Details(code=code[1]) if code else Details(words=_text(_rejoined(lines, _LINE_WIDTH)))


def _numbered(text: str, sign: str, code: str) -> Details:
    pieces = re.split(re.escape(sign) + _SUB, text)
    found: dict[int, str] = {}
    for number, value in zip(pieces[1::2], pieces[2::2], strict=True):
        found.setdefault(int(number), value)
    purpose = _rejoined([found[number] for number in _PURPOSE if number in found], _SUB_WIDTH)
    keyed = _keyed(purpose, _SEPA)
    return Details(
        _text(_rejoined([found[number] for number in (32, 33) if number in found], _SUB_WIDTH)),
        _text(found.get(38) or found.get(31, "")).replace(" ", ""),
        _text(keyed.get("SVWZ") or keyed.get("MTLG") or _SEPA.split(purpose, 1)[0]) or _text(purpose),
        _reference(keyed.get("EREF", "")),
        code,
        _text(found.get(0, "")),
    )


def _worded(text: str) -> Details:
    found = _keyed(text, _KEY)
    other = [part.strip() for part in found.get("CNTP", "").split("/")]
    name = found.get("NAME", "").strip("/") or (other[2] if len(other) > 2 else "")  # noqa: PLR2004 - number, BIC, name
    remitted = re.sub(r"^/?(?:USTD|STRD)/+", "", found.get("REMI", ""))
    return Details(
        _text(name),
        _text(found.get("IBAN", "").strip("/") or other[0]).replace(" ", ""),
        _text(remitted.strip("/")) or _text(found.get("OCMT", "").strip("/")),
        _reference(found.get("EREF", "").strip("/")),
        posting=_text(found.get("TRTP", "").strip("/")),
        returned="RTRN" in found,
    )


def _keyed(text: str, key: re.Pattern[str]) -> dict[str, str]:
    pieces = key.split(text)
    found: dict[str, str] = {}
    for name, value in zip(pieces[1::2], pieces[2::2], strict=True):
        found.setdefault(name.rstrip("+: "), value)
    return found


def _reference(text: str) -> str:
    joined = _text(text)
    return "" if joined.upper() in _NO_REFERENCE else joined


def _rejoined(parts: Sequence[str], width: int) -> str:
    """Parts that were cut at a width, whole again: a shorter part ended by itself."""
    text = ""
    before = width
    for part in parts:
        text += part if before >= width else f" {part}"
        before = len(part)
    return text


def _text(text: str) -> str:
    return " ".join(text.split())
