"""The monitor's rules, one sign at a time, and what they may not depend on."""

from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.ledger.risk.payees import DAY, LASTS, RIPE, Reported
from data.ledger.risk.profile import WINDOW, Debit, Profile
from data.ledger.risk.rules import (
    RULES,
    THRESHOLDS,
    Assessment,
    Sensitivity,
    Verdict,
    assess,
    is_usual,
    view_of,
)

START = 1_772_000_000
NOON = 12


def debit(minor: int = 20_00, day: float = 0.0, **more: object) -> Debit:
    at = START + round(day * DAY)
    fields = {"hour": NOON, "currency": "CNY", "payee": "cafe", "category": "dining", "id": f"{at}-{minor}"} | more
    return Debit(at=at, minor=minor, **fields)  # type: ignore[arg-type]  # fields by name


def habits(days: int = 60) -> Profile:
    """A payment of about twenty yuan a day at noon at the cafe."""
    profile = Profile()
    for day in range(days):
        profile.add(debit(20_00 + 10 * (day % 7), day))
    return profile


def codes(found: Assessment) -> list[str]:
    return [reason.code for reason in found.reasons]


def judge(profile: Profile, one: Debit, sensitivity: Sensitivity = Sensitivity.HIGH, **more: object) -> Assessment:
    reported = more.pop("reported", None)
    view = view_of(one, profile, reported, **more)  # type: ignore[arg-type]  # named
    return assess(view, sensitivity)


def strength(profile: Profile, one: Debit, code: str, **more: object) -> float:
    reported = more.pop("reported", None)
    view = view_of(one, profile, reported, **more)  # type: ignore[arg-type]  # named
    return next(rule for rule in RULES if rule.code == code).strength(view)


def test_a_debit_like_all_before_it_passes_with_nothing_to_say() -> None:
    assert judge(habits(), debit(20_30, 60)) == Assessment(Verdict.PASS, 0, ())


def test_without_a_history_no_amount_is_unusual() -> None:
    assert judge(Profile(), debit(900_000_00)).verdict is Verdict.PASS
    assert judge(habits(7), debit(900_000_00, 8)).verdict is Verdict.PASS


def test_an_amount_far_beyond_all_before_is_asked_about_and_says_how_far() -> None:
    found = judge(habits(), debit(600_00, 60), Sensitivity.NORMAL)
    assert found.verdict is Verdict.ASK
    assert found.reasons[0].code == "unheard_amount"
    assert found.reasons[0].facts["usual_minor"] == 20_30
    assert found.reasons[0].facts["times"] == 30


def test_whoever_pays_very_evenly_may_pay_twice_as_much_for_once() -> None:
    narrow = Profile()
    for day in range(60):
        narrow.add(debit(20_00 + 10 * (day % 5), day=day))
    assert judge(narrow, debit(40_00, day=61), Sensitivity.NORMAL).verdict is Verdict.PASS
    assert judge(narrow, debit(60_00, day=61), Sensitivity.NORMAL).verdict is Verdict.ASK


def test_what_somebody_paid_a_month_ago_is_not_unheard_of() -> None:
    profile = habits(30)
    for day in range(30, 40):
        profile.add(debit(600_00, day))
    for day in range(40, 60):
        profile.add(debit(20_00, day))
    assert strength(profile, debit(600_00, 60), "unheard_amount") < 0.05


def test_one_huge_debit_does_not_make_the_next_one_usual() -> None:
    profile = habits()
    profile.add(debit(5_000_00, 60))
    assert strength(profile, debit(600_00, 61), "unheard_amount") > 0.9


@pytest.mark.parametrize(
    ("code", "history", "one"),
    [
        ("record_amount", habits(), debit(40_00, 60)),
        ("new_payee", habits(), debit(60_00, 60, payee="elsewhere")),
        ("new_kind", habits(), debit(60_00, 60, category="electronics")),
        ("unusual_hour", habits(), debit(20_00, 60, hour=3)),
        ("large_at_odd_hour", habits(), debit(60_00, 60, hour=3)),
        ("duplicate", habits(), debit(20_00 + 10 * (59 % 7), 59 + 90 / DAY)),
    ],
)
def test_each_sign_shows_where_it_is_and_not_in_a_usual_debit(code: str, history: Profile, one: Debit) -> None:
    assert strength(history, one, code) > 0
    assert strength(history, debit(20_30, 60.5), code) == 0


def test_many_debits_within_an_hour_are_a_sign() -> None:
    profile = habits()
    assert strength(profile, debit(20_00, 60), "velocity") == 0
    for minute in (1, 10, 20, 30):
        profile.add(debit(20_00 + minute, 60 + minute / 1440, id=f"m{minute}"))
    assert strength(profile, debit(20_00, 60 + 40 / 1440), "velocity") == 1


def test_a_twin_is_asked_about_within_two_minutes_and_never_refused() -> None:
    profile = habits()
    profile.add(debit(500_00, 60, hour=3, payee="shop"))
    twin = debit(500_00, 60 + 120 / DAY, hour=3, payee="shop", id="twin")
    late = dataclasses.replace(twin, at=twin.at + 1)
    assert strength(profile, twin, "duplicate") == 1
    assert strength(profile, late, "duplicate") == 0
    plain = habits()
    plain.add(debit(20_00, 60, id="first"))
    assert judge(plain, debit(20_00, 60 + 60 / DAY), Sensitivity.HIGH).verdict is Verdict.ASK


def test_a_declined_debit_has_no_twin_and_declines_in_a_row_count() -> None:
    profile = habits()
    for number in range(4):
        profile.add(debit(21_00, 60 + number / 1440, id=f"no {number}"))
        profile.decline(f"no {number}")
    again = debit(21_00, 60 + 5 / 1440)
    assert strength(profile, again, "duplicate") == 0
    assert strength(profile, again, "declines") == 1
    profile.add(debit(22_00, 60 + 6 / 1440, id="yes"))
    assert strength(profile, debit(21_00, 60 + 7 / 1440), "declines") == 0


def test_a_new_device_is_a_sign_and_more_of_one_with_a_large_amount() -> None:
    assert strength(habits(), debit(20_00, 60), "new_device", new_device=True) == 1
    assert strength(habits(), debit(20_00, 60), "large_on_new_device", new_device=True) == 0
    assert strength(habits(), debit(80_00, 60), "large_on_new_device", new_device=True) > 0.5
    assert judge(habits(), debit(20_00, 60), new_device=True).verdict is Verdict.PASS


def test_asking_money_back_again_and_again_is_a_sign() -> None:
    profile = habits()
    for one in list(profile.debits)[-5:]:
        profile.refund(one.id)
    assert strength(profile, debit(20_00, 60), "refunds") == 1


def test_after_a_theft_large_amounts_are_looked_at_for_three_weeks() -> None:
    profile = habits()
    profile.dispute("never made", START + 60 * DAY, usual=False)
    assert strength(profile, debit(60_00, 61), "reported_before") > 0.3
    assert strength(profile, debit(20_00, 61), "reported_before") == 0
    assert strength(profile, debit(60_00, 82), "reported_before") == 0


def test_a_report_says_much_of_a_lonely_till_little_of_a_busy_one_and_fades() -> None:
    now = START + 40 * DAY
    lonely, busy = Reported([now - RIPE]), Reported([now - RIPE - n for n in range(300)])
    for one in (lonely, busy):
        one.report(now - RIPE, usual=True)
    assert lonely.standing(now)[0] > 0.35
    assert busy.standing(now)[0] < 0.01
    assert lonely.standing(now + LASTS) == (0.0, 0)


def test_a_report_of_an_unusual_amount_points_away_from_the_payee() -> None:
    now = START + 40 * DAY
    usual, odd = Reported([now]), Reported([now])
    usual.report(now, usual=True)
    odd.report(now, usual=False)
    assert odd.standing(now)[0] < usual.standing(now)[0] / 3


def test_a_reported_payee_can_make_the_wallet_ask_but_freezes_nobody() -> None:
    reported = Reported([START])
    for _ in range(5):
        reported.report(START + 60 * DAY, usual=True)
    found = judge(habits(), debit(20_30, 60), reported=reported)
    assert found.verdict is Verdict.ASK
    assert codes(found) == ["payee_reported"]


def test_being_careful_asks_sooner_than_being_easy() -> None:
    asked = [THRESHOLDS[level] for level in (Sensitivity.HIGH, Sensitivity.NORMAL, Sensitivity.LOW)]
    assert asked == sorted(asked)
    assert all(ask < refuse for ask, refuse in asked)


def test_reasons_stand_in_the_order_of_their_weight_and_add_up_to_the_score() -> None:
    found = judge(habits(), debit(600_00, 60, hour=3, payee="other", category="electronics"))
    points = [reason.points for reason in found.reasons]
    assert found.verdict is Verdict.REFUSE
    assert points == sorted(points, reverse=True)
    assert abs(sum(points) - found.score) <= len(points)


def test_currencies_have_their_own_usual_amounts() -> None:
    profile = habits()
    assert judge(profile, debit(3_000, 60, currency="JPY")).verdict is Verdict.PASS
    assert is_usual(view_of(debit(900_000, 60, currency="JPY"), profile, None))


DEBITS = st.lists(
    st.builds(
        Debit,
        id=st.uuids().map(str),
        at=st.integers(START, START + 90 * DAY),
        hour=st.integers(0, 23),
        minor=st.integers(1, 10**7),
        currency=st.sampled_from(["CNY", "JPY"]),
        payee=st.sampled_from("abcdefg"),
        category=st.sampled_from(["", "dining", "shopping"]),
    ),
    min_size=1,
    max_size=3 * WINDOW // 2,
    unique_by=lambda one: one.id,
)


def picture(profile: Profile) -> tuple[object, ...]:
    return (
        [dataclasses.astuple(one) for one in profile.debits],
        profile.times,
        {key: one.sizes for key, one in profile.amounts.items() if one.sizes},
        profile.hours,
        profile.payees,
        profile.kinds,
        profile.counted,
    )


@settings(max_examples=40, deadline=None)
@given(made=DEBITS, disputed=st.sets(st.integers(0, 200), max_size=20), one=DEBITS)
def test_a_profile_is_a_function_of_the_last_debits_alone(
    made: list[Debit], disputed: set[int], one: list[Debit]
) -> None:
    grown, fresh = Profile(), Profile()
    for place, each in enumerate(made):
        grown.add(dataclasses.replace(each))
        if place in disputed:
            grown.dispute(each.id, each.at, usual=True)
    for each in made[-WINDOW:]:
        fresh.add(dataclasses.replace(each))
    for place, each in enumerate(made):
        if place in disputed:
            fresh.dispute(each.id, each.at, usual=True)
    assert picture(grown) == picture(fresh)
    assert len(grown.debits) <= WINDOW
    assert judge(grown, one[0]) == judge(fresh, one[0])


@settings(max_examples=40, deadline=None)
@given(made=DEBITS, sensitivity=st.sampled_from(list(Sensitivity)))
def test_a_verdict_is_repeatable_and_never_fails(made: list[Debit], sensitivity: Sensitivity) -> None:
    profile = Profile()
    *before, last = made
    for each in before:
        profile.add(each)
    shape = picture(profile)
    first = judge(profile, last, sensitivity)
    assert judge(profile, last, sensitivity) == first
    assert picture(profile) == shape
    assert (first.verdict is Verdict.PASS) == (not first.reasons)
    assert first.score >= 0
