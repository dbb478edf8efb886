"""Points on the screen are the points of the books, whatever happened to them and whenever the expiry job came by."""

from __future__ import annotations

import contextlib
import csv
import io
from collections.abc import Iterator
from datetime import date, timedelta
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analytics.export import csv_bytes
from analytics.points import LATER, SOON, Move, Points, What, expiry_table, points, statement_table
from analytics.scope import look
from data import operating, rewards
from data.errors import Rejection
from data.ids import OwnerId
from data.merchants import Merchant
from data.rewards import ISSUER, EarnRule, SetEarnRule
from data.store.command import Receipt
from tests import wallet_house as house
from tests.wallet_house import by
from tests.wallet_world import World


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    made = World(tmp_path_factory.mktemp("points"))
    yield made
    made.running.close()


@pytest.fixture
def cafe(world: World) -> Merchant:
    return world.shop()


@pytest.fixture
def anna(world: World) -> OwnerId:
    return world.member(100_000_00)


def today(world: World) -> date:
    return (world.clock() + timedelta(hours=8)).date()


def seen(world: World, owner: OwnerId) -> Points:
    return points(look(world.db, owner, today(world)))


def told(moves: tuple[Move, ...]) -> list[tuple[What, int, int]]:
    return [(one.what, one.points, one.balance) for one in moves]


def id_of(receipt: Receipt) -> UUID:
    return UUID(receipt["payment"])


def test_nobody_without_payments_has_points_or_movements(world: World) -> None:
    now = seen(world, world.member())
    assert (now.spendable, now.debt, now.earned, now.expiries, now.moves) == (0, 0, 0, (), ())


def test_a_payment_tells_what_was_used_and_what_was_earned_at_which_merchant(
    world: World, anna: OwnerId, cafe: Merchant
) -> None:
    world.pay(anna, cafe, 300_00)
    paid = world.pay(anna, cafe, 50_00, points=120)
    now = seen(world, anna)
    assert told(now.moves) == [(What.EARNED, 300, 300), (What.REDEEMED, -120, 180), (What.EARNED, 48, 228)]
    assert {one.payee for one in now.moves} == {cafe.name}
    assert [one.payment for one in now.moves[1:]] == [id_of(paid)] * 2
    assert (now.spendable, now.earned) == (228, 348)


def test_a_refund_returns_what_was_used_and_takes_back_what_was_earned(
    world: World, anna: OwnerId, cafe: Merchant
) -> None:
    world.pay(anna, cafe, 300_00)
    paid = world.pay(anna, cafe, 50_00, points=200)
    refund = world.refund(anna, cafe, paid, 50_00)
    back = seen(world, anna).moves[-2:]
    assert told(back) == [(What.RETURNED, 200, 348), (What.CLAWED, -48, 300)]
    assert {(one.payment, one.refund) for one in back} == {(id_of(paid), UUID(refund))}


def test_what_was_spent_before_it_was_taken_back_is_owed_and_repaid_first(
    world: World, anna: OwnerId, cafe: Merchant
) -> None:
    paid = world.pay(anna, cafe, 200_00)
    world.pay(anna, cafe, 1_50, points=150)
    world.refund(anna, cafe, paid, 200_00)
    now = seen(world, anna)
    assert told(now.moves)[-2:] == [(What.CLAWED, -50, 0), (What.OWED, -150, -150)]
    assert (now.spendable, now.debt, now.expiries) == (0, 150, ())
    world.pay(anna, cafe, 200_00)
    now = seen(world, anna)
    assert told(now.moves)[-2:] == [(What.REPAID, 150, 0), (What.EARNED, 50, 50)]
    assert (now.spendable, now.debt) == (50, 0)
    assert now.earned == 400


def test_points_set_aside_for_a_card_that_says_no_come_back_with_the_merchants_name(
    world: World, anna: OwnerId, cafe: Merchant
) -> None:
    world.pay(anna, cafe, 300_00)
    card = world.card(anna, house.SILENT_THEN_NO)
    paid = world.pay(anna, cafe, 50_00, points=100, card=card)
    assert told(seen(world, anna).moves)[-1] == (What.REDEEMED, -100, 200)
    for _ in range(10):
        world.clock.turn(hours=2)
        operating.settle(world.running, world.operator)
    last = seen(world, anna).moves[-1]
    assert (last.what, last.points, last.payee, last.payment) == (What.RELEASED, 100, cafe.name, id_of(paid))


def test_lots_expire_on_their_last_day_whether_the_job_came_by_or_not(
    world: World, anna: OwnerId, cafe: Merchant
) -> None:
    world.pay(anna, cafe, 300_00)
    last = today(world) + timedelta(days=365)
    world.clock.turn(days=365)
    assert seen(world, anna).spendable == 300
    world.pay(anna, cafe, 20_00)
    world.clock.turn(days=3)
    before = seen(world, anna)
    assert told(before.moves)[-2:] == [(What.EARNED, 20, 320), (What.EXPIRED, -300, 20)]
    assert before.moves[-1].on == last
    operating.settle(world.running, world.operator)
    after = seen(world, anna)
    assert after == before
    assert world.standing(anna).points == after.spendable == 20


def test_what_expires_soon_is_counted_to_the_end_of_its_day(world: World, anna: OwnerId, cafe: Merchant) -> None:
    for days, amount in ((0, 100_00), (60, 200_00), (30, 400_00)):
        world.clock.turn(days=days)
        world.pay(anna, cafe, amount)
    world.clock.turn(days=365 - 90 - SOON)
    now = seen(world, anna)
    assert [(one.points, one.lots) for one in now.expiries] == [(100, 1), (200, 1), (400, 1)]
    assert now.expiring(today(world), SOON) == 100
    assert now.expiring(today(world), SOON - 1) == 0
    assert now.expiring(today(world), LATER) == 300


def test_points_without_an_end_stand_last(world: World, cafe: Merchant) -> None:
    owner = world.member(1_000_00)
    world.pay(owner, cafe, 10_00)
    for_ever = EarnRule(valid_days=None)
    rewards.set_rule(world.db, SetEarnRule(**by(ISSUER, world.operator), rule=for_ever))
    world.pay(owner, cafe, 20_00)
    rewards.set_rule(world.db, SetEarnRule(**by(ISSUER, world.operator), rule=EarnRule()))
    assert [one.points for one in seen(world, owner).expiries] == [10, 20]
    assert seen(world, owner).expiries[-1].on is None


def test_nobody_sees_anothers_points(world: World, anna: OwnerId, cafe: Merchant) -> None:
    world.pay(anna, cafe, 300_00)
    assert seen(world, world.member()).moves == ()


def test_the_files_say_what_the_screen_says(world: World, anna: OwnerId, cafe: Merchant) -> None:
    world.pay(anna, cafe, 300_00)
    world.pay(anna, cafe, 50_00, points=100)
    now = seen(world, anna)
    rows = list(csv.DictReader(io.StringIO(csv_bytes(statement_table(now.moves[::-1])).decode("utf-8-sig"))))
    assert sum(int(row["points"]) for row in rows) == now.spendable == int(rows[0]["balance"])
    lots = list(csv.DictReader(io.StringIO(csv_bytes(expiry_table(now.expiries, 1, "CNY")).decode("utf-8-sig"))))
    assert [(row["points"], row["worth"]) for row in lots] == [("249", "2.49")]


steps = st.lists(
    st.one_of(
        st.tuples(st.just("pay"), st.integers(1, 300), st.integers(0, 150)),
        st.tuples(st.just("card"), st.integers(1, 300), st.integers(0, 150)),
        st.tuples(st.just("refund"), st.integers(0, 20), st.integers(1, 100)),
        st.tuples(st.just("wait"), st.integers(1, 250), st.booleans()),
    ),
    max_size=14,
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=steps)
def test_whatever_happens_the_figures_are_those_of_the_wallet_and_the_statement_adds_up(
    world: World, steps: list[tuple[str, int, int]]
) -> None:
    owner, cafe = world.member(1_000_000_00), world.shop()
    card = world.card(owner, house.SILENT_THEN_NO)
    paid: list[Receipt] = []
    for step, number, more in steps:
        before = world.standing(owner)
        if step in {"pay", "card"}:
            by_card = {"card": card} if step == "card" else {}
            paid.append(world.pay(owner, cafe, number * 100, points=min(more, before.points, number * 100), **by_card))
        elif step == "refund" and number < len(paid):
            with contextlib.suppress(Rejection):  # refunded already, a year ago, or never paid
                world.refund(owner, cafe, paid[number], max(1, int(paid[number]["gross_minor"]) * more // 100))
        elif step == "wait":
            world.clock.turn(days=number)
            if more:
                operating.settle(world.running, world.operator)
        now, wallet = seen(world, owner), world.standing(owner)
        assert (now.spendable, now.debt) == (wallet.points, wallet.debt)
        running = 0
        for move in now.moves:
            running += move.points
            assert move.balance == running
        assert running == now.held - now.debt
        assert sum(one.points for one in now.expiries) == now.held
        assert [one.on for one in now.moves] == sorted(one.on for one in now.moves)
        assert all(one.payee or one.what is What.EXPIRED for one in now.moves)
