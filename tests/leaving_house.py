"""Somebody who used everything there is here and may go: rows of theirs in every table, and in the books of others.

    anna = lived(world, "Anna", "aquamarine")
    leaving.leave(world.db, Leave(anna.owner, new_request_id(), "Anna", CALLED), AT_THE_MACHINE)

`word` stands wherever a person can write something of their own.
"""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any
from uuid import UUID

import pyotp
import pytest

from data import (
    accounts,
    alerts,
    bookkeeping,
    identity,
    invitations,
    own_security,
    passkeys,
    planning,
    preferences,
    reconciling,
    recovering,
    recurring,
    refunds,
    second_factor,
    settlement,
    sorting,
    statements,
    step_up,
    wallet,
)
from data.alerts import ReportDebit, Sensitivity, SetSensitivity
from data.assurance import AT_THE_MACHINE, Assurance, StepUpRequired
from data.categories import Action, CategoryKind, Operator, Rule, TextCondition, TextField
from data.categories.text import normalise_payee
from data.database import Database
from data.ids import EntryId, OwnerId, new_request_id
from data.importers.mapping import Mapping, Role
from data.leaving import Called
from data.ledger.wallet.refusals import CardDeclined
from data.merchants import Merchant
from data.money import Money
from data.passkeys import Place
from data.planning import Alert, LimitItem
from data.preferences import Preferences
from data.reconciling import Asserted, StateBalance, TickRows
from data.recurring import Anchor, Mark, Named, SayOfSeries, Side
from data.refunds import CancelRefund, RejectRefund, RequestRefund
from data.security.tokens import token_hash
from data.sign_in import SignedIn, Visit
from data.wallet import Freeze, SetLimits, Transfer, Unfreeze, Withdraw
from tests import wallet_house as house
from tests.bookkeeping import BALANCE, Bookkeeping, refunded, spent
from tests.software_key import SoftwareKey
from tests.wallet_house import by
from tests.wallet_world import World

CALLED = Called(zh="已注销用户", en="Former member")
HERE = Visit("192.0.2.7", "Firefox", device="laptop")
LOCAL = Place("localhost", "http://localhost:8501")
PICTURE = b"\xff\xd8\xff\xe0 a picture"
_numbers = itertools.count(1)
_TABLES = """
SELECT t.table_name FROM information_schema.tables t
JOIN information_schema.columns c ON c.table_name = t.table_name AND c.column_name = 'owner'
WHERE t.table_schema = 'main' AND t.table_type = 'BASE TABLE' ORDER BY t.table_name"""
_TEXTS = """
SELECT c.table_name, c.column_name FROM information_schema.columns c
JOIN information_schema.tables t ON t.table_name = c.table_name AND t.table_schema = c.table_schema
WHERE c.table_schema = 'main' AND c.data_type IN ('VARCHAR', 'BLOB') AND t.table_type = 'BASE TABLE'"""


@dataclasses.dataclass(frozen=True)
class Neighbours:
    """Who has to do with the person: a friend who gives and gets, a cafe, who runs both the cafe and the house."""

    friend: OwnerId
    cafe: Merchant
    operator: OwnerId


@dataclasses.dataclass(frozen=True)
class Lived:
    """The person, and what of theirs is named somewhere else."""

    owner: OwnerId
    name: str
    word: str
    card: UUID


def neighbours(world: World) -> Neighbours:
    friend = world.member(500_00, name=f"friend {next(_numbers)}")
    preferences.choose_preferences(world.db, friend, Preferences(language="en"))
    return Neighbours(friend, world.shop(f"shop {next(_numbers)}"), world.operator)


def lived(world: World, name: str, word: str, near: Neighbours) -> Lived:
    """Somebody with a history of every kind, and nothing left in the wallet but points and a coupon."""
    token = invitations.invite(world.db, near.operator, f"for {name}", HERE)
    signed = identity.sign_up(world.db, name, house.PASSWORD, HERE, token)
    one = Lived(signed.owner, name, word, _paid(world, signed.owner, word, near))
    _kept_books(world, one)
    _was_careful(world, one, signed, near)
    _empties(world, one)
    return one


def _paid(world: World, owner: OwnerId, word: str, near: Neighbours) -> UUID:
    """Everything a wallet can do, with everybody near."""
    house.open_for(world.running, owner)
    card = world.card(owner)
    world.fund(owner, 200_00)
    house.top_up(world.running, owner, card, 300_00)
    by_wallet = world.pay(owner, near.cafe, 40_00, note=word)
    by_card = world.pay(owner, near.cafe, 30_00, card=card, note=word)
    world.pay(owner, near.cafe, 20_00, points=10)
    _, claim = world.coupon(owner, near.cafe)
    world.pay(owner, near.cafe, 25_00, claims=(claim,))
    world.coupon(owner, None)
    with pytest.raises(CardDeclined):
        world.pay(owner, near.cafe, 5_00, card=world.card(owner, house.DECLINED))
    _asks_back(world, owner, word, near, [str(by_wallet["payment"]), str(by_card["payment"])])
    for giver, taker, said in ((owner, near.friend, word), (near.friend, owner, "a present")):
        command = Transfer(**by(giver), recipient=taker, amount=15_00, currency="CNY", note=said)
        wallet.transfer(world.db, command, AT_THE_MACHINE)
    _is_taught(world, owner, near.friend)
    return card


def _asks_back(world: World, owner: OwnerId, word: str, near: Neighbours, paid: list[str]) -> None:
    """A refund that came, one to the card, one that was refused, one that was taken back."""
    by_wallet, by_card = paid

    def asks(payment: str, amount: int) -> str:
        command = RequestRefund(**by(owner), payment=payment, amount=amount, reason="damaged", note=word)
        return str(refunds.request(world.running.database, command, (f"{word}.jpg", PICTURE + word.encode()))["refund"])

    world.confirm(near.cafe, asks(by_wallet, 10_00))
    world.confirm(near.cafe, asks(by_card, 5_00))
    world.clock.turn(days=10)
    settlement.settle(world.running)
    no = RejectRefund(**by(near.cafe.id, near.cafe.proprietor), refund=asks(by_wallet, 1_00), reason="no receipt")
    refunds.reject(world.db, no)
    refunds.cancel(world.db, CancelRefund(**by(owner), refund=asks(by_wallet, 2_00)))


def _is_taught(world: World, owner: OwnerId, friend: OwnerId) -> None:
    """The friend said things about the payee that this person is in their books."""
    ((entry, seq, key),) = world.db.read(
        "SELECT id, seq, payee_key FROM entry WHERE owner = $friend AND kind = 'expense' AND id IN "
        "(SELECT id FROM money_transfer WHERE recipient = $owner)",
        {"friend": friend, "owner": owner},
    )
    sorting.always_for_payee(
        world.db, sorting.AlwaysForPayee(friend, new_request_id(), friend, key, "transfers_to_people")
    )
    mark = Mark(Side.OUT, key, "CNY", "monthly", (Anchor(seq, world.clock.now.date(), 15_00),))
    recurring.say(world.db, SayOfSeries(friend, new_request_id(), friend, None, mark, Named("every month")))
    note = bookkeeping.Annotate(owner=friend, request_id=new_request_id(), actor=friend, entries=(EntryId(entry),))
    bookkeeping.annotate(world.db, dataclasses.replace(note, note="my own words", category="gifts"))


def _kept_books(world: World, one: Lived) -> None:
    """Statements, and everything that can be said about them."""
    db, owner, word = world.db, one.owner, one.word
    book = Bookkeeping(db, owner)
    book.imports(
        spent("2026-02-03", "12.30", word, order=f"{word}1", note=word, category="coffee"),
        refunded("2026-02-04", "2.30", word, of=f"{word}1", order=f"{word}r"),
        spent("2026-02-04", "1200", f"{word} shop", currency="JPY"),
        spent("2026-02-05", "8", "elsewhere", account=f"card:{word}:1234"),
        file=f"{word}.csv",
    )
    book.undoes(book.imports(spent("2026-02-05", "9.99", word, order=f"{word}2"), file="wrong.csv"))
    head: dict[str, Any] = {"owner": owner, "actor": owner}
    category = sorting.create_category(
        db, sorting.CreateCategory(**head, request_id=new_request_id(), name=word, kind=CategoryKind.EXPENSE)
    )
    condition = TextCondition(TextField.PAYEE, Operator.CONTAINS, word)
    rule = Rule(new_request_id(), word, (condition,), Action(category))
    sorting.save_rule(db, sorting.SaveRule(**head, request_id=new_request_id(), rule=rule))
    sorting.always_for_payee(
        db,
        sorting.AlwaysForPayee(**head, request_id=new_request_id(), payee_key=normalise_payee(word), category=category),
    )
    keys = {each.key: each.id for each in accounts.accounts(db, owner)}
    accounts.rename(db, accounts.RenameAccount(**head, request_id=new_request_id(), account=keys[BALANCE], name=word))
    assert db.sum_months(owner)
    bought = EntryId(book.entry(f"{word}1"))
    bookkeeping.annotate(
        db, bookkeeping.Annotate(**head, request_id=new_request_id(), entries=(bought,), note=word, add_tags=(word,))
    )
    planning.set_limits(db, owner, date(2026, 2, 1), [LimitItem(category, "CNY", 100_00)])
    planning.raise_alerts(db, owner, [Alert(date(2026, 2, 1), category, "CNY", 80)])
    asserted = Asserted(keys[BALANCE], date(2026, 2, 28), Money(-10_00, "CNY"))
    reconciling.state(db, StateBalance(**head, request_id=new_request_id(), asserted=asserted))
    reconciling.tick(
        db, TickRows(**head, request_id=new_request_id(), asserted=asserted, entries=(bought,), ticked=True)
    )
    ((seq,),) = db.read("SELECT seq FROM entry WHERE owner = $owner AND id = $id", {"owner": owner, "id": bought})
    mark = Mark(Side.OUT, normalise_payee(word), "CNY", "monthly", (Anchor(seq, date(2026, 2, 3), 12_30),))
    recurring.say(db, SayOfSeries(owner, new_request_id(), owner, None, mark, Named(word)))
    statements.save_mapping(db, owner, word, _MAPPING, f"csv:{word}", new_request_id())
    preferences.choose_preferences(db, owner, Preferences())


_MAPPING = Mapping(columns=((Role.AMOUNT, 1), (Role.DATE, 0), (Role.PAYEE, 2)))
_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - the store keeps UTC without zone


def _was_careful(world: World, one: Lived, signed: SignedIn, near: Neighbours) -> None:
    """Limits, alerts, second factors, a link for a forgotten password, a sign-in that waits."""
    db, owner, key = world.db, one.owner, world.key
    wallet.set_limits(db, SetLimits(**by(owner), currency="CNY", per_day=90_000_00), AT_THE_MACHINE)
    wallet.freeze(db, Freeze(**by(owner), reason=one.word))
    wallet.unfreeze(db, Unfreeze(**by(owner), reason=one.word), AT_THE_MACHINE)
    alerts.set_sensitivity(db, SetSensitivity(**by(owner), sensitivity=Sensitivity.HIGH), AT_THE_MACHINE)
    by_session = Assurance(token_hash(signed.token))
    wallet.pay(world.running, world.paying(owner, near.cafe, 11_00), by_session)
    with pytest.raises(StepUpRequired):  # the same again, within two minutes
        wallet.pay(world.running, world.paying(owner, near.cafe, 11_00), by_session)
    ((debit,),) = db.read("SELECT id FROM payment WHERE owner = $owner ORDER BY seq LIMIT 1", {"owner": owner})
    alerts.report(db, ReportDebit(**by(owner), debit=debit))
    wallet.unfreeze(db, Unfreeze(**by(owner)), AT_THE_MACHINE)
    step_up.set_threshold(db, step_up.SetThreshold(owner, new_request_id(), "CNY", 50_000_00), AT_THE_MACHINE)
    own_security.choose(db, owner, own_security.Choices(idle_minutes=60 * 24), HERE)
    session = token_hash(signed.token)
    made = SoftwareKey().make(passkeys.options_to_add(db, key, owner, session, LOCAL, AT_THE_MACHINE), LOCAL.origin)
    passkeys.add(db, key, owner, session, LOCAL, made, name=one.word, visit=HERE, assurance=AT_THE_MACHINE)
    secret = second_factor.begin_totp(one.name).secret
    code = pyotp.TOTP(secret).at(int((world.clock.now - _EPOCH).total_seconds()))
    second_factor.confirm_totp(db, key, owner, secret, code, HERE, AT_THE_MACHINE)
    recovering.issue(db, near.operator, owner, HERE)
    identity.sign_in(db, one.name, house.PASSWORD, HERE)


def _empties(world: World, one: Lived) -> None:
    left = world.available(one.owner)
    command = Withdraw(**by(one.owner), card=one.card, amount=left, currency="CNY")
    wallet.withdraw(world.running, command, AT_THE_MACHINE)


def tables(db: Database) -> list[str]:
    """Every table whose rows are somebody's."""
    return [table for (table,) in db.read(_TABLES)]


def rows_of(db: Database, owner: OwnerId) -> dict[str, int]:
    """How many rows of the owner each table has, where there are any."""
    found = {}
    for table in tables(db):
        ((count,),) = db.read("SELECT count(*) FROM " + table + " WHERE owner = $owner", {"owner": owner})
        if count:
            found[table] = count
    return found


def places_of(db: Database, word: str) -> list[tuple[str, str]]:
    """Every column in which the word stands somewhere, in whatever letters."""
    return list(_places(db, word))


def _places(db: Database, word: str) -> Iterator[tuple[str, str]]:
    for table, column in db.read(_TEXTS):
        there = f"SELECT 1 FROM {table} WHERE cast({column} AS varchar) ILIKE '%' || $word || '%' LIMIT 1"
        if db.read(there, {"word": word}):
            yield table, column


def others(db: Database, owner: OwnerId) -> dict[str, list[dict[str, Any]]]:
    """Every row that is not the owner's, by table, column by column, in the order in which they are read."""
    found: dict[str, list[dict[str, Any]]] = {}
    for table in tables(db):
        rows = db.arrow("SELECT * FROM " + table + " WHERE owner <> $owner ORDER BY ALL", {"owner": owner})
        found[table] = rows.to_pylist()
    return found
