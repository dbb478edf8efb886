"""What a transaction's postings count for, and the one that says no amount: in the journal's own units, exactly."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import Final

from data.importers.journal_book import Amount, Posting, in_minor, is_money

_TWO: Final = 2
Sums = dict[str, Fraction]


def choose(posting: Posting, choice: int) -> Posting:
    """The posting with one of the weights it may have: the nth, or its last."""
    if len(posting.weights) <= 1:
        return posting
    at = min(choice, len(posting.weights) - 1)
    return dataclasses.replace(posting, weights=posting.weights[at : at + 1])


def sums(amounts: Iterable[Amount | None]) -> Sums:
    """The amounts added up, each unit by itself."""
    found: Sums = {}
    for amount in amounts:
        if amount is not None:
            known = found.get(amount.unit)
            found[amount.unit] = amount.number if known is None else known + amount.number
    return found


def residual(postings: Iterable[Posting]) -> Sums:
    """What the postings leave open of each unit, by what they count for."""
    weighed = (posting.weights[0] if posting.weights else posting.units for posting in postings if not posting.at_cost)
    return {unit: number for unit, number in sums(weighed).items() if number}


def filled_up(postings: list[Posting]) -> list[Posting] | None:
    """The postings with the one that says no amount (or no cost) filled; None when they do not add up."""
    silent = [at for at, posting in enumerate(postings) if posting.units is None or posting.at_cost]
    rest = residual(postings)
    if len(silent) > 1:
        return None
    if not silent:
        return postings if _adds_up(postings, rest) else None
    one = postings[silent[0]]
    if one.units is not None:
        weights = tuple(Amount(-number, unit) for unit, number in rest.items())
        return None if len(weights) != 1 else [
            *postings[: silent[0]], dataclasses.replace(one, weights=weights, at_cost=False), *postings[silent[0] + 1 :]
        ]  # fmt: skip
    filled = [
        Posting(one.line, one.account, Amount(-number, unit), one.weights, one.at_cost, one.virtual, one.target)
        for unit, number in rest.items()
    ]
    return [*postings[: silent[0]], *filled, *postings[silent[0] + 1 :]]


def _adds_up(postings: Sequence[Posting], rest: Sums) -> bool:
    """Exactly; but for prices within a minor unit each; or as an exchange of one unit for another."""
    weighed = sum(bool(posting.weights) for posting in postings)
    left = {unit: number for unit, number in rest.items() if not _tiny(unit, number, weighed)}
    return not left or (len(left) == _TWO and not weighed and min(left.values()) < 0 < max(left.values()))


def _tiny(unit: str, number: Fraction, weighed: int) -> bool:
    return bool(weighed) and is_money(unit) and abs(in_minor(Amount(number, unit))) <= weighed
