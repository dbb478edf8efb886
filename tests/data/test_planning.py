from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from uuid import uuid4

import pytest

from data.errors import RequestIdReused
from data.money import CurrencyUnknown
from data.planning import (
    Alert,
    Carry,
    CategoryUnknown,
    LimitItem,
    LimitOutOfRange,
    LimitTwice,
    limit_history,
    raise_alerts,
    set_limits,
)
from tests.ledger_rows import Book

OCTOBER = date(2026, 10, 1)


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    made = Book(tmp_path)
    yield made
    made.db.close()


def test_limits_that_make_no_sense_are_refused_and_change_nothing(book: Book) -> None:
    for items, refusal in (
        ([LimitItem("", "CNY", 1), LimitItem("", "CNY", 2)], LimitTwice),
        ([LimitItem("", "CNY", -1)], LimitOutOfRange),
        ([LimitItem("", "XXQ", 1)], CurrencyUnknown),
        ([LimitItem("dining", "CNY", 1), LimitItem("nonsense", "CNY", 1)], CategoryUnknown),
        ([LimitItem("salary", "CNY", 1)], CategoryUnknown),
    ):
        with pytest.raises(refusal):
            set_limits(book.db, book.owner, OCTOBER, items)
    assert limit_history(book.db, book.owner) == ()


def test_setting_a_limit_again_as_it_is_adds_no_history(book: Book) -> None:
    item = LimitItem("dining", "CNY", 500, Carry.SURPLUS)
    assert set_limits(book.db, book.owner, OCTOBER, [item]) == 1
    assert set_limits(book.db, book.owner, OCTOBER, [item]) == 0
    assert [(one.amount, one.carry) for one in limit_history(book.db, book.owner)] == [(500, Carry.SURPLUS)]


def test_a_month_goes_by_the_calendar_month_it_starts_in(book: Book) -> None:
    set_limits(book.db, book.owner, date(2026, 10, 15), [LimitItem("", "CNY", 500)])
    assert [one.from_month for one in limit_history(book.db, book.owner)] == [OCTOBER]


def test_a_form_sent_twice_sets_its_limits_once_and_another_content_is_refused(book: Book) -> None:
    for _ in range(2):
        set_limits(book.db, book.owner, OCTOBER, [LimitItem("", "CNY", 500)], request_id="form-1")
    assert len(limit_history(book.db, book.owner)) == 1
    with pytest.raises(RequestIdReused):
        set_limits(book.db, book.owner, OCTOBER, [LimitItem("", "CNY", 501)], request_id="form-1")


def test_owners_have_their_own_limits_and_warnings(book: Book) -> None:
    set_limits(book.db, book.owner, OCTOBER, [LimitItem("", "CNY", 500)])
    assert limit_history(book.db, uuid4()) == ()
    alert = Alert(OCTOBER, "", "CNY", 80)
    assert raise_alerts(book.db, book.owner, [alert, alert]) == 1
    assert raise_alerts(book.db, uuid4(), [alert]) == 1
