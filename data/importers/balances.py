"""Closing balances that the rows of a file prove: every row's balance is the one before it and what the row moved."""

from __future__ import annotations

import dataclasses
import itertools
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date

from data.importers.statement import AccountHint, Closing
from data.money import Money


@dataclasses.dataclass(frozen=True, slots=True)
class Stand:
    """One row: what it did to an account (signed minor units), and the balance that the file states after it."""

    account: AccountHint
    on: date
    moved: int
    balance: Money


def closings_of(stands: Iterable[Stand]) -> tuple[Closing, ...]:
    """The last balance of every account and currency whose rows explain all balances, oldest or newest first.

    One row alone proves nothing, and a chain with a gap (a filtered download) states no closing balance either.
    """
    chains: defaultdict[tuple[str, str], list[Stand]] = defaultdict(list)
    for stand in stands:
        chains[stand.account.key, stand.balance.currency].append(stand)
    return tuple(closing for chain in chains.values() if (closing := _closing(chain)))


def _closing(chain: Sequence[Stand]) -> Closing | None:
    for ordered in (chain, chain[::-1]):
        if len(chain) > 1 and all(
            earlier.balance.minor + later.moved == later.balance.minor and earlier.on <= later.on
            for earlier, later in itertools.pairwise(ordered)
        ):
            last = ordered[-1]
            return Closing(last.account, last.on, last.balance)
    return None
