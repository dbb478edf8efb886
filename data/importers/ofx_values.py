"""What the values of an OFX file mean: dates with their offset, amounts in either decimal style, accounts."""

from __future__ import annotations

import dataclasses
import functools
import re
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal

from data.importers.ofx_text import Element
from data.importers.statement import AccountHint, AccountKind
from data.money import AmountUnreadable, Money, exponent, parse_amount

EARLIEST, LATEST = 1970, 2100  # years a statement can be about; beyond them it is a typing error
_CARD_DIGITS = 12  # from here on a number may be a card's, and card numbers are not kept
_HOURS_OF_DAY = 24

_STAMP = re.compile(
    r"(?P<year>\d{4})(?P<month>\d\d)(?P<day>\d\d)"
    r"(?:(?P<hour>\d\d)(?P<minute>\d\d)(?:(?P<second>\d\d)(?:[.,]\d{1,9})?)?)?"
    r" ?(?:\[ ?(?P<offset>[+-]?[\d.]{0,6}) ?(?::(?P<zone>[^\]]{0,40}))?\])?"
)
# Some banks write the zone's name without its offset: `[-:EST]`.
_ZONES = {"EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7}


@dataclasses.dataclass(frozen=True, slots=True)
class Stamp:
    """A moment of the file: the local date its digits say, the instant, and the digits of the date."""

    booked_on: date
    occurred_at: datetime
    digits: str


@functools.lru_cache(maxsize=8192)
def stamp_of(text: str) -> Stamp | str:
    """`YYYYMMDD[HHMM[SS[.XXX]]][[offset:zone]]`, or the reason why it is no date. Without an offset it is UTC."""
    found = _STAMP.fullmatch(text)
    if not found:
        return "missing" if not text else "date_unreadable"
    year, month, day, hour, minute, second = (int(part or 0) for part in found.groups()[:6])
    try:
        zone = _offset(found["offset"] or "", found["zone"] or "")
        moment = datetime(year, month, day, hour, minute, second, tzinfo=zone)
    except ValueError:
        return "date_unreadable"
    if not EARLIEST <= moment.year <= LATEST:
        return "date_absurd"
    return Stamp(moment.date(), moment, text[:8])


@functools.lru_cache(maxsize=1024)
def _offset(offset: str, zone: str) -> timezone:
    """The zone of `[-5:EST]`, `[+5.30]` hours and minutes, `[5.5]` hours, `[+0530]`, `[-:EST]`, `[]`."""
    digits = offset.lstrip("+-")
    if not digits:
        return timezone(timedelta(hours=_ZONES.get(zone.strip().upper(), 0)))
    whole, _, rest = digits.partition(".")
    hours, minutes = (whole[:2], int(whole[2:])) if len(whole) == len("hhmm") else (whole or "0", _minutes(rest))
    if int(hours) >= _HOURS_OF_DAY:
        raise ValueError(offset)
    east = timedelta(hours=int(hours), minutes=minutes)
    return timezone(-east if offset.startswith("-") else east)


def _minutes(rest: str) -> int:
    """What stands after the point: the standard's hundredths of an hour (`.5`, `.75`), or minutes (`.30`, `.45`)."""
    if not rest:
        return 0
    if rest in {"30", "45"}:
        return int(rest)
    return int(Decimal(f"0.{rest}") * 60)


def amount_of(text: str, currency: str) -> Money:
    """A signed amount; the standard allows comma and point as decimal sign and forbids grouping, banks group.

    Raises:
        AmountUnreadable: blanks between digits, more decimals than the currency has, anything else.
        CurrencyUnknown: for a code that is no currency, or none.
    """
    places = exponent(currency)
    if " " in text.strip():
        raise AmountUnreadable(text, currency)
    return parse_amount(text, currency, decimal_comma=_comma_is_decimal(text, places))


def _comma_is_decimal(text: str, places: int) -> bool:
    whole, comma, rest = text.rpartition(",")
    if not comma or "." in rest:
        return False
    decimals = len(re.match(r"\d*", rest)[0])  # type: ignore[index]
    # 1,234 in a currency of cents can only be a thousand; in one of mils it is the standard's decimal comma.
    return "," not in whole and (decimals != 3 or places == 3)  # noqa: PLR2004 - a group has three digits


def account_hint(node: Element, organisation: str) -> AccountHint:
    """The account that a `BANKACCTFROM`, `CCACCTTO`, `INVACCTFROM`… names. Long numbers are kept as last four."""
    number = node.value("ACCTID")
    kind = _account_kind(node)
    institution = organisation or node.value("BANKID") or node.value("BROKERID")
    digits = re.sub(r"\D", "", number)
    last4 = digits[-4:] if len(digits) >= 4 else ""  # noqa: PLR2004 - the last four
    if len(digits) < _CARD_DIGITS:
        key = f"account:{node.value('BANKID') or node.value('BROKERID')}:{number}"
        return AccountHint(key, number, kind, institution, last4)
    return AccountHint(f"card:{institution}:{last4}", f"{institution} •{last4}".strip(), kind, institution, last4)


def _account_kind(node: Element) -> AccountKind:
    owed = node.tag.startswith("CC") or node.value("ACCTTYPE").upper() == "CREDITLINE"
    return AccountKind.LIABILITY if owed else AccountKind.ASSET
