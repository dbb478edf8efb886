"""The import screen: dropping files, naming columns, the preview, booking, taking it back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from analytics.imports import batches
from analytics.scope import Scope, look
from analytics.spending import totals
from data import accounts, statements
from data.matching.choices import Choices
from data.period import month_of
from tests.data.importers.archives import sealed, zipped
from tests.data.importers.builders import AlipayRow, WechatRow, alipay_app_csv, wechat_csv
from tests.pages.signed_in import Wallet, open_wallet

PAGE = "pages/import.py"
ROWS = (
    AlipayRow("2026-10-03 12:00:00", "35.00", payee="面馆", category="餐饮美食", order_id="2026100322001"),
    AlipayRow("2026-10-04 09:00:00", "120.00", payee="超市", order_id="2026100422002", method="招商银行信用卡(1234)"),
    AlipayRow(
        "2026-10-05 10:00:00",
        "20.00",
        payee="超市",
        order_id="2026100422002_1",
        direction="不计收支",
        status="退款成功",
        method="招商银行信用卡(1234)",
        description="退款-商品",
    ),
    AlipayRow("2026-10-06 10:00:00", "9.90", payee="没付款", direction="不计收支", status="交易关闭", method=""),
    AlipayRow("2026-10-07 10:00:00", "8000.00", payee="公司", direction="收入", category="收入"),
)
BILL = alipay_app_csv(ROWS)
DOUBTFUL = b"Date,Payee,Amount\n03/04/2026,Rent,-900.00\n05/04/2026,Pay,1200.00\n"
UNKNOWN = b"When,What,How much\n2026-10-03,Rent,-900.00\n2026-10-05,Pay,1200.00\n"
TODAY = date(2026, 11, 20)
OCTOBER = month_of(date(2026, 10, 1))
LANGUAGES = pytest.mark.parametrize("locale", ["zh-CN", "en-GB"])


@pytest.fixture
def wallet(tmp_path: Path) -> Iterator[Wallet]:
    with open_wallet(tmp_path) as opened:
        yield opened


def _opened(wallet: Wallet, locale: str = "en-GB") -> AppTest:
    screen = wallet.screen(PAGE, locale, timeout=60).run()
    assert not screen.exception
    return screen


def _drop(screen: AppTest, *files: tuple[str, bytes]) -> AppTest:
    screen.file_uploader[0].set_value([(name, data, "application/octet-stream") for name, data in files])
    screen.run()
    assert not screen.exception
    return screen


def _press(screen: AppTest, key: str) -> AppTest:
    next(button for button in screen.button if (button.key or "").startswith(key)).click()
    screen.run()
    assert not screen.exception
    return screen


def _metrics(screen: AppTest) -> dict[str, str]:
    return {one.label: one.value for one in screen.metric}


def _said(screen: AppTest) -> str:
    parts = (*screen.markdown, *screen.caption, *screen.error, *screen.warning, *screen.info, *screen.subheader)
    return "\n".join(str(part.value) for part in parts)


def _grid(screen: AppTest) -> Any:
    return next(one for one in screen.dataframe if (one.key or "").startswith("import.grid."))


def _edit(screen: AppTest, **rows: dict[str, object]) -> AppTest:
    """Type into the grid; rows by payee."""
    payees = _grid(screen).value["payee"].tolist()
    edited = {payees.index(payee): cells for payee, cells in rows.items()}
    screen.session_state[_grid(screen).key] = {"edited_rows": edited, "added_rows": [], "deleted_rows": []}
    screen.run()
    assert not screen.exception
    return screen


def _scope(wallet: Wallet) -> Scope:
    return look(wallet.database, wallet.owner, TODAY)


@LANGUAGES
def test_a_newcomer_is_shown_where_to_drop_files_and_the_sample_data(wallet: Wallet, locale: str) -> None:
    screen = _opened(wallet, locale)
    assert len(screen.file_uploader) == 1
    _press(screen, "import.sample.load")
    assert [one.format for one in batches(_scope(wallet))] == ["sample"]
    assert screen.button(key="sample.remove")


@LANGUAGES
def test_a_dropped_bill_is_previewed_and_nothing_is_booked_yet(wallet: Wallet, locale: str) -> None:
    screen = _drop(_opened(wallet, locale), ("bill.csv", BILL))
    assert list(_metrics(screen).values()) == ["4", "0", "1", "0", "¥135.00", "¥8,000.00", "¥0.00"]
    assert "bill.csv" in _said(screen)
    assert "GB18030 · 2026-10-03 – 2026-10-07" in _said(screen)
    assert batches(_scope(wallet)) == ()


def test_booking_gives_the_figures_of_the_preview_and_dropping_again_gives_only_duplicates(wallet: Wallet) -> None:
    screen = _drop(_opened(wallet), ("bill.csv", BILL))
    _press(screen, "import.commit")
    assert "4 rows imported" in _said(screen)
    answer = totals(_scope(wallet), OCTOBER, "CNY")
    assert (answer.spending, answer.income) == (13_500, 800_000)
    _drop(screen, ("copy.csv", BILL))
    assert list(_metrics(screen).values())[:4] == ["0", "4", "1", "0"]
    assert screen.button(key="import.commit").disabled
    screen.button_group(key="import.tab").set_value("duplicates").run()
    assert "Imported before" in _frames(screen)


def _frames(screen: AppTest) -> str:
    return "\n".join(one.value.to_string() for one in screen.dataframe)


def test_the_self_check_says_in_words_that_it_agrees_or_by_how_much_it_differs(wallet: Wallet) -> None:
    screen = _drop(_opened(wallet), ("bill.csv", BILL))
    assert "Our totals equal those the files state" in _said(screen)
    wrong = BILL.replace("支出：2笔 155.00元".encode("gb18030"), "支出：3笔 165.00元".encode("gb18030"))
    assert wrong != BILL
    _press(screen, "import.cancel")
    _drop(screen, ("wrong.csv", wrong))
    assert "Our totals differ" in _said(screen)
    assert "Differs by −¥10.00, −1 row" in _frames(screen)


def test_a_row_may_be_left_out_or_called_something_else_and_the_figures_follow(wallet: Wallet) -> None:
    screen = _drop(_opened(wallet), ("bill.csv", BILL))
    _edit(screen, 面馆={"category": "groceries"}, 公司={"out": True})
    assert _metrics(screen)["New"] == "3"
    assert _metrics(screen)["Income"] == "¥0.00"
    assert screen.button(key="import.commit").label == "Import 3 rows"
    _press(screen, "import.commit")
    rows = statements.batch_lines(wallet.database, wallet.owner, batches(_scope(wallet))[0].id)
    assert sorted(rows["outcome"].to_pylist()) == ["booked", "booked", "booked", "left_out", "skipped"]
    assert totals(_scope(wallet), OCTOBER, "CNY").income == 0


def test_a_category_of_the_other_side_is_refused_in_words(wallet: Wallet) -> None:
    screen = _drop(_opened(wallet), ("bill.csv", BILL))
    _edit(screen, 面馆={"category": "salary"})
    assert "This category does not fit" in _said(screen)
    assert _metrics(screen)["Spending"] == "¥135.00"
    _edit(screen, 面馆={"kind": "income"})
    assert "does not fit" in _said(screen)
    assert _metrics(screen)["Income"] == "¥8,000.00"


def test_the_filters_find_rows_and_keep_what_was_changed(wallet: Wallet) -> None:
    screen = _drop(_opened(wallet), ("bill.csv", BILL))
    _edit(screen, 面馆={"out": True})
    screen.text_input(key="import.find").set_value("超市").run()
    assert _grid(screen).value["payee"].tolist() == ["超市", "超市"]
    screen.text_input(key="import.find").set_value("").run()
    screen.selectbox(key="import.only").set_value("changed").run()
    assert _grid(screen).value["out"].tolist() == [True]
    assert _metrics(screen)["New"] == "3"


def test_skipped_rows_say_why(wallet: Wallet) -> None:
    screen = _drop(_opened(wallet), ("bill.csv", BILL))
    screen.button_group(key="import.tab").set_value("skipped").run()
    assert "Never paid" in _frames(screen)


def test_rows_that_cannot_be_read_stand_in_the_tray_with_place_cell_and_text(wallet: Wallet) -> None:
    bad = alipay_app_csv([*ROWS, AlipayRow("2026-13-45 10:00:00", "5.00", payee="坏日期")])
    screen = _drop(_opened(wallet), ("bill.csv", bad))
    assert _metrics(screen)["Unreadable"] == "1"
    screen.button_group(key="import.tab").set_value("problems").run()
    assert "The date is unreadable" in _frames(screen)
    assert "交易时间" in _frames(screen)
    assert "2026-13-45" in _frames(screen)


@LANGUAGES
def test_several_files_at_once_one_refused_and_the_others_ready(wallet: Wallet, locale: str) -> None:
    wechat = wechat_csv([WechatRow("2026-10-08 08:00:00", "12.50", payee="早餐店", order_id="w1")])
    screen = _drop(_opened(wallet, locale), ("bill.csv", BILL), ("wx.csv", wechat), ("photo.png", b"\x89PNG\r\n\x1a\n"))
    assert len(screen.error) == 1
    assert screen.error[0].value.count("\n\n") == 2  # what happened, what was kept, what to do
    assert next(iter(_metrics(screen).values())) == "5"


def test_names_of_files_are_words_and_nothing_else(wallet: Wallet) -> None:
    screen = _drop(_opened(wallet), ("**bold** $x$ :red[a].csv", BILL))
    assert "\\*\\*bold\\*\\* \\$x\\$" in _said(screen)


def test_a_locked_zip_asks_for_its_password_and_opens_with_it(wallet: Wallet) -> None:
    screen = _drop(_opened(wallet), ("bill.zip", sealed({"bill.csv": BILL}, "123456")))
    assert "needs a password" in _said(screen)
    for given, outcome in (("000000", "is wrong"), ("123456", "4")):
        screen.text_input[0].set_value(given)
        next(button for button in screen.button if "Unlock" in button.label).click()
        screen.run()
        assert not screen.exception
        assert outcome in _said(screen) or outcome in _metrics(screen).values()
    assert "bill.zip" in _said(screen)


def test_a_plain_zip_is_opened_without_a_question(wallet: Wallet) -> None:
    screen = _drop(_opened(wallet), ("bills.zip", zipped({"a.csv": BILL})))
    assert _metrics(screen)["New"] == "4"


def test_a_table_that_can_be_read_in_two_ways_waits_for_a_decision(wallet: Wallet) -> None:
    screen = _drop(_opened(wallet), ("bank.csv", DOUBTFUL))
    assert "more than one way" in _said(screen)
    assert not screen.metric
    _press(screen, "import.columns.")
    use = next(button for button in screen.button if (button.key or "").endswith(".use"))
    assert use.disabled
    next(group for group in screen.button_group if ".order." in (group.key or "")).set_value("dmy").run()
    assert "2026-04-03" in _frames(screen)
    next(field for field in screen.text_input if (field.key or "").endswith("account.name")).set_value("My bank").run()
    next(button for button in screen.button if (button.key or "").endswith(".use")).click().run()
    assert not screen.exception
    assert list(_metrics(screen).values())[4:6] == ["¥900.00", "¥1,200.00"]
    _press(screen, "import.commit")
    assert [one.name for one in accounts.accounts(wallet.database, wallet.owner) if one.name == "My bank"]


def test_named_columns_are_remembered_for_the_next_file(wallet: Wallet) -> None:
    test_a_table_that_can_be_read_in_two_ways_waits_for_a_decision(wallet)
    screen = _drop(_opened(wallet), ("next.csv", DOUBTFUL.replace(b"Rent", b"Rent May")))
    assert "read with your saved columns" in _said(screen)
    assert _metrics(screen)["New"] == "1"


def test_two_columns_of_the_same_meaning_are_pointed_out(wallet: Wallet) -> None:
    screen = _press(_drop(_opened(wallet), ("bank.csv", DOUBTFUL)), "import.columns.")
    next(one for one in screen.selectbox if (one.key or "").endswith(".role.1")).set_value("date").run()
    assert "Two columns have the same meaning" in _said(screen)


def test_a_table_of_unknown_words_is_read_once_its_columns_are_named(wallet: Wallet) -> None:
    screen = _press(_drop(_opened(wallet), ("bank.csv", UNKNOWN)), "import.columns.")
    assert "Say which column is the date." in _said(screen)
    for at, role in enumerate(("date", "payee", "amount")):
        next(one for one in screen.selectbox if (one.key or "").endswith(f".role.{at}")).set_value(role).run()
    next(button for button in screen.button if (button.key or "").endswith(".use")).click().run()
    assert not screen.exception
    assert list(_metrics(screen).values())[4:6] == ["¥900.00", "¥1,200.00"]


def test_a_new_account_may_be_renamed_before_it_is_opened(wallet: Wallet) -> None:
    screen = _drop(_opened(wallet), ("bill.csv", BILL))
    table = next(one for one in screen.dataframe if (one.key or "").startswith("import.opened."))
    at = [label.startswith("招商") for label in table.value["label"]].index(True)
    edited = {"edited_rows": {at: {"name": "My card"}}, "added_rows": [], "deleted_rows": []}
    screen.session_state[str(table.key)] = edited
    screen.run()
    _press(screen, "import.commit")
    assert "My card" in [one.name for one in accounts.accounts(wallet.database, wallet.owner)]


def test_an_import_that_was_cut_short_is_answered_once_it_is_asked_again(wallet: Wallet) -> None:
    screen = _drop(_opened(wallet), ("bill.csv", BILL))
    preview = screen.session_state["lgc.kept.import.prepared"].preview
    screen.session_state["lgc.requests"] = {"import.commit": "the one of this form"}
    asked = statements.ImportStatements(wallet.owner, "the one of this form", wallet.owner, preview.token, Choices())
    statements.commit(wallet.database, asked, preview)
    _press(screen, "import.commit")
    assert "4 rows imported" in _said(screen)
    assert len(batches(_scope(wallet))) == 1


def test_what_waits_is_kept_while_other_pages_are_visited_and_read_once(wallet: Wallet) -> None:
    screen = _drop(_opened(wallet), ("bill.csv", BILL))
    made = screen.session_state["lgc.kept.import.prepared"]
    screen.run()
    assert screen.session_state["lgc.kept.import.prepared"] is made
    _drop(screen, ("again.csv", BILL))
    assert "again.csv" in _said(screen)
    assert "already" in _said(screen)
    assert _metrics(screen)["New"] == "4"


def test_files_that_wait_for_a_decision_stay_when_the_others_are_booked(wallet: Wallet) -> None:
    photo = ("photo.png", b"\x89PNG\r\n\x1a\n")
    screen = _drop(_opened(wallet), ("bill.csv", BILL), ("bank.csv", DOUBTFUL), photo)
    _press(screen, "import.commit")
    assert "4 rows imported" in _said(screen)
    assert "bank.csv" in _said(screen)
    assert "photo.png" not in _said(screen)
    assert len(batches(_scope(wallet))) == 1


def test_a_hundred_rows_more_than_a_page_are_shown_page_by_page(wallet: Wallet) -> None:
    rows = [AlipayRow(f"2026-10-01 10:{n // 60:02d}:{n % 60:02d}", f"{n + 1}.00", order_id=f"o{n}") for n in range(300)]
    screen = _drop(_opened(wallet), ("bill.csv", alipay_app_csv(rows)))
    assert len(_grid(screen).value) == 200
    assert _metrics(screen)["Spending"] == "¥45,150.00"


def test_cancelling_keeps_nothing(wallet: Wallet) -> None:
    screen = _press(_drop(_opened(wallet), ("bill.csv", BILL)), "import.cancel")
    assert len(screen.file_uploader) == 1
    assert not screen.metric
    assert batches(_scope(wallet)) == ()


def test_an_import_is_taken_back_after_asking(wallet: Wallet) -> None:
    screen = _press(_drop(_opened(wallet), ("bill.csv", BILL)), "import.commit")
    (batch,) = batches(_scope(wallet))
    screen.session_state["lgc.dialog"] = ("import.undo", str(batch.id))
    screen.run()
    screen.button(key="import.undo.confirm").click().run()
    assert not screen.exception
    assert batches(_scope(wallet))[0].undone_at is not None
    assert totals(_scope(wallet), OCTOBER, "CNY").spending == 0


@LANGUAGES
def test_a_chosen_past_import_shows_its_check_and_its_rows(wallet: Wallet, locale: str) -> None:
    screen = _press(_drop(_opened(wallet, locale), ("bill.csv", BILL)), "import.commit")
    screen.session_state["import.past"] = {"selection": {"rows": [0], "columns": [], "cells": []}}
    screen.run()
    assert not screen.exception
    assert screen.button(key="import.undo.ask")
    shown = next(one for one in screen.dataframe if "row_text" in one.value.columns)
    assert len(shown.value) == 4
