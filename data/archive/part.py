"""One file of the archive: what it is called, which tables of the store it shows, and the query for its rows."""

from __future__ import annotations

import dataclasses


@dataclasses.dataclass(frozen=True, slots=True)
class Part:
    """name: of the file, without its ending. tables: whose rows it shows. query: of `$owner`'s rows, in their order.

    money: columns of minor units of the row's `currency`; they are written with that currency's decimals.
    """

    name: str
    tables: tuple[str, ...]
    query: str
    money: tuple[str, ...] = ()
