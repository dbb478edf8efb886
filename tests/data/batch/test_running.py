"""Whole files: order, clients, and a random history that conserves everything."""

from __future__ import annotations

import io
import random
import time
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from data.batch.running import apply
from data.gateways.sandbox import SandboxGateway
from data.home import BANK_NAME
from data.running import Running
from tests.data.batch.files import (
    DECLINED,
    GOOD,
    GOOD_CREDIT,
    NOON,
    REFUND_FAILS_ONCE,
    SHOP,
    SILENT_THEN_NO,
    SILENT_THEN_YES,
    Line,
    Wallet,
    bind_card,
    claimed,
    confirm_refund,
    first,
    line,
    open_member,
    open_merchant,
    pay,
    published,
    request_refund,
    settle,
    text,
    top_up,
    transfer,
    withdraw,
)

SLOW = "6200000000000104"
PEOPLE = [f"member {number}" for number in range(8)]


def test_every_line_is_answered_in_its_place(wallet: Wallet) -> None:
    wallet.furnish("ann", funds=1_000)
    good = [pay("ann", 1) for _ in range(300)]
    content = b"".join(text([one]) + b"\n" for one in good) + b'{"command": "settle"}'
    told = wallet.raw(content)
    assert [one["request_id"] for one in told] == [x for one in good for x in (one["request_id"], None)] + [None]
    assert [one["line"] for one in told if one["outcome"] == "invalid"] == [*range(2, 601, 2), 601]


def test_each_line_sees_what_the_lines_before_it_did(wallet: Wallet) -> None:
    told = wallet.apply(
        pay("ann", 100),
        open_member("ann"),
        pay("ann", 100),
        open_merchant(),
        pay("ann", 100),
        bind_card("ann"),
        top_up("ann", 250),
        pay("ann", 100),
        pay("ann", 100),
        pay("ann", 100),
    )
    assert [one["rejection"] for one in told] == [
        "MemberUnknown",
        None,
        "MerchantUnknown",
        None,
        "InsufficientFunds",
        None,
        None,
        None,
        None,
        "InsufficientFunds",
    ]


def slow_wallet(wallet: Wallet, sleep: Any) -> Running:
    """The same wallet, its bank's slow card answering when `sleep` returns."""
    wallet.running.gateway.close()
    bank = SandboxGateway(wallet.folder / BANK_NAME, sleep=sleep)
    wallet.running = Running(wallet.running.database, wallet.running.key, bank)
    return wallet.running


def _payments(wallet: Wallet) -> int:
    return int(wallet.running.database.read("SELECT count(*) FROM payment", {})[0][0])


@pytest.mark.parametrize(("clients", "meanwhile"), [(1, 0), (2, 1)])
def test_while_a_bank_thinks_only_other_clients_go_on(wallet: Wallet, clients: int, meanwhile: int) -> None:
    wallet.furnish("ann", "bob", funds=1_000)
    wallet.well(bind_card("ann", "slow", SLOW))
    seen: list[int] = []

    def think(_seconds: float) -> None:
        deadline = time.monotonic() + (0.3 if not meanwhile else 10)
        while _payments(wallet) < (meanwhile or 1) and time.monotonic() < deadline:
            time.sleep(0.01)
        seen.append(_payments(wallet))

    slow_wallet(wallet, think)
    told = wallet.well(top_up("ann", 500, "slow"), pay("ann", 1_500), pay("bob", 300), clients=clients)
    assert seen == [meanwhile]
    assert [one["receipt"]["balance_minor"] for one in told] == [1_500, 0, 700]


def _commuting(dice: random.Random, count: int) -> list[Line]:
    """Lines that all pass, in whatever order: there is plenty of money, and nothing runs out."""
    made = list[Line]()
    for _ in range(count):
        one, two = dice.sample(PEOPLE, 2)
        amount = dice.randint(1, 900)
        made.append(
            dice.choice(
                [
                    pay(one, amount),
                    pay(one, amount, source="card:card"),
                    transfer(one, two, amount),
                    top_up(one, amount),
                    withdraw(one, amount),
                ]
            )
        )
    return made


def test_eight_clients_end_where_one_does(tmp_path: Path) -> None:
    lines, ends = _commuting(random.Random(8), 150), []  # noqa: S311 - the same file every time
    for clients in (1, 8):
        folder = tmp_path / str(clients)
        folder.mkdir()
        wallet = Wallet(folder)
        wallet.well(open_merchant(), *map(open_member, PEOPLE), *map(bind_card, PEOPLE), clients=clients)
        wallet.well(*[top_up(name, 1_000_000) for name in PEOPLE], *lines, clients=clients)
        ends.append(wallet.balances())
        wallet.holds()
        wallet.close()
    assert ends[0] == ends[1]


def test_a_file_without_an_end_is_answered_line_by_line(wallet: Wallet) -> None:
    """Whoever feeds lines may wait for each answer before it sends the next."""
    wallet.furnish("ann", funds=1_000)
    output = io.StringIO()
    answered: list[int] = []

    def feed() -> Iterator[bytes]:
        for number in range(5):
            deadline = time.monotonic() + 10
            while output.getvalue().count("\n") < number and time.monotonic() < deadline:
                time.sleep(0.001)
            answered.append(output.getvalue().count("\n"))
            yield text([pay("ann", 1)])

    assert apply(wallet.running, feed(), output) == 5
    assert answered == [0, 1, 2, 3, 4]


def test_a_file_that_cannot_be_read_on_is_answered_so_far(wallet: Wallet) -> None:
    def broken() -> Iterator[bytes]:
        yield text([open_member("ann")])
        raise OSError("gone")

    output = io.StringIO()
    with pytest.raises(OSError, match="gone"):
        apply(wallet.running, broken(), output)
    assert output.getvalue().count('"outcome":"ok"') == 1


class History:
    """A random file of every command, right and wrong, with its clock going on."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)  # noqa: S311 - the same file every time
        self.people = [f"m{number}" for number in range(12)]
        self.shops = [SHOP, "market", "books"]
        self.coupons = [f"C{number}" for number in range(6)]
        self.now = NOON
        self.payments: list[tuple[str, Line, str]] = []
        self.refunds: list[tuple[Line, str]] = []
        self.made: list[Line] = []

    def lines(self, count: int) -> list[Line]:
        made = [open_merchant(shop, mcc="5812", category="restaurants") for shop in self.shops]
        made += [line("set_earn_rule", redeem_cap_percent=50, valid_days=3)]
        for person in self.people:
            made += [open_member(person), bind_card(person, "a"), top_up(person, 20_000, "a")]
            made += [bind_card(person, "b", self.dice.choice([GOOD_CREDIT, REFUND_FAILS_ONCE]), kind="credit")]
            made += [bind_card(person, "c", self.dice.choice([DECLINED, SILENT_THEN_YES, SILENT_THEN_NO]))]
        made += [published(code, **self._terms()) for code in self.coupons]
        while len(made) < count:
            self.now += timedelta(minutes=self.dice.randint(0, 30))
            made.append(self._line() | {"at": self.now.isoformat() + "Z"})
            self.made = made
        return made

    def _terms(self) -> dict[str, Any]:
        kind = self.dice.choice(["percent", "instant", "off_over"])
        off = {"percent": 10, "off_minor": 0} if kind == "percent" else {"off_minor": self.dice.randint(1, 400)}
        more = {"min_spend_minor": 1_000} if kind == "off_over" else {}
        return {"kind": kind, "stackable": True, "per_member": 3, "stock": 20, **off, **more} | (
            {"merchant": self.dice.choice(self.shops)} if self.dice.random() < 0.5 else {}
        )

    def _line(self) -> Line:
        dice = self.dice
        chosen = dice.choices(
            [self._pay, self._refund, self._answer, self._move, self._claim, self._rare, self._again],
            [40, 12, 12, 18, 6, 8, 4],
        )[0]
        return chosen()

    def _person(self) -> str:
        return "ghost" if self.dice.random() < 0.01 else self.dice.choice(self.people)

    def _card(self) -> str:
        return self.dice.choices(["a", "b", "c", "none"], [60, 25, 12, 3])[0]

    def _pay(self) -> Line:
        dice, person, shop = self.dice, self._person(), self.dice.choice([*self.shops, *self.shops, "nowhere"])
        made = pay(person, dice.randint(0, 6_000), shop, points=dice.choice([0, 0, 0, 1, 10, 40]))
        made["source"] = dice.choice(["wallet", "wallet", f"card:{self._card()}"])
        if dice.random() < 0.25:
            made["coupon"] = dice.sample(self.coupons, dice.randint(1, 2))
        self.payments.append((person, made, shop))
        return made

    def _refund(self) -> Line:
        if not self.payments:
            return self._pay()
        person, paid, shop = self.dice.choice(self.payments[-60:])
        part = self.dice.choice([paid["amount_minor"], paid["amount_minor"] // 3, 1, 5_000])
        made = request_refund(person, paid, part)
        self.refunds.append((made, shop))
        return made

    def _answer(self) -> Line:
        if not self.refunds:
            return self._pay()
        refund, shop = self.dice.choice(self.refunds[-30:])
        if self.dice.random() < 0.15:
            return line("reject_refund", merchant=shop, refund=refund["request_id"], reason="no")
        return confirm_refund(refund, shop)

    def _move(self) -> Line:
        dice, person, amount = self.dice, self._person(), self.dice.randint(1, 9_000)
        return dice.choice(
            [
                top_up(person, amount, self._card()),
                withdraw(person, amount, self._card()),
                transfer(person, self._person(), amount),
            ]
        )

    def _claim(self) -> Line:
        return claimed(self._person(), self.dice.choice([*self.coupons, "NONE"]))

    def _rare(self) -> Line:
        dice, person = self.dice, self._person()
        return dice.choice(
            [
                settle(),
                settle(),
                line("set_limits", member=person, per_day_minor=dice.choice([None, 5_000, 50_000])),
                line("freeze", member=person),
                line("unfreeze", member=person),
                line("unfreeze", member=person),
                line("set_earn_rule", points_per_unit=dice.choice([1, 2, 0.5])),
                line("set_earn_rule", merchant=dice.choice(self.shops), multiplier=dice.choice([2, 1.5])),
                bind_card(person, "d", GOOD),
                pay(person, -1),
            ]
        )

    def _again(self) -> Line:
        return dict(self.dice.choice(self.made)) if self.made else self._pay()


@pytest.mark.parametrize(("clients", "count"), [(1, 2_000), (6, 700)])
def test_a_random_file_conserves_everything_and_is_answered_alike_when_it_comes_again(
    wallet: Wallet, clients: int, count: int
) -> None:
    history = History(20_260_302)
    lines = history.lines(count)
    lines += [
        settle(at=(history.now + timedelta(hours=hours)).isoformat()) for hours in (1, 2)
    ]  # every bank has spoken
    told = wallet.apply(*lines, clients=clients)
    counts = Counter(one["outcome"] for one in told)
    assert min(counts[kind] for kind in ("ok", "rejected", "replayed", "invalid")) > 2, counts
    assert {"CardDeclined", "InsufficientFunds", "RefundExceedsPayment"} <= {one["rejection"] for one in told}
    wallet.holds()
    held = wallet.balances()
    wallet.reopen()
    wallet.holds()
    again = wallet.apply(*lines, clients=clients)
    assert wallet.balances() == held
    for before, after in zip(told, again, strict=True):
        if before["outcome"] == "invalid" or before["rejection"] == "RequestIdReused":
            assert after == before
        elif before["receipt"].get("state") != "processing":
            assert (after["outcome"], *first(after)) == ("replayed", *first(before))
        else:
            assert after["outcome"] == "replayed"  # a bank that was silent has spoken since
