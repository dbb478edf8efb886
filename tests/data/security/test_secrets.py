"""Recovery codes, session tokens, sealed fields."""

from __future__ import annotations

import base64
import math
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.security import recovery, sealing, tokens
from data.security.sealing import KeyMalformed, SealBroken, new_key, parse_key, seal, unseal

KEY = new_key()


def test_ten_different_codes_that_are_recognised_however_they_are_typed() -> None:
    codes = recovery.new_codes()
    assert len(set(codes)) == 10
    assert recovery.code_hash("0abc-def1-2345-6789") == recovery.code_hash(" OABC DEFl 23456789 ")
    assert recovery.code_hash(codes[0]) != recovery.code_hash(codes[1])
    assert codes[0] not in recovery.code_hash(codes[0])
    assert recovery.looks_like_code(codes[0].upper())
    assert recovery.looks_like_code("xvcb-n2r5-xa0r-fsnt")  # as they were given out before
    assert not recovery.looks_like_code("123 456")
    assert math.log2(len(set(recovery._ALPHABET)) ** len(codes[0].replace("-", ""))) >= 112


def test_a_token_names_its_owner_and_is_kept_only_as_a_hash() -> None:
    owner = uuid4()
    token = tokens.new_token(owner)
    assert tokens.owner_in(token) == owner
    assert len(token.split(".")[1]) == 43
    assert tokens.token_hash(token) != tokens.token_hash(tokens.new_token(owner))
    assert len(tokens.token_hash(token)) == 64


@pytest.mark.parametrize(
    "forged", ["", ".", "x", "0" * 32, "0" * 32 + ".", "z" * 32 + ".abc", "é" * 32 + ".a", "../" * 20]
)
def test_what_is_not_shaped_like_a_token_names_nobody(forged: str) -> None:
    assert tokens.owner_in(forged) is None


@given(st.text(max_size=300))
def test_a_sealed_text_opens_with_the_same_key_at_the_same_place(text: str) -> None:
    sealed = seal(KEY, text, "totp:1")
    assert unseal(KEY, sealed, "totp:1") == text
    assert not text or len(text) < 4 or text not in sealed


def test_another_key_another_place_or_a_changed_byte_does_not_open_it() -> None:
    sealed = seal(KEY, "secret", "totp:1")
    raw = bytearray(base64.urlsafe_b64decode(sealed[2:]))
    raw[-1] ^= 1
    changed = "1." + base64.urlsafe_b64encode(bytes(raw)).decode()
    tries = [(new_key(), sealed, "totp:1"), (KEY, sealed, "totp:2"), (KEY, changed, "totp:1")]
    tries += [(KEY, text, "totp:1") for text in ("", "1.", "1.!!!", "2." + sealed[2:], "secret")]
    for key, text, place in tries:
        with pytest.raises(SealBroken):
            unseal(key, text, place)


def test_a_key_survives_its_text_and_is_never_printed() -> None:
    text = sealing.key_text(KEY)
    assert parse_key(text + "\n", "x") == KEY
    assert parse_key(base64.b64encode(KEY.secret).decode(), "x") == KEY
    assert repr(KEY) == "SealingKey()"
    for bad in ("", "abc", text[:-8], "密钥"):
        with pytest.raises(KeyMalformed):
            parse_key(bad, "LITTLE_GOLD_CARD_KEY")
