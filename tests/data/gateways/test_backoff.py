"""When a bank is asked again."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.errors import InvariantBroken
from data.gateways.backoff import MOST, next_ask

NOW = datetime(2026, 11, 22, 4, 0, 0)  # noqa: DTZ001 - the store keeps UTC without zone


def wait(attempt: int) -> timedelta:
    when = next_ask(attempt, NOW)
    assert when is not None
    return when - NOW


def test_the_waits_begin_at_five_seconds_and_double_to_a_quarter_of_an_hour() -> None:
    assert [wait(attempt).seconds for attempt in range(1, 11)] == [5, 10, 20, 40, 80, 160, 320, 640, 900, 900]


def test_all_waits_together_last_a_day_and_then_a_person_has_to_look() -> None:
    in_all = sum((wait(attempt) for attempt in range(1, MOST + 1)), timedelta())
    assert timedelta(hours=23, minutes=45) < in_all <= timedelta(hours=24)
    assert next_ask(MOST + 1, NOW) is None


@given(st.integers(MOST + 1, 10**12))
def test_the_waiting_stays_over(attempt: int) -> None:
    assert next_ask(attempt, NOW) is None


@given(st.integers(-5, 0))
def test_attempts_are_counted_from_one(attempt: int) -> None:
    with pytest.raises(InvariantBroken):
        next_ask(attempt, NOW)
