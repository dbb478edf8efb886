"""Points in the wallet's model: who has which, until when, and how many a payment earns. Written from LEDGER.md §5."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date, datetime, timedelta
from types import SimpleNamespace as Row
from typing import Any

DAY, SECOND, WHOLE = timedelta(days=1), timedelta(seconds=1), 10_000


FIRST_OF_ALL = datetime(1, 1, 1)  # noqa: DTZ001 - instants are UTC without zone


class Points:
    """Times are UTC, days Shanghai's. A lot counts to the end of its last day; `gone` is what expired of it."""

    def __init__(self) -> None:
        self.now, self.debt, self.earned, self.more = FIRST_OF_ALL, Counter[str](), Counter[Any](), Counter[str]()
        self.lots = defaultdict[str, list[Any]](list)
        self.rule = Row(per=1, cap=None, day_cap=None, days=365, worth=1, part=WHOLE)

    @property
    def today(self) -> date:
        return (self.now + timedelta(hours=8)).date()

    def earn_rule(self, it: Any) -> None:
        self.rule = it

    def campaign(self, it: Any) -> None:
        self.more[it.shop] = it.more

    def earn(self, it: Any) -> None:
        it.rate, it.until = self.rule.per * (WHOLE + self.more[it.shop]), self.today + self.rule.days * DAY
        it.earned = it.cash * it.rate // (100 * WHOLE)
        if self.rule.cap is not None:
            it.earned = min(it.earned, self.rule.cap)
        if self.rule.day_cap is not None:
            it.earned = min(it.earned, max(0, self.rule.day_cap - self.earned[it.who, self.today]))

    def living(self, who: str, own: Any = None) -> list[Any]:
        """As they are spent: the first expiring first, the oldest among equals."""
        alive = (lot for lot in self.lots[who] if lot.left and self.today <= lot.until)
        return sorted(alive, key=lambda lot: (lot is not own, lot.until))

    def spendable(self, who: str) -> int:
        return 0 if self.debt[who] else sum(lot.left for lot in self.living(who))

    def take(self, lots: list[Any], points: int) -> list[tuple[Any, int]]:
        taken = []
        for lot in lots:
            part = min(points, lot.left)
            lot.left, points = lot.left - part, points - part
            taken += [(lot, part)] if part else []
        return taken

    def new_lot(self, who: str, until: date) -> Any:
        self.lots[who].append(Row(until=until, left=0, gone=0))
        return self.lots[who][-1]

    def give(self, who: str, points: int, lot: Any) -> None:
        """A debt is paid first."""
        paid = min(points, self.debt[who])
        self.debt[who] -= paid
        lot.left += points - paid

    def restore(self, p: Any, points: int) -> None:
        """Redeemed points go back to the lots they came from; what is over by now gets 30 days more."""
        grace = self.new_lot(p.who, self.today + 30 * DAY)
        while points:
            lot, held = p.taken.pop(0)
            part = min(points, held)
            points -= part
            p.taken[:0] = [(lot, held - part)] if held > part else []
            self.give(p.who, part, lot if self.today <= lot.until else grace)

    def claw(self, p: Any, cash: int) -> None:
        """What `cash` had earned goes back, from the payment's own lot first; what is missing becomes a debt.

        What expired of that lot is gone already and is not asked for a second time.
        """
        kept = [
            min(p.earned, left * p.rate // (100 * WHOLE))
            for left in (p.cash - p.cash_back, p.cash - p.cash_back - cash)
        ]
        lost = p.lot.gone + (p.lot.left if self.today > p.lot.until else 0)
        forgiven = max(0, min(kept[0] - kept[1], lost - p.forgiven))
        due, p.forgiven, p.cash_back = kept[0] - kept[1] - forgiven, p.forgiven + forgiven, p.cash_back + cash
        self.debt[p.who] += due - sum(part for _, part in self.take(self.living(p.who, p.lot), due))

    def expire(self) -> int:
        late = [lot for lots in self.lots.values() for lot in lots if self.today > lot.until]
        total = sum(int(lot.left) for lot in late)
        for lot in late:
            lot.gone, lot.left = lot.gone + lot.left, 0
        return total
