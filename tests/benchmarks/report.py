"""What was found as Markdown tables, and as one HTML page with its chart in it."""

from __future__ import annotations

import html
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Final

from tests.benchmarks import chart
from tests.benchmarks.figures import Found
from tests.benchmarks.goals import Goal, goals
from tests.benchmarks.worker import OURS, PANDAS, POLARS

_MODES: Final = {
    "held": "asked again, ms (ours: from memory; the rivals hold nothing, but SQLite's rollup is kept sums)",
    "uncached": "with nothing held in the process, ms (ours: from kept sums, months that changed from rows)",
    "change": "one more transaction made durable, then all four, ms (pandas and polars keep nothing)",
}
_SHORT: Final = {10_000: "10 k", 100_000: "100 k", 1_000_000: "1 M", 10_000_000: "10 M"}
Table = tuple[str, list[str], list[list[str]]]  # title, heads, rows


def short(rows: int) -> str:
    """A size as one says it."""
    return _SHORT.get(rows, f"{rows:,}")


def ms(value: float | None) -> str:
    """Milliseconds with two or three figures; a dash for what was not measured."""
    if value is None:
        return "–"
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def tables(found: Found) -> list[Table]:
    """Every table of the report."""
    every = [_times(found, mode) for mode in _MODES]
    every.append(_memory(found))
    if found.crowd:
        every.append(_crowd(found))
    if found.cold:
        every.append(_cold(found))
    every.append(_goals(goals(found)))
    return every


def _times(found: Found, mode: str) -> Table:
    sizes = [size.rows for size in found.sizes]
    heads = ["", *map(short, sizes), "times ours", "growth exponent"]
    lines = []
    for name in found.names():
        times = [found.time(name, rows, mode) for rows in sizes]
        lines.append([name, *map(ms, times), _ratios(found, name, mode, sizes), _exponent(found, name, mode)])
    return _MODES[mode], heads, lines


def _ratios(found: Found, name: str, mode: str, sizes: Sequence[int]) -> str:
    if name == OURS:
        return "1"
    pairs = [(found.time(name, rows, mode), found.time(OURS, rows, mode)) for rows in sizes]
    return " / ".join(
        f"{theirs / ours:.2g}" if theirs / ours < 10 else f"{theirs / ours:,.0f}"
        for theirs, ours in pairs
        if theirs and ours
    )


def _exponent(found: Found, name: str, mode: str) -> str:
    exponent = found.exponent(name, mode)
    return "–" if exponent is None else f"{exponent:.2f}"


def _memory(found: Found) -> Table:
    sizes = [size.rows for size in found.sizes]
    lines = []
    for name in found.names():
        kept = [found.figure(name, rows) for rows in sizes]
        lines.append([name, *("–" if one is None else _most(name, one.memory) for one in kept)])
    return "memory of the process at most, MB (Python and libraries included)", ["", *map(short, sizes)], lines


def _most(name: str, memory: dict[str, int]) -> str:
    if memory["server"]:  # the process only asks; what counts is the server
        return f"{memory['server'] // 1024} (the server's)"
    return f"{memory['most'] // 1024}" + (" (with loading)" if name in (PANDAS, POLARS) else "")


def _crowd(found: Found) -> Table:
    crowd = found.crowd
    assert crowd is not None
    title = f"one owner's {crowd.rows // crowd.owners:,} transactions, ms"
    lines = [
        [name, *(ms(times[mode]) for mode in ("uncached", "held", "change"))]
        for name, times in (
            ("alone in a file", crowd.alone),
            (f"among {crowd.rows:,} of {crowd.owners:,} owners, as they arrived", crowd.arrived),
            (f"the same after the rounds tidied up ({crowd.tidying / 1000:.0f} s in all)", crowd.among),
        )
    ]
    return title, ["", "uncached", "held", "after a change"], lines


def _cold(found: Found) -> Table:
    ours = found.cold[OURS]
    lines = [[name, f"{taken / 1000:.2f}", f"{taken / ours:.1f}"] for name, taken in found.cold.items()]
    return (
        f"a whole process, started, asked, ended, {found.cold_rows:,} transactions, s",
        ["", "s", "times ours"],
        lines,
    )


def _goals(every: Iterable[Goal]) -> Table:
    said = {True: "met", False: "not met", None: "not measured"}
    lines = [
        [one.what, _found(one), f"{'≥' if one.at_least else '≤'} {one.limit:g}{one.unit}", said[one.met]]
        for one in every
    ]
    return "goals", ["", "found", "goal", ""], lines


def _found(goal: Goal) -> str:
    return (
        "–"
        if goal.found is None
        else f"{goal.found:.2f}{goal.unit}"
        if goal.found < 10
        else f"{goal.found:,.0f}{goal.unit}"
    )


def markdown(found: Found) -> str:
    """All tables."""
    parts = [f"{found.machine}\n"]
    for title, heads, lines in tables(found):
        rows = [" | ".join(cells) for cells in (heads, ["---"] * len(heads), *lines)]
        parts.append(f"**{title[0].upper()}{title[1:]}**\n\n" + "\n".join(f"| {row} |" for row in rows) + "\n")
    parts += [f"Not there: {name} ({why})\n" for name, why in found.absent.items()]
    return "\n".join(parts)


_PAGE: Final = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Little Gold Card: measured</title>
<meta name="viewport" content="width=device-width"><style>
body {{ font: 15px/1.5 system-ui, sans-serif; color: #16202E; max-width: 70rem; margin: 2rem auto; padding: 0 1rem }}
table {{ border-collapse: collapse; width: 100%; margin-bottom: 2rem; font-variant-numeric: tabular-nums }}
th, td {{ padding: .35rem .6rem; border-bottom: 1px solid #E9EDF3; text-align: right; white-space: nowrap }}
td:first-child {{ text-align: left; white-space: normal }} tr.ours {{ font-weight: 600; color: #2F5BEA }}
.scroll {{ overflow-x: auto }} .yes {{ color: #1F9D6B }} .no {{ color: #D64545 }}
@media (prefers-color-scheme: dark) {{ body {{ background: #0E1420; color: #E6EBF4 }}
th, td {{ border-color: #222C41 }} tr.ours {{ color: #7C9CFF }} .chart {{ background: #fff; border-radius: 8px }} }}
</style></head><body><h1>Little Gold Card beside what one would use instead</h1><p>{machine}</p>
<div class="chart">{chart}</div>{tables}{absent}</body></html>"""


def page(found: Found) -> str:
    """The report as one page that needs no other file."""
    absent = "".join(
        f"<p>Not there: {html.escape(name)} ({html.escape(why)})</p>" for name, why in found.absent.items()
    )
    drawn = "".join(_table(*table) for table in tables(found))
    return _PAGE.format(machine=html.escape(found.machine), chart=chart.div(found), tables=drawn, absent=absent)


def _table(title: str, heads: Sequence[str], lines: Sequence[Sequence[str]]) -> str:
    cell: Callable[[str], str] = html.escape
    head = "".join(f"<th>{cell(one)}</th>" for one in heads)
    rows = "".join(
        f'<tr class="{"ours" if line[0] == OURS else ""}">' + "".join(_cell(one) for one in line) + "</tr>"
        for line in lines
    )
    named = cell(title[0].upper() + title[1:])
    return f'<h2>{named}</h2><div class="scroll"><table><tr>{head}</tr>{rows}</table></div>'


def _cell(text: str) -> str:
    tone = {"met": "yes", "not met": "no"}.get(text, "")
    return f'<td class="{tone}">{html.escape(text)}</td>'


def write(found: Found, folder: Path) -> list[Path]:
    """The report, the tables and the chart's picture in a folder; which files."""
    folder.mkdir(parents=True, exist_ok=True)
    written = {"report.html": page(found), "report.md": markdown(found), "speed.svg": chart.svg(found)}
    for name, text in written.items():
        (folder / name).write_text(text, encoding="utf-8")
    return [folder / name for name in written]
