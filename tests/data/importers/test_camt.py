"""CAMT.052, .053, .054: every sample gives the figures an independent script and the peers' own outputs expect."""

from __future__ import annotations

import contextlib
import json
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data.importers import camt
from data.importers.recognise import recognise
from data.importers.statement import AccountKind, Closing, Direction, FileRefused, Kind, Line, Statement, Total
from data.money import Money
from tests.patience import at_most
from tests.samples import expected, peer_cases, peer_expectation, require_samples, sample

SAMPLES = sorted(
    path for path, figures in expected().items() if isinstance(figures, dict) and figures.get("kind") == "camt"
)
GENKGO = [path for path in SAMPLES if path.startswith("genkgo-camt/")]
# What these files are odd in, and what is said about it: a booked entry without any date, and a batch of 200,000
# kronor whose three transactions are 3.10, 3.20 and 3.20 francs.
REMARKS = {
    "genkgo-camt/camt052.v2.with-account-name.xml": ["date_assumed"],
    "genkgo-camt/camt054.v4.xml": ["details_differ"],
}
IBAN = "DE14740618130000033626"


def parse(text: str | bytes) -> Statement:
    return camt.parse(text.encode() if isinstance(text, str) else text, "bank.xml")


def entry(
    amount: str = "10.00",
    mark: str = "DBIT",
    more: str = "",
    *,
    status: str = "<Sts>BOOK</Sts>",
    on: str = "2024-05-06",
) -> str:
    return (
        f'<Ntry><Amt Ccy="EUR">{amount}</Amt><CdtDbtInd>{mark}</CdtDbtInd>{status}'
        f"<BookgDt><Dt>{on}</Dt></BookgDt>{more}</Ntry>"
    )


def details(*transactions: str) -> str:
    listed = "".join(f"<TxDtls>{one}</TxDtls>" for one in transactions)
    return f"<NtryDtls>{listed}</NtryDtls>"


def balance(code: str, amount: str, mark: str = "CRDT", on: str = "2024-05-06", currency: str = "EUR") -> str:
    return (
        f"<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp><Amt Ccy='{currency}'>{amount}</Amt>"
        f"<CdtDbtInd>{mark}</CdtDbtInd><Dt><Dt>{on}</Dt></Dt></Bal>"
    )


def report(*parts: str, number: str = f"<IBAN>{IBAN}</IBAN>", more: str = "") -> str:
    return f"<Stmt><Acct><Id>{number}</Id><Ccy>EUR</Ccy>{more}</Acct>{''.join(parts)}</Stmt>"


def document(*reports: str) -> str:
    return (
        '<?xml version="1.0" encoding="UTF-8"?><Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08">'
        f"<BkToCstmrStmt><GrpHdr/>{''.join(reports)}</BkToCstmrStmt></Document>"
    )


def statement(*parts: str) -> Statement:
    return parse(document(report(*parts)))


def signed(line: Line) -> Money:
    return line.amount if line.direction is Direction.IN else -line.amount


def problems(found: Statement) -> list[tuple[str, str]]:
    return [(problem.cell, problem.reason) for problem in found.problems]


def test_the_samples_are_there() -> None:
    require_samples()
    assert len(SAMPLES) == 12


@pytest.mark.parametrize("path", SAMPLES)
def test_every_sample_gives_the_entries_and_sums_it_must(path: str) -> None:
    figures = expected()[path]
    [parsed] = recognise(sample(path).read_bytes(), "bill.txt")
    found = parsed.statement

    assert found is not None
    assert found.format == "camt"
    assert len(found.lines) == figures["entries"]
    assert {line.amount.currency for line in found.lines} == set(figures["ccy"])
    for direction, name in ((Direction.IN, "credit"), (Direction.OUT, "debit")):
        amounts = [line.amount.decimal() for line in found.lines if line.direction is direction]
        assert len(amounts) == figures[f"{name}_n"]
        assert sum(amounts, Decimal(0)) == Decimal(figures[name])
    assert [problem.reason for problem in found.problems] == REMARKS.get(path, [])
    if figures["first"]:  # the index takes value dates into its range, too
        assert figures["first"] <= min(line.booked_on.isoformat() for line in found.lines)
        assert figures["last"] >= max(line.booked_on.isoformat() for line in found.lines)
    closing = [text.split()[1:] for text in figures["bal"] if text.startswith("CLBD")]
    stated = [[f"{one.balance.decimal():f}", one.balance.currency] for one in found.closings]
    # Two statements of one day: the day ends with the second's balance.
    assert stated == (closing[-1:] if "multi" in path else closing)


def _peer_entries(path: str) -> list[dict[str, Any]]:
    message = json.loads(sample(path.replace(".xml", ".json")).read_text(encoding="utf-8"))
    entries: list[dict[str, Any]] = message["getEntries"]
    return entries


@pytest.mark.parametrize("path", GENKGO)
def test_every_entry_is_the_one_that_genkgos_reader_gives(path: str) -> None:
    entries = _peer_entries(path)
    lines = camt.parse(sample(path).read_bytes(), path).lines
    if "multi.statement" in path:
        lines = lines[-1:]  # their dump numbers both statements' entries alike, so the second has covered the first

    assert len(lines) == len(entries)
    for line, theirs in zip(lines, entries, strict=True):
        amount = Money(int(theirs["getAmount"]["getAmount"]), theirs["getAmount"]["getCurrency"]["getCode"])
        assert signed(line) == amount
        assert line.stated_direction == theirs["getCreditDebitIndicator"]
        assert line.status == theirs["getStatus"]
        assert line.order_id == (theirs["getAccountServicerReference"] or "")
        if theirs["getBookingDate"]:
            # They keep the instant, which in UTC may be the day before; the file's own digits are the bank's date.
            assert line.occurred_at == datetime.fromisoformat(theirs["getBookingDate"]["0"])
        account = theirs["getRecord"]["getAccount"]
        assert line.account.label == (account.get("getIdentification") or account["getIban"]["getIban"])
        _assert_detail(line, theirs)


def _assert_detail(line: Line, theirs: dict[str, Any]) -> None:
    found = theirs["getTransactionDetails"]
    if len(found) != 1 or not isinstance(found[0], dict):
        return  # none, or a batch that stays one line
    side = "Creditor" if line.direction is Direction.OUT else "Debtor"
    names = [
        party["getRelatedPartyType"]["getName"]
        for party in found[0].get("getRelatedParties") or []
        if party["getRelatedPartyType"]["__CLASS__"].endswith(f"\\{side}")
    ]
    if any(names):
        assert line.payee == names[0]
    message = (found[0].get("getRemittanceInformation") or {}).get("getMessage")
    if message:
        assert message in {line.description, line.payee}


PEER_TYPES = {Kind.INCOME: "INCOME", Kind.EXPENSE: "EXPENSE"}
# The peer refuses the whole file for one bad entry; we keep the rest and show that entry.
PEER_ERRORS = {
    "MissingTransactionRequiredNode__01": ("BookgDt", "missing"),
    "MissingTransactionRequiredNode__03": ("Amt", "missing"),
    "MissingTransactionRequiredNode__04": ("Amt/@Ccy", "missing"),
    "ParseInvalidTransactionTime__02": ("BookgDt", "date_unreadable"),
    "ParseTransactionInvalidAmountAndCurrency__01": ("Amt", "amount_unreadable"),
}
# The peer refuses details that state no amounts; they contradict nothing, and the entry's own amount is good.
WITHOUT_DETAIL_AMOUNTS = (
    "ParseTransactionInvalidAmountAndCurrency__02",
    "ParseTransactionInvalidAmountAndCurrency__03",
)


@pytest.mark.parametrize("path", peer_cases("camt"))
def test_the_peers_cases_give_the_peers_rows_or_our_stated_difference(path: str) -> None:
    case, data = peer_expectation(path), sample(path).read_bytes()
    name = path.rpartition("/")[2].removesuffix(".xml")
    if name in WITHOUT_DETAIL_AMOUNTS:
        assert [signed(line) for line in parse(data).lines] == [Money(12345, "USD")]
        return
    if case.get("error") == "errs.ErrMissingAccountData":
        with pytest.raises(FileRefused) as refused:
            parse(data)
        assert (refused.value.reason, refused.value.line) == ("no_account", 5)
        return
    found = parse(data)
    if "error" in case:
        assert (found.lines, problems(found)) == ((), [PEER_ERRORS[name]])
        return
    assert found.problems == ()
    assert len(found.lines) == case["count_allNewTransactions"]
    for wanted in case.get("transactions", []):
        line = found.lines[wanted["index"]]
        assert wanted.get("Amount") in {None, line.amount.minor}
        assert wanted.get("Type") in {None, PEER_TYPES[line.kind]}
        assert wanted.get("Comment") in {None, line.payee}  # words without a name are who it was, to us
        assert wanted.get("OriginalSourceAccountName") in {None, line.account.label}
        assert wanted.get("OriginalSourceAccountCurrency") in {None, line.amount.currency}


def test_times_are_the_peers_instants_and_dates_the_files_digits() -> None:
    found = parse(sample("ezbookkeeping_cases/camt/ParseValidTransactionTime__01.xml").read_bytes())

    assert [int(line.occurred_at.timestamp()) for line in found.lines] == [1725148800, 1725165296, 1725246245]
    assert [line.booked_on for line in found.lines] == [date(2024, 9, 1), date(2024, 9, 1), date(2024, 9, 2)]


@pytest.mark.parametrize(
    ("text", "when"),
    [
        ("2024-05-06", datetime(2024, 5, 6, tzinfo=UTC)),
        ("2024-05-06+02:00", datetime(2024, 5, 6, tzinfo=timezone(timedelta(hours=2)))),
        ("2024-05-06T23:59:59.123456789-05:00", datetime(2024, 5, 6, 23, 59, 59, tzinfo=timezone(-timedelta(hours=5)))),
        ("2024-05-06T07:08", datetime(2024, 5, 6, 7, 8, tzinfo=UTC)),
        ("20240506", datetime(2024, 5, 6, tzinfo=UTC)),
    ],
)
def test_dates_of_every_writing_are_read(text: str, when: datetime) -> None:
    [line] = statement(entry(on=text)).lines

    assert (line.booked_on, line.occurred_at) == (date(2024, 5, 6), when)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("2024-02-30", "date_unreadable"),
        ("06.05.2024", "date_unreadable"),
        ("2024-05-06T99:00:00", "date_unreadable"),
        ("2024-05-06T10:00:00+99:00", "date_unreadable"),
        ("0001-01-01", "date_absurd"),
    ],
)
def test_what_is_no_date_says_why(text: str, reason: str) -> None:
    assert problems(statement(entry(on=text))) == [("BookgDt", reason)]


def test_the_booking_date_counts_and_the_value_date_only_where_there_is_no_other() -> None:
    valued = "<ValDt><Dt>2024-05-09</Dt></ValDt>"
    both, only = entry(more=valued), entry(more=valued).replace("<BookgDt><Dt>2024-05-06</Dt></BookgDt>", "")

    assert [line.booked_on.day for line in statement(both, only).lines] == [6, 9]


def test_an_entry_without_any_date_takes_the_statements_and_says_so() -> None:
    dateless = entry().replace("<BookgDt><Dt>2024-05-06</Dt></BookgDt>", "")
    found = statement("<FrToDt><ToDtTm>2024-05-31T23:59:59+02:00</ToDtTm></FrToDt>", dateless)

    assert [line.booked_on for line in found.lines] == [date(2024, 5, 31)]
    assert problems(found) == [("BookgDt", "date_assumed")]
    assert problems(statement(dateless)) == [("BookgDt", "missing")]


@pytest.mark.parametrize(
    ("amount", "reason"),
    [
        ("", "missing"),
        ("1,234", "amount_unreadable"),
        ("12,50", "amount_unreadable"),
        ("1 000.00", "amount_unreadable"),
        ("-5.00", "amount_negative"),
        ("0.001", "amount_unreadable"),
        ("1e3", "amount_unreadable"),
        ("9" * 30, "amount_unreadable"),
    ],
)
def test_money_is_never_guessed_at(amount: str, reason: str) -> None:
    found = statement(entry(amount), entry("1.50"))

    assert problems(found) == [("Amt", reason)]
    assert [line.amount.minor for line in found.lines] == [150]


def test_zeros_behind_the_decimals_of_a_currency_change_nothing() -> None:
    assert [line.amount.minor for line in statement(entry("8.85000"), entry("7"), entry("+.5")).lines] == [885, 700, 50]


def test_only_what_is_booked_counts() -> None:
    found = statement(
        entry("1", status="<Sts>BOOK</Sts>"),
        entry("2", status="<Sts><Cd>BOOK</Cd></Sts>"),
        entry("3", status=""),
        entry("4", status="<Sts>PDNG</Sts>"),
        entry("5", status="<Sts><Cd>PDNG</Cd></Sts>"),
        entry("6", status="<Sts>INFO</Sts>"),
        entry("7", status="<Sts><Cd>FUTR</Cd></Sts>"),
        entry("8", status="<Sts><Prtry>WAIT</Prtry></Sts>"),
        entry("0.00"),
    )

    assert [line.amount.minor for line in found.lines] == [100, 200, 300]
    assert [row.reason for row in found.skipped] == ["pending", "pending", "information", "pending", "zero_amount"]
    assert [(problem.reason, problem.text) for problem in found.problems] == [("status_unknown", "WAIT")]


def test_a_reversal_goes_its_marks_way_and_brings_money_back_as_a_refund() -> None:
    sides = "<RltdPties><Dbtr><Nm>Me</Nm></Dbtr><Cdtr><Nm>Shop</Nm></Cdtr></RltdPties>"
    returned = "<RvslInd>true</RvslInd>" + details(f"<Refs><EndToEndId>E1</EndToEndId></Refs>{sides}")
    found = statement(
        balance("OPBD", "100.00"),
        balance("CLBD", "97.00"),
        entry("5.00", "DBIT", details(sides)),
        entry("5.00", "CRDT", returned),
        entry("3.00", "DBIT", "<RvslInd>true</RvslInd>"),
    )

    assert [(line.kind, line.direction, line.payee) for line in found.lines] == [
        (Kind.EXPENSE, Direction.OUT, "Shop"),
        (Kind.REFUND, Direction.IN, "Shop"),
        (Kind.EXPENSE, Direction.OUT, ""),
    ]
    assert found.lines[1].refund_keys == ("E1",)
    assert found.problems == ()


def test_a_returned_payment_is_a_refund_and_no_income() -> None:
    back = details("<RtrInf><Rsn><Cd>AC04</Cd></Rsn></RtrInf>")

    assert [line.kind for line in statement(entry("5", "CRDT", back), entry("5", "CRDT")).lines] == [
        Kind.REFUND,
        Kind.INCOME,
    ]


def transaction(amount: str, mark: str = "", name: str = "", currency: str = "EUR") -> str:
    mark = f"<CdtDbtInd>{mark}</CdtDbtInd>" if mark else ""
    return (
        f"<Refs><EndToEndId>E-{name}</EndToEndId></Refs><Amt Ccy='{currency}'>{amount}</Amt>{mark}"
        f"<RltdPties><Cdtr><Pty><Nm>{name}</Nm></Pty></Cdtr></RltdPties>"
    )


def test_a_batch_that_adds_up_becomes_its_transactions() -> None:
    batch = details(transaction("4.00", name="A"), transaction("5.50", name="B"), transaction("0.50", name="C"))
    found = statement(entry("10.00", more=f"<AcctSvcrRef>R</AcctSvcrRef>{batch}"))

    assert [(line.part, line.payee, signed(line).minor) for line in found.lines] == [
        (0, "A", -400),
        (1, "B", -550),
        (2, "C", -50),
    ]
    assert len({line.identity for line in found.lines}) == 3
    assert len({line.line for line in found.lines}) == 1
    assert [line.merchant_order_id for line in found.lines] == ["E-A", "E-B", "E-C"]
    assert found.computed is not None
    assert (found.computed.count, found.computed.spent) == (1, Total(1, 1000))  # the file's entry, not our lines


def test_a_batch_nets_what_goes_the_other_way() -> None:
    batch = details(transaction("12.00", "DBIT", "A"), transaction("2.00", "CRDT", "B"))

    assert [signed(line).minor for line in statement(entry("10.00", more=batch)).lines] == [-1200, 200]


def test_marks_that_are_all_the_payers_view_are_taken_the_entrys_way() -> None:
    batch = details(transaction("4.00", "CRDT", "A"), transaction("6.00", "CRDT", "B"))

    assert [signed(line).minor for line in statement(entry("10.00", more=batch)).lines] == [-400, -600]


@pytest.mark.parametrize(
    "batch",
    [
        details(transaction("4.00"), transaction("5.00")),
        details(transaction("4.00"), "<AddtlTxInf>no amount</AddtlTxInf>"),
        details(transaction("4.00", currency="USD"), transaction("6.00", currency="USD")),
        details(transaction("4,00"), transaction("6.00")),
    ],
)
def test_a_batch_that_does_not_add_up_stays_one_line_and_says_so(batch: str) -> None:
    found = statement(entry("10.00", more=batch))

    assert [signed(line).minor for line in found.lines] == [-1000]
    assert problems(found) == [("TxDtls", "details_differ")]


def test_amounts_of_old_versions_stand_in_the_details_of_the_amount() -> None:
    old = "<AmtDtls><InstdAmt><Amt Ccy='USD'>9</Amt></InstdAmt><TxAmt><Amt Ccy='EUR'>{}</Amt></TxAmt></AmtDtls>"
    direct = "".join(f"<TxDtls>{old.format(figure)}</TxDtls>" for figure in ("4.00", "6.00"))

    assert [line.amount.minor for line in statement(entry("10.00", more=direct)).lines] == [400, 600]


def test_opening_balance_and_booked_entries_make_the_closing_balance_or_it_is_said() -> None:
    opening, closing = balance("OPBD", "5.00", "DBIT"), balance("CLBD", "15.00", "DBIT", "2024-05-07")
    good = statement(opening, closing, entry("10.00"), entry("99", status="<Sts>PDNG</Sts>"))
    bad = statement(opening, closing, entry("10.00"), entry("0.01"))

    assert good.problems == ()
    assert [(one.on, one.balance) for one in good.closings] == [(date(2024, 5, 7), Money(-1500, "EUR"))]
    assert [(one.cell, one.reason, one.text) for one in bad.problems] == [
        ("CLBD", "balance_mismatch", "-15.01 ≠ -15.00 EUR")
    ]


def test_the_balance_before_counts_as_opening_and_a_pages_balance_as_no_closing() -> None:
    page = balance("CLBD", "11.00").replace("</CdOrPrtry>", "</CdOrPrtry><SubTp><Cd>INTM</Cd></SubTp>")
    found = statement(balance("PRCD", "1.00"), page, balance("ITBD", "7.00"), entry("10.00", "CRDT"))

    assert (found.problems, found.closings) == ((), ())
    assert problems(statement(balance("PRCD", "1.00"), page, entry("9.00", "CRDT"))) == [("CLBD", "balance_mismatch")]


def test_several_accounts_keep_their_rows_balances_and_payments_to_each_other() -> None:
    sides = "<RltdPties><CdtrAcct><Id><IBAN>NL26 VAYB 8060 4768 90</IBAN></Id></CdtrAcct></RltdPties>"
    found = parse(
        document(
            report(balance("CLBD", "1.00"), entry("5.00", more=details(sides))),
            report(balance("CLBD", "2.00"), entry("5.00", "CRDT"), number="<IBAN>NL26VAYB8060476890</IBAN>"),
        )
    )
    first, second = found.lines

    assert (first.kind, first.counter) == (Kind.TRANSFER, second.account)
    assert [one.account.key for one in found.closings] == [f"iban:{IBAN}", "iban:NL26VAYB8060476890"]
    assert [one.balance.minor for one in found.closings] == [100, 200]
    assert isinstance(found.closings[0], Closing)


def test_the_files_own_totals_are_compared_by_entries() -> None:
    summary = (
        "<TxsSummry><TtlNtries><NbOfNtries>2</NbOfNtries></TtlNtries>"
        "<TtlCdtNtries><NbOfNtries>1</NbOfNtries><Sum>3.00</Sum></TtlCdtNtries>"
        "<TtlDbtNtries><NbOfNtries>1</NbOfNtries><Sum>{}</Sum></TtlDbtNtries></TxsSummry>"
    )
    rows = entry("10.00", more=details(transaction("4"), transaction("6"))) + entry("3", "CRDT")

    assert statement(summary.format("10.00"), rows).agrees is True
    assert statement(summary.format("10.01"), rows).agrees is False
    assert statement(rows).agrees is None


def test_a_booking_is_one_row_in_the_report_the_notification_and_the_statement() -> None:
    row = entry(more="<NtryRef>7</NtryRef><AcctSvcrRef>REF-1</AcctSvcrRef>")
    text = document(report(row))
    later = text.replace("<NtryRef>7</NtryRef>", "<NtryRef>1</NtryRef>").replace("<Dt>", "<DtTm>")
    later = later.replace("</Dt>", "T10:11:12+02:00</DtTm>").replace("Stmt>", "Rpt>")

    assert parse(text).lines[0].identity == parse(later).lines[0].identity


def test_without_a_reference_rows_are_told_apart_by_their_words_and_twins_stay_two() -> None:
    words = [details(f"<RmtInf><Ustrd>{text}</Ustrd></RmtInf>") for text in ("a", "b", "a")]
    identities = [line.identity for line in statement(*(entry(more=one) for one in words)).lines]

    assert identities[0] == identities[2] != identities[1]


@pytest.mark.parametrize(
    ("family", "sub", "mark", "kind"),
    [
        ("CCRD", "CWDL", "DBIT", Kind.TRANSFER),
        ("CNTR", "CDPT", "CRDT", Kind.TRANSFER),
        ("ICCN", "COAT", "DBIT", Kind.TRANSFER),
        ("MDOP", "CHRG", "DBIT", Kind.FEE),
        ("MDOP", "CHRG", "CRDT", Kind.REFUND),
        ("RCDT", "ESCT", "CRDT", Kind.INCOME),
        ("ICDT", "ESCT", "DBIT", Kind.EXPENSE),
    ],
)
def test_the_banks_code_tells_cash_and_charges(family: str, sub: str, mark: str, kind: Kind) -> None:
    code = f"<BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>{family}</Cd><SubFmlyCd>{sub}</SubFmlyCd></Fmly></Domn></BkTxCd>"

    assert [line.kind for line in statement(entry("1", mark, code)).lines] == [kind]


def test_a_cards_number_is_kept_as_its_last_four_digits() -> None:
    paid = details("<CardTx><Card><PlainCardData><PAN>4111111111111111</PAN></PlainCardData></Card></CardTx>")
    number = "<Othr><Id>4111111111111111</Id></Othr>"
    found = parse(document(report(entry(more=paid), number=number, more="<Tp><Cd>CARD</Cd></Tp>")))

    assert "4111111111111111" not in repr(found)
    assert (found.lines[0].account.last4, found.lines[0].account.kind) == ("1111", AccountKind.LIABILITY)


def test_prefixes_and_versions_change_nothing() -> None:
    plain = document(report(entry("1.50", "CRDT")))
    prefixed = plain.replace("</", "</ns2:").replace("<", "<ns2:").replace("<ns2:/ns2:", "</ns2:")
    prefixed = prefixed.replace("<ns2:?xml", "<?xml").replace("xmlns=", "xmlns:ns2=").replace("<ns2:GrpHdr/>", "")
    first = plain.replace("BkToCstmrStmt", "BkToCstmrStmtV01")

    for text in (prefixed, first, plain.partition("?>")[2], "\n  " + plain.partition("?>")[2]):
        assert camt.recognises(text.encode())
        assert [line.amount.minor for line in parse(text).lines] == [150]


def payee_in(name: str, text: str, codec: str, mark: bytes = b"") -> tuple[str, str]:
    named = details(f"<RltdPties><Cdtr><Nm>{text}</Nm></Cdtr></RltdPties>")
    data = mark + document(report(entry(more=named))).replace("UTF-8", name).encode(codec)
    assert camt.recognises(data)
    found = parse(data)
    return found.lines[0].payee, found.encoding


def test_the_encoding_is_the_declared_one() -> None:
    assert payee_in("UTF-8", "Bäcker 面包", "utf-8") == ("Bäcker 面包", "utf-8")
    assert payee_in("UTF-8", "Bäcker", "utf-8", b"\xef\xbb\xbf") == ("Bäcker", "utf-8-bom")
    assert payee_in("ISO-8859-1", "Bäcker", "latin-1") == ("Bäcker", "iso-8859-1")
    assert payee_in("ISO-8859-15", "5 € Bäcker", "iso-8859-15") == ("5 € Bäcker", "iso-8859-15")
    assert payee_in("windows-1252", "5 € Bäcker", "cp1252") == ("5 € Bäcker", "windows-1252")
    assert payee_in("GB18030", "面包", "gb18030") == ("面包", "gb18030")
    assert payee_in("UTF-16", "面包", "utf-16-le", b"\xff\xfe") == ("面包", "utf-16-le")
    assert payee_in("UTF-16", "面包", "utf-16-be") == ("面包", "utf-16-be")


def test_a_declaration_that_is_wrong_is_seen_through() -> None:
    assert payee_in("UTF-16", "Bäcker", "utf-8") == ("Bäcker", "utf-8")
    assert payee_in("UTF-8", "面包", "gb18030") == ("面包", "gb18030")
    assert payee_in("rot13", "Bäcker", "utf-8") == ("Bäcker", "utf-8")


LAUGHS = "".join(f"<!ENTITY l{n} '{f'&l{n - 1};' * 10 if n else 'ha'}'>" for n in range(12))


@pytest.mark.parametrize(
    "declaration",
    [
        "<!DOCTYPE Document>",
        f"<!DOCTYPE Document [{LAUGHS}]>",
        "<!DOCTYPE Document [<!ENTITY x SYSTEM 'file:///etc/passwd'>]>",
        "<!DOCTYPE Document SYSTEM 'http://localhost/x.dtd'>",
        "<!DOCTYPE Document [<!ENTITY % p SYSTEM 'http://localhost/x'> %p;]>",
    ],
)
def test_a_document_type_refuses_the_file_before_anything_is_expanded(declaration: str) -> None:
    text = document(report(entry(more="<AddtlNtryInf>&l11;&x;</AddtlNtryInf>"))).replace("?>", f"?>\n{declaration}", 1)

    with at_most(10):
        [parsed] = recognise(text.encode(), "x.xml")
    assert parsed.refusal is not None
    assert (parsed.refusal.reason, parsed.refusal.line) == ("xml_entities", 2)


def test_a_file_cut_within_an_entry_keeps_the_entries_before_it() -> None:
    text = document(report(balance("OPBD", "1"), balance("CLBD", "5"), entry("1"), "\n" + entry("2")))
    found = parse(text[: text.index(">2</Amt>") + 2])

    assert [line.amount.minor for line in found.lines] == [100]
    assert [(problem.line, problem.cell, problem.reason) for problem in found.problems] == [
        (2, "Ntry", "truncated"),
        (2, "Document", "truncated"),
    ]


def test_a_message_without_statements_says_so_and_an_empty_day_is_fine() -> None:
    assert problems(parse(document())) == [("Document", "no_statement")]
    quiet = statement(balance("OPBD", "5"), balance("CLBD", "5"))
    assert (quiet.problems, len(quiet.closings), quiet.computed) == ((), 1, None)


@pytest.mark.parametrize(
    "data",
    [
        b"<html><body>BkToCstmrStmt</body></html>",
        b"<OFX></OFX>",
        b"name,amount\n<BkToCstmrStmt>,1\n",
        b"<Document><CstmrCdtTrfInitn/></Document>",
    ],
)
def test_nothing_else_is_taken_for_it(data: bytes) -> None:
    assert not camt.recognises(data)


def test_hostile_files_are_read_in_linear_time() -> None:
    head = document(report("@")).partition("@")[0].encode()
    with at_most(60):
        for bomb in (
            b"<A>" * 200_000,
            b"<Ntry><Amt>" + b"9" * 2_000_000,
            b"<Ntry><X>" + b"&amp;a" * 200_000,
            b"<Ntry/>" * 9999,
        ):
            found = parse(head + bomb)
            assert found.lines == ()


def check(data: bytes) -> None:
    with contextlib.suppress(FileRefused):
        for line in parse(data).lines:
            assert line.amount.minor > 0
            assert 1970 <= line.booked_on.year <= 2100


FUZZ = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
WHOLE = document(
    report(
        balance("OPBD", "1.00"),
        entry("10.00", more=details(transaction("4.00", name="A"), transaction("6.00", name="B"))),
        entry("2", "CRDT", "<RvslInd>true</RvslInd>"),
        balance("CLBD", "1.00"),
    )
).encode()
PARTS = """
    <Stmt> </Stmt> <Rpt> </Rpt> <Acct><Id><IBAN>DE1</IBAN></Id></Acct> <Acct> </Acct> <Ntry> </Ntry> <Bal> </Bal>
    <Amt>1.00</Amt> <Amt_Ccy="EUR">1</Amt> <Amt_Ccy="ZZZ">1</Amt> <CdtDbtInd>CRDT</CdtDbtInd> <CdtDbtInd>X</CdtDbtInd>
    <BookgDt><Dt>2024-05-06</Dt></BookgDt> <Tp><Cd>OPBD</Cd></Tp> <Tp><Cd>CLBD</Cd></Tp> <Dt><Dt>2024-05-06</Dt></Dt>
    <TxDtls> </TxDtls> <NtryDtls> </NtryDtls> <Sts>BOOK</Sts> <!--x--> &amp; &#0; <![CDATA[ ]]> <TxsSummry> </TxsSummry>
""".split()  # noqa: SIM905 - as they are written


@FUZZ
@given(st.lists(st.sampled_from(PARTS), max_size=50))
def test_random_messages_are_refused_or_read_but_never_crash(parts: list[str]) -> None:
    check(("<Document><BkToCstmrStmt>" + "".join(parts).replace("_", " ")).encode())


@FUZZ
@given(st.integers(0, len(WHOLE)), st.integers(0, 30), st.binary(max_size=12))
def test_damaged_files_are_refused_or_read_but_never_crash(at: int, length: int, instead: bytes) -> None:
    check(WHOLE[:at] + instead + WHOLE[at + length :])


@FUZZ
@given(st.lists(st.tuples(st.integers(1, 10**11), st.booleans()), min_size=1, max_size=9), st.integers(-(10**9), 10**9))
def test_amounts_come_back_exactly_and_the_balances_agree(moves: list[tuple[int, bool]], opening: int) -> None:
    def figure(minor: int) -> tuple[str, str]:
        return f"{abs(minor) // 100}.{abs(minor) % 100:02d}", "DBIT" if minor < 0 else "CRDT"

    amounts = [minor if into else -minor for minor, into in moves]
    found = statement(
        balance("OPBD", *figure(opening)),
        *(entry(*figure(minor)) for minor in amounts),
        balance("CLBD", *figure(opening + sum(amounts))),
    )

    assert [signed(line).minor for line in found.lines] == amounts
    assert found.problems == ()
    assert found.closings[0].balance.minor == opening + sum(amounts)
