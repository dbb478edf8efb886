"""Which lines have to wait for which. Pure.

A member's lines happen in their order; a transfer is both members'. What concerns a merchant or everybody happens when
everything before it has, and before everything after it. With one client every line happens after the one before it.

The wallet decides in the order in which it is asked, so a line is behind another as soon as it is handed over behind
it. Only who waits for a bank keeps others waiting.
"""

from __future__ import annotations

import dataclasses
from typing import Final

from data.batch import lines
from data.batch.lines import Line
from data.store.users import name_key

Key = tuple[str, ...]
_LANE: Final = "lane"  # in which lines keep their order: a member's own, or the one of all
_CARDS: Final = "cards"
_REFUND: Final = "refund"
EVERYBODY: Final[Key] = (_LANE,)
_REFUNDS: Final[Key] = (_REFUND,)
_ALONE: Final = (
    lines.OpenMerchant,
    lines.PayOut,
    lines.PublishCoupon,
    lines.SetEarnRule,
    lines.AnswerRefund,
    lines.Settle,
)


@dataclasses.dataclass(frozen=True, slots=True)
class Reach:
    """lanes: in which it keeps its place. waits: for what it waits besides. blocks: what it keeps until it is done.

    alone: it waits for all lanes, and all lines after it wait until it is handed over.
    """

    lanes: frozenset[Key]
    waits: frozenset[Key] = frozenset()
    blocks: frozenset[Key] = frozenset()
    alone: bool = False


def is_lane(key: Key) -> bool:
    """Whether lines keep their order in it."""
    return key[0] == _LANE


def reach_of(line: Line, *, one_client: bool) -> Reach:
    """What a line touches."""
    lanes = _lanes(line, one_client=one_client)
    if isinstance(line, _ALONE):
        return _alone(line, lanes)
    if isinstance(line, lines.BindCard):
        return Reach(lanes, blocks=frozenset({_cards_of(line)}))
    if isinstance(line, lines.WithCard) or (isinstance(line, lines.Pay) and line.source is not None):
        return Reach(lanes, waits=frozenset({_cards_of(line)}), blocks=lanes)
    return Reach(lanes)


def _lanes(line: Line, *, one_client: bool) -> frozenset[Key]:
    if one_client or not isinstance(line, lines.OfMember):
        return frozenset({EVERYBODY})
    names = [line.member, line.to] if isinstance(line, lines.Transfer) else [line.member]
    return frozenset((_LANE, name_key(name)) for name in names)


def _cards_of(line: lines.OfMember) -> Key:
    return (_CARDS, name_key(line.member))


def _alone(line: Line, lanes: frozenset[Key]) -> Reach:
    if isinstance(line, lines.AnswerRefund):
        # While a bank is told of a refund, nothing else may ask how that refund stands.
        refund = frozenset({(_REFUND, line.merchant, line.refund)})
        blocks = refund | {_REFUNDS} if isinstance(line, lines.ConfirmRefund) else frozenset()
        return Reach(lanes, waits=refund, blocks=blocks, alone=True)
    if isinstance(line, lines.Settle):
        return Reach(lanes, waits=frozenset({_REFUNDS}), blocks=frozenset({EVERYBODY}), alone=True)
    return Reach(lanes, alone=True)
