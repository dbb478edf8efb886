"""What a shop paid out: its span, its sum, its file; takings stay, and the person's income of the month grows."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

import pytest

from analytics.export import csv_bytes
from analytics.payouts import PaidOut, paid_out, payout, payouts, table
from analytics.scope import Scope, look
from analytics.spending import by_category, totals
from analytics.takings import taken
from analytics.wallet_activity import activity
from data import merchants
from data.merchants import PayOut
from data.period import Span
from tests.counter_house import Stall, open_stall
from tests.wallet_house import by, open_for

MARCH, APRIL = Span(date(2026, 3, 1), date(2026, 4, 1)), Span(date(2026, 4, 1), date(2026, 5, 1))


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stall]:
    with open_stall(tmp_path_factory.mktemp("payouts")) as opened:
        open_for(opened.running, opened.keeper)
        yield opened


@pytest.fixture
def stall(house: Stall) -> Stall:
    return house.fresh()


def pays_out(stall: Stall, local: str, amount: int) -> dict[str, Any]:
    stall.at(local)
    command = PayOut(**by(stall.shop.id, stall.keeper), amount=amount, currency="CNY")
    return merchants.pay_out(stall.running.database, command)


def books(stall: Stall, today: str) -> Scope:
    return look(stall.running.database, stall.keeper, date.fromisoformat(today), 1)


def test_a_payout_is_of_the_local_day_on_which_it_was_made(stall: Stall) -> None:
    stall.at("2026-03-02 09:00")
    stall.pays("ann", 100_00)
    made = [pays_out(stall, when, minor) for when, minor in (("2026-03-31 23:59", 20_00), ("2026-04-01 00:00", 30_01))]
    counter = stall.counter("2026-04-01")
    assert [(one.at, one.amount) for one in payouts(counter, MARCH)] == [(datetime(2026, 3, 31, 23, 59), 20_00)]  # noqa: DTZ001
    assert (paid_out(counter, MARCH), paid_out(counter, APRIL)) == (PaidOut(1, 20_00), PaidOut(1, 30_01))
    both = Span(MARCH.start, APRIL.end)
    assert [str(one.id) for one in payouts(counter, both)] == [made[1]["payout"], made[0]["payout"]]
    assert payouts(counter, both, 1, 1) == payouts(counter, MARCH)


def test_another_shops_payout_is_not_found_here(stall: Stall) -> None:
    stall.at("2026-03-02 09:00")
    stall.pays("ann", 10_00)
    pays_out(stall, "2026-03-02 10:00", 4_00)
    (one,) = payouts(stall.counter("2026-03-02"), MARCH)
    assert payout(stall.counter("2026-03-02"), one.id) == one
    other = stall.fresh().counter("2026-03-02")
    assert payout(other, one.id) is None
    assert (payouts(other, MARCH), paid_out(other, MARCH)) == ((), PaidOut(0, 0))


def test_the_file_has_decimals_and_the_shops_name_as_text(stall: Stall) -> None:
    stall.at("2026-03-02 09:00")
    stall.pays("ann", 10_00)
    pays_out(stall, "2026-03-02 10:00", 4_05)
    made = table(payouts(stall.counter("2026-03-02"), MARCH), "=1+1", "CNY")
    (line,) = list(
        csv.DictReader(io.StringIO(csv_bytes(made, {c.key: c.key for c in made.columns}).decode("utf-8-sig")))
    )
    assert (line["time"], line["amount"], line["currency"]) == ("2026-03-02 10:00:00", "4.05", "CNY")
    assert line["merchant"] != "=1+1"  # no formula
    assert line["merchant"].endswith("=1+1")


def test_takings_stay_and_the_persons_month_and_wallet_know_it_although_they_were_held(stall: Stall) -> None:
    stall.at("2026-05-02 09:00")
    stall.pays("ann", 100_00)
    may, counter = Span(date(2026, 5, 1), date(2026, 6, 1)), stall.counter("2026-05-02")
    mine = books(stall, "2026-05-02")
    before, took, seen = totals(mine, may, "CNY"), taken(counter, may).total, activity(mine).count
    pays_out(stall, "2026-05-02 10:00", 40_00)
    after = totals(mine, may, "CNY")
    assert (after.income - before.income, after.spending - before.spending) == (40_00, 0)
    assert taken(counter, may).total == took
    assert activity(mine).count == seen + 1
    earned = by_category(mine, may, "CNY", "income").slices
    assert [(one.key, one.amount) for one in earned] == [("earnings", 40_00)]
