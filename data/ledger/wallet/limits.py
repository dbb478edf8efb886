"""How much may leave a wallet: what counts, which limit holds on a day, and what a change of limits becomes.

Counted is the cash of payments and of transfers to others, when they are authorised; a declined payment gives its part
back, a refund does not, else paying and refunding in a circle would defeat the limit (LEDGER §7).
"""

from __future__ import annotations

from datetime import date, timedelta

from data.ledger.wallet.books import Member
from data.ledger.wallet.refusals import LimitExceeded
from data.period import month_of

Limits = tuple[int | None, int | None, int | None]  # per payment, per day, per month
NO_LIMITS: Limits = (None, None, None)
_NONE = -1


def in_force(member: Member, currency: str, day: date) -> Limits:
    """The limits of that day: the newest row whose time has come."""
    rows = [row for row in member.limits if row.currency == currency]
    if not rows:
        return NO_LIMITS
    # Before the first one's day, which is so for who moved to a zone where it is still yesterday, that one holds.
    due = [row for row in rows if row.from_on <= day] or [min(rows, key=lambda one: one.seq)]
    row = max(due, key=lambda one: one.seq)
    return (row.per_payment, row.per_day, row.per_month)


def used(member: Member, currency: str, day: date) -> tuple[int, int]:
    """What counted on that day and in its calendar month.

    Days after it are those of who moved to a zone where it is still yesterday: they count too, or moving would pay.
    """
    month = month_of(day).start
    spent = [(on, minor) for (spent_in, on), minor in member.spent.items() if spent_in == currency and on >= month]
    return sum(minor for on, minor in spent if on >= day), sum(minor for _, minor in spent)


def check(member: Member, currency: str, cash: int, day: date) -> None:
    """Refuse what goes beyond a limit.

    Raises:
        LimitExceeded: the first that is exceeded: of the payment, the day, the month.
    """
    if not member.limits:
        return
    per_payment, per_day, per_month = in_force(member, currency, day)
    if per_payment is not None and cash > per_payment:
        raise LimitExceeded("per_payment", currency, per_payment, 0, cash, per_payment, "")
    today, month = used(member, currency, day) if per_day is not None or per_month is not None else (0, 0)
    if per_day is not None and today + cash > per_day:
        renews = (day + timedelta(days=1)).isoformat()
        raise LimitExceeded("per_day", currency, per_day, today, cash, max(0, per_day - today), renews)
    if per_month is not None and month + cash > per_month:
        renews = month_of(day).end.isoformat()
        raise LimitExceeded("per_month", currency, per_month, month, cash, max(0, per_month - month), renews)


def promised(member: Member, currency: str) -> Limits:
    """What will hold once every change has come into force."""
    rows = [row for row in member.limits if row.currency == currency]
    if not rows:
        return NO_LIMITS
    row = max(rows, key=lambda one: one.seq)
    return (row.per_payment, row.per_day, row.per_month)


def changed(now: Limits, later: Limits, asked: Limits) -> tuple[Limits, Limits]:
    """What holds at once, and from tomorrow: what gets tighter does so now, what gets looser waits a night.

    now: in force today; later: promised already. asked: None leaves a limit, -1 takes it away.
    """
    wanted = [old if new is None else None if new == _NONE else new for old, new in zip(later, asked, strict=True)]
    at_once = [
        _tighter(held, new) if said is not None else held for held, new, said in zip(now, wanted, asked, strict=True)
    ]
    return (at_once[0], at_once[1], at_once[2]), (wanted[0], wanted[1], wanted[2])


def _tighter(one: int | None, other: int | None) -> int | None:
    if one is None or other is None:
        return other if one is None else one
    return min(one, other)
