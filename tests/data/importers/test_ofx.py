"""OFX, QFX and QBO: every sample gives the figures an independent script and the peers' own tests expect."""

from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest

from data.importers import ofx
from data.importers.ofx_values import amount_of, stamp_of
from data.importers.statement import AccountKind, Direction, FileRefused, Kind, Line, Statement
from data.money import AmountUnreadable, Money
from tests.samples import expected, peer_cases, peer_expectation, require_samples, sample

OFX_SAMPLES = sorted(
    path for path, figures in expected().items() if isinstance(figures, dict) and figures.get("kind") == "ofx"
)
# US dollars in ten-thousandths: money does not round, so these rows lie in the tray instead.
FINER_THAN_CENTS = {"ofxparse/fidelity-savings.ofx": 3}
# No date, an empty date, and the 31st of February.
UNREADABLE_DATES = {"ofxparse/fail_nice/date_missing.ofx": 3}


def parse(text: str | bytes) -> Statement:
    return ofx.parse(text.encode() if isinstance(text, str) else text, "bank.ofx")


def statement_of(*rows: str, account: str = "<ACCTID>123", before: str = "", after: str = "") -> Statement:
    listed = "".join(f"<STMTTRN>{row}</STMTTRN>" for row in rows)
    return parse(
        f"OFXHEADER:100\nDATA:OFXSGML\n\n<OFX><BANKMSGSRSV1><STMTTRNRS><STMTRS><CURDEF>USD{before}"
        f"<BANKACCTFROM>{account}</BANKACCTFROM><BANKTRANLIST>{listed}</BANKTRANLIST>{after}"
        "</STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>"
    )


def row(kind: str, amount: str, when: str = "20240901", more: str = "<FITID>1<NAME>Shop") -> str:
    return f"<TRNTYPE>{kind}<DTPOSTED>{when}<TRNAMT>{amount}{more}"


def test_the_samples_are_there() -> None:
    require_samples()
    assert len(OFX_SAMPLES) == 21


@pytest.mark.parametrize("path", OFX_SAMPLES)
def test_every_sample_gives_the_rows_and_sums_it_must(path: str) -> None:
    figures = expected()[path]
    found = ofx.parse(sample(path).read_bytes(), path)
    unread = FINER_THAN_CENTS.get(path, 0) + UNREADABLE_DATES.get(path, 0)

    assert ofx.recognises(sample(path).read_bytes())
    assert len(found.lines) + unread == figures["bank_txn"]
    # An INVBANKTRAN is money and imported; the index counts it among the investment elements, too.
    in_investments = figures["bank_txn"] if figures["invest_txn"] else 0
    assert [skipped.reason for skipped in found.skipped] == ["investment"] * (figures["invest_txn"] - in_investments)
    if not unread:
        for direction, name in ((Direction.IN, "inflow"), (Direction.OUT, "outflow")):
            amounts = [line.amount.decimal() for line in found.lines if line.direction is direction]
            assert len(amounts) == figures[f"{name}_n"]
            assert sum(amounts, Decimal(0)) == Decimal(figures[name])
        assert [line.booked_on.strftime("%Y%m%d") for line in found.lines][:1] == [figures["first"]][: len(found.lines)]


def test_a_row_without_a_readable_date_is_a_problem_of_its_line_and_cell() -> None:
    found = ofx.parse(sample("ofxparse/fail_nice/date_missing.ofx").read_bytes(), "x.ofx")

    assert [(problem.line, problem.cell, problem.reason) for problem in found.problems] == [
        (33, "DTPOSTED", "missing"),
        (40, "DTPOSTED", "missing"),
        (48, "DTPOSTED", "date_unreadable"),
    ]


def test_amounts_finer_than_the_currency_are_shown_not_rounded() -> None:
    found = ofx.parse(sample("ofxparse/fidelity-savings.ofx").read_bytes(), "x.ofx")

    assert [problem.text for problem in found.problems] == [
        "+00000000000115.8331",
        "-00000000000197.1063",
        "-00000000000197.1220",
    ]


PEER_TYPES = {
    Kind.INCOME: "INCOME",
    Kind.EXPENSE: "EXPENSE",
    Kind.TRANSFER: "TRANSFER_OUT",
}
# The peer refuses the whole file for one bad row; we keep the rest and show that row.
PEER_ERRORS = {
    "errs.ErrAmountInvalid": "TRNAMT",
    "errs.ErrTransactionTimeInvalid": "DTPOSTED",
    "errs.ErrTransactionTypeInvalid": "TRNTYPE",
}


@pytest.mark.parametrize("path", peer_cases("ofx"))
def test_the_peers_cases_give_the_peers_rows(path: str) -> None:
    case: dict[str, Any] = peer_expectation(path)
    error = case.get("error")
    if error == "errs.ErrMissingAccountData":
        with pytest.raises(FileRefused) as refused:
            ofx.parse(sample(path).read_bytes(), path)
        assert refused.value.reason == "no_account"
        return

    found = ofx.parse(sample(path).read_bytes(), path)
    if error:
        assert not found.lines
        assert [problem.cell for problem in found.problems] == [PEER_ERRORS[error]]
        return
    assert len(found.lines) == case["count_allNewTransactions"]
    for wanted in case["transactions"]:
        line = found.lines[wanted["index"]]
        if "Amount" in wanted:
            assert line.amount.minor == wanted["Amount"]
        if "Type" in wanted:
            assert PEER_TYPES[line.kind] == wanted["Type"]
        if "Comment" in wanted:
            # The peer's comment; a name without a memo is a payee to us.
            assert line.payee == wanted["Comment"]
        ours = {line.account.label, line.counter.label if line.counter else ""}
        names = {wanted.get(f"Original{side}AccountName") for side in ("Source", "Destination")}
        assert names - {None, ""} <= ours
        currency = wanted.get("OriginalSourceAccountCurrency")
        assert currency in {None, line.amount.currency}


@pytest.mark.parametrize("path", peer_cases("ofx_reader"))
def test_the_peers_reader_cases_are_read(path: str) -> None:
    data = sample(path).read_bytes()
    if "InvalidHeader" in path:
        with pytest.raises(FileRefused) as refused:
            ofx.parse(data, path)
        assert (refused.value.reason, refused.value.detail) == ("not_recognised", "DATA:XML")
        return

    found = ofx.parse(data, path)
    # That file names a payee to its last detail and no currency at all.
    lacks_currency = [("CURRENCY", "missing")] if "Payee" in path else []
    assert [(problem.cell, problem.reason) for problem in found.problems] == lacks_currency


@pytest.mark.parametrize("path", OFX_SAMPLES)
@pytest.mark.filterwarnings("ignore")
def test_ofxtools_reads_the_same_rows_where_it_reads_the_file_at_all(path: str) -> None:
    parser = pytest.importorskip("ofxtools.Parser")
    tree = parser.OFXTree()
    try:
        tree.parse(str(sample(path)))
        theirs = tree.convert()
    except Exception as error:  # noqa: BLE001 - whatever it cannot read it has no opinion on
        pytest.skip(f"ofxtools refuses it: {type(error).__name__}")
    rows = [row for listed in theirs.statements for row in (getattr(listed, "transactions", None) or ())]
    banked = [getattr(row, "stmttrn", row) for row in rows]
    amounts = [(row.fitid, row.trnamt) for row in banked if hasattr(row, "trnamt")]
    if path in FINER_THAN_CENTS:
        amounts = [(fitid, amount) for fitid, amount in amounts if amount == amount.quantize(Decimal("0.01"))]

    found = ofx.parse(sample(path).read_bytes(), path)
    assert [(line.order_id, signed(line).decimal()) for line in found.lines] == amounts


def signed(line: Line) -> Money:
    return line.amount if line.direction is Direction.IN else -line.amount


@pytest.mark.parametrize(
    ("text", "minor"),
    [
        ("-12,34", -1234),
        ("1.234,56", 123456),
        ("1,234.56", 123456),
        ("1,234", 123400),
        ("+5", 500),
        ("(7.50)", -750),
        ("-00000000001500.0000", -150000),
    ],
)
def test_either_decimal_sign_is_understood(text: str, minor: int) -> None:
    assert amount_of(text, "USD") == Money(minor, "USD")


def test_a_currency_of_mils_may_have_three_decimals_behind_a_comma() -> None:
    assert amount_of("1,234", "KWD") == Money(1234, "KWD")


@pytest.mark.parametrize("text", ["", "123 45", "1.2.3", "abc", "--5", "9" * 30])
def test_what_is_no_amount_is_refused(text: str) -> None:
    with pytest.raises(AmountUnreadable):
        amount_of(text, "USD")


@pytest.mark.parametrize(
    ("text", "hours"),
    [
        ("20240901235959.000[-5:EST]", -5),
        ("20240901235959[+8:CST]", 8),
        ("20240901235959[-:EST]", -5),
        ("20240901235959[5.5]", 5.5),
        ("20240901235959[+0530]", 5.5),
        ("20240901235959[-3.30:NST]", -3.5),
        ("20240901235959", 0),
        ("20240901235959[0:UTC]", 0),
    ],
)
def test_the_digits_are_the_local_date_and_the_offset_gives_the_instant(text: str, hours: float) -> None:
    stamp = stamp_of(text)

    assert not isinstance(stamp, str)
    assert stamp.booked_on == date(2024, 9, 1)
    assert stamp.occurred_at == datetime(2024, 9, 1, 23, 59, 59, tzinfo=timezone(timedelta(hours=hours)))


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "missing"),
        ("2024", "date_unreadable"),
        ("20240231", "date_unreadable"),
        ("20240901 12:34:56", "date_unreadable"),
        ("20240901[+99]", "date_unreadable"),
        ("00010101", "date_absurd"),
        ("99991231", "date_absurd"),
    ],
)
def test_what_is_no_date_says_why(text: str, reason: str) -> None:
    assert stamp_of(text) == reason


@pytest.mark.parametrize(
    ("kind", "amount", "wanted"),
    [
        ("CREDIT", "-5.00", (Kind.EXPENSE, Direction.OUT)),
        ("DEBIT", "5.00", (Kind.INCOME, Direction.IN)),
        ("FEE", "-5.00", (Kind.FEE, Direction.OUT)),
        ("SRVCHG", "5.00", (Kind.REFUND, Direction.IN)),
        ("INT", "5.00", (Kind.INCOME, Direction.IN)),
        ("XFER", "-5.00", (Kind.TRANSFER, Direction.OUT)),
        ("ATM", "-5.00", (Kind.TRANSFER, Direction.OUT)),
    ],
)
def test_the_sign_beats_the_type(kind: str, amount: str, wanted: tuple[Kind, Direction]) -> None:
    (line,) = statement_of(row(kind, amount)).lines

    assert (line.kind, line.direction) == wanted


def test_money_into_a_credit_card_is_a_repayment_or_a_refund_never_income() -> None:
    rows = row("CREDIT", "5", more="<NAME>AUTOPAY PAYMENT - THANK YOU") + "</STMTTRN><STMTTRN>" + row("CREDIT", "6")
    found = parse(
        "<OFX><CREDITCARDMSGSRSV1><CCSTMTRS><CURDEF>USD<CCACCTFROM><ACCTID>4111111111111111</CCACCTFROM>"
        f"<BANKTRANLIST><STMTTRN>{rows}</STMTTRN></BANKTRANLIST></CCSTMTRS></CREDITCARDMSGSRSV1></OFX>"
    )

    assert [line.kind for line in found.lines] == [Kind.TRANSFER, Kind.REFUND]
    assert {line.account.kind for line in found.lines} == {AccountKind.LIABILITY}
    assert found.lines[0].account.last4 == "1111"
    assert "4111111111111111" not in repr(found)


def test_a_row_to_another_own_account_names_it() -> None:
    (line,) = statement_of(row("DEBIT", "-5", more="<BANKACCTTO><ACCTID>456</BANKACCTTO>")).lines

    assert (line.kind, line.counter.label if line.counter else None) == (Kind.TRANSFER, "456")


def test_repeated_ids_stay_apart_by_amount_and_date_and_true_twins_stay_two() -> None:
    found = statement_of(row("DEBIT", "-5"), row("DEBIT", "-6"), row("DEBIT", "-5", "20240902"), row("DEBIT", "-5"))

    identities = [line.identity for line in found.lines]
    assert len(set(identities)) == 3
    assert identities[0] == identities[3]
    assert len({(line.line, line.part) for line in found.lines}) == 4


def test_the_ledger_balance_is_a_closing_and_a_blank_one_is_none() -> None:
    balance = "<LEDGERBAL><BALAMT>{}<DTASOF>20240930120000[-5]</LEDGERBAL>"

    (closing,) = statement_of(row("DEBIT", "-5"), after=balance.format("1,234.50")).closings
    assert (closing.on, closing.balance) == (date(2024, 9, 30), Money(123450, "USD"))
    blank = statement_of(row("DEBIT", "-5"), after=balance.format(" "))
    assert not blank.closings
    assert not blank.problems


def test_a_row_in_another_currency_keeps_it_and_sums_are_not_added() -> None:
    foreign = "<CURRENCY><CURRATE>7.1<CURSYM>JPY</CURRENCY>"
    found = statement_of(row("DEBIT", "-5"), row("DEBIT", "-500", more=foreign))

    assert [line.amount for line in found.lines] == [Money(500, "USD"), Money(500, "JPY")]
    assert found.computed is None


def test_a_corrected_row_gives_way_to_its_correction() -> None:
    correction = row("DEBIT", "-6", more="<FITID>2<CORRECTFITID>1<CORRECTACTION>REPLACE")
    found = statement_of(row("DEBIT", "-5"), correction)

    assert [line.amount.minor for line in found.lines] == [600]
    assert [skipped.reason for skipped in found.skipped] == ["corrected"]


def test_a_file_cut_within_a_row_keeps_the_rows_before_it() -> None:
    whole = sample("ofxparse/checking.ofx").read_bytes()
    found = parse(whole[: whole.index(b"-34.51") + 3])

    assert [line.amount.minor for line in found.lines] == [1]
    assert [problem.reason for problem in found.problems] == ["truncated", "truncated"]


def test_what_the_bank_says_about_a_failure_is_passed_on() -> None:
    found = ofx.parse(sample("ofxparse/signon_fail.ofx").read_bytes(), "x.ofx")

    assert [problem.reason for problem in found.problems] == ["bank_error", "no_statement"]
    assert found.problems[0].text.startswith("Your request could not be processed")


@pytest.mark.parametrize("declaration", ["<!DOCTYPE OFX [<!ENTITY a 'aaaa'>]>", "<!ENTITY a 'aaaa'>"])
def test_entities_are_never_expanded(declaration: str) -> None:
    with pytest.raises(FileRefused) as refused:
        parse(f"<?xml version='1.0'?>{declaration}<OFX><X>&a;</X></OFX>")
    assert refused.value.reason == "xml_entities"


def test_characters_of_any_encoding_survive() -> None:
    text = "OFXHEADER:100\nDATA:OFXSGML\nENCODING:{}\nCHARSET:{}\n\n" + BODY.format("Café &amp; 米店")
    western = BODY.format("Café &#233; &lt;b&gt;")

    assert payee(text.format("USASCII", "1252").encode()) == ("Café & 米店", "utf-8")
    assert payee(("OFXHEADER:100\nCHARSET:1252\n\n" + western).encode("cp1252")) == ("Café é <b>", "cp1252")
    assert payee(text.replace("é", "e").encode("gb18030")) == ("Cafe & 米店", "gb18030")
    assert payee(b"\xff\xfe" + text.encode("utf-16-le")) == ("Café & 米店", "utf-16-le")


BODY = (
    "<OFX><STMTRS><CURDEF>CNY<BANKACCTFROM><ACCTID>1</BANKACCTFROM><BANKTRANLIST>"
    "<STMTTRN><TRNTYPE>DEBIT<DTPOSTED>20240901<TRNAMT>-1<NAME>{}</STMTTRN></BANKTRANLIST></STMTRS></OFX>"
)


def payee(data: bytes) -> tuple[str, str]:
    found = ofx.parse(data, "x.ofx")
    return found.lines[0].payee, found.encoding


def test_hostile_files_are_read_in_linear_time() -> None:
    for bomb in (b"<OFX>" + b"<!--" * 200_000, b"<OFX>" + b"<A>" * 200_000 + b"</A>", b"<OFX>" + b"<STMTTRN>" * 50_000):
        ofx.parse(bomb, "x.ofx")
