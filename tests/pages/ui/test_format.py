"""How figures and dates are written."""

import re
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.money import Money, parse_amount
from data.period import Span
from pages.ui import format, periods  # noqa: A004 - the module under test
from pages.ui.catalogue import Language


@pytest.mark.parametrize(
    ("minor", "currency", "options", "zh", "en"),
    [
        (123450, "CNY", {}, "¥1,234.50", "¥1,234.50"),
        (-6100, "CNY", {}, "−¥61.00", "−¥61.00"),
        (300, "CNY", {"signed": True}, "+¥3.00", "+¥3.00"),
        (0, "CNY", {"signed": True}, "¥0.00", "¥0.00"),
        (123450, "CNY", {"mixed": True}, "CNY\u00a01,234.50", "CNY\u00a01,234.50"),
        (5, "USD", {}, "US$0.05", "US$0.05"),
        (1234, "JPY", {}, "JP¥1,234", "JP¥1,234"),
        (-1500, "CHF", {}, "−CHF\u00a015.00", "−CHF\u00a015.00"),
        (1234, "PTS", {}, "1,234 积分", "1,234 points"),
        (999_999_999_999_999, "CNY", {}, "¥9,999,999,999,999.99", "¥9,999,999,999,999.99"),
    ],
)
def test_money(minor: int, currency: str, options: dict[str, bool], zh: str, en: str) -> None:
    assert format.money(Money(minor, currency), language="zh", **options) == zh
    assert format.money(Money(minor, currency), language="en", **options) == en


@pytest.mark.parametrize(
    ("minor", "zh", "en"),
    [
        (98_449, "¥984", "¥984"),
        (98_450, "¥985", "¥985"),
        (999_949, "¥9,999", "¥9,999"),
        (999_950, "¥1万", "¥10k"),
        (1_234_567, "¥1.2万", "¥12.3k"),
        (-150_000_000, "−¥150万", "−¥1.5M"),
        (2_500_000_000_000, "¥250亿", "¥25bn"),
    ],
)
def test_compact_money(minor: int, zh: str, en: str) -> None:
    assert format.compact_money(Money(minor, "CNY"), language="zh") == zh
    assert format.compact_money(Money(minor, "CNY"), language="en") == en


@given(st.integers(-(10**15), 10**15), st.sampled_from(["CNY", "USD", "JPY", "KWD"]), st.sampled_from(["zh", "en"]))
def test_written_money_reads_back_to_the_minor_unit(minor: int, currency: str, language: Language) -> None:
    written = format.money(Money(minor, currency), language=language, mixed=True)
    assert parse_amount(written, currency) == Money(minor, currency)


@pytest.mark.parametrize(
    ("part", "whole", "options", "said"),
    [
        (134, 100, {}, "134%"),
        (1, 3, {"digits": 1}, "33.3%"),
        (1, 200, {}, "1%"),
        (-12, 100, {"signed": True}, "−12%"),
        (12, 100, {"signed": True}, "+12%"),
        (5, 0, {}, "–"),
    ],
)
def test_percent(part: int, whole: int, options: dict[str, Any], said: str) -> None:
    assert format.percent(part, whole, **options) == said


DAY = date(2026, 3, 2)
MOMENT = datetime(2026, 3, 2, 18, 5, tzinfo=UTC)
QUARTER = periods.around("quarter", date(2026, 10, 1))
YEAR = periods.around("year", DAY)


@pytest.mark.parametrize(
    ("said", "zh", "en"),
    [
        (lambda language: format.day(DAY, language=language), "3月2日", "Mar 2"),
        (lambda language: format.day(DAY, today=date(2027, 1, 1), language=language), "2026年3月2日", "Mar 2, 2026"),
        (lambda language: format.month(date(2026, 10, 1), language=language), "2026年10月", "Oct 2026"),
        (lambda language: format.month_short(date(2026, 10, 1), language=language), "10月", "Oct"),
        (lambda language: format.weekday(DAY, language=language), "周一", "Mon"),
        (lambda language: format.weekday(DAY, short=False, language=language), "星期一", "Monday"),
        (lambda language: format.period(QUARTER, language=language), "2026年第4季度", "Q4 2026"),
        (lambda language: format.period(YEAR, language=language), "2026年", "2026"),
        (
            lambda language: format.span(Span(DAY, date(2026, 3, 10)), today=DAY, language=language),
            "3月2日 – 3月9日",
            "Mar 2 – Mar 9",
        ),
        (
            lambda language: format.span(Span(date(2025, 12, 20), date(2026, 1, 9)), language=language),
            "2025年12月20日 – 2026年1月8日",
            "Dec 20, 2025 – Jan 8, 2026",
        ),
        (lambda language: format.span(Span(DAY, date(2026, 3, 3)), today=DAY, language=language), "3月2日", "Mar 2"),
        (
            lambda language: format.clock(MOMENT, language=language),
            "3月2日 18:05",
            "Mar 2, 18:05",
        ),
    ],
)
def test_dates_in_prose(said: object, zh: str, en: str) -> None:
    assert callable(said)
    assert said("zh") == zh
    assert said("en").replace("\u202f", " ") == en


def test_dates_in_tables_are_iso() -> None:
    assert format.iso(DAY) == "2026-03-02"
    assert format.moment(MOMENT) == "2026-03-02 18:05"


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        ("¥1,234.50", "¥1,234.50"),
        ("18:05", "18:05"),
        ("US$5 and US$6", "US\\$5 and US\\$6"),
        ("**b** _i_ `c`", "\\*\\*b\\*\\* \\_i\\_ \\`c\\`"),
        ("![i](http://x)", "!\\[i\\](http\\:\u2060//x)"),
        (":red[x]", "\\:\u2060red\\[x\\]"),
        ("1. a", "1\\. a"),
        ("# h", "\\# h"),
        ("a\n\n# b", "a # b"),
        ("&amp;", "\\&amp;"),
        ("a | b", "a \\| b"),
    ],
)
def test_file_text_is_shown_as_plain_words(text: str, escaped: str) -> None:
    assert format.md_escape(text) == escaped


@given(st.text(max_size=60))
def test_escaping_changes_nothing_that_is_read(text: str) -> None:
    escaped = format.md_escape(text)
    shown = re.sub(r"\\(.)", r"\1", escaped).replace("\u2060", "")
    assert shown == " ".join(text.split()).replace("\u2060", "")


@given(st.text(alphabet="ab1.:$*_`[]()!<>{}|~#+-=&@w/ \\\n", max_size=40))
def test_no_mark_is_left_without_its_backslash(text: str) -> None:
    bare = format.md_escape(text).replace("\\\\", "")
    for place, letter in enumerate(bare):
        if letter in "`*_{}[]|~<>$":
            assert bare[place - 1 : place] == "\\", (bare, letter)
