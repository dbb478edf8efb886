"""A PostgreSQL server of a run's own: its cluster and socket in a folder, gone when it is stopped."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any


def binaries() -> Path | None:
    """Where initdb and pg_ctl are; None where they are not installed."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), reverse=True)
    return found[0].parent if found else None


class PostgresServer:
    """Started when made. It runs as the user postgres where we are root, since it refuses to be root."""

    def __init__(self, folder: Path, binaries: Path, settings: str = "") -> None:
        import psycopg  # noqa: PLC0415 - only where it is installed

        self._psycopg: Any = psycopg
        self._binaries, self._folder = binaries, folder
        self._as = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
        folder.mkdir(exist_ok=True)
        if self._as:
            shutil.chown(folder, "postgres")
            for parent in list(folder.parents)[:2]:  # a temporary folder lets nobody else in
                with contextlib.suppress(PermissionError):
                    parent.chmod(parent.stat().st_mode | 0o011)
        self._run("initdb", "-D", str(folder / "db"), "-A", "trust", "--no-locale", "-E", "UTF8")
        options = f"-k {folder} -c listen_addresses= -c max_connections=300 {settings}"
        self._run("pg_ctl", "-D", str(folder / "db"), "-w", "-l", str(folder / "log"), "-o", options, "start")
        user = " user=postgres" if self._as else ""
        self._address = f"host={folder} dbname=postgres{user}"

    def connect(self) -> Any:
        """A connection."""
        return self._psycopg.connect(self._address)

    async def connect_async(self) -> Any:
        """A connection for tasks of the running event loop."""
        return await self._psycopg.AsyncConnection.connect(self._address)

    def stop(self) -> None:
        """Stop it at once; what is in its folder stays."""
        self._run("pg_ctl", "-D", str(self._folder / "db"), "-m", "immediate", "stop")

    def memory(self) -> int:
        """KiB of all its processes, what they share counted once in proportion."""
        leader = int((self._folder / "db" / "postmaster.pid").read_text(encoding="ascii").split()[0])
        children = Path(f"/proc/{leader}/task/{leader}/children").read_text(encoding="ascii").split()
        return sum(_proportional(one) for one in (leader, *map(int, children)))

    def _run(self, tool: str, *arguments: str) -> None:
        command = [*self._as, str(self._binaries / tool), *arguments]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd=self._folder)  # noqa: S603 - our own words


def _proportional(process: int) -> int:
    with contextlib.suppress(OSError):
        lines = Path(f"/proc/{process}/smaps_rollup").read_text(encoding="ascii").splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return 0
