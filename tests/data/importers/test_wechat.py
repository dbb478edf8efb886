"""What each kind of WeChat Pay row becomes, in the CSV and in both generations of the workbook."""

from __future__ import annotations

import pytest

from data.importers.statement import Kind, Line
from tests.data.importers.builders import WechatRow, wechat_csv, wechat_xlsx
from tests.data.importers.parsing import parse, spending, statements

AT = "2024-03-05 12:34:56"


def _row(**facts: str) -> WechatRow:
    return WechatRow(**({"time": AT, "amount": "20.00"} | facts))


def _line(row: WechatRow) -> Line:
    [line] = parse(wechat_csv([row])).lines
    return line


def _moves(line: Line) -> tuple[str, str, str, str | None]:
    return (line.kind, line.direction, line.account.key, line.counter.key if line.counter else None)


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({}, ("expense", "out", "wechat:balance", None)),
        ({"method": "零钱通"}, ("expense", "out", "wechat:mini_fund", None)),
        ({"method": "招商银行信用卡(1111)"}, ("expense", "out", "card:招商银行:1111", None)),
        ({"type": "转账", "status": "朋友已收钱"}, ("expense", "out", "wechat:balance", None)),
        ({"type": "微信红包"}, ("expense", "out", "wechat:balance", None)),
        ({"type": "亲属卡交易"}, ("expense", "out", "wechat:balance", None)),
        ({"type": "没见过的", "status": "没见过"}, ("expense", "out", "wechat:balance", None)),
        ({"type": "转账", "direction": "收入", "method": "/"}, ("income", "in", "wechat:balance", None)),
        ({"type": "微信红包", "direction": "收入", "method": "/"}, ("income", "in", "wechat:balance", None)),
    ],
)
def test_counted_rows_are_expense_and_income(facts: dict[str, str], expected: tuple[str, str, str, str | None]) -> None:
    assert _moves(_line(_row(**facts))) == expected


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"type": "零钱提现", "method": "工商银行(9876)"}, ("out", "wechat:balance", "card:工商银行:9876")),
        (
            {"type": "零钱提现", "method": "工商银行", "payee": "工商银行(9876)"},
            ("out", "wechat:balance", "card:工商银行:9876"),
        ),
        ({"type": "零钱充值", "method": "工商银行(9876)"}, ("in", "wechat:balance", "card:工商银行:9876")),
        ({"type": "信用卡还款", "payee": "建设银行信用卡还款"}, ("out", "wechat:balance", "card:建设银行")),
        ({"type": "转入零钱通-来自零钱"}, ("out", "wechat:balance", "wechat:mini_fund")),
        (
            {"type": "转入零钱通-来自工商银行(9876)", "method": "工商银行(9876)"},
            ("out", "card:工商银行:9876", "wechat:mini_fund"),
        ),
        ({"type": "零钱通转出-到零钱", "method": "零钱通"}, ("out", "wechat:mini_fund", "wechat:balance")),
        ({"type": "零钱通转出-到工商银行(9876)"}, ("out", "wechat:mini_fund", "card:工商银行:9876")),
        ({"type": "购买理财通", "method": "工商银行(9876)"}, ("out", "card:工商银行:9876", "wechat:fund")),
        ({"type": "理财通赎回", "method": "零钱通"}, ("in", "wechat:mini_fund", "wechat:fund")),
    ],
)
def test_moves_between_own_accounts_are_transfers(facts: dict[str, str], expected: tuple[str, str, str]) -> None:
    kind, *moves = _moves(_line(_row(**({"direction": "/"} | facts))))
    assert kind == "transfer"
    assert tuple(moves) == expected


def test_a_withdrawals_fee_is_a_line_of_its_own_and_the_row_counts_once_with_its_gross() -> None:
    row = _row(type="零钱提现", direction="/", amount="100.10", method="工商银行(9876)", note="服务费¥0.10")
    bill = parse(wechat_csv([row]))
    transfer, fee = bill.lines
    assert (transfer.kind, transfer.part, transfer.amount.minor) == (Kind.TRANSFER, 0, 10000)
    assert (fee.kind, fee.part, fee.amount.minor) == (Kind.FEE, 1, 10)
    assert transfer.line == fee.line
    assert transfer.identity != fee.identity
    assert bill.agrees


@pytest.mark.parametrize("status", ["已退款(¥2.00)", "已退款（￥2.00）", "已退款￥2.00", "已退款(￥2.00)"])
def test_a_partial_refund_in_the_status_is_a_refund_on_the_purchases_date(status: str) -> None:
    bill = parse(wechat_csv([_row(status=status)]))
    purchase, back = bill.lines
    assert (back.kind, back.part, back.amount.minor) == (Kind.REFUND, 1, 200)
    assert back.refund_of == purchase.identity
    assert (back.booked_on, back.account) == (purchase.booked_on, purchase.account)
    assert spending(bill) == 1800


def test_a_full_refund_in_the_status_nets_the_purchase() -> None:
    assert spending(parse(wechat_csv([_row(status="已全额退款")]))) == 0


@pytest.mark.parametrize("ids", [("M1", "M1"), ("/", "/"), ("M1", "M2")])
def test_status_and_refund_row_are_never_netted_twice(ids: tuple[str, str]) -> None:
    purchase = _row(status="已退款(￥2.00)", order_id="4200001", merchant_order_id=ids[0], time="2024-03-01 08:00:00")
    row = _row(
        type="便利店-退款",
        direction="收入",
        status="已全额退款",
        amount="2.00",
        order_id="5000001",
        merchant_order_id=ids[1],
    )
    bill = parse(wechat_csv([row, purchase]))
    assert spending(bill) == 1800
    back = next(line for line in bill.lines if line.kind is Kind.REFUND)
    assert back.refund_of == next(line for line in bill.lines if line.kind is Kind.EXPENSE).identity


def test_a_refund_row_of_another_shop_leaves_the_status_in_force() -> None:
    purchase = _row(status="已退款(￥2.00)", time="2024-03-01 08:00:00")
    stranger = _row(type="书店-退款", direction="收入", status="已全额退款", amount="2.00", payee="书店")
    bill = parse(wechat_csv([stranger, purchase]))
    assert spending(bill) == 2000 - 200 - 200


def test_an_order_number_that_continues_the_purchases_links_the_refund() -> None:
    purchase = _row(order_id="4200001234567890", time="2024-03-01 08:00:00")
    row = _row(type="退款", direction="收入", amount="2.00", order_id="420000123456789000017")
    back, bought = parse(wechat_csv([row, purchase])).lines
    assert back.refund_of == bought.identity


def test_a_returned_transfer_was_never_spent_with_or_without_its_return_row() -> None:
    sent = _row(type="转账", status="对方已退还", payee="张三", time="2024-03-01 08:00:00")
    row = _row(type="转账-退款", direction="收入", status="已全额退款", payee="张三")
    for rows in ([sent], [row, sent]):
        bill = parse(wechat_csv(rows))
        assert spending(bill) == 0
        assert {line.kind for line in bill.lines} == {Kind.TRANSFER}
        assert sorted(line.direction for line in bill.lines) == ["in", "out"]


def test_a_return_row_whose_transfer_is_not_in_the_file_is_a_refund() -> None:
    row = _row(type="转账-退款", direction="收入", status="已全额退款", payee="张三")
    assert _line(row).kind is Kind.REFUND


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        ({"type": "零钱提现", "direction": "/", "status": "提现失败，已退回零钱"}, "failed"),
        ({"amount": "0.00"}, "zero_amount"),
        ({"method": "亲属卡(爸爸)"}, "paid_by_other"),
    ],
)
def test_rows_that_move_no_money_are_skipped_with_their_reason(facts: dict[str, str], reason: str) -> None:
    bill = parse(wechat_csv([_row(**facts)]))
    assert [row.reason for row in bill.skipped] == [reason]
    assert bill.lines == ()


def test_an_uncounted_row_of_an_unknown_type_goes_to_the_tray() -> None:
    [problem] = parse(wechat_csv([_row(type="神秘交易", direction="/")])).problems
    assert (problem.cell, problem.reason, problem.text) == ("交易类型", "status_unknown", "神秘交易")


ROWS = [
    _row(order_id="4200001", merchant_order_id="M1", time="2024-12-31 23:59:59", amount="0.29"),
    _row(order_id="4200002", direction="收入", method="/", type="转账", amount="1,234.56", time="2024-01-01 00:00:00"),
    _row(order_id="4200003", payee="打开拼多多，点击底部“多多视频”", amount="28.16"),
    _row(type="零钱提现", direction="/", amount="100.10", method="工商银行(9876)", note="服务费¥0.10"),
]


@pytest.mark.parametrize("version", [2, 3])
def test_csv_and_workbook_of_the_same_rows_are_the_same_lines(version: int) -> None:
    text, sheet = parse(wechat_csv(ROWS)), parse(wechat_xlsx(ROWS, version=version))
    assert [line.identity for line in text.lines] == [line.identity for line in sheet.lines]
    assert [line.amount for line in text.lines] == [line.amount for line in sheet.lines]
    assert [line.occurred_at for line in text.lines] == [line.occurred_at for line in sheet.lines]
    assert text.agrees
    assert sheet.agrees
    assert sheet.encoding == "xlsx"


def test_two_sheets_of_one_bill_count_once() -> None:
    twice = wechat_xlsx(ROWS, sheets=("账单", "Sheet1"))
    assert len(statements(twice)) == 2
    assert parse(twice).lines == statements(twice)[0].lines


def test_totals_that_disagree_are_reported_and_never_refused() -> None:
    data = wechat_csv(ROWS).decode("utf-8-sig").replace("共4笔", "共9笔").encode()
    bill = parse(data)
    assert bill.agrees is False
    assert bill.stated is not None
    assert bill.stated.count == 9
    assert len(bill.lines) == 5


def test_a_bill_without_totals_neither_agrees_nor_disagrees() -> None:
    assert parse(wechat_csv(ROWS, totals=False)).agrees is None
