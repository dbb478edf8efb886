"""Which payees count as the same."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.categories import normalise_payee
from data.categories.text import fold


@pytest.mark.parametrize(
    ("text", "payee"),
    [
        ("瑞幸咖啡（上海万达广场店）", "瑞幸咖啡"),
        ("瑞幸咖啡 (人民路店) ", "瑞幸咖啡"),
        ("瑞幸咖啡-万达广场店", "瑞幸咖啡"),
        ("瑞幸咖啡（中国）有限公司", "瑞幸咖啡"),
        ("ＳＴＡＲＢＵＣＫＳ", "starbucks"),
        ("STARBUCKS STORE 01234", "starbucks"),
        ("Wal-Mart #3421", "wal-mart"),
        ("SQ *BLUE BOTTLE", "bluebottle"),
        ("Acme Tools, Inc.", "acmetools"),
        ("工商银行 6222****1234", "工商银行"),
        ("7-ELEVEN", "7-eleven"),
        ("138****1234", "138****1234"),
        ("张*", "张*"),
        ("（空）", "(空)"),
        ("", ""),
    ],
)
def test_a_payee_is_the_same_in_all_its_branches(text: str, payee: str) -> None:
    assert normalise_payee(text) == payee


def test_masked_people_stay_apart() -> None:
    assert normalise_payee("138****1234") != normalise_payee("139****1234")


@given(st.text(max_size=60))
def test_any_text_has_a_payee_unless_it_is_blank(text: str) -> None:
    assert bool(normalise_payee(text)) == bool(fold(text))
