"""A purchase that a card paid only a part of: a coupon or the wallet's own balance paid the rest."""

from __future__ import annotations

import dataclasses

import pytest

from data.importers.statement import Statement
from data.pairs import Verdict
from tests.bookkeeping import Bookkeeping, Written, refunded, spent
from tests.data.test_pairs import CARD, balances, bank, book, db, facts, on_card, pair_of, says, states, wallet

__all__ = ["book", "db"]  # fixtures


def busy(source: str) -> list[Written]:
    """Rows around, so that each file is known to hold the days of the others."""
    days = ("2026-02-26", "2026-03-04")
    account = "wechat:balance" if source == "wechat" else CARD
    return [
        dataclasses.replace(spent(day, f"{at}.11", "公交", order=f"{source}{at}"), account=account)
        for at, day in enumerate(days, start=7)
    ]


def paid_by(method: str, account: str, amount: str = "50.00") -> Statement:
    row = dataclasses.replace(spent("2026-03-01 12:00", amount, "面馆", order="W1", note="两碗"), account=account)
    made = wallet(row, *busy("wechat"), source="wechat")
    first = made.lines[0]._replace(method=method)
    return dataclasses.replace(made, lines=(first, *made.lines[1:]))


NOODLES = on_card(spent("2026-03-02", "30.00", "财付通-面馆", order="B1"))
BUSY = 2 * (7_11 + 8_11)  # what `busy` spends in the two files, besides


@pytest.mark.parametrize(
    ("method", "account"),
    [("零钱&招商银行储蓄卡(1234)", "wechat:balance"), ("招商银行储蓄卡(1234)&零钱", CARD)],
)
@pytest.mark.parametrize("backwards", [False, True])
def test_what_balance_and_card_paid_together_is_one_purchase_and_each_account_bears_its_part(
    book: Bookkeeping,
    method: str,
    account: str,
    backwards: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    files = [paid_by(method, account), bank(NOODLES, *busy("generic"))]
    for file in reversed(files) if backwards else files:
        book.takes([file])
    assert states(book) == ["applied"]
    assert book.total() == 5000 + BUSY
    assert (book.balance("wechat:balance"), book.balance(CARD)) == (-2000 - BUSY // 2, -3000 - BUSY // 2)
    rows = book.asks("SELECT payee, spending, note FROM fact WHERE owner = $owner AND payee LIKE '%面馆'")
    assert rows == [("面馆", 5000, "两碗")]
    assert not book.drift()


def test_a_part_that_is_taken_apart_leaves_both_rows_as_they_were_and_can_be_accepted_again(book: Bookkeeping) -> None:
    book.takes([paid_by("零钱&招商银行储蓄卡(1234)", "wechat:balance")])
    alone = facts(book)
    book.takes([bank(NOODLES, *busy("generic"))])
    once = balances(book)
    says(book, Verdict.UNDONE, pair_of(book, "applied"))
    assert [fact for fact in facts(book) if fact in alone] == alone
    assert book.total() == 8000 + BUSY
    says(book, Verdict.ACCEPTED, pair_of(book, "undone"))
    assert balances(book) == once
    assert not book.drift()


def test_a_refund_of_a_purchase_paid_in_parts_is_of_the_whole(book: Bookkeeping) -> None:
    made = paid_by("零钱&招商银行储蓄卡(1234)", "wechat:balance")
    back = dataclasses.replace(
        refunded("2026-03-03 10:00", "45.00", "面馆", keys=("W1",), order="R1"), account="wechat:balance"
    )
    book.takes([made, bank(NOODLES, *busy("generic"))])
    book.takes([wallet(back, source="wechat")])
    ((kept,),) = book.asks("SELECT kept FROM published_pair WHERE owner = $owner")
    assert book.asks("SELECT refund_of FROM fact WHERE owner = $owner AND kind = 'refund'") == [(kept,)]
    assert book.total() == 500 + BUSY
    assert not book.drift()


def test_of_two_cards_in_one_method_nothing_is_applied(book: Bookkeeping) -> None:
    made = paid_by("招商银行储蓄卡(1234)&工商银行储蓄卡(9876)", CARD)
    book.takes([made, bank(NOODLES, *busy("generic"))])
    assert states(book) == ["proposed"]


def test_a_coupon_beside_the_card_is_applied_where_both_files_hold_the_days(book: Bookkeeping) -> None:
    book.takes([paid_by("招商银行储蓄卡(1234)&红包", CARD), bank(NOODLES, *busy("generic"))])
    assert states(book) == ["applied"]
    assert book.total() == 3000 + BUSY
    assert book.balance(CARD) == -3000 - BUSY // 2
    assert not book.drift()
