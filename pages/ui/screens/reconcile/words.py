"""What is said about statements and rows on this screen: states, who states a balance, a row in a few words."""

from __future__ import annotations

from datetime import date
from typing import Final, Literal

import streamlit as st

from analytics.reconcile import Book, Statement
from analytics.statement_period import Line
from data.money import Money
from pages.ui import format  # noqa: A004 - our word for it, always used with its dot
from pages.ui.account_names import account_called
from pages.ui.i18n import plural, text
from pages.ui.screens.importing.words import source
from pages.ui.screens.rows import described

_Colour = Literal["green", "orange", "red", "gray", "blue"]
_BADGES: Final[dict[str, tuple[str, _Colour]]] = {
    "agrees": ("check_circle", "green"),
    "reconciled": ("verified", "green"),
    "differs": ("warning", "orange"),
    "broken": ("error", "red"),
    "no_opening": ("flag", "gray"),
    "rows_missing": ("more_horiz", "gray"),
}


def state_of(one: Statement) -> str:
    """The code of what a statement is now; one that was reconciled says so first."""
    if one.reconciled:
        return "broken" if one.broken else "reconciled"
    return str(one.standing.state)


def state_words() -> dict[str, str]:
    """Every state in words."""
    return {code: text(f"reconcile.state.{code}") for code in _BADGES}


def badge(one: Statement) -> None:
    """The state as a pill."""
    code = state_of(one)
    icon, colour = _BADGES[code]
    st.badge(text(f"reconcile.state.{code}"), icon=f":material/{icon}:", color=colour)


def sources(one: Statement) -> str:
    """Who states the balance: files with what they are, or the person."""
    told = [
        text("reconcile.typed") if by.batch is None else f"{by.file} ({source(by.format)})"
        for by in one.standing.stated.sources
    ]
    return " · ".join(dict.fromkeys(told))


def account_words(book: Book) -> str:
    """The account's name, and how many of its statements do not agree."""
    name = account_called(book.account.hint_key, book.account.name)
    if not book.statements:
        return name
    if book.differing:
        return f"{name} · {plural('reconcile.differing', book.differing)}"
    return f"{name} · {text('reconcile.state.no_opening' if book.startless else 'reconcile.all_agree')}"


def row_words(line: Line, currency: str, today: date) -> str:
    """`10月3日 星巴克 −¥35.00`."""
    amount = whole(format.money(Money(line.minor, currency), signed=True))
    return f"{format.day(line.on, today=today)} {payee_words(line)} {amount}"


def whole(amount: str) -> str:
    """An amount in prose whose sign stays on the line of its figure."""
    return amount.replace(format.MINUS, f"{format.MINUS}\u2060").replace("+", "+\u2060")


def payee_words(line: Line) -> str:
    """What a row is called: its payee, what the file says, or what kind it is."""
    return line.payee or described(line.kind, line.description) or text(f"kind.{line.kind}")
