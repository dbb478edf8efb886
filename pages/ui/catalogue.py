"""Which words say what, in Chinese and in English.

Texts live in `locales/{zh,en}/<domain>.po`: `msgid` is a stable dotted key (`overview.title`), `msgstr` the text
with named placeholders (`{name}`). All domains of a language form one catalogue; a key stands in one file only.
Nothing here knows Streamlit or sets a process-wide locale, so sign-in pages and threads may use it alike.
"""

from __future__ import annotations

import dataclasses
import functools
import logging
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Literal, cast, get_args

from babel.messages.pofile import read_po

from data.errors import InvariantBroken, require

Language = Literal["zh", "en"]
LANGUAGES: tuple[Language, ...] = get_args(Language)
LOCALES = Path(__file__).parent / "locales"

_log = logging.getLogger(__name__)


@dataclasses.dataclass(frozen=True, slots=True)
class Translator:
    """The texts of one language. Frozen and shared by all threads."""

    language: Language
    singles: Mapping[str, str]
    plurals: Mapping[str, tuple[str, ...]]

    def has(self, key: str) -> bool:
        """Whether the key has a text (or a plural) of its own."""
        return key in self.singles or key in self.plurals

    def text(self, key: str, /, **facts: object) -> str:
        """The text of `key` with its placeholders filled.

        A missing key or fact is a defect: it raises `InvariantBroken` while `LITTLE_GOLD_CARD_STRICT=1` (tests), else
        it is logged and the key itself is shown, because a half-readable page is better than none.
        """
        template = self.singles.get(key)
        return _fallback(self.language, key) if template is None else _fill(key, template, facts)

    def plural(self, key: str, n: int, /, **facts: object) -> str:
        """The text of `key` for `n` things; `{n}` is the count with thousands separators."""
        forms = self.plurals.get(key)
        if forms is None:
            return _fallback(self.language, key)
        return _fill(key, forms[min(_form(self.language, n), len(forms) - 1)], {"n": f"{n:,}", **facts})


def normalise(tag: str | None) -> Language:
    """The language for a browser's tag such as `zh-CN`; English for everything that is not Chinese."""
    return "zh" if (tag or "").lower().replace("_", "-").split("-")[0] == "zh" else "en"


@functools.cache
def translator(language: Language) -> Translator:
    """The catalogue of `language`, read from disk at first use."""
    singles: dict[str, str] = {}
    plurals: dict[str, tuple[str, ...]] = {}
    for path in sorted((LOCALES / language).glob("*.po")):
        with path.open("rb") as file:
            catalog = read_po(file, locale=language)
        for message in catalog:
            if message.id:
                _admit(path, message.id, message.string, singles, plurals)
    return Translator(language, singles, plurals)


def _admit(
    path: Path,
    ids: object,
    strings: object,
    singles: dict[str, str],
    plurals: dict[str, tuple[str, ...]],
) -> None:
    key = str(ids[0] if isinstance(ids, (list, tuple)) else ids)
    require(key not in singles and key not in plurals, f"{path.name}: {key} has a text already")
    if isinstance(ids, (list, tuple)):
        plurals[key] = tuple(cast("tuple[str, ...]", strings))
    else:
        singles[key] = str(strings)


def _form(language: Language, n: int) -> int:
    return 0 if language == "zh" or n == 1 else 1


def _fill(key: str, template: str, facts: Mapping[str, object]) -> str:
    if not facts:
        return template
    try:
        return template.format_map(facts)
    except (KeyError, IndexError, ValueError) as fault:
        return _defect(f"{key}: {template!r} cannot be filled with {sorted(facts)} ({fault!r})", template)


def _fallback(language: Language, key: str) -> str:
    return _defect(f"{key} has no text in {language}", key)


def _defect(what: str, shown: str) -> str:
    if os.environ.get("LITTLE_GOLD_CARD_STRICT") == "1":
        raise InvariantBroken(what)
    _log.error("text missing: %s", what)
    return shown
