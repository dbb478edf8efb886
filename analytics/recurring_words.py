"""What the person said about series, and which of the found ones each word is about.

A word goes to the series with most of its anchors; where all anchors are gone (rows taken back, a payee renamed), to
the only one of that payee and cadence that is left.
"""

from __future__ import annotations

import dataclasses
import json
from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import Any, Final
from uuid import UUID

from analytics.recurring_series import Said, Series
from analytics.scope import Scope
from data.ledger.recurring import Anchor, Mark, Next, SeriesKind, Side, Verdict


@dataclasses.dataclass(frozen=True, slots=True)
class Word:
    """Everything that stands about one series."""

    mark: Mark
    said: Said


_MARKS: Final = """
SELECT m.series, m.side, m.payee_key, m.currency, m.cadence, m.anchors
FROM published_recurring_mark m WHERE m.owner = $owner ORDER BY m.series"""
_WORDS: Final = "SELECT w.series, w.field, w.value FROM published_recurring_word w WHERE w.owner = $owner"


def words(scope: Scope) -> list[Word]:
    """The person's words, a few queries of a few rows."""
    by_series: defaultdict[UUID, dict[str, Any]] = defaultdict(dict)
    for series, field, value in scope.db.read(_WORDS, {"owner": scope.owner}):
        by_series[series][field] = json.loads(value)
    marks = scope.db.read(_MARKS, {"owner": scope.owner})
    return [Word(_mark(*mark), _said(series, by_series[series])) for series, *mark in marks]


def _mark(side: str, payee_key: str, currency: str, cadence: str, anchors: str) -> Mark:
    listed = tuple(Anchor(seq, date.fromisoformat(on), amount) for seq, on, amount in json.loads(anchors))
    return Mark(Side(side), payee_key, currency, cadence, listed)


def _said(series: UUID, fields: dict[str, Any]) -> Said:
    following = fields.get("next")
    return Said(
        series=series,
        verdict=Verdict(fields["verdict"]) if fields.get("verdict") else None,
        name=fields.get("name"),
        kind=SeriesKind(fields["kind"]) if fields.get("kind") else None,
        next=Next(date.fromisoformat(following["on"]), following["amount_minor"]) if following else None,
        ended=bool(fields.get("ended")),
        words=len(fields),
    )


def matched(found: Sequence[Series], spoken: Sequence[Word]) -> list[Said]:
    """What was said about each of the found series, in their order; each word goes to one of them."""
    answer = [Said()] * len(found)
    taken: set[int] = set()
    given: set[int] = set()
    for _, place, number in sorted(_overlaps(found, spoken), reverse=True):
        if place not in taken and number not in given:
            answer[place] = spoken[number].said
            taken.add(place)
            given.add(number)
    for number, word in enumerate(spoken):
        left = [place for place, one in enumerate(found) if place not in taken and _alike(one.mark, word.mark)]
        if number not in given and len(left) == 1:
            answer[left[0]] = word.said
            taken.add(left[0])
    return answer


def _overlaps(found: Sequence[Series], spoken: Sequence[Word]) -> list[tuple[int, int, int]]:
    """(shared anchors, place, number) of every series and word that have any in common."""
    pairs = []
    for place, one in enumerate(found) if spoken else ():
        seqs = {paid.seq for paid in one.occurrences}
        payments = {(paid.on, paid.amount) for paid in one.occurrences}
        for number, word in enumerate(spoken):
            if (word.mark.side, word.mark.currency) == (one.side, one.currency):
                same = word.mark.payee_key == one.payee_key
                shared = word.mark.shared(seqs, payments, same_payee=same)
                pairs += [(shared, place, number)] if shared else []
    return pairs


def _alike(one: Mark, other: Mark) -> bool:
    return (one.side, one.payee_key, one.currency, one.cadence) == (
        other.side,
        other.payee_key,
        other.currency,
        other.cadence,
    )
