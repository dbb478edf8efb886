"""What a person's rule is: the terms under which it applies, and what it then does.

A rule has terms, of which all or any must hold; a term is a condition or a group of terms again. Everything a
condition needs is checked when the rule is built, so a rule that exists can be applied (`matching.py`).
"""

from __future__ import annotations

import dataclasses
from datetime import date
from enum import StrEnum

from data.categories.patterns import PatternInvalid, safe_regex
from data.errors import Rejection
from data.importers.statement import Direction, Kind
from data.money import CurrencyUnknown, exponent

LONGEST_TEXT = 200
MOST_TERMS = 50
DEEPEST = 5
_LAST_WEEKDAY = 7


@dataclasses.dataclass(unsafe_hash=True)
class RuleInvalid(Rejection):
    """The rule cannot stand.

    reason: `name_missing`, `no_terms`, `too_many_terms`, `too_deep`, `text_empty`, `text_too_long`, `amount_range`,
        `currency_unknown`, `kinds_empty`, `weekdays`, `date_range`, `no_action`, `not_a_rule`, or a reason of
        `PatternInvalid`.
    text: the part meant, as written. at: position in it, for patterns.
    """

    reason: str
    text: str = ""
    at: int = 0


class Match(StrEnum):
    """How many of a group's terms must hold."""

    ALL = "all"
    ANY = "any"


class TextField(StrEnum):
    """Texts that a condition can look at.

    `ANYWHERE` is payee or description; `PAYEE_KEY` is the payee without branch, store number and legal form
    (`text.normalise_payee`).
    """

    PAYEE = "payee"
    PAYEE_KEY = "payee_key"
    DESCRIPTION = "description"
    ANYWHERE = "anywhere"
    METHOD = "method"
    ACCOUNT = "account"
    SOURCE = "source"
    SOURCE_CATEGORY = "source_category"
    MCC = "mcc"


class Operator(StrEnum):
    """How a text is compared."""

    CONTAINS = "contains"
    EQUALS = "equals"
    STARTS = "starts"
    REGEX = "regex"


@dataclasses.dataclass(frozen=True, slots=True)
class TextCondition:
    """A text of the row contains, equals, begins with or matches `text`.

    Raises:
        RuleInvalid: for an empty or too long text, and for an expression that `patterns` refuses.
    """

    field: TextField
    operator: Operator
    text: str

    def __post_init__(self) -> None:
        if not self.text.strip():
            raise RuleInvalid("text_empty")
        if len(self.text) > LONGEST_TEXT:
            raise RuleInvalid("text_too_long", self.text)
        if self.operator is Operator.REGEX:
            try:
                safe_regex(self.text)
            except PatternInvalid as refused:
                raise RuleInvalid(refused.reason, self.text, refused.at) from None


@dataclasses.dataclass(frozen=True, slots=True)
class AmountCondition:
    """The size of the amount lies within both ends, in minor units of `currency`; None leaves an end open.

    Raises:
        RuleInvalid: when both ends are open, one is negative, they are crossed, or the currency does not exist.
    """

    currency: str
    at_least: int | None = None
    at_most: int | None = None

    def __post_init__(self) -> None:
        try:
            exponent(self.currency)
        except CurrencyUnknown:
            raise RuleInvalid("currency_unknown", self.currency) from None
        ends = [end for end in (self.at_least, self.at_most) if end is not None]
        if not ends or min(ends) < 0 or ends != sorted(ends):
            raise RuleInvalid("amount_range", f"{self.at_least}..{self.at_most}")


@dataclasses.dataclass(frozen=True, slots=True)
class KindCondition:
    """The row is of one of these kinds."""

    kinds: tuple[Kind, ...]

    def __post_init__(self) -> None:
        if not self.kinds:
            raise RuleInvalid("kinds_empty")


@dataclasses.dataclass(frozen=True, slots=True)
class DirectionCondition:
    """Money moved this way."""

    direction: Direction


@dataclasses.dataclass(frozen=True, slots=True)
class WeekdayCondition:
    """The row was booked on one of these days of the week, Monday 1 to Sunday 7."""

    weekdays: tuple[int, ...]

    def __post_init__(self) -> None:
        if not self.weekdays or any(not 1 <= day <= _LAST_WEEKDAY for day in self.weekdays):
            raise RuleInvalid("weekdays", ",".join(map(str, self.weekdays)))


@dataclasses.dataclass(frozen=True, slots=True)
class DateCondition:
    """The row was booked within [start, end); None leaves an end open."""

    start: date | None = None
    end: date | None = None

    def __post_init__(self) -> None:
        if (self.start is None and self.end is None) or (self.start and self.end and self.start >= self.end):
            raise RuleInvalid("date_range", f"{self.start}..{self.end}")


Condition = TextCondition | AmountCondition | KindCondition | DirectionCondition | WeekdayCondition | DateCondition


@dataclasses.dataclass(frozen=True, slots=True)
class Group:
    """Terms of which all or any must hold; `negated` turns the answer round."""

    terms: tuple[Condition | Group, ...]
    match: Match = Match.ALL
    negated: bool = False

    def __post_init__(self) -> None:
        if not self.terms:
            raise RuleInvalid("no_terms")


Term = Condition | Group


@dataclasses.dataclass(frozen=True, slots=True)
class Action:
    """What a rule does; what is None or empty is left as it is.

    category: key. payee: the alias shown instead of the statement's payee. tags: added. exclude: leave the row out
    of reports. note: set where the row has none.
    """

    category: str | None = None
    payee: str | None = None
    tags: tuple[str, ...] = ()
    exclude: bool = False
    note: str | None = None

    def __post_init__(self) -> None:
        if not (self.category or self.payee or self.tags or self.exclude or self.note):
            raise RuleInvalid("no_action")


@dataclasses.dataclass(frozen=True, slots=True)
class Rule:
    """One rule. Lower `priority` is asked first; among equals the id decides.

    Raises:
        RuleInvalid: without a name or terms, with too many terms, or groups nested too deep.
    """

    id: str
    name: str
    conditions: tuple[Term, ...]
    action: Action
    match: Match = Match.ALL
    priority: int = 0
    active: bool = True

    def __post_init__(self) -> None:
        if not self.name.strip():
            raise RuleInvalid("name_missing")
        if not self.conditions:
            raise RuleInvalid("no_terms")
        count, depth = _size(self.conditions)
        if count > MOST_TERMS:
            raise RuleInvalid("too_many_terms", str(count))
        if depth > DEEPEST:
            raise RuleInvalid("too_deep", str(depth))


def _size(terms: tuple[Term, ...]) -> tuple[int, int]:
    """How many conditions there are in all, and how deep the groups nest."""
    inner = [_size(term.terms) for term in terms if isinstance(term, Group)]
    conditions = sum(not isinstance(term, Group) for term in terms)
    return conditions + sum(count for count, _ in inner), 1 + max((depth for _, depth in inner), default=0)
