"""Is what is renewed month by month always what reading everything anew would give?"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from analytics import days, month_sums, months, spending
from analytics.cube import Coded, Cube
from analytics.held import Held
from analytics.scope import Scope, look
from data import bookkeeping, sorting, statements
from data.bookkeeping import Annotate, LinkRefund, Reclassify, Split, UnlinkRefund, Unsplit
from data.database import Database, open_database
from data.errors import Rejection
from data.ids import BatchId, EntryId, new_request_id
from data.ledger.entry import EntryKind
from data.period import Span, Touched
from data.preferences import Preferences, choose_preferences
from data.sorting import AlwaysForPayee
from data.statements import UndoImport
from data.store.command import Plan, Reader, Write
from data.store.month_sums import Spoiled, drift
from data.store.touched import Touches
from data.upkeep import rebuild
from tests.bookkeeping import Bookkeeping, Written, charged, earned, moved, refunded, spent
from tests.ledger_rows import NOW, Book, WriteRows

TODAY = date(2026, 6, 20)
CATEGORIES = ("coffee", "taxi", "bakery", "fruit")
PAYEES = ("Luckin", "Didi", "LUCKIN", "Bakery 面包")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Database]:
    db = open_database(tmp_path / "wallet.duckdb", lambda: NOW)
    yield db
    db.close()


def plain(cube: Cube) -> list[tuple[Any, ...]]:
    """The rows of a cube, whatever their order and their codes."""
    columns = [
        [column.values[code] for code in column.codes] if isinstance(column, Coded) else column.tolist()
        for column in cube.columns()
    ]
    return sorted(zip(*columns, strict=True))


def everything(scope: Scope) -> dict[str, object]:
    """What the screens' questions stand on."""
    spans = {
        "a month": scope.month,
        "a quarter": Span(date(2026, 3, 1), date(2026, 6, 1)),
        "any days": Span(date(2026, 4, 11), date(2026, 5, 19)),
    }
    found: dict[str, object] = {"outline": plain(months.outline(scope)), "covered": months.coverage(scope)}
    for name, span in spans.items():
        found[f"rows of {name}"] = plain(months.within(scope, span))
        found[f"payees of {name}"] = plain(*months.by_payees(scope, [span], "spending"))
        found[f"earned in {name}"] = plain(*months.by_payees(scope, [span], "income"))
        daily = days.daily(scope, span)
        found[f"days of {name}"] = daily.column("CNY", daily.spending), daily.column("CNY", daily.count)
        found[f"largest of {name}"] = spending.largest(scope, span, "CNY")
    found["one payee"] = plain(months.of_payee(scope, "luckin"))
    found["labels"] = months.within(scope, spans["a quarter"]).labels()
    return found


def afresh(scope: Scope, monkeypatch: pytest.MonkeyPatch, *, sums: bool) -> dict[str, object]:
    """The same, with nothing held, and without the sums that the store may keep."""
    with monkeypatch.context() as patch:
        if not sums:
            patch.setattr(month_sums, "months", lambda _scope: None)
            patch.setattr(month_sums.Side, "of", lambda _side, _span: None)
        for module, name in ((months, "_outlines"), (months, "_spans"), (days, "_held"), (spending, "_held_largest")):
            patch.setattr(module, name, Held(1_000_000))
        return everything(scope)


class History:
    """One owner's books, changed at random through the doors that people use."""

    def __init__(self, db: Database, seed: int) -> None:
        self.book, self.db, self.random = Bookkeeping(db), db, random.Random(seed)  # noqa: S311 - a history, no secret
        self.owner, self.start_day, self.orders = self.book.owner, 1, 0

    def step(self) -> str:
        """One change of some kind; its name. What the rules refuse changes nothing."""
        kinds: list[Callable[[], object]] = [
            self.imports,
            self.says,
            self.says,
            self.excludes,
            self.splits,
            self.unsplits,
        ]
        kinds += [
            self.links,
            self.unlinks,
            self.always,
            self.undoes,
            self.reclassifies,
            self.starts_months,
            self.rebuilds,
            self.sums_up,
            self.sums_up,
        ]
        chosen = self.random.choice(kinds)
        try:
            chosen()
        except Rejection as no:
            return f"{chosen.__name__}: {type(no).__name__}"
        return chosen.__name__

    def imports(self) -> None:
        self.book.imports(*(self._row() for _ in range(self.random.randint(1, 4))))

    def _row(self) -> Written:
        day = (date(2026, 2, 25) + timedelta(days=self.random.randint(0, 110))).isoformat()
        self.orders += 1
        amount, payee = f"{self.random.randint(1, 90)}.00", self.random.choice(PAYEES)
        category = self.random.choice((*CATEGORIES, None))
        return self.random.choice(
            [
                spent(day, amount, payee, order=f"A{self.orders}", category=category),
                spent(day, amount, payee, order=f"A{self.orders}", category=category),
                refunded(day, amount, payee, order=f"A{self.orders}", of=f"A{self.random.randint(1, self.orders)}"),
                earned(day, amount, order=f"A{self.orders}"),
                moved(day, amount, to="card:工商银行:1234", order=f"A{self.orders}"),
                charged(day, amount, order=f"A{self.orders}"),
            ]
        )

    def _some(self, kinds: str = "expense", most: int = 1) -> list[EntryId]:
        rows = self.book.asks("SELECT DISTINCT entry FROM fact WHERE owner = $owner AND kind = $kind", kind=kinds)
        found = sorted(row[0] for row in rows)
        return [EntryId(one) for one in self.random.sample(found, min(most, len(found)))]

    def _about(self) -> tuple[Any, str, UUID]:
        return self.owner, new_request_id(), self.owner

    def says(self) -> None:
        field = self.random.choice(["category", "category", "note", "payee", "add_tags"])
        value: Any = self.random.choice((*(CATEGORIES if field == "category" else PAYEES), ""))
        said: dict[str, Any] = {field: (value,) if field == "add_tags" else value}
        if field != "add_tags" or value:
            some = self._some(self.random.choice(["expense", "expense", "refund", "transfer"]), 3)
            bookkeeping.annotate(self.db, Annotate(*self._about(), tuple(some), **said))

    def excludes(self) -> None:
        some = tuple(self._some(most=2))
        bookkeeping.annotate(self.db, Annotate(*self._about(), some, excluded=self.random.random() < 0.6))

    def splits(self) -> None:
        for entry in self._some():
            ((minor,),) = self.book.asks(
                "SELECT cast(sum(-amount) AS bigint) FROM fact WHERE owner = $owner AND entry = $entry", entry=entry
            )
            parts = ((CATEGORIES[0], minor - 30), (CATEGORIES[1], 30))
            bookkeeping.split(self.db, Split(*self._about(), entry, parts))

    def unsplits(self) -> None:
        for entry in self._some():
            bookkeeping.unsplit(self.db, Unsplit(*self._about(), entry))

    def links(self) -> None:
        for refund, original in zip(self._some("refund"), self._some(), strict=False):
            bookkeeping.link_refund(self.db, LinkRefund(*self._about(), refund, original))

    def unlinks(self) -> None:
        for refund in self._some("refund"):
            bookkeeping.unlink_refund(self.db, UnlinkRefund(*self._about(), refund))

    def always(self) -> None:
        key = self.random.choice(["luckin", "didi"])
        sorting.always_for_payee(self.db, AlwaysForPayee(*self._about(), key, self.random.choice(CATEGORIES)))

    def undoes(self) -> None:
        batches = self.book.asks(
            "SELECT id FROM published_batch WHERE owner = $owner AND undone_at IS NULL ORDER BY id"
        )
        if batches and self.random.random() < 0.5:
            batch = BatchId(self.random.choice(batches)[0])
            statements.undo(self.db, UndoImport(self.owner, new_request_id(), batch, self.owner))

    def reclassifies(self) -> None:
        for entry in self._some():
            bookkeeping.reclassify(self.db, Reclassify(*self._about(), entry, EntryKind.INCOME))

    def starts_months(self) -> None:
        if self.random.random() < 0.3:
            self.start_day = self.random.choice([1, 15, 31])
            choose_preferences(self.db, self.owner, Preferences(month_start_day=self.start_day))

    def rebuilds(self) -> None:
        rebuild(self.db)

    def sums_up(self) -> None:
        assert self.db.sum_months(self.owner)

    def scope(self, *, purchase: bool) -> Scope:
        return look(self.db, self.owner, TODAY, self.start_day, refunds_in_purchase_month=purchase)


@pytest.mark.parametrize("seed", range(3))
def test_after_any_history_what_is_held_is_what_reading_everything_gives(
    store: Database, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    history = History(store, seed)
    history.imports()
    done: list[str] = []
    for _ in range(14):
        for purchase in (False, True):
            scope = history.scope(purchase=purchase)
            read = afresh(scope, monkeypatch, sums=False)
            assert everything(scope) == read, (purchase, done)
            assert purchase or afresh(scope, monkeypatch, sums=True) == read, done
        done.append(history.step())
        assert not history.book.drift(history.start_day), done
        assert not drift(store.read, store.spoiled, history.owner), done
        assert Spoiled(store.read).of(history.owner) == store.spoiled.of(history.owner), done


class Additions:
    """Facts that come one by one, as payments bring them; seldom many at once, or one that goes away."""

    def __init__(self, db: Database, seed: int) -> None:
        self.book, self.random = Book(db), random.Random(seed)  # noqa: S311 - a history, no secret

    def step(self) -> None:
        kinds = [self.adds, self.adds, self.adds, self.adds_many, self.loses_one, self.sums_up]
        self.random.choice(kinds)()

    def adds(self, count: int = 0) -> None:
        self.book.facts([self._fact() for _ in range(count or self.random.randint(1, 3))])

    def _fact(self) -> dict[str, Any]:
        day = date(2026, 2, 25) + timedelta(days=self.random.randint(0, 120))
        minor, payee = self.random.randint(1, 90), self.random.choice(PAYEES)
        more: dict[str, Any] = {"payee_key": payee.lower()[:6], "excluded": self.random.random() < 0.1}
        more |= {"account": UUID(int=self.random.randint(1, 2)), "currency": self.random.choice(("CNY", "CNY", "JPY"))}
        category = self.random.choice((*CATEGORIES, None))
        kind = self.random.choice(("expense", "expense", "refund", "income", "transfer"))
        if kind == "refund":
            bought = day - timedelta(days=self.random.randint(0, 60))
            more |= {"purchase_on": bought, "purchase_month": bought.replace(day=1)}
            minor = -minor
        if kind == "income":
            more |= {"income": minor}
        return self.book.row(day, minor if kind in ("expense", "refund") else 0, category, payee, kind=kind, **more)

    def adds_many(self) -> None:
        self.adds(50)

    def loses_one(self) -> None:
        def decide(_reader: Reader, command: WriteRows, _now: object) -> Plan:
            lost = "DELETE FROM fact WHERE owner = $owner AND seq = (SELECT min(seq) FROM fact WHERE owner = $owner)"
            return Plan({}, [Write(lost, {"owner": command.owner})], frozenset({command.owner}))

        self.book.db.submit(WriteRows(self.book.owner, new_request_id(), "fact"), decide)

    def sums_up(self) -> None:
        assert self.book.db.sum_months(self.book.owner)


@pytest.mark.parametrize("seed", range(2))
def test_facts_that_are_added_to_what_is_held_are_what_reading_everything_gives(
    store: Database, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    history = Additions(store, seed)
    history.adds(9)
    for step in range(10):
        for purchase in (False, True):
            scope = history.book.scope(TODAY, purchase=purchase)
            read = afresh(scope, monkeypatch, sums=False)
            assert everything(scope) == read, (purchase, step)
            assert purchase or afresh(scope, monkeypatch, sums=True) == read, step
        history.step()


def test_a_fact_that_is_added_is_not_read(store: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    history = Additions(store, 1)
    history.adds(9)
    scope = history.book.scope(TODAY)
    before = months.outline(scope).count.sum(), months.by_payees(scope, [scope.month], "spending")[0].count.sum()
    history.book.spend(TODAY, 100, "coffee", "Luckin")
    monkeypatch.setattr(Database, "arrow", None)
    monkeypatch.setattr(Database, "read", None)
    scope = history.book.scope(TODAY)
    after = months.outline(scope).count.sum(), months.by_payees(scope, [scope.month], "spending")[0].count.sum()
    assert after == (before[0] + 1, before[1] + 1)


def test_a_fact_that_came_while_an_answer_was_read_is_not_added_to_it_again(store: Database) -> None:
    book, held = Book(store), Held[int](8)
    book.spend(TODAY, 100)
    count = "SELECT count(*) FROM fact WHERE owner = $owner"

    def read() -> int:
        return int(store.read(count, {"owner": book.owner})[0][0])

    def read_late() -> int:
        book.spend(TODAY, 100)  # after the state was looked at, before the answer is read
        return read()

    def renew(old: int, touched: Touched) -> int:
        return read() if touched.added is None else old + len(touched.added)

    assert held.get(store, book.owner, "k", read_late, renew) == 2
    assert held.get(store, book.owner, "k", read_late, renew) == 2
    book.spend(TODAY, 100)
    assert held.get(store, book.owner, "k", read_late, renew) == 3, "added, since what is held is exact by now"


def test_an_answer_read_while_a_commit_was_under_way_is_not_taken_for_exact(store: Database) -> None:
    book = Book(store)
    book.spend(TODAY, 100)
    version, settled = store.state(book.owner)
    assert settled
    store._versions.begin([book.owner], Touches())
    assert store.state(book.owner) == (version, False)
    book.spend(TODAY, 100)
    assert store.state(book.owner) == (version + 1, True)
