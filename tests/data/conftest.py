from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from data import rewards
from data.rewards import ISSUER, EarnRule, SetEarnRule
from tests.wallet_house import by
from tests.wallet_world import NOON, SetRule, World


@pytest.fixture(scope="session")
def one_world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """The store that tests of the wallet share: opening one takes longer than most of them."""
    opened = World(tmp_path_factory.mktemp("world"))
    yield opened
    opened.running.close()


@pytest.fixture(scope="module")
def sound_world(one_world: World) -> Iterator[World]:
    """The shared store, whose books agree again after the tests of a module."""
    yield one_world
    one_world.check()


@pytest.fixture
def world(sound_world: World) -> World:
    """The shared store at noon. For tests that look at what happens to their own people only."""
    sound_world.clock.now = NOON
    return sound_world


@pytest.fixture
def own_world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A store of the test's own: to close and open again, to count everything in it, to break it."""
    opened = World(tmp_path_factory.mktemp("own"))
    yield opened
    opened.running.close()


@pytest.fixture
def rule(world: World) -> Iterator[SetRule]:
    """Sets the house's base rule, or a campaign of the house; all of it is over when the test is."""
    codes: list[str] = []

    def sets(**fields: Any) -> None:
        wanted = EarnRule(**fields)
        codes.append(wanted.code)
        rewards.set_rule(world.db, SetEarnRule(**by(ISSUER, world.operator), rule=wanted))

    yield sets
    world.clock.now = NOON
    for code in codes:
        command = SetEarnRule(**by(ISSUER, world.operator), rule=EarnRule(code=code), active=False)
        rewards.set_rule(world.db, command)
