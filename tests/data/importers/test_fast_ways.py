"""What most rows of most files look like is read a faster way: it reads the same as the careful one."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.importers.ofx import parse as parse_ofx
from data.importers.recognise import recognise
from data.importers.statement import Line, Statement
from data.money import AmountUnreadable, Money, parse_amount
from tests.data.importers import builders

TIMES = [f"2026-03-{day:02} 08:{day:02}:00" for day in range(1, 29)]
ODD_TIME = "2026/3/29 8:30"


def _alipay(times: Sequence[str]) -> bytes:
    return builders.alipay_app_csv([builders.AlipayRow(t, "12.30", payee=f"店{t[8:10]}", order_id=t) for t in times])


def _wechat(times: Sequence[str]) -> bytes:
    return builders.wechat_csv([builders.WechatRow(t, "12.30", payee="/", order_id=t) for t in times])


def _jd(times: Sequence[str]) -> bytes:
    return builders.jd_csv([builders.JdRow(t, "12.30(已退款2.00)", payee="京东", order_id=t) for t in times])


def _meituan(times: Sequence[str]) -> bytes:
    return builders.meituan_csv([builders.MeituanRow(t, "12.30", title="外卖", order_id=t) for t in times])


def statement(data: bytes) -> Statement:
    (found,) = recognise(data, "bill.csv")
    assert found.statement is not None
    return found.statement


@pytest.mark.parametrize("written", [_alipay, _wechat, _jd, _meituan])
def test_rows_beside_an_odd_one_are_read_like_rows_among_their_like(written: Callable[[Sequence[str]], bytes]) -> None:
    alike, beside = statement(written(TIMES)), statement(written([*TIMES, ODD_TIME]))
    assert len(beside.lines) > len(alike.lines) >= len(TIMES)
    assert beside.lines[: len(alike.lines)] == list(alike.lines)
    assert beside.lines[-1].occurred_at.isoformat() == "2026-03-29T08:30:00+08:00"


def test_an_odd_amount_among_many_is_one_problem_with_its_line() -> None:
    rows = [builders.AlipayRow(t, "12.30", order_id=t) for t in TIMES]
    rows[5] = builders.AlipayRow(TIMES[5], "12.31", order_id="odd")
    found = statement(builders.alipay_app_csv(rows).replace(b"12.31", b"12.3O"))
    (problem,) = found.problems
    assert (problem.cell, problem.reason, problem.text) == ("金额", "amount_unreadable", "12.3O")
    assert len(found.lines) == len(TIMES) - 1
    assert problem.line == found.lines[4].line + 1


_ROW = """<STMTTRN><!-- {comment} -->
<TRNTYPE>DEBIT
<DTPOSTED>20260301120000[+8:CST]
<TRNAMT>-{amount}
<FITID>{number}
<NAME>Caf\u00e9  du
<MEMO>two words
</STMTTRN>
"""
_HEAD = """OFXHEADER:100
DATA:OFXSGML

<OFX><BANKMSGSRSV1><STMTTRNRS><STMTRS><CURDEF>EUR<BANKACCTFROM><BANKID>1<ACCTID>123<ACCTTYPE>CHECKING</BANKACCTFROM>
<BANKTRANLIST>
"""
_END = "</BANKTRANLIST></STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>"


def _ofx(row: str) -> list[Line]:
    rows = "".join(row.format(comment="kept by a bank", amount=f"{at}.50", number=at) for at in range(1, 9))
    found = parse_ofx(f"{_HEAD}{rows}{_END}".encode(), "bank.ofx")
    assert not found.problems
    return list(found.lines)


def test_plain_rows_of_ofx_say_the_same_as_rows_with_more_in_them() -> None:
    plain = _ROW.replace("<!-- {comment} -->", "")
    closed = plain.replace("<NAME>Caf\u00e9  du", "<NAME>Caf\u00e9  du</NAME>").replace("{number}", "{number}</FITID>")
    assert _ofx(plain) == _ofx(_ROW) == _ofx(closed)
    assert _ofx(plain)[0].payee == "Caf\u00e9 du"
    assert [line.line for line in _ofx(plain)[:2]] == [6, 14]


def test_a_row_of_ofx_without_its_end_does_not_swallow_the_next() -> None:
    whole = _ROW.replace("<!-- {comment} -->", "")
    open_ = whole.replace("</STMTTRN>\n", "")
    rows = open_.format(amount="1.00", number=1) + whole.format(amount="2.00", number=2)
    found = parse_ofx(f"{_HEAD}{rows}{_END}".encode(), "bank.ofx")
    assert [line.amount for line in found.lines] == [Money(200, "EUR")]
    assert [(problem.line, problem.reason) for problem in found.problems] == [(6, "truncated")]


@given(st.integers(-(10**13), 10**13), st.sampled_from(["CNY", "JPY", "KWD", "PTS", "EUR"]), st.integers(0, 5))
def test_a_plain_amount_is_what_it_is_with_blanks_around_it(minor: int, currency: str, decimals: int) -> None:
    text = f"{minor}" if not decimals else f"{minor}.{abs(minor) % 10**decimals:0{decimals}}"

    def read(written: str) -> Money | None:
        try:
            return parse_amount(written, currency)
        except AmountUnreadable:
            return None

    assert read(text) == read(f" {text} ")


@given(st.integers(-(10**15), 10**15), st.sampled_from(["CNY", "JPY", "KWD", "PTS"]))
def test_what_is_written_plainly_is_the_exact_decimal(minor: int, currency: str) -> None:
    money = Money(minor, currency)
    assert money.plain() == f"{money.decimal():f}"
    assert parse_amount(money.plain(), currency) == money
