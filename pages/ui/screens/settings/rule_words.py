"""What a rule says, in a sentence: when it applies, and what it then does. Plain text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from analytics.scope import Scope
from data.categories import (
    Action,
    AmountCondition,
    DateCondition,
    DirectionCondition,
    Group,
    KindCondition,
    Match,
    Rule,
    Term,
    TextCondition,
    TextField,
    WeekdayCondition,
)
from data.money import Money
from pages.ui import format  # noqa: A004 - our word for it, always used with its dot
from pages.ui.books import category_name
from pages.ui.i18n import text


def conditions_said(rule: Rule, accounts: Mapping[str, str]) -> str:
    """`Payee contains “luckin” and amount at least ¥10.00`. accounts: key → name."""
    return _joined(rule.conditions, rule.match, accounts)


def _joined(terms: tuple[Term, ...], match: Match, accounts: Mapping[str, str]) -> str:
    return text(f"settings.rule.join.{match}").join(term_said(term, accounts) for term in terms)


def term_said(term: Term, accounts: Mapping[str, str]) -> str:  # noqa: PLR0911 - one return per kind of term
    """One term in words."""
    match term:
        case Group():
            inner = text("settings.rule.said.group", terms=_joined(term.terms, term.match, accounts))
            return text("settings.rule.said.not", term=inner) if term.negated else inner
        case TextCondition():
            return _text_said(term, accounts)
        case AmountCondition():
            return _amount_said(term)
        case KindCondition():
            kinds = text("settings.rule.join.list").join(text(f"kind.{kind}") for kind in term.kinds)
            return text("settings.rule.said.kind", kinds=kinds)
        case DirectionCondition():
            return text(f"settings.rule.direction.{term.direction}")
        case WeekdayCondition():
            days = ", ".join(text(f"settings.rule.weekday.{day}") for day in term.weekdays)
            return text("settings.rule.said.weekday", days=days)
        case DateCondition():
            start, end = (format.iso(day) if day else "…" for day in (term.start, term.end))
            return text("settings.rule.said.date", start=start, end=end)


def _text_said(term: TextCondition, accounts: Mapping[str, str]) -> str:
    value = accounts.get(term.text, term.text) if term.field is TextField.ACCOUNT else term.text
    field, operator = text(f"settings.rule.field.{term.field}"), text(f"settings.rule.operator.{term.operator}")
    return text("settings.rule.said.text", field=field, operator=operator, value=value)


def _amount_said(term: AmountCondition) -> str:
    ends = {
        name: format.money(Money(minor, term.currency))
        for name, minor in (("low", term.at_least), ("high", term.at_most))
        if minor is not None
    }
    return text(f"settings.rule.said.amount.{'.'.join(ends)}", **ends)


def action_said(action: Action, scope: Scope) -> str:
    """`Category Dining; tag coffee; left out of reports`."""
    return text("settings.rule.join.actions").join(_actions(action, scope))


def _actions(action: Action, scope: Scope) -> Iterator[str]:
    if action.category:
        yield text("settings.rule.does.category", name=category_name(scope, action.category))
    if action.payee:
        yield text("settings.rule.does.payee", name=action.payee)
    if action.tags:
        yield text("settings.rule.does.tags", tags=text("settings.rule.join.list").join(action.tags))
    if action.note:
        yield text("settings.rule.does.note", note=action.note)
    if action.exclude:
        yield text("settings.rule.does.exclude")
