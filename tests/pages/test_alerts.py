"""Alerts on the screen: why in plain words, both answers with what each does, how soon to be asked."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from streamlit.testing.v1 import AppTest

from analytics import risk_alerts
from data import alerts, wallet
from data.alerts import ReportDebit, Sensitivity
from data.assurance import AT_THE_MACHINE, Assurance, StepUpRequired
from data.ledger.risk.rules import RULES
from data.ledger.wallet.refusals import StoppedByMonitor
from data.security.tokens import token_hash
from data.wallet import Pay
from pages.ui.i18n import translator
from tests import wallet_house as house
from tests.pages.house import LOCALES, no_fault, scope_of
from tests.pages.signed_in import Wallet, open_wallet
from tests.wallet_house import Filled, by

PAGE = "pages/alerts.py"
_STEPPED = "UPDATE user_session SET stepped_up_at = $now WHERE owner = $owner"


@pytest.fixture
def one(tmp_path: Path) -> Iterator[Wallet]:
    with open_wallet(tmp_path) as opened:
        yield opened


@pytest.fixture
def filled(one: Wallet) -> Filled:
    """With forty payments behind them, one a day, of about twenty yuan."""
    house_of = house.fill_wallet(one.running, one.owner, available=5_000_00)
    first = one.database.clock() - timedelta(days=40)
    made = [paying(one, house_of, 20_00 + 10 * (day % 7), at=first + timedelta(days=day)) for day in range(40)]
    for ticket in [one.database.enqueue(command) for command in made]:
        ticket.result().or_raise()
    return house_of


def paying(one: Wallet, filled: Filled, amount: int, **more: Any) -> Pay:
    return Pay(**by(one.owner), merchant=filled.cafe.id, amount=amount, currency="CNY", **more)


def session(one: Wallet) -> Assurance:
    return Assurance(token_hash(one.signed_in.token))


def asked(one: Wallet, filled: Filled) -> UUID:
    """An alert about a payment of ¥600."""
    with pytest.raises(StepUpRequired):
        wallet.pay(one.running, paying(one, filled, 600_00), session(one))
    return risk_alerts.alerts(scope_of(one))[0].id


def confirm(one: Wallet) -> None:
    with one.database._cursor() as cursor:
        cursor.execute(_STEPPED, {"owner": one.owner, "now": one.database.clock()}).fetchall()


def shown(one: Wallet, locale: str = "en-US") -> AppTest:
    return no_fault(one.screen(PAGE, locale, timeout=60).run())


def press(screen: AppTest, key: str) -> AppTest:
    return no_fault(screen.button(key=key).click().run())


def words(screen: AppTest) -> str:
    parts = (screen.markdown, screen.caption, screen.subheader, screen.title)
    return "\n".join(str(each.value) for kind in parts for each in kind).replace("\\", "").replace("\u2060", "")


def frozen(one: Wallet) -> str | None:
    return wallet.standing(one.database, one.owner)[0].frozen


@pytest.mark.parametrize("locale", LOCALES)
def test_without_alerts_the_screen_says_what_is_looked_at(one: Wallet, locale: str) -> None:
    screen = shown(one, locale)
    assert "alerts.empty.0" in {button.key for button in screen.button}


@pytest.mark.parametrize(("locale", "wrong"), [("zh-CN", "下面"), ("en-US", "below")])
@pytest.mark.usefixtures("filled")
def test_a_wallet_frozen_without_an_alert_speaks_of_none_below(one: Wallet, locale: str, wrong: str) -> None:
    wallet.freeze(one.database, wallet.Freeze(**by(one.owner)))
    screen = shown(one, locale)
    assert translator("zh" if locale.startswith("zh") else "en").text("alerts.frozen.alone") in words(screen)
    assert wrong not in words(screen)


@pytest.mark.parametrize(
    ("locale", "reason"),
    [("zh-CN", "¥600.00，约是你平时一笔（¥20.30）的 30 倍"), ("en-US", "¥600.00 is about 30 times your usual ¥20.30")],
)
def test_an_alert_says_why_in_plain_words(one: Wallet, filled: Filled, locale: str, reason: str) -> None:
    asked(one, filled)
    said = words(shown(one, locale))
    assert reason in said
    assert filled.cafe.name in said


@pytest.mark.parametrize("locale", LOCALES)
def test_it_was_not_me_freezes_and_says_what_to_do_next(one: Wallet, filled: Filled, locale: str) -> None:
    alert = asked(one, filled)
    screen = press(shown(one, locale), f"alerts.not_mine.{alert}")
    assert frozen(one) is None  # the second look comes first
    screen = press(screen, "alerts.not_mine.confirm")
    assert frozen(one) == wallet.MONITOR
    said = words(screen)
    spoken = translator("zh" if locale.startswith("zh") else "en")
    for key in ("alerts.frozen", "alerts.next.password", "alerts.next.sessions", "alerts.answer.not_mine"):
        assert spoken.text(key) in said
    assert f"alerts.mine.{alert}" not in {button.key for button in screen.button}


def test_it_was_me_is_confirmed_first_and_then_lets_it_be_tried_again(one: Wallet, filled: Filled) -> None:
    alert = asked(one, filled)
    screen = press(press(shown(one), f"alerts.mine.{alert}"), "alerts.mine.confirm")
    assert risk_alerts.alerts(scope_of(one))[0].answer == ""  # sent to confirm, nothing done
    confirm(one)
    press(screen, "alerts.mine.confirm")
    assert risk_alerts.alerts(scope_of(one))[0].answer == "mine"
    assert risk_alerts.waiting(scope_of(one), one.database.clock()) == 0


def test_what_was_stopped_shows_the_frozen_wallet_and_where_to_unfreeze(one: Wallet, filled: Filled) -> None:
    with pytest.raises(StoppedByMonitor):
        attacked(one, filled)
    screen = shown(one)
    assert "The wallet is frozen" in words(screen)
    assert "Stopped" in words(screen)
    assert risk_alerts.waiting(scope_of(one), one.database.clock()) >= 1


def attacked(one: Wallet, filled: Filled) -> None:
    """Ever more at another kind of shop, at an hour that is not theirs."""
    night = one.database.clock() + timedelta(hours=12)
    for number in range(5):
        command = Pay(
            **by(one.owner),
            merchant=filled.market.id,
            amount=900_00 + number,
            currency="CNY",
            at=night + timedelta(minutes=number),
        )
        try:
            wallet.pay(one.running, command, session(one))
        except StepUpRequired:
            continue


@pytest.mark.parametrize("locale", LOCALES)
def test_a_payment_that_passed_can_be_reported(one: Wallet, filled: Filled, locale: str) -> None:
    listed = risk_alerts.made(scope_of(one))
    screen = shown(one, locale)
    screen = no_fault(screen.selectbox(key="alerts.report.which").select_index(0).run())
    screen = press(press(screen, "alerts.report"), "alerts.report.confirm")
    assert frozen(one) == wallet.MONITOR
    assert listed[0].id not in {each.id for each in risk_alerts.made(scope_of(one))}


def test_more_often_is_chosen_at_once_and_less_often_after_confirming(one: Wallet, filled: Filled) -> None:
    screen = shown(one)
    screen = no_fault(screen.radio(key="alerts.sensitivity.chosen").set_value("high").run())
    screen = press(screen, "alerts.sensitivity.save")
    assert alerts.sensitivity_of(one.database, one.owner) is Sensitivity.HIGH
    screen = no_fault(screen.radio(key="alerts.sensitivity.chosen").set_value("low").run())
    press(screen, "alerts.sensitivity.save")
    assert alerts.sensitivity_of(one.database, one.owner) is Sensitivity.HIGH


def test_the_menu_says_how_many_wait_for_an_answer(one: Wallet, filled: Filled) -> None:
    asked(one, filled)
    assert risk_alerts.waiting(scope_of(one), one.database.clock()) == 1
    shell = no_fault(one.screen("pages/ui/shell.py", "en-US", timeout=60).run())
    assert shell is not None


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_sign_has_its_words_and_every_question_its_reason(language: Any) -> None:
    spoken = translator(language)
    for rule in RULES:
        assert spoken.has(f"alerts.sign.{rule.code}")
        assert spoken.has(f"rejection.step_up_required.risk_{rule.code}")


def test_what_a_payee_calls_itself_is_shown_as_text_only(one: Wallet, filled: Filled) -> None:
    odd = house.shop(one.running, "**<b>[x](http://x)", proprietor=house.person(one.database, "odd"))
    paid = wallet.pay(one.running, Pay(**by(one.owner), merchant=odd.id, amount=21_00, currency="CNY"), AT_THE_MACHINE)
    alerts.report(one.database, ReportDebit(**by(one.owner), debit=UUID(paid["payment"])))
    command = Pay(**by(one.owner), merchant=odd.id, amount=600_00, currency="CNY")
    one.database.transact(wallet.Unfreeze(**by(one.owner))).or_raise()
    with pytest.raises(StepUpRequired):
        wallet.pay(one.running, command, session(one))
    raw = "\n".join(str(each.value) for each in shown(one).markdown)
    assert "**<b>[x]" not in raw
