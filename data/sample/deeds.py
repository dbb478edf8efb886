"""What the invented person did in a month. The same seed and month always give the same, whatever day it is today."""

from __future__ import annotations

import calendar
import dataclasses
from datetime import date, time, timedelta
from random import Random
from typing import Final

from data.importers.statement import Direction, Kind
from data.sample.tables import Fixture, Habit, Shop, Text, fixtures, habits

_RETURNED: Final = {"online": 0.16, "clothes": 0.2, "gadgets": 0.15}  # the share of purchases that go back
_CANCELLED: Final = {"hotel_autumn": 100, "flight_back": 30}  # per cent that comes back, whenever it happens
_REST_DAYS: Final = (5, 6)
_REFUND: Final[Text] = {"zh": "退款", "en": "Refund"}


@dataclasses.dataclass(frozen=True, slots=True)
class Deed:
    """One thing that happened. minor: positive, the direction has the sign. refund_of: the name of a purchase.

    name: unique, and the same however much of the month is shown. account, counter: keys of `accounts`.
    """

    name: str
    on: date
    at: time
    kind: Kind
    direction: Direction
    minor: int
    currency: str
    account: str
    category: str
    word: Text
    payee: Text
    description: Text
    counter: str = ""
    fee: int = 0
    refund_of: str = ""


def month_of_deeds(year: int, month: int, seed: str) -> list[Deed]:
    """Everything of one calendar month, and the refunds of its purchases, which may arrive in the next."""
    done: list[Deed] = []
    busy = Random(f"{seed}/{year}-{month}").uniform(0.78, 1.22)  # noqa: S311 - sample data, no secret
    for habit in habits():
        draw = Random(f"{seed}/{habit.name}/{year}-{month}")  # noqa: S311 - as above
        done += _of_habit(habit, year, month, draw, busy)
    for fixture in fixtures():
        if not fixture.months or month in fixture.months:
            draw = Random(f"{seed}/{fixture.name}/{year}-{month}")  # noqa: S311 - as above
            done += _of_fixture(fixture, year, month, draw)
    return done


def _of_habit(habit: Habit, year: int, month: int, draw: Random, busy: float) -> list[Deed]:
    often = habit.per_month * busy
    count = int(often) + (draw.random() < often - int(often))
    days = [day for day in _days(year, month) if _suits(day, habit.days)]
    chosen = sorted(draw.sample(days, count) if count <= len(days) else draw.choices(days, k=count))
    done = []
    for number, day in enumerate(chosen):
        shop = draw.choice(habit.shops)
        at = time(draw.randint(*habit.hours), draw.randrange(60), draw.randrange(60))
        bought = _bought(f"{habit.name}/{year}-{month}/{number}", day, at, shop, habit.account, _price(shop, draw))
        done.append(bought)
        if draw.random() < _RETURNED.get(habit.name, 0):
            done.append(_refund(bought, draw.choice((100, draw.randint(20, 60))), draw))
    return done


def _of_fixture(fixture: Fixture, year: int, month: int, draw: Random) -> list[Deed]:
    at = time(fixture.hour, draw.randrange(60), draw.randrange(60))
    name = f"{fixture.name}/{year}-{month}"
    day = date(year, month, fixture.day)
    plain = _bought(name, day, at, fixture.what, fixture.account, _price(fixture.what, draw))
    deed = dataclasses.replace(
        plain,
        kind=fixture.kind,
        direction=fixture.direction,
        currency=fixture.currency,
        counter=fixture.counter,
        fee=fixture.fee,
    )
    back = _CANCELLED.get(fixture.name)
    return [deed, _refund(deed, back, draw)] if back else [deed]


def _days(year: int, month: int) -> list[date]:
    return [date(year, month, day) for day in range(1, calendar.monthrange(year, month)[1] + 1)]


def _suits(day: date, days: str) -> bool:
    return days == "any" or (day.weekday() in _REST_DAYS) == (days == "rest")


def _price(shop: Shop, draw: Random) -> int:
    """A price as shops make them: whole yuan, or ending in .9 or .5, rarely odd."""
    if shop.low == shop.high:
        return shop.low
    minor = draw.randint(shop.low, shop.high)
    ending = draw.choice((0, 0, 50, 90, 80, minor % 100))
    return max(shop.low, minor - minor % 100 + ending)


def _bought(name: str, day: date, at: time, shop: Shop, account: str, minor: int) -> Deed:
    return Deed(
        name=name,
        on=day,
        at=at,
        kind=Kind.EXPENSE,
        direction=Direction.OUT,
        minor=minor,
        currency="CNY",
        account=account,
        category=shop.category,
        word=shop.word,
        payee=shop.payee,
        description=shop.description,
    )


def purchase(name: str, day: date, at: time, shop: Shop, account: str) -> Deed:
    """A purchase of a stated price, beside the habits."""
    return _bought(name, day, at, shop, account, shop.low)


def _refund(bought: Deed, percent: int, draw: Random) -> Deed:
    return dataclasses.replace(
        bought,
        name=f"{bought.name}/refund",
        on=bought.on + timedelta(days=draw.randint(2, 8)),
        kind=Kind.REFUND,
        direction=Direction.IN,
        minor=max(1, bought.minor * percent // 100),
        description={language: f"{_REFUND[language]}: {text}" for language, text in bought.description.items()},
        refund_of=bought.name,
    )
