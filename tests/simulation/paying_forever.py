"""A process that pays until it is killed; the test reads what it says. Run by `test_wallet_killed`, not by hand.

    python paying_forever.py FOLDER SEED PEOPLE SHOPS

For each request it prints `want ID` before and `have ID OUTCOME` after; `checkpoint` and `checked` around checkpoints.
"""

from __future__ import annotations

import random
import sys
import threading
from pathlib import Path
from typing import Any
from uuid import UUID

from data.database import open_database
from data.gateways.sandbox import SandboxGateway
from data.home import BANK_NAME, STORE_NAME, load_key
from data.ids import OwnerId, new_request_id
from data.ledger.wallet.commands import ISSUER, DeskTopUp, Pay, RequestRefund, Transfer
from data.refunds import ConfirmRefund, confirmed
from data.running import Running

_SMALL_LOG = 60_000  # bytes: so that some kills fall into a checkpoint
_said = threading.Lock()


def say(line: str) -> None:
    with _said:
        sys.stdout.write(line + "\n")
        sys.stdout.flush()


def opened(folder: Path) -> Running:
    database = open_database(folder / STORE_NAME, checkpoint_at=_SMALL_LOG)
    database.watch_checkpoints(before=lambda: say("checkpoint"), after=lambda: say("checked"))
    return Running(database, load_key(folder, {}), SandboxGateway(folder / BANK_NAME))


def work(running: Running, me: OwnerId, others: list[OwnerId], shops: list[UUID], seed: int) -> None:
    dice, database = random.Random(seed), running.database  # noqa: S311 - a repeatable choice
    while True:
        request = new_request_id()
        common: dict[str, Any] = {"request_id": request, "actor": ISSUER}
        say(f"want {me} {request}")
        chosen = dice.random()
        if chosen < 0.15:
            answer = database.transact(DeskTopUp(owner=me, amount=dice.randint(1, 5_000), currency="CNY", **common))
        elif chosen < 0.25:
            gift = Transfer(
                owner=me, recipient=dice.choice(others), amount=dice.randint(1, 900), currency="CNY", **common
            )
            answer = database.transact(gift)
        else:
            bill = Pay(owner=me, merchant=dice.choice(shops), amount=dice.randint(1, 3_000), currency="CNY", **common)
            answer = database.transact(bill)
        say(f"have {me} {request} {'no' if answer.refusal else 'yes'}")
        if chosen > 0.8 and answer.refusal is None:
            give_back(running, me, UUID(answer.receipt["merchant"]), request, answer.receipt["gross_minor"])


def give_back(running: Running, me: OwnerId, shop: UUID, payment: str, amount: int) -> None:
    request = new_request_id()
    common: dict[str, Any] = {"request_id": request, "actor": ISSUER}
    say(f"want {me} {request}")
    asked = RequestRefund(owner=me, payment=payment, amount=(amount + 1) // 2, reason="agreed", **common)
    answer = running.database.transact(asked)
    say(f"have {me} {request} {'no' if answer.refusal else 'yes'}")
    if answer.refusal is None:
        agreed = ConfirmRefund(
            owner=OwnerId(shop), request_id=new_request_id(), actor=ISSUER, refund=answer.receipt["refund"]
        )
        confirmed(running, agreed)


def main() -> None:
    folder, seed = Path(sys.argv[1]), int(sys.argv[2])
    people = [OwnerId(UUID(one)) for one in sys.argv[3].split(",")]
    shops = [UUID(one) for one in sys.argv[4].split(",")]
    running = opened(folder)
    say("open")
    for place, me in enumerate(people):
        others = [one for one in people if one != me]
        threading.Thread(target=work, args=(running, me, others, shops, seed * 100 + place), daemon=True).start()
    threading.Event().wait(20)


if __name__ == "__main__":
    main()
