"""Keeping what a person says about series of payments: appended, the latest word counts, and can be taken back."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from data.errors import NotFound
from data.ids import OwnerId, new_id
from data.ledger.recurring import (
    Anchor,
    Ended,
    Mark,
    Named,
    Next,
    NothingToTakeBack,
    SayOfSeries,
    Side,
    TakeBackWord,
    Word,
    checked,
    field_of,
    known_again,
)
from data.store.command import Plan, Reader, Rows

_THING: Final = "series"
_MARKS: Final = """
SELECT series, side, payee_key, currency, cadence, anchors FROM published_recurring_mark WHERE owner = $owner"""
_STANDING: Final = """
SELECT seq, field, value FROM published_recurring_word WHERE owner = $owner AND series = $series ORDER BY seq DESC"""
_NEXT_SEQ: Final = "SELECT coalesce(max(seq), 0) + 1 FROM recurring_word WHERE owner = $owner"
_PAID: Final = """
SELECT DISTINCT f.seq FROM fact f
WHERE f.owner = $owner AND f.currency = $currency AND f.seq IN (SELECT unnest(cast($seqs AS bigint[])))"""


def decide_word(reader: Reader, command: SayOfSeries, now: datetime) -> Plan:
    """The plan of a `SayOfSeries`; nothing is written when it was said before.

    Raises:
        NotFound: no such series, or no such payments. SeriesNameUnfit, NextOutOfRange.
    """
    owner, mark = command.owner, command.mark
    kept = {series: _mark(*told) for series, *told in reader.all(_MARKS, {"owner": owner})}
    if command.series is not None and command.series not in kept:
        raise NotFound(_THING, str(command.series))
    seqs = [anchor.seq for anchor in mark.anchors]
    if not seqs or not reader.all(_PAID, {"owner": owner, "currency": mark.currency, "seqs": seqs}):
        raise NotFound(_THING, mark.payee_key)
    word = checked(command.word, mark)
    series = command.series or known_again(mark, list(kept.items())) or new_id()
    receipt = {"series": str(series)}
    standing = {field: value for _, field, value in reader.all(_STANDING, {"owner": owner, "series": series})}
    if standing.get(field_of(word)) == _value(word):
        return Plan(receipt)
    row = _Row(owner, command.actor, now, series, mark)
    return Plan(receipt, [row.said(reader, field_of(word), _value(word))], frozenset({owner}))


def decide_taking_back(reader: Reader, command: TakeBackWord, now: datetime) -> Plan:
    """The plan of a `TakeBackWord`: what was said last does not count any more, what was said before it does again.

    Raises:
        NotFound: no such series. NothingToTakeBack.
    """
    owner = command.owner
    kept = {series: _mark(*told) for series, *told in reader.all(_MARKS, {"owner": owner})}
    if command.series not in kept:
        raise NotFound(_THING, str(command.series))
    standing = reader.all(_STANDING, {"owner": owner, "series": command.series})
    if not standing:
        raise NothingToTakeBack(str(command.series))
    seq, field, _ = standing[0]
    row = _Row(owner, command.actor, now, command.series, kept[command.series])
    return Plan({"field": field}, [row.said(reader, field, "null", undoes=seq)], frozenset({owner}))


@dataclasses.dataclass(frozen=True, slots=True)
class _Row:
    """What every row about a series says."""

    owner: OwnerId
    actor: UUID
    now: datetime
    series: UUID
    mark: Mark

    def said(self, reader: Reader, field: str, value: str, undoes: int | None = None) -> Rows:
        mark = self.mark
        ((seq,),) = reader.all(_NEXT_SEQ, {"owner": self.owner})
        anchors = [[anchor.seq, anchor.on.isoformat(), anchor.amount] for anchor in mark.anchors]
        row: dict[str, Any] = {
            "owner": self.owner, "series": self.series, "seq": seq, "field": field, "value": value, "undoes": undoes,
            "side": mark.side.value, "payee_key": mark.payee_key, "currency": mark.currency, "cadence": mark.cadence,
            "anchors": json.dumps(anchors), "recorded_at": self.now, "actor": self.actor,
        }  # fmt: skip
        return Rows("recurring_word", {name: [cell] for name, cell in row.items()})


def _mark(side: str, payee_key: str, currency: str, cadence: str, anchors: str) -> Mark:
    return Mark(Side(side), payee_key, currency, cadence, read_anchors(json.loads(anchors)))


def read_anchors(listed: Sequence[tuple[int, str, int]]) -> tuple[Anchor, ...]:
    """Anchors as they are kept."""
    return tuple(Anchor(seq, date.fromisoformat(on), amount) for seq, on, amount in listed)


def _value(word: Word) -> str:
    if isinstance(word, Named):
        return json.dumps(word.name, ensure_ascii=False)
    if isinstance(word, Next):
        return json.dumps({"on": word.on.isoformat(), "amount_minor": word.amount})
    return json.dumps(word.ended if isinstance(word, Ended) else word.value)
