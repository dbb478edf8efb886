from __future__ import annotations

import csv
import io
from datetime import date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.export import Cell, Column, Table, csv_bytes, guarded, unguarded
from data.errors import InvariantBroken

FORMULA_SIGNS = "=+-@\t\r\n＝＋－＠"
HOSTILE = st.text(st.sampled_from([*FORMULA_SIGNS, *"' \"\u3000\u00a0\u200b\ufeff,;|%0123456789aB"]), max_size=24)
TEXTS = st.one_of(HOSTILE, st.text(max_size=24))


def cells(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def one_cell(value: Any, cell: Cell, currency: str = "CNY") -> str:
    table = Table("t", (Column("currency"), Column("it", cell)), [[currency, value]])
    return cells(csv_bytes(table))[1][1]


def test_the_file_has_a_mark_of_its_encoding_and_windows_line_ends() -> None:
    content = csv_bytes(Table("t", (Column("payee"), Column("note")), [["瑞幸", 'say "hi", you\nthere']]))
    assert content == '\ufeffpayee,note\r\n瑞幸,"say ""hi"", you\nthere"\r\n'.encode()


def test_headings_are_the_callers_or_the_stable_names() -> None:
    table = Table("t", (Column("category", Cell.WORD), Column("currency")), [["coffee", "CNY"], ["own", "CNY"]])
    words = {"category": {"coffee": "咖啡"}}
    assert cells(csv_bytes(table, {"category": "分类"}, words)) == [
        ["分类", "currency"],
        ["咖啡", "CNY"],
        ["own", "CNY"],
    ]
    assert cells(csv_bytes(table)) == [["category", "currency"], ["coffee", "CNY"], ["own", "CNY"]]


@pytest.mark.parametrize(
    ("value", "cell", "currency", "text"),
    [
        (-123_450, Cell.MONEY, "CNY", "-1234.50"),
        (5, Cell.MONEY, "CNY", "0.05"),
        (700, Cell.MONEY, "JPY", "700"),
        (10**15, Cell.MONEY, "CNY", "10000000000000.00"),
        (None, Cell.MONEY, "CNY", ""),
        (-3_333, Cell.SHARE, "CNY", "-33.33"),
        (7, Cell.NUMBER, "CNY", "7"),
        (date(2026, 10, 3), Cell.DATE, "CNY", "2026-10-03"),
        (datetime(2026, 10, 3, 4, 5, 6), Cell.TIME, "CNY", "2026-10-03 04:05:06"),  # noqa: DTZ001 - as the store has it
        (True, Cell.FLAG, "CNY", "1"),
        ("-refund", Cell.TEXT, "CNY", "'-refund"),
        ("2026100122001412345678", Cell.TEXT, "CNY", "'2026100122001412345678"),
        ("202610012200141", Cell.TEXT, "CNY", "202610012200141"),
    ],
)
def test_each_kind_of_cell(value: object, cell: Cell, currency: str, text: str) -> None:
    assert one_cell(value, cell, currency) == text


@pytest.mark.parametrize(
    "text",
    ["=1+1", "  =1+1", "\t=1", "＝1", "　＠x", "-5", "+86 1", "@sum", "\u200b=1", "\ufeff=1", "\rx", " \nx", "'=1"],
)
def test_text_that_could_be_a_formula_is_guarded(text: str) -> None:
    assert guarded(text) == "'" + text


@pytest.mark.parametrize("text", ["", "coffee", "a=b", "'quoted", "12:30", "¥5", "5-3", "2026-10-03", "'"])
def test_other_text_is_left_alone(text: str) -> None:
    assert guarded(text) == text


@given(TEXTS)
def test_guarded_text_never_starts_a_formula_and_the_guard_comes_off_again(text: str) -> None:
    cell = guarded(text)
    bare = cell.lstrip(" \u3000\u00a0\u200b\ufeff")
    assert not bare or bare[0] not in FORMULA_SIGNS
    assert unguarded(cell) == text


@given(st.lists(st.tuples(TEXTS, st.integers(-(10**15), 10**15)), max_size=8))
def test_a_file_read_back_gives_texts_and_plain_numbers(rows: list[tuple[str, int]]) -> None:
    clean = [(text.encode("utf-8", errors="replace").decode(), minor) for text, minor in rows]
    table = Table("t", (Column("text"), Column("amount", Cell.MONEY), Column("currency")), [[*r, "CNY"] for r in clean])
    read = cells(csv_bytes(table))[1:]
    assert [unguarded(line[0]) for line in read] == [text for text, _ in clean]
    assert [int(line[1].replace(".", "")) for line in read] == [minor for _, minor in clean]


def test_amounts_of_no_currency_cannot_be_exported() -> None:
    with pytest.raises(InvariantBroken):
        Table("t", (Column("amount", Cell.MONEY),), [])
