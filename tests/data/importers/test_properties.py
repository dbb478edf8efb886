"""Whatever a wallet exports comes back to the cent and to the second, in every form of the file."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from datetime import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.importers.statement import FileRefused, Kind
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
from tests.data.importers.parsing import parse, spending, statements, total

Purchases = list[tuple[str, str, str]]

# Real exporters state 10-digit sums at most, and spreadsheets keep 15 digits.
_minors = st.integers(min_value=1, max_value=10**11)
_instants = st.datetimes(min_value=datetime(1991, 1, 1), max_value=datetime(2099, 12, 31)).map(  # noqa: DTZ001 - local
    lambda when: f"{when:%Y-%m-%d %H:%M:%S}"
)
_names = st.text(alphabet="店面包牛奶ABCxyz019()（）·“”", min_size=1, max_size=12).filter(
    lambda name: name.strip() == name
)
_purchases = st.lists(
    st.tuples(_instants, _minors.map(lambda minor: f"{minor // 100}.{minor % 100:02d}"), _names), min_size=1, max_size=8
)

FORMS: dict[str, Callable[[Purchases], bytes]] = {
    "alipay_app": lambda rows: alipay_app_csv([AlipayRow(*row) for row in rows]),
    "alipay_app_2021": lambda rows: alipay_app_csv([AlipayRow(*row) for row in rows], layout="2021"),
    "alipay_web": lambda rows: alipay_web_csv([AlipayWebRow(*row) for row in rows]),
    "wechat_csv": lambda rows: wechat_csv([WechatRow(*row) for row in rows]),
    "wechat_v2": lambda rows: wechat_xlsx([WechatRow(*row) for row in rows], version=2),
    "wechat_v3": lambda rows: wechat_xlsx([WechatRow(*row) for row in rows], version=3),
    "jd": lambda rows: jd_csv([JdRow(*row) for row in rows]),
    "meituan": lambda rows: meituan_csv([MeituanRow(*row) for row in rows]),
}


@pytest.mark.parametrize("form", FORMS)
@settings(max_examples=25, deadline=None)
@given(rows=_purchases)
def test_amounts_times_and_payees_come_back_exactly(form: str, rows: Purchases) -> None:
    bill = parse(FORMS[form](rows))
    assert [(f"{line.occurred_at:%Y-%m-%d %H:%M:%S}", line.amount.plain(), line.payee) for line in bill.lines] == rows
    assert all(line.booked_on.isoformat() == time[:10] for line, (time, _, _) in zip(bill.lines, rows, strict=True))
    assert {line.occurred_at.utcoffset() for line in bill.lines} == {bill.lines[0].occurred_at.utcoffset()}
    assert bill.agrees


@settings(max_examples=25, deadline=None)
@given(rows=_purchases)
def test_a_row_has_one_identity_in_every_form_of_wechats_bill(rows: Purchases) -> None:
    text, cells, serial = (parse(FORMS[form](rows)) for form in ("wechat_csv", "wechat_v2", "wechat_v3"))
    identities = [line.identity for line in text.lines]
    assert identities == [line.identity for line in cells.lines] == [line.identity for line in serial.lines]


@settings(max_examples=50, deadline=None)
@given(parts=st.tuples(st.integers(1, 10**9), st.integers(1, 10**9)))
def test_a_jd_bracket_nets_to_the_cent(parts: tuple[int, int]) -> None:
    part, gross = sorted(parts)
    amount = f"{gross // 100}.{gross % 100:02d}(已退款{part // 100}.{part % 100:02d})"
    bill = parse(jd_csv([JdRow("2024-03-05 12:00:00", amount)], totals=False))
    assert (total(bill.lines, Kind.EXPENSE), spending(bill)) == (gross, gross - part)


@settings(max_examples=100, deadline=None)
@given(noise=st.binary(max_size=200), at=st.integers(0, 1000), form=st.sampled_from([*FORMS]))
def test_a_damaged_file_is_refused_or_read_but_never_crashes(noise: bytes, at: int, form: str) -> None:
    good = FORMS[form]([("2024-03-05 12:00:00", "1.00", "店"), ("2024-03-06 12:00:00", "2.00", "店")])
    cut = at * len(good) // 1000
    for damaged in (noise, good[:cut] + noise + good[cut:], good[:cut] + noise, good[cut:]):
        with contextlib.suppress(FileRefused):
            statements(damaged)
