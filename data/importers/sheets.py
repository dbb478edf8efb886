"""How the sheets of one workbook become one statement: a bill repeated on two sheets counts once."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Sequence

from data.errors import require
from data.importers.statement import Line, Skipped, Statement, Total, Totals

REPEATED = "on_other_sheet"


def merge_sheets(statements: Sequence[Statement]) -> Statement:
    """One statement of a workbook's recognised sheets (at least one, all of one format).

    Sheets with the same rows are the same bill: the one whose totals agree is kept, else the first. Otherwise the
    sheets follow one another, each line knowing its `sheet`; a row that an earlier sheet has already is skipped as
    `on_other_sheet`, so overlapping sheets count once and twins within a sheet stay two.
    """
    require(statements, "a workbook has at least one recognised sheet")
    distinct: list[Statement] = []
    for statement in statements:
        at = next((n for n, kept in enumerate(distinct) if _content(kept) == _content(statement)), None)
        if at is None:
            distinct.append(statement)
        elif statement.agrees and not distinct[at].agrees:
            distinct[at] = statement
    return distinct[0] if len(distinct) == 1 else _concatenated(distinct)


def _content(statement: Statement) -> Counter[tuple[object, ...]]:
    rows: Counter[tuple[object, ...]] = Counter(_of(line) for line in statement.lines)
    rows.update(tuple(sorted(skipped.cells.items())) for skipped in statement.skipped)
    rows.update(tuple(sorted(problem.cells.items())) for problem in statement.problems)
    return rows


def _of(line: Line) -> tuple[object, ...]:
    return (line.identity, line.part, line.kind, line.direction, line.amount.minor, line.status)


def _concatenated(statements: Sequence[Statement]) -> Statement:
    seen: Counter[tuple[str, ...]] = Counter()
    lines: list[Line] = []
    skipped: list[Skipped] = []
    for statement in statements:
        here: Counter[tuple[str, ...]] = Counter()
        repeated: dict[int, Skipped] = {}
        for line in statement.lines:
            here[line.identity] += 1
            if here[line.identity] > seen[line.identity]:
                lines.append(line)
            else:
                repeated[line.line] = Skipped(line.line, REPEATED, line.sheet, line.cells)
        seen |= here
        skipped.extend((*statement.skipped, *repeated.values()))
    return dataclasses.replace(
        statements[0],
        lines=tuple(lines),
        skipped=tuple(skipped),
        problems=tuple(problem for statement in statements for problem in statement.problems),
        stated=_sum([statement.stated for statement in statements]),
        computed=_sum([statement.computed for statement in statements]),
        closings=tuple(closing for statement in statements for closing in statement.closings),
    )


def _sum(parts: Sequence[Totals | None]) -> Totals | None:
    """The sum of what the sheets state, None as soon as one states nothing."""
    known = [part for part in parts if part is not None]
    if len(known) < len(parts):
        return None
    counts = [part.count for part in known if part.count is not None]
    return Totals(
        known[0].currency,
        sum(counts) if len(counts) == len(known) else None,
        _sum_sides([part.spent for part in known]),
        _sum_sides([part.received for part in known]),
        _sum_sides([part.neutral for part in known]),
    )


def _sum_sides(sides: Sequence[Total | None]) -> Total | None:
    known = [side for side in sides if side is not None]
    if len(known) < len(sides):
        return None
    return Total(sum(side.count for side in known), sum(side.minor for side in known))
