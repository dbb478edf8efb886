"""Screens of those who stay, after somebody who paid, gave and got money deleted their account."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from streamlit.testing.v1 import AppTest

from analytics.takings import Counter
from data import leaving, refunds, wallet
from data.assurance import AT_THE_MACHINE
from data.ids import new_request_id
from data.leaving import Leave
from data.merchants import Merchant
from data.period import Span
from data.refunds import ConfirmRefund, RejectRefund
from data.wallet import DeskTopUp, Transfer, Withdraw
from pages.ui import session
from pages.ui.catalogue import translator
from pages.ui.screens import refund_requests, takings
from pages.ui.screens.wallet import activity
from tests import wallet_house as house
from tests.leaving_house import CALLED
from tests.pages.house import LANGUAGES, LOCALES, no_fault, scope_of
from tests.pages.signed_in import Wallet, open_wallet
from tests.wallet_house import by

NAME = "Wilhelmina"
SCREENS = (
    "alerts", "categories", "house", "members", "overview", "recurring", "refund_requests", "reports", "takings",
    "till", "transactions", "trends", "wallet",
)  # fmt: skip
SPEAKING = ("refund_requests", "takings", "till", "transactions", "wallet")  # they list what this person did


@pytest.fixture(scope="module")
def stayed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Wallet, Merchant]]:
    """Alice runs the house and a shop; somebody paid there, asked twice for money back, gave her some, and left."""
    with open_wallet(tmp_path_factory.mktemp("former")) as alice:
        yield alice, _visited(alice)


def _visited(alice: Wallet) -> Merchant:
    running, db = alice.running, alice.database
    house.open_for(running, alice.owner)
    shop = house.shop(running, "拾光", proprietor=alice.owner)
    guest = house.person(db, NAME)
    house.open_for(running, guest)
    wallet.desk_top_up(db, DeskTopUp(**by(guest, alice.owner), amount=100_00, currency="CNY", note=NAME))
    paid = house.pay(running, guest, shop, 30_00, note=f"{NAME} pays")
    given = ConfirmRefund(**by(shop.id, alice.owner), refund=house.ask_back(running, guest, paid, 5_00))
    refunds.confirm(running, given)
    refused = house.ask_back(running, guest, paid, 6_00)
    refunds.reject(db, RejectRefund(**by(shop.id, alice.owner), refund=refused, reason="no receipt"))
    gift = Transfer(**by(guest), recipient=alice.owner, amount=15_00, currency="CNY", note=f"from {NAME}")
    wallet.transfer(db, gift, AT_THE_MACHINE)
    card = house.card(running, guest)
    wallet.withdraw(running, Withdraw(**by(guest), card=card, amount=60_00, currency="CNY"), AT_THE_MACHINE)
    leaving.leave(db, Leave(guest, new_request_id(), NAME, CALLED), AT_THE_MACHINE)
    return shop


def drawn(app: AppTest) -> str:
    """Everything that was sent to the browser, tables too; only what is ASCII can be read in it."""
    return "\n".join(str(node.proto) for block in app._tree.children.values() for node in block if _sent(node))


def _sent(node: object) -> bool:
    return getattr(node, "proto", None) is not None


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("name", SCREENS)
def test_no_screen_fails_or_names_who_left(stayed: tuple[Wallet, Merchant], name: str, locale: str) -> None:
    shown = drawn(no_fault(stayed[0].screen(f"pages/{name}.py", locale, timeout=120).run()))
    assert len(shown) > 1_000
    assert NAME not in shown
    if name in SPEAKING and locale == "en-US":
        assert "Former member" in shown


@pytest.mark.parametrize("locale", LOCALES)
def test_takings_refunds_and_the_wallet_speak_of_a_former_member(
    stayed: tuple[Wallet, Merchant], locale: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    alice, shop = stayed
    language = LANGUAGES[locale]
    monkeypatch.setattr(session, "language", lambda: language)
    former = translator(language).text("common.former_member")
    scope = scope_of(alice)
    counter = Counter(alice.database, shop.id, "CNY", "Asia/Shanghai", scope.today)
    sales = takings.csv_of(takings._all_movements(counter, Span(scope.today, scope.today.replace(year=9999))))
    assert sales.decode("utf-8-sig").count(former) == 2
    asked = refund_requests.csv_of(alice.database, shop).decode("utf-8-sig")
    assert (asked.count(former), asked.count("no receipt")) == (2, 1)
    assert activity.csv_of(scope, "Asia/Shanghai").decode("utf-8-sig").count(former) == 1
