"""Rows of transactions as screens show them: the same columns everywhere, amounts signed, names in words."""

from __future__ import annotations

import pandas as pd
import pyarrow as pa

from analytics.accounts import names
from analytics.scope import Scope
from pages.ui.books import category_name
from pages.ui.i18n import text


def frame_of(scope: Scope, rows: pa.Table) -> pd.DataFrame:
    """Rows of `analytics.transactions` with what a person reads: date, payee, category, amount, account, kind, note."""
    accounts = names(scope)
    columns = {name: rows[name].to_pylist() for name in rows.column_names}
    payees = [payee or said for payee, said in zip(columns["payee"], columns["description"], strict=True)]
    return pd.DataFrame(
        {
            "entry": columns["entry"],
            "part": columns["part"],
            "date": columns["booked_on"],
            "payee": payees,
            "description": columns["description"],
            "category": [
                category_label(scope, *pair) for pair in zip(columns["category"], columns["kind"], strict=True)
            ],
            "kind": [text(f"kind.{kind}") for kind in columns["kind"]],
            "account": [accounts.get(account, "") for account in columns["account"]],
            "amount": columns["amount"],
            "currency": columns["currency"],
            "note": columns["note"],
            "tags": [", ".join(tags.split("\n")) if tags else "" for tags in columns["tags"]],
        }
    )


def category_label(scope: Scope, category: str | None, kind: str) -> str:
    """The category of a row; what has none by nature (a transfer) says what it is."""
    return (
        category_name(scope, category)
        if category or kind not in ("transfer", "adjustment", "opening")
        else text(f"kind.{kind}")
    )
