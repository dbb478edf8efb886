"""One history of a wallet, told to a real one and to the model at once: both must answer alike and hold the same."""

from __future__ import annotations

import shutil
import tempfile
from datetime import date, datetime
from pathlib import Path
from types import SimpleNamespace as Row
from typing import Any, Final

from data.errors import Rejection, RequestIdReused
from data.ids import new_request_id
from data.ledger.wallet.refusals import CardDeclined
from tests.simulation.wallet_gate import No
from tests.simulation.wallet_model import Model
from tests.simulation.wallet_pictures import Picture, difference, in_ledger, in_memory, of_model
from tests.simulation.wallet_promises import broken
from tests.simulation.wallet_stage import KEEPERS, Cast, Stage

NOTHING: Final = {"who": None, "shop": None, "card": None, "code": None, "coupons": (), "points": 0, "asks": True}
ONCE: Final = {"settle", "statement"}  # what nobody sends twice under one request id
ORDINARY: Final = {"annotate", "split", "teach", "merge", "months"}  # no commands of the wallet
DECLINED: Final = CardDeclined.__name__
Told = tuple[str | None, dict[str, Any]]  # the refusal's name, the receipt


class Telling:
    """journal: what left something behind, with its time. sent: every request with its first answer."""

    def __init__(self, cast: Cast) -> None:
        self.cast, self.folder = cast, Path(tempfile.mkdtemp(prefix="wallet-history-"))
        self.stage, self.model = Stage(cast, self.folder / "told"), Model(KEEPERS, list(cast.cards))
        self.model.now = self.stage.now
        self.journal: list[tuple[datetime, str, Any]] = []
        self.sent: list[tuple[str, Any, Told]] = []
        self.posted = set[Any]()

    def turn(self, now: datetime) -> None:
        """Let it be that time."""
        self.stage.now = self.model.now = now

    def does(self, name: str, **facts: Any) -> bool:
        """Tell both a deed; whether the answer was yes."""
        it = deed(**facts)
        told = tell(self.stage, name, it)
        self.expects(name, it, told)
        return told[0] is None

    def at_once(self, moves: list[Any]) -> None:
        """Tell several moves before the first is answered: each is decided on top of those before it."""
        for it, answer in zip(moves, self.stage.at_once(moves), strict=True):
            no = type(answer.refusal).__name__ if answer.refusal else None
            self.expects("move", it, (no, answer.receipt))

    def expects(self, name: str, it: Any, told: Told) -> None:
        """Whether the model answers what the wallet did, and the receipt says what the model has."""
        no, receipt = told
        due, expected = receipt.get("due_on"), None
        mine = Row(**vars(it), due=date.fromisoformat(due) if due else None)
        try:
            getattr(self.model, name, _passes)(mine)
        except No as refusal:
            expected = str(refusal)
        assert no == expected or name in ORDINARY, f"{name} {it} was answered {no}, not {expected}"
        if no is None:
            facts = _facts(self.model, name, mine)
            assert {key: receipt[key] for key in facts} == facts, f"{name} {it}: {facts} is not in {receipt}"
        if no in {None, DECLINED}:
            self.journal.append((self.stage.now, name, it))
        if name not in ONCE:
            self.sent.append((name, it, told))

    def repeats(self, name: str, it: Any, told: Told) -> None:
        """6: the same request is answered alike and done once. 7: another one under its id is refused."""
        again = Row(**vars(it) | {"asks": True})
        move = self.charge(it)
        if move and move.state == "open":
            self.journal.append((self.stage.now, name, again))
            self.model.ask(move)
        answer = tell(self.stage, name, again)
        if move is None:
            assert answer == told, f"{name} {it}: {answer}, not {told}"
        elif move.state == "open":
            assert answer[1]["state"] == "processing", f"{it}: {answer}"
        else:
            found = self.stage.outcome(it)
            expected = (DECLINED if move.state == "declined" else None, found.receipt if found else None)
            assert answer == expected, f"{it}: {answer}, not {expected}"
        if name not in ORDINARY | {"hand"}:
            assert isinstance(self.stage.reuse(it).refusal, RequestIdReused)

    def charge(self, it: Any) -> Any:
        """The move that a request began, if a card's bank has or had a word in it."""
        move = self.model.moves.get(it.request)
        return move if move and move.card else None

    def reopens(self) -> None:
        """8, 9: whatever was told stands after the next start, and can be asked for."""
        self.stage.reopen()
        self.looks()
        for name, it, (no, receipt) in self.sent:
            if name not in ORDINARY | {"hand"}:
                found = self.stage.outcome(it)
                assert found is not None, f"{name} {it} is gone"
                if self.charge(it) is None:
                    stands = (type(found.refusal).__name__ if found.refusal else None, found.receipt | receipt)
                    assert stands == (no, found.receipt), f"{name} {it}: {found}, not {no}, {receipt}"

    def agrees(self) -> None:
        """4: what the writer has in memory is what the model has."""
        _agree(of_model(self.model), in_memory(self.stage))

    def looks(self) -> None:
        """4, 5: the rows say what the model says, and those that were there are still there."""
        _agree(of_model(self.model), in_ledger(self.stage))
        rows = set(self.stage.database.read("SELECT * FROM posting"))
        assert self.posted <= rows
        self.posted = rows

    def ends(self) -> None:
        """Every promise is kept; and 21: the journal, told to another store, leaves the same."""
        self.looks()
        wrong = broken(self.stage)
        assert not wrong, wrong
        other = Stage(self.cast, self.folder / "told again")
        try:
            for other.now, name, it in self.journal:
                assert tell(other, name, it)[0] in {None, DECLINED}, f"{name} {it}"
            other.now = self.stage.now
            for side in (in_memory, in_ledger):
                _agree(side(self.stage), side(other))
        finally:
            other.running.close()

    def close(self) -> None:
        """Let go of everything."""
        self.stage.running.close()
        shutil.rmtree(self.folder)


def deed(**facts: Any) -> Any:
    """What a deed is about, with a request id of its own."""
    return Row(**NOTHING | facts, request=new_request_id())


def tell(stage: Stage, name: str, it: Any) -> Told:
    """What a wallet answers."""
    try:
        return None, stage.does(name, it)
    except Rejection as no:
        return type(no).__name__, {}


def _passes(_it: Any) -> None:
    """What the model has no opinion on."""


def _agree(expected: Picture, found: Picture) -> None:
    wrong = difference(expected, found)
    assert not wrong, f"what should be, what is: {wrong}"


def _facts(model: Model, name: str, it: Any) -> dict[str, Any]:
    """What the receipt has to say."""
    match name:
        case "settle":
            return {key: getattr(it, key) for key in ("credited", "expired", "answered")}
        case "ask_back":
            return {"refundable_minor": model.rest(it.p)}
        case "set_limits":
            return {"now": list(model.in_force(it.who)), "from_tomorrow": list(model.limits[it.who][-1][1])}
        case "judge" if it.to == "confirmed" and not model.refunds[it.refund].p.card:
            return {"state": model.refunds[it.refund].state}
        case "move":
            return {"balance_minor": model.wallet[it.who]} | (_price(it) if it.what == "pay" else {})
    return {}


def _price(it: Any) -> dict[str, Any]:
    earned = it.earned if it.state == "done" else 0
    return {"cash_minor": it.cash, "coupon_minor": it.off, "points_minor": it.value, "points_earned": earned}
