"""What a rule holds for among everything booked, and what it would say about it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final
from uuid import UUID

from data.categories import (
    AmountCondition,
    DateCondition,
    Facts,
    Group,
    Rule,
    Term,
    TextCondition,
    TextField,
    WeekdayCondition,
    normalise_payee,
)
from data.categories.matching import matcher_of
from data.ids import EntryId, OwnerId
from data.importers.statement import Direction, Kind
from data.ledger.changes import Standing, side_of
from data.money import Money
from data.store import taught, words
from data.store.command import Reader
from data.store.taught import Query
from data.store.words import Word

# Only what the rule looks at is told apart, so that rows alike to the rule are one row. Ids come as text: of a hundred
# thousand only those that match are worth an object.
_ROWS: Final = """
SELECT cast(f.entry AS varchar) AS entry, e.kind, CASE WHEN f.amount < 0 THEN 'out' ELSE 'in' END AS direction,
    CASE WHEN $payee THEN e.payee ELSE '' END AS payee,
    CASE WHEN $description THEN e.description ELSE '' END AS description,
    CASE WHEN $method THEN e.method ELSE '' END AS method,
    CASE WHEN $account THEN a.hint_key ELSE '' END AS account_key,
    CASE WHEN $source THEN coalesce(b.format, '') ELSE '' END AS source,
    CASE WHEN $source_category THEN coalesce(s.source_category, '') ELSE '' END AS source_category,
    CASE WHEN $mcc THEN coalesce(s.mcc, '') ELSE '' END AS mcc,
    CASE WHEN $amount THEN f.amount ELSE 0 END AS amount,
    CASE WHEN $amount THEN f.currency ELSE 'CNY' END AS currency,
    CASE WHEN $day THEN f.booked_on END AS booked_on,
    f.booked_on AS happened_on
FROM (
    SELECT entry, min(cast(account AS varchar)) AS account, min(currency) AS currency, min(booked_on) AS booked_on,
        cast(sum(amount) AS bigint) AS amount
    FROM fact WHERE owner = $owner GROUP BY entry
) f
JOIN entry e ON e.owner = $owner AND e.id = f.entry
JOIN account a ON a.owner = $owner AND cast(a.id AS varchar) = f.account
LEFT JOIN import_batch b ON b.owner = $owner AND b.id = e.batch
LEFT JOIN (
    SELECT entry, max(source_category) AS source_category, max(mcc) AS mcc
    FROM statement_line WHERE owner = $owner AND outcome = 'booked' AND ($source_category OR $mcc) GROUP BY entry
) s ON s.entry = f.entry
WHERE e.kind IN ('expense', 'income', 'refund', 'fee', 'transfer', 'adjustment')"""
_COUNTED: Final = (
    "SELECT count(*), kind, direction, payee, description, method, account_key, source, source_category, mcc, amount,"
    " currency, booked_on FROM ("
    + _ROWS
    + ") r GROUP BY kind, direction, payee, description, method, account_key, source, source_category, mcc, amount,"
    " currency, booked_on"
)


_NEWEST: Final = (
    "SELECT max(cast(happened_on AS varchar) || ' ' || entry), count(*), kind, direction, payee, description, method,"
    " account_key, source, source_category, mcc, amount, currency, booked_on FROM ("
    + _ROWS
    + ") r GROUP BY kind, direction, payee, description, method, account_key, source, source_category, mcc, amount,"
    " currency, booked_on"
)
_SEPARATOR: Final = chr(31)
_ALIKE: Final = (
    "SELECT cast(happened_on AS varchar) || ' ' || entry AS newest FROM ("
    + _ROWS
    + """) r WHERE kind || chr(31) || direction || chr(31) || payee || chr(31) || description || chr(31)
    || method || chr(31) || account_key || chr(31) || source || chr(31) || source_category || chr(31)
    || mcc || chr(31) || cast(amount AS varchar) || chr(31) || currency || chr(31)
    || coalesce(cast(booked_on AS varchar), '') = ANY(cast($alike AS varchar[])) ORDER BY newest DESC LIMIT $most"""
)


def hits(query: Query, owner: OwnerId, rule: Rule) -> int:
    """How many standing entries the rule's conditions hold for."""
    applies = matcher_of(rule)
    rows = query(_COUNTED, {"owner": owner, **_looked_at(rule)})
    return sum(row[0] for row in rows if applies(_facts(row[1:])))


def examples(query: Query, owner: OwnerId, rule: Rule, most: int) -> tuple[int, list[EntryId]]:
    """How many standing entries the conditions hold for, and at most `most` of them, the newest first.

    Of what the rule cannot tell apart (ten visits to one shop, for a rule about the payee) one is taken before any is
    taken twice, so that a few examples show all that is meant.
    """
    applies, asked = matcher_of(rule), {"owner": owner, **_looked_at(rule)}
    held = [row for row in query(_NEWEST, asked) if applies(_facts(row[2:]))]
    chosen = sorted((row[0] for row in held), reverse=True)[:most]
    if 0 < len(chosen) < most:
        alike = [_SEPARATOR.join("" if cell is None else str(cell) for cell in row[2:]) for row in held]
        further = [row[0] for row in query(_ALIKE, {**asked, "alike": alike, "most": most})]
        chosen = sorted(list(dict.fromkeys((*chosen, *further)))[:most], reverse=True)
    return sum(row[1] for row in held), [EntryId(UUID(one.split(" ")[1])) for one in chosen]


def matching(query: Query, owner: OwnerId, rule: Rule) -> list[EntryId]:
    """Which standing entries the rule's conditions hold for."""
    applies = matcher_of(rule)
    answers: dict[tuple[Any, ...], bool] = {}
    found = []
    for row in query(_ROWS, {"owner": owner, **_looked_at(rule)}):
        seen = row[1:-1]
        if seen not in answers:
            answers[seen] = applies(_facts(seen))
        if answers[seen]:
            found.append(EntryId(UUID(row[0])))
    return found


def _facts(row: tuple[Any, ...]) -> Facts:
    kind, direction, payee, description, method, account_key, source, source_category, mcc, minor, currency, day = row
    return Facts(
        payee=payee,
        description=description,
        kind=Kind(kind),
        amount=Money(minor, currency),
        method=method,
        account_key=account_key,
        source=source,
        source_category=source_category,
        mcc=mcc,
        direction=Direction(direction),
        booked_on=day,
    )


_COLUMNS: Final[Mapping[TextField, tuple[str, ...]]] = {
    TextField.PAYEE: ("payee",),
    TextField.PAYEE_KEY: ("payee",),
    TextField.DESCRIPTION: ("description",),
    TextField.ANYWHERE: ("payee", "description"),
    TextField.METHOD: ("method",),
    TextField.ACCOUNT: ("account",),
    TextField.SOURCE: ("source",),
    TextField.SOURCE_CATEGORY: ("source_category",),
    TextField.MCC: ("mcc",),
}
_ALL_COLUMNS: Final = ("payee", "description", "method", "account", "source", "source_category", "mcc", "amount", "day")


def _looked_at(rule: Rule) -> dict[str, bool]:
    wanted = {column for term in rule.conditions for column in _columns(term)}
    return {column: column in wanted for column in _ALL_COLUMNS}


def _columns(term: Term) -> Iterator[str]:
    match term:
        case Group():
            for inner in term.terms:
                yield from _columns(inner)
        case TextCondition():
            yield from _COLUMNS[term.field]
        case AmountCondition():
            yield "amount"
        case DateCondition() | WeekdayCondition():
            yield "day"
        case _:
            return


def said_by(reader: Reader, owner: OwnerId, rule: Rule) -> list[Word]:
    """What the rule says that is not so already, leaving out what a person decided."""
    entries = words.standing(reader, owner, matching(reader.all, owner, rule))
    settled = words.settled_by_person(reader, owner)
    category = rule.action.category
    side = taught.category_named(reader.all, owner, category).kind if category else None
    said: list[Word] = []
    for entry in entries:
        if side is not None and side is side_of(entry.kind):
            said += _category(entry, str(category))
        said += _others(entry, rule)
    return [word for word in said if word.field == "tags" or (word.entry, word.field) not in settled]


def _category(entry: Standing, category: str) -> list[Word]:
    # A refund of a known purchase has that purchase's category whatever a rule says.
    if entry.refund_of is not None or entry.category == category:
        return []
    return [Word(entry.id, "category", category)]


def _others(entry: Standing, rule: Rule) -> Iterator[Word]:
    action = rule.action
    if action.payee and action.payee != entry.called:
        yield Word(entry.id, "payee", {"name": action.payee, "key": normalise_payee(action.payee)})
    if action.exclude and not entry.excluded:
        yield Word(entry.id, "excluded", value=True)
    if action.note and not entry.note:
        yield Word(entry.id, "note", action.note)
    missing = [tag for tag in action.tags if tag not in entry.tags]
    if missing:
        yield Word(entry.id, "tags", [*entry.tags, *missing])
