"""The door to coupons and points of a member, and to what the house itself offers."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from data.database import Database
from data.ledger.wallet.commands import ISSUER, ClaimCoupon, EndCoupon, PublishCoupon, SetEarnRule
from data.ledger.wallet.earning import BASE_CODE, EarnRule
from data.ledger.wallet.refusals import OperatorOnly
from data.store.command import Receipt

__all__ = [
    "BASE_CODE",
    "ISSUER",
    "ClaimCoupon",
    "EarnRule",
    "EndCoupon",
    "PublishCoupon",
    "SetEarnRule",
    "base_rule",
    "claim",
    "end_coupon",
    "publish",
    "set_rule",
]

_OPERATOR: Final = "SELECT operator FROM app_user WHERE owner = $owner"


def claim(database: Database, command: ClaimCoupon) -> Receipt:
    """Take a coupon that is offered. The receipt: claim, code.

    Raises:
        MemberUnknown, CouponUnknown, CouponOver, CouponSoldOut, CouponClaimedOut.
    """
    return database.transact(command).or_raise()


def publish(database: Database, command: PublishCoupon) -> Receipt:
    """Offer a coupon that the house pays for. owner: `ISSUER`; actor: the operator.

    Raises:
        OperatorOnly, CouponInvalid, CouponExists.
    """
    _require_operator(database, command.actor)
    return database.transact(command).or_raise()


def end_coupon(database: Database, command: EndCoupon) -> Receipt:
    """Take a coupon of the house back; who took it keeps it. owner: `ISSUER`; actor: the operator.

    Raises:
        OperatorOnly, CouponUnknown.
    """
    _require_operator(database, command.actor)
    return database.transact(command).or_raise()


def set_rule(database: Database, command: SetEarnRule) -> Receipt:
    """How points are earned and redeemed everywhere (`base`), or a campaign of the house. owner: `ISSUER`.

    Raises:
        OperatorOnly, EarnRuleInvalid, TextTooLong.
    """
    _require_operator(database, command.actor)
    return database.transact(command).or_raise()


def base_rule(database: Database) -> EarnRule:
    """How points are earned and redeemed now."""
    return database.ask(lambda books, _now: books.base)


def _require_operator(database: Database, actor: UUID) -> None:
    if database.read(_OPERATOR, {"owner": actor}) != [(True,)]:
        raise OperatorOnly
