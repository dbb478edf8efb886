"""The app's server with a stopwatch in it: for each run, what queries, charts, tables and serialising took.

`python -m tests.benchmarks.stopwatch run app.py …` in place of `python -m streamlit`, by `tests.benchmarks.serving`.
One line of JSON a run in the file that the environment names.
"""

from __future__ import annotations

import functools
import inspect
import json
import os
import runpy
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from streamlit.runtime import runtime_util
from streamlit.runtime.scriptrunner import script_runner

from data.database import Database
from pages.ui import charts, tables

_spent = threading.local()
_sent = [0.0]
_out = Path(os.environ["LITTLE_GOLD_CARD_SPLIT"]).open("a", encoding="utf-8")  # noqa: SIM115 - until the process ends


def _timed(owner: Any, name: str, what: str) -> None:
    inner: Callable[..., Any] = getattr(owner, name)

    @functools.wraps(inner)
    def outer(*args: Any, **kwargs: Any) -> Any:
        if getattr(_spent, "inside", ""):  # counted where it began
            return inner(*args, **kwargs)
        started, _spent.inside = time.perf_counter(), what
        try:
            return inner(*args, **kwargs)
        finally:
            _spent.inside = ""
            sums = _spent.__dict__.setdefault("sums", {})
            sums[what] = sums.get(what, 0.0) + time.perf_counter() - started
            if what == "queries":
                sums["asked"] = sums.get("asked", 0) + 1

    setattr(owner, name, outer)


def _watch_runs() -> None:
    inner = script_runner.ScriptRunner._run_script

    def outer(self: Any, data: Any) -> None:
        started, _spent.sums = time.perf_counter(), {}
        busy = time.thread_time()
        inner(self, data)
        told = {"page": data.page_script_hash, "fragment": bool(data.fragment_id or data.fragment_id_queue)}
        took = {"whole": time.perf_counter() - started, "busy": time.thread_time() - busy, **_spent.sums}
        _out.write(json.dumps(told | took | {"sent": _sent[0]}) + "\n")
        _out.flush()

    script_runner.ScriptRunner._run_script = outer  # type: ignore[assignment, method-assign]


def _watch_socket() -> None:
    """What becomes bytes in the event loop's thread is summed up over all runs."""
    inner = runtime_util.serialize_forward_msg

    def outer(message: Any) -> bytes:
        started = time.perf_counter()
        found = inner(message)
        _sent[0] += time.perf_counter() - started
        return found

    for module in list(sys.modules.values()):
        if getattr(module, "serialize_forward_msg", None) is inner:
            module.serialize_forward_msg = outer  # type: ignore[attr-defined]


def main() -> None:
    """Put the stopwatch in, then be Streamlit."""
    for method in ("read", "arrow"):
        _timed(Database, method, "queries")
    for drawer in charts.__all__:
        if inspect.isfunction(getattr(charts, drawer)):
            _timed(charts, drawer, "handing over" if drawer.startswith("show") else "charts")
    _timed(tables, "data_table", "tables")
    _watch_runs()
    _watch_socket()
    runpy.run_module("streamlit", run_name="__main__")


if __name__ == "__main__":
    main()
