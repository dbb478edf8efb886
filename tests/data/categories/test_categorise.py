"""In which order a category is decided, and why."""

from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.categories import (
    BUILT_IN,
    Action,
    Book,
    Category,
    CategoryKind,
    Facts,
    Operator,
    Reason,
    Rule,
    RuleInvalid,
    TextCondition,
    TextField,
    Verdict,
    categorise,
    merge,
    side_of,
    suggest_always,
)
from data.importers.statement import Kind
from data.money import Money


def row(payee: str = "", description: str = "", kind: Kind = Kind.EXPENSE, **more: str) -> Facts:
    return Facts(payee=payee, description=description, kind=kind, amount=Money(1250, "CNY"), **more)  # type: ignore[arg-type]


def rule(text: str, category: str, rule_id: str = "r1", priority: int = 0) -> Rule:
    condition = TextCondition(TextField.PAYEE, Operator.CONTAINS, text)
    return Rule(rule_id, text, (condition,), Action(category=category), priority=priority)


def test_each_step_gives_way_to_the_one_before() -> None:
    facts = row("瑞幸咖啡（万达店）", "拿铁", mcc="5999", source_category="日用百货")
    taught = Book((rule("瑞幸", "work"),), {"瑞幸咖啡": "treats"})
    coded = dataclasses.replace(facts, mcc="5411")
    assert categorise(coded, taught) == Verdict("work", Reason.RULE, "r1")
    assert categorise(coded, Book(learned=taught.learned)) == Verdict("treats", Reason.LEARNED, "瑞幸咖啡")
    assert categorise(coded) == Verdict("groceries", Reason.MCC, "5411")
    assert categorise(facts) == Verdict("coffee", Reason.LEXICON, "瑞幸")
    assert categorise(row("某某", source_category="日用百货")) == Verdict("daily_goods", Reason.SOURCE, "日用百货")
    assert categorise(row("某某")) == Verdict("uncategorised", Reason.DEFAULT)


def test_a_name_chooses_a_child_within_the_code() -> None:
    assert categorise(row("Starbucks", mcc="5814")) == Verdict("coffee", Reason.LEXICON, "starbucks")
    assert categorise(row("Starbucks", mcc="5541")) == Verdict("fuel", Reason.MCC, "5541")


def test_the_payee_overrides_the_source_and_the_description_refines_it() -> None:
    assert categorise(row("中国石化", source_category="生活服务")) == Verdict("fuel", Reason.LEXICON, "中国石化")
    assert categorise(row("某某", "地铁票", source_category="交通出行")) == Verdict(
        "public_transit", Reason.LEXICON, "地铁"
    )
    assert categorise(row("某某", "酒店拖鞋", source_category="日用百货")) == Verdict(
        "daily_goods", Reason.SOURCE, "日用百货"
    )
    assert categorise(row("某某", "酒店")) == Verdict("hotels", Reason.LEXICON, "酒店")


def test_a_coarse_trade_word_gives_way_to_the_source() -> None:
    assert categorise(row("某某大学", source_category="餐饮美食")) == Verdict("dining", Reason.SOURCE, "餐饮美食")
    assert categorise(row("某某大学")) == Verdict("education", Reason.LEXICON, "大学")


def test_a_marketplace_comes_after_the_source_and_the_description() -> None:
    assert categorise(row("淘宝", source_category="宠物")) == Verdict("pets", Reason.SOURCE, "宠物")
    assert categorise(row("淘宝", "猫粮")) == Verdict("pet_supplies", Reason.LEXICON, "猫粮")
    assert categorise(row("淘宝")) == Verdict("online_shopping", Reason.LEXICON, "淘宝")


def test_the_branch_counts_only_when_nothing_else_tells() -> None:
    assert categorise(row("老王面馆（人民医院店）")) == Verdict("fast_food", Reason.LEXICON, "面馆")
    assert categorise(row("老王（人民医院店）")) == Verdict("hospital", Reason.LEXICON, "人民医院")


@pytest.mark.parametrize("kind", [Kind.TRANSFER, Kind.ADJUSTMENT])
def test_own_money_moved_has_no_category(kind: Kind) -> None:
    assert categorise(row("瑞幸", kind=kind), Book((rule("瑞幸", "coffee"),))) is None


def test_a_fee_is_a_bank_fee_whoever_it_is_paid_to_unless_a_rule_says_otherwise() -> None:
    fee = row("瑞幸", kind=Kind.FEE, mcc="5814")
    assert categorise(fee, Book(learned={"瑞幸": "coffee"})) == Verdict("bank_fees", Reason.DEFAULT)
    assert categorise(fee, Book((rule("瑞幸", "card_fees"),))) == Verdict("card_fees", Reason.RULE, "r1")


def test_a_refund_is_categorised_like_its_purchase() -> None:
    assert categorise(row("瑞幸", kind=Kind.REFUND)) == categorise(row("瑞幸"))


def test_money_in_never_gets_a_spending_category_nor_the_other_way() -> None:
    book = Book((rule("瑞幸", "coffee"),), {"瑞幸": "coffee"})
    assert categorise(row("瑞幸", kind=Kind.INCOME), book) == Verdict("other_income", Reason.DEFAULT)
    assert categorise(row("某某", "10月工资", kind=Kind.INCOME)) == Verdict("salary", Reason.LEXICON, "工资")
    assert categorise(row("某某"), Book(learned={"某某": "salary"})) == Verdict("uncategorised", Reason.DEFAULT)


def test_a_rule_for_a_category_that_is_gone_is_passed_over() -> None:
    assert categorise(row("瑞幸"), Book((rule("瑞幸", "gone"),))) == Verdict("coffee", Reason.LEXICON, "瑞幸")


def test_own_categories_can_be_chosen() -> None:
    own = Category("u-beans", "dining", CategoryKind.EXPENSE, ":material/star:", 0, "咖啡豆")
    book = Book((rule("瑞幸", "u-beans"),), categories=merge(BUILT_IN, [own]))
    assert categorise(row("瑞幸"), book) == Verdict("u-beans", Reason.RULE, "r1")


def test_rules_are_asked_by_priority_then_id() -> None:
    rules = (rule("瑞", "work", "b"), rule("瑞幸", "treats", "a"), rule("幸", "pets", "c", priority=-1))
    assert categorise(row("瑞幸"), Book(rules)) == Verdict("pets", Reason.RULE, "c")
    assert categorise(row("瑞幸"), Book(rules[:2])) == Verdict("treats", Reason.RULE, "a")


def test_always_for_this_payee_covers_its_branches_and_only_its_side() -> None:
    book = Book((suggest_always("瑞幸咖啡（一店）", BUILT_IN["treats"], "always"),))
    assert categorise(row("瑞幸咖啡（二店）"), book) == Verdict("treats", Reason.RULE, "always")
    assert categorise(row("瑞幸咖啡", kind=Kind.REFUND), book) == Verdict("treats", Reason.RULE, "always")
    assert categorise(row("瑞幸咖啡", kind=Kind.INCOME), book) == Verdict("other_income", Reason.DEFAULT)
    assert categorise(row("瑞幸咖啡", kind=Kind.FEE), book) == Verdict("bank_fees", Reason.DEFAULT)
    with pytest.raises(RuleInvalid):
        suggest_always("  ", BUILT_IN["treats"], "always")


@given(st.text(max_size=40), st.text(max_size=40), st.sampled_from(Kind), st.text(max_size=10), st.text(max_size=5))
def test_any_row_gets_a_category_of_its_side_or_none(payee: str, text: str, kind: Kind, word: str, mcc: str) -> None:
    verdict = categorise(row(payee, text, kind, source_category=word, mcc=mcc))
    assert (verdict is None) == (side_of(kind) is None)
    if verdict is not None:
        assert BUILT_IN[verdict.category].kind is side_of(kind)
