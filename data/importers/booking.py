"""From read rows and an importer's decisions to a `Statement`: refunds linked, fees and inline refunds apart.

An original that states its own refund yields a `REFUND` line of its own, booked on the purchase's date, unless the
refund's rows are in the same file: then the rows are the truth and the figure makes nothing.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Collection, Mapping, Sequence

from data.importers.fingerprint import fee_identity, identity_of, inline_refund_identity
from data.importers.reading import folded
from data.importers.refunds import Purchase, link, refund_keys, wanted_ids
from data.importers.rows import CURRENCY, Layout, Raw, Sheet
from data.importers.statement import AccountHint, Direction, Kind, Line, Problem, Skipped, Statement
from data.importers.table import Table
from data.importers.totals import computed_totals, stated_totals
from data.importers.verdicts import NEVER_PAID, Booked, Passed, Unclear, Verdict
from data.money import Money


def nothing(_: Raw) -> int:
    """The fee or inline refund of a format that has none."""
    return 0


@dataclasses.dataclass(frozen=True, slots=True)
class Rules:
    """What one format decides about its rows.

    decide: what a row is. stated_refund: minor units the row says were refunded of it. fee: minor units of a fee the
    row contains; fee_within: the amount column includes it. ids_tell: see `refunds.link`.
    """

    decide: Callable[[Raw], Verdict]
    stated_refund: Callable[[Raw], int] = nothing
    fee: Callable[[Raw], int] = nothing
    fee_within: bool = True
    ids_tell: bool = True


def statement_of(table: Table, layout: Layout, sheet: Sheet, rules: Rules) -> Statement:
    """The statement of one table."""
    verdicts = [rules.decide(row) for row in sheet.rows]
    links = _links(sheet.rows, verdicts, rules)
    book = _Book(layout, table.sheet, rules, links, {purchase.row.line for purchase in links.values()})
    lines: list[Line] = []
    skipped: list[Skipped] = []
    problems = list(sheet.problems)
    for row, verdict in zip(sheet.rows, verdicts, strict=True):
        if isinstance(verdict, Unclear):
            text = row.cells.get(folded(verdict.column), "")
            problems.append(Problem(row.line, verdict.column, "status_unknown", text, table.sheet, row.cells))
        elif isinstance(verdict, Passed) or not book.counts(row, verdict):
            reason = verdict.reason if isinstance(verdict, Passed) else NEVER_PAID.reason
            skipped.append(Skipped(row.line, reason, table.sheet, row.cells))
        else:
            lines.extend(book.lines(row, verdict))
    return Statement(
        layout.format,
        table.encoding,
        tuple(lines),
        tuple(skipped),
        tuple(sorted(problems, key=lambda problem: problem.line)),
        stated_totals(sheet.around, CURRENCY),
        computed_totals(((row.direction, row.minor) for row in sheet.rows), CURRENCY),
        header_row=sheet.header.line,
        file=table.file,
    )


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
    sheet: str
    rules: Rules
    links: Mapping[int, Purchase]
    refunded: Collection[int]

    def counts(self, row: Raw, booked: Booked) -> bool:
        """Whether a row that needs a refund to prove its payment has one, in the file or by its own word."""
        return not booked.if_refunded or row.line in self.refunded or self.rules.stated_refund(row) > 0

    def lines(self, row: Raw, booked: Booked) -> list[Line]:
        """The row's own line, then its fee, then the refund it states about itself."""
        identity = self._identity(row, refund=booked.kind is Kind.REFUND)
        fee = self.rules.fee(row)
        paid = row.minor - fee if self.rules.fee_within else row.minor
        if booked.kind is Kind.REFUND:
            lines = [self._returned(row, booked, identity, paid)]
        else:
            lines = [self._line(row, booked, identity, paid)]
        if fee:
            fees = Booked(Kind.FEE, Direction.OUT, booked.account)
            lines.append(self._line(row, fees, fee_identity(identity), fee, part=1))
        stated = self.rules.stated_refund(row) if booked.direction is Direction.OUT else 0
        if stated and row.line not in self.refunded:
            back, own = _back(booked, booked.account), inline_refund_identity(identity)
            lines.append(self._line(row, back, own, stated, part=len(lines), refund_of=identity))
        return lines

    def _returned(self, row: Raw, booked: Booked, identity: tuple[str, ...], minor: int) -> Line:
        keys = refund_keys(row)
        purchase = self.links.get(row.line)
        if purchase is None:
            return self._line(row, booked, identity, minor, refund_keys=keys)
        back = _back(purchase.booked, booked.account)
        original = self._identity(purchase.row, refund=False)
        return self._line(row, back, identity, minor, refund_of=original, refund_keys=keys)

    def _identity(self, row: Raw, *, refund: bool) -> tuple[str, ...]:
        ids = row.order_id, row.merchant_order_id
        return identity_of(self.layout.source, row.stamp, row.minor, *ids, row.payee, refund=refund)

    def _line(
        self,
        row: Raw,
        booked: Booked,
        identity: tuple[str, ...],
        minor: int,
        *,
        part: int = 0,
        refund_of: tuple[str, ...] | None = None,
        refund_keys: tuple[str, ...] = (),
    ) -> Line:
        return Line(
            line=row.line,
            kind=booked.kind,
            direction=booked.direction,
            amount=Money(minor, CURRENCY),
            occurred_at=row.when,
            booked_on=row.when.date(),
            account=booked.account,
            identity=identity,
            part=part,
            sheet=self.sheet,
            counter=booked.counter,
            payee=row.payee,
            description=row.description,
            method=row.method,
            status=row.status,
            order_id=row.order_id,
            merchant_order_id=row.merchant_order_id,
            refund_of=refund_of,
            refund_keys=refund_keys,
            source_category=row.category,
            note=row.note,
            stated_direction=row.direction,
            cells=row.cells,
        )


def _back(original: Booked, account: AccountHint) -> Booked:
    """How the return of an original is booked: of a transfer a transfer back, of anything else a refund."""
    kind = Kind.TRANSFER if original.kind is Kind.TRANSFER else Kind.REFUND
    return Booked(kind, Direction.IN, account, original.counter)
