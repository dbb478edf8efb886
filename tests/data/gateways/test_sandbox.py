"""The built-in bank keeps the contract: money moves once, silence is not a no, and it remembers."""

from __future__ import annotations

import dataclasses
import os
import re
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.errors import InvariantBroken, StoreDamaged
from data.gateways import sandbox_numbers
from data.gateways.protocol import Answer, AnswerState, Gateway, GatewayUnreachable, Order, Reason
from data.gateways.sandbox import TEST_NUMBERS, Behaviour, SandboxGateway
from data.gateways.sandbox_book import Line
from data.security.card_numbers import read_number

ROOT = Path(__file__).resolve().parents[3]
EXPIRES = date(2029, 8, 31)
APPROVED = Answer(AnswerState.APPROVED)
UNKNOWN = Answer(AnswerState.UNKNOWN, "timeout")
NOT_FOUND = Answer(AnswerState.NOT_FOUND)
DIFFERS = Answer(AnswerState.UNKNOWN, "order_differs")


def declined(reason: str) -> Answer:
    return Answer(AnswerState.DECLINED, reason)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "bank.sqlite"


@pytest.fixture
def bank(path: Path) -> Iterator[SandboxGateway]:
    gateway = SandboxGateway(path, slow_seconds=0)
    yield gateway
    gateway.close()


def card(bank: Gateway, behaviour: Behaviour = Behaviour.APPROVED) -> str:
    number = next(digits for digits, what in TEST_NUMBERS.items() if what is behaviour)
    return bank.tokenise(read_number(number), EXPIRES, "debit")


def order(token: str, amount: int = 1_000, about: UUID | None = None) -> Order:
    return Order(uuid4(), token, amount, "CNY", about=about)


def again(one: Order) -> Order:
    return dataclasses.replace(one, attempt=one.attempt + 1)


def captured(bank: Gateway, token: str, amount: int = 1_000) -> Order:
    charge = order(token, amount)
    assert bank.authorise(charge) == APPROVED
    assert bank.capture(charge) == APPROVED
    return charge


def line(bank: SandboxGateway, one: Order) -> Line:
    return next(line for line in bank.book() if line.id == one.id)


def test_every_test_number_is_a_card_number_and_stands_in_the_documented_table() -> None:
    rows = re.findall(
        r"^\| (\d+) +\| (\w+) +\| (?:debit|credit) +\| (\w+)", sandbox_numbers.__doc__ or "", re.MULTILINE
    )
    assert {number: what for number, _, what in rows} == dict(TEST_NUMBERS)
    assert [read_number(number).brand.value for number, _, _ in rows] == [brand.lower() for _, brand, _ in rows]
    assert set(TEST_NUMBERS.values()) == set(Behaviour)


@pytest.mark.parametrize(
    "number", [*(n for n, what in TEST_NUMBERS.items() if what is Behaviour.APPROVED), "378282246310005"]
)
def test_a_good_card_is_charged_refunded_and_paid_out_to(bank: SandboxGateway, number: str) -> None:
    token = bank.tokenise(read_number(number), EXPIRES, "credit")
    charge = captured(bank, token, 1_000)
    assert bank.refund(order(token, 300, about=charge.id)) == APPROVED
    assert bank.payout(order(token, 50)) == APPROVED
    assert bank.taken(token) == {"CNY": 650}


def test_authorised_money_is_held_and_not_taken(bank: SandboxGateway) -> None:
    charge = order(card(bank))
    assert bank.authorise(charge) == APPROVED
    assert (line(bank, charge).held_minor, line(bank, charge).moved_minor) == (1_000, 0)
    assert bank.capture(charge) == APPROVED
    assert (line(bank, charge).held_minor, line(bank, charge).moved_minor) == (0, 1_000)


@pytest.mark.parametrize(
    ("behaviour", "charge", "payout"),
    [
        (Behaviour.DECLINED, declined("declined"), declined("declined")),
        (Behaviour.INSUFFICIENT, declined("insufficient_funds"), APPROVED),
        (Behaviour.EXPIRED, declined("expired_card"), declined("expired_card")),
        (Behaviour.SLOW, APPROVED, APPROVED),
        (Behaviour.UNKNOWN_THEN_APPROVED, UNKNOWN, UNKNOWN),
        (Behaviour.UNKNOWN_THEN_DECLINED, UNKNOWN, UNKNOWN),
        (Behaviour.UNKNOWN_FOREVER, UNKNOWN, UNKNOWN),
        (Behaviour.REFUND_FAILS_ONCE, APPROVED, APPROVED),
    ],
)
def test_each_test_card_answers_as_documented(
    bank: SandboxGateway, behaviour: Behaviour, charge: Answer, payout: Answer
) -> None:
    token = card(bank, behaviour)
    assert bank.authorise(order(token)) == charge
    assert bank.payout(order(token)) == payout


def test_a_card_the_bank_does_not_know_is_declined(bank: SandboxGateway) -> None:
    assert bank.authorise(order("someone-elses")) == declined("unknown_card")


@pytest.mark.parametrize(
    ("behaviour", "end", "moved"),
    [
        (Behaviour.UNKNOWN_THEN_APPROVED, APPROVED, 1_000),
        (Behaviour.UNKNOWN_THEN_DECLINED, declined("declined"), 0),
    ],
)
def test_an_unknown_outcome_is_learned_by_asking_and_stays(
    bank: SandboxGateway, behaviour: Behaviour, end: Answer, moved: int
) -> None:
    charge = order(card(bank, behaviour))
    assert [bank.authorise(charge), bank.authorise(charge), bank.capture(charge), bank.void(charge)] == [UNKNOWN] * 4
    assert [bank.query(charge.id) for _ in range(3)] == [UNKNOWN, end, end]
    assert bank.authorise(again(charge)) == end
    assert bank.capture(charge) == end
    assert line(bank, charge).moved_minor == moved


def test_how_often_the_bank_stays_silent_can_be_chosen() -> None:
    bank = SandboxGateway(unknown_answers=3)
    payout = order(card(bank, Behaviour.UNKNOWN_THEN_APPROVED))
    bank.payout(payout)
    assert [bank.query(payout.id) for _ in range(4)] == [UNKNOWN, UNKNOWN, UNKNOWN, APPROVED]
    assert bank.taken(payout.token) == {"CNY": -1_000}


def test_an_outcome_that_stays_unknown_moves_nothing(bank: SandboxGateway) -> None:
    charge = order(card(bank, Behaviour.UNKNOWN_FOREVER))
    bank.authorise(charge)
    assert {bank.query(charge.id) for _ in range(200)} == {UNKNOWN}
    assert bank.void(charge) == UNKNOWN
    assert (line(bank, charge).held_minor, bank.taken(charge.token)) == (0, {})


def test_a_slow_bank_has_decided_before_it_answers_and_keeps_nobody_else_waiting() -> None:
    waiting, go_on = threading.Event(), threading.Event()

    def sleep(seconds: float) -> None:
        assert seconds == 2.0
        waiting.set()
        assert go_on.wait(10)

    bank = SandboxGateway(sleep=sleep)
    slow, quick = order(card(bank, Behaviour.SLOW)), order(card(bank))
    with ThreadPoolExecutor(1) as pool:
        answer = pool.submit(bank.authorise, slow)
        assert waiting.wait(10)
        assert bank.authorise(quick) == APPROVED
        assert bank.query(slow.id) == APPROVED
        assert not answer.done()
        go_on.set()
        assert answer.result(10) == APPROVED


def test_an_order_that_never_arrived_is_not_found(bank: SandboxGateway) -> None:
    assert bank.query(uuid4()) == NOT_FOUND
    assert bank.capture(order(card(bank))) == NOT_FOUND
    assert bank.book() == ()


def test_an_order_id_names_one_order_for_ever(bank: SandboxGateway) -> None:
    token = card(bank)
    charge = captured(bank, token)
    others = [
        dataclasses.replace(charge, amount_minor=999),
        dataclasses.replace(charge, currency="JPY"),
        dataclasses.replace(charge, token=card(bank)),
    ]
    assert [bank.authorise(other) for other in others] == [DIFFERS] * 3
    assert [bank.capture(other) for other in others] == [DIFFERS] * 3
    assert [bank.void(other) for other in others] == [DIFFERS] * 3
    assert bank.payout(charge) == DIFFERS
    assert bank.refund(dataclasses.replace(charge, about=charge.id)) == DIFFERS
    assert bank.taken(token) == {"CNY": 1_000}


def test_part_of_what_is_held_can_be_captured_once_and_not_more(bank: SandboxGateway) -> None:
    charge = order(card(bank), 1_000)
    part = dataclasses.replace(charge, amount_minor=700)
    bank.authorise(charge)
    assert bank.capture(dataclasses.replace(charge, amount_minor=1_001)) == declined("exceeds_charge")
    assert [bank.capture(part), bank.capture(part), bank.capture(charge)] == [APPROVED, APPROVED, DIFFERS]
    assert bank.taken(charge.token) == {"CNY": 700}
    assert line(bank, charge).held_minor == 0


def test_a_voided_charge_is_let_go_and_cannot_be_captured(bank: SandboxGateway) -> None:
    charge = order(card(bank))
    bank.authorise(charge)
    assert [bank.void(charge), bank.void(charge)] == [APPROVED, APPROVED]
    assert {bank.capture(charge), bank.authorise(charge), bank.query(charge.id)} == {declined("voided")}
    assert (line(bank, charge).held_minor, bank.taken(charge.token)) == (0, {})


def test_a_charge_given_up_before_it_arrived_is_refused_when_it_arrives(bank: SandboxGateway) -> None:
    late = order(card(bank))
    assert bank.void(late) == APPROVED
    assert bank.authorise(late) == declined("voided")


def test_a_captured_charge_is_not_voided_and_a_declined_one_needs_it_not(bank: SandboxGateway) -> None:
    assert bank.void(captured(bank, card(bank))) == declined("already_captured")
    refused = order(card(bank, Behaviour.DECLINED))
    bank.authorise(refused)
    assert bank.void(refused) == APPROVED
    assert bank.query(refused.id) == declined("declined")


def test_refunds_go_back_part_by_part_up_to_what_was_captured(bank: SandboxGateway) -> None:
    token = card(bank)
    charge = captured(bank, token, 1_000)
    first, second, beyond = (order(token, amount, charge.id) for amount in (600, 400, 1))
    assert [bank.refund(first), bank.refund(first), bank.refund(again(first))] == [APPROVED] * 3
    assert [bank.refund(second), bank.refund(beyond)] == [APPROVED, declined("exceeds_charge")]
    assert [bank.query(one.id) for one in (first, beyond)] == [APPROVED, declined("exceeds_charge")]
    assert bank.taken(token) == {"CNY": 0}


def test_a_refund_needs_a_captured_charge_of_the_same_card_and_currency(bank: SandboxGateway) -> None:
    token = card(bank)
    charge, held, payout = captured(bank, token), order(token), order(token)
    bank.authorise(held)
    bank.payout(payout)
    for about in (uuid4(), held.id, payout.id):
        assert bank.refund(order(token, 1, about)) == declined("charge_unknown")
    assert bank.refund(Order(uuid4(), token, 1, "JPY", about=charge.id)) == declined("charge_unknown")
    assert bank.refund(order(card(bank), 1, charge.id)) == declined("other_card")
    with pytest.raises(InvariantBroken):
        bank.refund(order(token, 1))


def test_a_failed_refund_arrives_under_the_same_id_with_a_higher_attempt(bank: SandboxGateway) -> None:
    token = card(bank, Behaviour.REFUND_FAILS_ONCE)
    charge = captured(bank, token)
    refund = order(token, 400, charge.id)
    failed = declined("refund_failed")
    assert [bank.refund(refund), bank.refund(refund), bank.query(refund.id)] == [failed] * 3
    assert bank.refund(dataclasses.replace(again(refund), amount_minor=500)) == DIFFERS
    assert bank.taken(token) == {"CNY": 1_000}
    assert [bank.refund(again(refund)), bank.refund(refund), bank.query(refund.id)] == [APPROVED] * 3
    assert bank.taken(token) == {"CNY": 600}
    assert line(bank, refund).attempt == 2


def test_sixteen_threads_with_one_order_move_its_money_once(bank: SandboxGateway) -> None:
    token = card(bank)
    charge, payout = order(token, 1_000), order(token, 70)
    start = threading.Barrier(16)

    def all_of_it(_: int) -> list[Answer]:
        start.wait()
        refund = dataclasses.replace(payout, id=UUID(int=7), about=charge.id)
        return [bank.authorise(charge), bank.capture(charge), bank.payout(payout), bank.refund(refund)]

    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(all_of_it, range(16)))
    assert answers == [[APPROVED] * 4] * 16
    assert len(bank.book()) == 3
    assert bank.taken(token) == {"CNY": 1_000 - 70 - 70}


def test_sixteen_refunds_at_once_never_give_back_more_than_was_captured(bank: SandboxGateway) -> None:
    token = card(bank)
    charge = captured(bank, token, 1_000)
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(bank.refund, [order(token, 100, charge.id) for _ in range(16)]))
    assert answers.count(APPROVED) == 10
    assert answers.count(declined("exceeds_charge")) == 6
    assert bank.taken(token) == {"CNY": 0}


CHARGE = Order(UUID(int=1), "", 400, "CNY")
REFUNDS = [Order(UUID(int=10 + part), "", part, "CNY", about=CHARGE.id) for part in (100, 250, 400)]
ASKED = [
    ("authorise", CHARGE),
    ("query", CHARGE),
    ("void", CHARGE),
    *(("capture", dataclasses.replace(CHARGE, amount_minor=amount)) for amount in (100, 250, 400)),
    *(("refund", dataclasses.replace(refund, attempt=attempt)) for refund in REFUNDS for attempt in (1, 2)),
]
STEPS = st.tuples(st.permutations(ASKED), st.lists(st.sampled_from(ASKED), max_size=15)).map(
    lambda two: two[0] + two[1]
)


@settings(max_examples=300)
@given(st.sampled_from(list(Behaviour)), STEPS)
def test_whatever_is_sent_in_whatever_order_the_contract_holds(
    behaviour: Behaviour, steps: list[tuple[str, Order]]
) -> None:
    bank = SandboxGateway(slow_seconds=0)
    token = card(bank, behaviour)
    yes: dict[Order, str] = {}
    for what, asked in steps:
        one = dataclasses.replace(asked, token=token)
        answer = bank.query(one.id) if what == "query" else getattr(bank, what)(one)
        assert what == "query" or getattr(bank, what)(one) == answer, "a repeat has the same answer"
        if answer == APPROVED and what in {"capture", "refund"}:
            yes[dataclasses.replace(one, attempt=1)] = what
        taken = sum(order.amount_minor for order, what in yes.items() if what == "capture")
        back = sum(order.amount_minor for order, what in yes.items() if what == "refund")
        assert back <= taken <= CHARGE.amount_minor
        assert sum(bank.taken(token).values()) == taken - back, "what it says is what it moves"
        if taken:
            assert bank.query(CHARGE.id) == APPROVED
    bank.close()


def test_what_is_asked_of_a_closed_bank_is_unknown_and_nothing_is_raised(bank: SandboxGateway) -> None:
    charge = captured(bank, card(bank))
    bank.close()
    unreachable = Answer(AnswerState.UNKNOWN, "unreachable")
    refund = dataclasses.replace(charge, about=charge.id)
    asked = [bank.authorise(charge), bank.capture(charge), bank.void(charge), bank.payout(charge), bank.refund(refund)]
    assert [*asked, bank.query(charge.id)] == [unreachable] * 6
    with pytest.raises(GatewayUnreachable):
        card(bank)


def test_a_bank_whose_book_is_locked_has_said_nothing_and_takes_it_later(path: Path, bank: SandboxGateway) -> None:
    charge = order(card(bank))
    bank._book._db.execute("PRAGMA busy_timeout = 50")
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    assert bank.authorise(charge) == Answer(AnswerState.UNKNOWN, "unreachable")
    other.execute("ROLLBACK")
    other.close()
    assert bank.query(charge.id) == NOT_FOUND
    assert bank.authorise(charge) == APPROVED


def test_the_book_is_read_again_after_it_was_closed(path: Path) -> None:
    bank = SandboxGateway(path)
    token = card(bank, Behaviour.UNKNOWN_THEN_APPROVED)
    charge = order(token)
    bank.authorise(charge)
    bank.query(charge.id)
    before = bank.book()
    bank.close()
    reopened = SandboxGateway(path)
    assert reopened.book() == before
    assert reopened.query(charge.id) == APPROVED
    reopened.close()


@pytest.mark.parametrize("content", [b"this is no book" * 100, None])
def test_a_file_that_is_no_book_is_said_to_be_damaged(path: Path, content: bytes | None) -> None:
    if content is None:
        path.mkdir()
    else:
        path.write_bytes(content)
    with pytest.raises(StoreDamaged):
        SandboxGateway(path)


def test_only_this_account_of_the_machine_may_read_the_book(path: Path, bank: SandboxGateway) -> None:
    captured(bank, card(bank))
    assert {file.stat().st_mode & 0o077 for file in path.parent.iterdir()} == {0}


CHARGING = """
import sys
from datetime import date
from pathlib import Path
from uuid import uuid4
from data.gateways.protocol import Order
from data.gateways.sandbox import SandboxGateway
from data.security.card_numbers import read_number

bank = SandboxGateway(Path(sys.argv[1]), slow_seconds=60)
token = bank.tokenise(read_number(sys.argv[2]), date(2029, 8, 31), "debit")
while True:
    order = Order(uuid4(), token, 100, "CNY")
    print("asked", order.id, token, flush=True)
    bank.authorise(order)
    bank.capture(order)
    print("taken", order.id, token, flush=True)
"""


@contextmanager
def charging(path: Path, number: str) -> Iterator[tuple[Iterator[list[str]], Callable[[], None]]]:
    """A process that charges a card without end: what it says, word by word, and how to kill it."""
    command = [sys.executable, "-c", CHARGING, str(path), number]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603 - our own
        assert process.stdout is not None
        try:
            whole = (text.split() for text in process.stdout if text.endswith("\n"))  # the last may be cut off
            yield whole, lambda: os.kill(process.pid, signal.SIGKILL)
        finally:
            process.kill()


@pytest.mark.parametrize("lines", [21, 40, 64])
def test_after_a_kill_the_bank_knows_all_it_said_and_takes_nothing_twice(path: Path, lines: int) -> None:
    with charging(path, "4242424242424242") as (says, kill):
        said = [next(says) for _ in range(lines)]
        kill()
        said += says
    bank = SandboxGateway(path)
    token = said[0][2]
    asked = [Order(UUID(name), token, 100, "CNY") for word, name, _ in said if word == "asked"]
    taken = {UUID(name) for word, name, _ in said if word == "taken"}
    assert taken
    assert all(bank.query(one) == APPROVED for one in taken)
    assert {line.id for line in bank.book()} <= {one.id for one in asked}
    assert bank.taken(token)["CNY"] in {100 * len(taken), 100 * (len(taken) + 1)}
    for one in asked:
        assert [bank.authorise(one), bank.capture(one)] == [APPROVED, APPROVED]
    assert bank.taken(token) == {"CNY": 100 * len(asked)}
    bank.close()


def test_a_kill_during_a_slow_answer_leaves_it_decided(path: Path) -> None:
    number = next(number for number, what in TEST_NUMBERS.items() if what is Behaviour.SLOW)
    bank = SandboxGateway(path, slow_seconds=60)
    with charging(path, number) as (says, kill):
        _, name, token = next(says)
        while bank.query(UUID(name)) == NOT_FOUND:
            time.sleep(0.01)
        kill()
        assert list(says) == []
    assert bank.query(UUID(name)) == APPROVED
    assert bank.authorise(Order(UUID(name), token, 100, "CNY")) == APPROVED
    assert [line.held_minor for line in bank.book()] == [100]
    bank.close()


def test_no_card_number_is_anywhere_in_the_banks_files(path: Path, bank: SandboxGateway) -> None:
    for number in TEST_NUMBERS:
        token = bank.tokenise(read_number(number), EXPIRES, "credit")
        charge = order(token)
        bank.authorise(charge)
        bank.capture(charge)
        bank.refund(order(token, 10, charge.id))
    files = sorted(path.parent.iterdir())
    content = b"".join(file.read_bytes() for file in files)
    assert b"0047" in content
    assert not any(number.encode() in content for number in TEST_NUMBERS)
    assert re.findall(rb"[0-9]{13,}", content) == []
    bank.close()
    assert re.findall(rb"[0-9]{13,}", path.read_bytes()) == []


def test_an_order_moves_something_and_its_card_is_not_printed() -> None:
    for amount, attempt in ((0, 1), (-1, 1), (1, 0)):
        with pytest.raises(InvariantBroken):
            Order(uuid4(), "secret", amount, "CNY", attempt)
    assert "secret" not in repr(order("secret"))


def test_an_answer_is_definite_or_it_is_not() -> None:
    definite = {state for state in AnswerState if Answer(state).definite}
    assert definite == {AnswerState.APPROVED, AnswerState.DECLINED}
    assert all(reason == reason.lower() for reason in Reason)
