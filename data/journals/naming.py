"""What accounts are called in a journal: valid in Beancount (and so in hledger and Ledger), unique, and still readable.

A level of a name is letters, digits and hyphens, and begins with a capital or a digit. Chinese characters are neither,
so a name that begins with one says first what kind of thing it names: `Assets:Alipay-支付宝余额`.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from typing import Final
from uuid import UUID

from data.journals.book import Account, Book, Entry, Posting, is_equity, is_opening
from data.ledger.accounts import CLEARING_KEY, EXPENSE_KEY, INCOME_KEY
from data.money import POINTS

_ROOTS: Final = {
    "asset": "Assets",
    "liability": "Liabilities",
    "income": "Income",
    "expense": "Expenses",
    "equity": "Equity",
}
_PREFIXES: Final = {"alipay": "Alipay", "wechat": "Wechat", "jd": "JD", "meituan": "Meituan", "card": "Card"}
_OPENING: Final = "Equity:Opening-Balances"
_EQUITY: Final = "Equity:Adjustments"
_UNNAMED: Final = "Account"


def level(text: str, prefix: str) -> str:
    """A text as one level of a name; `prefix` stands before what may not begin one."""
    folded = unicodedata.normalize("NFKC", text)
    kept = "".join(char if _allowed(char) else "-" for char in folded)
    name = "-".join(filter(None, kept.split("-")))
    if not name:
        return prefix
    name = name[0].upper() + name[1:] if name[0].isascii() else name
    return name if unicodedata.category(name[0]) in {"Lu", "Nd"} and name[0].isascii() else f"{prefix}-{name}"


def _allowed(char: str) -> bool:
    kind = unicodedata.category(char)
    return kind.startswith("L") or kind == "Nd"


class Names:
    """The journal's name of every posting's account."""

    def __init__(self, book: Book) -> None:
        self._book = book
        self._own = _unique({account.id: _own(account) for account in book.accounts.values()})
        self._categories: dict[tuple[str, str], str] = {}

    def of(self, account: UUID) -> str:
        """An account's own name."""
        return self._own[account]

    def posted(self, entry: Entry, posting: Posting) -> str:
        """Where a posting goes: income and expenses by their category, equity by what the entry is."""
        account = self._book.accounts[posting.account]
        if is_equity(account):
            return _OPENING if is_opening(entry) else _EQUITY
        if account.key in {EXPENSE_KEY, INCOME_KEY}:
            return self._category(_ROOTS[account.kind], posting)
        return self._own[posting.account]

    def _category(self, root: str, posting: Posting) -> str:
        if posting.category is None:
            return f"{root}:Points" if posting.currency == POINTS else f"{root}:Other"
        place = root, posting.category
        if place not in self._categories:
            taken = {*self._categories.values(), *self._own.values()}
            name = ":".join([root, *self._levels(posting.category)])
            self._categories[place] = _free(name, taken)
        return self._categories[place]

    def _levels(self, key: str) -> list[str]:
        known = self._book.categories.get(key)
        levels = [level(known.name if known and known.name else key.replace("_", " ").title(), "Own")]
        parent = known.parent if known else None
        return [*self._levels(parent), *levels] if parent else levels


def _own(account: Account) -> str:
    if account.key == CLEARING_KEY:
        return "Assets:Clearing"
    source, _, rest = account.key.partition(":")
    prefix = _PREFIXES.get(source, _UNNAMED)
    named = account.name or (f"{source} {rest}" if source != "book" else rest)
    return f"{_ROOTS[account.kind]}:{level(named, prefix)}"


def _unique(names: Mapping[UUID, str]) -> dict[UUID, str]:
    taken: set[str] = {_OPENING, _EQUITY}
    found = {}
    for account, name in names.items():
        found[account] = _free(name, taken)
        taken.add(found[account])
    return found


def _free(name: str, taken: set[str]) -> str:
    number, free = 1, name
    while free in taken:
        number += 1
        free = f"{name}-{number}"
    return free
