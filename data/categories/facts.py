"""What categorising and rules may know about one row, wherever it comes from: an import, the store, the demo."""

from __future__ import annotations

import dataclasses
from datetime import date

from data.importers.statement import Direction, Kind, Line
from data.money import Money


@dataclasses.dataclass(frozen=True, slots=True)
class Facts:
    """One row. `amount` counts by its size, whatever its sign; `account_key` is `AccountHint.key`.

    source: the statement's format. source_category: the source's own word, verbatim. mcc: ISO 18245, four digits or "".
    direction and booked_on: None when not known; a rule that asks for them then does not apply.
    """

    payee: str
    description: str
    kind: Kind
    amount: Money
    method: str = ""
    account_key: str = ""
    source: str = ""
    source_category: str = ""
    mcc: str = ""
    direction: Direction | None = None
    booked_on: date | None = None


def facts_of(line: Line, source: str = "") -> Facts:
    """The facts of a parsed statement line; `source` is the statement's format."""
    return Facts(
        payee=line.payee,
        description=line.description,
        kind=line.kind,
        amount=line.amount,
        method=line.method,
        account_key=line.account.key,
        source=source,
        source_category=line.source_category,
        mcc=line.mcc,
        direction=line.direction,
        booked_on=line.booked_on,
    )
