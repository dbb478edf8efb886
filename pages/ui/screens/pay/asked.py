"""What the address asks for: whom to pay (`c`: a code, `m`: a merchant), which request this is (`r`), how much (`a`).

Whatever a reload has to find again stands there. The request id is written when the form is drawn, long before anything
is sent: so a page that comes back after any accident asks what became of that very request.
"""

from __future__ import annotations

import re
from typing import Final
from uuid import UUID

import streamlit as st

from data import merchants
from data.codes import wallet_code
from data.ledger.wallet.refusals import MerchantUnknown
from data.merchants import Merchant, Target, WalletCode
from data.money import MAX_MINOR
from pages.ui import links, session
from pages.ui.context import User

_FORM: Final = "pay"
_MINOR: Final = re.compile(r"[0-9]{1,16}")
_SHOWN: Final = 40  # of what is no merchant's id, in the sentence that says so


def request_in_address() -> str | None:
    """The request that the address names, None when it names none."""
    said = _id_in("r")
    return None if said is None else str(said)


def request() -> str:
    """The id of the request that the form on screen will send; from now on the address names it."""
    found = request_in_address() or session.request_id(_FORM)
    links.set_param("r", found)
    return found


def disown() -> None:
    """The address names no request any more."""
    links.set_param("r", None)


def target(user: User) -> Target | None:
    """Whom the address says to pay, None when it says nothing.

    Raises:
        Rejection: it names nobody here; as `data.merchants.target_of`.
    """
    code, merchant = links.param("c"), links.param("m")
    if code:
        return merchants.target_of(user.database, code)
    if not merchant:
        return None
    found = _id_in("m")
    if found is None:
        raise MerchantUnknown(merchant[:_SHOWN])
    return anyhow_much(merchants.merchant(user.database, found))


def anyhow_much(merchant: Merchant) -> Target:
    """A merchant of whom nothing says how much: the payer does."""
    return Target(merchant, None, merchant.currency)


def amount() -> int | None:
    """The amount that was about to be paid when the page was left, minor units."""
    said = links.param("a") or ""
    return int(said) if _MINOR.fullmatch(said) and 0 < int(said) <= MAX_MINOR else None


def sending(amount: int) -> None:
    """The form is about to be sent: the address keeps what a reload would lose, and the next form is a new request."""
    links.set_param("a", str(amount))
    session.renew(_FORM)


def pay(chosen: Target) -> None:
    """Lead to the form for this target. For a callback, or before `st.rerun()`."""
    _lead_to(_params_of(chosen))


def start_over(chosen: Target | None = None, amount: int | None = None) -> None:
    """A new request: for the same target, or for one to be found. For a callback."""
    session.renew(_FORM)
    _lead_to((_params_of(chosen) if chosen else {}) | ({"a": str(amount)} if amount else {}))


def _lead_to(params: dict[str, str]) -> None:
    # In one step: each change of the address is a step for the browser's way back.
    st.query_params.from_dict({**params, "r": session.request_id(_FORM)} if params else {})


def _params_of(chosen: Target) -> dict[str, str]:
    of = chosen.merchant
    if chosen.pay_code is None:
        return {"m": str(of.id)}
    code = WalletCode(
        merchant=of.id,
        pay_code=chosen.pay_code,
        amount_minor=chosen.amount,
        currency=chosen.currency,
        mcc=of.mcc,
        name=of.name,
        city=of.city,
    )
    return {"c": wallet_code.payload(code)}


def _id_in(name: str) -> UUID | None:
    try:
        return UUID(links.param(name) or "")
    except ValueError:
        return None
