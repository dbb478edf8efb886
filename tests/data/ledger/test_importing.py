from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta, timezone
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.errors import InvariantBroken
from data.ids import AccountId, EntryId, OwnerId, new_id
from data.importers.statement import AccountHint, AccountKind, Direction, Kind, Line
from data.ledger.accounts import BOOKS, CLEARING_KEY, EXPENSE_KEY, INCOME_KEY
from data.ledger.entry import EntryKind
from data.ledger.importing import Leg, Move, entry_of, legs_of, move_of, utc
from data.money import Money
from data.store.journal import Journal

OWNER = OwnerId(UUID(int=7))
KEYS = ["alipay:balance", "alipay:huabei", "card:工商银行:1234"]
ACCOUNTS = {key: AccountId(UUID(int=at)) for at, key in enumerate([*KEYS, *BOOKS], 1)}
WHEN = datetime(2026, 3, 1, 7, 30, tzinfo=timezone(timedelta(hours=8)))

moves = st.builds(
    Move,
    kind=st.sampled_from(Kind),
    direction=st.sampled_from(Direction),
    minor=st.integers(1, 10**15),
    currency=st.sampled_from(["CNY", "USD", "JPY", "PTS"]),
    account=st.sampled_from(KEYS),
    counter=st.one_of(st.none(), st.sampled_from(KEYS)),
    category=st.one_of(st.none(), st.sampled_from(["coffee", "salary"])),
)


def move(kind: Kind, direction: Direction, minor: int = 1000, **more: str) -> Move:
    return Move(kind, direction, minor, "CNY", KEYS[0], more.get("counter"), more.get("category"))


def line(kind: Kind = Kind.EXPENSE, minor: int = 1000) -> Line:
    hint = AccountHint(KEYS[0], "余额", AccountKind.ASSET)
    return Line(1, kind, Direction.OUT, Money(minor, "CNY"), WHEN, WHEN.date(), hint, ("x",), payee="瑞幸")


def sums(legs: Sequence[Leg]) -> dict[str, int]:
    found: defaultdict[str, int] = defaultdict(int)
    for leg in legs:
        found[leg.currency] += leg.minor
    return dict(found)


def test_a_purchase_leaves_the_account_and_arrives_on_the_expense_book() -> None:
    assert legs_of(move(Kind.EXPENSE, Direction.OUT, category="coffee")) == (
        Leg(KEYS[0], -1000, "CNY", None),
        Leg(EXPENSE_KEY, 1000, "CNY", "coffee"),
    )


def test_a_refund_is_a_negative_expense_and_never_income() -> None:
    assert legs_of(move(Kind.REFUND, Direction.IN, category="coffee")) == (
        Leg(KEYS[0], 1000, "CNY", None),
        Leg(EXPENSE_KEY, -1000, "CNY", "coffee"),
    )


def test_income_comes_from_the_income_book() -> None:
    assert legs_of(move(Kind.INCOME, Direction.IN, category="salary"))[1] == Leg(INCOME_KEY, -1000, "CNY", "salary")


def test_a_transfer_without_a_named_other_side_waits_in_clearing() -> None:
    assert legs_of(move(Kind.TRANSFER, Direction.IN))[1] == Leg(CLEARING_KEY, -1000, "CNY", None)
    assert legs_of(move(Kind.TRANSFER, Direction.OUT, counter=KEYS[2]))[1] == Leg(KEYS[2], 1000, "CNY", None)


def test_a_withdrawal_and_its_fee_are_three_postings() -> None:
    fee = Move(Kind.FEE, Direction.OUT, 10, "CNY", KEYS[0], category="bank_fees")
    assert legs_of(move(Kind.TRANSFER, Direction.OUT, counter=KEYS[2]), fee) == (
        Leg(KEYS[0], -1010, "CNY", None),
        Leg(KEYS[2], 1000, "CNY", None),
        Leg(EXPENSE_KEY, 10, "CNY", "bank_fees"),
    )


def test_only_a_transfer_carries_a_fee_in_its_entry() -> None:
    fee = Move(Kind.FEE, Direction.OUT, 10, "CNY", KEYS[0])
    with pytest.raises(InvariantBroken):
        legs_of(move(Kind.EXPENSE, Direction.OUT), fee)
    with pytest.raises(InvariantBroken):
        legs_of(move(Kind.TRANSFER, Direction.OUT), fee._replace(account=KEYS[1]))


@given(moves)
def test_whatever_a_line_does_its_legs_sum_to_zero(one: Move) -> None:
    assert not any(sums(legs_of(one)).values())
    assert abs(legs_of(one)[0].minor) == one.minor


@given(moves, st.integers(1, 10**6), st.sampled_from(Direction))
def test_a_transfer_with_any_fee_balances(one: Move, minor: int, direction: Direction) -> None:
    transfer = Move(Kind.TRANSFER, one.direction, one.minor, one.currency, one.account, one.counter)
    fee = Move(Kind.FEE, direction, minor, one.currency, one.account, category="bank_fees")
    assert not any(sums(legs_of(transfer, fee)).values())


@settings(deadline=None)  # the first call loads Arrow
@given(st.lists(moves, min_size=1, max_size=8))
def test_the_columns_are_those_of_the_entries_built_as_objects(many: list[Move]) -> None:
    """The fast path (columns from legs) and the checked path (`Entry` objects) book the same."""
    now = datetime(2026, 11, 22, tzinfo=UTC).replace(tzinfo=None)
    fast, checked = Journal(), Journal()
    for one in many:
        entry_id, legs, row = EntryId(new_id()), legs_of(one), line(one.kind)
        fast.add(
            legs,
            ACCOUNTS,
            id=entry_id,
            kind=one.kind.value,
            occurred_at=utc(row),
            booked_on=row.booked_on,
            payee=row.payee,
            payee_key="瑞幸",
        )
        checked.add_entry(entry_of(row, legs, entry_id, OWNER, ACCOUNTS, one.kind), "瑞幸")
    for left, right in zip(
        fast.rows(OWNER, OWNER, now, range(len(many))), checked.rows(OWNER, OWNER, now, range(len(many))), strict=True
    ):
        assert left.table == right.table
        assert {k: v.to_pylist() for k, v in left.columns.items()} == {
            k: v.to_pylist() for k, v in right.columns.items()
        }


def test_the_journal_refuses_what_does_not_balance() -> None:
    journal = Journal()
    legs = (Leg(KEYS[0], -1000, "CNY", None), Leg(EXPENSE_KEY, 999, "CNY", "coffee"))
    journal.add(legs, ACCOUNTS, id=new_id(), kind="expense", occurred_at=utc(line()), booked_on=date(2026, 3, 1))
    with pytest.raises(InvariantBroken):
        journal.rows(OWNER, OWNER, utc(line()), [1])


def test_an_entry_of_a_line_keeps_the_local_day_and_the_instant_in_utc() -> None:
    row = line()
    entry = entry_of(row, legs_of(move_of(row, "coffee")), EntryId(new_id()), OWNER, ACCOUNTS, row.kind)
    assert (entry.booked_on, entry.occurred_at) == (date(2026, 3, 1), datetime(2026, 2, 28, 23, 30))  # noqa: DTZ001 - UTC
    assert entry.kind is EntryKind.EXPENSE
    assert [posting.category for posting in entry.postings] == [None, "coffee"]
