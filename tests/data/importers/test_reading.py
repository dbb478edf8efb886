"""Bytes become tables, or are refused with the place where they stop being readable."""

from __future__ import annotations

import io
import zipfile
from datetime import datetime
from decimal import Decimal

import openpyxl
import pytest

from data.importers.reading import MAX_BYTES, csv_table, decode, find_header, folded, locate_header, text_of
from data.importers.statement import FileRefused
from data.importers.table import Row, Table
from data.importers.workbook import workbook_tables

TEXT = "交易时间,金额\n2024-01-01,1.00\n商户名称,便利店里的东西\n"


@pytest.mark.parametrize(
    ("data", "label"),
    [
        (TEXT.encode(), "utf-8"),
        (TEXT.encode("utf-8-sig"), "utf-8-bom"),
        (TEXT.encode("gb18030"), "gb18030"),
        (b"\xff\xfe" + TEXT.encode("utf-16-le"), "utf-16-le"),
        (b"\xfe\xff" + TEXT.encode("utf-16-be"), "utf-16-be"),
        (TEXT.encode("utf-16-le"), "utf-16-le"),
        (TEXT.encode("utf-16-be"), "utf-16-be"),
        (b"a,b\n1,2\n", "utf-8"),
    ],
)
def test_the_encoding_is_found_and_told(data: bytes, label: str) -> None:
    text, encoding = decode(data, "f.csv")
    assert encoding == label
    assert text in {TEXT, "a,b\n1,2\n"}


@pytest.mark.parametrize(
    ("data", "reason", "line"),
    [
        (b"", "empty", 0),
        (b" \r\n \n", "empty", 0),
        (b"\x00\x01\x02\x03\x04\x05\xff\xfe\xd8" * 50, "binary", 1),
        (b"a,b\n1,\x07\n", "binary", 2),
        (b"PK\x03\x04rest", "binary", 0),
        (TEXT.encode()[:-2], "truncated", 3),
        (TEXT.encode("gb18030")[:-2], "truncated", 3),
        (TEXT.encode() + "退款成功的一行\n".encode("gb18030"), "mixed_encodings", 4),
        ("退款成功的一行\n".encode("gb18030") + TEXT.encode(), "mixed_encodings", 2),
        (b'a,b\n1,2\n3,"4\n5,6\n', "truncated", 3),
    ],
)
def test_what_is_no_text_is_refused_with_file_and_line(data: bytes, reason: str, line: int) -> None:
    with pytest.raises(FileRefused) as refused:
        csv_table(data, "f.csv")
    assert (refused.value.file, refused.value.reason, refused.value.line) == ("f.csv", reason, line)


def test_a_file_beyond_the_limit_is_refused_before_it_is_decoded() -> None:
    with pytest.raises(FileRefused) as refused:
        csv_table(b"x" * (MAX_BYTES + 1), "f.csv")
    assert refused.value.reason == "too_large"


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_rows_know_their_physical_line_past_blank_and_quoted_lines(end: str) -> None:
    text = end.join(["a,b", "", ",,", '1,"two', 'lines"', "3,4", ""])
    table = csv_table(text.encode(), "f.csv")
    assert [row.line for row in table.rows] == [1, 4, 6]
    assert table.rows[1].cells == ("1", f"two{end}lines")


def test_quotes_within_a_cell_are_text() -> None:
    table = csv_table('打开拼多多"多多视频",1\n"3985734"\t,2\n'.encode(), "f.csv")
    assert table.rows[0].cells[0] == '打开拼多多"多多视频"'
    assert table.rows[1].cells[0] == "3985734\t"


def test_another_delimiter_can_be_asked_for() -> None:
    assert csv_table(b"a;b\n", "f.csv", delimiter=";").rows[0].cells == ("a", "b")


def test_a_header_is_found_by_its_names_whatever_their_width_and_padding() -> None:
    rows = (Row(3, ("共：2笔记录",)), Row(9, (" 金额（元） ", "收／支\t", "")), Row(10, ("1", "支出", "")))
    header = find_header(Table("f", "utf-8", rows), ["金额(元)", "收/支", "备注"], ["金额(元)"])
    assert (header.line, header.index) == (9, 1)
    assert header.columns == {folded("金额(元)"): 0, folded("收/支"): 1}


@pytest.mark.parametrize(
    ("rows", "reason", "detail"),
    [
        ((Row(1, ("x", "y")),), "no_header", ""),
        ((Row(1, ("金额", "收/支")), Row(2, ("1", "支出"))), "missing_column", "交易时间"),
        ((Row(1, ("金额", "收/支", "交易时间")),), "no_rows", ""),
    ],
)
def test_a_table_without_what_is_needed_is_refused(rows: tuple[Row, ...], reason: str, detail: str) -> None:
    with pytest.raises(FileRefused) as refused:
        find_header(Table("f", "utf-8", rows), ["金额", "收/支", "交易时间"], ["交易时间", "金额"])
    assert (refused.value.reason, refused.value.detail) == (reason, detail)


def test_no_header_is_none_to_those_who_only_ask() -> None:
    assert locate_header(Table("f", "utf-8", (Row(1, ("x",)),)), ["金额", "收/支"]) is None


def _workbook(cells: dict[str, object]) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    for place, value in cells.items():
        sheet[place] = value
    packed = io.BytesIO()
    book.save(packed)
    return packed.getvalue()


def test_sheet_cells_keep_their_kind_and_rows_their_number() -> None:
    data = _workbook({"A2": "时间", "B2": 28.16, "C2": datetime(2024, 3, 5, 12), "A4": 0.1 + 0.2})  # noqa: DTZ001 - sheets
    [table] = workbook_tables(data, "f.xlsx")
    assert [row.line for row in table.rows] == [2, 4]
    assert table.rows[0].cells == ("时间", Decimal("28.16"), datetime(2024, 3, 5, 12))  # noqa: DTZ001 - sheets
    assert table.rows[1].cells[0] == Decimal("0.3")
    assert [text_of(cell) for cell in table.rows[0].cells] == ["时间", "28.16", "2024-03-05 12:00:00"]


def test_a_sheet_that_claims_a_vast_rectangle_is_refused_before_it_is_built() -> None:
    with pytest.raises(FileRefused) as refused:
        workbook_tables(_workbook({"A1": "x", "XFD1048576": "y"}), "f.xlsx")
    assert refused.value.reason == "too_large"


def test_a_zip_that_unpacks_beyond_the_limit_is_refused() -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("xl/a.xml", "w") as member:
        for _ in range(520):
            member.write(bytes(1024 * 1024))
    with pytest.raises(FileRefused) as refused:
        workbook_tables(packed.getvalue(), "f.xlsx")
    assert refused.value.reason == "zip_bomb"


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty"),
        (b"no workbook", "binary"),
        (_workbook({"A1": "x"})[:-40], "truncated"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600, "binary"),
        (_workbook({}), "empty"),
    ],
)
def test_what_is_no_workbook_is_refused(data: bytes, reason: str) -> None:
    with pytest.raises(FileRefused) as refused:
        workbook_tables(data, "f.xlsx")
    assert (refused.value.file, refused.value.reason) == ("f.xlsx", reason)
