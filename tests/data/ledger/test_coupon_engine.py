from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from random import Random
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.ledger.coupon_engine import Outcome, Refused, apply, best
from data.ledger.coupons import Claim, Coupon, CouponRefusal, Purchase
from tests.data.ledger.offers import DAY, NOW, OTHER, SHOP, coupon, hands, held, over, percent, purchase, purchases
from tests.patience import at_most


def taken(outcome: Outcome) -> list[tuple[Coupon, int]]:
    return [(one.claim.coupon, one.off_minor) for one in outcome.applied]


def reasons(outcome: Outcome) -> list[tuple[str, int | None]]:
    return [(one.reason.value, one.detail_minor) for one in outcome.refused]


def fits(claim: Claim, bought: Purchase) -> bool:
    one = claim.coupon
    end = claim.until or one.valid_to
    return (
        one.currency == bought.currency
        and (one.merchant is None or one.merchant == bought.merchant)
        and (one.category == "" or one.category in (bought.category, bought.category_parent))
        and (one.valid_from is None or one.valid_from <= bought.now)
        and (end is None or bought.now < end)
        and one.min_spend_minor <= bought.amount_minor
    )


def together(claims: Sequence[Claim]) -> bool:
    groups = [claim.coupon.group for claim in claims if claim.coupon.group]
    return len(claims) == 1 or (len(groups) == len(set(groups)) and all(claim.coupon.stackable for claim in claims))


def reduction(claims: Iterable[Claim], amount: int) -> int:
    """An independent reading of LEDGER §6 for coupons that go together."""

    def turn(claim: Claim) -> tuple[bool, int, datetime, UUID]:
        end = claim.until or claim.coupon.valid_to or datetime(9999, 12, 31)  # noqa: DTZ001 - UTC without zone
        return (claim.coupon.kind != "percent", -claim.coupon.priority, end, claim.id)

    left = amount
    for claim in sorted(claims, key=turn):
        one = claim.coupon
        if one.kind == "percent":
            left -= min(left * one.off_bp // 10_000, one.cap_minor or left)
        else:
            left = max(0, left - one.off_minor)
    return amount - left


def combinations(claims: list[Claim], most: int | None = None) -> Iterator[tuple[Claim, ...]]:
    for size in range(1, (len(claims) if most is None else most) + 1):
        yield from (found for found in itertools.combinations(claims, size) if together(found))


def test_nothing_asked_is_nothing_off() -> None:
    assert apply([], purchase()) == best([], purchase()) == Outcome((), (), 0)


def test_percent_goes_before_fixed_each_on_what_is_left() -> None:
    fixed, tenth = coupon(1_000, stackable=True), percent(1_000, stackable=True)
    outcome = apply(held(fixed, tenth), purchase(9_999))
    assert taken(outcome) == [(tenth, 999), (fixed, 1_000)]
    assert outcome.off_minor == 1_999
    assert outcome.refused == ()


def test_two_tenths_are_nineteen_hundredths() -> None:
    tenth = percent(1_000, stackable=True)
    assert apply(held(tenth, tenth), purchase(10_000)).off_minor == 1_900


def test_the_higher_priority_goes_first_among_its_kind() -> None:
    capped, half = percent(5_000, 3_000, stackable=True), percent(5_000, stackable=True, priority=1)
    assert taken(apply(held(capped, half), purchase(10_000))) == [(half, 5_000), (capped, 2_500)]


def test_the_excess_of_a_fixed_reduction_is_lost() -> None:
    assert apply(held(coupon(700)), purchase(500)).off_minor == 500


def test_a_coupon_that_finds_nothing_left_is_not_used_up() -> None:
    outcome = apply(held(coupon(500, stackable=True), coupon(600, stackable=True)), purchase(500))
    assert taken(outcome) == [(coupon(500, stackable=True), 500)]
    assert reasons(outcome) == [("nothing_left", None)]


def test_a_coupon_that_is_worth_nothing_here_was_not_beaten_by_another() -> None:
    outcome = best(held(percent(100), coupon(40)), purchase(99))
    assert taken(outcome) == [(coupon(40), 40)]
    assert reasons(outcome) == [("nothing_left", None)]


def test_a_coupon_that_is_named_twice_counts_once() -> None:
    one = held(coupon(500, stackable=True))
    assert apply(one * 2, purchase()).off_minor == best(one * 2, purchase()).off_minor == 500


@pytest.mark.parametrize(
    ("offered", "reason"),
    [
        (coupon(currency="USD"), ("wrong_currency", None)),
        (coupon(merchant=OTHER), ("wrong_merchant", None)),
        (coupon(category="travel"), ("wrong_category", None)),
        (coupon(category="foo"), ("wrong_category", None)),
        (coupon(category="food.tea"), ("wrong_category", None)),
        (coupon(valid_from=NOW + DAY), ("not_begun", None)),
        (coupon(valid_to=NOW), ("over", None)),
        (over(10_001, 500), ("below_minimum", 1)),
        (coupon(currency="USD", merchant=OTHER, valid_to=NOW), ("wrong_currency", None)),
        (over(99_999, 500, valid_to=NOW), ("over", None)),
    ],
)
def test_what_does_not_fit_is_refused_with_the_first_reason(offered: Coupon, reason: tuple[str, int | None]) -> None:
    for choose in (apply, best):
        outcome = choose(held(offered), purchase(10_000))
        assert (taken(outcome), reasons(outcome)) == ([], [reason])


@pytest.mark.parametrize(
    "offered",
    [
        over(10_000, 500),
        coupon(merchant=SHOP),
        coupon(category="food"),
        coupon(category="food.coffee"),
        coupon(valid_from=NOW, valid_to=NOW + DAY),
    ],
)
def test_what_fits_just_so_counts(offered: Coupon) -> None:
    assert taken(apply(held(offered), purchase(10_000))) == [(offered, 500)]


def test_a_returned_coupon_counts_beyond_its_window() -> None:
    late = Claim(UUID(int=1), coupon(valid_to=NOW - DAY), NOW + DAY)
    assert apply([late], purchase()).off_minor == 500


def test_one_counts_unless_they_are_stackable_and_the_better_stays() -> None:
    outcome = apply(held(coupon(500), coupon(800), coupon(200, stackable=True)), purchase())
    assert taken(outcome) == [(coupon(800), 800)]
    assert reasons(outcome) == [("not_stackable", None)] * 2


def test_several_that_go_together_may_beat_one_that_stands_alone() -> None:
    small = coupon(450, stackable=True)
    outcome = apply(held(coupon(800), small, small), purchase())
    assert taken(outcome) == [(small, 450), (small, 450)]
    assert reasons(outcome) == [("not_stackable", None)]


def test_of_an_exclusive_group_the_better_stays() -> None:
    low, high = coupon(300, stackable=True, group="新客"), percent(500, stackable=True, group="新客")
    free = coupon(100, stackable=True)
    outcome = apply(held(low, high, free), purchase(10_000))
    assert taken(outcome) == [(high, 500), (free, 100)]
    assert [one.claim.coupon for one in outcome.refused] == [low]
    assert reasons(outcome) == [("not_stackable", None)]


def test_the_best_of_a_group_alone_is_not_always_the_best_beside_others() -> None:
    half, fixed = percent(5_000, stackable=True, group="a"), coupon(4_500, stackable=True, group="a")
    claims = held(half, fixed, coupon(6_000, stackable=True, group="b"), percent(5_000, stackable=True, group="b"))
    assert best(claims, purchase(10_000)).off_minor == 10_000
    claims = held(half, fixed, percent(5_000, stackable=True))
    assert apply(claims, purchase(10_000)).off_minor == 7_500
    assert taken(best(claims, purchase(10_000)))[-1] == (fixed, 4_500)


@pytest.mark.parametrize("stackable", [True, False])
def test_among_equals_the_one_that_expires_first_is_used(stackable: bool) -> None:  # noqa: FBT001 - a parameter
    ends = [None, NOW + 3 * DAY, NOW + DAY, NOW + 2 * DAY]
    claims = held(*(coupon(500, valid_to=end, stackable=stackable, group="a") for end in ends))
    for choose in (apply, best):
        outcome = choose(claims, purchase())
        assert [one.claim for one in outcome.applied] == [claims[2]]
        assert {one.reason for one in outcome.refused} == {CouponRefusal.NOT_STACKABLE}


def test_the_best_wastes_nothing() -> None:
    soon, later = coupon(300, stackable=True, valid_to=NOW + DAY), coupon(500, stackable=True)
    outcome = best(held(soon, later, later), purchase(500))
    assert taken(outcome) == [(later, 500)]
    assert reasons(outcome) == [("nothing_left", None)] * 2
    assert taken(best(held(later, soon), purchase(700))) == [(soon, 300), (later, 400)]


def test_what_is_missing_to_the_minimum_is_told_beside_the_best() -> None:
    claims = held(over(10_000, 2_000), over(5_000, 500), coupon(100, merchant=OTHER))
    outcome = best(claims, purchase(7_000))
    assert taken(outcome) == [(claims[1].coupon, 500)]
    assert outcome.refused == (
        Refused(claims[0], CouponRefusal.BELOW_MINIMUM, 3_000),
        Refused(claims[2], CouponRefusal.WRONG_MERCHANT, None),
    )


@given(hands(8), purchases)
@settings(max_examples=300)
def test_every_coupon_is_either_applied_or_refused_and_the_sums_agree(claims: list[Claim], bought: Purchase) -> None:
    for choose in (apply, best):
        outcome = choose(claims, bought)
        named = [one.claim.id for one in outcome.applied] + [one.claim.id for one in outcome.refused]
        assert sorted(named) == sorted(claim.id for claim in claims)
        assert all(one.off_minor > 0 for one in outcome.applied)
        assert outcome.off_minor == sum(one.off_minor for one in outcome.applied) <= bought.amount_minor
        used = [one.claim for one in outcome.applied]
        assert outcome.off_minor == reduction(used, bought.amount_minor)
        assert not used or (together(used) and all(fits(claim, bought) for claim in used))


@given(hands(7), purchases)
@settings(max_examples=400)
def test_no_combination_beats_the_best(claims: list[Claim], bought: Purchase) -> None:
    fitting = [claim for claim in claims if fits(claim, bought)]
    most = max((reduction(found, bought.amount_minor) for found in combinations(fitting)), default=0)
    assert best(claims, bought).off_minor == most


@given(hands(14), purchases)
def test_no_single_and_no_pair_that_is_asked_for_beats_the_best(claims: list[Claim], bought: Purchase) -> None:
    most = best(claims, bought).off_minor
    assert all(apply([claim], bought).off_minor <= most for claim in claims)
    assert all(apply(pair, bought).off_minor <= most for pair in itertools.combinations(claims, 2))


@given(hands(8), purchases)
def test_asking_for_the_best_gives_the_best_and_refuses_none_of_it(claims: list[Claim], bought: Purchase) -> None:
    outcome = best(claims, bought)
    again = apply([one.claim for one in outcome.applied], bought)
    assert again.applied == outcome.applied
    assert again.refused == ()


@given(hands(8), purchases)
def test_none_of_the_best_could_stay_in_the_pocket(claims: list[Claim], bought: Purchase) -> None:
    used = [one.claim for one in best(claims, bought).applied]
    whole = reduction(used, bought.amount_minor)
    assert all(reduction([one for one in used if one is not claim], bought.amount_minor) < whole for claim in used)


@given(hands(8), purchases, st.randoms(use_true_random=False))
def test_the_order_in_which_coupons_are_held_changes_nothing(
    claims: list[Claim], bought: Purchase, random: Random
) -> None:
    mixed = random.sample(claims, len(claims))
    for choose in (apply, best):
        assert choose(mixed, bought).applied == choose(claims, bought).applied


def pairs(groups: int, random: Random) -> list[Claim]:
    """As many exclusive groups, each of a percent that goes early and one that goes late: the hardest hand there is."""

    def part(group: int, priority: int) -> Coupon:
        bp, cap = random.randint(100, 900), random.randint(50, 900)
        return percent(bp, cap, stackable=True, group=f"g{group}", priority=priority)

    def fixed(group: int) -> Coupon:
        return coupon(random.randint(50, 600), stackable=True, group=f"g{group}")

    early = [part(group, 1) for group in range(groups)]
    return held(*early, *(part(group, 0) if random.random() < 0.5 else fixed(group) for group in range(groups)))


@pytest.mark.parametrize("seed", range(3))
def test_thirty_coupons_in_fifteen_exclusive_pairs_are_weighed_in_every_way(seed: int) -> None:
    claims = pairs(15, Random(seed))  # noqa: S311 - a fixed example
    with at_most(30):
        outcome = best(claims, purchase(12_345))
    ways = itertools.product(*zip(claims[:15], claims[15:], strict=True))
    assert outcome.off_minor == max(reduction(way, 12_345) for way in ways)
    assert len(outcome.applied) == 15


@pytest.mark.parametrize("groups", [16, 60])
def test_more_coupons_than_can_be_weighed_do_not_make_a_payment_slow(groups: int) -> None:
    claims, bought = pairs(groups, Random(1)), purchase(1_234_567)  # noqa: S311 - a fixed example
    with at_most(30):
        outcome = best(claims, bought)
    assert outcome.off_minor >= apply(claims, bought).off_minor > 0
    assert all(apply([claim], bought).off_minor <= outcome.off_minor for claim in claims)


def test_a_hundred_coupons_of_a_few_groups_are_weighed_fast() -> None:
    fixed = [coupon(10 + n, stackable=True, group=f"g{n % 10}", priority=n % 3) for n in range(60)]
    parts = [percent(50 + n, stackable=True, group=f"g{n % 7}", priority=n % 3) for n in range(40)]
    with at_most(30):
        assert best(held(*fixed, *parts), purchase(100_000)).off_minor > 0
