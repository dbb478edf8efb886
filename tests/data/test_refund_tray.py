"""Refunds find their purchase across files and months; what a person says about the rest is kept and can be undone."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data import bookkeeping, pairs, upkeep
from data.bookkeeping import Annotate, LinkRefund, RefundHasPurchase, SetRefundAside, Split, UnlinkRefund
from data.database import Database, open_database
from data.errors import NotFound, Rejection
from data.ids import EntryId, new_request_id
from data.importers.statement import Statement
from data.ledger.changes import NotARefund
from data.pairs import DecidePair, Verdict
from tests.bookkeeping import Bookkeeping, refunded, spent
from tests.data.test_pairs import bank, facts, on_card, wallet

NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC).replace(tzinfo=None)
PURCHASE = on_card(spent("2026-03-01 08:30", "35.00", "星巴克", order="A1"))
REFUNDS = tuple(
    on_card(refunded(f"2026-04-0{day} 10:00", amount, "星巴克", order=f"R{day}", keys=("A1",)))
    for day, amount in ((2, "10.00"), (3, "20.00"), (4, "10.00"))
)
BANK_PURCHASE = on_card(spent("2026-03-02", "35.00", "支付宝-星巴克", order="B1"))
BANK_REFUND = on_card(refunded("2026-04-02", "10.00", "支付宝-星巴克", order="BR"))
PACE = settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture(scope="module")
def db(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    database = open_database(tmp_path_factory.mktemp("tray") / "wallet.duckdb", lambda: NOW)
    yield database
    assert [finding for finding in upkeep.verify(database) if not finding.kept] == []
    database.close()


@pytest.fixture
def book(db: Database) -> Bookkeeping:
    return Bookkeeping(db)


def linked(book: Bookkeeping) -> list[int]:
    """What came back by refunds that have their purchase, oldest first."""
    rows = book.asks(
        """SELECT cast(sum(-spending) AS bigint) FROM published_fact
        WHERE owner = $owner AND kind = 'refund' AND refund_of IS NOT NULL GROUP BY entry, booked_on
        ORDER BY booked_on"""
    )
    return [row[0] for row in rows]


def overdrawn(book: Bookkeeping) -> list[tuple[Any, ...]]:
    """Purchases of which more came back than was paid."""
    return book.asks(
        """SELECT o.entry FROM (SELECT entry, sum(spending) AS paid FROM fact WHERE owner = $owner GROUP BY entry) o
        JOIN (SELECT refund_of, sum(-spending) AS back FROM fact WHERE owner = $owner GROUP BY refund_of) r
        ON r.refund_of = o.entry WHERE r.back > o.paid"""
    )


def says(book: Bookkeeping, door: Any, command: Any, **fields: Any) -> None:
    door(book.db, command(owner=book.owner, request_id=new_request_id(), actor=book.owner, **fields))


@pytest.mark.parametrize("order", list(itertools.permutations(range(4))))
def test_partial_refunds_find_their_purchase_in_whatever_order_the_months_files_come(
    book: Bookkeeping, order: tuple[int, ...]
) -> None:
    files = (PURCHASE, *REFUNDS)
    for at in order:
        book.takes([wallet(files[at])])
    back = linked(book)
    assert len(back) == 2  # 10 and 20, or 20 and 10: all three would be more than was paid
    assert sum(back) in {3000, 2000}
    assert not overdrawn(book)
    assert not book.drift()


@pytest.mark.parametrize(
    "drops",
    [
        [[wallet(REFUNDS[0]), bank(BANK_REFUND)], [wallet(PURCHASE)]],
        [[bank(BANK_PURCHASE, BANK_REFUND)], [wallet(REFUNDS[0])], [wallet(PURCHASE)]],
        [[wallet(REFUNDS[0])], [wallet(PURCHASE)], [bank(BANK_PURCHASE, BANK_REFUND)]],
        [[bank(BANK_PURCHASE), wallet(PURCHASE)], [wallet(REFUNDS[0])], [bank(BANK_REFUND)]],
    ],
)
def test_a_refund_that_is_one_with_a_banks_row_finds_a_purchase_that_comes_later(
    book: Bookkeeping, drops: list[list[Statement]]
) -> None:
    for drop in drops:
        book.takes(drop)
    assert linked(book) == [1000]
    assert book.total() == 2500
    for (pair,) in book.asks("SELECT pair FROM published_pair WHERE owner = $owner AND state = 'applied'"):
        pairs.decide(book.db, DecidePair(book.owner, new_request_id(), book.owner, pair, Verdict.UNDONE))
    assert linked(book) == [1000]  # the wallet's row still names its purchase, the bank's names none
    assert not book.drift()


def test_a_purchase_taken_back_and_read_again_has_its_paired_refund_again(book: Bookkeeping) -> None:
    bought = book.takes([wallet(PURCHASE)])
    book.takes([wallet(REFUNDS[0]), bank(BANK_REFUND)])
    book.undoes(bought)
    assert linked(book) == []
    book.takes([wallet(PURCHASE)])
    assert linked(book) == [1000]


def loose(book: Bookkeeping) -> tuple[EntryId, EntryId, EntryId]:
    """Two purchases and a refund that names neither."""
    book.imports(
        spent("2026-03-01", "35.00", "瑞幸咖啡", order="A1"),
        spent("2026-03-02", "20.00", "某商户", order="A2"),
        refunded("2026-04-02", "5.00", "某商户", order="R1"),
    )
    first, second, refund = (EntryId(book.entry(order)) for order in ("A1", "A2", "R1"))
    return first, second, refund


@PACE
@given(st.integers(0, 2**32), st.lists(st.sampled_from(["category", "split", "aside", "none"]), max_size=3))
def test_linking_and_unlinking_restores_every_figure_exactly(db: Database, seed: int, words: list[str]) -> None:
    book, draw = Bookkeeping(db), random.Random(seed)  # noqa: S311 - a test's choices
    first, second, refund = loose(book)
    for word in words:
        if word == "category":
            says(book, bookkeeping.annotate, Annotate, entries=(refund,), category=draw.choice(["presents", "rent"]))
        elif word == "split":
            says(book, bookkeeping.split, Split, entry=refund, parts=(("dining", 200), ("coffee", 300)))
        elif word == "aside":
            says(book, bookkeeping.set_refund_aside, SetRefundAside, refund=refund, aside=draw.random() < 0.5)
    before = facts(book)
    for purchase in draw.choices([first, second], k=draw.randint(1, 3)):
        says(book, bookkeeping.link_refund, LinkRefund, refund=refund, original=purchase)
    assert linked(book) == [500]
    says(book, bookkeeping.unlink_refund, UnlinkRefund, refund=refund)
    assert facts(book) == before
    assert not book.drift()


@PACE
@given(st.lists(st.tuples(st.integers(1, 4000), st.integers(0, 1)), min_size=1, max_size=8))
def test_refunds_linked_by_hand_never_add_up_to_more_than_was_paid(db: Database, wanted: list[tuple[int, int]]) -> None:
    book = Bookkeeping(db)
    amounts = [f"{minor // 100}.{minor % 100:02}" for minor, _ in wanted]
    book.imports(
        spent("2026-03-01", "35.00", "甲", order="A0"),
        spent("2026-03-01", "20.00", "乙", order="A1"),
        *(refunded("2026-04-02", amount, "丙", order=f"R{at}") for at, amount in enumerate(amounts)),
    )
    before, rests = facts(book), [3500, 2000]
    for at, (minor, to) in enumerate(wanted):
        refund, original = EntryId(book.entry(f"R{at}")), EntryId(book.entry(f"A{to}"))
        fits = minor <= rests[to]
        try:
            says(book, bookkeeping.link_refund, LinkRefund, refund=refund, original=original)
        except Rejection:
            assert not fits
        else:
            assert fits
            rests[to] -= minor
    assert not overdrawn(book)
    for (refund,) in book.asks(
        "SELECT DISTINCT entry FROM published_fact WHERE owner = $owner AND refund_of IS NOT NULL"
    ):
        says(book, bookkeeping.unlink_refund, UnlinkRefund, refund=EntryId(refund))
    assert facts(book) == before


def test_a_person_may_say_that_no_purchase_is_known_and_take_it_back(book: Bookkeeping) -> None:
    first, _, refund = loose(book)
    before = facts(book)
    says(book, bookkeeping.set_refund_aside, SetRefundAside, refund=refund, aside=True)
    assert facts(book) == before
    says(book, bookkeeping.set_refund_aside, SetRefundAside, refund=refund, aside=False)
    said = book.asks(
        "SELECT value FROM annotation WHERE owner = $owner AND entry = $entry AND field = 'no_purchase' ORDER BY seq",
        entry=refund,
    )
    assert said == [("true",), ("null",)]
    with pytest.raises(NotARefund):
        says(book, bookkeeping.set_refund_aside, SetRefundAside, refund=first, aside=True)
    says(book, bookkeeping.link_refund, LinkRefund, refund=refund, original=first)
    with pytest.raises(RefundHasPurchase):
        says(book, bookkeeping.set_refund_aside, SetRefundAside, refund=refund, aside=True)


def test_nobody_says_anything_about_another_persons_refund(db: Database) -> None:
    hers, mine = Bookkeeping(db), Bookkeeping(db)
    _, _, refund = loose(hers)
    loose(mine)
    before = facts(hers)
    for aside in (True, False):
        with pytest.raises(NotFound):
            says(mine, bookkeeping.set_refund_aside, SetRefundAside, refund=refund, aside=aside)
    assert facts(hers) == before
    assert hers.asks("SELECT 1 FROM annotation WHERE owner = $owner AND field = 'no_purchase'") == []
