"""The wallet's own accounts and reasons speak the person's language; what somebody named stays as it is."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import pytest

from data.preferences import Preferences
from data.wallet import DeskTopUp, desk_top_up
from tests import wallet_house as house
from tests.pages.signed_in import Wallet, open_wallet

_NAMED = "tests/pages/ui/named_screen.py"
_STAYS = ["工资卡", "日常"]


@pytest.fixture
def wallet(tmp_path: Path) -> Iterator[Wallet]:
    with open_wallet(tmp_path) as opened:
        yield opened


@pytest.mark.parametrize(
    ("language", "own", "reason"),
    [
        ("zh", ["钱包余额", "钱包（冻结）", "现金", "银联 ··0047", "工商银行 ··0047"], "有损坏或质量问题"),
        ("en", ["Wallet", "Wallet (on hold)", "Cash", "UnionPay ··0047", "工商银行 ··0047"], "Damaged or faulty"),
    ],
)
def test_own_accounts_and_reasons_are_said_in_the_persons_language(
    wallet: Wallet, language: Literal["zh", "en"], own: list[str], reason: str
) -> None:
    wallet.prefer(Preferences(language=language))
    screen = wallet.screen(_NAMED).run()
    assert [one.value for one in screen.text] == [*own, *_STAYS, reason, "damaged", "退款-拾光"]


def test_accounts_opened_by_a_wallet_in_use_are_known_as_its_own(wallet: Wallet) -> None:
    house.fill_wallet(wallet.running, wallet.owner)
    desk_top_up(wallet.database, DeskTopUp(**house.by(wallet.owner), amount=5_00, currency="CNY", note=""))
    wallet.prefer(Preferences(language="en"))
    named = wallet.screen(_NAMED).run().caption[0].value
    assert named == "Cash | UnionPay ··0005 | UnionPay ··0047 | Wallet"
