"""What a frozen wallet may do: be read, receive, ask its money back, be made safer. Nothing else.

Each rule that moves money refuses a frozen wallet in its own place among its refusals; here is what moves none and
would still help whoever is not the owner: another card, looser limits, another currency, coupons.
"""

from __future__ import annotations

from typing import Final

from data.ledger.wallet import limits
from data.ledger.wallet.books import Books, Member
from data.ledger.wallet.commands import (
    BindCard,
    ClaimCoupon,
    MakeDefaultCard,
    MoneyCommand,
    OpenWallet,
    SetLimits,
    UnbindCard,
)
from data.ledger.wallet.deed import Stamp
from data.ledger.wallet.refusals import AccountFrozen

_STOPPED: Final = frozenset({BindCard, MakeDefaultCard, UnbindCard, ClaimCoupon, OpenWallet})


def check(books: Books, command: MoneyCommand, stamp: Stamp) -> None:
    """Refuse what a frozen wallet may not do although no money moves.

    Raises:
        AccountFrozen.
    """
    member = books.members.get(str(command.owner))
    if member is None or member.frozen is None:
        return
    kind = type(command)
    if kind in _STOPPED or (isinstance(command, SetLimits) and _loosens(member, command, stamp)):
        raise AccountFrozen(member.frozen)


def _loosens(member: Member, command: SetLimits, stamp: Stamp) -> bool:
    """Whether any limit would be looser than what holds now or is promised."""
    held = limits.in_force(member, command.currency, member.day(stamp.now))
    later = limits.promised(member, command.currency)
    asked = (command.per_payment, command.per_day, command.per_month)
    return any(
        new is not None and any(old is not None and (new < 0 or new > old) for old in (now, then))
        for new, now, then in zip(asked, held, later, strict=True)
    )
