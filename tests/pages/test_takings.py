"""The takings report: its figures are those of analytics, in the period and of the merchant that are chosen."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from analytics import takings_tables
from analytics.movements import movements
from analytics.takings import Counter, taken
from data import refunds, wallet
from data.ids import OwnerId
from data.merchants import CouponKind, Merchant
from data.period import Span
from data.refunds import ConfirmRefund, RequestRefund
from data.wallet import DeskTopUp, Pay
from pages.ui import session
from pages.ui.screens.takings import csv_of
from tests.pages.house import LANGUAGES, LOCALES, figures, no_fault, said
from tests.pages.signed_in import Wallet, open_wallet
from tests.wallet_house import by, claim, coupon, open_for, person, shop

PAGE = "pages/takings.py"
MARCH = Span(date(2026, 3, 1), date(2026, 4, 1))


class Stall:
    """Alice's shop with a past: what bob paid there, at stated times on Shanghai's clocks."""

    def __init__(self, opened: Wallet) -> None:
        self.wallet = opened
        self.shop: Merchant = shop(opened.running, "拾光", proprietor=opened.owner)
        self.bob: OwnerId = person(opened.database, "bob")
        open_for(opened.running, self.bob)
        money = DeskTopUp(**by(self.bob, opened.owner), amount=100_000_00, currency="CNY", at=_at("2026-01-01 09:00"))
        wallet.desk_top_up(opened.database, money)

    def pays(self, local: str, amount: int, **more: Any) -> dict[str, Any]:
        command = Pay(**by(self.bob), merchant=self.shop.id, amount=amount, currency="CNY", at=_at(local), **more)
        return wallet.pay(self.wallet.running, command)

    def gives_back(self, paid: dict[str, Any], local: str, amount: int) -> None:
        asked = RequestRefund(**by(self.bob), payment=paid["payment"], amount=amount, reason="damaged", at=_at(local))
        refund = refunds.request(self.wallet.database, asked, None)["refund"]
        agreed = ConfirmRefund(**by(self.shop.id, self.wallet.owner), refund=refund, at=_at(local))
        refunds.confirm(self.wallet.running, agreed)

    def counter(self) -> Counter:
        now = self.wallet.database.clock() + timedelta(hours=8)
        return Counter(self.wallet.database, self.shop.id, "CNY", "Asia/Shanghai", now.date())


def _at(local: str) -> datetime:
    return datetime.fromisoformat(local) - timedelta(hours=8)


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Wallet]:
    with open_wallet(tmp_path) as opened:
        yield opened


@pytest.fixture
def stall(empty: Wallet) -> Stall:
    """March: two payments at its midnights, one of them with the shop's own coupon; a refund in April's first hour."""
    made = Stall(empty)
    own = coupon(empty.running, made.shop, "OWN5", "立减 5 元", kind=CouponKind.INSTANT, off_minor=5_00)
    made.pays("2026-02-28 23:59", 99_00)
    made.pays("2026-03-01 00:00", 30_00, claims=(claim(empty.running, made.bob, own),))
    late = made.pays("2026-03-31 23:59", 20_01, note="=cmd")
    made.gives_back(late, "2026-03-31 23:59:30", 2_01)
    made.gives_back(late, "2026-04-01 00:30", 1_00)
    return made


def shown(opened: Wallet, locale: str = "zh-CN", **params: str) -> AppTest:
    screen = opened.screen(PAGE, locale)
    for name, value in params.items():
        screen.query_params[name] = value
    return no_fault(screen.run())


def table(screen: AppTest) -> pd.DataFrame:
    (found,) = screen.dataframe
    return found.value


@pytest.mark.parametrize("locale", LOCALES)
def test_the_figures_are_those_of_analytics(stall: Stall, locale: str) -> None:
    one = taken(stall.counter(), MARCH).total
    assert (one.net, one.gross, one.own_coupons, one.refunds) == (43_00, 50_01, 5_00, 2_01)
    money = [said(minor, locale=locale) for minor in (one.net, one.gross, one.own_coupons, one.refunds)]
    average = said(25_00, locale=locale)
    assert figures(shown(stall.wallet, locale, period="2026-03")) == [*money, "2", average]


def test_a_refund_stands_in_the_month_in_which_it_was_credited(stall: Stall) -> None:
    screen = shown(stall.wallet, period="2026-04")
    assert figures(screen)[0] == said(-1_00)
    assert figures(screen)[5] == "–"


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("period", ["2026-Q1", "2026", "2026-03-31..2026-04-01"])
def test_every_kind_of_period_can_be_looked_at(stall: Stall, locale: str, period: str) -> None:
    screen = shown(stall.wallet, locale, period=period)
    assert len(screen.metric) == 6
    no_fault(screen.button_group(key="takings.when.cut").set_value("weekday").run())


def test_a_single_day_is_shown_by_its_hours_alone(stall: Stall) -> None:
    screen = shown(stall.wallet, period="2026-03-01..2026-03-01")
    assert figures(screen)[0] == said(25_00)
    assert not screen.dataframe
    assert len(screen.get("plotly_chart")) == 1
    drawn = json.loads(screen.get("plotly_chart")[0].proto.spec)["data"][0]
    assert len(drawn["x"]) >= 13  # a shop's day, though all came within one hour


def test_days_on_which_something_moved_are_listed_the_latest_first(stall: Stall) -> None:
    days = table(shown(stall.wallet, period="2026"))
    assert [str(day)[:10] for day in days["date"]] == ["2026-04-01", "2026-03-31", "2026-03-01", "2026-02-28"]
    assert list(days["net"]) == [-1_00, 18_00, 25_00, 99_00]


@pytest.mark.parametrize("locale", LOCALES)
def test_files_speak_the_persons_language_and_add_up(
    stall: Stall, locale: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session, "language", lambda: LANGUAGES[locale])
    rows = csv_of(takings_tables.movements(movements(stall.counter(), MARCH), "CNY")).decode("utf-8-sig")
    head, *lines = list(csv.reader(io.StringIO(rows)))
    assert head[0] == {"zh-CN": "时间", "en-US": "Time"}[locale]
    assert [line[1] for line in lines] == ["bob"] * 3
    assert {line[2] for line in lines} == {
        "zh-CN": {"退款", "部分退款", "已收款"},
        "en-US": {"Refund", "Partly refunded", "Paid"},
    }[locale]
    assert sum(round(float(line[8]) * 100) for line in lines) == taken(stall.counter(), MARCH).total.net
    assert "'=cmd" in rows
    days = csv_of(takings_tables.by_date("date", taken(stall.counter(), MARCH).days(), "CNY")).decode("utf-8-sig")
    assert len(days.splitlines()) == 32


def test_a_long_list_is_shown_in_pages(stall: Stall) -> None:
    for minute in range(55):
        stall.pays(f"2026-05-04 10:{minute:02d}", 1_00 + minute)
    screen = shown(stall.wallet, period="2026-05")
    assert figures(screen)[4] == "55"
    (pages,) = screen.pagination
    no_fault(pages.set_value(2).run())


def test_another_merchant_is_another_report(stall: Stall) -> None:
    second = shop(stall.wallet.running, "二店", proprietor=stall.wallet.owner)
    screen = shown(stall.wallet, period="2026-03")
    screen.selectbox(key="merchant.choice").set_value(second.id).run()
    assert not no_fault(screen).metric
    assert not shown(stall.wallet, period="2026-03", merchant=str(second.id)).metric


@pytest.mark.parametrize("locale", LOCALES)
def test_a_period_without_takings_says_what_to_do(stall: Stall, locale: str) -> None:
    screen = shown(stall.wallet, locale, period="2025-07")
    assert not screen.metric
    assert [one for one in screen.button if one.key == "takings.empty.0"]


@pytest.mark.parametrize("locale", LOCALES)
def test_who_runs_no_merchant_is_led_to_the_till(empty: Wallet, locale: str) -> None:
    screen = shown(empty, locale)
    assert not screen.metric
    assert [one for one in screen.button if one.key == "takings.none.0"]
