"""What a card's bank says is put into words."""

from __future__ import annotations

import pytest

from data.gateways.protocol import GatewayUnreachable, Reason
from data.security.card_numbers import CardExpiryInvalid, CardNumberInvalid
from pages.ui import catalogue
from pages.ui.catalogue import translator
from pages.ui.i18n import rejection_parts


@pytest.mark.parametrize("language", catalogue.LANGUAGES)
def test_every_reason_of_a_bank_has_words(language: catalogue.Language) -> None:
    words = translator(language)
    assert [reason for reason in Reason if not words.has(f"reason.{reason}")] == []


def test_a_refused_card_is_explained_and_says_what_to_do() -> None:
    assert rejection_parts(CardNumberInvalid("length", 11), "zh")[::2] == [
        "银行卡号为 12 至 19 位，这里有 11 位。",
        "对照卡面重新输入。刚才输入的卡号没有保存。",
    ]
    assert rejection_parts(CardExpiryInvalid("date"), "en")[::2] == [
        "There is no such expiry date.",
        "Write month and year as on the card, such as 08/29.",
    ]
    assert len(rejection_parts(GatewayUnreachable(), "en")) == 3
