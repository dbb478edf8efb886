"""How long each page's script runs at a size: `python -m tests.benchmarks.pages [--rows 100000] [--rounds 7]`.

The whole script of a page as Streamlit runs it (questions, texts, charts, tables), without a browser, signed in, on a
real store. `first`: nothing is held in memory yet. `median`: what a click costs. Milliseconds.
"""

from __future__ import annotations

import argparse
import gc
import statistics
import sys
import tempfile
import time
from pathlib import Path

from streamlit.testing.v1 import AppTest

from tests.benchmarks.fill import fill
from tests.pages.signed_in import Wallet, open_wallet

PAGES = ("overview", "categories", "trends", "budgets", "recurring", "transactions", "import", "reports", "settings")


def measure(wallet: Wallet, page: str, rounds: int) -> tuple[int, int]:
    """The first run of a page in a fresh tab, and the median of the runs after it."""
    app = wallet.screen(f"pages/{page}.py", timeout=120)
    first = _run(app)
    return first, int(statistics.median(_run(app) for _ in range(rounds)))


def _run(app: AppTest) -> int:
    started = time.perf_counter()
    app.run()
    if app.exception:
        raise SystemExit(str(app.exception))
    return round((time.perf_counter() - started) * 1000)


def main() -> None:
    """Fill a store, run every page, print a table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=7)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, open_wallet(Path(folder)) as wallet:
        fill(wallet.database, asked.rows, owner=wallet.owner)
        gc.collect()
        gc.freeze()  # as the server does after its start
        sys.stdout.write(f"{asked.rows:,} transactions\n{'page':14}{'first':>8}{'median':>8}\n")
        for page in PAGES:
            first, median = measure(wallet, page, asked.rounds)
            sys.stdout.write(f"{page:14}{first:8}{median:8}\n")
        gc.unfreeze()  # or the libraries would call what was frozen a leak


if __name__ == "__main__":
    main()
