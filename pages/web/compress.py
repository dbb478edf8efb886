"""Streamlit's own scripts and styles, compressed once and kept: a first visit loads a third of the bytes.

Streamlit serves them plain and names them by content, so each is compressed at most once in the life of the process: at
its first request, or by `warm` before anybody asked.
"""

from __future__ import annotations

import dataclasses
import gzip
import hashlib
import threading
from collections.abc import Iterable
from pathlib import Path

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

_KINDS = {
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
    ".json": "application/json",
}
_LEVEL = 6  # level 9 takes three times as long for two per cent less
_WORTHWHILE = 1000  # bytes
_FOREVER = "public, immutable, max-age=31536000"


@dataclasses.dataclass(frozen=True, slots=True)
class _Packed:
    body: bytes
    tag: str
    kind: str


class CompressedAssets:
    """The ASGI middleware for `/static/…`; everything else passes by."""

    def __init__(self, app: ASGIApp, folder: Path) -> None:
        self._app = app
        self._files = dict(_compressible(folder))
        self._packed: dict[str, _Packed] = {}
        threading.Thread(target=self.warm, name="compress", daemon=True).start()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer from the compressed copy where there is one and the browser takes it."""
        file = self._files.get(scope["path"]) if scope["type"] == "http" else None
        if file is None or scope["method"] not in {"GET", "HEAD"} or not _takes_gzip(scope):
            await self._app(scope, receive, send)
            return
        packed = self._packed.get(scope["path"])
        if packed is None:
            packed = await run_in_threadpool(self._pack, scope["path"])
        await _answer(scope, packed)(scope, receive, send)

    def warm(self) -> None:
        """Compress everything, the largest last, so that many small files are ready at once."""
        for path in sorted(self._files, key=lambda path: self._files[path].stat().st_size):
            if path not in self._packed:
                self._pack(path)

    def _pack(self, path: str) -> _Packed:
        plain = self._files[path].read_bytes()
        body = gzip.compress(plain, _LEVEL, mtime=0)
        tag = f'"{hashlib.sha256(plain).hexdigest()[:32]}-gzip"'
        self._packed[path] = _Packed(body, tag, _KINDS[self._files[path].suffix])
        return self._packed[path]


def _compressible(folder: Path) -> Iterable[tuple[str, Path]]:
    """Address and file of everything worth compressing: the table of what exists, so no path is ever joined."""
    for file in sorted((folder / "static").rglob("*")):
        if file.suffix in _KINDS and file.stat().st_size >= _WORTHWHILE:
            yield "/" + file.relative_to(folder).as_posix(), file


def _takes_gzip(scope: Scope) -> bool:
    offered = Headers(scope=scope).get("accept-encoding", "")
    codings = {part.split(";")[0].strip().lower(): part.replace(" ", "") for part in offered.split(",")}
    return "gzip" in codings and not codings["gzip"].endswith((";q=0", ";q=0.0"))


def _answer(scope: Scope, packed: _Packed) -> Response:
    about = {"etag": packed.tag, "cache-control": _FOREVER, "vary": "Accept-Encoding"}
    if packed.tag in Headers(scope=scope).get("if-none-match", ""):
        return Response(status_code=304, headers=about)
    body = packed.body if scope["method"] == "GET" else b""
    length = str(len(packed.body))
    headers = {**about, "content-type": packed.kind, "content-encoding": "gzip", "content-length": length}
    return Response(body, headers=headers)
