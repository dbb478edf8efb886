"""Who publishes: a merchant its own offers, or the house."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Final
from uuid import UUID

from data import merchants, rewards
from data.categories.taxonomy import BUILT_IN, CategoryKind
from data.ids import OwnerId
from data.merchants import Coupon, EarnRule, EndCoupon, Merchant, PublishCoupon, SetEarnRule
from pages.ui.context import User

_SPENDING: Final = tuple(key for key, one in BUILT_IN.items() if one.kind is CategoryKind.EXPENSE)


@dataclasses.dataclass(frozen=True, slots=True)
class Publisher:
    """key: begins the names of its widgets. categories, shops: what an offer can be narrowed to.

    currencies: that a coupon can be in, the usual one first. merchant: of a merchant itself, None for the house.
    """

    key: str
    owner: OwnerId
    merchant: Merchant | None
    currencies: tuple[str, ...]
    categories: tuple[str, ...]
    shops: Mapping[UUID, str]

    def publish(self, user: User, request: str, coupon: Coupon) -> None:
        """Send the coupon to its door.

        Raises:
            Rejection: as that door.
        """
        command = PublishCoupon(owner=self.owner, request_id=request, actor=user.owner, coupon=coupon)
        if self.merchant is None:
            rewards.publish(user.database, command)
        else:
            merchants.publish_coupon(user.database, command)

    def end(self, user: User, request: str, coupon: Coupon) -> None:
        """Take an offer back.

        Raises:
            Rejection: as its door.
        """
        command = EndCoupon(owner=self.owner, request_id=request, actor=user.owner, coupon=coupon.id)
        if self.merchant is None:
            rewards.end_coupon(user.database, command)
        else:
            merchants.end_coupon(user.database, command)

    def campaign(self, user: User, request: str, rule: EarnRule, *, active: bool) -> None:
        """Send a campaign to its door.

        Raises:
            Rejection: as that door.
        """
        command = SetEarnRule(owner=self.owner, request_id=request, actor=user.owner, rule=rule, active=active)
        if self.merchant is None:
            rewards.set_rule(user.database, command)
        else:
            merchants.set_campaign(user.database, command)


def merchant_as_publisher(one: Merchant) -> Publisher:
    """A merchant: its coupons count there alone, so of categories only its own say anything."""
    known = BUILT_IN.get(one.category)
    parent = (known.parent,) if known and known.parent else ()
    return Publisher(f"offers.{one.id}", one.id, one, (one.currency,), (one.category, *parent), {})


def house_as_publisher(user: User) -> Publisher:
    """The house: everywhere, or narrowed to a merchant or a category."""
    shops = merchants.merchants(user.database)
    used = dict.fromkeys((user.preferences.currency, *(one.currency for one in shops)))
    return Publisher("house_offers", rewards.ISSUER, None, tuple(used), _SPENDING, {one.id: one.name for one in shops})
