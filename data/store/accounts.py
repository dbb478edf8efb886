"""The owner's accounts as rules see them: which one an id means now, the books, and what stands on an account."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from data.errors import NotFound
from data.ids import AccountId, EntryId, OwnerId, new_id
from data.importers.statement import AccountKind
from data.ledger.account_changes import Held, WalletAccount
from data.ledger.accounts import BOOKS, is_wallet
from data.store.command import Reader, Rows, Write

_MONEY: Final = """
SELECT id, kind, name, closed, merged_into FROM published_account
WHERE owner = $owner AND kind IN ('asset', 'liability') AND hint_key <> 'book:clearing'"""


def money_accounts(reader: Reader, owner: OwnerId) -> dict[AccountId, Held]:
    """Every account of the owner that holds or owes money; clearing is bookkeeping's own and not among them."""
    rows = reader.all(_MONEY, {"owner": owner})
    return {row[0]: Held(row[0], AccountKind(row[1]), *row[2:]) for row in rows}


def money_account(reader: Reader, owner: OwnerId, account: AccountId) -> Held:
    """One of them.

    Raises:
        NotFound: it is none of the owner's.
    """
    held = money_accounts(reader, owner).get(account)
    if held is None:
        raise NotFound("account", str(account))
    return held


_KEY: Final = "SELECT hint_key FROM account WHERE owner = $owner AND id = $account"


def require_outside_wallet(reader: Reader, owner: OwnerId, *accounts: AccountId) -> None:
    """Refuse what only payments and their like may move.

    Raises:
        WalletAccount: one of these accounts is the wallet itself.
    """
    for account in accounts:
        found = reader.one(_KEY, {"owner": owner, "account": account})
        if found is not None and is_wallet(found[0]):
            raise WalletAccount(money_account(reader, owner, account).name)


_PAID: Final = """
SELECT id FROM payment WHERE owner = $owner AND id = $entry
UNION ALL SELECT id FROM refund WHERE owner = $owner AND id = $entry"""


def require_not_paid(reader: Reader, owner: OwnerId, entry: EntryId, account: AccountId) -> None:
    """Refuse to book a payment of the wallet, or its refund, in another way; one by card stands on no wallet account.

    Raises:
        WalletAccount: with the account that paid.
    """
    if is_paid(reader, owner, entry):
        raise WalletAccount(money_account(reader, owner, account).name)


def is_paid(reader: Reader, owner: OwnerId, entry: EntryId) -> bool:
    """Whether it is a payment of the wallet or the refund of one, by card too."""
    return reader.one(_PAID, {"owner": owner, "entry": entry}) is not None


def root_of(accounts: dict[AccountId, Held], account: AccountId) -> AccountId:
    """Where an account's money is shown: the end of the chain of merges."""
    seen = {account}
    while (onward := accounts[account].merged_into) is not None and onward in accounts and onward not in seen:
        seen.add(onward)
        account = onward
    return account


def family_of(accounts: dict[AccountId, Held], account: AccountId) -> list[AccountId]:
    """Every account whose money is shown where this one's is."""
    root = root_of(accounts, account)
    return [one for one in accounts if root_of(accounts, one) == root]


_BOOKS: Final = "SELECT hint_key, id FROM account WHERE owner = $owner AND hint_key LIKE 'book:%'"


def books(reader: Reader, owner: OwnerId, now: datetime) -> tuple[dict[str, AccountId], list[Rows]]:
    """Expense, income, equity and clearing by their keys, and the rows that open those the owner has not yet."""
    known = dict(reader.all(_BOOKS, {"owner": owner}))
    missing = [key for key in BOOKS if key not in known]
    made = {key: AccountId(new_id()) for key in missing}
    count = len(missing)
    columns: dict[str, Any] = {
        "owner": [owner] * count,
        "id": list(made.values()),
        "kind": [BOOKS[key] for key in missing],
        "hint_key": missing,
        "label": [""] * count,
        "institution": [""] * count,
        "last4": [""] * count,
        "opened_at": [now] * count,
    }
    return {**known, **made}, [Rows("account", columns)] if missing else []


_EVENT: Final = """
INSERT INTO account_event VALUES ($owner, $account, $seq, $event, $value, $recorded_at, $actor)"""


def happened(
    reader: Reader, owner: OwnerId, account: AccountId, event: str, value: str, by: tuple[UUID, datetime]
) -> Write:
    """The write that keeps what happened to an account. by: the actor, and when."""
    return Write(
        _EVENT,
        {
            "owner": owner,
            "account": account,
            "seq": reader.next_seq(),
            "event": event,
            "value": value,
            "recorded_at": by[1],
            "actor": by[0],
        },
    )


_STANDS: Final = """
SELECT cast(coalesce(sum(p.amount), 0) AS bigint) FROM posting p JOIN entry e ON e.owner = p.owner AND e.id = p.entry
WHERE p.owner = $owner AND p.currency = $currency AND e.booked_on <= $through
    AND p.account IN (SELECT unnest(cast($accounts AS uuid[])))"""


def stands(reader: Reader, owner: OwnerId, accounts: list[AccountId], currency: str, through: date) -> int:
    """What these accounts hold together at the end of a day, in minor units; owed money is negative."""
    row = reader.one(_STANDS, {"owner": owner, "accounts": accounts, "currency": currency, "through": through})
    return int(row[0]) if row else 0
