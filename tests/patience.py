"""What must not take for ever: bounded by processor time, far above what it takes and far below a hang.

Speed itself is measured in `tests/benchmarks`; the clock on the wall says more about what else the machine does.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator


@contextlib.contextmanager
def at_most(seconds: float) -> Iterator[None]:
    """Fails when what is done within takes this process more seconds of the processor."""
    began = time.process_time()
    yield
    taken = time.process_time() - began
    assert taken < seconds, f"{taken:.1f} s of the processor, {seconds:.0f} at most"
