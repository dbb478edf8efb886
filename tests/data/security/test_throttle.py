from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.security import throttle
from data.security.throttle import FIRST_WAIT, FORGIVEN_AFTER, FREE, LONGEST_WAIT, Tally, budgets, failed, wait

NOON = datetime(2026, 10, 5, 12)  # noqa: DTZ001 - the store's instants are UTC without zone
NONE = timedelta(0)


def after(failures: int) -> Tally:
    tally = Tally()
    for _ in range(failures):
        tally = failed(tally, NOON)
    return tally


def test_the_first_tries_are_free_and_then_each_wait_is_twice_the_one_before() -> None:
    waits = [wait(after(failures), NOON) for failures in range(FREE + 12)]
    assert waits[:FREE] == [NONE] * FREE
    assert waits[FREE] == FIRST_WAIT
    assert all(
        later == min(2 * before, LONGEST_WAIT) for before, later in zip(waits[FREE:], waits[FREE + 1 :], strict=False)
    )
    assert waits[-1] == LONGEST_WAIT


@given(st.integers(0, 10_000), st.integers(0, 100_000))
@settings(max_examples=200, deadline=None)
def test_no_wait_is_longer_than_the_longest_or_negative_and_it_runs_out(failures: int, seconds: int) -> None:
    tally = Tally(failures, NOON)
    left = wait(tally, NOON + timedelta(seconds=seconds))
    assert NONE <= left <= LONGEST_WAIT
    assert wait(tally, NOON + LONGEST_WAIT) == NONE
    assert wait(tally, NOON + timedelta(seconds=seconds) + left) == NONE


def test_a_quiet_day_is_forgiven() -> None:
    tally = after(50)
    assert failed(tally, NOON + FORGIVEN_AFTER).failures == 1
    assert failed(tally, NOON + FORGIVEN_AFTER - timedelta(seconds=1)).failures == 51


@pytest.mark.parametrize(
    ("left", "seconds", "clock"), [(30, 30, "0:30"), (0.2, 1, "0:01"), (61, 61, "1:01"), (3600, 3600, "60:00")]
)
def test_the_wait_is_told_as_a_clock(left: float, seconds: int, clock: str) -> None:
    no = throttle.too_many(timedelta(seconds=left))
    assert (no.wait_seconds, no.clock) == (seconds, clock)


def test_a_known_browser_and_a_known_address_have_a_budget_that_strangers_cannot_touch() -> None:
    stranger = set(budgets("password", "alice", "", "203.0.113.5", at_home=False))
    device = set(budgets("password", "alice", "d1", "203.0.113.5", at_home=False))
    home = set(budgets("password", "alice", "", "192.0.2.7", at_home=True))
    assert not stranger & device
    assert not stranger & home
    assert not device & home
    assert stranger == {("password", "strangers", "alice"), ("password", "address", "203.0.113.5")}


def test_one_home_is_one_address_however_many_it_has() -> None:
    assert throttle.home_of("2001:db8:1:2:aaaa::1") == throttle.home_of("2001:db8:1:2:bbbb::9")
    assert throttle.home_of("2001:db8:1:2::1") != throttle.home_of("2001:db8:1:3::1")
    assert throttle.home_of("192.0.2.7") == "192.0.2.7"
    assert throttle.home_of("") == ""
