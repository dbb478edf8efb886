"""Undoing what was said at once about transactions."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from data import bookkeeping, sorting, transaction
from data.bookkeeping import Annotate, Split, TakeBack
from data.database import open_database
from data.errors import NotFound
from data.ids import EntryId, OwnerId, new_id, new_request_id
from data.sorting import AlwaysForPayee
from tests.bookkeeping import Bookkeeping, spent

NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC).replace(tzinfo=None)


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Bookkeeping]:
    db = open_database(tmp_path / "wallet.duckdb", lambda: NOW)
    yield Bookkeeping(db)
    db.close()


def says(book: Bookkeeping, *orders: str, **words: Any) -> int:
    entries = tuple(EntryId(book.entry(order)) for order in orders)
    return bookkeeping.annotate(book.db, Annotate(book.owner, new_request_id(), book.owner, entries, **words)).seq


def takes_back(book: Bookkeeping, seq: int, owner: OwnerId | None = None) -> int:
    who = owner or book.owner
    return bookkeeping.take_back(book.db, TakeBack(who, new_request_id(), who, seq))


def test_everything_said_at_once_is_again_what_it_was(book: Bookkeeping) -> None:
    book.imports(
        spent("2026-10-01", "30.00", "甲", order="A", category="coffee"),
        spent("2026-10-02", "20.00", "乙", order="B", category="taxi"),
    )
    says(book, "A", note="with Ann", add_tags=("work",))
    seq = says(book, "A", "B", category="snacks", note="", payee="丙", add_tags=("home",), excluded=True)
    assert book.spending() == {}
    assert takes_back(book, seq) == 2
    assert book.spending() == {"coffee": 3000, "taxi": 2000}
    seen = transaction.detail(book.db, book.owner, EntryId(book.entry("A")))
    assert (seen.called, seen.note, seen.tags, seen.excluded) == ("甲", "with Ann", ("work",), False)
    assert not book.drift()


def test_a_split_that_a_category_put_together_is_parted_again(book: Bookkeeping) -> None:
    book.imports(spent("2026-10-01", "30.00", "甲", order="A"))
    parts = (("coffee", 1000), ("snacks", 2000))
    bookkeeping.split(book.db, Split(book.owner, new_request_id(), book.owner, EntryId(book.entry("A")), parts))
    seq = says(book, "A", category="taxi")
    assert book.spending() == {"taxi": 3000}
    takes_back(book, seq)
    assert book.spending() == {"coffee": 1000, "snacks": 2000}


def test_what_was_learned_stays_learned_and_may_be_overruled_again(book: Bookkeeping) -> None:
    book.imports(spent("2026-10-01", "30.00", "甲", order="A", category=None))

    def learns(category: str) -> None:
        sorting.always_for_payee(book.db, AlwaysForPayee(book.owner, new_request_id(), book.owner, "甲", category))

    learns("coffee")
    takes_back(book, says(book, "A", category="taxi"))
    assert book.spending() == {"coffee": 3000}
    learns("snacks")
    assert book.spending() == {"snacks": 3000}


def test_a_later_word_stands_and_an_undone_saying_cannot_be_undone_again(book: Bookkeeping) -> None:
    book.imports(spent("2026-10-01", "30.00", "甲", order="A", category="coffee"))
    seq = says(book, "A", category="taxi", note="one")
    says(book, "A", category="snacks")
    takes_back(book, seq)
    assert book.spending() == {"snacks": 3000}
    assert transaction.detail(book.db, book.owner, EntryId(book.entry("A"))).note == ""
    with pytest.raises(NotFound):
        takes_back(book, seq)


def test_nobody_undoes_what_another_said(book: Bookkeeping) -> None:
    book.imports(spent("2026-10-01", "30.00", "甲", order="A"))
    seq = says(book, "A", note="mine")
    with pytest.raises(NotFound):
        takes_back(book, seq, OwnerId(new_id()))
