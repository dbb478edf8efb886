"""Transfers that a file tells in two rows, one for each account, made one."""

from __future__ import annotations

import dataclasses
from collections import defaultdict, deque
from collections.abc import Sequence

from data.importers.peers.told import OTHER_HALF, OUT, Closes, Told, transfer
from data.importers.statement import Problem
from data.importers.verdicts import Passed

Found = Told | Closes | Passed | Problem


def joined(rows: Sequence[Found]) -> list[Found]:
    """The rows with both halves of each transfer in the row that paid; the other row is passed over.

    A half without its other (a file of one account alone) stays as it is and names no other account: when that one's
    file comes, its row must not be counted on top.
    """
    waiting: defaultdict[tuple[str, ...], tuple[deque[int], deque[int]]] = defaultdict(lambda: (deque(), deque()))
    for at, row in enumerate(rows):
        if isinstance(row, Told) and row.half and len(row.parts) == 1:
            paid, got = waiting[row.half]
            (paid if row.parts[0].direction is OUT else got).append(at)
    found = list(rows)
    for paid, got in waiting.values():
        for out in paid:
            back = next((at for at in got if _account(rows[at]) != _account(rows[out])), None)
            if back is not None:
                got.remove(back)
                found[out], found[back] = _whole(rows[out], rows[back]), OTHER_HALF
    return found


def _account(row: Found) -> str:
    return row.parts[0].account.key if isinstance(row, Told) else ""


def _whole(out: Found, back: Found) -> Found:
    if not isinstance(out, Told) or not isinstance(back, Told):
        return out
    [sent], [got] = out.parts, back.parts
    return dataclasses.replace(out, parts=transfer(sent.amount, sent.account, got.amount, got.account), half=())
