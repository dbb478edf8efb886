"""Which wallet this process has open: screens run in threads of the process that opened it."""

from __future__ import annotations

import dataclasses
import gc

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


_YOUNG, _MIDDLE, _OLD = 20_000, 20, 20

_now_running: list[Running] = []


def calm_collector() -> None:
    """Take what is loaded out of the garbage collector's rounds, and make the rounds rarer.

    A group of payments leaves ten thousand rows that all stay until they are written: looking at them every 700
    objects finds nothing and costs a tenth of the time.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(_YOUNG, _MIDDLE, _OLD)


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
