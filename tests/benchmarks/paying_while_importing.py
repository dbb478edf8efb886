"""How long a payment takes while somebody else imports: `python -m tests.benchmarks.paying_while_importing [--rows N]`.

One person pays in a loop, another imports a generated bill; printed are how long the import took and the middle, the
99th of a hundred and the longest payment, before it and during it. Payments are those of `tests.benchmarks.payments`;
all books are checked afterwards, and the rows that were booked are counted.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

from data import statements
from data.ids import OwnerId, new_id, new_request_id
from data.importers.recognise import recognise
from data.importers.statement import Statement
from data.statements import ImportStatements
from tests.benchmarks.import_files import FORMATS, rows_of
from tests.benchmarks.payments import Ours

_PAUSE = 0.02  # seconds between two payments: somebody at a till, not a flood


class Payer:
    """Pays in a thread of its own until stopped; `took`: the seconds of each payment."""

    def __init__(self, pay: Callable[[int], None]) -> None:
        self.took: list[float] = []
        self._pay = pay
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _run(self) -> None:
        while not self._stop.is_set():
            began = time.perf_counter()
            self._pay(len(self.took))
            self.took.append(time.perf_counter() - began)
            time.sleep(_PAUSE)

    def stop(self) -> list[float]:
        """What the payments took; they are over."""
        self._stop.set()
        self._thread.join()
        return self.took


def _bill(rows: int, seed: int) -> Statement:
    (parsed,) = recognise(FORMATS[0].write(rows_of(rows, seed)), "alipay.csv")
    if parsed.statement is None:
        raise SystemExit(str(parsed.refusal))
    return parsed.statement


def _said(what: str, took: list[float]) -> str:
    ordered = sorted(took)
    middle, late = ordered[len(ordered) // 2], ordered[min(len(ordered) - 1, len(ordered) * 99 // 100)]
    figures = f"{middle * 1e3:,.0f} / {late * 1e3:,.0f} / {ordered[-1] * 1e3:,.0f} ms"
    return f"{what:<20}{len(took):>6} payments, middle / p99 / longest {figures}\n"


def main() -> None:
    """Pay alone, pay beside an import, check everything, print."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--rows", type=int, default=100_000)
    asked.add_argument("--seed", type=int, default=7)
    options = asked.parse_args()
    bill = _bill(options.rows, options.seed)
    with tempfile.TemporaryDirectory() as folder:
        house = Ours(Path(folder))
        db, importer = house.database, OwnerId(new_id())
        alone = Payer(house.client())
        time.sleep(2)
        before = alone.stop()
        preview = statements.prepare(db, importer, [bill])
        beside = Payer(house.client())
        began = time.perf_counter()
        receipt = statements.commit(db, ImportStatements(importer, new_request_id(), importer, preview.token), preview)
        took = time.perf_counter() - began
        time.sleep(2)  # what the store puts off until it is idle counts too
        during = beside.stop()
        house.check()
        house.close()
    if receipt.booked != options.rows:
        raise SystemExit(f"{receipt.booked} rows of {options.rows} were booked")
    sys.stdout.write(f"{options.rows:,} rows imported in {took:.1f} s\n")
    sys.stdout.write(_said("alone", before) + _said("during the import", during))


if __name__ == "__main__":
    main()
