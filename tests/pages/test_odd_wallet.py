"""Whatever stands in an address, whatever people call their shops, coupons and complaints: the wallet's pages draw it.

Nobody sees what is somebody else's, and no text of theirs becomes markup.
"""

from __future__ import annotations

import dataclasses
import html
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from data import identity, refunds, wallet
from data.assurance import AT_THE_MACHINE
from data.ids import OwnerId
from data.merchants import CouponKind
from data.refunds import RejectRefund, RequestRefund
from data.running import Running
from data.sign_in import Visit
from data.wallet import Transfer
from tests import wallet_house as house
from tests.pages.house import LOCALES, no_fault
from tests.pages.signed_in import PASSWORD, Wallet, open_wallet
from tests.wallet_house import by

PAGES: dict[str, dict[str, str]] = {
    "pay": {},
    "wallet": {},
    "refunds": {},
    "points": {"show": "coupons"},
    "till": {},
    "refund_requests": {},
    "offers": {},
    "takings": {},
    "members": {},
    "house": {"section": "offers"},
    "transactions": {},
}
TEXTS = (
    "<script>alert(1)</script>",
    "[x](http://evil) :red[hi]",
    '=HYPERLINK("x")',
    "\u202eevil\u202c",
    "😀" * 40,
    "$x^2$ \\frac{1}{2}",
    "# h **b** _i_ `c`",
    "مقهى الشاي",
)
LIVE = re.compile(r"<script>alert|\[x\]\(http|(?<!\\)\$x\^2|(?<!\\)\*\*b\*\*|(?<!\\):red\[hi")
SECRET = "SECRET OF BOB"
ODD = ("nonsense", "a\x00b", "x" * 5000, "😀")
PNG = b"\x89PNG\r\n\x1a\n"


@dataclasses.dataclass(frozen=True)
class Street:
    """alice runs the house and shops; bob runs shops and has a secret with carol's; dave has a wallet and nothing."""

    who: dict[str, Wallet]
    foreign: dict[str, str]


def in_use(running: Running, alice: OwnerId, bob: OwnerId) -> None:
    """Shops of bob's and of alice's that paid each other, asked each other for refunds, and publish: in hostile words.

    What is called longer than anything may be is refused, so nothing here is longer than that.
    """
    shops = {
        owner: [house.shop(running, one, proprietor=owner, city=one[:15], address=one, contact=one) for one in TEXTS]
        for owner in (alice, bob)
    }
    for payer, proprietor in ((alice, bob), (bob, alice)):
        for shop in shops[proprietor]:
            paid = house.pay(running, payer, shop, 12_34, note=shop.name)
            asked = RequestRefund(
                **by(payer), payment=str(paid["payment"]), amount=1_00, reason="other", note=shop.name * 3
            )
            refunds.request(running.database, asked, (f"{shop.name}.png", PNG))
        (first,) = running.database.read(
            "SELECT id FROM published_refund WHERE merchant = $m", {"m": shops[proprietor][1].id}
        )
        no = RejectRefund(**by(shops[proprietor][1].id, proprietor), refund=str(first[0]), reason="".join(TEXTS[:2]))
        refunds.reject(running.database, no)
    for at, one in enumerate(TEXTS):
        for publisher in (shops[alice][0], None):
            offer = house.coupon(running, publisher, f"C{at}{publisher is None}", one, off_minor=1, min_spend_minor=2)
            house.claim(running, bob, offer)
    house.coupon(running, shops[bob][0], "TENTH", TEXTS[1], kind=CouponKind.PERCENT, off_bp=1_000)
    note = "".join(TEXTS[:2])
    wallet.transfer(
        running.database,
        Transfer(**by(alice), recipient=bob, amount=1_00, currency="CNY", note=note),
        assurance=AT_THE_MACHINE,
    )


@pytest.fixture(scope="module")
def street(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Street]:
    folder: Path = tmp_path_factory.mktemp("odd")
    with open_wallet(folder) as opened:
        running = opened.running
        who = {"alice": opened}
        for name in ("bob", "carol", "dave"):
            signed = identity.sign_up(running.database, name, PASSWORD, Visit())
            who[name] = dataclasses.replace(opened, signed_in=signed)
        for one in who.values():
            house.open_for(running, one.owner)
        alice, bob = who["alice"].owner, who["bob"].owner
        for owner in (alice, bob):
            house.top_up(running, owner, house.card(running, owner), 2_000_00)
        in_use(running, alice, bob)
        hers = house.shop(running, "carol's", proprietor=who["carol"].owner)
        paid = house.pay(running, bob, hers, 9_99, note=SECRET)
        asked = RequestRefund(**by(bob), payment=str(paid["payment"]), amount=1_00, reason="other", note=SECRET)
        refund = refunds.request(running.database, asked, None)
        yield Street(
            who,
            {
                "payment": str(paid["payment"]),
                "request": asked.request_id,
                "refund": str(refund["refund"]),
                "shop": str(hers.id),
            },
        )


def drawn(who: Wallet, page: str, locale: str = "en-US", **address: str) -> AppTest:
    app = who.screen(f"pages/{page}.py", locale, timeout=60)
    for name, value in address.items():
        app.query_params[name] = value
    return no_fault(app.run())


def said(app: AppTest) -> list[str]:
    """Everything on the page that is read as Markdown; of what is HTML, its tags."""
    texts = [*app.markdown, *app.caption, *app.title, *app.subheader, *app.info, *app.warning, *app.error]
    labels = [*app.button, *app.selectbox, *app.expander, *app.radio, *app.checkbox, *app.toggle, *app.text_input]
    tags = [tag for one in app.get("html") for tag in re.findall(r"<script[^>]*>", str(one.proto.body))]
    return [*(str(one.value) for one in texts), *(str(one.label) for one in labels), *tags]


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("name", ["alice", "bob"])
def test_what_people_write_is_never_markup(street: Street, name: str, page: str, locale: str) -> None:
    found = [
        one for one in said(drawn(street.who[name], page, locale, **PAGES[page])) if LIVE.search(html.unescape(one))
    ]
    assert found == []


@pytest.mark.parametrize("name", ["alice", "bob"])
def test_neither_is_it_on_the_pages_of_one_payment(street: Street, name: str) -> None:
    wallet_ = street.who[name]
    rows = wallet_.database.read("SELECT id, merchant FROM published_payment WHERE owner = $o", {"o": wallet_.owner})
    for payment, merchant in rows[:8]:
        for page, address in (("refunds", {"payment": str(payment)}), ("pay", {"m": str(merchant)})):
            assert [one for one in said(drawn(wallet_, page, **address)) if LIVE.search(html.unescape(one))] == []


ASKED = {
    "pay": ("c", "m", "r", "a"),
    "refunds": ("payment", "show"),
    "till": ("code", "merchant"),
    "refund_requests": ("merchant", "show"),
    "takings": ("merchant", "period"),
    "offers": ("show",),
    "points": ("show",),
    "house": ("section",),
    "members": ("show",),
}


@pytest.mark.parametrize("page", ASKED)
@pytest.mark.parametrize("name", ["alice", "dave"])
def test_an_address_that_makes_no_sense_is_answered(street: Street, name: str, page: str) -> None:
    for param in ASKED[page]:
        for value in ODD:
            drawn(street.who[name], page, **{param: value})


@pytest.mark.parametrize("name", ["alice", "dave"])
def test_what_is_somebody_elses_is_not_there(street: Street, name: str) -> None:
    foreign = street.foreign
    addresses: tuple[tuple[str, dict[str, str]], ...] = (
        ("refunds", {"payment": foreign["payment"]}),
        ("refunds", {"payment": foreign["refund"]}),
        ("pay", {"r": foreign["request"]}),
        ("pay", {"r": foreign["payment"]}),
        ("till", {"merchant": foreign["shop"]}),
        ("refund_requests", {"merchant": foreign["shop"]}),
        ("takings", {"merchant": foreign["shop"]}),
        ("offers", {"merchant": foreign["shop"]}),
        ("transactions", {"entry": foreign["payment"]}),
        ("transactions", {"entry": foreign["refund"]}),
        ("house", {}),
        ("members", {}),
    )
    for page, address in addresses:
        assert SECRET not in str(drawn(street.who[name], page, **address).main), (page, address)


@pytest.mark.parametrize(
    "amount", ["-1", "1e9", "１２．５", "1,234.5", "0.001", "9" * 30, "0" * 19 + "1" * 5000, "NaN"]
)
def test_an_amount_in_the_address_is_one_or_nothing(street: Street, amount: str) -> None:
    app = drawn(street.who["alice"], "pay", m=street.foreign["shop"], a=amount)
    (field,) = [one for one in app.text_input if str(one.key).startswith("pay.amount")]
    assert field.value == ""


def test_a_page_of_the_house_tells_members_that_it_is_none_of_theirs(street: Street) -> None:
    for page in ("house", "members"):
        app = drawn(street.who["dave"], page)
        assert len(app.button) <= 1  # the way back
        assert not [*app.metric, *app.selectbox, *app.text_input, *app.dataframe]
