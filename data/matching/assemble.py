"""From parsed files and what is known to the preview: duplicates found, categories chosen, refunds linked.

Pure. A line is a duplicate when a line with its identity and its place among its twins is booked already, or stands
in an earlier file of the same drop (one bill as CSV and as a sheet).
"""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any
from uuid import UUID

from data.categories.categorise import Book
from data.categories.facts import facts_of
from data.categories.learning import Guess, Learner, sort_out
from data.categories.text import normalise_payee
from data.importers.statement import AccountHint, Kind, Lines
from data.ledger.importing import utc
from data.matching.known import Drop, Known, Mark, fingerprint
from data.matching.linking import LINKED, Bought, Link, Returned, Shelf, Target
from data.matching.preview import IMPORTED, IN_DROP, NEW, STATED, Preview, token_of

INLINE = "inline_refund"
REFUND_REASON = "refund"


def is_inline(identity: Sequence[str]) -> bool:
    """Whether a line with this identity is the refund that a purchase states about itself."""
    return identity[-1:] == (INLINE,)


def assemble(files: Drop, known: Known, book: Book, learner: Learner | None = None) -> Preview:
    """What importing these files would do, given what is known. learner: what the person's corrections teach."""
    lines = files.lines
    drop = _Lines(files, list(files.marks), known, *_duplicates(files, known))
    minor = list(lines.minor)
    links = _Linking(drop, minor)
    links.run()
    category, reason, evidence, guess = _sorted(files, book, learner)
    for row, link in links.found.items():
        taken = drop.category_of(link.target, category) if link.note == LINKED else None
        if taken and lines.kind[row] is Kind.REFUND:
            category[row], reason[row], evidence[row], guess[row] = taken, REFUND_REASON, "", None
    keys = {payee: normalise_payee(payee) for payee in set(lines.payee)}
    return Preview(
        drop=files,
        marks=drop.marks,
        kind=list(lines.kind),
        minor=minor,
        category=category,
        reason=reason,
        evidence=evidence,
        guess=guess,
        account=[account.key for account in lines.account],
        counter=[counter.key if counter else None for counter in lines.counter],
        payee_key=[keys[payee] for payee in lines.payee],
        duplicate=drop.fate,
        target=[_applied(links.found.get(row)) for row in range(len(lines))],
        suggestion=[_offered(links.found.get(row)) for row in range(len(lines))],
        refund_note=[links.found[row].note if row in links.found else "" for row in range(len(lines))],
        said=_said(files, drop.fate, book),
        backlinks=links.backlinks,
        hints=_hints(lines),
        known=known,
        book=book,
        learner=learner,
        token=token_of(files),
    )


def _sorted(
    files: Drop, book: Book, learner: Learner | None
) -> tuple[list[str | None], list[str], list[str], list[Guess | None]]:
    """Category, reason, evidence and guess of every line; what is the same in all that counts is asked once."""
    which, rows = _distinct(files, book, learner)
    verdicts = sort_out([facts_of(files.lines[row], _format(files, row)) for row in rows], book, learner)
    category = [one.verdict.category if one else None for one in verdicts]
    reason = [one.verdict.reason.value if one else "" for one in verdicts]
    evidence = [one.verdict.evidence if one else "" for one in verdicts]
    guess = [one.guess if one else None for one in verdicts]
    return (
        [category[at] for at in which],
        [reason[at] for at in which],
        [evidence[at] for at in which],
        [guess[at] for at in which],
    )


def _format(files: Drop, row: int) -> str:
    return files.statements[files.file[row]].format


def _distinct(files: Drop, book: Book, learner: Learner | None) -> tuple[list[int], list[int]]:
    """For each line which of the different ones it is, and of each of those the first line."""
    lines = files.lines
    columns: list[Iterable[Any]] = [
        lines.payee,
        lines.description,
        lines.kind,
        lines.direction,
        lines.method,
        (account.key for account in lines.account),
        lines.source_category,
        lines.mcc,
        files.file,
    ]
    if book.asks_when_or_how_much:
        columns += [lines.minor, lines.currency, lines.booked_on]
    elif learner is not None and learner.asks_how_much:
        columns.append(map(int.bit_length, lines.minor))
    place: dict[tuple[Any, ...], int] = {}
    which, rows = list[int](), list[int]()
    for row, looked_at in enumerate(zip(*columns, strict=True)):
        at = place.setdefault(looked_at, len(place))
        if at == len(rows):
            rows.append(row)
        which.append(at)
    return which, rows


_RETURNABLE = frozenset({Kind.EXPENSE, Kind.TRANSFER})


def _applied(link: Link | None) -> Target | None:
    return link.target if link and link.note == LINKED else None


def _offered(link: Link | None) -> Target | None:
    return link.target if link and link.note != LINKED else None


def _hints(lines: Lines) -> dict[str, AccountHint]:
    found: dict[str, AccountHint] = {}
    for account, counter in zip(lines.account, lines.counter, strict=True):
        if account.key not in found:
            found[account.key] = account
        if counter is not None and counter.key not in found:
            found[counter.key] = counter
    return found


def _duplicates(files: Drop, known: Known) -> tuple[list[str], dict[Mark, int]]:
    """What is new, and the row that stands for each mark."""
    first = dict(zip(files.marks, range(len(files.marks)), strict=True))
    if len(first) == len(files.marks):
        return [IMPORTED if mark in known.booked else NEW for mark in files.marks], first
    first.clear()
    fate = []
    for row, mark in enumerate(files.marks):
        stands = first.setdefault(mark, row)
        if mark in known.booked:
            fate.append(IMPORTED)
        else:
            fate.append(NEW if files.file[stands] == files.file[row] else IN_DROP)
    return fate, first


def _said(files: Drop, fate: Sequence[str], book: Book) -> dict[int, dict[str, Any]]:
    """What the person's rules say about new lines besides the category, by line."""
    if not book.says_more:
        return {}
    said = (
        (row, book.said_about(facts_of(line, _format(files, row)), noted=bool(line.note)))
        for row, line in enumerate(files.lines)
        if fate[row] == NEW
    )
    return {row: one for row, one in said if one}


@dataclasses.dataclass(slots=True)
class _Lines:
    """The lines with what is known of each. `fate` and `marks` change while refunds are linked."""

    drop: Drop
    marks: list[Mark]
    known: Known
    fate: list[str]
    first: dict[Mark, int]

    @property
    def lines(self) -> Lines:
        """Every line of the drop."""
        return self.drop.lines

    def target_of(self, mark: Mark) -> Target | None:
        """The booked entry or the row that stands for a mark."""
        return self.known.booked.get(mark) or self.first.get(mark)

    def originals(self, row: int) -> tuple[Target, ...]:
        """What the line's own file names as its purchase: the twin in the same place first."""
        named = self.lines.refund_of[row]
        if named is None:
            return ()
        print_ = fingerprint(named)
        place = self.marks[row][1] if is_inline(self.lines.identity[row]) else 0
        found: list[Target] = []
        ordinal = 0
        while (target := self.target_of((print_, ordinal))) is not None:
            found.append(target)
            ordinal += 1
        return tuple(found[place:] + found[:place])

    def category_of(self, target: Target | None, category: Sequence[str | None]) -> str | None:
        """The category of a purchase in the drop or in the ledger."""
        if isinstance(target, UUID):
            purchase = self.known.purchases.get(target)
            return purchase.category if purchase else None
        return None if target is None else category[target]


class _Linking:
    """Links every refund of the drop, and the booked refunds whose purchase the drop brings."""

    def __init__(self, drop: _Lines, minor: list[int]) -> None:
        self._drop = drop
        self._minor = minor
        self._shelf = Shelf()
        self._by_rows: defaultdict[Target, int] = defaultdict(int)  # refunded by rows of their own in this drop
        self.found: dict[int, Link] = {}
        self.backlinks: dict[UUID, int] = {}

    def run(self) -> None:
        """Oldest first, so that partial refunds use up a purchase in their order; what purchases state comes last."""
        drop, lines = self._drop, self._drop.lines
        returned = zip(lines.kind, lines.refund_of, strict=True)
        rows = [row for row, (kind, named) in enumerate(returned) if kind is Kind.REFUND or named]
        if not rows and not drop.known.open_refunds:
            return
        self._stock(rows)
        rows.sort(key=lambda row: (lines.occurred_at[row], row))
        named = self._named(rows) if drop.known.open_refunds else {}
        for open_ in drop.known.open_refunds:
            originals = named.get(open_.counts, ())
            wanted = Returned(open_.occurred_at, open_.currency, open_.minor, open_.payee_key, originals, open_.keys)
            link = self._shelf.link(wanted)
            if link.note == LINKED and isinstance(link.target, int):
                self.backlinks[open_.entry] = link.target
                self._took(link.target, open_.minor)
        inline = {row for row in rows if is_inline(lines.identity[row])}
        for row in rows:
            if row not in inline and drop.fate[row] == NEW:
                self._row(row)
        for row in rows:
            if row in inline:
                self._stated(row)

    def _named(self, rows: Sequence[int]) -> dict[UUID, tuple[Target, ...]]:
        """Of refunds that are booked already, the purchases that these files name: they may come again after an undo.

        What a purchase stated about itself may have been booked bit by bit, as it grew.
        """
        drop = self._drop
        grown: defaultdict[str, list[UUID]] = defaultdict(list)
        inline = {drop.marks[row][0] for row in rows if is_inline(drop.lines.identity[row])}
        for (print_, _), entry in drop.known.booked.items() if inline else ():
            if print_ in inline:
                grown[print_].append(entry)
        named: dict[UUID, tuple[Target, ...]] = {}
        for row in rows:
            booked = drop.known.booked.get(drop.marks[row])
            for entry in grown[drop.marks[row][0]]:
                named.setdefault(entry, drop.originals(row))
            if booked:
                named[booked] = drop.originals(row)
        return named

    def _stock(self, refunds: Sequence[int]) -> None:
        drop = self._drop
        ids: defaultdict[UUID, list[str]] = defaultdict(list)
        for key, entries in drop.known.by_id.items():
            for entry in entries:
                ids[entry].append(key)
        for p in drop.known.purchases.values():
            rest = p.paid - p.refunded
            self._shelf.put(Bought(p.entry, p.occurred_at, p.currency, p.payee_key, rest, p.stated), ids[p.entry])
        for row in self._asked_for(refunds):
            line = drop.lines[row]
            bought = Bought(row, utc(line), line.amount.currency, "", line.amount.minor)
            if line.kind is Kind.EXPENSE:
                bought.payee_key = normalise_payee(line.payee)
                self._shelf.put(bought, (line.order_id, line.merchant_order_id))
            else:  # a returned transfer is found only by what its own file names
                self._shelf.put(bought)

    def _asked_for(self, refunds: Sequence[int]) -> Iterator[int]:
        """The new purchases and transfers that one of the refunds can reach: by its file's word, an id, the payee."""
        drop, lines = self._drop, self._drop.lines
        named = {target for row in refunds for target in drop.originals(row)}
        keys = {key for row in refunds for key in lines.refund_keys[row]} - {""}
        keys.update(key for one in drop.known.open_refunds for key in one.keys)
        payees = {normalise_payee(lines.payee[row]) for row in refunds} - {""}
        payees.update(one.payee_key for one in drop.known.open_refunds)
        sought = {payee for payee in set(lines.payee) if normalise_payee(payee) in payees}
        rows = zip(lines.kind, lines.refund_of, lines.payee, lines.order_id, lines.merchant_order_id, strict=True)
        for row, (kind, of, payee, order_id, merchant_order_id) in enumerate(rows):
            if of is not None or kind not in _RETURNABLE or drop.fate[row] != NEW:
                continue
            if row in named or payee in sought or order_id in keys or merchant_order_id in keys:
                yield row

    def _row(self, row: int) -> None:
        line = self._drop.lines[row]
        returned = Returned(
            utc(line),
            line.amount.currency,
            line.amount.minor,
            normalise_payee(line.payee),
            self._drop.originals(row),
            line.refund_keys,
        )
        link = self._shelf.link(returned)
        if link.note == LINKED and link.target is not None:
            bought = self._shelf.bought[link.target]
            if bought.stated >= line.amount.minor:
                bought.stated -= line.amount.minor
                self._drop.fate[row] = STATED
                return
            self._took(link.target, line.amount.minor)
        if link.note:
            self.found[row] = link

    def _took(self, target: Target, minor: int) -> None:
        self._shelf.take(target, minor)
        self._by_rows[target] += minor

    def _stated(self, row: int) -> None:
        """A figure that a purchase states is the sum of all its refunds so far: only what is not known yet counts."""
        drop, line = self._drop, self._drop.lines[row]
        target = next(iter(drop.originals(row)), None)
        if target is None or drop.fate[row] == IN_DROP:
            return
        purchase = drop.known.purchases.get(target) if isinstance(target, UUID) else None
        if drop.fate[row] == IMPORTED and purchase is None and not self._by_rows[target]:
            return
        before = purchase.refunded if purchase else 0
        due = line.amount.minor - before - self._by_rows[target]
        bought = self._shelf.bought.get(target)
        if due <= 0 or (bought and due > bought.rest):
            drop.fate[row] = drop.fate[row] or STATED
            return
        if drop.fate[row] == IMPORTED:
            drop.fate[row] = NEW
            drop.marks[row] = self._free(drop.marks[row])
        self._minor[row] = due
        self._shelf.take(target, due)
        self.found[row] = Link(target, LINKED)

    def _free(self, mark: Mark) -> Mark:
        """The next place among the twins: the statement's figure has grown since it was booked."""
        print_, ordinal = mark
        while (print_, ordinal) in self._drop.known.booked or (print_, ordinal) in self._drop.first:
            ordinal += 1
        self._drop.first[print_, ordinal] = -1
        return print_, ordinal
