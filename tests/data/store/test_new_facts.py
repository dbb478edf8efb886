"""The facts that an import reads off in one pass are those that the derivation of everything gives."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from data.database import open_database
from data.importers.statement import Direction, Kind
from tests.bookkeeping import Bookkeeping, Written, bill, charged, earned, moved, refunded, spent


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Bookkeeping]:
    db = open_database(tmp_path / "wallet.duckdb")
    yield Bookkeeping(db)
    db.close()


def test_an_import_of_everything_has_the_facts_of_a_fresh_derivation(book: Bookkeeping) -> None:
    book.imports(
        spent("2026-03-01", "35.00", "瑞幸咖啡", order="A1"),
        spent("2026-03-01", "36.00", "某商户", category="coffee"),
        spent("2026-03-31", "12.00", "USD shop", currency="USD"),
        earned("2026-03-02", "100.00"),
        refunded("2026-04-02", "5.00", of="A1"),
        refunded("2026-04-03", "7.00", "别家", keys=("B1",)),
        moved("2026-04-04", "50.00", to="alipay:yuebao"),
        moved("2026-04-05", "60.10", to=None, row=90),
        charged("2026-04-05", "0.10", row=90, part=1),
        charged("2026-04-06", "1.00"),
        Written(Kind.FEE, Direction.IN, "2026-04-07", "1.00"),
        Written(Kind.ADJUSTMENT, Direction.IN, "2026-04-08", "3.00"),
    )
    assert not book.drift()
    assert len(book.db.read("SELECT 1 FROM fact WHERE owner = $owner", {"owner": book.owner})) == 12


def test_so_has_one_that_brings_the_purchase_of_an_earlier_refund(book: Bookkeeping) -> None:
    book.imports(refunded("2026-04-03", "7.00", "别家", keys=("B1",)), spent("2026-04-01", "9.00", "别家"))
    receipt = book.takes([bill(spent("2026-04-02", "20.00", "别家", order="B1"), file="later.csv")])
    assert receipt.linked == 1
    assert not book.drift()
