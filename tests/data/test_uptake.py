"""How many of a coupon were taken is known at once, and again after a restart."""

from __future__ import annotations

from pathlib import Path

from data import uptake
from tests import wallet_house as house
from tests.wallet_world import World


def test_every_coupon_is_counted_with_how_many_were_taken(tmp_path: Path) -> None:
    world = World(tmp_path)
    offer, untouched = world.offer(world.shop()), world.offer(None)
    for _ in range(3):
        house.claim(world.running, world.member(), offer)
    assert uptake.taken(world.db) == {offer.id: 3, untouched.id: 0}
    world.reopen()
    assert uptake.taken(world.db) == {offer.id: 3, untouched.id: 0}
    world.running.close()
