from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from data import bookkeeping, sorting
from data.categories import (
    Action,
    AmountCondition,
    CategoryInvalid,
    CategoryKind,
    DateCondition,
    DirectionCondition,
    Group,
    KindCondition,
    Match,
    Operator,
    Rule,
    RuleInvalid,
    Term,
    TextCondition,
    TextField,
    WeekdayCondition,
)
from data.categories.teaching import (
    CategoryBuiltIn,
    CategoryNameTaken,
    CategoryNameTooLong,
    IconUnknown,
    RulesChanged,
    TooManyRules,
)
from data.database import open_database
from data.errors import NotFound
from data.ids import EntryId, OwnerId, new_id, new_request_id
from data.importers.statement import Direction, Kind
from tests.bookkeeping import Bookkeeping, bill, earned, refunded, spent
from tests.patience import at_most

NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC).replace(tzinfo=None)


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Bookkeeping]:
    db = open_database(tmp_path / "wallet.duckdb", lambda: NOW)
    yield Bookkeeping(db)
    db.close()


@pytest.fixture
def shops(book: Bookkeeping) -> Bookkeeping:
    book.imports(
        spent("2026-03-01", "35", "瑞幸咖啡(一店)", order="A1"),
        spent("2026-03-02", "20", "瑞幸咖啡(二店)", order="A2"),
        spent("2026-03-03", "12", "瑞幸咖啡", order="A3"),
        spent("2026-03-04", "99", "青山小铺", order="B1"),
        refunded("2026-03-05", "9", "青山小铺", of="B1", order="R1"),
        earned("2026-03-10", "500", "瑞幸咖啡", order="S1"),
    )
    return book


def do(book: Bookkeeping, door: Any, command: Any, **fields: Any) -> Any:
    return door(book.db, command(owner=book.owner, request_id=new_request_id(), actor=book.owner, **fields))


def choose(book: Bookkeeping, order: str, **fields: Any) -> None:
    do(book, bookkeeping.annotate, bookkeeping.Annotate, entries=(EntryId(book.entry(order)),), **fields)


def category(book: Bookkeeping, order: str) -> str:
    rows = book.asks("SELECT category FROM fact WHERE owner = $owner AND entry = $entry", entry=book.entry(order))
    return str(rows[0][0])


def rule(*conditions: Term, name: str = "a rule", match: Match = Match.ALL, **action: Any) -> Rule:
    return Rule(new_request_id(), name, conditions, Action(**(action or {"category": "presents"})), match)


def says(text: str, field: TextField = TextField.PAYEE) -> TextCondition:
    return TextCondition(field, Operator.CONTAINS, text)


def save(book: Bookkeeping, *rules: Rule) -> None:
    for one in rules:
        do(book, sorting.save_rule, sorting.SaveRule, rule=one)


# -- always for this payee


def test_always_for_a_payee_sorts_its_past_but_not_what_a_person_decided(shops: Bookkeeping) -> None:
    choose(shops, "A1", category="dining")
    changed = do(shops, sorting.always_for_payee, sorting.AlwaysForPayee, payee_key="瑞幸咖啡", category="presents")
    assert changed == 2
    assert [category(shops, order) for order in ("A1", "A2", "A3", "S1")][:3] == ["dining", "presents", "presents"]
    assert category(shops, "S1") != "presents"
    assert not shops.drift()


def test_always_for_a_payee_sorts_what_comes_later_and_the_newest_word_counts(shops: Bookkeeping) -> None:
    for chosen in ("presents", "treats"):
        do(shops, sorting.always_for_payee, sorting.AlwaysForPayee, payee_key="瑞幸咖啡", category=chosen)
    assert category(shops, "A2") == "treats"
    shops.imports(spent("2026-04-01", "8", "瑞幸咖啡(三店)", order="N1"), file="later.csv")
    assert category(shops, "N1") == "treats"
    assert [(one.payee_key, one.category) for one in sorting.learned(shops.db, shops.owner)] == [("瑞幸咖啡", "treats")]


def test_a_forgotten_payee_leaves_its_past_as_it_is(shops: Bookkeeping) -> None:
    do(shops, sorting.always_for_payee, sorting.AlwaysForPayee, payee_key="瑞幸咖啡", category="presents")
    do(shops, sorting.forget_payee, sorting.ForgetPayee, payee_key="瑞幸咖啡")
    assert (category(shops, "A1"), sorting.learned(shops.db, shops.owner)) == ("presents", ())
    shops.imports(spent("2026-04-01", "8", "瑞幸咖啡", order="N1"), file="later.csv")
    assert category(shops, "N1") == "coffee"
    with pytest.raises(NotFound):
        do(shops, sorting.forget_payee, sorting.ForgetPayee, payee_key="瑞幸咖啡")


def test_a_renamed_payee_is_still_learned_by_what_statements_call_it(shops: Bookkeeping) -> None:
    choose(shops, "B1", payee="楼下花店")
    told = do(
        shops, bookkeeping.annotate, bookkeeping.Annotate, entries=(EntryId(shops.entry("B1")),), category="presents"
    )
    assert told.payee_key == "青山小铺"


def test_a_refund_of_a_known_purchase_follows_it_and_not_its_payee(shops: Bookkeeping) -> None:
    choose(shops, "B1", category="dining")
    do(shops, sorting.always_for_payee, sorting.AlwaysForPayee, payee_key="青山小铺", category="presents")
    assert (category(shops, "B1"), category(shops, "R1")) == ("dining", "dining")


# -- categories


def make(book: Bookkeeping, name: str, parent: str | None = None, kind: CategoryKind = CategoryKind.EXPENSE) -> str:
    return str(do(book, sorting.create_category, sorting.CreateCategory, name=name, kind=kind, parent=parent))


def test_an_own_category_stands_under_its_parent_with_its_colour(book: Bookkeeping) -> None:
    key = make(book, "  Specialty   coffee ", "dining")
    own = sorting.categories(book.db, book.owner)[key]
    top = sorting.categories(book.db, book.owner)["dining"]
    assert (own.name, own.parent, own.colour, own.icon) == ("Specialty coffee", "dining", top.colour, top.icon)


def test_each_new_top_category_has_a_colour_of_its_own(book: Bookkeeping) -> None:
    first, second = make(book, "Boat"), make(book, "Horse")
    colours = [one.colour for one in sorting.categories(book.db, book.owner).values() if one.parent is None]
    found = sorting.categories(book.db, book.owner)
    assert found[first].colour != found[second].colour
    assert colours.count(found[first].colour) <= 2  # once on each side of the books


@pytest.mark.parametrize(
    ("fields", "rejection"),
    [
        ({"name": " "}, CategoryInvalid),
        ({"name": "n" * 41}, CategoryNameTooLong),
        ({"name": "x", "parent": "nowhere"}, CategoryInvalid),
        ({"name": "x", "parent": "coffee"}, CategoryInvalid),
        ({"name": "x", "parent": "earnings"}, CategoryInvalid),
        ({"name": "x", "icon": "<b>"}, IconUnknown),
        ({"name": "Boat"}, CategoryNameTaken),
    ],
)
def test_a_category_that_cannot_stand_is_refused(
    book: Bookkeeping, fields: dict[str, Any], rejection: type[Exception]
) -> None:
    make(book, "Boat")
    before = dict(sorting.categories(book.db, book.owner))
    with pytest.raises(rejection):
        do(book, sorting.create_category, sorting.CreateCategory, **({"kind": CategoryKind.EXPENSE} | fields))
    assert dict(sorting.categories(book.db, book.owner)) == before


def test_an_own_category_can_be_renamed_and_moved_and_its_children_keep_its_colour(book: Bookkeeping) -> None:
    boat = make(book, "Boat")
    sails = make(book, "Sails", boat)
    with pytest.raises(CategoryInvalid):
        do(book, sorting.change_category, sorting.ChangeCategory, key=boat, name="Boat", parent="travel")
    do(book, sorting.change_category, sorting.ChangeCategory, key=sails, name="Ropes", parent="sports")
    do(book, sorting.change_category, sorting.ChangeCategory, key=boat, name="Ship", parent="travel")
    found = sorting.categories(book.db, book.owner)
    assert (found[boat].name, found[boat].parent, found[boat].colour) == ("Ship", "travel", found["travel"].colour)
    assert (found[sails].name, found[sails].parent) == ("Ropes", "sports")


def test_built_in_categories_stay_as_they_are(book: Bookkeeping) -> None:
    with pytest.raises(CategoryBuiltIn):
        do(book, sorting.change_category, sorting.ChangeCategory, key="dining", name="Food")
    with pytest.raises(CategoryBuiltIn):
        do(book, sorting.archive_category, sorting.ArchiveCategory, key="dining")
    with pytest.raises(NotFound):
        do(book, sorting.archive_category, sorting.ArchiveCategory, key="nothing")


def test_an_archived_category_takes_its_children_along_and_a_child_brings_its_parent_back(book: Bookkeeping) -> None:
    boat = make(book, "Boat")
    sails = make(book, "Sails", boat)
    do(book, sorting.archive_category, sorting.ArchiveCategory, key=boat)
    assert sorting.archived(book.db, book.owner) == {boat, sails}
    assert boat in sorting.categories(book.db, book.owner)
    do(book, sorting.archive_category, sorting.ArchiveCategory, key=sails, archived=False)
    assert sorting.archived(book.db, book.owner) == frozenset()


# -- rules


def test_rules_are_kept_in_order_new_ones_last_and_urgent_ones_first(book: Bookkeeping) -> None:
    first, second = rule(says("a"), name="first"), rule(says("b"), name="second")
    urgent = dataclasses.replace(rule(says("c"), name="urgent"), priority=-1)
    save(book, first, second, urgent)
    assert [one.name for one in sorting.rules(book.db, book.owner)] == ["urgent", "first", "second"]
    save(book, dataclasses.replace(first, name="first again", priority=99))
    assert [one.name for one in sorting.rules(book.db, book.owner)] == ["urgent", "first again", "second"]


def test_rules_are_reordered_as_a_whole_and_imports_ask_them_so(book: Bookkeeping) -> None:
    first, second = rule(says("小铺")), rule(says("青山"), category="treats")
    save(book, first, second)
    do(book, sorting.reorder_rules, sorting.ReorderRules, rules=(second.id, first.id))
    assert [one.id for one in sorting.rules(book.db, book.owner)] == [second.id, first.id]
    book.imports(spent("2026-03-04", "99", "青山小铺", order="B1"))
    assert category(book, "B1") == "treats"
    for wrong in ((first.id,), (first.id, second.id, new_request_id()), (first.id, first.id)):
        with pytest.raises(RulesChanged):
            do(book, sorting.reorder_rules, sorting.ReorderRules, rules=wrong)


def test_a_rule_that_is_switched_off_or_deleted_is_not_asked(book: Bookkeeping) -> None:
    off, gone = rule(says("青山")), rule(says("白水"))
    save(book, off, gone)
    do(book, sorting.activate_rule, sorting.ActivateRule, rule=off.id, active=False)
    do(book, sorting.delete_rule, sorting.DeleteRule, rule=gone.id)
    assert [(one.id, one.active) for one in sorting.rules(book.db, book.owner)] == [(off.id, False)]
    book.imports(spent("2026-03-04", "9", "青山", order="B1"), spent("2026-03-04", "9", "白水", order="B2"))
    assert (category(book, "B1"), category(book, "B2")) == ("uncategorised", "uncategorised")
    do(book, sorting.activate_rule, sorting.ActivateRule, rule=off.id, active=True)
    assert sorting.rules(book.db, book.owner)[0].active
    with pytest.raises(NotFound):
        do(book, sorting.delete_rule, sorting.DeleteRule, rule=gone.id)


def test_a_rule_needs_a_category_that_exists_and_an_id_of_ours(book: Bookkeeping) -> None:
    with pytest.raises(NotFound):
        save(book, rule(says("a"), category="nowhere"))
    with pytest.raises(RuleInvalid):
        save(book, dataclasses.replace(rule(says("a")), id="my rule"))
    assert sorting.rules(book.db, book.owner) == ()


def test_there_is_an_end_to_rules(book: Bookkeeping, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sorting, "MOST_RULES", 2)
    save(book, rule(says("a")), rule(says("b")))
    with pytest.raises(TooManyRules):
        save(book, rule(says("c")))


@pytest.mark.parametrize(
    ("conditions", "hits"),
    [
        ((says("瑞幸"),), 4),
        ((says("瑞幸"), KindCondition((Kind.EXPENSE,))), 3),
        ((TextCondition(TextField.PAYEE_KEY, Operator.EQUALS, "瑞幸咖啡"),), 4),
        ((AmountCondition("CNY", 1_200, 2_000),), 2),
        ((AmountCondition("USD", 1),), 0),
        ((DirectionCondition(Direction.IN),), 2),
        ((WeekdayCondition((7,)),), 1),
        ((DateCondition(date(2026, 3, 2), date(2026, 3, 4)),), 2),
        ((Group((says("小铺"), says("一店")), Match.ANY),), 3),
        ((TextCondition(TextField.ACCOUNT, Operator.EQUALS, "alipay:balance"),), 6),
        ((TextCondition(TextField.SOURCE, Operator.EQUALS, "alipay_app"),), 6),
    ],
)
def test_the_preview_counts_what_a_rule_would_hold_for(
    shops: Bookkeeping, conditions: tuple[Term, ...], hits: int
) -> None:
    assert sorting.hit_count(shops.db, shops.owner, rule(*conditions)) == hits


def test_the_preview_shows_a_few_of_every_sort_the_newest_first(shops: Bookkeeping) -> None:
    visits = [spent(f"2026-03-{day}", "18", "瑞幸咖啡", order=f"V{day}") for day in range(12, 20)]
    shops.imports(*visits, file="later.csv")
    about_payees = rule(says("瑞幸"))
    count, found = sorting.examples(shops.db, shops.owner, about_payees, most=4)
    assert count == sorting.hit_count(shops.db, shops.owner, about_payees)
    assert found == tuple(shops.entry(order) for order in ("V19", "S1", "A2", "A1"))
    assert len(sorting.examples(shops.db, shops.owner, about_payees)[1]) == 10
    assert sorting.examples(shops.db, OwnerId(new_id()), about_payees) == (0, ())


def test_a_rule_speaks_about_the_past_except_where_a_person_did(shops: Bookkeeping) -> None:
    choose(shops, "A1", category="dining", note="mine", excluded=False, payee="咖啡")
    one = rule(says("瑞幸"), category="treats", note="rule's", exclude=True, payee="Luckin", tags=("coffee",))
    save(shops, one)
    assert do(shops, sorting.run_on_past, sorting.RunRule, rule=one.id) == 4
    rows = shops.asks(
        "SELECT category, note, excluded, payee, tags FROM fact WHERE owner = $owner AND entry = $entry",
        entry=shops.entry("A1"),
    )
    assert rows == [("dining", "mine", False, "咖啡", "coffee")]
    rows = shops.asks(
        "SELECT category, note, excluded, payee, tags FROM fact WHERE owner = $owner AND entry = $entry",
        entry=shops.entry("A2"),
    )
    assert rows == [("treats", "rule's", True, "Luckin", "coffee")]
    assert category(shops, "S1") != "treats"
    assert do(shops, sorting.run_on_past, sorting.RunRule, rule=one.id) == 0
    assert not shops.drift()


def test_a_later_rule_may_overrule_an_earlier_one_but_never_a_person(shops: Bookkeeping) -> None:
    first, second = rule(says("瑞幸"), category="treats"), rule(says("瑞幸"), category="presents")
    save(shops, first, second)
    do(shops, sorting.run_on_past, sorting.RunRule, rule=first.id)
    choose(shops, "A3", category="dining")
    do(shops, sorting.run_on_past, sorting.RunRule, rule=second.id)
    assert [category(shops, order) for order in ("A1", "A2", "A3")] == ["presents", "presents", "dining"]


def test_a_split_and_a_linked_refund_keep_their_categories_whatever_a_rule_says(shops: Bookkeeping) -> None:
    parts = (("dining", 3_000), ("presents", 500))
    do(shops, bookkeeping.split, bookkeeping.Split, entry=EntryId(shops.entry("A1")), parts=parts)
    one = rule(AmountCondition("CNY", 1), KindCondition((Kind.EXPENSE, Kind.REFUND)), category="treats")
    save(shops, one)
    assert do(shops, sorting.run_on_past, sorting.RunRule, rule=one.id) == 3
    assert shops.spending() == {"dining": 3_000, "presents": 500, "treats": 12_200}


def test_a_preview_over_a_long_past_answers_at_once(book: Bookkeeping) -> None:
    day = date(2024, 1, 1).toordinal()
    bills = bill(
        *(
            spent(date.fromordinal(day + n % 700).isoformat(), f"{n % 300 + 1}", f"商户{n % 4000}", order=f"O{n}")
            for n in range(20_000)
        )
    )
    book.takes([bills])
    one = rule(says("商户12"), AmountCondition("CNY", 100_00))
    with at_most(20):
        hits = sorting.hit_count(book.db, book.owner, one)
    assert hits == sum("商户12" in line.payee and line.amount.minor >= 100_00 for line in bills.lines)
