"""What the wallet shows of itself agrees with its books, whatever happened in it."""

from __future__ import annotations

import contextlib
import csv
import io
from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analytics.export import csv_bytes
from analytics.scope import Scope, look
from analytics.wallet_activity import activity, everything, frozen_since, open_charges, table
from data import settlement, wallet
from data.assurance import AT_THE_MACHINE
from data.database import open_database
from data.errors import Rejection
from data.gateways.sandbox import SandboxGateway
from data.ids import OwnerId, new_id
from data.merchants import Merchant
from data.refunds import ConfirmRefund, RejectRefund
from data.refunds import confirm as confirm_refund
from data.refunds import reject as reject_refund
from data.running import Running
from data.security.sealing import new_key
from data.wallet import DeskTopUp, Freeze, Transfer, Unfreeze, Withdraw
from tests import wallet_house as house
from tests.ledger_rows import NOW
from tests.wallet_house import by

DECLINED, SILENT_THEN_NO, SILENT_THEN_YES = house.DECLINED, house.SILENT_THEN_NO, house.SILENT_THEN_YES


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    folder = tmp_path_factory.mktemp("activity")
    opened = Running(open_database(folder / "wallet.duckdb", lambda: NOW), new_key(), SandboxGateway(slow_seconds=0))
    house.person(opened.database, "operator")
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def cafe(running: Running) -> Merchant:
    return house.shop(running, "拾光咖啡", proprietor=house.person(running.database, "keeper"))


@pytest.fixture
def member(running: Running) -> OwnerId:
    return house.person(running.database, f"member {new_id()}")


def with_money(running: Running, owner: OwnerId, available: int = 1_000_00) -> UUID:
    """A wallet with money from a debit card; the card."""
    house.open_for(running, owner)
    debit = house.card(running, owner)
    house.top_up(running, owner, debit, available)
    return debit


def scope_of(running: Running, owner: OwnerId) -> Scope:
    return look(running.database, owner, NOW.date())


def withdraw(running: Running, owner: OwnerId, card: UUID, amount: int) -> None:
    wallet.withdraw(running, Withdraw(**by(owner), card=card, amount=amount, currency="CNY"))


def give(running: Running, owner: OwnerId, to: OwnerId, amount: int, note: str = "") -> None:
    command = Transfer(**by(owner), recipient=to, amount=amount, currency="CNY", note=note)
    wallet.transfer(running.database, command, assurance=AT_THE_MACHINE)


def desk(running: Running, owner: OwnerId, amount: int, note: str = "") -> None:
    operator = house.operator(running.database)
    wallet.desk_top_up(running.database, DeskTopUp(**by(owner, operator), amount=amount, currency="CNY", note=note))


def test_every_kind_is_told_with_its_sign_its_state_and_where_it_leads(running: Running, member: OwnerId) -> None:
    filled = house.fill_wallet(running, member)
    friend = house.person(running.database, f"friend {new_id()}")
    house.open_for(running, friend)
    paid = house.pay(running, member, filled.cafe, 40_00, claims=(filled.claims["CAFE5"],), note="两杯")
    by_card = house.pay(running, member, filled.market, 80_00, card=filled.credit)
    refund = house.ask_back(running, member, paid, 10_00)
    give(running, member, friend, 15_00, "午饭")
    give(running, friend, member, 5_00)
    withdraw(running, member, filled.debit, 20_00)
    desk(running, member, 7_00, "现金")
    rows = {(one.kind, one.amount): one for one in everything(scope_of(running, member))}
    assert set(rows) == {
        ("top_up", 1_000_00), ("payment", -35_00), ("payment", -80_00), ("refund", 10_00), ("transfer_out", -15_00),
        ("transfer_in", 5_00), ("withdrawal", -20_00), ("desk", 7_00),
    }  # fmt: skip
    payment = rows["payment", -35_00]
    assert (str(payment.payment), payment.party, payment.gross, payment.note) == (
        paid["payment"], "拾光咖啡", 40_00, "两杯"
    )  # fmt: skip
    assert payment.via is None
    card = rows["payment", -80_00]
    assert card.via is not None
    assert (card.via.kind, card.via.last4, card.moved, str(card.entry)) == ("credit", "0005", 0, by_card["payment"])
    asked = rows["refund", 10_00]
    assert (str(asked.id), asked.state, asked.moved, asked.entry) == (refund, "requested", 0, None)
    assert rows["transfer_out", -15_00].party.startswith("friend")
    assert rows["transfer_out", -15_00].note == "午饭"
    assert rows["desk", 7_00].note == "现金"
    assert {one.state for one in rows.values() if one.kind != "refund"} == {"completed"}


def test_a_refund_counts_when_it_arrives_and_a_rejected_one_never_does(
    running: Running, member: OwnerId, cafe: Merchant
) -> None:
    with_money(running, member)
    paid = house.pay(running, member, cafe, 40_00)
    first, second = (house.ask_back(running, member, paid, 10_00) for _ in range(2))
    confirm_refund(running, ConfirmRefund(**by(cafe.id, cafe.proprietor), refund=first))
    reject_refund(running.database, RejectRefund(**by(cafe.id, cafe.proprietor), refund=second, reason="已做好"))
    rows = {str(one.id): one for one in everything(scope_of(running, member)) if one.kind == "refund"}
    assert (rows[first].state, rows[first].moved, rows[first].entry) == ("completed", 10_00, rows[first].id)
    assert (rows[second].state, rows[second].moved, rows[second].reason) == ("rejected", 0, "已做好")
    assert (rows[first].standing, rows[second].standing) == (True, False)


def test_a_silent_bank_is_waited_for_and_its_answer_moves_the_money(running: Running, member: OwnerId) -> None:
    house.open_for(running, member)
    yes, no = (house.card(running, member, number) for number in (SILENT_THEN_YES, SILENT_THEN_NO))
    house.top_up(running, member, yes, 60_00)
    house.top_up(running, member, no, 70_00)
    waiting = open_charges(scope_of(running, member))
    assert [(one.purpose, one.amount, one.via.last4, one.attempt) for one in waiting] == [
        ("top_up", 70_00, "0302", 1), ("top_up", 60_00, "0203", 1)
    ]  # fmt: skip
    assert all(one.next_at == NOW + timedelta(seconds=5) and one.at == NOW for one in waiting)
    assert {one.state for one in everything(scope_of(running, member))} == {"processing"}
    for later in (1, 2, 3):
        settlement.ask_open(running, NOW + timedelta(minutes=later))
    assert not open_charges(scope_of(running, member))
    assert {(one.amount, one.state, one.moved) for one in everything(scope_of(running, member))} == {
        (60_00, "completed", 60_00), (70_00, "declined", 0)
    }  # fmt: skip


def test_a_payment_by_card_waits_under_the_merchants_name(running: Running, member: OwnerId, cafe: Merchant) -> None:
    with_money(running, member)
    silent = house.card(running, member, house.SILENT)
    house.pay(running, member, cafe, 12_00, card=silent)
    (waiting,) = open_charges(scope_of(running, member))
    assert (waiting.purpose, waiting.party, waiting.amount) == ("pay", "拾光咖啡", 12_00)
    newest = everything(scope_of(running, member))[0]
    assert (newest.state, newest.moved, newest.entry) == ("processing", 0, None)


def test_pages_hold_everything_once_and_beyond_the_last_is_the_last(running: Running, member: OwnerId) -> None:
    house.open_for(running, member)
    for minor in range(1, 8):
        desk(running, member, minor)
    scope = scope_of(running, member)
    pages = [activity(scope, number, 3) for number in (1, 2, 3)]
    assert [one.id for page in pages for one in page.rows] == [one.id for one in everything(scope)]
    assert [one.amount for one in pages[0].rows] == [7, 6, 5]
    assert {(page.count, page.pages) for page in pages} == {(7, 3)}
    assert activity(scope, 99, 3).number == 3
    desk(running, member, 8)
    assert activity(scope_of(running, member), 1, 3).rows[0].amount == 8


def test_nothing_is_shown_of_others_and_nothing_of_nobody(running: Running, member: OwnerId) -> None:
    other = house.person(running.database, f"other {new_id()}")
    with_money(running, other)
    assert everything(scope_of(running, member)) == ()
    assert activity(scope_of(running, member)).pages == 1
    assert open_charges(scope_of(running, member)) == ()


def test_frozen_is_told_with_its_moment_until_it_is_over(running: Running, member: OwnerId) -> None:
    house.open_for(running, member)
    assert frozen_since(scope_of(running, member)) is None
    wallet.freeze(running.database, Freeze(**by(member), reason="手机丢了"))
    assert frozen_since(scope_of(running, member)) == NOW
    wallet.unfreeze(running.database, Unfreeze(**by(member)), assurance=AT_THE_MACHINE)
    assert frozen_since(scope_of(running, member)) is None


def test_the_file_has_amounts_in_their_currency_and_guards_what_people_wrote(running: Running, member: OwnerId) -> None:
    house.open_for(running, member)
    house.open_for(running, member, "JPY")
    desk(running, member, 12_50, "=1+1")
    rows = everything(scope_of(running, member))
    content = csv_bytes(table((one, "2026-11-22 12:00", "钱包") for one in rows)).decode("utf-8-sig")
    (line,) = csv.DictReader(io.StringIO(content))
    assert (line["amount"], line["wallet_change"], line["note"], line["kind"]) == ("12.50", "12.50", "'=1+1", "desk")


class Life:
    """One member's life in the wallet, a deed at a time; a no leaves things as they are."""

    def __init__(self, running: Running, cafe: Merchant) -> None:
        self.running, self.cafe = running, cafe
        self.owner, self.friend = (house.person(running.database, f"member {new_id()}") for _ in range(2))
        house.open_for(running, self.friend)
        self.debit = with_money(running, self.owner)
        self.credit = house.card(running, self.owner, house.GOOD_CREDIT)
        self.yes, self.no, self.declined = (
            house.card(running, self.owner, number) for number in (SILENT_THEN_YES, SILENT_THEN_NO, DECLINED)
        )
        self.paid: list[dict[str, object]] = []

    def pay(self, amount: int) -> None:
        self.paid.append(house.pay(self.running, self.owner, self.cafe, amount, points=amount % 7))

    def pay_by_card(self, amount: int) -> None:
        self.paid.append(house.pay(self.running, self.owner, self.cafe, amount, card=self.credit))

    def give(self, amount: int) -> None:
        give(self.running, self.owner, self.friend, amount)

    def withdraw_silently(self, amount: int) -> None:
        withdraw(self.running, self.owner, self.yes, amount)

    def withdraw_in_vain(self, amount: int) -> None:
        withdraw(self.running, self.owner, self.no, amount)

    def top_up_in_vain(self, amount: int) -> None:
        house.top_up(self.running, self.owner, self.declined, amount)

    def take_back(self, amount: int) -> None:
        refund = house.ask_back(self.running, self.owner, self.paid[-1], amount) if self.paid else ""
        keeper = by(self.cafe.id, self.cafe.proprietor)
        confirm_refund(self.running, ConfirmRefund(**keeper, refund=refund))

    def settle(self, _amount: int) -> None:
        settlement.settle(self.running, NOW + timedelta(days=20))

    def desk(self, amount: int) -> None:
        desk(self.running, self.owner, amount)


DEEDS = sorted(name for name in vars(Life) if not name.startswith("_"))


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.tuples(st.sampled_from(DEEDS), st.integers(1, 400_00)), max_size=8))
def test_what_the_rows_moved_adds_up_to_what_is_available(
    running: Running, cafe: Merchant, steps: list[tuple[str, int]]
) -> None:
    life = Life(running, cafe)
    for deed, amount in steps:
        with contextlib.suppress(Rejection):
            getattr(life, deed)(amount)
    (standing,) = wallet.standing(running.database, life.owner)
    rows = everything(scope_of(running, life.owner))
    assert sum(one.moved for one in rows) == standing.available
    on_the_way = [one for one in rows if one.kind == "withdrawal" and one.state in {"processing", "manual"}]
    assert -sum(one.moved for one in on_the_way) == standing.held
