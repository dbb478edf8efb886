"""A payment link from a tag or a shop's page: whoever has to sign in first comes back to that very code."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from starlette.applications import Starlette

from data import merchants
from data.codes.wallet_code import tap_link
from data.ids import new_request_id
from data.merchants import Merchant
from data.running import Running
from data.sign_in import SignedIn
from tests import wallet_house as house
from tests.pages.web.asgi import Browser
from tests.pages.web.conftest import GOOD


@pytest.fixture
def shop(wallet: Running, alice: SignedIn) -> Merchant:
    """A name as long as a code can hold, in two scripts, with what an address treats as its own."""
    return house.shop(wallet, "拾光 & 时光+咖啡馆 #1 50% / ?=Café", proprietor=alice.owner, city="呼和浩特 & 包头")


def code_of(address: str) -> str:
    parts = urlsplit(address)
    assert parts.path == "/pay"
    (code,) = parse_qs(parts.query, strict_parsing=True)["c"]
    return code


def static(_wallet: Running, shop: Merchant) -> str:
    return merchants.static_code(shop)


def dynamic(wallet: Running, shop: Merchant) -> str:
    assert shop.proprietor is not None
    return merchants.dynamic_code(wallet.database, shop, shop.proprietor, new_request_id(), 68_00, "两杯拿铁 & 1 份")


@pytest.mark.parametrize(("make", "amount"), [(static, None), (dynamic, 68_00)])
def test_a_visitor_who_signs_in_first_comes_back_with_the_code_intact(
    edge: Starlette, wallet: Running, shop: Merchant, make: Callable[[Running, Merchant], str], amount: int | None
) -> None:
    payload, visitor = make(wallet, shop), Browser(edge)
    shown_out = visitor.get(tap_link("", payload))
    assert shown_out.status == 303
    signed_in = visitor.fill(shown_out.location, name="alice", password=GOOD)
    back = visitor.get(signed_in.location).location
    assert code_of(back) == payload
    assert visitor.get(back).status == 200
    target = merchants.target_of(wallet.database, code_of(back))
    assert (target.merchant.id, target.amount) == (shop.id, amount)


def test_somebody_new_comes_back_with_the_code_after_signing_up(
    edge: Starlette, wallet: Running, shop: Merchant
) -> None:
    payload, visitor = merchants.static_code(shop), Browser(edge)
    shown_out = visitor.get(tap_link("", payload))
    next_page = parse_qs(urlsplit(shown_out.location).query)["next"][0]
    signed_up = visitor.fill(f"/signup?next={quote(next_page, safe='')}", name="bob", password=GOOD)
    assert code_of(visitor.get(signed_up.location).location) == payload
