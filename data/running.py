"""Which wallet this process has open: screens run in threads of the process that opened it."""

from __future__ import annotations

import dataclasses

from data.database import Database
from data.errors import StoreClosed
from data.gateways.protocol import Gateway
from data.security.sealing import SealingKey


@dataclasses.dataclass(frozen=True, slots=True)
class Running:
    """The open store, the key that opens its sealed fields, and who speaks for the banks of bound cards."""

    database: Database
    key: SealingKey
    gateway: Gateway

    def close(self) -> None:
        """Answer everything that was accepted, then let go of all files."""
        self.database.close()
        self.gateway.close()


_now_running: list[Running] = []


def set_current(running: Running | None) -> None:
    """Say which wallet is open, or that none is any more."""
    _now_running[:] = [] if running is None else [running]


def current() -> Running:
    """The open wallet.

    Raises:
        StoreClosed: before the start is complete, and during shutdown.
    """
    if not _now_running:
        raise StoreClosed
    return _now_running[0]
