"""Regular expressions of a person: what they match, what is refused, and that none is slow."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.categories.patterns import LONGEST_TEXT, MOST_WAYS, PatternInvalid, found, safe_regex
from tests.patience import at_most


@pytest.mark.parametrize(
    ("pattern", "text", "holds"),
    [
        ("瑞幸|星巴克", "星巴克（一店）", True),
        ("^滴滴.*出行$", "滴滴快车出行", True),
        (r"\bshell\b", "SHELL OIL", True),
        (r"\bshell\b", "Shelley", False),
        (r"第\d{1,3}店", "第12店", True),
        (r"[^\d]{3}", "12a34", False),
        ("[a-f]+x?", "CAFE", True),
        ("[-a]", "-", True),
        ("[a-]", "-", True),
        ("[]x]", "]", True),
        ("（一店）", "瑞幸(一店)", True),
        ("ＡＢＣ", "abc", True),
        ("Ab+?c", "abbbC", True),
        ("(ab|c)?d", "abd", True),
        ("a{3}", "aaa", True),
        ("ß+", "STRASSE", True),
        (r"a\.b", "axb", False),
        ("3.5%", "3.5%", True),
    ],
)
def test_an_allowed_expression_means_what_it_says(pattern: str, text: str, holds: bool) -> None:  # noqa: FBT001 - a column
    assert found(safe_regex(pattern), text) is holds


@pytest.mark.parametrize(
    ("pattern", "reason"),
    [
        ("", "empty"),
        ("a" * 201, "too_long"),
        ("(", "syntax"),
        ("a)", "syntax"),
        ("[a", "syntax"),
        ("[]", "syntax"),
        ("[z-a]", "syntax"),
        ("*a", "syntax"),
        ("a**", "syntax"),
        ("a{2,1}", "syntax"),
        ("a{9999}", "syntax"),
        ("a{", "syntax"),
        ("\\", "syntax"),
        (r"(a)\1", "not_allowed"),
        ("(?=a)", "not_allowed"),
        ("(?P<x>a)", "not_allowed"),
        ("(?i)a", "not_allowed"),
        ("^*", "not_allowed"),
        (r"\Z", "not_allowed"),
        ("(a+)+$", "nested_repeat"),
        ("(a|a)*$", "nested_repeat"),
        ("((a*)b)*", "nested_repeat"),
        ("(a?){9}", "nested_repeat"),
        (".*.*.*x", "too_slow"),
        ("a?" * 30, "too_slow"),
        ("(a|b|c|d)" * 12, "too_slow"),
    ],
)
def test_an_expression_outside_the_grammar_or_too_costly_is_refused(pattern: str, reason: str) -> None:
    with pytest.raises(PatternInvalid) as refused:
        safe_regex(pattern)
    assert refused.value.reason == reason


@given(st.text("ab(|)*+?{}2,[]^$.\\d-", max_size=14))
def test_whatever_is_accepted_compiles_and_whatever_is_not_is_refused_by_name(pattern: str) -> None:
    try:
        regex = safe_regex(pattern)
    except PatternInvalid as refused:
        assert refused.reason in {"empty", "syntax", "not_allowed", "nested_repeat", "too_slow"}  # noqa: PT017 - either is fine
    else:
        assert isinstance(regex, re.Pattern)


@settings(deadline=None, max_examples=150)
@given(st.text("a(|)*+?{}2,.b", max_size=24), st.sampled_from(["a", "ab", "b"]))
def test_no_accepted_expression_takes_long_on_a_text_made_against_it(pattern: str, unit: str) -> None:
    try:
        regex = safe_regex(pattern)
    except PatternInvalid:
        return
    with at_most(15):
        found(regex, (unit * LONGEST_TEXT)[: LONGEST_TEXT - 1] + "!")


def test_the_bound_allows_two_open_ended_repetitions_and_little_more() -> None:
    assert MOST_WAYS >= (LONGEST_TEXT + 1) ** 2
    assert safe_regex("a.*b.*c?")
