"""What only the operator does: settle now, answer for a silent bank, look whether the books agree with themselves."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest

from data import operating
from data.cards import CardKind
from data.ids import OwnerId, new_id
from data.ledger.wallet import refusals as no
from data.operating import Done
from data.store import conservation
from tests import wallet_house as house
from tests.wallet_world import World


def test_only_the_operator_may(world: World) -> None:
    anna = world.member()
    charge = UUID(world.pay(anna, world.shop(), 5_00, card=world.card(anna, house.SILENT))["payment"])
    for actor in (anna, world.shop().id, new_id()):
        for attempt in (
            lambda actor=actor: operating.settle(world.running, actor),
            lambda actor=actor: operating.integrity(world.db, actor),
            lambda actor=actor: operating.answer_charge(world.running, actor, anna, charge, approved=True),
        ):
            with pytest.raises(no.OperatorOnly):
                attempt()
    assert world.books(anna) == {}


def test_settling_does_everything_that_is_due_and_tells_how_much(own_world: World) -> None:
    world = own_world
    anna, cafe = world.member(900_00), world.shop()
    world.pay(anna, cafe, 100_00)
    by_card = world.pay(anna, cafe, 70_00, card=world.card(anna))
    refund = world.refund(anna, cafe, by_card, 30_00)
    assert operating.settle(world.running, world.operator) == Done()
    world.clock.at("2027-03-03")
    world.pay(anna, cafe, 5_00, card=world.card(anna, house.SILENT_THEN_NO))
    world.clock.turn(seconds=6)
    assert operating.settle(world.running, world.operator) == Done(credited=1, expired=170)
    world.clock.turn(seconds=11)
    assert operating.settle(world.running, world.operator) == Done(answered=1)
    assert operating.settle(world.running, world.operator) == Done()
    assert world.refund_now(refund).state == "credited"
    world.check(anna)


def test_what_nobody_was_charged_cannot_be_answered(world: World) -> None:
    anna, ben = world.member(), world.member()
    charge = UUID(world.pay(anna, world.shop(), 5_00, card=world.card(anna, house.SILENT))["payment"])
    for owner, asked in ((anna, new_id()), (ben, charge), (OwnerId(new_id()), charge)):
        with pytest.raises(no.ChargeUnknown) as told:
            operating.answer_charge(world.running, world.operator, owner, asked, approved=True)
        assert told.value == no.ChargeUnknown(str(asked))


def test_nobody_answers_for_a_bank_that_is_still_being_asked(own_world: World) -> None:
    world = own_world
    anna = world.member()
    card = world.card(anna, house.SILENT_THEN_YES)
    charge = UUID(house.top_up(world.running, anna, card, 5_00)["charge"])
    with pytest.raises(no.ChargeStillAsked):
        operating.answer_charge(world.running, world.operator, anna, charge, approved=False)


# -- integrity


def in_use(world: World) -> OwnerId:
    """A store with something of everything in it; whose."""
    anna = world.member()
    filled = house.fill_wallet(world.running, anna)
    paid = world.pay(anna, filled.cafe, 35_00, claims=(filled.claims["TENTH"], filled.claims["HELLO3"]))
    world.pay(anna, filled.market, 120_00, points=20, claims=(filled.claims["MART20"],))
    world.pay(anna, filled.market, 9_00, card=filled.credit)
    world.pay(anna, filled.market, 9_00, card=world.card(anna, house.SILENT, CardKind.DEBIT))
    world.refund(anna, filled.cafe, paid, 35_00)
    return anna


def test_books_in_use_keep_every_promise(own_world: World) -> None:
    anna = in_use(own_world)
    found = operating.integrity(own_world.db, own_world.operator)
    assert found.kept
    assert len(found.promises) > 10
    assert {count for _, count in found.promises} == {0}
    assert found.memory == ()
    own_world.check(anna)


MINE = "WHERE owner = $owner"
BREAKS = {
    "every entry balances for each owner and currency": """INSERT INTO posting
        SELECT p.* REPLACE (p.amount + 1 AS amount, 99 AS line) FROM posting p JOIN account a ON a.id = p.account
        WHERE p.owner = $owner AND a.hint_key = 'book:expense' LIMIT 1""",
    "no wallet holds less than nothing": """INSERT INTO posting
        SELECT p.* REPLACE (-9999999 AS amount, 99 AS line) FROM posting p JOIN account a ON a.id = p.account
        WHERE p.owner = $owner AND a.hint_key = 'wallet:CNY' LIMIT 1""",
    "what wallets hold is what the house owes": """INSERT INTO posting
        SELECT p.* REPLACE (1 AS amount, 99 AS line) FROM posting p JOIN account a ON a.id = p.account
        WHERE p.owner = $owner AND a.hint_key = 'wallet:CNY' LIMIT 1""",
    "points held are points outstanding": """INSERT INTO posting
        SELECT p.* REPLACE (p.amount + 1 AS amount, 99 AS line) FROM posting p
        WHERE p.owner = $owner AND p.lot IS NOT NULL LIMIT 1""",
    "no lot holds less than nothing": """INSERT INTO posting
        SELECT p.* REPLACE (-9999999 AS amount, 99 AS line) FROM posting p
        WHERE p.owner = $owner AND p.lot IS NOT NULL LIMIT 1""",
    "refunds never exceed their payment": f"UPDATE refund SET amount = amount + 1 {MINE}",
    "a full refund gives back exactly what was paid": f"UPDATE payment SET cash = cash + 1, coupon = coupon - 1 {MINE}",
    "no refund is credited twice": f"INSERT INTO refund_event SELECT * FROM refund_event {MINE} AND state = 'credited'",
    "a payment is the sum of its parts": f"UPDATE payment SET gross = gross + 1 {MINE}",
    "merchants' takings are members' payments": f"UPDATE payment SET gross = gross + 1, cash = cash + 1 {MINE}",
    "no request pays twice": f"INSERT INTO payment SELECT * FROM payment {MINE}",
    "no coupon is used twice at once": f"INSERT INTO coupon_event SELECT * FROM coupon_event {MINE} AND event = 'used'",
}


@pytest.mark.parametrize("promise", BREAKS)
def test_a_row_that_breaks_a_promise_is_found(one_in_use: tuple[World, OwnerId], promise: str) -> None:
    world, anna = one_in_use
    with world.db._cursor() as cursor:
        cursor.execute("BEGIN")
        cursor.execute(BREAKS[promise], {"owner": anna}).fetchall()
        broken = conservation.offenders(lambda sql, values: cursor.execute(sql, dict(values)).fetchall())
        cursor.execute("ROLLBACK")
    assert broken[promise] > 0


@pytest.fixture(scope="module")
def one_in_use(tmp_path_factory: pytest.TempPathFactory) -> tuple[World, OwnerId]:
    world = World(tmp_path_factory.mktemp("in-use"))
    return world, in_use(world)


def test_a_row_that_memory_does_not_know_is_found_and_told_to_the_operator(own_world: World) -> None:
    anna = in_use(own_world)
    with own_world.db._cursor() as cursor:
        cursor.execute(BREAKS["what wallets hold is what the house owes"], {"owner": anna}).fetchall()
    found = operating.integrity(own_world.db, own_world.operator)
    assert not found.kept
    assert {promise for promise, count in found.promises if count} == {
        "every entry balances for each owner and currency",
        "what wallets hold is what the house owes",
    }
    assert [one.split(" ", 1)[0] for one in found.memory] == ["account"]


def test_the_books_are_sound_after_a_restart_a_year_later(own_world: World) -> None:
    anna = in_use(own_world)
    own_world.clock.now += timedelta(days=400)
    own_world.reopen()
    operating.settle(own_world.running, own_world.operator)
    assert operating.integrity(own_world.db, own_world.operator).kept
    own_world.check(anna)
