from __future__ import annotations

from datetime import date, datetime
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.errors import InvariantBroken
from data.ids import AccountId, EntryId, OwnerId
from data.ledger.entry import Entry, EntryKind, Posting, reversal
from data.money import Money

OWNER, OTHER = OwnerId(uuid4()), OwnerId(uuid4())
AT = datetime(2026, 11, 22, 4, 0)  # noqa: DTZ001 - the store keeps UTC without zone
ON = date(2026, 11, 22)


def post(minor: int, currency: str = "CNY", owner: OwnerId = OWNER) -> Posting:
    return Posting(owner, AccountId(uuid4()), Money(minor, currency))


def entry(*postings: Posting) -> Entry:
    return Entry(EntryId(uuid4()), EntryKind.EXPENSE, AT, ON, postings)


@given(st.lists(st.integers(-(10**12), 10**12), min_size=1, max_size=8))
def test_an_entry_stands_only_when_its_postings_sum_to_zero(amounts: list[int]) -> None:
    balanced = entry(*(post(a) for a in amounts), post(-sum(amounts)))
    assert sum(p.amount.minor for p in balanced.postings) == 0
    with pytest.raises(InvariantBroken):
        entry(*(post(a) for a in amounts), post(1 - sum(amounts)))


def test_currencies_do_not_balance_each_other() -> None:
    with pytest.raises(InvariantBroken):
        entry(post(100), post(-100, "USD"))


def test_owners_do_not_balance_each_other() -> None:
    with pytest.raises(InvariantBroken):
        entry(post(100), post(-100, owner=OTHER))


def test_one_posting_is_no_entry() -> None:
    with pytest.raises(InvariantBroken):
        entry(post(0))


def test_a_reversal_names_its_original_and_together_they_are_nothing() -> None:
    original = entry(post(-2800), post(2800))
    undone = reversal(original, EntryId(uuid4()), AT, ON)
    assert undone.reverses == original.id
    for before, after in zip(original.postings, undone.postings, strict=True):
        assert (before.account, before.amount.minor) == (after.account, -after.amount.minor)
