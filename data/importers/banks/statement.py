"""From a bank's table to its statement: each movement a line on its card, the file's own sums beside ours.

The identity of a line is its card, day, amount, direction and the balance after it, which no other row shares; where
the bank states no balance, its own number or its words. So other forms of the file and later downloads give equal ones.
"""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Sequence

from data.importers.banks.closings import closings_of
from data.importers.banks.footer import stated_sums
from data.importers.banks.payees import payee_of
from data.importers.banks.preamble import Preamble, preamble_of
from data.importers.banks.profile import Profile, find_header
from data.importers.banks.rows import Movement, Read, Unmoved, reader_of
from data.importers.banks.words import kind_of, other_side, silent_kind
from data.importers.methods import card
from data.importers.signed import by_direction
from data.importers.statement import AccountHint, FileRefused, Kind, Line, Problem, Skipped, Statement
from data.importers.table import Importer, Table

FAMILY = "bank"


def importer_of(profile: Profile) -> Importer:
    """The importer that a profile declares."""

    def recognises(table: Table) -> bool:
        return find_header(table, profile) is not None

    def parse(table: Table) -> Statement:
        return statement_of(table, profile)

    return Importer(profile.format, recognises, parse)


def statement_of(table: Table, profile: Profile) -> Statement:
    """The statement of a table of this bank.

    Raises:
        FileRefused: `no_header` for a table of another kind; `no_rows` when nothing follows the header.
    """
    header = find_header(table, profile)
    if header is None:
        raise FileRefused(table.file, "no_header")
    rows = table.rows[header.index + 1 :]
    if not rows:
        raise FileRefused(table.file, "no_rows", line=header.line)
    preamble = preamble_of(header.above, table.file, table.sheet)
    read = list(map(reader_of(table, header, profile, preamble), rows))
    book = _Book(profile, preamble, preamble.last4 or _only_card(read), table.sheet)
    lines = tuple(book.line(found) for found in read if isinstance(found, Movement))
    currency = lines[0].amount.currency if lines else profile.default_currency
    computed = by_direction(line for line in lines if line.amount.currency == currency)
    moved = [(book.account(one), one) for one in map(_balanced, read) if one]
    return Statement(
        profile.format,
        table.encoding,
        lines,
        skipped=tuple(skipped for found in read if (skipped := _skipped(found))),
        problems=tuple(found for found in read if isinstance(found, Problem)),
        stated=stated_sums(header, profile, rows, computed) if computed else None,
        computed=computed,
        closings=closings_of(moved),
        header_row=header.line,
        file=table.file,
    )


@dataclasses.dataclass(frozen=True, slots=True)
class _Book:
    """What the lines of one table share; last4: of the card of rows that name none."""

    profile: Profile
    preamble: Preamble
    last4: str
    sheet: str

    def account(self, movement: Movement) -> AccountHint:
        """The card that the row is on."""
        return _card(self.profile.bank, movement.card or self.last4, credit=self.profile.credit)

    def line(self, movement: Movement) -> Line:
        """The row as a line."""
        account, profile = self.account(movement), self.profile
        payee = payee_of(movement.parties, movement.note, movement.summary, profile.noise)
        kind, counter = self._kind(movement, payee.name)
        said = (movement.summary, *movement.parties, movement.note)
        return Line(
            line=movement.line,
            kind=kind,
            direction=movement.direction,
            amount=movement.amount,
            occurred_at=movement.at,
            booked_on=movement.at.date(),
            account=account,
            identity=_identity(account, movement),
            sheet=self.sheet,
            counter=counter if counter and counter.key != account.key else None,
            payee=payee.name,
            description=" ".join(dict.fromkeys(text for text in said if text and text != payee.name)),
            method=payee.wallet,
            stated_direction=movement.word,
            cells=movement.cells,
        )

    def _kind(self, movement: Movement, payee: str) -> tuple[Kind, AccountHint | None]:
        words = " ".join(filter(None, (movement.summary, *movement.parties, movement.note)))
        profile = self.profile
        kind = kind_of(words, movement.direction, credit=profile.credit, rules=profile.rules)
        if kind is Kind.TRANSFER:
            return kind, other_side(words)
        if kind is None and payee and payee == self.preamble.holder:
            return Kind.TRANSFER, None  # from or to an account in the holder's own name
        return kind or silent_kind(movement.direction, credit=profile.credit), None


@functools.lru_cache(maxsize=256)
def _card(bank: str, last4: str, *, credit: bool) -> AccountHint:
    return card(bank, last4, credit=credit)


def _identity(account: AccountHint, movement: Movement) -> tuple[str, ...]:
    amount, day = movement.amount, movement.at.date().isoformat()
    known = (FAMILY, account.key, day, str(amount.minor), amount.currency, movement.direction.value)
    if movement.balance is not None:
        return (*known, str(movement.balance.minor))
    return (*known, movement.serial, movement.summary, *movement.parties, movement.note)


def _balanced(found: Read) -> Movement | None:
    """The row if its balance may be the file's last: a movement, or one of nothing."""
    if isinstance(found, Unmoved):
        return found.movement
    return found if isinstance(found, Movement) else None


def _skipped(found: Read) -> Skipped | None:
    if isinstance(found, Unmoved):
        return found.skipped
    return found if isinstance(found, Skipped) else None


def _only_card(read: Sequence[Read]) -> str:
    """The card of a file in which all rows that name a card name the same one."""
    named = {found.card for found in read if isinstance(found, Movement) and found.card}
    return named.pop() if len(named) == 1 else ""
