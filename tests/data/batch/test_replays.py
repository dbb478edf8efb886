"""The same line again is the same answer again, whatever happened meanwhile, and moves nothing."""

from __future__ import annotations

import json
from typing import Any

import pytest

from data import cards
from data.ids import OwnerId, new_request_id
from tests.data.batch.files import (
    DECLINED,
    GOOD_CREDIT,
    SILENT_THEN_NO,
    SILENT_THEN_YES,
    Line,
    Wallet,
    bind_card,
    claimed,
    confirm_refund,
    first,
    line,
    open_member,
    open_merchant,
    pay,
    published,
    request_refund,
    settle,
    top_up,
    transfer,
    withdraw,
)


def story() -> list[Line]:
    """Every command, with a yes, a no of a rule, a no of a bank, and a no before any rule."""
    paid, by_card = pay("ann", 4_000), pay("ann", 900, source="card:card")
    asked, asked_of_card = request_refund("ann", paid, 1_000), request_refund("ann", by_card, 900)
    rejected = request_refund("ann", paid, 500, reason="wrong colour")
    return [
        open_member("ann"),
        open_member("bob"),
        open_member("eve", currency="XYZ"),
        open_merchant(),
        open_merchant("bad", mcc="1"),
        open_merchant("cafe", name="another"),
        bind_card("ann"),
        bind_card("ann", "bad", DECLINED),
        bind_card("ann", "wrong", "6200000000000048"),
        bind_card("ann", "again"),
        bind_card("ghost"),
        top_up("ann", 20_000),
        top_up("ann", 20_000, "bad"),
        top_up("ann", 1, "none"),
        line("set_earn_rule", points_per_unit=2),
        line("set_earn_rule", valid_days=30),
        line("set_earn_rule", merchant="nowhere", multiplier=2),
        line("set_earn_rule", redeem_cap_bp=20_000),
        published("THREE"),
        published("THREE"),
        published("NIL", off_minor=0),
        published("OWN", merchant="cafe", kind="percent", off_minor=0, percent=10),
        claimed("ann", "THREE"),
        claimed("bob", "NONE"),
        paid,
        by_card,
        pay("ann", 1_000, coupon="THREE", points=10),
        pay("ann", 1_000, source="card:bad"),
        pay("ann", 1_000, source="card:none"),
        pay("ann", 1_000, "nowhere"),
        pay("ghost", 1_000),
        pay("bob", 1_000),
        transfer("ann", "bob", 500),
        transfer("ann", "ghost", 500),
        asked,
        confirm_refund(asked),
        asked_of_card,
        confirm_refund(asked_of_card),
        confirm_refund(asked_of_card),
        rejected,
        line("reject_refund", merchant="cafe", refund=rejected["request_id"], reason="worn"),
        line("reject_refund", merchant="nowhere", refund=rejected["request_id"], reason="worn"),
        open_merchant("own", proprietor="bob"),
        pay("ann", 700, "own"),
        line("pay_out", merchant="cafe", amount_minor=1),
        line("pay_out", merchant="own", amount_minor=300),
        line("pay_out", merchant="own", amount_minor=9_999_999),
        line("pay_out", merchant="nowhere", amount_minor=1),
        settle(),
        settle(at="2026-05-01T00:00:00Z"),
        withdraw("ann", 1_000),
        withdraw("ann", 1_000, "bad"),
        line("set_limits", member="ann", per_payment_minor=100),
        pay("ann", 101),
        line("freeze", member="ann"),
        pay("ann", 1),
        line("unfreeze", member="ann"),
        line("freeze", member="ghost"),
    ]


@pytest.mark.parametrize("reopened", [False, True])
@pytest.mark.parametrize("clients", [1, 4])
def test_a_whole_file_again_is_answered_as_it_was_and_moves_nothing(
    wallet: Wallet, *, reopened: bool, clients: int
) -> None:
    lines = story()
    told, held = wallet.apply(*lines), wallet.balances()
    assert {one["outcome"] for one in told} == {"ok", "rejected"}
    if reopened:
        wallet.reopen()
    again = wallet.apply(*lines, clients=clients)
    assert [(one["outcome"], *first(one)) for one in again] == [("replayed", *first(one)) for one in told]
    assert wallet.balances() == held
    wallet.holds()


def test_a_line_repeated_in_the_same_file_is_answered_as_the_first(wallet: Wallet) -> None:
    wallet.furnish("ann", funds=1_000)
    paid = pay("ann", 400)
    told = wallet.apply(paid, paid, paid)
    assert [one["outcome"] for one in told] == ["ok", "replayed", "replayed"]
    assert {json.dumps(one["receipt"]) for one in told} == {json.dumps(told[0]["receipt"])}
    assert wallet.taken() == 400


def test_another_content_under_the_same_request_id_is_refused_and_moves_nothing(wallet: Wallet) -> None:
    lines = story()
    wallet.apply(*lines)
    held = wallet.balances()
    for used in lines:
        told = wallet.one(something_else(used) | {"request_id": used["request_id"]})
        assert (told["rejection"], told["facts"]) == ("RequestIdReused", {"request_id": used["request_id"]}), used
    assert wallet.balances() == held


def something_else(used: Line) -> Line:
    """Another line of the same party."""
    if "member" in used:
        return line("freeze", member=used["member"], reason="another")
    if "merchant" in used:
        return line("reject_refund", merchant=used["merchant"], refund="none", reason="another")
    return settle() if used["command"] != "settle" else line("set_earn_rule", points_per_unit=9)


def test_a_name_that_nobody_had_stays_unknown_to_the_lines_that_came_too_early(wallet: Wallet) -> None:
    wallet.furnish("ann", funds=1_000)
    early = [
        pay("bob", 100),
        transfer("ann", "bob", 100),
        pay("ann", 100, "market"),
        top_up("ann", 100, "gold"),
        withdraw("ann", 100, "gold"),
        pay("ann", 100, source="card:gold"),
        claimed("bob", "TEN"),
        line("publish_coupon", coupon="M", merchant="market", kind="fixed", off_minor=5),
    ]
    told = wallet.apply(*early)
    assert {one["outcome"] for one in told} == {"rejected"}
    wallet.furnish("bob")
    wallet.well(open_merchant("market"), bind_card("ann", "gold", GOOD_CREDIT), published("TEN"))
    held = wallet.balances()
    for _ in range(2):
        assert [("replayed", *first(one)) for one in told] == [
            (one["outcome"], *first(one)) for one in wallet.apply(*early)
        ]
        wallet.reopen()
    assert wallet.balances() == held


def test_a_card_that_took_over_a_name_is_not_mistaken_for_the_one_that_had_it(wallet: Wallet) -> None:
    wallet.furnish("ann")
    before = [top_up("ann", 500), pay("ann", 200, source="card:card")]
    told = wallet.well(*before)
    ((owner, card),) = wallet.running.database.read("SELECT owner, id FROM card", {})
    gone = cards.UnbindCard(owner=OwnerId(owner), request_id=new_request_id(), actor=owner, card=card)
    cards.unbind(wallet.running.database, gone)
    assert wallet.one(top_up("ann", 1))["rejection"] == "CardUnknown"
    wallet.well(bind_card("ann", "card", GOOD_CREDIT))
    fresh = wallet.well(pay("ann", 300, source="card:card"))
    assert fresh[0]["receipt"]["source"] != told[1]["receipt"]["source"]
    assert [first(one) for one in wallet.apply(*before)] == [first(one) for one in told]
    other = before[1] | {"amount_minor": 201}
    assert wallet.one(other)["rejection"] == "RequestIdReused"
    assert wallet.taken() == 500


def test_a_second_wallet_changes_no_line_that_named_no_currency(wallet: Wallet) -> None:
    wallet.well(open_member("ann", currency="USD"), open_member("bob", currency="USD"), bind_card("ann"))
    lines = [top_up("ann", 500), transfer("ann", "bob", 200), line("set_limits", member="ann", per_day_minor=900)]
    told = wallet.well(*lines)
    wallet.well(open_member("ann"))
    for _ in range(2):
        again = wallet.apply(*lines)
        assert [(one["outcome"], *first(one)) for one in again] == [("replayed", *first(one)) for one in told]
        wallet.reopen()
    assert wallet.member("ann")["wallets"]["USD"]["available"] == 300


def test_an_earn_rule_means_what_it_meant_when_it_came_first(wallet: Wallet) -> None:
    rate, days = line("set_earn_rule", points_per_unit=3), line("set_earn_rule", valid_days=7)
    told = wallet.well(rate, days)
    campaign = line("set_earn_rule", code="six", points_per_unit=6)
    told += wallet.well(campaign)
    wallet.well(line("set_earn_rule", points_per_unit=7))
    wallet.reopen()
    again = wallet.apply(rate, days, campaign)
    assert [(one["outcome"], *first(one)) for one in again] == [("replayed", *first(one)) for one in told]
    base = wallet.running.database.ask(lambda books, _now: books.base)
    assert (base.points_per_unit, base.valid_days) == (7, 7)
    assert wallet.one(rate | {"points_per_unit": 4})["rejection"] == "RequestIdReused"


def test_a_bank_that_was_silent_has_said_its_word_when_the_line_comes_again(wallet: Wallet) -> None:
    wallet.furnish("ann")
    wallet.well(bind_card("ann", "yes", SILENT_THEN_YES), bind_card("ann", "no", SILENT_THEN_NO))
    good, bad = top_up("ann", 700, "yes"), pay("ann", 500, source="card:no")
    assert [one["receipt"]["state"] for one in wallet.well(good, bad)] == ["processing", "processing"]
    wallet.well(settle(at="2026-03-02T05:00:00Z"), settle(at="2026-03-02T06:00:00Z"))
    wallet.reopen()
    for _ in range(2):
        came, went = wallet.apply(good, bad)
        assert (came["outcome"], came["receipt"]["state"]) == ("replayed", "completed")
        assert (went["outcome"], went["rejection"], went["facts"]) == (
            "replayed",
            "CardDeclined",
            {"reason": "declined"},
        )
    assert (wallet.member("ann")["available"], wallet.taken()) == (700, 0)


def test_a_settling_that_comes_again_settles_nothing_more(wallet: Wallet) -> None:
    wallet.furnish("ann")
    paid, settled = pay("ann", 400, source="card:card"), settle(at="2026-04-01T00:00:00Z")
    told = wallet.well(settled)
    asked = request_refund("ann", paid, 400)
    wallet.well(paid, asked, confirm_refund(asked))
    again = wallet.one(settled)
    assert (again["outcome"], first(again)) == ("replayed", first(told[0]))
    assert wallet.taken() == 400


def test_a_card_that_is_over_by_now_was_bound_then(wallet: Wallet) -> None:
    bound = bind_card("ann", expiry="03/26")
    told = wallet.well(open_member("ann"), bound)[1]
    wallet.clock = wallet.clock.replace(year=2027)
    wallet.reopen()
    again = wallet.one(bound)
    assert (again["outcome"], first(again)) == ("replayed", first(told))


def test_request_ids_are_each_members_own(wallet: Wallet) -> None:
    wallet.furnish("ann", "bob", funds=1_000)
    shared: dict[str, Any] = {"request_id": "the same"}
    wallet.well(pay("ann", 100) | shared, pay("bob", 200) | shared, open_merchant("market") | shared, settle() | shared)
    assert wallet.taken() == 300


def test_a_day_that_is_long_past_still_counts_against_its_limit_after_a_restart(wallet: Wallet) -> None:
    wallet.furnish("ann", funds=10_000)
    limit = line("set_limits", member="ann", per_day_minor=1000, at="2025-10-01T00:00:00Z")
    wallet.well(limit, pay("ann", 900, at="2025-10-02T00:00:00Z"))
    wallet.reopen()
    assert wallet.one(pay("ann", 900, at="2025-10-02T01:00:00Z"))["rejection"] == "LimitExceeded"
    assert wallet.one(pay("ann", 900, at="2025-10-03T01:00:00Z"))["outcome"] == "ok"
