"""Reconciling on the screen: the list, one period, ticks, corrections and their way back, in both languages."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from uuid import UUID

import pytest
from streamlit.testing.v1 import AppTest

from analytics.reconcile import Book, books
from analytics.statement_period import Period, period
from data import reconciling
from data.ids import new_id
from data.ledger.reconciling import MarkReconciled
from data.store.command import Write
from pages.ui.screens.reconcile import rows
from tests.bookkeeping import BALANCE, Bookkeeping, spent
from tests.data.test_reconciling import FARE, FEB, JAN, LUNCH, PAY, account, adjusts, by, closing, stating, the, ticks
from tests.pages.house import LOCALES, no_fault, said, scope_of
from tests.pages.signed_in import Wallet, open_wallet

PAGE = "pages/reconcile.py"


@pytest.fixture
def alice(tmp_path: Path) -> Iterator[Wallet]:
    with open_wallet(tmp_path) as opened:
        yield opened


@pytest.fixture
def book(alice: Wallet) -> Bookkeeping:
    return Bookkeeping(alice.database, alice.owner)


def shown(alice: Wallet, locale: str = "en-US", **params: str) -> AppTest:
    screen = alice.screen(PAGE, locale, timeout=60)
    for name, value in params.items():
        screen.query_params[name] = value
    return no_fault(screen.run())


def press(screen: AppTest, key: str) -> AppTest:
    return no_fault(screen.button(key=key).click().run())


def words(screen: AppTest) -> str:
    listed = [*screen.markdown, *screen.caption, *screen.subheader, *screen.warning, *screen.info, *screen.error]
    return "\n".join(one.value for one in listed).replace("\\", "")


def signed(minor: int) -> str:
    """An amount as a figure card shows a difference."""
    return ("\\+" if minor > 0 else "") + said(minor)


def figures(screen: AppTest) -> list[str]:
    return [metric.value for metric in screen.metric]


def beside(alice: Wallet) -> Book:
    return next(one for one in books(scope_of(alice)) if one.account.hint_key == BALANCE)


def opened(alice: Wallet, on: date = JAN) -> Period:
    return period(scope_of(alice), next(one for one in beside(alice).statements if one.on == on))


def keys(screen: AppTest) -> set[str]:
    return {str(one.key) for one in screen.button}


@pytest.mark.parametrize("locale", LOCALES)
def test_without_accounts_it_says_what_to_do(alice: Wallet, locale: str) -> None:
    assert keys(shown(alice, locale)) == {"reconcile.empty.0"}


@pytest.mark.parametrize("locale", LOCALES)
def test_the_oldest_that_differs_is_open_with_its_figures_and_what_may_explain_it(
    alice: Wallet, book: Bookkeeping, locale: str
) -> None:
    book.takes([stating(closing(JAN, 7000), closing(FEB, 6600), rows=(PAY, LUNCH, FARE))])
    book.imports(spent("2026-02-12", "1.00", "停车场", order="P1"), file="other.csv")
    book.takes([stating(closing(date(2026, 3, 31), 6000), rows=(spent("2026-03-01", "1.00", order="M1"),))])
    screen = shown(alice, locale)
    (table,) = screen.dataframe
    assert list(table.value["stated"]) == [6000, 6600, 7000]
    assert list(table.value["difference"]) == [-400, 100, 0]
    assert figures(screen) == [said(6600), said(6500), signed(100), signed(-400)]
    assert "停车场" in words(screen)


@pytest.mark.parametrize("locale", LOCALES)
def test_a_difference_is_explained_corrected_with_a_reason_and_taken_back(
    alice: Wallet, book: Bookkeeping, locale: str
) -> None:
    book.takes([stating(closing(JAN, 7000), closing(FEB, 6500), rows=(PAY, LUNCH, FARE))])
    book.imports(spent("2026-02-12", "1.50", "停车", order="P1"), file="other.csv")
    screen = shown(alice, locale)
    assert figures(screen) == [said(6500), said(6450), signed(50), signed(-500)]
    name = f"reconcile.adjust.{opened(alice, FEB).statement.id}"
    screen = press(screen, "reconcile.adjust.do")
    assert screen.error, "without a reason nothing is booked"
    screen.text_input(key=f"{name}.reason").set_value("bank's interest")
    screen = press(screen, "reconcile.adjust.do")
    assert figures(screen)[:3] == [said(6500), said(6500), said(0)]
    assert "bank's interest" in words(screen)
    assert book.total() == 3550
    (entry,) = [one.line.entry for one in opened(alice, FEB).booked]
    screen = press(screen, f"reconcile.undo.{entry}")
    assert figures(screen)[:3] == [said(6500), said(6450), signed(50)]
    assert opened(alice, FEB).booked == ()


def test_a_category_makes_the_correction_spending(alice: Wallet, book: Bookkeeping) -> None:
    book.takes([stating(closing(JAN, 7000), closing(FEB, 6500), rows=(PAY, LUNCH, FARE))])
    screen = shown(alice)
    name = f"reconcile.adjust.{opened(alice, FEB).statement.id}"
    screen.text_input(key=f"{name}.reason").set_value("fee")
    screen.selectbox(key=f"{name}.category").set_value("dining")
    press(screen, "reconcile.adjust.do")
    assert book.spending()["dining"] == 100


@pytest.mark.parametrize("locale", LOCALES)
def test_the_first_balance_is_taken_as_the_starting_point_and_undone(
    alice: Wallet, book: Bookkeeping, locale: str
) -> None:
    book.takes([stating(closing(JAN, 123456), rows=(PAY, LUNCH))])
    screen = press(shown(alice, locale), "reconcile.start")
    assert figures(screen) == [said(123456), said(123456), said(0), signed(7000)]
    (booked,) = opened(alice).booked
    screen = press(screen, f"reconcile.undo.{booked.line.entry}")
    assert "reconcile.start" in keys(screen)
    assert book.balance(BALANCE) == 7000


@pytest.mark.parametrize("locale", LOCALES)
def test_ticking_all_allows_the_mark_and_a_later_row_warns(alice: Wallet, book: Bookkeeping, locale: str) -> None:
    book.takes([stating(closing(JAN, 7000), rows=(PAY, LUNCH))])
    screen = shown(alice, locale)
    assert screen.button(key="reconcile.do.reconcile").disabled
    screen = press(screen, "reconcile.tick.in_file")
    assert opened(alice).waiting == 0
    screen = press(screen, "reconcile.do.reconcile")
    assert beside(alice).statements[0].reconciled
    assert not screen.warning
    book.imports(spent("2026-01-25", "9.00", "晚到", order="late"), file="late.csv")
    screen = shown(alice, locale)
    assert len(screen.warning) == 1
    assert "晚到" in words(screen)
    screen = press(screen, "reconcile.do.reopen")
    assert not beside(alice).statements[0].reconciled
    press(screen, "reconcile.tick.none")
    assert opened(alice).ticked == 0


def test_rows_that_came_later_without_a_difference_are_told_too(alice: Wallet, book: Bookkeeping) -> None:
    book.takes([stating(closing(JAN, 7000), rows=(PAY, LUNCH))])
    jan = the(book, JAN).stated.asserted
    ticks(book, jan, "J1", "J2")
    reconciling.reconcile(book.db, MarkReconciled(**by(book), asserted=jan))
    ticks(book, jan, "J2", ticked=False)
    assert len(shown(alice).warning) == 1


@pytest.mark.parametrize("locale", LOCALES)
def test_a_balance_is_typed_in_and_removed(alice: Wallet, book: Bookkeeping, locale: str) -> None:
    book.imports(PAY, LUNCH)
    screen = shown(alice, locale)
    name = account(book)
    screen.text_input(key=f"reconcile.type.amount.{name}").set_value("seven")
    screen = press(screen, "reconcile.type.save")
    assert screen.error
    screen.text_input(key=f"reconcile.type.amount.{name}").set_value("70.00")
    screen.date_input(key=f"reconcile.type.on.{name}").set_value(JAN)
    screen = press(screen, "reconcile.type.save")
    assert [(one.on, one.balance.minor, one.agrees) for one in beside(alice).statements] == [(JAN, 7000, True)]
    press(screen, "reconcile.do.withdraw")
    assert beside(alice).statements == ()


def test_what_is_owed_is_typed_as_people_say_it(alice: Wallet, book: Bookkeeping) -> None:
    book.imports(spent("2026-01-20", "30.00", account="card:credit:1", order="K"))
    screen = shown(alice)
    name = account(book, "card:credit:1")
    screen.text_input(key=f"reconcile.type.amount.{name}").set_value("30.00")
    screen = press(screen, "reconcile.type.save")
    (found,) = books(scope_of(alice))
    assert [(one.balance.minor, one.agrees) for one in found.statements] == [(-3000, True)]


@pytest.mark.parametrize("locale", LOCALES)
def test_the_wallets_own_account_says_why_it_cannot_be_corrected(alice: Wallet, book: Bookkeeping, locale: str) -> None:
    own = new_id()
    sql = "INSERT INTO account VALUES ($owner, $id, 'asset', 'wallet:CNY', '小金卡', '', '', now())"
    book.writes(Write(sql, {"owner": book.owner, "id": own}))
    legs = "INSERT INTO posting VALUES ($owner, $entry, 0, $id, 5, 'CNY', NULL, NULL)"
    entry = """INSERT INTO entry VALUES ($owner, $entry, 1, 'transfer', now(), current_date, now(), $owner, NULL, NULL,
        NULL, '', '', '', '', '')"""
    named = new_id()
    book.writes(
        Write(entry, {"owner": book.owner, "entry": named}),
        Write(legs, {"owner": book.owner, "entry": named, "id": own}),
    )
    screen = shown(alice, locale, account=str(own))
    assert len(screen.info) == 1
    assert not [key for key in keys(screen) if key.startswith("reconcile.")]


@pytest.mark.parametrize("locale", LOCALES)
def test_missing_days_and_a_difference_carried_from_before_are_said(
    alice: Wallet, book: Bookkeeping, locale: str
) -> None:
    march = date(2026, 3, 31)
    book.takes([stating(closing(JAN, 7000), rows=(PAY, LUNCH))])
    book.takes([stating(closing(march, 6000), rows=(spent("2026-03-10", "1.00", order="M1"),), file="march.csv")])
    screen = shown(alice, locale)
    assert len(screen.info) == 1
    book.takes([stating(closing(FEB, 6000), rows=(FARE,), file="feb.csv")])
    listed = beside(alice).statements
    assert [one.standing.carried for one in listed] == [None, None, None]


def test_what_files_and_people_write_is_shown_as_text_only(alice: Wallet, book: Bookkeeping) -> None:
    nasty = spent("2026-02-12", "1.50", ":red[x] **b** [l](http://e.vil)", order="P1")
    book.takes([stating(closing(JAN, 7000), closing(FEB, 6500), rows=(PAY, LUNCH, FARE), file="**a**.csv")])
    book.imports(nasty, file="other.csv")
    adjusts(book, the(book, FEB).stated.asserted, "*why* [l](http://e.vil)")
    screen = shown(alice)
    raw = "\n".join(one.value for one in [*screen.markdown, *screen.caption])
    assert "[l](http" not in raw
    assert "**a**" not in raw


def test_the_list_in_the_browser_changes_only_what_was_ticked_there() -> None:
    one, two, strange = UUID(int=1), UUID(int=2), UUID(int=9)
    assert rows.changes({one, strange}, {two}, {one, two}) == ([one], [two])
