"""What is measured is real: generated books keep every promise, and nobody's time counts before the answers agree."""

from __future__ import annotations

import dataclasses
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from data.database import open_database
from data.upkeep import verify
from tests.benchmarks import report
from tests.benchmarks.figures import Found, slope
from tests.benchmarks.fill import SEED, fill, fill_many, person
from tests.benchmarks.goals import goals
from tests.benchmarks.habits import KINDS, deeds
from tests.benchmarks.rivals.extract import extract
from tests.benchmarks.rivals.frames import Pandas
from tests.benchmarks.rivals.ours import Ours, open_purse
from tests.benchmarks.rivals.plain_text import TOOLS, missing
from tests.benchmarks.rivals.sqlite import Covering, Rollup, Streamed
from tests.benchmarks.rounds import Figure, Size
from tests.benchmarks.worker import OURS, ROLLUP

_ROWS = 3_000


@dataclasses.dataclass(frozen=True)
class Kept:
    store: Path
    rows: Path
    folder: Path


@pytest.fixture(scope="module")
def kept() -> Iterator[Kept]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        database = open_database(folder / "wallet.duckdb")
        open_purse(database, person(SEED, 0))
        fill(database, _ROWS, owner=person(SEED, 0))
        extract(database, person(SEED, 0), folder / "rows.parquet")
        broken = [finding for finding in verify(database) if not finding.kept]
        database.close()
        assert not broken
        yield Kept(folder / "wallet.duckdb", folder / "rows.parquet", folder)


def test_books_of_many_owners_keep_every_promise_in_whatever_order_they_arrived(tmp_path: Path) -> None:
    for arriving in (False, True):
        database = open_database(tmp_path / f"{arriving}.duckdb")
        people = fill_many(database, 600, 3, arriving=arriving)
        counts = database.read("SELECT owner, count(*) FROM published_entry GROUP BY owner")
        broken = [finding for finding in verify(database) if not finding.kept]
        database.close()
        assert not broken
        assert dict(counts) == dict.fromkeys(people, 200)


def test_the_same_seed_gives_the_same_deeds_and_another_person_others() -> None:
    first, again, other = deeds(500, SEED), deeds(500, SEED), deeds(500, SEED, 1)
    assert np.array_equal(first.minor, again.minor)
    assert not np.array_equal(first.minor, other.minor)


def test_no_refund_exceeds_its_purchase_or_comes_before_it() -> None:
    found = deeds(20_000, SEED)
    rows = np.flatnonzero(found.bought >= 0)
    assert len(rows) > 100
    assert (found.minor[rows] <= found.minor[found.bought[rows]]).all()
    assert (found.bought[rows] < rows).all()
    assert len(set(found.bought[rows])) == len(rows)
    assert (found.kind[found.bought[rows]] == KINDS.index("expense")).all()


def test_everybody_gives_the_same_answers_before_and_after_a_change(kept: Kept) -> None:
    ours = Ours(kept.store, person(SEED, 0))
    rivals = [kind(kept.rows, kept.folder) for kind in (Covering, Streamed, Rollup, Pandas)]
    for number in range(2):
        told = ours.answers()
        assert len(told["all"]) > 500
        for rival in rivals:
            assert rival.answers() == told, type(rival).__name__
        for one in (ours, *rivals):
            one.change(number)
    ours.forget()
    assert ours.answers() == rivals[0].answers()
    for one in (ours, *rivals):
        one.close()


@pytest.mark.parametrize("tool", TOOLS, ids=lambda tool: tool[0])
def test_plain_text_tools_read_the_same_out_of_their_journal(kept: Kept, tool: tuple[str, object, object]) -> None:
    name, ask, write = tool
    if why := missing(name):
        pytest.skip(why)
    rows = kept.folder / "unchanged.parquet"
    rows.write_bytes(kept.rows.read_bytes())
    journal = kept.folder / f"{name.split(',')[0]}.journal"
    write(rows, journal)  # type: ignore[operator]
    pandas = Pandas(rows, kept.folder)
    assert ask(journal) == pandas.answers()  # type: ignore[operator]


def test_the_growth_exponent_is_the_slope_of_the_logarithms() -> None:
    assert slope([(10, 1.0), (100, 10.0), (1000, 100.0)]) == pytest.approx(1)
    assert slope([(10, 5.0), (1000, 5.0)]) == pytest.approx(0)
    assert slope([(10, 5.0)]) is None


def _found(held: float) -> Found:
    memory = {"now": 1, "most": 1, "before": 1, "server": 0}
    figures = (
        Figure(OURS, 10_000, {"held": held, "uncached": 9.0, "change": 9.0}, 3, memory),
        Figure(ROLLUP, 10_000, {"held": 10.0, "uncached": 10.0, "change": 10.0}, 3, memory),
    )
    return Found((Size(10_000, figures, {}),), None, {}, 0, {"ledger": "it is not installed"}, "2 cores")


def test_a_goal_is_met_or_not_and_what_was_not_measured_is_neither() -> None:
    by_name = {one.what: one for one in goals(_found(held=1.0))}
    assert by_name[f"held, 10,000: of {ROLLUP}"].met is True
    assert by_name["uncached, 1 M: SQLite, covering index takes longer"].met is None
    by_name = {one.what: one for one in goals(_found(held=3.0))}
    assert by_name[f"held, 10,000: of {ROLLUP}"].met is False


def test_the_report_names_who_was_not_there_and_needs_no_network(tmp_path: Path) -> None:
    written = {file.name: file.read_text(encoding="utf-8") for file in report.write(_found(held=1.0), tmp_path)}
    assert "Not there: ledger (it is not installed)" in written["report.md"]
    assert "<script src=" not in written["report.html"]
    assert "小金卡, held" in written["speed.svg"]
