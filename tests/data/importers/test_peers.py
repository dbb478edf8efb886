"""Exports of other bookkeeping programs: what their rows become, and where we differ from whom."""

from __future__ import annotations

import csv
from collections import Counter
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from data.importers.recognise import recognise
from data.importers.statement import AccountKind, Direction, Kind, Line, Statement
from data.money import Money
from tests.data.importers.parsing import total
from tests.data.importers.peer_files import (
    BEECOUNT,
    EZ,
    FIREFLY,
    file,
    firefly_row,
    moves,
    parsed,
    reached,
    read,
    rows_kept,
    sums,
)
from tests.samples import expected, peer_cases, peer_expectation, require_samples, sample

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


def test_fireflys_export_tells_own_accounts_from_the_other_party() -> None:
    rows = [
        FIREFLY,
        firefly_row("Opening balance", "100.000000000000", 'Initial balance for "Bank"'.replace('"', ""), "Bank"),
        firefly_row("Opening balance", "40.00", "Card", "Initial balance", source_type="Asset account"),
        firefly_row("Withdrawal", "-12.340000000000", "Bank", "Shop", category="Food"),
        firefly_row("Deposit", "1000", "Employer", "Bank"),
        firefly_row("Transfer", "50", "Bank", "Savings"),
        firefly_row("Withdrawal", "-200", "Bank", "Mortgage", destination_type="Mortgage"),
        firefly_row("Reconciliation", "3", "Reconciliation account", "Bank"),
        firefly_row("Withdrawal", "-1", "Bank", "Café", foreign_currency_code="USD", foreign_amount="-1.10"),
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
