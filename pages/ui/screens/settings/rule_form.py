"""What stands in the rule editor, and the rule it means. Pure: no widgets, no store."""

from __future__ import annotations

import dataclasses
import re
from typing import Final

from data.categories import (
    Action,
    AmountCondition,
    DirectionCondition,
    KindCondition,
    Match,
    Operator,
    Rule,
    Term,
    TextCondition,
    TextField,
)
from data.importers.statement import Direction, Kind
from data.ledger.changes import tag_of
from data.money import Money, parse_amount

TEXTS: Final = (
    TextField.PAYEE,
    TextField.DESCRIPTION,
    TextField.ANYWHERE,
    TextField.METHOD,
)
# What a condition can be about, in the order in which it is offered.
SUBJECTS: Final = (*(field.value for field in TEXTS), "account", "amount", "direction", "kind")
_COMMAS: Final = re.compile(r"[,，、;；]")


@dataclasses.dataclass(frozen=True, slots=True)
class Row:
    """One condition as it is typed. about: one of `SUBJECTS`; only the fields that go with it count."""

    about: str = TextField.PAYEE.value
    operator: str = Operator.CONTAINS.value
    text: str = ""
    low: str = ""
    high: str = ""
    currency: str = "CNY"
    direction: str = Direction.OUT.value
    kinds: tuple[str, ...] = ()


@dataclasses.dataclass(frozen=True, slots=True)
class Draft:
    """A rule as it is typed. kept: terms that the editor has no fields for, which stay as they are."""

    id: str
    name: str = ""
    match: str = Match.ALL.value
    rows: tuple[Row, ...] = (Row(),)
    kept: tuple[Term, ...] = ()
    category: str = ""
    payee: str = ""
    tags: str = ""
    exclude: bool = False
    note: str | None = None
    active: bool = True


def draft_of(rule: Rule) -> Draft:
    """A kept rule as the editor shows it."""
    pairs = [(term, row_of(term)) for term in rule.conditions]
    return Draft(
        id=rule.id,
        name=rule.name,
        match=rule.match.value,
        rows=tuple(row for _, row in pairs if row is not None),
        kept=tuple(term for term, row in pairs if row is None),
        category=rule.action.category or "",
        payee=rule.action.payee or "",
        tags=", ".join(rule.action.tags),
        exclude=rule.action.exclude,
        note=rule.action.note,
        active=rule.active,
    )


def row_of(term: Term) -> Row | None:
    """A term as the editor shows it; None when the editor has no fields for it."""
    match term:
        case TextCondition() if term.field in TEXTS:
            return Row(term.field.value, term.operator.value, term.text)
        case TextCondition() if term.field is TextField.ACCOUNT and term.operator is Operator.EQUALS:
            return Row("account", Operator.EQUALS.value, term.text)
        case AmountCondition():
            low, high = (_plain(end, term.currency) for end in (term.at_least, term.at_most))
            return Row("amount", low=low, high=high, currency=term.currency)
        case DirectionCondition():
            return Row("direction", direction=term.direction.value)
        case KindCondition():
            return Row("kind", kinds=tuple(kind.value for kind in term.kinds))
        case _:
            return None


def _plain(minor: int | None, currency: str) -> str:
    return "" if minor is None else Money(minor, currency).plain()


def term_of(row: Row) -> Term:
    """The condition that a row means.

    Raises:
        RuleInvalid: it cannot stand. AmountUnreadable: an end is no amount.
    """
    match row.about:
        case "account":
            return TextCondition(TextField.ACCOUNT, Operator.EQUALS, row.text)
        case "amount":
            return AmountCondition(row.currency, _minor(row.low, row.currency), _minor(row.high, row.currency))
        case "direction":
            return DirectionCondition(Direction(row.direction))
        case "kind":
            return KindCondition(tuple(Kind(kind) for kind in row.kinds))
        case _:
            return TextCondition(TextField(row.about), Operator(row.operator), row.text.strip())


def _minor(typed: str, currency: str) -> int | None:
    return parse_amount(typed, currency).minor if typed.strip() else None


def terms_of(draft: Draft) -> tuple[Term, ...]:
    """Every condition of the draft.

    Raises:
        RuleInvalid, AmountUnreadable: for the first that cannot stand.
    """
    return (*(term_of(row) for row in draft.rows), *draft.kept)


def rule_of(draft: Draft) -> Rule:
    """The rule that the draft means.

    Raises:
        RuleInvalid, AmountUnreadable: it cannot stand.
    """
    action = Action(
        category=draft.category or None,
        payee=draft.payee.strip() or None,
        tags=tags_of(draft.tags),
        exclude=draft.exclude,
        note=draft.note,
    )
    return Rule(draft.id, draft.name.strip(), terms_of(draft), action, Match(draft.match), active=draft.active)


def probe_of(draft: Draft) -> Rule:
    """A rule with the draft's conditions only, to see what they hold for before the rest is typed.

    Raises:
        RuleInvalid, AmountUnreadable: the conditions cannot stand.
    """
    return Rule(draft.id, draft.name.strip() or "…", terms_of(draft), Action(exclude=True), Match(draft.match))


def tags_of(typed: str) -> tuple[str, ...]:
    """Tags as typed with commas of either language between them, each once."""
    found = (tag_of(tag) for tag in _COMMAS.split(typed))
    return tuple(dict.fromkeys(tag for tag in found if tag))
