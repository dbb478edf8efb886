"""From settled lines to rows: accounts, entries, postings, statement lines, batches, and what is said about them.

Built outside the writer's transaction as far as possible; only the order in the store and the instant of recording
come from inside it.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import pyarrow as pa

from data.ids import EntryId, OwnerId, new_id, new_ids
from data.importers.statement import Kind, Statement, Totals
from data.ledger.account_changes import WalletAccount
from data.ledger.accounts import BOOKS, is_wallet
from data.ledger.importing import Leg, Move, legs_of, utc
from data.matching.choices import BOOKED, DUPLICATE, LEFT_OUT, Settled
from data.matching.preview import Preview
from data.store.command import Rows
from data.store.journal import Journal
from data.store.statement_rows import chunks
from data.store.words import IMPORT, Word, said

Step = Callable[[float], None]


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
        self._entry: list[UUID | None] = [None] * len(preview.lines)
        self._journal = Journal()
        self.files = self._count()
        self._legs = self._all_legs()
        step(0.3)
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

    def _all_legs(self) -> dict[int, tuple[Leg, ...]]:
        """The legs of every row that becomes an entry of its own; its id, and that of the fee which shares it."""
        fee_rows = {transfer: fee for fee, transfer in self._settled.fee_of.items()}
        found = {}
        ids = new_ids(len(self._settled.move))
        for row, move in enumerate(self._settled.move):
            if move is None or row in self._settled.fee_of:
                continue
            fee = fee_rows.get(row)
            found[row] = legs_of(move, None if fee is None else self._settled.move[fee])
            self._entry[row] = entry = ids[row]
            if fee is not None:
                self._entry[fee] = entry
        for legs in found.values():
            for leg in legs:
                if is_wallet(leg.account):
                    raise WalletAccount(leg.account)
                if leg.account not in self._accounts:
                    self._accounts[leg.account] = new_id()
                    self._opened.append(leg.account)
        return found

    def _post(self) -> None:
        preview = self._preview
        for row, legs in self._legs.items():
            line, entry, move = preview.lines[row], self._entry[row], self._settled.move[row]
            if entry is None or move is None:
                continue
            self._journal.add(
                legs,
                self._accounts,
                id=entry,
                kind=move.kind.value,
                occurred_at=utc(line),
                booked_on=line.booked_on,
                batch=self.files[preview.file[row]].batch,
                refund_of=self._refund_of(row),
                payee=line.payee,
                payee_key=preview.payee_key[row],
                description=line.description,
                method=line.method,
                note=line.note,
            )

    def _refund_of(self, row: int) -> UUID | None:
        target = self._settled.target[row]
        return target if target is None or isinstance(target, UUID) else self._entry[target]

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
        days = [[line.booked_on for line in statement.lines] for _, statement in kept]
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
            if entry and row in self._legs:
                by_author[fields["by"]] += [
                    Word(EntryId(entry), field, value) for field, value in fields.items() if field != "by"
                ]
        for refund in self.backlinked:
            purchase = self._entry[self._preview.backlinks[refund]]
            by_author[IMPORT].append(Word(EntryId(refund), "refund_of", str(purchase)))
        for row, category in self._settled.chosen.items():
            entry = self._entry[row]
            if entry and row in self._legs:
                by_author[IMPORT].append(Word(EntryId(entry), "category", category))
        for author, words in by_author.items():
            yield said(owner, actor, words, next(next_seq), now, author)


def _is_purchase(move: Move | None) -> bool:
    return move is not None and move.kind is Kind.EXPENSE


def _digest(statement: Statement) -> str:
    parts = [
        *("\x1f".join(line.identity) for line in statement.lines),
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
