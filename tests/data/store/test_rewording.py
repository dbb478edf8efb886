"""Do words that change a fact in place leave what deriving it anew would, and is everything else derived anew?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from uuid import UUID

import pytest

from data.bookkeeping import Annotate, LinkRefund, Split, annotate, link_refund, split
from data.database import open_database
from data.ids import EntryId, new_request_id
from tests.bookkeeping import Bookkeeping, refunded, spent
from tests.ledger_rows import NOW


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Bookkeeping]:
    db = open_database(tmp_path / "wallet.duckdb", lambda: NOW)
    kept = Bookkeeping(db)
    kept.imports(
        spent("2026-03-01", "35.00", "Luckin", order="A1", category="coffee"),
        spent("2026-03-05", "20.00", "Didi", order="A2", category="taxi"),
        refunded("2026-04-02", "5.00", "Didi", order="A3"),
    )
    yield kept
    db.close()


def say(book: Bookkeeping, *orders: str, **said: object) -> None:
    entries = tuple(EntryId(book.entry(order)) for order in orders)
    annotate(book.db, Annotate(book.owner, new_request_id(), book.owner, entries, **said))  # type: ignore[arg-type]


def places(book: Bookkeeping) -> dict[UUID, int]:
    """Where the facts lie in the table; one that is derived anew lies elsewhere."""
    return dict(book.asks("SELECT entry, rowid FROM fact WHERE owner = $owner"))


@pytest.mark.parametrize(
    ("said", "columns"),
    [
        ({"category": "bakery"}, "category = 'bakery'"),
        ({"note": "生日 'quoted'"}, "note = '生日 ''quoted'''"),
        ({"payee": "楼下 咖啡"}, "payee = '楼下 咖啡' AND payee_key <> 'luckin' AND payee_key <> ''"),
        ({"add_tags": ("gift", "2026")}, "tags = 'gift' || chr(10) || '2026'"),
        ({"excluded": True}, "excluded"),
    ],
)
def test_a_word_on_a_plain_purchase_changes_its_fact_where_it_lies(
    book: Bookkeeping, said: dict[str, object], columns: str
) -> None:
    before, version = places(book), book.db.version(book.owner)
    say(book, "A1", **said)
    assert places(book) == before
    found = book.asks(
        f"SELECT count(*) FROM fact WHERE owner = $owner AND entry = $entry AND {columns}", entry=book.entry("A1")
    )
    assert found == [(1,)]
    assert not book.drift()
    touched = book.db.touched_since(book.owner, version)
    assert touched is not None
    assert touched.arrivals == touched.purchases == {date(2026, 3, 1)}


def test_a_word_taken_back_is_derived_anew(book: Bookkeeping) -> None:
    say(book, "A1", category="bakery", note="x")
    before = places(book)
    say(book, "A1", category="")
    assert book.spending("2026-03-01") == {"coffee": 3500, "taxi": 2000}
    assert places(book) != before
    assert not book.drift()


def test_what_a_refund_follows_is_derived_anew_with_the_refund(book: Bookkeeping) -> None:
    refund, purchase = EntryId(book.entry("A3")), EntryId(book.entry("A2"))
    link_refund(book.db, LinkRefund(book.owner, new_request_id(), book.owner, refund, purchase))
    version = book.db.version(book.owner)
    say(book, "A1", "A2", category="fruit")
    assert book.spending() == {"fruit": 5000}
    assert not book.drift()
    touched = book.db.touched_since(book.owner, version)
    assert touched is not None
    assert touched.arrivals == {date(2026, 3, 1), date(2026, 4, 1)}
    say(book, "A2", excluded=True)
    assert book.spending() == {"fruit": 3500}
    assert not book.drift()


def test_a_note_on_a_split_purchase_reaches_every_part_and_a_category_puts_it_together(book: Bookkeeping) -> None:
    entry = EntryId(book.entry("A1"))
    split(book.db, Split(book.owner, new_request_id(), book.owner, entry, (("coffee", 3000), ("bakery", 500))))
    say(book, "A1", note="both")
    assert book.asks("SELECT count(*) FROM fact WHERE owner = $owner AND note = 'both'") == [(2,)]
    assert not book.drift()
    say(book, "A1", category="fruit")
    assert book.spending("2026-03-01") == {"fruit": 3500, "taxi": 2000}
    assert not book.drift()
