"""How the invented person keeps their accounts afloat: what was there at first, top-ups, repayments."""

from __future__ import annotations

import calendar
import dataclasses
from collections import defaultdict
from collections.abc import Iterable
from datetime import date, time
from typing import Final

from data.importers.statement import Direction, Kind
from data.money import Money
from data.sample.deeds import Deed
from data.sample.tables import Text

_OPENING: Final = {
    ("bank", "CNY"): 38_000_00,
    ("bank", "USD"): 200_00,
    ("yuebao", "CNY"): 20_000_00,
    ("wechat", "CNY"): 300_00,
    ("alipay", "CNY"): 300_00,
}
_TOPPED_UP: Final[dict[str, Text]] = {
    "wechat": {"zh": "微信零钱充值", "en": "WeChat top-up"},
    "alipay": {"zh": "支付宝充值", "en": "Alipay top-up"},
}
_REPAID: Final[dict[str, tuple[int, Text]]] = {
    "huabei": (10, {"zh": "花呗还款", "en": "Huabei repayment"}),
    "credit": (25, {"zh": "信用卡还款", "en": "Card repayment"}),
}
_FIRST: Final[Text] = {"zh": "期初余额", "en": "Opening balance"}
_NOTHING: Final[Text] = {"zh": "", "en": ""}
_RESERVE: Final = 100_00
_STEP: Final = 100_00  # top-ups are whole hundreds


def openings(on: date) -> list[Deed]:
    """What the accounts held when the records begin."""
    return [
        dataclasses.replace(
            _moved(f"opening/{account}/{currency}", on, time(0, 0), Money(minor, currency), (account, ""), _FIRST),
            kind=Kind.ADJUSTMENT,
            direction=Direction.IN,
        )
        for (account, currency), minor in _OPENING.items()
    ]


def top_ups(deeds: Iterable[Deed], months: list[date]) -> list[Deed]:
    """On the first of each month, enough in the wallets for all that month takes out of them."""
    taken: defaultdict[tuple[str, date], int] = defaultdict(int)
    for deed in deeds:
        change = _signed(deed)
        for account, minor in ((deed.account, change - deed.fee), (deed.counter, -change)):
            taken[account, deed.on.replace(day=1)] -= min(minor, 0)
    moves = []
    for account, name in _TOPPED_UP.items():
        held = _OPENING[account, "CNY"]
        for month in months:
            short = taken[account, month] + _RESERVE - held
            added = -(-short // _STEP) * _STEP if short > 0 else 0
            held += added - taken[account, month]
            if added:
                named = f"top-up/{account}/{month}"
                moves.append(_moved(named, month, time(8, 5), Money(added, "CNY"), ("bank", account), name))
    return moves


def repayments(deeds: Iterable[Deed], months: list[date]) -> list[Deed]:
    """What a credit account was charged in a month, less what came back, is repaid in the next."""
    owed: defaultdict[tuple[str, str, date], int] = defaultdict(int)
    for deed in deeds:
        if deed.account in _REPAID:
            owed[deed.account, deed.currency, deed.on.replace(day=1)] -= _signed(deed) - deed.fee
    moves = []
    for (account, currency, charged), minor in sorted(owed.items()):
        month = _next(charged)
        if minor > 0 and month in months:
            day, name = _REPAID[account]
            named = f"repayment/{account}/{currency}/{month}"
            paid = Money(minor, currency)
            moves.append(_moved(named, month.replace(day=day), time(9, 30), paid, ("bank", account), name))
    return moves


def _signed(deed: Deed) -> int:
    return deed.minor if deed.direction is Direction.IN else -deed.minor


def _next(month: date) -> date:
    return month.fromordinal(month.toordinal() + calendar.monthrange(month.year, month.month)[1])


def _moved(name: str, on: date, at: time, amount: Money, accounts: tuple[str, str], payee: Text) -> Deed:
    return Deed(
        name=name,
        on=on,
        at=at,
        kind=Kind.TRANSFER,
        direction=Direction.OUT,
        minor=amount.minor,
        currency=amount.currency,
        account=accounts[0],
        category="",
        word=_NOTHING,
        payee=payee,
        description=_NOTHING,
        counter=accounts[1],
    )
