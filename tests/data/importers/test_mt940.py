"""MT940 and MT942: every sample gives the figures an independent script and the peers' own outputs expect.

The outputs of the library mt-940 lie beside its samples, so it is not needed here. Where it is wrong (5.1.1, tried by
hand on the rows of `WHERE_THE_LIBRARY_IS_WRONG`), we aren't: RC and RD both come out positive; what its pattern does
not fit is cut off (`123 45` is 123, `10.00` is 10, a sixteenth digit is lost) and an indented file has no rows at all.
"""

from __future__ import annotations

import base64
import contextlib
import re
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data.importers import camt, mt940
from data.importers.bank_accounts import account_and_currency
from data.importers.mt940_details import details_of
from data.importers.mt940_values import amount_of, day_of
from data.importers.recognise import recognise
from data.importers.statement import Direction, FileRefused, Kind, Line, Statement, Total
from data.money import Money
from tests.patience import at_most
from tests.samples import expected, peer_cases, peer_expectation, require_samples, sample

SAMPLES = sorted(
    path for path, figures in expected().items() if isinstance(figures, dict) and figures.get("kind") == "mt940"
)
# Single fields cut out of a statement: a row that belongs to no account and names no currency.
ORPHANS = {
    "mt940/betterplace/empty_entry_date.sta",
    "mt940/cmxl/statement_details.sta",
    "mt940/cmxl/statement_line.sta",
}
# Fields that hold neither rows nor balances; nothing in them is a statement.
NOTHING = {
    "mt940/betterplace/currency_in_25.sta",
    "mt940/betterplace/empty_86.sta",
    "mt940/betterplace/empty_line.sta",
    "mt940/cmxl/account_identification_iban.sta",
    "mt940/cmxl/account_identification_legacy.sta",
    "mt940/cmxl/available_balance.sta",
    "mt940/cmxl/reference.sta",
    "mt940/cmxl/statement_number.sta",
    "mt940/self-provided/empty_non_swift.sta",
    "mt940/self-provided/invalid_statement.sta",
}
WITH_ROWS = [path for path in SAMPLES if path not in ORPHANS | NOTHING and expected()[path]["n61"]]


def parse(text: str | bytes) -> Statement:
    return mt940.parse(text.encode() if isinstance(text, str) else text, "bank.sta")


def statement(
    *rows: str, opening: str = ":60F:C240101EUR100,00", closing: str = "", account: str = "1/23"
) -> Statement:
    return parse("\n".join((":20:REF", f":25:{account}", ":28C:1/1", opening, *rows, closing, "-")))


def signed(line: Line) -> Money:
    return line.amount if line.direction is Direction.IN else -line.amount


def problems(found: Statement) -> list[tuple[str, str]]:
    return [(problem.cell, problem.reason) for problem in found.problems]


def test_the_samples_are_there() -> None:
    require_samples()
    assert len(SAMPLES) == 31
    assert {*ORPHANS, *NOTHING} <= set(SAMPLES)


@pytest.mark.parametrize("path", SAMPLES)
def test_every_sample_gives_the_rows_sums_and_balances_it_must(path: str) -> None:
    figures = expected()[path]
    [parsed] = recognise(sample(path).read_bytes(), "bill.txt")
    if path in ORPHANS | NOTHING:
        assert parsed.refusal is not None
        assert parsed.refusal.reason == ("no_account" if path in ORPHANS else "not_recognised")
        return
    found = parsed.statement
    assert found is not None
    assert found.format == "mt940"
    for direction, mark in ((Direction.IN, "C"), (Direction.OUT, "D")):
        amounts = [line.amount.decimal() for line in found.lines if line.direction is direction]
        wanted = figures["by_dc"].get(mark, {"n": 0, "sum": "0"})
        assert (len(amounts), sum(amounts, Decimal(0))) == (wanted["n"], Decimal(wanted["sum"]))
    assert sum((signed(line).decimal() for line in found.lines), Decimal(0)) == Decimal(figures["mt940lib_sum"])
    # Samples that were shortened no longer add up: their difference is said, to the cent.
    wrong = [problem.text for problem in found.problems if problem.reason == "balance_mismatch"]
    assert [_difference(text) for text in wrong] == [Decimal(text) for text in figures["balance_equation"]["diffs"]]
    others = [problem.reason for problem in found.problems if problem.reason != "balance_mismatch"]
    assert others == ([] if figures["n61"] or found.closings else ["no_statement"])


def _difference(text: str) -> Decimal:
    ours, _, theirs = text.rpartition(" ")[0].partition(" ≠ ")
    return Decimal(ours) - Decimal(theirs)


PEER_ROW = re.compile(
    r"^- !!python/object:mt940\.models\.Transaction\n(.*?)(?=^- !!python|^  transactions:|\Z)", re.MULTILINE | re.DOTALL
)


def _peer_rows(path: str) -> list[str]:
    return PEER_ROW.findall(sample(path.replace(".sta", ".yml")).read_text(encoding="utf-8"))


def _peer_day(row: str, name: str) -> date | None:
    """Their dates are written as pickles: two bytes of year, month, day."""
    found = re.search(rf"^    {name}: .*?Date\n    - !!binary \|\n      (\S+)", row, re.MULTILINE)
    if not found:
        return None
    high, low, month, day = base64.b64decode(found[1])
    return date(high * 256 + low, month, day)


def _peer_text(row: str, name: str) -> str:
    found = re.search(rf"^    {name}: (.*(?:\n      .*)*)", row, re.MULTILINE)
    text = " ".join(found[1].split()).strip("'\"") if found else ""
    return "" if text == "null" else text


@pytest.mark.parametrize("path", WITH_ROWS)
def test_every_row_is_the_one_that_the_library_gave(path: str) -> None:
    rows, lines = _peer_rows(path), parse(sample(path).read_bytes()).lines

    assert len(lines) == len(rows) > 0
    for line, theirs in zip(lines, rows, strict=True):
        amount = re.search(r"decimal\.Decimal\n      - '(.*?)'", theirs)
        assert amount is not None
        assert signed(line).decimal() == Decimal(amount[1])
        # They date a row by its value; we by its entry where it has one, as its bank booked it.
        assert line.booked_on == (_peer_day(theirs, "entry_date") or _peer_day(theirs, "date"))
        assert _peer_text(theirs, "bank_reference") in {"", line.order_id}
        name = _peer_text(theirs, "applicant_name")
        assert name in {"", line.payee} or _squeezed(name) == _squeezed(line.payee)


def _squeezed(text: str) -> str:
    """Where a name is cut at a line's end, a blank may be lost or not: nobody can tell."""
    return re.sub(r"\s", "", text)


PEER_KINDS = {Kind.INCOME: "INCOME", Kind.EXPENSE: "EXPENSE", Kind.REFUND: "INCOME"}


@pytest.mark.parametrize("path", peer_cases("mt940"))
def test_the_peers_cases_give_the_peers_rows(path: str) -> None:
    case, found = peer_expectation(path), parse(sample(path).read_bytes())
    if "error" in case:
        # The peer refuses the file; we show the row that is wrong.
        assert (found.lines, problems(found)) == ((), [("61", "amount_unreadable")])
        return
    assert len(found.lines) == case["count_allNewTransactions"]
    for wanted in case["transactions"]:
        line = found.lines[wanted["index"]]
        assert wanted.get("Amount") in {None, line.amount.minor}
        # Money back for a debit (RD) is income to the peer and a refund to us: nobody earned it.
        assert wanted.get("Type") in {None, PEER_KINDS[line.kind]}
        assert wanted.get("OriginalSourceAccountName") in {None, line.account.label}
        assert wanted.get("OriginalSourceAccountCurrency") in {None, line.amount.currency}


def test_reversals_have_their_own_direction_and_the_balance_proves_it() -> None:
    found = statement(
        ":61:240102C10,00NTRFA", ":61:240102D3,00NTRFB", ":61:240103RC10,00NTRFA", ":61:240103RD3,00NTRFB",
        closing=":62F:C240103EUR100,00",
    )  # fmt: skip

    assert [(signed(line).minor, line.kind) for line in found.lines] == [
        (1000, Kind.INCOME),
        (-300, Kind.EXPENSE),
        (-1000, Kind.EXPENSE),
        (300, Kind.REFUND),
    ]
    assert found.problems == ()


# (row, our signed minor units or the reason why it is none)
WHERE_THE_LIBRARY_IS_WRONG = [
    (":61:240102RC10,00NTRFNONREF", -1000),
    (":61:240102RD10,00NTRFNONREF", 1000),
    (":61:240102D10.00NTRFNONREF", -1000),
    ("\t:61:240102C123,45NTRFREF//B", 12345),
    (":61:240102C123 45NTRFNONREF", "amount_unreadable"),
    (":61:240102C12345678901234567,45NTRFREF//B", "amount_unreadable"),
]


@pytest.mark.parametrize(("row", "wanted"), WHERE_THE_LIBRARY_IS_WRONG)
def test_we_are_right_where_the_library_is_wrong(row: str, wanted: int | str) -> None:
    found = statement(row)

    assert [signed(line).minor for line in found.lines] == ([wanted] if isinstance(wanted, int) else [])
    assert [problem.reason for problem in found.problems] == ([] if isinstance(wanted, int) else [wanted])


@pytest.mark.parametrize(
    ("row", "minor"),
    [
        (":61:2401020103CR50,00NTRFNONREF", 5000),  # the third letter of EUR
        (":61:240102DR50,NTRFNONREF", -5000),
        (":61:240102RCR50,0NTRFNONREF", -5000),
        (":61:240102CN50,00NZ10NONREF", 5000),  # a letter of no currency
        (":61:240102D000000000025,00N102EREF", -2500),
        (":61:240102 0103 D 25,00 NTRF NONREF", -2500),
        (":61:240102D\n25,00NTRFNONREF", -2500),
        (":61:240102D25NTRFNONREF", -2500),
        (":61:240102D25,00", -2500),
        (":61:240102D25,00//BANK", -2500),
        (":61:240102d25,00ntrfX1", -2500),
        (":61:240102D,50FMSCNONREF", -50),
    ],
)
def test_every_writing_of_a_row_is_read(row: str, minor: int) -> None:
    found = statement(row)

    assert [signed(line).minor for line in found.lines] == [minor]
    assert found.problems == ()


@pytest.mark.parametrize(
    ("row", "cell", "reason"),
    [
        (":61:", "61", "row_incomplete"),
        (":61:nothing of the kind", "61", "row_incomplete"),
        (":61:240102X25,00NTRFNONREF", "61", "row_incomplete"),
        (":61:241302D25,00NTRFNONREF", "61", "date_unreadable"),
        (":61:240100D25,00NTRFNONREF", "61", "date_unreadable"),
        (":61:2401021399D25,00NTRFNONREF", "61", "date_unreadable"),
        (":61:240102D25,001NTRFNONREF", "61", "amount_unreadable"),
        (":61:240102D1.234NTRFNONREF", "61", "amount_unreadable"),
        (":61:240102D1,234.50NTRFNONREF", "61", "amount_unreadable"),
    ],
)
def test_a_row_that_cannot_be_read_is_a_problem_of_its_line(row: str, cell: str, reason: str) -> None:
    found = statement(row, ":61:240102D1,00NTRFX1")

    assert [(problem.line, problem.cell, problem.reason) for problem in found.problems] == [(5, cell, reason)]
    assert [signed(line).minor for line in found.lines] == [-100]


def test_amounts_fit_their_currency() -> None:
    assert amount_of("1000,", "JPY") == Money(1000, "JPY")
    assert amount_of("1,234", "KWD") == Money(1234, "KWD")
    assert amount_of("1,5", "JPY") == "amount_unreadable"
    assert amount_of("1,5", "ZZZ") == "currency_unknown"
    assert amount_of("1,5", "") == "missing"


@pytest.mark.parametrize(
    ("valued", "entry", "booked"),
    [
        ("231231", "0102", date(2024, 1, 2)),
        ("240102", "1231", date(2023, 12, 31)),
        ("240630", "0701", date(2024, 7, 1)),
        ("160230", "0301", date(2016, 3, 1)),
        ("160230", "", date(2016, 2, 29)),
        ("150229", "", date(2015, 2, 28)),
        ("240301", "0229", date(2024, 2, 29)),
        ("991231", "0103", date(2000, 1, 3)),
    ],
)
def test_the_entry_date_takes_the_year_that_brings_it_closest(valued: str, entry: str, booked: date) -> None:
    [line] = statement(f":61:{valued}{entry}D1,00NTRFX1").lines

    assert line.booked_on == booked


def test_only_the_last_page_of_a_day_closes_it_and_each_page_is_checked() -> None:
    pages = (
        ":20:A\n:25:1/23\n:28C:5/1\n:60F:C240101EUR10,00\n:61:240102C5,00NTRFX1\n:62M:C240102EUR15,00\n-\n"
        ":20:A\n:25:1/23\n:28C:5/2\n:60M:C240102EUR15,00\n:61:240102D1,00NTRFX2\n:62F:C240102EUR14,00\n:64:C240102EUR9,\n-\n"
    )
    found = parse(pages)

    assert found.problems == ()
    assert [(one.on, one.balance) for one in found.closings] == [(date(2024, 1, 2), Money(1400, "EUR"))]
    wrong = parse(pages.replace("62M:C240102EUR15", "62M:C240102EUR16"))
    assert [(one.line, one.cell, one.text) for one in wrong.problems] == [(6, "62M", "15.00 ≠ 16.00 EUR")]


def test_a_balance_without_its_date_still_checks_but_closes_nothing() -> None:
    found = statement(":61:240102D1,00NTRFX1", opening=":60F:C000000EUR1,00", closing=":62F:D000000EUR0,01")

    assert problems(found) == [("62F", "date_unreadable"), ("62F", "balance_mismatch")]
    assert found.closings == ()


def test_several_accounts_pay_each_other_and_keep_their_balances() -> None:
    first, second = "NL71RABO0123456789", "NL26VAYB8060476890"
    message = (
        ":20:A\n:25:{}\n:60F:C240101EUR10,00\n:61:240102{}5,00NTRFX1\n:86:/IBAN/{}/NAME/Me/\n:62F:C240102EUR{},00\n-\n"
    )
    found = parse(message.format(first, "D", second, 5) + message.format(second + " EUR", "C", first, 15))

    assert [(line.kind, line.counter) for line in found.lines] == [
        (Kind.TRANSFER, found.lines[1].account),
        (Kind.TRANSFER, found.lines[0].account),
    ]
    assert [(one.account.key, one.balance.minor) for one in found.closings] == [
        (f"iban:{first}", 500),
        (f"iban:{second}", 1500),
    ]


@pytest.mark.parametrize(
    ("text", "key", "currency"),
    [
        ("45050050/76198810", "account:45050050:76198810", ""),
        ("51210600/9223382012EUR", "account:51210600:9223382012", "EUR"),
        ("PL25106000760000888888888888", "iban:PL25106000760000888888888888", ""),
        ("NL71RABO0123456789EUR", "iban:NL71RABO0123456789", "EUR"),
        ("NL71RABO0123456789/EUR", "iban:NL71RABO0123456789", "EUR"),
        ("RABONL2U/nl71 rabo 0123 4567 89 EUR", "iban:NL71RABO0123456789", "EUR"),
        ("MU17BOMM0101101030300200000MUR", "iban:MU17BOMM0101101030300200000MUR", ""),
        ("4111111111111111", "card::1111", ""),
        ("GJB0291077111", "account::GJB0291077111", ""),
    ],
)
def test_the_account_is_known_however_it_is_written(text: str, key: str, currency: str) -> None:
    account, named = account_and_currency(text)

    assert account is not None
    assert (account.key, named) == (key, currency)


def test_an_mt942_states_sums_and_expects_some_rows() -> None:
    found = parse(
        ":20:A\n:25:1/23\n:28C:1/1\n:34F:EURD0,00\n:13D:2401021730+0100\n:61:240102D2,00NTRFX1\n"
        ":61:240102ED9,00NTRFX2\n:61:240102C1,00NTRFX3\n:90D:1EUR2,00\n:90C:1EUR1,00\n-"
    )

    assert [signed(line) for line in found.lines] == [Money(-200, "EUR"), Money(100, "EUR")]
    assert [row.reason for row in found.skipped] == ["pending"]
    assert (found.agrees, found.stated and found.stated.spent) == (True, Total(1, 200))
    assert parse(sample("mt940/self-provided/mt942.sta").read_bytes()).agrees is False  # it says 2.30 and lists 0.42


def test_what_stands_around_the_fields_is_passed_over() -> None:
    row = ":20:A\r\n:25:1/23\r\n:60F:C240101EUR1,00\r\n:61:240102C1,00NTRFX1\r\n:86:Words\r\n:62F:C240102EUR2,00\r\n"
    for text in (
        "{1:F01BANKXXXX0000000000}{2:I940BANKXXXXN}{3:{108:X}}{4:\r\n" + row + "-}{5:{CHK:1}}",
        "{1:F01BANKXXXX0000000000}{2:I940BANKXXXXN}{4:" + row + "-}",
        "ABNANL2A\r\n940\r\nABNANL2A\r\n" + row + "-",
        ":940:\r\n" + row,
        "\r\n\r\n" + row.replace("\r\n", "\n"),
        row.replace("\r\n", "\r"),
        row.replace(":", "\t:", 1).replace("\r\n:", "\r\n\t\t:"),
    ):
        assert mt940.recognises(text.encode())
        found = parse(text)
        assert [(line.payee, signed(line).minor) for line in found.lines] == [("Words", 100)]
        assert found.problems == ()


def test_what_follows_the_closing_balance_is_about_the_statement_and_no_row() -> None:
    row = [":61:240102D1,00NTRFX1", ":NS:01anything", ":86:Words"]
    found = statement(*row, closing=":62F:C240102EUR99,00\n:86:Thank you")

    assert [line.payee for line in found.lines] == ["Words"]


def test_two_messages_in_one_line_of_blocks_stay_two() -> None:
    one = (
        "{{1:F01X}}{{2:I940X}}{{4:\n:20:A\n:25:{}\n:60F:C240101EUR1,00\n:61:240102C1,00NTRFX1\n:62F:C240102EUR2,00\n-}}"
    )
    found = parse(one.format("1/23") + one.format("1/24"))

    assert [line.account.label for line in found.lines] == ["23", "24"]
    assert found.problems == ()


def test_a_time_that_was_wrapped_is_no_field() -> None:
    for wrapped in (":12:11", ":20:11", ":28:05"):
        [line] = statement(":61:240102D1,00NTRFX1", ":86:805?00ENTGELT?20Am 1.1. T13", wrapped).lines
        assert line.description + line.payee == f"Am 1.1. T13{wrapped}"
        assert line.kind is Kind.FEE


def test_sub_fields_become_name_words_and_references() -> None:
    found = details_of(
        [
            "166?00GUTSCHRIFT?109310?20EREF+E2E-0001?21MREF+M1?22SVWZ+Rechnung 4711 vom 1. Mai",
            "?23 2024?30DEUTDEFFXXX?31DE14740618130000033626?32MUSTER GMBH",
        ]
    )
    assert (found.name, found.account) == ("MUSTER GMBH", "DE14740618130000033626")
    assert (found.words, found.end_to_end) == ("Rechnung 4711 vom 1. Mai 2024", "E2E-0001")
    assert (found.code, found.posting) == ("166", "GUTSCHRIFT")


@pytest.mark.parametrize(
    ("lines", "name", "words"),
    [
        (["020~00Wyplata~20Karta 1~32SKLEP~33 SPOZYWCZY"], "SKLEP SPOZYWCZY", "Karta 1"),
        (["105<00X<20Abo Mai<32Kino"], "Kino", "Abo Mai"),
        (
            ["/TRTP/SEPA OVERBOEKING/IBAN/NL1/BIC/X/NAME/A. Jansen/REMI/Huur mei/EREF/NOTPROVIDED"],
            "A. Jansen",
            "Huur mei",
        ),
        (["/EREF/1//CNTP/NL32INGB1/INGBNL2A/ING BANK NV///REMI/USTD//Kosten//"], "ING BANK NV", "Kosten"),
        (["/BENM//NAME/JOHN DOE/REMI/Ref", " 1"], "JOHN DOE", "Ref 1"),
        (["plain text", "of two lines"], "", "plain text of two lines"),
        (["x" * 65, "y"], "", "x" * 65 + "y"),
        (["999PN5477SCHECK-NR. 16703074"], "", "999PN5477SCHECK-NR. 16703074"),
        (["166?20Miete EREF+1?32A"], "A", "Miete"),
        (["091"], "", ""),
        ([""], "", ""),
        ([], "", ""),
        (["?"], "", "?"),
        (["105?"], "", "105?"),
        (["105?00?20?32"], "", ""),
    ],
)
def test_details_of_every_writing(lines: list[str], name: str, words: str) -> None:
    found = details_of(lines)

    assert (found.name, found.words) == (name, words)


@pytest.mark.parametrize(
    ("row", "details", "kind"),
    [
        (":61:240102D5,00NCHGX1", "", Kind.FEE),
        (":61:240102C5,00NCHGX1", "", Kind.REFUND),
        (":61:240102C5,00NRTIX1", "", Kind.REFUND),
        (":61:240102C5,00NINTX1", "", Kind.INCOME),
        (":61:240102D5,00NCMZX1", "", Kind.TRANSFER),
        (":61:240102D5,00NMSCX1", "083?00BARAUSZAHLUNG", Kind.TRANSFER),
        (":61:240102C5,00NTRFX1", "159?00RETOURE", Kind.REFUND),
        (":61:240102D5,00NMSCX1", "805?00ENTGELTABSCHLUSS", Kind.FEE),
        (":61:240102C5,00NTRFX1", "/RTRN/AC04/REMI/back/", Kind.REFUND),
    ],
)
def test_types_and_codes_tell_what_a_row_is(row: str, details: str, kind: Kind) -> None:
    assert [line.kind for line in statement(row, f":86:{details}").lines] == [kind]


def test_characters_of_any_encoding_survive() -> None:
    text = ":20:A\n:25:1/23\n:60F:C240101EUR1,00\n:61:240102C1,00NTRFX1\n:86:{}\n"

    for word, codec, label in (
        ("Bäcker", "utf-8", "utf-8"),
        ("Bäcker €", "cp1252", "cp1252"),
        ("面包店", "gb18030", "gb18030"),
        ("Bäcker", "utf-8-sig", "utf-8-bom"),
        ("Bäcker", "utf-16", "utf-16-le"),
    ):
        found = parse(text.format(word).encode(codec))
        assert (found.lines[0].payee, found.encoding) == (word, label)


def test_a_booking_is_one_row_in_either_format_and_in_the_days_report() -> None:
    iban = "DE14740618130000033626"
    row = ":61:2405060506D10,00NTRFNONREF//REF-1"
    message = statement(row, ":86:words", account=iban)
    interim = parse(f":20:B\n:25:{iban}\n:34F:EURD0,\n:61:2405060506D10,00NTRFX//REF-1\n:86:other words\n")
    xml = camt.parse(
        f"<Document><BkToCstmrStmt><Stmt><Acct><Id><IBAN>{iban}</IBAN></Id></Acct><Ntry><Amt Ccy='EUR'>10</Amt>"
        "<CdtDbtInd>DBIT</CdtDbtInd><BookgDt><Dt>2024-05-06</Dt></BookgDt><AcctSvcrRef>REF-1</AcctSvcrRef></Ntry>"
        "</Stmt></BkToCstmrStmt></Document>".encode(),
        "x.xml",
    )

    assert len({found.lines[0].identity for found in (message, interim, xml)}) == 1


def test_twins_stay_two_and_strangers_apart() -> None:
    rows = [
        ":61:240102D5,00NTRFNONREF",
        ":86:a",
        ":61:240102D5,00NTRFNONREF",
        ":86:a",
        ":61:240102D5,00NTRFNONREF",
        ":86:b",
    ]
    identities = [line.identity for line in statement(*rows).lines]

    assert identities[0] == identities[1] != identities[2]


@pytest.mark.parametrize(
    "data",
    [
        b"date,amount\n2024-01-02,:61:240102D5\n",
        b"!Type:Bank\nD1/2/2024\n^\n",
        b"<OFX></OFX>",
        b"A note of :20:15 o'clock\n:25:\n",
        b":20: o'clock\nnothing else\n",
        b"",
    ],
)
def test_nothing_else_is_taken_for_it(data: bytes) -> None:
    assert not mt940.recognises(data)


def test_hostile_files_are_read_in_linear_time() -> None:
    head = b":20:A\n:25:1/23\n:60F:C240101EUR1,00\n"
    with at_most(60):
        for bomb in (
            b":61:240102D1,00NTRFX\n:86:" + b"?20" * 300_000,
            b":61:" + b"1" * 1_000_000,
            b":61:240102D1,00NTRF" + b"/" * 1_000_000,
            b":61:240102D1,00NTRFX\n:86:" + b"/NAME" * 200_000,
            b":61:240102D1,00NTRFX\n:86:" + b"x\n" * 300_000,
            b"{1:" * 300_000,
            b" " * 300_000,
            b" " * 300_000 + b"-" + b" " * 300_000 + b"x",
            b":20:A\n:25:" + b"/EUR" * 200_000,
            b":86:" * 200_000,
        ):
            parse(head + bomb)


def check(data: bytes) -> None:
    mt940.recognises(data)
    with contextlib.suppress(FileRefused):
        for line in parse(data).lines:
            assert line.amount.minor > 0
            assert 1970 <= line.booked_on.year <= 2100


FUZZ = settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
WHOLE = (
    b"{1:F01X}{2:I940X}{4:\n:20:A\n:25:45050050/76198810EUR\n:28C:1/1\n:60F:C240101EUR1,00\n"
    b":61:2401020103CR1,00NTRFX1//B1\nmore\n:86:166?00GUTSCHRIFT?20SVWZ+a?32NAME\n:61:240102RD2,00NMSCNONREF\n"
    b":86:/NAME/X/REMI/y\n:62F:C240102EUR4,00\n:90C:1EUR1,00\n-}"
)
PARTS = """
    :20:A :25:1/2 :25:DE14740618130000033626EUR :28C:1 :60F:C240101EUR1, :60M:D240101ZZZ1, :62F:C240101EUR1, :61: :86:
    :61:240102D1,00NTRFX :61:240230RC1,5NTRF//B :61:2401021231EC1,NTRF :86:166?00A?20B?32C :86:/NAME/X/ - -} {4: :12:30
    :90D:1EUR1, :34F:EURD0, :NS:x 99 ?20 ， ：61： ١٢
""".split()  # noqa: SIM905 - as they are written


@FUZZ
@given(st.lists(st.sampled_from(PARTS), max_size=40))
def test_random_messages_are_refused_or_read_but_never_crash(parts: list[str]) -> None:
    check("\n".join(parts).encode())


@FUZZ
@given(st.integers(0, len(WHOLE)), st.integers(0, 30), st.binary(max_size=12))
def test_damaged_files_are_refused_or_read_but_never_crash(at: int, length: int, instead: bytes) -> None:
    check(WHOLE[:at] + instead + WHOLE[at + length :])


@FUZZ
@given(st.text(max_size=60))
def test_any_text_in_a_row_is_read_or_said_to_be_unreadable(text: str) -> None:
    check(
        b":20:A\n:25:1/23\n:60F:C240101EUR1,00\n:61:"
        + text.encode(errors="replace")
        + b"\n:86:"
        + text.encode(errors="replace")
    )


@FUZZ
@given(st.from_regex(r"\A[0-9]{6}\Z"))
def test_six_digits_are_a_day_or_none(digits: str) -> None:
    found = day_of(digits)

    assert found is None or (f"{found:%y%m}" == digits[:4] and found.day <= int(digits[4:]))


@FUZZ
@given(
    st.lists(st.tuples(st.integers(1, 10**11), st.sampled_from(["C", "D", "RC", "RD"])), min_size=1, max_size=9),
    st.integers(-(10**9), 10**9),
)
def test_amounts_come_back_exactly_and_the_balances_agree(moves: list[tuple[int, str]], opening: int) -> None:
    def figure(minor: int) -> str:
        return f"{abs(minor) // 100},{abs(minor) % 100:02d}"

    def stand(tag: str, minor: int) -> str:
        return f":{tag}:{'D' if minor < 0 else 'C'}240102EUR{figure(minor)}"

    amounts = [minor if mark in {"C", "RD"} else -minor for minor, mark in moves]
    found = statement(
        *(f":61:240102{mark}{figure(minor)}NTRFX1" for minor, mark in moves),
        opening=stand("60F", opening),
        closing=stand("62F", opening + sum(amounts)),
    )

    assert [signed(line).minor for line in found.lines] == amounts
    assert found.problems == ()
    assert found.closings[0].balance.minor == opening + sum(amounts)
