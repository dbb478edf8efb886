"""Every page over the real websocket, as a browser speaks it: `python -m tests.benchmarks.pages [--sizes 10k,1m]`.

First each page alone: its first run after a start, the median and the 95th percentile of runs after it, what came over
the socket. Then once more with a stopwatch in the server: what part queries, charts, tables and serialising have. Then
many sessions at once (`--sessions 50`), each thinking 5 s between clicks: run times, errors, memory; and the first
visit in a real Chromium, its cache empty (`--browser`). Milliseconds.
"""

from __future__ import annotations

import argparse
import collections
import itertools
import json
import random
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

from tests.benchmarks import first_load
from tests.benchmarks.serving import Person, Served, inhabit, serving
from tests.benchmarks.tab import Run, RunFailedError, Tab

PAGES: Final = (
    "overview",
    "categories",
    "trends",
    "budgets",
    "recurring",
    "transactions",
    "import",
    "pairs",
    "refunds",
    "reconcile",
    "reports",
    "wallet",
    "pay",
    "points",
    "alerts",
    "settings",
)
_PARTS: Final = ("busy", "queries", "charts", "tables", "handing over", "sent")
_THINK: Final = 5.0  # seconds
_UNITS: Final = {"k": 1_000, "m": 1_000_000}


def _rows(text: str) -> int:
    unit = _UNITS.get(text[-1].lower(), 1)
    return int(text[:-1] if unit > 1 else text) * unit


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", default="10k", help="transactions of one person, e.g. 10k,1m")
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--sessions", type=int, default=0, help="also so many at once")
    parser.add_argument("--people", type=int, default=10, help="whose those sessions are")
    parser.add_argument("--seconds", type=float, default=60, help="for how long")
    parser.add_argument("--browser", action="store_true", help="also the first visit in Chromium")
    parser.add_argument("--pages", default=",".join(PAGES))
    return parser.parse_args()


def main() -> None:
    """Measure and print."""
    asked = _asked()
    names = asked.pages.split(",")
    for rows in map(_rows, asked.sizes.split(",")):
        with tempfile.TemporaryDirectory() as folder:
            (person,) = inhabit(Path(folder), rows)
            sys.stdout.write(f"\n{rows:,} transactions of one person\n")
            with serving(Path(folder)) as served:
                _print_runs(_alone(served, person, names, asked.rounds))
                sys.stdout.write(f"memory of the server {served.memory() // 1024} MB\n")
                if asked.browser:
                    sys.stdout.write(first_load.told(first_load.measure(served.base, person)))
            with serving(Path(folder), split=True) as served:
                _print_split(_split(served, person, names, asked.rounds))
    if asked.sessions:
        with tempfile.TemporaryDirectory() as folder:
            each = _rows(asked.sizes.split(",")[0])
            people = inhabit(Path(folder), each, asked.people, -(-asked.sessions // asked.people))
            sys.stdout.write(f"\n{asked.sessions} sessions of {asked.people} people with {each:,} transactions each\n")
            with serving(Path(folder)) as served:
                sys.stdout.write(_together(served, people, asked.sessions, asked.seconds))


def _alone(served: Served, person: Person, names: Sequence[str], rounds: int) -> dict[str, list[Run]]:
    tab, found = Tab(served.base, person.tokens[0]), {}
    for name in names:
        found[name] = [tab.open(name), *(tab.again() for _ in range(rounds))]
    tab.close()
    return found


def _print_runs(found: dict[str, list[Run]]) -> None:
    out = sys.stdout.write
    out(f"{'page':14}{'first':>8}{'median':>8}{'p95':>8}{'messages':>10}{'KiB':>7}\n")
    for name, (first, *again) in found.items():
        taken = [one.seconds * 1000 for one in again]
        last = again[-1]
        cells = f"{first.seconds * 1000:8.0f}{statistics.median(taken):8.0f}{percentile(taken, 95):8.0f}"
        out(f"{name:14}{cells}{last.messages:10}{last.bytes / 1024:7.0f}\n")


def percentile(values: Iterable[float], part: int) -> float:
    """The value that `part` per cent of them do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, len(ordered) * part // 100)]


def _split(served: Served, person: Person, names: Sequence[str], rounds: int) -> dict[str, dict[str, float]]:
    """Milliseconds of each part, medians of the runs after the first; `other` is Python and Streamlit itself."""
    tab = Tab(served.base, person.tokens[0])
    found = {}
    for name in names:
        tab.open(name)
        before = _lines(served.split)
        for _ in range(rounds):
            tab.again()
        found[name] = _parts(_lines(served.split)[len(before) - 1 :])
    tab.close()
    return found


def _lines(file: Path) -> list[dict[str, float]]:
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


def _parts(lines: list[dict[str, float]]) -> dict[str, float]:
    runs: list[dict[str, float]] = []
    for before, one in itertools.pairwise(lines):
        runs.append({**one, "sent": one["sent"] - before["sent"]})
    runs = [one for one in runs if not one["fragment"]]
    parts = {name: statistics.median(one.get(name, 0.0) * 1000 for one in runs) for name in ("whole", *_PARTS)}
    parts["asked"] = statistics.median(one.get("asked", 0) for one in runs)
    parts["other"] = parts["whole"] - sum(parts[name] for name in _PARTS if name not in ("busy", "sent"))
    return parts


def _print_split(found: dict[str, dict[str, float]]) -> None:
    out = sys.stdout.write
    heads = ("whole", "busy", "queries", "asked", "charts", "tables", "handing over", "other", "sent")
    out(f"\nwhere it goes\n{'page':14}" + "".join(f"{head:>13}" for head in heads) + "\n")
    for name, parts in found.items():
        out(f"{name:14}" + "".join(f"{parts[head]:13.1f}" for head in heads) + "\n")


def _together(served: Served, people: Sequence[Person], sessions: int, seconds: float) -> str:
    """Sessions going through the screens, five seconds between clicks, each watching its own sign-out meanwhile."""
    tokens = [token for turn in range(len(people[0].tokens)) for token in (one.tokens[turn] for one in people)]
    Tab(served.base, tokens[0]).close()
    before = served.memory()
    taken: dict[str, list[float]] = collections.defaultdict(list)
    wrong: list[str] = []
    until = time.monotonic() + seconds
    threads = [
        threading.Thread(target=_visit, args=(served.base, token, number, until, taken, wrong))
        for number, token in enumerate(tokens[:sessions])
    ]
    for thread in threads:
        thread.start()
    time.sleep(seconds * 0.9)
    grown = served.memory() - before
    for thread in threads:
        thread.join()
    clicks, first, watched = taken["click"], taken["first"], taken["watch"]
    lines = [
        f"clicks {len(clicks)}: median {statistics.median(clicks):.0f} ms, p95 {percentile(clicks, 95):.0f} ms",
        f"opening a tab {len(first)}: median {statistics.median(first):.0f} ms, p95 {percentile(first, 95):.0f} ms",
        f"looks for a sign-out {len(watched)}: median {statistics.median(watched):.0f} ms",
        f"errors {len(wrong)}{': ' + wrong[0] if wrong else ''}",
        f"memory {grown / 1024 / sessions:.1f} MB a session ({before / 1024:.0f} MB before, {grown / 1024:.0f} more)",
    ]
    return "\n".join(lines) + "\n"


def _visit(base: str, token: str, number: int, until: float, taken: dict[str, list[float]], wrong: list[str]) -> None:
    drawn = random.Random(number)  # noqa: S311 - not a secret
    time.sleep(drawn.random() * _THINK)
    try:
        started = time.perf_counter()
        tab = Tab(base, token)
        taken["first"].append((time.perf_counter() - started) * 1000)
        while time.monotonic() < until:
            _think(tab, _THINK * (0.5 + drawn.random()), taken)
            page = drawn.choice(PAGES[:11])
            run = tab.open(page) if drawn.random() < 0.5 else tab.again()
            taken["click"].append(run.seconds * 1000)
        tab.close()
    except (RunFailedError, OSError, TimeoutError) as failure:
        wrong.append(f"{type(failure).__name__} {failure}")


def _think(tab: Tab, seconds: float, taken: dict[str, list[float]]) -> None:
    """Wait, while the tab asks every other second whether its session still counts, as it does in a browser."""
    rest = seconds
    while rest > 2:
        time.sleep(2)
        rest -= 2
        if tab.watched:
            taken["watch"].append(tab.watch().seconds * 1000)
    time.sleep(rest)


if __name__ == "__main__":
    main()
