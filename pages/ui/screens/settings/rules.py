"""The person's rules in the order they are asked, and the payees that were learned."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC
from functools import partial
from typing import TypeVar
from zoneinfo import ZoneInfo

import pandas as pd
import streamlit as st

from analytics.export import Cell, Table
from analytics.export import Column as Exported
from analytics.scope import Scope
from data import accounts, sorting
from data.categories import Rule
from data.sorting import ActivateRule, DeleteRule, ForgetPayee, Learned, ReorderRules, RunRule
from pages.ui import dialogs, format, session  # noqa: A004 - our word for it, always used with its dot
from pages.ui.books import category_name, scope_of
from pages.ui.context import User
from pages.ui.downloads import download
from pages.ui.i18n import plural, text
from pages.ui.screens.settings import rule_editor
from pages.ui.screens.settings.rule_words import action_said, conditions_said
from pages.ui.screens.settings.sending import send, send_from_callback
from pages.ui.tables import Column, data_table
from pages.ui.widgets import card

T = TypeVar("T")


def show(user: User) -> None:
    """The editor while a rule is edited, else the list; below it what was learned."""
    scope = scope_of(user)
    held = accounts.accounts(user.database, user.owner, unused=True)
    names = {one.key: one.name for one in held}
    if rule_editor.editing():
        rule_editor.show(user, scope, names)
        return
    _listing(user, scope, names)
    _learned(user, scope)


def _listing(user: User, scope: Scope, names: Mapping[str, str]) -> None:
    found = sorting.rules(user.database, user.owner)
    body, corner = card(text("settings.rules.title"), key="settings.rules.card", stretch=False)
    corner.button(
        text("settings.rules.new"), key="settings.rules.new", icon=":material/add:", on_click=rule_editor.begin
    )
    with body:
        st.caption(text("settings.rules.note") if found else text("settings.rules.empty"))
        for place, rule in enumerate(found):
            _rule(user, scope, names, found, place, rule)
    _confirmations(user, {rule.id: rule for rule in found})


def _rule(user: User, scope: Scope, names: Mapping[str, str], found: Sequence[Rule], place: int, rule: Rule) -> None:
    key = f"settings.rule.{rule.id}"
    with st.container(border=True, key=key):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"**{place + 1}\\. {format.md_escape(rule.name)}**", width="stretch")
            st.badge(plural("settings.rules.hits", _hits(user, rule)), color="blue", icon=":material/filter_alt:")
            active = st.toggle(text("settings.rules.active"), rule.active, key=f"{key}.active")
        said = text("settings.rules.said", when=conditions_said(rule, names), then=action_said(rule.action, scope))
        st.markdown(format.md_escape(said))
        with st.container(horizontal=True, gap="small"):
            _buttons(user, found, place, rule)
    if active != rule.active:
        _do(
            f"{key}.activate",
            lambda request: sorting.activate_rule(
                user.database, ActivateRule(user.owner, request, user.owner, rule.id, active)
            ),
            lambda _none: text(f"settings.rules.{'on' if active else 'off'}", name=rule.name),
        )


def _buttons(user: User, found: Sequence[Rule], place: int, rule: Rule) -> None:
    key = f"settings.rule.{rule.id}"
    for step, icon, word in ((-1, "arrow_upward", "up"), (1, "arrow_downward", "down")):
        st.button(
            "",
            key=f"{key}.{word}",
            icon=f":material/{icon}:",
            help=text(f"settings.rules.{word}"),
            type="tertiary",
            disabled=not 0 <= place + step < len(found),
            on_click=_move,
            args=(user, [one.id for one in found], place, place + step),
        )
    deeds: tuple[tuple[str, str, Callable[..., None], tuple[object, ...]], ...] = (
        ("edit", "edit", rule_editor.begin, (rule,)),
        ("run", "history", dialogs.ask, ("settings.rules.run", rule.id)),
        ("delete", "delete", dialogs.ask, ("settings.rules.delete", rule.id)),
    )
    for word, icon, do, facts in deeds:
        label = text("settings.rules.run") if word == "run" else text(f"action.{word}")
        said, hint = ("", label) if word == "delete" else (label, None)
        st.button(
            said, key=f"{key}.{word}", icon=f":material/{icon}:", help=hint, type="tertiary", on_click=do, args=facts
        )


def _hits(user: User, rule: Rule) -> int:
    """How many transactions the rule holds for; counted once for each version of the books."""
    known: dict[str, tuple[int, Rule, int]] = session.recall("settings.rules.hits", {})
    version = user.database.version(user.owner)
    counted = known.get(rule.id)
    if counted is not None and counted[:2] == (version, rule):
        return counted[2]
    hits = sorting.hit_count(user.database, user.owner, rule)
    session.keep("settings.rules.hits", {**known, rule.id: (version, rule, hits)})
    return hits


def _move(user: User, ids: list[str], place: int, to: int) -> None:
    ids.insert(to, ids.pop(place))
    send_from_callback(
        "settings.rules.order",
        lambda request: sorting.reorder_rules(user.database, ReorderRules(user.owner, request, user.owner, tuple(ids))),
        lambda _none: text("settings.rules.moved"),
    )


def _confirmations(user: User, rules: Mapping[str, Rule]) -> None:
    opened = session.dialog()
    rule = rules.get(opened[1]) if opened and isinstance(opened[1], str) else None
    if rule is None:
        return
    dialogs.confirm(
        "settings.rules.run",
        title=text("settings.rules.run.title"),
        body=plural("settings.rules.run.body", _hits(user, rule), name=rule.name),
        action=text("settings.rules.run"),
        on_confirm=partial(_run, user),
    )
    dialogs.confirm(
        "settings.rules.delete",
        title=text("settings.rules.delete.title"),
        body=text("settings.rules.delete.body", name=rule.name),
        action=text("action.delete"),
        on_confirm=partial(_delete, user, rule.name),
    )


def _run(user: User, rule: str) -> None:
    send_from_callback(
        f"settings.rules.run.{rule}",
        lambda request: sorting.run_on_past(user.database, RunRule(user.owner, request, user.owner, rule)),
        lambda changed: plural("settings.rules.ran", changed),
    )


def _delete(user: User, name: str, rule: str) -> None:
    send_from_callback(
        f"settings.rules.delete.{rule}",
        lambda request: sorting.delete_rule(user.database, DeleteRule(user.owner, request, user.owner, rule)),
        lambda _none: text("settings.rules.deleted", name=name),
    )


def _learned(user: User, scope: Scope) -> None:
    found = sorting.learned(user.database, user.owner)
    body, _ = card(text("settings.learned.title"), key="settings.learned.card", stretch=False)
    with body:
        if not found:
            st.caption(text("settings.learned.empty"))
            return
        st.caption(text("settings.learned.note"))
        zone = ZoneInfo(user.preferences.zone)
        rows = [
            (
                one.payee_key,
                category_name(scope, one.category),
                one.changed_at.replace(tzinfo=UTC).astimezone(zone).date(),
            )
            for one in found
        ]
        frame = pd.DataFrame(rows, columns=["payee", "category", "since"])
        columns = [
            Column("payee", text("column.payee")),
            Column("category", text("column.category")),
            Column("since", text("settings.learned.since"), "date"),
        ]
        data_table(frame, columns, key="settings.learned.table")
        download(scope, partial(learned_table, found), "learned-payees", key="settings.learned.csv")
        _forget(user, [one.payee_key for one in found])


def learned_table(found: Sequence[Learned]) -> Table:
    """What was learned, for export."""
    columns = (Exported("payee"), Exported("category", Cell.WORD), Exported("changed_at", Cell.TIME))
    return Table("learned-payees", columns, [[one.payee_key, one.category, one.changed_at] for one in found])


def _forget(user: User, payees: list[str]) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        payee = st.selectbox(text("settings.learned.which"), payees, key="settings.learned.which", width=320)
        pressed = st.button(text("settings.learned.forget"), key="settings.learned.forget", icon=":material/backspace:")
    if pressed:
        _do(
            f"settings.learned.forget.{payee}",
            lambda request: sorting.forget_payee(user.database, ForgetPayee(user.owner, request, user.owner, payee)),
            lambda _none: text("settings.learned.forgotten", name=payee),
        )


def _do(form: str, do: Callable[[str], T], said: Callable[[T], str]) -> None:
    if send(form, do, said):
        st.rerun()
