"""What the writer holds for the monitor: the profile of whoever pays by their own hand, and payees with reports.

Profiles are read from the store when a member's first watched debit comes, and grow with the rows that follow; whoever
only pays at the machine has none and costs nothing. Like the books, everything here is built from rows.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final, NamedTuple
from zoneinfo import ZoneInfo

from data.ledger.risk.payees import LASTS, LOOK_BACK, Reported
from data.ledger.risk.profile import Debit, Profile
from data.ledger.risk.rules import Sensitivity
from data.ledger.wallet import rows

RELEASED_FOR: Final = timedelta(hours=24)  # what the person said was theirs may be tried again for so long
REMEMBERED: Final = timedelta(seconds=LASTS + LOOK_BACK)  # older debits and reports say nothing about a payee
_EPOCH: Final = datetime(1970, 1, 1)  # noqa: DTZ001 - the store keeps UTC without zone
DebitRow = rows.PaymentRow | rows.TransferRow | rows.ChargeRow


def seconds(at: datetime) -> int:
    """An instant as the rules count time."""
    return int((at - _EPOCH).total_seconds())


class Made(NamedTuple):
    """A debit that was made: what the rules need of its row. A payment counts with its whole price."""

    owner: str
    id: str
    occurred_at: datetime
    amount: int
    currency: str
    payee: str
    category: str


def made_of(row: DebitRow) -> Made:
    """A debit's row as what was made."""
    if isinstance(row, rows.PaymentRow):
        return Made(row.owner, row.id, row.occurred_at, row.gross, row.currency, row.merchant, row.category)
    payee = row.recipient if isinstance(row, rows.TransferRow) else row.card
    return Made(row.owner, row.id, row.occurred_at, row.amount, row.currency, payee, "")


def debit_of(made: Made, zone: ZoneInfo) -> Debit:
    """A debit as the rules look at it."""
    at = made.occurred_at
    hour = at.replace(tzinfo=UTC).astimezone(zone).hour
    return Debit(made.id, seconds(at), hour, made.amount, made.currency, made.payee, made.category)


@dataclasses.dataclass(slots=True)
class Watched:
    """A member whom the monitor knows. released: payee, currency, most, until: what they said is theirs.

    asked: the latest request that was asked about, so that the same request makes one alert.
    """

    zone: ZoneInfo
    profile: Profile = dataclasses.field(default_factory=Profile)
    sensitivity: Sensitivity = Sensitivity.NORMAL
    released: list[tuple[str, str, int, datetime]] = dataclasses.field(default_factory=list)
    asked: str = ""

    def made(self, made: Made, *, declined: bool = False, refunded: bool = False) -> None:
        """A debit was made."""
        debit = debit_of(made, self.zone)
        debit.declined, debit.refunded = declined, refunded
        self.profile.add(debit)

    def heard(self, row: rows.AnswerRow) -> None:
        """They said whose a debit was."""
        if row.answer == "mine":
            until = row.recorded_at + RELEASED_FOR
            self.released = [one for one in self.released if one[3] > row.recorded_at]
            self.released.append((row.payee, row.currency, row.amount, until))
        else:
            self.profile.dispute(row.debit or "", seconds(row.made_at), usual=row.usual)

    def is_released(self, debit: Debit, now: datetime) -> bool:
        """Whether the person said lately that such a debit is theirs."""
        return any(
            (payee, currency) == (debit.payee, debit.currency) and debit.minor <= most and now < until
            for payee, currency, most, until in self.released
        )


class Watch:
    """Everything that the monitor is told."""

    def __init__(self) -> None:
        self.members: dict[str, Watched] = {}
        self.reported: dict[str, Reported] = {}
        self.visits: dict[str, Sequence[int]] = {}  # of a payee that is about to be reported: when people paid there
        self.alerts: dict[str, rows.VerdictRow] = {}  # that somebody is about to answer
        self.debits: dict[str, Made] = {}  # that somebody is about to report
        self.answers: dict[str, str] = {}  # alert or debit → what was said of it

    def forget(self, owner: str) -> None:
        """Let go of a member."""
        self.members.pop(owner, None)

    def take(self, row: Any) -> None:  # noqa: ANN401 - a Row
        """A row of a member's goes to what is known of them; of nobody else anything is kept."""
        watched = self.members.get(row.owner)
        if watched is None:
            return
        match row:
            case rows.PaymentRow() | rows.TransferRow():
                watched.made(made_of(row))
            case rows.ChargeRow() if row.purpose == "withdraw":
                watched.made(made_of(row))
            case rows.PaymentEventRow() if row.state == "declined":
                watched.profile.decline(row.payment)
            case rows.ChargeEventRow() if row.state == "declined":
                watched.profile.decline(row.charge)
            case rows.RefundRow():
                watched.profile.refund(row.payment)
            case rows.AnswerRow():
                watched.heard(row)
            case rows.SensitivityRow():
                watched.sensitivity = Sensitivity(row.sensitivity)
            case rows.VerdictRow():
                watched.asked = row.request_id
            case _:
                pass

    def made(self, row: DebitRow) -> None:
        """A debit was made: its payee counts it too, if it was reported before."""
        watched = self.members.get(row.owner)
        if watched is not None:
            watched.made(made_of(row))
        if self.reported and isinstance(row, rows.PaymentRow) and row.merchant in self.reported:
            self.reported[row.merchant].visit(seconds(row.occurred_at))

    def answer(self, row: rows.AnswerRow) -> None:
        """The person said whose a debit was."""
        for key in (row.alert, row.debit):
            if key is not None:
                self.answers[key] = row.answer
        self.take(row)
        if row.answer == "not_mine":
            self.report(row.payee, seconds(row.made_at), usual=row.usual)

    def report(self, payee: str, at: int, *, usual: bool) -> None:
        """A debit at a payee was not its owner's. `visits` has the payee's if it was not reported before."""
        found = self.reported.get(payee)
        if found is None:
            seen = [one for one in self.visits.get(payee, ()) if one >= at - LOOK_BACK]
            found = self.reported[payee] = Reported(sorted(seen))
        found.report(at, usual=usual)
