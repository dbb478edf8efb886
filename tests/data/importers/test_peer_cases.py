"""The rows that another project's own tests expect of its small files, and where we decide otherwise and why."""

from __future__ import annotations

from typing import Any

import pytest

from data.importers.reading import csv_table
from data.importers.statement import Direction, FileRefused, Kind, Line, Statement
from tests.data.importers.parsing import formats, parse
from tests.samples import peer_cases, peer_expectation, require_samples, sample

GROUPS = ("alipay", "wechat", "jdcom")
CASES = [path for group in GROUPS for path in peer_cases(group)] or [""]

# The peer refuses or drops; we keep the row or put it in the tray, because nothing of a file may disappear.
KEPT = {
    "alipay/SkipUnknownStatusTransaction__01": "an unknown status under 收入 is kept as income, not dropped",
    "jdcom/SkipUnknownStatusTransaction__01": "an unknown status under 支出 is kept as an expense, not dropped",
    "jdcom/MissingRequiredColumn__02": "a missing merchant column loses a name, not the money: it is optional",
    "jdcom/ParseInvalidAmount__01": "￥0.12 is an amount that can be read exactly",
}
# The peer refuses the whole file; we report the row with its line and column and go on with the others.
IN_TRAY = {
    "alipay/ParseInvalidTime__01": "date_unreadable",
    "alipay/ParseInvalidTime__02": "date_unreadable",
    "alipay/ParseInvalidType__01": "status_unknown",
    "alipay/SkipUnknownProductTransferTransaction__01": "status_unknown",
    "wechat/ParseInvalidTime__02": "date_unreadable",
    "wechat/SkipUnknownTransferTransaction__01": "status_unknown",
    "jdcom/ParseInvalidType__01": "status_unknown",
}
REFUSALS = {
    "errs.ErrMissingRequiredFieldInHeaderRow": "missing_column",
    "errs.ErrNotFoundTransactionDataInFile": "no_rows",
}
# How the peer's four types read in our kinds: a refund is its negative expense.
KINDS = {"EXPENSE": {Kind.EXPENSE, Kind.REFUND}, "INCOME": {Kind.INCOME}, "TRANSFER_OUT": {Kind.TRANSFER}}
# The peer's names of the wallet's own balance; "" is the account it does not know.
OWN = {"Alipay": "alipay:balance", "Wallet": "wechat:balance"}


def _name(path: str) -> str:
    return path.removeprefix("ezbookkeeping_cases/").removesuffix(".csv")


@pytest.mark.parametrize("path", CASES)
def test_the_peers_file_gives_the_peers_rows_or_our_stated_difference(path: str) -> None:
    require_samples()
    expectation, data = peer_expectation(path), sample(path).read_bytes()
    if _name(path) in KEPT:
        bill = parse(data)
        assert [line.amount.minor for line in bill.lines] == [12]
        assert bill.problems == ()
    elif _name(path) in IN_TRAY:
        bill = parse(data)
        assert [problem.reason for problem in bill.problems] == [IN_TRAY[_name(path)]]
        assert bill.lines == ()
    elif "error" in expectation:
        _assert_refused(data, expectation["error"])
    else:
        _assert_rows(parse(data), expectation)


def _assert_refused(data: bytes, error: str) -> None:
    if error == "errs.ErrInvalidFileHeader":
        assert formats(csv_table(data, "bill")) == []  # a table of unknown origin: the mapping screen takes it
        return
    with pytest.raises(FileRefused) as refused:
        parse(data, "bill.csv")
    assert refused.value.reason == REFUSALS[error]
    assert refused.value.file == "bill.csv"
    assert refused.value.line > 0


def _assert_rows(bill: Statement, expectation: dict[str, Any]) -> None:
    lines = [line for line in bill.lines if line.part == 0]
    assert bill.problems == ()
    if "count_allNewTransactions" in expectation:
        assert len(lines) == expectation["count_allNewTransactions"]
    for row in expectation.get("transactions", []):
        _assert_row(lines[row["index"]], row)


def _assert_row(line: Line, row: dict[str, Any]) -> None:
    if "Type" in row:
        assert line.kind in KINDS[row["Type"]]
    if "Amount" in row:
        assert line.amount.minor == abs(row["Amount"])
        assert (line.kind is Kind.REFUND) == (row["Amount"] < 0)
    if "TransactionTime" in row:
        assert f"{line.occurred_at:%Y-%m-%d %H:%M:%S}" == row["TransactionTime"]
    if "Comment" in row:
        assert line.note == row["Comment"]
    if "OriginalCategoryName" in row:
        assert line.source_category == row["OriginalCategoryName"]
    source, target = _ends(line)
    _assert_account(source, line, row.get("OriginalSourceAccountName", ""))
    _assert_account(target, line, row.get("OriginalDestinationAccountName", ""))


def _ends(line: Line) -> tuple[set[str], set[str]]:
    """Keys and labels of where the money came from and went to, as the peer tells them: its refunds have a source."""
    own = {line.account.key, line.account.label}
    other = {line.counter.key, line.counter.label} if line.counter else set()
    if line.kind is not Kind.TRANSFER:
        return own, set()
    return (own, other) if line.direction is Direction.OUT else (other, own)


def _assert_account(names: set[str], line: Line, expected: str) -> None:
    """Where the peer names an account, it is ours by key or label.

    Looser in two ways: where the peer takes a payee for the other account of a transfer (a fund's seller, 小金库), it
    is a known account or unknown here and the name stays the payee; JD's 余额 is the known balance.
    """
    if not expected or (line.kind is Kind.TRANSFER and expected == line.payee):
        return
    assert {"余额": "jd:balance"}.get(expected, OWN.get(expected, expected)) in names


def test_every_disagreement_names_a_case_that_exists() -> None:
    require_samples()
    assert {*KEPT, *IN_TRAY} <= {_name(path) for path in CASES}
