"""The fields of one condition of a rule, according to what it is about."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

import streamlit as st

from analytics.months import currencies
from analytics.scope import Scope
from data.categories import Operator, TextField
from data.categories.rules import LONGEST_TEXT
from data.importers.statement import Direction, Kind
from pages.ui import format  # noqa: A004 - our word for it, always used with its dot
from pages.ui.i18n import text
from pages.ui.screens.settings.rule_form import Row


def choice(label: str, names: Mapping[str, str], now: str, key: str) -> str:
    """One of a few codes, side by side."""
    chosen: str = st.segmented_control(
        label,
        list(names),
        default=now,
        key=key,
        required=True,
        format_func=names.__getitem__,
        label_visibility="collapsed",
    )
    return chosen


def select(label: str, names: Mapping[str, str], now: str, key: str, width: int) -> str:
    """One of many codes, `width` wide."""
    options = list(names)
    place = options.index(now) if now in names else 0
    chosen: str = st.selectbox(
        label, options, index=place, key=key, format_func=names.__getitem__, label_visibility="collapsed", width=width
    )
    return chosen


def details(key: str, row: Row, scope: Scope, accounts: Mapping[str, str]) -> Row:
    """The fields that go with what the condition is about. accounts: key → name."""
    match row.about:
        case "account":
            chosen = select(text("column.account"), accounts or {"": format.NONE}, row.text, f"{key}.account", 300)
            return dataclasses.replace(row, operator=Operator.EQUALS.value, text=chosen)
        case "amount":
            return _amount(row, key, scope)
        case "direction":
            names = {way.value: text(f"settings.rule.direction.{way}") for way in Direction}
            return dataclasses.replace(row, direction=choice(text("column.kind"), names, row.direction, key))
        case "kind":
            return _kinds(row, key)
        case _:
            return _text(row, key)


def _text(row: Row, key: str) -> Row:
    names = {way.value: text(f"settings.rule.operator.{way}") for way in Operator}
    operator = select(text("settings.rule.operator"), names, row.operator, f"{key}.operator", 130)
    typed = st.text_input(
        text(f"settings.rule.field.{row.about}"),
        row.text if row.about != TextField.ACCOUNT.value else "",
        max_chars=LONGEST_TEXT,
        key=f"{key}.text",
        placeholder=text(f"settings.rule.placeholder.{'regex' if operator == Operator.REGEX else 'text'}"),
        label_visibility="collapsed",
        width=300,
    )
    return dataclasses.replace(row, operator=operator, text=typed)


def _amount(row: Row, key: str, scope: Scope) -> Row:
    low = st.text_input(
        text("settings.rule.low"),
        row.low,
        key=f"{key}.low",
        placeholder=text("settings.rule.low"),
        label_visibility="collapsed",
        width=120,
    )
    high = st.text_input(
        text("settings.rule.high"),
        row.high,
        key=f"{key}.high",
        placeholder=text("settings.rule.high"),
        label_visibility="collapsed",
        width=120,
    )
    codes = dict.fromkeys((*currencies(scope), row.currency))
    currency = select(text("common.currency"), {code: code for code in codes}, row.currency, f"{key}.currency", 100)
    return dataclasses.replace(row, low=low, high=high, currency=currency)


def _kinds(row: Row, key: str) -> Row:
    names = {kind.value: text(f"kind.{kind}") for kind in Kind}
    chosen = st.multiselect(
        text("column.kind"),
        list(names),
        default=list(row.kinds),
        key=key,
        format_func=names.__getitem__,
        placeholder=text("common.choose"),
        label_visibility="collapsed",
        width=300,
    )
    return dataclasses.replace(row, kinds=tuple(chosen))
