"""What each kind of JD and Meituan row becomes."""

from __future__ import annotations

import pytest

from data.importers.statement import Kind, Line
from tests.data.importers.builders import JdRow, MeituanRow, jd_csv, meituan_csv
from tests.data.importers.parsing import parse, spending, total

AT = "2024-03-05 12:34:56"


def _jd(**facts: str) -> JdRow:
    return JdRow(**({"time": AT, "amount": "20.00"} | facts))


def _meituan(**facts: str) -> MeituanRow:
    return MeituanRow(**({"time": AT, "amount": "20.00"} | facts))


def _moves(line: Line) -> tuple[str, str, str, str | None]:
    return (line.kind, line.direction, line.account.key, line.counter.key if line.counter else None)


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({}, ("expense", "out", "jd:baitiao", None)),
        ({"direction": "收入", "method": "小金库零用钱"}, ("income", "in", "jd:xiaojinku", None)),
        ({"direction": "收入", "description": "售后退款", "method": ""}, ("income", "in", "jd:balance", None)),
        ({"direction": "收入", "description": "退款-洗面奶"}, ("refund", "in", "jd:baitiao", None)),
        ({"direction": "不计收支", "status": "退款成功"}, ("refund", "in", "jd:baitiao", None)),
        ({"direction": "不计收支", "description": "价保退款"}, ("refund", "in", "jd:baitiao", None)),
        (
            {
                "direction": "不计收支",
                "description": "白条还款-1月",
                "method": "招商银行储蓄卡(4455)",
                "status": "还款成功",
            },
            ("transfer", "out", "card:招商银行:4455", "jd:baitiao"),
        ),
        (
            {"direction": "不计收支", "description": "京东小金库-转入", "method": "招商银行储蓄卡(4455)"},
            ("transfer", "out", "card:招商银行:4455", "jd:xiaojinku"),
        ),
        (
            {"direction": "不计收支", "description": "京东小金库-取出", "method": "京东小金库"},
            ("transfer", "out", "jd:xiaojinku", None),
        ),
        (
            {"direction": "不计收支", "description": "京东余额提现", "method": "招商银行储蓄卡(4455)"},
            ("transfer", "out", "jd:balance", "card:招商银行:4455"),
        ),
        (
            {"direction": "不计收支", "description": "京东钱包余额充值", "method": "招商银行储蓄卡(4455)"},
            ("transfer", "in", "jd:balance", "card:招商银行:4455"),
        ),
        ({"method": "微信支付"}, ("expense", "out", "wechat:balance", None)),
    ],
)
def test_each_kind_of_jd_row(facts: dict[str, str], expected: tuple[str, str, str, str | None]) -> None:
    [line] = parse(jd_csv([_jd(**facts)])).lines
    assert _moves(line) == expected


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        ({"amount": "0.00", "description": "先享后付"}, "zero_amount"),
        ({"direction": "不计收支", "description": "冻结-先享后付"}, "hold"),
        ({"direction": "不计收支", "description": "解冻-先享后付"}, "hold_released"),
        ({"direction": "不计收支", "status": "等待付款"}, "never_paid"),
        ({"direction": "不计收支", "status": "交易关闭", "method": ""}, "never_paid"),
        ({"direction": "不计收支", "status": "还款失败"}, "failed"),
    ],
)
def test_jd_rows_that_move_no_money_are_skipped(facts: dict[str, str], reason: str) -> None:
    bill = parse(jd_csv([_jd(**facts)]))
    assert [row.reason for row in bill.skipped] == [reason]


@pytest.mark.parametrize("bracket", ["(已退款5.00)", "（已退款5.00）", "(已退款¥5.00)"])
def test_jds_bracket_is_gross_outside_and_refund_inside(bracket: str) -> None:
    bill = parse(jd_csv([_jd(amount=f"20.00{bracket}")], totals=False))
    purchase, back = bill.lines
    assert (purchase.amount.minor, back.amount.minor) == (2000, 500)
    assert back.refund_of == purchase.identity
    assert spending(bill) == 1500


@pytest.mark.parametrize("order_ids", [("1234567890", "1234567890"), ("1234567890", ""), ("", "")])
def test_jds_bracket_and_refund_rows_are_never_netted_twice(order_ids: tuple[str, str]) -> None:
    original = _jd(amount="20.00(已退款5.00)", order_id=order_ids[0], time="2024-03-01 08:00:00")
    rows = [
        _jd(
            amount=amount,
            direction="不计收支",
            status="退款成功",
            description="退款-商品",
            order_id=order_ids[1],
            time=time,
        )
        for amount, time in (("2.00", "2024-03-03 08:00:00"), ("3.00", "2024-03-04 08:00:00"))
    ]
    bill = parse(jd_csv([*rows, original]))
    assert spending(bill) == 1500
    assert len(bill.lines) == 3
    assert all(line.refund_of for line in bill.lines if line.kind is Kind.REFUND)


def test_jds_bracket_stays_in_force_beside_the_refund_of_another_order() -> None:
    original = _jd(amount="20.00(已退款5.00)", order_id="1234567890", time="2024-03-01 08:00:00")
    other = _jd(amount="5.00", direction="不计收支", status="退款成功", order_id="9876543210")
    assert spending(parse(jd_csv([other, original]))) == 2000 - 500 - 500


def test_a_fully_refunded_jd_purchase_is_an_expense_and_its_refund_row() -> None:
    original = _jd(amount="20.00(已全额退款)", direction="不计收支", order_id="1234567890", time="2024-03-01 08:00:00")
    row = _jd(direction="不计收支", status="退款成功", description="退款-商品", order_id="1234567890")
    bill = parse(jd_csv([row, original]))
    assert (total(bill.lines, Kind.EXPENSE), total(bill.lines, Kind.REFUND)) == (2000, 2000)


@pytest.mark.parametrize("amount", ["20.00(已退款1.2.3)", "20.00(赠品)", "20.00(已退款"])
def test_a_jd_amount_with_an_odd_bracket_is_unreadable_not_guessed(amount: str) -> None:
    bill = parse(jd_csv([_jd(amount=amount)], totals=False))
    assert [(problem.cell, problem.reason) for problem in bill.problems] == [("金额", "amount_unreadable")]


def test_jds_stated_totals_are_read_through_their_remark() -> None:
    data = jd_csv([_jd()]).decode("utf-8-sig").replace("支出：1笔，", "支出：1笔(含0笔部分退款)，").encode()
    assert parse(data).agrees


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({}, ("expense", "out", "meituan:yuefu", None)),
        ({"method": "微信支付"}, ("expense", "out", "wechat:balance", None)),
        ({"method": "美团余额"}, ("expense", "out", "meituan:balance", None)),
        ({"type": "退款", "direction": "收入"}, ("refund", "in", "meituan:yuefu", None)),
        (
            {"type": "还款", "method": "中国银行储蓄卡(3147)"},
            ("transfer", "out", "card:中国银行:3147", "meituan:yuefu"),
        ),
        (
            {"type": "提现", "direction": "不计收支", "method": "中国银行(3147)"},
            ("transfer", "out", "meituan:balance", "card:中国银行:3147"),
        ),
        (
            {"type": "充值", "direction": "不计收支", "method": "中国银行(3147)"},
            ("transfer", "in", "meituan:balance", "card:中国银行:3147"),
        ),
        ({"type": "奖励", "direction": "收入"}, ("income", "in", "meituan:yuefu", None)),
    ],
)
def test_each_kind_of_meituan_row(facts: dict[str, str], expected: tuple[str, str, str, str | None]) -> None:
    [line] = parse(meituan_csv([_meituan(**facts)])).lines
    assert _moves(line) == expected


def test_meituans_refund_keeps_the_ids_it_may_be_found_by() -> None:
    row = _meituan(type="退款", direction="收入", order_id="250227", merchant_order_id="4981008")
    [line] = parse(meituan_csv([row])).lines
    assert line.refund_keys == ("4981008", "250227")
