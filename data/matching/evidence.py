"""What speaks for and against two rows being one event, in points; ten thousand would be beyond doubt.

A row has slots: what it says it changed on an account. The wallet's row for a card purchase has one, the card; a
top-up has two. A slot named by one source is held against the slot that the account's own statement states.
"""

from __future__ import annotations

import dataclasses
import functools
import re
import unicodedata
from datetime import date, datetime
from typing import Final
from uuid import UUID

from data.categories.text import fold, normalise_payee
from data.importers.methods import account_parts

ALIPAY, WECHAT, JD, MEITUAN, BANK = "alipay", "wechat", "jd", "meituan", "bank"
PAYING: Final = (ALIPAY, WECHAT)  # wallets that shops and other apps are paid through
LIKELY: Final = 5_500
CERTAIN: Final = 8_000

_AMOUNT, _LESS = 3_500, 1_500
_DAYS: Final = {-1: 700, 0: 1_500, 1: 1_400, 2: 1_100, 3: 700, 4: 300, 5: 100, 6: 0, 7: 0}
EARLIEST, LATEST, LATEST_REFUND = -1, 5, 7
_ACCOUNT, _BANK, _WALLET, _MARKER, _OTHER_MARKER, _QUICK = 2_500, 1_200, 1_500, 1_900, -1_000, 800
_SAME_PAYEE, _ALIKE, _DIFFERS, _DIFFERS_MARKED = 1_500, 800, -2_100, -600
_RARE, _MINUTES, _BOTH_MOVE, _ONE_MOVES, _REPAYMENT, _SAYS_MOVE, _OWN_NAME = 1_000, 1_200, 1_500, 700, 1_700, 800, 1_200

_MARKERS: Final = {
    ALIPAY: re.compile(r"支付宝|alipay|蚂蚁"),
    WECHAT: re.compile(r"财付通|微信|tenpay|wechat|weixin"),
    JD: re.compile(r"京东|网银在线|\bjd\b"),
    MEITUAN: re.compile(r"美团|三快|钱袋宝|meituan"),
}
_QUICK_PAY: Final = re.compile(r"快捷|网上支付|网上消费|无卡|第三方|银联在线|电子支付|代扣")
_REPAYING: Final = re.compile(r"还款|还信用卡|repay|autopay|payment.{0,3}thank|card payment")
_MOVING: Final = re.compile(r"转账|转入|转出|转存|汇款|互转|transfer|充值|提现")
_SAYS_NOTHING: Final = re.compile(
    r"支付宝|alipay|蚂蚁|财付通|微信支付|微信|tenpay|wechat|weixin|京东支付|网银在线|美团支付|快捷支付|快捷|网上支付|网上消费"
    r"|无卡|第三方|银联在线|银联|电子支付|代扣|消费|支付|付款|交易|扫二维码|退款|退货|还款|转账|转入|转出|充值|提现|pos|atm|purchase|payment"
)
_CHINESE: Final = re.compile(r"[一-鿿]")
_PUNCTUATION: Final = re.compile(r"[\W_]+")
_ENOUGH, _SAME, _SIMILAR = 2, 60, 30  # characters of a name; per cent of shared pairs of characters
_CLOSE_SECONDS: Final = 300


@dataclasses.dataclass(frozen=True, slots=True)
class Slot:
    """A change of an account as a row states it. key: the account's, "" when the row does not name it; minor: signed.

    own: the row's source keeps this account's statement, so nobody else's row is needed to prove it. part: it paid a
    part of `minor` only, another account of the person's the rest, and the row does not say how much.
    """

    key: str
    minor: int
    last4: str = ""
    institution: str = ""
    own: bool = False
    owed: bool = False
    part: bool = False


@dataclasses.dataclass(frozen=True, slots=True)
class Row:
    """One booked row as the matching sees it. slots: the statement's own account first. place: among its twins.

    source: `alipay`, `wechat`, `jd`, `meituan`, or `bank` for every statement of an account itself.
    """

    id: UUID
    source: str
    kind: str
    currency: str
    booked_on: date
    occurred_at: datetime
    slots: tuple[Slot, ...]
    payee: str = ""
    description: str = ""
    method: str = ""
    place: tuple[int, ...] = ()
    timed: bool = False

    @property
    def minor(self) -> int:
        """The signed change of the statement's own account."""
        return self.slots[0].minor

    @property
    def said(self) -> tuple[object, ...]:
        """Everything but which row it is: twins say the same."""
        return (
            self.booked_on, self.occurred_at, self.source, self.kind, self.currency, self.minor,
            self.payee, self.description, self.method, self.slots,
        )  # fmt: skip


@dataclasses.dataclass(frozen=True, slots=True)
class Evidence:
    """One thing that speaks for (points above zero) or against the pair; value: days, digits or a word."""

    code: str
    value: str
    points: int


def weigh(described: Row, slot: Slot, moved: Row) -> tuple[Evidence, ...] | None:
    """What speaks for `slot` of a describing row being what `moved` states; None: it cannot be."""
    amount = _amount(described, slot, moved)
    days = _days(described, moved) if amount else None
    held = _held_against(slot, moved.slots[0]) if days else None
    if amount is None or days is None or held is None:
        return None
    marker = _marker(described, moved)
    return (amount, days, *held, *marker, *_payee(described, moved, marker), *_minutes(described, moved))


def weigh_move(out: Row, into: Row) -> tuple[Evidence, ...] | None:
    """What speaks for money that left one own account having reached another; None: it cannot be."""
    days = _days(out, into)
    if days is None or out.currency != into.currency or out.minor + into.minor:
        return None
    named: list[Evidence] = []
    for row, other in ((out, into), (into, out)):
        for slot in row.slots[1:]:
            held = _held_against(slot, other.slots[0])
            if held is None:
                return None
            named += held
    moves = [row.kind == "transfer" for row in (out, into)]
    transfer = [Evidence("transfer", str(sum(moves)), _BOTH_MOVE if all(moves) else _ONE_MOVES)] if any(moves) else []
    text = fold(f"{out.payee} {out.description} {into.payee} {into.description}")
    return (
        Evidence("amount", "", _AMOUNT),
        days,
        *sorted(named, key=lambda one: -one.points)[:1],
        *transfer,
        *_moving_words(text, owed=into.slots[0].owed),
        *_own_name(out, into),
    )


def _own_name(out: Row, into: Row) -> list[Evidence]:
    """Both ends of an own transfer name the person; money of two other people names two."""
    ours, theirs = called(out.payee), called(into.payee)
    if not ours or not theirs:
        return []
    if ours == theirs:
        return [Evidence("own_name", out.payee, _OWN_NAME)]
    return [Evidence("payee_differs", into.payee, _DIFFERS_MARKED)]


def _moving_words(text: str, *, owed: bool) -> list[Evidence]:
    if owed and (found := _REPAYING.search(text)):
        return [Evidence("repayment", found[0], _REPAYMENT)]
    found = _MOVING.search(text) or _REPAYING.search(text)
    return [Evidence("says_transfer", found[0], _SAYS_MOVE)] if found else []


def score(evidence: tuple[Evidence, ...]) -> int:
    """All points together."""
    return max(0, sum(one.points for one in evidence))


def with_rarity(evidence: tuple[Evidence, ...]) -> tuple[Evidence, ...]:
    """The same where no other row near has the amount; that says little when the two name different payees."""
    codes = {one.code for one in evidence}
    if "payee_differs" in codes and "marker" not in codes:
        return evidence
    return (*evidence, Evidence("rare", "", _RARE))


def through_wallet(shop: Row, wallet: Row, evidence: tuple[Evidence, ...]) -> tuple[Evidence, ...] | None:
    """The same for a shop's row and a wallet's: that one must name the shop, the shop must not name another wallet."""
    named = _wallets(shop)
    if not _MARKERS[shop.source].search(_text(wallet)) or (named and wallet.source not in named):
        return None
    return (*evidence, Evidence("wallet", wallet.source, _WALLET)) if named else evidence


def _wallets(shop: Row) -> list[str]:
    """The wallets that a shop's row says were paid through."""
    return [one for one in PAYING if one != shop.source and any(slot.key.startswith(one) for slot in shop.slots)]


def _amount(described: Row, slot: Slot, moved: Row) -> Evidence | None:
    if described.currency != moved.currency:
        return None
    if slot.minor == moved.minor and not slot.part:
        return Evidence("amount", "", _AMOUNT)
    rest = abs(slot.minor) - abs(moved.minor)
    if described.kind == moved.kind == "expense" and rest > 0 and is_combined(described):
        return Evidence(_why_less(described, slot), str(rest), _LESS)
    return None


def _why_less(row: Row, slot: Slot) -> str:
    if slot.part:
        return "amount_rest"
    return "amount_less" if len(account_parts(row.source, row.method)) <= 1 else "amount_short"


def is_combined(row: Row) -> bool:
    """Whether the row was paid by more than the one account: a coupon, red packet or balance beside it."""
    return "&" in row.method or "+" in row.method


def _days(described: Row, moved: Row) -> Evidence | None:
    apart = (moved.booked_on - described.booked_on).days
    latest = LATEST_REFUND if described.kind == "refund" else LATEST
    return Evidence("days", str(apart), _DAYS[apart]) if EARLIEST <= apart <= latest else None


def _held_against(slot: Slot, own: Slot) -> list[Evidence] | None:
    """Whether an account as another file names it can be this statement's account."""
    if slot.key and slot.key == own.key:
        return [Evidence("account", own.last4, _ACCOUNT)]
    if not slot.key.startswith("card:"):
        return []  # not named, or only as "a bank card"
    same_bank = _same_bank(slot.institution, own.institution)
    if same_bank is False:
        return None
    if slot.last4 and own.last4:
        return [Evidence("account", own.last4, _ACCOUNT)] if slot.last4 == own.last4 else None
    return [Evidence("bank", own.institution, _BANK)] if same_bank else []


def _same_bank(one: str, other: str) -> bool | None:
    """None: they cannot be compared, one is missing or a code."""
    if not (_CHINESE.search(one) and _CHINESE.search(other)):
        return None
    return one in other or other in one


def _marker(described: Row, moved: Row) -> list[Evidence]:
    text = _text(moved)
    if found := _MARKERS[described.source].search(text):
        through = [Evidence("wallet", one, _WALLET) for one in _wallets(described) if _MARKERS[one].search(text)]
        return [Evidence("marker", found[0], _MARKER), *(through if moved.source == BANK else ())]
    if described.source in PAYING:
        own = _text(described)
        for other in PAYING:
            if (found := _MARKERS[other].search(text)) and found[0] not in own:
                return [Evidence("other_marker", found[0], _OTHER_MARKER)]
    if (found := _QUICK_PAY.search(text)) or not _names(moved):
        return [Evidence("quick_pay", found[0] if found else "", _QUICK)]
    return []


def _payee(described: Row, moved: Row, marker: list[Evidence]) -> list[Evidence]:
    ours = _names(described)
    theirs = [name for name in _names(moved) if len(_MARKERS[described.source].sub("", name)) >= _ENOUGH]
    if not ours or not theirs or described.kind == "transfer":
        return []
    alike = max(likeness(one, other) for one in ours for other in theirs)
    if alike >= _SAME:
        return [Evidence("payee", moved.payee or moved.description, _SAME_PAYEE)]
    if alike >= _SIMILAR:
        return [Evidence("payee_alike", moved.payee or moved.description, _ALIKE)]
    marked = any(one.code == "marker" for one in marker)
    return [Evidence("payee_differs", moved.payee or moved.description, _DIFFERS_MARKED if marked else _DIFFERS)]


def _minutes(described: Row, moved: Row) -> list[Evidence]:
    if not (described.timed and moved.timed):
        return []
    seconds = abs((moved.occurred_at - described.occurred_at).total_seconds())
    return [Evidence("minutes", str(int(seconds // 60)), _MINUTES)] if seconds <= _CLOSE_SECONDS else []


def _text(row: Row) -> str:
    return fold(f"{row.payee} {row.description} {row.method if row.source == BANK else ''}")


def _names(row: Row) -> tuple[str, ...]:
    return tuple(name for text in (row.payee, row.description) if (name := called(text)))


@functools.lru_cache(maxsize=65_536)
def called(text: str) -> str:
    """What is left of a text to call somebody by; "" when it only says how was paid."""
    bare = _PUNCTUATION.sub("", _SAYS_NOTHING.sub("", normalise_payee(unicodedata.normalize("NFKC", text))))
    return bare if len(bare) >= _ENOUGH and not bare.isdigit() else ""


@functools.lru_cache(maxsize=65_536)
def likeness(one: str, other: str) -> int:
    """How much two names share, in per cent: all when one stands in the other, else Dice over pairs of characters."""
    if one in other or other in one:
        return 100
    first, second = ({name[at : at + 2] for at in range(len(name) - 1)} for name in (one, other))
    return 200 * len(first & second) // (len(first) + len(second) or 1)
