"""hledger's entries as a table (`print -O csv`): one row for each posting, `txnidx` says which belong together.

Every posting to income, expenses or equity becomes a move of the own accounts that paid or got it; what then is left
between own accounts are transfers. So a split purchase, a wage with its taxes, and two cards for one bill are all kept.
"""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Final

from data.importers.peers.preset import Answer, Preset, Read
from data.importers.peers.record import Record, Unreadable
from data.importers.peers.told import IN, OTHER_HALF, OUT, Part, Told, part
from data.importers.statement import AccountHint, AccountKind, Kind
from data.importers.verdicts import Passed
from data.money import Money

_OWN: Final = {
    **dict.fromkeys(("assets", "asset", "资产"), AccountKind.ASSET),
    **dict.fromkeys(("liabilities", "liability", "负债"), AccountKind.LIABILITY),
}
_EARNED: Final = frozenset({"income", "revenues", "revenue", "收入"})
_NOT_OWN: Final = Passed("no_own_account")


@dataclasses.dataclass(slots=True)
class _Posting:
    """One posting; `rest`: signed minor units that no move explains yet."""

    line: int
    path: str
    amount: Money
    rest: int

    @property
    def root(self) -> str:
        return self.path.partition(":")[0].casefold()

    @property
    def account(self) -> AccountHint:
        return PRESET.account(self.path, _OWN.get(self.root))


def _prepare(rows: Sequence[Record]) -> Read:
    entries: defaultdict[str, list[Record]] = defaultdict(list)
    for row in rows:
        entries[row.text("entry")].append(row)
    answers: dict[int, Answer | Unreadable] = {}
    for entry in entries.values():
        answers.update(_entry(entry))

    def read(row: Record) -> Answer:
        answer = answers[row.row.line]
        if isinstance(answer, Unreadable):
            raise answer
        return answer

    return read


def _entry(rows: Sequence[Record]) -> dict[int, Answer | Unreadable]:
    try:
        postings = [_posting(row) for row in rows]
        told = {row.row.line: _told(row) for row in rows}
    except Unreadable as found:  # an entry with a posting that cannot be read has no meaning
        return {row.row.line: found for row in rows}
    if not any(posting.root in _OWN for posting in postings):
        return {posting.line: _NOT_OWN for posting in postings}
    moves: defaultdict[int, list[Part]] = defaultdict(list)
    for currency in dict.fromkeys(posting.amount.currency for posting in postings):
        for line, move in _moves(_of(currency, postings)):
            moves[line].append(dataclasses.replace(move, mark=str(len(moves[line])) if moves[line] else ""))
    return {
        line: dataclasses.replace(told[line], parts=tuple(moves[line])) if moves[line] else OTHER_HALF for line in told
    }


def _of(currency: str, postings: Sequence[_Posting]) -> list[_Posting]:
    """The postings of one currency; where none of them is on an own account, the entry's first own account joins."""
    found = [posting for posting in postings if posting.amount.currency == currency]
    if not any(posting.root in _OWN for posting in found):
        own = next(posting for posting in postings if posting.root in _OWN)
        found.append(_Posting(own.line, own.path, Money(0, currency), 0))
    return found


def _posting(row: Record) -> _Posting:
    amount = row.stated("amount", row.currency("commodity"))
    return _Posting(row.row.line, row.text("account"), amount, amount.minor)


def _told(row: Record) -> Told:
    path = row.text("account")
    root, _, rest = path.partition(":")
    return Told(
        row.when(),
        (),
        payee=row.text("description"),
        category="" if root.casefold() in _OWN else rest or root,
        note=row.text("note") or row.text("comment"),
        order_id=row.text("code"),
    )


def _moves(postings: Sequence[_Posting]) -> Iterator[tuple[int, Part]]:
    own = [posting for posting in postings if posting.root in _OWN]
    for posting in postings:
        if posting.root not in _OWN:
            yield from _settled(posting, own)
    yield from _between(own)


def _settled(posting: _Posting, own: Sequence[_Posting]) -> Iterator[tuple[int, Part]]:
    """The own accounts that paid or got a posting: those that moved that way first, the first one for any rest."""
    for account in (*own, *own[:1]):
        wanted = -posting.rest
        last = account is own[0] and all(one.rest * wanted <= 0 for one in own)
        taken = wanted if last else _least(wanted, account.rest)
        if taken:
            account.rest -= taken
            posting.rest += taken
            yield posting.line, _part(posting, account, Money(taken, posting.amount.currency))


def _least(wanted: int, there: int) -> int:
    if wanted * there <= 0:
        return 0
    return min(wanted, there, key=abs)


def _part(posting: _Posting, own: _Posting, signed: Money) -> Part:
    if posting.root == "equity":
        kind = Kind.ADJUSTMENT
    elif signed.minor < 0:
        kind = Kind.EXPENSE
    else:
        kind = Kind.INCOME if posting.root in _EARNED else Kind.REFUND
    return part(kind, signed, own.account)


def _between(own: Sequence[_Posting]) -> Iterator[tuple[int, Part]]:
    """What moved between own accounts; one side alone where the other is another currency."""
    for source in own:
        for target in own:
            moved = min(-source.rest, target.rest)
            if moved > 0:
                source.rest += moved
                target.rest -= moved
                money = Money(moved, source.amount.currency)
                yield source.line, Part(Kind.TRANSFER, OUT, money, source.account, target.account)
    for left in own:
        if left.rest:
            money = Money(abs(left.rest), left.amount.currency)
            yield left.line, Part(Kind.TRANSFER, IN if left.rest > 0 else OUT, money, left.account)


PRESET: Final = Preset(
    format="hledger",
    columns={
        "entry": ("txnidx",),
        "date": ("date",),
        "code": ("code",),
        "description": ("description",),
        "comment": ("comment",),
        "account": ("account",),
        "amount": ("amount",),
        "commodity": ("commodity",),
        "note": ("posting-comment",),
    },
    needs=("entry", "date", "account", "amount", "commodity"),
    prepare=_prepare,
)
IMPORTER: Final = PRESET.importer()
