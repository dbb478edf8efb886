"""A rule as text, and back: what the store keeps and an export shows.

Each dataclass is an object with its name under `type`; dates are ISO. What was written is read back equal; anything
else is refused, so a tampered text never becomes a rule.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from typing import TypeVar

from data.categories.rules import (
    Action,
    AmountCondition,
    DateCondition,
    DirectionCondition,
    Group,
    KindCondition,
    Match,
    Operator,
    Rule,
    RuleInvalid,
    Term,
    TextCondition,
    TextField,
    WeekdayCondition,
)
from data.importers.statement import Direction, Kind

Json = dict[str, object]
_LONGEST = 100_000  # characters of one rule's text; a full rule needs a tenth
_Wanted = TypeVar("_Wanted")


def to_json(rule: Rule) -> str:
    """The rule as JSON text."""
    content = {
        "id": rule.id,
        "name": rule.name,
        "match": rule.match,
        "priority": rule.priority,
        "active": rule.active,
        "conditions": [_term_out(term) for term in rule.conditions],
        "action": {
            "category": rule.action.category,
            "payee": rule.action.payee,
            "tags": rule.action.tags,
            "exclude": rule.action.exclude,
            "note": rule.action.note,
        },
    }
    return json.dumps(content, ensure_ascii=False)


def from_json(text: str) -> Rule:
    """The rule that `to_json` wrote.

    Raises:
        RuleInvalid: when the text is not such a rule, or the rule itself cannot stand.
    """
    if len(text) > _LONGEST:
        raise RuleInvalid("not_a_rule")
    try:
        return _rule_in(json.loads(text))
    except (ValueError, TypeError, KeyError, RecursionError):
        raise RuleInvalid("not_a_rule", text[:80]) from None


def _term_out(term: Term) -> Json:  # noqa: PLR0911 - one return per kind of term
    match term:
        case Group():
            terms = [_term_out(inner) for inner in term.terms]
            return {"type": "group", "match": term.match, "negated": term.negated, "terms": terms}
        case TextCondition():
            return {"type": "text", "field": term.field, "operator": term.operator, "text": term.text}
        case AmountCondition():
            ends = {"at_least": term.at_least, "at_most": term.at_most}
            return {"type": "amount", "currency": term.currency, **ends}
        case KindCondition():
            return {"type": "kind", "kinds": term.kinds}
        case DirectionCondition():
            return {"type": "direction", "direction": term.direction}
        case WeekdayCondition():
            return {"type": "weekday", "weekdays": term.weekdays}
        case DateCondition():
            return {"type": "date", "start": _day_out(term.start), "end": _day_out(term.end)}


def _day_out(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _rule_in(raw: object) -> Rule:
    content = _of(raw, dict)
    action = _of(content["action"], dict)
    return Rule(
        id=_of(content["id"], str),
        name=_of(content["name"], str),
        conditions=tuple(_term_in(term) for term in _of(content["conditions"], list)),
        action=Action(
            category=_maybe(action["category"], str),
            payee=_maybe(action["payee"], str),
            tags=tuple(_of(tag, str) for tag in _of(action["tags"], list)),
            exclude=_of(action["exclude"], bool),
            note=_maybe(action["note"], str),
        ),
        match=Match(_of(content["match"], str)),
        priority=_of(content["priority"], int),
        active=_of(content["active"], bool),
    )


def _term_in(raw: object) -> Term:  # noqa: PLR0911 - one return per kind of term
    content: Mapping[str, object] = _of(raw, dict)
    match content["type"]:
        case "group":
            terms = tuple(_term_in(term) for term in _of(content["terms"], list))
            return Group(terms, Match(_of(content["match"], str)), _of(content["negated"], bool))
        case "text":
            field, operator = TextField(_of(content["field"], str)), Operator(_of(content["operator"], str))
            return TextCondition(field, operator, _of(content["text"], str))
        case "amount":
            ends = _maybe(content["at_least"], int), _maybe(content["at_most"], int)
            return AmountCondition(_of(content["currency"], str), *ends)
        case "kind":
            return KindCondition(tuple(Kind(_of(kind, str)) for kind in _of(content["kinds"], list)))
        case "direction":
            return DirectionCondition(Direction(_of(content["direction"], str)))
        case "weekday":
            return WeekdayCondition(tuple(_of(day, int) for day in _of(content["weekdays"], list)))
        case "date":
            return DateCondition(_day_in(content["start"]), _day_in(content["end"]))
        case _:
            raise RuleInvalid("not_a_rule", str(content["type"])[:80])


def _day_in(raw: object) -> date | None:
    text = _maybe(raw, str)
    return None if text is None else date.fromisoformat(text)


def _of(raw: object, wanted: type[_Wanted]) -> _Wanted:
    """`raw` when it is exactly of this type (a JSON true is not a number).

    Raises:
        TypeError: otherwise.
    """
    if type(raw) is not wanted:
        raise TypeError
    return raw


def _maybe(raw: object, wanted: type[_Wanted]) -> _Wanted | None:
    return None if raw is None else _of(raw, wanted)
