"""The server as a process: it says when it is ready, a second one on the same data is refused, it stops in order."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PATIENCE = 240  # seconds: a busy machine may need long to load everything


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def started(home: Path, port: int) -> subprocess.Popen[str]:
    words = ["-m", "streamlit", "run", "app.py", "--server.port", str(port), "--server.headless", "true"]
    return subprocess.Popen(  # noqa: S603 - our own server
        [sys.executable, *words],
        cwd=ROOT,
        env={**os.environ, "LITTLE_GOLD_CARD_HOME": str(home)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def said(port: int, path: str) -> str:
    with (
        contextlib.suppress(urllib.error.URLError, OSError),
        urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5) as answer,
    ):
        return str(answer.read().decode())
    return ""


@pytest.fixture
def server(tmp_path: Path) -> Iterator[tuple[subprocess.Popen[str], int]]:
    port = free_port()
    process = started(tmp_path, port)
    deadline = time.monotonic() + PATIENCE
    while said(port, "/readyz") != "ready":
        assert process.poll() is None, process.stdout and process.stdout.read()
        assert time.monotonic() < deadline, "the server did not become ready"
        time.sleep(0.3)
    yield process, port
    process.kill()
    process.wait()


@pytest.mark.skipif(sys.platform == "win32", reason="signals are another matter there")
def test_a_second_server_is_refused_in_both_languages_and_the_first_one_stops_in_order(
    server: tuple[subprocess.Popen[str], int], tmp_path: Path
) -> None:
    process, port = server
    assert said(port, "/healthz") == "ok"
    second = started(tmp_path, free_port())
    told, _ = second.communicate(timeout=PATIENCE)
    assert second.returncode == 1
    assert "数据文件正被另一个程序使用" in told
    assert "Another program is using the data file" in told
    assert said(port, "/readyz") == "ready", "the first one goes on"
    process.send_signal(signal.SIGTERM)
    process.wait(PATIENCE)
    assert (tmp_path / "wallet.duckdb").exists()
    assert not (tmp_path / "wallet.duckdb.wal").exists(), "everything is in the file"
    assert said(port, "/readyz") == ""
