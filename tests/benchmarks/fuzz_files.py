"""A small valid file in every format that is read, to be damaged: tables out of what each format says of its columns.

A format that is added to a registry is in here by itself, or the test that every format has its file fails.
"""

from __future__ import annotations

import csv
import dataclasses
import io
import struct
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

import openpyxl

from data.importers import banks
from data.importers.banks.profile import Profile
from data.importers.mapping import DateOrder
from data.importers.peers import PEERS
from data.importers.peers.mappings import SHIPPED
from data.importers.peers.preset import Preset
from data.importers.peers.shipping import Shipped
from tests.benchmarks.import_files import FORMATS, rows_of
from tests.data.importers import builders
from tests.data.importers.archives import sealed, zipped

ROWS: Final = 3
PASSWORD: Final = "123456"
_LOCKED: Final = "zip with password"
_SEED: Final = 7
_DAYS: Final = {
    DateOrder.YMD: ("2024-09-01", "2024-09-12", "2024-09-13"),
    DateOrder.MDY: ("09/01/2024", "09/12/2024", "09/13/2024"),
    DateOrder.DMY: ("01.09.2024", "12.09.2024", "13.09.2024"),
}
_AMOUNTS: Final = ("-12.50", "100.00", "-7.05")
# What stands in the columns of other programs, by our word for the column; three rows each.
_CELLS: Final = {
    "timezone": ("+08:00",) * ROWS,
    "currency": ("CNY", "CNY", "USD"),
    "account": ("Bank", "Wallet", "Bank"),
    "account2": ("", "", "Wallet"),
    "amount2": ("", "", "7.05"),
    "source": ("Bank", "Employer", "Bank"),
    "target": ("Shop", "Bank", "Wallet"),
    "entry": ("1", "1", "2"),
    "quantity": ("1", "2", "3"),
    "price": ("12.50", "50.00", "7.05"),
    "ticker": ("AAA", "BBB", "CCC"),
    "balance": ("87.50", "187.50", "180.45"),
    "outflow": ("12.50", "", "7.05"),
    "inflow": ("", "100.00", ""),
    "gross": _AMOUNTS,
    "net": _AMOUNTS,
    "fee": ("0.00", "0.00", "0.00"),
    "id": ("T-1", "T-2", "T-3"),
    "time": ("10:00:00", "11:30:00", "23:59:59"),
    "side": ("D", "K", "D"),
    "code": ("20", "20", "20"),
    "impact": ("Debit", "Credit", "Debit"),
    "cleared": ("Cleared",) * ROWS,
    "status": ("Completed", "COMPLETED", "completed"),
    "state": ("COMPLETED",) * ROWS,
    "foreign": ("", "", "1.05"),
    "direction": ("OUT", "IN", "NEUTRAL"),
}
# hledger's rows are postings: the first two are one entry.
_ACCOUNTS: Final = {"hledger": ("assets:bank", "expenses:food", "assets:cash")}
_FIGURES: Final = {"hledger": ("-12.50", "12.50", "7.05")}
_TYPES: Final = {
    "ezbookkeeping": ("Expense", "Income", "Transfer"),
    "firefly": ("Withdrawal", "Deposit", "Transfer"),
    "beecount": ("支出", "收入", "转账"),
    "feidee": ("支出", "收入", "转出"),
    "sure": ("Depository", "CreditCard", "Loan"),
    "paypal": ("General Payment", "General Payment", "General Withdrawal"),
    "revolut": ("CARD_PAYMENT", "TOPUP", "TRANSFER"),
    "utrade": ("BUY", "DIV", "XFER"),
}
_BANK_CELLS: Final = {
    "time": ("10:00:00", "113000", "23:59:59"),
    "currency": ("人民币", "CNY", "美元"),
    "balance": ("87.50", "187.50", "180.45"),
    "payee": ("财付通-拾光咖啡", "某某公司", "支付宝-超市"),
    "summary": ("快捷支付", "工资", "转账"),
    "note": ("", "九月", "附言"),
    "card": ("1234", "1234", "5678"),
    "serial": ("1", "2", "3"),
    "status": ("", "", ""),
    "direction": ("支出", "收入", "支出"),
}


@dataclasses.dataclass(frozen=True, slots=True)
class Sample:
    """A valid file. name: what is fed with it; format: what it is recognised as."""

    name: str
    format: str
    file: str
    data: bytes

    @property
    def unlocked_zip(self) -> bool:
        """Whether its members can be damaged one by one."""
        return self.data.startswith(b"PK") and self.name != _LOCKED


def samples() -> tuple[Sample, ...]:
    """One of each."""
    return (*_wallets_and_documents(), *_banks(), *_peers(), *_shipped(), *_containers())


_RECOGNISED_AS: Final = {
    "Alipay app": "alipay_app",
    "Alipay web": "alipay_web",
    "WeChat CSV": "wechat",
    "WeChat XLSX": "wechat",
    "JD": "jd",
    "Meituan": "meituan",
    "CMB debit card": "cmb_debit",
    "OFX SGML": "ofx",
    "OFX XML": "ofx",
    "QIF": "qif",
    "CAMT.053": "camt",
    "MT940": "mt940",
    "Beancount": "beancount",
    "hledger": "ledger",
    "any CSV": "generic",
    "ezBookkeeping": "ezbookkeeping",
}


def _wallets_and_documents() -> Iterable[Sample]:
    rows = rows_of(ROWS, _SEED)
    for one in FORMATS:
        if one.name not in {"CMB debit card", "ezBookkeeping"}:  # below, with every column
            yield Sample(one.name, _RECOGNISED_AS[one.name], one.file, one.write(rows))


def _banks() -> Iterable[Sample]:
    for profile in banks.PROFILES:
        table = bank_rows(profile)
        yield Sample(f"bank {profile.format}", profile.format, f"{profile.format}.csv", _csv(table))


def bank_rows(profile: Profile) -> list[list[str]]:
    """A table as this bank writes it: its title, its columns, three movements."""
    kind = "信用卡" if profile.credit else "借记卡"
    columns: dict[str, Sequence[str]] = {profile.date.partition("|")[0]: _DAYS[profile.date_order]}
    if profile.paid_in:
        columns[profile.paid_in.partition("|")[0]] = ("", "100.00", "")
        columns[profile.paid_out.partition("|")[0]] = ("12.50", "", "7.05")
    else:
        columns[profile.amount.partition("|")[0]] = ("12.50", "100.00", "7.05") if profile.inward else _AMOUNTS
    for word, cells in _BANK_CELLS.items():
        names = getattr(profile, word)
        if names:
            columns.setdefault(names.partition("|")[0], cells)
    for names in profile.proof:
        if not any(name in columns for name in names.split("|")):
            columns[names.partition("|")[0]] = ("", "", "")
    body = [[cells[number] for cells in columns.values()] for number in range(ROWS)]
    return [[f"{profile.bank}{kind}交易明细 卡号：6222 **** **** 1234"], list(columns), *body]


def _peers() -> Iterable[Sample]:
    for number, importer in enumerate(PEERS):
        preset = getattr(importer.recognises, "__self__", None)
        if isinstance(preset, Preset):
            name = f"peer {number} {preset.format}"
            yield Sample(name, preset.format, "export.csv", _csv(preset_rows(preset)))


def preset_rows(preset: Preset) -> list[list[str]]:
    """A table as this program writes it, every column that we know filled."""
    cells = dict(_CELLS)
    cells["type"] = _TYPES.get(preset.format, ("a", "b", "c"))
    words = list(preset.columns) if not preset.alone or preset.format == "utrade" else list(preset.needs)
    table = [[preset.columns[word][0] for word in words]]
    table += [[_peer_cell(preset, word, cells, number) for word in words] for number in range(ROWS)]
    return [[preset.title], *table] if preset.title else table


def _peer_cell(preset: Preset, word: str, cells: Mapping[str, tuple[str, ...]], number: int) -> str:
    if word in {"date", "moment", "completed", "finished"}:
        return _DAYS[preset.order][number]
    if word in {"source fee", "target fee"}:
        return cells["fee"][number]
    if word == "account":
        return _ACCOUNTS.get(preset.format, cells["account"])[number]
    if "amount" in word and word not in cells:
        return _FIGURES.get(preset.format, _AMOUNTS)[number]
    if "currency" in word or word == "commodity":
        return cells["currency"][number]
    return cells[word][number] if word in cells else f"{word} {number}"


def _shipped() -> Iterable[Sample]:
    for one in SHIPPED:
        yield Sample("tables that are known", "generic", f"{one.name}.csv", _csv(shipped_rows(one)))


def shipped_rows(one: Shipped) -> list[list[str]]:
    """A table with the columns by which a shipped mapping knows it."""
    filled = {
        "date": _DAYS[one.order],
        "amount": _AMOUNTS,
        "debit": ("12.50", "", "7.05"),
        "credit": ("", "100.00", ""),
        "direction": ("debit", "credit", "debit"),
        "currency": ("EUR",) * ROWS,
        "time": _CELLS["time"],
    }
    columns = {name: filled.get(role.value, ("a", "b", "c")) for role, name in {**one.columns, **one.rest}.items()}
    columns |= {name: ("x", "y", "z") for name in one.also if name not in columns}
    return [list(columns), *([cells[number] for cells in columns.values()] for number in range(ROWS))]


def _csv(rows: Iterable[Sequence[str]]) -> bytes:
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return out.getvalue().encode()


def _containers() -> Iterable[Sample]:
    citic = next(profile for profile in banks.PROFILES if profile.format == "citic_credit")
    alipay = builders.alipay_app_csv([builders.AlipayRow("2024-09-01 10:00:00", "1.00")])
    wechat = builders.wechat_xlsx([builders.WechatRow("2024-09-01 10:00:00", "1.00")])
    ccb = next(profile for profile in banks.PROFILES if profile.format == "ccb_debit")
    yield Sample("XLS", "citic_credit", "bill.xls", xls(bank_rows(citic)))
    yield Sample("XLSX", "ccb_debit", "bill.xlsx", xlsx(bank_rows(ccb)))
    yield Sample("zip", "alipay_app", "bill.zip", zipped({"支付宝.csv": alipay, "微信.xlsx": wechat}))
    yield Sample(_LOCKED, "alipay_app", "bill.zip", sealed({"支付宝.csv": alipay}, PASSWORD))


def xlsx(rows: Iterable[Sequence[str]]) -> bytes:
    """The rows as a workbook of today, figures as numbers."""
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    for row in rows:
        sheet.append([_number(cell) for cell in row])
    packed = io.BytesIO()
    book.save(packed)
    return packed.getvalue()


def _number(cell: str) -> str | float:
    try:
        return float(cell)
    except ValueError:
        return cell


# -- a workbook of before 2007, the smallest that its readers take: BIFF8 in a compound file of one stream

_SECTOR: Final = 512
_END, _FAT_SECTOR, _FREE = 0xFFFFFFFE, 0xFFFFFFFD, 0xFFFFFFFF
_BIFF8, _WORKBOOK, _SHEET = 0x0600, 0x0005, 0x0010
_LEAST: Final = 4096  # a shorter stream would lie in a mini stream


def xls(rows: Sequence[Sequence[str]]) -> bytes:
    """The rows as a workbook of before 2007, figures as numbers."""
    return _compound(_workbook(rows))


def _workbook(rows: Sequence[Sequence[str]]) -> bytes:
    start = _record(0x0809, struct.pack("<4H2I", _BIFF8, _WORKBOOK, 0, 0, 0, 0))
    sheet = _record(0x0809, struct.pack("<4H2I", _BIFF8, _SHEET, 0, 0, 0, 0))
    sheet += _record(0x0200, struct.pack("<2I3H", 0, len(rows), 0, max(map(len, rows)), 0))
    for at, row in enumerate(rows):
        sheet += b"".join(_cell(at, column, cell) for column, cell in enumerate(row) if cell)
    sheet += _record(0x000A, b"")
    name = "账单".encode("utf-16-le")
    bound = struct.pack("<IHBB", 0, 0, 2, 1) + name
    size = len(start) + 4 + len(bound) + 4
    bound = struct.pack("<I", size) + bound[4:]
    return start + _record(0x0085, bound) + _record(0x000A, b"") + sheet


def _cell(row: int, column: int, cell: str) -> bytes:
    number = _number(cell)
    if isinstance(number, float):
        return _record(0x0203, struct.pack("<3Hd", row, column, 0, number))
    text = cell.encode("utf-16-le")
    return _record(0x0204, struct.pack("<3HHB", row, column, 0, len(text) // 2, 1) + text)


def _record(number: int, body: bytes) -> bytes:
    return struct.pack("<2H", number, len(body)) + body


def _compound(stream: bytes) -> bytes:
    stream = stream.ljust(_LEAST, b"\x00")
    stream += bytes(-len(stream) % _SECTOR)
    count = len(stream) // _SECTOR
    # sector 0: the table of sectors; 1: the directory; from 2: the stream
    chain = [_FAT_SECTOR, _END, *range(3, count + 2), _END]
    table = struct.pack(f"<{_SECTOR // 4}I", *chain, *[_FREE] * (_SECTOR // 4 - len(chain)))
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<5H6x", 0x3E, 3, 0xFFFE, 9, 6)
    head += struct.pack("<9I", 0, 1, 1, 0, _LEAST, _END, 0, _END, 0)
    head += struct.pack("<109I", 0, *[_FREE] * 108)
    entries = _entry("Root Entry", 5, 1, _END, 0) + _entry("Workbook", 2, _FREE, 2, count * _SECTOR)
    return head + table + entries.ljust(_SECTOR, b"\x00") + stream


def _entry(name: str, kind: int, child: int, first: int, size: int) -> bytes:
    text = (name + "\x00").encode("utf-16-le")
    links = struct.pack("<HBB3I", len(text), kind, 1, _FREE, _FREE, child)
    return text.ljust(64, b"\x00") + links + bytes(36) + struct.pack("<2I4x", first, size)
