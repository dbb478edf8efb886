"""Statements made of plain rows, byte for byte as each wallet exports them, for tests that need a file.

Each row dataclass has defaults for everything that a test does not care about; each function returns the bytes of
a whole file: preamble, padding, ids with a TAB, totals and encoding as the real exporters write them.
"""

from __future__ import annotations

import dataclasses
import io
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from decimal import Decimal

import openpyxl

ALIPAY_COLUMNS = (
    "交易时间",
    "交易分类",
    "交易对方",
    "对方账号",
    "商品说明",
    "收/支",
    "金额",
    "收/付款方式",
    "交易状态",
    "交易订单号",
    "商家订单号",
    "备注",
)
ALIPAY_COLUMNS_2021 = (
    "收/支",
    "交易对方",
    "对方账号",
    "商品说明",
    "收/付款方式",
    "金额",
    "交易状态",
    "交易分类",
    "交易订单号",
    "商家订单号",
    "交易时间",
)
ALIPAY_WEB_COLUMNS = (
    "交易号",
    "商家订单号",
    "交易创建时间",
    "付款时间",
    "最近修改时间",
    "交易来源地",
    "类型",
    "交易对方",
    "商品名称",
    "金额（元）",
    "收/支",
    "交易状态",
    "服务费（元）",
    "成功退款（元）",
    "备注",
    "资金状态",
)
WECHAT_COLUMNS = (
    "交易时间",
    "交易类型",
    "交易对方",
    "商品",
    "收/支",
    "金额(元)",
    "支付方式",
    "当前状态",
    "交易单号",
    "商户单号",
    "备注",
)
JD_COLUMNS = (
    "交易时间",
    "商户名称",
    "交易说明",
    "金额",
    "收/付款方式",
    "交易状态",
    "收/支",
    "交易分类",
    "交易订单号",
    "商家订单号",
    "备注",
)
MEITUAN_COLUMNS = (
    "交易创建时间",
    "交易成功时间",
    "交易类型",
    "订单标题",
    "收/支",
    "支付方式",
    "订单金额",
    "实付金额",
    "交易单号",
    "商家单号",
    "备注",
)


@dataclasses.dataclass(frozen=True, slots=True)
class AlipayRow:
    """A row of the app's bill."""

    time: str
    amount: str
    payee: str = "便利店"
    description: str = "商品"
    direction: str = "支出"
    method: str = "余额"
    status: str = "交易成功"
    category: str = "日用百货"
    order_id: str = ""
    merchant_order_id: str = ""
    note: str = ""

    def cells(self) -> dict[str, str]:
        """Column → text, unpadded."""
        ids = f"{self.order_id}\t", f"{self.merchant_order_id}\t"
        values = (self.time, self.category, self.payee, "/", self.description, self.direction, self.amount)
        return dict(zip(ALIPAY_COLUMNS, (*values, self.method, self.status, *ids, self.note), strict=True))


@dataclasses.dataclass(frozen=True, slots=True)
class AlipayWebRow:
    """A row of the web export."""

    time: str
    amount: str
    payee: str = "便利店"
    description: str = "商品"
    direction: str = "支出"
    status: str = "交易成功"
    fee: str = "0.00"
    refunded: str = "0.00"
    funds: str = "已支出"
    type: str = "即时到账交易"
    order_id: str = ""
    merchant_order_id: str = ""


@dataclasses.dataclass(frozen=True, slots=True)
class WechatRow:
    """A row of WeChat Pay's bill; `amount` without a sign or currency."""

    time: str
    amount: str
    payee: str = "便利店"
    description: str = "/"
    direction: str = "支出"
    method: str = "零钱"
    status: str = "支付成功"
    type: str = "商户消费"
    order_id: str = ""
    merchant_order_id: str = "/"
    note: str = "/"


@dataclasses.dataclass(frozen=True, slots=True)
class JdRow:
    """A row of JD's bill; `amount` as written: `12.00`, `12.00(已退款3.00)`, `12.00(已全额退款)`."""

    time: str
    amount: str
    payee: str = "京东平台商户"
    description: str = "商品"
    direction: str = "支出"
    method: str = "京东白条"
    status: str = "交易成功"
    category: str = "日用百货"
    order_id: str = ""
    merchant_order_id: str = ""


@dataclasses.dataclass(frozen=True, slots=True)
class MeituanRow:
    """A row of Meituan's bill; `amount` is what was paid."""

    time: str
    amount: str
    title: str = "套餐"
    direction: str = "支出"
    method: str = "美团月付"
    type: str = "支付"
    order_id: str = ""
    merchant_order_id: str = ""


def alipay_app_csv(
    rows: Sequence[AlipayRow], *, totals: bool = True, layout: str = "2023", encoding: str = "gb18030"
) -> bytes:
    """The app's bill. `layout`: `2023` (时间 first) or `2021` (收/支 first)."""
    columns = ALIPAY_COLUMNS if layout == "2023" else ALIPAY_COLUMNS_2021
    lines = [
        "-" * 84,
        "导出信息：",
        "姓名：测试",
        "支付宝账户：test@example.com",
        "起始时间：[2024-01-01 00:00:00]    终止时间：[2024-12-31 23:59:59]",
        "导出交易类型：[全部]",
        "导出时间：[2025-01-01 09:00:00]",
    ]
    if totals:
        lines += _totals(((row.direction, row.amount) for row in rows), "共{}笔记录", "{}：{}笔 {}元")
    lines += ["", "特别提示：", "1.本明细仅供个人对账使用。", ""]
    lines += ["-" * 24 + "支付宝支付科技有限公司  电子客户回单" + "-" * 24]
    lines += ["".join(f"{name:<20}," for name in columns)]
    lines += ["".join(f"{row.cells()[name]:<20}," for name in columns) for row in rows]
    return ("\n".join(lines) + "\n").encode(encoding)


def alipay_web_csv(rows: Sequence[AlipayWebRow], *, totals: bool = True) -> bytes:
    """The web export (GB18030, CRLF), with its dashed footer."""
    lines = [
        "支付宝交易记录明细查询",
        "账号:[test@example.com]",
        "起始日期:[2024-01-01 00:00:00]    终止日期:[2024-12-31 23:59:59]",
        "-" * 33 + "交易记录明细列表" + "-" * 36,
        "".join(f"{name:<12}," for name in ALIPAY_WEB_COLUMNS),
    ]
    for row in rows:
        ids = f"{row.order_id}\t", f"{row.merchant_order_id}\t"
        times = row.time, row.time, row.time
        names = "其他", row.type, row.payee, row.description
        sums = row.amount, row.direction, row.status, row.fee, row.refunded
        lines.append("".join(f"{cell:<12}," for cell in (*ids, *times, *names, *sums, "", row.funds)))
    lines.append("-" * 84)
    if totals:
        lines += _totals(
            ((row.direction, row.amount) for row in rows), "共{}笔记录", "已{}:{}笔,{}元", ("收入", "支出")
        )
    lines.append("导出时间:[2025-01-01 09:00:00]    用户:测试")
    return ("\r\n".join(lines) + "\r\n").encode("gb18030")


def wechat_csv(rows: Sequence[WechatRow], *, totals: bool = True, bom: bool = True) -> bytes:
    """Version 1: CSV, header on line 17 (13 without totals)."""
    lines = [",".join([text] + [""] * 10) for text in _wechat_preamble(rows, totals=totals)]
    lines.append(",".join(WECHAT_COLUMNS))
    for row in rows:
        texts = (
            row.time,
            row.type,
            _quoted(row.payee),
            _quoted(row.description),
            row.direction,
            _quoted(f"¥{row.amount}"),
        )
        ids = f"{row.order_id}\t", f"{row.merchant_order_id}\t"
        lines.append(",".join((*texts, row.method, row.status, *ids, _quoted(row.note))))
    return ("\r\n".join(lines) + "\r\n").encode("utf-8-sig" if bom else "utf-8")


def wechat_xlsx(
    rows: Sequence[WechatRow], *, version: int = 3, totals: bool = True, sheets: Sequence[str] = ("Sheet1",)
) -> bytes:
    """Version 2 (all cells text) or 3 (amounts numeric, times serial, one more note line); one copy a sheet."""
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name in sheets:
        _wechat_sheet(book, name, rows, version, totals=totals)
    packed = io.BytesIO()
    book.save(packed)
    return packed.getvalue()


def _wechat_sheet(book: openpyxl.Workbook, name: str, rows: Sequence[WechatRow], version: int, *, totals: bool) -> None:
    sheet = book.create_sheet(name)
    preamble = _wechat_preamble(rows, totals=totals)
    if version == 3:
        preamble.insert(-2, "4. 本账单中所有时间均为UTC+08:00时间")
    for text in preamble:
        sheet.append([text])
    sheet.append(list(WECHAT_COLUMNS))
    for row in rows:
        time: object = _serial(row.time) if version == 3 else row.time
        amount: object = float(row.amount.replace(",", "")) if version == 3 else f"¥{row.amount}"
        texts = row.method, row.status, row.order_id, row.merchant_order_id, row.note
        sheet.append([time, row.type, row.payee, row.description, row.direction, amount, *texts])


def jd_csv(rows: Sequence[JdRow], *, totals: bool = True) -> bytes:
    """JD's bill (UTF-8 with BOM)."""
    lines = ["导出信息：", "京东账号名：jd_test", "申请时间：2025-01-01 09:00:00", "日期区间：2024-01-01 至 2024-12-31"]
    lines += ["导出交易类型：全部", "导出交易场景：全部"]
    if totals:
        sums = ((row.direction, row.amount.partition("(")[0]) for row in rows)
        lines += _totals(sums, "共：{}笔记录", "{}：{}笔，{}元")
    lines += ["", "特别提示：", "1.本明细仅供个人对账使用。", "", ",".join(JD_COLUMNS)]
    for row in rows:
        ids = f"{row.order_id}\t", f"{row.merchant_order_id}\t"
        texts = row.payee, row.description, row.amount, row.method, row.status, row.direction, row.category
        lines.append(",".join((f"{row.time}\t", *texts, *ids, "")))
    return ("\n".join(lines) + "\n").encode("utf-8-sig")


def meituan_csv(rows: Sequence[MeituanRow], *, totals: bool = True) -> bytes:
    """Meituan's bill (UTF-8 with BOM)."""
    lines = ["美团交易账单明细", "美团用户名：[test]", "起始时间：[2024-01-01] 终止时间：[2024-12-31]", '""']
    if totals:
        lines += _totals(((row.direction, row.amount) for row in rows), "共：{}笔记录", "{}：{}笔 {}元")
    lines += [
        "特别提示：",
        "1. 本明细仅供用户个人对账使用",
        '""',
        "【美团交易账单明细列表】",
        ",".join(MEITUAN_COLUMNS),
    ]
    for row in rows:
        ids = _quoted(f"{row.order_id}\t"), _quoted(f"{row.merchant_order_id}\t")
        sums = f"¥{row.amount}", f"¥{row.amount}"
        texts = row.type, _quoted(row.title), row.direction, row.method
        lines.append(",".join((row.time, row.time, *texts, *sums, *ids, "/")))
    return ("\n".join(lines) + "\n").encode("utf-8-sig")


def _wechat_preamble(rows: Sequence[WechatRow], *, totals: bool) -> list[str]:
    lines = ["微信支付账单明细", "微信昵称：[测试]"]
    lines += ["起始时间：[2024-01-01 00:00:00] 终止时间：[2024-12-31 23:59:59]", "导出类型：[全部]"]
    lines += ["导出时间：[2025-01-01 09:00:00]", ""]
    if totals:
        sums = (({"/": "中性交易"}.get(row.direction, row.direction), row.amount.replace(",", "")) for row in rows)
        lines += _totals(sums, "共{}笔记录", "{}：{}笔 {}元", ("收入", "支出", "中性交易"))
    lines += [
        "注：",
        "1. 充值/提现等交易，将计入中性交易",
        "2. 本明细仅展示当前账单中的交易",
        "3. 本明细仅供个人对账使用",
    ]
    return [*lines, "", "----------------------微信支付账单明细列表--------------------"]


def _totals(
    rows: Iterable[tuple[str, str]],
    count: str,
    side: str,
    words: Sequence[str] = ("收入", "支出", "不计收支"),
) -> list[str]:
    """What an exporter states: exact sums per direction word."""
    given = list(rows)
    lines = [count.format(len(given))]
    for word in words:
        amounts = [Decimal(amount) for direction, amount in given if direction == word]
        lines.append(side.format(word, len(amounts), f"{sum(amounts, Decimal()):.2f}"))
    return lines


def _serial(time: str) -> float:
    """A local time as a sheet's serial number."""
    return (datetime.fromisoformat(time) - datetime(1899, 12, 30)) / timedelta(days=1)  # noqa: DTZ001 - sheets have no zone


def _quoted(text: str) -> str:
    escaped = text.replace('"', '""')
    return f'"{escaped}"'
