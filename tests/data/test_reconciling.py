"""Accounts beside their statements: what is stated, ticked, corrected, taken back, and by whom it may be."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data import accounts, reconciling, statements, upkeep
from data.accounts import MergeAccounts
from data.database import Database, open_database
from data.errors import NotFound, RequestIdReused
from data.ids import AccountId, EntryId, OwnerId, new_id, new_request_id
from data.importers.statement import Closing, Statement
from data.ledger.account_changes import WalletAccount
from data.ledger.changes import CategoryDoesNotFit, TextTooLong
from data.matching.choices import Choices
from data.money import Money
from data.reconciling import (
    AdjustmentReasonMissing,
    AdjustToStatement,
    AlreadyAgrees,
    Asserted,
    BookedForStatement,
    MarkReconciled,
    NothingBooked,
    ReopenReconciled,
    RowsNotTicked,
    Standing,
    StartFromStatement,
    StartKnown,
    State,
    StateBalance,
    StatementDayAhead,
    StatementUnknown,
    StillDiffers,
    TickRows,
    UndoBooking,
    WithdrawBalance,
)
from data.store.command import Write
from tests.bookkeeping import BALANCE, Bookkeeping, Written, bill, earned, hint, spent
from tests.data.test_pairs import CARD, bank, wallet

NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC).replace(tzinfo=None)
JAN, FEB = date(2026, 1, 31), date(2026, 2, 28)
PAY = earned("2026-01-05", "100.00", order="J1")
LUNCH = spent("2026-01-20", "30.00", order="J2")
FARE = spent("2026-02-10", "4.00", order="F1")


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    db = open_database(tmp_path_factory.mktemp("reconciling") / "wallet.duckdb", lambda: NOW)
    yield db
    assert [finding for finding in upkeep.verify(db) if not finding.kept] == []
    db.close()


@pytest.fixture
def book(store: Database) -> Bookkeeping:
    return Bookkeeping(store)


def closing(on: date, minor: int, key: str = BALANCE, currency: str = "CNY") -> Closing:
    return Closing(hint(key), on, Money(minor, currency))


def stating(*closings: Closing, rows: tuple[Written, ...], file: str = "bank.csv") -> Statement:
    return dataclasses.replace(bill(*rows, file=file), closings=closings)


def account(book: Bookkeeping, key: str = BALANCE) -> AccountId:
    return next(one.id for one in accounts.accounts(book.db, book.owner, unused=True) if one.key == key)


def standings(book: Bookkeeping, key: str = BALANCE) -> list[Standing]:
    return reconciling.standings(book.db, book.owner).get((account(book, key), "CNY"), [])


def the(book: Bookkeeping, on: date) -> Standing:
    (found,) = [one for one in standings(book) if one.stated.asserted.on == on]
    return found


def by(book: Bookkeeping) -> dict[str, Any]:
    return {"owner": book.owner, "request_id": new_request_id(), "actor": book.owner}


def types(book: Bookkeeping, on: date, minor: int, key: str = BALANCE) -> Asserted:
    asserted = Asserted(account(book, key), on, Money(minor, "CNY"))
    reconciling.state(book.db, StateBalance(**by(book), asserted=asserted))
    return asserted


def ticks(book: Bookkeeping, asserted: Asserted, *orders: str, ticked: bool = True) -> int:
    entries = tuple(EntryId(book.entry(order)) for order in orders)
    return reconciling.tick(book.db, TickRows(**by(book), asserted=asserted, entries=entries, ticked=ticked))


def adjusts(book: Bookkeeping, asserted: Asserted, reason: str = "bank fee", category: str | None = None) -> EntryId:
    command = AdjustToStatement(**by(book), asserted=asserted, reason=reason, category=category)
    return reconciling.adjust(book.db, command).entry


def undoes(book: Bookkeeping, asserted: Asserted, entry: EntryId) -> None:
    reconciling.undo(book.db, UndoBooking(**by(book), asserted=asserted, entry=entry))


def facts(book: Bookkeeping) -> list[tuple[Any, ...]]:
    return book.asks("SELECT * FROM published_fact WHERE owner = $owner ORDER BY booked_on, seq, part, entry")


# --- what is stated ---


def test_a_files_closing_balance_agrees_or_differs_and_names_its_file(book: Bookkeeping) -> None:
    book.takes([stating(closing(JAN, 7000), rows=(PAY, LUNCH), file="jan.csv")])
    book.takes([stating(closing(FEB, 6500), rows=(FARE,), file="feb.csv")])
    jan, feb = standings(book)
    assert (jan.state, jan.ours, jan.since) == (State.AGREES, 7000, None)
    assert (feb.state, feb.ours, feb.difference, feb.since) == (State.DIFFERS, 6600, -100, JAN)
    assert [source.file for source in feb.stated.sources] == ["feb.csv"]


def test_an_import_that_is_taken_back_states_nothing_any_more(book: Bookkeeping) -> None:
    receipt = book.takes([stating(closing(JAN, 7000), rows=(PAY, LUNCH))])
    book.undoes(receipt)
    assert standings(book) == []


def test_two_files_and_a_person_that_state_the_same_are_one_assertion(book: Bookkeeping) -> None:
    book.takes([stating(closing(JAN, 7000), rows=(PAY,), file="a.csv")])
    book.takes([stating(closing(JAN, 7000), rows=(LUNCH,), file="b.csv")])
    types(book, JAN, 7000)
    types(book, JAN, 7000)
    (jan,) = standings(book)
    assert [source.file for source in jan.stated.sources] == ["a.csv", "b.csv", ""]


def test_a_closing_follows_its_rows_to_the_account_that_the_person_chose(book: Bookkeeping) -> None:
    book.imports(spent("2026-01-01", "1.00", order="X1", account="card:mine"))
    said = stating(closing(JAN, 2900), rows=(dataclasses.replace(LUNCH, account="file:it"),))
    said = dataclasses.replace(said, closings=(closing(JAN, -3100, key="file:it"),))
    book.takes([said], Choices(accounts={"file:it": "card:mine"}))
    (jan,) = standings(book, "card:mine")
    assert (jan.state, jan.ours) == (State.AGREES, -3100)


def test_a_merged_accounts_statement_stands_beside_all_its_money(book: Bookkeeping) -> None:
    book.imports(PAY)
    book.takes([stating(closing(JAN, 7000, key="card:b"), rows=(dataclasses.replace(LUNCH, account="card:b"),))])
    merge = MergeAccounts(**by(book), account=account(book, "card:b"), into=account(book))
    accounts.merge(book.db, merge)
    (jan,) = standings(book)
    assert (jan.state, jan.ours) == (State.AGREES, 7000)


def test_a_paired_row_counts_on_the_day_of_the_statement_that_it_stands_on(book: Bookkeeping) -> None:
    topped = dataclasses.replace(
        spent("2026-01-31 23:50", "35.00", "余额充值", order="A1"), account=BALANCE, counter=None
    )
    book.takes([wallet(dataclasses.replace(topped, account=CARD))])
    charge = dataclasses.replace(spent("2026-02-01", "35.00", "支付宝-余额充值", order="B1"), account=CARD)
    book.takes([bank(charge)])
    types(book, JAN, -3500, key=CARD)
    (jan,) = standings(book, CARD)
    assert jan.ours == 0


def test_a_balance_of_a_day_to_come_is_not_taken(book: Bookkeeping) -> None:
    book.imports(PAY)
    types(book, NOW.date(), 1)
    with pytest.raises(StatementDayAhead) as no:
        types(book, NOW.date() + timedelta(days=1), 1)
    assert no.value.on == "2026-11-23"


def test_what_was_typed_in_is_withdrawn_and_what_a_file_states_stays(book: Bookkeeping) -> None:
    book.takes([stating(closing(JAN, 7000), rows=(PAY, LUNCH))])
    typed = types(book, FEB, 1)
    reconciling.withdraw(book.db, WithdrawBalance(**by(book), asserted=typed))
    assert [one.stated.asserted.on for one in standings(book)] == [JAN]
    for asserted in (typed, the(book, JAN).stated.asserted):
        with pytest.raises(StatementUnknown):
            reconciling.withdraw(book.db, WithdrawBalance(**by(book), asserted=asserted))


# --- the starting point ---


def test_the_first_closing_balance_becomes_the_starting_point_and_goes_again(book: Bookkeeping) -> None:
    book.takes([stating(closing(JAN, 123456), rows=(PAY, LUNCH))])
    asserted = the(book, JAN).stated.asserted
    assert the(book, JAN).state is State.NO_OPENING
    before = facts(book)
    started = reconciling.start(book.db, StartFromStatement(**by(book), asserted=asserted))
    assert (started.by, the(book, JAN).state, book.balance(BALANCE)) == (Money(116456, "CNY"), State.AGREES, 123456)
    assert book.asks("SELECT cast(booked_on AS varchar) FROM entry WHERE owner = $owner AND kind = 'opening'") == [
        ("2026-01-05",)
    ]
    assert book.spending() == {"uncategorised": 3000}
    with pytest.raises(StartKnown) as no:
        reconciling.start(book.db, StartFromStatement(**by(book), asserted=asserted))
    assert no.value.opening_minor == 116456
    undoes(book, asserted, started.entry)
    assert (the(book, JAN).state, facts(book), not book.drift()) == (State.NO_OPENING, before, True)


def test_an_account_without_rows_starts_on_the_statements_day(book: Bookkeeping) -> None:
    book.imports(FARE)
    asserted = types(book, JAN, 500)
    reconciling.start(book.db, StartFromStatement(**by(book), asserted=asserted))
    assert (the(book, JAN).ours, book.balance(BALANCE)) == (500, 100)


# --- ticks and the mark ---


def test_ticks_are_kept_move_no_money_and_say_how_many_changed(book: Bookkeeping) -> None:
    book.takes([stating(closing(JAN, 7000), rows=(PAY, LUNCH))])
    asserted = the(book, JAN).stated.asserted
    before = facts(book), book.asks("SELECT * FROM posting WHERE owner = $owner ORDER BY ALL")
    assert ticks(book, asserted, "J1", "J2") == 2
    assert ticks(book, asserted, "J1") == 0
    assert ticks(book, asserted, "J2", ticked=False) == 1
    kept = book.asks("SELECT entry FROM published_tick WHERE owner = $owner")
    assert [row[0] for row in kept] == [book.entry("J1")]
    assert before == (facts(book), book.asks("SELECT * FROM posting WHERE owner = $owner ORDER BY ALL"))


def test_a_row_of_another_account_or_after_the_day_cannot_be_ticked(book: Bookkeeping) -> None:
    book.takes(
        [stating(closing(JAN, 7000), rows=(PAY, LUNCH, FARE, dataclasses.replace(FARE, account="x", order="X")))]
    )
    asserted = the(book, JAN).stated.asserted
    for order in ("F1", "X"):
        with pytest.raises(NotFound):
            ticks(book, asserted, "J1", order)
    assert book.asks("SELECT * FROM assertion_tick WHERE owner = $owner") == []


def test_reconciled_is_what_agrees_and_is_ticked_row_by_row(book: Bookkeeping) -> None:
    book.takes([stating(closing(JAN, 7000), closing(FEB, 6500), rows=(PAY, LUNCH, FARE))])
    jan, feb = (one.stated.asserted for one in standings(book))
    with pytest.raises(RowsNotTicked) as waiting:
        reconciling.reconcile(book.db, MarkReconciled(**by(book), asserted=jan))
    assert waiting.value.rows == 2
    with pytest.raises(StillDiffers) as no:
        reconciling.reconcile(book.db, MarkReconciled(**by(book), asserted=feb))
    assert (no.value.difference_minor, no.value.currency) == (-100, "CNY")
    ticks(book, jan, "J1", "J2")
    reconciling.reconcile(book.db, MarkReconciled(**by(book), asserted=jan))
    adjusts(book, feb)
    ticks(book, feb, "F1")
    reconciling.reconcile(book.db, MarkReconciled(**by(book), asserted=feb))
    assert marks(book) == {jan.id: "reconciled", feb.id: "reconciled"}
    reconciling.reopen(book.db, ReopenReconciled(**by(book), asserted=feb))
    reconciling.reopen(book.db, ReopenReconciled(**by(book), asserted=feb))
    assert marks(book) == {jan.id: "reconciled", feb.id: "reopened"}


def marks(book: Bookkeeping) -> dict[UUID, str]:
    return dict(
        book.asks("SELECT assertion, event FROM published_assertion WHERE owner = $owner AND matter = 'reconciled'")
    )


def test_a_later_change_of_a_reconciled_period_shows_as_a_difference(book: Bookkeeping) -> None:
    book.takes([stating(closing(JAN, 7000), rows=(PAY, LUNCH))])
    jan = the(book, JAN).stated.asserted
    ticks(book, jan, "J1", "J2")
    reconciling.reconcile(book.db, MarkReconciled(**by(book), asserted=jan))
    book.imports(spent("2026-01-25", "9.00", order="late"), file="late.csv")
    assert (the(book, JAN).state, the(book, JAN).difference) == (State.DIFFERS, 900)
    assert marks(book) == {jan.id: "reconciled"}


# --- corrections ---


def test_an_adjustment_is_no_spending_carries_its_reason_and_goes_without_a_trace(book: Bookkeeping) -> None:
    book.takes([stating(closing(JAN, 6950), rows=(PAY, LUNCH))])
    jan = types(book, JAN, 6950)
    before = facts(book)
    entry = adjusts(book, jan, "  rounding   by the bank ")
    assert (the(book, JAN).state, book.spending(), book.balance(BALANCE)) == (
        State.AGREES,
        {"uncategorised": 3000},
        6950,
    )
    told = book.asks(
        "SELECT kind, note, cast(booked_on AS varchar) FROM entry WHERE id = $entry AND owner = $owner", entry=entry
    )
    assert told == [("adjustment", "rounding by the bank", "2026-01-31")]
    undoes(book, jan, entry)
    assert (facts(book), book.balance(BALANCE), not book.drift()) == (before, 7000, True)
    with pytest.raises(NothingBooked):
        undoes(book, jan, entry)


def test_with_a_category_a_missing_amount_is_spending_and_a_surplus_income(book: Bookkeeping) -> None:
    book.takes([stating(closing(JAN, 6900), closing(FEB, 6650), rows=(PAY, LUNCH, FARE))])
    jan, feb = (one.stated.asserted for one in standings(book))
    with pytest.raises(CategoryDoesNotFit):
        adjusts(book, jan, category="salary")
    with pytest.raises(NotFound):
        adjusts(book, jan, category="none-such")
    adjusts(book, jan, category="dining")
    assert book.spending()["dining"] == 100
    assert the(book, FEB).difference == 150
    adjusts(book, feb, category="salary")
    kinds = book.asks(
        "SELECT kind, income, spending FROM fact WHERE owner = $owner AND note = 'bank fee' ORDER BY booked_on"
    )
    assert kinds == [("expense", 0, 100), ("income", 150, 0)]


def test_a_correction_says_why_and_there_must_be_something_to_correct(book: Bookkeeping) -> None:
    book.takes([stating(closing(JAN, 6900), rows=(PAY, LUNCH))])
    jan = the(book, JAN).stated.asserted
    with pytest.raises(AdjustmentReasonMissing):
        adjusts(book, jan, " \n ")
    with pytest.raises(TextTooLong):
        adjusts(book, jan, "x" * 201)
    adjusts(book, jan)
    with pytest.raises(AlreadyAgrees):
        adjusts(book, jan)
    with pytest.raises(AlreadyAgrees):
        reconciling.start(book.db, StartFromStatement(**by(book), asserted=jan))


def test_the_same_request_books_once_and_other_content_under_it_is_refused(book: Bookkeeping) -> None:
    book.takes([stating(closing(JAN, 6900), rows=(PAY, LUNCH))])
    jan = the(book, JAN).stated.asserted
    command = AdjustToStatement(**by(book), asserted=jan, reason="fee")
    assert reconciling.adjust(book.db, command) == reconciling.adjust(book.db, command)
    assert book.balance(BALANCE) == 6900
    with pytest.raises(RequestIdReused):
        reconciling.adjust(book.db, dataclasses.replace(command, reason="other"))


def test_two_corrections_of_one_statement_are_taken_back_one_by_one(book: Bookkeeping) -> None:
    book.takes([stating(closing(JAN, 6900), rows=(PAY, LUNCH))])
    jan = the(book, JAN).stated.asserted
    first = adjusts(book, jan)
    book.imports(spent("2026-01-25", "9.00", order="late"), file="late.csv")
    second = adjusts(book, jan, "late row")
    assert the(book, JAN).state is State.AGREES
    undoes(book, jan, first)
    assert the(book, JAN).difference == -100
    undoes(book, jan, second)
    assert (the(book, JAN).difference, book.balance(BALANCE)) == (800, 6100)


def test_a_typed_balance_with_a_correction_is_not_withdrawn_before_that_is(book: Bookkeeping) -> None:
    book.imports(PAY)
    typed = types(book, JAN, 9900)
    entry = adjusts(book, typed)
    with pytest.raises(BookedForStatement):
        reconciling.withdraw(book.db, WithdrawBalance(**by(book), asserted=typed))
    undoes(book, typed, entry)
    reconciling.withdraw(book.db, WithdrawBalance(**by(book), asserted=typed))
    assert standings(book) == []


DAY = st.integers(0, 57).map(lambda n: (date(2026, 1, 1) + timedelta(days=n)).isoformat())
ROW = st.tuples(DAY, st.integers(1, 99_999), st.booleans())


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=st.lists(ROW, min_size=1, max_size=6),
    minor=st.integers(-200_000, 200_000),
    on=st.sampled_from([JAN, FEB]),
    how=st.sampled_from(["adjustment", "category", "start"]),
)
def test_adjusting_always_makes_the_difference_zero_and_undoing_restores_it_exactly(
    store: Database, rows: list[tuple[str, int, bool]], minor: int, on: date, how: str
) -> None:
    book = Bookkeeping(store)
    written = [
        (earned if inward else spent)(day, f"{amount // 100}.{amount % 100:02}", order=f"R{at}")
        for at, (day, amount, inward) in enumerate(rows)
    ]
    book.imports(*written)
    asserted = types(book, on, minor)
    before, held, difference = facts(book), book.balance(BALANCE), the(book, on).difference
    spending = book.spending()
    ticks(book, asserted, *(f"R{at}" for at, row in enumerate(rows) if row[0] <= on.isoformat()))
    assert (facts(book), book.balance(BALANCE)) == (before, held)
    if not difference:
        return
    if how == "start":
        done = reconciling.start(book.db, StartFromStatement(**by(book), asserted=asserted))
    else:
        category = None if how == "adjustment" else "dining" if difference < 0 else "salary"
        done = reconciling.adjust(
            book.db, AdjustToStatement(**by(book), asserted=asserted, reason="why", category=category)
        )
    after = the(book, on)
    assert (after.difference, after.state, done.by.minor) == (0, State.AGREES, difference)
    assert book.balance(BALANCE) == held + difference
    assert how == "category" or book.spending() == spending
    assert not book.unbalanced()
    assert not book.drift()
    undoes(book, asserted, done.entry)
    assert (facts(book), book.balance(BALANCE), the(book, on).difference) == (before, held, difference)


# --- the wallet's own account, and other people ---


def test_the_wallets_own_account_is_moved_by_payments_alone(book: Bookkeeping) -> None:
    wallet_account = new_id()
    book.writes(
        Write(
            "INSERT INTO account VALUES ($owner, $id, 'asset', 'wallet:CNY', '小金卡', '', '', $now)",
            {"owner": book.owner, "id": wallet_account, "now": NOW},
        )
    )
    with pytest.raises(WalletAccount):
        reconciling.state(
            book.db,
            StateBalance(**by(book), asserted=Asserted(AccountId(wallet_account), JAN, Money(5, "CNY"))),
        )


ATTACKS: list[Callable[[dict[str, Any], Asserted, EntryId], Any]] = [
    lambda head, asserted, _entry: (reconciling.state, StateBalance(**head, asserted=asserted)),
    lambda head, asserted, _entry: (reconciling.withdraw, WithdrawBalance(**head, asserted=asserted)),
    lambda head, asserted, entry: (
        reconciling.tick,
        TickRows(**head, asserted=asserted, entries=(entry,), ticked=True),
    ),
    lambda head, asserted, _entry: (reconciling.reconcile, MarkReconciled(**head, asserted=asserted)),
    lambda head, asserted, _entry: (reconciling.reopen, ReopenReconciled(**head, asserted=asserted)),
    lambda head, asserted, _entry: (reconciling.adjust, AdjustToStatement(**head, asserted=asserted, reason="mine")),
    lambda head, asserted, _entry: (reconciling.start, StartFromStatement(**head, asserted=asserted)),
    lambda head, asserted, entry: (reconciling.undo, UndoBooking(**head, asserted=asserted, entry=entry)),
]


@pytest.mark.parametrize("attack", ATTACKS)
def test_another_owner_is_told_there_is_no_such_account_and_changes_nothing(
    book: Bookkeeping, attack: Callable[[dict[str, Any], Asserted, EntryId], Any]
) -> None:
    book.takes([stating(closing(JAN, 6900), rows=(PAY, LUNCH))])
    jan = types(book, JAN, 6900)
    entry = adjusts(book, jan)
    tables = ("entry", "posting", "assertion_event", "assertion_tick")
    before = [book.asks(f"SELECT * FROM {name} WHERE owner = $owner ORDER BY ALL") for name in tables]
    mallory = Bookkeeping(book.db, OwnerId(new_id()))
    mallory.takes([stating(closing(JAN, 6900), rows=(PAY, LUNCH))])
    call, command = attack(by(mallory), jan, entry)
    with pytest.raises(NotFound):
        call(book.db, command)
    assert [book.asks(f"SELECT * FROM {name} WHERE owner = $owner ORDER BY ALL") for name in tables] == before
    assert all(
        one.stated.asserted.account != jan.account
        for found in reconciling.standings(book.db, mallory.owner).values()
        for one in found
    )


def test_another_owners_rows_cannot_be_named_on_ones_own_statement(book: Bookkeeping) -> None:
    book.takes([stating(closing(JAN, 6900), rows=(PAY, LUNCH))])
    jan = types(book, JAN, 6900)
    entry = adjusts(book, jan)
    mallory = Bookkeeping(book.db, OwnerId(new_id()))
    mallory.takes([stating(closing(JAN, 6900), rows=(PAY, LUNCH))])
    own = the(mallory, JAN).stated.asserted
    with pytest.raises(NotFound):
        reconciling.tick(book.db, TickRows(**by(mallory), asserted=own, entries=(entry,), ticked=True))
    with pytest.raises(NothingBooked):
        undoes(mallory, own, entry)
    assert the(book, JAN).state is State.AGREES


def test_a_statement_that_nobody_made_cannot_be_worked_on(book: Bookkeeping) -> None:
    book.takes([stating(closing(JAN, 6900), rows=(PAY, LUNCH))])
    forged = dataclasses.replace(the(book, JAN).stated.asserted, balance=Money(1, "CNY"))
    for work in (
        lambda: adjusts(book, forged),
        lambda: ticks(book, forged, "J1"),
        lambda: reconciling.reconcile(book.db, MarkReconciled(**by(book), asserted=forged)),
    ):
        with pytest.raises(StatementUnknown):
            work()


def test_what_was_said_survives_a_restart(tmp_path: Path) -> None:
    path = tmp_path / "wallet.duckdb"
    db = open_database(path, lambda: NOW)
    book = Bookkeeping(db)
    book.takes([stating(closing(JAN, 6900), rows=(PAY, LUNCH))])
    jan = types(book, JAN, 6900)
    ticks(book, jan, "J1", "J2")
    adjusts(book, jan)
    reconciling.reconcile(db, MarkReconciled(**by(book), asserted=jan))
    db.close()
    db = open_database(path, lambda: NOW)
    again = Bookkeeping(db, book.owner)
    ticks(again, jan, "J2", ticked=False)
    assert (the(again, JAN).state, marks(again)) == (State.AGREES, {jan.id: "reconciled"})
    assert again.asks("SELECT entry FROM published_tick WHERE owner = $owner") == [(again.entry("J1"),)]
    assert statements.batches(db, book.owner)
    db.close()
