"""Whether a door may go on, or the person has to confirm first: asked by every door that something sensitive passes.

Looked at before the command is handed to the writer, so that a refusal is not kept as the request's answer: after
confirming, the very same request goes through. What was answered already is never asked about again.
"""

from __future__ import annotations

from uuid import UUID

from data import settlement
from data.assurance import Assurance, StepUpRequired, is_fresh
from data.database import Database
from data.ledger.wallet import limits, sensitive
from data.ledger.wallet.commands import MoneyCommand, Pay, PayOut, SetLimits, Transfer
from data.ledger.wallet.sensitive import Facts
from data.store import stepping, users


def confirmed(database: Database, owner: UUID, assurance: Assurance) -> bool:
    """Whether `owner` confirmed in this session within the last five minutes, or asks at the machine itself."""
    if assurance.at_the_machine:
        return True
    if not assurance.session:
        return False
    now = database.clock()
    found = stepping.standing(database.read, owner, assurance.session, now)
    return found is not None and is_fresh(found.stepped_up_at, now)


def require_fresh(database: Database, owner: UUID, assurance: Assurance, wanted: StepUpRequired | None) -> None:
    """Refuse with `wanted` unless the person confirmed; None: nothing is wanted.

    Raises:
        StepUpRequired: `wanted`.
    """
    if wanted is not None and not confirmed(database, owner, assurance):
        raise wanted


def check(database: Database, command: MoneyCommand, assurance: Assurance) -> None:
    """Refuse a command of the wallet that its sender has to confirm first.

    Raises:
        StepUpRequired.
    """
    if confirmed(database, command.actor, assurance):
        return
    wanted = sensitive.needed(command, _facts(database, command))
    if wanted is not None and settlement.outcome(database, command.owner, command.request_id) is None:
        raise wanted


def _facts(database: Database, command: MoneyCommand) -> Facts:
    read, owner = database.read, command.owner
    if isinstance(command, SetLimits):
        return Facts(promised=_promised(database, command))
    if isinstance(command, Pay):
        return Facts(threshold=stepping.threshold(read, owner, command.currency))
    if isinstance(command, PayOut):  # out of a shop's books: whoever runs it has the threshold
        return Facts(threshold=stepping.threshold(read, command.actor, command.currency))
    if isinstance(command, Transfer):
        to = users.user_of(read, command.recipient)
        return Facts(
            threshold=stepping.threshold(read, owner, command.currency),
            known_payee=stepping.given_before(read, owner, command.recipient),
            payee=to.name if to else "",
        )
    return Facts()


def _promised(database: Database, command: SetLimits) -> limits.Limits:
    return database.ask(
        lambda books, _now: limits.promised(books.member(command.owner), command.currency), command.owner
    )
