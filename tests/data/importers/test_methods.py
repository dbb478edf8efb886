"""A payment method names the same account wherever and however it is written."""

from __future__ import annotations

import pytest

from data.importers.methods import account_of, balance_of, bank_name, card_in, is_others_money
from data.importers.statement import AccountKind


@pytest.mark.parametrize("source", ["alipay", "wechat", "jd", "meituan"])
@pytest.mark.parametrize("method", ["", "/", " ", "-"])
def test_no_method_means_the_sources_own_balance(source: str, method: str) -> None:
    assert account_of(source, method) == balance_of(source)


@pytest.mark.parametrize(
    ("source", "method", "key"),
    [
        ("alipay", "余额", "alipay:balance"),
        ("alipay", "账户余额", "alipay:balance"),
        ("alipay", "余额宝", "alipay:yuebao"),
        ("alipay", "花呗", "alipay:huabei"),
        ("alipay", "花呗分期(3期)", "alipay:huabei"),
        ("alipay", "花呗&红包", "alipay:huabei"),
        ("alipay", "余额&餐补", "alipay:balance"),
        ("alipay", "红包&余额宝", "alipay:yuebao"),
        ("alipay", "支付宝小荷包(家)", "alipay:other:支付宝小荷包(家)"),
        ("wechat", "零钱", "wechat:balance"),
        ("wechat", "零钱通", "wechat:mini_fund"),
        ("wechat", "零钱&优惠", "wechat:balance"),
        ("jd", "京东白条", "jd:baitiao"),
        ("jd", "小金库零用钱", "jd:xiaojinku"),
        ("jd", "微信支付", "wechat:balance"),
        ("meituan", "美团月付", "meituan:yuefu"),
        ("meituan", "美团余额", "meituan:balance"),
        ("meituan", "微信支付", "wechat:balance"),
        ("meituan", "支付宝", "alipay:balance"),
        ("jd", "银行卡", "jd:other:银行卡"),
    ],
)
def test_wallets_and_credit_lines_have_stable_keys(source: str, method: str, key: str) -> None:
    assert account_of(source, method).key == key


@pytest.mark.parametrize(
    "method",
    [
        "工商银行(9876)",
        "工商银行（9876）",
        "工商银行储蓄卡(9876)",
        "中国工商银行储蓄卡(9876)",
        "中国工商银行股份有限公司(9876)",
        "工行信用卡(9876)",
        "工商银行 信用卡(尾号9876)",
        "工商银行储蓄卡(尾号 9876)",
        "工商银行-9876",
        "工商银行尾号9876",
        "工商银行储蓄卡(9876)&立减",
    ],
)
@pytest.mark.parametrize("source", ["alipay", "wechat", "jd", "meituan"])
def test_one_bank_card_has_one_key_in_every_source(source: str, method: str) -> None:
    hint = account_of(source, method)
    assert (hint.key, hint.institution, hint.last4) == ("card:工商银行:9876", "工商银行", "9876")


@pytest.mark.parametrize(
    ("method", "kind"),
    [
        ("交通银行信用卡(7449)", AccountKind.LIABILITY),
        ("交通银行储蓄卡(1234)", AccountKind.ASSET),
        ("交通银行(1234)", AccountKind.ASSET),
        ("花呗", AccountKind.LIABILITY),
        ("信用购", AccountKind.LIABILITY),
        ("余额宝", AccountKind.ASSET),
    ],
)
def test_credit_is_a_liability_and_money_an_asset(method: str, kind: AccountKind) -> None:
    assert account_of("alipay", method).kind is kind


def test_a_bank_without_digits_is_still_that_bank() -> None:
    assert account_of("wechat", "招商银行()").key == account_of("wechat", "招商银行").key == "card:招商银行"


@pytest.mark.parametrize(
    ("text", "short"),
    [
        ("中国银行", "中国银行"),
        ("中国农业银行", "农业银行"),
        ("中国邮政储蓄银行", "邮储银行"),
        ("上海浦东发展银行股份有限公司", "浦发银行"),
        ("建行", "建设银行"),
    ],
)
def test_a_bank_has_one_name(text: str, short: str) -> None:
    assert bank_name(text) == short


@pytest.mark.parametrize("text", ["", "张三", "某某()", "便利店(人民路店)", "1234"])
def test_what_is_no_card_is_none(text: str) -> None:
    assert card_in(text) is None


@pytest.mark.parametrize("method", ["亲情卡", "亲情卡(妈妈)", "亲属卡", "他人代付", "好友代付"])
def test_somebody_elses_money_is_told_apart(method: str) -> None:
    assert is_others_money(method)
    assert not is_others_money("交通银行信用卡(7449)")
