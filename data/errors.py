"""What can go wrong, said as facts.

A `Rejection` is an expected "no": it carries facts, never sentences. The catalogues in `pages/ui/locales` turn
its `code` and `facts` into words. `InvariantBroken` is a defect of ours and must never be caught to go on.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping

Fact = str | int | None


class InvariantBroken(Exception):  # noqa: N818 - it is a statement about the program, as in STYLE
    """Something that cannot be true is true: a defect, never a user's mistake."""


def require(condition: object, what: str) -> None:
    """Stop at once when a promise of the program itself is broken.

    Raises:
        InvariantBroken: when `condition` is false.
    """
    if not condition:
        raise InvariantBroken(what)


@dataclasses.dataclass(unsafe_hash=True)
class Rejection(Exception):  # noqa: N818 - the glossary's word for an expected "no"
    """An expected "no". Subclasses are dataclasses whose fields are the facts.

    Not frozen: the interpreter itself writes a traceback onto an exception as it passes through a context manager.
    """

    @property
    def code(self) -> str:
        """The stable name of the cause, snake_case, the key of its text in the catalogues."""
        return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", type(self).__name__).lower()

    @property
    def facts(self) -> Mapping[str, Fact]:
        """What a sentence about this rejection may mention."""
        return {f.name: getattr(self, f.name) for f in dataclasses.fields(self)}

    def __str__(self) -> str:
        """Facts for a log line or a developer; never shown to a person."""
        return f"{self.code} {dict(self.facts)}"


@dataclasses.dataclass(unsafe_hash=True)
class RequestIdReused(Rejection):
    """The request id was used before for another content; nothing was done."""

    request_id: str


@dataclasses.dataclass(unsafe_hash=True)
class NotFound(Rejection):
    """No such thing among the owner's things (or it is somebody else's, which looks the same)."""

    what: str
    key: str


@dataclasses.dataclass(unsafe_hash=True)
class StoreBusy(Rejection):
    """Another process owns the data file."""

    path: str
    process: str


@dataclasses.dataclass(unsafe_hash=True)
class StoreDamaged(Rejection):
    """The data file or its log cannot be opened; nothing was changed."""

    path: str
    detail: str


@dataclasses.dataclass(unsafe_hash=True)
class StoreCut(Rejection):
    """Commits that were acknowledged are missing at the end; nothing was changed. links: how many."""

    path: str
    links: int


@dataclasses.dataclass(unsafe_hash=True)
class StoreSwapped(Rejection):
    """The data file is not the one that was last in use here; nothing was changed."""

    path: str


@dataclasses.dataclass(unsafe_hash=True)
class StoreUnwritable(Rejection):
    """The disk is full or may not be written to. What was acknowledged stays; this was not done."""

    path: str
    detail: str


@dataclasses.dataclass(unsafe_hash=True)
class StoreClosed(Rejection):
    """The app is shutting down; the command was not accepted."""
