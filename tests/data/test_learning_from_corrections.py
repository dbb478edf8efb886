"""What a person put somewhere by hand is where the next import puts what is like it; of that person only."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from uuid import UUID

import pytest

from data import bookkeeping, sorting, statements
from data.bookkeeping import Annotate, Split
from data.categories import CategoryKind
from data.database import open_database
from data.ids import EntryId, OwnerId, new_request_id
from data.matching.preview import Preview
from data.sorting import AlwaysForPayee, ArchiveCategory, CreateCategory
from data.store import learnt
from tests.bookkeeping import Bookkeeping, Written, bill, earned, spent

NOW = datetime(2026, 11, 22, 4, 0, 0)  # noqa: DTZ001 - the store keeps UTC without zone
PLACES = ("老王", "欢乐", "天天", "好友", "阿珍", "月亮")


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Bookkeeping]:
    database = open_database(tmp_path / "wallet.duckdb", lambda: NOW)
    yield Bookkeeping(database)
    database.close()


def previewed(book: Bookkeeping, *written: Written) -> Preview:
    return statements.prepare(book.db, book.owner, [bill(*written, file="next.csv")])


def put(book: Bookkeeping, category: str, *orders: str) -> None:
    entries = tuple(EntryId(book.entry(order)) for order in orders)
    bookkeeping.annotate(book.db, Annotate(book.owner, new_request_id(), book.owner, entries, category=category))


def own(book: Bookkeeping, name: str = "钓鱼") -> str:
    command = CreateCategory(book.owner, new_request_id(), book.owner, name, CategoryKind.EXPENSE)
    return sorting.create_category(book.db, command)


def anglers(book: Bookkeeping) -> str:
    """Six ponds that the person put under a category of their own."""
    book.imports(*(spent("2026-03-01", "60.00", f"{name}钓场", order=name) for name in PLACES))
    key = own(book)
    put(book, key, *PLACES)
    return key


def test_what_was_put_somewhere_by_hand_is_put_there_by_the_next_import(book: Bookkeeping) -> None:
    book.imports(spent("2026-03-01", "35.00", "阿强的店", order="A1"))
    put(book, "snacks", "A1")
    seen = previewed(book, spent("2026-04-01", "20.00", "阿强的店（二店）"), spent("2026-04-01", "20.00", "别家"))
    assert seen.category == ["snacks", "uncategorised"]
    assert seen.reason == ["corrected", "default"]
    assert seen.evidence == ["阿强的店", ""]


def test_a_category_chosen_while_importing_teaches_too(book: Bookkeeping) -> None:
    book.imports(spent("2026-03-01", "35.00", "阿强的店", order="A1", category="snacks"))
    assert previewed(book, spent("2026-04-01", "20.00", "阿强的店")).reason == ["corrected"]
    assert not book.drift()


def test_what_nobody_touched_teaches_nothing(book: Bookkeeping) -> None:
    book.imports(spent("2026-03-01", "35.00", "瑞幸咖啡", order="A1"), spent("2026-03-01", "35.00", "某家", order="A2"))
    assert learnt.corrections_of(book.db.read, book.owner, sorting.categories(book.db, book.owner)) == ()


def test_payees_like_those_put_under_an_own_category_go_there_and_are_booked_so(book: Bookkeeping) -> None:
    key = anglers(book)
    written = spent("2026-04-01", "80.00", "金桥钓场", order="N1")
    seen = previewed(book, written)
    assert (seen.category, seen.reason, seen.evidence) == ([key], ["guess"], ["钓场"])
    guess = seen.guess[0]
    assert guess is not None
    assert guess.taught
    book.imports(written)
    assert book.spending()[key] == 6 * 6_000 + 8_000


def test_a_thought_that_is_not_sure_is_offered_and_nothing_is_booked_by_it(book: Bookkeeping) -> None:
    book.imports(spent("2026-03-01", "60.00", "老王钓场", order="A1"))
    key = own(book)
    put(book, key, "A1")
    seen = previewed(book, spent("2026-04-01", "80.00", "金桥钓场"))
    assert (seen.category, seen.reason) == (["uncategorised"], ["default"])
    assert [guess and guess.category for guess in seen.guess] == [key]


def test_what_one_person_teaches_never_reaches_another(book: Bookkeeping) -> None:
    anglers(book)
    book.imports(spent("2026-03-02", "35.00", "瑞幸咖啡", order="C1"))
    put(book, "treats", "C1")
    other = Bookkeeping(book.db, OwnerId(UUID(int=77)))
    rows = [spent("2026-04-01", "80.00", "金桥钓场"), spent("2026-04-01", "80.00", "瑞幸咖啡")]
    before = previewed(other, *rows)
    assert before.category == ["uncategorised", "coffee"]
    assert before.guess == [None, None]
    other.imports(spent("2026-03-01", "60.00", "别的钓场", order="B1"))
    put(other, "pets", "B1")
    assert previewed(book, *rows).category[1] == "treats"
    assert previewed(other, *rows).category == ["uncategorised", "coffee"]


def test_an_archived_category_is_learnt_no_more(book: Bookkeeping) -> None:
    key = anglers(book)
    sorting.archive_category(book.db, ArchiveCategory(book.owner, new_request_id(), book.owner, key))
    seen = previewed(book, spent("2026-04-01", "80.00", "老王钓场"))
    assert seen.category == ["uncategorised"]


def test_a_word_taken_back_a_split_and_an_undone_import_teach_nothing(book: Bookkeeping) -> None:
    book.imports(
        spent("2026-03-01", "35.00", "阿强的店", order="A1"), spent("2026-03-01", "30.00", "王姐的店", order="A2")
    )
    put(book, "snacks", "A1", "A2")
    put(book, "", "A1")
    parts = (("snacks", 1_000), ("books", 2_000))
    bookkeeping.split(book.db, Split(book.owner, new_request_id(), book.owner, EntryId(book.entry("A2")), parts))
    receipt = book.imports(spent("2026-03-03", "35.00", "三号店铺", order="A3"), file="third.csv")
    put(book, "pets", "A3")
    batch = receipt.files[0].batch
    assert batch is not None
    statements.undo(book.db, statements.UndoImport(book.owner, new_request_id(), batch, book.owner))
    rows = [spent("2026-04-01", "20.00", name) for name in ("阿强的店", "王姐的店", "三号店铺")]
    assert previewed(book, *rows).reason == ["default"] * 3


def test_always_for_a_payee_teaches_about_others_like_it(book: Bookkeeping) -> None:
    book.imports(*(spent("2026-03-01", "60.00", f"{name}钓场", order=name) for name in PLACES))
    for name in PLACES:
        command = AlwaysForPayee(book.owner, new_request_id(), book.owner, f"{name}钓场", "outdoor")
        sorting.always_for_payee(book.db, command)
    seen = previewed(book, spent("2026-04-01", "80.00", "金桥钓场"), spent("2026-04-01", "80.00", "老王钓场"))
    assert seen.category == ["outdoor", "outdoor"]
    assert seen.reason == ["guess", "learned"]


def test_income_is_learnt_beside_spending(book: Bookkeeping) -> None:
    book.imports(
        earned("2026-03-01", "60.00", "阿强的店", order="A1"), spent("2026-03-01", "9.00", "阿强的店", order="A2")
    )
    put(book, "side_income", "A1")
    put(book, "snacks", "A2")
    seen = previewed(book, earned("2026-04-01", "80.00", "阿强的店"), spent("2026-04-01", "8.00", "阿强的店"))
    assert seen.category == ["side_income", "snacks"]


def test_the_classifier_is_kept_while_nothing_that_teaches_changed(book: Bookkeeping) -> None:
    anglers(book)
    first = learnt.learner(book.db, book.owner)
    assert learnt.learner(book.db, book.owner) is first
    book.imports(spent("2026-05-01", "60.00", "无关的店", order="X1"))
    assert learnt.learner(book.db, book.owner) is first
    put(book, "snacks", "X1")
    assert learnt.learner(book.db, book.owner) is not first
