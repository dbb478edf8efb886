"""Rows of transactions as screens show them: the same columns everywhere, amounts signed, names in words."""

from __future__ import annotations

import pandas as pd
import pyarrow as pa

from analytics.scope import Scope
from data.refunds import REASONS
from pages.ui.account_names import account_names
from pages.ui.books import category_name
from pages.ui.i18n import text


def frame_of(scope: Scope, rows: pa.Table) -> pd.DataFrame:
    """Rows of `analytics.transactions` with what a person reads: date, payee, category, amount, account, kind, note."""
    accounts = account_names(scope)
    columns = {name: rows[name].to_pylist() for name in rows.column_names}
    stated = [described(*pair) for pair in zip(columns["kind"], columns["description"], strict=True)]
    payees = [payee or said for payee, said in zip(columns["payee"], stated, strict=True)]
    return pd.DataFrame(
        {
            "entry": columns["entry"],
            "part": columns["part"],
            "date": columns["booked_on"],
            "payee": payees,
            "description": stated,
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


def described(kind: str, description: str) -> str:
    """What the statement says about a row. A refund that was asked for here says its reason, by its code."""
    told_here = kind == "refund" and description in REASONS
    return text(f"refunds.reason.{description}") if told_here else description


def category_label(scope: Scope, category: str | None, kind: str) -> str:
    """The category of a row; what has none by nature (a transfer) says what it is."""
    return (
        category_name(scope, category)
        if category or kind not in ("transfer", "adjustment", "opening")
        else text(f"kind.{kind}")
    )
