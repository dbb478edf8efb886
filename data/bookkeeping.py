"""The door to transactions after they are booked: category, note, tags, payee, splits, links of refunds, their kind.

Nothing is changed in the ledger: words are appended and keep their history, a wrong kind is reversed and booked anew.
Facts are derived again in the same commit. Every id must be the owner's, else `NotFound` and nothing is done.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from data.categories import normalise_payee
from data.database import Database
from data.errors import NotFound
from data.ids import EntryId, OwnerId
from data.ledger import changes
from data.ledger.changes import (
    Annotate,
    Annotated,
    KeptByWallet,
    LinkRefund,
    Reclassified,
    Reclassify,
    RefundHasPurchase,
    SetRefundAside,
    Split,
    Standing,
    TakeBack,
    UnlinkRefund,
    Unsplit,
)
from data.store import accounts, correcting, rewording, words
from data.store.command import Plan, Reader, Rows, Write
from data.store.words import Word

__all__ = [
    "Annotate",
    "Annotated",
    "KeptByWallet",
    "LinkRefund",
    "Reclassified",
    "Reclassify",
    "RefundHasPurchase",
    "SetRefundAside",
    "Split",
    "TakeBack",
    "UnlinkRefund",
    "Unsplit",
    "annotate",
    "link_refund",
    "reclassify",
    "set_refund_aside",
    "split",
    "take_back",
    "unlink_refund",
    "unsplit",
]


def annotate(database: Database, command: Annotate) -> Annotated:
    """Say something about one or many transactions at once.

    Raises:
        NotFound, TextTooLong, TooManyTags, CategoryDoesNotFit: nothing was changed.
    """
    return Annotated(**database.submit(command, _annotate))


def take_back(database: Database, command: TakeBack) -> int:
    """Undo one saying; how many transactions it changed back.

    Raises:
        NotFound: none of the owner's, or something else was said about all of it since.
    """
    return int(database.submit(command, _take_back)["changed"])


def split(database: Database, command: Split) -> None:
    """Part a transaction over categories.

    Raises:
        NotFound, TooFewParts, TooManyParts, PartNotPositive, SplitDoesNotSum, CategoryDoesNotFit: nothing was changed.
    """
    database.submit(command, _split)


def unsplit(database: Database, command: Unsplit) -> None:
    """Put a split transaction together again.

    Raises:
        NotFound: no such transaction.
    """
    database.submit(command, _unsplit)


def link_refund(database: Database, command: LinkRefund) -> None:
    """Tie a refund to its purchase.

    Raises:
        NotFound, KeptByWallet, NotARefund, NotAPurchase, CurrencyDiffers, RefundExceedsPayment: nothing was changed.
    """
    database.submit(command, _link)


def unlink_refund(database: Database, command: UnlinkRefund) -> None:
    """Untie a refund from its purchase; it has again the category or the parts that linking took from it.

    Raises:
        NotFound: no such transaction, or it is linked to none. KeptByWallet: the wallet gave it back.
    """
    database.submit(command, _unlink)


def set_refund_aside(database: Database, command: SetRefundAside) -> None:
    """Remember that none of the purchases known so far is the refund's, or look for one again.

    Raises:
        NotFound, NotARefund, RefundHasPurchase: nothing was changed.
    """
    database.submit(command, _set_aside)


def reclassify(database: Database, command: Reclassify) -> Reclassified:
    """Book a transaction anew as what it really was.

    Raises:
        NotFound, KindNotOffered, AlreadyOfKind, DirectionDoesNotFit, SameAccount, HasRefunds, CategoryDoesNotFit:
            nothing was changed.
    """
    receipt = database.submit(command, correcting.decide)
    return Reclassified(EntryId(UUID(receipt["entry"])))


def _spoken(
    reader: Reader,
    command: Annotate | Split | Unsplit | LinkRefund | UnlinkRefund | SetRefundAside | TakeBack,
    now: datetime,
    spoken: Mapping[str | None, tuple[int, list[Word]]],
    receipt: dict[str, Any] | None = None,
) -> Plan:
    """The plan that keeps these words, by author with a number each, and brings their entries' facts up to date."""
    owner = command.owner
    entries = list({word.entry for _, said in spoken.values() for word in said})
    writes: list[Write | Rows] = [
        words.said(owner, command.actor, said, seq, now, author) for author, (seq, said) in spoken.items()
    ]
    writes += rewording.refresh(reader, owner, (word for _, said in spoken.values() for word in said))
    return Plan(receipt or {}, writes, frozenset({owner}) if entries else frozenset())


def _told(reader: Reader, *said: Word) -> dict[str | None, tuple[int, list[Word]]]:
    return {None: (reader.next_seq(), list(said))}


def _annotate(reader: Reader, command: Annotate, now: datetime) -> Plan:
    changes.check_texts(command)
    states = words.standing(reader, command.owner, command.entries)
    if command.category:
        words.require_fitting(reader, command.owner, command.category, states)
    spoken = [word for state in states for word in _words(state, command)]
    seq, changed = reader.next_seq(), len({word.entry for word in spoken})
    receipt = {"changed": changed, "seq": seq, **_same_payee(reader, command, states)}
    return _spoken(reader, command, now, {None: (seq, spoken)}, receipt)


def _take_back(reader: Reader, command: TakeBack, now: datetime) -> Plan:
    found = words.before(reader, command.owner, command.seq)
    if not found:
        raise NotFound("change", str(command.seq))
    # One number per author: who chose a word is kept beside it, by entry and number.
    authors = dict.fromkeys(author for _, author in found)
    spoken = {a: (reader.next_seq(), [word for word, author in found if author == a]) for a in authors}
    return _spoken(reader, command, now, spoken, {"changed": len({word.entry for word, _ in found})})


def _words(state: Standing, command: Annotate) -> list[Word]:
    spoken = []
    if command.category is not None:
        spoken.append(Word(state.id, "category", command.category or None))
        if state.split:
            spoken.append(Word(state.id, "split", None))
    if command.note is not None:
        spoken.append(Word(state.id, "note", command.note.strip() or None))
    if command.payee is not None:
        name = command.payee.strip()
        spoken.append(Word(state.id, "payee", {"name": name, "key": normalise_payee(name)} if name else None))
    if command.excluded is not None:
        spoken.append(Word(state.id, "excluded", command.excluded))
    tags = changes.tags_after(state.tags, command)
    if tags != state.tags:
        spoken.append(Word(state.id, "tags", list(tags) or None))
    return spoken


def _same_payee(reader: Reader, command: Annotate, states: list[Standing]) -> dict[str, Any]:
    payees = {state.learn_as for state in states}
    side = changes.side_of(states[0].kind) if states else None
    if not command.category or side is None or len(payees) != 1 or "" in payees:
        return {"payee": "", "payee_key": "", "differing": 0}
    key, chosen = payees.pop(), {state.id for state in states}
    others = words.differing(reader, command.owner, key, command.category, side)
    return {"payee": states[0].payee, "payee_key": key, "differing": sum(other not in chosen for other in others)}


def _split(reader: Reader, command: Split, now: datetime) -> Plan:
    (state,) = words.standing(reader, command.owner, [command.entry])
    for category, _ in command.parts:
        words.require_fitting(reader, command.owner, category, [state])
    changes.check_split(command.parts, abs(state.minor), state.currency)
    parts = [{"category": category, "amount_minor": minor} for category, minor in command.parts]
    return _spoken(reader, command, now, _told(reader, Word(command.entry, "split", parts)))


def _unsplit(reader: Reader, command: Unsplit, now: datetime) -> Plan:
    words.standing(reader, command.owner, [command.entry])
    return _spoken(reader, command, now, _told(reader, Word(command.entry, "split", None)))


def _link(reader: Reader, command: LinkRefund, now: datetime) -> Plan:
    found = words.standing(reader, command.owner, [command.refund, command.original])
    _require_outside_wallet(reader, command.owner, command.refund, command.original)
    refunded = words.refunded(reader, command.owner, command.original, apart_from=command.refund)
    changes.check_link(found[0], found[-1], refunded)
    # From now on the refund has its purchase's category, also where it had been told another.
    told = [word for word, _ in words.current(reader, command.owner, [command.refund])]
    freed = [Word(command.refund, word.field, None) for word in told if word.field in {*words.OF_PURCHASE, words.ASIDE}]
    link = Word(command.refund, "refund_of", str(command.original))
    return _spoken(reader, command, now, _told(reader, link, *freed))


def _unlink(reader: Reader, command: UnlinkRefund, now: datetime) -> Plan:
    (state,) = words.standing(reader, command.owner, [command.refund])
    _require_outside_wallet(reader, command.owner, command.refund)
    if state.refund_of is None:
        raise NotFound("refund_link", str(command.refund))
    spoken = _told(reader, Word(command.refund, "refund_of", None))
    for word, author in words.freed(reader, command.owner, command.refund):
        spoken.setdefault(author, (reader.next_seq(), []))[1].append(word)
    return _spoken(reader, command, now, spoken)


def _set_aside(reader: Reader, command: SetRefundAside, now: datetime) -> Plan:
    (state,) = words.standing(reader, command.owner, [command.refund])
    changes.check_aside(state)
    return _spoken(reader, command, now, _told(reader, Word(command.refund, words.ASIDE, command.aside or None)))


def _require_outside_wallet(reader: Reader, owner: OwnerId, *entries: EntryId) -> None:
    """Refuse another link than the wallet's own: its refunds may still come, and must fit into what was paid."""
    if any(accounts.is_paid(reader, owner, entry) for entry in entries):
        raise KeptByWallet
