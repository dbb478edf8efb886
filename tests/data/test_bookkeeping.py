from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from data import accounts, bookkeeping, sorting, statements, transaction
from data.accounts import RenameAccount
from data.bookkeeping import Annotate, LinkRefund, Reclassify, Split, UnlinkRefund, Unsplit
from data.categories import CategoryKind
from data.database import Database, open_database
from data.errors import NotFound, RequestIdReused
from data.ids import AccountId, EntryId, new_request_id
from data.ledger.changes import (
    AlreadyOfKind,
    CategoryDoesNotFit,
    CurrencyDiffers,
    DirectionDoesNotFit,
    HasRefunds,
    KindNotOffered,
    NotAPurchase,
    NotARefund,
    PartNotPositive,
    RefundExceedsPayment,
    SameAccount,
    SplitDoesNotSum,
    TextTooLong,
    TooFewParts,
    TooManyParts,
    TooManyTags,
)
from data.ledger.entry import EntryKind
from tests.bookkeeping import BALANCE, Bookkeeping, charged, earned, moved, refunded, spent

NOW = datetime(2026, 11, 22, 4, 0, 0)  # noqa: DTZ001 - the store keeps UTC without zone


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Bookkeeping]:
    database: Database = open_database(tmp_path / "wallet.duckdb", lambda: NOW)
    yield Bookkeeping(database)
    database.close()


@pytest.fixture
def coffee(book: Bookkeeping) -> EntryId:
    book.imports(
        spent("2026-03-01", "35.00", "瑞幸咖啡", order="A1"), spent("2026-03-02", "20.00", "瑞幸咖啡", order="A2")
    )
    return EntryId(book.entry("A1"))


def note(book: Bookkeeping, *entries: EntryId, **fields: Any) -> bookkeeping.Annotated:
    return bookkeeping.annotate(book.db, Annotate(book.owner, new_request_id(), book.owner, entries, **fields))


def parts(book: Bookkeeping, entry: EntryId, *amounts: tuple[str, int]) -> None:
    bookkeeping.split(book.db, Split(book.owner, new_request_id(), book.owner, entry, amounts))


def link(book: Bookkeeping, refund: EntryId, original: EntryId) -> None:
    bookkeeping.link_refund(book.db, LinkRefund(book.owner, new_request_id(), book.owner, refund, original))


def unlink(book: Bookkeeping, refund: EntryId) -> None:
    bookkeeping.unlink_refund(book.db, UnlinkRefund(book.owner, new_request_id(), book.owner, refund))


def become(book: Bookkeeping, entry: EntryId, kind: EntryKind, **more: Any) -> EntryId:
    command = Reclassify(book.owner, new_request_id(), book.owner, entry, kind, **more)
    return bookkeeping.reclassify(book.db, command).entry


def fact(book: Bookkeeping, entry: UUID) -> dict[str, Any]:
    names = ("kind", "category", "payee", "note", "tags", "excluded", "spending", "income", "refund_of")
    rows = book.asks(
        "SELECT kind, category, payee, note, tags, excluded, spending, income, refund_of "
        "FROM published_fact WHERE owner = $owner AND entry = $entry",
        entry=entry,
    )
    (row,) = rows
    return dict(zip(names, row, strict=True))


def account(book: Bookkeeping, key: str) -> AccountId:
    return next(one.id for one in accounts.accounts(book.db, book.owner, unused=True) if one.key == key)


def test_what_a_person_says_shows_at_once_and_an_empty_text_takes_it_back(book: Bookkeeping, coffee: EntryId) -> None:
    note(
        book,
        coffee,
        category="presents",
        note=" for Li ",
        payee="楼下咖啡",
        excluded=True,
        add_tags=("#trip", " work  day "),
    )
    said = fact(book, coffee)
    assert (said["category"], said["note"], said["payee"], said["excluded"]) == ("presents", "for Li", "楼下咖啡", True)
    assert said["tags"] == "trip\nwork day"
    note(book, coffee, category="", note="", payee="", excluded=False, remove_tags=("trip", "work day"))
    said = fact(book, coffee)
    assert (said["category"], said["note"], said["payee"], said["excluded"]) == ("coffee", "", "瑞幸咖啡", False)
    assert said["tags"] == ""
    assert not book.drift()


def test_what_is_not_mentioned_stays_as_it_is(book: Bookkeeping, coffee: EntryId) -> None:
    note(book, coffee, note="first", add_tags=("a",))
    note(book, coffee, category="presents")
    said = fact(book, coffee)
    assert (said["note"], said["tags"], said["category"]) == ("first", "a", "presents")


def test_many_transactions_are_annotated_in_one_commit(book: Bookkeeping, coffee: EntryId) -> None:
    other = EntryId(book.entry("A2"))
    before = book.db.version(book.owner)
    assert note(book, coffee, other, coffee, category="dining", add_tags=("x",)).changed == 2
    assert book.db.version(book.owner) == before + 1
    assert {fact(book, one)["category"] for one in (coffee, other)} == {"dining"}


def test_a_repeated_request_says_nothing_twice_and_another_content_is_refused(
    book: Bookkeeping, coffee: EntryId
) -> None:
    command = Annotate(book.owner, "r1", book.owner, (coffee,), note="once")
    assert bookkeeping.annotate(book.db, command) == bookkeeping.annotate(book.db, command)
    assert len(transaction.history(book.db, book.owner, coffee)) == 1
    with pytest.raises(RequestIdReused):
        bookkeeping.annotate(book.db, Annotate(book.owner, "r1", book.owner, (coffee,), note="twice"))


def test_saying_nothing_changes_nothing(book: Bookkeeping, coffee: EntryId) -> None:
    before = book.db.version(book.owner)
    assert note(book, coffee).changed == 0
    assert note(book).changed == 0
    assert (book.db.version(book.owner), transaction.history(book.db, book.owner, coffee)) == (before, ())


def test_a_category_must_exist_and_be_of_the_transactions_side(book: Bookkeeping, coffee: EntryId) -> None:
    with pytest.raises(NotFound):
        note(book, coffee, category="nonsense")
    with pytest.raises(CategoryDoesNotFit) as refused:
        note(book, coffee, category="salary")
    assert refused.value.facts == {"category": "salary", "kind": "expense", "count": 1}
    book.imports(moved("2026-03-05", "100", to="card:x", order="T1"), file="t.csv")
    with pytest.raises(CategoryDoesNotFit):
        note(book, coffee, EntryId(book.entry("T1")), category="dining")
    assert fact(book, coffee)["category"] == "coffee"


def test_an_archived_category_is_not_offered_for_new_choices(book: Bookkeeping, coffee: EntryId) -> None:
    key = sorting.create_category(
        book.db,
        sorting.CreateCategory(book.owner, new_request_id(), book.owner, "Roastery", CategoryKind.EXPENSE, "dining"),
    )
    note(book, coffee, category=key)
    sorting.archive_category(book.db, sorting.ArchiveCategory(book.owner, new_request_id(), book.owner, key))
    assert fact(book, coffee)["category"] == key
    with pytest.raises(NotFound):
        note(book, coffee, category=key)


@pytest.mark.parametrize(
    ("fields", "field"),
    [({"note": "n" * 2001}, "note"), ({"payee": "p" * 201}, "payee"), ({"add_tags": ("t" * 41,)}, "tag")],
)
def test_a_text_that_is_too_long_is_refused(
    book: Bookkeeping, coffee: EntryId, fields: dict[str, Any], field: str
) -> None:
    with pytest.raises(TextTooLong) as refused:
        note(book, coffee, **fields)
    assert refused.value.field == field


def test_a_transaction_carries_at_most_twenty_tags(book: Bookkeeping, coffee: EntryId) -> None:
    note(book, coffee, add_tags=tuple(f"t{n}" for n in range(20)))
    with pytest.raises(TooManyTags):
        note(book, coffee, add_tags=("one more",))


def test_a_correction_tells_how_many_others_of_the_payee_differ(book: Bookkeeping, coffee: EntryId) -> None:
    told = note(book, coffee, category="presents")
    assert (told.payee, told.differing) == ("瑞幸咖啡", 1)
    changed = sorting.always_for_payee(
        book.db, sorting.AlwaysForPayee(book.owner, new_request_id(), book.owner, told.payee_key, "presents")
    )
    assert changed == told.differing
    assert note(book, coffee, category="presents").differing == 0


def test_no_payee_is_offered_for_transactions_of_several_payees(book: Bookkeeping, coffee: EntryId) -> None:
    book.imports(spent("2026-03-03", "9", "喜茶", order="B1"), file="b.csv")
    told = note(book, coffee, EntryId(book.entry("B1")), category="dining")
    assert (told.payee_key, told.differing) == ("", 0)


def test_a_split_parts_the_amount_and_keeps_the_total(book: Bookkeeping, coffee: EntryId) -> None:
    total = book.total()
    parts(book, coffee, ("coffee", 1500), ("presents", 2000))
    assert book.spending() == {"coffee": 3500, "presents": 2000}
    assert book.total() == total
    bookkeeping.unsplit(book.db, Unsplit(book.owner, new_request_id(), book.owner, coffee))
    assert book.spending() == {"coffee": 5500}
    assert not book.drift()


def test_a_category_for_a_split_transaction_puts_it_together_again(book: Bookkeeping, coffee: EntryId) -> None:
    parts(book, coffee, ("coffee", 1500), ("presents", 2000))
    note(book, coffee, category="dining")
    assert book.spending() == {"coffee": 2000, "dining": 3500}


def test_a_split_that_does_not_add_up_is_refused_with_both_sums(book: Bookkeeping, coffee: EntryId) -> None:
    with pytest.raises(SplitDoesNotSum) as refused:
        parts(book, coffee, ("coffee", 1500), ("presents", 1999))
    assert refused.value.facts == {"amount_minor": 3500, "parts_minor": 3499, "currency": "CNY"}
    with pytest.raises(TooFewParts):
        parts(book, coffee, ("coffee", 3500))
    with pytest.raises(TooManyParts):
        parts(book, coffee, *[("coffee", 70)] * 51)
    with pytest.raises(PartNotPositive):
        parts(book, coffee, ("coffee", 3600), ("presents", -100))
    with pytest.raises(CategoryDoesNotFit):
        parts(book, coffee, ("coffee", 1500), ("salary", 2000))
    assert book.spending() == {"coffee": 5500}


def test_an_income_can_be_split_too(book: Bookkeeping) -> None:
    book.imports(earned("2026-03-10", "100", order="S1"))
    parts(book, EntryId(book.entry("S1")), ("salary", 6000), ("bonus", 4000))
    rows = book.asks("SELECT category, income FROM published_fact WHERE owner = $owner ORDER BY part")
    assert rows == [("salary", 6000), ("bonus", 4000)]


def test_a_linked_refund_follows_its_purchase(book: Bookkeeping, coffee: EntryId) -> None:
    book.imports(refunded("2026-04-02", "5", "别的店", order="R1"), file="r.csv")
    refund = EntryId(book.entry("R1"))
    note(book, refund, category="presents")
    link(book, refund, coffee)
    assert (fact(book, refund)["category"], fact(book, refund)["refund_of"]) == ("coffee", coffee)
    note(book, coffee, category="dining")
    assert fact(book, refund)["category"] == "dining"
    unlink(book, refund)
    assert fact(book, refund)["refund_of"] is None
    assert not book.drift()


def test_refunds_of_one_purchase_never_exceed_what_was_paid(book: Bookkeeping, coffee: EntryId) -> None:
    book.imports(
        refunded("2026-04-02", "30", "甲", order="R1"), refunded("2026-04-03", "5.01", "甲", order="R2"), file="r.csv"
    )
    first, second = EntryId(book.entry("R1")), EntryId(book.entry("R2"))
    link(book, first, coffee)
    link(book, first, coffee)
    with pytest.raises(RefundExceedsPayment) as refused:
        link(book, second, coffee)
    assert refused.value.facts == {"refund_minor": 501, "paid_minor": 3500, "refunded_minor": 3000, "currency": "CNY"}
    unlink(book, first)
    link(book, second, coffee)


def test_only_a_refund_can_be_linked_and_only_to_a_purchase_in_its_currency(book: Bookkeeping, coffee: EntryId) -> None:
    book.imports(
        refunded("2026-04-02", "3", "甲", order="R1"),
        refunded("2026-04-02", "3", "甲", order="R2", currency="USD"),
        earned("2026-04-02", "3", order="S1"),
        file="r.csv",
    )
    refund, dollars, salary = (EntryId(book.entry(order)) for order in ("R1", "R2", "S1"))
    with pytest.raises(NotARefund):
        link(book, coffee, EntryId(book.entry("A2")))
    with pytest.raises(NotAPurchase):
        link(book, refund, salary)
    with pytest.raises(NotAPurchase):
        link(book, refund, refund)
    with pytest.raises(CurrencyDiffers):
        link(book, dollars, coffee)
    with pytest.raises(NotFound):
        unlink(book, refund)


def test_an_expense_that_was_a_transfer_leaves_spending_and_moves_the_other_account(
    book: Bookkeeping, coffee: EntryId
) -> None:
    book.imports(spent("2026-03-09", "1", "银行", account="card:x", order="C1"), file="c.csv")
    card = account(book, "card:x")
    note(book, coffee, note="mine", add_tags=("t",))
    new = become(book, coffee, EntryKind.TRANSFER, counter=card)
    assert book.spending() == {"coffee": 2000, "uncategorised": 100}
    assert (book.balance(BALANCE), book.balance("card:x")) == (-5500, 3400)
    said = fact(book, new)
    assert (said["kind"], said["note"], said["tags"], said["category"]) == ("transfer", "mine", "t", None)
    assert book.unbalanced() == []
    assert not book.drift()


def test_a_correction_keeps_the_source_row_the_history_and_the_import_it_belongs_to(book: Bookkeeping) -> None:
    receipt = book.imports(earned("2026-03-01", "35.00", "瑞幸咖啡", order="A1"))
    old = EntryId(book.entry("A1"))
    note(book, old, note="looked at")
    new = become(book, old, EntryKind.REFUND)
    again = become(book, new, EntryKind.INCOME, category="cashback")
    seen = transaction.detail(book.db, book.owner, again)
    assert seen.source is not None
    assert (seen.source.order_id, seen.source.cells["金额"], seen.source.file) == ("A1", "35.00", "bill.csv")
    assert [change.field for change in seen.history].count("corrects") == 2
    assert seen.note == "looked at"
    assert seen.parts[0].category == "cashback"
    assert transaction.detail(book.db, book.owner, old).reversed_by is not None
    assert (
        book.imports(spent("2026-03-08", "1", order="Z"), earned("2026-03-01", "35.00", "瑞幸咖啡", order="A1")).booked
        == 1
    )
    book.undoes(receipt)
    assert book.balance(BALANCE) == -100
    assert book.asks("SELECT kind FROM published_fact WHERE owner = $owner") == [("expense",)]


def test_a_corrected_entry_is_gone_for_every_command(book: Bookkeeping, coffee: EntryId) -> None:
    become(book, coffee, EntryKind.FEE)
    with pytest.raises(NotFound):
        note(book, coffee, note="too late")
    with pytest.raises(NotFound):
        become(book, coffee, EntryKind.TRANSFER)


def test_refunds_move_along_when_their_purchase_becomes_a_fee_and_hinder_anything_else(book: Bookkeeping) -> None:
    book.imports(spent("2026-03-01", "35.00", "甲", order="A1"), refunded("2026-03-02", "5", "甲", of="A1", order="R1"))
    bill, refund = EntryId(book.entry("A1")), EntryId(book.entry("R1"))
    with pytest.raises(HasRefunds):
        become(book, bill, EntryKind.TRANSFER)
    fee = become(book, bill, EntryKind.FEE, category="bank_fees")
    assert fact(book, refund)["refund_of"] == fee
    assert fact(book, refund)["category"] == "bank_fees"
    assert book.spending() == {"bank_fees": 3000}
    assert not book.drift()


def test_a_kind_must_fit_the_money_and_be_another_one(book: Bookkeeping, coffee: EntryId) -> None:
    with pytest.raises(AlreadyOfKind):
        become(book, coffee, EntryKind.EXPENSE)
    with pytest.raises(DirectionDoesNotFit):
        become(book, coffee, EntryKind.INCOME)
    with pytest.raises(KindNotOffered):
        become(book, coffee, EntryKind.OPENING)
    with pytest.raises(SameAccount):
        become(book, coffee, EntryKind.TRANSFER, counter=account(book, BALANCE))
    with pytest.raises(NotFound):
        become(book, coffee, EntryKind.TRANSFER, counter=AccountId(book.owner))
    with pytest.raises(CategoryDoesNotFit):
        become(book, coffee, EntryKind.FEE, category="salary")
    assert book.spending() == {"coffee": 5500}


def test_a_transfer_to_an_unknown_place_can_be_given_its_account_or_become_an_expense(book: Bookkeeping) -> None:
    book.imports(
        moved("2026-03-01", "100", to=None, order="T1"),
        charged("2026-03-01", "0.10", row=25, part=1, order="T1"),
        spent("2026-03-09", "1", "银行", account="card:x", order="C1"),
    )
    (found,) = {
        row[0] for row in book.asks("SELECT entry FROM published_fact WHERE owner = $owner AND kind = 'transfer'")
    }
    to_card = become(book, EntryId(found), EntryKind.TRANSFER, counter=account(book, "card:x"))
    assert (book.balance("card:x"), book.balance("book:clearing"), book.balance(BALANCE)) == (9910, 0, -10010)
    spent_after_all = become(book, to_card, EntryKind.EXPENSE, category="rent")
    assert (book.balance("card:x"), book.balance(BALANCE)) == (-100, -10010)
    assert fact(book, spent_after_all)["spending"] == 10010
    assert book.unbalanced() == []
    assert not book.drift()


def test_a_kind_without_a_stated_category_is_sorted_as_an_import_would(book: Bookkeeping) -> None:
    book.imports(moved("2026-03-01", "20", to="card:x", payee="瑞幸咖啡", order="T1"))
    new = become(book, EntryId(book.entry("T1")), EntryKind.EXPENSE)
    assert fact(book, new)["category"] == "coffee"


def test_the_detail_shows_postings_parts_refunds_and_what_is_left_to_refund(book: Bookkeeping) -> None:
    book.imports(spent("2026-03-01", "35.00", "甲", order="A1"), refunded("2026-03-02", "5", "甲", of="A1", order="R1"))
    bill, refund = EntryId(book.entry("A1")), EntryId(book.entry("R1"))
    accounts.rename(book.db, RenameAccount(book.owner, new_request_id(), book.owner, account(book, BALANCE), "零用钱"))
    seen = transaction.detail(book.db, book.owner, bill)
    assert [(line.name, line.key, line.amount.minor) for line in seen.postings] == [
        ("零用钱", BALANCE, -3500),
        ("", "book:expense", 3500),
    ]
    assert [one.entry for one in seen.refunds] == [refund]
    assert seen.refundable is not None
    assert seen.refundable.minor == 3000
    assert seen.source is not None
    assert (seen.source.line, seen.source.cells["交易对方"]) == (25, "甲")
    back = transaction.detail(book.db, book.owner, refund)
    assert back.original is not None
    assert (back.original.entry, back.original.amount.minor, back.refundable) == (bill, 3500, None)


def test_the_history_tells_who_said_what_and_which_rule(book: Bookkeeping, coffee: EntryId) -> None:
    note(book, coffee, category="dining")
    sorting.always_for_payee(
        book.db, sorting.AlwaysForPayee(book.owner, new_request_id(), book.owner, "瑞幸咖啡", "presents")
    )
    told = transaction.history(book.db, book.owner, EntryId(book.entry("A2")))
    assert [(change.field, change.value, change.by, change.at) for change in told] == [
        ("category", "presents", "learned", NOW)
    ]
    own = transaction.history(book.db, book.owner, coffee)
    assert [(change.field, change.value, change.by, change.actor) for change in own] == [
        ("category", "dining", None, book.owner)
    ]


def test_an_undone_import_leaves_nothing_to_annotate(book: Bookkeeping) -> None:
    receipt = book.imports(spent("2026-03-01", "35.00", order="A1"))
    entry = EntryId(book.entry("A1"))
    book.undoes(receipt)
    with pytest.raises(NotFound):
        note(book, entry, note="gone")
    assert transaction.detail(book.db, book.owner, entry).parts == ()
    assert statements.batches(book.db, book.owner)[0].undone_at == NOW
