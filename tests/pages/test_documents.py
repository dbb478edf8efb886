"""Files that are no tables, on screen: the question of day and month, journals in, and the way out as a journal."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from data.journals.writing import Format
from tests.pages.house import LOCALES
from tests.pages.signed_in import Wallet, open_wallet

DOUBTFUL = b"!Type:Bank\nD03/04/2026\nT-900.00\nPRent\n^\nD05/04/2026\nT-12.00\nSFood\n$-7.00\nSFun\n$-5.00\n^\n"
JOURNAL = b'2026-10-03 * "Shop" "bread"\n  Assets:Cash  -12.00 CNY\n  Expenses:Food\n'


@pytest.fixture
def wallet(tmp_path: Path) -> Iterator[Wallet]:
    with open_wallet(tmp_path) as opened:
        yield opened


def dropped(wallet: Wallet, locale: str, name: str, data: bytes) -> AppTest:
    screen = wallet.screen("pages/import.py", locale, timeout=60).run()
    screen.file_uploader[0].set_value([(name, data, "application/octet-stream")])
    screen.run()
    assert not screen.exception
    return screen


@pytest.mark.parametrize("locale", LOCALES)
def test_a_document_whose_dates_can_be_read_in_two_ways_shows_both_and_waits(wallet: Wallet, locale: str) -> None:
    screen = dropped(wallet, locale, "bank.qif", DOUBTFUL)
    labels = [button.label for button in screen.button if (button.key or "").startswith("import.dates.")]
    assert ["2026-03-04" in label and "2026-05-04" in label for label in labels] == [True, False]
    assert "2026-04-03" in labels[1]
    assert not screen.metric
    next(button for button in screen.button if (button.key or "").endswith(".dmy")).click()
    screen.run()
    assert not screen.exception
    assert screen.metric
    assert not [button for button in screen.button if (button.key or "").startswith("import.dates.")]
    assert any("2026-04-03" in one.value.to_string() for one in screen.dataframe)


def test_a_journal_is_ready_at_once(wallet: Wallet) -> None:
    screen = dropped(wallet, "en-GB", "book.txt", JOURNAL)

    assert screen.metric
    assert any("Beancount" in one.value for one in screen.caption)


@pytest.mark.parametrize("locale", LOCALES)
def test_the_settings_offer_everything_as_a_journal(wallet: Wallet, locale: str) -> None:
    wallet.confirm()
    screen = wallet.screen("pages/settings.py", locale, timeout=60)
    screen.query_params["section"] = "data"
    screen.run()
    assert not screen.exception
    keys = {button.key for button in screen.download_button}
    assert {f"settings.journals.{one.value}" for one in Format} <= keys
