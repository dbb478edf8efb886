"""Batch files for tests: a wallet in a folder whose clock stands still, and lines in few words.

    wallet = Wallet(tmp_path)
    wallet.furnish("ann", funds=100_00)
    (paid,) = wallet.apply(pay("ann", 35_00))
    assert paid["receipt"]["cash_minor"] == 35_00

Every line gets a request id of its own unless it is given one.
"""

from __future__ import annotations

import io
import itertools
import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from data.batch.balances import balances
from data.batch.running import apply
from data.database import open_database
from data.gateways.sandbox import SandboxGateway
from data.home import BANK_NAME, STORE_NAME, load_key
from data.running import Running
from data.store import conservation

NOON = datetime(2026, 3, 2, 4, 0)  # noqa: DTZ001 - UTC without a zone, as the store keeps it; noon in China
GOOD = "6200000000000047"
GOOD_CREDIT = "6200000000000005"
DECLINED = "4000000000000002"
SILENT_THEN_YES = "6200000000000203"
SILENT_THEN_NO = "6200000000000302"
REFUND_FAILS_ONCE = "6200000000000500"
SHOP = "cafe"

Line = dict[str, Any]
Outcome = dict[str, Any]
_numbers = itertools.count(1)


def line(command: str, request_id: str | None = None, **said: Any) -> Line:
    """A line of a batch."""
    return {"command": command, "request_id": request_id or f"r{next(_numbers)}", **said}


def open_member(member: str, **more: Any) -> Line:
    return line("open_member", member=member, **{"currency": "CNY"} | more)


def open_merchant(merchant: str = SHOP, **more: Any) -> Line:
    said: Line = {"name": f"shop {merchant}", "mcc": "5814", "category": "coffee"} | more
    return line("open_merchant", merchant=merchant, **said)


def bind_card(member: str, card: str = "card", number: str = GOOD, **more: Any) -> Line:
    said: Line = {"number": number, "expiry": "12/49", "kind": "debit"} | more
    return line("bind_card", member=member, card=card, **said)


def top_up(member: str, amount: int, card: str = "card", **more: Any) -> Line:
    return line("top_up", member=member, card=card, amount_minor=amount, **more)


def withdraw(member: str, amount: int, card: str = "card", **more: Any) -> Line:
    return line("withdraw", member=member, card=card, amount_minor=amount, **more)


def pay(member: str, amount: int, merchant: str = SHOP, **more: Any) -> Line:
    return line("pay", member=member, merchant=merchant, amount_minor=amount, **more)


def transfer(member: str, to: str, amount: int, **more: Any) -> Line:
    return line("transfer", member=member, to=to, amount_minor=amount, **more)


def request_refund(member: str, payment: Line, amount: int, **more: Any) -> Line:
    said: Line = {"payment": payment["request_id"], "amount_minor": amount, "reason": "damaged"} | more
    return line("request_refund", member=member, **said)


def confirm_refund(refund: Line, merchant: str = SHOP, **more: Any) -> Line:
    return line("confirm_refund", merchant=merchant, refund=refund["request_id"], **more)


def settle(**more: Any) -> Line:
    return line("settle", **more)


def published(code: str, **terms: Any) -> Line:
    said: Line = {"kind": "instant", "off_minor": 300} | terms
    return line("publish_coupon", coupon=code, **said)


def claimed(member: str, code: str, **more: Any) -> Line:
    return line("claim_coupon", member=member, coupon=code, **more)


def text(lines: Iterable[Line]) -> bytes:
    """The file."""
    return b"".join(json.dumps(one, ensure_ascii=False).encode() + b"\n" for one in lines)


class Wallet:
    """A wallet in a folder. clock: where it stands."""

    def __init__(self, folder: Path, clock: datetime = NOON) -> None:
        self.folder = folder
        self.clock = clock
        self.running = self._open()

    def _open(self) -> Running:
        database = open_database(self.folder / STORE_NAME, lambda: self.clock)
        return Running(database, load_key(self.folder, {}), SandboxGateway(self.folder / BANK_NAME, slow_seconds=0))

    def reopen(self) -> None:
        """Close it and open it again: nothing is left in memory."""
        self.running.close()
        self.running = self._open()

    def close(self) -> None:
        self.running.close()

    def apply(self, *lines: Line, clients: int = 1) -> list[Outcome]:
        """The outcomes of these lines."""
        return self.raw(text(lines), clients=clients)

    def raw(self, content: bytes, *, clients: int = 1) -> list[Outcome]:
        """The outcomes of a file."""
        output = io.StringIO()
        count = apply(self.running, io.BytesIO(content), output, clients=clients)
        told = [json.loads(one) for one in output.getvalue().splitlines()]
        assert len(told) == count
        return told

    def one(self, said: Line) -> Outcome:
        """The outcome of one line."""
        (told,) = self.apply(said)
        return told

    def well(self, *lines: Line, clients: int = 1) -> list[Outcome]:
        """The outcomes of lines that must all pass."""
        told = self.apply(*lines, clients=clients)
        assert [one for one in told if one["outcome"] != "ok"] == []
        return told

    def furnish(self, *members: str, funds: int = 0) -> None:
        """A shop, and members with a wallet, a good card, and money."""
        known = self.balances()
        if SHOP not in known["merchants"]:
            self.well(open_merchant())
        for member in members:
            self.well(open_member(member), bind_card(member))
            if funds:
                self.well(top_up(member, funds))

    def balances(self) -> dict[str, Any]:
        return balances(self.running.database.read).json()

    def member(self, name: str) -> dict[str, Any]:
        """What a member has."""
        found: dict[str, Any] = self.balances()["members"][name]
        return found

    def taken(self, merchant: str = SHOP) -> int:
        """A merchant's takings."""
        found: int = self.balances()["merchants"][merchant]["takings"]
        return found

    def holds(self) -> None:
        """Every promise of the wallet's books is kept, and memory is what the postings say."""
        assert {k: v for k, v in conservation.offenders(self.running.database.read).items() if v} == {}
        assert self.running.database.memory_drift() == []


def first(told: Mapping[str, Any]) -> tuple[Any, ...]:
    """What a replay has to repeat."""
    return (told["request_id"], told["rejection"], told["facts"], told["receipt"])
