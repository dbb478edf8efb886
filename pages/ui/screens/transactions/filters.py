"""Asking for transactions: the search box, filters that write into it, and what the search understands."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any

import streamlit as st

from analytics.accounts import accounts
from analytics.months import currencies
from analytics.scope import Scope
from analytics.search import Field, SearchInvalid, Term, fold
from data.period import Span
from pages.ui import format, session  # noqa: A004 - our word for it, always used with its dot
from pages.ui.i18n import markdown, rejection_text, text
from pages.ui.screens.transactions import query as words
from pages.ui.screens.transactions import state
from pages.ui.screens.transactions.fields import account_choices, category_choices
from pages.ui.screens.transactions.query import Query

_BOX = "transactions.search"
_KINDS = ("expense", "income", "refund", "transfer", "fee")
_QUICK = ("expense", "income", "refund", "transfer")
_EXAMPLES = ("text", "quotes", "minus", "category", "payee", "amount", "date", "kind", "tag", "account", "is")
_RANGE = 2


def search(scope: Scope) -> Query:
    """Draw everything that narrows the list; answer what is asked for. A text that cannot be read is explained."""
    asked = words.read(state.query(), scope.start_day)
    _box(asked)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        with st.popover(text("transactions.filters"), icon=":material/tune:", key="transactions.filters"):
            _filters(scope, asked)
        with st.popover("", icon=":material/help:", key="transactions.help", help=text("transactions.help")):
            _help()
        _quick(asked)
    if asked.refusal is not None:
        refused(asked.refusal)
    return asked


def _box(asked: Query) -> None:
    def typed() -> None:
        state.ask_for(session.widget(_BOX) or "")

    session.set_widget(_BOX, asked.text)
    st.text_input(
        text("action.search"),
        key=_BOX,
        type="search",
        icon=":material/search:",
        placeholder=text("transactions.placeholder"),
        label_visibility="collapsed",
        on_change=typed,
    )


def refused(refusal: SearchInvalid) -> None:
    """Why the search cannot be read, and where: the words up to there, and the one that is meant."""
    before, rest = refusal.text[: refusal.position], refusal.text[refusal.position :]
    here = rest if refusal.reason == "quote_open" else rest.split(maxsplit=1)[0]
    parts = [format.md_escape(before), f"**:red[{format.md_escape(here)}]**", format.md_escape(rest[len(here) :])]
    place = " ".join(part for part in parts if part)
    todo = markdown(f"transactions.refused.{refusal.reason}")
    st.warning(f"{place}\n\n{todo}", title=format.md_escape(rejection_text(refusal)), icon=":material/search_off:")


def _quick(asked: Query) -> None:
    kind = words.only(asked, Field.KIND)
    names = {code: text(f"kind.{code}") for code in _QUICK}
    states = {code: text(f"transactions.state.{code}") for code in words.STATES}

    def kind_chosen() -> None:
        state.ask_for(words.with_value(asked, Field.KIND, session.widget("transactions.kinds")))

    def states_chosen() -> None:
        state.ask_for(words.with_states(asked, session.widget("transactions.states") or ()))

    session.set_widget("transactions.kinds", kind.value if kind and kind.value in _QUICK else None)
    session.set_widget("transactions.states", words.states(asked))
    st.pills(
        text("column.kind"),
        _QUICK,
        key="transactions.kinds",
        format_func=names.__getitem__,
        label_visibility="collapsed",
        on_change=kind_chosen,
    )
    st.pills(
        text("transactions.state"),
        words.STATES,
        selection_mode="multi",
        key="transactions.states",
        format_func=states.__getitem__,
        label_visibility="collapsed",
        on_change=states_chosen,
    )


def _filters(scope: Scope, asked: Query) -> None:
    _period(scope, asked)
    kinds = {code: text(f"kind.{code}") for code in _KINDS}
    _choice(asked, Field.KIND, kinds, lambda term: str(term.value))
    _choice(asked, Field.CATEGORY, category_choices(scope), lambda term: _category(scope, term))
    _choice(asked, Field.ACCOUNT, account_choices(scope), lambda term: _account(scope, term))
    used = currencies(scope)
    if len(used) > 1:
        _choice(asked, Field.CURRENCY, {code: code for code in used}, lambda term: str(term.value))
    st.button(text("transactions.clear"), key="transactions.clear", on_click=state.ask_for, args=("",), width="stretch")


def _choice(asked: Query, field: Field, options: Mapping[str, str], means: Callable[[Term], str | None]) -> None:
    key = f"transactions.filter.{field}"
    term = words.only(asked, field)
    value = means(term) if term else None

    def chosen() -> None:
        found = session.widget(key)
        state.ask_for(words.with_value(asked, field, _written(field, options, found) if found else None))

    session.set_widget(key, value if value in options else None)
    st.selectbox(
        text(f"column.{field}"),
        list(options),
        index=None,
        key=key,
        format_func=lambda code: options.get(code, code),
        placeholder=text("common.all"),
        on_change=chosen,
    )


def _written(field: Field, options: Mapping[str, str], code: str) -> str:
    """An account is written by its name, unless two have the same."""
    if field is not Field.ACCOUNT:
        return code
    name = options[code]
    return name if sum(other == name for other in options.values()) == 1 else code


def _category(scope: Scope, term: Term) -> str | None:
    wanted = fold(str(term.value))
    names = {fold(name.split(" › ")[-1]): key for key, name in category_choices(scope).items()}
    return wanted if wanted in scope.categories else names.get(wanted)


def _account(scope: Scope, term: Term) -> str | None:
    wanted = fold(str(term.value))
    return next((str(one.id) for one in accounts(scope) if wanted in (fold(one.name), str(one.id))), None)


def _period(scope: Scope, asked: Query) -> None:
    period = words.period_of(scope, asked)
    names = {code: text(f"transactions.period.{code}") for code in (*words.PERIODS, "custom")}

    def chosen() -> None:
        code = session.widget("transactions.period")
        days = f"{scope.month.start}..{scope.today}" if code == "custom" else None
        value = days or (words.period_word(scope, code) if code else None)
        state.ask_for(words.with_value(asked, Field.DATE, value))

    session.set_widget("transactions.period", "custom" if isinstance(period, Span) else period)
    st.selectbox(
        text("common.period"),
        list(names),
        index=None,
        key="transactions.period",
        format_func=lambda code: names.get(code, code),
        placeholder=text("common.all"),
        on_change=chosen,
    )
    if isinstance(period, Span):
        _days(asked, period)


def _days(asked: Query, span: Span) -> None:
    key = f"transactions.days.{span.start}.{span.end}"

    def chosen() -> None:
        days: Sequence[Any] = session.widget(key) or ()
        if len(days) == _RANGE:
            state.ask_for(words.with_value(asked, Field.DATE, f"{days[0]}..{days[1]}"))

    last = span.end - timedelta(days=1)
    days = st.date_input(text("period.days"), (span.start, last), key=key, format="YYYY-MM-DD", on_change=chosen)
    if isinstance(days, tuple) and len(days) < _RANGE:
        st.caption(text("period.choose_both"))


def _help() -> None:
    st.markdown(format.md_escape(text("transactions.help.intro")))
    rows = [
        f"| `{text(f'transactions.example.{name}')}` | {markdown(f'transactions.example.{name}.means')} |"
        for name in _EXAMPLES
    ]
    head = f"| {text('transactions.help.example')} | {text('transactions.help.means')} |\n|:--|:--|"
    st.markdown("\n".join([head, *rows]))
    st.caption(format.md_escape(text("transactions.help.more")))
