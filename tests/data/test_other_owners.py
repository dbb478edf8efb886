"""Somebody who knows another person's ids is told there is no such thing, by every door, and nothing of it changes."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from typing import Any, NamedTuple
from uuid import UUID

import pytest

from data import accounts, bookkeeping, cards, merchants, refunds, sorting, transaction, wallet
from data.accounts import AdjustBalance, CloseAccount, MergeAccounts, RenameAccount, ReopenAccount, SetOpening
from data.assurance import AT_THE_MACHINE
from data.bookkeeping import Annotate, LinkRefund, Reclassify, Split, UnlinkRefund, Unsplit
from data.cards import CardKind, MakeDefaultCard, UnbindCard
from data.categories import Action, CategoryKind, Operator, Rule, TextCondition, TextField
from data.database import Database, open_database
from data.errors import NotFound, Rejection
from data.ids import AccountId, EntryId, OwnerId, new_id, new_request_id
from data.importers.statement import AccountKind
from data.ledger.entry import EntryKind
from data.ledger.wallet.refusals import CardUnknown, CouponNotHeld, MerchantUnknown, RefundUnknown
from data.merchants import (
    ChangeMerchant,
    Coupon,
    CouponKind,
    EarnRule,
    EndCoupon,
    Merchant,
    PayOut,
    PublishCoupon,
    SetEarnRule,
)
from data.money import Money
from data.refunds import CancelRefund, ConfirmRefund, CreditRefund, RejectRefund, RequestRefund, RetryRefund
from data.wallet import Pay, TopUp, Withdraw
from tests import wallet_house as house
from tests.bookkeeping import BALANCE, Bookkeeping, refunded, spent
from tests.wallet_house import by
from tests.wallet_world import World

NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC).replace(tzinfo=None)
TABLES = ("entry", "posting", "annotation", "account", "account_event", "fact", "custom_category", "payee_rule")


class Things(NamedTuple):
    """What one owner has."""

    bill: EntryId
    refund: EntryId
    account: AccountId
    other_account: AccountId
    category: str
    rule: str


def furnished(db: Database) -> tuple[Bookkeeping, Things]:
    book = Bookkeeping(db)
    book.imports(
        spent("2026-03-01", "35", "青山", order="A1"),
        refunded("2026-03-02", "5", "青山", of="A1", order="R1"),
        spent("2026-03-03", "1", "白水", account="card:x", order="C1"),
    )
    head: dict[str, Any] = {"owner": book.owner, "actor": book.owner}
    category = sorting.create_category(
        db, sorting.CreateCategory(**head, request_id=new_request_id(), name="Boat", kind=CategoryKind.EXPENSE)
    )
    condition = TextCondition(TextField.PAYEE, Operator.CONTAINS, "青山")
    rule = Rule(new_request_id(), "Boat", (condition,), Action(category))
    sorting.save_rule(db, sorting.SaveRule(**head, request_id=new_request_id(), rule=rule))
    keys = {one.key: one.id for one in accounts.accounts(db, book.owner)}
    bill, refund = (EntryId(book.entry(order)) for order in ("A1", "R1"))
    return book, Things(bill, refund, keys[BALANCE], keys["card:x"], category, rule.id)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    db = open_database(tmp_path_factory.mktemp("owners") / "wallet.duckdb", lambda: NOW)
    yield db
    db.close()


@pytest.fixture(scope="module")
def two(store: Database) -> tuple[Bookkeeping, Things, Bookkeeping, Things]:
    return (*furnished(store), *furnished(store))


def everything_of(book: Bookkeeping) -> list[list[tuple[Any, ...]]]:
    return [book.asks("SELECT * FROM " + table + " WHERE owner = $owner ORDER BY ALL") for table in TABLES]


Attempt = Callable[[Database, dict[str, Any], Things, Things], Any]
LINE = Money(100, "CNY")
DAY = date(2026, 3, 31)
ATTEMPTS: dict[str, Attempt] = {
    "annotate": lambda db, me, _, hers: bookkeeping.annotate(db, Annotate(**me, entries=(hers.bill,), note="mine now")),
    "annotate among my own": lambda db, me, mine, hers: bookkeeping.annotate(
        db, Annotate(**me, entries=(mine.bill, hers.bill), note="both")
    ),
    "use her category": lambda db, me, mine, hers: bookkeeping.annotate(
        db, Annotate(**me, entries=(mine.bill,), category=hers.category)
    ),
    "split": lambda db, me, _, hers: bookkeeping.split(
        db, Split(**me, entry=hers.bill, parts=(("dining", 3000), ("coffee", 500)))
    ),
    "split into her category": lambda db, me, mine, hers: bookkeeping.split(
        db, Split(**me, entry=mine.bill, parts=(("dining", 3000), (hers.category, 500)))
    ),
    "unsplit": lambda db, me, _, hers: bookkeeping.unsplit(db, Unsplit(**me, entry=hers.bill)),
    "link her refund": lambda db, me, mine, hers: bookkeeping.link_refund(
        db, LinkRefund(**me, refund=hers.refund, original=mine.bill)
    ),
    "link to her purchase": lambda db, me, mine, hers: bookkeeping.link_refund(
        db, LinkRefund(**me, refund=mine.refund, original=hers.bill)
    ),
    "unlink": lambda db, me, _, hers: bookkeeping.unlink_refund(db, UnlinkRefund(**me, refund=hers.refund)),
    "reclassify": lambda db, me, _, hers: bookkeeping.reclassify(
        db, Reclassify(**me, entry=hers.bill, kind=EntryKind.FEE)
    ),
    "move money to her account": lambda db, me, mine, hers: bookkeeping.reclassify(
        db, Reclassify(**me, entry=mine.refund, kind=EntryKind.TRANSFER, counter=hers.account)
    ),
    "detail": lambda db, me, _, hers: transaction.detail(db, me["owner"], hers.bill),
    "history": lambda db, me, _, hers: transaction.history(db, me["owner"], hers.bill),
    "rename": lambda db, me, _, hers: accounts.rename(db, RenameAccount(**me, account=hers.account, name="mine")),
    "set kind": lambda db, me, _, hers: accounts.set_kind(
        db, accounts.SetAccountKind(**me, account=hers.account, kind=AccountKind.LIABILITY)
    ),
    "close": lambda db, me, _, hers: accounts.close(db, CloseAccount(**me, account=hers.account)),
    "reopen": lambda db, me, _, hers: accounts.reopen(db, ReopenAccount(**me, account=hers.account)),
    "merge hers into mine": lambda db, me, mine, hers: accounts.merge(
        db, MergeAccounts(**me, account=hers.account, into=mine.account)
    ),
    "merge mine into hers": lambda db, me, mine, hers: accounts.merge(
        db, MergeAccounts(**me, account=mine.account, into=hers.account)
    ),
    "unmerge": lambda db, me, _, hers: accounts.unmerge(db, accounts.UnmergeAccount(**me, account=hers.account)),
    "opening": lambda db, me, _, hers: accounts.set_opening(
        db, SetOpening(**me, account=hers.account, amount=LINE, on=DAY)
    ),
    "adjust": lambda db, me, _, hers: accounts.adjust(
        db, AdjustBalance(**me, account=hers.account, balance=LINE, on=DAY, reason="")
    ),
    "change her category": lambda db, me, _, hers: sorting.change_category(
        db, sorting.ChangeCategory(**me, key=hers.category, name="mine")
    ),
    "archive her category": lambda db, me, _, hers: sorting.archive_category(
        db, sorting.ArchiveCategory(**me, key=hers.category)
    ),
    "learn with her category": lambda db, me, _, hers: sorting.always_for_payee(
        db, sorting.AlwaysForPayee(**me, payee_key="青山", category=hers.category)
    ),
    "activate her rule": lambda db, me, _, hers: sorting.activate_rule(
        db, sorting.ActivateRule(**me, rule=hers.rule, active=False)
    ),
    "delete her rule": lambda db, me, _, hers: sorting.delete_rule(db, sorting.DeleteRule(**me, rule=hers.rule)),
    "run her rule": lambda db, me, _, hers: sorting.run_on_past(db, sorting.RunRule(**me, rule=hers.rule)),
}


@pytest.mark.parametrize("attempt", ATTEMPTS)
def test_nothing_of_another_owner_is_found_or_changed(
    two: tuple[Bookkeeping, Things, Bookkeeping, Things], attempt: str
) -> None:
    book, mine, other, hers = two
    before = everything_of(book), everything_of(other)
    head: dict[str, Any] = {"owner": book.owner, "actor": book.owner}
    if attempt not in {"detail", "history"}:
        head["request_id"] = new_request_id()
    with pytest.raises(NotFound):
        ATTEMPTS[attempt](book.db, head, mine, hers)
    assert (everything_of(book), everything_of(other)) == before


def test_another_owners_past_is_not_touched_by_rules_learning_and_previews(store: Database) -> None:
    book, mine, other, _ = (*furnished(store), *furnished(store))
    before = everything_of(other)
    head: dict[str, Any] = {"owner": book.owner, "actor": book.owner}
    (rule,) = sorting.rules(book.db, book.owner)
    assert sorting.hit_count(book.db, book.owner, rule) == 2
    assert sorting.run_on_past(book.db, sorting.RunRule(**head, request_id=new_request_id(), rule=mine.rule)) == 1
    learned = sorting.AlwaysForPayee(**head, request_id=new_request_id(), payee_key="白水", category="treats")
    assert sorting.always_for_payee(book.db, learned) == 1
    assert everything_of(other) == before


def test_an_id_that_nobody_has_looks_like_somebody_elses(
    two: tuple[Bookkeeping, Things, Bookkeeping, Things],
) -> None:
    book, _, _, hers = two
    seen = []
    for entry in (hers.bill, EntryId(UUID(int=7))):
        with pytest.raises(NotFound) as refused:
            transaction.detail(book.db, book.owner, entry)
        seen.append(refused.value.facts["what"])
    assert seen == ["entry", "entry"]


# -- the wallet: another member's payment, refund, card, coupon, code, merchant


class Wallet(NamedTuple):
    """What one member of the wallet has, and who runs the shop they bought at. Ids that nobody has look the same."""

    payment: str
    paid_as: str
    asked: str
    failed: str
    asked_as: str
    card: UUID
    claim: str
    coupon: str
    code: UUID
    shop: UUID


def nobodys() -> Wallet:
    payment, paid_as, asked, failed, asked_as, claim, coupon = (str(new_id()) for _ in range(7))
    return Wallet(payment, paid_as, asked, failed, asked_as, new_id(), claim, coupon, new_id(), new_id())


class Two(NamedTuple):
    """Me with a shop of my own, and what she has."""

    world: World
    me: OwnerId
    mine: Merchant
    other: Merchant
    her: OwnerId
    hers: Wallet


WALLET_TABLES = (
    "account",
    "app_user",
    "attachment",
    "card",
    "card_event",
    "charge",
    "charge_event",
    "coupon",
    "coupon_claim",
    "coupon_event",
    "earn_rule",
    "entry",
    "fact",
    "merchant",
    "merchant_event",
    "money_transfer",
    "pay_code",
    "payment",
    "payment_event",
    "points_lot",
    "posting",
    "refund",
    "refund_event",
    "risk_answer",
    "risk_setting",
    "risk_verdict",
    "wallet_limit",
    "wallet_status",
)


def everything(world: World) -> list[list[tuple[Any, ...]]]:
    """All but the answers: a refusal is remembered among those of whoever asked."""
    return [world.db.read("SELECT * FROM " + table + " ORDER BY ALL") for table in WALLET_TABLES]


@pytest.fixture(scope="module")
def two_wallets(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Two]:
    world = World(tmp_path_factory.mktemp("two"))
    me, her = world.member(900_00), world.member(900_00)
    mine, theirs, other = world.shop("Mine", me), world.shop("Theirs"), world.shop("Other")
    command = world.paying(her, theirs, 70_00)
    paid = wallet.pay(world.running, command)
    request = RequestRefund(**by(her), payment=paid["payment"], amount=5_00, reason="damaged")
    asked = refunds.request(world.db, request, ("cup.png", b"\x89PNG\r\n\x1a\n"))["refund"]
    failing = world.card(her, house.REFUND_FAILS_ONCE, CardKind.CREDIT)
    failed = world.refund(her, theirs, world.pay(her, theirs, 40_00, card=failing), 9_00)
    offer, claim = world.coupon(her, None, off_minor=5_00, min_spend_minor=10_00)
    assert theirs.proprietor is not None
    shown = merchants.dynamic_code(world.db, theirs, theirs.proprietor, new_request_id(), 12_00)
    code = merchants.target_of(world.db, shown).pay_code
    assert code is not None
    hers = Wallet(
        paid["payment"],
        command.request_id,
        asked,
        failed,
        request.request_id,
        world.card(her),
        claim,
        offer.code,
        code,
        theirs.id,
    )
    yield Two(world, me, mine, other, her, hers)
    world.running.close()


def paying(two: Two, **more: Any) -> Pay:
    return Pay(**by(two.me), merchant=two.other.id, amount=12_00, currency="CNY", **more)


def offered() -> Coupon:
    return Coupon(id=new_id(), code="MINE", name="Mine", kind=CouponKind.INSTANT, currency="CNY", off_minor=1_00)


MoneyAttempt = Callable[[Two, Wallet], Any]
MONEY_ATTEMPTS: dict[str, MoneyAttempt] = {
    "pay by card": lambda two, it: wallet.pay(two.world.running, paying(two, card=it.card)),
    "pay with a coupon": lambda two, it: wallet.pay(two.world.running, paying(two, claims=(it.claim,))),
    "pay with a coupon by its code": lambda two, it: wallet.pay(two.world.running, paying(two, claims=(it.coupon,))),
    "pay elsewhere with a code": lambda two, it: wallet.pay(two.world.running, paying(two, pay_code=it.code)),
    "top up": lambda two, it: wallet.top_up(
        two.world.running, TopUp(**by(two.me), card=it.card, amount=1_00, currency="CNY")
    ),
    "withdraw": lambda two, it: wallet.withdraw(
        two.world.running, Withdraw(**by(two.me), card=it.card, amount=1_00, currency="CNY")
    ),
    "unbind": lambda two, it: cards.unbind(two.world.db, UnbindCard(**by(two.me), card=it.card)),
    "make default": lambda two, it: cards.make_default(two.world.db, MakeDefaultCard(**by(two.me), card=it.card)),
    "refund a payment": lambda two, it: refunds.request(
        two.world.db, RequestRefund(**by(two.me), payment=it.payment, amount=1_00, reason="damaged")
    ),
    "refund a payment by its request": lambda two, it: refunds.request(
        two.world.db, RequestRefund(**by(two.me), payment=it.paid_as, amount=1_00, reason="damaged")
    ),
    "cancel": lambda two, it: refunds.cancel(two.world.db, CancelRefund(**by(two.me), refund=it.asked)),
    "cancel by its request": lambda two, it: refunds.cancel(
        two.world.db, CancelRefund(**by(two.me), refund=it.asked_as)
    ),
    "send again": lambda two, it: refunds.retry(
        two.world.running, RetryRefund(**by(two.me), refund=it.failed, attempt=2)
    ),
    "take into my wallet": lambda two, it: refunds.redirect(two.world.db, CreditRefund(**by(two.me), refund=it.failed)),
    "agree as my shop": lambda two, it: refunds.confirm(
        two.world.running, ConfirmRefund(**by(two.mine.id, two.me), refund=it.asked)
    ),
    "agree as my shop by its request": lambda two, it: refunds.confirm(
        two.world.running, ConfirmRefund(**by(two.mine.id, two.me), refund=it.asked_as)
    ),
    "reject as my shop": lambda two, it: refunds.reject(
        two.world.db, RejectRefund(**by(two.mine.id, two.me), refund=it.asked, reason="no")
    ),
    "agree as her shop": lambda two, it: refunds.confirm(
        two.world.running, ConfirmRefund(**by(it.shop, two.me), refund=it.asked)
    ),
    "reject as her shop": lambda two, it: refunds.reject(
        two.world.db, RejectRefund(**by(it.shop, two.me), refund=it.asked, reason="no")
    ),
    "agree as a person": lambda two, it: refunds.confirm(
        two.world.running, ConfirmRefund(**by(two.me), refund=it.asked)
    ),
    "read the evidence": lambda two, it: refunds.attachment(two.world.db, two.me, UUID(it.asked)),
    "read the evidence as my shop": lambda two, it: refunds.attachment(two.world.db, two.mine.id, UUID(it.asked)),
    "change a shop": lambda two, it: merchants.change(two.world.db, ChangeMerchant(**by(it.shop, two.me), name="mine")),
    "close a shop": lambda two, it: merchants.change(two.world.db, ChangeMerchant(**by(it.shop, two.me), closed=True)),
    "publish as a shop": lambda two, it: merchants.publish_coupon(
        two.world.db, PublishCoupon(**by(it.shop, two.me), coupon=offered())
    ),
    "end an offer as a shop": lambda two, it: merchants.end_coupon(
        two.world.db, EndCoupon(**by(it.shop, two.me), coupon=new_id())
    ),
    "campaign as a shop": lambda two, it: merchants.set_campaign(
        two.world.db, SetEarnRule(**by(it.shop, two.me), rule=EarnRule(code="mine", multiplier_bp=20_000))
    ),
    "pay a shop out": lambda two, it: merchants.pay_out(
        two.world.db, PayOut(**by(it.shop, two.me), amount=1, currency="CNY"), AT_THE_MACHINE
    ),
    "make a code as a shop": lambda two, it: merchants.dynamic_code(
        two.world.db, dataclasses.replace(two.other, id=OwnerId(it.shop)), two.me, new_request_id(), 1_00
    ),
}


def told(attempt: MoneyAttempt, two: Two, it: Wallet) -> tuple[type[Rejection], dict[str, Any]]:
    """The refusal, with every id of what was named struck out."""
    with pytest.raises(Rejection) as refused:
        attempt(two, it)
    named = {str(value) for value in it}
    facts = refused.value.facts.items()
    return type(refused.value), {name: "*" if value in named else value for name, value in facts}


@pytest.mark.parametrize("attempt", MONEY_ATTEMPTS)
def test_what_another_member_has_looks_like_what_nobody_has_and_stays_as_it_is(two_wallets: Two, attempt: str) -> None:
    before = everything(two_wallets.world)
    of_her = told(MONEY_ATTEMPTS[attempt], two_wallets, two_wallets.hers)
    of_nobody = told(MONEY_ATTEMPTS[attempt], two_wallets, nobodys())
    assert of_her == of_nobody
    assert of_her[0].__name__.endswith(("Unknown", "NotHeld")) or of_her[0] is NotFound
    assert everything(two_wallets.world) == before


def test_an_answer_is_told_to_whoever_asked_alone(two_wallets: Two) -> None:
    world, hers = two_wallets.world, two_wallets.hers
    for request in (hers.paid_as, hers.asked_as):
        assert wallet.outcome(world.db, two_wallets.her, request) is not None
        for stranger in (two_wallets.me, two_wallets.mine.id, hers.shop):
            assert wallet.outcome(world.db, stranger, request) is None


def test_what_would_be_refused_is_quoted_as_refused(two_wallets: Two) -> None:
    world, hers = two_wallets.world, two_wallets.hers
    for more in ({"card": hers.card}, {"claims": (hers.claim,)}, {"claims": (hers.coupon,)}):
        quote = wallet.quote(world.db, paying(two_wallets, **more))
        assert isinstance(quote.no, CardUnknown | CouponNotHeld)
        assert (quote.applied, quote.refused, quote.best.applied, quote.best.refused) == ((), (), (), ())


def test_a_shop_answers_refunds_of_its_customers_and_does_nothing_else_with_them(two_wallets: Two) -> None:
    world, me, mine, her = two_wallets.world, two_wallets.me, two_wallets.mine, two_wallets.her
    refund = world.ask_back(her, world.pay(her, mine, 30_00), 10_00)
    for owner in (mine.id, me):
        commands: list[tuple[Callable[[Any, Any], Any], Any, Any]] = [
            (refunds.cancel, world.db, CancelRefund(**by(owner, me), refund=refund)),
            (refunds.redirect, world.db, CreditRefund(**by(owner, me), refund=refund)),
            (refunds.retry, world.running, RetryRefund(**by(owner, me), refund=refund, attempt=2)),
        ]
        for door, where, command in commands:
            with pytest.raises(RefundUnknown) as refused:
                door(where, command)
            assert refused.value == RefundUnknown(refund)
    assert world.refund_now(refund).state == "requested"
    world.confirm(mine, refund)


def test_nobody_agrees_to_their_own_refund(two_wallets: Two) -> None:
    world, her = two_wallets.world, two_wallets.her
    refund = world.ask_back(her, world.pay(her, two_wallets.mine, 30_00), 10_00)
    for owner in (her, two_wallets.mine.id):
        with pytest.raises(MerchantUnknown):
            refunds.confirm(world.running, ConfirmRefund(**by(owner, her), refund=refund))
    assert world.refund_now(refund).state == "requested"
