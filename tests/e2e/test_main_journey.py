"""The main job in a real browser: a bill goes in, the spending is seen, a limit is overrun, the CSV comes out."""

from __future__ import annotations

import csv
import io
import re
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Download, Page, expect

from data.period import month_of, shift_months
from tests.data.importers.builders import AlipayRow, alipay_app_csv
from tests.e2e.conftest import fill_in, settle

pytestmark = pytest.mark.browser
MEALS = ("88.00", "112.50", "99.50")  # of this month: 300.00
USUAL = "100.00"  # in each of the three months before


def _bill(today: date) -> bytes:
    """Dining of this month beyond what was usual in the three months before."""
    start = month_of(today).start
    rows = [
        AlipayRow(
            f"{start.isoformat()} 0{number}:15:00",
            amount,
            payee=f"面馆{number}",
            category="餐饮美食",
            order_id=f"now{number}",
        )
        for number, amount in enumerate(MEALS, 1)
    ]
    for back in (1, 2, 3):
        day = shift_months(start, -back)
        time = f"{day.isoformat()} 12:00:00"
        rows.append(AlipayRow(time, USUAL, payee="食堂", category="餐饮美食", order_id=f"before{back}"))
    return alipay_app_csv(rows)


def _open(page: Page, screen: str) -> None:
    page.get_by_test_id("stSidebarNav").get_by_role("link", name=screen, exact=True).click()
    settle(page)
    expect(page.get_by_role("heading", level=1)).to_be_visible()


def _read(download: Download, folder: Path) -> list[dict[str, str]]:
    saved = folder / "download.csv"
    download.save_as(saved)
    data = saved.read_bytes()
    assert data.startswith(b"\xef\xbb\xbf")
    assert b"\r\n" in data
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def test_from_signing_up_to_a_warning_a_csv_and_signing_out(page: Page, tmp_path: Path) -> None:
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    bill = tmp_path / "alipay_record.csv"
    bill.write_bytes(_bill(datetime.now(ZoneInfo("Asia/Shanghai")).date()))

    page.goto("/")
    expect(page).to_have_url(re.compile(r"/signup"))
    fill_in(page, "王小明")
    expect(page).to_have_title("总览")
    settle(page)

    _open(page, "导入账单")
    page.locator("input[type=file]").set_input_files(bill)
    book = page.get_by_role("button", name="确认导入 6 行")
    expect(book).to_be_enabled()
    settle(page)
    expect(page.get_by_text("与文件写明的合计完全一致")).to_be_visible()
    book.dblclick()
    expect(page.get_by_text("已导入 6 行")).to_be_visible()
    settle(page)

    _open(page, "总览")
    spending = page.get_by_test_id("stMetric").filter(has_text=re.compile(r"^支出")).get_by_test_id("stMetricValue")
    expect(spending).to_have_text("¥300.00")

    _open(page, "预算")
    page.get_by_role("button", name="用平均值填充空白项").click()
    expect(page.get_by_text("餐饮超支 ¥200.00").first).to_be_visible()
    settle(page)

    _open(page, "总览")
    expect(page.get_by_text("餐饮超支 ¥200.00").first).to_be_visible()
    with page.expect_download() as waiting:
        page.locator('[class*="st-key-overview-where-csv"] button').click()
    rows = _read(waiting.value, tmp_path)
    assert {row["上级分类"] for row in rows} == {"餐饮"}
    assert f"¥{sum(Decimal(row['支出']) for row in rows)}" == spending.inner_text()

    page.reload()
    settle(page)
    expect(spending).to_have_text("¥300.00")

    page.get_by_role("button", name="退出").click()
    expect(page).to_have_url(re.compile(r"/signin"))
    page.goto("/budgets")
    expect(page).to_have_url(re.compile(r"/signin\?next=%2Fbudgets"))
    expect(page.get_by_test_id("stApp")).to_have_count(0)
    assert wrong == []
