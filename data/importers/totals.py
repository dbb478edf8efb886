"""What a file says its rows add up to, and what we read: the two sides of the self-check.

Both are counted by the file's own direction words, before any judgement of ours: a repayment under 支出 counts as
支出 here, a skipped row counts too. Exact integers of minor units.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from data.importers.reading import text_of
from data.importers.statement import Total, Totals
from data.importers.table import Row
from data.money import AmountUnreadable, parse_amount

SPENT, RECEIVED, NEUTRAL = "spent", "received", "neutral"
_FIELD_OF = {
    "支出": SPENT,
    "已支出": SPENT,
    "收入": RECEIVED,
    "已收入": RECEIVED,
    "不计收支": NEUTRAL,
    "中性交易": NEUTRAL,
    "其他": NEUTRAL,
    "/": NEUTRAL,
    "": NEUTRAL,
}
_STATED = re.compile(
    r"(?P<word>[^\d\s:]{2,4})\s*:\s*(?P<count>\d+)\s*笔\s*(?:\([^)]*\))?\s*,?\s*(?P<sum>[\d,]+(?:\.\d+)?)\s*元"
)
_COUNT = re.compile(r"共\s*:?\s*(?P<count>\d+)\s*笔")


def side_of(direction: str) -> str | None:
    """Which total a direction word belongs to, or None for a word no file uses."""
    return _FIELD_OF.get(direction)


def stated_totals(rows: Iterable[Row], currency: str) -> Totals | None:
    """The totals in a file's preamble or footer, None when it states none.

    `收入：1笔 28.50元`, `支出：16笔(含4笔部分退款)，60735.99元`, `已支出:6笔,1000.00元` and `共：29笔记录`.
    """
    sides: dict[str, Total] = {}
    count: int | None = None
    for row in rows:
        text = unicodedata.normalize("NFKC", ",".join(map(text_of, row.cells))).strip(" ,")
        if found := _COUNT.match(text):
            count = int(found["count"])
        elif (found := _STATED.match(text)) and (side := side_of(found["word"])):
            total = _total(found, currency)
            if total:
                sides[side] = total
    if count is None and not sides:
        return None
    return Totals(currency, count, sides.get(SPENT), sides.get(RECEIVED), sides.get(NEUTRAL))


def _total(found: re.Match[str], currency: str) -> Total | None:
    try:
        return Total(int(found["count"]), parse_amount(found["sum"], currency).minor)
    except AmountUnreadable:  # an odd preamble never refuses a file: it only leaves the self-check without a figure
        return None


def computed_totals(rows: Iterable[tuple[str, int]], currency: str) -> Totals:
    """Ours, from (direction word, gross minor units) of every row that could be read."""
    sums = {SPENT: [0, 0], RECEIVED: [0, 0], NEUTRAL: [0, 0]}
    count = 0
    for direction, minor in rows:
        count += 1
        side = _FIELD_OF.get(direction)
        if side:
            total = sums[side]
            total[0] += 1
            total[1] += minor
    spent, received, neutral = (Total(*sums[side]) for side in (SPENT, RECEIVED, NEUTRAL))
    return Totals(currency, count, spent, received, neutral)
