"""How well what comes back is found: `python -m tests.benchmarks.recurring [--people 6] [--seed 7]`.

Each person has ten years of labelled series (weekends and holidays shift them, prices rise, months are skipped, some
end, two share a merchant) among random visits, habits and one-off purchases. Beside ours a naive finder: the same
amount within five per cent, 28 to 31 days apart, three times.
"""

from __future__ import annotations

import argparse
import dataclasses
import random
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, timedelta

import numpy as np

from analytics.cube import number_of
from analytics.recurring_amounts import Nature
from analytics.recurring_finder import Found, Seen, find
from analytics.recurring_rhythm import Almanac
from data.ledger.working_days import seed as chinese_days
from data.period import shift_months

START, END = date(2016, 12, 1), date(2026, 11, 22)
_DAY = timedelta(days=1)
_SAME_SERIES = 0.75  # of the rows must agree, both ways


@dataclasses.dataclass(frozen=True)
class Payment:
    """One payment of the invented person. label: the series it belongs to, "" for none. Minor units."""

    payee: str
    on: date
    amount: int
    nature: Nature
    label: str


class Person:
    """Ten years of somebody, the same for the same seed."""

    def __init__(self, seed: int) -> None:
        self._dice = random.Random(seed)  # noqa: S311 - a benchmark's dice
        self._off = {day for day, worked in chinese_days(2016, 2026) if not worked}
        self._worked = {day for day, worked in chinese_days(2016, 2026) if worked}
        self.payments: list[Payment] = []

    def live(self) -> Person:
        """Everything that the person pays and earns."""
        self._homes()
        self._bills()
        self._subscriptions()
        self._weeks()
        self._years()
        self._habits()
        self._visits()
        return self

    def _homes(self) -> None:
        self._monthly("Landlord", "rent", 1, 320_000, Nature.BILL, shift=1, raised=(1.04, 12))
        self._monthly("Employer", "salary", 31, 1_400_000, Nature.BILL, shift=-1, raised=(1.06, 12), whole=True)
        for year in range(2017, 2027):
            self._pay("Employer", date(year, 1, 20), self._dice.randrange(2_000_000, 4_000_000), Nature.BILL, "bonus")
            self._pay("Employer", date(year, self._dice.randrange(2, 12), 24), 38_750, Nature.BILL)
        self._monthly("Bank mortgage", "mortgage", 20, 610_033, Nature.BILL, begin=40)
        self._monthly("Consumer loan", "loan", 9, 93_417, Nature.BILL, begin=20, count=24)

    def _bills(self) -> None:
        dice = self._dice
        self._monthly("Power", "power", 12, lambda: dice.randrange(6_000, 26_000), Nature.BILL, jitter=2)
        self._monthly("Water", "water", 14, lambda: dice.randrange(4_000, 8_000), Nature.BILL, every=2, jitter=3)
        self._monthly("Gas", "gas", 15, lambda: dice.randrange(4_000, 12_000), Nature.BILL, every=2, jitter=3, begin=1)
        self._monthly("House service", "service", 5, 36_000, Nature.BILL, every=3, shift=1)
        self._monthly("Mobile", "mobile", 3, 5_900, Nature.BILL, skipped=0.02)
        self._monthly("Broadband", "broadband", 26, 8_900, Nature.BILL, raised=(1.15, 40))
        self._monthly("Foreign tool", "fx", 18, lambda: 14_300 + dice.randrange(-350, 350), Nature.BILL, begin=70)

    def _subscriptions(self) -> None:
        self._monthly("Video", "video", 8, 1_500, Nature.BILL, raised=(1.25, 30), skipped=0.05)
        self._monthly("Music", "music", 16, 800, Nature.BILL, begin=12, count=50)
        self._monthly("App Store", "cloud", 5, 600, Nature.NEUTRAL, raised=(1.5, 60))
        self._monthly("App Store", "game", 5, 6_800, Nature.NEUTRAL, begin=50, count=26)
        self._monthly("App Store", "notes", 21, 1_200, Nature.NEUTRAL, begin=30, skipped=0.04)
        for _ in range(60):
            self._pay("App Store", self._any_day(), self._dice.choice([100, 300, 600, 1_200, 2_500]), Nature.NEUTRAL)
        self._monthly("Family plan", "plan a", 4, 1_500, Nature.BILL, begin=66)
        self._monthly("Family plan", "plan b", 19, 1_500, Nature.BILL, begin=80)
        self._monthly("Parents", "parents", 15, 100_000, Nature.NEUTRAL, raised=(1.5, 50), jitter=1)
        self._monthly("Gym", "gym", 2, 19_900, Nature.BILL, begin=30, count=20)

    def _weeks(self) -> None:
        self._every("Cleaner", "cleaner", date(2021, 3, 5), 7, 12_000, 200)
        self._every("Lessons", "lessons", date(2019, 9, 3), 7, 18_000, 120, skipped=0.12)
        self._every("Milk", "milk", date(2018, 1, 9), 14, 6_400, 90)
        self._every("Prepaid", "prepaid", date(2022, 2, 2), 28, 3_000, 55)

    def _years(self) -> None:
        dice = self._dice
        self._monthly("Health cover", "cover", 16, 62_800, Nature.BILL, every=12, begin=3, raised=(1.08, 12))
        self._monthly("Car cover", "car", 9, lambda: dice.randrange(300_000, 380_000), Nature.BILL, every=12, begin=7)
        self._monthly("Domain", "domain", 27, 7_900, Nature.BILL, every=12, begin=5)
        self._monthly("Shop club", "club", 11, 19_800, Nature.NEUTRAL, every=12, begin=10)
        self._monthly("Accountant", "accountant", 30, 48_000, Nature.NEUTRAL, every=6, shift=1)
        for month in range(118):
            first = shift_months(START, month)
            tuesday = first + timedelta(days=(1 - first.weekday()) % 7 + 7)
            self._pay("Choir", tuesday, 5_000, Nature.NEUTRAL, "choir")

    def _habits(self) -> None:
        """Regular lives that are no series: a weekly shop at any price, a barber now and then, the metro."""
        day = START
        while day < END:
            if day.weekday() == 5 and self._dice.random() < 0.9:
                self._pay("Supermarket", day, self._dice.randrange(5_000, 60_000), Nature.EVERYDAY)
            if day.weekday() < 5:
                for _ in range(2):
                    self._pay("Metro", day, self._dice.choice([400, 400, 400, 500]), Nature.EVERYDAY)
            if self._dice.random() < 0.45:
                self._pay("Coffee", day, self._dice.choice([1_500, 1_500, 1_800, 2_200]), Nature.EVERYDAY)
            day += _DAY
        self._now_and_then("Barber", (26, 58), lambda: self._dice.choice([6_800, 6_800, 8_800]), Nature.NEUTRAL)
        self._now_and_then("Fuel", (8, 18), lambda: self._dice.randrange(22_000, 42_000), Nature.EVERYDAY)
        self._now_and_then("Dentist", (120, 260), lambda: self._dice.randrange(18_000, 46_000), Nature.BILL)
        self._now_and_then("Vet", (50, 200), lambda: self._dice.randrange(9_000, 60_000), Nature.NEUTRAL)

    def _visits(self) -> None:
        prices = [100 * n + 50 * (n % 2) for n in range(8, 60)]
        for number in range(260):
            often = int(self._dice.paretovariate(0.8) * 3)
            nature = self._dice.choice([Nature.EVERYDAY, Nature.EVERYDAY, Nature.NEUTRAL, Nature.BILL])
            for _ in range(min(often, 900)):
                self._pay(f"Shop {number}", self._any_day(), self._dice.choice(prices), nature)

    def _now_and_then(self, payee: str, days: tuple[int, int], price: Callable[[], int], nature: Nature) -> None:
        day = START
        while (day := day + timedelta(days=self._dice.randrange(*days))) < END:
            self._pay(payee, day, price(), nature)

    def _monthly(
        self, payee: str, label: str, on: int, price: int | Callable[[], int], nature: Nature, *,
        every: int = 1, begin: int = 0, count: int = 1_000, shift: int = 0, jitter: int = 0,
        skipped: float = 0.0, raised: tuple[float, int] | None = None, whole: bool = False,
    ) -> None:  # fmt: skip
        for turn, month in enumerate(range(begin, 120, every)):
            if turn >= count:
                break
            if self._dice.random() < skipped:
                continue
            first = shift_months(START, month)
            day = min(first + timedelta(days=on - 1), shift_months(first, 1) - _DAY)
            day = self._moved(day, shift) + timedelta(days=self._dice.randint(-jitter, jitter))
            amount = price() if callable(price) else price
            if raised is not None:
                amount = int(amount * raised[0] ** ((month - begin) // raised[1])) // 100 * 100
            self._pay(payee, day, amount + (17 if whole else 0), nature, label)

    def _every(
        self, payee: str, label: str, first: date, days: int, price: int, count: int, *, skipped: float = 0.0
    ) -> None:
        for turn in range(count):
            if self._dice.random() >= skipped:
                late = self._dice.random() < 0.06
                self._pay(payee, first + timedelta(days=days * turn + late), price, Nature.NEUTRAL, label)

    def _moved(self, day: date, shift: int) -> date:
        while shift and not ((day.weekday() < 5 or day in self._worked) and day not in self._off):
            day += timedelta(days=shift)
        return day

    def _any_day(self) -> date:
        return START + timedelta(days=self._dice.randrange((END - START).days))

    def _pay(self, payee: str, on: date, amount: int, nature: Nature, label: str = "") -> None:
        if START <= on <= END:
            self.payments.append(Payment(payee, on, amount, nature, label))


def ordered(payments: Iterable[Payment]) -> tuple[list[Payment], Seen]:
    """Payments as the finder takes them, and the same in its order."""
    groups = {payee: number for number, payee in enumerate(sorted({one.payee for one in payments}))}
    rows = sorted(payments, key=lambda one: (groups[one.payee], one.on))
    natures = {groups[one.payee]: one.nature for one in rows}
    group = np.array([groups[row.payee] for row in rows])
    day, amount = np.array([number_of(row.on) for row in rows]), np.array([row.amount for row in rows])
    return rows, Seen(group, day, amount, [natures[number] for number in range(len(groups))])


def almanac() -> Almanac:
    """Enough years, with the Chinese calendar."""
    worked = {number_of(day): is_worked for day, is_worked in chinese_days(2016, 2026)}
    return Almanac(number_of(START) - 500, number_of(END) + 800, worked)


def naive(rows: Sequence[Payment]) -> Iterator[list[int]]:
    """Places of series by the simple rule, one for each price of a payee."""
    by_payee: defaultdict[str, list[int]] = defaultdict(list)
    for place, row in enumerate(rows):
        by_payee[row.payee].append(place)
    for places in by_payee.values():
        known: list[int] = []
        for at, start in enumerate(places):
            price = rows[start].amount
            if not any(abs(price - one) * 20 <= one for one in known):
                chain = _chain(rows, places[at:])
                if len(chain) >= 3:
                    known.append(price)
                    yield chain


def _chain(rows: Sequence[Payment], places: Sequence[int]) -> list[int]:
    chain = [places[0]]
    for place in places:
        last = rows[chain[-1]]
        alike = abs(rows[place].amount - last.amount) * 20 <= last.amount
        if alike and 28 <= (rows[place].on - last.on).days <= 31:
            chain.append(place)
    return chain


@dataclasses.dataclass
class Marks:
    """Counts of series: true ones, found ones, and those that are both."""

    true: int = 0
    found: int = 0
    right: int = 0
    wrong: list[str] = dataclasses.field(default_factory=list)
    lost: list[str] = dataclasses.field(default_factory=list)

    def add(self, rows: Sequence[Payment], found: Iterable[Sequence[int]]) -> None:
        """Judge found series: right is one that shares three quarters of its rows, and of theirs, with a true one."""
        true = Counter((row.payee, row.label) for row in rows if row.label)
        hit = set()
        for places in found:
            self.found += 1
            ((name, most),) = Counter((rows[p].payee, rows[p].label) for p in places).most_common(1)
            fits = name[1] and name not in hit and most >= _SAME_SERIES * max(len(places), true[name])
            if fits:
                hit.add(name)
                self.right += 1
            else:
                self.wrong.append(f"{name[0]}/{name[1]} {most} of {len(places)}, true {true.get(name, 0)}")
        self.true += len(true)
        self.lost += [f"{payee}/{label} of {true[payee, label]}" for payee, label in true if (payee, label) not in hit]

    def line(self) -> str:
        """Precision and recall in per cent."""
        precision = 100 * self.right / max(1, self.found)
        return f"precision {precision:5.1f} %  recall {100 * self.right / self.true:5.1f} %  ({self.found} found)"


def measured(people: int, seed: int) -> tuple[Marks, Marks, float]:
    """Ours, the naive one's, and our seconds of processor time a person."""
    ours, theirs, seconds = Marks(), Marks(), 0.0
    calendar = almanac()
    for number in range(people):
        rows, seen = ordered(Person(seed + number).live().payments)
        start = time.process_time()
        found: list[Found] = find(seen, calendar)
        seconds += time.process_time() - start
        ours.add(rows, [one.rows.tolist() for one in found])
        theirs.add(rows, naive(rows))
    return ours, theirs, seconds / people


def main() -> None:
    """Print both finders' marks; with --tell what ours got wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=6)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--tell", action="store_true")
    asked = parser.parse_args()
    ours, theirs, seconds = measured(asked.people, asked.seed)
    sys.stdout.write(f"ours   {ours.line()}  {seconds * 1000:.0f} ms of processor a person\nnaive  {theirs.line()}\n")
    if asked.tell:
        sys.stdout.write("\n".join(["wrong:", *ours.wrong, "lost:", *ours.lost, ""]))


if __name__ == "__main__":
    main()
