"""Text as a CSV cell that no spreadsheet takes for a formula, nor for a number that it would round."""

from __future__ import annotations

import re
from typing import Final

# Blanks that a spreadsheet may trim before it looks for a formula: white space, control and zero-width characters.
_BLANK: Final = r"[\s\x00-\x1f\x7f-\x9f\u00ad\u200b-\u200f\u2028-\u202f\u2060-\u2064\ufeff]*"
# A text of digits only that a spreadsheet would round (it keeps 15) is guarded too. Text that already looks guarded
# gets one more, so that taking one off always gives the text back.
_DANGEROUS: Final = re.compile(rf"'*{_BLANK}(?:[=+\-@＝＋－＠\t\r\n]|\d{{16,}}\s*\Z)")


def guarded(text: str) -> str:
    """The text as a cell that is no formula and no number too long to be kept."""
    return "'" + text if _DANGEROUS.match(text) else text


def unguarded(cell: str) -> str:
    """The text that a guarded cell stands for."""
    return cell[1:] if cell.startswith("'") and _DANGEROUS.match(cell[1:]) else cell
