"""From settled lines to rows: accounts, entries, postings, statement lines, batches, and what is said about them.

Built outside the writer's transaction as far as possible; only the order in the store and the instant of recording
come from inside it.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

import pyarrow as pa

from data.ids import EntryId, OwnerId, new_id, new_keys
from data.importers.statement import Kind, Statement, Totals
from data.ledger.account_changes import WalletAccount
from data.ledger.accounts import BOOKS, is_wallet
from data.ledger.importing import Leg, Move, legs_of, shape_of
from data.matching.choices import BOOKED, DUPLICATE, LEFT_OUT, Settled
from data.matching.linking import Target
from data.matching.preview import Preview
from data.store.command import Rows
from data.store.journal import Journal, Postings
from data.store.statement_rows import chunks
from data.store.words import IMPORT, Word, said

Step = Callable[[float], None]
T = TypeVar("T")


@dataclasses.dataclass(frozen=True, slots=True)
class Booked:
    """One file's part of an import, as the receipt states it. `batch` None: nothing of it was new."""

    file: str
    batch: UUID | None
    booked: int
    duplicates: int
    left_out: int
    skipped: int
    problems: int


class Booking:
    """Everything one import appends, waiting for its place in the store's order.

    `step` is told which share of it is built, up to 1.0.
    """

    def __init__(
        self, preview: Preview, settled: Settled, account_ids: Mapping[str, UUID], step: Step = lambda _: None
    ) -> None:
        self._preview = preview
        self._settled = settled
        self.accounts_before = account_ids
        self._accounts = dict(account_ids)
        self._opened: list[str] = []
        self.files = self._count()
        self._entry = self._new_entries()
        self._journal = Journal()
        step(0.1)
        self._post()
        step(0.6)
        batches = [one.batch for one in self.files]
        self._chunks = list(chunks(preview, settled, batches, self._entry))
        step(1.0)

    @property
    def opened(self) -> list[str]:
        """Keys of the accounts that did not exist before."""
        return [key for key in self._opened if key not in BOOKS]

    @property
    def batches(self) -> list[UUID]:
        """The batches that hold something new."""
        return [one.batch for one in self.files if one.batch]

    @property
    def backlinked(self) -> list[UUID]:
        """Refunds booked earlier whose purchase this import brings."""
        move = self._settled.move
        return [entry for entry, row in self._preview.backlinks.items() if _is_purchase(move[row])]

    def _count(self) -> list[Booked]:
        per_file = Counter(zip(self._preview.file, self._settled.outcome, strict=True))
        return [
            Booked(
                statement.file,
                new_id() if per_file[index, BOOKED] else None,
                per_file[index, BOOKED],
                per_file[index, DUPLICATE],
                per_file[index, LEFT_OUT],
                len(statement.skipped),
                len(statement.problems),
            )
            for index, statement in enumerate(self._preview.statements)
        ]

    def _new_entries(self) -> list[str | None]:
        """The entry of every row that is booked; a fee has that of the transfer whose row contains it."""
        entry: list[str | None] = [
            None if move is None else key
            for move, key in zip(self._settled.move, new_keys(len(self._settled.move)), strict=True)
        ]
        for fee, transfer in self._settled.fee_of.items():
            entry[fee] = entry[transfer]
        return entry

    def _post(self) -> None:
        """Entries and postings of every row that becomes an entry of its own."""
        settled, preview, lines = self._settled, self._preview, self._preview.lines
        rows = [row for row, move in enumerate(settled.move) if move is not None and row not in settled.fee_of]
        moves = [move for move in _at(settled.move, rows) if move is not None]
        kinds = {kind: kind.value for kind in Kind}
        batches = [None if one.batch is None else str(one.batch) for one in self.files]
        entries: dict[str, Sequence[Any]] = {
            "id": _at(self._entry, rows),
            "kind": [kinds[move.kind] for move in moves],
            "occurred_at": _at(lines.occurred_at, rows),
            "booked_on": _at(lines.booked_on, rows),
            "batch": [batches[at] for at in _at(preview.file, rows)],
            "reverses": [None] * len(rows),
            "refund_of": [None if target is None else self._purchase(target) for target in _at(settled.target, rows)],
            "payee": _at(lines.payee, rows),
            "payee_key": _at(preview.payee_key, rows),
            "description": _at(lines.description, rows),
            "method": _at(lines.method, rows),
            "note": _at(lines.note, rows),
        }
        legs = _two_legs(moves)
        place = {row: at for at, row in enumerate(rows)} if settled.fee_of else {}
        for fee, transfer in settled.fee_of.items():
            paid = settled.move[fee]
            if paid is not None:
                _add_fee(legs, place[transfer], legs_of(moves[place[transfer]], paid))
        self._open(legs.account)
        ids = {key: str(account) for key, account in self._accounts.items()}
        legs.account[:] = [ids[key] for key in legs.account]
        self._journal.add_all(entries, legs)

    def _open(self, keys: Sequence[str]) -> None:
        """New accounts for the keys that the owner does not have."""
        for key in dict.fromkeys(keys):
            if is_wallet(key):
                raise WalletAccount(key)
            if key not in self._accounts:
                self._accounts[key] = new_id()
                self._opened.append(key)

    def _purchase(self, target: Target) -> UUID | str | None:
        return target if isinstance(target, UUID) else self._entry[target]

    def _is_posted(self, row: int) -> bool:
        return self._settled.move[row] is not None and row not in self._settled.fee_of

    def rows(self, owner: OwnerId, actor: UUID, now: datetime, next_seq: Iterator[int]) -> Iterator[Rows]:
        """The rows in the order in which they are written. Facts come after."""
        yield self._account_rows(owner, now)
        yield self._batch_rows(owner, actor, now, next_seq)
        seqs = [next(next_seq) for _ in range(len(self._journal))]
        yield from self._journal.rows(owner, actor, now, seqs)
        for chunk in self._chunks:
            count = len(chunk["batch"])
            yield Rows("statement_line", {"owner": pa.repeat(str(owner), count), **chunk})
        yield from self._words(owner, actor, now, next_seq)

    def _account_rows(self, owner: OwnerId, now: datetime) -> Rows:
        keys = self._opened
        hints = [self._settled.hints.get(key) for key in keys]
        return Rows(
            "account",
            {
                "owner": [owner] * len(keys),
                "id": [self._accounts[key] for key in keys],
                "kind": [
                    BOOKS[key] if hint is None else hint.kind.value for key, hint in zip(keys, hints, strict=True)
                ],
                "hint_key": keys,
                "label": ["" if hint is None else hint.label for hint in hints],
                "institution": ["" if hint is None else hint.institution for hint in hints],
                "last4": ["" if hint is None else hint.last4 for hint in hints],
                "opened_at": [now] * len(keys),
            },
        )

    def _batch_rows(self, owner: OwnerId, actor: UUID, now: datetime, next_seq: Iterator[int]) -> Rows:
        both = list(zip(self.files, self._preview.statements, strict=True))
        kept = [(one, s) for one, s in both if one.batch]
        days = [statement.columns.booked_on for _, statement in kept]
        return Rows(
            "import_batch",
            {
                "owner": [owner] * len(kept),
                "id": [one.batch for one, _ in kept],
                "seq": [next(next_seq) for _ in kept],
                "file": [one.file for one, _ in kept],
                "format": [s.format for _, s in kept],
                "encoding": [s.encoding for _, s in kept],
                "sha256": [_digest(s) for _, s in kept],
                "imported_at": [now] * len(kept),
                "actor": [actor] * len(kept),
                "lines": [one.booked for one, _ in kept],
                "duplicates": [one.duplicates for one, _ in kept],
                "skipped": [one.skipped for one, _ in kept],
                "problems": [one.problems for one, _ in kept],
                "first_on": [min(listed) for listed in days],
                "last_on": [max(listed) for listed in days],
                "totals": [
                    _totals(s, self._meant(at) if s.closings else {}) for at, (one, s) in enumerate(both) if one.batch
                ],
            },
        )

    def _meant(self, file: int) -> Mapping[str, str]:
        """Where the rows of an account that the file names were booked: a closing balance is about the same one."""
        booked: defaultdict[str, Counter[str]] = defaultdict(Counter)
        for row, (at, move) in enumerate(zip(self._preview.file, self._settled.move, strict=True)):
            if at == file and move is not None:
                booked[self._preview.account[row]][move.account] += 1
        return {named: meant.most_common(1)[0][0] for named, meant in booked.items()}

    def _words(self, owner: OwnerId, actor: UUID, now: datetime, next_seq: Iterator[int]) -> Iterator[Rows]:
        """What rules said about new entries, purchases of earlier refunds, and categories that the person chose."""
        by_author: defaultdict[str, list[Word]] = defaultdict(list)
        for row, fields in self._preview.said.items():
            entry = self._entry[row]
            if entry and self._is_posted(row):
                by_author[fields["by"]] += [
                    Word(EntryId(UUID(entry)), field, value) for field, value in fields.items() if field != "by"
                ]
        for refund in self.backlinked:
            purchase = self._entry[self._preview.backlinks[refund]]
            by_author[IMPORT].append(Word(EntryId(refund), "refund_of", str(purchase)))
        for row, category in self._settled.chosen.items():
            entry = self._entry[row]
            if entry and self._is_posted(row):
                by_author[IMPORT].append(Word(EntryId(UUID(entry)), "category", category))
        for author, words in by_author.items():
            yield said(owner, actor, words, next(next_seq), now, author)


def _at(column: Sequence[T], rows: Sequence[int]) -> list[T]:
    """A column at these rows, which are all or nearly all there are."""
    return list(column) if len(rows) == len(column) else [column[row] for row in rows]


def _two_legs(moves: Sequence[Move]) -> Postings:
    """Two postings for each move, accounts by key: the legs of `legs_of`, decided once for all moves of one shape."""
    sorts = [(*move[:2], *move[4:]) for move in moves]  # all but the amount
    known = {sort: shape_of(move) for sort, move in dict(zip(sorts, moves, strict=True)).items()}
    shapes = [known[sort] for sort in sorts]
    signed = [shape.sign * move.minor for shape, move in zip(shapes, moves, strict=True)]
    return Postings(
        of=[at for at in range(len(moves)) for _ in range(2)],
        line=[0, 1] * len(moves),
        account=[key for shape in shapes for key in (shape.own, shape.other)],
        minor=[minor for own in signed for minor in (own, -own)],
        currency=[move.currency for move in moves for _ in range(2)],
        category=[category for shape in shapes for category in (None, shape.category)],
    )


def _add_fee(postings: Postings, at: int, legs: Sequence[Leg]) -> None:
    """The third posting of the transfer at this place, whose own account pays the fee too."""
    first = 2 * at
    postings.minor[first] = legs[0].minor
    account, minor, currency, category = legs[2]
    postings.of.append(at)
    postings.line.append(2)
    postings.account.append(account)
    postings.minor.append(minor)
    postings.currency.append(currency)
    postings.category.append(category)


def _is_purchase(move: Move | None) -> bool:
    return move is not None and move.kind is Kind.EXPENSE


def _digest(statement: Statement) -> str:
    parts = [
        *map("\x1f".join, statement.columns.identity),
        *(f"{row.line}:{row.reason}" for row in statement.skipped),
        *(f"{row.line}:{row.reason}" for row in statement.problems),
    ]
    return hashlib.sha256("\x1e".join(parts).encode()).hexdigest()


def _totals(statement: Statement, meant: Mapping[str, str]) -> str:
    def listed(totals: Totals | None) -> Any:  # noqa: ANN401 - JSON
        return None if totals is None else dataclasses.asdict(totals)

    closings = [
        {
            "account": meant.get(c.account.key, c.account.key),
            "on": c.on.isoformat(),
            "minor": c.balance.minor,
            "currency": c.balance.currency,
        }
        for c in statement.closings
    ]
    return json.dumps(
        {
            "stated": listed(statement.stated),
            "computed": listed(statement.computed),
            "agrees": statement.agrees,
            "closings": closings,
        }
    )
