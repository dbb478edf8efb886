"""What a person may change about a transaction after it is booked: the commands, and what each may be refused for."""

from __future__ import annotations

import dataclasses
import unicodedata
from typing import Final
from uuid import UUID

from data.categories.taxonomy import CategoryKind
from data.errors import Rejection
from data.ids import AccountId, EntryId, OwnerId
from data.ledger.entry import EntryKind

NOTE_LENGTH: Final = 2000
PAYEE_LENGTH: Final = 200
TAG_LENGTH: Final = 40
MOST_TAGS: Final = 20
FEWEST_PARTS: Final = 2
MOST_PARTS: Final = 50
_SIDES: Final = {
    EntryKind.EXPENSE: CategoryKind.EXPENSE,
    EntryKind.REFUND: CategoryKind.EXPENSE,
    EntryKind.FEE: CategoryKind.EXPENSE,
    EntryKind.INCOME: CategoryKind.INCOME,
}


def side_of(kind: EntryKind) -> CategoryKind | None:
    """Which categories an entry of this kind may have; None when it has none."""
    return _SIDES.get(kind)


def kinds_of(side: CategoryKind) -> list[str]:
    """The kinds of entries that may have a category of this side."""
    return [kind.value for kind, theirs in _SIDES.items() if theirs is side]


@dataclasses.dataclass(frozen=True, slots=True)
class Standing:
    """A standing entry as the screens see it now.

    minor: change of the own account, signed, all parts together. learn_as: the statement's payee, normalised, while
    `called` is what the person calls it. category: its category as the facts have it, None when parted or without.
    """

    id: EntryId
    kind: EntryKind
    payee: str
    learn_as: str
    currency: str
    minor: int
    category: str | None
    tags: tuple[str, ...]
    split: bool
    refund_of: EntryId | None
    called: str
    note: str
    excluded: bool


@dataclasses.dataclass(unsafe_hash=True)
class TextTooLong(Rejection):
    """A text is longer than its field holds. field: `note`, `payee`, `tag`."""

    field: str
    maximum: int
    length: int


@dataclasses.dataclass(unsafe_hash=True)
class TooManyTags(Rejection):
    """A transaction would carry more tags than anybody can read."""

    maximum: int
    count: int


@dataclasses.dataclass(unsafe_hash=True)
class CategoryDoesNotFit(Rejection):
    """The category is of the other side of the books, or these transactions have none. kind: of the first such one."""

    category: str
    kind: str
    count: int


@dataclasses.dataclass(unsafe_hash=True)
class TooFewParts(Rejection):
    """A split has at least two parts."""

    minimum: int
    count: int


@dataclasses.dataclass(unsafe_hash=True)
class TooManyParts(Rejection):
    """A split has at most so many parts."""

    maximum: int
    count: int


@dataclasses.dataclass(unsafe_hash=True)
class PartNotPositive(Rejection):
    """Each part of a split is positive. part: which, from 1."""

    part: int
    amount_minor: int
    currency: str


@dataclasses.dataclass(unsafe_hash=True)
class SplitDoesNotSum(Rejection):
    """The parts do not add up to the transaction's amount. Minor units of `currency`."""

    amount_minor: int
    parts_minor: int
    currency: str


@dataclasses.dataclass(unsafe_hash=True)
class NotARefund(Rejection):
    """Only a refund can be linked to a purchase. kind: what it is."""

    kind: str


@dataclasses.dataclass(unsafe_hash=True)
class NotAPurchase(Rejection):
    """A refund can only be linked to a purchase. kind: what the other one is."""

    kind: str


@dataclasses.dataclass(unsafe_hash=True)
class CurrencyDiffers(Rejection):
    """A refund comes back in the currency of its purchase."""

    refund_currency: str
    purchase_currency: str


@dataclasses.dataclass(unsafe_hash=True)
class RefundExceedsPayment(Rejection):
    """Refunds of one purchase never exceed what was paid. Minor units; refunded: what other refunds took already."""

    refund_minor: int
    paid_minor: int
    refunded_minor: int
    currency: str


@dataclasses.dataclass(unsafe_hash=True)
class KeptByWallet(Rejection):
    """What came back of a payment of the wallet is known to it: no refund is linked to one, or untied, by hand."""


@dataclasses.dataclass(unsafe_hash=True)
class RefundHasPurchase(Rejection):
    """The refund is linked to its purchase, so it cannot be said to have none. purchase: which."""

    purchase: str


@dataclasses.dataclass(unsafe_hash=True)
class AlreadyOfKind(Rejection):
    """The transaction is what it is asked to become."""

    kind: str


@dataclasses.dataclass(unsafe_hash=True)
class KindNotOffered(Rejection):
    """Openings, adjustments and reversals are bookkeeping's own: nothing becomes one, and they stay what they are."""

    kind: str


@dataclasses.dataclass(unsafe_hash=True)
class DirectionDoesNotFit(Rejection):
    """Money that came in is no expense or fee; money that went out is no income or refund. minor: signed."""

    kind: str
    minor: int
    currency: str


@dataclasses.dataclass(unsafe_hash=True)
class HasRefunds(Rejection):
    """Refunds are linked to this purchase, so it can only become an expense or a fee."""

    count: int


@dataclasses.dataclass(unsafe_hash=True)
class SameAccount(Rejection):
    """A transfer, or a merge, needs two different accounts."""

    account: str


@dataclasses.dataclass(frozen=True, slots=True)
class Annotate:
    """Say something about transactions. None leaves a field as it is; an empty text takes the person's word back.

    category: key, for all entries (a split one is put together again). payee: the name shown instead of the
    statement's. Tags: without `#`, spaces at the ends and doubles.
    """

    owner: OwnerId
    request_id: str
    actor: UUID
    entries: tuple[EntryId, ...]
    category: str | None = None
    note: str | None = None
    payee: str | None = None
    excluded: bool | None = None
    add_tags: tuple[str, ...] = ()
    remove_tags: tuple[str, ...] = ()


@dataclasses.dataclass(frozen=True, slots=True)
class Annotated:
    """How many transactions changed, and what "always for this payee" could be offered.

    seq: names this saying for `TakeBack`. payee: as the statement has it, with its key for `sorting.AlwaysForPayee`,
    and `differing`: how many other transactions that would change. These three are empty when no category was given or
    the transactions are of several payees.
    """

    changed: int
    seq: int
    payee: str
    payee_key: str
    differing: int


@dataclasses.dataclass(frozen=True, slots=True)
class TakeBack:
    """Undo what was said at once (`Annotated.seq`): every field is again what it was, where nothing was said since."""

    owner: OwnerId
    request_id: str
    actor: UUID
    seq: int


@dataclasses.dataclass(frozen=True, slots=True)
class Split:
    """Part one transaction over categories: (category, amount in minor units, positive), adding up to its amount."""

    owner: OwnerId
    request_id: str
    actor: UUID
    entry: EntryId
    parts: tuple[tuple[str, int], ...]


@dataclasses.dataclass(frozen=True, slots=True)
class Unsplit:
    """Put a split transaction together again, in the category it had before."""

    owner: OwnerId
    request_id: str
    actor: UUID
    entry: EntryId


@dataclasses.dataclass(frozen=True, slots=True)
class LinkRefund:
    """Say which purchase a refund belongs to; the refund then follows the purchase's category."""

    owner: OwnerId
    request_id: str
    actor: UUID
    refund: EntryId
    original: EntryId


@dataclasses.dataclass(frozen=True, slots=True)
class UnlinkRefund:
    """Take a refund's link away."""

    owner: OwnerId
    request_id: str
    actor: UUID
    refund: EntryId


@dataclasses.dataclass(frozen=True, slots=True)
class SetRefundAside:
    """Say that none of the purchases known so far is a refund's; `aside` False: look for one again."""

    owner: OwnerId
    request_id: str
    actor: UUID
    refund: EntryId
    aside: bool


@dataclasses.dataclass(frozen=True, slots=True)
class Reclassify:
    """Say what a transaction really was: `expense`, `income`, `refund`, `fee`, `transfer`.

    The old entry is reversed and one of the right kind booked in its place; what was said about it goes along.
    counter: the other own account of a transfer, None when it is not known. category: of any other kind; None keeps
    the one it has if that still fits, else sorts the transaction as an import would.
    """

    owner: OwnerId
    request_id: str
    actor: UUID
    entry: EntryId
    kind: EntryKind
    counter: AccountId | None = None
    category: str | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class Reclassified:
    """The entry that stands now, in the place of the reversed one."""

    entry: EntryId


def check_texts(command: Annotate) -> None:
    """Check that the texts fit their fields.

    Raises:
        TextTooLong: for the first that does not.
    """
    texts = [("note", command.note or "", NOTE_LENGTH), ("payee", command.payee or "", PAYEE_LENGTH)]
    texts += [("tag", tag, TAG_LENGTH) for tag in map(tag_of, command.add_tags)]
    for field, text, maximum in texts:
        if len(text) > maximum:
            raise TextTooLong(field, maximum, len(text))


def tag_of(text: str) -> str:
    """A tag as it is kept: NFC, without `#` and spaces around it, spaces within as one."""
    return " ".join(unicodedata.normalize("NFC", text).strip().lstrip("#").split())


def tags_after(before: tuple[str, ...], command: Annotate) -> tuple[str, ...]:
    """An entry's tags after the command, in the order they were given.

    Raises:
        TooManyTags.
    """
    gone = {tag_of(text) for text in command.remove_tags} | {""}
    wanted = dict.fromkeys((*before, *map(tag_of, command.add_tags)))
    after = tuple(tag for tag in wanted if tag not in gone)
    if len(after) > max(MOST_TAGS, len(before)):
        raise TooManyTags(MOST_TAGS, len(after))
    return after


def check_split(parts: tuple[tuple[str, int], ...], amount_minor: int, currency: str) -> None:
    """Check that the parts make up the amount.

    Raises:
        TooFewParts, TooManyParts, PartNotPositive, SplitDoesNotSum: the first that holds, in this order.
    """
    if len(parts) < FEWEST_PARTS:
        raise TooFewParts(FEWEST_PARTS, len(parts))
    if len(parts) > MOST_PARTS:
        raise TooManyParts(MOST_PARTS, len(parts))
    for number, (_, minor) in enumerate(parts, start=1):
        if minor <= 0:
            raise PartNotPositive(number, minor, currency)
    total = sum(minor for _, minor in parts)
    if total != amount_minor:
        raise SplitDoesNotSum(amount_minor, total, currency)


def check_aside(refund: Standing) -> None:
    """Check that a refund may be said to have no purchase among the known ones.

    Raises:
        NotARefund, RefundHasPurchase: the first that holds, in this order.
    """
    if refund.kind is not EntryKind.REFUND:
        raise NotARefund(refund.kind.value)
    if refund.refund_of is not None:
        raise RefundHasPurchase(str(refund.refund_of))


def check_link(refund: Standing, original: Standing, refunded_minor: int) -> None:
    """Check that a refund may belong to a purchase of which others took `refunded_minor` back already.

    Raises:
        NotARefund, NotAPurchase, CurrencyDiffers, RefundExceedsPayment: the first that holds, in this order.
    """
    if refund.kind is not EntryKind.REFUND:
        raise NotARefund(refund.kind.value)
    if original.kind not in {EntryKind.EXPENSE, EntryKind.FEE}:
        raise NotAPurchase(original.kind.value)
    if refund.currency != original.currency:
        raise CurrencyDiffers(refund.currency, original.currency)
    paid = abs(original.minor)
    if refunded_minor + abs(refund.minor) > paid:
        raise RefundExceedsPayment(abs(refund.minor), paid, refunded_minor, refund.currency)
