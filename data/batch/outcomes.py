"""How an outcome is told: one JSON object a line. Pure.

`{"request_id","outcome","rejection","facts","receipt"}`; outcome: `ok`, `rejected`, `replayed` (the first answer again,
a no as well), or `invalid` (no command; then also `field`, `reason` and the number of the `line`, from 1).
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from typing import Any, Final, Self

from data.batch.reading import Invalid
from data.errors import Fact, Rejection
from data.store.vault import Answer

_ENCODER: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))


@dataclasses.dataclass(frozen=True, slots=True)
class Said:
    """What a command was answered. rejection: the refusal's name, None for a yes."""

    rejection: str | None
    facts: Mapping[str, Fact]
    receipt: Mapping[str, Any]
    replayed: bool = False

    @classmethod
    def no(cls, rejection: Rejection) -> Self:
        """A refusal."""
        return cls(type(rejection).__name__, dict(rejection.facts), {})


def said(answer: Answer, names: Mapping[str, str]) -> Said:
    """The wallet's answer. names: what the line called the things that facts name by their ids."""
    no = answer.refusal
    if no is None:
        return Said(None, {}, answer.receipt, answer.replayed)
    facts = {key: names.get(fact, fact) if isinstance(fact, str) else fact for key, fact in no.facts.items()}
    return Said(type(no).__name__, facts, answer.receipt, answer.replayed)


def text_of(request_id: str, told: Said) -> str:
    """The line of a command."""
    outcome = "replayed" if told.replayed else "ok" if told.rejection is None else "rejected"
    return _line(request_id, outcome, told.rejection, told.facts, told.receipt)


def text_of_invalid(fault: Invalid) -> str:
    """The line of what is no command."""
    where = {"field": fault.field, "reason": fault.reason, "line": fault.number}
    return _line(fault.request_id, "invalid", None, {}, {}, where)


def _line(
    request_id: str | None,
    outcome: str,
    rejection: str | None,
    facts: Mapping[str, Fact],
    receipt: Mapping[str, Any],
    more: Mapping[str, str | int | None] | None = None,
) -> str:
    told = {"request_id": request_id, "outcome": outcome, "rejection": rejection, "facts": facts, "receipt": receipt}
    return _ENCODER.encode(told | dict(more or {}))
