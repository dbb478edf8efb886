"""Deleting one's own account: nothing of the person is left, others have what they had, the chain still holds."""

from __future__ import annotations

import dataclasses
import re
from datetime import datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from data import identity, leaving, preferences, wallet
from data.assurance import AT_THE_MACHINE, UNCONFIRMED, StepUpRequired
from data.audit import audit
from data.database import Database
from data.identity import WrongCredentials
from data.ids import OwnerId, new_request_id
from data.leaving import Leave, MoneyLeft, NameDiffers, OperatorStays, ShopOpen
from data.ledger.wallet.refusals import MemberUnknown
from data.preferences import Preferences
from data.sign_in import Person, SignedIn, Visit
from data.store import leaving as rows
from data.store import unnamed
from data.store.chained import CHAINED, NOT_CHAINED
from data.store.command import Plan, Reader, Write
from data.store.ties import Shop, Ties
from data.upkeep import verify
from tests import wallet_house as house
from tests.bookkeeping import Bookkeeping, spent
from tests.leaving_house import CALLED, places_of, rows_of, tables
from tests.wallet_world import World

WORD = "aquamarine"


def lived(world: World, name: str, word: str) -> OwnerId:
    """Somebody with a history of their own, `word` wherever they could write something, and an empty wallet."""
    owner = house.person(world.db, name)
    book = Bookkeeping(world.db, owner)
    book.imports(
        spent("2026-02-03", "12.30", word, order=f"{word}1", note=word, category="coffee"),
        spent("2026-02-04", "1200", f"{word} shop", currency="JPY"),
        file=f"{word}.csv",
    )
    book.undoes(book.imports(spent("2026-02-05", "9.99", word, order=f"{word}2"), file="wrong.csv"))
    house.open_for(world.running, owner)
    world.card(owner)
    preferences.choose_preferences(world.db, owner, Preferences())
    return owner


def leaves(db: Database, owner: OwnerId, name: str) -> None:
    leaving.leave(db, Leave(owner, new_request_id(), name, CALLED), AT_THE_MACHINE)


def everything_of_others(db: Database, owner: OwnerId) -> dict[str, list[tuple[Any, ...]]]:
    return {
        table: db.read("SELECT * FROM " + table + " WHERE owner <> $owner ORDER BY ALL", {"owner": owner})
        for table in tables(db)
    }


def sound(world: World) -> None:
    assert audit(world.db).broken is None
    assert [found for found in verify(world.db) if found.offenders] == []
    world.check()


def test_nothing_of_the_person_is_left_and_nobody_else_lost_a_row(own_world: World) -> None:
    db = own_world.db
    bert = lived(own_world, "Bert", "burgundy")
    anna = lived(own_world, WORD, WORD)
    assert len(places_of(db, WORD)) > 8
    assert len(rows_of(db, anna)) >= 15
    before = everything_of_others(db, anna)
    leaves(db, anna, WORD.upper())
    assert rows_of(db, anna) == {"request": 1}
    assert places_of(db, WORD) == []
    after = everything_of_others(db, anna)
    gained = [row for row in after.pop("security_event") if row not in before["security_event"]]
    assert [row[2] for row in gained] == ["account_deleted"]
    assert {table: found for table, found in after.items() if found != before[table]} == {}
    sound(own_world)
    own_world.reopen()
    sound(own_world)
    assert Bookkeeping(own_world.db, bert).total() == 12_30


def test_life_goes_on_after_somebody_left_and_the_chain_with_it(own_world: World) -> None:
    anna = lived(own_world, "Anna", WORD)
    leaves(own_world.db, anna, "Anna")
    again = lived(own_world, "Anna", "burgundy")
    assert again != anna
    cafe, payer = own_world.shop(), own_world.member(50_00)
    own_world.pay(payer, cafe, 7_00)
    sound(own_world)
    leaves(own_world.db, again, "Anna")
    own_world.pay(payer, cafe, 8_00)
    sound(own_world)


def test_the_old_password_opens_no_more_than_an_unknown_name(own_world: World) -> None:
    anna = house.person(own_world.db, "Anna")
    session = identity.sign_in(own_world.db, "Anna", house.PASSWORD, Visit())
    assert isinstance(session, SignedIn)
    leaves(own_world.db, anna, "Anna")
    refusals = []
    for name in ("Anna", "Nobody"):
        with pytest.raises(WrongCredentials) as no:
            identity.sign_in(own_world.db, name, house.PASSWORD, Visit())
        refusals.append(no.value)
    assert refusals[0] == refusals[1]
    assert identity.find_session(own_world.db, session.token) is None


def test_nobody_can_give_money_to_who_has_left(own_world: World) -> None:
    anna, bert = lived(own_world, "Anna", WORD), own_world.member(20_00)
    leaves(own_world.db, anna, "Anna")
    gift = wallet.Transfer(**house.by(bert), recipient=anna, amount=5_00, currency="CNY", note="")
    with pytest.raises(MemberUnknown):
        wallet.transfer(own_world.db, gift, AT_THE_MACHINE)
    assert own_world.books(bert)["wallet:CNY"] == 20_00
    sound(own_world)


def test_what_fails_halfway_leaves_everything_as_it_was(own_world: World) -> None:
    anna = lived(own_world, "Anna", WORD)
    before, places = rows_of(own_world.db, anna), places_of(own_world.db, WORD)

    def stops(reader: Reader, command: Leave, now: datetime) -> Plan:
        plan = leaving._decide(reader, command, now)
        half = [*plan.writes[:20], Write("SELECT error('the machine stops')"), *plan.writes[20:]]
        return dataclasses.replace(plan, writes=half)

    with pytest.raises(Exception, match="the machine stops"):
        own_world.db.submit(Leave(anna, new_request_id(), "Anna", CALLED), stops)
    assert (rows_of(own_world.db, anna), places_of(own_world.db, WORD)) == (before, places)
    sound(own_world)


def test_who_is_tied_is_told_why_and_keeps_everything(own_world: World) -> None:
    db = own_world.db
    operator, keeper, rich = own_world.operator, own_world.person(), own_world.person()
    house.open_for(own_world.running, rich)
    own_world.fund(rich, 10_00)
    own_world.shop(proprietor=keeper)
    names = dict(db.read("SELECT owner, name FROM app_user"))
    for owner, kind in ((operator, OperatorStays), (keeper, ShopOpen), (rich, MoneyLeft)):
        before = rows_of(db, owner)
        with pytest.raises(kind):
            leaves(db, owner, names[owner])
        assert [type(no) for no in leaving.obstacles(db, owner)] == [kind]
        assert rows_of(db, owner) == before


def test_another_name_or_no_confirmation_deletes_nothing(own_world: World) -> None:
    anna = lived(own_world, "Anna", WORD)
    before = rows_of(own_world.db, anna)
    with pytest.raises(NameDiffers):
        leaves(own_world.db, anna, "Bert")
    with pytest.raises(StepUpRequired):
        leaving.leave(own_world.db, Leave(anna, new_request_id(), "Anna", CALLED), UNCONFIRMED)
    assert rows_of(own_world.db, anna) == before


def test_the_last_person_may_go_and_whoever_comes_next_runs_the_house(own_world: World) -> None:
    leaves(own_world.db, own_world.operator, "operator")
    assert not identity.anybody(own_world.db)
    bert = house.person(own_world.db, "Bert")
    assert identity.person(own_world.db, bert) == Person(bert, "Bert", operator=True)


SHOPS = some.builds(
    Shop, owner=some.uuids(), name=some.just("shop"), closed=some.booleans(), currency=some.just("CNY"),
    minor=some.integers(0, 1), waits=some.integers(0, 1),
)  # fmt: skip


@given(
    some.builds(
        Ties,
        others=some.integers(0, 2),
        runs=some.booleans(),
        shops=some.lists(SHOPS, max_size=2).map(tuple),
        payments=some.integers(0, 1),
        moves=some.integers(0, 1),
        refunds=some.integers(0, 1),
        money=some.sampled_from([(), (("CNY", 1),)]),
    )
)
def test_only_who_has_no_ties_at_all_may_go(ties: Ties) -> None:
    idle = all(shop.closed and not shop.minor and not shop.waits for shop in ties.shops)
    waits = ties.payments + ties.moves + ties.refunds
    free = not (ties.runs and ties.others) and idle and not waits and not ties.money
    assert (leaving.refusals(ties) == ()) == free


def test_every_table_is_emptied_of_the_owner_or_keeps_what_others_need() -> None:
    writes = (*rows._REMOVE, rows._OWN_POSTINGS, rows._ELSEWHERE, rows._TO_ELSEWHERE, *rows._SILENT, unnamed._INVITED)
    changed = {word for sql in writes for word in re.findall(r"(?:DELETE FROM|UPDATE|INSERT INTO) (\w+)", sql)}
    others = {  # they say who took or used what, in ids alone; or they are a shop's or the house's
        "coupon_claim", "coupon_event", "refund_event", "merchant", "merchant_event", "coupon", "coupon_ending",
        "earn_rule", "pay_code", "sign_up_choice", "backup_event", "working_day",
    }  # fmt: skip
    without_owner = {"audit_link", "migration", "sealing"}
    assert changed | others | without_owner >= {*CHAINED, *NOT_CHAINED}
    assert not changed & others
