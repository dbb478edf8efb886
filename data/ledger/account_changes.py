"""What a person may do with money accounts: the commands, and what each may be refused for.

Amounts are signed minor units as the ledger has them: what an asset holds is positive, what a liability owes negative.
"""

from __future__ import annotations

import dataclasses
from datetime import date
from typing import Final
from uuid import UUID

from data.errors import Rejection
from data.ids import AccountId, OwnerId
from data.importers.statement import AccountKind
from data.ledger.changes import SameAccount, TextTooLong
from data.money import Money

NAME_LENGTH: Final = 60
REASON_LENGTH: Final = 200


@dataclasses.dataclass(frozen=True, slots=True)
class Held:
    """A money account as it is named now. `merged_into`: the account that took it over, directly."""

    id: AccountId
    kind: AccountKind
    name: str
    closed: bool
    merged_into: AccountId | None


@dataclasses.dataclass(unsafe_hash=True)
class NameMissing(Rejection):
    """A name has at least one visible character."""


@dataclasses.dataclass(unsafe_hash=True)
class AccountKindsDiffer(Rejection):
    """Money that is had and money that is owed cannot become one account."""

    account: str
    kind: str
    into: str
    into_kind: str


@dataclasses.dataclass(unsafe_hash=True)
class AlreadyMerged(Rejection):
    """The account is part of another one already; going round in a circle is refused so too. into: that one's name."""

    account: str
    into: str


@dataclasses.dataclass(unsafe_hash=True)
class NotMerged(Rejection):
    """The account is not part of another one."""

    account: str


@dataclasses.dataclass(unsafe_hash=True)
class WalletAccount(Rejection):
    """The account is the wallet itself: only payments and their like move it, and it is nobody else's part."""

    account: str


@dataclasses.dataclass(unsafe_hash=True)
class NothingToAdjust(Rejection):
    """The account holds that already. Signed minor units."""

    balance_minor: int
    currency: str


@dataclasses.dataclass(frozen=True, slots=True)
class RenameAccount:
    """Call an account something else."""

    owner: OwnerId
    request_id: str
    actor: UUID
    account: AccountId
    name: str


@dataclasses.dataclass(frozen=True, slots=True)
class SetAccountKind:
    """Say whether an account is money that is had or money that is owed; what is merged into it goes with it."""

    owner: OwnerId
    request_id: str
    actor: UUID
    account: AccountId
    kind: AccountKind


@dataclasses.dataclass(frozen=True, slots=True)
class CloseAccount:
    """Put an account away; its past stays, and a statement that names it is still booked to it."""

    owner: OwnerId
    request_id: str
    actor: UUID
    account: AccountId


@dataclasses.dataclass(frozen=True, slots=True)
class ReopenAccount:
    """Take a closed account into use again."""

    owner: OwnerId
    request_id: str
    actor: UUID
    account: AccountId


@dataclasses.dataclass(frozen=True, slots=True)
class MergeAccounts:
    """Show `account` as part of `into` from now on, past included. Postings stay where they are."""

    owner: OwnerId
    request_id: str
    actor: UUID
    account: AccountId
    into: AccountId


@dataclasses.dataclass(frozen=True, slots=True)
class UnmergeAccount:
    """Show a merged account on its own again."""

    owner: OwnerId
    request_id: str
    actor: UUID
    account: AccountId


@dataclasses.dataclass(frozen=True, slots=True)
class SetOpening:
    """What the account held at the start of `on`, before anything else; replaces what was said before for the currency.

    An amount of zero only takes the former one back.
    """

    owner: OwnerId
    request_id: str
    actor: UUID
    account: AccountId
    amount: Money
    on: date


@dataclasses.dataclass(frozen=True, slots=True)
class AdjustBalance:
    """Make the account hold `balance` at the end of `on`; the difference is booked against equity with the reason."""

    owner: OwnerId
    request_id: str
    actor: UUID
    account: AccountId
    balance: Money
    on: date
    reason: str


def name_of(text: str) -> str:
    """The name as it is kept.

    Raises:
        NameMissing, TextTooLong.
    """
    name = " ".join(text.split())
    if not name:
        raise NameMissing
    if len(name) > NAME_LENGTH:
        raise TextTooLong("account", NAME_LENGTH, len(name))
    return name


def check_reason(text: str) -> None:
    """Check that a reason fits its field.

    Raises:
        TextTooLong.
    """
    if len(text) > REASON_LENGTH:
        raise TextTooLong("reason", REASON_LENGTH, len(text))


def check_merge(account: Held, into: Held, account_root: Held, into_root: Held) -> None:
    """Check that `account` may be shown as part of `into`. The roots: where each is shown now.

    Raises:
        SameAccount, AccountKindsDiffer, AlreadyMerged: the first that holds, in this order.
    """
    if account.id == into.id:
        raise SameAccount(account.name)
    if account.kind is not into.kind:
        raise AccountKindsDiffer(account.name, account.kind.value, into.name, into.kind.value)
    if account.merged_into is not None:
        raise AlreadyMerged(account.name, account_root.name)
    if into_root.id == account.id:
        raise AlreadyMerged(into.name, account.name)
