"""Files are known by their content; whatever is dropped in gives statements or one clear reason, never a crash."""

from __future__ import annotations

import dataclasses
import gc
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data.importers import recognise as module
from data.importers.generic import guess, signature
from data.importers.reading import csv_table
from data.importers.recognise import Parsed, recognise
from data.importers.statement import FileRefused, Statement
from data.money import MAX_MINOR
from tests.data.importers.archives import sealed, zipped
from tests.data.importers.builders import (
    AlipayRow,
    AlipayWebRow,
    JdRow,
    MeituanRow,
    WechatRow,
    alipay_app_csv,
    alipay_web_csv,
    jd_csv,
    meituan_csv,
    wechat_csv,
    wechat_xlsx,
)
from tests.patience import at_most
from tests.samples import sample

WHEN = "2024-05-06 07:08:09"
TABLE = "日期,摘要,金额\n2024-05-06,午餐,-12.00\n2024-05-07,咖啡,-9.50\n".encode()
OFX = (
    b"OFXHEADER:100\nDATA:OFXSGML\n\n<OFX><STMTRS><CURDEF>CNY<BANKACCTFROM><ACCTID>1</BANKACCTFROM><BANKTRANLIST>"
    b"<STMTTRN><TRNTYPE>DEBIT<DTPOSTED>20240901<TRNAMT>-1<NAME>A</STMTTRN></BANKTRANLIST></STMTRS></OFX>"
)

QIF = b"!Type:Bank\nD13/02/2024\nT-1,250.50\nPRent\n^\nD14/02/2024\nT-12.00\nSFood\n$-7.00\nSFun\n$-5.00\n^\n"
VALID = {
    "alipay_app": alipay_app_csv([AlipayRow(WHEN, "12.00", order_id="1"), AlipayRow(WHEN, "3.00", order_id="2")]),
    "alipay_web": alipay_web_csv([AlipayWebRow(WHEN, "12.00", order_id="1")]),
    "wechat": wechat_csv([WechatRow(WHEN, "12.00", order_id="1"), WechatRow(WHEN, "3.00", order_id="2")]),
    "wechat.xlsx": wechat_xlsx([WechatRow(WHEN, "12.00", order_id="1")], sheets=("bill", "Sheet1")),
    "jd": jd_csv([JdRow(WHEN, "12.00(已退款3.00)", order_id="1")]),
    "meituan": meituan_csv([MeituanRow(WHEN, "12.00", order_id="1")]),
    "ofx": OFX,
    "qif": QIF,
    "beancount": b'2024-01-02 * "Shop" "bread"\n  Assets:Cash  -12.00 CNY\n  Expenses:Food  12.00 CNY\n',
    "ledger": b"2024-01-02 Shop\n    assets:cash    -12.00 CNY\n    expenses:food    12.00 CNY\n",
    "generic": TABLE,
    "generic.zip": zipped({"a.csv": TABLE, "b.ofx": OFX}),
}


def only(found: list[Parsed]) -> Statement:
    (parsed,) = found
    assert parsed.statement is not None, parsed.refusal
    return parsed.statement


def refused(data: bytes, password: str | None = None) -> FileRefused:
    (parsed,) = recognise(data, "bill", password)
    assert parsed.statement is None
    assert parsed.refusal is not None
    return parsed.refusal


@pytest.mark.parametrize("name", [name for name in VALID if not name.endswith(".zip")])
def test_a_file_is_known_by_its_content_whatever_its_name(name: str) -> None:
    statement = only(recognise(VALID[name], "photo.jpg"))

    assert statement.format == name.partition(".")[0]
    assert statement.lines


def test_the_same_bill_on_two_sheets_counts_once() -> None:
    assert len(only(recognise(VALID["wechat.xlsx"], "bill.xlsx")).lines) == 1


def test_every_file_of_a_zip_is_read_and_a_bad_one_does_not_spoil_the_others() -> None:
    data = zipped({"a.csv": TABLE, "b.png": b"\x89PNG\r\n", "c.ofx": OFX, "d.zip": zipped({"a.csv": TABLE})})

    found = recognise(data, "all.zip")
    assert [(parsed.file, parsed.refusal.reason if parsed.refusal else None) for parsed in found] == [
        ("a.csv", None),
        ("b.png", "binary"),
        ("c.ofx", None),
        ("d.zip", "not_recognised"),
    ]


def test_a_protected_zip_asks_for_its_password_and_opens_with_it() -> None:
    data = sealed({"a.csv": VALID["alipay_app"]}, "123456")

    assert refused(data).reason == "zip_password_needed"
    assert refused(data, "654321").reason == "zip_password_wrong"
    assert only(recognise(data, "a.zip", "123456")).format == "alipay_app"


def test_a_saved_mapping_is_found_by_the_header_and_beats_the_guess() -> None:
    table = csv_table(TABLE, "bank.csv")
    mapping = guess(table)
    assert mapping is not None
    saved = dataclasses.replace(mapping, flip_sign=True, currency="HKD")

    (parsed,) = recognise(TABLE, "bank.csv", mappings={signature(table): saved})
    assert (parsed.mapping, parsed.saved) == (saved, True)
    assert {line.amount.currency for line in only([parsed]).lines} == {"HKD"}
    (unsaved,) = recognise(TABLE, "bank.csv", mappings={"other": saved})
    assert (unsaved.mapping, unsaved.saved) == (mapping, False)


def test_a_mapping_given_by_hand_beats_everything() -> None:
    mapping = guess(csv_table(TABLE, "bank.csv"))
    assert mapping is not None
    by_hand = dataclasses.replace(mapping, currency="JPY")

    # 12.00 yen is 12 yen, and 9.50 is no amount of yen.
    statement = only(recognise(TABLE, "bank.csv", mapping=by_hand))
    assert [line.amount.minor for line in statement.lines] == [12]
    assert [problem.reason for problem in statement.problems] == ["amount_unreadable"]


def test_a_table_that_says_nothing_to_us_comes_back_for_a_person_to_map() -> None:
    (parsed,) = recognise(b"alpha,beta\n1,2\n3,4\n", "x.csv")

    assert parsed.refusal is not None
    assert parsed.refusal.reason == "not_recognised"
    assert parsed.needs is not None
    assert parsed.needs.guess is None
    assert len(parsed.needs.table.rows) == 3


@pytest.mark.parametrize("path", ["jdcom/MissingFileHeader__01.csv", "wechat/MissingFileHeader__01.csv"])
def test_a_wallets_bill_without_its_title_is_not_guessed_at(path: str) -> None:
    # Its status column tells paid from closed; the peer refuses these files, too.
    (parsed,) = recognise(sample(f"ezbookkeeping_cases/{path}").read_bytes(), path)

    assert parsed.refusal is not None
    assert parsed.refusal.reason == "not_recognised"


def test_tables_that_name_no_currency_are_in_the_persons_own() -> None:
    assert only(recognise(TABLE, "x.csv", currency="HKD")).lines[0].amount.currency == "HKD"


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty"),
        (b" \r\n\t \n", "empty"),
        (b"%PDF-1.4 \x93\x8c", "binary"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "binary"),
        (bytes(range(256)) * 40, "binary"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "binary"),
        (b"hello", "not_recognised"),
        (b'{"a": 1}', "not_recognised"),
        (b"<html><body>login</body></html>", "not_recognised"),
        (b"!TRNS\tTRNSID\n!ENDTRNS\n", "not_recognised"),
        (b"PK\x05\x06" + bytes(18), "no_rows"),
        (b"<?xml version='1.0'?><!DOCTYPE x [<!ENTITY a 'b'>]><OFX></OFX>", "xml_entities"),
    ],
)
def test_what_is_no_statement_says_what_is_wrong(data: bytes, reason: str) -> None:
    assert refused(data).reason == reason


def test_200_megabytes_are_refused_at_once() -> None:
    huge = bytes(module.MAX_BYTES + 1)

    with at_most(10):
        assert refused(huge).reason == "too_large"


def test_two_encodings_in_one_file_are_refused_with_their_line() -> None:
    mixed = "日期,摘要,金额\n2024-05-06,午餐午餐,-12.00\n".encode() + "2024-05-07,晚餐晚餐,-9.50\n".encode("gb18030")

    refusal = refused(mixed)
    assert (refusal.reason, refusal.line) == ("mixed_encodings", 3)


@pytest.mark.parametrize("name", VALID)
def test_a_file_cut_anywhere_never_gives_a_figure_it_does_not_hold(name: str) -> None:
    whole = {line.amount for parsed in recognise(VALID[name], name) for line in only([parsed]).lines}
    step = max(1, len(VALID[name]) // 40)

    for length in range(0, len(VALID[name]), step):
        for parsed in recognise(VALID[name][:length], name):
            assert (parsed.statement is None) is (parsed.refusal is not None)
            if parsed.statement and name != "generic":
                assert {line.amount for line in parsed.statement.lines} <= whole


def test_an_absurd_date_or_amount_is_a_problem_of_its_row() -> None:
    rows = [
        AlipayRow("0001-01-01 00:00:00", "1.00"),
        AlipayRow(WHEN, "999999999999999999999.00"),
        AlipayRow(WHEN, "5.00"),
    ]
    statement = only(recognise(alipay_app_csv(rows), "a.csv"))

    assert len(statement.lines) == 1
    assert {problem.cell for problem in statement.problems} == {"交易时间", "金额"}


def test_the_collector_runs_again_after_a_file_whatever_became_of_it() -> None:
    recognise(TABLE, "a.csv")
    recognise(b"", "a.csv")

    assert gc.isenabled()


def check(data: bytes) -> None:
    """What holds for any bytes at all."""
    found = recognise(data, "any")
    assert found
    for parsed in found:
        assert (parsed.statement is None) is (parsed.refusal is not None)
        for line in parsed.statement.lines if parsed.statement else ():
            assert 0 < line.amount.minor <= MAX_MINOR
            assert date(1900, 1, 1) < line.booked_on < date(2101, 1, 1)


FUZZ = settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@FUZZ
@given(st.binary(max_size=2000))
def test_random_bytes_are_refused_or_read_but_never_crash(data: bytes) -> None:
    check(data)


@FUZZ
@given(st.text(alphabet="日期金额交易时间收支,;\t\"'\n -./:0123456789abDEC¥()<>/&!", max_size=600))
def test_random_tables_are_refused_or_read_but_never_crash(text: str) -> None:
    check(("日期,金额,摘要\n2024-01-01,1,a\n" + text).encode())


@FUZZ
@given(
    st.sampled_from(sorted(VALID)),
    st.lists(
        st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 20), st.binary(max_size=12)), min_size=1, max_size=4
    ),
)
def test_damaged_files_are_refused_or_read_but_never_crash(name: str, damages: list[tuple[float, int, bytes]]) -> None:
    data = VALID[name]
    for where, length, instead in damages:
        at = int(where * len(data))
        data = data[:at] + instead + data[at + length :]
    check(data)


OFX_PARTS = """
    <OFX> </OFX> <STMTRS> </STMTRS> <CURDEF>CNY <BANKACCTFROM> </BANKACCTFROM> <ACCTID>1 <BANKTRANLIST> </BANKTRANLIST>
    <STMTTRN> </STMTTRN> <TRNTYPE>DEBIT <DTPOSTED>20240901 <DTPOSTED>20240901[-99:X] <TRNAMT>-1 <TRNAMT>1e9
    <NAME>A&amp;&#99999999; <LEDGERBAL> </LEDGERBAL> <BALAMT>x <!-- --> <![CDATA[ <INVTRANLIST> <CURRENCY> <CURSYM>ZZZ
    <CORRECTFITID>
"""


@FUZZ
@given(st.lists(st.sampled_from(OFX_PARTS.split()), max_size=60))
def test_random_ofx_is_refused_or_read_but_never_crashes(parts: list[str]) -> None:
    check(("<OFX>" + "".join(parts)).encode())
