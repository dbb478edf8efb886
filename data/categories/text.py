"""When two texts of statements mean the same: folding for comparison, and the payee without its branch."""

from __future__ import annotations

import functools
import re
import unicodedata

_APOSTROPHES = str.maketrans("", "", "'’‘`´")
_SPACES = re.compile(r"\s+")
_CACHED_TEXTS = 65_536  # distinct payees and descriptions of a large import; beyond that the oldest are folded again


@functools.lru_cache(maxsize=_CACHED_TEXTS)
def fold(text: str) -> str:
    """`text` as it is compared: NFKC, case-folded, without apostrophes, runs of white space as one space."""
    folded = unicodedata.normalize("NFKC", text).casefold().translate(_APOSTROPHES)
    return _SPACES.sub(" ", folded).strip()


# A processor's mark before the merchant on card statements: `SQ *BLUE BOTTLE`, `PAYPAL *STEAM GAMES`.
_PROCESSOR = re.compile(r"^(?:sq|tst|sp|pp|paypal|stripe|py|ec)\s?\*\s*")
_BRACKETED = re.compile(r"[(\[【〔「<][^()\[\]【】〔〕「」<>]*[)\]】〕」>]")
_BRANCH = re.compile(r"\s?[-–—·_/]\s?[一-鿿][\w ]{0,20}店$")
_MASKED_NUMBER = re.compile(r"\d*\*{2,}\d+|\d+\*{2,}\d*")
_STORE_NUMBER = re.compile(r"(?:\s+(?:store|shop|no\.?)?\s*#?|\s*#)\d{2,}$")
_LEGAL_FORM = re.compile(
    r"(?:(?:股份|责任)?有限(?:责任)?公司|股份公司|分公司|个体工商户|[ ,]+(?:inc|ltd|llc|gmbh|corp|co|plc)\.?)$"
)
_LONGEST = 300  # signs of a name in which a branch, a number, a legal form is sought
_FEWEST = 2  # one character left is too little to stand for a payee


@functools.lru_cache(maxsize=_CACHED_TEXTS)
def normalise_payee(text: str) -> str:
    """The payee that a text names, equal for its branches: what corrections are learned on and rows grouped by.

    Folded; without brackets (`瑞幸咖啡（万达店）`), a branch after a dash, a store number (`STARBUCKS #0123`), a masked
    card or phone number, a processor's mark (`SQ *`), the legal form and spaces. When less than two characters
    would be left, the folded text itself.
    """
    folded = fold(text)
    if len(folded) > _LONGEST:
        return folded.replace(" ", "")
    bare = _PROCESSOR.sub("", folded)
    for noise in (_BRACKETED, _MASKED_NUMBER, _BRANCH, _STORE_NUMBER):
        bare = noise.sub("", bare).strip()
    while (shorter := _LEGAL_FORM.sub("", bare).strip(" ,-")) != bare:
        bare = shorter
    bare = bare.replace(" ", "")
    return bare if len(bare) >= _FEWEST else folded
