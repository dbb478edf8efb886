"""On which side of the books an account of a Ledger or hledger journal is: as declared, else by its first word."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from data.importers.journal_book import Root

# hledger's own words, and what people call these five in other languages.
_WORDS: Final = (
    (Root.ASSET, r"assets?|aktiva|vermögen|actifs?|activos?|attività|ativos?|资产|資產|資産"),
    (
        Root.LIABILITY,
        r"liabilit(?:y|ies)|debts?|passiva|verbindlichkeiten|passifs?|pasivos?|passività|passivos?|负债|負債",
    ),
    (Root.EQUITY, r"equity|eigenkapital|capitaux(?: propres)?|patrimonio|patrimônio|权益|所有者权益|權益|純資産|资本"),
    (
        Root.INCOME,
        r"incomes?|revenues?|erträge|einnahmen|einkommen|revenus?|recettes|ingresos?|entrate|receitas?|收入|收益",
    ),
    (
        Root.EXPENSE,
        r"expenses?|aufwendungen|ausgaben|aufwand|dépenses?|charges|gastos?|spese|despesas?|支出|费用|費用|開支",
    ),
)
_ROOTS: Final = tuple((root, re.compile(rf"(?:{words})(?::|\Z)", re.IGNORECASE)) for root, words in _WORDS)
_TYPES: Final = {
    "a": Root.ASSET, "asset": Root.ASSET, "c": Root.ASSET, "cash": Root.ASSET, "l": Root.LIABILITY,
    "liability": Root.LIABILITY, "e": Root.EQUITY, "equity": Root.EQUITY, "v": Root.EQUITY, "conversion": Root.EQUITY,
    "r": Root.INCOME, "revenue": Root.INCOME, "income": Root.INCOME, "x": Root.EXPENSE, "expense": Root.EXPENSE,
}  # fmt: skip


def declared_root(word: str) -> Root | None:
    """The side that an account directive's `type:` names."""
    return _TYPES.get(word.strip().casefold())


def root_of(account: str, declared: Mapping[str, Root]) -> Root | None:
    """The side of an account, from its own declaration, its nearest declared parent, or its first word."""
    name = account
    while name:
        if name in declared:
            return declared[name]
        name = name.rpartition(":")[0]
    return next((root for root, words in _ROOTS if words.match(account)), None)
