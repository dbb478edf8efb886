"""What stands above a bank's table about all of its rows: the card, whose it is, the currency, the month it is of."""

from __future__ import annotations

import dataclasses
import re
import unicodedata
from collections.abc import Iterable
from datetime import date

from data.importers.banks.profile import texts_of
from data.importers.figures import currency_of
from data.importers.moments import EARLIEST, LATEST
from data.importers.table import Row

# Cells parted by `|`, without blanks: `账号:|622588*********6789`, `账号:[招商银行金卡6225****1234]`.
_NUMBER = re.compile(
    r"(?:卡号|账号|帐号|账户|帐户|accountnumber|cardnumber)[:|]*[^\d|*•]{0,12}?"
    r"(?:\d{2,8}[x*•]{2,30}|[x*•]{4,30}|\d{8,17})(?P<last4>\d{4})(?!\d)"
    r"|(?:末四位|后四位|尾号)[:|]*(?P<tail>\d{4})(?!\d)",
    re.IGNORECASE,
)
_HOLDER = re.compile(
    r"(?:户名|姓名|客户名称|持卡人)[:|]+(?P<name>[^|:]{2,20}?)(?=\||$|[a-z\u4e00-\u9fff/]{2,6}:)", re.IGNORECASE
)
_CURRENCY = re.compile(r"(?:币种|币别|currency)[:|]+(?P<currency>[^|:(]{1,6})", re.IGNORECASE)
_IN_TITLE = re.compile(r"明细\((?P<currency>[^()]{1,4})\)")
_MONTH = re.compile(r"(?<!\d)(?P<year>(?:19|20)\d\d)(?:年|[-/.]?)(?P<month>0?[1-9]|1[0-2])(?!\d*[.,]\d)")
_STATEMENT = re.compile(r"账单|对账|账期|周期|statement", re.IGNORECASE)


@dataclasses.dataclass(frozen=True, slots=True)
class Preamble:
    """The card's last four digits, its holder's name and the currency; "" for what the file does not say."""

    last4: str = ""
    holder: str = ""
    currency: str = ""
    month: tuple[int, int] | None = None

    def day(self, month: int, day: int) -> date | str:
        """The date of a day without a year, or why there is none.

        A statement is dated by its end, so months behind its own are the year before's.
        """
        if self.month is None:
            return "year_unknown"
        year = self.month[0] - (month > self.month[1])
        try:
            return date(year, month, day)
        except ValueError:
            return "date_unreadable"


def preamble_of(above: Iterable[Row], file: str, sheet: str) -> Preamble:
    """What the rows above the header say; the month, if they have none, from the file's name."""
    rows = [unicodedata.normalize("NFKC", "|".join(texts_of([row]))) for row in above]
    said = "|".join("".join(row.split()) for row in [*rows, unicodedata.normalize("NFKC", sheet)])
    number, holder = _NUMBER.search(said), _HOLDER.search(said)
    currency = _CURRENCY.search(said) or _IN_TITLE.search(said)
    return Preamble(
        (number["last4"] or number["tail"]) if number else "",
        holder["name"] if holder else "",
        (currency_of(currency["currency"]) or "") if currency else "",
        _month_of(rows) or _month_of([unicodedata.normalize("NFKC", file)]),
    )


def _month_of(rows: list[str]) -> tuple[int, int] | None:
    """The last month that the first row about the statement names; without one, the first row that names any."""
    for row in sorted(rows, key=lambda row: not _STATEMENT.search(row)):
        named = [(int(found["year"]), int(found["month"])) for found in _MONTH.finditer(row)]
        if named and EARLIEST <= max(named)[0] <= LATEST:
            return max(named)
    return None
