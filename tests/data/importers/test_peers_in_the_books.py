"""Exports of other programs in the books: every account stands where that program left it, and twice is once."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.database import open_database
from data.importers.recognise import recognise
from data.importers.statement import Direction, Statement
from data.statements import NothingNew
from tests.bookkeeping import Bookkeeping

NOW = datetime(2026, 11, 22, 4, 0, 0)  # noqa: DTZ001 - the store keeps UTC without zone

ACTUAL = """Account,Date,Payee,Notes,Category,Amount,Split_Amount,Cleared
Checking,2024-01-01,Starting Balance,,Starting Balances,1000.00,0,Reconciled
Checking,2024-01-02,Savings,,,-100,0,Cleared
Savings,2024-01-02,Checking,,,100,0,Not cleared
Checking,2024-01-03,Shop,(SPLIT INTO 2) week,,0,-30.5,Cleared
Checking,2024-01-03,Shop,(SPLIT 1 OF 2) food,Groceries,-20.5,0,Cleared
Checking,2024-01-03,Shop,(SPLIT 2 OF 2) ,Home,-10,0,Cleared
"""
REVOLUT = """Type,Product,Started Date,Completed Date,Description,Amount,Fee,Currency,State,Balance
TOPUP,Current,2024-02-04 17:59:03,2024-02-04 17:59:03,Payment from EMPLOYER,200.00,0.00,GBP,COMPLETED,200.00
EXCHANGE,Current,2024-02-08 10:00:00,2024-02-08 10:00:00,Exchanged to EUR,-50.00,0.50,GBP,COMPLETED,149.50
EXCHANGE,Current,2024-02-08 10:00:00,2024-02-08 10:00:00,Exchanged to EUR,58.00,0.00,EUR,COMPLETED,58.00
CARD_PAYMENT,Current,2024-02-09 10:00:00,2024-02-10 10:00:00,Bakery,-8.00,0.00,EUR,COMPLETED,50.00
"""
WISE = (
    "ID,Status,Direction,Created on,Finished on,Source fee amount,Source fee currency,Target fee amount,"
    "Target fee currency,Source name,Source amount (after fees),Source currency,Target name,"
    "Target amount (after fees),Target currency,Exchange rate,Reference,Batch,Created by,Category,Note\n"
    "BALANCE-1,COMPLETED,NEUTRAL,2024-01-12 10:00:00,2024-01-12 10:00:00,0.40,EUR,,,Me,99.60,EUR,Me,108.00,USD,1.08,"
    ",,Me,,\n"
)


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Bookkeeping]:
    database = open_database(tmp_path / "wallet.duckdb", lambda: NOW)
    yield Bookkeeping(database)
    database.close()


def read(text: str) -> Statement:
    (found,) = recognise(text.encode(), "export.csv")
    assert found.statement is not None
    return found.statement


def test_accounts_stand_where_the_other_program_left_them(book: Bookkeeping) -> None:
    book.takes([read(ACTUAL), read(REVOLUT), read(WISE)])

    assert book.balance("actual:Checking") == 1000_00 - 100_00 - 30_50
    assert book.balance("actual:Savings") == 100_00
    assert (book.balance("revolut:GBP", "GBP"), book.balance("revolut:EUR", "EUR")) == (149_50, 50_00)
    assert (book.balance("wise:EUR", "EUR"), book.balance("wise:USD", "USD")) == (-100_00, 108_00)
    assert (book.total("CNY"), book.total("GBP"), book.total("EUR")) == (30_50, 50, 8_00 + 40)
    assert book.unbalanced() == []


def test_the_same_exports_again_bring_nothing_new(book: Bookkeeping) -> None:
    book.takes([read(ACTUAL), read(REVOLUT), read(WISE)])

    with pytest.raises(NothingNew):
        book.takes([read(WISE), read(ACTUAL), read(REVOLUT)])


def test_an_import_from_another_program_can_be_taken_back(book: Bookkeeping) -> None:
    book.undoes(book.takes([read(ACTUAL)]))

    assert (book.balance("actual:Checking"), book.balance("actual:Savings")) == (0, 0)


amounts = st.integers(1, 10**7)
steps = st.one_of(
    st.tuples(st.just("spend"), st.sampled_from("AB"), amounts),
    st.tuples(st.just("earn"), st.sampled_from("AB"), amounts),
    st.tuples(st.just("move"), st.sampled_from("AB"), amounts),
)


def plain(minor: int) -> str:
    return f"{Decimal(minor).scaleb(-2):f}"


@given(st.lists(steps, min_size=1, max_size=25), st.randoms(use_true_random=False))
def test_transfers_told_twice_move_money_once_whatever_their_order(
    history: list[tuple[str, str, int]], chance: random.Random
) -> None:
    rows: list[str] = []
    stands: defaultdict[str, int] = defaultdict(int)
    for what, account, minor in history:
        other = "B" if account == "A" else "A"
        if what == "move":
            rows.append(f"{account},2024-01-02,{other},,,-{plain(minor)},0,Cleared")
            rows.append(f"{other},2024-01-02,{account},,,{plain(minor)},0,Cleared")
            stands[other] += minor
        else:
            rows.append(
                f"{account},2024-01-02,Somebody,,{'Food' if what == 'spend' else 'Income'},"
                f"{'-' if what == 'spend' else ''}{plain(minor)},0,Cleared"
            )
        stands[account] += minor if what == "earn" else -minor
    chance.shuffle(rows)
    found = read("\n".join((ACTUAL.splitlines()[0], *rows)))

    reached: defaultdict[str, int] = defaultdict(int)
    for line in found.lines:
        own = line.amount.minor if line.direction is Direction.IN else -line.amount.minor
        reached[line.account.label] += own
        if line.counter:
            reached[line.counter.label] -= own
    assert {name: minor for name, minor in reached.items() if minor} == {
        n: minor for n, minor in stands.items() if minor
    }
    assert len(found.lines) + len(found.skipped) == len(rows)
