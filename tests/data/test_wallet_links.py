"""Which refund belongs to which payment of the wallet is the wallet's to say, not a hand's."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

import pytest

from analytics.refunds import Sought, of_wallet, purchases_for
from analytics.scope import Scope
from data import bookkeeping, statements, upkeep
from data.bookkeeping import KeptByWallet, LinkRefund, UnlinkRefund
from data.ids import EntryId, OwnerId
from data.store.command import Receipt
from tests.bookkeeping import Bookkeeping, bill, refunded, spent
from tests.wallet_house import by
from tests.wallet_world import World


def entry(receipt: Receipt) -> EntryId:
    return EntryId(UUID(receipt["payment"]))


def broken(world: World) -> list[str]:
    return [found.promise for found in upkeep.verify(world.db) if not found.kept]


@pytest.fixture
def anna(world: World) -> OwnerId:
    """Somebody with money, and with a purchase and a refund from a statement."""
    owner = world.member(900_00)
    Bookkeeping(world.db, owner).imports(
        spent("2026-03-01", "80.00", "白水", order="P"), refunded("2026-03-03", "30.00", "拾光咖啡", order="R")
    )
    return owner


def test_links_that_would_overrun_a_payment_are_refused_and_its_refunds_fit(world: World, anna: OwnerId) -> None:
    shop, book = world.shop(), Bookkeeping(world.db, anna)
    first, second = world.pay(anna, shop, 60_00), world.pay(anna, shop, 50_00)
    back = EntryId(UUID(world.refund(anna, shop, first, 30_00)))
    foreign = EntryId(book.entry("R"))
    attempts: list[Callable[[], None]] = [
        lambda: bookkeeping.unlink_refund(world.db, UnlinkRefund(**by(anna), refund=back)),
        lambda: bookkeeping.link_refund(world.db, LinkRefund(**by(anna), refund=back, original=entry(second))),
        lambda: bookkeeping.link_refund(
            world.db, LinkRefund(**by(anna), refund=back, original=EntryId(book.entry("P")))
        ),
        lambda: bookkeeping.link_refund(world.db, LinkRefund(**by(anna), refund=foreign, original=entry(second))),
    ]
    before = world.facts(anna)
    for attempt in attempts:
        with pytest.raises(KeptByWallet):
            attempt()
    assert world.facts(anna) == before
    world.refund(anna, shop, first, 30_00)
    world.refund(anna, shop, second, 50_00)
    assert broken(world) == []
    world.facts_agree(anna)


def test_payments_of_the_wallet_are_no_suggestions(world: World, anna: OwnerId) -> None:
    shop, book = world.shop(), Bookkeeping(world.db, anna)
    paid = world.pay(anna, shop, 50_00)
    scope = Scope(world.db, anna, world.clock().date())
    foreign = EntryId(book.entry("R"))
    sought = Sought(foreign, world.clock().date(), "拾光咖啡", 30_00, "CNY")
    assert [one.entry for one in purchases_for(scope, sought)] == [book.entry("P")]
    assert of_wallet(scope, entry(paid))
    assert of_wallet(scope, UUID(world.refund(anna, shop, paid, 1_00)))
    assert not of_wallet(scope, foreign)


def test_neither_are_they_to_an_import(world: World, anna: OwnerId) -> None:
    world.pay(anna, world.shop(), 30_00)
    drop = bill(refunded("2026-03-05", "30.00", "拾光咖啡", order="R2"))
    assert statements.prepare(world.db, anna, [drop]).suggestion == [None]
