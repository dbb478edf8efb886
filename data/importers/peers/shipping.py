"""What a shipped mapping is: a well-known table that a mapping alone can read, known by the names of its columns."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping as Pairs
from typing import Final

from data.importers.mapping import DateOrder, Doubt, Mapping, Role, header_cells
from data.importers.peers.record import comma_in, heading_of
from data.importers.statement import AccountHint, AccountKind
from data.importers.table import Table

_FIGURES: Final = (Role.AMOUNT, Role.DEBIT, Role.CREDIT)


@dataclasses.dataclass(frozen=True, slots=True)
class Shipped:
    """One table.

    columns: role → heading, all of which it has; also: headings that tell it from others; rest: roles of headings that
    it may lack. currency: "" where it depends. account: what it is in files that name none.
    """

    name: str
    columns: Pairs[Role, str]
    order: DateOrder
    also: tuple[str, ...] = ()
    rest: Pairs[Role, str] = dataclasses.field(default_factory=dict)
    currency: str = ""
    account: AccountKind | None = None
    flip_sign: bool = False

    def mapping(self, table: Table, currency: str, delimiter: str) -> Mapping | None:
        """How the table is read, or None when it is another one."""
        words = {role.value: (name,) for role, name in {**self.columns, **self.rest}.items()}
        words |= {f"also {name}": (name,) for name in self.also}
        needs = (*(role.value for role in self.columns), *(f"also {name}" for name in self.also))
        heading = heading_of(table, words, needs)
        if heading is None:
            return None
        own = AccountHint(f"{self.name}:account", "", self.account) if self.account else None
        known = self.currency or Role.CURRENCY in self.columns
        return Mapping(
            columns=tuple((Role(word), at) for word, at in heading.places.items() if not word.startswith("also ")),
            header=header_cells(table.rows[heading.at]),
            delimiter=delimiter,
            date_order=self.order,
            decimal_comma=comma_in(heading, table.rows[heading.at + 1 :][:200], _FIGURES),
            flip_sign=self.flip_sign,
            currency=self.currency or currency,
            account=own,
            doubts=() if known else (Doubt.CURRENCY,),
            source=self.name,
        )


def roles(text: str) -> dict[Role, str]:
    """`date=Posting Date; amount=Amount` as roles."""
    pairs = (pair.partition("=") for pair in text.split(";"))
    return {Role(role.strip()): name.strip() for role, _, name in pairs}
