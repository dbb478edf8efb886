"""Does the store tell, with each data version, which months' facts changed, and say so when it does not know?"""

from __future__ import annotations

from datetime import date
from uuid import UUID

import pyarrow as pa

from data.period import Touched
from data.store.touched import Touching, Versions

A, B = UUID(int=1), UUID(int=2)
MARCH, APRIL, MAY = (date(2026, month, 1) for month in (3, 4, 5))


def test_a_month_is_told_to_whoever_saw_an_earlier_version_and_to_nobody_else() -> None:
    versions, touching = Versions(), Touching()
    touching.months(A, [(MARCH, MARCH)])
    versions.bump([A], touching.taken())
    touching.months(A, [(MAY, APRIL)])
    versions.bump([A, B], touching.taken())
    assert (versions.now(A), versions.now(B)) == (2, 1)
    assert versions.since(A, 0) == Touched(frozenset({MARCH, MAY}), frozenset({MARCH, APRIL}))
    assert versions.since(A, 1) == Touched(frozenset({MAY}), frozenset({APRIL}))
    assert not versions.since(A, 2)
    assert versions.since(B, 0) == Touched(), "nothing of their facts"


def test_a_statement_that_changes_facts_without_saying_which_changes_them_all() -> None:
    versions, touching = Versions(), Touching()
    for sql in ("UPDATE fact SET note = ''", "delete from fact where owner = $owner", "INSERT  INTO fact SELECT 1"):
        version = versions.now(A)
        touching.planned(sql)
        versions.bump([A], touching.taken())
        assert versions.since(A, version) is None
    version = versions.now(A)
    touching.planned("INSERT INTO annotation SELECT * FROM fact")
    versions.bump([A], touching.taken())
    assert versions.since(A, version) == Touched()


def test_appended_facts_tell_their_months_and_what_was_rolled_back_tells_nothing() -> None:
    touching = Touching()
    columns = {"owner": [A, B], "month": [MARCH, APRIL], "purchase_month": [MARCH, MARCH], "note": ["x", "y"]}
    touching.appending("fact", columns)
    touching.appending("entry", {"owner": [A]})
    assert dict(touching.taken().months) == {A: {(MARCH, MARCH)}, B: {(APRIL, MARCH)}}
    rows = pa.StructArray.from_arrays(
        [pa.array([str(A)]), pa.array([MAY]), pa.array([APRIL])], ["owner", "month", "purchase_month"]
    )
    touching.appended("fact", rows)
    assert dict(touching.taken().months) == {A: {(MAY, APRIL)}}
    touching.appended("fact", rows)
    touching.lost()
    assert not touching.taken().months


def told(versions: Versions, owner: UUID, version: int) -> list[str] | None:
    touched = versions.since(owner, version)
    assert touched is not None
    return None if touched.added is None else [one["note"] for one in touched.added]


def fact(owner: UUID, note: str) -> pa.StructArray:
    row = {"owner": str(owner), "month": MAY, "purchase_month": MAY, "note": note}
    return pa.array([row])


def test_facts_that_are_added_are_told_until_others_change() -> None:
    versions, touching = Versions(), Touching()
    for note in ("one", "two"):
        touching.appended("fact", fact(A, note))
        versions.bump([A], touching.taken())
    assert told(versions, A, 0) == ["one", "two"]
    assert told(versions, A, 1) == ["two"]
    assert told(versions, A, 2) == []
    touching.appended("fact", fact(A, "three"))
    touching.months(A, [(MARCH, MARCH)])
    versions.bump([A], touching.taken())
    assert told(versions, A, 2) is None, "something else happened in the same commit"
    assert told(versions, A, 3) == []
    touching.planned("DELETE FROM fact WHERE owner = $owner")
    versions.bump([A], touching.taken())
    touching.appended("fact", fact(A, "four"))
    versions.bump([A], touching.taken())
    assert told(versions, A, 4) == ["four"]


def test_more_facts_than_a_few_are_not_told_one_by_one() -> None:
    versions, touching = Versions(), Touching()
    for number in range(40):
        touching.appended("fact", fact(A, str(number)))
        versions.bump([A], touching.taken())
    assert told(versions, A, 0) is None
    assert told(versions, A, 38) == ["38", "39"]
    touching.appended("fact", pa.concat_arrays([fact(A, "x")] * 40))
    versions.bump([A], touching.taken())
    assert told(versions, A, 40) is None
    assert versions.since(A, 40) == Touched(frozenset({MAY}), frozenset({MAY}))


def test_what_comes_from_a_table_stays_good_until_something_is_written_there() -> None:
    versions, touching = Versions(), Touching()
    writes = (
        "INSERT INTO budget_limit SELECT 1",
        "insert or replace into budget_limit values (1)",
        "UPDATE budget_limit",
    )
    for sql in (*writes, "DELETE FROM budget_limit"):
        version = versions.now(A)
        touching.planned("INSERT INTO annotation SELECT * FROM budget_limit")
        touching.appending("entry", {})
        versions.bump([A], touching.taken())
        assert not versions.wrote(A, version, ["budget_limit"])
        touching.planned(sql)
        versions.bump([A, B], touching.taken())
        assert versions.wrote(A, version, ["payment", "budget_limit"])
        assert not versions.wrote(A, versions.now(A), ["budget_limit"])


def test_a_payment_that_is_complete_at_once_is_told_apart_from_one_that_waits() -> None:
    versions, touching = Versions(), Touching()
    for states, waits in ((["captured"], False), (["captured", "processing"], True), (["processing"], True)):
        touching.appended("payment", pa.array([{"state": state} for state in states]))
        versions.bump([A], touching.taken())
        assert versions.wrote(A, versions.now(A) - 1, ["payment"])
        assert versions.wrote(A, versions.now(A) - 1, ["open payment"]) is waits
    touching.planned("UPDATE payment SET note = ''")
    versions.bump([A], touching.taken())
    assert versions.wrote(A, versions.now(A) - 1, ["open payment"])
