"""What the wallet does by itself: its rounds ask, give, expire and check, each in its time, and are not stopped."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from structlog.testing import capture_logs

from data import wallet
from data.ids import OwnerId
from data.rounds import Rounds
from tests import wallet_house as house
from tests.wallet_world import World

SOON = timedelta(milliseconds=10)


def eventually(what: Callable[[], bool]) -> bool:
    until = time.monotonic() + 20
    while not what():
        if time.monotonic() > until:
            return False
        time.sleep(0.01)
    return True


def requests(world: World) -> int:
    ((count,),) = world.db.read("SELECT count(*) FROM request")
    return int(count)


def silent_payment(world: World, number: str = house.SILENT_THEN_YES) -> tuple[OwnerId, str]:
    anna = world.member()
    return anna, str(world.pay(anna, world.shop(), 5_00, card=world.card(anna, number))["payment"])


def state_of(world: World, payment: str) -> str:
    ((state,),) = world.db.read("SELECT state_now FROM published_payment WHERE id = $id", {"id": payment})
    return str(state)


def captured_by_rounds(world: World, payment: str) -> bool:
    """Whether the wallet's own thread brings a payment home while time passes; stopped again."""
    rounds = Rounds(world.running, SOON)
    rounds.start()
    try:
        return eventually(lambda: world.clock.turn(seconds=20) is not None and state_of(world, payment) == "captured")
    finally:
        rounds.stop()
        assert not rounds._thread.is_alive()


def test_banks_are_asked_in_every_round_and_the_rest_every_five_minutes(own_world: World) -> None:
    world = own_world
    anna, shop = world.member(), world.shop()
    paid = world.pay(anna, shop, 70_00, card=world.card(anna))
    world.clock.at("2026-03-05")
    rounds = world.rounds()
    rounds.once()
    refund = world.refund(anna, shop, paid, 30_00)
    _, waiting = silent_payment(world)
    world.clock.at("2026-03-10")
    rounds.once()
    assert (world.refund_now(refund).state, state_of(world, waiting)) == ("credited", "processing")
    late = world.refund(anna, shop, paid, 30_00)
    world.clock.at("2026-03-20")
    rounds.once()
    assert (world.refund_now(late).state, state_of(world, waiting)) == ("credited", "captured")


def test_within_five_minutes_nothing_is_settled_again(own_world: World) -> None:
    world = own_world
    anna, shop = world.member(), world.shop()
    paid = world.pay(anna, shop, 70_00, card=world.card(anna, house.REFUND_FAILS_ONCE))
    rounds = world.rounds()
    rounds.once()
    refund = world.refund(anna, shop, paid, 30_00)
    world.clock.turn(minutes=4, seconds=59)
    rounds.once()
    assert world.refund_now(refund).state == "failed"
    world.clock.turn(seconds=1)
    rounds.once()
    assert world.refund_now(refund).state == "processing"


def test_points_expire_in_a_round(own_world: World) -> None:
    world = own_world
    anna, shop = world.member(100_00), world.shop()
    world.pay(anna, shop, 40_00)
    world.clock.at("2027-03-03")
    world.rounds().once()
    assert world.books(anna).get("points", 0) == 0
    world.check(anna)


def test_a_round_with_nothing_to_do_writes_nothing(own_world: World) -> None:
    world = own_world
    anna, shop = world.member(100_00), world.shop()
    world.refund(anna, shop, world.pay(anna, shop, 40_00), 10_00)
    before, rounds = requests(world), world.rounds()
    for _ in range(3):
        world.clock.turn(minutes=6)
        rounds.once()
    assert requests(world) == before


def test_a_refund_that_waits_for_the_merchants_money_writes_nothing_while_it_waits(own_world: World) -> None:
    world = own_world
    anna, ben, shop = world.member(100_00), world.member(100_00), world.shop()
    paid = world.pay(anna, shop, 70_00)
    world.takes_money_out(shop, 60_00)
    refund = world.refund(anna, shop, paid, 30_00)
    before, rounds = requests(world), world.rounds()
    for _ in range(3):
        world.clock.turn(minutes=6)
        rounds.once()
    assert (requests(world), world.refund_now(refund).state) == (before, "processing")
    world.pay(ben, shop, 20_00)
    world.clock.turn(minutes=6)
    rounds.once()
    assert (world.refund_now(refund).state, world.available(anna)) == ("credited", 60_00)


def test_every_six_hours_memory_is_compared_with_the_books(own_world: World) -> None:
    world = own_world
    anna = world.member(100_00)
    rounds = world.rounds()
    rounds.once()
    sql = """INSERT INTO posting SELECT p.* REPLACE (1 AS amount, 99 AS line) FROM posting p
        JOIN account a ON a.id = p.account WHERE p.owner = $owner AND a.hint_key = 'wallet:CNY' LIMIT 1"""
    with world.db._cursor() as cursor:
        cursor.execute(sql, {"owner": anna}).fetchall()
    told = []
    for hours in (5, 1):
        world.clock.turn(hours=hours)
        with capture_logs() as logged:
            rounds.once()
        told.append([(line["event"], line["what"]) for line in logged if line["log_level"] == "error"])
    assert told == [[], [("memory_drift", "account")]]


def test_the_thread_does_it_while_nobody_looks(own_world: World) -> None:
    world = own_world
    anna, payment = silent_payment(world)
    assert captured_by_rounds(world, payment)
    assert world.taken_from(anna) == 5_00


def test_it_ends_when_the_store_closes(own_world: World) -> None:
    rounds = Rounds(own_world.running, SOON)
    rounds.start()
    own_world.running.close()
    rounds._thread.join(20)
    assert not rounds._thread.is_alive()
    rounds.stop()
    own_world.running = own_world._open()


def test_stopping_what_never_started_is_nothing(own_world: World) -> None:
    own_world.rounds().stop()


def test_a_round_that_fails_is_logged_and_the_next_one_tries_again(
    own_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = own_world
    _, payment = silent_payment(world)
    stumbles = iter([True])

    def clock() -> datetime:
        if next(stumbles, False):
            raise OSError
        return world.clock.now

    monkeypatch.setattr(world.db, "clock", clock)
    with capture_logs() as logged:
        assert captured_by_rounds(world, payment)
    assert [line["error"] for line in logged if line["event"] == "round_failed"] == ["OSError"]


def test_one_charge_that_cannot_be_asked_about_does_not_keep_the_others_waiting(own_world: World) -> None:
    world = own_world
    stuck, unreadable = silent_payment(world)
    _, payment = silent_payment(world)
    with world.db._cursor() as cursor:
        cursor.execute("UPDATE card SET token = 'unreadable' WHERE owner = $owner", {"owner": stuck}).fetchall()
    with capture_logs() as logged:
        assert captured_by_rounds(world, payment)
    assert {line["error"] for line in logged if line["event"] == "settling_failed"} == {"SealBroken"}
    assert state_of(world, unreadable) == "processing"


def test_one_refund_that_cannot_be_sent_does_not_keep_the_others_waiting(own_world: World) -> None:
    world = own_world
    shop, refunds = world.shop(), list[str]()
    for _ in range(3):
        owner = world.member()
        paid = world.pay(owner, shop, 70_00, card=world.card(owner))
        refunds.append(world.refund(owner, shop, paid, 30_00))
    with world.db._cursor() as cursor:
        sql = "UPDATE card SET token = 'unreadable' WHERE owner IN (SELECT owner FROM refund WHERE id = $refund)"
        cursor.execute(sql, {"refund": refunds[1]}).fetchall()
    world.clock.at("2026-03-20")
    world.rounds().once()
    assert [world.refund_now(one).state for one in refunds] == ["credited", "processing", "credited"]


@pytest.mark.parametrize("number", [house.SILENT_THEN_YES, house.SILENT_THEN_NO])
def test_the_rounds_and_the_person_together_take_it_once(own_world: World, number: str) -> None:
    world = own_world
    anna, shop = world.member(), world.shop()
    command = world.paying(anna, shop, 5_00, card=world.card(anna, number))
    wallet.pay(world.running, command)
    rounds = Rounds(world.running, SOON)
    rounds.start()
    try:
        for _ in range(20):
            world.clock.turn(seconds=20)
            answer = wallet.outcome(world.db, anna, command.request_id)
            assert answer is not None
            if answer.refusal is None:
                world.db.transact(command)
    finally:
        rounds.stop()
    assert len(world.bank.book()) == 1
    assert world.taken_from(anna) in {0, 5_00}
    world.check(anna)
