"""What the sources' own words and merchant codes mean."""

from __future__ import annotations

import csv

import pytest

from data.categories.sources import by_mcc, by_source
from data.categories.taxonomy import BUILT_IN, CategoryKind
from tests import samples

ALIPAY = (
    "餐饮美食",
    "服饰装扮",
    "日用百货",
    "家居家装",
    "数码电器",
    "运动户外",
    "美容美发",
    "母婴亲子",
    "宠物",
    "交通出行",
    "爱车养车",
    "住房物业",
    "酒店旅游",
    "文化休闲",
    "教育培训",
    "医疗健康",
    "生活服务",
    "公共服务",
    "商业服务",
    "公益捐赠",
    "互助保障",
    "保险",
    "充值缴费",
    "转账红包",
    "亲友代付",
)


@pytest.mark.parametrize("word", ALIPAY)
def test_every_telling_category_of_alipay_is_a_spending_category(word: str) -> None:
    key = by_source(word, CategoryKind.EXPENSE)
    assert key is not None
    assert BUILT_IN[key].kind is CategoryKind.EXPENSE


@pytest.mark.parametrize("word", ["其他", "退款", "账户存取", "商户消费", "信用借还", "", "no such word"])
def test_words_that_say_nothing_decide_nothing(word: str) -> None:
    assert by_source(word, CategoryKind.EXPENSE) is None


def test_a_word_depends_on_which_way_money_went() -> None:
    assert by_source("微信红包", CategoryKind.EXPENSE) == "red_packet_sent"
    assert by_source("微信红包", CategoryKind.INCOME) == "red_packets_received"
    assert by_source(" groceries ", CategoryKind.EXPENSE) == "groceries"


@pytest.mark.parametrize(
    ("code", "category"),
    [
        ("5411", "groceries"),
        ("5812", "dining"),
        ("5541", "fuel"),
        ("3000", "flights"),
        ("3299", "flights"),
        ("3351", "car_rental"),
        ("3501", "hotels"),
        ("3999", "hotels"),
        ("0742", "vet"),
        ("742", None),
        ("5999", None),
        ("6011", None),
        ("0000", None),
        ("9999", None),
        ("54a1", None),
        ("５４１１", None),
        ("", None),
    ],
)
def test_merchant_codes_mean_what_iso_18245_says(code: str, category: str | None) -> None:
    assert by_mcc(code) == category


def test_most_codes_that_shops_carry_have_a_category() -> None:
    listed = samples.sample("mcc/mcc_codes.csv").read_text(encoding="utf-8-sig").splitlines()
    codes = [row["mcc"] for row in csv.DictReader(listed)]
    known = [code for code in codes if by_mcc(code)]
    assert len(known) / len(codes) > 0.9
