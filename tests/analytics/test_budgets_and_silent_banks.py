"""A payment that waits for a bank is not spent yet, but it is not left to be spent either."""

from __future__ import annotations

from pathlib import Path

from analytics.budgets import Envelope, budget
from analytics.scope import look
from data.ids import OwnerId
from data.period import month_of
from data.planning import Carry, LimitItem, set_limits
from tests import wallet_house as house
from tests.wallet_world import World


def envelopes(world: World, owner: OwnerId) -> dict[str, Envelope]:
    today = world.clock.now.date()
    answer = budget(look(world.db, owner, today), month_of(today), "CNY")
    return {one.category: one for one in answer.all}


def test_what_waits_for_a_bank_is_held_from_the_limits_it_would_count_in(tmp_path: Path) -> None:
    world = World(tmp_path)
    anna, cafe = world.member(0), world.shop()
    limits = [LimitItem(category, "CNY", 100_00, Carry.NONE) for category in ("", "dining", "transport")]
    set_limits(world.db, anna, month_of(world.clock.now.date()).start, limits)
    silent = house.card(world.running, anna, house.SILENT_THEN_YES)
    assert world.pay(anna, cafe, 30_00, card=silent)["state"] == "processing"
    waiting = envelopes(world, anna)
    assert {key: (one.spending, one.held, one.available) for key, one in waiting.items()} == {
        "": (0, 30_00, 70_00),
        "dining": (0, 30_00, 70_00),
        "transport": (0, 0, 100_00),
    }
    world.clock.turn(minutes=1)
    world.rounds().once()
    world.clock.turn(minutes=1)
    world.rounds().once()
    there = envelopes(world, anna)["dining"]
    assert (there.spending, there.held, there.available, there.overrun) == (30_00, 0, 70_00, 0)
    world.running.close()
