"""How money, dates, counts and shares are written, in Chinese and in English.

Amounts are written from integers, never through a float, with a true minus sign (−) so that columns align; `¥1,234.50`
in both languages. Every function takes `language`; None is the session's.
"""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

from babel.dates import format_date, format_datetime, format_skeleton
from babel.numbers import get_currency_symbol

from data.money import POINTS, Money
from data.period import Span
from pages.ui import session
from pages.ui.catalogue import Language, translator
from pages.ui.periods import Period

MINUS = "−"
NONE = "–"  # what stands where there is nothing to say
_NBSP = "\u00a0"
_LOCALES: dict[Language, str] = {"zh": "zh_Hans_CN", "en": "en_US"}
_STEPS: dict[Language, tuple[tuple[int, str], ...]] = {
    "zh": ((10**8, "亿"), (10**4, "万")),
    "en": ((10**9, "bn"), (10**6, "M"), (10**3, "k")),
}
_COMPACT_FROM = 10_000  # below, the whole figure is as short


def money(amount: Money, *, signed: bool = False, mixed: bool = False, language: Language | None = None) -> str:
    """`¥1,234.50`; `−¥3.00`; `+¥3.00` with `signed`; `CNY 1,234.50` with `mixed` (several currencies in view)."""
    return _money(amount.minor, amount.currency, signed, mixed, language or session.language())


@lru_cache(maxsize=65536)
def _money(minor: int, currency: str, signed: bool, mixed: bool, language: Language) -> str:  # noqa: FBT001 - cached
    figure = f"{abs(Money(minor, currency).decimal()):,f}"
    return _sign(minor, signed=signed) + _with_unit(figure, currency, mixed=mixed, language=language)


def compact_money(amount: Money, *, signed: bool = False, mixed: bool = False, language: Language | None = None) -> str:
    """For tight places: `¥985`, `¥1.2万` / `¥12.3k`; rounded half up, decimals only with a unit."""
    spoken = language or session.language()
    figure = _compact(abs(amount.decimal()), spoken)
    return _sign(amount.minor, signed=signed) + _with_unit(figure, amount.currency, mixed=mixed, language=spoken)


def _compact(value: Decimal, language: Language) -> str:
    whole = value.quantize(Decimal(1), ROUND_HALF_UP)
    if whole < _COMPACT_FROM:
        return f"{whole:,f}"
    size, unit = next(step for step in _STEPS[language] if whole >= step[0])
    scaled = (value / size).quantize(Decimal("0.1"), ROUND_HALF_UP)
    return f"{scaled:,f}".removesuffix(".0") + unit


def _sign(value: int | Decimal, *, signed: bool) -> str:
    return MINUS if value < 0 else "+" if signed and value > 0 else ""


def _with_unit(figure: str, currency: str, *, mixed: bool, language: Language) -> str:
    if currency == POINTS:
        return translator(language).text("format.points", figure=figure)
    unit = currency if mixed else symbol(currency)
    return f"{unit}{_NBSP}{figure}" if unit.isalpha() and unit.isascii() else f"{unit}{figure}"


@lru_cache(maxsize=512)
def symbol(currency: str) -> str:
    """`¥` for CNY, `US$`, `HK$`, `JP¥`, `€`; the code where no sign is common."""
    return get_currency_symbol(currency, _LOCALES["zh"])


def percent(part: int, whole: int = 100, *, digits: int = 0, signed: bool = False) -> str:
    """`part` of `whole` as `34%`, rounded half up; `–` when there is no whole. `percent(134)` is `134%`."""
    if whole == 0:
        return NONE
    share = (Decimal(part) * 100 / Decimal(whole)).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)
    return f"{_sign(share, signed=signed)}{abs(share):,f}%"


def count(n: int) -> str:
    """`12,345`."""
    return f"{n:,}".replace("-", MINUS)


def iso(day: date) -> str:
    """`2026-03-02`: dates in tables."""
    return day.isoformat()


def moment(instant: datetime) -> str:
    """`2026-03-02 18:05`: an instant in tables; the caller has brought it to the person's zone."""
    return f"{instant:%Y-%m-%d %H:%M}"


def day(value: date, *, today: date | None = None, language: Language | None = None) -> str:
    """`3月2日` / `Mar 2` in prose; with the year when `today` is in another one."""
    return _day(value, today is not None and today.year != value.year, language or session.language())


@lru_cache(maxsize=4096)
def _day(value: date, with_year: bool, language: Language) -> str:  # noqa: FBT001 - cached, positional
    return _skeleton("yMMMd" if with_year else "MMMd", value, language)


def span(value: Span, *, today: date | None = None, language: Language | None = None) -> str:
    """`3月2日 – 3月9日` / `Mar 2 – Mar 9`: first and last day; one day when it is one; `–` when empty."""
    if value.days == 0:
        return NONE
    if value.days == 1:
        return day(value.start, today=today, language=language)
    other_year = today is None or {value.start.year, value.last.year} != {today.year}
    spoken = language or session.language()
    across = value.start.year != value.last.year
    first = _day(value.start, across or (other_year and spoken == "zh"), spoken)
    return f"{first} – {_day(value.last, across or other_year, spoken)}"


@lru_cache(maxsize=4096)
def _skeleton(skeleton: str, value: date, language: Language) -> str:
    return format_skeleton(skeleton, datetime(value.year, value.month, value.day), locale=_LOCALES[language])  # noqa: DTZ001 - a date without a zone


def month(value: date, *, language: Language | None = None) -> str:
    """`2026年10月` / `Oct 2026`: the month that starts on (or contains) `value`, as a title."""
    return _skeleton("yMMM", value, language or session.language())


def month_short(value: date, *, language: Language | None = None) -> str:
    """`10月` / `Oct`: on an axis."""
    return _skeleton("MMM", value, language or session.language())


def weekday(value: date, *, short: bool = True, language: Language | None = None) -> str:
    """`周一` / `Mon`; `星期一` / `Monday` in full."""
    return format_date(value, "EEE" if short else "EEEE", locale=_LOCALES[language or session.language()])


def clock(instant: datetime, *, language: Language | None = None) -> str:
    """`3月2日 18:05` / `Mar 2, 18:05`: an instant in prose, in the zone it carries."""
    spoken = language or session.language()
    pattern = "M月d日 HH:mm" if spoken == "zh" else "MMM d, HH:mm"
    return format_datetime(instant, pattern, locale=_LOCALES[spoken])


def period(value: Period, *, language: Language | None = None) -> str:
    """`2026年10月` / `Oct 2026`, `2026年第4季度` / `Q4 2026`, `2026年` / `2026`, or the days of a custom one."""
    spoken = language or session.language()
    start = value.span.start
    if value.kind == "month":
        return month(start, language=spoken)
    if value.kind == "custom":
        return span(value.span, language=spoken)
    quarter = (start.month - 1) // 3 + 1
    return translator(spoken).text(f"format.{value.kind}", year=start.year, quarter=quarter)


_MARKS = re.compile(
    r"""(?P<mark>[\\`*_{}\[\]|~<>$])        # emphasis, code, links, images, tables, HTML, maths
    |(?P<colon>:(?=[^\s\d]|\d+:))         # colours, icons, emoji, addresses; not the colon of 18:05
    |(?P<entity>&(?=[\w#]))               # &amp; and its kind
    |(?P<lead>^[-+#=]|(?<=^\d)[.)]|(?<=^\d\d)[.)])  # lists and headings at the start
    """,
    re.VERBOSE,
)
_JOINER = "\u2060"  # invisible, no break: parts what Streamlit would join to an emoji, arrow or link
_JOINED = re.compile(r"(?<=\\:)|(?<=\w@)(?=\w)|(?<=[-=<>~])(?=\\?[-=<>~])|(?<=[wW])(?=[wW])")


def md_escape(text: str) -> str:
    """`text` as plain words inside any Streamlit label: no emphasis, maths, colour, icon, link, image, or line break.

    For everything that comes from a file or a person, and for amounts such as `US$5` (a `$` pair is maths). Amounts in
    yuan and times come out as they are.
    """
    marked = _MARKS.sub(lambda found: "\\" + found[0], " ".join(text.split()))
    return _JOINED.sub(_JOINER, marked)
