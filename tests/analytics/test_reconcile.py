"""How accounts stand beside their statements, one period row by row, and the same as tables; real files among them."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest

from analytics import reconcile_tables
from analytics.accounts import balances
from analytics.reconcile import Book, Statement, books
from analytics.scope import Scope, look
from analytics.statement_period import Period, period
from data import accounts, bookkeeping, reconciling
from data.accounts import SetOpening
from data.bookkeeping import Reclassify
from data.database import Database, open_database
from data.ids import AccountId, EntryId
from data.importers.recognise import recognise
from data.importers.statement import Statement as File
from data.ledger.assertions import State
from data.ledger.entry import EntryKind
from data.ledger.explaining import Cause
from data.money import Money, parse_amount
from data.reconciling import MarkReconciled, StartFromStatement
from tests.bookkeeping import BALANCE, Bookkeeping, moved, spent
from tests.data.test_pairs import CARD, bank, wallet
from tests.data.test_reconciling import (
    FARE,
    FEB,
    JAN,
    LUNCH,
    PAY,
    account,
    adjusts,
    by,
    closing,
    stating,
    the,
    ticks,
    types,
)
from tests.samples import sample

NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC).replace(tzinfo=None)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    db = open_database(tmp_path_factory.mktemp("beside") / "wallet.duckdb", lambda: NOW)
    yield db
    db.close()


@pytest.fixture
def book(store: Database) -> Bookkeeping:
    return Bookkeeping(store)


def scope(book: Bookkeeping) -> Scope:
    return look(book.db, book.owner, NOW.date())


def beside(book: Bookkeeping, key: str = BALANCE) -> Book:
    return next(one for one in books(scope(book)) if one.account.hint_key == key)


def opened(book: Bookkeeping, on: date = JAN, key: str = BALANCE) -> Period:
    return period(scope(book), statement(book, on, key))


def statement(book: Bookkeeping, on: date = JAN, key: str = BALANCE) -> Statement:
    return next(one for one in beside(book, key).statements if one.on == on)


def causes(seen: Period) -> list[tuple[Cause, tuple[EntryId, ...]]]:
    return [(one.candidate.cause, one.candidate.entries) for one in seen.explained]


# --- accounts ---


def test_accounts_with_statements_come_first_with_the_number_that_differ(book: Bookkeeping) -> None:
    book.imports(spent("2026-01-01", "1.00", account="a:none", order="N"))
    book.takes([stating(closing(JAN, 7000), closing(FEB, 5), rows=(PAY, LUNCH, FARE))])
    first, second = books(scope(book))
    assert (first.account.hint_key, first.differing, [one.on for one in first.statements]) == (BALANCE, 1, [FEB, JAN])
    assert (second.account.hint_key, second.statements, second.currencies) == ("a:none", (), ("CNY",))


def test_nobody_has_accounts_before_anything_is_booked(book: Bookkeeping) -> None:
    assert books(scope(book)) == ()


def test_ours_on_the_last_day_is_the_balance_that_other_pages_show(book: Bookkeeping) -> None:
    book.takes([stating(closing(FEB, 5), rows=(PAY, LUNCH, FARE))])
    (held,) = [one.amount for one in balances(scope(book)) if one.account.hint_key == BALANCE]
    assert statement(book, FEB).standing.ours == held == 6600


def test_a_reconciled_statement_is_broken_by_a_later_row(book: Bookkeeping) -> None:
    book.takes([stating(closing(JAN, 7000), rows=(PAY, LUNCH))])
    jan = statement(book).standing.stated.asserted
    ticks(book, jan, "J1", "J2")
    reconciling.reconcile(book.db, MarkReconciled(**by(book), asserted=jan))
    assert (statement(book).reconciled, statement(book).broken) == (True, False)
    book.imports(spent("2026-01-25", "9.00", order="late"), file="late.csv")
    assert (statement(book).reconciled, statement(book).broken) == (True, True)


# --- one period ---


def test_ticks_add_up_to_the_statement_row_by_row(book: Bookkeeping) -> None:
    book.takes([stating(closing(JAN, 7000), closing(FEB, 6500), rows=(PAY, LUNCH, FARE))])
    seen = opened(book)
    assert (seen.before, seen.ticked, seen.remaining, seen.waiting) == (0, 0, 7000, 2)
    ticks(book, seen.statement.standing.stated.asserted, "J1")
    seen = opened(book)
    assert (seen.ticked, seen.remaining, seen.waiting) == (10000, -3000, 1)
    feb = opened(book, FEB)
    assert ([line.entry for line in feb.lines], feb.before, feb.remaining) == ([book.entry("F1")], 7000, -500)


def test_openings_and_corrections_count_without_a_tick(book: Bookkeeping) -> None:
    book.takes([stating(closing(JAN, 123456), closing(FEB, 123000), rows=(PAY, LUNCH, FARE))])
    jan = the(book, JAN).stated.asserted
    reconciling.start(book.db, StartFromStatement(**by(book), asserted=jan))
    entry = adjusts(book, the(book, FEB).stated.asserted, category="dining")
    first, second = opened(book), opened(book, FEB)
    assert (first.own, first.remaining, len(first.on_paper)) == (116456, 7000, 2)
    assert (second.own, second.remaining, second.waiting) == (-56, -400, 1)
    assert [(one.event, one.line.entry, one.line.note) for one in second.booked] == [("adjusted", entry, "bank fee")]
    assert [one.event for one in first.booked] == ["started"]


def test_the_statements_own_file_tells_which_rows_it_has(book: Bookkeeping) -> None:
    other = spent("2026-01-21", "30.00", "咖啡", order="W1")
    book.takes([stating(closing(JAN, 7000), rows=(PAY, LUNCH))])
    book.imports(other, file="wallet.csv")
    seen = opened(book)
    assert {line.entry: line.in_file for line in seen.lines} == {
        book.entry("J1"): True,
        book.entry("J2"): True,
        book.entry("W1"): False,
    }
    assert causes(seen)[0] == (Cause.TWICE, (book.entry("W1"),))


def test_a_row_that_another_file_brought_first_is_in_the_file_too(book: Bookkeeping) -> None:
    book.imports(PAY, file="earlier.csv")
    book.takes([stating(closing(JAN, 6900), rows=(PAY, LUNCH))])
    assert [line.in_file for line in opened(book).lines] == [True, True]


def test_a_row_booked_anew_by_hand_is_still_in_the_file(book: Bookkeeping) -> None:
    book.takes([stating(closing(JAN, 6900), rows=(PAY, LUNCH))])
    change = Reclassify(**by(book), entry=EntryId(book.entry("J2")), kind=EntryKind.TRANSFER, counter=None)
    bookkeeping.reclassify(book.db, change)
    assert [(line.kind, line.in_file) for line in opened(book).lines] == [("income", True), ("transfer", True)]


def test_a_paired_row_stands_on_the_day_and_in_the_file_of_the_bank(book: Bookkeeping) -> None:
    book.takes([wallet(moved("2026-01-31 23:50", "35.00", to=BALANCE, account=CARD, payee="余额充值", order="A1"))])
    charge = dataclasses.replace(spent("2026-02-01", "35.00", "支付宝-余额充值", order="B1"), account=CARD)
    book.takes([dataclasses.replace(bank(charge), closings=(closing(FEB, -3500, key=CARD),))])
    assert book.asks("SELECT state FROM published_pair WHERE owner = $owner") == [("applied",)]
    types(book, JAN, 0, key=CARD)
    assert [one.agrees for one in beside(book, CARD).statements] == [True, True]
    (line,) = opened(book, FEB, CARD).lines
    assert (line.on, line.booked_on, line.in_file) == (date(2026, 2, 1), date(2026, 1, 31), True)


def test_a_row_of_another_account_with_just_the_amount_is_named(book: Bookkeeping) -> None:
    book.imports(PAY, spent("2026-01-12", "12.34", "书店", account="card:z", order="E1"))
    types(book, JAN, 10000 - 1234)
    (one,) = opened(book).explained
    assert (one.candidate.cause, [line.account for line in one.lines]) == (Cause.ELSEWHERE, [account(book, "card:z")])


def test_a_difference_that_stood_before_is_not_explained_again(book: Bookkeeping) -> None:
    book.takes([stating(closing(JAN, 7000), closing(FEB, 6500), rows=(PAY, LUNCH, FARE))])
    march = types(book, date(2026, 3, 31), 6500).on
    assert opened(book, march).statement.standing.carried == FEB
    assert opened(book, march).explained == ()


def test_another_owner_sees_none_of_it(book: Bookkeeping) -> None:
    book.takes([stating(closing(JAN, 7000), rows=(PAY, LUNCH))])
    other = Bookkeeping(book.db)
    other.imports(PAY)
    assert [one.statements for one in books(scope(other))] == [()]


# --- tables ---


def test_the_tables_hold_what_the_screen_shows(book: Bookkeeping) -> None:
    book.takes([stating(closing(JAN, 7000), closing(FEB, 6500), rows=(PAY, LUNCH, FARE), file="b.csv")])
    ticks(book, the(book, JAN).stated.asserted, "J1")
    table = reconcile_tables.statements(
        beside(book), {state: state.value for state in State}, lambda one: one.standing.stated.sources[0].file
    )
    assert table.rows == [
        [FEB, "CNY", 6500, 6600, -100, "differs", JAN, False, "b.csv"],
        [JAN, "CNY", 7000, 7000, 0, "agrees", None, False, "b.csv"],
    ]
    rows = reconcile_tables.rows(opened(book)).rows
    assert [(row[0], row[6], row[7], row[8]) for row in rows] == [
        (date(2026, 1, 5), 10000, True, True),
        (date(2026, 1, 20), -3000, False, True),
    ]


# --- real files ---

# What the files themselves say was there at first, by currency; ofx files do not say, that is their rows taken back.
REAL = {
    "mt940/cmxl/mt940.sta": {"EUR": "2187.95"},
    "genkgo-camt/camt053.v2.multi.statement.xml": {"EUR": "18.15"},
    "ofxparse/checking.ofx": {"USD": "160.49"},
    "ofxparse/bank_medium.ofx": {"CAD": "727.61"},
    "oca-bank-statement-import/balance.csv": {"CNY": "10.00"},
    "double-entry-generator/hsbchk/debit/example-hsbchk-debit-records.csv": {"CNY": "0.00"},
}


def read(path: str) -> File:
    found = sample(path)
    (parsed,) = recognise(found.read_bytes(), found.name)
    assert parsed.statement is not None
    return parsed.statement


@pytest.mark.parametrize(("path", "start"), REAL.items())
def test_real_files_agree_with_their_closing_balances_from_where_they_begin(
    book: Bookkeeping, path: str, start: dict[str, str]
) -> None:
    book.takes([read(path)])
    for one in books(scope(book)):
        for currency, said in start.items():
            if any(each.balance.currency == currency for each in one.statements) and (
                amount := parse_amount(said, currency)
            ):
                command = SetOpening(**by(book), account=AccountId(one.account.id), amount=amount, on=date(2000, 1, 1))
                accounts.set_opening(book.db, command)
    listed = [each for one in books(scope(book)) for each in one.statements if each.balance.currency in start]
    assert listed
    assert [each.standing.difference for each in listed] == [0] * len(listed)


def test_a_real_file_whose_row_is_dated_before_the_statement_it_is_on_differs_and_says_which(book: Bookkeeping) -> None:
    book.takes([read("mt940/jejik/generic.sta")])
    key = next(one.account.hint_key for one in books(scope(book)) if one.statements)
    command = SetOpening(**by(book), account=account(book, key), amount=Money(10000, "EUR"), on=date(2010, 12, 31))
    accounts.set_opening(book.db, command)
    march, february = beside(book, key).statements
    assert (february.standing.difference, march.standing.difference) == (1000, 0)
    assert [one.candidate.cause for one in period(scope(book), february).explained] == [Cause.LATER]


def test_a_real_file_without_a_beginning_is_taken_as_the_start(book: Bookkeeping) -> None:
    book.takes([read("ofxparse/checking.ofx")])
    (one,) = [each for each in books(scope(book)) if each.statements]
    (said,) = one.statements
    assert said.standing.state is State.NO_OPENING
    command = StartFromStatement(**by(book), asserted=said.standing.stated.asserted)
    assert reconciling.start(book.db, command).by == Money(16049, "USD")
    assert [each.agrees for each in beside(book, one.account.hint_key).statements] == [True]
