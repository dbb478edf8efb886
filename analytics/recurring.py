"""Which payments come back by themselves, as of today: subscriptions, rent, salary, loans, with the person's own word.

Found anew after every change of the books, held per data version. What was never seen three times (yearly: twice) is
no series, and neither is a habit; `analytics.recurring_finder` says how they are found.
"""

from __future__ import annotations

import dataclasses
import math
import threading
import weakref
from collections import OrderedDict
from datetime import date
from typing import Final
from uuid import UUID

import numpy as np

from analytics.accounts import accounts
from analytics.cube import Ints, date_of, number_of
from analytics.figures import WHOLE
from analytics.held import Held
from analytics.recurring_amounts import Nature
from analytics.recurring_amounts import read as read_amounts
from analytics.recurring_finder import Found, Memo, Seen, find
from analytics.recurring_read import GroupKey, Payments, almanacs, is_chinese, kind_of, read
from analytics.recurring_rhythm import Almanac
from analytics.recurring_series import Occurrence, Series
from analytics.recurring_standing import Timing, finished
from analytics.recurring_words import Word, matched, words
from analytics.scope import Scope
from data.database import Database
from data.ledger.recurring import Verdict

_OWNERS: Final = 64
_SURE: Final = 8.0  # log odds that make a series four fifths sure
_MOST_SURE: Final = 9_900


@dataclasses.dataclass(frozen=True, slots=True)
class Recurring:
    """Every series of an owner, the dearest first. known_until: the last day of which the books know anything."""

    series: tuple[Series, ...]
    known_until: date


_held: Held[Recurring] = Held(_OWNERS)


class _Memos:
    """The finder's memory of each owner, the least used forgotten first: of yuan, and of all other money."""

    def __init__(self) -> None:
        self._kept: weakref.WeakKeyDictionary[Database, OrderedDict[UUID, tuple[Memo, Memo]]]
        self._kept = weakref.WeakKeyDictionary()
        self._lock = threading.Lock()

    def of(self, scope: Scope) -> tuple[Memo, Memo]:
        """The owner's memory, empty at first."""
        with self._lock:
            shelf = self._kept.setdefault(scope.db, OrderedDict())
            both = shelf.setdefault(scope.owner, (Memo(), Memo()))
            shelf.move_to_end(scope.owner)
            if len(shelf) > _OWNERS:
                shelf.popitem(last=False)
            return both


_memos = _Memos()


def everything(scope: Scope) -> Recurring:
    """All series, ended and ignored ones too; a few queries per data version and day."""
    return _held.get(scope.db, scope.owner, scope.today, lambda: _everything(scope))


def recurring(scope: Scope) -> tuple[Series, ...]:
    """The series that count: what the person said is none is left out."""
    return tuple(one for one in everything(scope).series if not one.ignored)


def _everything(scope: Scope) -> Recurring:
    spoken = words(scope)
    payments = _trusted(read(scope), spoken)
    today = number_of(scope.today)
    until = min(today, payments.until) if payments.until is not None else today
    found = _search(payments, almanacs(scope, payments), _memos.of(scope))
    bare = _Bare(scope, payments, found)
    listed = [bare.series(one) for one, _ in found]
    said = matched(listed, spoken)
    told = [
        finished(one, Timing.of(one.rhythm, payments.seen.day[each.rows], almanac), word, today, until)
        for one, (each, almanac), word in zip(listed, found, said, strict=True)
    ]
    return Recurring(tuple(sorted(told, key=lambda one: (-one.amount, one.payee_key, one.occurrences))), date_of(until))


def _trusted(payments: Payments, spoken: list[Word]) -> Payments:
    """Where the person confirmed a series, its amounts may vary as those of a bill."""
    sure = {
        GroupKey(word.mark.side, word.mark.payee_key, word.mark.currency)
        for word in spoken
        if word.said.verdict is Verdict.CONFIRMED
    }
    told = zip(payments.groups, payments.seen.natures, strict=True)
    natures = [Nature.BILL if key in sure else nature for key, nature in told]
    return dataclasses.replace(payments, seen=dataclasses.replace(payments.seen, natures=natures))


def _search(payments: Payments, both: tuple[Almanac, Almanac], memos: tuple[Memo, Memo]) -> list[tuple[Found, Almanac]]:
    """The series of yuan with China's holidays, and of all other money with weekends alone."""
    seen = payments.seen
    chinese = np.array([is_chinese(key) for key in payments.groups], np.bool_)[seen.group]
    answer = []
    for almanac, mask, memo in zip(both, (chinese, ~chinese), memos, strict=True):
        rows = np.flatnonzero(mask)
        part = Seen(seen.group[rows], seen.day[rows], seen.amount[rows], seen.natures)
        answer += [
            (dataclasses.replace(one, rows=rows[one.rows], twins=rows[one.twins]), almanac)
            for one in find(part, almanac, memo)
        ]
    return answer


# The payee as the latest row of each series writes it, and the other account of what was moved.
_LABELS: Final = """
SELECT f.seq, max(f.payee), max(f.category), max(cast(f.counter AS varchar)) FROM published_fact f
WHERE f.owner = $owner AND f.seq IN (SELECT unnest(cast($seqs AS bigint[])))
GROUP BY f.seq"""


class _Bare:
    """Series before anything is said about them: what came, how much, how sure."""

    def __init__(self, scope: Scope, payments: Payments, found: list[tuple[Found, Almanac]]) -> None:
        self._scope, self._payments = scope, payments
        seqs = [int(payments.seq[one.rows[-1]]) for one, _ in found]
        rows = scope.db.read(_LABELS, {"owner": scope.owner, "seqs": seqs}) if seqs else []
        self._labels = {seq: told for seq, *told in rows}
        self._accounts = {str(one.id): one for one in accounts(scope)}

    def series(self, found: Found) -> Series:
        """The series of one find."""
        key, payments = self._payments.groups[found.group], self._payments
        payee, category, counter = self._labels[int(payments.seq[found.rows[-1]])]
        other = self._accounts.get(counter or "")
        category = category or "uncategorised"
        owed = other is not None and other.kind == "liability"
        return Series(
            side=key.side,
            payee_key=key.payee_key,
            payee=payee or (other.name if other is not None else ""),
            category=category,
            currency=key.currency,
            rhythm=found.fit.rhythm,
            kind=kind_of(key, category, self._scope.top(category), owed=owed),
            amounts=read_amounts(payments.seen.amount[found.rows].tolist()),
            occurrences=self._occurrences(found.rows),
            twins=self._occurrences(found.twins),
            confidence=min(_MOST_SURE, round(WHOLE * (1 - math.exp(-found.score / _SURE)))),
        )

    def _occurrences(self, rows: Ints) -> tuple[Occurrence, ...]:
        columns = (self._payments.seen.day[rows], self._payments.seen.amount[rows], self._payments.seq[rows])
        listed = zip(*(column.tolist() for column in columns), strict=True)
        return tuple(Occurrence(date_of(day), amount, seq) for day, amount, seq in listed)
