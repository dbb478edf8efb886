"""The operator sees who is here and what they hold, as their wallets say it; nobody else sees anybody."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from analytics.export import csv_bytes
from analytics.members import everybody, holders, members, table
from analytics.scope import Scope, look
from data import wallet
from data.database import open_database
from data.gateways.sandbox import SandboxGateway
from data.ids import OwnerId
from data.refunds import ConfirmRefund, confirm
from data.running import Running
from data.security.sealing import new_key
from data.wallet import Freeze, Withdraw
from tests import wallet_house as house
from tests.ledger_rows import NOW
from tests.wallet_house import by

TODAY = NOW.date()


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Running]:
    opened = Running(open_database(tmp_path / "wallet.duckdb", lambda: NOW), new_key(), SandboxGateway(slow_seconds=0))
    yield opened
    opened.close()


@pytest.fixture
def operator(running: Running) -> OwnerId:
    return house.person(running.database, "阿金")


def scope_of(running: Running, owner: OwnerId, today: date = TODAY) -> Scope:
    return look(running.database, owner, today)


def test_everybody_stands_there_with_what_their_wallet_holds(running: Running, operator: OwnerId) -> None:
    alice, bob = (house.person(running.database, name) for name in ("Alice", "bob"))
    filled = house.fill_wallet(running, alice)
    house.open_for(running, alice, "JPY")
    house.pay(running, alice, filled.cafe, 120_00)
    silent = house.card(running, alice, house.SILENT)
    wallet.withdraw(running, Withdraw(**by(alice), card=silent, amount=30_00, currency="CNY"))
    wallet.freeze(running.database, Freeze(**by(alice), reason="private"))
    found = {one.name: one for one in everybody(scope_of(running, operator))}
    assert list(found) == ["Alice", "bob", "keeper", "阿金"]
    assert [one.name for one in found.values() if one.operator] == ["阿金"]
    for name, owner in (("Alice", alice), ("bob", bob)):
        shown = [(one.currency, one.available, one.held) for one in found[name].wallets]
        standings = wallet.standing(running.database, owner)
        assert shown == [(one.currency, one.available, one.held) for one in standings]
        assert {(found[name].points, found[name].debt)} >= {(one.points, one.debt) for one in standings}
    assert [(one.currency, one.available, one.held) for one in found["Alice"].wallets] == [
        ("CNY", 850_00, 30_00), ("JPY", 0, 0)
    ]  # fmt: skip
    assert found["Alice"].points == 120
    assert (found["Alice"].frozen_since, found["bob"].frozen_since) == (NOW, None)
    assert "private" not in repr(found)


def test_points_that_are_over_count_no_more_and_a_debt_leaves_none(running: Running, operator: OwnerId) -> None:
    alice = house.person(running.database, "Alice")
    filled = house.fill_wallet(running, alice)
    first = house.pay(running, alice, filled.cafe, 100_00)
    house.pay(running, alice, filled.cafe, 100_00, points=100)
    (spent,) = members(scope_of(running, operator), "alice").members
    assert (spent.points, spent.debt) == (99, 0)
    (later,) = members(scope_of(running, operator, date(2028, 1, 1)), "alice").members
    assert later.points == 0
    refund = house.ask_back(running, alice, first, 100_00)
    confirm(running, ConfirmRefund(**by(filled.cafe.id, filled.cafe.proprietor), refund=refund))
    (owes,) = members(scope_of(running, operator), "alice").members
    (standing,) = wallet.standing(running.database, alice)
    assert (owes.points, owes.debt) == (standing.points, standing.debt)


def test_nobody_but_the_operator_is_told_anything(running: Running, operator: OwnerId) -> None:
    alice = house.person(running.database, "Alice")
    assert members(scope_of(running, operator)).count == 2
    house.open_for(running, alice)
    assert everybody(scope_of(running, alice)) == ()
    assert holders(scope_of(running, alice)) == ()
    nothing = members(scope_of(running, alice), "a")
    assert (nothing.members, nothing.count, nothing.pages) == ((), 0, 1)


def test_people_are_found_by_a_part_of_their_name_and_page_by_page(running: Running, operator: OwnerId) -> None:
    for number in range(7):
        house.person(running.database, f"Member {number}")
    scope = scope_of(running, operator)
    pages = [members(scope, "mEMBER", number, 3) for number in (1, 2, 3, 9)]
    assert [[one.name[-1] for one in page.members] for page in pages] == [list("012"), list("345"), ["6"], ["6"]]
    assert {(page.count, page.pages) for page in pages} == {(7, 3)}
    assert [one.name for one in everybody(scope, "金")] == ["阿金"]


def test_who_has_a_wallet_can_be_chosen_in_the_currencies_there_are(running: Running, operator: OwnerId) -> None:
    alice, _bob = (house.person(running.database, name) for name in ("Alice", "bob"))
    for currency in ("JPY", "CNY"):
        house.open_for(running, alice, currency)
    house.open_for(running, operator)
    found = [(one.owner, one.name, one.currencies) for one in holders(scope_of(running, operator))]
    assert found == [(alice, "Alice", ("JPY", "CNY")), (operator, "阿金", ("CNY",))]


def test_the_file_has_a_row_a_wallet(running: Running, operator: OwnerId) -> None:
    alice = house.person(running.database, "=Alice")
    house.open_for(running, alice)
    house.open_for(running, alice, "JPY")
    found = [(one, TODAY) for one in everybody(scope_of(running, operator))]
    lines = list(csv.DictReader(io.StringIO(csv_bytes(table(found)).decode("utf-8-sig"))))
    assert [(line["member"], line["currency"], line["available"], line["status"]) for line in lines] == [
        ("'=Alice", "CNY", "0.00", "open"), ("'=Alice", "JPY", "0", "open"), ("阿金", "", "", "none")
    ]  # fmt: skip
