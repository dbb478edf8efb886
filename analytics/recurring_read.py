"""One owner's payments as the finder takes them: side, payee and currency make a group; parts of one entry are one."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Final, NamedTuple

import numpy as np
import pyarrow as pa

from analytics.cube import Ints, coded, date_of, days, ints, number_of
from analytics.recurring_amounts import Nature
from analytics.recurring_finder import Seen
from analytics.recurring_rhythm import Almanac
from analytics.scope import Scope
from data.ledger.recurring import SeriesKind, Side

_LOOK_BACK_DAYS: Final = 30 * 365
_AHEAD_DAYS: Final = 900
_BEFORE_DAYS: Final = 500
_CHINA: Final = "CNY"

# Top categories whose payments are bills, and single ones of other top categories.
_BILLS: Final = frozenset(
    {"home", "utilities", "telecom", "insurance", "taxes", "finance", "education", "children", "donations"}
    | {"earnings", "capital", "money_back", "received"}
    | {"streaming", "music", "gym", "memberships", "family_support", "housekeeping", "professional_services"}
)
_EVERYDAY: Final = frozenset(
    {"dining", "groceries", "shopping", "transport", "car", "travel", "personal_care", "gifts"}
)
_KINDS: Final[Mapping[str, SeriesKind]] = {
    "mortgage": SeriesKind.LOAN,
    "interest_paid": SeriesKind.LOAN,
    "rent": SeriesKind.HOUSING,
    "property_fee": SeriesKind.HOUSING,
    "home": SeriesKind.HOUSING,
    "utilities": SeriesKind.UTILITIES,
    "mobile": SeriesKind.UTILITIES,
    "broadband": SeriesKind.UTILITIES,
    "cable_tv": SeriesKind.UTILITIES,
    "insurance": SeriesKind.INSURANCE,
    "streaming": SeriesKind.SUBSCRIPTION,
    "music": SeriesKind.SUBSCRIPTION,
    "games": SeriesKind.SUBSCRIPTION,
    "cloud": SeriesKind.SUBSCRIPTION,
    "software": SeriesKind.SUBSCRIPTION,
    "memberships": SeriesKind.SUBSCRIPTION,
    "gym": SeriesKind.SUBSCRIPTION,
    "entertainment": SeriesKind.SUBSCRIPTION,
    "telecom": SeriesKind.UTILITIES,
}


class GroupKey(NamedTuple):
    """Whose payments a group holds. payee_key: of a transfer without a payee, `account:` and the other account's id."""

    side: Side
    payee_key: str
    currency: str


@dataclasses.dataclass(frozen=True, slots=True, eq=False)
class Payments:
    """All payments up to a day, in the finder's order. seq: of each payment's entry; categories: of each group.

    until: day number of the last thing that the books know; None of empty books.
    """

    seen: Seen
    seq: Ints
    groups: tuple[GroupKey, ...]
    categories: tuple[str, ...]
    until: int | None


# One row a fact; what was moved between own accounts counts once, with its size.
_FACTS: Final = """
SELECT CASE WHEN f.kind = 'income' THEN 'in' WHEN f.kind = 'transfer' THEN 'moved' ELSE 'out' END AS side,
    CASE WHEN f.payee_key = '' AND f.kind = 'transfer' THEN concat('account:', f.counter) ELSE f.payee_key END AS payee,
    f.currency, f.booked_on AS on_day, f.seq, coalesce(f.category, 'uncategorised') AS category,
    CASE WHEN f.kind = 'income' THEN f.income WHEN f.kind = 'transfer' THEN abs(f.amount) ELSE f.spending END AS amount
FROM published_fact f
WHERE f.owner = $owner AND f.booked_on >= $since AND f.booked_on <= $today AND NOT f.excluded
    AND f.kind IN ('expense', 'fee', 'income', 'transfer')"""


def read(scope: Scope) -> Payments:
    """The owner's payments of the last thirty years up to today; one query."""
    since = date_of(number_of(scope.today) - _LOOK_BACK_DAYS)
    return payments(scope.db.arrow(_FACTS, {"owner": scope.owner, "since": since, "today": scope.today}), scope)


def payments(table: pa.Table, scope: Scope) -> Payments:
    """The rows of the query, grouped and in order; entries without a payee or amount tell nothing."""
    side, payee, currency, category = (coded(table[name]) for name in ("side", "payee", "currency", "category"))
    day, amount, seq = days(table["on_day"]), ints(table["amount"]), ints(table["seq"])
    until = int(day.max()) if len(day) else None
    width = len(currency.values)
    cell = (side.codes.astype(np.int64) * max(1, len(payee.values)) + payee.codes) * width + currency.codes
    kept = np.flatnonzero((amount > 0) & ~payee.is_("") & ~payee.is_("account:"))
    kept = kept[np.lexsort((seq[kept], day[kept], cell[kept]))]
    cells, group = np.unique(cell[kept], return_inverse=True)
    first = _firsts(group, seq[kept])
    last_of_group = np.searchsorted(group, np.arange(len(cells)), side="right") - 1
    categories = tuple(category.values[code] for code in category.codes[kept][last_of_group].tolist())
    keys = tuple(
        GroupKey(Side(side.values[rest // len(payee.values)]), payee.values[rest % len(payee.values)], unit)
        for rest, unit in ((code // width, currency.values[code % width]) for code in cells.tolist())
    )
    sums = np.add.reduceat(amount[kept], first) if len(first) else amount[:0]
    seen = Seen(group[first], day[kept][first], sums, [nature_of(one, scope.top(one)) for one in categories])
    return Payments(seen, seq[kept][first], keys, categories, until)


def _firsts(group: Ints, seq: Ints) -> Ints:
    """Where a new payment begins: parts of one entry lie together."""
    if not len(group):
        return np.zeros(0, np.int64)
    return np.flatnonzero(np.r_[True, (group[1:] != group[:-1]) | (seq[1:] != seq[:-1])])


def nature_of(category: str, top: str) -> Nature:
    """What payments of a category usually are."""
    if category in _BILLS or top in _BILLS:
        return Nature.BILL
    return Nature.EVERYDAY if top in _EVERYDAY else Nature.NEUTRAL


def kind_of(key: GroupKey, category: str, top: str, *, owed: bool = False) -> SeriesKind:
    """What a series probably is. owed: the money moves to an account on which something is owed."""
    if key.side is Side.MOVED:
        return SeriesKind.LOAN if owed else SeriesKind.TRANSFER
    if key.side is Side.IN:
        return SeriesKind.INCOME
    return _KINDS.get(category) or _KINDS.get(top) or SeriesKind.REGULAR


_WORKING_DAYS: Final = """
SELECT w.day, w.is_workday FROM published_working_day w WHERE w.day >= $first ORDER BY w.day"""


def almanacs(scope: Scope, found: Payments) -> tuple[Almanac, Almanac]:
    """Due dates in China's working calendar (for yuan), and with free weekends alone (for everything else)."""
    first = int(found.seen.day.min()) if len(found.seen.day) else number_of(scope.today)
    span = (first - _BEFORE_DAYS, number_of(scope.today) + _AHEAD_DAYS)
    rows = scope.db.read(_WORKING_DAYS, {"first": date_of(span[0])})
    return Almanac(*span, {number_of(day): worked for day, worked in rows}), Almanac(*span)


def is_chinese(key: GroupKey) -> bool:
    """Whether China's holidays move the payments of a group."""
    return key.currency == _CHINA
