"""Where the statements of others are that tests check against, and what a correct import of them must give.

They lie beside the checkout and are not shipped with it: a test that needs one skips with the reason where they are
absent, and fails on a build machine (CI=true), where their absence would hide a regression.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

FOLDER = Path(__file__).resolve().parents[2] / "shared" / "samples"
ABSENT = "the sample statements are not beside the checkout"


def present() -> bool:
    """Whether the samples are there."""
    return FOLDER.is_dir()


def sample(path: str) -> Path:
    """The sample file at `path` below the samples' folder."""
    if not present():
        _refuse()
    found = FOLDER / path
    assert found.is_file(), f"no such sample: {path}"
    return found


def expected() -> dict[str, Any]:
    """The figures that a correct import of every sample must give; empty where the samples are absent."""
    if not present():
        return {}
    figures: dict[str, Any] = json.loads((FOLDER / "EXPECTED.json").read_text(encoding="utf-8"))
    return figures


def peer_cases(group: str) -> list[str]:
    """Paths of the peer's test files of a format, to parametrise over; empty where the samples are absent."""
    cases = sorted((FOLDER / "ezbookkeeping_cases" / group).glob("*.expected.json"))
    return [str(case.relative_to(FOLDER)).removesuffix(".expected.json") for case in cases]


def peer_expectation(path: str) -> dict[str, Any]:
    """What the peer's own test expects of its file at `path`."""
    case: dict[str, Any] = json.loads(sample(f"{path}.expected.json").read_text(encoding="utf-8"))
    expectation: dict[str, Any] = case["expected"]
    return expectation


def require_samples() -> None:
    """Skip the calling test where the samples are absent; fail it on a build machine."""
    if not present():
        _refuse()


def _refuse() -> None:
    if os.environ.get("CI", "").lower() == "true":
        pytest.fail(ABSENT)
    pytest.skip(ABSENT)
