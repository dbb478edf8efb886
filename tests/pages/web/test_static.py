"""Compressed assets and the document, from the installed Streamlit."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from data import preferences
from data.preferences import Preferences
from data.running import Running
from data.sign_in import SignedIn
from pages.web import document
from pages.web.assets import soon_needed
from pages.web.compress import CompressedAssets
from pages.web.document import Document
from pages.web.headers import STREAMLIT_STATIC, inline_script_source
from tests.pages.web.asgi import Browser


async def _plain(_request: Request) -> Response:
    return PlainTextResponse("passed on")


@pytest.fixture
def assets(tmp_path: Path) -> Browser:
    folder = tmp_path / "site"
    (folder / "static" / "js").mkdir(parents=True)
    (folder / "static" / "js" / "big.js").write_text("let a = 1;\n" * 500, encoding="utf-8")
    (folder / "static" / "js" / "tiny.js").write_text("1", encoding="utf-8")
    (folder / "static" / "font.woff2").write_bytes(b"x" * 5000)
    (folder / "secret.js").write_text("let b = 1;\n" * 500, encoding="utf-8")
    inner = Starlette(routes=[Route("/{path:path}", _plain)])
    return Browser(CompressedAssets(inner, folder))


def test_a_script_is_sent_compressed_and_kept_for_good(assets: Browser) -> None:
    answer = assets.get("/static/js/big.js", {"accept-encoding": "br, gzip"})
    assert gzip.decompress(answer.body) == b"let a = 1;\n" * 500
    assert answer.headers["content-encoding"] == "gzip"
    assert answer.headers["content-type"] == "text/javascript; charset=utf-8"
    assert answer.headers["cache-control"] == "public, immutable, max-age=31536000"
    assert answer.headers["vary"] == "Accept-Encoding"
    assert int(answer.headers["content-length"]) == len(answer.body)
    again = assets.get("/static/js/big.js", {"accept-encoding": "gzip", "if-none-match": answer.headers["etag"]})
    assert (again.status, again.body) == (304, b"")
    head = assets.get("/static/js/big.js", {"accept-encoding": "gzip"}, "HEAD")
    assert (head.headers["content-length"], head.body) == (answer.headers["content-length"], b"")


@pytest.mark.parametrize("accepts", [None, "", "identity", "br", "gzip;q=0", "gzip; q=0"])
def test_a_browser_that_takes_no_gzip_gets_it_plain(assets: Browser, accepts: str | None) -> None:
    assert assets.get("/static/js/big.js", {"accept-encoding": accepts}).text == "passed on"


@pytest.mark.parametrize(
    "path", ["/static/js/tiny.js", "/static/font.woff2", "/secret.js", "/static/../secret.js", "/"]
)
def test_everything_else_passes_by(assets: Browser, path: str) -> None:
    assert assets.get(path, {"accept-encoding": "gzip"}).text == "passed on"


def test_the_document_is_in_our_name_and_keeps_streamlits_scripts() -> None:
    ours, theirs = document.page("zh"), (STREAMLIT_STATIC / "index.html").read_text(encoding="utf-8")
    assert '<html lang="zh-CN"' in ours
    assert "<title>小金卡</title>" in ours
    assert "<title>Little Gold Card</title>" in document.page("en")
    assert "agent" not in ours
    assert ours.count("static/js/") == theirs.count("static/js/")
    assert "window.prerenderReady" in ours
    assert inline_script_source().startswith("'sha256-")


def test_the_document_speaks_the_persons_language_before_the_browsers(wallet: Running, alice: SignedIn) -> None:
    browser = Browser(Document(Starlette(routes=[Route("/{path:path}", _plain)])))
    uid: dict[str, str | None] = {"x-wallet-uid": str(alice.owner)}
    assert '<html lang="zh-CN"' in browser.get("/budgets", uid).text
    preferences.choose_preferences(wallet.database, alice.owner, Preferences(language="en"))
    assert '<html lang="en"' in browser.get("/budgets", uid).text
    for path in ("/signin", "/media/x", "/_stcore/health", "/manifest.json", "/budgets/"):
        assert browser.get(path, uid).text == "passed on"


def test_what_a_screen_needs_first_is_fetched_while_the_person_types() -> None:
    needed = soon_needed()
    assert any("PlotlyChart" in path for path in needed)
    assert all((STREAMLIT_STATIC / path.lstrip("/")).is_file() for path in needed)
