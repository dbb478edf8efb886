"""What the running wallet does by itself: ask silent banks, give refunds that are due, let points expire, check itself.

It also keeps backups, and the facts in the order in which they are read fast. One thread, started and stopped with the
app. A round that fails is logged and the next one tries again: nothing here decides anything that is not decided the
same way when a person presses the button.
"""

from __future__ import annotations

import threading
from datetime import datetime, timedelta
from typing import Final

import structlog

from data import backups, settlement
from data.audit import export_head
from data.errors import StoreClosed
from data.running import Running
from data.tidying import Tidying

ASK_EVERY: Final = timedelta(seconds=5)
SETTLE_EVERY: Final = timedelta(minutes=5)
CHECK_EVERY: Final = timedelta(hours=6)
KEEP_EVERY: Final = timedelta(hours=1)  # looking whether a backup is due, and writing down where the audit chain ends
_log = structlog.get_logger("rounds")


class Rounds:
    """The wallet's own round. Times are the store's clock, so that tests can turn it."""

    def __init__(self, running: Running, ask_every: timedelta = ASK_EVERY) -> None:
        self._running = running
        self._pause = ask_every.total_seconds()
        self._stopped = threading.Event()
        self._settled_at: datetime | None = None
        self._checked_at: datetime | None = None
        self._kept_at: datetime | None = None
        self._tidying = Tidying(running.database)
        self._thread = threading.Thread(target=self._go, name="rounds", daemon=True)

    def start(self) -> None:
        """Begin; the first round is made at once."""
        self._thread.start()

    def stop(self) -> None:
        """End after the round that is being made."""
        self._stopped.set()
        if self._thread.is_alive():
            self._thread.join()

    def once(self) -> None:
        """One round: what is due of it now.

        Raises:
            StoreClosed: the wallet is closing.
        """
        now = self._running.database.clock()
        settlement.ask_open(self._running)
        if self._settled_at is None or now - self._settled_at >= SETTLE_EVERY:
            self._settled_at = now
            settlement.credit_due(self._running)
            settlement.expire(self._running)
        if self._checked_at is None or now - self._checked_at >= CHECK_EVERY:
            self._checked_at = now
            self._check()

    def keep(self) -> None:
        """Make the day's backup when it is due, and write down where the audit chain ends; not more than once an hour.

        Raises:
            StoreClosed: the wallet is closing.
        """
        now = self._running.database.clock()
        if self._kept_at is not None and self._kept_at <= now < self._kept_at + KEEP_EVERY:
            return
        self._kept_at = now
        if backups.is_due(self._running.database, now):
            backups.make(self._running, now)
        else:
            export_head(self._running.database, self._running.key, now)

    def tidy(self) -> None:
        """Move a slice of scattered facts, or sum up somebody's months, if there are any.

        Raises:
            StoreClosed: the wallet is closing.
        """
        self._tidying.step(self._running.database.clock())

    def _check(self) -> None:
        for wrong in self._running.database.memory_drift():
            _log.error("memory_drift", what=wrong.split(" ", 1)[0])

    def _go(self) -> None:
        while not self._stopped.is_set():
            try:
                self.once()
                self.keep()
                self.tidy()
            except StoreClosed:
                return
            except Exception as failure:  # noqa: BLE001 - whatever it was, the next round tries again
                _log.error("round_failed", error=type(failure).__name__)
            self._stopped.wait(self._pause)
