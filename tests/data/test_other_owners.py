"""Somebody who knows another person's ids gets `NotFound` from every door, and nothing of that person's changes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID

import pytest

from data import accounts, bookkeeping, sorting, transaction
from data.accounts import AdjustBalance, CloseAccount, MergeAccounts, RenameAccount, ReopenAccount, SetOpening
from data.bookkeeping import Annotate, LinkRefund, Reclassify, Split, UnlinkRefund, Unsplit
from data.categories import Action, CategoryKind, Operator, Rule, TextCondition, TextField
from data.database import Database, open_database
from data.errors import NotFound
from data.ids import AccountId, EntryId, new_request_id
from data.importers.statement import AccountKind
from data.ledger.entry import EntryKind
from data.money import Money
from tests.bookkeeping import BALANCE, Bookkeeping, refunded, spent

NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC).replace(tzinfo=None)
TABLES = ("entry", "posting", "annotation", "account", "account_event", "fact", "custom_category", "payee_rule")


class Things(NamedTuple):
    """What one owner has."""

    bill: EntryId
    refund: EntryId
    account: AccountId
    other_account: AccountId
    category: str
    rule: str


def furnished(db: Database) -> tuple[Bookkeeping, Things]:
    book = Bookkeeping(db)
    book.imports(
        spent("2026-03-01", "35", "青山", order="A1"),
        refunded("2026-03-02", "5", "青山", of="A1", order="R1"),
        spent("2026-03-03", "1", "白水", account="card:x", order="C1"),
    )
    head: dict[str, Any] = {"owner": book.owner, "actor": book.owner}
    category = sorting.create_category(
        db, sorting.CreateCategory(**head, request_id=new_request_id(), name="Boat", kind=CategoryKind.EXPENSE)
    )
    condition = TextCondition(TextField.PAYEE, Operator.CONTAINS, "青山")
    rule = Rule(new_request_id(), "Boat", (condition,), Action(category))
    sorting.save_rule(db, sorting.SaveRule(**head, request_id=new_request_id(), rule=rule))
    keys = {one.key: one.id for one in accounts.accounts(db, book.owner)}
    bill, refund = (EntryId(book.entry(order)) for order in ("A1", "R1"))
    return book, Things(bill, refund, keys[BALANCE], keys["card:x"], category, rule.id)


@pytest.fixture
def two(tmp_path: Path) -> Iterator[tuple[Bookkeeping, Things, Bookkeeping, Things]]:
    db = open_database(tmp_path / "wallet.duckdb", lambda: NOW)
    yield (*furnished(db), *furnished(db))
    db.close()


def everything_of(book: Bookkeeping) -> list[list[tuple[Any, ...]]]:
    return [book.asks("SELECT * FROM " + table + " WHERE owner = $owner ORDER BY ALL") for table in TABLES]


Attempt = Callable[[Database, dict[str, Any], Things, Things], Any]
LINE = Money(100, "CNY")
DAY = date(2026, 3, 31)
ATTEMPTS: dict[str, Attempt] = {
    "annotate": lambda db, me, _, hers: bookkeeping.annotate(db, Annotate(**me, entries=(hers.bill,), note="mine now")),
    "annotate among my own": lambda db, me, mine, hers: bookkeeping.annotate(
        db, Annotate(**me, entries=(mine.bill, hers.bill), note="both")
    ),
    "use her category": lambda db, me, mine, hers: bookkeeping.annotate(
        db, Annotate(**me, entries=(mine.bill,), category=hers.category)
    ),
    "split": lambda db, me, _, hers: bookkeeping.split(
        db, Split(**me, entry=hers.bill, parts=(("dining", 3000), ("coffee", 500)))
    ),
    "split into her category": lambda db, me, mine, hers: bookkeeping.split(
        db, Split(**me, entry=mine.bill, parts=(("dining", 3000), (hers.category, 500)))
    ),
    "unsplit": lambda db, me, _, hers: bookkeeping.unsplit(db, Unsplit(**me, entry=hers.bill)),
    "link her refund": lambda db, me, mine, hers: bookkeeping.link_refund(
        db, LinkRefund(**me, refund=hers.refund, original=mine.bill)
    ),
    "link to her purchase": lambda db, me, mine, hers: bookkeeping.link_refund(
        db, LinkRefund(**me, refund=mine.refund, original=hers.bill)
    ),
    "unlink": lambda db, me, _, hers: bookkeeping.unlink_refund(db, UnlinkRefund(**me, refund=hers.refund)),
    "reclassify": lambda db, me, _, hers: bookkeeping.reclassify(
        db, Reclassify(**me, entry=hers.bill, kind=EntryKind.FEE)
    ),
    "move money to her account": lambda db, me, mine, hers: bookkeeping.reclassify(
        db, Reclassify(**me, entry=mine.refund, kind=EntryKind.TRANSFER, counter=hers.account)
    ),
    "detail": lambda db, me, _, hers: transaction.detail(db, me["owner"], hers.bill),
    "history": lambda db, me, _, hers: transaction.history(db, me["owner"], hers.bill),
    "rename": lambda db, me, _, hers: accounts.rename(db, RenameAccount(**me, account=hers.account, name="mine")),
    "set kind": lambda db, me, _, hers: accounts.set_kind(
        db, accounts.SetAccountKind(**me, account=hers.account, kind=AccountKind.LIABILITY)
    ),
    "close": lambda db, me, _, hers: accounts.close(db, CloseAccount(**me, account=hers.account)),
    "reopen": lambda db, me, _, hers: accounts.reopen(db, ReopenAccount(**me, account=hers.account)),
    "merge hers into mine": lambda db, me, mine, hers: accounts.merge(
        db, MergeAccounts(**me, account=hers.account, into=mine.account)
    ),
    "merge mine into hers": lambda db, me, mine, hers: accounts.merge(
        db, MergeAccounts(**me, account=mine.account, into=hers.account)
    ),
    "unmerge": lambda db, me, _, hers: accounts.unmerge(db, accounts.UnmergeAccount(**me, account=hers.account)),
    "opening": lambda db, me, _, hers: accounts.set_opening(
        db, SetOpening(**me, account=hers.account, amount=LINE, on=DAY)
    ),
    "adjust": lambda db, me, _, hers: accounts.adjust(
        db, AdjustBalance(**me, account=hers.account, balance=LINE, on=DAY, reason="")
    ),
    "change her category": lambda db, me, _, hers: sorting.change_category(
        db, sorting.ChangeCategory(**me, key=hers.category, name="mine")
    ),
    "archive her category": lambda db, me, _, hers: sorting.archive_category(
        db, sorting.ArchiveCategory(**me, key=hers.category)
    ),
    "learn with her category": lambda db, me, _, hers: sorting.always_for_payee(
        db, sorting.AlwaysForPayee(**me, payee_key="青山", category=hers.category)
    ),
    "activate her rule": lambda db, me, _, hers: sorting.activate_rule(
        db, sorting.ActivateRule(**me, rule=hers.rule, active=False)
    ),
    "delete her rule": lambda db, me, _, hers: sorting.delete_rule(db, sorting.DeleteRule(**me, rule=hers.rule)),
    "run her rule": lambda db, me, _, hers: sorting.run_on_past(db, sorting.RunRule(**me, rule=hers.rule)),
}


@pytest.mark.parametrize("attempt", ATTEMPTS)
def test_nothing_of_another_owner_is_found_or_changed(
    two: tuple[Bookkeeping, Things, Bookkeeping, Things], attempt: str
) -> None:
    book, mine, other, hers = two
    before = everything_of(book), everything_of(other)
    head: dict[str, Any] = {"owner": book.owner, "actor": book.owner}
    if attempt not in {"detail", "history"}:
        head["request_id"] = new_request_id()
    with pytest.raises(NotFound):
        ATTEMPTS[attempt](book.db, head, mine, hers)
    assert (everything_of(book), everything_of(other)) == before


def test_another_owners_past_is_not_touched_by_rules_learning_and_previews(
    two: tuple[Bookkeeping, Things, Bookkeeping, Things],
) -> None:
    book, mine, other, _ = two
    before = everything_of(other)
    head: dict[str, Any] = {"owner": book.owner, "actor": book.owner}
    (rule,) = sorting.rules(book.db, book.owner)
    assert sorting.hit_count(book.db, book.owner, rule) == 2
    assert sorting.run_on_past(book.db, sorting.RunRule(**head, request_id=new_request_id(), rule=mine.rule)) == 1
    learned = sorting.AlwaysForPayee(**head, request_id=new_request_id(), payee_key="白水", category="treats")
    assert sorting.always_for_payee(book.db, learned) == 1
    assert everything_of(other) == before


def test_an_id_that_nobody_has_looks_like_somebody_elses(
    two: tuple[Bookkeeping, Things, Bookkeeping, Things],
) -> None:
    book, _, _, hers = two
    seen = []
    for entry in (hers.bill, EntryId(UUID(int=7))):
        with pytest.raises(NotFound) as refused:
            transaction.detail(book.db, book.owner, entry)
        seen.append(refused.value.facts["what"])
    assert seen == ["entry", "entry"]
