from __future__ import annotations

import random
import zlib
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given, settings
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
    TextCondition,
    TextField,
    Verdict,
    merge,
    normalise_payee,
)
from data.categories.classifier import Classifier
from data.categories.examples import Correction, Look, look_of, taught
from data.categories.learning import OFFERED_FROM, TAKEN_FROM, Learner, Sorted, sort_out
from data.importers.statement import Kind
from data.money import Money

BEANS = Category("u-beans", None, CategoryKind.EXPENSE, ":material/label:", 30, "豆子")
CATEGORIES = merge(BUILT_IN, [BEANS])


def rule(text: str, category: str) -> Rule:
    return Rule("r1", text, (TextCondition(TextField.PAYEE, Operator.CONTAINS, text),), Action(category=category))


def row(payee: str, description: str = "", kind: Kind = Kind.EXPENSE, minor: int = 2_500, **more: Any) -> Facts:
    return Facts(payee, description, kind, Money(minor, "CNY"), **more)


def put(payee: str, category: str, description: str = "", kind: Kind = Kind.EXPENSE, **more: Any) -> Correction:
    return Correction(row(payee, description, kind, **more), category)


def sort(facts: Facts, *corrections: Correction, book: Book | None = None) -> Sorted:
    known = book or Book(categories=CATEGORIES)
    (found,) = sort_out([facts], known, Learner(corrections, known.categories))
    assert found is not None
    return found


def test_where_nothing_is_known_what_ships_puts_a_row_by_a_part_of_its_name() -> None:
    found = sort(row("DELTAAIRLINES"))
    assert found.verdict == Verdict("flights", Reason.GUESS, "deltaairlines")
    assert found.guess is not None
    assert not found.guess.taught


def test_names_of_people_and_of_nobody_in_particular_stay_uncategorised() -> None:
    for payee in (
        "张三",
        "王小明",
        "李建国",
        "陈先生",
        "某某",
        "",
        "12345",
        "上海某某信息技术有限公司",
        "Kutch and Sons",
    ):
        assert sort(row(payee)).verdict == Verdict("uncategorised", Reason.DEFAULT), payee


def test_a_payee_that_was_put_somewhere_by_hand_goes_there_again() -> None:
    found = sort(row("阿强的店（二店）"), put("阿强的店", "u-beans"))
    assert found == Sorted(Verdict("u-beans", Reason.CORRECTED, "阿强的店"))


def test_a_correction_beats_the_built_in_words() -> None:
    assert sort(row("瑞幸咖啡"), put("瑞幸咖啡", "treats")).verdict == Verdict("treats", Reason.CORRECTED, "瑞幸咖啡")
    assert sort(row("瑞幸咖啡", mcc="5411"), put("瑞幸咖啡", "treats")).verdict.category == "treats"


def test_a_merchant_that_the_lexicon_knows_is_known_again_in_another_spelling() -> None:
    told = put("PAYPAL INST XFER STARBUCKS WEB ID: 01", "treats")
    found = sort(row("POS DEBIT STARBUCKS STORE 01 CARD#0123"), told)
    assert found.verdict == Verdict("treats", Reason.CORRECTED, "starbucks")
    assert sort(row("POS DEBIT COSTA COFFEE"), told).verdict.reason is Reason.LEXICON


def test_of_two_choices_for_spellings_of_one_merchant_the_spelling_decides() -> None:
    told = (put("MICROSOFT*XBOX GAME PA", "games"), put("MICROSOFT *OFFICE 365", "software"))
    assert sort(row("CARD 01 MICROSOFT XBOX LIVE"), *told).verdict.category == "games"
    assert sort(row("CARD 01 MICROSOFT OFFICE"), *told).verdict.category == "software"


def test_a_rule_and_always_for_this_payee_beat_a_correction() -> None:
    corrected = put("瑞幸咖啡", "treats")
    ruled = Book((rule("瑞幸", "work"),), categories=CATEGORIES)
    assert sort(row("瑞幸咖啡"), corrected, book=ruled).verdict == Verdict("work", Reason.RULE, "r1")
    always = Book(learned={"瑞幸咖啡": "snacks"}, categories=CATEGORIES)
    assert sort(row("瑞幸咖啡"), corrected, book=always).verdict == Verdict("snacks", Reason.LEARNED, "瑞幸咖啡")


def test_of_two_choices_for_one_payee_the_one_that_the_row_speaks_for_is_taken() -> None:
    told = (
        put("王姐的店", "snacks", "薯片"),
        put("王姐的店", "haircut", "剪发"),
        put("王姐的店", "snacks", "辣条薯片"),
    )
    assert sort(row("王姐的店", "烫发剪发"), *told).verdict.category == "haircut"
    assert sort(row("王姐的店", "薯片两包"), *told).verdict.category == "snacks"


def test_a_changed_mind_counts_after_a_few_times() -> None:
    told = [put("王姐的店", "snacks")] * 6 + [put("王姐的店", "haircut")] * 6
    assert sort(row("王姐的店"), *told).verdict.category == "haircut"


def test_a_marketplace_is_known_again_only_with_what_was_bought() -> None:
    told = put("淘宝", "pets", "冻干双拼")
    assert sort(row("淘宝", "冻干双拼"), told).verdict == Verdict("pets", Reason.CORRECTED, "淘宝")
    assert sort(row("淘宝", "挂钩五个"), told).verdict.category != "pets"


ANGLERS = tuple(put(f"{name}钓场", "u-beans") for name in ("老王", "欢乐", "天天", "好友", "阿珍", "月亮"))


def test_what_was_taught_about_some_payees_is_thought_about_others_like_them() -> None:
    found = sort(row("金桥钓场"), *ANGLERS)
    assert found.verdict == Verdict("u-beans", Reason.GUESS, "钓场")
    assert found.guess is not None
    assert found.guess.taught
    assert found.guess.percent >= TAKEN_FROM


def test_a_thought_that_is_not_sure_enough_is_offered_and_not_taken() -> None:
    found = sort(row("金桥钓场"), ANGLERS[0])
    assert found.verdict == Verdict("uncategorised", Reason.DEFAULT)
    assert found.guess is not None
    assert OFFERED_FROM <= found.guess.percent < TAKEN_FROM
    assert (found.guess.category, found.guess.because) == ("u-beans", "钓场")


def test_more_of_the_same_makes_it_surer() -> None:
    guesses = [sort(row("金桥钓场"), *ANGLERS[:count]).guess for count in (1, 2, 4, 6)]
    sure = [guess.percent for guess in guesses if guess]
    assert sure == sorted(set(sure))
    assert len(sure) == len(guesses)


def test_a_trade_word_is_overruled_only_by_many_corrections() -> None:
    told = [put(f"{one.facts.payee.removesuffix('钓场')}棋牌", "u-beans") for one in ANGLERS] * 2
    assert sort(row("金桥棋牌"), *told[:2]).verdict.reason is Reason.LEXICON
    assert sort(row("金桥棋牌"), *told).verdict == Verdict("u-beans", Reason.GUESS, "棋牌")


def test_a_description_that_any_row_could_have_teaches_nothing_about_other_payees() -> None:
    for text in ("商品", "订单 20261103", "扫二维码付款"):
        assert sort(row("某某", text), put("阿强的店", "snacks", text)).guess is None, text


def test_the_sources_own_category_is_learnt_where_there_is_no_payee() -> None:
    told = [Correction(row("", f"备注{at}", source_category="团建"), "u-beans") for at in range(8)]
    found = sort(row("", source_category="团建"), *told)
    assert found.verdict == Verdict("u-beans", Reason.GUESS, "团建")


def test_a_name_in_the_lexicon_is_not_overruled_by_what_was_taught_about_other_payees() -> None:
    told = [put(f"{name}咖啡", "treats") for name in ("阿强", "小马", "街角", "三楼", "河边")]
    assert sort(row("瑞幸咖啡"), *told).verdict == Verdict("coffee", Reason.LEXICON, "瑞幸")


def test_money_that_comes_in_is_never_put_under_spending() -> None:
    for payee in ("老王钓场", "金桥钓场"):
        found = sort(row(payee, kind=Kind.INCOME), *ANGLERS)
        assert found.verdict == Verdict("other_income", Reason.DEFAULT)
        assert found.guess is None or CATEGORIES[found.guess.category].kind is CategoryKind.INCOME


def test_transfers_have_no_category_and_fees_keep_theirs() -> None:
    told = put("银行", "u-beans")
    rows = [row("银行", kind=Kind.TRANSFER), row("银行", kind=Kind.FEE)]
    found = sort_out(rows, Book(categories=CATEGORIES), Learner([told], CATEGORIES))
    assert found == [None, Sorted(Verdict("bank_fees", Reason.DEFAULT))]


def test_a_category_that_is_gone_is_learnt_no_more() -> None:
    assert sort(row("阿强的店"), put("阿强的店", "u-beans"), book=Book()).verdict.reason is Reason.DEFAULT


def test_without_a_learner_rows_are_sorted_by_what_ships_and_the_rules_alone() -> None:
    assert sort_out([row("DELTAAIRLINES")], Book(), None) == [Sorted(Verdict("uncategorised", Reason.DEFAULT))]


def test_whoever_is_often_guessed_wrong_is_told_less_surely() -> None:
    names = [a + b for a in "东西南北" for b in "山海云河"]
    alike = [put(f"{name}钓场", "u-beans") for name in names]
    # Each half of the payees is put elsewhere, so that one half tells nothing but wrong about the other.
    apart = [put(f"{name}钓场", ("snacks", "pets")[zlib.crc32(f"{name}钓场".encode()) % 2]) for name in names]
    assert Classifier(taught(alike), CATEGORIES).reliability > 1
    assert Classifier(taught(apart), CATEGORIES).reliability < 1
    assert Classifier((), CATEGORIES).reliability == 1


_NAMES = st.sampled_from(
    ["阿强的店", "王姐家", "瑞幸咖啡", "河边棋牌", "Blue Bottle", "淘宝", "12号", "月亮湾", "老王棋牌"]
)
_KEYS = st.sampled_from(["snacks", "u-beans", "coffee", "pets", "books", "salary"])
_TOLD = st.lists(st.builds(put, _NAMES, _KEYS, st.sampled_from(["", "两份", "冻干"])), max_size=14)
_ROWS = st.lists(
    st.builds(row, _NAMES | st.text(max_size=8), st.sampled_from(["", "两份", "午后"]), st.sampled_from(list(Kind))),
    min_size=1,
    max_size=5,
)


def kept_in_order(told: Sequence[Correction], key: str) -> list[Correction]:
    return [one for one in told if normalise_payee(one.facts.payee) == key]


@settings(max_examples=60, deadline=None)
@given(_TOLD, _NAMES)
def test_a_payee_corrected_to_one_category_always_gets_it(told: list[Correction], payee: str) -> None:
    if payee == "淘宝":
        return
    others = [one for one in told if normalise_payee(one.facts.payee) != normalise_payee(payee)]
    found = sort(row(payee, "随便什么"), *others, put(payee, "u-beans", "别的"))
    assert (found.verdict.category, found.verdict.reason) == ("u-beans", Reason.CORRECTED)


@settings(max_examples=60, deadline=None)
@given(_TOLD, _ROWS)
def test_training_twice_gives_the_same(told: list[Correction], rows: list[Facts]) -> None:
    book = Book(categories=CATEGORIES)
    first, second = (sort_out(rows, book, Learner(told, CATEGORIES)) for _ in range(2))
    assert first == second


@settings(max_examples=60, deadline=None)
@given(_TOLD, _ROWS, st.randoms(use_true_random=False))
def test_the_order_of_corrections_of_different_payees_makes_no_difference(
    told: list[Correction], rows: list[Facts], chance: random.Random
) -> None:
    order = [normalise_payee(one.facts.payee) for one in told]
    chance.shuffle(order)
    of_payee = {key: iter(kept_in_order(told, key)) for key in order}
    shuffled = [next(of_payee[key]) for key in order]
    book = Book(categories=CATEGORIES)
    assert sort_out(rows, book, Learner(shuffled, CATEGORIES)) == sort_out(rows, book, Learner(told, CATEGORIES))


@settings(max_examples=60, deadline=None)
@given(_TOLD, _ROWS)
def test_rules_and_always_are_never_overruled(told: list[Correction], rows: list[Facts]) -> None:
    book = Book((rule("棋牌", "work"),), {"瑞幸咖啡": "treats"}, CATEGORIES)
    plain, learnt = sort_out(rows, book, None), sort_out(rows, book, Learner(told, CATEGORIES))
    for before, after in zip(plain, learnt, strict=True):
        if before is not None and before.verdict.reason in {Reason.RULE, Reason.LEARNED}:
            assert after == before


@settings(max_examples=40, deadline=None)
@given(_TOLD, _ROWS)
def test_rows_are_thought_of_together_as_one_by_one(told: list[Correction], rows: list[Facts]) -> None:
    book, learner = Book(categories=CATEGORIES), Learner(told, CATEGORIES)
    assert sort_out(rows, book, learner) == [sort_out([one], book, learner)[0] for one in rows]


@pytest.mark.parametrize("text", ["", "\0", "𠮷野家", "\ud800", "a" * 5_000, "咖" * 5_000, "é́", "İstanbul"])
def test_any_text_can_be_looked_at(text: str) -> None:
    (answer,) = Classifier((), BUILT_IN).answers([look_of(row(text, text, source_category=text))], CategoryKind.EXPENSE)
    assert 1 <= answer.percent <= 99
    assert Look("").size == 0


def test_an_own_category_is_named_by_its_key() -> None:
    own = Category("own_1", None, CategoryKind.INCOME, ":material/label:", 30, "跑腿")
    known = merge(BUILT_IN, [own])
    told = put("跑腿平台", "own_1", kind=Kind.INCOME)
    assert sort(row("跑腿平台", kind=Kind.INCOME), told, book=Book(categories=known)).verdict.category == "own_1"
