"""Deleting the account of somebody whose money moved: others have what they had, and nothing names the person."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from analytics.movements import movements
from analytics.refund_requests import history
from analytics.takings import Counter, taken
from data import leaving, merchants, settlement, statements, wallet
from data.assurance import AT_THE_MACHINE
from data.audit import audit
from data.errors import NotFound
from data.ids import OwnerId, new_request_id
from data.leaving import Leave
from data.merchants import Merchant
from data.period import Span
from data.statements import ImportStatements
from data.store import checking
from data.upkeep import rebuild, verify
from tests import wallet_house as house
from tests.bookkeeping import bill, spent
from tests.leaving_house import CALLED, Lived, Neighbours, lived, neighbours, others, places_of, rows_of, tables
from tests.wallet_house import by
from tests.wallet_world import World

NAME, WORD = "Wilhelmina Tell", "aquamarine"
FORMER = "Former member"
# What the ledger keeps for the other side, by table; the one request is the deletion itself.
KEPT = {
    "account", "entry", "posting", "payment", "payment_event", "money_transfer", "charge", "charge_event", "refund",
    "refund_event", "points_lot", "coupon_claim", "coupon_event", "request",
}  # fmt: skip
# Cells of others in which the name stood.
NAMED = {
    "entry": ("payee", "payee_key", "description"),
    "fact": ("payee", "payee_key", "description"),
    "request": ("receipt",),
    "recurring_word": ("payee_key",),
    "invitation": ("note",),
}


def leaves(world: World, one: Lived) -> None:
    leave(world, one.owner, one.name)


def leave(world: World, owner: OwnerId, name: str) -> None:
    leaving.leave(world.db, Leave(owner, new_request_id(), name, CALLED), AT_THE_MACHINE)


def sound(world: World, *people: OwnerId) -> None:
    assert audit(world.db).broken is None
    assert [found for found in verify(world.db) if found.offenders] == []
    world.check(*people)


@pytest.fixture
def near(own_world: World) -> Neighbours:
    return neighbours(own_world)


@pytest.fixture
def anna(own_world: World, near: Neighbours) -> Lived:
    return lived(own_world, NAME, WORD, near)


def test_the_person_of_these_tests_has_rows_in_every_table_in_which_somebody_can(own_world: World, anna: Lived) -> None:
    of_shops_and_the_house = {
        "merchant", "merchant_event", "coupon", "coupon_ending", "earn_rule", "pay_code", "working_day", "backup_event",
        "sign_up_choice", "invitation", "pair_event",
    }  # fmt: skip
    assert {*tables(own_world.db)} - rows_of(own_world.db, anna.owner).keys() <= of_shops_and_the_house
    assert len(places_of(own_world.db, WORD)) > 20
    assert len(places_of(own_world.db, NAME)) >= 6


def test_nothing_names_the_person_any_more_and_nothing_they_wrote_is_left(own_world: World, anna: Lived) -> None:
    leaves(own_world, anna)
    assert places_of(own_world.db, WORD) == []
    assert places_of(own_world.db, NAME) == []
    assert places_of(own_world.db, "wilhelminatell") == []
    assert {*rows_of(own_world.db, anna.owner)} <= KEPT


def test_what_others_have_is_the_same_to_the_last_cell_but_for_the_name(own_world: World, anna: Lived) -> None:
    db = own_world.db
    before = others(db, anna.owner)
    leaves(own_world, anna)
    after = others(db, anna.owner)
    assert gone(before, after, "learned_payee") == 1  # what the friend taught of the name as a payee
    points = [row for row in after["entry"] if row not in before["entry"] and row["kind"] == "adjustment"]
    assert len(points) == 1
    for table in before:
        if table not in {"security_event", "learned_payee"}:
            kept = [row for row in masked(table, after[table]) if row.get("entry", row.get("id")) != points[0]["id"]]
            assert listed(kept) == listed(masked(table, before[table])), table
    noted = [row["event"] for row in after["security_event"] if row not in before["security_event"]]
    assert noted == ["account_deleted"]


def gone(before: dict[str, list[Any]], after: dict[str, list[Any]], table: str) -> int:
    assert [row for row in after[table] if row not in before[table]] == []
    return len(before[table]) - len(after[table])


def masked(table: str, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [row | dict.fromkeys(NAMED.get(table, ()), "") for row in rows]


def listed(rows: list[dict[str, Any]]) -> list[str]:
    return sorted(map(str, rows))


def test_the_other_side_reads_of_a_former_member_and_what_it_wrote_itself_stays(
    own_world: World, anna: Lived, near: Neighbours
) -> None:
    leaves(own_world, anna)
    db, friend = own_world.db, {"friend": near.friend}
    rows = db.read(
        "SELECT kind, payee, description, note, category FROM fact WHERE owner = $friend AND payee <> '' ORDER BY seq",
        friend,
    )
    assert rows == [("income", FORMER, "", "", "received"), ("expense", FORMER, "a present", "my own words", "gifts")]
    assert db.read(
        "SELECT payee, description FROM entry WHERE owner = $cafe AND kind = 'income'", {"cafe": near.cafe.id}
    )
    assert set(db.read("SELECT payee FROM entry WHERE owner = $cafe", {"cafe": near.cafe.id})) == {("",)}
    receipts = db.read("SELECT receipt FROM request WHERE owner = $friend AND receipt LIKE '%to_name%'", friend)
    assert ['"to_name":""' in receipt for (receipt,) in receipts] == [True]
    assert db.read("SELECT payee_key FROM recurring_word WHERE owner = $friend", friend) == [("formermember",)]
    sound(own_world, near.friend)


def test_points_and_a_debt_of_them_leave_the_books_of_the_house_too(own_world: World, anna: Lived) -> None:
    outstanding = own_world.house_books()["issuer:points"]
    loss = leaving.would_give_up(own_world.db, anna.owner)
    assert loss.points > 0
    assert loss.coupons == 1
    leaves(own_world, anna)
    assert own_world.house_books().get("issuer:points", 0) == outstanding + loss.points
    assert "points" not in own_world.books(anna.owner)
    assert own_world.books(anna.owner).keys().isdisjoint({"wallet:CNY", "held:CNY"})


def test_books_read_anew_are_those_in_memory_and_facts_derived_anew_those_that_are_kept(
    own_world: World, anna: Lived, near: Neighbours
) -> None:
    leaves(own_world, anna)
    facts = own_world.db.read("SELECT * FROM fact ORDER BY ALL")
    sound(own_world, near.friend)
    assert anna.owner not in checking.people(own_world.db.read)
    rebuild(own_world.db)
    assert own_world.db.read("SELECT * FROM fact ORDER BY ALL") == facts
    own_world.reopen()
    sound(own_world, near.friend)
    own_world.pay(near.friend, near.cafe, 7_00)
    settled = own_world.rounds()
    settled.once()
    sound(own_world, near.friend)


def test_whoever_comes_with_the_same_name_inherits_nothing(own_world: World, anna: Lived, near: Neighbours) -> None:
    leaves(own_world, anna)
    again = house.person(own_world.db, NAME)
    assert again != anna.owner
    house.open_for(own_world.running, again)
    assert own_world.books(again) == {}
    assert leaving.would_give_up(own_world.db, again) == leaving.Loss(0, 0)
    command = wallet.Transfer(**by(near.friend), recipient=again, amount=3_00, currency="CNY", note="")
    wallet.transfer(own_world.db, command, AT_THE_MACHINE)
    named = own_world.db.read("SELECT payee FROM fact WHERE owner = $o ORDER BY seq", {"o": near.friend})
    assert [payee for (payee,) in named if payee] == [FORMER, FORMER, NAME]
    sound(own_world, near.friend, again)


def test_an_import_that_was_still_being_worked_out_is_refused_and_leaves_nothing(own_world: World) -> None:
    db, owner = own_world.db, own_world.member(name="Anna")
    preview = statements.prepare(db, owner, [bill(spent("2026-03-01", "9.00", WORD, order="A1"))])
    late = ImportStatements(owner, new_request_id(), owner, preview.token)
    leave(own_world, owner, "Anna")
    with pytest.raises(NotFound):
        statements.commit(db, late, preview)
    assert rows_of(db, owner) == {"request": 1}
    assert places_of(db, WORD) == []


# -- any history


@dataclasses.dataclass(frozen=True)
class Small:
    """A member of a small world, who has a card and some money; a friend and a cafe; their payments so far."""

    world: World
    owner: OwnerId
    name: str
    card: Any
    friend: OwnerId
    cafe: Merchant
    paid: list[Any] = dataclasses.field(default_factory=list)

    def pay(self, amount: int, **more: Any) -> None:
        self.paid.append(self.world.pay(self.owner, self.cafe, amount, note=WORD, **more))

    def spend_points(self, amount: int) -> None:
        had = max(0, self.world.standing(self.owner).points)
        self.pay(amount, points=min(had, amount))

    def use_coupon(self, amount: int) -> None:
        self.pay(amount + 10_00, claims=(self.world.coupon(self.owner, self.cafe)[1],))

    def refund(self, amount: int) -> None:
        for paid in self.paid[-1:]:
            back = min(amount, int(paid["gross_minor"]))
            self.world.refund(self.owner, self.cafe, paid, back)
            self.paid.remove(paid)

    def give(self, amount: int) -> None:
        self._transfer(self.owner, self.friend, amount, WORD)

    def get(self, amount: int) -> None:
        self._transfer(self.friend, self.owner, amount, "theirs")

    def _transfer(self, giver: OwnerId, taker: OwnerId, amount: int, said: str) -> None:
        command = wallet.Transfer(**by(giver), recipient=taker, amount=amount, currency="CNY", note=said)
        wallet.transfer(self.world.db, command, AT_THE_MACHINE)

    def top_up(self, amount: int) -> None:
        house.top_up(self.world.running, self.owner, self.card, amount)

    def lets_points_expire(self, _amount: int) -> None:
        self.world.clock.turn(days=400)
        settlement.settle(self.world.running)
        self.paid.clear()  # too late to ask back

    def empties(self) -> None:
        self.world.clock.turn(days=12)
        settlement.settle(self.world.running)
        if left := self.world.available(self.owner):
            command = wallet.Withdraw(**by(self.owner), card=self.card, amount=left, currency="CNY")
            wallet.withdraw(self.world.running, command, AT_THE_MACHINE)


STEPS: dict[str, Callable[[Small, int], None]] = {
    "pay": Small.pay,
    "pay by card": lambda one, amount: one.pay(amount, card=one.card),
    "spend points": Small.spend_points,
    "use a coupon": Small.use_coupon,
    "refund": Small.refund,
    "give": Small.give,
    "get": Small.get,
    "top up": Small.top_up,
    "let points expire": Small.lets_points_expire,
}


@pytest.fixture(scope="module")
def small_world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """One store for all of these histories; in the end every promise is looked at once more."""
    opened = World(tmp_path_factory.mktemp("small"))
    yield opened
    sound(opened)
    opened.running.close()


def small(world: World) -> Small:
    name = f"{WORD} {world.number()}"
    owner = world.member(5_000_00, name=name)
    return Small(world, owner, name, world.card(owner), world.member(500_00), world.shop(f"cafe {world.number()}"))


def figures(one: Small) -> list[Any]:
    """What the other side sees, without names: the friend's books and spending, the shop's books, takings, refunds."""
    db, shop = one.world.db, one.cafe
    today = one.world.clock.now.date()
    counter = Counter(db, shop.id, "CNY", "Asia/Shanghai", today)
    span = Span(date(2026, 1, 1), today + timedelta(days=2))
    took = [(each.id, each.gross, each.takings, each.standing) for each in movements(counter, span)]
    refunded = [(each.refund.id, each.refund.amount, each.gives) for each in history(db, shop.id)]
    spent = [row[:5] for row in one.world.facts(one.friend)]
    return [one.world.books(one.friend), one.world.books(shop.id), taken(counter, span).total, took, refunded, spent]


@settings(max_examples=8, deadline=None, derandomize=True)
@given(some.lists(some.tuples(some.sampled_from(sorted(STEPS)), some.integers(1, 60_00)), max_size=9))
def test_after_any_history_the_figures_of_others_are_the_same_and_every_promise_holds(
    small_world: World, history_of_one: list[tuple[str, int]]
) -> None:
    world = small_world
    one = small(world)
    for step, amount in history_of_one:
        STEPS[step](one, amount)
    one.empties()
    before, house_before = figures(one), world.house_books()
    loss = leaving.would_give_up(world.db, one.owner)
    leave(world, one.owner, one.name)
    assert figures(one) == before
    points = {"issuer:points": loss.points, "issuer:points_cost": -loss.points}
    assert {key: world.house_books().get(key, 0) - house_before.get(key, 0) for key in points} == points
    assert places_of(world.db, WORD) == []
    assert audit(world.db).broken is None
    world.check(one.friend)


# -- shops


def test_a_shop_has_to_be_closed_and_settled_and_empty_before_its_keeper_can_go(own_world: World) -> None:
    db, keeper = own_world.db, own_world.member(name="Keeper")
    shop, guest = own_world.shop("Corner", proprietor=keeper), own_world.member(100_00)
    assert leaving.obstacles(db, keeper) == (leaving.ShopOpen("Corner"),)
    paid = own_world.pay(guest, shop, 10_00)
    refund = own_world.ask_back(guest, paid, 10_00)
    merchants.change(db, merchants.ChangeMerchant(**by(shop.id, keeper), closed=True))
    unsettled, holds = leaving.ShopUnsettled("Corner", 1), leaving.ShopHolds("Corner", "CNY", 10_00, str(shop.id))
    assert leaving.obstacles(db, keeper) == (unsettled, holds)
    with pytest.raises(leaving.ShopUnsettled):
        leave(own_world, keeper, "Keeper")
    own_world.confirm(shop, refund)
    leave(own_world, keeper, "Keeper")
    ((proprietor, name, contact),) = db.read(
        "SELECT proprietor, name, contact FROM published_merchant WHERE owner = $shop", {"shop": shop.id}
    )
    assert (proprietor, name, contact) == (None, "Corner", "")
    assert own_world.available(guest) == 100_00
    sound(own_world, guest)


def test_what_a_shop_took_is_paid_out_and_withdrawn_and_then_its_keeper_can_go(own_world: World) -> None:
    db, keeper = own_world.db, own_world.member(name="Keeper")
    shop, guest = own_world.shop("Corner", proprietor=keeper), own_world.member(100_00)
    own_world.pay(guest, shop, 10_00)
    merchants.change(db, merchants.ChangeMerchant(**by(shop.id, keeper), closed=True))
    assert leaving.obstacles(db, keeper) == (leaving.ShopHolds("Corner", "CNY", 10_00, str(shop.id)),)
    command = by(shop.id, keeper) | {"request_id": f"{WORD} payout"}
    merchants.pay_out(db, merchants.PayOut(**command, amount=10_00, currency="CNY"))
    assert leaving.obstacles(db, keeper) == (leaving.MoneyLeft("CNY", 10_00),)
    gift = wallet.Transfer(**by(keeper), recipient=guest, amount=10_00, currency="CNY")
    wallet.transfer(db, gift, assurance=AT_THE_MACHINE)
    books = own_world.books(shop.id)
    leave(own_world, keeper, "Keeper")
    assert own_world.books(shop.id) == books == {"book:takings": -10_00, "book:drawn": 10_00}
    assert places_of(db, WORD) == []
    assert places_of(db, "Keeper") == []
    sound(own_world, guest)


def test_a_closed_shop_at_which_nobody_paid_goes_with_its_keeper(own_world: World) -> None:
    keeper = own_world.member(name="Keeper")
    shop = own_world.shop(WORD, proprietor=keeper, city=WORD, contact=WORD)
    offer = own_world.offer(shop)
    merchants.end_coupon(own_world.db, merchants.EndCoupon(**by(shop.id, keeper), coupon=offer.id))
    command = merchants.ChangeMerchant(**by(shop.id, keeper), contact=f"{WORD} 2", closed=True)
    merchants.change(own_world.db, command)
    leave(own_world, keeper, "Keeper")
    assert places_of(own_world.db, WORD) == []
    assert shop.id not in {UUID(owner) for owner in own_world.db.ask(lambda books, _: list(books.merchants))}
    sound(own_world)


# -- what is open


def test_money_and_what_waits_for_a_bank_or_a_shop_is_named_all_at_once(own_world: World, near: Neighbours) -> None:
    db, owner = own_world.db, own_world.member(50_00, name="Anna")
    silent = own_world.card(owner, house.SILENT)
    own_world.pay(owner, near.cafe, 9_00, card=silent)
    house.top_up(own_world.running, owner, silent, 5_00)
    own_world.ask_back(owner, own_world.pay(owner, near.cafe, 10_00), 4_00)
    found = (leaving.PaymentsOpen(2), leaving.RefundsOpen(1), leaving.MoneyLeft("CNY", 40_00))
    assert leaving.obstacles(db, owner) == found
    before = rows_of(db, owner)
    with pytest.raises(leaving.PaymentsOpen):
        leave(own_world, owner, "Anna")
    assert rows_of(db, owner) == before


def test_money_set_aside_for_a_card_is_named_with_what_is_left(own_world: World) -> None:
    owner = own_world.member(50_00, name="Anna")
    silent = own_world.card(owner, house.SILENT)
    wallet.withdraw(
        own_world.running, wallet.Withdraw(**by(owner), card=silent, amount=20_00, currency="CNY"), AT_THE_MACHINE
    )
    assert leaving.obstacles(own_world.db, owner) == (leaving.PaymentsOpen(1), leaving.MoneyLeft("CNY", 50_00))
