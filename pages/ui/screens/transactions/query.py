"""The search text as the filters read and write it: each filter is a word of the search and nothing beside it."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable
from typing import Final

from analytics.scope import Scope
from analytics.search import Dates, Field, Search, SearchInvalid, Term, parse, quoted
from data.period import Span, shift_months

STATES: Final = ("uncategorised", "unlinked", "excluded")
PERIODS: Final = ("this_month", "last_month", "this_year", "last_year")


@dataclasses.dataclass(frozen=True, slots=True)
class Query:
    """What is asked for. refusal: why the text cannot be read; `search` is then what stands before that place."""

    text: str
    search: Search
    refusal: SearchInvalid | None = None


def read(text: str, start_day: int) -> Query:
    """The text as terms, or as far as it can be read."""
    try:
        return Query(text, parse(text, start_day))
    except SearchInvalid as refusal:
        return Query(text, parse(text[: refusal.position], start_day), refusal)


def only(query: Query, field: Field) -> Term | None:
    """The one term of the field that is asked for; None when there is none, or several, or it is excluded."""
    found = [term for term in query.search.terms if term.field is field]
    return found[0] if len(found) == 1 and not found[0].negated else None


def states(query: Query) -> list[str]:
    """Which of `STATES` are asked for."""
    asked = {str(term.value) for term in query.search.terms if term.field is Field.IS and not term.negated}
    return [state for state in STATES if state in asked]


def with_value(query: Query, field: Field, value: str | None) -> str:
    """The text with this value for the field instead of what it asked for; None asks for nothing."""
    said = [] if value is None else [f"{field.value}:{value if field is Field.DATE else quoted(value)}"]
    return _rewritten(query, lambda term: term.field is not field or term.negated, said)


def with_states(query: Query, wanted: Iterable[str]) -> str:
    """The text asking for exactly these of `STATES`."""
    said = [f"is:{state}" for state in wanted]
    return _rewritten(query, lambda term: term.field is not Field.IS or term.negated or term.value not in STATES, said)


def _rewritten(query: Query, keep: Callable[[Term], bool], said: list[str]) -> str:
    terms = query.search.terms
    ends = [*(term.position for term in terms[1:]), len(query.search.text)][: len(terms)]
    kept = [query.search.text[term.position : end].strip() for term, end in zip(terms, ends, strict=True) if keep(term)]
    return " ".join([*kept, *said])


def period_word(scope: Scope, code: str) -> str:
    """How the search names one of `PERIODS`: `2026-10`, `2026`. Months and years are the owner's."""
    start = scope.month.start
    if code == "last_month":
        start = shift_months(start, -1, scope.start_day)
    year = start.year - (code == "last_year")
    return f"{start:%Y-%m}" if code.endswith("month") else str(year)


def period_of(scope: Scope, query: Query) -> str | Span | None:
    """Which of `PERIODS` is asked for, another span if it has both ends, else None."""
    term = only(query, Field.DATE)
    if term is None or not isinstance(term.value, Dates):
        return None
    asked = term.value
    for code in PERIODS:
        if asked == parse(f"date:{period_word(scope, code)}", scope.start_day).terms[0].value:
            return code
    return Span(asked.start, asked.end) if asked.start and asked.end and asked.start < asked.end else None
