"""How the importer tests read a file: the one importer that recognises it, and sums over its lines."""

from __future__ import annotations

from collections.abc import Iterable

from data.importers import alipay_app, alipay_web, jd, meituan, wechat
from data.importers.reading import csv_table, is_workbook
from data.importers.sheets import merge_sheets
from data.importers.statement import Kind, Line, Statement
from data.importers.table import Table
from data.importers.workbook import workbook_tables

IMPORTERS = (alipay_app.IMPORTER, alipay_web.IMPORTER, wechat.IMPORTER, jd.IMPORTER, meituan.IMPORTER)


def tables(data: bytes, file: str = "bill") -> list[Table]:
    """The tables of a file."""
    return workbook_tables(data, file) if is_workbook(data) else [csv_table(data, file)]


def formats(table: Table) -> list[str]:
    """Every format that claims the table: exactly one for a good file."""
    return [importer.format for importer in IMPORTERS if importer.recognises(table)]


def statements(data: bytes, file: str = "bill") -> list[Statement]:
    """The statement of every sheet."""
    return [
        importer.parse(table) for table in tables(data, file) for importer in IMPORTERS if importer.recognises(table)
    ]


def parse(data: bytes, file: str = "bill") -> Statement:
    """The file's one statement."""
    return merge_sheets(statements(data, file))


def total(lines: Iterable[Line], *kinds: Kind) -> int:
    """The sum of the lines of some kinds, in minor units."""
    return sum(line.amount.minor for line in lines if line.kind in kinds)


def spending(statement: Statement) -> int:
    """Expenses and fees less refunds (DESIGN §2), in minor units."""
    return total(statement.lines, Kind.EXPENSE, Kind.FEE) - total(statement.lines, Kind.REFUND)
