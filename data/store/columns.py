"""A column on its way into the store, whatever it was made as: an Arrow array, with ids as text."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pyarrow as pa


def column_of(values: Any) -> pa.Array | pa.ChunkedArray:  # noqa: ANN401 - any column
    """The values as Arrow has them; what is Arrow's already stays as it is."""
    if isinstance(values, pa.Array | pa.ChunkedArray):
        return values
    if any(isinstance(value, UUID) for value in values):
        return pa.array([None if v is None else str(v) for v in values], pa.string())
    return pa.array(values)
