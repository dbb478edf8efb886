"""What the screen that pays asks about payments and cards that were there before."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest

from analytics import cards, paying
from analytics.paying import Told, Used
from analytics.scope import Scope, look
from data import merchants
from data.cards import CardKind, MakeDefaultCard, UnbindCard, make_default, unbind
from data.ids import OwnerId
from data.merchants import ChangeMerchant
from tests import wallet_house as house
from tests.pages.signed_in import Wallet, open_wallet
from tests.wallet_house import Filled, by


@pytest.fixture
def alice(tmp_path: Path) -> Iterator[Wallet]:
    with open_wallet(tmp_path) as opened:
        yield opened


@pytest.fixture
def filled(alice: Wallet) -> Filled:
    return house.fill_wallet(alice.running, alice.owner)


def scope(wallet: Wallet, owner: OwnerId | None = None) -> Scope:
    return look(wallet.database, owner or wallet.owner, wallet.database.clock().date())


def test_the_merchants_paid_last_come_first_each_once_and_none_that_closed(alice: Wallet, filled: Filled) -> None:
    assert paying.recent_merchants(scope(alice), 5) == ()
    for shop in (filled.cafe, filled.market, filled.cafe):
        house.pay(alice.running, alice.owner, shop, 10_00)
    assert paying.recent_merchants(scope(alice), 5) == (filled.cafe.id, filled.market.id)
    assert paying.recent_merchants(scope(alice), 1) == (filled.cafe.id,)
    merchants.change(alice.database, ChangeMerchant(**by(filled.cafe.id, filled.cafe.proprietor), closed=True))
    assert paying.recent_merchants(scope(alice), 5) == (filled.market.id,)
    assert paying.recent_merchants(scope(alice, house.person(alice.database, "bob")), 5) == ()


def test_a_payment_tells_its_note_card_and_each_coupon_with_what_it_took_off(alice: Wallet, filled: Filled) -> None:
    claims = (filled.claims["HELLO3"], filled.claims["TENTH"])
    paid = house.pay(alice.running, alice.owner, filled.cafe, 35_00, claims=claims, card=filled.credit, note="早餐")
    payment = UUID(paid["payment"])
    coupons = (Used("九折", 3_50), Used("立减 3 元", 3_00))
    assert paying.told(scope(alice), payment) == Told("早餐", coupons, filled.credit, "captured")
    stranger = house.person(alice.database, "bob")
    assert paying.told(scope(alice, stranger), payment) == Told()


def test_a_silent_bank_leaves_the_payment_processing(alice: Wallet, filled: Filled) -> None:
    silent = house.card(alice.running, alice.owner, house.SILENT)
    paid = house.pay(alice.running, alice.owner, filled.cafe, 35_00, card=silent)
    assert paying.told(scope(alice), UUID(paid["payment"])).state == "processing"


def test_the_default_card_is_offered_first_and_only_what_can_be_charged(alice: Wallet, filled: Filled) -> None:
    assert [one.id for one in cards.cards(scope(alice))] == [filled.debit, filled.credit]
    make_default(alice.database, MakeDefaultCard(**by(alice.owner), card=filled.credit))
    first, second = cards.cards(scope(alice))
    assert (first.id, first.default, first.kind, first.last4) == (filled.credit, True, CardKind.CREDIT, "0005")
    assert (second.id, second.default) == (filled.debit, False)
    later = look(alice.database, alice.owner, first.expires_on.replace(year=first.expires_on.year + 1))
    assert cards.usable(scope(alice)) == (first, second)
    assert cards.usable(later) == ()


def test_a_card_that_was_put_away_is_still_known_by_name_to_its_holder_alone(alice: Wallet, filled: Filled) -> None:
    unbind(alice.database, UnbindCard(**by(alice.owner), card=filled.credit))
    assert [one.id for one in cards.cards(scope(alice))] == [filled.debit]
    kept = cards.named(scope(alice), filled.credit)
    assert kept is not None
    assert kept.last4 == "0005"
    assert cards.named(scope(alice, house.person(alice.database, "bob")), filled.credit) is None
