"""A batch whose process is killed: what it printed is true, and the same file goes on where it ended."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

from tests.data.batch.files import (
    NOON,
    Line,
    Outcome,
    Wallet,
    bind_card,
    confirm_refund,
    first,
    open_member,
    open_merchant,
    pay,
    request_refund,
    settle,
    text,
    top_up,
    transfer,
)

ROOT = Path(__file__).resolve().parents[3]
PEOPLE = ["ann", "bob", "eve"]


def file_of(count: int) -> list[Line]:
    """Every line with its clock, so that the same file always comes to the same."""
    dice, made = random.Random(count), [open_merchant()]  # noqa: S311 - the same file every time
    for name in PEOPLE:
        made += [open_member(name), bind_card(name), top_up(name, 100_000)]
    while len(made) < count:
        one, two = dice.sample(PEOPLE, 2)
        paid = pay(one, dice.randint(1, 900), source=dice.choice(["wallet", "wallet", "wallet", "card:card"]))
        asked = request_refund(one, paid, (paid["amount_minor"] + 1) // 2)
        made += [paid, transfer(one, two, dice.randint(1, 500))]
        if dice.random() < 0.2:
            made += [asked, confirm_refund(asked)]
        if dice.random() < 0.1:
            made += [pay("ghost", 100), top_up(one, 700)]
    made.append(settle())
    return [said | {"at": (NOON + timedelta(minutes=place)).isoformat()} for place, said in enumerate(made)]


def killed_after(file: Path, home: Path, lines: int) -> list[Outcome]:
    """What a process printed that was killed as soon as it had printed so many lines."""
    command = [sys.executable, "-m", "data", "apply", str(file), "--home", str(home)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) as process:  # noqa: S603 - our own program
        assert process.stdout is not None
        printed = [process.stdout.readline() for _ in range(lines)]
        process.kill()
        printed += process.stdout.readlines()
    return [json.loads(said) for said in printed if said.endswith(b"\n")]


def test_a_file_goes_on_where_it_was_killed_and_nothing_is_done_twice(tmp_path: Path) -> None:
    lines, file, home = file_of(450), tmp_path / "batch.jsonl", tmp_path / "killed"
    file.write_bytes(text(lines))
    printed: list[Outcome] = []
    for stop in (8, 90, 250):
        more = killed_after(file, home, stop)
        assert [first(one) for one in more[: len(printed)]] == [first(one) for one in printed[: len(more)]]
        assert all(one["outcome"] == "replayed" for one in more[: len(printed)])
        printed = max(more, printed, key=len)
    assert 250 <= len(printed) < len(lines)

    again = Wallet(home)
    told = again.apply(*lines)
    assert [("replayed", *first(one)) for one in printed] == [
        (one["outcome"], *first(one)) for one in told[: len(printed)]
    ]
    assert told[-1]["outcome"] == "ok"
    again.holds()

    calm = tmp_path / "calm"
    calm.mkdir()
    undisturbed = Wallet(calm)
    undisturbed.apply(*lines)
    assert again.balances() == undisturbed.balances()
    again.close()
    undisturbed.close()
