"""What a search asks for: `coffee category:dining amount>50 date:2026-10 -refund "quoted words"` read into terms.

Words stand for themselves in payee, description, note and tags; all of them must match. `-` in front excludes. The name
of a field may be English or Chinese (`分类:餐饮 金额>=50 日期:2026-10`); full-width signs count as their ASCII forms.
`==` means exactly: `category==dining` without its subcategories, `payee=="瑞幸咖啡"` that payee with all its branches.
A word before a colon that is no field is text, so `12:30` and addresses can be searched.
"""

from __future__ import annotations

import dataclasses
import re
import unicodedata
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Final, NoReturn

from data.errors import Rejection
from data.period import Span, month_of, shift_months, year_of


class Field(StrEnum):
    """What a term looks at."""

    TEXT = "text"
    PAYEE = "payee"
    CATEGORY = "category"
    ACCOUNT = "account"
    TAG = "tag"
    NOTE = "note"
    KIND = "kind"
    CURRENCY = "currency"
    IS = "is"
    AMOUNT = "amount"
    DATE = "date"


@dataclasses.dataclass(unsafe_hash=True)
class SearchInvalid(Rejection):
    """The search cannot be read. position: where the term begins, from 0.

    reason: `quote_open`, `value_missing`, `sign_unfit`, `amount_unreadable`, `date_unreadable`, `kind_unknown`,
        `state_unknown`, `category_unknown`, `account_unknown`.
    """

    text: str
    position: int
    reason: str


@dataclasses.dataclass(frozen=True, slots=True)
class Amounts:
    """Sizes in major units; None is open. The ends belong to it unless they are `open_`."""

    low: Decimal | None = None
    high: Decimal | None = None
    low_open: bool = False
    high_open: bool = False


@dataclasses.dataclass(frozen=True, slots=True)
class Dates:
    """Booked days d with start ≤ d < end; None is open."""

    start: date | None = None
    end: date | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class Term:
    """One condition. value: lower-case text, a kind, a state, amounts or dates, as its field needs.

    exact: of a payee or category, this very one.
    """

    field: Field
    value: str | Amounts | Dates
    negated: bool
    position: int
    exact: bool = False


@dataclasses.dataclass(frozen=True, slots=True)
class Search:
    """All terms must hold. `text` is what was typed."""

    text: str = ""
    terms: tuple[Term, ...] = ()


FIELDS: Final = {
    Field.PAYEE: ("payee", "merchant", "商户", "交易对方", "对方"),
    Field.CATEGORY: ("category", "cat", "分类", "类别"),
    Field.ACCOUNT: ("account", "acct", "账户"),
    Field.TAG: ("tag", "tags", "标签"),
    Field.NOTE: ("note", "备注"),
    Field.KIND: ("kind", "type", "类型"),
    Field.CURRENCY: ("currency", "币种"),
    Field.IS: ("is", "是", "状态"),
    Field.AMOUNT: ("amount", "金额"),
    Field.DATE: ("date", "日期"),
}
KINDS: Final = {
    "expense": ("expense", "spending", "支出"),
    "income": ("income", "收入"),
    "refund": ("refund", "refunds", "退款"),
    "transfer": ("transfer", "转账", "不计收支"),
    "fee": ("fee", "fees", "手续费", "服务费"),
    "adjustment": ("adjustment", "调整"),
    "opening": ("opening", "期初"),
}
STATES: Final = {
    "excluded": ("excluded", "不计入", "已排除"),
    "unlinked": ("unlinked", "未关联"),
    "split": ("split", "拆分", "已拆分"),
    "uncategorised": ("uncategorised", "uncategorized", "未分类"),
    "noted": ("noted", "有备注"),
    "tagged": ("tagged", "有标签"),
    "imported": ("imported", "导入"),
}
_FIELD_OF: Final = {word: field for field, words in FIELDS.items() for word in words}
_KIND_OF: Final = {word: kind for kind, words in KINDS.items() for word in words}
_STATE_OF: Final = {word: state for state, words in STATES.items() for word in words}

_QUOTES: Final = {'"': '"', "“": "”", "”": "”", "「": "」", "＂": "＂"}
_PLAIN_WORD: Final = re.compile(r"[\w.-]+")
_SIGN: Final = re.compile(r"([^\s:：=＝<>＜＞≤≥\"“”「＂-]+)\s*([:：=＝<>＜＞≤≥]+)")
_SIGNS: Final = {":": ":", "=": ":", "==": "==", ">": ">", "<": "<", ">=": ">=", "<=": "<=", "≥": ">=", "≤": "<="}
_EXACT: Final = frozenset({Field.PAYEE, Field.CATEGORY})
_RANGE: Final = re.compile(r"\s*(?:\.\.+|…|~|～)\s*")


def parse(text: str, start_day: int = 1) -> Search:
    """The terms of a search; an empty one has none. Months and years in `date:` are the owner's.

    Raises:
        SearchInvalid: with the place of the first term that cannot be read.
    """
    terms, place = [], 0
    while place < len(text):
        if text[place].isspace():
            place += 1
            continue
        term, place = _term(text, place, start_day)
        if term is not None:
            terms.append(term)
    return Search(text, tuple(terms))


def fold(text: str) -> str:
    """Text as it is compared: full-width forms narrowed, case ignored."""
    return unicodedata.normalize("NFKC", text).casefold().strip()


def quoted(value: str) -> str:
    """A value as it is written after a field's sign, in quotes unless it is one plain word."""
    if _PLAIN_WORD.fullmatch(value):
        return value
    fitting = (f"{opening}{value}{closing}" for opening, closing in _QUOTES.items() if closing not in value)
    return next(fitting, '"' + value.replace('"', " ") + '"')


def kind_named(word: str) -> str | None:
    """The kind of entry that a folded word names, in English or Chinese."""
    return _KIND_OF.get(word)


def _term(text: str, start: int, start_day: int) -> tuple[Term | None, int]:
    place, negated = start, False
    if text[place] in "-－" and place + 1 < len(text) and not text[place + 1].isspace():
        place, negated = place + 1, True
    field, sign = Field.TEXT, ":"
    if (found := _SIGN.match(text, place)) and (known := _FIELD_OF.get(fold(found[1]))):
        field, place = known, found.end()
        sign = _sign(found[2]) or _refuse(text, start, "sign_unfit")
    value, place = _value(text, place, start)
    if not fold(value):
        if field is Field.TEXT:
            return None, place
        raise SearchInvalid(text, start, "value_missing")
    exact = sign == "==" and field in _EXACT
    read = _Reader(text, start, start_day).read(field, ":" if sign == "==" else sign, value)
    return Term(field, read, negated, start, exact), place


def _sign(written: str) -> str | None:
    narrowed = unicodedata.normalize("NFKC", written)
    return _SIGNS.get(narrowed) or _SIGNS.get(narrowed.removeprefix(":"))


def _refuse(text: str, position: int, reason: str) -> NoReturn:
    raise SearchInvalid(text, position, reason)


def _value(text: str, place: int, start: int) -> tuple[str, int]:
    if place < len(text) and (closing := _QUOTES.get(text[place])):
        end = text.find(closing, place + 1)
        if end < 0:
            raise SearchInvalid(text, start, "quote_open")
        return text[place + 1 : end], end + 1
    end = place
    while end < len(text) and not text[end].isspace():
        end += 1
    return text[place:end], end


@dataclasses.dataclass(frozen=True, slots=True)
class _Reader:
    """Reads the value of one term; knows where it stands, for saying so."""

    text: str
    position: int
    start_day: int

    def read(self, field: Field, sign: str, value: str) -> str | Amounts | Dates:
        folded = fold(value)
        if field is Field.AMOUNT:
            return self._amounts(sign, folded)
        if field is Field.DATE:
            return self._dates(sign, folded)
        if sign != ":":
            raise self._no("sign_unfit")
        if field is Field.KIND:
            return self._among(_KIND_OF, folded, "kind_unknown")
        if field is Field.IS:
            return self._among(_STATE_OF, folded, "state_unknown")
        return folded.upper() if field is Field.CURRENCY else value.strip().lower()

    def _no(self, reason: str) -> SearchInvalid:
        return SearchInvalid(self.text, self.position, reason)

    def _among(self, known: dict[str, str], word: str, reason: str) -> str:
        if word not in known:
            raise self._no(reason)
        return known[word]

    def _range(self, sign: str, ends: Sequence[object], reason: str) -> None:
        if sign != ":":
            raise self._no("sign_unfit")
        if not any(end is not None for end in ends):
            raise self._no(reason)

    def _amounts(self, sign: str, value: str) -> Amounts:
        ends = [self._amount(part) for part in _RANGE.split(value, maxsplit=1)]
        if len(ends) > 1:
            self._range(sign, ends, "amount_unreadable")
            return Amounts(ends[0], ends[1])
        only = ends[0]
        if only is None:
            raise self._no("amount_unreadable")
        return {
            ":": Amounts(only, only),
            ">": Amounts(low=only, low_open=True),
            ">=": Amounts(low=only),
            "<": Amounts(high=only, high_open=True),
            "<=": Amounts(high=only),
        }[sign]

    def _amount(self, figure: str) -> Decimal | None:
        bare = figure.strip("¥￥$€£元").replace(",", "")
        if not bare:
            return None
        if not re.fullmatch(r"\d{1,13}(\.\d{0,4})?|\.\d{1,4}", bare, re.ASCII):
            raise self._no("amount_unreadable")
        return Decimal(bare)

    def _dates(self, sign: str, value: str) -> Dates:
        ends = [self._span(part) for part in _RANGE.split(value, maxsplit=1)]
        if len(ends) > 1:
            self._range(sign, ends, "date_unreadable")
            first, last = ends
            return Dates(first.start if first else None, last.end if last else None)
        only = ends[0]
        if only is None:
            raise self._no("date_unreadable")
        return {
            ":": Dates(only.start, only.end),
            ">": Dates(start=only.end),
            ">=": Dates(start=only.start),
            "<": Dates(end=only.start),
            "<=": Dates(end=only.end),
        }[sign]

    def _span(self, value: str) -> Span | None:
        if not value:
            return None
        figures = re.fullmatch(r"(\d{4})(?:[-/.年](\d{1,2})(?:[-/.月](\d{1,2}))?)?[年月日]?", value, re.ASCII)
        if figures is None:
            raise self._no("date_unreadable")
        year, month, day = (int(part) if part else 0 for part in figures.groups())
        try:
            return self._named(year, month, day)
        except (ValueError, OverflowError):
            raise self._no("date_unreadable") from None

    def _named(self, year: int, month: int, day: int) -> Span:
        if day:
            return Span(date(year, month, day), date(year, month, day) + timedelta(days=1))
        start = shift_months(date(year, month or 1, 1), 0, self.start_day)
        return month_of(start, self.start_day) if month else year_of(start, self.start_day)
