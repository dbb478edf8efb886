"""The wallet's own accounts are moved by payments and their like: never by a statement, a correction or a hand."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Any
from uuid import UUID

import pytest

from data import accounts, bookkeeping, refunds, wallet
from data.accounts import AdjustBalance, MergeAccounts, SetAccountKind, SetOpening
from data.bookkeeping import Annotate, Reclassify, Split
from data.cards import CardKind
from data.errors import NotFound, Rejection
from data.ids import AccountId, EntryId, OwnerId
from data.importers.statement import AccountKind
from data.ledger.account_changes import WalletAccount
from data.ledger.entry import EntryKind
from data.matching.choices import Choices, Edit
from data.money import Money
from data.refunds import RejectRefund
from data.wallet import Withdraw
from tests import wallet_house as house
from tests.bookkeeping import BALANCE, Bookkeeping, bill, moved, spent
from tests.wallet_house import by
from tests.wallet_world import World

OWN = ("wallet:CNY", "held:CNY")


@pytest.fixture(scope="module")
def anna(sound_world: World) -> OwnerId:
    """Somebody with money available and money held, points, cards, and an account of a statement."""
    world = sound_world
    owner = world.member(900_00)
    world.card(owner, house.GOOD_CREDIT, CardKind.CREDIT)
    Bookkeeping(world.db, owner).imports(spent("2026-02-01", "12.00", "青山"))
    card = world.card(owner, house.SILENT)
    wallet.withdraw(world.running, Withdraw(**by(owner), card=card, amount=30_00, currency="CNY"))
    return owner


def account(world: World, owner: OwnerId, key: str) -> AccountId:
    ((found,),) = world.db.read(
        "SELECT id FROM account WHERE owner = $owner AND hint_key = $key", {"owner": owner, "key": key}
    )
    return AccountId(found)


def card_of(world: World, owner: OwnerId) -> UUID:
    """The card that pays."""
    sql = "SELECT id FROM published_card WHERE owner = $owner AND last4 = '0005'"
    ((card,),) = world.db.read(sql, {"owner": owner})
    return UUID(str(card))


def untouched(world: World, owner: OwnerId, attempt: Callable[[], Any]) -> Rejection:
    """The refusal; nothing in the books has changed by the attempt."""
    before = world.books(owner), world.facts(owner), accounts.accounts(world.db, owner, unused=True)
    with pytest.raises(Rejection) as refused:
        attempt()
    assert (world.books(owner), world.facts(owner), accounts.accounts(world.db, owner, unused=True)) == before
    return refused.value


def entry(receipt: dict[str, Any]) -> EntryId:
    return EntryId(UUID(receipt["payment"]))


@pytest.mark.parametrize("key", OWN)
def test_no_balance_of_the_wallet_is_set_adjusted_merged_or_turned_over(world: World, anna: OwnerId, key: str) -> None:
    own, other = account(world, anna, key), account(world, anna, BALANCE)
    day, much = date(2026, 3, 1), Money(9_999_00, "CNY")
    attempts: tuple[Callable[[], Any], ...] = (
        lambda: accounts.set_opening(world.db, SetOpening(**by(anna), account=own, amount=much, on=day)),
        lambda: accounts.adjust(
            world.db, AdjustBalance(**by(anna), account=own, balance=much, on=day, reason="found it")
        ),
        lambda: accounts.merge(world.db, MergeAccounts(**by(anna), account=own, into=other)),
        lambda: accounts.merge(world.db, MergeAccounts(**by(anna), account=other, into=own)),
        lambda: accounts.set_kind(world.db, SetAccountKind(**by(anna), account=own, kind=AccountKind.LIABILITY)),
    )
    for attempt in attempts:
        assert isinstance(untouched(world, anna, attempt), WalletAccount)


def test_points_are_no_account_that_a_hand_could_move(world: World, anna: OwnerId) -> None:
    points, day, much = account(world, anna, "points"), date(2026, 3, 1), Money(9_999_00, "CNY")
    attempts: tuple[Callable[[], Any], ...] = (
        lambda: accounts.set_opening(world.db, SetOpening(**by(anna), account=points, amount=much, on=day)),
        lambda: accounts.adjust(world.db, AdjustBalance(**by(anna), account=points, balance=much, on=day, reason="")),
        lambda: accounts.merge(world.db, MergeAccounts(**by(anna), account=points, into=account(world, anna, BALANCE))),
    )
    for attempt in attempts:
        assert isinstance(untouched(world, anna, attempt), NotFound)


@pytest.mark.parametrize("key", [*OWN, "points", "wallet:JPY"])
def test_no_statement_books_onto_the_wallet(world: World, anna: OwnerId, key: str) -> None:
    book = Bookkeeping(world.db, anna)
    attempts: tuple[Callable[[], Any], ...] = (
        lambda: book.imports(spent("2026-02-02", "7.00", "白水", account=key)),
        lambda: book.imports(moved("2026-02-02", "7.00", to=key)),
        lambda: book.takes([bill(spent("2026-02-02", "7.00", "白水"))], Choices({0: Edit(account=key)})),
        lambda: book.takes(
            [bill(spent("2026-02-02", "7.00", "白水", account="card:x"))], Choices(accounts={"card:x": key})
        ),
        lambda: book.takes([bill(moved("2026-02-02", "7.00", to=None))], Choices({0: Edit(counter=key)})),
    )
    for attempt in attempts:
        assert isinstance(untouched(world, anna, attempt), WalletAccount | NotFound)


def test_the_same_statement_is_welcome_on_another_account(world: World, anna: OwnerId) -> None:
    book, before = Bookkeeping(world.db, anna), world.available(anna)
    book.imports(spent("2026-02-02", "7.00", "白水", account="card:x"), moved("2026-02-02", "7.00", to="card:x"))
    assert world.available(anna) == before
    world.facts_agree(anna)


KINDS = [
    (EntryKind.FEE, None),
    (EntryKind.TRANSFER, None),
    (EntryKind.TRANSFER, BALANCE),
]


@pytest.mark.parametrize(("kind", "counter"), KINDS)
@pytest.mark.parametrize("amount", [35_00, 50])  # with points and without
@pytest.mark.parametrize("by_card", [True, False])
def test_a_payment_stays_the_payment_it_was(
    world: World, anna: OwnerId, kind: EntryKind, counter: str | None, amount: int, *, by_card: bool
) -> None:
    card = card_of(world, anna) if by_card else None
    paid = world.pay(anna, world.shop(), amount, card=card)
    to = account(world, anna, counter) if counter else None
    command = Reclassify(**by(anna), entry=entry(paid), kind=kind, counter=to)
    assert isinstance(untouched(world, anna, lambda: bookkeeping.reclassify(world.db, command)), WalletAccount)
    world.facts_agree(anna)


@pytest.mark.parametrize("by_card", [True, False])
def test_its_refund_stays_a_refund(world: World, anna: OwnerId, *, by_card: bool) -> None:
    shop = world.shop()
    paid = world.pay(anna, shop, 50, card=card_of(world, anna) if by_card else None)
    refund = world.refund(anna, shop, paid, 50)
    world.clock.at("2026-03-20")
    world.rounds().once()
    command = Reclassify(**by(anna), entry=EntryId(UUID(refund)), kind=EntryKind.INCOME)
    assert isinstance(untouched(world, anna, lambda: bookkeeping.reclassify(world.db, command)), WalletAccount)


def test_nothing_imported_becomes_a_transfer_to_or_from_the_wallet(world: World, anna: OwnerId) -> None:
    line = Bookkeeping(world.db, anna).imports(spent("2026-02-03", "9.00", "白水", order="W1"))
    assert line.booked == 1
    mine = EntryId(Bookkeeping(world.db, anna).entry("W1"))
    for key in OWN:
        command = Reclassify(**by(anna), entry=mine, kind=EntryKind.TRANSFER, counter=account(world, anna, key))
        refusal = untouched(world, anna, partial(bookkeeping.reclassify, world.db, command))
        assert isinstance(refusal, WalletAccount)


def test_money_that_is_held_and_points_alone_are_no_transactions(world: World, anna: OwnerId) -> None:
    sql = "SELECT id FROM entry WHERE owner = $owner AND kind IN ('hold', 'points')"
    held = [EntryId(one) for (one,) in world.db.read(sql, {"owner": anna})]
    assert held
    for one in held:
        command = Annotate(**by(anna), entries=(one,), note="mine")
        assert isinstance(untouched(world, anna, partial(bookkeeping.annotate, world.db, command)), NotFound)


def test_what_may_be_said_about_a_payment_moves_no_money(world: World, anna: OwnerId) -> None:
    shop = world.shop()
    paid = world.pay(anna, shop, 35_00)
    before = world.books(anna), world.books(shop.id)
    bookkeeping.annotate(
        world.db, Annotate(**by(anna), entries=(entry(paid),), category="gifts", note="for Ben", payee="Ben")
    )
    bookkeeping.split(world.db, Split(**by(anna), entry=entry(paid), parts=(("dining", 30_00), ("gifts", 5_00))))
    assert (world.books(anna), world.books(shop.id)) == before
    refund = world.refund(anna, shop, paid, 7_00)
    assert [fact[1:4] for fact in world.facts(anna)[-2:]] == [
        ("dining", 6_00, -6_00),
        ("gifts", 1_00, -1_00),
    ]
    assert world.refund_now(refund).state == "credited"
    asked = world.ask_back(anna, paid, 1_00)
    refunds.reject(world.db, RejectRefund(**by(shop.id, shop.proprietor), refund=asked, reason="no"))
    world.facts_agree(anna)
