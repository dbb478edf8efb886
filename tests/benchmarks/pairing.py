"""How well rows of overlapping files are found to be one event: `python -m tests.benchmarks.pairing`.

A seeded world of purchases, refunds and top-ups is written down twice, as a wallet and as its bank would, with what
real files do to it: later booking days, names of legal persons, cut and missing texts, missing card digits, coupons
beside the card, twins, purchases that only one of the two knows. Who is right is known, so precision and recall can be
counted, beside what a simpler program would do: the same amount on the same day, or within three days, first come
first served.
"""

from __future__ import annotations

import argparse
import dataclasses
import random
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from data.matching.evidence import BANK, Row, Slot
from data.matching.pairing import pair_rows

Two = tuple[UUID, UUID]
_START = date(2026, 1, 1)
_SHOPS = (
    "星巴克", "瑞幸咖啡", "肯德基", "全家便利店", "盒马鲜生", "滴滴出行", "海底捞", "优衣库", "永辉超市",
    "中石化加油站", "兰州拉面", "蜜雪冰城", "屈臣氏", "万达影城", "顺丰速运", "同仁堂", "宜家家居", "哈啰单车", "喜茶",
    "老乡鸡",
)  # fmt: skip
_PRICES = (200, 300, 500, 990, 1_000, 1_200, 1_500, 1_800, 2_000, 2_500, 3_000, 3_500, 5_000, 9_900)
_PEOPLE = ("张三", "李四", "王五", "赵六")
_CARDS = (Slot("card:招商银行:1234", 0, "1234", "招商银行"), Slot("card:工商银行:9876", 0, "9876", "工商银行"))
_WALLETS = {"alipay": ("支付宝", "alipay:balance"), "wechat": ("财付通", "wechat:balance")}


@dataclasses.dataclass(frozen=True, slots=True)
class World:
    """What one setting makes of the files. Shares are of a hundred."""

    name: str
    purchases: int = 1_500
    late: tuple[int, int, int, int] = (45, 40, 10, 5)  # booked the same day, one, two, three days later
    cut: int = 10  # the bank names nobody
    legal: int = 10  # the bank names somebody the wallet does not know
    unnamed: int = 0  # the wallet does not say which card
    twins: int = 4
    coupons: int = 0
    noise: int = 20  # purchases by the card itself, and from the wallet's own balance
    usual: int = 35  # of the few prices that are paid again and again


WORLDS = (
    World("as they come"),
    World("late booking", late=(15, 35, 30, 20)),
    World("bank says little", cut=60, legal=30),
    World("card not named", unnamed=100, cut=0, legal=5),
    World("many twins", twins=30, usual=60),
    World("coupons", coupons=10),
    World("much noise", noise=120),
    World("small", purchases=120, noise=40),
)


class Writer:
    """Writes a world down in both files, and who belongs to whom."""

    def __init__(self, world: World, seed: int) -> None:
        self._world = world
        self._random = random.Random(seed)  # noqa: S311 - a repeatable world, no secret
        self.rows: list[Row] = []
        self.truth: set[Two] = set()
        for _ in range(world.purchases):
            self._event()

    def _event(self) -> None:
        draw = self._random
        day = _START + timedelta(draw.randrange(365))
        minor = draw.choice(_PRICES) if self._often("usual") else draw.randrange(300, 60_000)
        wallet, shop, card = draw.choice(list(_WALLETS)), draw.choice(_SHOPS), draw.choice(_CARDS)
        kind = draw.choices(("expense", "refund", "top_up"), (88, 8, 4))[0]
        if kind == "top_up":
            self._top_up(day, minor * 10, wallet, card)
            return
        sign = 1 if kind == "refund" else -1
        for _ in range(2 if self._often("twins") else 1):
            self._both(day, sign * minor, kind, wallet, shop, card)
        for _ in range(self._world.noise // 100 + (draw.randrange(100) < self._world.noise % 100)):
            self._noise(day, minor if draw.random() < 0.2 else draw.randrange(300, 60_000), wallet, card)

    def _both(self, day: date, minor: int, kind: str, wallet: str, shop: str, card: Slot) -> None:
        named = Slot(_WALLETS[wallet][1], 0) if self._often("unnamed") else card
        coupon = kind == "expense" and self._often("coupons")
        told = self._row(wallet, kind, day, minor, named, shop, method="银行卡&红包" if coupon else "银行卡")
        less = self._random.randrange(1, max(2, -minor // 4)) if coupon else 0
        if coupon and named is not card:
            less = 0
        held = self._row(BANK, kind, self._later(day), minor + less, card, self._bank_text(wallet, shop))
        self.truth.add((told.id, held.id))

    def _top_up(self, day: date, minor: int, wallet: str, card: Slot) -> None:
        own = Slot(_WALLETS[wallet][1], 0, own=True)
        told = self._row(wallet, "transfer", day, minor, own, "充值", others=(dataclasses.replace(card, minor=-minor),))
        held = self._row(BANK, "expense", self._later(day), -minor, card, f"{_WALLETS[wallet][0]}-充值")
        self.truth.add((told.id, held.id))

    def _noise(self, day: date, minor: int, wallet: str, card: Slot) -> None:
        near = day + timedelta(self._random.randrange(-2, 4))
        if self._random.random() < 0.5:
            self._row(BANK, "expense", near, -minor, card, self._random.choice((*_SHOPS, "ATM取款", "物业费")))
        else:
            own = Slot(_WALLETS[wallet][1], 0, own=True)
            self._row(wallet, "expense", near, -minor, own, self._random.choice((*_SHOPS, *_PEOPLE)))

    def _row(
        self, source: str, kind: str, day: date, minor: int, on: Slot, payee: str, *, method: str = "",
        others: tuple[Slot, ...] = (),
    ) -> Row:  # fmt: skip
        slot = dataclasses.replace(on, minor=minor, own=on.own or source == BANK)
        noon = datetime.combine(day, datetime.min.time()) + timedelta(hours=4)
        at = noon + timedelta(minutes=self._random.randrange(600))
        row = Row(
            UUID(int=self._random.getrandbits(128)), source, kind, "CNY", day, noon if source == BANK else at,
            (slot, *others), payee, method=method, place=(len(self.rows),), timed=source != BANK,
        )  # fmt: skip
        self.rows.append(row)
        return row

    def _later(self, day: date) -> date:
        return day + timedelta(self._random.choices((0, 1, 2, 3), self._world.late)[0])

    def _bank_text(self, wallet: str, shop: str) -> str:
        marker = _WALLETS[wallet][0]
        if self._often("cut"):
            return self._random.choice((marker, "快捷支付", f"{marker}-消费"))
        if self._often("legal"):
            return f"{marker}-上海{self._random.choice('甲乙丙丁')}餐饮管理有限公司"
        return f"{marker}-{shop}"

    def _often(self, what: str) -> bool:
        share: int = getattr(self._world, what)
        return self._random.randrange(100) < share


def greedy(days: int) -> Callable[[Sequence[Row]], set[Two]]:
    """The baseline: in the order of the file, the first free bank row of the same amount at most so many days apart."""

    def pairs(rows: Sequence[Row]) -> set[Two]:
        bank: defaultdict[int, list[Row]] = defaultdict(list)
        for row in rows:
            if row.source == BANK:
                bank[row.minor].append(row)
        found: set[Two] = set()
        for row in rows:
            if row.source != BANK:
                near = [
                    one
                    for minor in {slot.minor for slot in row.slots}
                    for one in bank[minor]
                    if abs((one.booked_on - row.booked_on).days) <= days
                ]
                if near:
                    found.add((row.id, near[0].id))
                    bank[near[0].minor].remove(near[0])
        return found

    return pairs


def ours(rows: Sequence[Row]) -> set[Two]:
    """Everything that is found, applied or suggested."""
    return {(pair.described, pair.moved) for pair in pair_rows(rows)}


def certain(rows: Sequence[Row]) -> set[Two]:
    """What is applied without asking."""
    return {(pair.described, pair.moved) for pair in pair_rows(rows) if pair.certain}


METHODS: dict[str, Callable[[Sequence[Row]], set[Two]]] = {
    "same amount, same day": greedy(0),
    "same amount, ±3 days": greedy(3),
    "found": ours,
    "of it applied": certain,
}


def measured(world: World, seed: int, method: Callable[[Sequence[Row]], set[Two]]) -> tuple[float, float]:
    """Precision and recall; rows that say the same count as the same."""
    written = Writer(world, seed)
    told = {row.id: row for row in written.rows}

    def said(two: Two) -> tuple[object, object]:
        left, right = told[two[0]], told[two[1]]
        return (left.booked_on, *left.said[2:]), right.said

    counts = Counter(said(two) for two in written.truth)
    found = method(written.rows)
    right = sum((counts & Counter(said(two) for two in found)).values())
    return right / max(1, len(found)), right / max(1, len(written.truth))


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=3)
    seeds = parser.parse_args(arguments).seeds
    sys.stdout.write(f"{'world':<18}" + "".join(f"{name:>26}" for name in METHODS) + "   (precision / recall)\n")
    for world in WORLDS:
        cells = []
        for method in METHODS.values():
            each = [measured(world, seed, method) for seed in range(seeds)]
            precision, recall = (sum(one[at] for one in each) / seeds for at in (0, 1))
            cells.append(f"{precision:>17.4f} / {recall:.4f}")
        sys.stdout.write(f"{world.name:<18}" + "".join(f"{cell:>26}" for cell in cells) + "\n")
    rows = Writer(World("speed", purchases=20_000), 7).rows
    begun = time.perf_counter()
    found = pair_rows(rows)
    sys.stdout.write(f"{len(rows)} rows, {len(found)} pairs in {time.perf_counter() - begun:.1f} s\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
