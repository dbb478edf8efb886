"""A seeded world written down twice, as wallets and as banks would, with who belongs to whom and what can be known.

What real files do to it: later booking days, names of legal persons, cut and missing texts, missing card digits,
coupons and the wallet's own balance beside the card, fees, twins, purchases that only one of the two files has.

Some of it nobody can tell from the rows: two purchases of one price in one week, booked by a bank that names nobody.
`undecidable` says which, from the world's own chances and never from what a program found.
"""

from __future__ import annotations

import dataclasses
import random
from collections import defaultdict
from collections.abc import Hashable
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from data.matching.evidence import BANK, Row, Slot

Two = tuple[UUID, UUID]
_START = date(2026, 1, 1)
_DAYS = 365
_SHOPS = (
    "星巴克", "瑞幸咖啡", "肯德基", "全家便利店", "盒马鲜生", "滴滴出行", "海底捞", "优衣库", "永辉超市",
    "中石化加油站", "兰州拉面", "蜜雪冰城", "屈臣氏", "万达影城", "顺丰速运", "同仁堂", "宜家家居", "哈啰单车", "喜茶",
    "老乡鸡",
)  # fmt: skip
_ALONE = (*_SHOPS, "ATM取款", "物业费")
_PRICES = (200, 300, 500, 990, 1_000, 1_200, 1_500, 1_800, 2_000, 2_500, 3_000, 3_500, 5_000, 9_900)
_LOWEST, _HIGHEST = 300, 60_000
_PEOPLE = ("张三", "李四", "王五", "赵六")
_MYSELF = "陈一"
_CARDS = (Slot("card:招商银行:1234", 0, "1234", "招商银行"), Slot("card:工商银行:9876", 0, "9876", "工商银行"))
_WALLETS = {"alipay": ("支付宝", "alipay:balance"), "wechat": ("财付通", "wechat:balance")}
_SURE: Final = 19  # of twenty: what another story explains oftener than once in twenty is not decided by the rows


@dataclasses.dataclass(frozen=True, slots=True)
class World:
    """What one setting makes of the files. Shares are of a hundred."""

    name: str
    purchases: int = 1_500
    late: tuple[int, int, int, int] = (45, 40, 10, 5)  # booked the same day, one, two, three days later
    cut: int = 10  # the bank names nobody
    legal: int = 10  # the bank names somebody the wallet does not know
    unnamed: int = 0  # the wallet does not say what paid, neither the card nor its own balance
    twins: int = 4
    coupons: int = 0
    split: int = 0  # paid by the wallet's own balance and the card together; no file says how much by which
    lost: int = 0  # one of the two rows is in no file
    fees: int = 0  # withdrawals to a card, with the wallet's fee on top
    own: int = 0  # moved between the two cards, also to pay one back
    noise: int = 20  # purchases by the card itself, and from the wallet's own balance
    usual: int = 35  # of the few prices that are paid again and again


WORLDS = (
    World("as they come"),
    World("late booking", late=(15, 35, 30, 20)),
    World("bank says little", cut=60, legal=30),
    World("card not named", unnamed=100, cut=0, legal=5),
    World("many twins", twins=30, usual=60),
    World("coupons", coupons=10),
    World("split tenders", split=10),
    World("fees and own transfers", fees=8, own=8),
    World("rows missing", lost=10),
    World("rows missing, hard", lost=10, unnamed=30, coupons=5, split=5, cut=30, legal=20),
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
        self.rows.sort(key=lambda row: (row.source, row.booked_on, row.occurred_at, row.id))
        self.rows = [dataclasses.replace(row, place=(line,)) for line, row in enumerate(self.rows)]

    def _event(self) -> None:
        draw = self._random
        day = _START + timedelta(draw.randrange(_DAYS))
        minor = draw.choice(_PRICES) if self._often("usual") else draw.randrange(_LOWEST, _HIGHEST)
        wallet, shop, card = draw.choice(list(_WALLETS)), draw.choice(_SHOPS), draw.choice(_CARDS)
        kinds = ("expense", "refund", "top_up", "withdrawal", "own")
        kind = draw.choices(kinds, (88, 8, 4, self._world.fees, self._world.own))[0]
        if kind in {"top_up", "withdrawal"}:
            self._between(day, minor * 10, kind, wallet, card)
        elif kind == "own":
            self._own(day, minor * 100, card)
        else:
            sign = 1 if kind == "refund" else -1
            for _ in range(2 if self._often("twins") else 1):
                self._both(day, sign * minor, kind, wallet, shop, card)
            for _ in range(self._world.noise // 100 + (draw.randrange(100) < self._world.noise % 100)):
                near = minor if draw.random() < 0.2 else draw.randrange(_LOWEST, _HIGHEST)
                self._noise(day, near, wallet, card)

    def _both(self, day: date, minor: int, kind: str, wallet: str, shop: str, card: Slot) -> None:
        bought = kind == "expense"
        balance = Slot(_WALLETS[wallet][1], 0)
        method, named, held_minor = "银行卡", card, minor
        others: tuple[Slot, ...] = ()
        if self._often("unnamed"):
            named = balance
        elif bought and self._often("coupons"):
            method, held_minor = "银行卡&红包", minor + self._random.randrange(1, max(2, -minor // 4))
        elif bought and self._often("split"):
            method, held_minor = "零钱&银行卡", self._random.randrange(minor + 1, 0)
            named = dataclasses.replace(balance, own=True)
            others = (dataclasses.replace(card, minor=minor, part=True),)
        missing = self._random.choice(("told", "held")) if self._often("lost") else ""
        if missing != "told":
            told = self._row(wallet, kind, day, minor, named, shop, method=method, others=others)
        if missing != "held":
            held = self._row(BANK, kind, self._later(day), held_minor, card, self._bank_text(wallet, shop))
        if not missing:
            self.truth.add((told.id, held.id))

    def _between(self, day: date, minor: int, kind: str, wallet: str, card: Slot) -> None:
        """A top-up takes from the card; a withdrawal gives to it, and the balance pays a thousandth besides."""
        sign, word, fee = (1, "充值", 0) if kind == "top_up" else (-1, "提现", minor // 1_000)
        own = Slot(_WALLETS[wallet][1], 0, own=True)
        other = dataclasses.replace(card, minor=-sign * minor)
        told = self._row(wallet, "transfer", day, sign * minor - fee, own, word, others=(other,))
        kept = "expense" if sign > 0 else "income"
        held = self._row(BANK, kept, self._later(day), -sign * minor, card, f"{_WALLETS[wallet][0]}-{word}")
        self.truth.add((told.id, held.id))

    def _own(self, day: date, minor: int, card: Slot) -> None:
        """Own money from one card to the other, a debt or not, and now and then to somebody else."""
        other = next(one for one in _CARDS if one is not card)
        repaid = self._random.random() < 0.5
        words = ("信用卡还款", "还款") if repaid else (_MYSELF, _MYSELF)
        into = dataclasses.replace(other, owed=repaid)
        out = self._row(BANK, "transfer", day, -minor, card, words[0], text="转账", others=(Slot("", minor),))
        held = self._row(
            BANK, "transfer", self._later(day), minor, into, words[1], text="转账", others=(Slot("", -minor),)
        )
        self.truth.add((out.id, held.id))
        if self._random.random() < 0.3:
            near = day + timedelta(self._random.randrange(-2, 4))
            minor = minor if self._random.random() < 0.3 else minor + 100
            sign, slot = self._random.choice(((1, card), (-1, card), (1, other), (-1, other)))
            self._row(
                BANK, "transfer", near, sign * minor, slot, self._random.choice(_PEOPLE), text="转账",
                others=(Slot("", -sign * minor),),
            )  # fmt: skip

    def _noise(self, day: date, minor: int, wallet: str, card: Slot) -> None:
        near = day + timedelta(self._random.randrange(-2, 4))
        if self._random.random() < 0.5:
            self._row(BANK, "expense", near, -minor, card, self._random.choice(_ALONE))
        else:
            own = Slot(_WALLETS[wallet][1], 0, own=not self._often("unnamed"))
            self._row(wallet, "expense", near, -minor, own, self._random.choice((*_SHOPS, *_PEOPLE)))

    def _row(
        self, source: str, kind: str, day: date, minor: int, on: Slot, payee: str, *, method: str = "",
        text: str = "", others: tuple[Slot, ...] = (),
    ) -> Row:  # fmt: skip
        slot = dataclasses.replace(on, minor=minor, own=on.own or source == BANK)
        noon = datetime.combine(day, datetime.min.time()) + timedelta(hours=4)
        at = noon + timedelta(minutes=self._random.randrange(600))
        row = Row(
            UUID(int=self._random.getrandbits(128)), source, kind, "CNY", day, noon if source == BANK else at,
            (slot, *others), payee, text, method=method, timed=source != BANK,
        )  # fmt: skip
        self.rows.append(row)
        return row

    def _later(self, day: date) -> date:
        return day + timedelta(self._random.choices((0, 1, 2, 3), self._world.late)[0])

    def _bank_text(self, wallet: str, shop: str) -> str:
        marker = _WALLETS[wallet][0]
        if self._often("cut"):
            return self._random.choice(_saying_nothing(marker))
        if self._often("legal"):
            return self._random.choice(_legal_names(marker))
        return f"{marker}-{shop}"

    def _often(self, what: str) -> bool:
        share: int = getattr(self._world, what)
        return self._random.randrange(100) < share


def _saying_nothing(marker: str) -> tuple[str, ...]:
    return (marker, "快捷支付", f"{marker}-消费")


def _legal_names(marker: str) -> tuple[str, ...]:
    return tuple(f"{marker}-上海{which}餐饮管理有限公司" for which in "甲乙丙丁")


def same_books(row: Row, *, paired: bool) -> Hashable:
    """Equal for rows that may stand for each other and leave the same books.

    Of two paired bank rows of one account, day and amount either may take either wallet's row: what the bank says is
    not told any more. Of wallets' rows the minute is not told. A row that stands alone is only like its twin.
    """
    if row.source != BANK:
        return (row.booked_on, *row.said[2:])
    if paired:
        return (row.booked_on, row.kind, row.minor, row.slots)
    return row.said


class Judge:
    """Knows a world's chances and its truth, and says which pairs the rows leave open."""

    def __init__(self, world: World, written: Writer) -> None:
        self._world, self._rows = world, {row.id: row for row in written.rows}
        self._held_of = dict(written.truth)
        self._told_of = {held: told for told, held in written.truth}
        self._near: defaultdict[tuple[bool, date], list[Row]] = defaultdict(list)
        self._books: dict[UUID, Hashable] = {}
        for row in written.rows:
            self._near[row.source == BANK, row.booked_on].append(row)
            self._books[row.id] = same_books(row, paired=row.id in self._held_of or row.id in self._told_of)

    def undecidable(self) -> set[Two]:
        """The true pairs of which another story, with other books, is likelier than one in twenty."""
        return {two for two in self._held_of.items() if self._open(self._rows[two[0]], self._rows[two[1]])}

    def _open(self, told: Row, held: Row) -> bool:
        if told.source == BANK:
            return False  # both ends of an own transfer: few, and told by their words
        sure = self._chance(told, held)
        other = self._both_alone(told, held)
        for rival in self._others(told, held, banks=True):
            other += self._chance(told, rival) * self._instead(held, rival, self._told_of, told)
        for rival in self._others(held, told, banks=False):
            if rival.id not in self._held_of:  # the exchange of two pairs is counted from the bank's side
                other += self._chance(rival, held) * self._alone(told) / max(self._alone(rival), 1e-12)
        return other * _SURE >= sure

    def _others(self, row: Row, partner: Row, *, banks: bool) -> list[Row]:
        """The rows that might be the row's partner and would leave other books."""
        sign = 1 if banks else -1
        near = (one for days in range(4) for one in self._near[banks, row.booked_on + timedelta(sign * days)])
        books = self._books[partner.id]
        like = [one for one in near if abs(one.minor) == abs(partner.minor) or "&" in row.method + one.method]
        return [one for one in like if self._books[one.id] != books and one.said != partner.said]

    def _instead(self, held: Row, rival: Row, told_of: dict[UUID, UUID], told: Row) -> float:
        """How much likelier the rest is when told takes `rival`, whose own teller takes `held`, or which was alone."""
        if rival.id not in told_of:
            return self._alone(held) / max(self._alone(rival), 1e-12)
        second = self._rows[told_of[rival.id]]
        if second.source == BANK or self._books[second.id] == self._books[told.id]:
            return 0.0
        return self._chance(second, held) / self._chance(second, rival)

    def _chance(self, told: Row, held: Row) -> float:
        """How often the bank writes what `told` tells in the words, on the day, of the amount of `held`."""
        days = (held.booked_on - told.booked_on).days
        kinds = {held.kind} if told.kind != "transfer" else {"transfer"}
        if not 0 <= days < len(self._world.late) or told.kind not in kinds or told.source == BANK:
            return 0.0
        if told.kind == "transfer":
            fits = told.slots[1].key == held.slots[0].key and told.slots[1].minor == held.minor
            return self._world.late[days] / 100 if fits and held.payee.endswith(told.payee) else 0.0
        return self._world.late[days] / 100 * _paid(told, held) * self._says(told.source, told.payee, held.payee)

    def _says(self, wallet: str, shop: str, text: str) -> float:
        marker = _WALLETS[wallet][0]
        cut, legal = self._world.cut / 100, self._world.legal / 100
        nothing, names = _saying_nothing(marker), _legal_names(marker)
        return (
            cut * nothing.count(text) / len(nothing)
            + (1 - cut) * legal * names.count(text) / len(names)
            + (1 - cut) * (1 - legal) * (text == f"{marker}-{shop}")
        )

    def _alone(self, row: Row) -> float:
        """How often a purchase brings such a row without its other half, but for amount and day."""
        lost, noise = self._world.lost / 200, self._world.noise / 200
        if row.source != BANK:
            own = row.slots[0].key.startswith(row.source)
            return lost / len(_SHOPS) + noise / (len(_SHOPS) + len(_PEOPLE)) * own
        marked = sum(self._says(wallet, shop, row.payee) for wallet in _WALLETS for shop in _SHOPS) / len(_SHOPS)
        return lost * marked + noise * _ALONE.count(row.payee) / len(_ALONE)

    def _both_alone(self, told: Row, held: Row) -> float:
        """The chance that the two only look like a pair: each lost its other half, or never had one."""
        world = self._world
        usual = world.usual / 100 * _PRICES.count(abs(held.minor)) / len(_PRICES)
        a_day = world.purchases / _DAYS * (usual + (1 - world.usual / 100) / (_HIGHEST - _LOWEST))
        return self._alone(held) * a_day / len(_CARDS) * self._alone(told) * len(_SHOPS)


def _paid(told: Row, held: Row) -> float:
    """How often the card pays as much as `held` says of what `told` says."""
    card = next((slot for slot in told.slots if slot.key.startswith("card:")), None)
    if card and card.key != held.slots[0].key:
        return 0.0
    share = 1.0 if card else 1 / len(_CARDS)
    rest = abs(told.minor) - abs(held.minor)
    if "红包" in told.method:
        steps = max(1, abs(told.minor) // 4 - 1)
        return share / steps if 1 <= rest <= steps else 0.0
    if card and card.part:
        return share / (abs(told.minor) - 1) if rest > 0 else 0.0
    return share * (rest == 0)
