from __future__ import annotations

import dataclasses
import itertools
import random
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from data.matching.assignment import best_pairs
from data.matching.evidence import LIKELY, Row, Slot
from data.matching.pairing import Pair, pair_rows

CARD = Slot("card:招商银行:1234", 0, "1234", "招商银行")
BALANCE = Slot("alipay:balance", 0, own=True)
DAY = date(2026, 3, 2)
_ids = itertools.count(1)


def row(source: str, minor: int, day: int = 0, *, on: Slot = CARD, **more: Any) -> Row:
    booked = DAY + timedelta(days=day)
    kind = more.pop("kind", "expense" if minor < 0 else "income")
    others = more.pop("others", ())
    at = more.pop("at", datetime.combine(booked, datetime.min.time()) + timedelta(hours=4))
    slots = (dataclasses.replace(on, minor=minor, own=source == "bank" or on.own), *others)
    return Row(UUID(int=next(_ids)), source, kind, "CNY", booked, at, slots, **more)


def paid(minor: int, payee: str = "星巴克", day: int = 0, **more: Any) -> Row:
    return row("alipay", -minor, day, payee=payee, timed=True, **more)


def bank(minor: int, payee: str = "支付宝-星巴克", day: int = 0, **more: Any) -> Row:
    return row("bank", minor, day, payee=payee, **more)


def ids(pairs: list[Pair]) -> set[tuple[UUID, UUID]]:
    return {(pair.described, pair.moved) for pair in pairs}


def codes(pair: Pair) -> set[str]:
    return {one.code for one in pair.evidence}


def only(pairs: list[Pair]) -> Pair:
    (pair,) = pairs
    return pair


def test_a_wallet_purchase_and_the_card_row_that_paid_it_are_one_certain_pair() -> None:
    told, held = paid(3500), bank(-3500, day=1)
    pair = only(pair_rows([held, told]))
    assert (pair.described, pair.moved, pair.certain) == (told.id, held.id, True)
    assert codes(pair) == {"amount", "days", "account", "marker", "payee", "rare"}


def test_rows_of_one_source_are_never_a_pair() -> None:
    assert pair_rows([paid(3500), paid(3500)]) == []
    assert pair_rows([bank(-3500), bank(-3500)]) == []


def test_another_amount_currency_direction_card_or_a_far_day_is_no_pair() -> None:
    told = paid(3500)
    other_card = Slot("card:招商银行:9999", 0, "9999", "招商银行")
    other_bank = Slot("card:工商银行:1234", 0, "1234", "工商银行")
    for held in (
        bank(-3501),
        dataclasses.replace(bank(-3500), currency="USD"),
        bank(3500),
        bank(-3500, on=other_card),
        bank(-3500, on=other_bank),
        bank(-3500, day=6),
        bank(-3500, day=-2),
    ):
        assert pair_rows([told, held]) == []


def test_what_the_wallets_own_balance_paid_has_no_bank_row() -> None:
    assert pair_rows([paid(3500, on=BALANCE), bank(-3500)]) == []


def test_a_row_that_names_no_account_needs_the_marker_and_the_payee_to_be_certain() -> None:
    unnamed = Slot("alipay:balance", 0)
    assert only(pair_rows([paid(3500, on=unnamed), bank(-3500, day=1)])).certain
    marked = only(pair_rows([paid(3500, on=unnamed), bank(-3500, "支付宝")]))
    assert not marked.certain
    assert pair_rows([paid(3500, on=unnamed), bank(-3500, "肯德基")]) == []


def test_a_purchase_at_another_shop_with_the_same_card_and_amount_is_left_alone() -> None:
    assert pair_rows([paid(3500), bank(-3500, "肯德基")]) == []


def test_the_whole_is_best_not_the_first_found() -> None:
    # Greedy by score would take the middle pair, and leave two rows alone.
    first, second = paid(3500, day=0), paid(3500, day=2)
    early, late = bank(-3500, day=2), bank(-3500, day=4)
    for rows in itertools.permutations([first, second, early, late]):
        assert ids(pair_rows(rows)) == {(first.id, early.id), (second.id, late.id)}


def test_twins_are_paired_first_with_first_in_whatever_order_they_come() -> None:
    told = [paid(200, place=(at,)) for at in range(3)]
    held = [bank(-200, place=(at,)) for at in range(3)]
    expected = {(one.id, other.id) for one, other in zip(told, held, strict=True)}
    for seed in range(6):
        rows = [*told, *held]
        random.Random(seed).shuffle(rows)  # noqa: S311 - an order, no secret
        found = pair_rows(rows)
        assert ids(found) == expected
        assert all(pair.certain for pair in found)


def test_two_that_fit_as_well_are_suggested_and_not_applied() -> None:
    pair = only(pair_rows([paid(3500, "星巴克"), paid(3500, "肯德基"), bank(-3500, "支付宝")]))
    assert "rival" in codes(pair)
    assert not pair.certain


def test_a_rejected_pair_is_not_found_again_and_an_accepted_one_is_settled() -> None:
    told, held, later = paid(3500), bank(-3500), bank(-3500, day=1)
    assert ids(pair_rows([told, held, later])) == {(told.id, held.id)}
    assert ids(pair_rows([told, held, later], rejected=[(told.id, held.id)])) == {(told.id, later.id)}
    assert pair_rows([told, held, later], accepted=[(told.id, later.id)]) == []


def test_a_top_up_and_a_withdrawal_find_the_bank_row_of_their_other_end() -> None:
    top_up = row(
        "alipay",
        10000,
        on=BALANCE,
        kind="transfer",
        others=(dataclasses.replace(CARD, minor=-10000),),
        payee="余额充值",
    )
    held = bank(-10000, "支付宝-充值")
    assert only(pair_rows([top_up, held])).certain
    withdrawal = row(
        "wechat", -10010, on=Slot("wechat:balance", 0, own=True), kind="transfer", others=(Slot("", 10000),)
    )
    assert only(pair_rows([withdrawal, bank(10000, "财付通-提现", 1)])).moved


def test_a_card_repayment_is_one_transfer_and_the_end_that_names_the_other_tells() -> None:
    debit, credit = (
        Slot("card:工商银行:1", 0, "0001", "工商银行"),
        Slot("card:招商银行:2", 0, "0002", "招商银行", owed=True),
    )
    out = bank(-50000, "信用卡还款", on=debit, kind="transfer", others=(Slot("", 50000),))
    into = bank(50000, "还款", 1, on=credit, kind="transfer", others=(Slot("", -50000),))
    assert only(pair_rows([out, into])).certain
    naming = dataclasses.replace(into, slots=(into.slots[0], dataclasses.replace(debit, minor=-50000)))
    pair = only(pair_rows([out, naming]))
    assert (pair.described, pair.moved, pair.certain) == (naming.id, out.id, True)


def test_two_people_paid_the_same_sum_are_no_transfer_between_own_accounts() -> None:
    debit = Slot("card:工商银行:1", 0, "0001", "工商银行")
    assert pair_rows([bank(-50000, "房东", on=debit), bank(50000, "公司")]) == []


def test_a_shops_bill_finds_its_wallet_and_the_wallet_finds_the_bank() -> None:
    shop = row("meituan", -4550, on=Slot("wechat:balance", 0), payee="兰州拉面", timed=True)
    wallet = row("wechat", -4550, payee="美团", timed=True)
    held = bank(-4550, "财付通-美团", 1)
    found = pair_rows([held, shop, wallet])
    assert ids(found) == {(shop.id, wallet.id), (wallet.id, held.id)}
    assert all(pair.certain for pair in found)
    assert ids(pair_rows([held, shop])) == {(shop.id, held.id)}


def test_a_refund_finds_the_banks_credit_within_a_week() -> None:
    told = row("alipay", 3500, kind="refund", payee="星巴克", timed=True)
    assert only(pair_rows([told, bank(3500, "支付宝-退款", 3, kind="refund")])).certain
    assert len(pair_rows([told, bank(3500, "支付宝", 7)])) == 1
    assert pair_rows([told, bank(3500, "支付宝-星巴克", 8)]) == []


def test_a_coupon_beside_the_card_makes_a_suggestion_only() -> None:
    pair = only(pair_rows([paid(3500, method="招商银行信用卡(1234)&红包"), bank(-3000)]))
    assert "amount_less" in codes(pair)
    assert not pair.certain
    assert pair_rows([paid(3500), bank(-3000)]) == []


def around(*sources: str) -> list[Row]:
    """Rows before and after, so that the files of these sources are known to hold the days between."""
    spans = itertools.product(sources, (-4, 8))
    return [row(source, -(7_01 + at), day, payee="公交") for at, (source, day) in enumerate(spans)]


def test_a_coupon_beside_the_card_is_certain_where_both_files_hold_the_days_and_nothing_else_fits() -> None:
    told, held = paid(3500, method="招商银行信用卡(1234)&红包"), bank(-3000, day=1)
    pair = only(pair_rows([told, held, *around("alipay", "bank")]))
    assert (pair.certain, codes(pair) >= {"amount_less", "expected", "awaited"}) == (True, True)
    other = bank(-2900)
    assert not only(pair_rows([told, held, other, *around("alipay", "bank")])).certain


def test_what_paid_the_rest_must_be_known_for_a_smaller_sum_to_be_certain() -> None:
    told = paid(3500, method="招商银行信用卡(1234)&工商银行储蓄卡(9876)")
    pair = only(pair_rows([told, bank(-3000), *around("alipay", "bank")]))
    assert ("amount_short" in codes(pair), pair.certain) == (True, False)


def test_a_card_beside_the_balance_states_a_part_never_the_whole() -> None:
    part = dataclasses.replace(CARD, minor=-3500, part=True)
    told = paid(3500, on=BALANCE, others=(part,), method="余额&招商银行储蓄卡(1234)")
    pair = only(pair_rows([told, bank(-3000, day=1), *around("alipay", "bank")]))
    assert ("amount_rest" in codes(pair), pair.certain) == (True, True)
    assert pair_rows([told, bank(-3500), *around("alipay", "bank")]) == []


def test_a_wallet_that_names_no_card_is_certain_where_its_file_holds_the_days_and_nothing_else_fits() -> None:
    told, held = paid(3500, on=Slot("alipay:balance", 0)), bank(-3500, "支付宝-上海甲餐饮管理有限公司", 1)
    assert not only(pair_rows([told, held])).certain
    pair = only(pair_rows([told, held, *around("alipay")]))
    assert (pair.certain, codes(pair) >= {"payee_differs", "rare", "expected"}) == (True, True)
    rival = paid(3500, "某某科技", on=Slot("alipay:balance", 0), day=1)
    assert not only(pair_rows([told, rival, held, *around("alipay")])).certain


def test_a_row_is_certain_by_elimination_when_the_others_of_its_amount_are_better_explained() -> None:
    told, other = paid(3500, "星巴克"), paid(3500, "肯德基")
    held, theirs = bank(-3500, "快捷支付", 3), bank(-3500, "支付宝-肯德基")
    found = {pair.described: pair for pair in pair_rows([told, other, held, theirs])}
    assert found[told.id].moved == held.id
    assert ("only" in codes(found[told.id]), found[told.id].certain) == (True, True)
    silent = bank(-3500, "快捷支付")
    again = {pair.described: pair for pair in pair_rows([told, other, held, silent])}
    assert not any("only" in codes(pair) for pair in again.values())


def test_both_ends_of_an_own_transfer_name_the_person_and_two_people_are_none() -> None:
    debit = Slot("card:工商银行:1", 0, "0001", "工商银行")
    unknown = (Slot("", 0),)

    def ends(one: str, other: str) -> Pair:
        out = bank(-50000, one, on=debit, kind="transfer", description="转账", others=unknown)
        return only(pair_rows([out, bank(50000, other, 1, kind="transfer", description="转账", others=unknown)]))

    assert ends("陈一", "陈一").certain
    assert not ends("房东", "李四").certain


worlds = st.lists(
    st.tuples(
        st.sampled_from(["alipay", "wechat", "meituan", "bank", "bank"]),
        st.sampled_from([-200, -300, 200]),
        st.integers(0, 6),
        st.sampled_from(["星巴克", "支付宝-星巴克", "财付通", "美团", ""]),
    ),
    min_size=2,
    max_size=14,
)


@settings(max_examples=150, deadline=None)
@given(worlds, st.randoms(use_true_random=False))
def test_no_row_is_in_two_pairs_of_one_role_and_the_order_of_rows_does_not_matter(
    world: list[tuple[str, int, int, str]], shuffled: random.Random
) -> None:
    rows = [row(source, minor, day, payee=payee, place=(at,)) for at, (source, minor, day, payee) in enumerate(world)]
    found = pair_rows(rows)
    assert len({pair.described for pair in found}) == len({pair.moved for pair in found}) == len(found)
    by_id = {one.id: one for one in rows}
    for pair in found:
        told, held = by_id[pair.described], by_id[pair.moved]
        assert told.source != held.source or told.slots[0].key != held.slots[0].key
        assert LIKELY <= pair.confidence < 10_000
    shuffled.shuffle(rows)
    assert set(pair_rows(rows)) == set(found)


@settings(max_examples=200, deadline=None)
@given(st.dictionaries(st.tuples(st.integers(0, 4), st.integers(0, 4)), st.integers(1, 20), min_size=1))
def test_the_assignment_is_as_heavy_as_the_heaviest_of_all(weights: dict[tuple[int, int], int]) -> None:
    chosen = best_pairs(weights)
    assert len(set(chosen.values())) == len(chosen)

    def heaviest(left: int, used: frozenset[int]) -> int:
        if left > 4:
            return 0
        free = [(right, weight) for (one, right), weight in weights.items() if one == left and right not in used]
        return max([heaviest(left + 1, used), *(w + heaviest(left + 1, used | {r}) for r, w in free)])

    assert sum(weights[two] for two in chosen.items()) == heaviest(0, frozenset())
