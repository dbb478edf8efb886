"""What an import would do, as plain JSON values: the shape that automation and tests read."""

from __future__ import annotations

from typing import Any

from data.categories import categorise, facts_of
from data.importers.statement import Line, Statement, Total, Totals

Json = dict[str, Any]


def preview(statement: Statement) -> Json:
    """The statement as JSON values: rows with kind and category, skipped, problems, and the self-check.

    `amount_minor` is positive and `direction` has the sign; `refund_of` is the original's order id where the file
    proves the link; a linked refund has its original's category.
    """
    originals = {line.identity: line for line in reversed(statement.lines)}
    return {
        "format": statement.format,
        "encoding": statement.encoding,
        "rows": [_row(line, originals, statement.format) for line in statement.lines],
        "skipped": [{"line": row.line, "reason": row.reason} for row in statement.skipped],
        "problems": [{"line": row.line, "cell": row.cell, "reason": row.reason} for row in statement.problems],
        "stated_totals": _totals(statement.stated),
        "computed_totals": _totals(statement.computed),
        "agrees": statement.agrees,
    }


def _row(line: Line, originals: dict[tuple[str, ...], Line], source: str) -> Json:
    original = originals.get(line.refund_of) if line.refund_of else None
    verdict = categorise(facts_of(original or line, source))
    return {
        "line": line.line,
        "occurred_at": line.occurred_at.isoformat(),
        "booked_on": line.booked_on.isoformat(),
        "kind": line.kind.value,
        "amount_minor": line.amount.minor,
        "currency": line.amount.currency,
        "direction": line.direction.value,
        "payee": line.payee,
        "description": line.description,
        "method": line.method,
        "order_id": line.order_id,
        "merchant_order_id": line.merchant_order_id,
        "refund_of": (original.order_id or original.merchant_order_id or None) if original else None,
        "status": line.status,
        "category": verdict.category if verdict else None,
    }


def _totals(totals: Totals | None) -> Json | None:
    if totals is None:
        return None
    return {
        "currency": totals.currency,
        "count": totals.count,
        "spent": _total(totals.spent),
        "received": _total(totals.received),
        "neutral": _total(totals.neutral),
    }


def _total(total: Total | None) -> Json | None:
    return {"count": total.count, "minor": total.minor} if total else None
