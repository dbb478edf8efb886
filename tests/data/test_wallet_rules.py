"""Rules of the wallet that random histories found broken once; each stays found here in a few lines."""

from __future__ import annotations

from datetime import date

import pytest

from data import settlement
from tests.wallet_world import SetRule, World

_GIVEN = """
SELECT cast(refund AS varchar) FROM refund_event WHERE owner = $owner AND state = 'credited' ORDER BY seq"""


@pytest.mark.parametrize(("others", "left", "debt"), [(50_00, [(date(2026, 12, 27), 11)], 0), (20_00, [], 19)])
def test_redeemed_points_come_back_before_earned_ones_are_taken(
    world: World, rule: SetRule, others: int, left: list[tuple[date, int]], debt: int
) -> None:
    """LEDGER §5, in this order: the ten that come back end first, so they are the first to be taken."""
    anna, cafe = world.member(900_00), world.shop()
    rule(valid_days=30)
    world.pay(anna, cafe, 10_00)
    rule(valid_days=300)
    paid = world.pay(anna, cafe, 50_00, points=10)
    rule(points_per_unit=0)
    world.pay(anna, cafe, 40_00, points=49)
    rule(valid_days=300)
    world.pay(anna, cafe, others)
    told = world.refund_now(world.refund(anna, cafe, paid, 50_00))
    assert world.lots(anna) == left
    assert (told.points, told.clawed, told.debt, world.standing(anna).debt) == (10, 49, debt, debt)


def test_refunds_that_are_due_together_are_given_in_the_order_in_which_they_were_asked_for(world: World) -> None:
    anna, cafe = world.member(100_00), world.shop()
    card = world.card(anna)
    paid = [world.pay(anna, cafe, 20_00, card=card) for _ in range(3)]
    asked = [world.ask_back(anna, one, 5_00) for one in (paid[2], paid[0], paid[1], paid[2])]
    for one in asked:
        world.confirm(cafe, one)
    world.clock.turn(days=9)
    settlement.settle(world.running)
    given = world.db.read(_GIVEN, {"owner": anna})
    assert [one for (one,) in given] == asked
