"""One history of a wallet, told to a real one and to the model at once: both must answer alike and hold the same."""

from __future__ import annotations

import shutil
import tempfile
from datetime import date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace as Row
from typing import Any, Final

from data.errors import Rejection, RequestIdReused
from data.ids import new_request_id
from data.ledger.wallet.refusals import CardDeclined
from tests.simulation.wallet_model import Model
from tests.simulation.wallet_pictures import Picture, difference, in_ledger, in_memory, limits_told, of_model
from tests.simulation.wallet_promises import broken
from tests.simulation.wallet_stage import KEEPERS, NO_LIMIT, PEOPLE, Cast, Stage
from tests.simulation.wallet_unstored import differences

NOTHING: Final = {"who": None, "shop": None, "card": None, "code": None, "coupons": (), "points": 0, "asks": True}
ONCE: Final = {"settle", "statement"}  # what nobody sends twice under one request id
ORDINARY: Final = {"annotate", "split", "teach", "merge", "months"}  # no commands of the wallet
# What a money rule has no opinion on. That nothing gets past these is sought in the rows, by `wallet_promises`.
DOORS: Final = {"OwnMerchant", "MerchantUnknown", "SameMember", "CardUnknown", "CardAlreadyBound"} | {
    *("PayCodeUnknown", "PayCodeUsed"),
    *("PayCodeExpired", "PayCodeAmountDiffers", "CouponOver", "CouponSoldOut", "CouponClaimedOut", "RefundTooLate"),
}
DECLINED: Final = CardDeclined.__name__
SAID: Final = {"earn_rule", "campaign", "publish", "freeze", "unfreeze"}  # `says`, about `about`
Told = tuple[str | None, dict[str, Any]]  # the refusal's name, the receipt


class Telling:
    """journal: what left something behind, with its time. sent: every request with its first answer."""

    def __init__(self, cast: Cast) -> None:
        self.cast, self.folder = cast, Path(tempfile.mkdtemp(prefix="wallet-history-"))
        self.stage = Stage(cast, self.folder / "told")
        unlimited = [(date.min, [NO_LIMIT] * 3)]
        said = {who: Row(frozen=False, limits=list(unlimited)) for who in PEOPLE} | {
            one: Row(more=0) for one in KEEPERS
        }
        self.model = Model(said, self.stage.now, self.stage.today)
        self.journal: list[tuple[datetime, str, Any]] = []
        self.sent: list[tuple[str, Any, Told]] = []
        self.posted, self.expired = set[Any](), 0

    def turn(self, now: datetime) -> None:
        """Let it be that time."""
        self.stage.now = self.model.now = now
        self.model.today = self.stage.today

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
        expected, before = no if no in DOORS else None, self.credited()
        due = receipt.get("due_on")
        mine = Row(**vars(it), due=date.fromisoformat(due) if due else None)
        self.banks_took()
        try:
            if no not in DOORS:
                getattr(self.model, name, self.says if name in SAID else _passes)(mine)
        except PermissionError as refusal:
            expected = str(refusal)
        self.banks_took()
        answered = self.banks_said()
        if name in {"move", "hand"} and expected is None and not answered.get(getattr(it, "move", it.request), True):
            expected = DECLINED
        assert no == expected or name in ORDINARY, f"{name} {it} was answered {no}, not {expected}"
        if name == "settle":
            self.expired += receipt["expired"]
            brought = {"credited": self.credited() - before, "answered": len(answered)}
            assert {key: receipt[key] for key in brought} == brought, f"{brought} is not in {receipt}"
        if no is None:
            facts = _facts(self.model, name, mine)
            assert {key: receipt[key] for key in facts} == facts, f"{name} {it}: {facts} is not in {receipt}"
        if no in {None, DECLINED}:
            self.journal.append((self.stage.now, name, it))
        if name not in ONCE:
            self.sent.append((name, it, told))

    def says(self, it: Any) -> None:
        """What was said about somebody or something holds from now on."""
        known = self.model.said.setdefault(it.about, Row())
        vars(known).update(vars(it.says))

    def credited(self) -> int:
        return sum(refund.state == "credited" for refund in self.model.refunds.values())

    def banks_took(self) -> None:
        """Tell the model which refunds their banks have."""
        waiting = [
            one for one in self.model.refunds.values() if one.state != "credited" and one.p.card and not one.sent
        ]
        taken = self.stage.taken_back() if waiting else set[str]()
        for refund in waiting:
            refund.sent = refund.request in taken or (refund.state == "confirmed" and not refund.share[0])

    def banks_said(self) -> dict[str, bool]:
        """Tell the model what has been answered about cards' moves since; by their requests."""
        waiting = [key for key, move in self.model.moves.items() if move.state == "open"]
        answers = self.stage.answered() if waiting else {}
        news = {key: answers[key] for key in waiting if key in answers}
        for key, approved in news.items():
            self.model.answer(self.model.moves[key], approved=approved)
        return news

    def repeats(self, name: str, it: Any, told: Told) -> None:
        """6: the same request is answered alike and done once. 7: another one under its id is refused."""
        again = Row(**vars(it) | {"asks": True})
        move = self.charge(it)
        if move and move.state == "open":
            self.journal.append((self.stage.now, name, again))
        answer = tell(self.stage, name, again)
        self.banks_said()
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
        assert self.stage.expired() == self.expired

    def ends(self) -> None:
        """Every promise is kept; 21: told to another store it leaves the same; 22: with no store it answers alike."""
        for _ in range(3):  # a card's bank is asked until it answers
            self.turn(self.stage.now + timedelta(minutes=15))
            self.does("settle")
        assert all("silent" in one.card for one in self.model.moves.values() if one.state == "open")
        self.looks()
        wrong = broken(self.stage)
        assert not wrong, wrong
        other = Stage(self.cast, self.folder / "told again")
        try:
            wrong = differences(other.database, self.stage.asked)
            assert not wrong, wrong
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
        case "ask_back":
            return {"refundable_minor": model.rest(it.p)}
        case "set_limits":
            later = model.said[it.who].limits[-1][1]
            return {"now": limits_told(model.in_force(it.who)), "from_tomorrow": limits_told(later)}
        case "judge" if it.to == "confirmed" and not model.refunds[it.refund].p.card:
            stands = model.refunds[it.refund].state
            return {"state": "processing" if stands == "confirmed" else stands}
        case "move":
            return {"balance_minor": model.wallet[it.who]} | (_price(it) if it.what == "pay" else {})
    return {}


def _price(it: Any) -> dict[str, Any]:
    earned = it.earned if it.state == "done" else 0
    return {"cash_minor": it.cash, "coupon_minor": it.off, "points_minor": it.value, "points_earned": earned}
