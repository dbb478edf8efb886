"""Journals of Beancount, hledger and Ledger: own accounts move by exactly what their own tools say they do."""

from __future__ import annotations

import csv
import io
import shutil
import subprocess
from collections import Counter
from collections.abc import Sequence
from datetime import date, time
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.importers import beancount_journal, ledger_journal
from data.importers.journal_numbers import Unreadable, calculated
from data.importers.ledger_amounts import Writing, amount_of, stated
from data.importers.mapping import Mapping
from data.importers.recognise import recognise
from data.importers.statement import AccountKind, Direction, Kind, Line, Statement
from data.money import Money
from tests.patience import at_most
from tests.samples import FOLDER, expected, peer_cases, peer_expectation, sample

YUAN = Mapping(columns=(), currency="CNY")


def bean(text: str) -> Statement:
    data = text.encode()
    assert beancount_journal.recognises(data)
    return beancount_journal.parse(data, "a.beancount", YUAN)[0]


def ledger(text: str, currency: str = "CNY") -> Statement:
    data = text.encode()
    assert ledger_journal.recognises(data)
    assert not beancount_journal.recognises(data)
    return ledger_journal.parse(data, "a.journal", Mapping(columns=(), currency=currency))[0]


def signed(line: Line) -> int:
    return line.amount.minor if line.direction is Direction.IN else -line.amount.minor


def balances(lines: Sequence[Line], until: date = date.max) -> dict[tuple[str, str], int]:
    """What the lines leave on each own account, by the account's key and currency."""
    sums: Counter[tuple[str, str]] = Counter()
    for line in lines:
        if line.booked_on > until:
            continue
        sums[line.account.key, line.amount.currency] += signed(line)
        if line.counter:
            sums[line.counter.key, line.amount.currency] -= signed(line)
    return dict(sums)


def told(statement: Statement) -> list[tuple[str, int, str, str]]:
    """Each line: what it is, its signed minor units, its account, and its category or the other account."""
    return [
        (
            line.kind.value,
            signed(line),
            line.account.label,
            line.counter.label if line.counter else line.source_category,
        )
        for line in statement.lines
    ]


def reasons(statement: Statement) -> list[tuple[int, str]]:
    skipped = [(one.line, one.reason) for one in statement.skipped]
    return sorted([*skipped, *((one.line, one.reason) for one in statement.problems)])


BEANCOUNT = [path for path in sorted(expected()) if path.startswith("beancount") and path.endswith(".beancount")] or [
    ""
]


@pytest.mark.parametrize("path", BEANCOUNT)
def test_the_examples_leave_what_beanquery_says(path: str) -> None:
    found = bean(sample(path).read_text(encoding="utf-8"))
    figures = sample(path).parent / "expected_beanquery" / f"{sample(path).stem}.final_balances.csv"
    rows = list(csv.DictReader(figures.read_text(encoding="utf-8").splitlines()))
    ours = balances(found.lines)
    money = [
        row for row in rows if row["currency"] == "USD" and row["account"].split(":")[0] in {"Assets", "Liabilities"}
    ]

    assert money
    for row in money:
        assert ours.get((f"file:{row['account']}", "USD"), 0) == int(Decimal(row["total"]) * 100)
    # What was spent and earned is what their reports say, too, by the last part of the account.
    spent = sum(-signed(line) for line in found.lines if line.kind in {Kind.EXPENSE, Kind.FEE, Kind.REFUND})
    assert spent == int(Decimal(expected()[path]["sums"]["Expenses USD"]) * 100)
    earned = sum(signed(line) for line in found.lines if line.kind is Kind.INCOME)
    assert earned == -int(Decimal(expected()[path]["sums"]["Income USD"]) * 100)
    assert not found.problems
    # Each row is kept: what moves vacation hours and 401k allowances only is passed over.
    kept = {line.line for line in found.lines} | {
        row.line for row in found.skipped if row.reason in {"not_money", "zero_amount"}
    }
    assert len(kept) == expected()[path]["txn"]


@pytest.mark.parametrize("path", BEANCOUNT)
def test_every_balance_the_examples_state_holds(path: str) -> None:
    found = bean(sample(path).read_text(encoding="utf-8"))

    assert found.closings
    for closing in found.closings[:60]:
        ours = balances(found.lines, closing.on)
        assert ours.get((closing.account.key, closing.balance.currency), 0) == closing.balance.minor


PEER_OUTPUTS = [
    path
    for path in sorted(expected())
    if path.endswith(".beancount") and isinstance(expected()[path], dict) and "peer_expected" in expected()[path]
] or [""]


@pytest.mark.parametrize("path", PEER_OUTPUTS)
def test_what_another_importer_wrote_comes_in_as_it_was_meant(path: str) -> None:
    figures = expected()[path]["peer_expected"] if path else {}
    (parsed,) = recognise(sample(path).read_bytes(), path)
    assert parsed.statement is not None
    found = parsed.statement

    assert found.format == "beancount"
    assert not [problem for problem in found.problems if problem.reason != "include_missing"]
    wanted = {name: minor for name, text in figures["sum_by_root"].items() if (minor := int(Decimal(text) * 100))}
    if "htsec" in path:  # shares count at their cost, so all assets together lose but the fees
        assert sum(balances(found.lines).values()) == -wanted["Expenses CNY"]
        return
    sums: Counter[str] = Counter()
    roots = {"asset": "Assets", "liability": "Liabilities"}
    for line in found.lines:
        sums[f"{roots[line.account.kind.value]} {line.amount.currency}"] += signed(line)
        if line.counter:
            sums[f"{roots[line.counter.kind.value]} {line.amount.currency}"] -= signed(line)
    own = {name: minor for name, minor in wanted.items() if name.split()[0] in {"Assets", "Liabilities"}}
    assert {name: minor for name, minor in sums.items() if minor} == own


HLEDGER = shutil.which("hledger")
JOURNALS = sorted((FOLDER / "hledger" / "journals").glob("*.journal")) or [Path()]


@pytest.mark.skipif(HLEDGER is None, reason="hledger is not installed")
@pytest.mark.parametrize("journal", JOURNALS, ids=lambda path: path.name)
def test_journals_leave_what_hledger_says(journal: Path, tmp_path: Path) -> None:
    text = sample(f"hledger/journals/{journal.name}").read_text(encoding="utf-8")
    if journal.name == "borrowing.journal":  # hledger takes the year of today where none is named; we ask for one
        text = f"Y2024\n{text}"
    if journal.name == "goal-budget-4.journal":
        text = text.replace("include", "; include")
    copy = tmp_path / "a.journal"
    copy.write_text(text, encoding="utf-8")
    command = [HLEDGER or "", "-f", str(copy), "bal", "--flat", "-N", "-O", "csv", "--layout=bare"]
    said = subprocess.run([*command, "-E"], capture_output=True, text=True, check=True, encoding="utf-8")  # noqa: S603
    ours = balances(ledger(text).lines)

    writing = Writing("CNY")
    for row in csv.DictReader(io.StringIO(said.stdout)):
        unit = writing.unit(row["commodity"])
        if row["account"].casefold().split(":")[0] not in {"assets", "liabilities"} or unit not in {
            "USD",
            "GBP",
            "CNY",
        }:
            continue
        assert ours.get((f"file:{row['account']}", unit), 0) == int(Decimal(row["balance"]) * 100), row


def test_the_year_of_a_date_without_one_is_not_made_up() -> None:
    text = sample("hledger/journals/borrowing.journal").read_text(encoding="utf-8")

    assert {problem.reason for problem in ledger(text).problems} == {"year_missing"}
    assert not ledger(f"Y2024\n{text}").problems


PEER_KINDS = {"EXPENSE": Kind.EXPENSE, "INCOME": Kind.INCOME, "MODIFY_BALANCE": Kind.ADJUSTMENT}
# The peer refuses the file; we keep what can be kept and say of the rest why not.
PEER_REASONS = {
    "InvalidTransaction__01": "unbalanced",
    "InvalidTransaction__02": "no_own_account",
    "InvalidTransaction__03": "no_own_account",
    "InvalidTransaction__04": "no_own_account",
    "MissingTransactionRequiredData__02": "line_unsupported",
    "MissingTransactionRequiredData__03": "amount_missing",
    "MissingTransactionRequiredData__04": "amount_unreadable",
    "ParseInvalidAmountExpression__01": "amount_unreadable",
    "ParseInvalidAmount__01": "amount_unreadable",
}


@pytest.mark.parametrize("path", peer_cases("beancount"))
def test_the_peers_cases_give_the_peers_rows(path: str) -> None:
    case = peer_expectation(path)
    (parsed,) = recognise(sample(path).read_bytes(), path)
    assert parsed.statement is not None
    found, name = parsed.statement, Path(path).stem
    if name in PEER_REASONS:
        assert PEER_REASONS[name] in {reason for _, reason in reasons(found)}
        assert not found.lines
        return
    if "NotSupportedToParseSplit" in path:  # the peer has no splits: two transfers from one account
        assert told(found) == [
            ("transfer", -11, "TestAccount", "TestAccount2"),
            ("transfer", -12, "TestAccount", "TestAccount3"),
        ]
        return
    for wanted in case.get("transactions", ()):
        line = found.lines[wanted["index"]]
        if "Type" in wanted:
            assert line.kind is PEER_KINDS[wanted["Type"]]
        if "Amount" in wanted:
            assert line.amount.minor == wanted["Amount"]
        if "Comment" in wanted:
            assert wanted["Comment"] in {line.description, line.payee}
        if wanted.get("OriginalCategoryName"):
            assert line.source_category == wanted["OriginalCategoryName"].split(":")[-1]
        if "RelatedAccountAmount" in wanted:  # one entry in two currencies to the peer, one line each to us
            assert balances(found.lines) == {
                ("file:Assets:TestAccount", "USD"): -12,
                ("file:Assets:TestAccount2", "CNY"): 84,
            }


@pytest.mark.parametrize("path", peer_cases("beancount_reader"))
def test_the_peers_reader_cases_are_read_or_told(path: str) -> None:
    data = sample(path).read_bytes()
    if not beancount_journal.recognises(data):  # no account in it says anything about money
        assert Path(path).stem == "TestBeancountDataReaderReadTransactionLine__01"
        return
    found = beancount_journal.parse(data, path, YUAN)[0]
    if "InvalidAmount" in path:  # a single posting of ten trillion twice balances no more than it fits
        assert {problem.reason for problem in found.problems} <= {"amount_unreadable", "unbalanced"}
        assert found.problems
    if path.endswith("TestBeancountDataReaderRead__01.beancount"):
        assert [line.note for line in found.lines] == [
            "#tag3 #tag4 ^test-link #tag1 #tag2",
            "#tag5 #tag6 ^test-link2 #tag2",
        ]
        assert [line.account.kind for line in found.lines] == [AccountKind.ASSET, AccountKind.LIABILITY]


def test_a_purchase_a_refund_a_fee_and_a_transfer_are_what_they_are() -> None:
    found = bean(
        '2024-01-02 * "Shop" "bread" #food ^abc\n  time: "08:09:10"\n  Expenses:Food:Bread  12.30 CNY\n'
        "  Assets:Cash\n\n"
        '2024-01-03 * "Shop" "bread back"\n  Assets:Cash  12.30 CNY\n  Expenses:Food:Bread\n\n'
        '2024-01-04 ! "Bank" "moved"\n  Assets:Bank  -102 CNY\n  Assets:Cash  100 CNY\n  Expenses:Bank:Fees  2 CNY\n\n'
        '2024-01-05 txn "opened"\n  Assets:Bank  500 CNY\n  Equity:Opening-Balances\n'
    )

    assert told(found) == [
        ("expense", -1230, "Cash", "Bread"),
        ("refund", 1230, "Cash", "Bread"),
        ("transfer", -10000, "Bank", "Cash"),
        ("fee", -200, "Bank", "Fees"),
        ("adjustment", 50000, "Bank", ""),
    ]
    first = found.lines[0]
    assert (first.payee, first.description, first.note) == ("Shop", "bread", "#food ^abc")
    assert (first.booked_on, first.occurred_at.timetz().replace(tzinfo=None)) == (date(2024, 1, 2), time(8, 9, 10))
    assert found.lines[2].status == "!"
    assert found.lines[2].line == found.lines[3].line  # so that they become one entry


def test_a_salary_keeps_its_gross_and_every_deduction() -> None:
    found = bean(
        '2024-01-02 * "Work" ""\n  Assets:Bank  3000 CNY\n  Expenses:Tax  800 CNY\n  Expenses:Health  200 CNY\n'
        "  Assets:Pension  500 CNY\n  Income:Salary  -4500 CNY\n"
    )

    assert balances(found.lines) == {("file:Assets:Bank", "CNY"): 300000, ("file:Assets:Pension", "CNY"): 50000}
    by_category: Counter[str] = Counter()
    for line in found.lines:
        by_category[line.source_category] += signed(line)
    assert by_category == Counter({"Salary": 450000, "Tax": -80000, "Health": -20000})


def test_a_purchase_paid_from_two_accounts_is_a_line_for_each() -> None:
    found = bean(
        '2024-01-02 * "Shop" ""\n  Expenses:Food  100 CNY\n  Assets:Cash  -40 CNY\n  Liabilities:Card  -60 CNY\n'
    )

    assert told(found) == [("expense", -4000, "Cash", "Food"), ("expense", -6000, "Card", "Food")]


def test_shares_are_bought_at_their_cost_and_sold_with_their_gain() -> None:
    found = bean(
        '2024-01-02 * "buy"\n  Assets:Broker:Shares  10 ACME {100.005 CNY}\n  Assets:Broker:Cash\n\n'
        '2024-02-02 * "sell"\n  Assets:Broker:Shares  -10 ACME {} @ 120 CNY\n  Assets:Broker:Cash  1200 CNY\n'
        "  Income:Gains\n\n2024-03-01 price ACME 130 CNY\n2024-03-01 balance Assets:Broker:Shares 0 ACME\n"
    )

    assert told(found) == [
        ("transfer", -100005, "Broker:Cash", "Broker:Shares"),
        ("transfer", -100005, "Broker:Shares", "Broker:Cash"),
        ("income", 19995, "Broker:Cash", "Gains"),
    ]
    assert reasons(found) == [(11, "balance_of_goods")]


def test_an_exchange_moves_each_currency_by_what_was_exchanged() -> None:
    for text in (
        '2024-01-02 * "x"\n  Assets:Euro  100 EUR @ 7.8 CNY\n  Assets:Yuan  -780 CNY\n',
        '2024-01-02 * "x"\n  Assets:Euro  100 EUR @@ 780 CNY\n  Assets:Yuan\n',
    ):
        found = bean(text)
        assert balances(found.lines) == {("file:Assets:Euro", "EUR"): 10000, ("file:Assets:Yuan", "CNY"): -78000}
        assert {line.kind for line in found.lines} == {Kind.ADJUSTMENT}


def test_what_was_paid_abroad_is_worth_what_left_the_account() -> None:
    found = bean('2024-01-02 * "Café" ""\n  Expenses:Food  10 EUR @ 7.815 CNY\n  Assets:Card  -78.15 CNY\n')
    native = bean('2024-01-02 * "Café" ""\n  Expenses:Food  10 EUR @ 7.8 CNY\n  Assets:Euro  -10 EUR @ 7.8 CNY\n')

    assert told(found) == [("expense", -7815, "Card", "Food")]
    assert told(native) == [("expense", -1000, "Euro", "Food")]
    assert native.lines[0].amount.currency == "EUR"


def test_a_pad_fills_what_the_next_balance_lacks() -> None:
    found = bean(
        "2024-01-01 open Assets:Cash\n2024-01-02 pad Assets:Cash Equity:Opening-Balances\n"
        '2024-01-03 * "a" ""\n  Assets:Cash  -5 CNY\n  Expenses:A\n2024-01-10 balance Assets:Cash  95 CNY\n'
        "2024-02-01 pad Assets:Cash Expenses:Unknown\n"
    )

    assert told(found) == [("adjustment", 10000, "Cash", ""), ("expense", -500, "Cash", "A")]
    (closing,) = found.closings
    assert (closing.on, closing.balance) == (date(2024, 1, 9), Money(9500, "CNY"))
    assert reasons(found) == [(7, "nothing_padded")]


def test_the_accounts_of_an_exported_book_keep_their_identity_but_never_the_wallets() -> None:
    found = bean(
        '2024-01-01 open Assets:Alipay\n  key: "alipay:balance"\n  label: "支付宝余额"\n2024-01-01 open Assets:W\n'
        '  key: "wallet:CNY"\n2024-01-02 * "a" ""\n  Assets:Alipay  -5 CNY\n  Assets:W  5 CNY\n'
    )

    (line,) = found.lines
    assert (line.account.key, line.account.label) == ("alipay:balance", "支付宝余额")
    assert line.counter is not None
    assert line.counter.key == "file:Assets:W"


def test_a_line_that_is_not_understood_costs_only_its_own_transaction() -> None:
    found = bean(
        'include "other.beancount"\n2024-01-02 * "a" ""\n  Assets:Cash  -5 CNY\n  lowercase:food  5 CNY\n\n'
        "what is this\n"
        '2024-01-03 * "b" ""\n  Assets:Cash  -6 CNY\n  Expenses:Food  6 CNY\n2024-13-03 * "c" ""\n'
        '2024-01-04 * "d" ""\n  Assets:Cash  -1.005 CNY\n  Expenses:Food  1.005 CNY\n'
    )

    assert [signed(line) for line in found.lines] == [-600]
    assert reasons(found) == [
        (1, "include_missing"),
        (4, "line_unsupported"),
        (6, "line_unsupported"),
        (10, "date_unreadable"),
        (12, "amount_unreadable"),
    ]


def test_hledgers_ways_of_writing_are_understood() -> None:
    found = ledger(
        "; a comment\n# another\ncommodity 1.000,00 EUR\nD $1,000.00\naccount Kasse  ; type: A\n"
        "alias food=expenses:food\n"
        "apply account home\nend apply account\n\n"
        "2024-01-02=2024-01-05 * (123) Shop | bread  ; fresh\n    ; time: 08:09:10\n    food:bread    1.234,50 EUR\n"
        "    Kasse\n\n2024/1/3 Lunch\n\tExpenses:Food\t 12.5\n\tAssets:Cash\n\n2024.01.04 ! Rent\n"
        "    expenses:rent    $1,200  @@ EUR 1.100,00\n    Kasse    -1100 EUR  = -2.334,50 EUR\n"
        "comment\nanything at all\n  goes here\nend comment\n\n~ monthly\n    expenses:rent    $1\n    assets:cash\n\n"
        "= expenses:rent\n    (budget:rent)    *-1\n\nP 2024-01-01 EUR $1.1\n"
    )

    assert told(found) == [
        ("expense", -123450, "Kasse", "bread"),
        ("expense", -1250, "Cash", "Food"),
        ("expense", -110000, "Kasse", "rent"),
    ]
    assert [line.amount.currency for line in found.lines] == ["EUR", "USD", "EUR"]
    first = found.lines[0]
    assert (first.payee, first.description, first.order_id, first.note) == ("Shop", "bread", "123", "fresh")
    assert [(closing.on, closing.balance.minor) for closing in found.closings] == [(date(2024, 1, 4), -233450)]
    assert reasons(found) == [(27, "periodic"), (31, "automated")]


def test_virtual_postings_count_where_they_are_on_own_accounts() -> None:
    found = ledger(
        "2024-01-01 start\n    (assets:bank)    100.00 CNY\n\n2024-01-02 envelopes\n    [assets:bank:food]    20 CNY\n"
        "    [assets:bank]    -20 CNY\n\n2024-01-03 budget\n    (budget:food)    50 CNY\n"
    )

    assert told(found) == [("adjustment", 10000, "bank", ""), ("transfer", -2000, "bank", "bank:food")]
    assert reasons(found) == [(8, "virtual")]


def test_an_assigned_balance_moves_what_is_missing() -> None:
    found = ledger(
        "2024-01-05 later\n    assets:cash    = 80 CNY\n    expenses:unknown\n\n"
        "2024-01-01 earlier\n    assets:cash    100 CNY\n    equity:opening\n"
    )

    assert told(found) == [("expense", -2000, "cash", "unknown"), ("adjustment", 10000, "cash", "")]


def test_an_account_of_no_known_side_is_asked_about_not_guessed() -> None:
    found = ledger("2024-01-01 a\n    Wallet    5 CNY\n    expenses:b\n")

    assert [(problem.line, problem.reason, problem.text) for problem in found.problems] == [
        (2, "account_unknown", "Wallet")
    ]


@pytest.mark.parametrize(
    ("text", "number", "unit"),
    [
        ("$-1,234.50", "-1234.5", "USD"),
        ("-$1,234.50", "-1234.5", "USD"),
        ("$1,234", "1234", "USD"),
        ("1.234,50 EUR", "1234.5", "EUR"),
        ("EUR 10,5", "10.5", "EUR"),
        ("1 234.50 kr", "1234.5", "SEK"),
        ("CHF 1'000", "1000", "CHF"),
        ("¥5", "5", "CNY"),
        ('3 "Chocolate Frogs"', "3", "Chocolate Frogs"),
        ("10", "10", "CNY"),
        ("1E3 EUR", "1000", "EUR"),
        ("($10 * 2)", "20", "USD"),
        ("(2 + 3) EUR", "5", "EUR"),
        ("元12.30", "12.3", "CNY"),
    ],
)
def test_amounts_are_read_however_they_are_written(text: str, number: str, unit: str) -> None:
    found = amount_of(text, Writing("CNY"))

    assert (found.number, found.unit) == (Fraction(number), unit)


@pytest.mark.parametrize("text", ["", "abc", "1 EUR 2", "--5", "1.2.3,4,5.6", "$5 EUR", "(1 EUR + 2 USD)", "(1 / 0)"])
def test_what_is_no_amount_is_refused(text: str) -> None:
    with pytest.raises(Unreadable):
        amount_of(text, Writing("CNY"))


def test_ledgers_lots_and_prices_count_by_cost_first() -> None:
    said = stated("-10 ACME {$50} [2024-01-01] (lot) @ $75 = 5 ACME", Writing("CNY"))

    assert [(weight.number, weight.unit) for weight in said.weights] == [
        (Fraction(-500), "USD"),
        (Fraction(-750), "USD"),
    ]
    assert said.target is not None
    flat = "2024-04-10 sale\n    Assets:Cash    $750.00\n    Assets:ACME    -10 ACME {$50} @ $75\n"
    gain = f"{flat}    Income:Gains    $-250.00\n"
    assert balances(ledger(gain).lines)["file:Assets:ACME", "USD"] == -50000
    assert balances(ledger(flat).lines)["file:Assets:ACME", "USD"] == -75000


@pytest.mark.parametrize(
    ("text", "value"), [("-1*(1.2+3.4)*5", "-23"), ("1,234.50", "1234.5"), ("1/4", "0.25"), ("--2", "2")]
)
def test_sums_are_exact(text: str, value: str) -> None:
    assert calculated(text) == Fraction(value)


@pytest.mark.parametrize("data", [b"date,amount\n2024-01-01,5\n", b"2024-01-01 a\n", b"<OFX>", "日期 金额\n".encode()])
def test_what_is_no_journal_is_not_taken_for_one(data: bytes) -> None:
    assert not beancount_journal.recognises(data)
    assert not ledger_journal.recognises(data)


HEAD = "2024-01-01 shop\n    Assets:Cash    "


@pytest.mark.parametrize(
    "text",
    [
        "2024-01-01 x\n a" + " " * 200_000,
        "2024-01-01 x\n" + " a\n" * 100_000,
        HEAD + "[" * 200_000,
        HEAD + "{" * 200_000,
        HEAD + "(" * 200_000,
        HEAD + " =" * 100_000,
        HEAD + "1" + " " * 200_000 + "x",
        HEAD + "9" * 200_000 + " EUR\n    Expenses:Food\n",
        HEAD + "1," * 100_000,
        HEAD + "1, " * 100_000 + "}",
        "2024-01-01 *\n" + ('"' * 60 + "\n") * 9 + "x\n",
        "2024-01-01 *\n" + (" " * 60 + "x\n") * 9 + "x\n",
        "2024-01-01 *\n" + (' "' * 60 + "\n") * 18 + "x\n",
        "2024-01-01 balance Assets:Cash  1" + " " * 200_000 + "x\n",
    ],
    ids=lambda text: f"{text[:24]!r}…{text[-3:]!r}",
)
def test_hostile_journals_are_read_in_linear_time(text: str) -> None:
    with at_most(20):
        for data in (text.encode(), text.replace("2024-01-01 shop", '2024-01-01 * "shop"').encode()):
            recognise(data, "x.journal")
            for reader in (ledger_journal, beancount_journal):
                reader.parse(data, "x.journal", YUAN)


ROOTS = ("Assets:A", "Assets:B", "Liabilities:C", "Expenses:D", "Expenses:E", "Income:F", "Equity:G")


@given(
    st.lists(st.tuples(st.sampled_from(ROOTS), st.integers(-(10**7), 10**7)), min_size=1, max_size=8),
    st.sampled_from(ROOTS),
)
def test_whatever_a_transaction_holds_own_accounts_and_categories_get_exactly_theirs(
    postings: list[tuple[str, int]], rest: str
) -> None:
    rows = [*postings, (rest, -sum(minor for _, minor in postings))]
    text = "".join(f"  {account}  {Money(minor, 'CNY').plain()} CNY\n" for account, minor in rows)
    found = bean(f'2024-01-02 * "x" ""\n{text}')
    wanted: Counter[str] = Counter()
    for account, minor in rows:
        wanted[account] += minor

    assert not found.problems
    touches_own = any(minor for account, minor in rows if account.startswith(("Assets", "Liabilities")))
    if not touches_own:
        assert not found.lines
        return
    ours = balances(found.lines)
    assert {key[5:]: minor for (key, _), minor in ours.items() if minor} == {
        account: minor for account, minor in wanted.items() if minor and account.startswith(("Assets", "Liabilities"))
    }
    nominal: Counter[str] = Counter()
    for line in found.lines:
        if line.kind not in {Kind.TRANSFER, Kind.ADJUSTMENT}:
            nominal[line.source_category] -= signed(line)
    assert {name: minor for name, minor in nominal.items() if minor} == {
        account.split(":")[1]: minor
        for account, minor in wanted.items()
        if minor and account.startswith(("Expenses", "Income"))
    }
