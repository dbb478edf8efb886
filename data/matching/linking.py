"""Which purchase a refund belongs to: across the files of one drop, and among what is already booked.

An id proves a link when it leaves one purchase, asked by payee where several share it (exports mask ids). Payee and
amount alone never prove one: they make a suggestion. No purchase is refunded beyond what was paid.
"""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from data.matching.known import LOOK_BACK

Target = int | UUID  # a row of the drop, or an entry already booked
LINKED, EXCEEDS, AMBIGUOUS, SUGGESTED = "linked", "exceeds_paid", "ambiguous", "suggested"


@dataclasses.dataclass(slots=True)
class Bought:
    """A purchase: what is left to refund of it, and how much of the refunded it had stated about itself."""

    target: Target
    when: datetime
    currency: str
    payee_key: str
    rest: int
    stated: int = 0


@dataclasses.dataclass(frozen=True, slots=True)
class Returned:
    """A refund looking for its purchase. originals: what its own file names; keys: ids it may be known under."""

    when: datetime
    currency: str
    minor: int
    payee_key: str
    originals: tuple[Target, ...] = ()
    keys: tuple[str, ...] = ()


@dataclasses.dataclass(frozen=True, slots=True)
class Link:
    """`target` is applied when the note is `linked`, only offered when it is `suggested`."""

    target: Target | None = None
    note: str = ""


class Shelf:
    """The purchases that refunds may take back."""

    def __init__(self) -> None:
        self.bought: dict[Target, Bought] = {}
        self._by_id: defaultdict[str, list[Target]] = defaultdict(list)
        self._by_payee: defaultdict[str, list[Target]] = defaultdict(list)

    def put(self, bought: Bought, ids: Iterable[str] = ()) -> None:
        """Offer a purchase under its payee and its ids."""
        self.bought[bought.target] = bought
        for key in set(ids):
            if key:
                self._by_id[key].append(bought.target)
        if bought.payee_key:
            self._by_payee[bought.payee_key].append(bought.target)

    def take(self, target: Target, minor: int) -> None:
        """So much of the purchase is refunded."""
        if target in self.bought:
            self.bought[target].rest -= minor

    def link(self, refund: Returned) -> Link:
        """The purchase this refund is proven to belong to, or the likeliest one; the rest is not yet reduced."""
        note = ""
        for targets in (refund.originals, *(self._by_id.get(key, ()) for key in refund.keys)):
            proven = [self.bought[t] for t in targets if t in self.bought and self._same_money(t, refund)]
            fitting = [b for b in proven if refund.minor <= max(b.rest, b.stated)]
            if targets is not refund.originals:
                fitting = [b for b in fitting if b.when <= refund.when]
            one = _only(fitting, refund, named=targets is refund.originals)
            if one:
                return Link(one.target, LINKED)
            if proven and not note:
                note = AMBIGUOUS if fitting else EXCEEDS
        likely = self._likely(refund)
        return Link(likely.target, note or SUGGESTED) if likely else Link(None, note)

    def _same_money(self, target: Target, refund: Returned) -> bool:
        return self.bought[target].currency == refund.currency

    def _likely(self, refund: Returned) -> Bought | None:
        """Same payee, enough left, within the look-back: of the same amount if there is one, then the latest."""
        if not refund.payee_key:
            return None
        near = [
            b
            for b in (self.bought[t] for t in self._by_payee.get(refund.payee_key, ()))
            if b.currency == refund.currency and refund.minor <= b.rest and b.when <= refund.when <= b.when + LOOK_BACK
        ]
        return max(near, key=lambda b: (b.rest == refund.minor, b.when), default=None)


def _only(fitting: Sequence[Bought], refund: Returned, *, named: bool) -> Bought | None:
    if named and fitting:
        return fitting[0]  # its file has decided; twins of one identity are used up in their order
    for narrower in (
        fitting,
        [b for b in fitting if b.payee_key == refund.payee_key],
        [b for b in fitting if b.payee_key == refund.payee_key and b.rest == refund.minor],
    ):
        if len(narrower) == 1:
            return narrower[0]
    return None
