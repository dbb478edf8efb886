"""What is logged: nothing that a stranger should read, whatever happens on the way."""

from __future__ import annotations

import contextlib
import re
from pathlib import Path

import duckdb
import pytest
import structlog

from data import cards
from data.cards import CardKind
from data.errors import Rejection
from data.home import open_running
from data.identity import sign_in
from data.rounds import Rounds
from data.security.sealing import key_text
from data.sign_in import Visit
from data.store.command import Write
from tests import wallet_house as house
from tests.bookkeeping import Bookkeeping, spent

NAME, PAYEE, AMOUNT = "Zhangwei", "隐秘咖啡", 7_654_321


def long_numbers(text: str) -> list[str]:
    """Every run of 13 to 19 digits, however it is grouped, that could be a card's number."""
    runs = re.findall(r"(?:\d[ -]?){13,19}", text)
    return [run for run in (re.sub(r"\D", "", one) for one in runs) if _luhn(run)]


def _luhn(digits: str) -> bool:
    doubled = [int(one) * (1 + at % 2) for at, one in enumerate(reversed(digits))]
    return sum(one - 9 * (one > 9) for one in doubled) % 10 == 0


def test_the_watch_knows_a_card_number_when_it_sees_one() -> None:
    assert long_numbers("paid with 4242 4242 4242 4242 today") == ["4242424242424242"]
    assert long_numbers("order 4242424242424243") == []


def test_a_whole_journey_logs_no_name_amount_secret_or_card_number(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    running = open_running(tmp_path)
    database = running.database
    anna = house.person(database, NAME)
    with structlog.testing.capture_logs() as logged:
        filled = house.fill_wallet(running, anna, available=AMOUNT)
        paid = house.pay(running, anna, filled.cafe, 12_345)
        house.ask_back(running, anna, paid, 2_345)
        for number in (house.DECLINED, house.SILENT):
            with contextlib.suppress(Rejection):
                house.top_up(running, anna, house.card(running, anna, number), AMOUNT)
        with pytest.raises(Rejection):
            cards.bind(running, anna, "r", number="4242424242424241", expiry="12/30", kind=CardKind.DEBIT)
        with pytest.raises(Rejection):
            sign_in(database, NAME, "a wrong password entirely", Visit("10.1.2.3", "a browser"))
        book = Bookkeeping(database, anna)
        book.imports(spent("2026-03-01", "76543.21", PAYEE, note="6222021234567890128"))
        with pytest.raises(duckdb.Error):
            book.writes(Write(f"INSERT INTO import_undo VALUES ('{NAME}', 1, {AMOUNT}, '{PAYEE}', 1)"))
        Rounds(running).once()
        Rounds(running).keep()
    running.close()
    told = capfd.readouterr()
    text = "\n".join([*map(repr, logged), told.out, told.err])
    assert logged, "the journey was to leave something"
    secrets = (NAME, PAYEE, "76543", str(AMOUNT), "12345", house.PASSWORD, "wrong password", key_text(running.key))
    assert [one for one in secrets if one in text] == []
    assert long_numbers(text) == []
