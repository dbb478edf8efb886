"""Bound cards: the number is kept nowhere, the same card is known again, its money account is the statements' one."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from structlog.testing import capture_logs

from data import accounts, cards, wallet
from data.assurance import AT_THE_MACHINE
from data.cards import CardKind, MakeDefaultCard, UnbindCard
from data.errors import Rejection
from data.gateways.protocol import GatewayUnreachable
from data.ids import AccountId, OwnerId, new_id, new_request_id
from data.importers.statement import AccountKind
from data.ledger.wallet import refusals as no
from data.security.card_numbers import CardExpiryInvalid, CardNumberInvalid
from data.store.command import Receipt
from data.wallet import TopUp
from tests import wallet_house as house
from tests.bookkeeping import Bookkeeping, spent
from tests.wallet_house import by
from tests.wallet_world import World

ICBC = "622202020011223"  # fifteen digits of a number of 工商银行; the sixteenth is the check digit


def with_check_digit(front: str) -> str:
    """ISO/IEC 7812-1 annex B, from the right: every other digit doubled, its digits summed."""
    doubled = [int(digit) * (2 if at % 2 == 0 else 1) for at, digit in enumerate(reversed(front))]
    return front + str(-sum(one // 10 + one % 10 for one in doubled) % 10)


def luhn_valid(digits: str) -> bool:
    return with_check_digit(digits[:-1]) == digits


def bind(world: World, owner: OwnerId, number: str, expiry: str = "12/49", **more: Any) -> Receipt:
    fields = {"request_id": new_request_id(), "kind": CardKind.DEBIT} | more
    return cards.bind(world.running, owner, number=number, expiry=expiry, **fields, assurance=AT_THE_MACHINE)


def bound(world: World, owner: OwnerId) -> list[tuple[Any, ...]]:
    """Cards that count, the default one first: brand, bank, last four, kind."""
    sql = """SELECT brand, bank, last4, kind FROM published_card WHERE owner = $owner AND NOT unbound
        ORDER BY made_default DESC, bound_at, id"""
    return world.db.read(sql, {"owner": owner})


def account_of(world: World, owner: OwnerId, card: UUID | str) -> UUID:
    sql = "SELECT account FROM published_card WHERE owner = $owner AND id = $card"
    ((account,),) = world.db.read(sql, {"owner": owner, "card": card})
    return UUID(str(account))


# -- the number


def everywhere(folder: Path) -> bytes:
    """Every byte of every file."""
    return b"\n".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


def texts(world: World) -> list[str]:
    """Every value of every table, as text: the store packs its files."""
    tables = world.db.read("SELECT table_name FROM information_schema.tables WHERE table_type = 'BASE TABLE'")
    return [str(value) for (table,) in tables for row in world.db.read("SELECT * FROM " + table) for value in row]


def test_a_number_is_in_no_table_no_file_and_no_line_of_the_log(
    own_world: World, capfd: pytest.CaptureFixture[str]
) -> None:
    world = own_world
    numbers = [house.GOOD, house.GOOD_CREDIT, house.REFUND_FAILS_ONCE, house.SILENT, with_check_digit(ICBC)]
    anna, cafe = world.member(), world.shop()
    with capture_logs() as logged:
        held = [UUID(bind(world, anna, number)["card"]) for number in numbers]
        for card in held:
            paid = world.pay(anna, cafe, 9_00, card=card)
            if paid["state"] == "captured":
                world.refund(anna, cafe, paid, 4_00)
        for attempt in ({"number": house.GOOD, "expiry": house.GOOD}, {"number": house.GOOD[:-1] + "9"}):
            with pytest.raises(Rejection) as refused:
                bind(world, anna, **attempt)
            assert not re.search(r"\d{5}", str(refused.value))
        world.clock.turn(hours=1)
        world.rounds().once()
    kept = texts(world)
    world.running.close()
    said = "".join(capfd.readouterr()) + str(logged)
    raw = everywhere(world.folder)
    for number in numbers:
        spaced = " ".join(number[at : at + 4] for at in range(0, len(number), 4))
        for form in (number, spaced):
            assert not any(form in text for text in kept)
            assert form.encode() not in raw
            assert form not in said
        assert number.encode("utf-16-le") not in raw
    assert not [text for text in kept for run in re.findall(r"\b[0-9]{13,19}\b", text) if luhn_valid(run)]


def test_printing_a_command_or_a_card_shows_no_secret(world: World) -> None:
    anna = world.member()
    binding = cards.binding(
        world.running, anna, new_request_id(), number=house.GOOD, expiry="12/49", kind=CardKind.DEBIT
    )
    shown = repr(binding)
    assert "0047" in shown
    assert binding.token not in shown
    assert binding.fingerprint not in shown
    assert house.GOOD not in shown


def test_kept_are_the_brand_the_bank_the_last_digits_and_the_month(world: World) -> None:
    anna = world.member()
    receipt = bind(world, anna, with_check_digit(ICBC), "08/29")
    last4 = with_check_digit(ICBC)[-4:]
    assert receipt == {
        "card": receipt["card"],
        "brand": "unionpay",
        "bank": "工商银行",
        "last4": last4,
        "kind": "debit",
    }
    bind(world, anna, "5555 5555 5555 4444", kind=CardKind.CREDIT)
    assert bound(world, anna) == [
        ("unionpay", "工商银行", last4, "debit"),
        ("mastercard", "", "4444", "credit"),
    ]
    sql = "SELECT expires_on FROM published_card WHERE owner = $owner ORDER BY bound_at, id LIMIT 1"
    assert world.db.read(sql, {"owner": anna}) == [(date(2029, 8, 31),)]


@pytest.mark.parametrize(
    ("number", "reason"),
    [("6200000000000048", "check_digit"), ("62000", "length"), ("62oo 0000 0000 0047", "characters")],
)
def test_what_is_no_number_is_refused_before_the_bank_sees_it(world: World, number: str, reason: str) -> None:
    anna = world.member()
    with pytest.raises(CardNumberInvalid) as refused:
        bind(world, anna, number)
    assert (refused.value.reason, bound(world, anna)) == (reason, [])


def test_a_bank_that_cannot_be_reached_leaves_no_card(own_world: World) -> None:
    world = own_world
    anna = world.member()
    world.bank.close()
    with pytest.raises(GatewayUnreachable):
        bind(world, anna, house.GOOD)
    world.reopen()
    assert bound(world, anna) == []
    bind(world, anna, house.GOOD)


# -- the same card


@pytest.mark.parametrize(
    "written", [house.GOOD, "6200 0000 0000 0047", "6200-0000-0000-0047", "６２００００００００００００４７"]
)
def test_the_same_card_is_bound_once_however_it_is_written(world: World, written: str) -> None:
    anna = world.member()
    bind(world, anna, house.GOOD)
    with pytest.raises(no.CardAlreadyBound) as refused:
        bind(world, anna, written, kind=CardKind.CREDIT)
    assert refused.value == no.CardAlreadyBound("0047")
    assert len(bound(world, anna)) == 1


def test_two_people_may_have_the_same_card(world: World) -> None:
    for owner in (world.member(), world.member()):
        bind(world, owner, house.GOOD)
        assert len(bound(world, owner)) == 1


def test_binding_is_one_request_and_its_answer_outlives_the_process(own_world: World) -> None:
    world = own_world
    anna = world.member()
    first = bind(world, anna, house.GOOD, request_id="bind")
    assert bind(world, anna, house.GOOD, request_id="bind") == first
    world.reopen()
    assert bind(world, anna, house.GOOD, request_id="bind") == first
    with pytest.raises(no.CardAlreadyBound):
        bind(world, anna, house.GOOD)
    assert len(bound(world, anna)) == 1


def test_nobody_without_an_account_here_binds_a_card(world: World) -> None:
    with pytest.raises(no.MemberUnknown):
        bind(world, OwnerId(new_id()), house.GOOD)


def test_a_card_bound_again_goes_on_with_its_money_account(world: World) -> None:
    anna, cafe = world.member(), world.shop()
    first = bind(world, anna, house.GOOD)["card"]
    world.pay(anna, cafe, 30_00, card=UUID(first))
    cards.unbind(world.db, UnbindCard(**by(anna), card=UUID(first)))
    second = bind(world, anna, house.GOOD)["card"]
    world.pay(anna, cafe, 5_00, card=UUID(second))
    assert first != second
    assert account_of(world, anna, first) == account_of(world, anna, second)
    assert world.books(anna)["card:unionpay:0047"] == -35_00
    world.facts_agree(anna)


def test_two_cards_with_the_same_last_digits_have_an_account_each(world: World) -> None:
    anna, cafe = world.member(), world.shop()
    twin = next(n for n in map(with_check_digit, (f"62000000{x:04}004" for x in range(1, 100))) if n.endswith("0047"))
    one, other = (UUID(bind(world, anna, number)["card"]) for number in (house.GOOD, twin))
    world.pay(anna, cafe, 30_00, card=one)
    world.pay(anna, cafe, 5_00, card=other)
    books = world.books(anna)
    assert (books["card:unionpay:0047"], books[f"card:unionpay:0047:{other}"]) == (-30_00, -5_00)


# -- put away, and the one that is offered first


def test_an_unbound_card_pays_nothing(world: World) -> None:
    anna, cafe = world.member(10_00), world.shop()
    card = world.card(anna)
    cards.unbind(world.db, UnbindCard(**by(anna), card=card))
    attempts: list[Any] = [
        lambda: world.pay(anna, cafe, 1_00, card=card),
        lambda: house.top_up(world.running, anna, card, 1_00),
        lambda: wallet.withdraw(world.running, wallet.Withdraw(**by(anna), card=card, amount=1_00, currency="CNY")),
        lambda: cards.unbind(world.db, UnbindCard(**by(anna), card=card)),
        lambda: cards.make_default(world.db, MakeDefaultCard(**by(anna), card=card)),
    ]
    for attempt in attempts:
        with pytest.raises(no.CardUnknown) as refused:
            attempt()
        assert refused.value == no.CardUnknown(str(card))
    assert (bound(world, anna), world.taken_from(anna)) == ([], 0)


def test_the_first_card_is_offered_first_until_another_is_chosen(world: World) -> None:
    anna = world.member()
    first, second = world.card(anna), world.card(anna, house.GOOD_CREDIT, CardKind.CREDIT)
    assert [row[2] for row in bound(world, anna)] == ["0047", "0005"]
    cards.make_default(world.db, MakeDefaultCard(**by(anna), card=second))
    assert [row[2] for row in bound(world, anna)] == ["0005", "0047"]
    cards.unbind(world.db, UnbindCard(**by(anna), card=second))
    assert [row[2] for row in bound(world, anna)] == ["0047"]
    cards.make_default(world.db, MakeDefaultCard(**by(anna), card=first))
    cards.unbind(world.db, UnbindCard(**by(anna), card=first))
    world.card(anna, house.SLOW)
    assert [row[2] for row in bound(world, anna)] == ["0104"]


# -- its last month


def test_a_card_counts_through_the_last_day_of_its_month(world: World) -> None:
    anna, cafe = world.member(), world.shop()
    card = UUID(bind(world, anna, house.GOOD, "03/26")["card"])
    world.clock.at("2026-03-31")
    world.pay(anna, cafe, 1_00, card=card)
    world.clock.at("2026-04-01")
    attempts: list[Any] = [
        lambda: world.pay(anna, cafe, 1_00, card=card),
        lambda: wallet.top_up(world.running, TopUp(**by(anna), card=card, amount=1_00, currency="CNY")),
    ]
    for attempt in attempts:
        with pytest.raises(no.CardExpiredNow) as refused:
            attempt()
        assert refused.value == no.CardExpiredNow("0047", "2026-03-31")
    assert world.taken_from(anna) == 1_00


def test_an_expired_card_is_not_bound(world: World) -> None:
    anna = world.member()
    with pytest.raises(no.CardExpiredNow):
        bind(world, anna, house.GOOD, "02/26")
    with pytest.raises(CardExpiryInvalid):
        bind(world, anna, house.GOOD, "13/26")
    assert bound(world, anna) == []
    bind(world, anna, house.GOOD, "03/26")


def test_the_day_it_expires_is_counted_where_its_holder_lives(world: World) -> None:
    anna = world.member()
    world.clock.at("2026-04-01")
    world.clock.turn(hours=-12, minutes=-1)  # a minute to midnight in Shanghai
    bind(world, anna, house.GOOD, "03/26")
    world.clock.turn(minutes=1)
    with pytest.raises(no.CardExpiredNow):
        bind(world, world.member(), house.GOOD, "03/26")


# -- its statements


def statement_key() -> str:
    return f"card:工商银行:{with_check_digit(ICBC)[-4:]}"


@pytest.mark.parametrize("imported_first", [True, False])
def test_what_statements_of_the_card_say_stands_on_the_same_account(world: World, *, imported_first: bool) -> None:
    anna, cafe = world.member(), world.shop()
    book = Bookkeeping(world.db, anna)
    line = spent("2026-02-01", "12.00", "青山", account=statement_key())
    if imported_first:
        book.imports(line)
    card = UUID(bind(world, anna, with_check_digit(ICBC))["card"])
    if not imported_first:
        book.imports(line)
    world.pay(anna, cafe, 30_00, card=card)
    held = [one for one in accounts.accounts(world.db, anna, unused=True) if one.key.startswith("card:")]
    assert [(one.id, one.key, one.entries) for one in held] == [(account_of(world, anna, card), statement_key(), 2)]
    assert world.books(anna)[statement_key()] == -42_00
    world.facts_agree(anna)


def test_payments_by_card_are_shown_where_the_person_merged_its_account_to(world: World) -> None:
    anna, cafe = world.member(), world.shop()
    book = Bookkeeping(world.db, anna)
    book.imports(spent("2026-02-01", "12.00", "青山", account="card:储蓄卡"))
    card = UUID(bind(world, anna, with_check_digit(ICBC))["card"])
    (root,) = (one.id for one in accounts.accounts(world.db, anna) if one.key == "card:储蓄卡")
    merged = account_of(world, anna, card)
    accounts.merge(world.db, accounts.MergeAccounts(**by(anna), account=AccountId(merged), into=root))
    world.pay(anna, cafe, 30_00, card=card)
    house.top_up(world.running, anna, card, 7_00)
    sql = "SELECT DISTINCT account FROM published_fact WHERE owner = $owner"
    assert world.db.read(sql, {"owner": anna}) == [(root,)]
    world.facts_agree(anna)


def test_a_credit_card_owes_and_a_debit_card_has(world: World) -> None:
    anna = world.member()
    debit, credit = world.card(anna), world.card(anna, house.GOOD_CREDIT, CardKind.CREDIT)
    kinds = {one.id: one.kind for one in accounts.accounts(world.db, anna, unused=True)}
    assert kinds[AccountId(account_of(world, anna, debit))] is AccountKind.ASSET
    assert kinds[AccountId(account_of(world, anna, credit))] is AccountKind.LIABILITY
