"""Tables of unknown origin: guessed, read through the mapping, and found again by their header."""

import dataclasses
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.importers.generic import DateOrder, Doubt, Mapping, Role, apply, from_json, guess, signature, to_json
from data.importers.mapping import MappingUnreadable
from data.importers.reading import csv_table, is_workbook
from data.importers.recognise import recognise
from data.importers.statement import AccountHint, AccountKind, Direction, FileRefused, Kind, Statement
from data.importers.table import Row, Table
from data.importers.workbook import workbook_tables
from data.money import Money
from tests.samples import expected, require_samples, sample

CHINA = timezone(timedelta(hours=8))


def table_of(data: bytes, file: str = "bank.csv", delimiter: str = ",") -> Table:
    return workbook_tables(data, file)[0] if is_workbook(data) else csv_table(data, file, delimiter=delimiter)


def read(text: str, delimiter: str = ",", **changes: Any) -> Statement:
    table = table_of(text.encode(), delimiter=delimiter)
    mapping = guess(table, delimiter=delimiter)
    assert mapping is not None
    return apply(table, dataclasses.replace(mapping, **changes))


def guessed(text: str) -> Mapping:
    mapping = guess(table_of(text.encode()))
    assert mapping is not None
    return mapping


def sums(statement: Statement, direction: Direction) -> tuple[int, Decimal]:
    amounts = [line.amount.decimal() for line in statement.lines if line.direction is direction]
    return len(amounts), sum(amounts, Decimal(0))


# path → what must be said about it beyond the guess
FLOWS: dict[str, dict[str, Any]] = {
    "oca-bank-statement-import/balance.csv": {},
    "oca-bank-statement-import/debit_credit.csv": {},
    "oca-bank-statement-import/sample_statement_en.csv": {},
    # Same columns as the one before with the signs of a card: nothing in the file says so, the person does.
    "oca-bank-statement-import/sample_statement_credit_card_inverse_sign_en.csv": {"flip_sign": True},
    "hledger/sample.csv": {},
    "hledger/csv/apps/monefy.csv": {},
    "hledger/csv/banking/csb43.csv": {},
}


@pytest.mark.parametrize("path", FLOWS)
def test_the_peers_files_give_their_inflow_and_outflow(path: str) -> None:
    require_samples()
    figures = expected()[path]
    table = table_of(sample(path).read_bytes(), path)
    mapping = guess(table)
    assert mapping is not None
    found = apply(table, dataclasses.replace(mapping, **FLOWS[path]))

    assert sums(found, Direction.IN) == (figures["inflow_n"], Decimal(figures["inflow"]))
    assert sums(found, Direction.OUT) == (figures["outflow_n"], Decimal(figures["outflow"]))
    assert len(found.lines) == figures["rows"]


@pytest.mark.parametrize(
    "path",
    [
        "double-entry-generator/abc_debit/example-abc_debit-records.csv",
        "double-entry-generator/bmo/credit/example-bmo-records.csv",
        "double-entry-generator/citic/credit/example-citic-records.xls",
        "double-entry-generator/cmb/debit/example-cmb-records.csv",
        "double-entry-generator/hsbchk/debit/example-hsbchk-debit-records.csv",
        "double-entry-generator/icbc/credit/example-icbc-credit-records.csv",
        "double-entry-generator/icbc/debit-v1/example-icbc-debit-v1-records.csv",
        "preciouss/cmb_credit_sample.csv",
        "preciouss/cmb_debit_sample.csv",
    ],
)
def test_bank_files_give_their_sums_by_currency_without_an_importer_of_their_own(path: str) -> None:
    require_samples()
    found = apply_guess(path)

    names = {"人民币": "CNY", "": "CNY"}
    for currency, flows in expected()[path]["by_currency"].items():
        code = names.get(currency, currency)
        for direction, name in ((Direction.IN, "inflow"), (Direction.OUT, "outflow")):
            amounts = [
                line.amount.decimal()
                for line in found.lines
                if (line.direction, line.amount.currency) == (direction, code)
            ]
            assert (len(amounts), sum(amounts)) == (flows[f"{name}_n"], Decimal(flows[name]))


def test_a_year_of_card_purchases_keeps_repayments_out_of_spending() -> None:
    path = "kaggle-personal-transactions/personal_transactions.csv"
    found = apply_guess(path)
    figures = expected()[path]

    assert len(found.lines) == figures["rows"]
    assert sums(found, Direction.OUT) == (figures["debit_n"], Decimal(str(figures["debit"])))
    assert sums(found, Direction.IN) == (figures["credit_n"], Decimal(str(figures["credit"])))
    spent = sum(line.amount.minor for line in found.lines if line.kind is Kind.EXPENSE)
    assert Decimal(spent).scaleb(-2) == Decimal(str(figures["spend_excl_card_payment"]))
    assert len({line.account.label for line in found.lines}) == len(figures["accounts"])
    assert (found.lines[0].booked_on.isoformat(), found.lines[-1].booked_on.isoformat()) == (
        figures["first"],
        figures["last"],
    )


def apply_guess(path: str) -> Statement:
    table = table_of(sample(path).read_bytes(), path)
    mapping = guess(table)
    assert mapping is not None
    return apply(table, mapping)


def test_ten_thousand_chinese_rows_give_their_sums() -> None:
    path = "beecount/demo_ledger_zh.csv"
    found, figures = apply_guess(path), expected()[path]["by_type"]

    assert sums(found, Direction.OUT) == (figures["支出"]["n"], Decimal(str(figures["支出"]["sum"])))
    assert sums(found, Direction.IN) == (figures["收入"]["n"], Decimal(str(figures["收入"]["sum"])))


def test_a_purchase_list_gives_its_sum_with_category_account_and_note() -> None:
    path = "maybe/transactions.csv"
    found = apply_guess(path)

    assert sums(found, Direction.OUT) == (expected()[path]["rows"], -Decimal(str(expected()[path]["neg"])))
    first = found.lines[0]
    assert (first.payee, first.source_category, first.account.label, first.note) == (
        "Grocery Store",
        "Food",
        "Checking Account",
        "Weekly grocery shopping",
    )


def test_one_bad_row_is_a_problem_and_the_rest_is_read() -> None:
    found = apply_guess("maybe/valid.csv")

    assert [(problem.line, problem.cell, problem.reason, problem.text) for problem in found.problems] == [
        (2, "date", "date_unreadable", "invalid_date")
    ]
    assert [line.amount for line in found.lines] == [Money(8950, "CNY")]


def test_opening_balances_without_dates_are_not_guessed() -> None:
    assert guess(table_of(sample("maybe/accounts.csv").read_bytes())) is None


@pytest.mark.parametrize("name", ["empty_statement_en.csv", "empty_statement_en.xlsx"])
def test_a_header_without_rows_is_refused(name: str) -> None:
    (parsed,) = recognise(sample(f"oca-bank-statement-import/{name}").read_bytes(), name)

    assert parsed.refusal is not None
    assert parsed.refusal.reason == "no_rows"


def test_a_sheet_with_codes_in_its_amounts_and_a_total_row_is_read() -> None:
    name = "sample_statement_en_empty_values.xlsx"
    (parsed,) = recognise(sample(f"oca-bank-statement-import/{name}").read_bytes(), name)

    assert parsed.statement is not None
    assert [line.amount for line in parsed.statement.lines] == [
        Money(57968, "USD"),
        Money(54400, "USD"),
        Money(108400, "USD"),
    ]
    assert [skipped.reason for skipped in parsed.statement.skipped] == ["footer"]


def test_the_peers_table_with_every_column_gives_the_peers_rows() -> None:
    path = "ezbookkeeping_cases/custom_dsv/WithAllSupportedColumns__01.csv"
    found = apply_guess(path)

    rows = [
        (line.kind, line.amount.minor, line.source_category, line.account.label, line.description or line.payee)
        for line in found.lines
    ]
    assert rows == [
        (Kind.ADJUSTMENT, 12345, "", "Test Account", ""),
        (Kind.INCOME, 12, "Test Sub Category", "Test Account", "Hello World"),
        (Kind.EXPENSE, 100, "Test Sub Category2", "Test Account", "Foo#Bar"),
        (Kind.TRANSFER, 5, "Test Sub Category3", "Test Account", "foo\tbar"),
    ]
    assert found.lines[3].counter is not None
    assert found.lines[3].counter.label == "Test Account2"
    # The instants that the peer's test states; the dates stay those of the file.
    assert [int(line.occurred_at.timestamp()) for line in found.lines] == [
        1725120000,
        1725125025,
        1725194096,
        1725253199,
    ]
    assert {line.booked_on for line in found.lines} == {date(2024, 9, 1)}


@pytest.mark.parametrize("name", ["MinimumValidData__01", "ParseDataLines__03"])
def test_the_peers_tables_without_header_are_guessed_by_content(name: str) -> None:
    path = f"ezbookkeeping_cases/custom_dsv/{name}.csv"
    (parsed,) = recognise(sample(path).read_bytes(), path)
    assert parsed.statement is not None

    wanted = {
        "MinimumValidData__01": [(Kind.ADJUSTMENT, 12345), (Kind.INCOME, 12), (Kind.EXPENSE, 100), (Kind.TRANSFER, 5)],
        "ParseDataLines__03": [(Kind.EXPENSE, 100), (Kind.TRANSFER, 5)],
    }
    assert [(line.kind, line.amount.minor) for line in parsed.statement.lines] == wanted[name]


@pytest.mark.parametrize(
    ("name", "columns", "wanted"),
    [
        ("ParseValidAmount__01", ("date", "direction", "amount"), [12345, 12, 100, 5]),
        ("ParseAmountWithSpaceDigitGroupingSymbol__01", ("date", "direction", "amount"), [123400]),
        ("ParseAmountWithSpaceDigitGroupingSymbol__04", ("date", "direction", "amount"), [123400]),
        (
            "ParseValidAccountCurrency__01",
            ("date", "direction", "account", "currency", "amount", "counter"),
            [12345, 123],
        ),
    ],
)
def test_the_peers_tables_that_need_a_person_are_read_by_their_mapping(
    name: str, columns: tuple[str, ...], wanted: list[int]
) -> None:
    table = table_of(sample(f"ezbookkeeping_cases/custom_dsv/{name}.csv").read_bytes())
    mapping = Mapping(tuple((Role(role), at) for at, role in enumerate(columns)))

    assert [line.amount.minor for line in apply(table, mapping).lines] == wanted


def test_semicolons_decimal_commas_and_a_note_row_are_understood() -> None:
    (parsed,) = recognise(sample("fava/import.csv").read_bytes(), "import.csv")

    assert parsed.statement is not None
    assert [line.amount for line in parsed.statement.lines] == [Money(10000, "EUR"), Money(5000, "EUR")]
    assert [skipped.reason for skipped in parsed.statement.skipped] == ["no_amount"]
    assert parsed.mapping is not None
    assert (parsed.mapping.delimiter, parsed.mapping.decimal_comma) == (";", True)


@pytest.mark.parametrize(
    ("dates", "order", "doubtful"),
    [
        (("01/02/2025", "13/02/2025"), DateOrder.DMY, False),
        (("01/02/2025", "02/13/2025"), DateOrder.MDY, False),
        (("2025-02-01", "2025-02-13"), DateOrder.YMD, False),
        (("2025年2月1日", "2025年2月13日"), DateOrder.YMD, False),
        (("20250201", "20250213"), DateOrder.YMD, False),
        (("01/02/2025", "03/02/2025"), DateOrder.DMY, True),
    ],
)
def test_the_date_order_is_proven_by_the_column_or_doubted(
    dates: tuple[str, str], order: DateOrder, *, doubtful: bool
) -> None:
    mapping = guessed("Date,Payee,Amount\n" + "".join(f"{day},Shop,-5.00\n" for day in dates))

    assert mapping.date_order is order
    assert mapping.ambiguous is doubtful
    assert (Doubt.DATE_ORDER in mapping.doubts) is doubtful


def test_a_doubt_stands_among_the_problems_until_it_is_settled() -> None:
    text = "Date,Payee,Amount\n01/02/2025,Shop,-5.00\n"

    assert [(problem.cell, problem.reason) for problem in read(text).problems] == [("Date", "date_order_ambiguous")]
    assert not read(text, doubts=()).problems


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("2025-03-04 15:06:07", datetime(2025, 3, 4, 15, 6, 7, tzinfo=CHINA)),
        ("2025/3/4 15:06", datetime(2025, 3, 4, 15, 6, tzinfo=CHINA)),
        ("2025-03-04T15:06:07Z", datetime(2025, 3, 4, 15, 6, 7, tzinfo=UTC)),
        ("4 Mar 2025", datetime(2025, 3, 4, tzinfo=CHINA)),
        ("March 4, 2025", datetime(2025, 3, 4, tzinfo=CHINA)),
        ("20250304150607", datetime(2025, 3, 4, 15, 6, 7, tzinfo=CHINA)),
        ("2025-03-04 3:06 PM", datetime(2025, 3, 4, 15, 6, tzinfo=CHINA)),
    ],
)
def test_moments_are_understood_in_many_forms(text: str, wanted: datetime) -> None:
    (line,) = read(f'Date,Payee,Amount\n"{text}",Shop,-5.00\n', date_order=DateOrder.YMD, doubts=()).lines

    assert line.occurred_at == wanted
    assert line.booked_on == date(2025, 3, 4)


def test_dates_and_times_of_sheets_are_understood() -> None:
    header = Row(1, ("日期", "金额"))
    serial = Row(2, (Decimal("46283.79487"), Decimal(-5)))
    stamp = Row(3, (datetime(2026, 9, 18, 19, 4, 37), Decimal("-5.5")))  # noqa: DTZ001 - a sheet's dates have no zone
    table = Table("a.xlsx", "xlsx", (header, serial, stamp), "Sheet1")
    mapping = guess(table)
    assert mapping is not None

    found = apply(table, mapping)
    assert [line.occurred_at for line in found.lines] == [datetime(2026, 9, 18, 19, 4, 37, tzinfo=CHINA)] * 2
    assert [(line.amount.minor, line.sheet) for line in found.lines] == [(500, "Sheet1"), (550, "Sheet1")]


@pytest.mark.parametrize(
    ("cell", "where", "reason"),
    [
        ("2025-13-01,Shop,-5", "Date", "date_unreadable"),
        ("9999-01-01,Shop,-5", "Date", "date_absurd"),
        (",Shop,-5", "Date", "missing"),
        ("2025-01-01,Shop,12..5", "Amount", "amount_unreadable"),
        ("2025-01-01,Shop,-99999999999999999999", "Amount", "amount_unreadable"),
        ("2025-01-01,Shop,-1.234", "Amount", "amount_unreadable"),
        ("2025-01-01,Shop", "2", "truncated"),
    ],
)
def test_an_absurd_cell_is_named_by_line_and_column(cell: str, where: str, reason: str) -> None:
    found = read("Date,Payee,Amount\n2025-01-01,Shop,-5\n2025-01-02,Shop,-6\n" + cell + "\n")

    assert len(found.lines) == 2
    assert [(problem.line, problem.cell, problem.reason) for problem in found.problems] == [(4, where, reason)]


def test_a_row_cut_within_its_last_cells_is_not_trusted() -> None:
    whole = "Date,Amount,Payee\n2025-01-01,-5.00,A\n2025-01-02,-123.45,B\n"
    found = read(whole[: whole.index("123.45") + 3])

    assert [line.amount.minor for line in found.lines] == [500]
    assert [problem.reason for problem in found.problems] == ["truncated"]


def test_debit_and_credit_columns_take_turns() -> None:
    found = read("日期,摘要,借方,贷方,余额\n2025-01-01,午餐,12.00,,88.00\n2025-01-02,工资,-,100.00,188.00\n")

    assert [(line.direction, line.amount.minor) for line in found.lines] == [
        (Direction.OUT, 1200),
        (Direction.IN, 10000),
    ]


def test_a_row_with_both_a_debit_and_a_credit_is_a_problem() -> None:
    found = read("日期,摘要,借方,贷方\n2025-01-01,午餐,12.00,\n2025-01-02,工资,,9\n2025-01-02,怪,5,100.00\n")

    assert [(problem.line, problem.cell, problem.reason) for problem in found.problems] == [(4, "贷方", "both_sides")]


def test_the_running_balance_proves_the_sign() -> None:
    rows = "Date,Payee,Amount,Balance\n2025-01-01,A,5.00,105.00\n2025-01-02,B,7.00,{}\n"

    receipts, purchases = guessed(rows.format("112.00")), guessed(rows.format("98.00"))
    assert (receipts.flip_sign, receipts.ambiguous) == (False, False)
    assert (purchases.flip_sign, purchases.ambiguous) == (True, False)


def test_unsigned_amounts_alone_are_taken_for_purchases_with_a_doubt() -> None:
    mapping = guessed("Date,Payee,Amount\n2025-01-01,A,5.00\n2025-01-02,B,7.00\n")

    assert mapping.flip_sign
    assert Doubt.SIGN in mapping.doubts


@pytest.mark.parametrize(
    ("header", "cell", "currency"),
    [
        ("Amount (USD)", "-5.00", "USD"),
        ("金额（元）", "-5.00", "CNY"),
        ("Amount", "-€5.00", "EUR"),
        ("金额", "-￥5.00", "CNY"),
    ],
)
def test_a_unit_or_a_symbol_says_the_currency(header: str, cell: str, currency: str) -> None:
    mapping = guessed(f"Date,{header}\n2025-01-01,{cell}\n2025-01-02,{cell}\n")

    assert mapping.currency == currency
    assert Doubt.CURRENCY not in mapping.doubts


def test_rows_of_several_currencies_keep_theirs_and_are_not_added() -> None:
    found = read("日期,币种,金额\n2025-01-01,人民币,-5.00\n2025-01-02,JPY,-500\n2025-01-03,XYZ9,-1\n")

    assert [line.amount for line in found.lines] == [Money(500, "CNY"), Money(500, "JPY")]
    assert found.computed is None
    assert [(problem.line, problem.cell, problem.reason) for problem in found.problems] == [
        (4, "币种", "currency_unknown")
    ]


def test_the_direction_column_beats_the_sign_and_names_refunds_and_transfers() -> None:
    found = read("日期,类型,金额\n2025-01-01,支出,5\n2025-01-02,收入,-6\n2025-01-03,退款,7\n2025-01-04,转账,8\n")

    assert [(line.kind, line.direction) for line in found.lines] == [
        (Kind.EXPENSE, Direction.OUT),
        (Kind.INCOME, Direction.IN),
        (Kind.REFUND, Direction.IN),
        (Kind.TRANSFER, Direction.OUT),
    ]


def test_the_header_is_found_below_a_preamble_and_rows_at_the_end_can_be_left_out() -> None:
    text = "某银行,交易明细\n\n账号,1234\n日期,金额,摘要\n2025-01-01,-5.00,午餐\n说明,本表仅供参考,谢谢\n"

    assert [problem.line for problem in read(text).problems] == [6]
    found = read(text, skip_bottom=1)
    assert (found.header_row, [line.line for line in found.lines], found.problems) == (4, [5], ())


def test_a_signature_depends_on_the_header_alone() -> None:
    one = table_of("日期,金额\n2025-01-01,-5\n".encode())
    later = table_of("标题\n 日期 ,金额,\n2026-02-02,-7\n2026-02-03,-8\n".encode())
    other = table_of("日期,金额,余额\n2025-01-01,-5,10\n".encode())

    assert signature(one) == signature(later) != signature(other)
    assert apply(later, guessed("日期,金额\n2025-01-01,-5\n")).lines[1].amount == Money(800, "CNY")


def test_a_mapping_for_another_layout_is_refused_by_name() -> None:
    with pytest.raises(FileRefused) as refused:
        apply(table_of(b"Date,Value\n2025-01-01,-5\n"), guessed("日期,金额\n2025-01-01,-5\n"))

    assert (refused.value.reason, refused.value.detail) == ("no_header", "日期, 金额")


hints = st.builds(AccountHint, st.text(), st.text(), st.sampled_from(AccountKind), st.text(), st.text())


@given(
    st.builds(
        Mapping,
        columns=st.dictionaries(st.sampled_from(Role), st.integers(0, 99)).map(lambda found: tuple(found.items())),
        header=st.lists(st.text()).map(tuple),
        skip_top=st.integers(0, 99),
        date_order=st.sampled_from(DateOrder),
        decimal_comma=st.booleans(),
        account=st.none() | hints,
        doubts=st.lists(st.sampled_from(Doubt)).map(tuple),
    )
)
def test_a_mapping_survives_json(mapping: Mapping) -> None:
    back = from_json(to_json(mapping))

    assert dict(back.columns) == dict(mapping.columns)
    assert dataclasses.replace(back, columns=()) == dataclasses.replace(mapping, columns=())


@pytest.mark.parametrize("text", ["", "[]", "null", "{}", '{"columns": {"date": "x"}}', "{"])
def test_what_is_no_saved_mapping_is_refused(text: str) -> None:
    with pytest.raises(MappingUnreadable):
        from_json(text)
