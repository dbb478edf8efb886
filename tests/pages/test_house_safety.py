"""The operator's card on backups and the audit chain: what state it is in, in words; a press makes a backup."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from data.backups import Backup
from data.operating import Safety
from pages.ui.screens.house_safety import state_of
from tests.pages.house import LOCALES, no_fault
from tests.refund_house import Screens, open_screens
from tests.wallet_world import NOON

PAGE = "pages/house.py"


@pytest.fixture
def house(tmp_path: Path) -> Iterator[Screens]:
    with open_screens(tmp_path) as opened:
        yield opened


def words(screen: AppTest) -> str:
    return "\n".join(one.value for one in [*screen.markdown, *screen.caption, *screen.success, *screen.toast])


@pytest.mark.parametrize("locale", LOCALES)
def test_without_a_backup_it_says_so_and_a_press_makes_one(house: Screens, locale: str) -> None:
    chinese = locale == "zh-CN"
    screen = no_fault(house.payer.screen(PAGE, locale).run())
    assert ("还没有备份" if chinese else "No backup yet") in words(screen)
    assert ("审计链" if chinese else "Audit chain") in words(screen)
    screen = no_fault(screen.button(key="safety.now").click().run())
    assert ("最近的备份完好" if chinese else "The last backup is sound") in words(screen)
    assert len(list((house.payer.running.database.path.parent / "backups").glob("daily-*.sealed"))) == 1


def test_nobody_else_has_the_button(house: Screens) -> None:
    screen = no_fault(house.keeper.screen(PAGE, "en-GB").run())
    assert "safety.now" not in {one.key for one in screen.button}


def safety(event: str = "made", broken: str = "") -> Safety:
    made = Backup(event, "daily.sealed", 1, 1, "0", broken, "", NOON)
    return Safety(made, NOON, 1, "0", None)


@pytest.mark.parametrize(
    ("found", "days", "state"),
    [
        (Safety(None, None, 1, "0", None), 0, "none"),
        (safety(), 2, "sound"),
        (safety(), 3, "old"),
        (safety("failed"), 0, "failed"),
        (safety(broken="every entry balances"), 0, "broken"),
    ],
)
def test_each_state_has_its_name(found: Safety, days: int, state: str) -> None:
    assert state_of(found, timedelta(days=days)) == state
