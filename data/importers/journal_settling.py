"""From a journal's transactions to legs in money: amounts left out are found, prices weighed, pads filled.

An own account moves by exactly what its posting says where that is a currency. Goods (shares, fund units) count by
their cost, or else their price, so that buying them moves money between two own accounts and selling them brings the
gain as income. A posting on income or expense counts by its weight too: it is worth what was paid for it. What an
exchange of two currencies leaves open in each of them has no other account and is told apart as such.
"""

from __future__ import annotations

import dataclasses
import functools
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from fractions import Fraction

from data.importers.journal_book import (
    Amount,
    Check,
    Event,
    Journal,
    Pad,
    Posting,
    Root,
    Transaction,
    below,
    in_minor,
    is_money,
    whole_minor,
)
from data.importers.journal_weighing import Sums, choose, filled_up, residual, sums
from data.importers.statement import Problem, Skipped
from data.money import MAX_MINOR


@dataclasses.dataclass(frozen=True, slots=True)
class Leg:
    """One posting in money: signed minor units. loose: a virtual posting that nothing has to balance."""

    account: str
    root: Root
    minor: int
    currency: str
    loose: bool = False


@dataclasses.dataclass(frozen=True, slots=True)
class Settled:
    """A transaction with its legs; in each currency they and what was `exchanged` add up to nothing."""

    transaction: Transaction
    legs: tuple[Leg, ...]
    exchanged: Mapping[str, int]


@dataclasses.dataclass(frozen=True, slots=True)
class Holding:
    """A balance that the journal states of one own account at the end of a day."""

    account: str
    root: Root
    on_line: int
    day: int
    minor: int
    currency: str


class _Unsettled(Exception):  # noqa: N818 - it becomes a problem of the file
    """Why a transaction cannot be settled, and where."""

    def __init__(self, line: int, cell: str, reason: str, text: str = "") -> None:
        super().__init__(reason)
        self.facts = (line, cell, reason, text)


def settled(journal: Journal) -> Iterator[Settled | Holding | Skipped | Problem]:
    """Every transaction, filled pad and stated balance of the journal in the order of days."""
    books = _Books(journal)
    for event in sorted(journal.events, key=_place):
        match event:
            case Transaction():
                yield from books.transaction(event)
            case Pad():
                books.pads[event.account] = event
                books.unfilled[event.line] = event
            case Check():
                yield from books.check(event)
    for pad in books.unfilled.values():
        yield Skipped(pad.line, "nothing_padded", cells={"pad": pad.text})
    yield from books.last_targets()


def _place(event: Event) -> tuple[object, bool, int]:
    """A balance is of the beginning of its day."""
    return event.on, not isinstance(event, Check), event.line


class _Books:
    """What has been settled so far. held: account and unit → so much; paid: what goods there cost, by unit of cost."""

    def __init__(self, journal: Journal) -> None:
        self._held = _Held()
        self._paid: defaultdict[tuple[str, str], Sums] = defaultdict(dict)
        self._accounts = {posting.account for event in journal.events for posting in _postings(event)}
        self._targets: dict[tuple[str, str, int], Holding] = {}
        self._root_of = functools.cache(journal.root_of)
        self._padded: set[tuple[int, str]] = set()
        self.pads: dict[str, Pad] = {}
        self.unfilled: dict[int, Pad] = {}

    def transaction(self, one: Transaction) -> Iterator[Settled | Skipped | Problem]:
        try:
            completed = self._completed(one)
            made = self._in_money(one, completed)
        except _Unsettled as unsettled:
            line, cell, reason, text = unsettled.facts
            yield Problem(line, cell, reason, text, cells=one.cells)
            return
        self._book(one, completed)
        if any(leg.root.own for leg in made.legs):
            yield made
        else:
            yield Skipped(one.line, _why_nothing(one, made), cells=one.cells)

    def check(self, one: Check) -> Iterator[Settled | Holding | Skipped]:
        unit, cells = one.amount.unit, {"balance": one.text}
        below_it = [name for name in self._accounts if below(name, one.account)]
        pad = self.pads.get(one.account)
        if pad is not None and (pad.line, unit) not in self._padded:
            self._padded.add((pad.line, unit))
            missing = one.amount.number - sum((self._held.of(name, unit) for name in below_it), Fraction())
            if missing:
                self.unfilled.pop(pad.line, None)
                yield from self._filled(pad, Amount(missing, unit))
        root = self._root_of(one.account)
        if root is None or not root.own:
            yield Skipped(one.line, "no_own_account", cells=cells)
        elif not is_money(unit) or in_minor(one.amount).denominator != 1:
            yield Skipped(one.line, "balance_of_goods", cells=cells)
        elif any(name != one.account for name in below_it):
            yield Skipped(one.line, "balance_of_several", cells=cells)
        else:
            day = (one.on - timedelta(days=1)).toordinal()
            yield Holding(one.account, root, one.line, day, int(in_minor(one.amount)), unit)

    def _filled(self, pad: Pad, missing: Amount) -> Iterator[Settled]:
        legs = (Posting(pad.line, pad.account, missing), Posting(pad.line, pad.source, -missing))
        filled = Transaction(pad.line, pad.on, legs, flag="P", narration="pad", cells={"pad": pad.text})
        for made in self.transaction(filled):
            if isinstance(made, Settled):
                yield made

    def last_targets(self) -> Iterator[Holding]:
        """Of the balances that postings state, the last of each account and day."""
        yield from self._targets.values()

    def _completed(self, one: Transaction) -> list[Posting]:
        """The postings with their units, and with the weight that balances them."""
        postings = [self._assigned(posting) for posting in one.postings]
        found: list[Posting] = [posting for posting in postings if posting.virtual == "(" and posting.units]
        for virtual in ("", "["):
            group = [posting for posting in postings if posting.virtual == virtual]
            if group:
                found += self._balanced(one, group)
        return found

    def _assigned(self, posting: Posting) -> Posting:
        """A posting that states only what its account then holds moves what is missing."""
        if posting.units is not None or posting.target is None:
            return posting
        now = self._held.of(posting.account, posting.target.unit)
        return dataclasses.replace(posting, units=Amount(posting.target.number - now, posting.target.unit))

    def _balanced(self, one: Transaction, group: Sequence[Posting]) -> list[Posting]:
        weighed = [self._weighed(posting) for posting in group]
        for choice in range(max((len(posting.weights) for posting in weighed), default=0) or 1):
            chosen = [choose(posting, choice) for posting in weighed]
            filled = filled_up(chosen)
            if filled is not None:
                return filled
        if sum(posting.units is None or posting.at_cost for posting in weighed) > 1:
            raise _Unsettled(one.line, "amount", "amount_missing")
        raise _Unsettled(one.line, "amount", "unbalanced", _said(residual(weighed)))

    def _weighed(self, posting: Posting) -> Posting:
        """Goods that leave at a cost nobody states cost what such goods there cost on average."""
        if not posting.at_cost or posting.units is None:
            return posting
        place = posting.account, posting.units.unit
        held, paid = self._held.of(*place), self._paid[place]
        if len(paid) != 1 or not held or held * posting.units.number > 0:
            return dataclasses.replace(posting, at_cost=not posting.weights)
        ((unit, cost),) = paid.items()
        average = Amount(posting.units.number * cost / held, unit)
        return dataclasses.replace(posting, weights=(average, *posting.weights), at_cost=False)

    def _book(self, one: Transaction, completed: Iterable[Posting]) -> None:
        for posting in completed:
            units = posting.units
            if units is None:
                continue
            place = posting.account, units.unit
            self._held.add(place, units.number)
            for weight in posting.weights[:1]:
                paid = self._paid[place]
                paid[weight.unit] = paid.get(weight.unit, Fraction()) + weight.number
                if not self._held.of(*place):
                    paid.clear()
            root, target = self._root_of(posting.account), posting.target
            if target is not None and root is not None and root.own and is_money(target.unit):
                minor, day = in_minor(target), one.on.toordinal()
                if minor.denominator == 1:
                    stated = Holding(posting.account, root, posting.line, day, int(minor), target.unit)
                    self._targets[posting.account, target.unit, day] = stated
            elif root is not None and root.own:
                self._targets.pop((posting.account, units.unit, one.on.toordinal()), None)

    def _in_money(self, one: Transaction, completed: Sequence[Posting]) -> Settled:
        priced = any(posting.weights for posting in completed)
        same = not priced or not any(sums(p.units for p in completed if p.virtual != "(").values())
        legs: list[Leg] = []
        derived: list[int] = []
        for posting in completed:
            root = self._root_of(posting.account)
            value, weighed = _value(posting, root, same=same)
            if value is None:
                continue
            if root is None:
                if posting.virtual:  # an envelope, a budget: no money of its own
                    continue
                raise _Unsettled(posting.line, "account", "account_unknown", posting.account)
            whole = whole_minor(value)
            minor = round(in_minor(value)) if whole is None else whole
            if (whole is None and not weighed) or _too_much(value, whole):
                raise _Unsettled(posting.line, "amount", "amount_unreadable", _said({value.unit: value.number}))
            if weighed:
                derived.append(len(legs))
            legs.append(Leg(posting.account, root, minor, value.unit, loose=posting.virtual == "("))
        return _evened(one, legs, derived)


def _too_much(value: Amount, whole: int | None) -> bool:
    return bool((abs(in_minor(value)) if whole is None else abs(whole)) > MAX_MINOR)


class _Held:
    """What each account holds of each unit, added up only when somebody asks: most journals never do."""

    def __init__(self) -> None:
        self._sums: defaultdict[tuple[str, str], Fraction] = defaultdict(Fraction)
        self._moves: defaultdict[tuple[str, str], list[Fraction]] = defaultdict(list)

    def add(self, place: tuple[str, str], number: Fraction) -> None:
        self._moves[place].append(number)

    def of(self, account: str, unit: str) -> Fraction:
        place = account, unit
        moves = self._moves.pop(place, None)
        if moves:
            self._sums[place] += sum(moves)
        return self._sums[place]


def _postings(event: Event) -> Iterator[Posting]:
    if isinstance(event, Transaction):
        yield from event.postings
    elif isinstance(event, Pad):
        yield Posting(event.line, event.account, None)


def _value(posting: Posting, root: Root | None, *, same: bool) -> tuple[Amount | None, bool]:
    """What the posting is in money, and whether it is so by its weight; None: it is no money."""
    units = posting.units
    weight = posting.weights[0] if posting.weights and is_money(posting.weights[0].unit) else None
    if units is not None and is_money(units.unit) and (same or weight is None or (root is not None and root.own)):
        return units, False
    return weight, weight is not None


def _evened(one: Transaction, legs: list[Leg], derived: Sequence[int]) -> Settled:
    """What rounding left goes to the last leg that was weighed; the rest of a currency was exchanged."""
    sums: defaultdict[str, int] = defaultdict(int)
    for leg in legs:
        if not leg.loose:
            sums[leg.currency] += leg.minor
    for at in reversed(derived):
        leg = legs[at]
        if sums[leg.currency] and abs(sums[leg.currency]) <= len(derived):
            legs[at] = dataclasses.replace(leg, minor=leg.minor - sums.pop(leg.currency))
    exchanged = {currency: minor for currency, minor in sums.items() if minor}
    return Settled(one, tuple(leg for leg in legs if leg.minor), exchanged)


def _why_nothing(one: Transaction, made: Settled) -> str:
    if one.postings and all(posting.virtual for posting in one.postings):
        return "virtual"
    return "no_own_account" if made.legs else "zero_amount" if _all_zero(one) else "not_money"


def _all_zero(one: Transaction) -> bool:
    return all(posting.units is None or not posting.units.number for posting in one.postings)


def _said(sums: Sums) -> str:
    return ", ".join(f"{float(number):g} {unit}" for unit, number in sums.items())
