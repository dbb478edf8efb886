"""What each kind of Alipay row becomes, in the app's and the web's export."""

from __future__ import annotations

import pytest

from data.importers.statement import FileRefused, Kind, Line
from tests.data.importers.builders import AlipayRow, AlipayWebRow, alipay_app_csv, alipay_web_csv
from tests.data.importers.parsing import formats, parse, spending, tables

AT = "2024-03-05 12:34:56"


def _app(**facts: str) -> AlipayRow:
    return AlipayRow(**({"time": AT, "amount": "20.00"} | facts))


def _line(row: AlipayRow) -> Line:
    [line] = parse(alipay_app_csv([row])).lines
    return line


def _moves(line: Line) -> tuple[str, str, str, str | None]:
    """Kind, direction, account and other account of a line."""
    return (line.kind, line.direction, line.account.key, line.counter.key if line.counter else None)


@pytest.mark.parametrize("status", ["交易成功", "支付成功", "等待确认收货", "缴费中", "代付成功", "从未见过的状态"])
def test_a_counted_payment_is_an_expense_whatever_its_status_is_called(status: str) -> None:
    line = _line(_app(status=status, method="花呗"))
    assert _moves(line) == ("expense", "out", "alipay:huabei", None)


def test_money_received_is_income() -> None:
    assert _moves(_line(_app(direction="收入"))) == ("income", "in", "alipay:balance", None)


@pytest.mark.parametrize("status", ["交易关闭", "已关闭"])
def test_a_purchase_paid_and_then_closed_stays_an_expense(status: str) -> None:
    assert _line(_app(status=status)).kind is Kind.EXPENSE


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        ({"direction": "不计收支", "status": "交易关闭", "method": ""}, "never_paid"),
        ({"direction": "不计收支", "status": "交易关闭"}, "never_paid"),
        ({"status": "交易关闭", "method": ""}, "never_paid"),
        ({"direction": "不计收支", "status": "等待付款", "method": ""}, "never_paid"),
        ({"direction": "收入", "status": "交易关闭"}, "cancelled_sale"),
        ({"direction": "不计收支", "status": "冻结成功"}, "hold"),
        ({"direction": "不计收支", "status": "芝麻免押下单成功"}, "hold"),
        ({"direction": "不计收支", "status": "信用服务使用成功"}, "hold"),
        ({"direction": "不计收支", "status": "解冻成功"}, "hold_released"),
        ({"direction": "不计收支", "status": "还款失败", "description": "信用卡还款"}, "failed"),
        ({"amount": "0.00"}, "zero_amount"),
        ({"method": "亲情卡(妈妈)"}, "paid_by_other"),
        ({"method": "他人代付"}, "paid_by_other"),
    ],
)
def test_rows_that_move_no_money_are_skipped_with_their_reason(facts: dict[str, str], reason: str) -> None:
    bill = parse(alipay_app_csv([_app(**facts)]))
    assert [row.reason for row in bill.skipped] == [reason]
    assert bill.lines == ()
    assert bill.agrees, "a skipped row still counts in the self-check"


def test_paying_for_ones_family_is_an_expense_though_the_text_says_family_card() -> None:
    line = _line(_app(category="亲友代付", description="亲情卡", method="交通银行信用卡(7449)"))
    assert _moves(line) == ("expense", "out", "card:交通银行:7449", None)


@pytest.mark.parametrize(
    ("text", "method", "payee", "expected"),
    [
        (
            "余额宝-单次转入",
            "工商银行储蓄卡(1234)",
            "天弘基金",
            ("transfer", "out", "card:工商银行:1234", "alipay:yuebao"),
        ),
        ("余额宝-自动转入", "余额", "天弘基金", ("transfer", "out", "alipay:balance", "alipay:yuebao")),
        ("余额宝-安心自动充-自动攒入", "余额", "余额宝", ("transfer", "out", "alipay:balance", "alipay:yuebao")),
        ("余额宝-转出到余额", "余额宝", "天弘基金", ("transfer", "out", "alipay:yuebao", "alipay:balance")),
        ("余额宝-转出到银行卡", "余额宝", "工商银行(1234)", ("transfer", "out", "alipay:yuebao", "card:工商银行:1234")),
        ("余额宝-转出到银行卡", "工商银行(1234)", "", ("transfer", "in", "card:工商银行:1234", "alipay:yuebao")),
        ("蚂蚁财富-某基金-买入", "余额宝", "某基金公司", ("transfer", "out", "alipay:yuebao", "alipay:fund")),
        ("蚂蚁财富-某基金-卖出至余额宝", "余额宝", "某基金公司", ("transfer", "in", "alipay:yuebao", "alipay:fund")),
        ("蚂蚁财富-某基金-买入退款", "余额宝", "某基金公司", ("transfer", "in", "alipay:yuebao", "alipay:fund")),
        ("余额宝-12月4日-收益发放", "余额宝", "天弘基金", ("income", "in", "alipay:yuebao", None)),
        ("余额宝收益", "余额宝", "", ("income", "in", "alipay:yuebao", None)),
        ("提现", "余额", "本人", ("transfer", "out", "alipay:balance", "alipay:other:本人")),
        ("小荷包-自动攒", "余额", "", ("transfer", "out", "alipay:balance", "alipay:other:小荷包")),
        ("充值-普通充值", "建设银行(1111)", "", ("transfer", "in", "alipay:balance", "card:建设银行:1111")),
        ("提现-实时提现", "建设银行(1111)", "", ("transfer", "out", "alipay:balance", "card:建设银行:1111")),
        ("提现-快速提现", "余额", "建设银行(1111)", ("transfer", "out", "alipay:balance", "card:建设银行:1111")),
        ("转账到银行卡", "余额宝", "建设银行(1111)", ("transfer", "out", "alipay:yuebao", "card:建设银行:1111")),
        ("退款-多退的", "余额", "某店", ("refund", "in", "alipay:balance", None)),
    ],
)
def test_uncounted_rows_are_what_their_text_says(
    text: str, method: str, payee: str, expected: tuple[str, str, str, str | None]
) -> None:
    assert _moves(_line(_app(direction="不计收支", description=text, method=method, payee=payee))) == expected


@pytest.mark.parametrize(
    ("text", "payee", "debt"),
    [
        ("花呗主动还款-2024年03月账单", "花呗", "alipay:huabei"),
        ("借呗还款", "借呗", "alipay:jiebei"),
        ("信用卡还款", "招商银行信用卡(8888)", "card:招商银行:8888"),
        ("信用卡还款", "招商银行", "card:招商银行"),
    ],
)
def test_a_repayment_is_a_transfer_to_the_debt(text: str, payee: str, debt: str) -> None:
    line = _line(_app(direction="不计收支", status="还款成功", description=text, payee=payee, method="余额宝"))
    assert _moves(line) == ("transfer", "out", "alipay:yuebao", debt)
    assert line.counter is not None
    assert line.counter.kind == "liability"


def test_what_is_filed_under_refunds_is_one_even_when_counted_as_income() -> None:
    assert _line(_app(category="退款", direction="收入", description="订单退款")).kind is Kind.REFUND


def test_a_loan_paid_out_is_no_income() -> None:
    line = _line(_app(direction="不计收支", status="放款成功", method="余额"))
    assert _moves(line) == ("transfer", "in", "alipay:balance", "alipay:jiebei")


def test_a_fund_purchase_stays_a_transfer_where_an_old_file_counts_it() -> None:
    line = _line(_app(category="投资理财", description="蚂蚁财富-某基金-买入", method="余额宝"))
    assert _moves(line) == ("transfer", "out", "alipay:yuebao", "alipay:fund")


@pytest.mark.parametrize(
    ("facts", "cell"),
    [
        ({"direction": "不计收支", "description": "说不清"}, "收/支"),
        ({"direction": "不计收支", "description": "充值-普通充值", "status": "新状态"}, "交易状态"),
        ({"direction": "转账"}, "收/支"),
    ],
)
def test_what_the_file_does_not_say_goes_to_the_tray_with_its_column(facts: dict[str, str], cell: str) -> None:
    bill = parse(alipay_app_csv([_app(**facts), _app()]))
    assert [(problem.line, problem.cell, problem.reason) for problem in bill.problems] == [(18, cell, "status_unknown")]
    assert len(bill.lines) == 1


PURCHASE = _app(order_id="2024030522001155", merchant_order_id="T200P1", amount="50.00", time="2024-03-01 08:00:00")


@pytest.mark.parametrize(
    ("order_id", "merchant_order_id"),
    [
        ("2024030522001155_9", "other"),
        ("2024030522001155*8", ""),
        ("2024999", "T200P1"),
        ("2024999", "T200P1x_0"),
    ],
)
def test_a_refund_finds_its_purchase_by_id(order_id: str, merchant_order_id: str) -> None:
    purchase = _app(
        order_id="2024030522001155",
        merchant_order_id="T200P1x" if merchant_order_id.endswith("_0") else "T200P1",
        amount="50.00",
        time="2024-03-01 08:00:00",
    )
    refund = _app(
        direction="不计收支",
        status="退款成功",
        description="退款-商品",
        amount="12.00",
        order_id=order_id,
        merchant_order_id=merchant_order_id,
    )
    bill = parse(alipay_app_csv([refund, purchase]))
    back, bought = bill.lines
    assert back.kind is Kind.REFUND
    assert back.refund_of == bought.identity
    assert spending(bill) == 3800


def _refund(amount: str, **facts: str) -> AlipayRow:
    given = {"direction": "不计收支", "status": "退款成功", "description": "退款-商品", "amount": amount}
    return _app(**(given | facts))


def test_refunds_beyond_what_was_paid_are_not_linked() -> None:
    first = _refund("30.00", order_id="2024030522001155_1", time="2024-03-02 08:00:00")
    second = _refund("30.00", order_id="2024030522001155_2", time="2024-03-03 08:00:00")
    bill = parse(alipay_app_csv([second, first, PURCHASE]))
    assert [line.refund_of is not None for line in bill.lines] == [False, True, False]


def test_a_refund_before_the_purchase_or_of_a_strangers_masked_id_is_not_linked() -> None:
    stranger = _app(order_id="xxxx", merchant_order_id="xxxx", payee="甲", amount="50.00", time="2024-03-01 08:00:00")
    other = _app(order_id="xxxx", merchant_order_id="xxxx", payee="乙", amount="50.00", time="2024-03-01 09:00:00")
    masked = _refund("5.00", order_id="yyyy", merchant_order_id="xxxx", payee="丙")
    early = _refund("5.00", order_id="2024030522001155_1", time="2024-02-01 08:00:00")
    bill = parse(alipay_app_csv([masked, early, stranger, other, PURCHASE]))
    assert [line.refund_of for line in bill.lines if line.kind is Kind.REFUND] == [None, None]


def test_a_refund_whose_purchase_lies_in_an_earlier_file_keeps_the_ids_to_find_it() -> None:
    line = _line(_refund("5.00", order_id="2024030522001155_1", merchant_order_id="T200P1"))
    assert line.refund_of is None
    assert line.refund_keys == ("2024030522001155", "T200P1")


def test_a_closed_purchase_no_longer_counted_is_kept_when_a_refund_of_the_file_names_it() -> None:
    closed = _app(direction="不计收支", status="交易关闭", order_id="2024030522001155", time="2024-03-01 08:00:00")
    bill = parse(alipay_app_csv([_refund("20.00", order_id="2024030522001155_1"), closed]))
    assert [line.kind for line in bill.lines] == [Kind.REFUND, Kind.EXPENSE]
    assert spending(bill) == 0


def test_both_column_orders_of_the_app_give_the_same_lines() -> None:
    rows = [_app(order_id="1"), _app(order_id="2", direction="收入"), PURCHASE]
    new, old = parse(alipay_app_csv(rows)), parse(alipay_app_csv(rows, layout="2021"))
    assert [line.identity for line in new.lines] == [line.identity for line in old.lines]
    assert [line.kind for line in new.lines] == [line.kind for line in old.lines]
    assert old.agrees


def test_a_bare_comma_in_a_name_does_not_shift_the_row() -> None:
    [line] = parse(alipay_app_csv([_app(description="面包, 牛奶,鸡蛋")])).lines
    assert line.description == "面包, 牛奶,鸡蛋"
    assert line.amount.minor == 2000
    assert line.method == "余额"


def test_true_twins_in_one_file_stay_two_lines_of_one_identity() -> None:
    bill = parse(alipay_app_csv([_app(order_id="1"), _app(order_id="1")]))
    first, second = bill.lines
    assert first.identity == second.identity
    assert first.line != second.line


def test_status_and_direction_are_no_part_of_the_identity() -> None:
    open_row, closed_row = _app(order_id="1"), _app(order_id="1", status="交易关闭")
    assert _line(open_row).identity == _line(closed_row).identity


@pytest.mark.parametrize(
    ("facts", "cell", "reason"),
    [
        ({"time": "2024-13-05 12:00:00"}, "交易时间", "date_unreadable"),
        ({"time": "昨天"}, "交易时间", "date_unreadable"),
        ({"time": "0024-03-05 12:00:00"}, "交易时间", "date_absurd"),
        ({"time": "2999-03-05 12:00:00"}, "交易时间", "date_absurd"),
        ({"amount": "一百"}, "金额", "amount_unreadable"),
        ({"amount": "1.234"}, "金额", "amount_unreadable"),
        ({"amount": "99999999999999999.00"}, "金额", "amount_unreadable"),
        ({"amount": "-5.00"}, "金额", "amount_negative"),
    ],
)
def test_a_row_that_cannot_be_read_is_reported_and_the_others_go_on(
    facts: dict[str, str], cell: str, reason: str
) -> None:
    bill = parse(alipay_app_csv([_app(), _app(**facts), _app()], totals=False))
    [problem] = bill.problems
    assert (problem.line, problem.cell, problem.reason) == (15, cell, reason)
    assert problem.text == next(iter(facts.values()))
    assert len(bill.lines) == 2


def test_a_time_that_a_spreadsheet_rewrote_is_read() -> None:
    line = _line(_app(time="2024/3/5 9:07"))
    assert line.occurred_at.isoformat() == "2024-03-05T09:07:00+08:00"


def test_a_file_cut_within_its_last_row_is_refused_with_the_line() -> None:
    data = alipay_app_csv([_app(), _app()])
    with pytest.raises(FileRefused) as refused:
        parse(data[: data.rindex(b"20.00")], "cut.csv")
    assert (refused.value.reason, refused.value.line) == ("truncated", 19)


def test_the_web_export_gives_refund_and_fee_of_a_row_as_lines_of_their_own() -> None:
    bill = parse(alipay_web_csv([AlipayWebRow(AT, "100.00", fee="0.10", refunded="30.00", order_id="1")]))
    purchase, fee, back = bill.lines
    assert [line.part for line in bill.lines] == [0, 1, 2]
    assert (purchase.kind, purchase.amount.minor) == (Kind.EXPENSE, 10000)
    assert (fee.kind, fee.amount.minor) == (Kind.FEE, 10)
    assert (back.kind, back.amount.minor, back.refund_of) == (Kind.REFUND, 3000, purchase.identity)
    assert back.booked_on == purchase.booked_on
    assert bill.agrees


def test_the_webs_refund_figure_says_nothing_beside_its_refund_row() -> None:
    original = AlipayWebRow("2024-03-01 08:00:00", "100.00", refunded="30.00", order_id="2024030100001")
    row = AlipayWebRow(
        AT,
        "30.00",
        direction="",
        status="退款成功",
        description="退款-商品",
        funds="已收入",
        order_id="2024030100001_1",
    )
    bill = parse(alipay_web_csv([row, original]))
    assert spending(bill) == 7000
    assert [line.part for line in bill.lines] == [0, 0]


@pytest.mark.parametrize(
    ("facts", "kind"),
    [
        ({"direction": "", "funds": "资金转移", "description": "转到别处"}, Kind.TRANSFER),
        ({"direction": "", "funds": "已支出"}, Kind.EXPENSE),
        ({"direction": "", "funds": "已收入"}, Kind.INCOME),
        ({"status": "交易关闭", "funds": "已支出"}, Kind.EXPENSE),
        ({"direction": "", "status": "交易关闭", "funds": "", "refunded": "20.00"}, Kind.EXPENSE),
        ({"direction": "不计收支", "funds": "", "description": "", "type": "转入"}, Kind.TRANSFER),
        ({"direction": "收入", "funds": "", "description": "退货", "type": "退款"}, Kind.REFUND),
    ],
)
def test_the_webs_state_of_funds_and_type_decide_where_the_direction_does_not(
    facts: dict[str, str], kind: Kind
) -> None:
    bill = parse(alipay_web_csv([AlipayWebRow(AT, "20.00", **facts)]))
    assert bill.lines[0].kind is kind


def test_the_webs_unpaid_row_is_skipped() -> None:
    bill = parse(alipay_web_csv([AlipayWebRow(AT, "20.00", direction="", status="交易关闭", funds="")]))
    assert [row.reason for row in bill.skipped] == ["never_paid"]


def test_app_and_web_of_one_row_have_one_identity() -> None:
    app = _line(_app(order_id="1", merchant_order_id="M1"))
    [web] = parse(alipay_web_csv([AlipayWebRow(AT, "20.00", order_id="1", merchant_order_id="M1")])).lines
    assert app.identity == web.identity


def test_each_export_is_claimed_by_its_own_importer_only() -> None:
    assert formats(tables(alipay_app_csv([_app()]))[0]) == ["alipay_app"]
    assert formats(tables(alipay_web_csv([AlipayWebRow(AT, "1.00")]))[0]) == ["alipay_web"]
