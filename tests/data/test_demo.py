from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from data import accounts, demo, identity, planning
from data.categories import categorise, facts_of, top_of
from data.cli import REFUSED, main
from data.commands.demo import SampleNotThere, SampleThere, batch_of, load, remove
from data.database import Database, open_database
from data.home import HOME_VARIABLE, open_home
from data.ids import OwnerId, new_id
from data.importers.statement import Direction, Kind, Line, Statement
from data.period import month_of
from data.sample.deeds import month_of_deeds
from data.sign_in import Visit
from tests.bookkeeping import Bookkeeping, spent
from tests.patience import at_most

NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC).replace(tzinfo=None)
TODAY = date(2026, 11, 22)
DAYS = [
    date(2026, 11, 1),
    date(2026, 11, 15),
    date(2026, 11, 28),
    date(2026, 11, 30),
    date(2026, 2, 28),
    date(2028, 2, 29),
]


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Bookkeeping]:
    db = open_database(tmp_path / "wallet.duckdb", lambda: NOW)
    yield Bookkeeping(db)
    db.close()


def spending(lines: Statement, top: str, day: date, start_day: int = 1) -> int:
    month, total = month_of(day, start_day), 0
    for line in lines.lines:
        verdict = categorise(facts_of(line, demo.FORMAT))
        if line.booked_on in month and line.amount.currency == "CNY" and verdict and top_of(verdict.category) == top:
            total += line.amount.minor if line.direction is Direction.OUT else -line.amount.minor
    return total


def limit(category: str) -> int:
    return next(one.amount.minor for one in demo.limits(TODAY).items if one.category == category)


@pytest.mark.parametrize("day", DAYS)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_on_any_day_of_the_month_dining_is_overrun_and_shopping_near_its_limit(
    day: date, language: demo.Language
) -> None:
    lines = demo.statement(day, language)
    assert 1.05 < spending(lines, "dining", day) / limit("dining") < 1.3
    assert 0.85 < spending(lines, "shopping", day) / limit("shopping") < 0.97
    assert all(line.booked_on <= day for line in lines.lines)


@pytest.mark.parametrize("start_day", [10, 25, 31])
def test_the_same_holds_for_months_that_start_on_payday(start_day: int) -> None:
    lines = demo.statement(TODAY, month_start_day=start_day)
    assert spending(lines, "dining", TODAY, start_day) > limit("dining")
    assert 0.85 < spending(lines, "shopping", TODAY, start_day) / limit("shopping") < 0.97


def test_the_same_day_and_seed_give_the_same_and_other_seeds_do_not() -> None:
    assert demo.statement(TODAY) == demo.statement(TODAY)
    assert demo.statement(TODAY) != demo.statement(TODAY, seed="another")


def test_closed_months_are_the_same_whatever_day_it_is() -> None:
    early, late = demo.statement(date(2026, 11, 3)), demo.statement(date(2026, 11, 27))
    before = date(2026, 11, 1)

    def closed(lines: Statement) -> set[tuple[str, ...]]:
        return {line.identity for line in lines.lines if line.booked_on < before}

    assert closed(early) == closed(late)


def test_two_years_and_a_bit_make_some_two_thousand_three_hundred_lines() -> None:
    lines = demo.statement(TODAY).lines
    assert 2_200 <= len(lines) <= 2_500
    assert lines[0].booked_on == date(2024, 11, 1)
    assert len({line.identity for line in lines}) == len(lines)
    assert [line.occurred_at for line in lines] == sorted(line.occurred_at for line in lines)


def test_refunds_name_their_purchase_come_later_and_are_whole_or_partial() -> None:
    by_identity = {line.identity: line for line in demo.statement(TODAY).lines}
    refunds = [line for line in by_identity.values() if line.kind is Kind.REFUND]
    shares = set()
    for refund in refunds:
        assert refund.refund_of is not None
        original = by_identity[refund.refund_of]
        assert refund.amount.minor <= original.amount.minor
        assert refund.booked_on > original.booked_on
        assert refund.account == original.account
        shares.add("whole" if refund.amount == original.amount else "partial")
    assert len(refunds) >= 20
    assert shares == {"whole", "partial"}


def test_no_asset_is_ever_overdrawn_and_credit_is_repaid() -> None:
    held: defaultdict[tuple[str, str], int] = defaultdict(int)
    for line in demo.statement(TODAY).lines:
        for account, minor in moves(line):
            held[account, line.amount.currency] += minor
            if account not in {"sample:huabei", "sample:credit"}:
                assert held[account, line.amount.currency] >= 0, (line, account)
    assert -6_000_00 < held["sample:huabei", "CNY"] < 0
    assert -6_000_00 < held["sample:credit", "CNY"] < 0
    assert -100_00 < held["sample:credit", "USD"] <= 0


def moves(line: Line) -> list[tuple[str, int]]:
    change = line.amount.minor if line.direction is Direction.IN else -line.amount.minor
    return [(line.account.key, change)] + ([(line.counter.key, -change)] if line.counter else [])


def test_everything_a_person_meets_in_two_years_is_there() -> None:
    lines = demo.statement(TODAY).lines
    assert {line.kind for line in lines} == set(Kind)
    verdicts = [categorise(facts_of(line, demo.FORMAT)) for line in lines]
    tops = {top_of(verdict.category) for verdict in verdicts if verdict}
    assert tops >= {
        "dining", "groceries", "shopping", "transport", "home", "utilities", "telecom", "health", "travel", "gifts",
        "entertainment", "education", "insurance", "finance", "earnings", "capital", "received", "money_back",
    }  # fmt: skip
    assert {line.amount.currency for line in lines} == {"CNY", "USD"}


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_line_is_sorted_as_it_is_meant(language: demo.Language) -> None:
    meant = {
        deed.name: deed.category
        for year in (2024, 2025, 2026)
        for month in range(1, 13)
        for deed in month_of_deeds(year, month, demo.SEED)
    }
    wrong = set()
    for line in demo.statement(TODAY, language).lines:
        verdict = categorise(facts_of(line, demo.FORMAT))
        wanted = meant.get(line.identity[1], "")
        if line.part == 0 and wanted and (verdict is None or verdict.category != wanted):
            wrong.add((line.payee, line.description, wanted, verdict))
    assert wrong == set()


def test_the_english_variant_has_no_chinese_in_it() -> None:
    shown = [line.payee + line.description + line.method for line in demo.statement(TODAY, "en").lines]
    assert [text for text in shown if any("一" <= letter <= "鿿" for letter in text)] == []


def test_it_is_made_in_a_moment() -> None:
    demo.statement(TODAY)
    with at_most(10):
        demo.statement(TODAY)


def test_one_call_loads_it_and_one_takes_all_of_it_away(book: Bookkeeping) -> None:
    book.imports(spent("2026-11-02", "35", "瑞幸咖啡"))
    receipt = load(book.db, book.owner)
    assert receipt.booked == len(demo.statement(TODAY).lines)
    ((dining,),) = book.asks(
        """SELECT cast(sum(spending) AS bigint) FROM fact WHERE owner = $owner AND month = DATE '2026-11-01'
        AND category IN ('restaurants', 'fast_food', 'delivery', 'coffee', 'tea_drinks', 'bakery', 'canteen')"""
    )
    assert dining > limit("dining")
    assert book.asks("SELECT count(*) FROM fact WHERE owner = $owner AND kind = 'refund' AND refund_of IS NULL") == [
        (0,)
    ]
    assert (book.unbalanced(), bool(book.drift())) == ([], False)
    with pytest.raises(SampleThere):
        load(book.db, book.owner)
    assert len(accounts.accounts(book.db, book.owner)) == 7
    assert remove(book.db, book.owner) > 2_200
    assert book.spending() == {"coffee": 3_500}
    assert [one.key for one in accounts.accounts(book.db, book.owner)] == ["alipay:balance"]
    assert (book.unbalanced(), bool(book.drift())) == ([], False)
    with pytest.raises(SampleNotThere):
        remove(book.db, book.owner)
    assert load(book.db, book.owner).booked == receipt.booked


def in_force(db: Database, owner: OwnerId) -> dict[tuple[str, date], int | None]:
    return {(one.category, one.from_month): one.amount for one in planning.limit_history(db, owner)}


def test_its_limits_go_with_it_but_not_those_the_person_changed(book: Bookkeeping) -> None:
    load(book.db, book.owner)
    first = date(2026, 6, 1)
    assert in_force(book.db, book.owner)["dining", first] == limit("dining")
    own = planning.LimitItem("dining", "CNY", 999_00)
    planning.set_limits(book.db, book.owner, first, [own])
    planning.set_limits(book.db, book.owner, date(2026, 11, 1), [planning.LimitItem("shopping", "CNY", 5_00)])
    remove(book.db, book.owner)
    kept = {key: amount for key, amount in in_force(book.db, book.owner).items() if amount is not None}
    assert kept == {("dining", first): 999_00, ("shopping", date(2026, 11, 1)): 5_00}


def test_another_owners_books_stay_as_they_are(book: Bookkeeping) -> None:
    other = Bookkeeping(book.db)
    other.imports(spent("2026-11-02", "35", "瑞幸咖啡"))
    load(book.db, book.owner)
    assert other.spending() == {"coffee": 3_500}
    assert batch_of(book.db, other.owner) is None
    with pytest.raises(SampleNotThere):
        remove(book.db, OwnerId(new_id()))


def test_the_command_line_loads_and_removes_it_for_a_named_person(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(HOME_VARIABLE, str(tmp_path / "home"))
    db = open_home()
    identity.sign_up(db, "Mei", "a long enough password", Visit())
    db.close()
    assert main(["demo", "--user", "mei"]) == 0
    assert main(["demo", "--user", "Mei"]) == REFUSED
    assert main(["demo", "--user", "nobody", "--remove"]) == REFUSED
    assert main(["demo", "--user", "Mei", "--remove"]) == 0
    told = capsys.readouterr()
    assert "transactions loaded" in told.out
    assert "transactions removed" in told.out
    assert [line.split(":")[0] for line in told.err.splitlines()] == ["sample_there", "not_found"]
