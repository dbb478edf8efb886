"""A format of another program, declared: its columns, how it is known, and what its rows say.

Adding one is a module with a `Preset` and a function from a `Record` to what it tells, and its place in the registry.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from datetime import timezone
from pathlib import PurePath

from data.importers.balances import Stand, closings_of
from data.importers.instants import CHINA
from data.importers.mapping import DateOrder
from data.importers.peers.halves import Found, joined
from data.importers.peers.record import (
    Columns,
    Heading,
    Record,
    Style,
    Unreadable,
    comma_in,
    currency_named,
    heading_of,
    order_in,
    title_of,
)
from data.importers.peers.told import BALANCE, Closes, Part, Told
from data.importers.signed import by_direction
from data.importers.statement import AccountHint, AccountKind, Closing, FileRefused, Line, Problem, Skipped, Statement
from data.importers.table import Importer, Row, Table
from data.importers.verdicts import Passed, Unclear

_CREDIT = ("credit", "信用卡", "贷记卡", "花呗", "白条")

Answer = Told | Closes | Passed | Unclear
Read = Callable[[Record], Answer]


@dataclasses.dataclass(frozen=True, slots=True)
class Preset:
    """One format.

    columns: our word → what files call that column, the usual name first. needs: words whose columns make it this
    format; alone: a header with any other column is another format. marks: fewer columns that only this format has;
    title: text above the header that only it has; by these a file is known whose required columns are missing.
    figures: words of amounts, where files of different countries write them differently; days: likewise the word of
    the dates, and settle: what tells their order where the dates do not. order: of dates that are always written one
    way. prepare: what must be known of all rows before one can be read.
    """

    format: str
    columns: Columns
    needs: tuple[str, ...]
    read: Read | None = None
    prepare: Callable[[Sequence[Record]], Read] | None = None
    alone: bool = False
    marks: tuple[tuple[str, ...], ...] = ()
    title: str = ""
    required: tuple[str, ...] = ()
    figures: tuple[str, ...] = ()
    days: str = ""
    settle: Callable[[Sequence[Record]], DateOrder | None] | None = None
    order: DateOrder = DateOrder.YMD
    zone: timezone = CHINA
    currency: str = ""

    def recognises(self, table: Table) -> bool:
        """Whether the table's header is this format's."""
        return self._heading(table) is not None

    def parse(self, table: Table, currency: str = "CNY") -> Statement:
        """The table; `currency`: the person's own, for files that name none.

        Raises:
            FileRefused: `no_header`, `missing_column`, `no_rows`.
        """
        heading = self._heading(table)
        if heading is None:
            raise FileRefused(table.file, "no_header")
        for word in self.required or self.needs:
            if word not in heading.places:
                raise FileRefused(table.file, "missing_column", line=heading.line, detail=self.columns[word][0])
        rows = table.rows[heading.at + 1 :]
        if not rows:
            raise FileRefused(table.file, "no_rows", line=heading.line)
        return _Reading(self, table, heading, rows, self.currency or currency).statement()

    def importer(self) -> Importer:
        """The format as the registry of tables knows it."""
        return Importer(self.format, self.recognises, self.parse, self.parse)

    def account(self, label: str, kind: AccountKind | None = None) -> AccountHint:
        """The account that this program calls `label`; a credit card by its name where nothing else says so."""
        owed = any(word in label.casefold() for word in _CREDIT)
        guessed = AccountKind.LIABILITY if owed else AccountKind.ASSET
        return AccountHint(f"{self.format}:{label or 'account'}", label, kind or guessed)

    def _heading(self, table: Table) -> Heading | None:
        for needs in (self.needs, *self.marks):
            if found := heading_of(table, self.columns, needs, alone=self.alone):
                return found
        return heading_of(table, self.columns, ()) if self.title and title_of(table, self.title) else None


class _Reading:
    """One table on its way to a statement."""

    def __init__(self, preset: Preset, table: Table, heading: Heading, rows: Sequence[Row], currency: str) -> None:
        comma = comma_in(heading, rows, preset.figures)
        said = currency_named(heading, rows, preset.figures)
        style = Style(preset.order, comma, said or currency, preset.zone)
        order: DateOrder | None = preset.order
        if preset.days:
            order = order_in(heading, rows, preset.days)
            if order is None and preset.settle:
                order = preset.settle([Record(row, heading, style) for row in rows])
            style = dataclasses.replace(style, order=order or DateOrder.DMY)
        self._preset, self._table, self._heading, self._open = preset, table, heading, order is None
        self._records = [Record(row, heading, style) for row in rows]

    def statement(self) -> Statement:
        """Every row as a line, as skipped, or as a problem."""
        read = self._preset.prepare(self._records) if self._preset.prepare else self._preset.read
        answers = joined([self._answer(record, read) if read else Passed("") for record in self._records])
        lines: list[Line] = []
        skipped: list[Skipped] = []
        problems: list[Problem] = []
        if self._open:
            cell = self._heading.name(self._preset.days)
            problems.append(Problem(self._heading.line, cell, "date_order_ambiguous", sheet=self._table.sheet))
        for record, answer in zip(self._records, answers, strict=True):
            if isinstance(answer, Problem):
                problems.append(answer)
            elif isinstance(answer, Told):
                lines.extend(self._lines(record, answer))
            else:
                reason = BALANCE.reason if isinstance(answer, Closes) else answer.reason
                skipped.append(Skipped(record.row.line, reason, self._table.sheet, self._cells(record)))
        return Statement(
            self._preset.format,
            self._table.encoding,
            tuple(lines),
            tuple(skipped),
            tuple(problems),
            computed=by_direction(lines),
            closings=(*closings_of(_stands(answers)), *_stated(answers)),
            header_row=self._heading.line,
            file=self._table.file,
        )

    def _answer(self, record: Record, read: Read) -> Found:
        if self._cut(record):
            return self._problem(record, str(len(record.row.cells)), "truncated")
        try:
            answer = read(record)
        except Unreadable as found:
            return self._problem(record, self._heading.name(found.word), found.reason, found.text)
        if isinstance(answer, Unclear):
            name, text = self._heading.name(answer.column), record.text(answer.column)
            return self._problem(record, name, "status_unknown", text)
        if not isinstance(answer, Told):
            return answer
        moved = tuple(part for part in answer.parts if part.amount)
        return dataclasses.replace(answer, parts=moved) if moved else Passed("zero_amount")

    def _cut(self, record: Record) -> bool:
        """Whether the file breaks off in this row, perhaps within a figure: the last one alone is short."""
        width = len(self._heading.names)
        if record is not self._records[-1] or len(record.row.cells) >= width:
            return False
        return all(len(other.row.cells) >= width for other in self._records[:-1])

    def _problem(self, record: Record, cell: str, reason: str, text: str = "") -> Problem:
        return Problem(record.row.line, cell, reason, text[:100], self._table.sheet, self._cells(record))

    def _cells(self, record: Record) -> dict[str, str]:
        names, texts = self._heading.names, record.texts
        if len(texts) > len(names):
            names = (*names, *map(str, range(len(names) + 1, len(texts) + 1)))
        return dict(zip(names, texts, strict=False))

    def _lines(self, record: Record, told: Told) -> list[Line]:
        cells = self._cells(record)
        return [self._line(record, told, part, number, cells) for number, part in enumerate(told.parts)]

    def _line(self, record: Record, told: Told, part: Part, number: int, cells: dict[str, str]) -> Line:
        return Line(
            line=record.row.line,
            kind=part.kind,
            direction=part.direction,
            amount=part.amount,
            occurred_at=told.when,
            booked_on=told.booked_on or told.when.date(),
            account=part.account if part.account.label else self._nameless(part.account),
            identity=self._identity(told, part),
            part=number,
            sheet=self._table.sheet,
            counter=part.counter,
            payee=told.payee or told.description,
            description=told.description if told.payee else "",
            method=told.method,
            status=told.status,
            order_id=told.order_id,
            refund_keys=told.refund_keys,
            source_category=told.category,
            note=told.note,
            stated_direction=told.word,
            cells=cells,
        )

    def _nameless(self, account: AccountHint) -> AccountHint:
        """The one account of a file that names none: the file's name is what people know it by."""
        return dataclasses.replace(account, label=PurePath(self._table.file).stem)

    def _identity(self, told: Told, part: Part) -> tuple[str, ...]:
        amount = (part.amount.plain(), part.amount.currency, part.direction.value)
        texts = (told.order_id, told.payee, told.description)
        return (self._preset.format, part.account.key, told.when.isoformat(), *amount, *texts, part.mark)


def _stands(answers: Sequence[Found]) -> list[Stand]:
    """What each row that states a balance did to that account."""
    found = []
    for told in answers:
        if isinstance(told, Told) and told.stands:
            account, balance = told.stands
            moved = sum(
                part.amount.minor * (1 if part.direction.value == "in" else -1)
                for part in told.parts
                if part.account.key == account.key and part.amount.currency == balance.currency
            )
            found.append(Stand(account, told.booked_on or told.when.date(), moved, balance))
    return found


def _stated(answers: Sequence[Found]) -> tuple[Closing, ...]:
    return tuple(Closing(one.account, one.on, one.balance) for one in answers if isinstance(one, Closes))
