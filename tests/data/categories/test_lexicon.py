"""What the built-in words find, and that they do not contradict each other."""

from __future__ import annotations

from collections import Counter

import pytest

from data.categories.lexicon import look_up, words
from data.categories.taxonomy import BUILT_IN, CategoryKind
from data.categories.text import fold


def of(text: str, side: CategoryKind = CategoryKind.EXPENSE) -> str | None:
    hit = look_up(text, side)
    return hit.category if hit else None


def test_each_word_stands_once_per_side_folded_and_long_enough() -> None:
    counted = Counter((hit.word, BUILT_IN[hit.category].kind) for hit in words())
    assert [word for word, count in counted.items() if count > 1] == []
    assert all(len(hit.word) >= 2 and hit.word == fold(hit.word) for hit in words())


def test_there_are_at_least_700_chinese_and_300_latin_words() -> None:
    latin = sum(hit.word.isascii() for hit in words())
    assert latin >= 300
    assert len(words()) - latin >= 700


@pytest.mark.parametrize(
    ("text", "category"),
    [
        ("瑞幸咖啡", "coffee"),
        ("美团外卖", "delivery"),
        ("滴滴出行", "taxi"),
        ("中国石化销售有限公司", "fuel"),
        ("中国铁路12306", "train"),
        ("盒马鲜生", "supermarket"),
        ("国网北京市电力公司", "electricity"),
        ("全家便利店", "convenience"),
        ("哈啰单车", "bike_sharing"),
        ("哔哩哔哩大会员", "streaming"),
        ("中国移动通信集团", "mobile"),
        ("北京协和医院", "hospital"),
        ("顺丰速运", "post"),
        ("永兴路老张水果店", "fruit"),
        ("STARBUCKS STORE 01234 SEATTLE", "coffee"),
        ("WAL-MART #3421", "supermarket"),
        ("WALMART3421", "supermarket"),
        ("NETFLIX.COM", "streaming"),
        ("ＮＥＴＦＬＩＸ", "streaming"),
        ("McDonald’s", "fast_food"),
        ("Shell Oil 5742", "fuel"),
        ("UBER   *EATS", "delivery"),
        ("UBER *TRIP HELP", "taxi"),
        ("Uber Eats", "delivery"),
        ("Joe's Pharmacy", "pharmacy"),
        ("某某科技", None),
        ("", None),
    ],
)
def test_merchants_and_trades_that_people_pay_are_found(text: str, category: str | None) -> None:
    assert of(text) == category


@pytest.mark.parametrize("text", ["Shelley", "Bargain", "Targeted", "Pharmacyx", "Michelle"])
def test_latin_words_count_only_whole(text: str) -> None:
    assert of(text) is None


def test_the_name_beats_the_trade_beats_the_place() -> None:
    assert of("海底捞火锅万达广场店") == "restaurants"
    assert of("老王面馆万达广场店") == "fast_food"
    assert of("医院停车场") == "parking"
    assert of("万达广场") == "department_store"


def test_the_longest_name_wins_and_a_word_within_another_says_nothing() -> None:
    assert of("美团单车") == "bike_sharing"
    assert of("宠物医院") == "vet"
    assert of("水电费") == "utilities"
    assert of("百度网盘") == "cloud"


def test_the_same_word_means_another_thing_when_money_comes_in() -> None:
    assert of("微信红包") == "red_packet_sent"
    assert of("微信红包", CategoryKind.INCOME) == "red_packets_received"
    assert of("星巴克", CategoryKind.INCOME) is None
