"""Paying while the monitor watches: it asks and is paid once after confirming; it stops, and the screen says why."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from analytics import risk_alerts
from data import wallet
from data.assurance import Assurance, StepUpRequired
from data.errors import Rejection
from data.ids import new_request_id
from data.ledger.wallet.refusals import StoppedByMonitor
from data.security.tokens import token_hash
from data.wallet import Pay
from pages.ui import carried
from pages.ui.catalogue import translator
from tests import wallet_house as house
from tests.pages.house import LANGUAGES, LOCALES, no_fault, scope_of
from tests.pages.signed_in import Wallet, open_wallet
from tests.wallet_house import Filled, by

PAGE = "pages/pay.py"


@pytest.fixture
def one(tmp_path: Path) -> Iterator[Wallet]:
    with open_wallet(tmp_path) as opened:
        yield opened


@pytest.fixture
def filled(one: Wallet) -> Filled:
    """Forty payments of about twenty yuan at the cafe, one a day; who asks for more than a thousand confirms anyway."""
    house_of = house.fill_wallet(one.running, one.owner, available=9_000_00)
    first = one.database.clock() - timedelta(days=40)
    for day in range(40):
        at = first + timedelta(days=day)
        command = Pay(**by(one.owner), merchant=house_of.cafe.id, amount=20_00 + 10 * (day % 7), currency="CNY", at=at)
        one.database.transact(command).or_raise()
    return house_of


def screen(who: Wallet, locale: str, **address: object) -> AppTest:
    app = who.screen(PAGE, locale, timeout=60)
    for name, value in address.items():
        app.query_params[name] = str(value)
    return no_fault(app.run())


def field(app: AppTest, kind: str, key: str) -> Any:
    (found,) = [each for each in app.get(kind) if (each.key or "").startswith(key)]
    return found


def paying(app: AppTest, amount: str) -> AppTest:
    no_fault(field(app, "text_input", "pay.amount").set_value(amount).run())
    return no_fault(field(app, "button", "pay.confirm").click().run())


def said(app: AppTest) -> str:
    kinds = ("info", "error", "warning", "markdown", "caption", "subheader", "title")
    drawn: list[Any] = [each for kind in kinds for each in app.get(kind)]
    pages = [str(each.proto.body) for each in app.get("html")]
    return "\n".join([*(str(each.value) for each in drawn), *pages]).replace("\\", "").replace("\u2060", "")


def titles(app: AppTest) -> list[str]:
    """The titles of boxes."""
    return [str(each.proto.title) for kind in ("info", "warning", "error") for each in app.get(kind)]


def paid(who: Wallet) -> int:
    rows = who.database.read("SELECT count(*) FROM published_payment WHERE owner = $o", {"o": who.owner})
    return int(rows[0][0])


def attacked(who: Wallet, filled: Filled) -> None:
    """Ever more at another kind of shop in the middle of the night, until the monitor stops it."""
    night = who.database.clock() + timedelta(hours=12)
    for number in range(9):
        at = night + timedelta(minutes=number)
        command = Pay(**by(who.owner), merchant=filled.market.id, amount=900_00 + number, currency="CNY", at=at)
        try:
            wallet.pay(who.running, command, Assurance(token_hash(who.signed_in.token)))
        except StepUpRequired:
            continue
        except StoppedByMonitor:
            return
    pytest.fail("nothing was stopped")


def words(locale: str, no: Rejection) -> str:
    return translator(LANGUAGES[locale]).text(f"rejection.{no.code}", **no.facts)


@pytest.mark.parametrize("locale", LOCALES)
def test_what_is_unlike_them_is_asked_about_in_words_and_paid_once_after_confirming(
    one: Wallet, filled: Filled, locale: str
) -> None:
    before, request = paid(one), new_request_id()
    app = paying(screen(one, locale, m=filled.cafe.id, r=request), "600")
    alert = risk_alerts.alerts(scope_of(one))[0]
    asked = translator(LANGUAGES[locale])
    assert asked.text(f"rejection.step_up_required.risk_{alert.signs[0].code}", amount="¥600.00") in said(app)
    assert asked.text("step_up.title") in titles(app)
    assert paid(one) == before

    one.confirm()
    address = {"m": filled.cafe.id, "r": request, "a": 600_00, "resume": next(reversed(carried._held))}
    app = screen(one, locale, **address)
    assert paid(one) == before + 1
    assert asked.text("pay.done") in said(app)
    screen(one, locale, **address)
    screen(one, locale, m=filled.cafe.id, r=request)
    assert paid(one) == before + 1
    assert risk_alerts.alerts(scope_of(one))[0].verdict == "confirmed"


@pytest.mark.parametrize("locale", LOCALES)
def test_who_does_not_confirm_finds_the_form_as_it_was_and_nothing_paid(
    one: Wallet, filled: Filled, locale: str
) -> None:
    before, request = paid(one), new_request_id()
    paying(screen(one, locale, m=filled.cafe.id, r=request), "600")
    app = screen(one, locale, m=filled.cafe.id, r=request, a=600_00, resume=next(reversed(carried._held)))
    assert paid(one) == before
    assert field(app, "text_input", "pay.amount").value == "600"
    assert field(app, "button", "pay.confirm") is not None


@pytest.mark.parametrize("locale", LOCALES)
def test_once_the_monitor_has_stopped_it_the_screen_says_frozen_and_what_to_do_and_pays_nothing(
    one: Wallet, filled: Filled, locale: str
) -> None:
    attacked(one, filled)
    before, spoken = paid(one), translator(LANGUAGES[locale])
    assert wallet.standing(one.database, one.owner)[0].frozen == wallet.MONITOR
    app = screen(one, locale, m=filled.cafe.id)
    no_fault(field(app, "text_input", "pay.amount").set_value("20").run())
    assert spoken.text("pay.frozen") in titles(app)
    assert spoken.text("wallet.frozen.monitor") in said(app)
    assert not re.search(rf"\b{wallet.MONITOR}\b", said(app))  # our word for it is nobody's
    buttons: list[Any] = [each for each in app.get("button") if (each.key or "").startswith("pay.confirm")]
    assert [each for each in buttons if not each.disabled] == []
    assert paid(one) == before


@pytest.mark.parametrize("locale", LOCALES)
def test_what_is_stopped_at_the_screen_itself_is_told_with_its_reasons_and_a_reload_tells_it_again(
    one: Wallet, filled: Filled, locale: str
) -> None:
    night, request = one.database.clock() + timedelta(hours=12), new_request_id()
    stopped = None
    for number in range(9):
        at = night + timedelta(minutes=number)
        asking = {**by(one.owner), "request_id": request if number > 2 else new_request_id()}
        command = Pay(**asking, merchant=filled.market.id, amount=900_00 + number, currency="CNY", at=at)
        try:
            wallet.pay(one.running, command, Assurance(token_hash(one.signed_in.token)))
        except StepUpRequired:
            request = new_request_id()
            continue
        except StoppedByMonitor as no:
            stopped, request = no, command.request_id
            break
    assert stopped is not None
    for _ in range(2):
        told = said(screen(one, locale, m=filled.market.id, r=request, a=900_00))
        assert words(locale, stopped) in told
        assert translator(LANGUAGES[locale]).text("pay.refused") in told
