"""Rows of others with the category that belongs to each: what `tests.benchmarks.classifier` measures on.

A label that names one of our categories is that category; any other is a category of the person's own.
"""

from __future__ import annotations

import csv
import dataclasses
import json
import random
import re
from collections.abc import Iterator
from typing import Any

from data.categories import BUILT_IN, Categories, Category, CategoryKind, Facts, merge, side_of
from data.categories.examples import Correction
from data.categories.sources import by_source
from data.importers.statement import Kind
from data.money import Money
from tests.samples import sample

SEED = "categories"


@dataclasses.dataclass(frozen=True)
class Labelled:
    """A data set: what is taught, in the order in which a person would, and what is asked. Nothing is in both."""

    name: str
    taught: tuple[Correction, ...]
    asked: tuple[Correction, ...]

    @property
    def categories(self) -> Categories:
        """Ours, and those that only this person has."""
        own: dict[str, CategoryKind] = {}
        for one in (*self.taught, *self.asked):
            side = side_of(one.facts.kind)
            if one.category not in BUILT_IN and side is not None:
                own.setdefault(one.category, side)
        return merge(
            BUILT_IN,
            [Category(key, None, side, ":material/label:", 40, key) for key, side in own.items()],
        )


def data_sets() -> Iterator[Labelled]:
    """Every data set, in the order of the report."""
    yield _parted("kaggle, in order of time", _kaggle(), 200)
    yield _parted("plaid sandbox, shuffled", _shuffled(_plaid()), 60)
    taught, asked = _journal("existing.beancount"), _journal("few_shot_predicted.beancount")
    yield Labelled("beancount-daoru", tuple(taught), tuple(asked))
    yield _parted("beecount, its words as own categories", _beecount(with_word=True)[:3_000], 200)
    yield _parted("beecount, notes alone", _beecount(with_word=False)[:3_000], 200)
    yield _parted("sparkov, invented merchants, shuffled", _shuffled(_sparkov())[:3_000], 200)


def _parted(name: str, rows: list[Correction], taught: int) -> Labelled:
    return Labelled(name, tuple(rows[:taught]), tuple(rows[taught:]))


def _shuffled(rows: list[Correction]) -> list[Correction]:
    random.Random(SEED).shuffle(rows)  # noqa: S311 - an order, no secret
    return rows


def _row(payee: str, kind: Kind, amount: str, currency: str, **more: str) -> Facts:
    minor = max(1, round(abs(float(amount)) * 100))
    return Facts(payee, more.pop("description", ""), kind, Money(minor, currency), **more)  # type: ignore[arg-type]


def _meant(word: str, kind: Kind) -> str:
    side = side_of(kind)
    return (by_source(word, side) if side else None) or f"own {word}"


def _read(path: str) -> list[dict[str, str]]:
    return list(csv.DictReader(sample(path).read_text(encoding="utf-8-sig").splitlines()))


def _kaggle() -> list[Correction]:
    """Paying the card is a transfer, which has no category."""
    rows = []
    for one in _read("kaggle-personal-transactions/personal_transactions.csv"):
        kind = Kind.EXPENSE if one["Transaction Type"] == "debit" else Kind.INCOME
        month, day, year = one["Date"].split("/")
        if one["Category"] != "Credit Card Payment":
            facts = _row(one["Description"], kind, one["Amount"], "USD")
            rows.append(((year, month, day), Correction(facts, _meant(one["Category"], kind))))
    return [row for _, row in sorted(rows, key=lambda row: row[0])]


def _beecount(*, with_word: bool) -> list[Correction]:
    rows = []
    for one in sorted(_read("beecount/demo_ledger_zh.csv"), key=lambda one: one["日期"]):
        kind = Kind.EXPENSE if one["类型"] == "支出" else Kind.INCOME
        word = one["分类"]
        facts = _row("", kind, one["金额"], "CNY", description=one["备注"], source_category=word if with_word else "")
        rows.append(Correction(facts, f"own {word}" if with_word else _meant(word, kind)))
    return rows


def _sparkov() -> list[Correction]:
    return [
        Correction(
            _row(one["merchant"].removeprefix("fraud_"), Kind.EXPENSE, one["amt"], "USD"), f"own {one['category']}"
        )
        for one in _read("sparkov-generated/sparkov_A_seed101.csv")
    ]


# The accounts of that journal that are one of our categories.
_ACCOUNTS = {
    "Expenses:Food": "dining",
    "Expenses:Fashion": "clothing",
    "Expenses:HouseHold": "daily_goods",
    "Expenses:Transport:Public:Local": "public_transit",
    "Expenses:Transport:Private:Parking": "parking",
    "Expenses:Transport:Private:Toll": "tolls",
    "Expenses:Transport:Taxi": "taxi",
    "Expenses:Entertainment:Scenic": "sights",
    "Expenses:Shelter:Utilities:Gas": "gas",
    "Income:Investment:Fund:YuEBao": "investment",
    "Income:Unexpected:Gift": "gifts_received",
}
_HEAD = re.compile(r'\d{4}-\d\d-\d\d [*!] "(?P<payee>.*?)" "(?P<description>.*?)"')
_FIELD = re.compile(r'\s+type: "(?P<word>.*)"')
_ACCOUNT = re.compile(r"\s+(?:! )?(?P<account>(?:Expenses|Income)\S*)")
_MONEY = re.compile(r"\s+Assets\S+\s+(?P<amount>-?[\d.]+) CNY")


def _journal(name: str) -> list[Correction]:
    """What it predicted for the bill was said by a language model there, not by a person."""
    text = sample(f"beancount-daoru/predict/ledger/{name}").read_text(encoding="utf-8")
    rows = []
    for block in re.split(r"\n(?=\d{4}-)", text):
        head, word = _HEAD.match(block), _FIELD.search(block)
        account, money = _ACCOUNT.search(block), _MONEY.search(block)
        if head is None or account is None or money is None:
            continue
        amount = float(money["amount"])
        income = account["account"].startswith("Income")
        kind = Kind.INCOME if income else Kind.REFUND if amount > 0 else Kind.EXPENSE
        facts = _row(
            head["payee"],
            kind,
            money["amount"],
            "CNY",
            description=head["description"],
            source_category=word["word"] if word else "",
        )
        rows.append(Correction(facts, _ACCOUNTS.get(account["account"], account["account"])))
    return rows


# Plaid's sandbox states no categories: read off the descriptions by hand. What names no purpose (AUTOPAY, MONEY ORDER)
# and transfers are left out.
_PLAID = {
    "ITUNES": "music", "AMZN": "online_shopping", "AMAZON": "online_shopping", "SAMS CLUB": "supermarket",
    "SHELL": "fuel", "SUNOCO": "fuel", "ARCO": "fuel", "WAWA": "convenience", "QT": "convenience",
    "7-ELEVEN": "convenience", "CMS VENDING": "convenience", "HULU": "streaming", "DOMINO": "fast_food",
    "PAPA JOHN": "fast_food", "JIMMY JOHN": "fast_food", "MCDONALD": "fast_food", "KFC": "fast_food",
    "BURGER KING": "fast_food", "STARBUCKS": "coffee", "DOORDASH": "delivery", "POSTMATES": "delivery",
    "EATS": "delivery", "UBER": "taxi", "LYFT": "taxi", "SALLY BEAUTY": "cosmetics", "ULTA": "cosmetics",
    "CHEGG": "education", "PLAYSTATION": "games", "XBOX": "games", "BLIZZARD": "games", "NINTENDO": "games",
    "SKILLZ": "games", "FANDANGO": "movies", "CINEMARK": "movies", "TEXAS ROADHOUSE": "restaurants",
    "DENNY": "restaurants", "FRYS FOOD": "supermarket", "FOOD LION": "supermarket", "WHOLE FOODS": "supermarket",
    "WAL-MART": "supermarket", "USPS": "post", "HOME DEPOT": "renovation", "LOWES": "renovation",
    "DRYWALL": "renovation", "MICROSOFT": "software", "ATTWITHDRAWAL": "mobile", "GROUPON": "shopping",
    "CONTACTS": "eye_care", "OFFICE RENTAL": "rent", "RENT PAYMENT": "rent", "MORTGAGE": "mortgage",
    "UNITED AIRLINES": "flights", "SPARKFUN": "electronics", "BICYCLE": "sports_gear", "CLIMBING": "gym",
}  # fmt: skip
_PLAID_INCOME = {
    "PAYCHECK": "salary", "DIRECT DEP": "salary", "INTRST": "interest", "INTEREST": "interest",
    "SOCIAL SECURITY": "pension", "UBER": "side_income", "LYFT": "side_income", "CHILD SUPPORT": "family_money",
}  # fmt: skip


def _plaid() -> list[Correction]:
    """Each description once: what is asked is never the very text that was taught."""
    rows: dict[str, Correction] = {}
    for file in sorted(sample("plaid-sandbox/LICENSE").parent.glob("*.json")):
        accounts: list[dict[str, Any]] = json.loads(file.read_text(encoding="utf-8")).get("override_accounts", [])
        for one in (each for account in accounts for each in account.get("transactions", [])):
            refund = "REFUND" in one["description"]
            kind = Kind.EXPENSE if one["amount"] > 0 else Kind.REFUND if refund else Kind.INCOME
            words = _PLAID_INCOME if kind is Kind.INCOME else _PLAID
            label = next((key for word, key in words.items() if word in one["description"].upper()), None)
            if label:
                facts = _row(one["description"], kind, str(one["amount"]), one["currency"])
                rows.setdefault(one["description"], Correction(facts, label))
    return list(rows.values())
