from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.data.batch.files import Wallet


@pytest.fixture
def wallet(tmp_path: Path) -> Iterator[Wallet]:
    opened = Wallet(tmp_path)
    yield opened
    opened.close()
