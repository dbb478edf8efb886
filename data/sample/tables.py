"""The tables of the sample data: habits with the shops they lead to, and what happens on a fixed day of the month."""

from __future__ import annotations

import csv
import dataclasses
import functools
from collections import defaultdict
from collections.abc import Mapping
from importlib import resources

from data.importers.statement import Direction, Kind
from data.money import parse_amount

LANGUAGES = ("zh", "en")
Text = Mapping[str, str]  # language → text


@dataclasses.dataclass(frozen=True, slots=True)
class Shop:
    """Where a habit may lead, for how much (minor units), what a statement would say, and its category."""

    category: str
    word: Text
    low: int
    high: int
    payee: Text
    description: Text


@dataclasses.dataclass(frozen=True, slots=True)
class Habit:
    """Something done so many times a month. days: `any`, `work` (Monday to Friday) or `rest`; hours: local."""

    name: str
    per_month: float
    days: str
    hours: tuple[int, int]
    account: str
    shops: tuple[Shop, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class Fixture:
    """Something of a fixed day. months: in which, empty for all. fee: taken with it, minor units. counter: or ""."""

    name: str
    months: frozenset[int]
    day: int
    hour: int
    kind: Kind
    direction: Direction
    fee: int
    currency: str
    account: str
    counter: str
    what: Shop


def _rows(table: str) -> list[dict[str, str]]:
    text = resources.files("data.sample").joinpath(table).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


def _minor(text: str, currency: str = "CNY") -> int:
    return parse_amount(text, currency).minor if text else 0


def _text(row: Mapping[str, str], column: str) -> Text:
    return {language: row[f"{column}_{language}"] for language in LANGUAGES}


def _shop(row: Mapping[str, str], currency: str = "CNY") -> Shop:
    low, high = (_minor(row[end], currency) for end in ("low", "high"))
    return Shop(row["category"], _text(row, "word"), low, high, _text(row, "payee"), _text(row, "description"))


@functools.cache
def habits() -> tuple[Habit, ...]:
    """Every habit with its shops."""
    shops: defaultdict[str, list[Shop]] = defaultdict(list)
    for row in _rows("shops.csv"):
        shops[row["habit"]].append(_shop(row))
    return tuple(
        Habit(
            name=row["habit"],
            per_month=float(row["per_month"]),
            days=row["days"],
            hours=(int(row["from_hour"]), int(row["to_hour"])),
            account=row["account"],
            shops=tuple(shops[row["habit"]]),
        )
        for row in _rows("habits.csv")
    )


@functools.cache
def fixtures() -> tuple[Fixture, ...]:
    """Everything of a fixed day."""
    return tuple(
        Fixture(
            name=row["name"],
            months=frozenset() if row["months"] == "all" else frozenset(map(int, row["months"].split(";"))),
            day=int(row["day"]),
            hour=int(row["hour"]),
            kind=Kind(row["kind"]),
            direction=Direction(row["direction"]),
            fee=_minor(row["fee"], row["currency"]),
            currency=row["currency"],
            account=row["account"],
            counter=row["counter"],
            what=_shop(row, row["currency"]),
        )
        for row in _rows("monthly.csv")
    )
