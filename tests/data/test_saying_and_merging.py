"""Whatever a person says in whatever order: facts equal a fresh derivation, and words never change what was spent."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data import accounts, bookkeeping, sorting, transaction
from data.database import Database, open_database
from data.errors import Rejection
from data.ids import EntryId, new_request_id
from data.ledger.entry import EntryKind
from data.money import Money, share
from tests.bookkeeping import Bookkeeping, earned, moved, refunded, spent

NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC).replace(tzinfo=None)
CATEGORIES = ("dining", "coffee", "presents", "rent", "")


@pytest.fixture(scope="module")
def db(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    database = open_database(tmp_path_factory.mktemp("wallet") / "wallet.duckdb", lambda: NOW)
    yield database
    database.close()


def furnished(db: Database) -> Bookkeeping:
    book = Bookkeeping(db)
    book.imports(
        spent("2026-03-01", "35.01", "甲", order="A1"),
        spent("2026-03-02", "20", "甲", account="card:x", order="A2"),
        spent("2026-03-31", "7", "乙", account="card:y", currency="USD", order="A3"),
        refunded("2026-04-01", "5.55", "甲", of="A1", order="R1"),
        refunded("2026-04-02", "3.33", "丙", order="R2"),
        refunded("2026-04-02", "1", "乙", account="card:y", currency="USD", order="R3"),
        earned("2026-04-05", "100", "丁", order="S1"),
        moved("2026-04-06", "9", to="card:x", order="T1"),
    )
    return book


def do(book: Bookkeeping, door: Any, command: Any, **fields: Any) -> None:
    door(book.db, command(owner=book.owner, request_id=new_request_id(), actor=book.owner, **fields))


def annotate(book: Bookkeeping, draw: random.Random, entries: list[EntryId]) -> None:
    chosen = tuple(draw.sample(entries, draw.randint(1, 3)))
    fields: dict[str, Any] = {
        "category": draw.choice(CATEGORIES),
        "note": draw.choice(("", "n")),
        "payee": draw.choice(("", "别名")),
        "add_tags": ("t", "u")[: draw.randint(0, 2)],
        "remove_tags": ("u",),
    }
    picked = dict(draw.sample(sorted(fields.items()), draw.randint(1, 5)))
    do(book, bookkeeping.annotate, bookkeeping.Annotate, entries=chosen, **picked)


def split(book: Bookkeeping, draw: random.Random, entries: list[EntryId]) -> None:
    entry = draw.choice(entries)
    weights = [draw.randint(1, 9) for _ in range(draw.randint(2, 4))]
    parts = tuple((draw.choice(CATEGORIES[:4]), part.minor) for part in share(amount(book, entry), weights))
    do(book, bookkeeping.split, bookkeeping.Split, entry=entry, parts=parts)


def amount(book: Bookkeeping, entry: EntryId) -> Money:
    parts = transaction.detail(book.db, book.owner, entry).parts
    return abs(sum((part.amount for part in parts[1:]), parts[0].amount))


def unsplit(book: Bookkeeping, draw: random.Random, entries: list[EntryId]) -> None:
    do(book, bookkeeping.unsplit, bookkeeping.Unsplit, entry=draw.choice(entries))


def link(book: Bookkeeping, draw: random.Random, entries: list[EntryId]) -> None:
    refund, original = EntryId(book.entry(draw.choice(("R1", "R2", "R3")))), draw.choice(entries)
    do(book, bookkeeping.link_refund, bookkeeping.LinkRefund, refund=refund, original=original)


def unlink(book: Bookkeeping, draw: random.Random, entries: list[EntryId]) -> None:
    do(book, bookkeeping.unlink_refund, bookkeeping.UnlinkRefund, refund=draw.choice(entries))


def merge(book: Bookkeeping, draw: random.Random, _entries: list[EntryId]) -> None:
    one, other = draw.sample([account.id for account in accounts.accounts(book.db, book.owner)], 2)
    do(book, accounts.merge, accounts.MergeAccounts, account=one, into=other)


def unmerge(book: Bookkeeping, draw: random.Random, _entries: list[EntryId]) -> None:
    account = draw.choice([account.id for account in accounts.accounts(book.db, book.owner)])
    do(book, accounts.unmerge, accounts.UnmergeAccount, account=account)


def always(book: Bookkeeping, draw: random.Random, _entries: list[EntryId]) -> None:
    chosen = {"payee_key": draw.choice("甲乙丙"), "category": draw.choice(CATEGORIES[:4])}
    do(book, sorting.always_for_payee, sorting.AlwaysForPayee, **chosen)


def standing(book: Bookkeeping) -> list[EntryId]:
    rows = book.asks("SELECT DISTINCT entry FROM fact WHERE owner = $owner ORDER BY 1")
    return [EntryId(row[0]) for row in rows]


def sums(book: Bookkeeping) -> list[tuple[Any, ...]]:
    return book.asks(
        """SELECT currency, cast(sum(spending) AS bigint), cast(sum(income) AS bigint) FROM fact
        WHERE owner = $owner GROUP BY currency ORDER BY currency"""
    )


WORDS = (annotate, split, unsplit, link, unlink, merge, unmerge, always)
PACE = settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@PACE
@given(st.lists(st.tuples(st.sampled_from(WORDS), st.integers(0, 2**32)), min_size=3, max_size=12))
def test_words_and_merges_never_change_how_much_was_spent(db: Database, steps: list[tuple[Any, int]]) -> None:
    book = furnished(db)
    before = sums(book)
    for step, seed in steps:
        try:
            step(book, random.Random(seed), standing(book))  # noqa: S311 - a test's choices
        except Rejection:
            assert not book.drift()
    assert not book.drift()
    assert sums(book) == before
    assert book.unbalanced() == []
    refunds = book.asks(
        """SELECT o.entry FROM (SELECT entry, sum(spending) AS paid FROM fact WHERE owner = $owner GROUP BY entry) o
        JOIN (SELECT refund_of, sum(-spending) AS back FROM fact WHERE owner = $owner GROUP BY refund_of) r
        ON r.refund_of = o.entry WHERE r.back > o.paid"""
    )
    assert refunds == []


@PACE
@given(st.lists(st.tuples(st.sampled_from(list(EntryKind)), st.integers(0, 2**32)), min_size=2, max_size=8))
def test_corrections_of_kind_never_move_the_own_accounts_unless_a_transfer_is_meant(
    db: Database, steps: list[tuple[EntryKind, int]]
) -> None:
    book = furnished(db)
    own = [book.balance(key) for key in ("alipay:balance", "card:x", "card:y")]
    for kind, seed in steps:
        entry = random.Random(seed).choice(standing(book))  # noqa: S311 - a test's choice
        try:
            do(book, bookkeeping.reclassify, bookkeeping.Reclassify, entry=entry, kind=kind)
        except Rejection:
            assert not book.drift()
    assert not book.drift()
    assert book.unbalanced() == []
    now = [book.balance(key) for key in ("alipay:balance", "card:x", "card:y")]
    assert now in (own, [own[0], own[1] - 900, own[2]])  # the one transfer may turn out to have gone elsewhere
