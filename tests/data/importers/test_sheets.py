"""Sheets of one workbook become one statement that counts every row once."""

from __future__ import annotations

from data.importers.sheets import merge_sheets
from data.importers.statement import Total
from tests.data.importers.builders import WechatRow, wechat_csv
from tests.data.importers.parsing import parse

JANUARY = [
    WechatRow("2024-01-05 08:00:00", "1.00", order_id="1"),
    WechatRow("2024-01-06 08:00:00", "2.00", order_id="2"),
]
FEBRUARY = [WechatRow("2024-02-05 08:00:00", "4.00", order_id="3")]


def test_different_sheets_follow_one_another_and_their_totals_add_up() -> None:
    both = merge_sheets([parse(wechat_csv(JANUARY)), parse(wechat_csv(FEBRUARY))])
    assert [line.amount.minor for line in both.lines] == [100, 200, 400]
    assert both.computed is not None
    assert both.computed.spent == Total(3, 700)
    assert both.agrees


def test_overlapping_sheets_count_a_shared_row_once_and_say_so() -> None:
    both = merge_sheets([parse(wechat_csv(JANUARY)), parse(wechat_csv([*JANUARY[1:], *FEBRUARY]))])
    assert [line.amount.minor for line in both.lines] == [100, 200, 400]
    assert [row.reason for row in both.skipped] == ["on_other_sheet"]


def test_twins_within_a_sheet_stay_two() -> None:
    twins = [JANUARY[0], JANUARY[0]]
    both = merge_sheets([parse(wechat_csv(twins)), parse(wechat_csv([*twins, *FEBRUARY]))])
    assert [line.amount.minor for line in both.lines] == [100, 100, 400]


def test_of_equal_sheets_the_one_whose_totals_agree_is_kept() -> None:
    wrong = parse(wechat_csv(JANUARY).decode("utf-8-sig").replace("共2笔", "共3笔").encode())
    right = parse(wechat_csv(JANUARY))
    assert merge_sheets([wrong, right]).agrees
    assert merge_sheets([right, wrong]).agrees


def test_totals_are_unknown_as_soon_as_one_sheet_states_none() -> None:
    both = merge_sheets([parse(wechat_csv(JANUARY)), parse(wechat_csv(FEBRUARY, totals=False))])
    assert both.stated is None
    assert both.agrees is None
