"""QIF: every sample gives its figures; splits, transfers, dates and openings mean what programs mean by them."""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.categories.categorise import Book
from data.cli import REFUSED, main
from data.importers import qif
from data.importers.mapping import DateOrder, Doubt, Mapping
from data.importers.qif_text import day_of, order_of
from data.importers.recognise import recognise
from data.importers.statement import AccountKind, Direction, Kind, Line, Statement
from data.matching.assemble import assemble
from data.matching.known import NOTHING_KNOWN, drop_of
from data.matching.preview import IN_DROP, NEW
from data.money import Money
from tests.samples import expected, peer_cases, peer_expectation, sample

OPEN = Mapping(columns=(), doubts=(Doubt.DATE_ORDER,))


def parse(text: str | bytes, file: str = "bank.qif", given: Mapping = OPEN) -> Statement:
    data = text.encode() if isinstance(text, str) else text
    assert qif.recognises(data)
    return qif.parse(data, file, given)[0]


def bank(*rows: str) -> str:
    return "!Type:Bank\n" + "".join(f"{row}\n^\n" for row in rows)


def signed(line: Line) -> int:
    return line.amount.minor if line.direction is Direction.IN else -line.amount.minor


def by_row(statement: Statement) -> dict[int, int]:
    sums: defaultdict[int, int] = defaultdict(int)
    for line in statement.lines:
        sums[line.line] += signed(line)
    return dict(sums)


SAMPLES = [path for path in sorted(expected()) if path.endswith(".qif") and expected()[path].get("txn")] or [""]


@pytest.mark.parametrize("path", SAMPLES)
def test_every_sample_gives_the_figures_it_must(path: str) -> None:
    figures = expected()[path] if path else {}
    found = parse(sample(path).read_bytes(), path)
    rows = by_row(found)

    # The index counts the section of investments too, and an opening of nothing.
    assert len(rows) + len(found.skipped) == figures["txn"]
    for sign, name in ((1, "inflow"), (-1, "outflow")):
        moved = [minor for minor in rows.values() if minor * sign > 0]
        assert len(moved) == figures[f"{name}_n"]
        assert abs(sum(moved)) == int(Decimal(figures[name]) * 100)
    assert not found.problems


@pytest.mark.parametrize("name", ["test_category_inherit", "test_clear_autoswitch", "test_nosymbol"])
def test_a_file_of_lists_only_says_that_it_holds_no_statement(name: str) -> None:
    found = parse(sample(f"quiffen/{name}.qif").read_bytes())

    assert [problem.reason for problem in found.problems] == ["no_statement"]


def test_what_is_no_qif_is_not_taken_for_one() -> None:
    for path in ("quiffen/invalid.txt", "quiffen/empty.qif"):
        assert not qif.recognises(sample(path).read_bytes())
    assert not qif.recognises(b"!TRNS\tTRNSID\n")
    assert not qif.recognises("日期,金额\n!Type:Bank\n".encode())


PEER_TYPES = {
    "MODIFY_BALANCE": {Kind.ADJUSTMENT},
    "INCOME": {Kind.INCOME},
    "EXPENSE": {Kind.EXPENSE},
    "TRANSFER_OUT": {Kind.TRANSFER},
}
PEER_ERRORS = {"errs.ErrMissingTransactionTime": "D", "errs.ErrAmountInvalid": "T"}
PEER_ORDERS = {
    "QifYearMonthDayTransactionDataImporter": DateOrder.YMD,
    "QifMonthDayYearTransactionDataImporter": DateOrder.MDY,
    "QifDayMonthYearTransactionDataImporter": DateOrder.DMY,
}


@pytest.mark.parametrize("path", peer_cases("qif"))
def test_the_peers_cases_give_the_peers_rows(path: str) -> None:
    case: dict[str, Any] = peer_expectation(path)
    found = parse(sample(path).read_bytes(), path)
    if "error" in case:  # the peer refuses the file; we show the record
        assert [problem.cell for problem in found.problems] == [PEER_ERRORS[case["error"]]]
        return
    assert len(found.lines) == case["count_allNewTransactions"]
    for wanted in case.get("transactions", ()):
        line = found.lines[wanted["index"]]
        ways = (line.account, line.counter) if line.direction is Direction.OUT else (line.counter, line.account)
        if "Amount" in wanted:
            assert line.amount.minor == wanted["Amount"]
        if "Type" in wanted:
            assert line.kind in PEER_TYPES[wanted["Type"]]
        if wanted.get("OriginalCategoryName"):
            assert line.source_category == wanted["OriginalCategoryName"]
        if "Comment" in wanted:
            # Without a memo the peer may take the payee as the comment; to us it stays the payee.
            assert wanted["Comment"] in {line.description, line.payee, ""}
        # The peer leaves an account without `!Account` unnamed ("") even where the opening balance names it.
        for side, hint in zip(("Source", "Destination"), ways, strict=True):
            name = wanted.get(f"Original{side}AccountName")
            if name and line.kind is Kind.TRANSFER:
                assert hint is not None
                assert hint.label == name
        if wanted.get("OriginalSourceAccountName") and line.kind is Kind.ADJUSTMENT:
            assert line.account.label == wanted["OriginalSourceAccountName"]


def test_a_split_record_is_a_line_for_each_part_and_moves_its_whole_amount() -> None:
    found = parse(
        bank("D13/02/2024\nT-100.00\nPShop\nLFood\nSFood\nEcheese\n$-70.00\nS[Savings]\n$-40.00\nSRefunds\n$10.00")
    )

    assert [(line.part, line.kind, signed(line), line.source_category) for line in found.lines] == [
        (0, Kind.EXPENSE, -7000, "Food"),
        (1, Kind.TRANSFER, -4000, ""),
        (2, Kind.INCOME, 1000, "Refunds"),
    ]
    assert found.lines[0].description == "cheese"
    assert found.lines[1].counter is not None
    assert len({line.identity for line in found.lines}) == 3


def test_what_the_parts_leave_of_the_amount_is_a_part_of_its_own() -> None:
    found = parse(bank("D13/02/2024\nT-100.00\nSFood\n$-70.00\nSFun\n$-20.00"))

    assert [(signed(line), line.source_category) for line in found.lines] == [
        (-7000, "Food"),
        (-2000, "Fun"),
        (-1000, ""),
    ]


def test_a_pay_slip_that_comes_to_nothing_keeps_its_parts() -> None:
    found = parse(bank("D13/02/2024\nT0.00\nPWork\nSSalary\n$500.00\nS[Pension]\n$-500.00"))

    assert [signed(line) for line in found.lines] == [50000, -50000]


@given(st.lists(st.integers(-(10**6), 10**6), max_size=6), st.integers(-(10**7), 10**7))
def test_a_record_always_moves_its_account_by_exactly_its_amount(parts: list[int], total: int) -> None:
    rows = "".join(f"\nSC{at}\n${Money(minor, 'CNY').plain()}" for at, minor in enumerate(parts))
    found = parse(bank(f"D13/02/2024\nT{Money(total, 'CNY').plain()}{rows}"))

    assert sum(signed(line) for line in found.lines) == total
    assert not found.problems


TWO_ACCOUNTS = """!Option:AutoSwitch
!Account
NChecking
TBank
^
NVisa
TCCard
^
!Clear:AutoSwitch
!Option:AutoSwitch
!Account
NChecking
TBank
/13/02/2024
$1,000.00
^
!Type:Bank
D13/02/2024
T-200.00
PPaying the card
L[Visa]
^
D14/02/2024
T-5.00
LFees
^
!Account
NVisa
TCCard
^
!Type:CCard
D13/02/2024
T200.00
PThanks
L[Checking]
^
D15/02/2024
T-30.00
PCafé
LFood:Coffee/Holiday
^
D16/02/2024
T30.00
PCafé
LFood:Coffee
^
"""


def test_several_accounts_are_told_apart_and_their_transfer_counts_once() -> None:
    found = parse(TWO_ACCOUNTS)

    assert [(line.account.label, line.kind, signed(line)) for line in found.lines] == [
        ("Checking", Kind.TRANSFER, -20000),
        ("Checking", Kind.FEE, -500),
        ("Visa", Kind.EXPENSE, -3000),
        ("Visa", Kind.REFUND, 3000),
    ]
    assert [(skipped.line, skipped.reason) for skipped in found.skipped] == [(32, "other_side")]
    visa = found.lines[2].account
    assert visa.kind is AccountKind.LIABILITY
    assert found.lines[0].counter == visa
    assert (found.lines[2].source_category, found.lines[2].note) == ("Coffee", "Holiday")
    (closing,) = found.closings
    assert (closing.account.label, closing.on, closing.balance.minor) == ("Checking", date(2024, 2, 13), 100000)


def test_the_transfer_that_two_files_both_list_counts_once_too() -> None:
    account = "!Account\nN{}\nTBank\n^\n!Type:Bank\nD13/02/2024\nT{}\nL[{}]\n^\n"
    one, other = parse(account.format("A", "-5.00", "B"), "a.qif"), parse(account.format("B", "5.00", "A"), "b.qif")

    assert list(assemble(drop_of([one, other]), NOTHING_KNOWN, Book()).duplicate) == [NEW, IN_DROP]


def test_two_equal_transfers_on_one_day_are_two() -> None:
    row = "D13/02/2024\nT{}\nL[{}]\n^\n"
    text = "!Account\nNA\n^\n!Type:Bank\n" + row.format("-5", "B") * 2 + "!Account\nNB\n^\n!Type:Bank\n"
    found = parse(text + row.format("5", "A") * 2)

    assert [signed(line) for line in found.lines] == [-500, -500]
    assert len(found.skipped) == 2


def test_an_opening_balance_names_the_account_and_is_no_income() -> None:
    found = parse(bank("D13/02/2024\nT500\nPOpening Balance\nL[Savings]", "D14/02/2024\nT-1\nPShop"))

    assert [(line.kind, line.account.label) for line in found.lines] == [
        (Kind.ADJUSTMENT, "Savings"),
        (Kind.EXPENSE, "Savings"),
    ]


def test_an_account_without_a_name_is_the_same_in_the_next_download_whatever_its_file_is_called() -> None:
    row = bank("D13/02/2024\nT-1\nPShop")
    one, other = parse(row, "download.qif").lines[0], parse(row, "download (2).qif").lines[0]

    assert one.identity == other.identity
    assert one.account.label == "download"


def test_cash_on_an_investment_account_counts_and_securities_are_passed_over() -> None:
    found = parse(
        "!Account\nNBroker\nTInvst\n^\n!Type:Invst\nD13/02/2024\nNXIn\nT100\nL[Checking]\n^\nD14/02/2024\nNDiv\nYABC\nT7\n^\n"
        "D15/02/2024\nNMiscExp\nT3\n^\nD16/02/2024\nNBuy\nYABC\nI10\nQ2\nT20\n^\nD16/02/2024\nNShrsIn\nYABC\nQ2\n^\n"
    )

    assert [(line.kind, signed(line)) for line in found.lines] == [
        (Kind.TRANSFER, 10000),
        (Kind.INCOME, 700),
        (Kind.EXPENSE, -300),
    ]
    assert [skipped.reason for skipped in found.skipped] == ["investment", "investment"]


def test_memorised_transactions_did_not_happen() -> None:
    found = parse("!Type:Memorized\nKC\nT-9\nPRent\n^\n" + bank("D13/02/2024\nT-1"))

    assert [skipped.reason for skipped in found.skipped] == ["memorised"]
    assert len(found.lines) == 1


@pytest.mark.parametrize(
    ("text", "order", "day"),
    [
        ("2/10'2020", DateOrder.MDY, date(2020, 2, 10)),
        ("12/25'05", DateOrder.MDY, date(2005, 12, 25)),
        ("12/25' 5", DateOrder.MDY, date(2005, 12, 25)),
        ("1/ 3' 5", DateOrder.MDY, date(2005, 1, 3)),
        ("6/ 1/94", DateOrder.MDY, date(1994, 6, 1)),
        ("25.12.05", DateOrder.DMY, date(2005, 12, 25)),
        ("25-12-2005", DateOrder.DMY, date(2005, 12, 25)),
        ("25 12 2005", DateOrder.DMY, date(2005, 12, 25)),
        ("2024'9.5", DateOrder.MDY, date(2024, 9, 5)),
        ("20240905", DateOrder.MDY, date(2024, 9, 5)),
        ("5 Sep 2024", DateOrder.MDY, date(2024, 9, 5)),
        ("31/31/2024", DateOrder.MDY, "date_unreadable"),
        ("gestern", DateOrder.MDY, "date_unreadable"),
        ("1/1/0001", DateOrder.MDY, "date_absurd"),
    ],
)
def test_dates_are_read_however_programs_write_them(text: str, order: DateOrder, day: date | str) -> None:
    assert day_of(text, order) == day


@pytest.mark.parametrize(
    ("texts", "order", "proven"),
    [
        (["1/2/2024", "1/31/2024"], DateOrder.MDY, True),
        (["1/2/2024", "31/1/2024"], DateOrder.DMY, True),
        (["2024-01-02", "2024-02-03"], DateOrder.MDY, True),  # a year of four digits speaks for itself
        (["99.12.31", "99.11.02"], DateOrder.YMD, True),
        (["1/2/2024", "3/4/2024"], DateOrder.MDY, False),
        (["1/1/2024", "2/2/2024"], DateOrder.MDY, True),  # either way the same days
        (["1/2/2024", "1/31/2024", "nonsense"], DateOrder.MDY, True),
        ([], DateOrder.MDY, True),
    ],
)
def test_all_dates_together_decide_their_order(texts: list[str], order: DateOrder, proven: bool) -> None:  # noqa: FBT001
    assert order_of(texts) == (order, proven)


def test_dates_that_leave_their_order_open_are_asked_about_and_read_month_first_meanwhile() -> None:
    data = bank("D01/02/2024\nT-1", "D03/04/2024\nT-2").encode()
    (parsed,) = recognise(data, "bank.qif", currency="EUR")
    assert parsed.statement is not None
    assert parsed.mapping is not None

    assert parsed.mapping.ambiguous
    assert [problem.reason for problem in parsed.statement.problems] == ["date_order_ambiguous"]
    assert [line.booked_on for line in parsed.statement.lines] == [date(2024, 1, 2), date(2024, 3, 4)]
    assert {line.amount.currency for line in parsed.statement.lines} == {"EUR"}

    said = dataclasses.replace(parsed.mapping, date_order=DateOrder.DMY, doubts=())
    (again,) = recognise(data, "bank.qif", mapping=said)
    assert again.statement is not None
    assert again.mapping == said
    assert [line.booked_on for line in again.statement.lines] == [date(2024, 2, 1), date(2024, 4, 3)]
    assert {line.amount.currency for line in again.statement.lines} == {"EUR"}
    assert not again.statement.problems


@pytest.mark.parametrize(
    ("data", "payee"),
    [
        ("Müller & Söhne".encode("cp1252"), "Müller & Söhne"),
        ("早餐店".encode("gb18030"), "早餐店"),
        ("早餐店".encode(), "早餐店"),
    ],
)
def test_the_encoding_is_told_from_the_bytes(data: bytes, payee: str) -> None:
    (line,) = parse(b"!Type:Bank\nD13/02/2024\nT-1\nP" + data + b"\n^\n").lines

    assert line.payee == payee


def test_utf_16_is_recognised_too() -> None:
    found = parse(b"\xff\xfe" + bank("D13/02/2024\nT-1\nP早餐店").encode("utf-16-le"))

    assert [line.payee for line in found.lines] == ["早餐店"]


@pytest.mark.parametrize(
    ("amount", "minor"), [("-1.234,56", -123456), ("-1,234.56", -123456), ("12,5", 1250), ("+3", 300)]
)
def test_either_decimal_sign_is_understood(amount: str, minor: int) -> None:
    (line,) = parse(bank(f"D13/02/2024\nU{amount}")).lines

    assert signed(line) == minor


def test_a_record_that_the_file_breaks_off_in_is_a_problem() -> None:
    found = parse("!Type:Bank\nD13/02/2024\nT-1\n^\nD14/02/2024\nT-1,000.0")

    assert [line.amount.minor for line in found.lines] == [100]
    assert [(problem.line, problem.reason) for problem in found.problems] == [(5, "truncated")]


def test_an_amount_finer_than_the_currency_is_shown_not_rounded() -> None:
    found = parse(bank("D13/02/2024\nT-1.005"))

    assert [problem.reason for problem in found.problems] == ["amount_unreadable"]


def test_on_the_command_line_the_order_of_dates_is_an_argument(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "bank.qif"
    file.write_text(bank("D01/02/2024\nT-1\nPShop"))
    command = ["import", str(file), "--user", "a", "--home", str(tmp_path)]

    assert main(command) == REFUSED
    assert "mapping_needed" in capsys.readouterr().err
    assert main([*command, "--dates", "dmy"]) == 0
    assert "1 booked" in capsys.readouterr().out
