"""What waits for the operator: the urgent first, and nothing at all for anybody else."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from analytics.house import Wait, as_table, refunds, silent
from tests.refund_house import House, agree, ask, failing_card, open_books, paid, silent_charge
from tests.wallet_house import SILENT_THEN_YES, card, pay, person

NOW = datetime(2026, 11, 27, 4, 0, tzinfo=UTC).replace(tzinfo=None)
TODAY = NOW.date()


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with open_books(tmp_path, NOW) as opened:
        yield opened


def full(house: House) -> None:
    """One refund of each kind: overdue, due today, later, failed; and one that nobody agreed to."""
    for days in (9, 3, 0):
        agree(house, ask(house, paid(house, 30_00, days=days, card=house.filled.debit), 30_00, days=days), days=days)
    agree(house, ask(house, paid(house, 40_00, card=failing_card(house)), 40_00))
    ask(house, paid(house, 10_00), 10_00)


def test_the_most_urgent_comes_first(house: House) -> None:
    full(house)
    found = refunds(house.database, house.owner, TODAY)
    assert [one.wait for one in found] == [Wait.FAILED, Wait.OVERDUE, Wait.TODAY, Wait.LATER]
    failed, overdue, today, later = found
    assert (failed.payer, failed.amount, failed.card, failed.reason) == ("alice", 40_00, "credit", "refund_failed")
    assert (overdue.due_on, today.due_on, later.due_on) == (date(2026, 11, 23), TODAY, date(2026, 12, 2))
    assert {one.merchant for one in found} == {"拾光咖啡"}


def test_silent_banks_are_told_apart_from_those_still_asked(house: House) -> None:
    asked = card(house.running, house.owner, SILENT_THEN_YES)
    pay(house.running, house.owner, house.filled.cafe, 5_00, card=asked)
    silent_charge(house, 18_80)
    manual, unknown = silent(house.database, house.owner)
    assert (manual.manual, manual.name, manual.purpose, manual.amount, manual.last4) == (
        True,
        "alice",
        "pay",
        18_80,
        "0401",
    )
    assert (unknown.manual, unknown.amount, unknown.attempt) == (False, 5_00, 1)


def test_nobody_but_the_operator_is_told(house: House) -> None:
    full(house)
    silent_charge(house)
    bob = person(house.database, "bob")
    assert refunds(house.database, bob, TODAY) == ()
    assert silent(house.database, bob) == ()


def test_the_file_names_what_waits_and_for_whom(house: House) -> None:
    full(house)
    table = as_table(refunds(house.database, house.owner, TODAY))
    keys = [column.key for column in table.columns]
    assert [row[keys.index("wait")] for row in table.rows] == ["failed", "overdue", "today", "later"]
