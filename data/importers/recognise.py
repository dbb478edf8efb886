"""Which format a file is, by its content alone, and what it says.

One file gives one or more results: a zip one for each file in it, a workbook one for each kind of table. A result
carries a statement or the reason why there is none; a table that only a mapping can read comes along, so that a person
may settle how its columns are meant.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from collections.abc import Mapping as Saved
from types import MappingProxyType

from data.collecting import no_collection
from data.importers import alipay_app, alipay_web, banks, generic, jd, meituan, peers, wechat
from data.importers.archive import is_archive, members, refuse_understated
from data.importers.documents import document_of
from data.importers.generic import Doubt, Mapping
from data.importers.mapping import width_of
from data.importers.peers.mappings import shipped
from data.importers.reading import decode, is_workbook, text_table
from data.importers.sheets import merge_sheets
from data.importers.statement import FileRefused, Statement
from data.importers.table import Importer, Table
from data.importers.workbook import workbook_tables

MAX_BYTES = 200 * 1024 * 1024
IMPORTERS: tuple[Importer, ...] = (
    alipay_app.IMPORTER,
    alipay_web.IMPORTER,
    wechat.IMPORTER,
    jd.IMPORTER,
    meituan.IMPORTER,
    *banks.IMPORTERS,
    *peers.PEERS,
)

_NO_MAPPINGS: Saved[str, Mapping] = MappingProxyType({})
_DELIMITERS = (",", ";", "\t", "|")
_SNIFFED_LINES = 200
# What people drop in by mistake, told by its first bytes.
_FOREIGN = (
    (b"%PDF", "PDF"),
    (b"\x89PNG", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"GIF8", "GIF"),
    (b"\x1f\x8b", "gzip"),
    (b"Rar!", "RAR"),
    (b"7z\xbc\xaf", "7z"),
    (b"\x7fELF", "program"),
    (b"SQLite format 3", "SQLite"),
)


@dataclasses.dataclass(frozen=True, slots=True)
class NeedsMapping:
    """A table that is read by a mapping: the table, and what we would propose (None: no idea)."""

    table: Table
    guess: Mapping | None


@dataclasses.dataclass(frozen=True, slots=True)
class Parsed:
    """What became of one file. Exactly one of `statement` and `refusal` is there.

    needs: the table behind a statement of the generic format, or behind a refusal that a mapping could lift.
    mapping: the mapping the statement was read by, of a document without columns; saved: it was one the person saved,
    not a guess.
    """

    file: str
    statement: Statement | None = None
    refusal: FileRefused | None = None
    needs: NeedsMapping | None = None
    mapping: Mapping | None = None
    saved: bool = False


@dataclasses.dataclass(frozen=True, slots=True)
class _How:
    """What the person has said about reading tables."""

    mappings: Saved[str, Mapping]
    mapping: Mapping | None
    currency: str


def recognise(
    data: bytes,
    name: str,
    password: str | None = None,
    mappings: Saved[str, Mapping] = _NO_MAPPINGS,
    *,
    mapping: Mapping | None = None,
    currency: str = "CNY",
) -> list[Parsed]:
    """Everything that a file of this name says; never raises for what a file contains.

    mappings: saved ones by `generic.signature`; mapping: the one to use whatever was saved or would be guessed;
    currency: the person's own, for tables that name none.
    """
    how = _How(mappings, mapping, currency)
    with no_collection():
        return _recognised(data, name, password, how)


def _recognised(data: bytes, name: str, password: str | None, how: _How) -> list[Parsed]:
    try:
        if len(data) > MAX_BYTES:
            raise FileRefused(name, "too_large", detail=str(len(data)))  # noqa: TRY301 - one place makes results
        if not is_archive(data):
            return _file(data, name, how)
        found = members(data, name, password)
    except FileRefused as refusal:
        return [Parsed(name, refusal=refusal)]
    return [parsed for member in found for parsed in _member(member.data, member.name, how)]


def _member(data: bytes, name: str, how: _How) -> list[Parsed]:
    try:
        if is_archive(data):
            raise FileRefused(name, "not_recognised", detail="zip")  # noqa: TRY301 - one place makes results
        return _file(data, name, how)
    except FileRefused as refusal:
        return [Parsed(name, refusal=refusal)]


def _file(data: bytes, name: str, how: _How) -> list[Parsed]:
    foreign = next((kind for magic, kind in _FOREIGN if data.startswith(magic)), None)
    if foreign:
        raise FileRefused(name, "binary", detail=foreign)
    if document := document_of(data):
        statement, mapping = document.said(data, name, how.mapping or _open(how.currency))
        return [Parsed(name, statement, mapping=mapping)]
    if is_workbook(data):
        if data.startswith(b"PK"):
            refuse_understated(data, name)
        return _workbook(workbook_tables(data, name), name, how)
    return [_text(data, name, how)]


def _open(currency: str) -> Mapping:
    """How a document is read while nobody has said anything about it."""
    return Mapping(columns=(), currency=currency, doubts=(Doubt.DATE_ORDER,))


def _importer_of(table: Table) -> Importer | None:
    return next((importer for importer in IMPORTERS if importer.recognises(table)), None)


def _text(data: bytes, name: str, how: _How) -> Parsed:
    text, encoding = decode(data, name)
    if text.lstrip().startswith("!"):
        raise FileRefused(name, "not_recognised", detail="IIF")
    if how.mapping:
        return _by_mapping(text_table(text, encoding, name, how.mapping.delimiter), how, how.mapping.delimiter)
    # Comma first: the wallets' exports are comma files whatever else their cells are padded with.
    table = text_table(text, encoding, name, ",")
    parsed = _table(table, how, ",")
    usual = _delimiter(text)
    if usual == "," or parsed.statement or (parsed.refusal and parsed.refusal.reason != "not_recognised"):
        return parsed
    return _table(text_table(text, encoding, name, usual), how, usual)


def _table(table: Table, how: _How, delimiter: str) -> Parsed:
    importer = _importer_of(table)
    return Parsed(table.file, importer.read(table, how.currency)) if importer else _by_mapping(table, how, delimiter)


def _delimiter(text: str) -> str:
    """The character that cuts most lines into the same number of cells, more cells being better."""
    lines = [line for line in text[: _SNIFFED_LINES * 1000].splitlines() if line.strip()][:_SNIFFED_LINES]

    def regularity(delimiter: str) -> tuple[int, int]:
        counts = [line.count(delimiter) for line in lines]
        usual = max(set(counts), key=lambda count: (count > 0, counts.count(count)), default=0)
        return (counts.count(usual) if usual else 0, usual)

    return max(_DELIMITERS, key=regularity)


def _by_mapping(table: Table, how: _How, delimiter: str = ",") -> Parsed:
    saved = how.mapping or how.mappings.get(generic.signature(table))
    proposed = saved or shipped(table, currency=how.currency, delimiter=delimiter)
    proposed = proposed or generic.guess(table, currency=how.currency, delimiter=delimiter)
    needs = NeedsMapping(table, proposed) if width_of(table) > 1 else None
    if proposed is None:
        return Parsed(table.file, refusal=FileRefused(table.file, "not_recognised"), needs=needs)
    try:
        statement = generic.apply(table, proposed)
    except FileRefused as refusal:
        return Parsed(table.file, refusal=refusal, needs=needs)
    return Parsed(table.file, statement, needs=needs, mapping=proposed, saved=saved is not None)


def _workbook(tables: Sequence[Table], name: str, how: _How) -> list[Parsed]:
    if how.mapping is None:
        known = [(importer, table) for table in tables if (importer := _importer_of(table))]
        if known:
            return list(_by_format(known, name, how.currency))
    read = [_by_mapping(table, how) for table in tables]
    with_statement = [parsed for parsed in read if parsed.statement]
    if not with_statement:
        return [max(read, key=lambda parsed: len(parsed.needs.table.rows) if parsed.needs else 0)]
    return list(_merged(with_statement))


def _by_format(known: list[tuple[Importer, Table]], name: str, currency: str) -> Iterator[Parsed]:
    """One result a format: sheets of the same bill count once."""
    for importer in dict.fromkeys(importer for importer, _ in known):
        statements = []
        refusals = []
        for table in (table for owner, table in known if owner is importer):
            try:
                statements.append(importer.read(table, currency))
            except FileRefused as refusal:
                refusals.append(refusal)
        if statements:
            yield Parsed(name, merge_sheets(statements))
        else:
            yield Parsed(name, refusal=refusals[0])


def _merged(read: list[Parsed]) -> Iterator[Parsed]:
    """Sheets that one mapping reads are one statement."""
    for mapping in dict.fromkeys(parsed.mapping for parsed in read):
        same = [parsed for parsed in read if parsed.mapping == mapping]
        statements = [parsed.statement for parsed in same if parsed.statement]
        yield dataclasses.replace(same[0], statement=merge_sheets(statements))
