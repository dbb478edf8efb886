"""What to say to this person: texts of the catalogue in the session's language.

Web pages without a Streamlit session use `pages.ui.catalogue.translator(language)` instead.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date

from data.errors import Fact, Rejection
from data.money import Money
from pages.ui import format, session  # noqa: A004 - our word for it, always used with its dot
from pages.ui.catalogue import LANGUAGES, Language, Translator, normalise, translator

__all__ = [
    "LANGUAGES",
    "Language",
    "Translator",
    "category",
    "language",
    "markdown",
    "normalise",
    "plural",
    "rejection_parts",
    "rejection_text",
    "text",
    "translator",
]

_VOCABULARY = {
    "what": "thing",
    "reason": "reason",
    "kind": "kind",
    "field": "field",
    "state": "state",
    "wanted": "wanted",
}
_TELLING = ("reason", "limit", "state")  # facts whose value may have a sentence of its own
_ISO_DAY = re.compile(r"\d{4}-\d\d-\d\d")


def language() -> Language:
    """The language to speak in this session."""
    return session.language()


def text(key: str, /, **facts: object) -> str:
    """The text of `key`, placeholders filled with `facts` as they are. For tables, charts and plain text."""
    return translator(session.language()).text(key, **facts)


def plural(key: str, n: int, /, **facts: object) -> str:
    """The text of `key` for `n` things (`{n}` is formatted)."""
    return translator(session.language()).plural(key, n, **facts)


def markdown(key: str, /, **facts: object) -> str:
    """Like `text`, but safe in a Markdown label: every fact is escaped, the catalogue's own marks stay."""
    return text(key, **{name: format.md_escape(str(value)) for name, value in facts.items()})


def category(key: str | None, *, language: Language | None = None) -> str:
    """The name of a built-in category; a custom one's name comes from the store, not from here."""
    words = translator(language or session.language())
    return words.text(f"category.{key}") if key else words.text("common.uncategorised")


def rejection_text(rejection: Rejection, language: Language | None = None) -> str:
    """The sentence for a rejection: `rejection.<code>` with its facts formatted; plain text, escape it for Markdown.

    A fact `x_minor` beside `currency` (or `x_currency`) is also offered as the amount `{x}`; ISO days become dates in
    prose; a fact `what`, `reason`, `kind`, `field`, `state` or `wanted` that has a text `thing.<value>`,
    `reason.<value>` … becomes that word. A text `rejection.<code>.<value>` for the value of `reason`, `limit` or
    `state` goes before the general one, and one `….without_<fact>` before both when that fact is empty or nothing. A
    line (and cell) is named at the end.
    """
    words = translator(language or session.language())
    facts = _facts(rejection, words)
    said = words.text(next(filter(words.has, _keys(rejection)), f"rejection.{rejection.code}"), **facts)
    line, cell = rejection.facts.get("line"), rejection.facts.get("cell")
    if not line:
        return said
    return f"{said} {words.text('rejection.where.cell' if cell else 'rejection.where.line', **facts)}"


def rejection_parts(rejection: Rejection, language: Language | None = None) -> list[str]:
    """What happened, what was kept, and (if there is something) what to do; plain text each.

    The latter two are looked for where the sentence is, as `….kept` (or `rejection.kept`) and `….todo`.
    """
    words = translator(language or session.language())
    keys, facts = _keys(rejection), _facts(rejection, words)
    kept = next(filter(words.has, (f"{key}.kept" for key in (*keys, "rejection"))))
    todo = [*filter(words.has, (f"{key}.todo" for key in keys))][:1]
    return [rejection_text(rejection, words.language), *(words.text(key, **facts) for key in (kept, *todo))]


def _keys(rejection: Rejection) -> list[str]:
    """Where its texts may stand, the most particular place first."""
    whole = f"rejection.{rejection.code}"
    told = [f"{whole}.{rejection.facts[name]}" for name in _TELLING if rejection.facts.get(name)]
    without = [f"without_{name.removesuffix('_minor')}" for name, value in rejection.facts.items() if not value]
    return [key for stem in (*told, whole) for key in (*(f"{stem}.{one}" for one in without), stem)]


def _facts(rejection: Rejection, words: Translator) -> dict[str, str]:
    facts = {name: _fact(name, value, words) for name, value in rejection.facts.items()}
    return facts | _amounts(rejection.facts, words.language)


def _amounts(facts: Mapping[str, Fact], language: Language) -> dict[str, str]:
    amounts = {}
    for name, value in facts.items():
        stem = name.removesuffix("_minor")
        unit = facts.get(f"{stem}_currency") or facts.get("currency")
        if stem != name and type(value) is int and isinstance(unit, str):
            amounts[stem] = format.money(Money(value, unit), language=language)
    return amounts


def _fact(name: str, value: Fact, words: Translator) -> str:
    if value is None:
        return format.NONE
    if isinstance(value, int):
        return format.count(value)
    if _ISO_DAY.fullmatch(value):
        return format.day(date.fromisoformat(value), language=words.language)
    key = f"{_VOCABULARY.get(name)}.{value}"
    return words.text(key) if name in _VOCABULARY and words.has(key) else value
