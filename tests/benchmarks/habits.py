"""What somebody does with money in ten years, as columns of numbers: the same for the same seed.

Merchants are chosen by Zipf's law, each belongs to one category with its own usual price; weekends and 11 November are
busier, and every year a little more is bought than in the one before. Refunds name an earlier purchase and never exceed
it.
"""

from __future__ import annotations

import dataclasses
from datetime import date, timedelta
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from data.categories import normalise_payee

LAST_DAY: Final = date(2026, 11, 22)
YEARS: Final = 10
FIRST_DAY: Final = LAST_DAY - timedelta(days=YEARS * 365 - 1)
EXPENSE, REFUND, INCOME, TRANSFER, FEE = KINDS = ("expense", "refund", "income", "transfer", "fee")
CURRENCIES: Final = ("CNY", "USD", "JPY")
OWN_ACCOUNTS: Final = 6
_KIND_SHARES: Final = (0.865, 0.03, 0.015, 0.07, 0.02)
_CURRENCY_SHARES: Final = (0.96, 0.03, 0.01)
_ACCOUNT_SHARES: Final = (0.34, 0.3, 0.14, 0.06, 0.12, 0.04)
_ZIPF: Final = 1.15
_FURTHEST_BACK: Final = 400  # rows: how far a refund's purchase lies behind it at most
Ints = NDArray[np.int64]


class Habit(NamedTuple):
    """A category one buys in. weight: of its merchants; usual: minor units; spread: of the price's logarithm."""

    category: str
    name: str
    weight: int
    usual: int
    spread: float


HABITS: Final = (
    Habit("coffee", "咖啡 Coffee", 11, 1_890, 0.3),
    Habit("delivery", "外卖 Delivery", 14, 3_200, 0.4),
    Habit("canteen", "食堂 Canteen", 12, 1_550, 0.3),
    Habit("restaurants", "餐厅 Restaurant", 7, 14_800, 0.7),
    Habit("supermarket", "超市 Market", 9, 8_600, 0.7),
    Habit("convenience", "便利店 Corner", 8, 1_720, 0.5),
    Habit("fruit", "水果 Fruit", 4, 3_400, 0.5),
    Habit("public_transit", "地铁 Metro", 10, 420, 0.3),
    Habit("taxi", "出租 Taxi", 6, 2_900, 0.5),
    Habit("online_shopping", "网购 Online", 8, 9_900, 1.0),
    Habit("clothing", "服装 Clothes", 3, 26_000, 0.8),
    Habit("electronics", "数码 Devices", 1, 120_000, 1.1),
    Habit("mobile", "话费 Mobile", 2, 5_000, 0.3),
    Habit("electricity", "电费 Power", 1, 16_500, 0.4),
    Habit("rent", "房租 Rent", 1, 420_000, 0.1),
    Habit("pharmacy", "药店 Pharmacy", 2, 5_600, 0.8),
    Habit("books", "书店 Books", 2, 6_400, 0.6),
    Habit("movies", "影院 Cinema", 2, 7_800, 0.4),
    Habit("games", "游戏 Games", 2, 4_800, 0.9),
    Habit("hotels", "酒店 Hotel", 1, 46_000, 0.6),
    Habit("train", "铁路 Rail", 2, 18_000, 0.6),
    Habit("presents", "礼物 Presents", 1, 20_000, 0.8),
)
_SALARY: Final = Habit("salary", "工资 Employer", 0, 1_450_000, 0.2)


class Merchant(NamedTuple):
    """Somebody one pays: `usual` and `spread` as of their habit."""

    name: str
    key: str
    category: str
    usual: int
    spread: float


def merchants(count: int = 600) -> tuple[Merchant, ...]:
    """Merchants by rank, the most visited first; which habit a rank has follows the habits' weights."""
    rng = np.random.default_rng(11)
    weights = np.array([habit.weight for habit in HABITS], float)
    drawn = [*rng.permutation(len(HABITS)), *rng.choice(len(HABITS), count, p=weights / weights.sum())][:count]
    return tuple(_merchant(HABITS[habit], place) for place, habit in enumerate(drawn))


def _merchant(habit: Habit, place: int) -> Merchant:
    name = f"{habit.name} {chr(65 + place % 26)}{place}号店"
    return Merchant(name, normalise_payee(name), habit.category, habit.usual, habit.spread)


MERCHANTS: Final = merchants()
EMPLOYER: Final = _merchant(_SALARY, 0)


@dataclasses.dataclass(frozen=True, slots=True, eq=False)
class Deeds:
    """What one person did, by day. kind, merchant, account, counter, currency: places in the tables above.

    day: number since 1970. bought: of a refund, the row of its purchase; -1 of everything else.
    """

    day: Ints
    kind: Ints
    merchant: Ints
    account: Ints
    counter: Ints
    currency: Ints
    minor: Ints
    bought: Ints


def deeds(count: int, seed: int, person: int = 0) -> Deeds:
    """`count` deeds of the person of that number."""
    rng = np.random.default_rng((seed, person))
    found = Deeds(
        day=np.sort(rng.choice(_days(), count, p=_busy())),
        kind=rng.choice(len(KINDS), count, p=_KIND_SHARES),
        merchant=_visited(rng, count),
        account=rng.choice(OWN_ACCOUNTS, count, p=_ACCOUNT_SHARES),
        counter=np.zeros(count, np.int64),
        currency=rng.choice(len(CURRENCIES), count, p=_CURRENCY_SHARES),
        minor=np.zeros(count, np.int64),
        bought=np.full(count, -1),
    )
    found.counter[:] = (found.account + rng.integers(1, OWN_ACCOUNTS, count)) % OWN_ACCOUNTS
    found.minor[:] = _prices(rng, found)
    _refund(rng, found)
    return found


def _days() -> Ints:
    first = FIRST_DAY.toordinal() - date(1970, 1, 1).toordinal()
    return np.arange(first, first + YEARS * 365)


def _busy() -> NDArray[np.float64]:
    """How likely a deed falls on each day."""
    days = [FIRST_DAY + timedelta(days=n) for n in range(YEARS * 365)]
    weights = np.array(
        [(1 + 0.35 * (day.weekday() > 4)) * (3 if (day.month, day.day) == (11, 11) else 1) for day in days]
    )
    growing = weights * 1.04 ** (np.arange(len(days)) / 365)
    shares: NDArray[np.float64] = growing / growing.sum()
    return shares


def _visited(rng: np.random.Generator, count: int) -> Ints:
    weights = 1.0 / np.arange(1, len(MERCHANTS) + 1) ** _ZIPF
    return rng.choice(len(MERCHANTS), count, p=weights / weights.sum())


def _prices(rng: np.random.Generator, found: Deeds) -> Ints:
    usual = np.array([merchant.usual for merchant in MERCHANTS])[found.merchant]
    spread = np.array([merchant.spread for merchant in MERCHANTS])[found.merchant]
    usual = np.where(found.kind == KINDS.index(INCOME), _SALARY.usual, usual)
    usual = np.where(found.kind == KINDS.index(FEE), 220, usual)
    prices: Ints = np.exp(np.log(usual) + spread * rng.standard_normal(len(usual))).astype(np.int64) + 1
    return prices


def _refund(rng: np.random.Generator, found: Deeds) -> None:
    """Tie each refund to a purchase that has none yet; where none lies near, it becomes a purchase itself."""
    rows = np.flatnonzero(found.kind == KINDS.index(REFUND))
    behind = np.minimum(rng.geometric(0.02, len(rows)), _FURTHEST_BACK)
    bought = rows - behind
    fits = (bought >= 0) & (found.kind[np.maximum(bought, 0)] == KINDS.index(EXPENSE))
    _, first = np.unique(bought, return_index=True)
    fits &= np.isin(np.arange(len(rows)), first)
    found.kind[rows[~fits]] = KINDS.index(EXPENSE)
    rows, bought = rows[fits], bought[fits]
    whole = rng.random(len(rows)) < 0.7
    found.bought[rows] = bought
    for column in (found.merchant, found.account, found.currency):
        column[rows] = column[bought]
    found.minor[rows] = np.where(whole, found.minor[bought], (found.minor[bought] + 1) // 2)
