"""The wallet's server: opens the store, stands the gate in front of Streamlit, closes the store.

Start it with `python -m streamlit run app.py`. One process owns the data file; a second one says so and stops.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import os
import pkgutil
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware

from data import running
from data.errors import Rejection
from data.home import home_folder, open_running
from data.rounds import Rounds
from data.running import Running
from data.security import passwords
from pages.ui import i18n
from pages.web.compress import CompressedAssets
from pages.web.document import Document
from pages.web.gate import Gate
from pages.web.headers import STREAMLIT_STATIC
from pages.web.routes import routes

# Not beside `pages/`: Streamlit would serve every file of a folder of that name around the shell (and its gate).
_SHELL = Path(__file__).resolve().parent / "pages" / "ui" / "shell.py"
_HEAVY = (
    "pandas",
    "plotly.graph_objects",
    "plotly.io",
    "babel.dates",
    "babel.numbers",
    "streamlit.elements.plotly_chart",
)
_OURS = ("analytics", "data", "pages.ui")


@contextlib.asynccontextmanager
async def lifespan(_app: st.App) -> AsyncIterator[None]:
    """The life of the process: the store is open exactly as long."""
    wallet = _open_or_stop()
    running.set_current(wallet)
    rounds = Rounds(wallet)
    try:
        _warm()
        rounds.start()
        _tell_address()
        yield
    finally:
        running.set_current(None)
        rounds.stop()
        wallet.close()
        gc.unfreeze()  # else libraries in C report what stayed frozen as leaks when the interpreter ends


def _tell_address() -> None:
    """Say where the wallet answers; Streamlit's own welcome names addresses that the sign-in cookie does not allow."""
    host, port = st.get_option("server.address") or "localhost", st.get_option("server.port")
    sys.stdout.write(f"\n  小金卡 · Little Gold Card   http://{host}:{port}\n\n")
    sys.stdout.flush()


def _open_or_stop() -> Running:
    """The open wallet; otherwise a sentence in both languages, and the end of the process without a trace."""
    try:
        return open_running()
    except Rejection as no:
        sentences = [_sentence(no, "zh"), _sentence(no, "en")]
    except OSError as failure:
        facts = {"path": home_folder(), "detail": failure.strerror or type(failure).__name__}
        sentences = [i18n.translator(spoken).text("web.start.home", **facts) for spoken in i18n.LANGUAGES]
    sys.stderr.write("\n" + "\n".join(sentences) + "\n\n")
    sys.stderr.flush()
    # Nothing is open yet. An exception from here would reach the server, which prints it with its whole trace.
    os._exit(1)


def _sentence(no: Rejection, spoken: i18n.Language) -> str:
    words = i18n.translator(spoken)
    todo = f"rejection.{no.code}.todo"
    gap = "" if spoken == "zh" else " "
    return i18n.rejection_text(no, spoken) + (gap + words.text(todo, **no.facts) if words.has(todo) else "")


def _warm() -> None:
    """Load now what the first visitor would wait for, and take it out of the garbage collector's rounds.

    Streamlit collects after every run; with these libraries loaded that costs 70 ms a click unless they are frozen.
    """
    for name in _HEAVY:
        importlib.import_module(name)
    for package in _OURS:
        folder = importlib.import_module(package).__path__
        for module in pkgutil.walk_packages(folder, f"{package}."):
            if not module.name.endswith(("__main__", ".shell")):
                importlib.import_module(module.name)
    for spoken in i18n.LANGUAGES:
        i18n.translator(spoken)
    passwords.verify_nothing("")
    running.calm_collector()


app = st.App(
    _SHELL,
    lifespan=lifespan,
    routes=routes(),
    middleware=[
        Middleware(Gate),
        Middleware(CompressedAssets, folder=STREAMLIT_STATIC),
        Middleware(Document),
    ],
)
