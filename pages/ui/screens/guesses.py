"""Why a row has its category, how sure a guess is, and what is suggested for rows that have none."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Hashable, Sequence
from typing import Final

import streamlit as st

from analytics.scope import Scope
from data.categories.categorise import Reason
from data.categories.features import Field
from data.categories.learning import Guess
from data.matching.assemble import REFUND_REASON
from pages.ui import format  # noqa: A004 - our word for it, always used with its dot
from pages.ui.books import category_icon, category_name
from pages.ui.i18n import plural, text

_MOST: Final = 30  # payees shown at once; when some are done with, others follow
_SAID: Final = frozenset({*(reason.value for reason in Reason), REFUND_REASON}) - {Reason.GUESS, Reason.DEFAULT}


@dataclasses.dataclass(frozen=True, slots=True)
class Offer:
    """Rows of one payee that may be put under a category at once. guess None: the person chose it for it before."""

    id: Hashable
    payee: str
    category: str
    guess: Guess | None
    rows: int
    total: str = ""


def basis(scope: Scope, reason: str, evidence: str, guess: Guess | None) -> str:
    """Why a row has its category, in a few words: `82% · “瑞幸” → 咖啡`; empty when there is no reason to give."""
    if reason == Reason.GUESS and guess is not None:
        return text("guesses.guessed", percent=format.percent(guess.percent), because=because(scope, guess))
    if reason in _SAID:
        return text(f"guesses.by.{reason}", evidence=evidence)
    if guess is None:
        return ""
    return text("guesses.maybe", percent=format.percent(guess.percent), because=because(scope, guess))


def because(scope: Scope, guess: Guess) -> str:
    """The words that speak for a category: `“瑞幸” → 咖啡`."""
    said = guess.because if guess.field is not Field.MCC else text("guesses.mcc", code=guess.because)
    return text("guesses.because", piece=said, category=category_name(scope, guess.category))


def origin(guess: Guess) -> str:
    """Whether it is known from the person's corrections or from the words that ship."""
    return text("guesses.taught" if guess.taught else "guesses.shipped")


def offers(scope: Scope, found: Sequence[Offer], key: str, on_take: Callable[[Sequence[Offer]], None]) -> None:
    """The offers, each with the button that takes it, and one that takes them all."""
    shown = found[:_MOST]
    for number, one in enumerate(shown):
        with st.container(border=True, key=f"{key}.{number}", gap="small"):
            _offer(scope, one)
            with st.container(horizontal=True, vertical_alignment="center"):
                st.caption(format.md_escape(_why(scope, one)), width="stretch")
                st.button(
                    text("guesses.take"),
                    key=f"{key}.take.{number}",
                    icon=":material/check:",
                    on_click=on_take,
                    args=([one],),
                )
    rest = len(found) - len(shown)
    if rest:
        st.caption(plural("guesses.rest", rest))
    if len(shown) > 1:
        label = plural("guesses.take_all", sum(one.rows for one in shown))
        st.button(
            label, key=f"{key}.all", type="primary", icon=":material/done_all:", on_click=on_take, args=(list(shown),)
        )


def _offer(scope: Scope, one: Offer) -> None:
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        named = one.payee or text("guesses.no_payee")
        st.markdown(f"**{format.md_escape(named)}**", width="content")
        st.badge(
            format.md_escape(category_name(scope, one.category)),
            icon=category_icon(scope, one.category),
            color="gray",
        )
    said = [plural("common.transactions", one.rows), one.total]
    st.caption(format.md_escape(" · ".join(part for part in said if part)))


def _why(scope: Scope, one: Offer) -> str:
    if one.guess is None:
        return text("guesses.by.corrected", evidence=one.payee)
    sure = text("guesses.sure", percent=format.percent(one.guess.percent))
    return f"{sure} · {because(scope, one.guess)} · {origin(one.guess)}"
