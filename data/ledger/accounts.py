"""Which accounts an owner has besides those that statements name.

Expense, income and equity are one account each per owner: a category is an attribute of the posting, so that a split
is several postings and renaming a category moves no money. Clearing holds what left one own account and of which no
statement says where it arrived: it returns to zero when the other side's statement comes in.
"""

from __future__ import annotations

from typing import Final

EXPENSE_KEY: Final = "book:expense"
INCOME_KEY: Final = "book:income"
EQUITY_KEY: Final = "book:equity"
CLEARING_KEY: Final = "book:clearing"
BOOKS: Final = {EXPENSE_KEY: "expense", INCOME_KEY: "income", EQUITY_KEY: "equity", CLEARING_KEY: "asset"}

_WALLET_KINDS: Final = frozenset({"wallet", "held", "points"})


def is_wallet(hint_key: str) -> bool:
    """Whether an account is of the wallet itself: only payments and their like move it, never a statement or a hand."""
    return hint_key.split(":", 1)[0] in _WALLET_KINDS
