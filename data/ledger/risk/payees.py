"""What is known against payees: debits there that their people said were not theirs, beside those nobody minded.

A single report says little about a till where hundreds pay, and much about one where two do. A report of an amount that
was usual for the person points at the payee; an unusual amount points at whoever had the person's wallet. Trouble at a
till does not last, so a report fades within a month.
"""

from __future__ import annotations

import dataclasses
from bisect import bisect_left, insort
from typing import Final

DAY: Final = 86_400
LASTS: Final = 30 * DAY  # a report counts for so long after the debit it is about
RIPE: Final = 7 * DAY  # by then a person has noticed: a debit that nobody reported counts in the payee's favour
LOOK_BACK: Final = 7 * DAY  # before the first reported debit, what went well there is looked at too
_UNUSUAL: Final = 0.25  # what a report of an unusual amount counts
MOST_VISITS: Final = 10_000  # with as many the share of reports is nothing


@dataclasses.dataclass(slots=True)
class Reported:
    """A payee with reports. visits: when people paid there, in order, from `LOOK_BACK` before the first report on.

    reports: when the debit was made, what the report counts.
    """

    visits: list[int]
    reports: list[tuple[int, float]] = dataclasses.field(default_factory=list)

    def visit(self, at: int) -> None:
        """Somebody paid there."""
        if len(self.visits) < MOST_VISITS:
            insort(self.visits, at)

    def report(self, at: int, *, usual: bool) -> None:
        """Somebody said that a debit there was not theirs."""
        self.reports.append((at, 1.0 if usual else _UNUSUAL))

    def standing(self, now: int) -> tuple[float, int]:
        """How much speaks against the payee now, 0 to 1, and by how many reports."""
        living = [(at, counts) for at, counts in self.reports if now - at < LASTS]
        if not living:
            return 0.0, 0
        first, latest = min(at for at, _ in living), max(at for at, _ in living)
        calm = bisect_left(self.visits, now - RIPE + 1) - bisect_left(self.visits, first - LOOK_BACK)
        share = sum(counts for _, counts in living) / (max(calm, len(living)) + 1)
        return share * (1 - (now - latest) / LASTS), len(living)
