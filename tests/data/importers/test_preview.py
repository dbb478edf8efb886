"""The preview's JSON: exactly the agreed names, signs by direction, links and categories."""

import json

from data.importers.preview import preview
from data.importers.recognise import recognise
from data.importers.statement import Statement
from tests.data.importers.builders import AlipayRow, alipay_app_csv

WHEN = "2024-05-06 07:08:09"


def alipay(*rows: AlipayRow, totals: bool = True) -> Statement:
    (parsed,) = recognise(alipay_app_csv(rows, totals=totals), "bill.csv")
    assert parsed.statement is not None
    return parsed.statement


def test_a_row_has_exactly_the_agreed_names_and_values() -> None:
    purchase = AlipayRow(WHEN, "12.00", "全家便利店", "饭团", order_id="A1", merchant_order_id="M1")
    found = preview(alipay(purchase))

    assert found["rows"] == [
        {
            "line": 18,
            "occurred_at": "2024-05-06T07:08:09+08:00",
            "booked_on": "2024-05-06",
            "kind": "expense",
            "amount_minor": 1200,
            "currency": "CNY",
            "direction": "out",
            "payee": "全家便利店",
            "description": "饭团",
            "method": "余额",
            "order_id": "A1",
            "merchant_order_id": "M1",
            "refund_of": None,
            "status": "交易成功",
            "category": found["rows"][0]["category"],
        }
    ]
    assert found["rows"][0]["category"]
    assert list(found) == [
        "format",
        "encoding",
        "rows",
        "skipped",
        "problems",
        "stated_totals",
        "computed_totals",
        "agrees",
    ]


def test_a_refund_names_its_purchase_and_has_its_category() -> None:
    bought = AlipayRow(WHEN, "12.00", "星巴克", "拿铁", status="交易关闭", category="餐饮美食", order_id="20240506001")
    returned = AlipayRow(
        "2024-05-07 07:08:09",
        "12.00",
        "星巴克",
        "退款-拿铁",
        "不计收支",
        status="退款成功",
        category="退款",
        order_id="20240506001_1",
    )
    purchase, refund = preview(alipay(bought, returned))["rows"]

    assert (refund["kind"], refund["direction"], refund["refund_of"]) == ("refund", "in", "20240506001")
    assert refund["category"] == purchase["category"]


def test_skipped_and_unreadable_rows_are_told_by_line() -> None:
    never_paid = AlipayRow(WHEN, "9.00", direction="不计收支", status="交易关闭", method="")
    found = preview(alipay(AlipayRow(WHEN, "1.00"), never_paid, AlipayRow(WHEN, "abc"), totals=False))

    assert found["skipped"] == [{"line": 15, "reason": "never_paid"}]
    assert found["problems"] == [{"line": 16, "cell": "金额", "reason": "amount_unreadable"}]


def test_the_self_check_shows_both_sides_and_the_whole_is_json() -> None:
    found = preview(alipay(AlipayRow(WHEN, "1.00"), AlipayRow(WHEN, "2.00", direction="收入")))

    side = {
        "currency": "CNY",
        "count": 2,
        "spent": {"count": 1, "minor": 100},
        "received": {"count": 1, "minor": 200},
        "neutral": {"count": 0, "minor": 0},
    }
    assert (found["stated_totals"], found["computed_totals"], found["agrees"]) == (side, side, True)
    assert json.loads(json.dumps(found)) == found


def test_a_file_without_stated_totals_has_null_for_them() -> None:
    (parsed,) = recognise("日期,金额\n2024-01-01,-5\n2024-01-02,6\n".encode(), "x.csv")
    assert parsed.statement is not None

    found = preview(parsed.statement)
    assert (found["stated_totals"], found["agrees"]) == (None, None)
    assert found["computed_totals"]["neutral"] is None
