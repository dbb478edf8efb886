"""From parsed files and what is known to the preview: duplicates found, categories chosen, refunds linked.

Pure. A line is a duplicate when a line with its identity and its place among its twins is booked already, or stands
in an earlier file of the same drop (one bill as CSV and as a sheet).
"""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from data.categories.categorise import Book
from data.categories.facts import facts_of
from data.categories.learning import Learner, sort_out
from data.categories.text import normalise_payee
from data.importers.statement import AccountHint, Kind, Line
from data.ledger.importing import utc
from data.matching.known import Drop, Known, Mark, fingerprint
from data.matching.linking import LINKED, Bought, Link, Returned, Shelf, Target
from data.matching.preview import IMPORTED, IN_DROP, NEW, STATED, Preview, token_of

INLINE = "inline_refund"
REFUND_REASON = "refund"


def is_inline(line: Line) -> bool:
    """Whether this is the refund that a purchase states about itself."""
    return line.identity[-1:] == (INLINE,)


def assemble(files: Drop, known: Known, book: Book, learner: Learner | None = None) -> Preview:
    """What importing these files would do, given what is known. learner: what the person's corrections teach."""
    lines, statements = files.lines, files.statements
    drop = _Lines(files, list(files.marks), known, *_duplicates(files, known))
    rows = [facts_of(line, statements[at].format) for line, at in zip(lines, files.file, strict=True)]
    verdicts = sort_out(rows, book, learner)
    minor = [line.amount.minor for line in lines]
    links = _Linking(drop, minor)
    links.run()
    category = [one.verdict.category if one else None for one in verdicts]
    reason = [one.verdict.reason.value if one else "" for one in verdicts]
    evidence = [one.verdict.evidence if one else "" for one in verdicts]
    guess = [one.guess if one else None for one in verdicts]
    for row, link in links.found.items():
        taken = drop.category_of(link.target, category) if link.note == LINKED else None
        if taken and lines[row].kind is Kind.REFUND:
            category[row], reason[row], evidence[row], guess[row] = taken, REFUND_REASON, "", None
    return Preview(
        drop=files,
        marks=drop.marks,
        kind=[line.kind for line in lines],
        minor=minor,
        category=category,
        reason=reason,
        evidence=evidence,
        guess=guess,
        account=[line.account.key for line in lines],
        counter=[line.counter.key if line.counter else None for line in lines],
        payee_key=[normalise_payee(line.payee) for line in lines],
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


def _applied(link: Link | None) -> Target | None:
    return link.target if link and link.note == LINKED else None


def _offered(link: Link | None) -> Target | None:
    return link.target if link and link.note != LINKED else None


def _hints(lines: Sequence[Line]) -> dict[str, AccountHint]:
    found: dict[str, AccountHint] = {}
    for line in lines:
        found.setdefault(line.account.key, line.account)
        if line.counter:
            found.setdefault(line.counter.key, line.counter)
    return found


def _duplicates(files: Drop, known: Known) -> tuple[list[str], dict[Mark, int]]:
    """What is new, and the row that stands for each mark."""
    first: dict[Mark, int] = {}
    fate = []
    for row, mark in enumerate(files.marks):
        stands = first.setdefault(mark, row)
        if mark in known.booked:
            fate.append(IMPORTED)
        else:
            fate.append(NEW if files.file[stands] == files.file[row] else IN_DROP)
    return fate, first


def _said(files: Drop, fate: Sequence[str], book: Book) -> dict[int, dict[str, Any]]:
    """What the person's rules say besides the category; of several, the first alias and note count.

    `by` names the first rule that spoke.
    """
    if not any(r.action.payee or r.action.tags or r.action.exclude or r.action.note for r in book.rules):
        return {}
    said: dict[int, dict[str, Any]] = {}
    for row, (line, at) in enumerate(zip(files.lines, files.file, strict=True)):
        one: dict[str, Any] = {}
        for rule in book.applying(facts_of(line, files.statements[at].format)):
            act = rule.action
            if act.payee:
                one.setdefault("payee", {"name": act.payee, "key": normalise_payee(act.payee)})
            if act.tags:
                one["tags"] = list(dict.fromkeys([*one.get("tags", []), *act.tags]))
            if act.exclude:
                one["excluded"] = True
            if act.note and not line.note:
                one.setdefault("note", act.note)
            if one:
                one.setdefault("by", rule.id)
        if one and fate[row] == NEW:
            said[row] = one
    return said


@dataclasses.dataclass(slots=True)
class _Lines:
    """The lines with what is known of each. `fate` and `marks` change while refunds are linked."""

    drop: Drop
    marks: list[Mark]
    known: Known
    fate: list[str]
    first: dict[Mark, int]

    @property
    def lines(self) -> tuple[Line, ...]:
        """Every line of the drop."""
        return self.drop.lines

    def target_of(self, mark: Mark) -> Target | None:
        """The booked entry or the row that stands for a mark."""
        return self.known.booked.get(mark) or self.first.get(mark)

    def originals(self, row: int) -> tuple[Target, ...]:
        """What the line's own file names as its purchase: the twin in the same place first."""
        named = self.lines[row].refund_of
        if named is None:
            return ()
        print_ = fingerprint(named)
        place = self.marks[row][1] if is_inline(self.lines[row]) else 0
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
        rows = [r for r, line in enumerate(self._drop.lines) if line.kind is Kind.REFUND or line.refund_of]
        if not rows and not self._drop.known.open_refunds:
            return
        self._stock()
        rows.sort(key=lambda row: (self._drop.lines[row].occurred_at, row))
        named = self._named(rows) if self._drop.known.open_refunds else {}
        for open_ in self._drop.known.open_refunds:
            originals = named.get(open_.counts, ())
            returned = Returned(open_.occurred_at, open_.currency, open_.minor, open_.payee_key, originals, open_.keys)
            link = self._shelf.link(returned)
            if link.note == LINKED and isinstance(link.target, int):
                self.backlinks[open_.entry] = link.target
                self._took(link.target, open_.minor)
        for row in rows:
            if not is_inline(self._drop.lines[row]) and self._drop.fate[row] == NEW:
                self._row(row)
        for row in rows:
            if is_inline(self._drop.lines[row]):
                self._stated(row)

    def _named(self, rows: Sequence[int]) -> dict[UUID, tuple[Target, ...]]:
        """Of refunds that are booked already, the purchases that these files name: they may come again after an undo.

        What a purchase stated about itself may have been booked bit by bit, as it grew.
        """
        drop = self._drop
        grown: defaultdict[UUID, list[UUID]] = defaultdict(list)
        inline = {drop.marks[row][0] for row in rows if is_inline(drop.lines[row])}
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

    def _stock(self) -> None:
        drop = self._drop
        ids: defaultdict[UUID, list[str]] = defaultdict(list)
        for key, entries in drop.known.by_id.items():
            for entry in entries:
                ids[entry].append(key)
        for p in drop.known.purchases.values():
            rest = p.paid - p.refunded
            self._shelf.put(Bought(p.entry, p.occurred_at, p.currency, p.payee_key, rest, p.stated), ids[p.entry])
        for row, line in enumerate(drop.lines):
            if drop.fate[row] == NEW and line.refund_of is None and line.kind in {Kind.EXPENSE, Kind.TRANSFER}:
                bought = Bought(row, utc(line), line.amount.currency, "", line.amount.minor)
                if line.kind is Kind.EXPENSE:
                    bought.payee_key = normalise_payee(line.payee)
                    self._shelf.put(bought, (line.order_id, line.merchant_order_id))
                else:  # a returned transfer is found only by what its own file names
                    self._shelf.put(bought)

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
