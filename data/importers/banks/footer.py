"""What a bank's file says its rows add up to: a line of sums below them, or figures above them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence

from data.errors import Rejection
from data.importers.banks.profile import Header, Profile
from data.importers.figures import currency_of
from data.importers.headings import FOOTER
from data.importers.reading import text_of
from data.importers.statement import Total, Totals
from data.importers.table import Row
from data.importers.totals import stated_totals
from data.money import parse_amount

_FOOTER = 6  # rows below the movements
_SPELT = re.compile(r"(?P<side>收入|支出)合计:?\s*(?P<count>\d{1,7})\s*笔\D{0,6}(?P<sum>\d[\d,]{0,14}\.\d\d)(?!\d)")


def stated_sums(header: Header, profile: Profile, rows: Sequence[Row], ours: Totals) -> Totals | None:
    """The file's own sums in the currency of `ours`, None when it states none.

    A line of sums says nothing of how many rows it adds, so for the number ours stands in: only the sums are compared.
    """
    for row in rows:
        found = _sums(header, profile, row, ours)
        if found is not None:
            return found
    around = (*header.above, *rows[-_FOOTER:])
    return _spelt_out(around, ours.currency) or stated_totals(around, ours.currency)


def _spelt_out(rows: Iterable[Row], currency: str) -> Totals | None:
    """`# 收入合计: 1 笔，共 100.00 元`."""
    found = {}
    for row in rows:
        for one in _SPELT.finditer(unicodedata.normalize("NFKC", ",".join(map(text_of, row.cells)))):
            found[one["side"]] = Total(int(one["count"]), parse_amount(one["sum"], currency).minor)
    return Totals(currency, spent=found.get("支出"), received=found.get("收入")) if found else None


def _sums(header: Header, profile: Profile, row: Row, ours: Totals) -> Totals | None:
    label = next((text for cell in row.cells if (text := text_of(cell))), "")
    found = FOOTER.search(label[:12])
    if not found or (currency_of(label[: found.start()].strip()) or ours.currency) != ours.currency:
        return None
    received = _figure(row, header.places(profile.paid_in), ours.currency)
    spent = _figure(row, header.places(profile.paid_out), ours.currency)
    if received is None and spent is None:
        return None
    return Totals(
        ours.currency,
        spent=None if spent is None or ours.spent is None else Total(ours.spent.count, spent),
        received=None if received is None or ours.received is None else Total(ours.received.count, received),
    )


def _figure(row: Row, places: Iterable[int], currency: str) -> int | None:
    texts = (text_of(row.cells[at]) for at in places if at < len(row.cells))
    text = next(filter(None, texts), "")
    try:
        return parse_amount(text, currency).minor if text else None
    except Rejection:  # an odd sum only leaves the self-check without a figure
        return None
