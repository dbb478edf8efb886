"""Many threads on the same purse: exactly what it holds is spent, a request is done once, and all books agree after."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from data import merchants, refunds, rewards, upkeep, wallet
from data.assurance import AT_THE_MACHINE
from data.errors import RequestIdReused
from data.home import open_running
from data.ids import OwnerId, new_request_id
from data.ledger.changes import RefundExceedsPayment
from data.ledger.wallet.refusals import CouponSoldOut, InsufficientFunds, PayCodeUsed
from data.merchants import Merchant
from data.rewards import ClaimCoupon
from data.running import Running
from tests import wallet_house as house

THREADS = 16


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Running]:
    opened = open_running(tmp_path)
    yield opened
    assert opened.database.memory_drift() == []
    assert [one for one in upkeep.verify(opened.database) if not one.kept] == []
    opened.close()


@pytest.fixture
def cafe(running: Running) -> Merchant:
    return house.shop(running, "拾光咖啡", proprietor=house.person(running.database, "keeper"))


def member(running: Running, name: str, funds: int) -> OwnerId:
    owner = house.person(running.database, name)
    house.open_for(running, owner)
    if funds:
        house.top_up(running, owner, house.card(running, owner), funds)
    return owner


def all_at_once(count: int, task: Callable[[int], object]) -> list[object]:
    """What `task` gave or raised for 0 … count-1, from sixteen threads that start together."""
    start = threading.Barrier(THREADS)

    def run(first: int) -> list[object]:
        start.wait()
        return [_outcome(task, number) for number in range(first, count, THREADS)]

    with ThreadPoolExecutor(THREADS) as pool:
        return [one for part in pool.map(run, range(THREADS)) for one in part]


def _outcome(task: Callable[[int], object], number: int) -> object:
    try:
        return task(number)
    except Exception as no:  # noqa: BLE001 - the test looks at it
        return no


def counted(outcomes: list[object]) -> Counter[str]:
    return Counter(type(one).__name__ for one in outcomes)


def test_a_purse_with_funds_for_sixty_payments_makes_exactly_sixty(running: Running, cafe: Merchant) -> None:
    alice = member(running, "alice", 60 * 7_00)
    outcomes = all_at_once(240, lambda _: house.pay(running, alice, cafe, 7_00))
    assert counted(outcomes) == {"dict": 60, InsufficientFunds.__name__: 180}
    assert wallet.standing(running.database, alice)[0].available == 0


def test_the_same_request_from_everywhere_pays_once(running: Running, cafe: Merchant) -> None:
    alice = member(running, "alice", 100_00)
    command = wallet.Pay(**house.by(alice), merchant=cafe.id, amount=9_00, currency="CNY")
    outcomes = all_at_once(64, lambda _: wallet.pay(running, command))
    assert len({str(one) for one in outcomes}) == 1
    assert wallet.standing(running.database, alice)[0].available == 91_00


def test_a_request_id_used_for_two_contents_pays_for_one_of_them(running: Running, cafe: Merchant) -> None:
    alice = member(running, "alice", 1_000_00)
    shared = {**house.by(alice), "merchant": cafe.id, "currency": "CNY"}
    outcomes = all_at_once(32, lambda number: wallet.pay(running, wallet.Pay(**shared, amount=1_00 + number)))
    assert counted(outcomes) == {"dict": 1, RequestIdReused.__name__: 31}


def test_parallel_partial_refunds_never_pass_together(running: Running, cafe: Merchant) -> None:
    alice = member(running, "alice", 100_00)
    paid = house.pay(running, alice, cafe, 50_00)
    outcomes = all_at_once(32, lambda _: house.ask_back(running, alice, paid, 9_00))
    assert counted(outcomes) == {"str": 5, RefundExceedsPayment.__name__: 27}
    for refund in (one for one in outcomes if isinstance(one, str)):
        refunds.confirm(running, refunds.ConfirmRefund(**house.by(cafe.id, cafe.proprietor), refund=refund))
    assert wallet.standing(running.database, alice)[0].available == 95_00


def test_a_code_for_one_payment_is_paid_once(running: Running, cafe: Merchant) -> None:
    people = [member(running, f"payer {number}", 20_00) for number in range(4)]
    assert cafe.proprietor is not None
    shown = merchants.dynamic_code(running.database, cafe, cafe.proprietor, new_request_id(), 12_00)
    code = merchants.target_of(running.database, shown).pay_code
    outcomes = all_at_once(32, lambda n: house.pay(running, people[n % 4], cafe, 12_00, pay_code=code))
    assert counted(outcomes) == {"dict": 1, PayCodeUsed.__name__: 31}


def test_the_last_coupons_go_to_as_many_people_as_there_are(running: Running, cafe: Merchant) -> None:
    people = [member(running, f"taker {number}", 0) for number in range(24)]
    offer = house.coupon(running, cafe, "FEW", "减 5", off_minor=5_00, min_spend_minor=10_00, stock=10)
    outcomes = all_at_once(
        24, lambda n: rewards.claim(running.database, ClaimCoupon(**house.by(people[n]), coupon=str(offer.id)))
    )
    assert counted(outcomes) == {"dict": 10, CouponSoldOut.__name__: 14}


def test_money_that_goes_round_in_circles_stays_the_same(running: Running) -> None:
    people = [member(running, f"friend {number}", 50_00) for number in range(5)]

    def give(number: int) -> object:
        giver, taker = people[number % 5], people[(number * 3 + 1) % 5]
        command = wallet.Transfer(**house.by(giver), recipient=taker, amount=1 + number % 17_00, currency="CNY")
        return wallet.transfer(running.database, command, assurance=AT_THE_MACHINE)

    all_at_once(400, give)
    assert sum(wallet.standing(running.database, one)[0].available for one in people) == 250_00
