"""What is offered: earn rules and campaigns, coupons, codes for one payment; and points whose time is over."""

from __future__ import annotations

import dataclasses
from typing import Final

from data.ids import new_key
from data.ledger.changes import TextTooLong
from data.ledger.coupons import check_coupon
from data.ledger.wallet import managing, paying, rows
from data.ledger.wallet.books import ISSUER_TEXT, Books
from data.ledger.wallet.commands import (
    ClaimCoupon,
    EndCoupon,
    ExpirePoints,
    MakePayCode,
    PublishCoupon,
    SetEarnRule,
    Settled,
)
from data.ledger.wallet.coupon_text import coupon_text
from data.ledger.wallet.deed import EXPIRED, Deed, Stamp, points_legs
from data.ledger.wallet.earning import BASE_CODE, ONE, EarnRule, over, rule_text
from data.ledger.wallet.refusals import (
    CouponClaimedOut,
    CouponExists,
    CouponOver,
    CouponSoldOut,
    CouponUnknown,
    EarnRuleInvalid,
    MerchantClosed,
    MerchantCurrencyDiffers,
    PayCodeExpired,
)

_MOST: Final = 1_000_000  # of any figure of an earn rule: beyond it is a typing error
_CODE_LENGTH: Final = 60
_NOT_NEGATIVE: Final = ("points_per_unit", "multiplier_bp", "redeem_minor_per_point", "redeem_cap_bp")
_OPTIONAL: Final = ("cap_per_payment", "cap_per_day", "valid_days")


def set_earn_rule(books: Books, command: SetEarnRule, stamp: Stamp) -> Deed:
    """The base rule is the issuer's alone; a campaign may be a merchant's, then it holds at that merchant only.

    Raises:
        EarnRuleInvalid, TextTooLong, MerchantUnknown.
    """
    rule, owner = command.rule, str(command.owner)
    _check_rule(rule)
    if owner != ISSUER_TEXT:
        paying.mine(books, owner, stamp)
        if rule.code == BASE_CODE:
            raise EarnRuleInvalid("code", "reserved")
        rule = dataclasses.replace(rule, merchant=owner)
    deed = Deed()
    deed.add(
        rows.EarnRuleRow(owner, rule.code, stamp.seq(), rule_text(rule), command.active, stamp.recorded_at, stamp.actor)
    )
    deed.receipt = {"rule": rule.code, "active": command.active, "points_per_unit": rule.points_per_unit}
    return deed


def _check_rule(rule: EarnRule) -> None:
    if not rule.code:
        raise EarnRuleInvalid("code", "missing")
    for text in (rule.code, rule.name):
        if len(text) > _CODE_LENGTH:
            raise TextTooLong("earn_rule", _CODE_LENGTH, len(text))
    managing.check_currency(rule.currency)
    for field in (*_NOT_NEGATIVE, *_OPTIONAL):
        value = getattr(rule, field)
        if value is not None and value < 0:
            raise EarnRuleInvalid(field, "negative")
        if value is not None and value > _MOST:
            raise EarnRuleInvalid(field, "too_large")
    if rule.code != BASE_CODE and rule.multiplier_bp < ONE:
        raise EarnRuleInvalid("multiplier_bp", "too_small")
    if rule.redeem_cap_bp > ONE:
        raise EarnRuleInvalid("redeem_cap_bp", "too_large")
    if rule.valid_from and rule.valid_to and rule.valid_from >= rule.valid_to:
        raise EarnRuleInvalid("valid_to", "before_start")


def publish(books: Books, command: PublishCoupon, stamp: Stamp) -> Deed:
    """Offer a coupon; a merchant's own holds at that merchant and is paid by it.

    Raises:
        MerchantUnknown, CouponInvalid, CouponExists.
    """
    owner, coupon = str(command.owner), command.coupon
    if owner != ISSUER_TEXT:
        merchant = paying.mine(books, owner, stamp)
        if merchant.currency != coupon.currency:
            raise MerchantCurrencyDiffers(merchant.currency, coupon.currency)
        coupon = dataclasses.replace(coupon, merchant=command.owner, funded_by_merchant=True)
    check_coupon(coupon)
    if (owner, coupon.code) in books.coupon_codes:
        raise CouponExists(coupon.code)
    deed = Deed()
    deed.add(
        rows.CouponRow(
            owner, str(coupon.id), stamp.seq(), coupon.code, coupon_text(coupon), stamp.recorded_at, stamp.actor
        )
    )
    deed.receipt = {"coupon": str(coupon.id), "code": coupon.code, "stock": coupon.stock}
    return deed


def end(books: Books, command: EndCoupon, stamp: Stamp) -> Deed:
    """Take an offer back; taken back already: the same again. What members took stays theirs until its own end.

    Raises:
        MerchantUnknown, CouponUnknown.
    """
    owner, offer = str(command.owner), books.offers.get(str(command.coupon))
    if owner != ISSUER_TEXT:
        paying.mine(books, owner, stamp)
    if offer is None or books.coupon_codes.get((owner, offer.coupon.code)) != str(command.coupon):
        raise CouponUnknown(str(command.coupon))
    deed = Deed()
    if not offer.ended:
        deed.add(rows.CouponEndingRow(owner, str(command.coupon), stamp.seq(), stamp.recorded_at, stamp.actor))
    deed.receipt = {"coupon": str(command.coupon), "code": offer.coupon.code, "taken": offer.taken}
    return deed


def claim(books: Books, command: ClaimCoupon, stamp: Stamp) -> Deed:
    """A member takes a coupon.

    Raises:
        MemberUnknown, CouponUnknown, CouponOver, CouponSoldOut, CouponClaimedOut.
    """
    member, offer = books.member(command.owner), books.offer(command.coupon)
    coupon = offer.coupon
    if offer.ended:
        raise CouponOver(coupon.code, "ended")
    if coupon.valid_to is not None and coupon.valid_to <= stamp.now:
        raise CouponOver(coupon.code, "over")
    if coupon.stock is not None and offer.taken >= coupon.stock:
        raise CouponSoldOut(coupon.code, coupon.stock)
    mine = sum(one.coupon == str(coupon.id) for one in member.claims.values())
    if coupon.per_member is not None and mine >= coupon.per_member:
        raise CouponClaimedOut(coupon.code, coupon.per_member)
    deed, key = Deed(), new_key()
    deed.add(rows.ClaimRow(member.owner, key, stamp.seq(), str(coupon.id), stamp.recorded_at))
    deed.receipt = {"claim": key, "coupon": str(coupon.id), "code": coupon.code}
    return deed


def make_pay_code(books: Books, command: MakePayCode, stamp: Stamp) -> Deed:
    """A code for one payment of one amount.

    Raises:
        MerchantUnknown, MerchantClosed, MerchantCurrencyDiffers, AmountInvalid, PayCodeExpired.
    """
    merchant = paying.mine(books, command.owner, stamp)
    if merchant.closed:
        raise MerchantClosed(merchant.name)
    if merchant.currency != command.currency:
        raise MerchantCurrencyDiffers(merchant.currency, command.currency)
    paying.check_amount(command.amount)
    if command.expires_at <= stamp.now:
        raise PayCodeExpired(str(command.code), command.expires_at.isoformat())
    deed = Deed()
    deed.add(
        rows.PayCodeRow(
            merchant.owner,
            str(command.code),
            stamp.seq(),
            command.currency,
            command.amount,
            command.note,
            command.expires_at,
            stamp.recorded_at,
            stamp.actor,
        )
    )
    deed.receipt = {"code": str(command.code), "expires_at": command.expires_at.isoformat()}
    return deed


def expire_points(books: Books, command: ExpirePoints, stamp: Stamp) -> Deed:
    """Points whose last day is over leave the member's and the issuer's books.

    Raises:
        MemberUnknown.
    """
    member, deed = books.member(command.owner), Deed()
    day = member.day(stamp.now)
    gone = over(member.lots.values(), day)
    points = sum(part for _, part in gone)
    if points:
        key = new_key()
        legs = points_legs(deed, member, stamp, [(lot, -part) for lot, part in gone], marked=EXPIRED)
        deed.entry(member.owner, key, "points", day, stamp, legs, description="expired")
        issued = paying.issuer_legs(books, deed, stamp, currency="", redeemed=points)
        deed.entry(ISSUER_TEXT, key, "adjustment", day, stamp, issued)
    deed.receipt = {"member": member.owner, "expired": points}
    return deed


def settled(_books: Books, command: Settled, _stamp: Stamp) -> Deed:
    """What a settling brought, to be told again."""
    told = {"credited": command.credited, "points_expired": command.expired, "answered": command.answered}
    return Deed(receipt=told)
