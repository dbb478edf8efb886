"""The pieces of a screen, drawn by Streamlit itself in both languages."""

import threading
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from pages.ui.charts import LimitRow, Look
from pages.ui.limit_bar import limit_bar_html
from pages.ui.tables import Column, _plain
from pages.ui.theme import palette

SCREEN = Path(__file__).with_name("pieces_screen.py")
HANDOVER = Path(__file__).with_name("handover_screen.py")


def _at(language: str) -> AppTest:
    at = AppTest.from_file(SCREEN, default_timeout=30)
    at.query_params["lang"] = language
    return at.run()


def _caption(at: AppTest) -> list[str]:
    return next(said.value for said in at.caption if "CNY" in said.value or "USD" in said.value).split()


@pytest.mark.parametrize(("language", "title"), [("zh", "总览"), ("en", "Overview")])
def test_every_piece_draws_in_both_languages(language: str, title: str) -> None:
    at = _at(language)
    assert not at.exception
    assert at.title[0].value == title
    assert at.metric[0].value == "US\\$1,985.20"
    assert at.error[0].value.count("\n\n") == 2


def test_the_period_steps_back_and_stays_in_the_address() -> None:
    at = _at("zh")
    assert _caption(at)[0] == "2026-10"
    at.button(key="period.earlier").click().run()
    assert _caption(at)[0] == "2026-09"
    assert at.query_params["period"] in ("2026-09", ["2026-09"])
    assert not at.button(key="period.later").disabled


def test_nothing_lies_after_today() -> None:
    assert _at("zh").button(key="period.later").disabled


def test_another_kind_of_period_keeps_today_in_it() -> None:
    at = _at("zh")
    at.segmented_control(key="period.kind").set_value("quarter").run()
    assert _caption(at)[0] == "2026-Q4"
    at.segmented_control(key="period.kind").set_value("custom").run()
    assert _caption(at)[0] == "2026-10-01..2026-10-31"
    assert not at.exception


def test_a_link_may_say_the_period_and_nonsense_is_ignored() -> None:
    at = AppTest.from_file(SCREEN, default_timeout=30)
    at.query_params["period"] = "2025-Q2"
    assert _caption(at.run())[0] == "2025-Q2"
    at = AppTest.from_file(SCREEN, default_timeout=30)
    at.query_params["period"] = "'; drop"
    assert _caption(at.run())[0] == "2026-10"


def test_the_chosen_currency_stays() -> None:
    at = _at("zh")
    at.segmented_control(key="currency").set_value("USD").run()
    assert _caption(at)[1] == "USD"
    assert _caption(at.run())[1] == "USD"


def test_a_form_keeps_its_request_id_over_reruns() -> None:
    at = _at("zh")
    assert _caption(at)[2] == _caption(at.run())[2]


def test_confirming_does_the_deed_once_and_closes() -> None:
    at = _at("zh")
    at.button(key="ask").click().run()
    at.button(key="drop.confirm").click().run()
    assert [toast.value for toast in at.toast] == ["gone row 5"]
    assert not [button for button in at.button if button.key == "drop.confirm"]
    assert not at.run().toast


def test_cancelling_does_nothing() -> None:
    at = _at("zh")
    at.button(key="ask").click().run()
    at.button(key="drop.cancel").click().run()
    assert not at.toast
    assert not [button for button in at.button if button.key == "drop.confirm"]


def test_a_session_that_changes_hands_forgets_everything() -> None:
    at = AppTest.from_file(HANDOVER, default_timeout=30)
    at.query_params["who"] = "alice"
    at.run()
    assert at.run().markdown[0].value == "alice"
    at.query_params["who"] = "mallory"
    assert at.run().markdown[0].value == "nothing"


def test_the_bar_escapes_names_and_marks_the_excess() -> None:
    look = Look(palette("light"), "en", "CNY")
    drawn = limit_bar_html(look, LimitRow("a", '<img src=x onerror="1">', 24_100, 18_000, "over"))
    assert "<img" not in drawn
    assert "133%" in drawn
    assert "repeating-linear-gradient" in drawn
    assert "repeating" not in limit_bar_html(look, LimitRow("a", "a", 100, 100, "reached"))


def test_tables_write_each_rows_own_currency_and_keep_numbers_sortable() -> None:
    table = _at("zh").dataframe[0].value
    assert table["amount"].tolist()[0] == -6_100


def test_large_tables_show_the_same_words() -> None:
    frame = pd.DataFrame({"amount": [-6_100, None], "currency": ["CNY", "USD"], "day": [date(2026, 3, 2)] * 2})
    columns = [Column("amount", "x", "money"), Column("day", "x", "date")]
    assert _plain(frame, columns)["amount"].tolist() == ["−¥61.00", "–"]
    assert _plain(frame, columns)["day"].tolist() == ["2026-03-02"] * 2


def test_a_file_asked_for_after_the_run_still_speaks_the_sessions_language() -> None:
    spoken = []

    def press(make: Callable[[], str]) -> None:
        thread = threading.Thread(target=lambda: spoken.append(make()))
        thread.start()
        thread.join()

    for language, pressed in (("zh", "总览"), ("en", "Overview")):
        at = _at(language)
        press(at.session_state["lgc.kept.pieces.bound"])
        assert spoken.pop() == pressed
