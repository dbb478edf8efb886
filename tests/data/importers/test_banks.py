"""Banks and cards by declared profiles: the samples' figures, every bank's layout, and what the words of a row mean."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.categories.text import normalise_payee
from data.importers import banks
from data.importers.banks.payees import payee_of
from data.importers.banks.profile import Profile
from data.importers.banks.statement import importer_of
from data.importers.methods import WECHAT, account_of
from data.importers.moments import time_of
from data.importers.reading import csv_table
from data.importers.recognise import IMPORTERS, recognise
from data.importers.sheets import merge_sheets
from data.importers.statement import AccountKind, Direction, FileRefused, Kind, Line, Statement
from data.importers.table import Cell, Importer, Row, Table
from data.money import Money
from tests.data.importers.parsing import tables
from tests.patience import at_most
from tests.samples import FOLDER, expected, present, require_samples, sample

DEG = "double-entry-generator"
BANKS = {
    f"{DEG}/abc_debit/example-abc_debit-records.csv": "abc_debit",
    f"{DEG}/bmo/credit/example-bmo-records.csv": "bmo_credit",
    f"{DEG}/citic/credit/example-citic-records.xls": "citic_credit",
    f"{DEG}/cmb/credit/example-cmb-records.csv": "cmb_credit",
    f"{DEG}/cmb/debit/example-cmb-records.csv": "cmb_debit",
    f"{DEG}/hsbchk/debit/example-hsbchk-debit-records.csv": "hsbc_hk_debit",
    f"{DEG}/icbc/credit/example-icbc-credit-records.csv": "icbc_credit",
    f"{DEG}/icbc/debit-v1/example-icbc-debit-v1-records.csv": "icbc_debit",
    "preciouss/cmb_credit_sample.csv": "cmb_credit",
}
CURRENCIES = {"人民币": "CNY", "": "CNY"}
# The peer's configuration of these samples leaves rows out that a wallet's file has too; we keep every row.
IGNORED_BY_PEER = {
    "cmb/credit": {("2023-12-30", "345.67", "CNY")},  # 财付通还款
    "citic/credit": {("2024-11-03", "-4.00", "CNY")},  # 云闪付APP-财付通(银联云闪付)
    "hsbchk/debit": {("2025-03-24", "-1.00", "HKD")},  # TRIPLE Z
    "icbc/credit": {
        ("2023-05-05", "-18.00", "CNY"),
        ("2023-05-05", "-26.00", "CNY"),
        ("2023-05-02", "-17.32", "CNY"),
        ("2023-04-22", "-238.00", "CNY"),
        ("2023-03-20", "-22.00", "CNY"),
    },
    "icbc/debit-v1": {
        ("2023-02-28", "341.58", "CNY"),
        ("2023-02-09", "-24.00", "CNY"),
        ("2023-02-08", "1.04", "CNY"),
        ("2023-04-25", "-1234.56", "CNY"),  # 自动还款
    },
}


def claiming(table: Table) -> list[Importer]:
    return [importer for importer in IMPORTERS if importer.recognises(table)]


def read(data: bytes | str, name: str = "bill.csv") -> Statement:
    """The statement of a file that exactly one importer claims."""
    raw = data.encode() if isinstance(data, str) else data
    statements = []
    for table in tables(raw, name):
        (importer,) = claiming(table)
        statements.append(importer.parse(table))
    return merge_sheets(statements)


def sheet(*rows: Iterable[Cell], name: str = "Sheet1") -> Table:
    filled = tuple(Row(number, tuple(cells)) for number, cells in enumerate(rows, 1))
    return Table("bill.xls", "xls", filled, sheet=name)


def parse(table: Table) -> Statement:
    (importer,) = claiming(table)
    return importer.parse(table)


def facts(statement: Statement) -> list[tuple[str, str, str, str]]:
    """Kind, signed amount, payee and the card's last digits of each line."""
    return [
        (line.kind.value, signed(line), line.payee, line.account.key.removeprefix("card:")) for line in statement.lines
    ]


def signed(line: Line) -> str:
    amount = line.amount if line.direction is Direction.IN else -line.amount
    return amount.plain()


@pytest.mark.parametrize(("path", "format_"), BANKS.items())
def test_the_samples_give_their_figures_on_a_card_of_their_bank(path: str, format_: str) -> None:
    require_samples()
    figures = expected()[path]
    (parsed,) = recognise(sample(path).read_bytes(), path.rpartition("/")[2])
    statement = parsed.statement
    assert statement is not None
    assert statement.format == format_
    assert (statement.header_row, statement.problems) == (figures["header_row"], ())
    rows = [row for row in statement.skipped if row.reason != "footer"]
    assert len(statement.lines) + len(rows) == figures["rows"]
    for currency, flows in figures["by_currency"].items():
        code = "CAD" if format_ == "bmo_credit" else CURRENCIES.get(currency, currency)
        for direction, name in ((Direction.IN, "inflow"), (Direction.OUT, "outflow")):
            amounts = [
                line.amount.decimal()
                for line in statement.lines
                if (line.direction, line.amount.currency) == (direction, code)
            ]
            assert (len(amounts), sum(amounts)) == (flows[f"{name}_n"], Decimal(flows[name]))
    kind = AccountKind.LIABILITY if format_.endswith("credit") else AccountKind.ASSET
    assert {line.account.kind for line in statement.lines} == {kind}


def _peer_rows(folder: str) -> Counter[tuple[str, str, str]]:
    """What the peer books on the bank's account: day, signed amount, currency."""
    config = (FOLDER / DEG / folder / "config.yaml").read_text(encoding="utf-8")
    own = re.escape(re.search(r"defaultCashAccount: (\S+)", config)[1])  # type: ignore[index]
    (output,) = (FOLDER / DEG / folder).glob("*.beancount")
    rows: Counter[tuple[str, str, str]] = Counter()
    day = ""
    for text in output.read_text(encoding="utf-8").splitlines():
        if found := re.match(r"(\d{4}-\d\d-\d\d) \*", text):
            day = found[1]
        elif found := re.match(rf"\s+{own} (-?[\d.]+) ([A-Z]+)", text):
            rows[day, found[1], found[2]] += 1
    return rows


@pytest.mark.parametrize(
    "folder", ["abc_debit", "bmo/credit", "citic/credit", "cmb/credit", "cmb/debit", "hsbchk/debit", "icbc/credit"]
)
def test_the_peer_books_the_same_amounts_on_the_same_days(folder: str) -> None:
    require_samples()
    (path,) = (path for path in BANKS if path.startswith(f"{DEG}/{folder}/"))
    ours = Counter(
        (line.booked_on.isoformat(), signed(line), line.amount.currency)
        for line in read(sample(path).read_bytes(), path).lines
    )
    theirs = _peer_rows(folder)
    if folder == "abc_debit":
        del theirs["2024-01-04", "0.00", "CNY"]  # the peer books a tax of nothing, we skip it as `zero_amount`
    assert ours - theirs == Counter(IGNORED_BY_PEER.get(folder, set()))
    assert theirs - ours == Counter()


def test_icbc_rows_that_the_peer_leaves_to_the_wallets_are_kept() -> None:
    require_samples()
    path = f"{DEG}/icbc/debit-v1/example-icbc-debit-v1-records.csv"
    statement = read(sample(path).read_bytes())
    ours = Counter((line.booked_on.isoformat(), signed(line), line.amount.currency) for line in statement.lines)
    theirs = _peer_rows("icbc/debit-v1")
    assert theirs - ours == Counter()
    assert ours - theirs == Counter(IGNORED_BY_PEER["icbc/debit-v1"])


def test_the_sums_below_icbcs_rows_are_checked_and_a_difference_is_reported() -> None:
    require_samples()
    statement = read(sample(f"{DEG}/icbc/credit/example-icbc-credit-records.csv").read_bytes())
    assert statement.stated is not None
    assert statement.stated.spent is not None
    assert statement.stated.spent.minor == 654321
    assert statement.agrees is False  # the sample's authors have made the sums up


@pytest.mark.skipif(not present(), reason="the sample statements are not beside the checkout")
def test_nothing_else_of_the_samples_is_taken_for_a_bank() -> None:
    ours = {importer.format for importer in banks.IMPORTERS}
    taken = set()
    for file in sorted(FOLDER.rglob("*.csv")):
        path = str(file.relative_to(FOLDER))
        try:
            found = claiming(csv_table(file.read_bytes(), path))
        except FileRefused:
            continue
        assert len(found) < 2, path
        taken |= {path for importer in found if importer.format in ours}
    assert taken == {path for path in BANKS if path.endswith(".csv")}


def test_a_table_without_any_banks_mark_is_mapped_instead_of_guessed_at() -> None:
    require_samples()
    (parsed,) = recognise(sample("preciouss/cmb_debit_sample.csv").read_bytes(), "cmb.csv")
    assert parsed.statement is not None
    assert parsed.statement.format == "generic"


CMB_CREDIT = """\
招商银行信用卡对账单（个人消费卡账户 2025年01月）（补）
交易日,记账日,交易摘要,人民币金额,卡号末四位,交易地金额
,12/29,掌上生活还款,-30.00,0012,-30.00
12/31,01/02,支付宝-某咖啡,35.00,0012,35.00(CN)
01/02,01/03,财付通－某外卖,"1,045.50",0012,"1,045.50(CN)"
01/03,01/04,手机银行饭票,-3.90,0012,-3.90(CN)
"""


def test_days_without_a_year_take_the_statements_and_december_in_a_january_bill_the_year_before() -> None:
    statement = read(CMB_CREDIT)
    assert [line.booked_on for line in statement.lines] == [
        date(2024, 12, 29),
        date(2024, 12, 31),
        date(2025, 1, 2),
        date(2025, 1, 3),
    ]
    assert facts(statement) == [
        ("transfer", "30.00", "掌上生活还款", "招商银行:0012"),
        ("expense", "-35.00", "某咖啡", "招商银行:0012"),
        ("expense", "-1045.50", "某外卖", "招商银行:0012"),
        ("refund", "3.90", "手机银行饭票", "招商银行:0012"),
    ]


def test_a_bill_without_its_title_has_the_year_of_its_name_or_none_and_says_so() -> None:
    bare = CMB_CREDIT.partition("\n")[2]
    assert read(bare, "招商银行信用卡2025年01月.csv").lines[0].booked_on == date(2024, 12, 29)
    statement = read(bare)
    assert statement.lines == ()
    assert {(problem.cell, problem.reason) for problem in statement.problems} == {
        ("交易日", "year_unknown"),
        ("记账日", "year_unknown"),
    }


def test_a_card_has_one_account_in_its_banks_file_and_in_a_wallets_method() -> None:
    own = read(CMB_CREDIT).lines[1].account
    assert account_of(WECHAT, "招商银行信用卡(0012)") == own


def test_a_purchase_by_wallet_is_spending_at_the_merchant_behind_the_marker() -> None:
    statement = read(CMB_CREDIT)
    assert [(line.payee, line.method) for line in statement.lines[1:3]] == [("某咖啡", "支付宝"), ("某外卖", "财付通")]
    assert statement.lines[1].description == "支付宝-某咖啡"


ICBC_TOP = (
    '明细查询文件下载\n\n卡号: 1234****9876,"卡别名: 我的卡"\n\n子账户序号: 00000,子账户类别: 活期,"子账户别名: "\n\n'
)
ICBC_V1 = (
    "交易日期,摘要,交易场所,交易国家或地区简称,钞/汇,交易金额(收入),交易金额(支出),交易币种,"
    "记账金额(收入),记账金额(支出),记账币种,余额,对方户名"
)
ICBC_V2 = ICBC_V1.replace("摘要,", "摘要,交易详情,") + ",对方账户"


def _icbc(version: int) -> str:
    detail, account = ('"      \t",', ',"1234****5555   \t"') if version == 2 else ("", "")
    rows = "".join(
        f'{day}     \t,"{what}      \t",{detail}"{where}   \t","CHN    \t",钞  \t,"-    \t","-  \t",-  \t,'
        f'"{paid_in}   \t","{paid_out}    \t",人民币   \t,"xx,yyyy.zz   \t","{who}     \t"{account},\n'
        for day, what, where, paid_in, paid_out, who in (
            ("2024-05-02", "消费", "财付通-某餐馆", "", "24.00", "深圳市财付通支付科技有限公司"),
            ("2024-04-25", "自动还款", "某分行银行卡中心", "", "1,234.56", "张三"),
            ("2024-04-22", "他行汇入", "", "1,000.00", "", "李四"),
            ("2024-04-20", "工资", "", "8,000.00", "", "某公司"),
            ("2024-02-08", "退款", "财付通-微信红包", "1.04", "", "深圳市财付通支付科技有限公司"),
            ("2024-02-07", "********************", "手机银行", "", "5.00", "王五"),
        )
    )
    commas = "," * (9 if version == 2 else 8)
    sums = f'人民币合计{commas}"9,001.04   \t","1,263.56   \t",\n'
    return f"{ICBC_TOP}{ICBC_V2 if version == 2 else ICBC_V1}\n{rows} \n{sums}"


@pytest.mark.parametrize("version", [1, 2])
def test_icbcs_debit_card_in_both_forms(version: int) -> None:
    statement = read(_icbc(version))
    assert facts(statement) == [
        ("expense", "-24.00", "某餐馆", "工商银行:9876"),
        ("transfer", "-1234.56", "某分行银行卡中心", "工商银行:9876"),
        ("income", "1000.00", "李四", "工商银行:9876"),
        ("income", "8000.00", "某公司", "工商银行:9876"),
        ("refund", "1.04", "微信红包", "工商银行:9876"),
        ("expense", "-5.00", "王五", "工商银行:9876"),
    ]
    assert statement.agrees is True
    assert [row.reason for row in statement.skipped] == ["footer"]
    assert statement.closings == ()  # the balance is masked


def test_a_row_in_both_forms_of_icbcs_file_is_one_row() -> None:
    assert [line.identity for line in read(_icbc(1)).lines] == [line.identity for line in read(_icbc(2)).lines]


def test_bocs_credit_card_has_rows_of_several_cards_and_currencies() -> None:
    statement = read(
        "中国银行信用卡账单(2025年01月)\n"
        "交易日,银行记账日,卡号后四位,交易描述,存入,支出,币种\n"
        "2024-12-13,2024-12-14,4260,某公交卡CHN,,50.00,CNY\n"
        "2024-12-20,2024-12-20,,存款利息,0.01,,CNY\n"
        "2024-12-20,2024-12-20,2875,王小明,361.19,,CNY\n"
        "2024-12-24,2024-12-25,2875,网银在线-某店*京东商城CHN,,468.32,CNY\n"
        "2024-12-24,2024-12-25,2875,网银在线CHN,70.48,,CNY\n"
        "2024-12-22,2024-12-24,2875,MICROSOFT*XBOXJPN,,3.72,USD"
    )
    assert facts(statement) == [
        ("expense", "-50.00", "某公交卡", "中国银行:4260"),
        ("income", "0.01", "存款利息", "中国银行"),  # of the account, on none of its two cards
        ("transfer", "361.19", "王小明", "中国银行:2875"),
        ("expense", "-468.32", "某店*京东商城", "中国银行:2875"),
        ("refund", "70.48", "网银在线", "中国银行:2875"),
        ("expense", "-3.72", "MICROSOFT*XBOX", "中国银行:2875"),
    ]
    assert statement.lines[-1].amount == Money(372, "USD")


def test_bocs_debit_card() -> None:
    statement = read(
        "中国银行交易流水明细单\n"
        "记账日期,记账时间,币别,金额,余额,交易名称,渠道,网点名称,附言,对方账户名,对方卡号/账号,对方开户行,借记卡号\n"
        '2025-08-22,12:24:20,人民币,-326.00,"3,312.17",网上快捷支付,银企对接,-----,支付宝-李四,支付宝-李四,Z20***,-----,3167\n'
        '2025-08-22,12:23:04,人民币,50.00,"3,638.17",网上快捷退款,银企对接,-----,支付宝-李四,支付宝-李四,800***,-----,3167\n'
        '2025-08-05,16:00:44,人民币,"5,771.00","3,588.17",工资,柜台,某支行,----------,数据有限公司,452***,某支行,3167\n'
        '2025-08-04,99:99:99,人民币,"3,000.00",-2182.83,网上快捷提现,银企对接,-----,支付宝-张三支付宝余额提现,支付宝-张三,208***,支付宝,3167\n'
    )
    assert facts(statement) == [
        ("expense", "-326.00", "李四", "中国银行:3167"),
        ("refund", "50.00", "李四", "中国银行:3167"),
        ("income", "5771.00", "数据有限公司", "中国银行:3167"),
        ("transfer", "3000.00", "张三", "中国银行:3167"),
    ]
    assert statement.lines[3].counter is not None
    assert statement.lines[3].counter.key == "alipay:balance"
    assert f"{statement.lines[0].occurred_at:%H:%M:%S %z}" == "12:24:20 +0800"
    assert [(c.on, c.balance) for c in statement.closings] == [(date(2025, 8, 22), Money(331217, "CNY"))]


def test_bocoms_credit_card_says_the_direction_in_words_only() -> None:
    statement = read(
        "交易日期,记账日期,卡末四位,交易说明,交易币种/金额,入账币种/金额\n"
        "2025-01-10,2025-01-10,0000,退货 支付宝-某车,CNY 123.18,CNY 123.18\n"
        "2025-01-29,2025-01-29,1111,信用卡还款 转账还款-某人 6666,CNY 666.60,CNY 666.60\n"
        "2025-01-11,2025-01-12,1111,消费 某店,USD2.99,CNY21.99\n"
        "2025-01-12,2025-01-12,1111,红包还款 还款红包,CNY 1.00,CNY 1.00\n"
        "2025-01-13,2025-01-13,1111,查询 某事,CNY 2.99,CNY 2.99\n"
    )
    assert facts(statement) == [
        ("refund", "123.18", "某车", "交通银行:0000"),
        ("transfer", "666.60", "转账还款-某人 6666", "交通银行:1111"),
        ("expense", "-21.99", "某店", "交通银行:1111"),
        ("income", "1.00", "还款红包", "交通银行:1111"),
    ]
    # Which way an unknown word goes is asked, not guessed.
    assert [(problem.line, problem.cell, problem.reason) for problem in statement.problems] == [
        (6, "交易说明", "status_unknown")
    ]


def test_a_bill_whose_header_lost_the_column_that_tells_the_way_asks_at_the_figure() -> None:
    statement = read(
        "交通银行信用卡交易明细 卡号：6222 **** **** 1234\n"
        "交易日期,入账币种/金额,,卡末四位,\n"
        "2024-09-01,12.50,财付通-拾光咖啡,1234,\n"
    )
    assert statement.lines == ()
    assert [(problem.line, problem.cell, problem.reason) for problem in statement.problems] == [
        (3, "入账币种/金额", "status_unknown")
    ]


def test_bocoms_debit_card_says_the_direction_in_a_column() -> None:
    statement = read(
        "序号,交易日期,交易时间,交易类型,借贷,交易金额,余额,对方账号,对方户名,交易地点,摘要\n"
        "1,2025-01-01,00:00:00,存款利息,贷 Cr,1.23,134.63,132,应付个人活期储蓄存款利息,批处理,\n"
        "2,2025-02-02,13:15:12,信用卡转账还款,借 Dr,3.21,131.42,666,某人,其他,\n"
        "3,2025-02-02,13:15:13,异地跨行消费,借 Dr,10.00,121.42,555,网上国网,网上国网,\n"
        "4,2025-06-06,11:30:54,网上支付,借 Dr,100.79,20.63,111,某基金销售有限公司,网银在线,基金理财产品申购 小金库\n"
    )
    assert [fact[:2] for fact in facts(statement)] == [
        ("income", "1.23"),
        ("transfer", "-3.21"),
        ("expense", "-10.00"),
        ("transfer", "-100.79"),
    ]
    assert statement.lines[3].counter is not None
    assert statement.lines[3].counter.key == "jd:xiaojinku"
    assert statement.lines[0].account.key == "card:交通银行"  # the file names no card
    assert [c.balance.minor for c in statement.closings] == [2063]


def test_cgbs_brackets_say_what_a_row_is() -> None:
    statement = read(
        "交易日期,入账日期,交易摘要,交易金额,交易货币,入账金额,入账货币\n"
        "2025/01/05,2025/01/06,（消费）商户甲,15.90,美元,115.90,人民币\n"
        "2025/01/04,2025/01/04,（退款）商户乙,-97.20,人民币,-97.20,人民币\n"
        "2025/01/03,2025/01/03,（分期）银联分期/10/12期,387.42,人民币,387.42,人民币\n"
        "2024/12/25,2024/12/26,（还款）云闪付 银联入账-张三,-1130.68,人民币,-1130.68,人民币\n"
    )
    assert [fact[:3] for fact in facts(statement)] == [
        ("expense", "-115.90", "商户甲"),
        ("refund", "97.20", "商户乙"),
        ("expense", "-387.42", "银联分期/10/12期"),
        ("transfer", "1130.68", "云闪付 银联入账-张三"),
    ]
    assert {line.amount.currency for line in statement.lines} == {"CNY"}


def test_hsbcs_credit_card_has_its_currency_in_every_row() -> None:
    statement = read(
        "Transaction date,Post date,Description,Billing amount,Billing currency,Transaction status,Merchant name,"
        "Country / region,Area / district,Credit / Debit\n"
        '09/04/2025,10/04/2025,QR   SHOP    CHN    CN,"-1,099.14"\t,CNY,POSTED,SHOP,CHINA,CHN,DEBIT\n'
        '08/04/2025,09/04/2025,SALES:  CAFE    HK,"-18.00"\t\t,HKD,POSTED,CAFE,HONG KONG,HK,DEBIT\n'
        '31/03/2025,01/04/2025,RETURN:  SHOP    CHN,"25.00"\t,CNY,POSTED,SHOP,CHINA,CHN,CREDIT\n'
        '24/03/2025,24/03/2025,PAYMENT - THANK YOU,"3,266.16"\t,CNY,POSTED,,,,CREDIT\n'
        '24/03/2025,24/03/2025,SALES:  CAFE,"-9.00"\t,HKD,PENDING,CAFE,,,DEBIT\n'
    )
    assert [
        (*fact[:3], line.amount.currency) for fact, line in zip(facts(statement), statement.lines, strict=True)
    ] == [
        ("expense", "-1099.14", "SHOP", "CNY"),
        ("expense", "-18.00", "CAFE", "HKD"),
        ("refund", "25.00", "SHOP", "CNY"),
        ("transfer", "3266.16", "PAYMENT - THANK YOU", "CNY"),
    ]
    assert statement.lines[0].booked_on == date(2025, 4, 9)
    assert [row.reason for row in statement.skipped] == ["pending"]


CCB_HEADER = (
    "记账日",
    "交易日期",
    "交易时间",
    "支出",
    "收入",
    "账户余额",
    "币种",
    "摘要",
    "对方账号",
    "对方户名",
    "交易地点",
)


def test_ccbs_workbook_keeps_days_times_and_figures_as_numbers() -> None:
    statement = parse(
        sheet(
            ("China Construction Bank",),
            ("开户机构：", "北京市"),
            ("币　　种：", "人民币"),
            ("账　　号：", "622588*********6789"),
            CCB_HEADER,
            (
                Decimal(20250110),
                Decimal(20250110),
                Decimal(93015),
                Decimal("88.5"),
                Decimal(0),
                Decimal("9911.5"),
                "人民币",
                "无卡自助交易",
                "",
                Decimal(0),
                "某银行信用卡中心还款",
            ),
            (
                "20250115",
                "20250115",
                "14:20:00",
                "25",
                "0.0",
                "9886.50",
                "人民币",
                "消费",
                "",
                "微***司",
                "支付宝-支付宝外部商户-某店",
            ),
            ("20250120", "20250120", "11:00:00", "", "5,000.00", "14,886.50", "人民币", "汇兑", "", "某人", "电子汇入"),
            ("20250321", "20250321", "03:00:00", "0.00", "0.00", "14,886.50", "人民币", "查询", "", "", ""),
            ("以上数据仅供参考|具体内容请以柜台为准",),
        )
    )
    assert facts(statement) == [
        ("transfer", "-88.50", "某银行信用卡中心还款", "建设银行:6789"),
        ("expense", "-25.00", "某店", "建设银行:6789"),
        ("income", "5000.00", "某人", "建设银行:6789"),
    ]
    assert f"{statement.lines[0].occurred_at:%Y-%m-%d %H:%M:%S}" == "2025-01-10 09:30:15"
    assert [row.reason for row in statement.skipped] == ["zero_amount", "footer"]
    assert [(c.on, c.balance.minor) for c in statement.closings] == [(date(2025, 3, 21), 1488650)]


def test_spdbs_debit_card_puts_day_and_time_in_one_cell_and_sums_below() -> None:
    statement = parse(
        sheet(
            ("上海浦东发展银行",),
            ("账号：6217****1234",),
            ("交易序号", "交易日期", "交易摘要", "存入金额", "取出金额", "余额", "对方户名", "对方账号"),
            ("1", "2025/12/03  14:06:51", "网上支付-支付宝", "", "3.88", "1981.33", "某基金销售有限公司", "123"),
            ("2", "2025/12/05  07:22:32", "工资", "10.00", "", "1991.33", "某公司", "123"),
            ("合计", "", "", "10.00", "3.88", "", "", ""),
        )
    )
    assert facts(statement) == [
        ("transfer", "-3.88", "某基金销售有限公司", "浦发银行:1234"),
        ("income", "10.00", "某公司", "浦发银行:1234"),
    ]
    assert f"{statement.lines[0].occurred_at:%H:%M:%S}" == "14:06:51"
    assert statement.agrees is True


def test_spdbs_credit_card_has_several_cards_and_numbers_for_digits() -> None:
    statement = parse(
        sheet(
            ("交易日期", "记账日期", "交易摘要", "卡号末四位", "卡片类型", "交易币种", "交易金额", "原始交易金额&币种"),
            ("20300102", "20300103", "某商户", Decimal(321), "标准卡", "人民币", "314.15", "314.15(CNY)"),
            ("20300117", "20300118", "某还款", "1234", "标准卡", "美元", Decimal("-1618.03"), "-1618.03(USD)"),
        )
    )
    assert facts(statement) == [
        ("expense", "-314.15", "某商户", "浦发银行:0321"),
        ("transfer", "1618.03", "某还款", "浦发银行:1234"),
    ]
    assert statement.lines[1].amount.currency == "USD"


def test_ccbs_credit_card() -> None:
    statement = read(
        ",,,,,,\n中国建设银行,,,,,,\n 交易日, 入账日, 信用卡卡号, 类型, 入账币种, 入账金额,交易描述\n"
        '20260924,20260925,\'********1234,消费    ,人民币,23.10,"商店, 分店"\n,,,,,,\n'
        "20260925,20260925,'********1234,存入,人民币,-23.10,手机银行 转账还款\n"
        "20260926,20260926,'********1234,退货,人民币,-2.10,某店\n"
    )
    assert facts(statement) == [
        ("expense", "-23.10", "商店, 分店", "建设银行:1234"),
        ("transfer", "23.10", "手机银行 转账还款", "建设银行:1234"),
        ("refund", "2.10", "某店", "建设银行:1234"),
    ]


ABC = (
    "交易日期,交易时间,交易摘要,交易金额,本次余额,对手信息,日 志 号,交易渠道,交易附言\n"
    "20240101,123456,转存,+10000.00,11000.00,某人,369396693,超级网银,转账\n"
    "20240102,132324,财付通,-10.00,10990.00,微信支付某店,369333999,电子商务,UA01微信支付-某店\n"
)


@pytest.mark.parametrize(
    "data",
    [
        ABC.encode("gb18030"),
        b"\xef\xbb\xbf" + ABC.encode(),
        ABC.replace("\n", "\r\n").encode(),
        ABC.replace("\n", "\n\n").encode(),
        ("中国农业银行\n户名：某某\n\n" + ABC).encode(),
        ABC.replace("日 志 号", "日志号").replace(",+10000.00,", ',"+10,000.00 ",').encode(),
        ABC.replace("10.00,", "１０．００,").encode(),
        ABC.replace("20240101", "2024-01-01").replace("20240102", " 2024/1/2\t").encode(),
        ABC.encode() + ABC.splitlines()[0].encode() + b"\n",  # the header once more, on the next page
        "\n".join(",".join((*row.split(",")[::-1], "x")) for row in ABC.splitlines()).encode(),  # columns turned round
    ],
)
def test_padding_encodings_order_and_width_of_the_cells_do_not_matter(data: bytes) -> None:
    statement = read(data)
    assert [(line.booked_on.day, signed(line), line.payee) for line in statement.lines] == [
        (1, "10000.00", "某人"),
        (2, "-10.00", "某店"),
    ]
    assert statement.problems == ()


def test_columns_that_are_not_needed_may_be_missing() -> None:
    statement = read("记账日期,交易金额,联机余额\n2024-01-01,-3.00,81.22\n")
    assert facts(statement) == [("expense", "-3.00", "", "招商银行")]


def test_the_banks_name_above_a_table_proves_it_too() -> None:
    bare = "交易日期,交易金额,余额,摘要\n2024-01-01,-3.00,81.22,消费\n"
    assert claiming(csv_table(bare.encode(), "x.csv")) == []
    statement = read(f"招商银行交易流水,,,\n户名:张三,账号:6225****8888,,\n{bare}")
    assert (statement.format, facts(statement)[0][3]) == ("cmb_debit", "招商银行:8888")
    credit = read("招商银行信用卡,,\n交易日期,交易描述,交易金额\n2024-01-01,某店,3.00\n")
    assert (credit.format, facts(credit)[0][:2]) == ("cmb_credit", ("expense", "-3.00"))


CMB_NETBANK = """\
# 招商银行交易记录
# 账号: [招商银行 金卡 6225********1234 ]
# 起始日期: [20240101]   终止日期: [20240131]
# 过滤设置:  [无]
交易日期,交易时间,收入,支出,余额,交易类型,交易备注
"\t20240102","\t08:09:10",,"12.50","987.50","快捷支付","财付通-某店"
"\t20240103","\t08:09:10","100.00",,"1,087.50","代发工资","某公司"
# 收入合计: 1 笔，共 100.00 元
# 支出合计: 1 笔，共 12.50 元
"""


def test_another_layout_of_a_bank_is_read_when_the_bank_is_named_above_it() -> None:
    statement = read(CMB_NETBANK)
    assert (statement.format, statement.agrees) == ("cmb_debit", True)
    assert facts(statement) == [
        ("expense", "-12.50", "某店", "招商银行:1234"),
        ("income", "100.00", "某公司", "招商银行:1234"),
    ]
    assert [(c.on, c.balance.minor) for c in statement.closings] == [(date(2024, 1, 3), 108750)]


def test_a_named_bank_whose_figures_do_not_tell_their_direction_is_left_to_a_person() -> None:
    table = "招商银行交易流水,,\n交易日期,交易金额,方向\n2024-01-01,3.00,支\n2024-01-02,4.00,收\n"
    assert claiming(csv_table(table.encode(), "x.csv")) == []


def test_ccbs_signed_table_has_number_and_name_in_one_cell() -> None:
    statement = read(
        "中国建设银行个人活期账户全部交易明细\n"
        "卡号/账号:6217000000000001169 客户名称:张三 币别:人民币元 钞汇:钞 起止日期:20240101-20240131\n"
        "序号,摘要,币别,钞汇,交易日期,交易金额,账户余额,交易地点/附言,对方账号与户名\n"
        "1,消费,人民币元,钞,20240102,-298.00,740.77,财付通-某店,Z00014/某店\n"
        "2,转账存入,人民币元,钞,20240103,100.00,840.77,,6217000000000009999/张三\n"
        "3,利息存入,人民币元,钞,20240104,1.00,841.77,,\n"
    )
    assert facts(statement) == [
        ("expense", "-298.00", "某店", "建设银行:1169"),
        ("transfer", "100.00", "张三", "建设银行:1169"),
        ("income", "1.00", "利息存入", "建设银行:1169"),
    ]


@pytest.mark.parametrize(
    ("row", "cell", "reason"),
    [
        ("2024-13-01,CNY,-3.00,81.22,消费,某店,", "记账日期", "date_unreadable"),
        ("0001-01-01,CNY,-3.00,81.22,消费,某店,", "记账日期", "date_absurd"),
        (",CNY,-3.00,81.22,消费,某店,", "记账日期", "missing"),
        ("2024-01-01,CNY,abc,81.22,消费,某店,", "交易金额", "amount_unreadable"),
        ("2024-01-01,CNY,-3.005,81.22,消费,某店,", "交易金额", "amount_unreadable"),
        ("2024-01-01,CNY,-1,000.00,81.22,消费,某店,x", "交易金额", "amount_unreadable"),  # an unquoted comma
        ("2024-01-01,???,-3.00,81.22,消费,某店,", "货币", "currency_unknown"),
        ("2024-01-01,CNY", "交易金额", "row_incomplete"),
    ],
)
def test_a_row_that_cannot_be_read_is_a_problem_with_its_line_and_column(row: str, cell: str, reason: str) -> None:
    header = "记账日期,货币,交易金额,联机余额,交易摘要,对手信息,客户摘要\n"
    statement = read(f"{header}{row}\n2024-01-01,CNY,-5.00,81.22,消费,某店,\n")
    assert [(problem.line, problem.cell, problem.reason) for problem in statement.problems] == [(2, cell, reason)]
    assert [signed(line) for line in statement.lines] == ["-5.00"]


@pytest.mark.parametrize("bill", [CMB_CREDIT, _icbc(1), ABC])
def test_a_file_cut_anywhere_never_gives_a_figure_it_does_not_hold(bill: str) -> None:
    whole = read(bill)
    amounts, balances = {line.amount for line in whole.lines}, {row.cells.get("本次余额") for row in whole.lines}
    for length in range(0, len(bill), 7):
        try:
            found = claiming(csv_table(bill[:length].encode(), "x.csv"))
            statement = found[0].parse(csv_table(bill[:length].encode(), "x.csv")) if found else None
        except FileRefused:
            continue
        if statement is not None:
            assert {line.amount for line in statement.lines} <= amounts
            assert {closing.balance.plain() for closing in statement.closings} <= balances


def test_the_last_row_of_a_day_is_told_by_the_balances_whichever_way_the_file_runs() -> None:
    header = "记账日期,货币,交易金额,联机余额,交易摘要\n"
    rows = ["2024-01-01,CNY,-10.00,90.00,消费", "2024-01-01,CNY,-20.00,70.00,消费", "2024-01-01,CNY,5.00,75.00,退款"]
    down, up = read(header + "\n".join(rows)), read(header + "\n".join(rows[::-1]))
    assert [c.balance.minor for c in down.closings] == [c.balance.minor for c in up.closings] == [7500]


def test_a_closing_balance_is_kept_per_currency() -> None:
    statement = read(
        "Date,Description,Billing amount,Billing currency,Balance,Balance currency\n"
        '24/03/2025,ATM WITHDRAWAL   CENTRAL,"-100.00"\t,HKD,"3,613.17"\t,HKD\n'
        '12/03/2025,SALARY PAYMENT   SOME LTD,"12,500.00"\t,CNY,"12500.00"\t,CNY\n'
        '01/03/2025,INTEREST CREDIT,"5.45"\t,HKD,"3,713.17"\t,HKD\n'
    )
    assert [(c.on.isoformat(), c.balance.plain(), c.balance.currency) for c in statement.closings] == [
        ("2025-03-24", "3613.17", "HKD"),
        ("2025-03-12", "12500.00", "CNY"),
    ]
    assert [fact[:3] for fact in facts(statement)] == [
        ("transfer", "-100.00", "ATM WITHDRAWAL CENTRAL"),
        ("income", "12500.00", "SOME LTD"),
        ("income", "5.45", "INTEREST CREDIT"),
    ]


def _debit(words: str, amount: str, holder: str = "") -> Line:
    top = f"招商银行交易流水,,,,\n户名：{holder},,,,\n" if holder else ""
    what, _, who = words.partition("|")
    (line,) = read(f"{top}记账日期,交易金额,联机余额,交易摘要,对手信息\n2024-01-01,{amount},9.00,{what},{who}\n").lines
    return line


@pytest.mark.parametrize(
    ("words", "amount", "kind", "counter"),
    [
        ("快捷支付|财付通-某店", "-3.00", Kind.EXPENSE, None),
        ("快捷支付|支付宝-某基金会", "-3.00", Kind.EXPENSE, None),
        ("快捷支付|财付通-手机充值", "-3.00", Kind.EXPENSE, None),
        ("转账汇款|张三", "-3.00", Kind.EXPENSE, None),
        ("物业管理费|某物业", "-3.00", Kind.EXPENSE, None),
        ("代扣|某会员年费", "-3.00", Kind.EXPENSE, None),
        ("跨行转账手续费|", "-3.00", Kind.FEE, None),
        ("年费|", "-3.00", Kind.FEE, None),
        ("贷款利息|", "-3.00", Kind.FEE, None),
        ("银联ATM取款|", "-3.00", Kind.TRANSFER, None),
        ("信用卡还款|", "-3.00", Kind.TRANSFER, None),
        ("信用卡还款|交通银行信用卡中心", "-3.00", Kind.TRANSFER, "card:交通银行"),
        ("快捷支付|支付宝-花呗还款", "-3.00", Kind.TRANSFER, "alipay:huabei"),
        ("快捷支付|京东白条还款", "-3.00", Kind.TRANSFER, "jd:baitiao"),
        ("快捷支付|财付通-转入零钱通", "-3.00", Kind.TRANSFER, "wechat:mini_fund"),
        ("快捷支付|财付通-零钱充值", "-3.00", Kind.TRANSFER, "wechat:balance"),
        ("快捷支付|余额宝-自动转入", "-3.00", Kind.TRANSFER, "alipay:yuebao"),
        ("理财申购|某理财", "-3.00", Kind.TRANSFER, None),
        ("银证转账|某证券", "-3.00", Kind.TRANSFER, None),
        ("代发工资|某公司", "3.00", Kind.INCOME, None),
        ("代发住房公积金|某中心", "3.00", Kind.INCOME, None),
        ("结息|", "3.00", Kind.INCOME, None),
        ("汇入汇款|李四", "3.00", Kind.INCOME, None),
        ("退税|某税务局", "3.00", Kind.INCOME, None),
        ("网上快捷退款|财付通-某店", "3.00", Kind.REFUND, None),
        ("冲正|某店", "3.00", Kind.REFUND, None),
        ("快捷提现|财付通-零钱提现", "3.00", Kind.TRANSFER, "wechat:balance"),
        ("理财赎回|某理财", "3.00", Kind.TRANSFER, None),
        ("ATM存款|", "3.00", Kind.TRANSFER, None),
        ("现金存入|", "3.00", Kind.TRANSFER, None),
    ],
)
def test_what_the_words_on_a_debit_card_mean(words: str, amount: str, kind: Kind, counter: str | None) -> None:
    line = _debit(words, amount)
    assert (line.kind, line.counter.key if line.counter else None) == (kind, counter)


@pytest.mark.parametrize("amount", ["-3.00", "3.00"])
def test_money_from_or_to_the_holders_own_name_is_a_transfer(amount: str) -> None:
    assert _debit("转账汇款|张三", amount, holder="张三").kind is Kind.TRANSFER
    assert _debit("转账汇款|李四", amount, holder="张三").kind is not Kind.TRANSFER


@pytest.mark.parametrize(
    ("words", "amount", "kind"),
    [
        ("财付通-某店", "3.00", Kind.EXPENSE),
        ("分期付款 3/12", "3.00", Kind.EXPENSE),
        ("预借现金", "3.00", Kind.TRANSFER),
        ("预借现金手续费", "3.00", Kind.FEE),
        ("年费", "3.00", Kind.FEE),
        ("循环利息", "3.00", Kind.FEE),
        ("退款-某店", "-3.00", Kind.REFUND),
        ("某店", "-3.00", Kind.REFUND),
        ("年费减免", "-3.00", Kind.REFUND),
        ("自动还款", "-3.00", Kind.TRANSFER),
        ("银联转账还款", "-3.00", Kind.TRANSFER),
        ("约定扣款", "-3.00", Kind.TRANSFER),
        ("0.2元现金奖励-笔笔返0.2元", "-3.00", Kind.INCOME),
        ("存款利息", "-3.00", Kind.INCOME),
        ("溢缴款转出", "3.00", Kind.TRANSFER),
    ],
)
def test_what_the_words_on_a_credit_card_mean(words: str, amount: str, kind: Kind) -> None:
    (line,) = read(f"交易日,交易摘要,人民币金额,卡号末四位\n2024-01-01,{words},{amount},1234\n").lines
    assert line.kind is kind


@pytest.mark.parametrize(
    ("words", "payee"),
    [
        ("支付宝-支付宝外部商户-某店", "某店"),
        ("支付宝-支付宝-消费-某店", "某店"),
        ("财付通-微信支付-某店", "某店"),
        ("云闪付APP-某店", "某店"),
        ("京东支付-某店", "某店"),
        ("美团支付-某店", "某店"),
        ("UA0123微信支付-某店", "某店"),
        ("张三 66666666666666", "张三"),
        ("掌上生活影票-电影票", "掌上生活影票-电影票"),
        ("财付通", "财付通"),
    ],
)
def test_the_payee_is_whoever_stands_behind_the_wallet(words: str, payee: str) -> None:
    assert _debit(f"快捷支付|{words}", "-3.00").payee == payee


def test_two_equal_rows_stay_two_lines_of_one_identity() -> None:
    row = "2024-01-01,某店,3.00,1234\n"
    one, two = read(f"交易日,交易摘要,人民币金额,卡号末四位\n{row}{row}").lines
    assert one.identity == two.identity


def test_a_later_download_has_the_rows_of_the_earlier_one() -> None:
    later = ABC + "20240103,101010,消费,-1.00,10989.00,某店,1,电子商务,\n"
    assert {line.identity for line in read(ABC).lines} < {line.identity for line in read(later).lines}


def test_a_bank_is_a_profile_and_nothing_else() -> None:
    bank = Profile(
        format="psbc_debit",
        bank="邮储银行",
        credit=False,
        date="交易日",
        paid_in="收入金额",
        paid_out="支出金额",
        balance="结余",
        payee="对方",
        proof=("收入金额", "支出金额", "结余"),
    )
    importer = importer_of(bank)
    table = csv_table("交易日,收入金额,支出金额,结余,对方\n2024-01-01,,3.00,97.00,财付通-某店\n".encode(), "x.csv")
    assert importer.recognises(table)
    statement = importer.parse(table)
    assert facts(statement) == [("expense", "-3.00", "某店", "邮储银行")]
    assert statement.closings[0].balance == Money(9700, "CNY")
    with pytest.raises(FileRefused):
        importer.parse(csv_table(ABC.encode(), "x.csv"))


def test_a_table_of_a_header_alone_is_refused() -> None:
    (importer,) = claiming(csv_table(ABC.partition("\n")[0].encode(), "x.csv"))
    with pytest.raises(FileRefused, match="no_rows"):
        importer.parse(csv_table(ABC.partition("\n")[0].encode(), "x.csv"))


def test_every_profile_can_be_proven_and_has_a_name_of_its_own() -> None:
    assert all(profile.proof for profile in banks.PROFILES)
    assert all(profile.amount or (profile.paid_in and profile.paid_out) for profile in banks.PROFILES)
    formats = [profile.format for profile in banks.PROFILES]
    assert len(set(formats)) == len(formats)
    assert set(banks.IMPORTERS) <= set(IMPORTERS)


@given(st.text(alphabet='0123456789-/.,\n"CNY（）财付通-消费退款 ', max_size=200))
def test_whatever_follows_the_header_is_kept_row_by_row_and_never_crashes(text: str) -> None:
    try:
        table = csv_table(f"记账日期,货币,交易金额,联机余额,交易摘要\n{text}".encode(), "x.csv")
        statement = parse(table)
    except FileRefused:
        return
    numbers = [line.line for line in statement.lines]
    numbers += [row.line for row in statement.skipped] + [problem.line for problem in statement.problems]
    assert sorted(numbers) == [row.line for row in table.rows[1:]]


@pytest.mark.parametrize("run", [" ", "a", "1", "*", "(", "店", "-"])
def test_a_cell_of_any_length_is_read_in_linear_time(run: str) -> None:
    cell = f"转账{run * 200_000}!"
    with at_most(20):
        assert normalise_payee(cell)
        assert account_of(WECHAT, cell) is not None
        assert time_of(cell) is None
        payee_of((cell,), cell, "消费", "")
        payee_of((cell,), "", "", r"\s*\d+$")
