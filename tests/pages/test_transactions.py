"""The list of transactions as a person uses it: found, narrowed, edited, seen whole."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from streamlit.testing.v1 import AppTest

from analytics.scope import look
from analytics.selection import Criteria
from analytics.transactions import page
from data import refunds, sorting, transaction
from data.ids import EntryId
from data.refunds import ConfirmRefund
from data.transaction import Detail
from tests import wallet_house as house
from tests.bookkeeping import Bookkeeping, earned, moved, refunded, spent
from tests.pages.signed_in import Wallet, open_wallet

SCRIPT = "pages/transactions.py"
TICKED = "lgc.kept.transactions.ticked"


@pytest.fixture
def wallet(tmp_path: Path) -> Iterator[Wallet]:
    with open_wallet(tmp_path) as opened:
        yield opened


@pytest.fixture
def book(wallet: Wallet) -> Bookkeeping:
    shops = Bookkeeping(wallet.database, wallet.owner)
    shops.imports(
        spent("2026-10-01", "30.00", "瑞幸咖啡", order="A1", category="coffee"),
        spent("2026-10-02", "18.00", "瑞幸咖啡(国贸店)", order="A2", category="coffee"),
        spent("2026-10-03", "22.00", "瑞幸咖啡", order="A3", category="coffee"),
        spent("2026-10-04", "300.00", "*京东* [商城]", order="J1", category="electronics"),
        earned("2026-10-05", "9000.00", "公司", order="S1", category="salary"),
        refunded("2026-10-08", "100.00", "*京东* [商城]", order="R1"),
        moved("2026-10-09", "500.00", to="bank:card", order="T1"),
        spent("2026-10-10", "12.00", "Anthropic", order="U1", currency="USD", category="software"),
    )
    return shops


def opened(wallet: Wallet, locale: str = "zh-CN", **params: str) -> AppTest:
    screen = wallet.screen(SCRIPT, locale)
    for name, value in params.items():
        screen.query_params[name] = value
    screen.run()
    assert not screen.exception
    return screen


def after(touched: Any) -> AppTest:
    screen: AppTest = touched.run()
    assert not screen.exception, screen.exception[0].value
    return screen


def sorts(screen: AppTest, category: str) -> AppTest:
    """Choose a category for what is ticked, and apply it."""
    box = next(str(box.key) for box in screen.selectbox if str(box.key).startswith("bulk.category"))
    after(screen.selectbox(key=box).set_value(category))
    return after(screen.button(key="bulk.category.apply").click())


def ticks(book: Bookkeeping, screen: AppTest, *orders: str) -> AppTest:
    screen.session_state[TICKED] = tuple(EntryId(book.entry(order)) for order in orders)
    return after(screen)


def captions(screen: AppTest) -> str:
    return "\n".join(said.value for said in screen.caption)


def query(screen: AppTest) -> str:
    return str(screen.text_input(key="transactions.search").value)


def seen(book: Bookkeeping, order: str) -> Detail:
    return transaction.detail(book.db, book.owner, EntryId(book.entry(order)))


@pytest.mark.parametrize(("locale", "title"), [("zh-CN", "交易明细"), ("en-US", "Transactions")])
def test_empty_books_say_what_to_do(wallet: Wallet, locale: str, title: str) -> None:
    screen = opened(wallet, locale)
    assert screen.title[0].value == title
    assert screen.button(key="transactions.empty.0").label


@pytest.mark.parametrize("locale", ["zh-CN", "en-US"])
def test_the_sums_are_those_of_the_question_per_currency(wallet: Wallet, book: Bookkeeping, locale: str) -> None:
    screen = opened(wallet, locale)
    totals = page(look(wallet.database, wallet.owner, book.db.clock().date()), Criteria()).totals
    assert [(t.currency, t.rows, t.spending, t.income) for t in totals] == [
        ("CNY", 7, 27_000, 900_000),
        ("USD", 1, 1_200, 0),
    ]
    assert "CNY 270.00" in captions(screen)
    assert "CNY 9,000.00" in captions(screen)
    assert "USD 12.00" in captions(screen)


def test_a_link_with_a_search_lands_filtered(wallet: Wallet, book: Bookkeeping) -> None:
    screen = opened(wallet, q="category:dining date:2026-10-01..2026-10-31 currency:CNY")
    assert query(screen) == "category:dining date:2026-10-01..2026-10-31 currency:CNY"
    assert "¥70.00" in captions(screen)
    assert book.spending()["coffee"] == 7000


@pytest.mark.parametrize(
    ("text", "marked"),
    [
        ("瑞幸 amount>x 咖啡", "瑞幸 **:red[amount\\>x]** 咖啡"),
        ("category:yachts", "**:red[category\\:yachts]**"),
        ('"open', '"open'),
    ],
)
@pytest.mark.usefixtures("book")
def test_a_search_that_cannot_be_read_is_explained_at_its_place(wallet: Wallet, text: str, marked: str) -> None:
    screen = opened(wallet, "en-US", q=text)
    assert marked in screen.warning[0].value.replace("\u2060", "")


@pytest.mark.usefixtures("book")
def test_filters_write_the_search(wallet: Wallet) -> None:
    screen = opened(wallet, q="瑞幸")
    after(screen.pills(key="transactions.kinds").set_value("expense"))
    after(screen.pills(key="transactions.states").set_value(["uncategorised", "excluded"]))
    assert query(screen) == "瑞幸 kind:expense is:uncategorised is:excluded"
    after(screen.pills(key="transactions.states").set_value([]))
    after(screen.selectbox(key="transactions.filter.category").set_value("dining"))
    after(screen.selectbox(key="transactions.filter.currency").set_value("CNY"))
    assert query(screen) == "瑞幸 kind:expense category:dining currency:CNY"
    after(screen.selectbox(key="transactions.filter.category").set_value(None))
    after(screen.selectbox(key="transactions.period").set_value("this_year"))
    assert "category" not in query(screen)
    assert " date:20" in query(screen)
    after(screen.button(key="transactions.clear").click())
    assert query(screen) == ""


@pytest.mark.usefixtures("book")
def test_an_account_is_chosen_by_its_name(wallet: Wallet) -> None:
    screen = opened(wallet)
    account = screen.selectbox(key="transactions.filter.account")
    (name,) = [option for option in account.options if "bank:card" in option]
    after(account.select(name))
    assert query(screen) == f'account:"{name}"'
    assert screen.selectbox(key="transactions.filter.account").value


@pytest.mark.usefixtures("book")
def test_the_order_is_kept(wallet: Wallet) -> None:
    screen = opened(wallet)
    after(screen.selectbox(key="transactions.order").set_value(2))
    assert screen.session_state["lgc.kept.transactions.order"].by == "amount"
    assert after(screen).selectbox(key="transactions.order").value == 2


def test_many_are_sorted_at_once_taken_back_and_learned(wallet: Wallet, book: Bookkeeping) -> None:
    screen = ticks(book, opened(wallet), "A1", "A2")
    sorts(screen, "snacks")
    assert (book.spending()["snacks"], book.spending()["coffee"]) == (4800, 2200)
    assert "1" in screen.button(key="transactions.done.always").label
    after(screen.button(key="transactions.done.undo").click())
    assert book.spending()["coffee"] == 7000
    assert not screen.session_state[TICKED]


def test_always_for_this_payee_changes_the_others_and_is_remembered(wallet: Wallet, book: Bookkeeping) -> None:
    screen = ticks(book, opened(wallet), "A1")
    sorts(screen, "snacks")
    assert "2" in screen.button(key="transactions.done.always").label
    after(screen.button(key="transactions.done.always").click())
    assert book.spending()["snacks"] == 7000
    assert [one.category for one in sorting.learned(book.db, book.owner)] == ["snacks"]


def test_more_changes_are_said_together(wallet: Wallet, book: Bookkeeping) -> None:
    screen = ticks(book, opened(wallet), "A1", "J1")
    note = next(str(box.key) for box in screen.text_input if str(box.key).startswith("bulk.note"))
    screen.text_input(key=note).set_value("出差")
    screen.segmented_control(key=note.replace("note", "reports")).set_value("leave_out")
    after(screen)
    after(screen.button(key="bulk.more.apply").click())
    assert [(seen(book, order).note, seen(book, order).excluded) for order in ("A1", "J1")] == [("出差", True)] * 2


def test_all_that_was_found_can_be_meant(wallet: Wallet, book: Bookkeeping) -> None:
    book.imports(*(spent("2026-09-01", f"{n + 1}.00", f"店{n}", order=f"N{n}") for n in range(60)))
    screen = ticks(book, opened(wallet, q="店"), "N1")
    after(screen.checkbox[0].check())
    reports = next(str(box.key) for box in screen.segmented_control if "reports" in str(box.key))
    screen.segmented_control(key=reports).set_value("leave_out")
    after(screen)
    after(screen.button(key="bulk.more.apply").click())
    assert all(seen(book, f"N{n}").excluded for n in range(60))
    assert not seen(book, "A1").excluded


def test_pages_are_turned_and_a_new_search_starts_at_the_first(wallet: Wallet, book: Bookkeeping) -> None:
    book.imports(*(spent("2026-09-01", f"{n + 1}.00", f"店{n}", order=f"N{n}") for n in range(60)))
    screen = opened(wallet)
    screen.session_state["transactions.page"] = 2
    after(screen)
    assert screen.session_state["transactions.page"] == 2
    after(screen.text_input(key="transactions.search").set_value("店"))
    assert screen.session_state["transactions.page"] == 1


def open_one(wallet: Wallet, book: Bookkeeping, order: str, locale: str = "zh-CN") -> AppTest:
    return opened(wallet, locale, entry=str(book.entry(order)))


SPLIT = ("split.",)


def field(screen: AppTest, kind: str, ending: str, inside: tuple[str, ...] = ("detail.", "split.")) -> str:
    keys = (str(one.key) for one in getattr(screen, kind))
    return next(key for key in keys if key.startswith(inside) and key.endswith(ending))


@pytest.mark.parametrize("locale", ["zh-CN", "en-US"])
@pytest.mark.parametrize("order", ["A1", "J1", "S1", "R1", "T1", "U1"])
def test_every_kind_of_transaction_is_seen_whole(wallet: Wallet, book: Bookkeeping, order: str, locale: str) -> None:
    screen = open_one(wallet, book, order, locale)
    assert len(screen.tabs) == 5
    assert "bill.csv" in "".join(said.value for said in screen.markdown)


def test_one_is_described_and_what_was_said_is_told(wallet: Wallet, book: Bookkeeping) -> None:
    screen = open_one(wallet, book, "A1")
    screen.selectbox(key=field(screen, "selectbox", ".category")).set_value("snacks")
    screen.text_input(key=field(screen, "text_input", ".payee")).set_value("楼下咖啡")
    screen.text_input(key=field(screen, "text_input", ".note")).set_value("和小安")
    screen.multiselect(key=field(screen, "multiselect", ".tags")).set_value(["工作"])
    after(screen.button(key=field(screen, "button", ".save")).click())
    one = seen(book, "A1")
    assert (one.called, one.note, one.tags, one.parts[0].category) == ("楼下咖啡", "和小安", ("工作",), "snacks")
    after(screen.button(key="transactions.detail.done.undo").click())
    one = seen(book, "A1")
    assert (one.called, one.note, one.tags, one.parts[0].category) == ("瑞幸咖啡", "", (), "coffee")


def test_one_is_split_and_put_together_again(wallet: Wallet, book: Bookkeeping) -> None:
    screen = open_one(wallet, book, "J1")
    save = next(str(one.key) for one in screen.button if str(one.key).startswith("split.") and ".save" in str(one.key))
    assert screen.button(key=save).disabled
    screen.text_input(key=field(screen, "text_input", ".0.amount", SPLIT)).set_value("250")
    screen.selectbox(key=field(screen, "selectbox", ".1.category", SPLIT)).set_value("snacks")
    screen.text_input(key=field(screen, "text_input", ".1.amount", SPLIT)).set_value("49.99")
    after(screen)
    assert "¥0.01" in captions(screen)
    screen.text_input(key=field(screen, "text_input", ".1.amount", SPLIT)).set_value("50.00")
    after(screen)
    after(screen.button(key=save).click())
    assert [part.amount.minor for part in seen(book, "J1").parts] == [-25_000, -5_000]
    after(screen.button(key=field(screen, "button", ".undo", SPLIT)).click())
    assert len(seen(book, "J1").parts) == 1


def test_a_refund_is_linked_to_a_suggested_purchase_and_unlinked(wallet: Wallet, book: Bookkeeping) -> None:
    screen = open_one(wallet, book, "R1")
    refund = book.entry("R1")
    suggested = screen.selectbox(key=f"refunds.{refund}")
    assert "京东" in suggested.options[0]
    after(screen.button(key=f"refunds.link.{refund}").click())
    original = seen(book, "R1").original
    assert original is not None
    assert original.entry == book.entry("J1")
    assert book.spending()["electronics"] == 20_000
    after(screen.button(key=f"refunds.unlink.{refund}").click())
    assert seen(book, "R1").original is None


def test_what_came_back_of_a_payment_of_the_wallet_is_shown_and_offers_no_other_link(
    wallet: Wallet, book: Bookkeeping
) -> None:
    filled = house.fill_wallet(wallet.running, wallet.owner)
    paid = house.pay(wallet.running, wallet.owner, filled.cafe, 200_00)
    back = house.ask_back(wallet.running, wallet.owner, paid, 50_00)
    keeper = filled.cafe.proprietor
    refunds.confirm(wallet.running, ConfirmRefund(**house.by(filled.cafe.id, keeper), refund=back))
    assert book.entry("R1")  # a refund that would fit
    for entry, other in ((str(paid["payment"]), back), (back, str(paid["payment"]))):
        screen = opened(wallet, entry=entry)
        keys = {str(one.key) for one in [*screen.button, *screen.selectbox] if str(one.key).startswith("refunds.")}
        assert keys == {f"refunds.open.{other}"}


def test_a_wrong_kind_is_corrected_and_the_new_entry_is_shown(wallet: Wallet, book: Bookkeeping) -> None:
    screen = open_one(wallet, book, "J1")
    before = book.entry("J1")
    after(screen.segmented_control(key=f"correct.{before}.kind").set_value("transfer"))
    after(screen.button(key=f"correct.{before}.do").click())
    assert "electronics" not in book.spending()
    _, shown = screen.session_state["lgc.dialog"]
    assert transaction.detail(book.db, book.owner, EntryId(UUID(shown))).kind == "transfer"
    assert not book.drift()


def test_a_refusal_is_said_and_nothing_is_changed(wallet: Wallet, book: Bookkeeping) -> None:
    screen = ticks(book, opened(wallet, "en-US"), "A1", "S1")
    sorts(screen, "snacks")
    assert screen.error
    assert "snacks" not in book.spending()


@pytest.mark.parametrize("entry", ["nonsense", "00000000-0000-7000-8000-000000000000"])
@pytest.mark.usefixtures("book")
def test_a_transaction_that_is_not_there_is_said(wallet: Wallet, entry: str) -> None:
    screen = opened(wallet, entry=entry)
    assert [*screen.warning, *screen.error]


@pytest.mark.usefixtures("book")
def test_what_comes_from_a_file_is_never_markdown(wallet: Wallet, book: Bookkeeping) -> None:
    screen = open_one(wallet, book, "J1")
    assert screen.title[1].value == r"\*京东\* \[商城\]"
