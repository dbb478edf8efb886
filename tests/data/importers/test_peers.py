"""Files of other bookkeeping programs and of well-known services: what their rows become, and where we differ."""

from __future__ import annotations

import csv
import dataclasses
import io
import json
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from data.importers.generic import signature
from data.importers.mapping import Role
from data.importers.peers import PEERS
from data.importers.peers.mappings import SHIPPED
from data.importers.reading import csv_table, is_workbook
from data.importers.recognise import IMPORTERS, Parsed, recognise
from data.importers.statement import AccountKind, Direction, FileRefused, Kind, Line, Statement
from data.importers.table import Table
from data.importers.workbook import workbook_tables
from data.money import AmountUnreadable, Money, parse_amount
from pages.ui import catalogue
from tests.data.importers.parsing import total
from tests.samples import FOLDER, expected, peer_cases, peer_expectation, require_samples, sample


def parsed(text: str | bytes, name: str = "export.csv") -> Parsed:
    (found,) = recognise(text if isinstance(text, bytes) else text.encode(), name)
    return found


def read(text: str | bytes, name: str = "export.csv") -> Statement:
    found = parsed(text, name)
    assert found.statement is not None, found.refusal
    return found.statement


def file(path: str) -> Statement:
    return read(sample(path).read_bytes(), path.rpartition("/")[2])


def moves(statement: Statement) -> list[tuple[str, str, str, str, str | None]]:
    """Kind, direction, amount with its currency, account and counter of every line."""
    return [
        (
            line.kind.value,
            line.direction.value,
            f"{line.amount.plain()} {line.amount.currency}",
            line.account.label,
            line.counter.label if line.counter else None,
        )
        for line in statement.lines
    ]


def reached(statement: Statement) -> dict[tuple[str, str], int]:
    """What the lines did to every account, in minor units by label and currency."""
    found: Counter[tuple[str, str]] = Counter()
    for line in statement.lines:
        own = line.amount.minor if line.direction is Direction.IN else -line.amount.minor
        found[line.account.label, line.amount.currency] += own
        if line.counter:
            found[line.counter.label, line.amount.currency] -= own
    return {account: minor for account, minor in found.items() if minor}


def rows_kept(statement: Statement) -> set[int]:
    return {row.line for rows in (statement.lines, statement.skipped, statement.problems) for row in rows}


def sums(statement: Statement, direction: Direction) -> tuple[int, Decimal]:
    amounts = [line.amount.decimal() for line in statement.lines if line.direction is direction]
    return len(amounts), sum(amounts, Decimal(0))


# ezBookkeeping's own test files of three formats, and what its tests expect -------------------------------------------

CASES = [path for group in ("firefly", "feidee_app") for path in peer_cases(group)] or [""]

# The peer refuses the file or the row; we keep what can be read exactly.
KEPT = {
    "firefly/MissingRequiredColumn__03": "a missing category loses a name, not the money: it is optional",
    "firefly/ParseInvalidTime__01": "a time without its zone is a local time",
    "firefly/ParseInvalidTime__02": "a blank between date and time is as clear as a T",
    "firefly/ParseInvalidAccountCurrency__01": "an account that is used in two currencies has two balances",
    "feidee_app/InvalidRelatedId__01": "half a transfer without its id is still money that left the account",
    "feidee_app/InvalidRelatedId__02": "half a transfer without its id is still money that reached the account",
    "feidee_app/InvalidRelatedId__03": "two halves of two transfers are two moves",
    "feidee_app/MissingFileHeader__01": "the columns say what the title would",
    "feidee_app/MissingRequiredColumn__03": "a missing 子类别 loses a name, not the money",
    "feidee_app/MissingRequiredColumn__06": "without 关联Id transfers cannot be joined, but nothing is lost",
    "feidee_app/ParseInvalidTime__01": "a T between date and time is as clear as a blank",
}
# The peer refuses the whole file for one cell; we report that row and go on with the others.
IN_TRAY = {
    "errs.ErrAmountInvalid": "amount_unreadable",
    "errs.ErrTransactionTypeInvalid": "status_unknown",
    "errs.ErrAccountCurrencyInvalid": "currency_unknown",
}
KINDS = {
    "EXPENSE": {Kind.EXPENSE, Kind.REFUND},
    "INCOME": {Kind.INCOME},
    "TRANSFER_OUT": {Kind.TRANSFER},
    "MODIFY_BALANCE": {Kind.ADJUSTMENT},
}


def _name(path: str) -> str:
    return path.removeprefix("ezbookkeeping_cases/").removesuffix(".csv")


@pytest.mark.parametrize("path", CASES)
def test_the_peers_case_gives_the_peers_rows_or_our_stated_difference(path: str) -> None:
    require_samples()
    expectation, found = peer_expectation(path), parsed(sample(path).read_bytes())
    error = expectation.get("error")
    if _name(path) in KEPT:
        assert found.statement is not None
        assert found.statement.problems == ()
        assert found.statement.lines
    elif error in IN_TRAY:
        assert found.statement is not None
        assert [problem.reason for problem in found.statement.problems] == [IN_TRAY[error]]
    elif error:
        assert error == "errs.ErrMissingRequiredFieldInHeaderRow"
        assert found.refusal is not None
        assert (found.refusal.reason, found.refusal.line > 0) == ("missing_column", True)
    else:
        assert found.statement is not None
        _as_expected(found.statement, expectation)


def _as_expected(statement: Statement, expectation: dict[str, Any]) -> None:
    assert statement.problems == ()
    firsts = [line for line in statement.lines if line.part == 0]
    assert len(firsts) == expectation["count_allNewTransactions"]
    for row in expectation.get("transactions", []):
        line = firsts[row["index"]]
        _same_row(line, row)
        if "RelatedAccountAmount" in row:
            arrived = next((one for one in statement.lines if (one.line, one.part) == (line.line, 1)), line)
            assert arrived.amount.minor == row["RelatedAccountAmount"]


def _same_row(line: Line, row: dict[str, Any]) -> None:
    if "Type" in row:
        # That program has no opening balances of files: it books them as income and spending.
        assert line.kind in {*KINDS[row["Type"]], Kind.ADJUSTMENT}
        assert (line.direction is Direction.IN) == (row["Type"] in {"INCOME", "MODIFY_BALANCE"})
    if "Amount" in row:
        assert line.amount.minor == row["Amount"]
    if "Comment" in row:
        assert row["Comment"] in {line.description, line.payee, line.note, line.cells.get("description")}
    if "OriginalCategoryName" in row:
        assert line.source_category == row["OriginalCategoryName"]
    if "OriginalSourceAccountName" in row:
        assert line.account.label == row["OriginalSourceAccountName"]
    if row.get("OriginalDestinationAccountName") and line.counter:
        assert line.counter.label == row["OriginalDestinationAccountName"]
    if "TransactionTime" in row:
        assert f"{line.occurred_at:%Y-%m-%d %H:%M:%S}" == row["TransactionTime"]
    if "OriginalSourceAccountCurrency" in row:
        assert line.amount.currency == row["OriginalSourceAccountCurrency"]


def test_every_stated_difference_names_a_case_that_exists() -> None:
    require_samples()
    assert KEPT.keys() <= {_name(path) for path in CASES}


def test_ezbookkeepings_export_keeps_both_sides_of_a_transfer_between_currencies() -> None:
    path = "ezbookkeeping_cases/custom_dsv/WithAllSupportedColumns__01.csv"
    found = file(path)

    assert found.format == "ezbookkeeping"
    assert moves(found) == [
        ("adjustment", "in", "123.45 CNY", "Test Account", None),
        ("income", "in", "0.12 CNY", "Test Account", None),
        ("expense", "out", "1.00 CNY", "Test Account", None),
        ("transfer", "out", "0.05 CNY", "Test Account", None),
        ("transfer", "in", "0.35 USD", "Test Account2", None),
    ]
    assert [line.occurred_at.utcoffset() for line in found.lines[1:4]] == [timedelta(hours=h) for h in (8, 0, -5)]
    assert [line.source_category for line in found.lines[1:4]] == [
        "Test Sub Category",
        "Test Sub Category2",
        "Test Sub Category3",
    ]
    assert found.lines[0].account.key == "ezbookkeeping:Test Account"


EZ = (
    "Time,Timezone,Type,Category,Sub Category,Account,Account Currency,Amount,Account2,Account2 Currency,"
    "Account2 Amount,Geographic Location,Tags,Description"
)


@pytest.mark.parametrize("separator", [",", "\t"])
def test_what_an_ezbookkeeping_transfer_cost_is_a_fee_and_a_negative_expense_a_refund(separator: str) -> None:
    rows = [
        EZ,
        "2024-09-01 10:00:00,+08:00,Transfer,,,Bank,CNY,100.00,Wallet,CNY,98.00,,,",
        "2024-09-01 11:00:00,+08:00,Transfer,,,Bank,CNY,100.00,Wallet,CNY,101.00,,,",
        "2024-09-01 12:00:00,+08:00,Expense,Food,,Bank,CNY,-5.00,,,,,,",
        "2024-09-01 13:00:00,+08:00,Balance Modification,,,Visa credit card,CNY,-20.00,,,,,,",
    ]
    found = read("\n".join(row.replace(",", separator) for row in rows))

    assert moves(found) == [
        ("transfer", "out", "98.00 CNY", "Bank", "Wallet"),
        ("fee", "out", "2.00 CNY", "Bank", None),
        ("transfer", "out", "100.00 CNY", "Bank", "Wallet"),
        ("income", "in", "1.00 CNY", "Wallet", None),
        ("refund", "in", "5.00 CNY", "Bank", None),
        ("adjustment", "out", "20.00 CNY", "Visa credit card", None),
    ]
    assert found.lines[-1].account.kind is AccountKind.LIABILITY
    assert reached(found)["Bank", "CNY"] == -100_00 - 100_00 + 5_00


# Firefly III ----------------------------------------------------------------------------------------------------------

FIREFLY = (
    "user_id,group_id,journal_id,created_at,updated_at,group_title,type,currency_code,amount,foreign_currency_code,"
    "foreign_amount,description,date,source_name,source_iban,source_type,destination_name,destination_iban,"
    "destination_type,reconciled,category,budget,bill,tags,notes"
)


def _firefly(kind: str, amount: str, source: str, target: str, **more: str) -> str:
    cells = dict.fromkeys(FIREFLY.split(","), "") | {
        "journal_id": "7",
        "type": kind,
        "currency_code": "EUR",
        "amount": amount,
        "date": "2024-03-01T00:00:00+01:00",
        "source_name": source,
        "destination_name": target,
        **more,
    }
    return ",".join(cells.values())


def test_fireflys_export_tells_own_accounts_from_the_other_party() -> None:
    rows = [
        FIREFLY,
        _firefly("Opening balance", "100.000000000000", 'Initial balance for "Bank"'.replace('"', ""), "Bank"),
        _firefly("Opening balance", "40.00", "Card", "Initial balance", source_type="Asset account"),
        _firefly("Withdrawal", "-12.340000000000", "Bank", "Shop", category="Food"),
        _firefly("Deposit", "1000", "Employer", "Bank"),
        _firefly("Transfer", "50", "Bank", "Savings"),
        _firefly("Withdrawal", "-200", "Bank", "Mortgage", destination_type="Mortgage"),
        _firefly("Reconciliation", "3", "Reconciliation account", "Bank"),
        _firefly("Withdrawal", "-1", "Bank", "Café", foreign_currency_code="USD", foreign_amount="-1.10"),
    ]
    found = read("\n".join(rows))

    assert moves(found) == [
        ("adjustment", "in", "100.00 EUR", "Bank", None),
        ("adjustment", "out", "40.00 EUR", "Card", None),
        ("expense", "out", "12.34 EUR", "Bank", None),
        ("income", "in", "1000.00 EUR", "Bank", None),
        ("transfer", "out", "50.00 EUR", "Bank", "Savings"),
        ("transfer", "out", "200.00 EUR", "Bank", "Mortgage"),
        ("adjustment", "in", "3.00 EUR", "Bank", None),
        ("expense", "out", "1.00 EUR", "Bank", None),
    ]
    assert (found.lines[2].payee, found.lines[2].source_category) == ("Shop", "Food")
    mortgage = found.lines[5].counter
    assert mortgage is not None
    assert (mortgage.key, mortgage.kind) == ("firefly:Mortgage", AccountKind.LIABILITY)
    assert found.lines[0].booked_on == date(2024, 3, 1)


# Actual Budget --------------------------------------------------------------------------------------------------------

ACTUAL = """Account,Date,Payee,Notes,Category,Amount,Split_Amount,Cleared
Checking,2024-01-01,Starting Balance,,Starting Balances,1000.00,0,Reconciled
Checking,2024-01-02,Savings,,,-100,0,Cleared
Savings,2024-01-02,Checking,,,100,0,Not cleared
Checking,2024-01-02,Savings,,,-100,0,Cleared
Savings,2024-01-02,Checking,,,100,0,Not cleared
Checking,2024-01-03,Shop,(SPLIT INTO 2) week,,0,-30.5,Cleared
Checking,2024-01-03,Shop,(SPLIT 1 OF 2) food,Groceries,-20.5,0,Cleared
Checking,2024-01-03,Shop,(SPLIT 2 OF 2) ,Home,-10,0,Cleared
Checking,2024-01-05,Shop,sent back,Groceries,5,0,Cleared
Checking,2024-01-31,Employer,pay,Income,2000,0,Cleared
"""


def test_actuals_whole_budget_gives_transfers_once_and_splits_by_their_parts() -> None:
    found = read(ACTUAL)

    assert moves(found) == [
        ("adjustment", "in", "1000.00 CNY", "Checking", None),
        ("transfer", "out", "100.00 CNY", "Checking", "Savings"),
        ("transfer", "out", "100.00 CNY", "Checking", "Savings"),
        ("expense", "out", "20.50 CNY", "Checking", None),
        ("expense", "out", "10.00 CNY", "Checking", None),
        ("refund", "in", "5.00 CNY", "Checking", None),
        ("income", "in", "2000.00 CNY", "Checking", None),
    ]
    assert [(row.line, row.reason) for row in found.skipped] == [(4, "other_side"), (6, "other_side"), (7, "in_parts")]
    assert rows_kept(found) == set(range(2, 12))
    assert (found.lines[3].payee, found.lines[3].note, found.lines[3].source_category) == ("Shop", "food", "Groceries")
    assert reached(found) == {("Checking", "CNY"): 2774_50, ("Savings", "CNY"): 200_00}


def test_actuals_export_of_one_account_is_in_the_persons_own_currency() -> None:
    text = (
        "Account,Date,Payee,Notes,Category,Amount,Cleared,Reconciled\n"
        "Checking,2024-01-03,Shop,,Usual Expenses: Food,-20.5,true,false\n"
    )
    (found,) = recognise(text.encode(), "checking.csv", currency="USD")

    assert found.statement is not None
    assert [(line.amount, line.source_category) for line in found.statement.lines] == [
        (Money(2050, "USD"), "Usual Expenses: Food")
    ]


# BeeCount, Maybe, Sure, Feidee ----------------------------------------------------------------------------------------


def test_ten_thousand_rows_of_beecount_give_their_sums() -> None:
    path = "beecount/demo_ledger_zh.csv"
    found, figures = file(path), expected()[path]

    assert found.format == "beecount"
    assert len(found.lines) == figures["rows"]
    assert sums(found, Direction.OUT) == (
        figures["by_type"]["支出"]["n"],
        Decimal(str(figures["by_type"]["支出"]["sum"])),
    )
    assert sums(found, Direction.IN) == (
        figures["by_type"]["收入"]["n"],
        Decimal(str(figures["by_type"]["收入"]["sum"])),
    )
    assert len({line.source_category for line in found.lines}) == figures["categories"]
    instants = [f"{line.occurred_at:%Y-%m-%d %H:%M:%S}" for line in found.lines]
    assert (min(instants), max(instants)) == (figures["first"], figures["last"])


BEECOUNT = {
    "zh": "类型,分类,二级分类,金额,账户,转出账户,转入账户,备注,时间,标签,附件\n"
    "支出,餐饮,晚餐,15.00,支付宝,,,和朋友,  2026-08-04 18:28:52  ,,\n"
    "转账,,,100.00,,银行卡,支付宝,,  2026-08-04 18:30:52  ,,\n"
    "收入,工资,,9000.00,银行卡,,,,  2026-08-05 09:00:00  ,,\n",
    "currency": "类型,分类,二级分类,金额,币种,账户,转出账户,转入账户,备注,时间,标签,附件\n"
    "支出,餐饮,晚餐,15.00,CNY,支付宝,,,和朋友,2026-08-04 18:28:52,,\n"
    "转账,,,100.00,CNY,,银行卡,支付宝,,2026-08-04 18:30:52,,\n"
    "收入,工资,,9000.00,CNY,银行卡,,,,2026-08-05 09:00:00,,\n",
    "en": "Type,Category,Subcategory,Amount,Account,From Account,To Account,Note,Time,Tags,Attachments\n"
    "Expense,餐饮,晚餐,15.00,支付宝,,,和朋友,2026-08-04 18:28:52,,\n"
    "Transfer,,,100.00,,银行卡,支付宝,,2026-08-04 18:30:52,,\n"
    "Income,工资,,9000.00,银行卡,,,,2026-08-05 09:00:00,,\n",
}


@pytest.mark.parametrize("language", BEECOUNT)
def test_beecounts_export_with_accounts_in_both_languages(language: str) -> None:
    found = read(BEECOUNT[language].encode("utf-8-sig"))

    assert found.format == "beecount"
    assert moves(found) == [
        ("expense", "out", "15.00 CNY", "支付宝", None),
        ("transfer", "out", "100.00 CNY", "银行卡", "支付宝"),
        ("income", "in", "9000.00 CNY", "银行卡", None),
    ]
    assert (found.lines[0].source_category, found.lines[0].note) == ("晚餐", "和朋友")


def test_maybes_import_table_is_read_by_a_shipped_mapping() -> None:
    path = "maybe/transactions.csv"
    found, figures = file(path), expected()[path]

    assert sums(found, Direction.OUT) == (figures["rows"], -Decimal(str(figures["neg"])))
    assert {line.account.key for line in found.lines} == {
        "maybe:Checking Account",
        "maybe:Credit Card",
        "maybe:Debit Card",
    }
    assert {line.account.kind for line in found.lines if line.account.label == "Credit Card"} == {AccountKind.LIABILITY}


def test_opening_balances_without_their_day_wait_for_the_person() -> None:
    found = file("maybe/accounts.csv")

    assert [(problem.line, problem.cell, problem.reason) for problem in found.problems] == [
        (line, "date", "missing") for line in range(2, 6)
    ]
    assert found.problems[2].cells["amount"] == "1500.00"


def test_sures_export_has_money_out_as_positive_and_both_rows_of_transfers() -> None:
    found = read(
        "date,account_name,amount,name,category,tags,notes,currency\n"
        "2024-01-01,Checking,12.5,Cafe,Food,,with A,USD\n"
        "2024-01-01,Checking,-1000,Salary,Income,,,USD\n"
        "2024-01-02,Savings,-100,Transfer from Checking,,,,USD\n"
        "2024-01-02,Checking,100,Transfer to Savings,,,,USD\n"
        "2024-01-03,Checking,-2.5,Cafe refund,Food,,,USD\n"
    )

    assert moves(found) == [
        ("expense", "out", "12.50 USD", "Checking", None),
        ("income", "in", "1000.00 USD", "Checking", None),
        ("transfer", "out", "100.00 USD", "Checking", "Savings"),
        ("refund", "in", "2.50 USD", "Checking", None),
    ]
    assert [(row.line, row.reason) for row in found.skipped] == [(4, "other_side")]


def test_sures_trades_are_investments() -> None:
    found = read("date,account_name,ticker,quantity,price,amount,currency\n2024-01-01,Broker,VT,2,100,200,USD\n")

    assert (found.format, found.lines, [row.reason for row in found.skipped]) == ("sure", (), ["investment"])


def test_feidees_two_rows_of_a_transfer_are_one_whichever_comes_first() -> None:
    found = file("ezbookkeeping_cases/feidee_app/MinimumValidData__01.csv")

    assert moves(found)[-2:] == [
        ("transfer", "out", "0.05 CNY", "Test Account", "Test Account2"),
        ("transfer", "out", "0.50 CNY", "Test Account2", "Test Account"),
    ]
    assert [(row.line, row.reason) for row in found.skipped] == [(8, "other_side"), (9, "other_side")]


def test_feidees_web_sheet_has_both_accounts_in_one_row() -> None:
    found = read(
        "交易类型,日期,类别,子类别,账户1,账户2,金额,成员,商家,项目,备注\n"
        "支出,2024-09-01 08:00:00,食品,早餐,现金,,8.00,本人,包子铺,,\n"
        "转账,2024-09-01 09:00:00,,,银行卡,现金,200.00,,,,取钱\n"
        "负债变更,2024-09-01 10:00:00,,,信用卡,,500.00,,,,\n"
    )

    assert moves(found) == [
        ("expense", "out", "8.00 CNY", "现金", None),
        ("transfer", "out", "200.00 CNY", "银行卡", "现金"),
        ("adjustment", "out", "500.00 CNY", "信用卡", None),
    ]
    assert found.lines[0].payee == "包子铺"


# hledger's table: the ledger's own balances are the judge -------------------------------------------------------------

HLEDGER = [
    "hledger/sample.journal.csv",
    *(
        f"hledger/expected/{name}.print.csv"
        for name in ("csv_apps_monefy.csv", "csv_banking_csb43.csv", "csv_sample.csv", "csv_sample.ssv", "sample.csv")
    ),
]


@pytest.mark.parametrize("path", HLEDGER)
def test_hledgers_postings_leave_every_own_account_where_hledger_leaves_it(path: str) -> None:
    require_samples()
    found = file(path)
    wanted: Counter[str] = Counter()
    with sample(path).open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    for row in rows:
        if row["account"].casefold().startswith(("assets", "liabilities")):
            wanted[row["account"]] += int(Decimal(row["amount"].replace(",", "")) * 100)

    assert found.format == "hledger"
    assert found.problems == ()
    assert {label: minor for (label, _), minor in reached(found).items()} == {k: v for k, v in wanted.items() if v}
    assert len(rows_kept(found)) == len(rows)


def test_a_wage_with_taxes_and_a_bill_on_two_cards_are_kept_whole() -> None:
    found = read(
        "txnidx,date,description,account,amount,commodity\n"
        "1,2024-01-31,Wage,income:salary,-1000,€\n"
        "1,2024-01-31,Wage,expenses:tax,200,€\n"
        "1,2024-01-31,Wage,assets:bank,800,€\n"
        "2,2024-02-01,Dinner,expenses:food,60,€\n"
        "2,2024-02-01,Dinner,assets:bank,-40,€\n"
        "2,2024-02-01,Dinner,liabilities:card,-20,€\n"
        "3,2024-02-02,Dollars,assets:dollars,11,$\n"
        "3,2024-02-02,Dollars,assets:bank,-10,€\n"
        "4,2024-02-03,Trip,assets:bank,-5,€\n"
        "4,2024-02-03,Trip,expenses:trip,6,$\n"
        "5,2024-02-04,Theirs,expenses:a,5,€\n"
        "5,2024-02-04,Theirs,income:b,-5,€\n"
    )

    assert reached(found) == {
        ("assets:bank", "EUR"): 800_00 - 40_00 - 10_00 - 5_00,
        ("liabilities:card", "EUR"): -20_00,
        ("assets:dollars", "USD"): 11_00,
    }
    assert total(found.lines, Kind.INCOME) == 1000_00
    assert total(found.lines, Kind.EXPENSE) == 200_00 + 60_00 + 6_00
    assert [row.reason for row in found.skipped if row.line >= 12] == ["no_own_account", "no_own_account"]


# PayPal, Wise, Revolut ------------------------------------------------------------------------------------------------

PAYPAL = (
    '"Date","Time","TimeZone","Name","Type","Status","Currency","Gross","Fee","Net","From Email Address",'
    '"To Email Address","Transaction ID","Item Title","Reference Txn ID","Balance","Subject","Balance Impact"\r\n'
)


def _paypal(day: str, kind: str, gross: str, balance: str, **more: str) -> str:
    given = {"zone": "PST", "status": "Completed", "currency": "USD", "fee": "0.00", "impact": "Debit"} | more
    net = given.get("net") or str(Decimal(gross.replace(",", "")) + Decimal(given["fee"]))
    cells = [day, "10:00:00", given["zone"], given.get("name", ""), kind, given["status"], given["currency"], gross]
    cells += [
        given["fee"],
        net,
        "",
        "",
        given.get("id", ""),
        "",
        given.get("related", ""),
        balance,
        "",
        given["impact"],
    ]
    return ",".join(f'"{cell}"' for cell in cells) + "\r\n"


def test_paypals_fees_refunds_conversions_and_holds() -> None:
    found = read(
        PAYPAL
        + _paypal("01/05/2024", "Bank Deposit to PP Account", "1,050.00", "1,050.00")
        + _paypal("01/06/2024", "Express Checkout Payment", "-20.00", "1,030.00", name="Shop", id="T2")
        + _paypal("01/07/2024", "General Payment", "10.00", "1,039.41", name="Buyer", fee="-0.59")
        + _paypal("01/08/2024", "General Currency Conversion", "-11.00", "1,028.41", related="T6")
        + _paypal("01/08/2024", "General Currency Conversion", "10.00", "10.00", related="T6", currency="EUR")
        + _paypal("01/08/2024", "Express Checkout Payment", "-10.00", "0.00", name="Laden", id="T6", currency="EUR")
        + _paypal("01/09/2024", "Payment Refund", "5.00", "1,033.41", name="Shop", related="T2")
        + _paypal("01/10/2024", "Express Checkout Payment", "-7.00", "", name="Shop", status="Pending")
        + _paypal("01/10/2024", "Express Checkout Payment", "-7.00", "", name="Shop", status="Denied")
        + _paypal("01/10/2024", "Express Checkout Payment", "-7.00", "", name="Shop", status="Canceled")
        + _paypal("01/10/2024", "General Authorization", "-7.00", "", impact="Memo")
        + _paypal("01/10/2024", "Reversal of General Account Hold", "7.00", "", impact="Credit")
        + _paypal("01/11/2024", "User Initiated Withdrawal", "-1,000.00", "33.41")
    )

    assert moves(found) == [
        ("transfer", "in", "1050.00 USD", "USD", None),
        ("expense", "out", "20.00 USD", "USD", None),
        ("income", "in", "10.00 USD", "USD", None),
        ("fee", "out", "0.59 USD", "USD", None),
        ("transfer", "out", "11.00 USD", "USD", None),
        ("transfer", "in", "10.00 EUR", "EUR", None),
        ("expense", "out", "10.00 EUR", "EUR", None),
        ("refund", "in", "5.00 USD", "USD", None),
        ("transfer", "out", "1000.00 USD", "USD", None),
    ]
    assert [row.reason for row in found.skipped] == ["pending", "failed", "cancelled", "hold", "hold_released"]
    assert found.lines[7].refund_keys == ("T2",)
    assert found.lines[1].booked_on == date(2024, 1, 6)  # an American clock: the month comes first
    assert found.lines[1].occurred_at.utcoffset() == timedelta(hours=-8)
    assert {(one.account.key, one.balance) for one in found.closings} == {
        ("paypal:USD", Money(3341, "USD")),
        ("paypal:EUR", Money(0, "EUR")),
    }
    assert reached(found) == {("USD", "USD"): 3341}


def test_paypal_in_german_with_decimal_commas() -> None:
    found = read(
        '"Datum","Uhrzeit","Zeitzone","Name","Typ","Status","Währung","Brutto","Entgelt","Netto",'
        '"Transaktionscode","Guthaben"\n'
        '"03.04.2024","12:00:00","CEST","Laden","Zahlung","Abgeschlossen","EUR","-1.234,50","0,00","-1.234,50","A","0,00"\n'
        '"05.04.2024","12:00:00","CEST","Käufer","Zahlung","Abgeschlossen","EUR","20,00","-0,85","19,15","B","19,15"\n'
        '"05.04.2024","13:00:00","CEST","Käufer","Zahlung","Ausstehend","EUR","20,00","0,00","20,00","C","19,15"\n'
    )

    assert moves(found) == [
        ("expense", "out", "1234.50 EUR", "EUR", None),
        ("income", "in", "20.00 EUR", "EUR", None),
        ("fee", "out", "0.85 EUR", "EUR", None),
    ]
    assert found.lines[0].booked_on == date(2024, 4, 3)
    assert [row.reason for row in found.skipped] == ["pending"]


def test_paypals_figures_must_agree_and_an_unknown_status_is_shown() -> None:
    found = read(
        PAYPAL
        + _paypal("13/01/2024", "General Payment", "10.00", "", fee="-0.59", net="10.00", zone="GMT")
        + _paypal("14/01/2024", "General Payment", "10.00", "", status="Sonstiges", zone="GMT")
    )

    assert [(problem.line, problem.cell, problem.reason) for problem in found.problems] == [
        (2, "Net", "amounts_disagree"),
        (3, "Status", "status_unknown"),
    ]


def test_a_date_that_could_be_two_is_doubted_where_no_clock_tells() -> None:
    found = read(PAYPAL + _paypal("02/01/2024", "General Payment", "10.00", "", zone="Asia/Somewhere"))

    assert [(problem.cell, problem.reason) for problem in found.problems] == [("Date", "date_order_ambiguous")]


REVOLUT = "Type,Product,Started Date,Completed Date,Description,Amount,Fee,Currency,State,Balance\n"
REVOLUT_ROWS = (
    "TOPUP,Current,2024-02-04 17:59:03,2024-02-04 17:59:03,Payment from EMPLOYER,200.00,0.00,GBP,COMPLETED,200.00\n"
    "CARD_PAYMENT,Current,2024-02-05 23:48:40,2024-02-06 07:30:04,Grocer,-39.90,0.00,GBP,COMPLETED,160.10\n"
    "CARD_PAYMENT,Current,2024-02-07 16:51:50,,Taxi,-2.18,0.00,GBP,REVERTED,\n"
    "CARD_PAYMENT,Current,2024-02-07 16:52:50,,Taxi,-2.18,0.00,GBP,PENDING,\n"
    "CARD_PAYMENT,Current,2024-02-07 16:53:50,,Taxi,-2.18,0.00,GBP,DECLINED,\n"
    "EXCHANGE,Current,2024-02-08 10:00:00,2024-02-08 10:00:00,Exchanged to EUR,-50.00,0.50,GBP,COMPLETED,109.60\n"
    "EXCHANGE,Current,2024-02-08 10:00:00,2024-02-08 10:00:00,Exchanged to EUR,58.00,0.00,EUR,COMPLETED,58.00\n"
    "FEE,Current,2024-02-09 10:00:00,2024-02-09 10:00:00,Premium plan fee,0.00,7.99,GBP,COMPLETED,101.61\n"
    "CARD_REFUND,Current,2024-02-09 10:00:00,2024-02-10 10:00:00,Grocer,4.00,0.00,GBP,COMPLETED,105.61\n"
    "TRANSFER,Current,2024-02-11 10:00:00,2024-02-11 10:00:00,To pocket GBP Trip,-5.61,0.00,GBP,COMPLETED,100.00\n"
    "TRANSFER,Current,2024-02-11 11:00:00,2024-02-11 11:00:00,To A Friend,-10.00,0.00,GBP,COMPLETED,90.00\n"
    "ATM,Current,2024-02-12 11:00:00,2024-02-12 11:00:00,Cash at Bank,-20.00,1.00,GBP,COMPLETED,69.00\n"
    "INTEREST,Savings,2024-02-12 11:00:00,2024-02-12 11:00:00,Interest,0.10,0.00,GBP,COMPLETED,0.10\n"
)


@pytest.mark.parametrize("spelling", ["as it is", "words"])
def test_revoluts_states_fees_and_exchanges(spelling: str) -> None:
    rows = REVOLUT_ROWS if spelling == "as it is" else REVOLUT_ROWS.replace("CARD_PAYMENT", "Card Payment")
    found = read(REVOLUT + rows)

    assert moves(found) == [
        ("income", "in", "200.00 GBP", "GBP", None),
        ("expense", "out", "39.90 GBP", "GBP", None),
        ("transfer", "out", "50.00 GBP", "GBP", None),
        ("fee", "out", "0.50 GBP", "GBP", None),
        ("transfer", "in", "58.00 EUR", "EUR", None),
        ("fee", "out", "7.99 GBP", "GBP", None),
        ("refund", "in", "4.00 GBP", "GBP", None),
        ("transfer", "out", "5.61 GBP", "GBP", None),
        ("expense", "out", "10.00 GBP", "GBP", None),
        ("transfer", "out", "20.00 GBP", "GBP", None),
        ("fee", "out", "1.00 GBP", "GBP", None),
        ("income", "in", "0.10 GBP", "GBP Savings", None),
    ]
    assert [(row.line, row.reason) for row in found.skipped] == [(4, "cancelled"), (5, "pending"), (6, "failed")]
    assert found.lines[1].occurred_at == datetime(2024, 2, 5, 23, 48, 40, tzinfo=UTC)
    assert found.lines[1].booked_on == date(2024, 2, 6)
    assert [(one.account.key, one.balance) for one in found.closings] == [("revolut:GBP", Money(6900, "GBP"))]
    assert reached(found)["GBP", "GBP"] == 6900


def test_a_row_that_was_pending_is_a_new_row_once_it_is_completed() -> None:
    pending = "CARD_PAYMENT,Current,2024-02-07 16:52:50,,Taxi,-2.18,0.00,GBP,{},{}\n"
    settled = pending.replace("50,,", "50,2024-02-08 01:02:03,").format("COMPLETED", "5.00")

    assert read(REVOLUT + pending.format("PENDING", "")).lines == ()
    (line,) = read(REVOLUT + settled).lines
    assert (line.booked_on, line.occurred_at.day) == (date(2024, 2, 8), 7)


WISE = (
    '"TransferWise ID",Date,Amount,Currency,Description,"Payment Reference","Running Balance","Exchange From",'
    '"Exchange To","Exchange Rate","Payer Name","Payee Name","Payee Account Number",Merchant,"Card Last Four Digits",'
    '"Card Holder Full Name",Attachment,Note,"Total fees","Transaction Details Type"\n'
)


def test_wises_statement_has_its_fees_within_the_amount() -> None:
    found = read(
        WISE
        + "BALANCE-4,05-02-2024,-40.00,EUR,Converted 40 EUR to 43 USD,,49.50,EUR,USD,1.08,,,,,,,,,0.20,CONVERSION\n"
        "CARD-2,03-02-2024,-10.50,EUR,Card transaction of 11 USD,,89.50,USD,EUR,0.9,,,,Cafe,1,J,,,0.50,CARD\n"
        "TRANSFER-1,01-02-2024,100.00,EUR,Received money from Employer,pay,100.00,,,,Employer,,,,,,,,0.00,DEPOSIT\n"
    )

    assert moves(found) == [
        ("transfer", "out", "39.80 EUR", "EUR", None),
        ("fee", "out", "0.20 EUR", "EUR", None),
        ("expense", "out", "10.00 EUR", "EUR", None),
        ("fee", "out", "0.50 EUR", "EUR", None),
        ("income", "in", "100.00 EUR", "EUR", None),
    ]
    assert [(one.on, one.balance) for one in found.closings] == [(date(2024, 2, 5), Money(4950, "EUR"))]
    assert (found.lines[2].payee, found.lines[2].booked_on) == ("Cafe", date(2024, 2, 3))


def test_wises_history_moves_between_own_balances_and_counts_only_what_is_completed() -> None:
    found = read(
        'ID,Status,Direction,"Created on","Finished on","Source fee amount","Source fee currency","Target fee amount",'
        '"Target fee currency","Source name","Source amount (after fees)","Source currency","Target name",'
        '"Target amount (after fees)","Target currency","Exchange rate",Reference,Batch,"Created by",Category,Note\n'
        "TRANSFER-1,COMPLETED,OUT,2024-01-10 10:00:00,2024-01-11 10:00:00,0.50,EUR,,,Me,99.50,EUR,Landlord,99.50,EUR,1,"
        "rent,,Me,Housing,\n"
        "BALANCE-1,COMPLETED,NEUTRAL,2024-01-12 10:00:00,2024-01-12 10:00:00,0.40,EUR,,,Me,99.60,EUR,Me,108.00,USD,"
        "1.08,,,Me,,\n"
        "CARD-9,CANCELLED,OUT,2024-01-12 10:00:00,,0,EUR,,,Me,5,EUR,Shop,5,EUR,1,,,Me,,\n"
        "TRANSFER-8,REFUNDED,OUT,2024-01-12 10:00:00,,0,EUR,,,Me,5,EUR,Shop,5,EUR,1,,,Me,,\n"
        "TRANSFER-7,PROCESSING,OUT,2024-01-12 10:00:00,,0,EUR,,,Me,5,EUR,Shop,5,EUR,1,,,Me,,\n"
        "TRANSFER-2,COMPLETED,IN,2024-01-13 10:00:00,2024-01-13 10:00:00,0,EUR,,,Employer,2000,EUR,Me,2000,EUR,1,,,,,\n"
    )

    assert moves(found) == [
        ("expense", "out", "99.50 EUR", "EUR", None),
        ("fee", "out", "0.50 EUR", "EUR", None),
        ("transfer", "out", "99.60 EUR", "EUR", None),
        ("fee", "out", "0.40 EUR", "EUR", None),
        ("transfer", "in", "108.00 USD", "USD", None),
        ("income", "in", "2000.00 EUR", "EUR", None),
    ]
    assert [row.reason for row in found.skipped] == ["cancelled", "cancelled", "pending"]
    assert (found.lines[0].payee, found.lines[0].source_category) == ("Landlord", "Housing")
    assert (found.lines[-1].payee, found.lines[0].booked_on) == ("Employer", date(2024, 1, 11))


# Banks and lists ------------------------------------------------------------------------------------------------------


def test_swedbanks_codes_tell_transactions_from_balances() -> None:
    path = "ofxstatement-lithuanian/swedbank.csv"
    found, figures = file(path), expected()[path]

    assert sums(found, Direction.IN) == (figures["inflow_n"], Decimal(figures["inflow"]))
    assert sums(found, Direction.OUT) == (figures["outflow_n"], Decimal(figures["outflow"]))
    assert {(line.booked_on.isoformat(), line.amount.currency) for line in found.lines} >= {
        (figures["first"], "LTL"),
        (figures["last"], "LTL"),
    }
    # What the peer's own test states: the account with its currency, the closing balance, the payee's awkward quotes.
    assert {line.account.label for line in found.lines} == {"LT797300010XXXXXXXXX-LTL"}
    assert [(one.on, one.balance) for one in found.closings] == [
        (date(2012, 1, 31), Money(391730, "LTL")),
        (date(2012, 1, 31), Money(12000, "EUR")),
    ]
    assert (found.lines[2].payee, found.lines[2].order_id) == ('UAB "Naktida"', "2012012600096815")
    assert 'UAB "Naktida"  ' in found.lines[2].description
    assert rows_kept(found) == set(range(2, 13))


def test_chases_rows_and_balance_are_those_of_the_peers_journal() -> None:
    # The peer asserts the balance on the morning of the next day; we at the end of the last one.
    found = file("beangulp/csvbank/statement.csv")

    assert [(line.booked_on.isoformat(), line.amount.plain(), line.direction.value) for line in found.lines[::-1]] == [
        ("2016-03-04", "1300.00", "out"),
        ("2016-03-05", "110.00", "in"),
        ("2016-03-06", "60.00", "out"),
        ("2016-03-14", "150.00", "out"),
        ("2016-03-15", "2590.73", "in"),
        ("2016-03-18", "2680.89", "out"),
    ]
    assert len(found.lines) == expected()["beangulp/csvbank/statement.csv"]["peer_transactions"]
    assert {line.amount.currency for line in found.lines} == {"USD"}
    assert [(one.on, one.balance) for one in found.closings] == [(date(2016, 3, 18), Money(340986, "USD"))]
    # A payment of the person's own card and cash from a machine are no spending.
    assert [line.kind for line in found.lines if line.amount.minor in {6000, 268089}] == [Kind.TRANSFER, Kind.TRANSFER]


UTRADE = sorted((FOLDER / "beangulp" / "more").glob("*.csv")) if FOLDER.is_dir() else []


@pytest.mark.parametrize("path", [f"beangulp/more/{one.name}" for one in UTRADE] or [""])
def test_a_brokers_cash_is_explained_by_its_rows_with_fees_apart(path: str) -> None:
    require_samples()
    found = file(path)

    assert (found.format, found.problems) == ("utrade", ())
    assert len({line.line for line in found.lines}) == expected()[path]["csv_lines"] - 1
    assert {line.kind for line in found.lines} <= {Kind.INCOME, Kind.TRANSFER, Kind.FEE}
    assert [one.balance.plain() for one in found.closings] == [found.lines[-1].cells["BALANCE"]]


def test_a_year_of_mint_is_in_dollars_with_accounts_of_its_own() -> None:
    path = "kaggle-personal-transactions/personal_transactions.csv"
    found, figures = file(path), expected()[path]

    assert sums(found, Direction.OUT) == (figures["debit_n"], Decimal(str(figures["debit"])))
    assert sums(found, Direction.IN) == (figures["credit_n"], Decimal(str(figures["credit"])))
    assert Counter(line.account.key for line in found.lines) == {
        f"mint:{name}": count for name, count in figures["accounts"].items()
    }
    assert {line.amount.currency for line in found.lines} == {"USD"}
    spent = sum(line.amount.minor for line in found.lines if line.kind is Kind.EXPENSE)
    assert Decimal(spent).scaleb(-2) == Decimal(str(figures["spend_excl_card_payment"]))


def test_monefys_days_come_first_and_its_transfers_are_told_once() -> None:
    path = "hledger/csv/apps/monefy.csv"
    found, figures = file(path), expected()[path]

    # The figures count rows: a transfer is one in each account, which is one line here.
    assert (found.format, found.problems, [row.reason for row in found.skipped]) == ("monefy", (), ["other_side"])
    assert len(found.lines) + 1 == figures["rows"]
    assert reached(found)["Cash", "USD"] == -55_00 - 25_00 + 1280_80 - 200_00
    assert reached(found)["Payment card", "USD"] == -180_00 + 4884_00 - 12_00 + 200_00
    assert sum(reached(found).values()) == int((Decimal(figures["inflow"]) - Decimal(figures["outflow"])) * 100)
    assert {line.booked_on for line in found.lines} == {date(2021, 12, 6)}
    assert moves(found)[-1] == ("transfer", "out", "200.00 USD", "Cash", "Payment card")


def test_monefys_decimal_commas_and_opening_balances() -> None:
    found = read(
        "date;account;category;amount;currency;converted amount;currency;description\n"
        "01/02/2024;Cash;Initial balance 'Cash';1.000,50;EUR;1.000,50;EUR;\n"
        "02/02/2024;Cash;Food;-12,30;EUR;-12,30;EUR;bread\n"
    )

    assert moves(found) == [
        ("adjustment", "in", "1000.50 EUR", "Cash", None),
        ("expense", "out", "12.30 EUR", "Cash", None),
    ]
    assert [line.booked_on.month for line in found.lines] == [2, 2]


YNAB = "Account,Flag,Date,Payee,Category Group/Category,Category Group,Category,Memo,Outflow,Inflow,Cleared\n"


def test_ynabs_register_has_both_rows_of_transfers_and_two_columns_of_amounts() -> None:
    found = read(
        YNAB
        + "Bank,,12/31/2023,Starting Balance,Inflow: Ready to Assign,Inflow,Ready to Assign,,$0.00,$500.00,Cleared\n"
        "Bank,,01/05/2024,Grocer,Food: Groceries,Food,Groceries,weekly,$45.00,$0.00,Cleared\n"
        "Bank,,01/06/2024,Grocer,Food: Groceries,Food,Groceries,bottles,$0.00,$2.50,Cleared\n"
        "Savings,,01/07/2024,Transfer : Bank,,,,,$0.00,$100.00,Cleared\n"
        "Bank,,01/07/2024,Transfer : Savings,,,,,$100.00,$0.00,Cleared\n"
        'Bank,,01/08/2024,Employer,Inflow: Ready to Assign,Inflow,Ready to Assign,,$0.00,"$2,000.00",Uncleared\n'
        "Bank,,01/09/2024,Transfer : Visa,,,,,$30.00,$0.00,Uncleared\n"
    )

    assert found.format == "ynab"
    assert moves(found) == [
        ("adjustment", "in", "500.00 USD", "Bank", None),
        ("expense", "out", "45.00 USD", "Bank", None),
        ("refund", "in", "2.50 USD", "Bank", None),
        ("transfer", "out", "100.00 USD", "Bank", "Savings"),
        ("income", "in", "2000.00 USD", "Bank", None),
        # The card's own row is not in the file: when it comes, it must not count on top.
        ("transfer", "out", "30.00 USD", "Bank", None),
    ]
    assert (found.lines[1].source_category, found.lines[1].note) == ("Groceries", "weekly")


@pytest.mark.parametrize("name", ["balance.csv", "debit_credit.csv"])
def test_a_table_whose_balance_is_explained_states_a_closing(name: str) -> None:
    found = file(f"oca-bank-statement-import/{name}")

    assert [(one.on, one.balance.plain()) for one in found.closings] == [(date(2018, 12, 15), "1510.00")]


@pytest.mark.parametrize(
    "rows",
    [
        "2025-01-01,A,-5.00,95.00\n",  # one row proves nothing
        "2025-01-01,A,-5.00,95.00\n2025-01-02,B,-7.00,80.00\n",  # a gap
        "2025-01-01,A,-5.00,95.00\n2025-01-02,B,-7.00,x\n2025-01-03,C,-1.00,87.50\n",
    ],
)
def test_balances_that_the_rows_do_not_explain_state_no_closing(rows: str) -> None:
    assert read(f"Date,Payee,Amount,Balance\n{rows}").closings == ()


def test_a_cards_balance_is_what_is_owed() -> None:
    found = read("Credit card 1234\nDate,Payee,Amount,Balance\n2025-01-01,A,5.00,105.00\n2025-01-02,B,7.00,112.00\n")

    assert [one.balance.plain() for one in found.closings] == ["-112.00"]


def test_hledgers_made_up_date_order_is_left_to_the_person() -> None:
    # Day, year, month: no bank writes so, and a guess that accepts it would accept many a wrong date.
    found = parsed(sample("hledger/csv/sample.csv").read_bytes())

    assert found.refusal is not None
    assert found.needs is not None


# Firefly's presets say what the columns of a file mean, by position: our shipped mappings must agree ------------------

HEADERS = {
    "de/n26": "Date,Payee,Account number,Transaction type,Payment reference,Category,Amount (EUR),"
    "Amount (Foreign Currency),Type Foreign Currency,Exchange Rate",
    "de/dkb/csv-giro": "Buchungsdatum;Wertstellung;Status;Zahlungspflichtige*r;Zahlungsempfänger*in;Verwendungszweck;"
    "Umsatztyp;IBAN;Betrag (€);Gläubiger-ID;Mandatsreferenz;Kundenreferenz",
    "de/ing": "Buchung;Wertstellungsdatum;Auftraggeber/Empfänger;Buchungstext;Verwendungszweck;Saldo;Währung;Betrag;"
    "Währung",
    "de/sparkasse/neubrandenburg-demmin/csv-camt": "Auftragskonto;Buchungstag;Valutadatum;Buchungstext;"
    "Verwendungszweck;Glaeubiger ID;Mandatsreferenz;Kundenreferenz (End-to-End);Sammlerreferenz;Lastschrift "
    "Ursprungsbetrag;Auslagenersatz Ruecklastschrift;Beguenstigter/Zahlungspflichtiger;Kontonummer/IBAN;BIC "
    "(SWIFT-Code);Betrag;Waehrung;Info",
    "de/commerzbank/csv-giro": "Buchungstag;Wertstellung;Umsatzart;Buchungstext;Betrag;Währung;Auftraggeberkonto;"
    "Bankleitzahl Auftraggeberkonto;IBAN Auftraggeberkonto;Kategorie",
    "fr/boursorama": "dateOp;dateVal;label;category;categoryParent;supplierFound;amount;accountNum;accountLabel;"
    "accountBalance",
    "ca/tangerine": "Date,Transaction,Name,Memo,Amount",
    "gb/barclays": "Number,Date,Account,Amount,Subcategory,Memo",
    "gb/lloyds": "Transaction Date,Transaction Type,Sort Code,Account Number,Transaction Description,Debit Amount,"
    "Credit Amount,Balance,",
    "gb/monzo": "Transaction ID,Date,Time,Type,Name,Emoji,Category,Amount,Currency,Local amount,Local currency,"
    "Notes and #tags,Address,Receipt,Description,Category split,Money Out,Money In",
    "gb/starling": "Date,Counter Party,Reference,Type,Amount (GBP),Balance (GBP),Spending Category",
    "us/chase": "Details,Posting Date,Description,Amount,Type,Balance,Check or Slip #,",
    "nl/bunq": "Date,Amount,Account,Counterparty,Name,Description",
    "nl/ing/default": "Datum;Naam / Omschrijving;Rekening;Tegenrekening;Code;Af Bij;Bedrag (EUR);MutatieSoort;"
    "Mededelingen;Saldo na mutatie;Tag",
    "nl/rabobank": "IBAN/BBAN,Munt,BIC,Volgnr,Datum,Rentedatum,Bedrag,Saldo na trn,Tegenrekening IBAN/BBAN,"
    "Naam tegenpartij,Naam uiteindelijke partij,Naam initiërende partij,BIC tegenpartij,Code,Batch ID,"
    "Transactiereferentie,Machtigingskenmerk,Incassant ID,Betalingskenmerk,Omschrijving-1,Omschrijving-2,"
    "Omschrijving-3,Reden retour,Oorspr bedrag,Oorspr munt,Koers",
    "other-software/mint": "Date,Description,Original Description,Amount,Transaction Type,Category,Account Name,Labels,"
    "Notes",
}
MEANT = {
    "date_transaction": Role.DATE,
    "amount": Role.AMOUNT,
    "category-name": Role.CATEGORY,
    "account-name": Role.ACCOUNT,
    "account-iban": Role.ACCOUNT,
    "account-number": Role.ACCOUNT,
    "amount_debit": Role.DEBIT,
    "amount_credit": Role.CREDIT,
    "opposing-name": Role.PAYEE,
    "ing-debit-credit": Role.DIRECTION,
    "generic-debit-credit": Role.DIRECTION,
    "currency-code": Role.CURRENCY,
}
# (file, role) → why our column is another one than that project's
OURS = {
    ("de/dkb/csv-giro", Role.DATE): "the day of booking, which the bank's balance follows, before the value date",
    ("de/dkb/csv-giro", Role.ACCOUNT): "Zahlungspflichtige*r is who paid: in a credit that is somebody else",
    ("de/sparkasse/neubrandenburg-demmin/csv-camt", Role.DATE): "the day of booking before the value date",
}


def _roles(path: str) -> tuple[dict[Role, set[int]], str]:
    folder = FOLDER / "firefly-presets"
    files = sorted([*folder.glob(f"{path}.json"), *folder.glob(f"{path}/*.json")])
    preset = json.loads(files[0].read_text(encoding="utf-8"))
    meant: dict[Role, set[int]] = {}
    for at, role in enumerate(preset["roles"]):
        if role in MEANT:
            meant.setdefault(MEANT[role], set()).add(at)
    return meant, preset["date"]


@pytest.mark.parametrize("path", HEADERS)
def test_shipped_mappings_mean_what_fireflys_presets_mean(path: str) -> None:
    require_samples()
    meant, written = _roles(path)
    delimiter = ";" if ";" in HEADERS[path] else ","
    table = csv_table((HEADERS[path] + "\n").encode(), "x.csv", delimiter=delimiter)
    found = next(mapping for one in SHIPPED if (mapping := one.mapping(table, "CNY", delimiter)))

    ours = dict(found.columns)
    assert {role for role in meant if role in ours and ours[role] not in meant[role]} == {
        role for file, role in OURS if file == path and role in ours
    }
    assert Role.DATE in ours
    assert Role.AMOUNT in ours or {Role.DEBIT, Role.CREDIT} <= ours.keys()
    letters = [letter for letter in written.casefold() if letter in "ymd"]
    assert "".join(letters) == found.date_order.value


def test_a_dutch_banks_words_say_the_direction() -> None:
    found = read(
        '"Datum";"Naam / Omschrijving";"Rekening";"Tegenrekening";"Code";"Af Bij";"Bedrag (EUR)";"MutatieSoort";'
        '"Mededelingen"\n'
        '"20240105";"Winkel";"NL01INGB0000000001";"";"BA";"Af";"1.012,50";"Betaalautomaat";"Pas 1"\n'
        '"20240106";"Werkgever";"NL01INGB0000000001";"";"OV";"Bij";"2.000,00";"Overschrijving";""\n'
    )

    assert [(line.kind, line.direction, line.amount) for line in found.lines] == [
        (Kind.EXPENSE, Direction.OUT, Money(101250, "EUR")),
        (Kind.INCOME, Direction.IN, Money(200000, "EUR")),
    ]
    assert {line.account.key for line in found.lines} == {"ing_nl:NL01INGB0000000001"}


def test_what_a_person_saved_counts_before_what_we_ship() -> None:
    data = b"Date,Counter Party,Reference,Type,Amount (GBP),Balance (GBP)\n02/04/2026,Cafe,X,CARD,-6.00,94.00\n"
    (found,) = recognise(data, "a.csv")
    assert found.mapping is not None
    assert found.needs is not None
    own = dataclasses.replace(found.mapping, currency="EUR")
    (again,) = recognise(data, "b.csv", mappings={signature(found.needs.table): own})

    assert (found.saved, again.saved) == (False, True)
    assert again.statement is not None
    assert again.statement.lines[0].amount == Money(600, "EUR")


# What varies between people's files must not matter -------------------------------------------------------------------

FILES = {
    "ezbookkeeping": EZ + "\n2024-09-01 10:00:00,+08:00,Expense,Food,Lunch,Bank,CNY,12.50,,,,,,lunch\n"
    "2024-09-02 10:00:00,+08:00,Transfer,,,Bank,CNY,100.00,Wallet,USD,14.00,,,x\n",
    "firefly": "\n".join(
        (FIREFLY, _firefly("Withdrawal", "-1", "Bank", "Shop"), _firefly("Transfer", "2", "Bank", "Cash"))
    ),
    "beecount": BEECOUNT["zh"],
    "feidee": "随手记导出文件(headers:v5;xxxxx)\n交易类型,日期,子类别,账户,金额,备注,关联Id\n"
    "支出,2024-09-01 12:34:56,早餐,现金,1.00,,\n转出,2024-09-01 23:59:59,,现金,0.05,,1\n"
    "转入,2024-09-01 23:59:59,,卡,0.05,,1\n",
    "revolut": REVOLUT + REVOLUT_ROWS,
    "paypal": PAYPAL + _paypal("01/15/2024", "General Payment", "10.00", "10.00"),
    "wise": WISE + "T-1,01-02-2024,100.00,EUR,Received money,pay,100.00,,,,A,,,,,,,,0.00,DEPOSIT\n",
}


def _said(statement: Statement) -> list[tuple[object, ...]]:
    return sorted(
        (line.identity, line.kind.value, line.direction.value, line.amount.plain(), line.source_category, line.note)
        for line in statement.lines
    )


def _cells(text: str) -> list[list[str]]:
    return list(csv.reader(text.splitlines()))


def _written(rows: list[list[str]]) -> bytes:
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return out.getvalue().encode()


@pytest.mark.parametrize("name", FILES)
def test_a_file_is_read_alike_however_its_columns_and_cells_are_laid_out(name: str) -> None:
    rows = _cells(FILES[name])
    head = next(at for at, row in enumerate(rows) if len(row) > 1)
    whole, body = _said(read(FILES[name])), [row for row in rows[head:] if row]
    title = rows[:head]

    assert read(FILES[name]).format == name
    assert whole
    assert _said(read(_written(title + [row[::-1] for row in body]))) == whole
    extra = [[*body[0], "Something else"], *([*row, "x"] for row in body[1:])]
    assert _said(read(_written(title + extra))) == whole
    padded = [[f"  {cell}\t" for cell in row] for row in body]
    assert _said(read(_written([*title, [], *padded, []]))) == whole
    for encoding in ("utf-8-sig", "gb18030", "utf-16"):
        assert _said(read(FILES[name].encode(encoding))) == whole
    if name not in {"beecount", "feidee"}:
        assert _said(read(_written([[cell.upper() for cell in body[0]], *body[1:]]))) == whole


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_breaks_off_gives_no_figure_it_does_not_hold(name: str) -> None:
    data = FILES[name].encode()
    known = {line.amount for line in read(data).lines}

    for length in range(len(data) - 60, len(data)):
        for found in recognise(data[:length], name):
            lines = found.statement.lines if found.statement and found.statement.format == name else ()
            assert {line.amount for line in lines if line.kind is not Kind.FEE} <= known


@pytest.mark.parametrize("name", FILES)
def test_a_header_without_rows_is_refused(name: str) -> None:
    rows = _cells(FILES[name])
    head = next(at for at, row in enumerate(rows) if len(row) > 1)

    refusal = parsed(_written(rows[: head + 1])).refusal
    assert refusal is not None
    assert refusal.reason == "no_rows"


def _tables(path: str) -> list[Table]:
    data = sample(path).read_bytes()
    try:
        return workbook_tables(data, path) if is_workbook(data) else [csv_table(data, path)]
    except FileRefused:
        return []


def test_no_table_among_the_samples_is_claimed_twice_and_none_of_others_by_a_peer() -> None:
    require_samples()
    ours = ("ezbookkeeping_cases/", "beecount/", "maybe/", "hledger/", "beangulp/", "ofxstatement-lithuanian/")
    for found in sorted(FOLDER.rglob("*")):
        path = str(found.relative_to(FOLDER))
        if found.suffix not in {".csv", ".tsv", ".ssv", ".xls", ".xlsx"} or found.stat().st_size > 4_000_000:
            continue
        for table in _tables(path):
            claims = [one.format for one in IMPORTERS if one.recognises(table)]
            assert len(claims) <= 1, (path, claims)
            if not path.startswith(ours):
                assert not {one.format for one in PEERS} & set(claims), (path, claims)


@pytest.mark.parametrize("language", catalogue.LANGUAGES)
def test_every_format_and_reason_of_a_peer_has_words(language: catalogue.Language) -> None:
    words = catalogue.translator(language)
    skips = ("other_side", "in_parts", "pending", "cancelled", "balance", "investment", "no_own_account")

    assert [one.format for one in PEERS if not words.has(f"importing.format.{one.format}")] == []
    assert [reason for reason in skips if not words.has(f"importing.skip.{reason}")] == []
    assert words.has("importing.problem.amounts_disagree")


@pytest.mark.parametrize("text", ["123 45", "-123 45", "1'23", "1 2345", "12 34.50"])
def test_digits_torn_apart_are_no_amount(text: str) -> None:
    with pytest.raises(AmountUnreadable):
        parse_amount(text, "CNY")


@pytest.mark.parametrize(("text", "minor"), [("1 234", 123400), ("1'234'567.80", 123456780), ("- 5", -500)])
def test_blanks_and_apostrophes_group_thousands(text: str, minor: int) -> None:
    assert parse_amount(text, "CNY").minor == minor
