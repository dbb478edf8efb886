"""Which passwords are taken, and how one is kept."""

from __future__ import annotations

import pytest

from data.errors import Rejection
from data.security import passwords
from data.security.passwords import (
    PasswordCommon,
    PasswordContainsName,
    PasswordTooLong,
    PasswordTooShort,
    check_password,
    hash_password,
    needs_rehash,
    verify_password,
)


@pytest.mark.parametrize(
    "password",
    [
        "correct horse battery",
        "一只猫坐在窗台上看着外面的雨",
        "Tr0ub4dor&3 and then some",
        "my wallet smells of oranges",
        "x7#Kq!m2Vb9$Lw4",
        "e" * 10 + " but nobody guesses this",
        "🦊🐻 meets 🐼🐨 by the sea",
    ],
)
def test_a_long_password_of_ones_own_is_taken(password: str) -> None:
    check_password(password + "。", second_factor=False, names=["alice"])


@pytest.mark.parametrize(
    ("password", "refusal"),
    [
        ("fourteen chars", PasswordTooShort(15, 14)),
        ("x" * 129, PasswordTooLong(128, 129)),
        ("123456789012345", PasswordCommon()),
        ("543210987654321", PasswordCommon()),
        ("aaaaaaaaaaaaaaaa", PasswordCommon()),
        ("abcabcabcabcabcabc", PasswordCommon()),
        ("qwertyuiopasdfghjkl", PasswordCommon()),
        ("password1234567890", PasswordCommon()),
        ("iloveyou!!!!!!!!!!", PasswordCommon()),
        ("alice alice alice 1", PasswordContainsName("alice")),
        ("LittleGoldCard-abc", PasswordContainsName("littlegoldcard")),
        ("我的小金卡，小金卡，还是小金卡！", PasswordContainsName("小金卡")),
    ],
)
def test_what_a_stranger_would_try_is_refused_with_its_reason(password: str, refusal: Rejection) -> None:
    with pytest.raises(type(refusal)) as caught:
        check_password(password, second_factor=False, names=["alice"])
    assert caught.value == refusal


def test_beside_a_second_factor_eight_characters_do_unless_they_leaked() -> None:
    check_password("tkVr9!pw", second_factor=True)
    with pytest.raises(PasswordCommon):
        check_password("trustno1", second_factor=True)
    with pytest.raises(PasswordTooShort):
        check_password("tkVr9!p", second_factor=True)


def test_length_is_counted_in_characters_not_bytes() -> None:
    with pytest.raises(PasswordTooShort) as caught:
        check_password("猫坐在窗台上看雨", second_factor=False)
    assert caught.value.length == 8


def test_the_same_password_typed_in_another_unicode_form_is_the_same() -> None:
    kept = hash_password("cafe\u0301 ｆｕｌｌ width")
    assert verify_password(kept, "caf\u00e9 full width")


def test_a_kept_password_is_argon2id_salted_and_of_todays_cost() -> None:
    first, second = hash_password("correct horse battery"), hash_password("correct horse battery")
    assert first != second
    assert first.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert not needs_rehash(first)
    assert needs_rehash(first.replace("t=2", "t=1"))


def test_wrong_broken_and_absurdly_long_are_simply_not_the_password() -> None:
    kept = hash_password("correct horse battery")
    assert not verify_password(kept, "correct horse battery ")
    assert not verify_password("not a hash", "correct horse battery")
    assert not verify_password(kept, "x" * 1_000_000)


def test_a_check_for_nobody_leaves_no_trace() -> None:
    passwords.verify_nothing("whatever")
