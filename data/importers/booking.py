"""From read rows and an importer's decisions to a `Statement`: refunds linked, fees and inline refunds apart.

An original that states its own refund yields a `REFUND` line of its own, booked on the purchase's date, unless the
refund's rows are in the same file: then the rows are the truth and the figure makes nothing.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Collection, Hashable, Mapping, Sequence
from typing import NamedTuple

from data.importers.fingerprint import fee_identity, identity_of, inline_refund_identity
from data.importers.reading import folded
from data.importers.refunds import Purchase, link, refund_keys, wanted_ids
from data.importers.rows import CURRENCY, CellRows, Layout, Raw, Sheet
from data.importers.statement import AccountHint, Direction, Kind, Lines, Problem, Skipped, Statement
from data.importers.table import Table
from data.importers.totals import computed_totals, stated_totals
from data.importers.verdicts import NEVER_PAID, Booked, Passed, Unclear, Verdict


def nothing(_: Raw) -> int:
    """The fee or inline refund of a format that has none."""
    return 0


def words_of(row: Raw) -> tuple[Hashable, ...]:
    """Every word by which a wallet says what a row is, and whether it moves anything."""
    return (row.direction, row.status, row.category, row.method, row.payee, row.description, row.minor == 0)


@dataclasses.dataclass(frozen=True, slots=True)
class Rules:
    """What one format decides about its rows.

    decide: what a row is. stated_refund: minor units the row says were refunded of it. fee: minor units of a fee the
    row contains; fee_within: the amount column includes it. ids_tell: see `refunds.link`. looks_at: everything of a row
    that `decide` goes by, so that rows equal in it are decided once.
    """

    decide: Callable[[Raw], Verdict]
    looks_at: Callable[[Raw], Hashable]
    stated_refund: Callable[[Raw], int] = nothing
    fee: Callable[[Raw], int] = nothing
    fee_within: bool = True
    ids_tell: bool = True


def statement_of(table: Table, layout: Layout, sheet: Sheet, rules: Rules) -> Statement:
    """The statement of one table."""
    verdicts = _verdicts(sheet.rows, rules)
    links = _links(sheet.rows, verdicts, rules)
    book = _Book(layout, rules, links, {purchase.row.line for purchase in links.values()})
    made: list[_Made] = []
    skipped: list[Skipped] = []
    problems = list(sheet.problems)
    for row, verdict in zip(sheet.rows, verdicts, strict=True):
        if isinstance(verdict, Unclear):
            text = row.cell(folded(verdict.column)) or ""
            problems.append(Problem(row.line, verdict.column, "status_unknown", text, table.sheet, row.cells))
        elif isinstance(verdict, Passed) or not book.counts(row, verdict):
            reason = verdict.reason if isinstance(verdict, Passed) else NEVER_PAID.reason
            skipped.append(Skipped(row.line, reason, table.sheet, row.cells))
        else:
            made += book.lines(row, verdict)
    return Statement(
        layout.format,
        table.encoding,
        _columns(made, sheet.header.names, table.sheet),
        tuple(skipped),
        tuple(sorted(problems, key=lambda problem: problem.line)),
        stated_totals(sheet.around, CURRENCY),
        computed_totals(((row.direction, row.minor) for row in sheet.rows), CURRENCY),
        header_row=sheet.header.line,
        file=table.file,
    )


_MOST_KNOWN = 50_000  # different rows whose verdict is remembered


def _verdicts(rows: Sequence[Raw], rules: Rules) -> list[Verdict]:
    known: dict[Hashable, Verdict] = {}
    verdicts = []
    for row in rows:
        seen = rules.looks_at(row)
        verdict = known.get(seen)
        if verdict is None:
            verdict = rules.decide(row)
            if len(known) < _MOST_KNOWN:
                known[seen] = verdict
        verdicts.append(verdict)
    return verdicts


def _links(rows: Sequence[Raw], verdicts: Sequence[Verdict], rules: Rules) -> dict[int, Purchase]:
    """Refund line → purchase. Transfers take part only where they say themselves that they came back."""
    booked = [(row, verdict) for row, verdict in zip(rows, verdicts, strict=True) if isinstance(verdict, Booked)]
    refunds = [row for row, verdict in booked if verdict.kind is Kind.REFUND]
    if not refunds:
        return {}
    ids = wanted_ids(refunds)
    purchases = [
        Purchase(row, verdict, stated)
        for row, verdict in booked
        if verdict.direction is Direction.OUT
        and ((stated := rules.stated_refund(row)) or verdict.kind is Kind.EXPENSE)
        and (stated or row.order_id in ids or row.merchant_order_id in ids)
    ]
    return link(refunds, purchases, ids_tell=rules.ids_tell)


@dataclasses.dataclass(frozen=True, slots=True)
class _Book:
    """What the lines of one table share; `refunded`: lines of purchases whose refund rows are in the file."""

    layout: Layout
    rules: Rules
    links: Mapping[int, Purchase]
    refunded: Collection[int]

    def counts(self, row: Raw, booked: Booked) -> bool:
        """Whether a row that needs a refund to prove its payment has one, in the file or by its own word."""
        return not booked.if_refunded or row.line in self.refunded or self.rules.stated_refund(row) > 0

    def lines(self, row: Raw, booked: Booked) -> list[_Made]:
        """The row's own line, then its fee, then the refund it states about itself."""
        ids = row.order_id, row.merchant_order_id
        identity = identity_of(
            self.layout.source, row.stamp, row.minor, *ids, row.payee, refund=booked.kind is Kind.REFUND
        )
        fee = self.rules.fee(row)
        paid = row.minor - fee if self.rules.fee_within else row.minor
        if booked.kind is Kind.REFUND:
            lines = [self._returned(row, booked, identity, paid)]
        else:
            lines = [_Made(row, booked, identity, paid)]
        if fee:
            fees = Booked(Kind.FEE, Direction.OUT, booked.account)
            lines.append(_Made(row, fees, fee_identity(identity), fee, part=1))
        stated = self.rules.stated_refund(row) if booked.direction is Direction.OUT else 0
        if stated and row.line not in self.refunded:
            back, own = _back(booked, booked.account), inline_refund_identity(identity)
            lines.append(_Made(row, back, own, stated, part=len(lines), refund_of=identity))
        return lines

    def _returned(self, row: Raw, booked: Booked, identity: tuple[str, ...], minor: int) -> _Made:
        keys = refund_keys(row)
        purchase = self.links.get(row.line)
        if purchase is None:
            return _Made(row, booked, identity, minor, refund_keys=keys)
        back = _back(purchase.booked, booked.account)
        of = purchase.row
        ids = of.order_id, of.merchant_order_id
        original = identity_of(self.layout.source, of.stamp, of.minor, *ids, of.payee, refund=False)
        return _Made(row, back, identity, minor, refund_of=original, refund_keys=keys)


class _Made(NamedTuple):
    """A line to be: the row it comes from, and what was decided about it."""

    row: Raw
    booked: Booked
    identity: tuple[str, ...]
    minor: int
    part: int = 0
    refund_of: tuple[str, ...] | None = None
    refund_keys: tuple[str, ...] = ()


def _columns(made: Sequence[_Made], names: tuple[str, ...], sheet: str) -> Lines:
    rows, booked = [one.row for one in made], [one.booked for one in made]
    same = len(made)
    return Lines(
        line=[row.line for row in rows],
        kind=[one.kind for one in booked],
        direction=[one.direction for one in booked],
        minor=[one.minor for one in made],
        currency=[CURRENCY] * same,
        occurred_at=[row.when for row in rows],
        booked_on=[row.when.date() for row in rows],
        account=[one.account for one in booked],
        identity=[one.identity for one in made],
        part=[one.part for one in made],
        sheet=[sheet] * same,
        counter=[one.counter for one in booked],
        payee=[row.payee for row in rows],
        description=[row.description for row in rows],
        method=[row.method for row in rows],
        status=[row.status for row in rows],
        order_id=[row.order_id for row in rows],
        merchant_order_id=[row.merchant_order_id for row in rows],
        refund_of=[one.refund_of for one in made],
        refund_keys=[one.refund_keys for one in made],
        source_category=[row.category for row in rows],
        mcc=[""] * same,
        note=[row.note for row in rows],
        stated_direction=[row.direction for row in rows],
        cells=CellRows(names, [row.texts for row in rows]),
    )


def _back(original: Booked, account: AccountHint) -> Booked:
    """How the return of an original is booked: of a transfer a transfer back, of anything else a refund."""
    kind = Kind.TRANSFER if original.kind is Kind.TRANSFER else Kind.REFUND
    return Booked(kind, Direction.IN, account, original.counter)
