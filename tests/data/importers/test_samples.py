"""The sample statements of others import to the figures that an independent script computed from them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from data.importers.statement import Kind, Statement, Total
from tests.data.importers.parsing import formats, parse, spending, statements, tables, total
from tests.samples import expected, require_samples, sample

FORMATS = {"alipay_app", "alipay_web", "wechat", "jd", "meituan"}


def _cases() -> list[tuple[str, int, dict[str, Any]]]:
    """(path, number of the sheet, its figures) of every sample of our formats."""
    return [
        (path, number, figures)
        for path, sheets in sorted(expected().items())
        if isinstance(sheets, list)
        for number, figures in enumerate(sheets)
        if isinstance(figures, dict) and figures.get("format") in FORMATS
    ]


CASES = _cases() or [("", 0, {})]


@pytest.fixture(params=CASES, ids=[f"{path}#{number}" for path, number, _ in CASES])
def case(request: pytest.FixtureRequest) -> tuple[Statement, dict[str, Any]]:
    require_samples()
    path, number, figures = request.param
    return statements(sample(path).read_bytes(), path)[number], figures


def _rows(statement: Statement) -> set[int]:
    lines = {line.line for line in statement.lines}
    return lines | {row.line for row in statement.skipped} | {row.line for row in statement.problems}


def _minor(text: str) -> int:
    return int(Decimal(text) * 100)


def test_the_samples_of_all_five_formats_are_tried() -> None:
    require_samples()
    assert {figures["format"] for _, _, figures in CASES} == FORMATS


def test_every_row_is_kept_as_a_line_a_skipped_row_or_a_problem(case: tuple[Statement, dict[str, Any]]) -> None:
    statement, figures = case
    assert len(_rows(statement)) == figures["rows"]
    assert statement.problems == ()


def test_format_encoding_and_header_are_found_by_content(case: tuple[Statement, dict[str, Any]]) -> None:
    statement, figures = case
    assert statement.format == figures["format"]
    assert statement.encoding == figures["encoding"].split("/")[0]
    assert statement.header_row == figures["header_row"]


def test_our_totals_equal_the_independent_ones_per_direction(case: tuple[Statement, dict[str, Any]]) -> None:
    statement, figures = case
    sides = figures["by_direction"]
    neutral = [sides[word] for word in ("不计收支", "/", "(blank)") if word in sides]
    computed = statement.computed
    assert computed is not None
    assert computed.count == figures["rows"]
    assert computed.spent == _side(sides.get("支出"))
    assert computed.received == _side(sides.get("收入"))
    assert computed.neutral == Total(sum(s["n"] for s in neutral), sum(_minor(s["sum"]) for s in neutral))


def _side(figures: dict[str, Any] | None) -> Total:
    return Total(figures["n"], _minor(figures["sum"])) if figures else Total(0, 0)


def test_first_and_last_instant_are_the_files(case: tuple[Statement, dict[str, Any]]) -> None:
    statement, figures = case
    instants = [f"{line.occurred_at:%Y-%m-%d %H:%M:%S}" for line in statement.lines]
    if statement.format == "meituan":
        return  # the figures quote the creation time; money moves at 交易成功时间, some seconds later
    skipped = [row.cells.get("交易时间", row.cells.get("交易创建时间", "")) for row in statement.skipped]
    assert min(instants + skipped) == figures["first"]
    assert max(instants + skipped) == figures["last"]


def test_refund_rows_fees_and_closed_rows_are_the_files(case: tuple[Statement, dict[str, Any]]) -> None:
    statement, figures = case
    refund_rows = [line for line in statement.lines if line.kind is Kind.REFUND and line.part == 0]
    if "refund_rows" in figures:
        assert len(refund_rows) == figures["refund_rows"]["n"]
        assert total(refund_rows, Kind.REFUND) == _minor(figures["refund_rows"]["sum"])
    fees = [line for line in statement.lines if line.kind is Kind.FEE]
    if "service_fees" in figures:
        assert len(fees) == figures["service_fees"]["n"]
        assert total(fees, Kind.FEE) == _minor(figures["service_fees"]["sum"])
    cells = [*(line.cells for line in statement.lines), *(row.cells for row in statement.skipped)]
    closed = [row for row in cells if row.get("交易状态") == "交易关闭"]
    assert len(closed) == figures.get("closed_rows", {"n": 0})["n"]


def test_stated_totals_are_read_from_the_file(case: tuple[Statement, dict[str, Any]]) -> None:
    statement, figures = case
    claimed = figures.get("claimed_in_file", [])
    stated = statement.stated
    for text in claimed:
        assert stated is not None
        word, _, figure = text.replace("：", ":").partition(":")
        if not word.startswith("共") and figure:
            count, _, amount = figure.partition("笔")
            side = {"收入": stated.received, "支出": stated.spent}.get(word, stated.neutral)
            assert side == Total(int(count), _minor(amount.strip().removesuffix("元")))


def test_twins_and_masked_ids_never_collapse(case: tuple[Statement, dict[str, Any]]) -> None:
    statement, figures = case
    # Several samples mask ids, so distinct ids are fewer than rows; identities are as many as distinct rows.
    identities = {line.identity for line in statement.lines}
    assert len(identities) == len(statement.lines)
    assert figures.get("exact_duplicate_rows", 0) == 0


def test_exactly_one_importer_claims_each_sample() -> None:
    require_samples()
    for path in sorted({path for path, _, _ in CASES}):
        for table in tables(sample(path).read_bytes(), path):
            assert len(formats(table)) == 1, path


@pytest.mark.parametrize("path", ["preciouss/cmb_credit_sample.csv", "hledger/sample.csv", "maybe/valid.csv"])
def test_no_importer_claims_a_strangers_file(path: str) -> None:
    table = tables(sample(path).read_bytes(), path)[0]
    assert formats(table) == []


def test_meituan_nets_to_965_95_with_the_repayment_as_a_transfer() -> None:
    bill = parse(sample("double-entry-generator/mt/example-mt-records.csv").read_bytes())
    assert spending(bill) == 96595
    assert total(bill.lines, Kind.TRANSFER) == 4812
    [repayment] = [line for line in bill.lines if line.kind is Kind.TRANSFER]
    assert repayment.account.key == "card:中国银行:3147"
    assert repayment.counter is not None
    assert repayment.counter.key == "meituan:yuefu"


def test_jd_nets_to_227_68_and_the_income_stays_income() -> None:
    bill = parse(sample("preciouss/jd_sample.csv").read_bytes())
    assert spending(bill) == 22768
    assert total(bill.lines, Kind.EXPENSE) == 47594
    assert total(bill.lines, Kind.INCOME) == 5000
    assert total(bill.lines, Kind.TRANSFER) == 80000


def test_alipay_links_the_refund_of_a_closed_purchase_and_skips_the_unpaid_one() -> None:
    bill = parse(sample("double-entry-generator/alipay/example-alipay-records.csv").read_bytes())
    purchase = next(line for line in bill.lines if line.line == 33)
    refund = next(line for line in bill.lines if line.line == 32)
    assert purchase.kind is Kind.EXPENSE
    assert refund.refund_of == purchase.identity
    assert refund.refund_keys[0] == "2023xxxxx88"
    assert [(row.line, row.reason) for row in bill.skipped] == [(31, "never_paid")]


def test_a_merchants_order_number_shared_by_strangers_links_only_the_same_payee() -> None:
    bill = parse(sample("beancount-daoru/predict/downloads/支付宝交易明细(20201122-20201214).csv").read_bytes())
    refund = next(line for line in bill.lines if line.line == 41)
    purchase = next(line for line in bill.lines if line.line == 46)
    assert refund.refund_of == purchase.identity
    assert refund.payee == purchase.payee == "京东商城"


def test_the_same_bill_on_two_sheets_counts_once() -> None:
    path = "double-entry-generator/wechat/example-wechat-records.xlsx"
    both = statements(sample(path).read_bytes())
    assert len(both) == 2
    merged = parse(sample(path).read_bytes())
    assert merged.computed == both[0].computed
    assert len(merged.lines) == len(both[0].lines) == 30


def test_csv_and_workbook_of_one_bill_have_equal_identities() -> None:
    folder = "double-entry-generator/wechat/example-wechat-records"
    text = parse(sample(f"{folder}.csv").read_bytes())
    serial = parse(sample(f"{folder}.xlsx").read_bytes())
    assert [line.identity for line in text.lines] == [line.identity for line in serial.lines]


def test_a_row_of_an_earlier_download_is_the_same_row_later() -> None:
    earlier = parse(sample("double-entry-generator/history/wechat_2025_04/example-wechat-records.csv").read_bytes())
    later = parse(sample("double-entry-generator/wechat/example-wechat-records.csv").read_bytes())
    assert {line.identity for line in earlier.lines} < {line.identity for line in later.lines}


def test_wechat_withdrawals_give_the_fee_apart() -> None:
    bill = parse(sample("double-entry-generator/wechat/example-wechat-records.csv").read_bytes())
    parts = [(line.part, line.kind, line.amount.plain()) for line in bill.lines if line.line == 24]
    assert parts == [(0, Kind.TRANSFER, "100.00"), (1, Kind.FEE, "0.10")]
