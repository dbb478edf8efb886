"""What a person says about series of payments is kept, taken back, refused in words, and holds after a restart."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from data import recurring
from data.database import Database, open_database
from data.errors import NotFound, Rejection, RequestIdReused
from data.ids import OwnerId, new_id, new_request_id
from data.recurring import (
    Anchor,
    Ended,
    Mark,
    Named,
    Next,
    NextOutOfRange,
    NothingToTakeBack,
    SayOfSeries,
    SeriesKind,
    SeriesNameUnfit,
    Side,
    TakeBackWord,
    Verdict,
)
from tests.ledger_rows import Book

NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC).replace(tzinfo=None)
DAYS = (date(2026, 8, 5), date(2026, 9, 5), date(2026, 10, 5))


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    database = open_database(tmp_path / "wallet.duckdb", lambda: NOW)
    yield database
    database.close()


def paid(db: Database, amount: int = 2_500, payee: str = "Video") -> tuple[Book, Mark]:
    """An owner with three payments, and their mark."""
    book = Book(db)
    rows = [book.row(day, amount, "streaming", payee) for day in DAYS]
    book.facts(rows)
    anchors = tuple(Anchor(row["seq"], row["booked_on"], amount) for row in rows)
    return book, Mark(Side.OUT, rows[0]["payee_key"], "CNY", "monthly", anchors)


def told(book: Book, mark: Mark, word: Any, series: UUID | None = None, request: str | None = None) -> SayOfSeries:
    return SayOfSeries(OwnerId(book.owner), request or new_request_id(), book.owner, series, mark, word)


def back(book: Book, series: UUID) -> TakeBackWord:
    return TakeBackWord(OwnerId(book.owner), new_request_id(), book.owner, series)


def stands(db: Database, book: Book) -> dict[str, Any]:
    sql = "SELECT field, value FROM published_recurring_word WHERE owner = $owner"
    return {field: json.loads(value) for field, value in db.read(sql, {"owner": book.owner})}


def rows(db: Database) -> int:
    return int(db.read("SELECT count(*) FROM recurring_word")[0][0])


def test_words_of_one_series_stand_under_one_id_and_the_latest_of_a_field_counts(db: Database) -> None:
    book, mark = paid(db)
    words = (
        Verdict.CONFIRMED,
        Named(" 我的  电影 "),
        SeriesKind.REGULAR,
        Next(date(2026, 11, 9), 3_000),
        Verdict.IGNORED,
    )
    assert len({recurring.say(db, told(book, mark, word)) for word in words}) == 1
    assert stands(db, book) == {
        "verdict": "ignored",
        "name": "我的 电影",
        "kind": "regular",
        "next": {"on": "2026-11-09", "amount_minor": 3_000},
    }


def test_taking_back_goes_word_by_word_until_nothing_is_left(db: Database) -> None:
    book, mark = paid(db)
    series = recurring.say(db, told(book, mark, Named("One")))
    recurring.say(db, told(book, mark, Named("Two"), series))
    recurring.say(db, told(book, mark, Ended(ended=True), series))
    seen = []
    for _ in range(3):
        recurring.take_back(db, back(book, series))
        seen.append(stands(db, book))
    assert seen == [{"name": "Two"}, {"name": "One"}, {}]
    with pytest.raises(NothingToTakeBack):
        recurring.take_back(db, back(book, series))
    assert rows(db) == 6


def test_the_same_word_or_the_same_request_again_writes_nothing(db: Database) -> None:
    book, mark = paid(db)
    first = told(book, mark, Named("Films"), request="one")
    assert recurring.say(db, first) == recurring.say(db, first) == recurring.say(db, told(book, mark, Named("Films")))
    assert rows(db) == 1
    with pytest.raises(RequestIdReused):
        recurring.say(db, told(book, mark, Named("Other"), request="one"))


def test_a_series_is_known_again_by_day_and_amount_when_its_entries_are_new(db: Database) -> None:
    book, mark = paid(db)
    series = recurring.say(db, told(book, mark, Verdict.IGNORED))
    again = [book.row(day, 2_500, "streaming", "Video") for day in (*DAYS, date(2026, 11, 5))]
    book.facts(again)
    anchors = tuple(Anchor(row["seq"], row["booked_on"], 2_500) for row in again)
    anew = Mark(Side.OUT, mark.payee_key, "CNY", "monthly", anchors)
    assert recurring.say(db, told(book, anew, Named("Films"))) == series


def test_a_neighbour_at_the_same_payee_is_another_series(db: Database) -> None:
    book, mark = paid(db)
    dear = [book.row(day, 6_800, "streaming", "Video") for day in DAYS]
    book.facts(dear)
    anchors = tuple(Anchor(row["seq"], row["booked_on"], 6_800) for row in dear)
    other = Mark(Side.OUT, mark.payee_key, "CNY", "monthly", anchors)
    assert recurring.say(db, told(book, mark, Named("A"))) != recurring.say(db, told(book, other, Named("B")))


@pytest.mark.parametrize(
    ("word", "refusal"),
    [
        (Named("   "), SeriesNameUnfit),
        (Named("x" * 61), SeriesNameUnfit),
        (Named("a\u200bb"), SeriesNameUnfit),
        (Next(date(2026, 10, 5), 100), NextOutOfRange),
        (Next(date(2028, 12, 1), 100), NextOutOfRange),
        (Next(date(2026, 11, 5), 0), NextOutOfRange),
        (Next(date(2026, 11, 5), 10**15 + 1), NextOutOfRange),
    ],
)
def test_what_makes_no_sense_is_refused_with_facts_and_nothing_is_kept(
    db: Database, word: Any, refusal: type[Rejection]
) -> None:
    book, mark = paid(db)
    with pytest.raises(refusal):
        recurring.say(db, told(book, mark, word))
    assert rows(db) == 0


def test_nobody_speaks_of_payments_that_are_not_theirs(db: Database) -> None:
    alice, mark = paid(db)
    series = recurring.say(db, told(alice, mark, Verdict.CONFIRMED))
    bob = Book(db)
    for theirs in (told(bob, mark, Verdict.IGNORED), told(bob, mark, Verdict.IGNORED, series)):
        with pytest.raises(NotFound):
            recurring.say(db, theirs)
    with pytest.raises(NotFound):
        recurring.take_back(db, back(bob, series))
    with pytest.raises(NotFound):
        recurring.say(db, told(alice, Mark(Side.OUT, mark.payee_key, "CNY", "monthly", ()), Verdict.IGNORED))
    with pytest.raises(NotFound):
        recurring.say(db, told(alice, mark, Verdict.IGNORED, new_id()))
    assert (stands(db, alice), stands(db, bob)) == ({"verdict": "confirmed"}, {})


def test_two_owners_with_the_same_payments_have_their_own_words(db: Database) -> None:
    (alice, mark), (bob, same) = paid(db), paid(db)
    assert mark == same
    first = recurring.say(db, told(alice, mark, Named("A")))
    second = recurring.say(db, told(bob, same, Named("B")))
    assert first != second
    assert (stands(db, alice), stands(db, bob)) == ({"name": "A"}, {"name": "B"})


def test_words_hold_after_a_restart_and_later_ones_still_come_later(tmp_path: Path) -> None:
    path = tmp_path / "wallet.duckdb"
    database = open_database(path, lambda: NOW)
    book, mark = paid(database)
    recurring.say(database, told(book, mark, Named("Before")))
    database.close()
    database = open_database(path, lambda: NOW)
    book.db = database
    recurring.say(database, told(book, mark, Named("After")))
    assert stands(database, book) == {"name": "After"}
    database.close()
