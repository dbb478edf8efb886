"""Our own files for the pages around Streamlit: logo, style, script; each address carries its content's hash."""

from __future__ import annotations

import functools
import hashlib
import os
import re
from pathlib import Path

from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from pages.web.headers import STREAMLIT_STATIC

FOLDER = Path(__file__).parent / "assets"
_PRELOADED = re.compile(r'(?:src|href)="\./(static/js/[^"]+\.js)"')
_SOON_NEEDED = ("PlotlyChart.*.js",)


class Assets(StaticFiles):
    """The files under `/web/`, kept by browsers for good when asked for by hash, else for an hour."""

    def __init__(self) -> None:
        super().__init__(directory=FOLDER)

    def file_response(
        self, full_path: str | os.PathLike[str], stat_result: os.stat_result, scope: Scope, status_code: int = 200
    ) -> Response:
        """The file with how long it may be kept."""
        response = super().file_response(full_path, stat_result, scope, status_code)
        named = b"v=" in scope.get("query_string", b"")
        response.headers["cache-control"] = f"public, max-age={31536000 if named else 3600}"
        return response


@functools.cache
def address(name: str) -> str:
    """Where the browser finds our file, changing whenever its content does."""
    digest = hashlib.sha256((FOLDER / name).read_bytes()).hexdigest()
    return f"/web/{name}?v={digest[:12]}"


@functools.cache
def soon_needed() -> tuple[str, ...]:
    """The scripts a screen needs right after sign-in, fetched while the person types."""
    page = (STREAMLIT_STATIC / "index.html").read_text(encoding="utf-8")
    charts = [file for pattern in _SOON_NEEDED for file in sorted((STREAMLIT_STATIC / "static/js").glob(pattern))]
    found = [*_PRELOADED.findall(page), *(file.relative_to(STREAMLIT_STATIC).as_posix() for file in charts)]
    return tuple(f"/{path}" for path in dict.fromkeys(found))
