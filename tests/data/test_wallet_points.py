"""Points in a payment are spent, never bought."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

from data.ids import OwnerId
from data.ledger.wallet.commands import Pay
from data.ledger.wallet.refusals import AmountInvalid
from tests.data.batch.files import Wallet


def test_a_payment_cannot_take_less_than_no_points(tmp_path: Path) -> None:
    wallet = Wallet(tmp_path)
    wallet.furnish("ann", funds=1_000)
    ((owner, shop),) = wallet.running.database.read("SELECT u.owner, m.owner FROM app_user u, merchant m", {})
    bought = Pay(
        owner=OwnerId(owner),
        request_id="bought",
        actor=owner,
        merchant=UUID(str(shop)),
        amount=100,
        currency="CNY",
        points=-20,
    )
    answer = wallet.running.database.transact(bought)
    assert answer.refusal == AmountInvalid(-20)
    assert (wallet.member("ann")["points"], wallet.member("ann")["available"]) == (0, 1_000)
    wallet.close()
