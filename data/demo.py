"""Explore with sample data: two believable years of an invented person, as a statement that is imported like any other.

Pure and deterministic by seed. However early in the month `today` is, dining is over its limit and shopping close to
its own; the months before are what they are. To remove the data, undo the import of the batch whose format is `FORMAT`.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta, timezone
from typing import Final, Literal

from data.categories import BUILT_IN, top_of
from data.importers.fingerprint import fee_identity
from data.importers.statement import AccountHint, AccountKind, Direction, Kind, Line, Statement
from data.money import Money
from data.period import Span, month_of, shift_months
from data.sample.deeds import Deed, month_of_deeds, purchase
from data.sample.money_moves import openings, repayments, top_ups
from data.sample.tables import Shop

FORMAT: Final = "sample"
SEED: Final = "little gold card"
FULL_MONTHS: Final = 24
_LIMITED_MONTHS: Final = 5
Language = Literal["zh", "en"]

_ZONE: Final = timezone(timedelta(hours=8))
_FILE: Final = {"zh": "示例数据", "en": "Sample data"}
_SATURDAY: Final = 5
_OVER, _NEAR, _USUAL = (
    112,
    90,
    45,
)  # per cent of the limit: dining, shopping, shopping that is left as the habits have it
_SMALLEST_FEAST: Final = 50_00


@dataclasses.dataclass(frozen=True, slots=True)
class SampleLimit:
    """A monthly limit. category "" is the overall one; carry: none, surplus or signed."""

    category: str
    amount: Money
    carry: str = "none"


@dataclasses.dataclass(frozen=True, slots=True)
class SampleLimits:
    """The limits that go with the data, in force from the month of `from_month` on."""

    from_month: date
    items: tuple[SampleLimit, ...]


LIMITS: Final = (
    SampleLimit("", Money(13_500_00, "CNY")),
    SampleLimit("dining", Money(1_500_00, "CNY")),
    SampleLimit("groceries", Money(650_00, "CNY"), "surplus"),
    SampleLimit("shopping", Money(1_200_00, "CNY")),
    SampleLimit("transport", Money(400_00, "CNY")),
    SampleLimit("entertainment", Money(90_00, "CNY"), "signed"),
)


def limits(today: date) -> SampleLimits:
    """The monthly limits of the invented person, set half a year ago: what is carried over stays believable."""
    return SampleLimits(shift_months(today.replace(day=1), -_LIMITED_MONTHS), LIMITS)


def statement(today: date, language: Language = "zh", *, seed: str = SEED, month_start_day: int = 1) -> Statement:
    """Everything that happened from the start of the calendar month 24 months ago up to and including `today`."""
    first = _first_month(today)
    months = [shift_months(first, count) for count in range(FULL_MONTHS + 1)]
    deeds = [deed for month in months for deed in month_of_deeds(month.year, month.month, seed)]
    deeds = _shaped(deeds, Span(month_of(today, month_start_day).start, today + timedelta(days=1)))
    deeds += repayments(deeds, months)
    deeds += top_ups(deeds, months)
    deeds += openings(first)
    shown = sorted((deed for deed in deeds if deed.on <= today), key=lambda deed: (deed.on, deed.at, deed.name))
    lines = _lines(shown, language)
    return Statement(format=FORMAT, encoding="utf-8", lines=tuple(lines), file=_FILE[language])


def _first_month(today: date) -> date:
    return shift_months(today.replace(day=1), -FULL_MONTHS)


_FEAST: Final = Shop(
    category="restaurants",
    word={"zh": "正餐", "en": "Restaurants"},
    low=0,
    high=0,
    payee={"zh": "云上小院私房菜馆", "en": "Cloud Courtyard Restaurant"},
    description={"zh": "生日聚餐", "en": "Birthday dinner"},
)
_WISH: Final = Shop(
    category="electronics",
    word={"zh": "数码", "en": "Electronics"},
    low=0,
    high=0,
    payee={"zh": "小米之家", "en": "Xiaomi Store"},
    description={"zh": "降噪耳机", "en": "Noise-cancelling headphones"},
)


def _shaped(deeds: Sequence[Deed], current: Span) -> list[Deed]:
    """The same with the current month as the screens should show it: dining overrun, shopping near its limit."""
    limit = {one.category: one.amount.minor for one in LIMITS}
    kept = _thrifty(deeds, current, limit["shopping"] * _USUAL // 100)
    day = _treat_day(current)
    feast = limit["dining"] * _OVER // 100 - _spent(kept, "dining", current)
    if feast >= _SMALLEST_FEAST:
        kept.append(purchase(f"feast/{current.start}", day, time(18, 42), _priced(_FEAST, feast), "credit"))
    wish = limit["shopping"] * _NEAR // 100 - _spent(kept, "shopping", current)
    kept.append(purchase(f"wish/{current.start}", day, time(15, 17), _priced(_WISH, wish), "huabei"))
    return kept


def _priced(shop: Shop, minor: int) -> Shop:
    whole = -(-minor // 100) * 100
    return dataclasses.replace(shop, low=whole, high=whole)


def _treat_day(current: Span) -> date:
    """The latest Saturday of the month so far; before there is one, the latest day."""
    saturdays = [day for day in current.dates() if day.weekday() == _SATURDAY]
    return saturdays[-1] if saturdays else current.last


def _thrifty(deeds: Iterable[Deed], current: Span, most: int) -> list[Deed]:
    """Without the current month's shopping beyond `most`, and without what would come back of it."""
    kept, dropped, spent = list[Deed](), set[str](), 0
    for deed in sorted(deeds, key=lambda one: (one.on, one.at, one.name)):
        if deed.refund_of in dropped:
            continue
        if deed.on in current and deed.kind is Kind.EXPENSE and _is_in(deed, "shopping"):
            if spent + deed.minor > most:
                dropped.add(deed.name)
                continue
            spent += deed.minor
        kept.append(deed)
    return kept


def _spent(deeds: Iterable[Deed], category: str, current: Span) -> int:
    return sum(
        deed.minor if deed.kind is Kind.EXPENSE else -deed.minor
        for deed in deeds
        if deed.on in current and deed.currency == "CNY" and _is_in(deed, category)
    )


def _is_in(deed: Deed, top: str) -> bool:
    return deed.category in BUILT_IN and top_of(deed.category) == top


_ACCOUNTS: Final = {
    "bank": ("招商银行储蓄卡(6210)", "CMB debit card (6210)", AccountKind.ASSET, "招商银行", "6210"),
    "credit": ("招商银行信用卡(8801)", "CMB credit card (8801)", AccountKind.LIABILITY, "招商银行", "8801"),
    "alipay": ("支付宝余额", "Alipay balance", AccountKind.ASSET, "支付宝", ""),
    "yuebao": ("余额宝", "Yu'e Bao", AccountKind.ASSET, "支付宝", ""),
    "huabei": ("花呗", "Huabei", AccountKind.LIABILITY, "支付宝", ""),
    "wechat": ("微信零钱", "WeChat balance", AccountKind.ASSET, "微信支付", ""),
}


def _account(key: str, language: Language) -> AccountHint:
    # Keys of their own, so that the sample never mixes with the person's real accounts.
    zh, en, kind, institution, last4 = _ACCOUNTS[key]
    return AccountHint(f"{FORMAT}:{key}", zh if language == "zh" else en, kind, institution, last4)


def _lines(deeds: Sequence[Deed], language: Language) -> list[Line]:
    accounts = {key: _account(key, language) for key in _ACCOUNTS}
    lines = []
    for number, deed in enumerate(deeds, start=1):
        line = _line(number, deed, accounts, language)
        lines.append(line)
        if deed.fee:
            lines.append(_fee(line, deed))
    return lines


def _line(number: int, deed: Deed, accounts: dict[str, AccountHint], language: Language) -> Line:
    moment = datetime.combine(deed.on, deed.at, _ZONE)
    amount = Money(deed.minor, deed.currency)
    account = accounts[deed.account]
    return Line(
        line=number,
        kind=deed.kind,
        direction=deed.direction,
        amount=amount,
        occurred_at=moment,
        booked_on=deed.on,
        account=account,
        identity=(FORMAT, deed.name),
        counter=accounts.get(deed.counter),
        payee=deed.payee[language],
        description=deed.description[language],
        method=account.label,
        refund_of=(FORMAT, deed.refund_of) if deed.refund_of else None,
        source_category=deed.word[language],
        cells=_cells(deed, moment, amount, account, language),
    )


def _fee(line: Line, deed: Deed) -> Line:
    return line._replace(
        part=1,
        kind=Kind.FEE,
        direction=Direction.OUT,
        amount=Money(deed.fee, deed.currency),
        identity=fee_identity(line.identity),
        counter=None,
    )


_HEADER: Final = {
    "zh": ("交易时间", "交易对方", "商品说明", "收/支", "金额", "币种", "支付方式"),
    "en": ("Time", "Payee", "Description", "In/out", "Amount", "Currency", "Paid with"),
}
_WAYS: Final = {
    "zh": {Direction.IN: "收入", Direction.OUT: "支出"},
    "en": {Direction.IN: "in", Direction.OUT: "out"},
}


def _cells(deed: Deed, moment: datetime, amount: Money, account: AccountHint, language: Language) -> dict[str, str]:
    way = "/" if deed.kind in {Kind.TRANSFER, Kind.ADJUSTMENT} else _WAYS[language][deed.direction]
    texts = (deed.payee[language], deed.description[language], way, amount.plain(), deed.currency, account.label)
    return dict(zip(_HEADER[language], (f"{moment:%Y-%m-%d %H:%M:%S}", *texts), strict=True))
