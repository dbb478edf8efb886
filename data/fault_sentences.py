"""What the command line says in both languages when the store itself is the matter, beside the facts for programs.

Screens have their own catalogues; these few sentences are needed where no screen can be opened.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources

from data.errors import Rejection


def sentences(rejection: Rejection) -> tuple[str, ...]:
    """In Chinese and in English: what happened, what was kept, what to do. None for what is no matter of the store."""
    said = _said().get(rejection.code, {})
    return tuple(said[spoken].format(**rejection.facts) for spoken in said)


@cache
def _said() -> Mapping[str, Mapping[str, str]]:
    text = resources.files("data").joinpath("fault_sentences.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)
