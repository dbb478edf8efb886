"""Whose turn it is: for any lines and any order in which banks answer, everybody begins, and nobody too early."""

from __future__ import annotations

import dataclasses
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from data.batch import lines
from data.batch.lines import Line
from data.batch.reaching import Reach, is_lane, reach_of
from data.batch.turns import Turns
from data.ledger.wallet.commands import CardKind

CARD: dict[str, Any] = {"number": "", "expiry": "", "kind": CardKind.DEBIT}
MEMBERS = st.sampled_from(["ann", "bob", "eve"])
LINES = st.one_of(
    MEMBERS.map(lambda name: lines.Freeze(member=name)),
    MEMBERS.map(lambda name: lines.Pay(member=name, merchant="m", amount_minor=1)),
    MEMBERS.map(lambda name: lines.Pay(member=name, merchant="m", amount_minor=1, source="c")),
    MEMBERS.map(lambda name: lines.TopUp(member=name, card="c", amount_minor=1)),
    MEMBERS.map(lambda name: lines.BindCard(member=name, card="c", **CARD)),
    st.tuples(MEMBERS, MEMBERS).map(lambda two: lines.Transfer(member=two[0], to=two[1], amount_minor=1)),
    st.sampled_from(["r", "s"]).map(lambda refund: lines.ConfirmRefund(merchant="m", refund=refund)),
    st.sampled_from(["r", "s"]).map(lambda refund: lines.RejectRefund(merchant="m", refund=refund, reason="no")),
    st.just(lines.PayOut(merchant="m", amount_minor=1)),
    st.just(lines.Settle()),
    st.just(lines.SetEarnRule()),
)


@dataclasses.dataclass(eq=False)
class Job:
    number: int
    reach: Reach
    began: int = -1
    ended: int = -1


def run(batch: list[Line], choices: list[int], *, one_client: bool) -> list[Job]:
    """All lines admitted in order; whoever blocks something ends when the choices say so, the others at once."""
    jobs = [Job(number, reach_of(one, one_client=one_client)) for number, one in enumerate(batch)]
    turns: Turns[Job] = Turns()
    under_way: list[Job] = []
    clock = iter(range(1_000_000))

    def begin(job: Job) -> None:
        job.began = next(clock)
        turns.keep(job)
        if job.reach.blocks:
            under_way.append(job)
        else:
            job.ended = next(clock)

    def end(choice: int) -> None:
        job = under_way.pop(choice % len(under_way))
        job.ended = next(clock)
        for other in turns.release(job):
            begin(other)

    for job, choice in zip(jobs, choices, strict=True):
        if turns.admits(job):
            begin(job)
        if under_way and choice % 3 == 0:
            end(choice)
    while under_way:
        end(0)
    return jobs


BATCHES = st.lists(st.tuples(LINES, st.integers(0, 100)), max_size=25)


@given(BATCHES, st.booleans())
def test_everybody_begins_and_nobody_before_whom_they_wait_for(batch: list[tuple[Line, int]], one_client: bool) -> None:  # noqa: FBT001
    jobs = run([one for one, _ in batch], [choice for _, choice in batch], one_client=one_client)
    assert all(job.began >= 0 for job in jobs)
    for later in jobs:
        for earlier in jobs[: later.number]:
            one, two = earlier.reach, later.reach
            if one.alone or two.alone or one.lanes & two.lanes:
                assert earlier.began < later.began
            kept = one.blocks & (two.lanes | two.waits) or (two.alone and any(map(is_lane, one.blocks)))
            if kept or (one.alone and any(map(is_lane, one.blocks))):
                assert earlier.ended < later.began


@given(st.lists(LINES, max_size=25))
def test_with_one_client_lines_begin_in_their_order(batch: list[Line]) -> None:
    jobs = run(batch, [1] * len(batch), one_client=True)
    assert [job.began for job in jobs] == sorted(job.began for job in jobs)


def test_other_members_do_not_wait_for_a_members_bank() -> None:
    batch = [
        lines.TopUp(member="ann", card="c", amount_minor=1),
        lines.Freeze(member="ann"),
        lines.Freeze(member="bob"),
        lines.Transfer(member="bob", to="ann", amount_minor=1),
        lines.Freeze(member="bob"),
    ]
    jobs = run(list(batch), [1] * 5, one_client=False)
    begun = [job.number for job in sorted(jobs, key=lambda job: job.began)]
    assert begun == [0, 2, 1, 3, 4]


def test_confirmations_of_several_refunds_do_not_wait_for_each_others_bank() -> None:
    batch = [lines.ConfirmRefund(merchant="m", refund=refund) for refund in ("r", "s", "r")]
    one, two, again = run(list(batch), [1, 1, 1], one_client=True)
    assert two.began < one.ended < again.began
