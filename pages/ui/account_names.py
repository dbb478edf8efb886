"""What an account is called: the wallet's own ones in the person's language, any other by the name it has."""

from __future__ import annotations

from typing import Final

from analytics.accounts import accounts
from analytics.scope import Scope
from data.security.card_numbers import Brand
from pages.ui.card_names import card_name
from pages.ui.i18n import text

# What they are opened under, whoever opens them.
_AS_OPENED: Final = {"wallet": "小金卡", "held": "小金卡（冻结）", "cash": "现金"}
_LAST: Final = 4


def account_names(scope: Scope) -> dict[str, str]:
    """Names by id text, as breakdowns and rows refer to accounts."""
    return {str(one.id): account_called(one.hint_key, one.name) for one in accounts(scope)}


def account_called(key: str, name: str) -> str:
    """`key`: the account's hint key. A name that the person gave it stays as it is."""
    sort, _, rest = key.partition(":")
    if name == _AS_OPENED.get(sort):
        return text(f"account.own.{sort}")
    issuer, _, more = rest.partition(":")
    last4 = more[:_LAST]
    if sort == "card" and name == f"{issuer} {last4}":
        known = issuer in set(Brand)
        return card_name(issuer if known else "", "" if known else issuer, last4)
    return name
