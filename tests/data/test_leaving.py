"""Deleting one's own account: nothing of the person is left, others have what they had, the chain still holds."""

from __future__ import annotations

import dataclasses
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
from data.leaving import BooksShared, Leave, NameDiffers, OperatorStays, ShopsStay
from data.ledger.wallet.refusals import MemberUnknown
from data.preferences import Preferences
from data.sign_in import Person, SignedIn, Visit
from data.store import leaving as rows
from data.store.chained import CHAINED, NOT_CHAINED
from data.store.command import Plan, Reader, Write
from data.store.leaving import Ties
from data.upkeep import verify
from tests import wallet_house as house
from tests.bookkeeping import Bookkeeping, spent
from tests.wallet_world import World

WORD = "aquamarine"
_OWNED = """
SELECT table_name FROM information_schema.columns
WHERE table_schema = 'main' AND column_name = 'owner' AND table_name IN (
    SELECT table_name FROM information_schema.tables WHERE table_type = 'BASE TABLE') ORDER BY table_name"""
_TEXTS = """
SELECT table_name, column_name FROM information_schema.columns
WHERE table_schema = 'main' AND data_type = 'VARCHAR' AND table_name IN (
    SELECT table_name FROM information_schema.tables WHERE table_type = 'BASE TABLE')"""


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
    leaving.leave(db, Leave(owner, new_request_id(), name), AT_THE_MACHINE)


def rows_of(db: Database, owner: OwnerId) -> dict[str, int]:
    """How many rows of the owner each table has, where there are any."""
    found = {}
    for (table,) in db.read(_OWNED):
        ((count,),) = db.read("SELECT count(*) FROM " + table + " WHERE owner = $owner", {"owner": owner})
        if count:
            found[table] = count
    return found


def everything_of_others(db: Database, owner: OwnerId) -> dict[str, list[tuple[Any, ...]]]:
    return {
        table: db.read("SELECT * FROM " + table + " WHERE owner <> $owner ORDER BY ALL", {"owner": owner})
        for (table,) in db.read(_OWNED)
    }


def places_of(db: Database, word: str) -> list[tuple[str, str]]:
    """Every column of text in which the word stands somewhere."""
    return [
        (table, column)
        for table, column in db.read(_TEXTS)
        if db.read(f"SELECT 1 FROM {table} WHERE {column} ILIKE '%' || $word || '%' LIMIT 1", {"word": word})
    ]


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
        own_world.db.submit(Leave(anna, new_request_id(), "Anna"), stops)
    assert (rows_of(own_world.db, anna), places_of(own_world.db, WORD)) == (before, places)
    sound(own_world)


def test_who_is_tied_is_told_why_and_keeps_everything(own_world: World) -> None:
    db, names = own_world.db, {}
    operator, keeper, rich, spent_all = own_world.operator, own_world.person(), own_world.person(), own_world.person()
    for one in (rich, spent_all):
        house.open_for(own_world.running, one)
        own_world.fund(one, 10_00)
    cafe = own_world.shop(proprietor=keeper)
    own_world.pay(spent_all, cafe, 10_00)
    names = dict(db.read("SELECT owner, name FROM app_user"))
    for owner, kind in ((operator, OperatorStays), (keeper, ShopsStay), (rich, BooksShared), (spent_all, BooksShared)):
        before = rows_of(db, owner)
        with pytest.raises(kind):
            leaves(db, owner, names[owner])
        assert isinstance(leaving.held_back(db, owner), kind)
        assert rows_of(db, owner) == before


def test_another_name_or_no_confirmation_deletes_nothing(own_world: World) -> None:
    anna = lived(own_world, "Anna", WORD)
    before = rows_of(own_world.db, anna)
    with pytest.raises(NameDiffers):
        leaves(own_world.db, anna, "Bert")
    with pytest.raises(StepUpRequired):
        leaving.leave(own_world.db, Leave(anna, new_request_id(), "Anna"), UNCONFIRMED)
    assert rows_of(own_world.db, anna) == before


def test_the_last_person_may_go_and_whoever_comes_next_runs_the_house(own_world: World) -> None:
    leaves(own_world.db, own_world.operator, "operator")
    assert not identity.anybody(own_world.db)
    bert = house.person(own_world.db, "Bert")
    assert identity.person(own_world.db, bert) == Person(bert, "Bert", operator=True)


@given(some.builds(Ties, *(some.integers(0, 2),) * 2, some.booleans(), some.integers(0, 2)))
def test_only_who_has_no_ties_at_all_may_go(ties: Ties) -> None:
    free = not (ties.runs and ties.others) and not ties.shops and not ties.shared
    assert (leaving.refusal(ties) is None) == free


def test_every_table_is_emptied_of_the_owner_or_only_there_for_who_is_tied() -> None:
    emptied = {sql.split()[2] for sql in rows._REMOVE}
    tied = {  # whoever has rows in these is refused, or the row is the house's
        "merchant", "merchant_event", "payment", "payment_event", "money_transfer", "charge", "charge_event", "refund",
        "refund_event", "points_lot", "coupon", "coupon_claim", "coupon_event", "earn_rule", "pay_code",
        "sign_up_choice", "backup_event", "working_day",
    }  # fmt: skip
    without_owner = {"audit_link", "migration", "sealing"}
    assert emptied | tied | without_owner == {*CHAINED, *NOT_CHAINED}
    assert not emptied & tied
