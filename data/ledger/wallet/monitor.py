"""The monitor: every debit by a person's own hand passes the rules before it is committed.

A debit that passes is committed as it was decided. One that is unlike its owner is asked about: nothing is done,
nothing is kept as the request's answer, and the same request goes through once the person has proven who they are. One
that is far from it is refused, and the wallet is frozen in the same commit. Whoever has just proven who they are is let
through, on record: a thief who could do that would get past any other question as well.
"""

from __future__ import annotations

import json
from typing import Final

from data.assurance import StepUpRequired
from data.ids import new_key
from data.ledger.risk.profile import Debit
from data.ledger.risk.rules import Assessment, Sensitivity, Verdict, View, assess, is_usual, view_of
from data.ledger.wallet import rows
from data.ledger.wallet.books import Books, Member
from data.ledger.wallet.commands import AnswerAlert, MonitoredCommand, Presence, ReportDebit, SetSensitivity
from data.ledger.wallet.deed import Deed, Stamp
from data.ledger.wallet.refusals import (
    AccountFrozen,
    AlertAnswered,
    AlertUnknown,
    DebitUnknown,
    StoppedByMonitor,
)
from data.ledger.wallet.watching import DebitRow, debit_of, made_of

MONITOR: Final = "monitor"  # why a wallet is frozen that its owner did not freeze
_ACTIONS: Final = {rows.PaymentRow: "payment", rows.TransferRow: "transfer", rows.ChargeRow: "withdrawal"}


def judged(books: Books, command: MonitoredCommand, presence: Presence, deed: Deed, stamp: Stamp) -> Deed:
    """The deed if it may be done, else what is done instead. The member's profile is here already."""
    row: DebitRow = next(one for one in deed.rows if type(one) in _ACTIONS)
    watched = books.watch.members[row.owner]
    debit = debit_of(made_of(row), watched.zone)
    if watched.is_released(debit, stamp.now):
        return deed
    view = view_of(debit, watched.profile, books.watch.reported.get(debit.payee), new_device=presence.new_device)
    found = assess(view, watched.sensitivity)
    if found.verdict is Verdict.PASS:
        return deed
    if presence.confirmed:
        deed.add(_verdict(row, view, found, watched.sensitivity, "confirmed", stamp))
        return deed
    return (
        _asked(books, command, row, view, found, stamp)
        if found.verdict is Verdict.ASK
        else _refused(books, row, view, found, stamp)
    )


def _asked(books: Books, command: MonitoredCommand, row: DebitRow, view: View, found: Assessment, stamp: Stamp) -> Deed:
    watched, action = books.watch.members[row.owner], _ACTIONS[type(row)]
    reason = f"risk_{found.reasons[0].code}"
    deed = Deed()
    deed.refusal = StepUpRequired(action, reason, view.debit.minor, view.debit.currency, _name(books, view.debit))
    if watched.asked != command.request_id:
        deed.add(_verdict(row, view, found, watched.sensitivity, "asked", stamp))
    return deed


def _refused(books: Books, row: DebitRow, view: View, found: Assessment, stamp: Stamp) -> Deed:
    deed = Deed()
    verdict = _verdict(row, view, found, books.watch.members[row.owner].sensitivity, "refused", stamp)
    deed.add(verdict)
    deed.add(rows.StatusRow(row.owner, stamp.seq(), "frozen", MONITOR, stamp.recorded_at, stamp.actor))
    deed.refusal = StoppedByMonitor(found.reasons[0].code, verdict.id)
    return deed


def _name(books: Books, debit: Debit) -> str:
    known = books.merchants.get(debit.payee) or books.members.get(debit.payee)
    return known.name if known is not None else ""


def _verdict(
    row: DebitRow, view: View, found: Assessment, sensitivity: Sensitivity, verdict: str, stamp: Stamp
) -> rows.VerdictRow:
    debit = view.debit
    return rows.VerdictRow(
        row.owner,
        new_key(),
        stamp.seq(),
        row.request_id,
        _ACTIONS[type(row)],
        debit.payee,
        debit.currency,
        debit.minor,
        debit.category,
        verdict,
        found.score,
        sensitivity.value,
        json.dumps([[one.code, one.points, dict(one.facts)] for one in found.reasons], ensure_ascii=False),
        is_usual(view),
        row.id if verdict == "confirmed" else None,
        row.occurred_at,
        row.booked_on,
        row.recorded_at,
        row.actor,
    )


def answer(books: Books, command: AnswerAlert, stamp: Stamp) -> Deed:
    """It was them: the same may be tried again, and a wallet that this froze works again. It was not: it is frozen.

    Raises:
        MemberUnknown; AlertUnknown: none of the member's. AlertAnswered: they said before whose it was.
    """
    member = books.member(command.owner)
    alert = books.watch.alerts.get(str(command.alert))
    if alert is None or alert.owner != member.owner:
        raise AlertUnknown(str(command.alert))
    said = "mine" if command.mine else "not_mine"
    _check_unanswered(books, alert.id)
    deed = Deed()
    deed.add(
        rows.AnswerRow(
            member.owner,
            stamp.seq(),
            alert.id,
            alert.debit,
            said,
            alert.payee,
            alert.currency,
            alert.amount,
            alert.usual,
            alert.occurred_at,
            stamp.recorded_at,
            stamp.actor,
        )
    )
    if command.mine and alert.verdict == "refused" and member.frozen == MONITOR:
        deed.add(rows.StatusRow(member.owner, stamp.seq(), "unfrozen", MONITOR, stamp.recorded_at, stamp.actor))
    elif not command.mine:
        _freeze(deed, member, stamp)
    deed.receipt = {"alert": alert.id, "answer": said, "frozen": not command.mine or _still_frozen(member, alert)}
    return deed


def _still_frozen(member: Member, alert: rows.VerdictRow) -> bool:
    return member.frozen is not None and not (alert.verdict == "refused" and member.frozen == MONITOR)


def report(books: Books, command: ReportDebit, stamp: Stamp) -> Deed:
    """A debit that passed was not theirs: the wallet is frozen, the profile forgets it, its payee is looked at.

    Raises:
        MemberUnknown; DebitUnknown: none of the member's. AlertAnswered: they said before whose it was.
    """
    member = books.member(command.owner)
    made = books.watch.debits.get(str(command.debit))
    if made is None or made.owner != member.owner:
        raise DebitUnknown(str(command.debit))
    _check_unanswered(books, made.id)
    watched = books.watch.members[member.owner]
    usual = is_usual(view_of(debit_of(made, watched.zone), watched.profile, None))
    deed = Deed()
    deed.add(
        rows.AnswerRow(
            member.owner,
            stamp.seq(),
            None,
            made.id,
            "not_mine",
            made.payee,
            made.currency,
            made.amount,
            usual,
            made.occurred_at,
            stamp.recorded_at,
            stamp.actor,
        )
    )
    _freeze(deed, member, stamp)
    deed.receipt = {"debit": made.id, "answer": "not_mine", "frozen": True}
    return deed


def _check_unanswered(books: Books, key: str) -> None:
    before = books.watch.answers.get(key)
    if before is not None:
        raise AlertAnswered(before)


def _freeze(deed: Deed, member: Member, stamp: Stamp) -> None:
    if member.frozen is None:
        deed.add(rows.StatusRow(member.owner, stamp.seq(), "frozen", MONITOR, stamp.recorded_at, stamp.actor))


def set_sensitivity(books: Books, command: SetSensitivity, stamp: Stamp) -> Deed:
    """How soon to ask from now on.

    Raises:
        MemberUnknown; AccountFrozen: while it is frozen nobody makes the monitor look less closely.
    """
    member, deed = books.member(command.owner), Deed()
    if member.frozen is not None and command.sensitivity is not Sensitivity.HIGH:
        raise AccountFrozen(member.frozen)
    deed.add(rows.SensitivityRow(member.owner, stamp.seq(), command.sensitivity.value, stamp.recorded_at, stamp.actor))
    deed.receipt = {"sensitivity": command.sensitivity.value}
    return deed
