"""What a booked CAMT entry, or one transaction of it, becomes: the other side, its words, its kind, its identity."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

from data.importers.bank_rows import bank_identity, direction_of, kind_of
from data.importers.camt_entries import Detail, Entry, Party
from data.importers.camt_reports import Own, Stamp, compact
from data.importers.statement import AccountHint, Direction, Kind, Line
from data.money import Money

# ISO 20022 bank transaction codes: cash pooled between own accounts, cash drawn and paid in; charges.
_OWN_MONEY = frozenset({"ICCN", "RCCN", "CAPL", "CWDL", "CDPT"})
_CHARGES = frozenset({"CHRG", "FEES", "COMM"})
_NOBODY = Party("", "")


@dataclasses.dataclass(frozen=True, slots=True)
class Row:
    """One line to be: the entry, its transaction or None, whose it is. batch: it is one of several of its entry.

    accounts: the accounts of the file by number, so that a payment between two of them is a transfer.
    """

    entry: Entry
    detail: Detail | None
    own: Own
    accounts: Mapping[str, AccountHint]
    batch: bool

    def line(self, signed: Money, stamp: Stamp) -> Line:
        """The line, of a signed amount that is not zero."""
        entry, detail = self.entry, self.detail
        direction = direction_of(signed)
        party = self._party(direction)
        words, end_to_end = (detail.words, detail.end_to_end) if detail else ("", "")
        payee = party.name or words or entry.information
        counter = self.accounts.get(compact(party.account)) if compact(party.account) != self.own.number else None
        kind = self._kind(direction, f"{payee} {words} {entry.information}", own=counter is not None)
        return Line(
            line=entry.line,
            kind=kind,
            direction=direction,
            amount=abs(signed),
            occurred_at=stamp.occurred_at,
            booked_on=stamp.booked_on,
            account=self.own.account,
            identity=bank_identity(self.own.account, stamp.booked_on, signed, self._proof(payee)),
            counter=counter,
            payee=payee,
            description=words if words != payee else "",
            status=entry.status,
            order_id=self._reference() or entry.entry_reference,
            merchant_order_id=end_to_end,
            refund_keys=(end_to_end,) if kind is Kind.REFUND and end_to_end else (),
            mcc=detail.mcc if detail else "",
            note=entry.information if entry.information != payee else "",
            stated_direction=entry.mark,
            cells={**entry.cells, **detail.cells} if detail else entry.cells,
        )

    def _reference(self) -> str:
        of_detail = self.detail.servicer_reference if self.detail else ""
        return (of_detail or self.entry.reference) if self.batch else (self.entry.reference or of_detail)

    def _proof(self, payee: str) -> tuple[str, ...]:
        reference = self._reference()
        if reference and not self.batch:
            return (reference,)
        words, end_to_end = (self.detail.words, self.detail.end_to_end) if self.detail else ("", "")
        texts = (end_to_end, payee, words, self.entry.information)
        return (reference, *(texts if any(texts) else (self.entry.entry_reference,)))

    def _party(self, direction: Direction) -> Party:
        """The other side: who was paid, or who paid. A reversal names the sides as the original had them."""
        if self.detail is None:
            return _NOBODY
        sides = [self.detail.creditor, self.detail.debtor]
        if (direction is Direction.IN) != self.entry.reversal:
            sides.reverse()
        other, this = sides
        mine = [compact(side.account) == self.own.number for side in (other, this)]
        return this if mine[0] and not mine[1] and this != _NOBODY else other

    def _kind(self, direction: Direction, words: str, *, own: bool) -> Kind:
        code = self.entry.code | (self.detail.code if self.detail else frozenset())
        return kind_of(
            self.own.account,
            direction,
            words,
            own=own or not code.isdisjoint(_OWN_MONEY),
            fee=not code.isdisjoint(_CHARGES),
            returned=self.entry.reversal or bool(self.detail and self.detail.returned),
        )
