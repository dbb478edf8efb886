"""What the wallet refuses is said to people: in both languages, with money written as money and without our own ids."""

from __future__ import annotations

import dataclasses
import importlib
import pkgutil
import re
from collections.abc import Iterator
from typing import Final

import pytest

import data
from data import refunds
from data.errors import NotFound, Rejection
from data.gateways.protocol import GatewayUnreachable, Reason
from data.ledger.account_changes import WalletAccount
from data.ledger.changes import RefundExceedsPayment, TextTooLong
from data.ledger.coupons import Coupon, CouponInvalid, CouponRefusal
from data.ledger.refund_states import TRANSITIONS, RefundState
from data.ledger.wallet import refusals as no
from data.ledger.wallet.earning import EarnRule
from data.refunds import AttachmentRefused
from data.security.card_numbers import CardExpiryInvalid, CardNumberInvalid
from pages.ui import catalogue
from pages.ui.catalogue import translator
from pages.ui.i18n import rejection_parts, rejection_text

ID: Final = "0192f3c4-7a10-7cc3-98c4-dc0c0c07398f"
COUPON_FAULTS: Final = (
    ("code", "empty"),
    ("name", "too_long"),
    ("currency", "unknown"),
    ("off_minor", "not_positive"),
    ("off_minor", "not_for_kind"),
    ("off_bp", "too_large"),
    ("off_bp", "not_for_kind"),
    ("cap_minor", "not_positive"),
    ("min_spend_minor", "negative"),
    ("valid_to", "ends_before_it_begins"),
    ("stock", "not_positive"),
    ("per_member", "not_positive"),
    ("funded_by_merchant", "needs_merchant"),
)
RULE_FAULTS: Final = (
    ("code", "missing"),
    ("code", "reserved"),
    ("points_per_unit", "negative"),
    ("multiplier_bp", "too_small"),
    ("redeem_minor_per_point", "too_large"),
    ("redeem_cap_bp", "too_large"),
    ("cap_per_payment", "negative"),
    ("cap_per_day", "negative"),
    ("valid_days", "too_large"),
    ("valid_to", "before_start"),
)
REFUSED: Final[tuple[Rejection, ...]] = (
    no.WalletNotOpened("USD"),
    no.MemberUnknown(ID),
    no.MerchantUnknown(ID),
    no.MerchantExists("corner"),
    no.MerchantNameMissing(),
    no.MccInvalid("58A2"),
    no.CategoryNotOffered("salary"),
    no.MerchantClosed("Corner Cafe"),
    no.MerchantCurrencyDiffers("CNY", "USD"),
    no.OwnMerchant("Corner Cafe"),
    no.SameMember("anna"),
    no.AccountFrozen(""),
    no.AccountFrozen("phone lost"),
    no.AccountFrozen("monitor"),
    no.StoppedByMonitor("unheard_amount", "0"),
    no.AlertUnknown("0"),
    no.AlertAnswered("mine"),
    no.DebitUnknown("0"),
    no.InsufficientFunds("CNY", 1_234_50, 1_000_05),
    no.InsufficientPoints(1_200, 800, 0),
    no.InsufficientPoints(1_200, 0, 340),
    no.PointsBeyondCap(1_200, 600),
    no.PointsBeyondCap(1_200, 0),
    no.LimitExceeded("per_payment", "CNY", 500_00, 0, 620_00, 500_00, ""),
    no.LimitExceeded("per_day", "CNY", 500_00, 420_00, 120_00, 80_00, "2026-10-16"),
    no.LimitExceeded("per_day", "CNY", 500_00, 500_00, 120_00, 0, "2026-10-16"),
    no.LimitExceeded("per_month", "CNY", 2_000_00, 1_950_00, 120_00, 50_00, "2026-11-01"),
    no.LimitExceeded("per_month", "CNY", 2_000_00, 2_000_00, 120_00, 0, "2026-11-01"),
    no.AmountInvalid(0),
    no.AmountInvalid(-500),
    no.CardUnknown(ID),
    no.CardAlreadyBound("4242"),
    no.CardExpiredNow("4242", "2026-08-31"),
    no.CardDeclined(""),
    *(no.CardDeclined(reason.value) for reason in Reason),
    no.CouponUnknown(ID),
    no.CouponExists("CAFE5"),
    no.CouponNotHeld(ID),
    *(
        no.CouponNotUsable("CAFE5", why.value, "CNY", 13_37 if why == "below_minimum" else None)
        for why in CouponRefusal
    ),
    no.CouponOver("CAFE5", "over"),
    no.CouponOver("CAFE5", "not_begun"),
    no.CouponSoldOut("CAFE5", 1_000),
    no.CouponClaimedOut("CAFE5", 1),
    no.PaymentUnknown(ID),
    *(no.PaymentNotCaptured(ID, state) for state in ("processing", "declined", "manual")),
    no.RefundUnknown(ID),
    *(
        no.RefundStateDiffers(state.value, to.value)
        for state in RefundState
        for to in sorted(frozenset().union(*TRANSITIONS.values()) - TRANSITIONS[state])
    ),
    no.TooManyRefunds(50),
    no.RefundTooLate("2026-03-02"),
    no.MerchantShort("CNY", 1_234_50, 1_000_05),
    no.TakingsShort("CNY", 1_234_50, 1_000_05, 20_30),
    no.TakingsShort("CNY", 1_234_50, 0, 20_30),
    no.TakingsShort("CNY", 1_234_50, 1_000_05, 0),
    no.TakingsShort("CNY", 1_234_50, 0, 0),
    no.ProprietorMissing("Corner Cafe"),
    no.ChargeUnknown(ID),
    no.ChargeSettled("approved"),
    no.ChargeSettled("declined"),
    no.ChargeStillAsked(),
    no.PayCodeUnknown(ID),
    no.PayCodeUsed(ID),
    no.PayCodeExpired(ID, "2026-10-15T12:30:00.123456"),
    no.PayCodeAmountDiffers("CNY", 1_234_50, 1_000_05),
    *(no.EarnRuleInvalid(field, reason) for field, reason in RULE_FAULTS),
    no.OperatorOnly(),
    no.TextMissing("reason"),
    no.TextMissing("name"),
    *(CouponInvalid(field, reason) for field, reason in COUPON_FAULTS),
    *(AttachmentRefused("receipt.png", why, 6_291_456, 5_242_880) for why in ("too_large", "type", "empty")),
    WalletAccount(ID),
    GatewayUnreachable(),
    CardNumberInvalid("length", 11),
    CardExpiryInvalid("format"),
    RefundExceedsPayment(1_234_50, 2_000_00, 1_000_05, "CNY"),
    TextTooLong("merchant", 200, 212),
    TextTooLong("earn_rule", 60, 61),
    TextTooLong("note", 500, 501),
    TextTooLong("reason", 500, 501),
    NotFound("attachment", ID),
)
_UUID: Final = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}", re.IGNORECASE)
_OURS: Final = re.compile(r"[{}]|[a-z]_[a-z]|rejection|minor\b|\bbp\b|None|T\d\d:")


def _named(rejection: Rejection) -> str:
    return "-".join((rejection.code, *(str(value) for value in rejection.facts.values() if value != ID)))


both = pytest.mark.parametrize("language", catalogue.LANGUAGES)
each = pytest.mark.parametrize("rejection", REFUSED, ids=_named)


@both
@each
def test_a_person_reads_words_and_nothing_of_our_own(rejection: Rejection, language: catalogue.Language) -> None:
    for part in rejection_parts(rejection, language):
        assert not _UUID.search(part), part
        assert not _OURS.search(part), part
        assert part.endswith("。" if language == "zh" else "."), part
        assert part.count("“") == part.count("”"), part
        assert "  " not in part, part


@both
@each
def test_every_no_says_what_to_do(rejection: Rejection, language: catalogue.Language) -> None:
    if not isinstance(rejection, TextTooLong):  # the figures in its sentence say it
        assert len(rejection_parts(rejection, language)) == 3


@each
def test_chinese_is_written_with_chinese_marks_and_english_without(rejection: Rejection) -> None:
    for part in rejection_parts(rejection, "zh"):
        assert not re.search(r"[\u4e00-\u9fff][,;:?!()]|[,;:?!()][\u4e00-\u9fff]", part), part
    for part in rejection_parts(rejection, "en"):
        assert not re.search(r"[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]", part), part
        assert part[0].isupper() or part[0] in "“0123456789", part


@both
@each
def test_amounts_are_written_as_money_never_as_a_count_of_cents(
    rejection: Rejection, language: catalogue.Language
) -> None:
    said = " ".join(rejection_parts(rejection, language))
    for name, value in rejection.facts.items():
        if name.endswith("_minor") and isinstance(value, int) and abs(value) >= 100:
            assert f"{value:,}" not in said
            assert str(value) not in said


def test_every_refusal_of_the_wallet_is_among_these() -> None:
    kinds = {kind for kind in vars(no).values() if isinstance(kind, type) and issubclass(kind, Rejection)}
    wanted = {kind for kind in kinds if kind.__module__ == no.__name__}
    assert wanted <= {type(one) for one in REFUSED}


def _kinds(parent: type[Rejection] = Rejection) -> Iterator[type[Rejection]]:
    for child in parent.__subclasses__():
        yield child
        yield from _kinds(child)


@both
def test_every_rejection_defined_under_data_has_a_text_of_its_own(language: catalogue.Language) -> None:
    for module in pkgutil.walk_packages(data.__path__, "data."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    codes = {re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", kind.__name__).lower() for kind in _kinds() if _ours(kind)}
    assert {code for code in codes if not translator(language).has(f"rejection.{code}")} == set()


def _ours(kind: type[Rejection]) -> bool:
    return kind.__module__.startswith("data.")


@both
def test_each_reason_a_coupon_is_refused_for_has_a_sentence_of_its_own(language: catalogue.Language) -> None:
    words = translator(language)
    assert [why for why in CouponRefusal if not words.has(f"rejection.coupon_not_usable.{why}")] == []
    assert [why for _, why in COUPON_FAULTS if not words.has(f"rejection.coupon_invalid.{why}")] == []
    assert [why for _, why in RULE_FAULTS if not words.has(f"rejection.earn_rule_invalid.{why}")] == []


@both
def test_fields_are_named_by_words(language: catalogue.Language) -> None:
    words = translator(language)
    assert {field for field, _ in COUPON_FAULTS} <= {one.name for one in dataclasses.fields(Coupon)}
    assert {field for field, _ in RULE_FAULTS} <= {one.name for one in dataclasses.fields(EarnRule)}
    assert [field for field, _ in COUPON_FAULTS + RULE_FAULTS if not words.has(f"field.{field}")] == []


@both
def test_each_state_of_a_refund_and_each_step_to_one_has_words(language: catalogue.Language) -> None:
    words = translator(language)
    assert [state for state in RefundState if not words.has(f"state.{state}")] == []
    steps = frozenset().union(*TRANSITIONS.values())
    assert [step for step in steps if not words.has(f"wanted.{step}")] == []


def test_a_limit_says_what_is_left_and_when_it_renews() -> None:
    over = no.LimitExceeded("per_day", "CNY", 500_00, 420_00, 120_00, 80_00, "2026-10-16")
    assert rejection_text(over, "zh") == (
        "超过每日限额 ¥500.00：今天已用 ¥420.00，还可用 ¥80.00，这笔是 ¥120.00。额度在10月16日恢复。"
    )
    assert rejection_text(over, "en") == (
        "This goes beyond the daily limit of ¥500.00: ¥420.00 used today, ¥80.00 left, ¥120.00 asked for. "
        "It renews on Oct 16."
    )
    assert rejection_parts(over, "en")[1:] == [
        "No money was taken.",
        "Lower the amount or wait until Oct 16. Raising the limit takes effect the next day as well.",
    ]


def test_a_limit_that_is_used_up_is_not_said_to_leave_nothing() -> None:
    over = no.LimitExceeded("per_month", "CNY", 2_000_00, 2_000_00, 120_00, 0, "2026-11-01")
    assert rejection_text(over, "zh") == "本月的限额 ¥2,000.00 已用完，11月1日恢复。"
    assert rejection_text(over, "en") == "This month’s limit of ¥2,000.00 is used up. It renews on Nov 1."


def test_short_money_says_how_much_and_suggests_topping_up() -> None:
    short = no.InsufficientFunds("CNY", 1_234_50, 1_000_05)
    assert rejection_parts(short, "zh") == [
        "余额不足：需要 ¥1,234.50，可用余额 ¥1,000.05。",
        "没有扣款。",
        "先充值再试，或减少金额；付款也可以改用银行卡。",
    ]
    assert "Top up" in rejection_parts(short, "en")[2]


def test_a_points_debt_is_mentioned_only_where_there_is_one() -> None:
    assert rejection_text(no.InsufficientPoints(1_200, 800, 0), "en") == (
        "Not enough points: 1,200 asked for, 800 available."
    )
    assert rejection_text(no.InsufficientPoints(1_200, 0, 340), "en") == (
        "Not enough points: 1,200 asked for, 0 available, 340 owed."
    )
    assert "退款" in rejection_parts(no.InsufficientPoints(1_200, 0, 340), "zh")[2]


def test_a_coupon_that_needs_a_larger_payment_says_how_much_is_missing() -> None:
    short = no.CouponNotUsable("CAFE5", "below_minimum", "CNY", 13_37)
    assert rejection_text(short, "zh") == "这笔金额还差 ¥13.37 才达到优惠券“CAFE5”的使用门槛。"
    assert rejection_text(short, "en") == "The amount is ¥13.37 short of the minimum of the coupon “CAFE5”."


def test_a_bank_that_says_no_is_quoted_in_words() -> None:
    assert rejection_text(no.CardDeclined("insufficient_funds"), "zh") == "银行没有批准：卡内余额不足。"
    assert rejection_text(no.CardDeclined("expired_card"), "en") == "The bank declined: the card has expired."
    assert rejection_text(no.CardDeclined(""), "en") == "The bank declined."


def test_a_refund_past_its_step_says_where_it_stands() -> None:
    late = no.RefundStateDiffers("credited", "cancelled")
    assert rejection_text(late, "zh") == "这笔退款已经到账，不能再更改。"
    assert rejection_text(late, "en") == "This refund has been credited and cannot be changed any more."
    early = no.RefundStateDiffers("processing", "cancelled")
    assert rejection_text(early, "zh") == "这笔退款正在处理中，现在不能撤销。"
    assert rejection_text(early, "en") == "This refund is being processed and cannot be cancelled now."


def test_a_merchant_s_balance_is_nobody_else_s_business() -> None:
    short = no.MerchantShort("CNY", 1_234_50, 1_000_05)
    assert all("1,000.05" not in part for language in catalogue.LANGUAGES for part in rejection_parts(short, language))


@both
def test_the_size_of_an_attachment_is_the_one_that_holds(language: catalogue.Language) -> None:
    assert refunds.MOST_BYTES == 5 * 1024 * 1024
    large = AttachmentRefused("receipt.png", "too_large", 6_291_456, refunds.MOST_BYTES)
    assert "5 MB" in rejection_text(large, language)


@both
@pytest.mark.parametrize("field", ["account", "reason", "note", "payee", "tag", "merchant", "earn_rule"])
def test_a_field_is_named_within_the_sentence(language: catalogue.Language, field: str) -> None:
    said = rejection_text(TextTooLong(field, 60, 61), language)
    assert field == "tag" or "_" not in said
    assert not said.startswith("The The")
