"""What a person's own rules say about a payment besides its category: another name, tags, a note, left out of reports.

The same words that an import writes about its rows. The payer's own note is the payment's description, so a rule's note
stands beside it.
"""

from __future__ import annotations

import json
from datetime import date

from data.categories.facts import Facts
from data.importers.statement import Direction, Kind
from data.ledger.wallet import rows
from data.ledger.wallet.books import WALLET, Member, Merchant
from data.ledger.wallet.deed import Deed, Stamp
from data.money import Money


def method_of(member: Member, card: str | None) -> str:
    """What was paid with, in words: the card's brand and last digits, or the wallet."""
    found = member.cards.get(card or "")
    return f"{found.row.brand} {found.row.last4}" if found else "小金卡"


def facts_of(member: Member, merchant: Merchant, gross: Money, card: str | None, note: str, day: date) -> Facts:
    """A payment as a rule looks at it: what it would see of it once it is booked."""
    used = member.cards.get(card or "")
    account = used.row.account if used else member.accounts.get(WALLET + gross.currency)
    return Facts(
        payee=merchant.name,
        description=note,
        kind=Kind.EXPENSE,
        amount=-gross,
        method=method_of(member, card),
        account_key=next((key for key, one in member.accounts.items() if one == account), ""),
        mcc=merchant.mcc,
        direction=Direction.OUT,
        booked_on=day,
    )


def say(deed: Deed, member: Member, merchant: Merchant, row: rows.PaymentRow, stamp: Stamp) -> bool:
    """Write what the rules say about the payment; whether they say anything, so that its facts have to be derived."""
    taught = member.taught
    if taught is None or not taught.says_more:
        return False
    gross = Money(row.gross, row.currency)
    said = taught.said_about(facts_of(member, merchant, gross, row.card, row.note, row.booked_on), noted=False)
    if not said:
        return False
    number = stamp.seq()
    for field, value in said.items():
        text = json.dumps(value, ensure_ascii=False)
        deed.add(rows.AnnotationRow(row.owner, row.id, number, field, text, stamp.recorded_at, stamp.actor))
    deed.refresh.append((row.owner, row.id))
    return True
