"""What varies between people's files must not matter, and nothing of a file may disappear."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data.importers.peers import PEERS
from data.importers.reading import csv_table, is_workbook
from data.importers.recognise import IMPORTERS, recognise
from data.importers.statement import FileRefused, Kind, Statement
from data.importers.table import Table
from data.importers.workbook import workbook_tables
from data.money import AmountUnreadable, parse_amount
from pages.ui import catalogue
from tests.data.importers.peer_files import (
    BEECOUNT,
    EZ,
    FIREFLY,
    PAYPAL,
    REVOLUT,
    REVOLUT_ROWS,
    WISE,
    firefly_row,
    parsed,
    paypal_row,
    read,
    rows_kept,
)
from tests.samples import FOLDER, require_samples, sample

# What varies between people's files must not matter -------------------------------------------------------------------

FILES = {
    "ezbookkeeping": EZ + "\n2024-09-01 10:00:00,+08:00,Expense,Food,Lunch,Bank,CNY,12.50,,,,,,lunch\n"
    "2024-09-02 10:00:00,+08:00,Transfer,,,Bank,CNY,100.00,Wallet,USD,14.00,,,x\n",
    "firefly": "\n".join(
        (FIREFLY, firefly_row("Withdrawal", "-1", "Bank", "Shop"), firefly_row("Transfer", "2", "Bank", "Cash"))
    ),
    "beecount": BEECOUNT["zh"],
    "feidee": "随手记导出文件(headers:v5;xxxxx)\n交易类型,日期,子类别,账户,金额,备注,关联Id\n"
    "支出,2024-09-01 12:34:56,早餐,现金,1.00,,\n转出,2024-09-01 23:59:59,,现金,0.05,,1\n"
    "转入,2024-09-01 23:59:59,,卡,0.05,,1\n",
    "revolut": REVOLUT + REVOLUT_ROWS,
    "paypal": PAYPAL + paypal_row("01/15/2024", "General Payment", "10.00", "10.00"),
    "wise": WISE + "T-1,01-02-2024,100.00,EUR,Received money,pay,100.00,,,,A,,,,,,,,0.00,DEPOSIT\n",
}


def _said(statement: Statement) -> list[tuple[object, ...]]:
    return sorted(
        (line.identity, line.kind.value, line.direction.value, line.amount.plain(), line.source_category, line.note)
        for line in statement.lines
    )


def _cells(text: str) -> list[list[str]]:
    return list(csv.reader(text.splitlines()))


def _written(rows: list[list[str]]) -> bytes:
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return out.getvalue().encode()


@pytest.mark.parametrize("name", FILES)
def test_a_file_is_read_alike_however_its_columns_and_cells_are_laid_out(name: str) -> None:
    rows = _cells(FILES[name])
    head = next(at for at, row in enumerate(rows) if len(row) > 1)
    whole, body = _said(read(FILES[name])), [row for row in rows[head:] if row]
    title = rows[:head]

    assert read(FILES[name]).format == name
    assert whole
    assert _said(read(_written(title + [row[::-1] for row in body]))) == whole
    extra = [[*body[0], "Something else"], *([*row, "x"] for row in body[1:])]
    assert _said(read(_written(title + extra))) == whole
    padded = [[f"  {cell}\t" for cell in row] for row in body]
    assert _said(read(_written([*title, [], *padded, []]))) == whole
    for encoding in ("utf-8-sig", "gb18030", "utf-16"):
        assert _said(read(FILES[name].encode(encoding))) == whole
    if name not in {"beecount", "feidee"}:
        assert _said(read(_written([[cell.upper() for cell in body[0]], *body[1:]]))) == whole


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_breaks_off_gives_no_figure_it_does_not_hold(name: str) -> None:
    data = FILES[name].encode()
    known = {line.amount for line in read(data).lines}

    for length in range(len(data) - 60, len(data)):
        for found in recognise(data[:length], name):
            lines = found.statement.lines if found.statement and found.statement.format == name else ()
            assert {line.amount for line in lines if line.kind is not Kind.FEE} <= known


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.sampled_from(sorted(FILES)),
    st.lists(
        st.tuples(
            st.integers(0, 30),
            st.integers(0, 30),
            st.sampled_from(
                ["", "0", "-0.00", "0.5", "-1", "x", "1e9", "9" * 30, "2024-02-30", "XXX", "￥1", "CNY", "/"]
            ),
        ),
        max_size=6,
    ),
)
def test_whatever_stands_in_the_cells_every_row_is_kept(name: str, changes: list[tuple[int, int, str]]) -> None:
    rows = _cells(FILES[name])
    head = next(at for at, row in enumerate(rows) if len(row) > 1)
    body = rows[head + 1 :]
    for row, column, text in changes:
        cells = body[row % len(body)]
        cells[column % len(cells)] = text

    for found in recognise(_written(rows), name):
        if found.statement and found.statement.format == name:
            filled = [at for at, row in enumerate(rows[head + 1 :], head + 2) if any(map(str.strip, row))]
            assert rows_kept(found.statement) - {head + 1} == set(filled)
            assert all(line.amount.minor > 0 for line in found.statement.lines)


def test_the_one_account_of_a_file_without_accounts_has_the_files_name() -> None:
    found = read("日期,类型,金额,分类,备注\n2024-01-01 08:00:00,支出,8.00,餐饮,\n", "我的账本.csv")

    assert [(line.account.key, line.account.label) for line in found.lines] == [("beecount:account", "我的账本")]


@pytest.mark.parametrize("name", FILES)
def test_a_header_without_rows_is_refused(name: str) -> None:
    rows = _cells(FILES[name])
    head = next(at for at, row in enumerate(rows) if len(row) > 1)

    refusal = parsed(_written(rows[: head + 1])).refusal
    assert refusal is not None
    assert refusal.reason == "no_rows"


def _tables(path: str) -> list[Table]:
    data = sample(path).read_bytes()
    try:
        return workbook_tables(data, path) if is_workbook(data) else [csv_table(data, path)]
    except FileRefused:
        return []


def test_no_table_among_the_samples_is_claimed_twice_and_none_of_others_by_a_peer() -> None:
    require_samples()
    ours = ("ezbookkeeping_cases/", "beecount/", "maybe/", "hledger/", "beangulp/", "ofxstatement-lithuanian/")
    for found in sorted(FOLDER.rglob("*")):
        path = str(found.relative_to(FOLDER))
        if found.suffix not in {".csv", ".tsv", ".ssv", ".xls", ".xlsx"} or found.stat().st_size > 4_000_000:
            continue
        for table in _tables(path):
            claims = [one.format for one in IMPORTERS if one.recognises(table)]
            assert len(claims) <= 1, (path, claims)
            if not path.startswith(ours):
                assert not {one.format for one in PEERS} & set(claims), (path, claims)


@pytest.mark.parametrize("language", catalogue.LANGUAGES)
def test_every_format_and_reason_of_a_peer_has_words(language: catalogue.Language) -> None:
    words = catalogue.translator(language)
    skips = ("other_side", "in_parts", "pending", "cancelled", "balance", "investment", "no_own_account")

    assert [one.format for one in PEERS if not words.has(f"importing.format.{one.format}")] == []
    assert [reason for reason in skips if not words.has(f"importing.skip.{reason}")] == []
    assert words.has("importing.problem.amounts_disagree")


@pytest.mark.parametrize("text", ["123 45", "-123 45", "1'23", "1 2345", "12 34.50"])
def test_digits_torn_apart_are_no_amount(text: str) -> None:
    with pytest.raises(AmountUnreadable):
        parse_amount(text, "CNY")


@pytest.mark.parametrize(("text", "minor"), [("1 234", 123400), ("1'234'567.80", 123456780), ("- 5", -500)])
def test_blanks_and_apostrophes_group_thousands(text: str, minor: int) -> None:
    assert parse_amount(text, "CNY").minor == minor
