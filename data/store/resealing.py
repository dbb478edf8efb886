"""The sealed fields of the store, one by one: do they open, and what they are under another key.

This is the one place that writes over a row of a chained table: a card's sealed token, which says the same afterwards.
The commit that does it begins the audit chain anew, after the chain was checked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final
from uuid import UUID

from data.security.sealing import SealBroken, SealingKey, seal, unseal
from data.store import factors
from data.store.command import Write

Query = Callable[[str, Mapping[str, Any]], list[tuple[Any, ...]]]
_FACTORS: Final = "SELECT owner, totp_sealed FROM app_user WHERE totp_sealed IS NOT NULL"
_TOKENS: Final = "SELECT owner, id, token FROM card"
_SET_FACTOR: Final = "UPDATE app_user SET totp_sealed = $sealed WHERE owner = $owner"
_SET_TOKEN: Final = "UPDATE card SET token = $sealed WHERE owner = $owner AND id = $card"  # noqa: S105 - a statement


def token_place(owner: UUID, card: UUID) -> str:
    """Where a card's sealed token belongs: it opens nowhere else."""
    return f"card:{owner}:{card}"


def opens(query: Query, key: SealingKey) -> bool:
    """Whether everything that is sealed opens with this key; also when nothing is."""
    try:
        for sealed, place, _ in _fields(query):
            unseal(key, sealed, place)
    except SealBroken:
        return False
    return True


def resealed(query: Query, before: SealingKey, after: SealingKey) -> list[Write]:
    """The writes that seal every field under the new key.

    Raises:
        SealBroken: one does not open with the old key.
    """
    return [
        Write(write.sql, {**write.params, "sealed": seal(after, unseal(before, sealed, place), place)})
        for sealed, place, write in _fields(query)
    ]


def _fields(query: Query) -> Iterator[tuple[str, str, Write]]:
    """Each sealed text, its place, and the statement that sets it."""
    for owner, sealed in query(_FACTORS, {}):
        yield sealed, factors.place(owner), Write(_SET_FACTOR, {"owner": owner})
    for owner, card, sealed in query(_TOKENS, {}):
        yield sealed, token_place(owner, card), Write(_SET_TOKEN, {"owner": owner, "card": card})
