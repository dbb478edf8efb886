"""How well the monitor tells a thief's payments from their owner's: `python -m tests.benchmarks.risk`.

Two public sets of payments with known frauds are replayed in the order of time, with the rules and weights that the
wallet uses, the same for both; what a payment is compared with happened before it. That a payment was fraud is known to
the rules a week later, as if its owner had then noticed and said so, whether there was an alert or not. Beside it two
simpler programs: the largest amounts first; the amount's z-score among the same customer's earlier payments.

Each may alert as often: half a percent of all payments, those that it scores highest. Printed are the share of frauds
among them (precision), the share of frauds found (recall), the area under precision over recall (average precision over
every threshold), and the delay: hours from the first payment of a series of frauds (no pause of a week) to the first
alert in it, a week where there was none. `unseen`: only customers that nobody looked at while weights were chosen, with
the same budget. The last lines are the thresholds of the wallet itself.
"""

from __future__ import annotations

import csv
import dataclasses
import heapq
import math
import statistics
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from data.ledger.risk.payees import DAY, LOOK_BACK, Reported
from data.ledger.risk.profile import Debit, Profile
from data.ledger.risk.rules import THRESHOLDS, USUAL_BELOW, score_of, view_of
from tests.samples import FOLDER

HANDBOOK: Final = "fraud-handbook/fdh_customers_0000-0149.csv"
SPARKOV: Final = "sparkov-generated/sparkov_A_seed101.csv"
BUDGET: Final = 0.005  # alerts a payment
NOTICED: Final = 7 * DAY  # how long it takes an owner to notice
_HOUR: Final = 3_600
_FEWEST: Final = 8  # earlier payments before a z-score says anything, as the rules have it


@dataclasses.dataclass(frozen=True, slots=True)
class Labelled:
    """A payment of a set. who: the customer's number, in the order of names; at: seconds since 1970."""

    id: str
    at: int
    who: int
    payee: str
    minor: int
    category: str
    fraud: bool


def handbook(path: Path) -> list[Labelled]:
    """The set of the Fraud Detection Handbook: terminals for payees, no categories."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return _in_order(
        Labelled(
            row["TRANSACTION_ID"],
            _seconds(row["TX_DATETIME"]),
            int(row["CUSTOMER_ID"]),
            row["TERMINAL_ID"],
            _minor(row["TX_AMOUNT"]),
            "",
            row["TX_FRAUD"] == "1",
        )
        for row in rows
    )


def sparkov(path: Path) -> list[Labelled]:
    """The set made with the Sparkov generator: merchants and their categories."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    numbers = {card: place for place, card in enumerate(sorted({int(row["cc_num"]) for row in rows}))}
    return _in_order(
        Labelled(
            row["trans_num"],
            _seconds(f"{row['trans_date']} {row['trans_time']}"),
            numbers[int(row["cc_num"])],
            row["merchant"],
            _minor(row["amt"]),
            row["category"],
            row["is_fraud"] == "1",
        )
        for row in rows
    )


def _in_order(found: Iterator[Labelled]) -> list[Labelled]:
    return sorted(found, key=lambda one: (one.at, one.id))


def _seconds(text: str) -> int:
    return int(datetime.strptime(text, "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC).timestamp())


def _minor(text: str) -> int:
    return max(1, round(float(text) * 100))


def by_rules(payments: Sequence[Labelled]) -> list[tuple[float, float]]:
    """The wallet's rules: what each payment scores, and what of that may refuse."""
    profiles: defaultdict[int, Profile] = defaultdict(Profile)
    reported: dict[str, Reported] = {}
    visits: defaultdict[str, list[int]] = defaultdict(list)
    to_notice: list[tuple[int, int, Labelled, bool]] = []
    scores = []
    for place, one in enumerate(payments):
        while to_notice and to_notice[0][0] <= one.at:
            _, _, fraud, usual = heapq.heappop(to_notice)
            profiles[fraud.who].dispute(fraud.id, fraud.at, usual=usual)
            if fraud.payee not in reported:
                seen = [at for at in visits[fraud.payee] if at >= fraud.at - LOOK_BACK]
                reported[fraud.payee] = Reported(seen)
            reported[fraud.payee].report(fraud.at, usual=usual)
        debit = Debit(one.id, one.at, one.at // _HOUR % 24, one.minor, "CNY", one.payee, one.category)
        view = view_of(debit, profiles[one.who], reported.get(one.payee))
        scores.append(score_of(view))
        profiles[one.who].add(debit)
        visits[one.payee].append(one.at)
        if one.payee in reported:
            reported[one.payee].visit(one.at)
        if one.fraud:
            heapq.heappush(to_notice, (one.at + NOTICED, place, one, view.distance < USUAL_BELOW))
    return scores


def by_amount(payments: Sequence[Labelled]) -> list[float]:
    """One threshold for everybody."""
    return [float(one.minor) for one in payments]


def by_z_score(payments: Sequence[Labelled]) -> list[float]:
    """How many standard deviations above the customer's own mean of all payments before."""
    sums: defaultdict[int, list[float]] = defaultdict(lambda: [0.0, 0.0, 0.0])
    scores = []
    for one in payments:
        count, total, squares = sums[one.who]
        mean = total / count if count else 0.0
        spread = math.sqrt(max(0.0, squares / count - mean * mean)) if count >= _FEWEST else 0.0
        scores.append((one.minor - mean) / spread if spread else 0.0)
        sums[one.who] = [count + 1, total + one.minor, squares + one.minor**2]
    return scores


@dataclasses.dataclass(frozen=True, slots=True)
class Measured:
    """What alerts at the budget were worth. delay: hours."""

    recall: float
    precision: float
    area: float
    delay: float


def measure(payments: Sequence[Labelled], scores: Sequence[float]) -> Measured:
    """The figures of one program on one set; of equal scores the earlier payment is alerted first."""
    order = sorted(range(len(payments)), key=lambda at: -scores[at])
    alerts = set(order[: round(len(payments) * BUDGET)])
    frauds = sum(one.fraud for one in payments)
    hits = sum(payments[at].fraud for at in alerts)
    found, area = 0, 0.0
    for rank, at in enumerate(order, start=1):
        if payments[at].fraud:
            found += 1
            area += found / rank
    return Measured(hits / frauds, hits / len(alerts), area / frauds, _delay(payments, alerts))


def _delay(payments: Sequence[Labelled], alerts: set[int]) -> float:
    delays = []
    for series in _series(payments):
        start = payments[series[0]].at
        first = next((payments[at].at for at in series if at in alerts), start + NOTICED)
        delays.append(min(first - start, NOTICED) / _HOUR)
    return statistics.fmean(delays)


def _series(payments: Sequence[Labelled]) -> list[list[int]]:
    """The frauds of a customer that follow each other without a pause of a week."""
    series: list[list[int]] = []
    latest: dict[int, list[int]] = {}
    for at, one in enumerate(payments):
        if not one.fraud:
            continue
        running = latest.get(one.who)
        if running is None or one.at - payments[running[-1]].at >= NOTICED:
            running = latest[one.who] = []
            series.append(running)
        running.append(at)
    return series


def replayed(payments: Sequence[Labelled]) -> dict[str, list[float]]:
    """What each program scores every payment."""
    return {
        "the wallet's rules": [score for score, _ in by_rules(payments)],
        "amount, one threshold": by_amount(payments),
        "amount, z-score of the customer": by_z_score(payments),
    }


def _unseen(payments: Sequence[Labelled], scores: Sequence[float]) -> Measured:
    kept = [(one, score) for one, score in zip(payments, scores, strict=True) if one.who % 2]
    return measure([one for one, _ in kept], [score for _, score in kept])


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")


def _print(name: str, payments: Sequence[Labelled]) -> None:
    frauds = sum(one.fraud for one in payments)
    _say(f"\n{name}: {len(payments):,} payments, {frauds} frauds, {round(len(payments) * BUDGET)} alerts")
    _say(f"{'':34} {'recall':>7} {'precision':>9} {'AUC-PR':>7} {'delay h':>8}   unseen: {'recall':>6} {'AUC-PR':>7}")
    for program, scores in replayed(payments).items():
        all_, rest = measure(payments, scores), _unseen(payments, scores)
        _say(
            f"{program:34} {all_.recall:7.1%} {all_.precision:9.1%} {all_.area:7.3f} {all_.delay:8.1f}"
            f"           {rest.recall:6.1%} {rest.area:7.3f}"
        )
    _print_thresholds(payments)


def _print_thresholds(payments: Sequence[Labelled]) -> None:
    started = time.process_time()
    scores = by_rules(payments)
    each = (time.process_time() - started) / len(payments) * 1e6
    frauds = sum(one.fraud for one in payments)
    for sensitivity, (ask, refuse) in THRESHOLDS.items():
        asked = [one.fraud for one, (all_, _) in zip(payments, scores, strict=True) if all_ >= ask]
        stopped = [
            one.fraud for one, (all_, firm) in zip(payments, scores, strict=True) if all_ >= ask and firm >= refuse
        ]
        _say(
            f"  sensitivity {sensitivity.value:6}: asked or stopped {len(asked) / len(payments):.2%} of payments, "
            f"{sum(asked) / max(1, len(asked)):.0%} of them fraud, {sum(asked) / frauds:.0%} of frauds; "
            f"stopped {len(stopped)}, of them honest {len(stopped) - sum(stopped)}"
        )
    _say(f"  {each:.0f} µs of CPU a payment, with keeping the profile")


_SETS: Final[tuple[tuple[str, str, Callable[[Path], list[Labelled]]], ...]] = (
    ("Fraud Detection Handbook, 150 customers", HANDBOOK, handbook),
    ("Sparkov, 9 accounts", SPARKOV, sparkov),
)


def main() -> int:
    """Print the table."""
    for name, path, read in _SETS:
        if not (FOLDER / path).is_file():
            sys.stderr.write(f"{path} is not beside the checkout\n")
            return 1
        _print(name, read(FOLDER / path))
    return 0


if __name__ == "__main__":
    sys.exit(main())
