"""Plain text accounting: hledger, ledger and beancount on a journal with the same transactions, each run as a process.

They keep nothing between runs: after a change the whole is read again, so their cold time is also their time after one.
"""

from __future__ import annotations

import collections
import csv
import io
import json
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

import pyarrow.parquet as pq

from tests.benchmarks.dashboard import CURRENCY, MONTH, TOP, TREND_FROM, YEAR, Answers, answers
from tests.benchmarks.worker import ROOT

_CASH, _OTHER = "Assets:Cash", "Assets:Other"
_NUMBER: Final = re.compile(r"-?[\d,]*\.?\d+")
Rows = Iterator[tuple[str, str, str, str, str, int]]  # day, category, top, payee, currency, minor units


def _rows(given: Path) -> Rows:
    names = ["booked_on", "category", "top", "payee", "currency", "spending"]
    for batch in pq.ParquetFile(given).iter_batches(100_000, columns=names):
        yield from zip(*(batch.column(name).to_pylist() for name in names), strict=True)


def _account(top: str, category: str) -> str:
    """As beancount wants names: each part with a capital."""
    parts = ["Expenses", *dict.fromkeys((top, category))]
    return ":".join(part.replace("_", "-").capitalize() for part in parts)


def _key(part: str) -> str:
    return part.replace("-", "_").lower()


def _amount(currency: str, minor: int) -> str:
    places = 0 if currency == "JPY" else 2
    sign, units = "-" if minor < 0 else "", abs(minor)
    return f"{sign}{units // 10**places}" + (f".{units % 10**places:0{places}d}" if places else "")


def write_ledger(given: Path, file: Path) -> None:
    """A journal that hledger and ledger read; transfers as one unit moved."""
    with file.open("w", encoding="utf-8") as out:
        for day, category, top, payee, currency, minor in _rows(given):
            account, moved = (_account(top, category), minor) if minor else (_OTHER, 100)
            out.write(
                f"{day} {payee or 'transfer'}\n    {account}  {currency} {_amount(currency, moved)}\n    {_CASH}\n\n"
            )


def write_beancount(given: Path, file: Path) -> None:
    """A beancount file."""
    accounts = {_account(top, category) for _, category, top, *_ in _rows(given)}
    with file.open("w", encoding="utf-8") as out:
        out.writelines(f"1990-01-01 open {name}\n" for name in sorted({_CASH, _OTHER, *accounts}))
        for day, category, top, payee, currency, minor in _rows(given):
            account, moved = (_account(top, category), minor) if minor else (_OTHER, 100)
            amount, back = _amount(currency, moved), _amount(currency, -moved)
            out.write(f'{day} * "{payee}" ""\n  {account}  {amount} {currency}\n  {_CASH}  {back} {currency}\n\n')


def _run(*command: str) -> str:
    done = subprocess.run(command, check=True, capture_output=True, cwd=ROOT)  # noqa: S603 - our own words
    return done.stdout.decode()


def _minor(text: str) -> int:
    """Minor units of a CNY amount such as `CNY 1,234.50` or `-12`."""
    found = _NUMBER.search(text.replace(",", ""))
    if found is None:
        return 0
    whole, _, part = found.group().lstrip("-").partition(".")
    minor = int(whole or "0") * 100 + int((part + "00")[:2])
    return -minor if "-" in text else minor


def _from_monthly(monthly: Sequence[tuple[str, str, int]], payees: Mapping[str, int]) -> Answers:
    """From (month, account, amount) of all months, and amounts by payee."""
    whole: collections.Counter[tuple[str, str]] = collections.Counter()
    trend: collections.Counter[str] = collections.Counter()
    month: collections.Counter[str] = collections.Counter()
    for at, account, minor in monthly:
        _, top, *rest = account.split(":")
        whole[at, _key(top)] += minor
        trend[at] += minor if at >= TREND_FROM.isoformat()[:7] else 0
        month[_key(rest[0] if rest else top)] += minor if at == MONTH.isoformat()[:7] else 0
    lines = [(at, top, minor) for (at, top), minor in sorted(whole.items())]
    last = [minor for at, minor in sorted(trend.items()) if at >= TREND_FROM.isoformat()[:7]]
    return answers(lines, month.items(), last, sorted(payees.values(), reverse=True)[:TOP])


def hledger(file: Path) -> Answers:
    """hledger: four reports, each reads the journal."""
    base = ("hledger", "-f", str(file), "balance", "expenses", f"cur:{CURRENCY}", "--no-total", "-O", "csv")
    monthly = list(_monthly_csv(_run(*base, "--monthly")))
    _run(*base, "-p", MONTH.isoformat()[:7])
    _run(*base, "--monthly", "--depth", "1", "-b", TREND_FROM.isoformat())
    payees = list(csv.reader(io.StringIO(_run(*base, "--pivot", "payee", "-b", YEAR.isoformat()))))[1:]
    return _from_monthly(monthly, {name: _minor(amount) for name, amount, *_ in payees})


def _monthly_csv(text: str) -> Iterator[tuple[str, str, int]]:
    head, *lines = csv.reader(io.StringIO(text))
    for account, *cells in lines:
        for month, cell in zip(head[1:], cells, strict=False):
            yield month[:7], account.capitalize(), _minor(cell)


def ledger(file: Path) -> Answers:
    """ledger: four reports, each reads the journal."""
    base = ("ledger", "-f", str(file), "--args-only", "register", "^Expenses", "--limit", f'commodity == "{CURRENCY}"')
    line = '%(format_date(date, "%Y-%m"))|%(account)|%(quantity(scrub(display_amount)))\n'
    monthly = _piped(_run(*base, "--monthly", "-F", line))
    _run(*base, "--monthly", "-b", MONTH.isoformat(), "-F", line)
    _run(*base, "--monthly", "--depth", "1", "-b", TREND_FROM.isoformat(), "-F", line)
    by_payee = "%(payee)|%(payee)|%(quantity(scrub(display_amount)))\n"
    payees: collections.Counter[str] = collections.Counter()
    for name, _, minor in _piped(_run(*base, "--by-payee", "-b", YEAR.isoformat(), "-F", by_payee)):
        payees[name] += minor
    return _from_monthly(monthly, payees)


def _piped(text: str) -> list[tuple[str, str, int]]:
    cells = [line.split("|") for line in text.splitlines() if line.count("|") == 2]
    return [(at, account, _minor(amount)) for at, account, amount in cells]


def beancount(file: Path) -> Answers:
    """beancount: the file is loaded and gone through once for all four."""
    found = json.loads(_run(sys.executable, "-m", "tests.benchmarks.rivals.plain_text", str(file)))
    return _from_monthly([(at, account, minor) for at, account, minor in found["monthly"]], found["payees"])


def _load(file: str) -> dict[str, Any]:
    """What beancount's own loader gives, added up."""
    from beancount import loader  # noqa: PLC0415 - only where it is installed
    from beancount.core.data import Transaction  # noqa: PLC0415

    entries, errors, _ = loader.load_file(file)
    if errors:
        raise SystemExit(str(errors[0]))
    monthly: collections.Counter[tuple[str, str]] = collections.Counter()
    payees: collections.Counter[str] = collections.Counter()
    for entry in entries:
        if isinstance(entry, Transaction):
            for posting in entry.postings:
                units: Any = posting.units
                if posting.account.startswith("Expenses:") and units.currency == CURRENCY:
                    minor = int(units.number.scaleb(2))
                    monthly[entry.date.isoformat()[:7], posting.account] += minor
                    payees[entry.payee or ""] += minor if entry.date >= YEAR else 0
    return {"monthly": [(*key, minor) for key, minor in monthly.items()], "payees": payees}


def load_nothing() -> None:
    """Have beancount's bytecode made."""
    _run(sys.executable, "-c", "import beancount.loader, tests.benchmarks.rivals.plain_text")


Tool = tuple[str, Callable[[Path], Answers], Callable[[Path, Path], None]]
TOOLS: Final[tuple[Tool, ...]] = (
    ("hledger, four reports", hledger, write_ledger),
    ("ledger, four reports", ledger, write_ledger),
    ("beancount", beancount, write_beancount),
)


def missing(name: str) -> str:
    """Why a tool cannot take part; "" when it can."""
    tool = name.split(",", maxsplit=1)[0]
    there = find_spec("beancount") if tool == "beancount" else shutil.which(tool)
    return "" if there else f"{tool} is not installed"


def timed(ask: Callable[[Path], Answers], file: Path) -> tuple[float, Answers]:
    """Milliseconds of the whole, and the answers."""
    started = time.perf_counter()
    found = ask(file)
    return (time.perf_counter() - started) * 1000, found


if __name__ == "__main__":
    sys.stdout.write(json.dumps(_load(sys.argv[1])))
