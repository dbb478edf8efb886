"""A merchant's takings: the same as its books and as what members spent there, however they are cut."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analytics import takings_tables
from analytics.export import csv_bytes
from analytics.movements import Movement, Standing, movements
from analytics.takings import NOTHING, Taken, Takings, taken
from data import operating, refunds, wallet
from data.ledger.wallet.refusals import CardDeclined
from data.merchants import CouponKind
from data.period import Span
from data.wallet import Pay
from tests.counter_house import Stall, open_stall
from tests.wallet_house import DECLINED, GOOD, SILENT, SILENT_THEN_YES, by, claim, coupon

MARCH = Span(date(2026, 3, 1), date(2026, 4, 1))
YEAR = Span(date(2026, 1, 1), date(2027, 1, 1))
_BOOKED = """
SELECT coalesce(cast(-sum(t.amount) AS bigint), 0) FROM published_posting t
JOIN published_account a ON a.owner = t.owner AND a.id = t.account
WHERE t.owner = $merchant AND a.hint_key = 'book:takings'"""
_SPENT = """
SELECT coalesce(cast(sum(f.spending) AS bigint), 0) FROM published_fact f
JOIN published_payment p ON p.owner = f.owner AND p.id = coalesce(f.refund_of, f.entry)
WHERE p.merchant = $merchant"""
_HELPED = """
SELECT coalesce(cast(sum(p.coupon + p.points_minor) AS bigint), 0) FROM published_payment p
WHERE p.merchant = $merchant AND p.state_now = 'captured'"""
_UNHELPED = """
SELECT coalesce(cast(sum(r.amount - r.cash) AS bigint), 0), coalesce(cast(sum(r.amount) AS bigint), 0)
FROM published_refund r WHERE r.merchant = $merchant AND r.state = 'credited'"""


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stall]:
    with open_stall(tmp_path_factory.mktemp("takings")) as opened:
        yield opened


@pytest.fixture
def stall(house: Stall) -> Stall:
    house.at("2026-03-02 08:00")
    return house.fresh()


def march(stall: Stall, today: str = "2026-03-31") -> Taken:
    return taken(stall.counter(today), MARCH)


def read(stall: Stall, query: str) -> tuple[Any, ...]:
    return stall.running.database.read(query, {"merchant": stall.shop.id})[0]


def booked(stall: Stall) -> int:
    """What the merchant's books say came in."""
    total: int = read(stall, _BOOKED)[0]
    return total


def listed(stall: Stall, span: Span = MARCH, **more: Any) -> tuple[Movement, ...]:
    return movements(stall.counter("2026-03-31"), span, **more)


def test_an_empty_counter_took_nothing(stall: Stall) -> None:
    now = march(stall)
    assert now.total == NOTHING
    assert now.total.average is None
    assert [one for _, one in now.days()] == [NOTHING] * 31
    assert listed(stall) == ()


def test_takings_are_gross_less_own_coupons_less_what_was_given_back(stall: Stall) -> None:
    stall.pays("ann", 35_00)
    paid = stall.pays("bo", 20_01)
    stall.gives_back(paid, 5_00)
    assert march(stall).total == Takings(gross=55_01, refunds=5_00, payments=2, returns=1)
    assert march(stall).total.net == booked(stall) == 50_01
    assert march(stall).total.average == 27_50


def test_the_merchant_bears_its_own_coupon_and_not_the_houses_or_points(stall: Stall) -> None:
    ann = stall.customer("ann")
    own = coupon(stall.running, stall.shop, "OWN5", "立减 5 元", kind=CouponKind.INSTANT, off_minor=5_00)
    house = coupon(
        stall.running, None, f"H{stall.shop.id.hex[-8:]}", "立减 3 元", kind=CouponKind.INSTANT, off_minor=3_00
    )
    stall.pays("ann", 30_00, claims=(claim(stall.running, ann, own),))
    stall.pays("ann", 30_00, claims=(claim(stall.running, ann, house),), points=20)
    assert march(stall).total == Takings(gross=60_00, own_coupons=5_00, payments=2)
    assert march(stall).total.net == booked(stall) == 55_00
    helped, plain = listed(stall)
    assert (helped.coupon, helped.points, helped.own_coupon, helped.takings) == (3_00, 20, 0, 30_00)
    assert (plain.coupon, plain.own_coupon, plain.takings) == (0, 5_00, 25_00)


def test_a_payment_that_the_own_coupon_covers_whole_brings_nothing_and_is_still_one(stall: Stall) -> None:
    ann = stall.customer("ann")
    own = coupon(stall.running, stall.shop, "FREE", "立减 10 元", kind=CouponKind.INSTANT, off_minor=10_00)
    stall.pays("ann", 8_00, claims=(claim(stall.running, ann, own),))
    assert march(stall).total == Takings(gross=8_00, own_coupons=8_00, payments=1)
    assert march(stall).total.net == booked(stall) == 0


def test_a_refund_gives_back_no_more_than_the_merchant_got(stall: Stall) -> None:
    ann = stall.customer("ann")
    own = coupon(stall.running, stall.shop, "OWN10", "立减 10 元", kind=CouponKind.INSTANT, off_minor=10_00)
    paid = stall.pays("ann", 30_00, claims=(claim(stall.running, ann, own),))
    stall.gives_back(paid, 10_01)
    stall.gives_back(paid, 19_99)
    assert march(stall).total == Takings(gross=30_00, own_coupons=10_00, refunds=20_00, payments=1, returns=2)
    assert march(stall).total.net == booked(stall) == 0


def test_days_are_the_proprietors_not_greenwichs(stall: Stall) -> None:
    stall.at("2026-03-03 00:30")
    stall.pays("ann", 10_00)
    stall.at("2026-03-03 23:59:59")
    stall.pays("ann", 20_00)
    assert [(day.day, one.net) for day, one in march(stall).days() if one.payments] == [(3, 30_00)]
    assert {hour for _, hour, _ in march(stall).hours} == {0, 23}
    abroad = taken(stall.counter("2026-03-31", "America/New_York"), MARCH)
    assert [(day.day, one.net) for day, one in abroad.days() if one.payments] == [(2, 10_00), (3, 20_00)]


def test_the_edges_of_a_span_are_local_midnights(stall: Stall) -> None:
    for moment in ("2026-02-28 23:59:59", "2026-03-01 00:00", "2026-03-31 23:59:59", "2026-04-01 00:00"):
        stall.at(moment)
        stall.pays("ann", 1_00)
    assert march(stall).total.payments == 2
    assert taken(stall.counter("2026-04-02"), Span(date(2026, 2, 1), date(2026, 5, 1))).total.payments == 4


def test_an_hour_that_the_clocks_skip_or_repeat_loses_nothing(stall: Stall) -> None:
    for moment in ("2026-10-25 08:30", "2026-10-25 09:30", "2026-03-29 09:30"):  # Berlin: 02:30 twice; 03:30
        stall.at(moment)
        stall.pays("ann", 1_00)
    autumn = taken(stall.counter("2026-12-31", "Europe/Berlin"), YEAR)
    assert autumn.total.net == 3_00
    assert autumn.by_hour()[2].payments == 2
    assert sum(one.net for _, one in autumn.months()) == 3_00


def test_a_payment_counts_on_its_day_and_its_refund_when_it_is_credited(stall: Stall) -> None:
    paid = stall.pays("ann", 50_00)
    stall.at("2026-03-05 12:00")
    asked = stall.asked(paid, 20_00)
    assert march(stall).total.net == 50_00
    stall.at("2026-03-09 12:00")
    stall.agrees(asked)
    assert {day.day: one.net for day, one in march(stall).days() if one != NOTHING} == {2: 50_00, 9: -20_00}
    assert booked(stall) == 30_00


def test_what_a_bank_has_not_said_yes_to_counts_nowhere(stall: Stall) -> None:
    silent, declined = stall.card_of("cy", SILENT), stall.card_of("di", DECLINED)
    stall.pays("cy", 40_00, card=silent)
    with pytest.raises(CardDeclined):
        stall.pays("di", 50_00, card=declined)
    assert march(stall).total == NOTHING
    assert listed(stall) == ()
    everything = listed(stall, unfinished=True)
    assert [(one.standing, one.takings) for one in everything] == [(Standing.DECLINED, 0), (Standing.PROCESSING, 0)]
    assert [one.gross for one in everything] == [50_00, 40_00]
    assert booked(stall) == 0


def test_a_payment_that_the_bank_confirms_late_counts_when_it_was_made(stall: Stall) -> None:
    late = stall.card_of("eve", SILENT_THEN_YES)
    stall.at("2026-03-06 23:50")
    stall.pays("eve", 40_00, card=late)
    assert march(stall).total == NOTHING
    for hours in range(1, 4):
        stall.clock.now += timedelta(hours=hours)
        operating.settle(stall.running, stall.keeper)
    assert [(day.day, one.net) for day, one in march(stall).days() if one.payments] == [(6, 40_00)]
    assert booked(stall) == 40_00


def test_another_merchants_money_is_another_merchants(stall: Stall) -> None:
    neighbour = stall.fresh()
    neighbour.pays("ann", 99_00)
    stall.pays("ann", 1_00)
    assert march(stall).total.gross == 1_00
    assert [one.gross for one in listed(stall)] == [1_00]
    assert march(neighbour).total.gross == 99_00


def test_days_and_months_after_today_are_not_drawn(stall: Stall) -> None:
    assert [day.day for day, _ in march(stall, "2026-03-03").days()] == [1, 2, 3]
    assert march(stall, "2026-02-03").days() == ()
    year = taken(stall.counter("2026-03-03"), YEAR)
    assert [start.month for start, _ in year.months()] == [1, 2, 3]
    assert [start for start, _ in taken(stall.counter("2026-03-10"), MARCH).months(start_day=5)] == [
        date(2026, 2, 5),
        date(2026, 3, 5),
    ]


def test_weekdays_begin_with_monday(stall: Stall) -> None:
    stall.pays("ann", 2_00)  # a Monday
    stall.at("2026-03-08 12:00")
    stall.pays("ann", 7_00)
    assert [one.net for one in march(stall).by_weekday()] == [2_00, 0, 0, 0, 0, 0, 7_00]


def test_what_became_of_a_payment_is_said_with_what_waits_first(stall: Stall) -> None:
    part, whole, asked, plain = (stall.pays(name, 10_00) for name in ("ann", "bo", "cy", "di"))
    card = stall.card_of("eve", GOOD)
    under_way = stall.pays("eve", 10_00, card=card)
    stall.gives_back(part, 3_00)
    stall.gives_back(whole, 10_00)
    stall.asked(asked, 5_00)
    stall.agrees(stall.asked(under_way, 5_00))
    found = {str(one.payment): one.standing for one in listed(stall) if one.standing is not Standing.REFUND}
    assert found[plain["payment"]] is Standing.PAID
    assert found[part["payment"]] is Standing.PARTLY_REFUNDED
    assert found[whole["payment"]] is Standing.REFUNDED
    assert found[asked["payment"]] is Standing.ASKED
    assert found[under_way["payment"]] in {Standing.RETURNING, Standing.PARTLY_REFUNDED}
    refunded = [one for one in listed(stall) if one.standing is Standing.REFUND]
    assert {one.payer for one in refunded} >= {"ann", "bo"}
    assert all(one.takings < 0 and one.note in refunds.REASONS for one in refunded)


def test_a_page_of_rows_is_a_part_of_all_rows(stall: Stall) -> None:
    for number in range(1, 8):
        stall.clock.now += timedelta(minutes=1)
        stall.pays("ann", number)
    assert [one.gross for one in listed(stall)] == [7, 6, 5, 4, 3, 2, 1]
    assert listed(stall, most=3, skipped=3) == listed(stall)[3:6]


def test_files_add_up_to_the_figures(stall: Stall) -> None:
    paid = stall.pays("ann", 35_05)
    stall.gives_back(paid, 5_05)
    stall.at("2026-03-04 09:00")
    stall.pays("bo", 10_00, note="=1+1")
    now = march(stall)
    tables = [
        takings_tables.by_date("date", now.days(), "CNY"),
        takings_tables.by_date("month", now.months(), "CNY"),
        takings_tables.by_place("hour", [str(hour) for hour in range(24)], now.by_hour(), "CNY"),
        takings_tables.by_place("weekday", list("1234567"), now.by_weekday(), "CNY"),
    ]
    for table in tables:
        assert _column(csv_bytes(table), "net") == 40_00
        assert _column(csv_bytes(table), "gross") == 45_05
    rows = csv_bytes(takings_tables.movements(listed(stall), "CNY"))
    assert _column(rows, "takings") == 40_00
    assert "'=1+1" in rows.decode("utf-8-sig")


def _column(content: bytes, key: str) -> int:
    rows = csv.DictReader(io.StringIO(content.decode("utf-8-sig")))
    return sum(round(float(row[key]) * 100) for row in rows)


_STEP = st.tuples(
    st.sampled_from(["ann", "bo"]),
    st.integers(1_12, 99_99),  # so that each coupon takes something off
    st.sampled_from(["", "own", "house"]),
    st.integers(0, 300),
    st.lists(st.integers(1, 60_00), max_size=2),
    st.integers(1, 3_000),
)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(_STEP, max_size=6))
def test_takings_are_the_books_and_what_members_spent_before_coupons_and_points(
    house: Stall, steps: list[tuple[str, int, str, int, list[int], int]]
) -> None:
    house.at("2026-03-02 08:00")
    stall = house.fresh()
    offers = {
        "own": coupon(
            stall.running,
            stall.shop,
            "OWN",
            "八折",
            kind=CouponKind.PERCENT,
            off_bp=2_000,
            cap_minor=9_99,
            per_member=None,
        ),
        "house": coupon(
            stall.running,
            None,
            f"H{stall.shop.id.hex[-10:]}",
            "立减",
            kind=CouponKind.INSTANT,
            off_minor=1_11,
            per_member=None,
        ),
    }
    for name, amount, offer, points, back, minutes in steps:
        stall.clock.now += timedelta(minutes=minutes)
        payer = stall.customer(name)
        claims = (claim(stall.running, payer, offers[offer]),) if offer else ()
        asked = Pay(**by(payer), merchant=stall.shop.id, amount=amount, currency="CNY", points=points, claims=claims)
        fits = wallet.quote(stall.running.database, asked).points
        paid = stall.pays(name, amount, points=fits, claims=claims)
        left = amount
        for part in back:
            if part <= left:
                stall.gives_back(paid, part)
                left -= part
    now = taken(stall.counter("2026-12-31"), YEAR)
    _adds_up(stall, now)


def _adds_up(stall: Stall, now: Taken) -> None:
    assert now.total.net == booked(stall)
    not_paid, returned = read(stall, _UNHELPED)
    spent, helped = read(stall, _SPENT)[0], read(stall, _HELPED)[0]
    assert now.total.gross - returned == spent + helped - not_paid
    for parts in (
        [one for _, one in now.days()],
        [one for _, one in now.months()],
        now.by_hour(),
        now.by_weekday(),
    ):
        assert sum(parts, NOTHING) == now.total
    rows = movements(stall.counter("2026-12-31"), YEAR)
    assert sum(one.takings for one in rows) == now.total.net
    assert sum(one.gross for one in rows) == now.total.gross
    assert len(rows) == now.total.payments + now.total.returns
    assert _naive(stall, now) == {(day, hour): one.net for day, hour, one in now.hours}


def _naive(stall: Stall, now: Taken) -> dict[tuple[date, int], int]:
    """The merchant's books cut into hours by hand."""
    lines: list[tuple[datetime, int, UUID]] = stall.running.database.read(
        """
        SELECT e.occurred_at, -t.amount, e.id FROM published_entry e
        JOIN published_posting t ON t.owner = e.owner AND t.entry = e.id
        JOIN published_account a ON a.owner = t.owner AND a.id = t.account
        WHERE e.owner = $merchant AND a.hint_key = 'book:takings'""",
        {"merchant": stall.shop.id},
    )
    found = {(day, hour): 0 for day, hour, _ in now.hours}
    for at, amount, _ in lines:
        local = at + timedelta(hours=8)
        found[local.date(), local.hour] += amount
    return found
