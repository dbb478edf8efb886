"""How one line is carried out: handed to the wallet, and whatever has to be said to a card's bank after that.

A line that the wallet decides alone is an answer to come. What needs a bank is an errand: it waits for somebody else,
so whoever runs the lines sends a client for it.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from concurrent.futures import Future
from functools import partial
from typing import Final
from uuid import UUID

from data import refunds, settlement
from data.batch import lines
from data.batch.keeping import Keeper
from data.batch.meaning import Meaning, Meanings
from data.batch.names import Names
from data.batch.outcomes import Said, said
from data.batch.reading import Asked
from data.errors import Rejection, RequestIdReused
from data.gateways.protocol import GatewayUnreachable
from data.ledger.wallet import commands as core
from data.ledger.wallet.commands import ISSUER
from data.running import Running
from data.store.command import content_hash
from data.store.vault import Answer, answer_from

_BEFORE: Final = """
SELECT content_hash, receipt FROM request WHERE owner = $owner AND scope = 'money' AND request_id = $request_id"""
Errand = Callable[[], Answer]


@dataclasses.dataclass(slots=True)
class Step:
    """A line under way. One of: said already; answered by the wallet, to come; an errand from the start."""

    asked: Asked
    said: Said | None = None
    answer: Future[Answer] | None = None
    errand: Errand | None = None
    meaning: Meaning | None = None


class Steps:
    """Carries lines out."""

    def __init__(self, running: Running) -> None:
        self._running = running
        self._names = Names(running.database.read)
        self._keeper = Keeper(running.database, running.key)
        self._meanings = Meanings(running, self._names, self._keeper)

    def begin(self, asked: Asked) -> Step:
        """Hand the line over; what is handed over first is decided first."""
        before = self._keeper.before(asked)
        if before is not None:
            return Step(asked, said=before)
        if isinstance(asked.line, lines.Settle):
            return Step(asked, errand=partial(self._settle, asked))
        try:
            meaning = self._meanings.of(asked)
        except (GatewayUnreachable, RequestIdReused) as no:  # nothing was decided: it may be sent again
            return Step(asked, said=Said.no(no))
        except Rejection as no:
            return Step(asked, said=self._keeper.refuse(asked, self._names.owner_of(asked.line.party), no))
        return Step(asked, answer=self._running.database.enqueue(meaning.command), meaning=meaning)

    def errand(self, step: Step, answer: Answer) -> Errand | None:
        """What is still to be done now that the wallet has answered; None: the line is carried out."""
        meaning = step.meaning
        if meaning is None:
            return None
        command, at = meaning.command, step.asked.at
        if isinstance(answer.refusal, RequestIdReused) and meaning.others is not None:
            return partial(self._as_before, meaning, answer)
        if isinstance(command, core.Pay | core.TopUp | core.Withdraw) and answer.receipt.get("state") == "processing":
            return partial(settlement.completed, self._running, command.owner, answer, at)
        if isinstance(command, core.ConfirmRefund) and refunds.awaits_bank(answer):
            return partial(self._tell_bank, command, answer)
        return None

    def conclude(self, step: Step, answer: Answer) -> Said:
        """What the line is told; what it opened has its name from now on."""
        line = step.asked.line
        if isinstance(line, lines.BindCard) and answer.refusal is None:
            self._names.bound(line.member, line.card, UUID(answer.receipt["card"]))
        return said(answer, step.meaning.names if step.meaning else {})

    def _as_before(self, meaning: Meaning, answer: Answer) -> Answer:
        """The first answer, if this very line got it when its names meant something else."""
        command = meaning.command
        found = self._running.database.read(_BEFORE, {"owner": command.owner, "request_id": command.request_id})
        may = {content_hash(other) for other in meaning.others()} if meaning.others is not None else set()
        if not found or found[0][0] not in may:
            return answer
        return settlement.completed(self._running, command.owner, answer_from(found[0][1]), command.at)

    def _tell_bank(self, command: core.ConfirmRefund, answer: Answer) -> Answer:
        refunds.tell_bank(self._running, command, answer)
        return answer

    def _settle(self, asked: Asked) -> Answer:
        database = self._running.database
        database.ask(lambda _books, _now: None)  # whatever was handed over before is on disk after this
        known = settlement.outcome(database, ISSUER, asked.request_id) is not None
        done = settlement.Done() if known else settlement.settle(self._running, asked.at)
        settled = core.Settled(
            owner=ISSUER,
            request_id=asked.request_id,
            actor=ISSUER,
            at=asked.at,
            credited=done.credited,
            expired=done.expired,
            answered=done.answered,
        )
        return database.transact(settled)
