from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from data import accounts
from data.accounts import Account, AdjustBalance, MergeAccounts, SetOpening
from data.database import open_database
from data.errors import NotFound
from data.ids import AccountId, new_request_id
from data.importers.statement import AccountKind
from data.ledger.account_changes import (
    AccountKindsDiffer,
    AlreadyMerged,
    NameMissing,
    NothingToAdjust,
    NotMerged,
)
from data.ledger.changes import SameAccount, TextTooLong
from data.money import Money
from tests.bookkeeping import BALANCE, Bookkeeping, moved, spent

NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC).replace(tzinfo=None)
DAY = date(2026, 3, 1)


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Bookkeeping]:
    db = open_database(tmp_path / "wallet.duckdb", lambda: NOW)
    book = Bookkeeping(db)
    book.imports(
        spent("2026-03-01", "10", "甲", account=BALANCE, order="A"),
        spent("2026-03-02", "20", "乙", account="card:x", order="X"),
        spent("2026-03-03", "40", "丙", account="card:y", order="Y"),
        moved("2026-03-04", "5", to="card:y", account="card:x", order="T"),
        spent("2026-03-05", "80", "丁", account="alipay:huabei", order="H"),
    )
    yield book
    db.close()


def named(book: Bookkeeping, key: str) -> Account:
    return next(one for one in accounts.accounts(book.db, book.owner, unused=True) if one.key == key)


def do(book: Bookkeeping, door: Any, command: Any, **fields: Any) -> Any:
    return door(book.db, command(owner=book.owner, request_id=new_request_id(), actor=book.owner, **fields))


def merge(book: Bookkeeping, key: str, into: str) -> None:
    do(book, accounts.merge, MergeAccounts, account=named(book, key).id, into=named(book, into).id)


def spent_from(book: Bookkeeping) -> dict[str, int]:
    keys = {one.id: one.key for one in accounts.accounts(book.db, book.owner, unused=True)}
    rows = book.asks(
        "SELECT account, cast(sum(spending) AS bigint) FROM published_fact WHERE owner = $owner GROUP BY 1"
    )
    return {keys[account]: minor for account, minor in rows}


def test_each_account_shows_what_it_holds_for_each_currency(book: Bookkeeping) -> None:
    book.imports(spent("2026-03-06", "7", "戊", account="card:x", currency="USD"), file="usd.csv")
    assert named(book, "card:x").balances == (Money(-2500, "CNY"), Money(-700, "USD"))
    assert named(book, "card:y").balances == (Money(-3500, "CNY"),)
    assert (named(book, "card:x").entries, named(book, "card:x").last_on) == (3, date(2026, 3, 6))
    assert [one.kind.value for one in accounts.accounts(book.db, book.owner)] == ["asset"] * 3 + ["liability"]


def test_a_name_is_kept_tidy_and_an_empty_or_endless_one_refused(book: Bookkeeping) -> None:
    card = named(book, "card:x").id
    do(book, accounts.rename, accounts.RenameAccount, account=card, name="  My   card ")
    assert named(book, "card:x").name == "My card"
    with pytest.raises(NameMissing):
        do(book, accounts.rename, accounts.RenameAccount, account=card, name="  ")
    with pytest.raises(TextTooLong):
        do(book, accounts.rename, accounts.RenameAccount, account=card, name="x" * 61)


def test_an_account_is_closed_and_reopened_and_twice_is_once(book: Bookkeeping) -> None:
    card = named(book, "card:x").id
    for _ in range(2):
        do(book, accounts.close, accounts.CloseAccount, account=card)
    assert named(book, "card:x").closed
    assert accounts.accounts(book.db, book.owner)[-1].key == "card:x"
    for _ in range(2):
        do(book, accounts.reopen, accounts.ReopenAccount, account=card)
    assert not named(book, "card:x").closed
    assert len(book.asks("SELECT event FROM account_event WHERE owner = $owner")) == 2


def test_a_merged_account_is_shown_as_part_of_the_other_and_back(book: Bookkeeping) -> None:
    before = spent_from(book)
    merge(book, "card:x", "card:y")
    assert spent_from(book) == {BALANCE: 1000, "card:y": 6000, "alipay:huabei": 8000}
    assert (named(book, "card:y").balances, named(book, "card:x").balances) == ((Money(-6000, "CNY"),), ())
    assert named(book, "card:y").parts == (named(book, "card:x").id,)
    assert book.balance("card:x") == -2500
    assert not book.drift()
    do(book, accounts.unmerge, accounts.UnmergeAccount, account=named(book, "card:x").id)
    assert spent_from(book) == before
    assert not book.drift()


def test_a_chain_of_merges_ends_at_its_last_account_and_comes_apart_link_by_link(book: Bookkeeping) -> None:
    merge(book, "card:x", "card:y")
    merge(book, "card:y", BALANCE)
    assert named(book, BALANCE).balances == (Money(-7000, "CNY"),)
    assert set(named(book, BALANCE).parts) == {named(book, "card:x").id, named(book, "card:y").id}
    assert spent_from(book) == {BALANCE: 7000, "alipay:huabei": 8000}
    assert not book.drift()
    do(book, accounts.unmerge, accounts.UnmergeAccount, account=named(book, "card:y").id)
    assert spent_from(book) == {BALANCE: 1000, "card:y": 6000, "alipay:huabei": 8000}
    assert not book.drift()


def test_a_merge_never_goes_round_in_a_circle(book: Bookkeeping) -> None:
    merge(book, "card:x", "card:y")
    with pytest.raises(AlreadyMerged):
        merge(book, "card:y", "card:x")
    merge(book, "card:y", BALANCE)
    with pytest.raises(AlreadyMerged):
        merge(book, BALANCE, "card:x")
    with pytest.raises(AlreadyMerged):
        merge(book, "card:x", BALANCE)


def test_what_turns_out_to_be_a_credit_card_is_said_so_with_all_that_is_part_of_it(book: Bookkeeping) -> None:
    owed = {"kind": AccountKind.LIABILITY}
    merge(book, "card:x", "card:y")
    with pytest.raises(AlreadyMerged):
        do(book, accounts.set_kind, accounts.SetAccountKind, account=named(book, "card:x").id, **owed)
    before = spent_from(book)
    do(book, accounts.set_kind, accounts.SetAccountKind, account=named(book, "card:y").id, **owed)
    assert [named(book, key).kind for key in ("card:x", "card:y")] == [AccountKind.LIABILITY] * 2
    assert spent_from(book) == before
    assert not book.drift()
    merge(book, "card:y", "alipay:huabei")
    assert named(book, "alipay:huabei").balances == (Money(-14000, "CNY"),)


def test_only_two_different_accounts_of_one_kind_are_merged(book: Bookkeeping) -> None:
    with pytest.raises(SameAccount):
        merge(book, "card:x", "card:x")
    with pytest.raises(AccountKindsDiffer):
        merge(book, "card:x", "alipay:huabei")
    with pytest.raises(NotMerged):
        do(book, accounts.unmerge, accounts.UnmergeAccount, account=named(book, "card:x").id)


def test_books_are_no_accounts_of_the_person(book: Bookkeeping) -> None:
    ((expense,),) = book.asks("SELECT id FROM account WHERE owner = $owner AND hint_key = 'book:expense'")
    with pytest.raises(NotFound):
        do(book, accounts.rename, accounts.RenameAccount, account=AccountId(expense), name="mine")
    into_a_book = {"account": named(book, "card:x").id, "into": AccountId(expense)}
    with pytest.raises(NotFound):
        do(book, accounts.merge, MergeAccounts, **into_a_book)
    assert expense not in {one.id for one in accounts.accounts(book.db, book.owner, unused=True)}


def test_an_opening_balance_stands_before_its_day_and_saying_it_again_replaces_it(book: Bookkeeping) -> None:
    card = named(book, "card:x").id
    spending = book.total()
    do(book, accounts.set_opening, SetOpening, account=card, amount=Money(100_00, "CNY"), on=DAY)
    do(book, accounts.set_opening, SetOpening, account=card, amount=Money(300_00, "CNY"), on=DAY)
    assert named(book, "card:x").balances == (Money(275_00, "CNY"),)
    ((occurred_at, amount),) = book.asks(
        "SELECT occurred_at, amount FROM published_fact WHERE owner = $owner AND kind = 'opening'"
    )
    assert (occurred_at, amount) == (datetime.fromisoformat("2026-02-28T16:00:00"), 300_00)
    do(book, accounts.set_opening, SetOpening, account=card, amount=Money(0, "CNY"), on=DAY)
    assert named(book, "card:x").balances == (Money(-25_00, "CNY"),)
    with pytest.raises(NothingToAdjust):
        do(book, accounts.set_opening, SetOpening, account=card, amount=Money(0, "CNY"), on=DAY)
    assert (book.total(), book.unbalanced()) == (spending, [])
    assert not book.drift()


def test_a_balance_is_adjusted_to_what_it_really_is_on_a_day_with_the_reason(book: Bookkeeping) -> None:
    card = named(book, "card:x").id
    spending = book.total()
    fields = {"account": card, "balance": Money(50_00, "CNY"), "on": date(2026, 3, 2), "reason": "cash found"}
    assert do(book, accounts.adjust, AdjustBalance, **fields) == Money(70_00, "CNY")
    assert named(book, "card:x").balances == (Money(45_00, "CNY"),)
    with pytest.raises(NothingToAdjust):
        do(book, accounts.adjust, AdjustBalance, **fields)
    with pytest.raises(TextTooLong):
        do(book, accounts.adjust, AdjustBalance, **(fields | {"reason": "r" * 201}))
    rows = book.asks("SELECT description, spending FROM published_fact WHERE owner = $owner AND kind = 'adjustment'")
    assert rows == [("cash found", 0)]
    assert (book.total(), book.unbalanced()) == (spending, [])
    assert not book.drift()


def test_an_adjustment_of_a_merged_account_looks_at_the_whole(book: Bookkeeping) -> None:
    merge(book, "card:x", "card:y")
    fields = {"account": named(book, "card:y").id, "balance": Money(0, "CNY"), "on": date(2026, 3, 31), "reason": ""}
    assert do(book, accounts.adjust, AdjustBalance, **fields) == Money(60_00, "CNY")
    assert named(book, "card:y").balances == (Money(0, "CNY"),)


def test_accounts_that_only_an_undone_import_used_are_not_listed(book: Bookkeeping) -> None:
    receipt = book.imports(spent("2026-03-09", "1", account="card:z"), file="z.csv")
    assert "card:z" in {one.key for one in accounts.accounts(book.db, book.owner)}
    book.undoes(receipt)
    assert "card:z" not in {one.key for one in accounts.accounts(book.db, book.owner)}
