"""Workbooks of the old format: read whole, and damaged ones refused without harm to the process."""

import contextlib
import random
import resource
from decimal import Decimal

import pytest

from data.importers.statement import FileRefused
from data.importers.workbook import workbook_tables
from data.importers.xls import xls_tables
from tests.samples import sample

CITIC = "double-entry-generator/citic/credit/example-citic-records.xls"
ROOM = 512 * 1024 * 1024


def test_texts_and_numbers_come_with_their_rows() -> None:
    (table,) = workbook_tables(sample(CITIC).read_bytes(), "a.xls")

    assert (table.encoding, table.sheet, len(table.rows)) == ("xls", "本期账单明细(人民币)", 15)
    assert table.rows[2].line == 3
    assert table.rows[2].cells[:4] == (
        "2024-11-09",
        "2024-11-09",
        "支付宝－北京嘀嘀无限科技发展有限公司",
        Decimal(6688),
    )


def test_a_cell_in_an_impossible_column_does_not_cost_its_rectangle() -> None:
    # One damaged column number of a cell; a dense reader would ask for 137 GB and end the process.
    data = bytearray(sample(CITIC).read_bytes())
    data[17733:17737] = b"\xff\xff\xff\xff"
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    with pytest.raises(FileRefused) as refused:
        xls_tables(bytes(data), "a.xls")
    assert refused.value.reason == "binary"
    assert (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024 < ROOM


@pytest.mark.parametrize("seed", range(20))
def test_damage_anywhere_is_refused_or_read(seed: int) -> None:
    dice = random.Random(seed)  # noqa: S311 - damage, not secrets
    whole = sample(CITIC).read_bytes()
    for _ in range(10):
        data = bytearray(whole)
        at = dice.randrange(len(data) if dice.random() < 0.5 else 1200)
        data[at : at + 4] = dice.randbytes(4)
        with contextlib.suppress(FileRefused):
            assert workbook_tables(bytes(data), "a.xls")
