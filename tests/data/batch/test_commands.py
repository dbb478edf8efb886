"""Every command of a batch once for what it does, and for the names it may get wrong."""

from __future__ import annotations

from typing import Any

import pytest

from tests.data.batch.files import (
    DECLINED,
    GOOD,
    GOOD_CREDIT,
    REFUND_FAILS_ONCE,
    SILENT_THEN_NO,
    SILENT_THEN_YES,
    Wallet,
    bind_card,
    claimed,
    confirm_refund,
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


def no(told: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """How a line was refused."""
    assert told["outcome"] == "rejected"
    assert told["receipt"] == {}
    return told["rejection"], told["facts"]


def test_an_outcome_has_these_fields_in_this_order(wallet: Wallet) -> None:
    (opened,), (invalid,) = wallet.apply(open_member("ann")), wallet.raw(b"nonsense\n")
    assert list(opened) == ["request_id", "outcome", "rejection", "facts", "receipt"]
    assert list(invalid) == [*opened, "field", "reason", "line"]
    assert (opened["rejection"], opened["facts"]) == (None, {})
    assert invalid == {"request_id": None, "outcome": "invalid", "rejection": None, "facts": {}, "receipt": {}} | {
        "field": None,
        "reason": "not_json",
        "line": 1,
    }


def test_an_invalid_line_moves_nothing_and_keeps_its_request_id_free(wallet: Wallet) -> None:
    wallet.furnish("ann", funds=100)
    bad, good = pay("ann", 100, points=-1), pay("ann", 100)
    told = wallet.apply(bad, good | {"request_id": bad["request_id"]})
    assert [one["outcome"] for one in told] == ["invalid", "ok"]
    assert told[0]["line"] == 1


def test_a_member_is_a_person_with_a_wallet_who_cannot_sign_in_yet(wallet: Wallet) -> None:
    told = wallet.one(open_member("Ann", currency="USD"))
    assert (told["receipt"]["currency"], told["receipt"]["balance_minor"]) == ("USD", 0)
    ((name, locked),) = wallet.running.database.read("SELECT name, password_hash FROM app_user", {})
    assert (name, locked[:9]) == ("Ann", "$argon2id")


def test_a_member_who_is_there_gets_one_more_wallet_and_stays_one_person(wallet: Wallet) -> None:
    wallet.well(open_member("ann"), open_member("ANN", currency="USD"), open_member("Ａnn"))
    assert wallet.running.database.read("SELECT count(*) FROM app_user", {}) == [(1,)]
    assert set(wallet.member("ann")["wallets"]) == {"CNY", "USD"}


@pytest.mark.parametrize("currency", ["XYZ", "PTS", "cny"])
def test_a_wallet_holds_money(wallet: Wallet, currency: str) -> None:
    assert no(wallet.one(open_member("ann", currency=currency))) == ("CurrencyUnknown", {"text": currency})
    assert wallet.balances()["members"] == {}


def test_a_merchant_has_a_name_of_its_own_in_batches(wallet: Wallet) -> None:
    wallet.well(open_member("ann"), open_merchant("cafe", city="北京", proprietor="ann"))
    assert no(wallet.one(open_merchant("cafe"))) == ("MerchantExists", {"merchant": "cafe"})
    assert no(wallet.one(pay("ann", 100, "cafe"))) == ("OwnMerchant", {"merchant": "shop cafe"})


@pytest.mark.parametrize(
    ("wrong", "rejection"),
    [
        ({"mcc": "58"}, "MccInvalid"),
        ({"category": "salary"}, "CategoryNotOffered"),
        ({"name": ""}, "MerchantNameMissing"),
        ({"name": "n" * 61}, "TextTooLong"),
        ({"currency": "XYZ"}, "CurrencyUnknown"),
        ({"proprietor": "nobody"}, "MemberUnknown"),
    ],
)
def test_a_merchant_that_cannot_be_is_refused_and_its_name_stays_free(
    wallet: Wallet, wrong: dict[str, Any], rejection: str
) -> None:
    assert no(wallet.one(open_merchant(**wrong)))[0] == rejection
    wallet.well(open_merchant())


def test_cards_are_bound_by_the_name_that_the_file_gives_them(wallet: Wallet) -> None:
    told = wallet.well(open_member("ann"), bind_card("ann", "gold", GOOD_CREDIT, kind="credit"))
    assert told[1]["receipt"] | {"card": ""} == {
        "card": "",
        "brand": "unionpay",
        "bank": "",
        "last4": "0005",
        "kind": "credit",
    }


@pytest.mark.parametrize(
    ("wrong", "rejection", "facts"),
    [
        ({"number": "6200000000000048"}, "CardNumberInvalid", {"reason": "check_digit", "length": 16}),
        ({"expiry": "soon"}, "CardExpiryInvalid", {"reason": "format"}),
        ({"expiry": "01/26"}, "CardExpiredNow", {"last4": "0047", "expired_on": "2026-01-31"}),
        ({"member": "bob"}, "MemberUnknown", {"member": "bob"}),
    ],
)
def test_a_card_that_cannot_be_bound_is_refused(
    wallet: Wallet, wrong: dict[str, Any], rejection: str, facts: dict[str, Any]
) -> None:
    wallet.well(open_member("ann"))
    assert no(wallet.one(bind_card("ann") | wrong)) == (rejection, facts)


def test_a_card_is_bound_at_the_clock_of_its_line(wallet: Wallet) -> None:
    wallet.well(open_member("ann"), bind_card("ann", expiry="01/26", at="2026-01-15T00:00:00Z"))


def test_the_same_card_again_is_refused_and_gets_no_other_name(wallet: Wallet) -> None:
    wallet.furnish("ann")
    assert no(wallet.one(bind_card("ann", "other")))[0] == "CardAlreadyBound"
    assert no(wallet.one(top_up("ann", 100, "other"))) == ("CardUnknown", {"card": "other"})


def test_money_comes_from_a_card_and_goes_to_a_card(wallet: Wallet) -> None:
    wallet.furnish("ann")
    came, went = wallet.well(top_up("ann", 1000), withdraw("ann", 400))
    assert (came["receipt"]["state"], came["receipt"]["balance_minor"]) == ("completed", 1000)
    assert (went["receipt"]["state"], went["receipt"]["balance_minor"]) == ("completed", 600)
    assert wallet.member("ann")["available"] == 600


def test_a_card_may_say_no(wallet: Wallet) -> None:
    wallet.furnish("ann", funds=500)
    wallet.well(bind_card("ann", "bad", DECLINED))
    for refused in (top_up("ann", 100, "bad"), withdraw("ann", 100, "bad"), pay("ann", 100, source="card:bad")):
        assert no(wallet.one(refused)) == ("CardDeclined", {"reason": "declined"})
    assert (wallet.member("ann")["available"], wallet.taken()) == (500, 0)


@pytest.mark.parametrize("asking", [top_up, withdraw])
def test_amounts_and_cards_that_cannot_be_are_refused_in_the_order_of_the_rules(wallet: Wallet, asking: Any) -> None:
    wallet.furnish("ann", funds=500)
    assert no(wallet.one(asking("ann", 0, "none"))) == ("AmountInvalid", {"amount_minor": 0})
    assert no(wallet.one(asking("ann", 10**15 + 1))) == ("AmountInvalid", {"amount_minor": 10**15 + 1})
    assert no(wallet.one(asking("ann", 1, "none"))) == ("CardUnknown", {"card": "none"})
    assert no(wallet.one(asking("ann", 1, currency="USD"))) == ("WalletNotOpened", {"currency": "USD"})
    wallet.well(line("freeze", member="ann"))
    assert no(wallet.one(asking("ann", 1, "none")))[0] == "AccountFrozen"


def test_lines_that_name_no_currency_are_in_the_members_own(wallet: Wallet) -> None:
    wallet.well(open_member("ann", currency="USD"), open_member("bob", currency="USD"), bind_card("ann"))
    wallet.well(top_up("ann", 1000), transfer("ann", "bob", 300))
    assert wallet.member("ann")["wallets"]["USD"]["available"] == 700
    assert (wallet.member("bob")["currency"], wallet.member("bob")["available"]) == ("USD", 300)


def test_a_payment_from_the_wallet(wallet: Wallet) -> None:
    wallet.furnish("ann", funds=10_000)
    receipt = wallet.one(pay("ann", 3_550, at="2026-02-28T20:00:00+08:00"))["receipt"]
    assert (receipt["state"], receipt["source"], receipt["cash_minor"]) == ("captured", "wallet", 3_550)
    assert (receipt["points_earned"], receipt["balance_minor"]) == (35, 6_450)
    assert receipt["occurred_at"] == "2026-02-28T12:00:00"
    assert wallet.taken() == 3_550


def test_a_payment_by_card_with_points_and_coupon(wallet: Wallet) -> None:
    wallet.furnish("ann", funds=10_000)
    wallet.well(pay("ann", 5_000), published("THREE", off_minor=300), claimed("ann", "THREE"))
    receipt = wallet.one(pay("ann", 1_000, source="card:card", points=20, coupon="THREE"))["receipt"]
    assert (receipt["gross_minor"], receipt["coupon_minor"], receipt["points"]) == (1_000, 300, 20)
    assert (receipt["cash_minor"], receipt["state"]) == (680, "captured")
    assert wallet.member("ann")["points"] == 50 - 20 + 6


@pytest.mark.parametrize(
    ("more", "rejection", "facts"),
    [
        ({"member": "nobody"}, "MemberUnknown", {"member": "nobody"}),
        ({"merchant": "nowhere"}, "MerchantUnknown", {"merchant": "nowhere"}),
        ({"member": "nobody", "merchant": "nowhere"}, "MemberUnknown", {"member": "nobody"}),
        ({"source": "card:none"}, "CardUnknown", {"card": "none"}),
        ({"coupon": "NONE"}, "CouponNotHeld", {"coupon": "NONE"}),
        ({"points": 1}, "InsufficientPoints", {"needed": 1, "available": 0, "debt": 0}),
        ({"amount_minor": 0}, "AmountInvalid", {"amount_minor": 0}),
        (
            {"amount_minor": 501},
            "InsufficientFunds",
            {"currency": "CNY", "needed_minor": 501, "available_minor": 500},
        ),
    ],
)
def test_a_payment_is_refused_with_the_names_of_the_file(
    wallet: Wallet, more: dict[str, Any], rejection: str, facts: dict[str, Any]
) -> None:
    wallet.furnish("ann", funds=500)
    assert no(wallet.one(pay("ann", 100) | more)) == (rejection, facts)
    assert wallet.member("ann")["available"] == 500


def test_a_transfer_between_members(wallet: Wallet) -> None:
    wallet.furnish("ann", "bob", funds=500)
    wallet.well(transfer("ann", "bob", 200, note="lunch"))
    assert (wallet.member("ann")["available"], wallet.member("bob")["available"]) == (300, 700)
    assert no(wallet.one(transfer("ann", "ann", 1))) == ("SameMember", {"member": "ann"})
    assert no(wallet.one(transfer("ann", "carol", 1))) == ("MemberUnknown", {"member": "carol"})
    assert no(wallet.one(transfer("ann", "bob", 301)))[0] == "InsufficientFunds"


def test_a_merchant_pays_out_into_the_wallet_of_its_proprietor(wallet: Wallet) -> None:
    wallet.furnish("ann", "kim", funds=500)
    paid = pay("ann", 400, "stall")
    asked = request_refund("ann", paid, 150)
    wallet.well(open_merchant("stall", proprietor="kim"), paid, asked)
    out = line("pay_out", merchant="stall", amount_minor=200)
    (told,) = wallet.well(out)
    assert (told["receipt"]["merchant_balance_minor"], told["receipt"]["balance_minor"]) == (200, 700)
    assert wallet.member("kim")["available"] == 700
    stall = wallet.balances()["merchants"]["stall"]
    assert stall == {"merchant": "stall", "currency": "CNY", "takings": 400, "wallet": 200}
    assert wallet.one(out)["outcome"] == "replayed"
    assert wallet.member("kim")["available"] == 700
    short = {"currency": "CNY", "needed_minor": 51, "available_minor": 50, "reserved_minor": 150}
    assert no(wallet.one(line("pay_out", merchant="stall", amount_minor=51))) == ("TakingsShort", short)
    assert no(wallet.one(line("pay_out", merchant="nowhere", amount_minor=1)))[0] == "MerchantUnknown"
    assert no(wallet.one(line("pay_out", merchant="cafe", amount_minor=1)))[0] == "ProprietorMissing"
    wallet.well(line("freeze", member="kim"))
    assert no(wallet.one(line("pay_out", merchant="stall", amount_minor=1)))[0] == "AccountFrozen"
    wallet.well(line("unfreeze", member="kim"), confirm_refund(asked, "stall"))
    wallet.well(line("pay_out", merchant="stall", amount_minor=50))
    wallet.holds()


def test_a_refund_to_the_wallet_is_there_when_it_is_confirmed(wallet: Wallet) -> None:
    wallet.furnish("ann", funds=500)
    paid = pay("ann", 400)
    asked = request_refund("ann", paid, 150)
    _, requested, confirmed = wallet.well(paid, asked, confirm_refund(asked))
    assert (requested["receipt"]["state"], requested["receipt"]["refundable_minor"]) == ("requested", 250)
    assert (confirmed["receipt"]["state"], confirmed["receipt"]["to"]) == ("credited", "wallet")
    assert (wallet.member("ann")["available"], wallet.taken()) == (250, 250)


def test_a_refund_to_a_card_is_there_on_its_day(wallet: Wallet) -> None:
    wallet.furnish("ann")
    paid = pay("ann", 400, source="card:card")
    asked = request_refund("ann", paid, 400)
    *_, confirmed, early, late = wallet.well(
        paid,
        asked,
        confirm_refund(asked),
        settle(at="2026-03-04T00:00:00+08:00"),
        settle(at="2026-03-05T00:00:00+08:00"),
    )
    assert (confirmed["receipt"]["state"], confirmed["receipt"]["due_on"]) == ("processing", "2026-03-05")
    assert (early["receipt"], late["receipt"]) == (
        {"credited": 0, "points_expired": 0, "answered": 0},
        {"credited": 1, "points_expired": 0, "answered": 0},
    )
    assert wallet.taken() == 0


def test_a_refund_that_a_card_did_not_take_is_sent_again_by_settling(wallet: Wallet) -> None:
    wallet.furnish("ann")
    paid = pay("ann", 400, source="card:odd")
    asked = request_refund("ann", paid, 400)
    wallet.well(bind_card("ann", "odd", REFUND_FAILS_ONCE, kind="credit"), paid, asked, confirm_refund(asked))
    again = line("confirm_refund", merchant="cafe", refund=asked["request_id"])
    assert no(wallet.one(again)) == ("RefundStateDiffers", {"state": "failed", "wanted": "confirmed"})
    (settled,) = wallet.well(settle(at="2026-04-01T00:00:00Z"))
    assert settled["receipt"]["credited"] == 1


def test_a_refund_that_the_merchant_rejects_frees_what_it_reserved(wallet: Wallet) -> None:
    wallet.furnish("ann", funds=500)
    paid = pay("ann", 400)
    asked = request_refund("ann", paid, 400, reason="it was cold", note="really")
    rejected = line("reject_refund", merchant="cafe", refund=asked["request_id"], reason="worn")
    told = wallet.apply(paid, asked, request_refund("ann", paid, 1), rejected, request_refund("ann", paid, 400))
    assert [one["rejection"] for one in told] == [None, None, "RefundExceedsPayment", None, None]
    reasons = wallet.running.database.read("SELECT reason, note FROM refund ORDER BY seq", {})
    assert reasons[0] == ("other", "it was cold\nreally")
    assert reasons[1][0] == "damaged"


def test_refunds_of_what_is_not_there_are_refused(wallet: Wallet) -> None:
    wallet.furnish("ann", "bob", funds=500)
    paid = pay("ann", 400)
    wallet.well(open_merchant("other"), paid)
    asked = request_refund("ann", paid, 100)
    assert no(wallet.one(request_refund("ann", {"request_id": "none"}, 1))) == ("PaymentUnknown", {"payment": "none"})
    assert no(wallet.one(request_refund("bob", paid, 1)))[0] == "PaymentUnknown"
    assert no(wallet.one(confirm_refund({"request_id": "none"}))) == ("RefundUnknown", {"refund": "none"})
    wallet.well(asked)
    assert no(wallet.one(confirm_refund(asked, "other")))[0] == "RefundUnknown"
    assert no(wallet.one(confirm_refund(asked, "nowhere"))) == ("MerchantUnknown", {"merchant": "nowhere"})


def test_a_silent_bank_is_asked_again_by_settling(wallet: Wallet) -> None:
    wallet.furnish("ann", funds=1_000)
    wallet.well(bind_card("ann", "yes", SILENT_THEN_YES), bind_card("ann", "no", SILENT_THEN_NO))
    waiting, doomed = wallet.well(top_up("ann", 500, "yes"), withdraw("ann", 300, "no"))
    assert (waiting["receipt"]["state"], doomed["receipt"]["state"]) == ("processing", "processing")
    assert (wallet.member("ann")["available"], wallet.member("ann")["held"]) == (700, 300)
    wallet.well(settle(at="2026-03-02T05:00:00Z"), settle(at="2026-03-02T06:00:00Z"))
    assert (wallet.member("ann")["available"], wallet.member("ann")["held"]) == (1_500, 0)
    wallet.holds()


def test_settling_lets_points_expire(wallet: Wallet) -> None:
    wallet.furnish("ann", funds=1_000)
    wallet.well(line("set_earn_rule", valid_days=10), pay("ann", 500, at="2026-03-02T00:00:00Z"))
    early, late = wallet.well(settle(at="2026-03-12T00:00:00Z"), settle(at="2026-03-13T00:00:00Z"))
    assert (early["receipt"]["points_expired"], late["receipt"]["points_expired"]) == (0, 5)


def test_limits_are_set_changed_and_taken_away(wallet: Wallet) -> None:
    wallet.furnish("ann", funds=10_000)
    wallet.well(line("set_limits", member="ann", per_payment_minor=500, per_day_minor=900))
    assert no(wallet.one(pay("ann", 501)))[1]["limit"] == "per_payment"
    wallet.well(pay("ann", 500))
    assert no(wallet.one(pay("ann", 401)))[1]["limit"] == "per_day"
    (told,) = wallet.well(line("set_limits", member="ann", per_payment_minor=None))
    assert told["receipt"] == {"currency": "CNY", "now": [500, 900, None], "from_tomorrow": [None, 900, None]}
    wallet.well(pay("ann", 900, at="2026-03-03T04:00:00Z"))


def test_the_base_rule_keeps_what_a_line_leaves_out(wallet: Wallet) -> None:
    wallet.furnish("ann", funds=100_000)
    wallet.well(
        line("set_earn_rule", redeem_cap_percent=50, valid_days=None), line("set_earn_rule", points_per_unit=2.5)
    )
    earned = wallet.one(pay("ann", 1_000))["receipt"]["points_earned"]
    refused = wallet.one(pay("ann", 10, points=6))
    assert (earned, refused["rejection"], refused["facts"]) == (25, "PointsBeyondCap", {"points": 6, "most": 5})
    wallet.well(line("set_earn_rule", points_per_unit=2))
    assert wallet.one(pay("ann", 1_000))["receipt"]["points_earned"] == 20


def test_campaigns_multiply_the_base_rule_where_they_hold(wallet: Wallet) -> None:
    wallet.furnish("ann", funds=100_000)
    wallet.well(
        open_merchant("market", category="groceries", mcc="5411"),
        line("set_earn_rule", merchant="cafe", multiplier=3),
        line("set_earn_rule", category="groceries", points_per_unit=2, valid_to="2026-04-01T00:00:00Z"),
        line("set_earn_rule", code="off", multiplier_bp=90_000, active=False),
    )
    told = wallet.well(pay("ann", 1_000), pay("ann", 1_000, "market"), pay("ann", 1_000, "market", at="2026-04-01"))
    assert [one["receipt"]["points_earned"] for one in told] == [30, 20, 10]


@pytest.mark.parametrize(
    ("said", "facts"),
    [
        ({"redeem_cap_percent": 101}, {"field": "redeem_cap_bp", "reason": "too_large"}),
        ({"points_per_unit": 1, "code": "odd"}, {"field": "points_per_unit", "reason": "not_exact"}),
        ({"code": "base", "merchant": "cafe"}, {"field": "code", "reason": "reserved"}),
        (
            {"code": "x", "valid_from": "2026-02-02", "valid_to": "2026-02-01"},
            {"field": "valid_to", "reason": "before_start"},
        ),
    ],
)
def test_an_earn_rule_that_cannot_be_is_refused(wallet: Wallet, said: dict[str, Any], facts: dict[str, Any]) -> None:
    wallet.well(open_merchant(), line("set_earn_rule", points_per_unit=3))
    assert no(wallet.one(line("set_earn_rule", **said))) == ("EarnRuleInvalid", facts)


def test_coupons_of_the_house_and_of_a_merchant(wallet: Wallet) -> None:
    wallet.furnish("ann", funds=100_000)
    wallet.well(
        published("HOUSE", kind="立减", off_minor=200, stackable=True),
        published("OWN", merchant="cafe", kind="折扣", off_minor=0, percent="12.5", stackable=True, cap_minor=1_000),
        claimed("ann", "HOUSE"),
        claimed("ann", "OWN"),
    )
    receipt = wallet.one(pay("ann", 4_000, coupon=["HOUSE", "OWN"]))["receipt"]
    assert (receipt["coupon_minor"], receipt["cash_minor"]) == (500 + 200, 3_300)
    assert wallet.taken() == 3_500


def test_coupons_run_out_in_every_way(wallet: Wallet) -> None:
    wallet.furnish("ann", "bob", funds=10_000)
    wallet.well(published("ONE", stock=1), published("EACH"), published("ANY", per_member=None))
    wallet.well(claimed("ann", "ONE"), claimed("ann", "EACH"), *[claimed("ann", "ANY") for _ in range(3)])
    wallet.well(published("OVER", valid_to="2026-03-02T04:00:00Z"))
    assert no(wallet.one(claimed("bob", "ONE"))) == ("CouponSoldOut", {"coupon": "ONE", "stock": 1})
    assert no(wallet.one(claimed("ann", "EACH"))) == ("CouponClaimedOut", {"coupon": "EACH", "per_member": 1})
    assert no(wallet.one(claimed("bob", "OVER"))) == ("CouponOver", {"coupon": "OVER", "reason": "over"})
    assert no(wallet.one(claimed("bob", "NONE"))) == ("CouponUnknown", {"coupon": "NONE"})
    assert no(wallet.one(published("ONE"))) == ("CouponExists", {"coupon": "ONE"})
    assert no(wallet.one(published("NIL", off_minor=0)))[0] == "CouponInvalid"


def test_a_frozen_wallet_receives_and_gives_nothing(wallet: Wallet) -> None:
    wallet.furnish("ann", "bob", funds=500)
    wallet.well(line("freeze", member="ann", reason="lost phone"), transfer("bob", "ann", 100))
    assert no(wallet.one(pay("ann", 1))) == ("AccountFrozen", {"reason": "lost phone"})
    assert wallet.member("ann")["frozen"] is True
    wallet.well(line("unfreeze", member="ann"), pay("ann", 600))
    assert no(wallet.one(line("freeze", member="nobody"))) == ("MemberUnknown", {"member": "nobody"})


def test_a_number_that_no_column_holds_is_refused_by_the_reader_and_any_other_by_a_rule(wallet: Wallet) -> None:
    wallet.furnish("ann", funds=500)
    assert no(wallet.one(pay("ann", 2**63 - 1)))[0] == "AmountInvalid"
    assert no(wallet.one(pay("ann", 100, points=2**63 - 1)))[0] == "InsufficientPoints"
    assert wallet.one(pay("ann", 2**63))["outcome"] == "invalid"


def test_no_card_number_is_kept_anywhere(wallet: Wallet) -> None:
    wallet.furnish("ann")
    wallet.apply(bind_card("nobody"), bind_card("ann", number=GOOD[:-1] + "8"), bind_card("ann", "x", expiry="01/20"))
    wallet.running.close()
    kept = b"".join(path.read_bytes() for path in wallet.folder.iterdir() if path.is_file())
    assert GOOD.encode() not in kept
    assert (GOOD[:-1] + "8").encode() not in kept
