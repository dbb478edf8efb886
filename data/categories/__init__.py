"""What a row was for: the taxonomy, the person's rules, and the order in which a category is chosen.

Pure: no clock, no store. What it reads from files ships with the package.
"""

from data.categories.categorise import Book, Reason, Verdict, categorise, side_of, suggest_always
from data.categories.facts import Facts, facts_of
from data.categories.matching import count_hits, first_match, matches
from data.categories.rules import (
    Action,
    AmountCondition,
    Condition,
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
from data.categories.rules_json import from_json, to_json
from data.categories.taxonomy import (
    BANK_FEES,
    BUILT_IN,
    OTHER_INCOME,
    UNCATEGORISED,
    Categories,
    Category,
    CategoryInvalid,
    CategoryKind,
    children_of,
    is_within,
    merge,
    top_of,
    tops,
)
from data.categories.text import normalise_payee

__all__ = [
    "BANK_FEES",
    "BUILT_IN",
    "OTHER_INCOME",
    "UNCATEGORISED",
    "Action",
    "AmountCondition",
    "Book",
    "Categories",
    "Category",
    "CategoryInvalid",
    "CategoryKind",
    "Condition",
    "DateCondition",
    "DirectionCondition",
    "Facts",
    "Group",
    "KindCondition",
    "Match",
    "Operator",
    "Reason",
    "Rule",
    "RuleInvalid",
    "Term",
    "TextCondition",
    "TextField",
    "Verdict",
    "WeekdayCondition",
    "categorise",
    "children_of",
    "count_hits",
    "facts_of",
    "first_match",
    "from_json",
    "is_within",
    "matches",
    "merge",
    "normalise_payee",
    "side_of",
    "suggest_always",
    "to_json",
    "top_of",
    "tops",
]
