"""Which files wait to be imported and what each says: kept for this session until they are booked or put aside."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Callable, Iterable
from datetime import date
from typing import Final

from data import statements
from data.importers import generic
from data.importers.archive import is_archive, members
from data.importers.mapping import Mapping, MappingUnreadable
from data.importers.recognise import Parsed, recognise
from data.importers.statement import FileRefused, Statement
from pages.ui import session
from pages.ui.context import User

_LOCKED: Final = frozenset({"zip_password_needed", "zip_password_wrong"})
_DROP: Final = "import.drop"


@dataclasses.dataclass(frozen=True, slots=True)
class Waiting:
    """What one file of the drop says.

    key: of its content, equal whenever the same bytes are dropped. origin: the file as dropped (the zip it came in).
    data: the bytes, kept only where they are needed again: a locked zip, a workbook whose columns may be named, a
    document in which day and month cannot be told apart.
    days: the first and last day of its rows. turn: how often its columns were named; rows of another turn are others.
    """

    key: str
    parsed: Parsed
    origin: str
    size: int
    data: bytes | None = None
    days: tuple[date, date] | None = None
    turn: int = 0

    @property
    def stamp(self) -> str:
        """The identity of its rows as they are read now."""
        return f"{self.key}.{self.turn}"

    @property
    def locked(self) -> bool:
        """Whether only a password is missing."""
        return self.parsed.refusal is not None and self.parsed.refusal.reason in _LOCKED and self.data is not None

    @property
    def undecided(self) -> bool:
        """Whether its columns can be read in more than one way and nobody has said which."""
        mapping = self.parsed.mapping
        return mapping is not None and mapping.ambiguous and not self.parsed.saved

    @property
    def hopeless(self) -> bool:
        """Whether nothing that a person may say would make it readable."""
        return self.parsed.refusal is not None and not self.locked and self.parsed.needs is None

    @property
    def statement(self) -> Statement | None:
        """What is ready to be previewed, None while something has to be decided or there is nothing."""
        return None if self.undecided else self.parsed.statement


def waiting() -> tuple[Waiting, ...]:
    """The files of this session that are not booked yet, in the order they came."""
    found: tuple[Waiting, ...] = session.recall(_DROP, ())
    return found


def put(files: Iterable[Waiting]) -> None:
    """Wait with exactly these files."""
    session.keep(_DROP, tuple(files))


def remove(key: str) -> None:
    """Put one file aside; nothing of it is kept."""
    put(one for one in waiting() if one.key != key)


def replace(key: str, instead: Iterable[Waiting]) -> None:
    """Let other results stand in the place of one."""
    new = tuple(instead)
    put(each for one in waiting() for each in (new if one.key == key else (one,)))


def clear() -> None:
    """Put every file aside, and what was said about them."""
    for name in (_DROP, "import.prepared", "import.edits", "import.view", "import.accounts", "import.columns"):
        session.forget(name)


def read(user: User, name: str, data: bytes, password: str | None = None) -> tuple[Waiting, ...]:
    """What a dropped file says: one result, or one for each file in a zip and each kind of table in a workbook."""
    digest = hashlib.sha256(data).hexdigest()[:16]
    found = recognise(data, name, password, _mappings(user), currency=user.preferences.currency)
    return tuple(
        Waiting(
            f"{digest}.{place}", parsed, name, len(data), _needed_again(parsed, name, data, password), _days(parsed)
        )
        for place, parsed in enumerate(found)
    )


def add(user: User, files: Iterable[tuple[str, bytes]], reading: Callable[[str, int], None]) -> list[str]:
    """Read dropped files that do not wait already; answers the names of those that do. reading: told before each."""
    again = []
    for name, data in files:
        digest = hashlib.sha256(data).hexdigest()[:16]
        if any(one.key.startswith(digest) for one in waiting()):
            again.append(name)
            continue
        reading(name, len(data))
        put((*waiting(), *read(user, name, data)))
    return again


def unlock(user: User, one: Waiting, password: str) -> None:
    """Try a password on a locked file."""
    if one.data is not None:
        replace(one.key, read(user, one.origin, one.data, password))


def reread(one: Waiting, mapping: Mapping) -> Waiting:
    """The file read by the columns that the person named, or a document in the order of dates they said."""
    needs = one.parsed.needs
    turn = one.turn + 1
    if one.data is not None:
        found = recognise(one.data, one.parsed.file, mapping=mapping)
        parsed = next((each for each in found if each.statement), found[0])
        kept = dataclasses.replace(parsed, needs=needs)
    elif needs is None:
        return one
    else:
        try:
            kept = Parsed(one.parsed.file, generic.apply(needs.table, mapping), needs=needs, mapping=mapping)
        except FileRefused as refusal:
            kept = Parsed(one.parsed.file, refusal=refusal, needs=needs)
    return dataclasses.replace(one, parsed=kept, days=_days(kept), turn=turn)


def _needed_again(parsed: Parsed, name: str, data: bytes, password: str | None) -> bytes | None:
    if parsed.refusal is not None and parsed.refusal.reason in _LOCKED:
        return data
    document = parsed.needs is None and parsed.mapping is not None and parsed.mapping.ambiguous
    if not document and (parsed.needs is None or not parsed.needs.table.sheet):
        return None
    if not is_archive(data):
        return data
    return next((member.data for member in members(data, name, password) if member.name == parsed.file), None)


def _days(parsed: Parsed) -> tuple[date, date] | None:
    days = [line.booked_on for line in parsed.statement.lines] if parsed.statement else []
    return (min(days), max(days)) if days else None


def _mappings(user: User) -> dict[str, Mapping]:
    """The saved mappings; those of an older kind are passed over, their tables are asked about again."""
    try:
        return statements.mappings(user.database, user.owner)
    except MappingUnreadable:
        return {}
