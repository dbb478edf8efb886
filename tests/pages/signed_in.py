"""Screens through AppTest as a signed-in person, on a real store in a folder of the test's own."""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Iterator
from pathlib import Path

from streamlit.testing.v1 import AppTest

from data import identity, preferences, running, step_up
from data.database import Database
from data.home import open_running
from data.ids import OwnerId
from data.preferences import Preferences
from data.running import Running
from data.security.tokens import token_hash
from data.sign_in import SignedIn, Visit

ROOT = Path(__file__).resolve().parents[2]
PASSWORD = "correct horse battery"


@dataclasses.dataclass(frozen=True)
class Wallet:
    """An open wallet with one person in it."""

    running: Running
    signed_in: SignedIn

    @property
    def database(self) -> Database:
        return self.running.database

    @property
    def owner(self) -> OwnerId:
        return self.signed_in.owner

    def screen(self, script: str, locale: str = "zh-CN", timeout: float = 20) -> AppTest:
        """The script (`pages/overview.py`, `pages/ui/shell.py`) as this person sees it, not yet run."""
        app = AppTest.from_file(str(ROOT / script), default_timeout=timeout)
        app.user = {"uid": str(self.owner), "session": token_hash(self.signed_in.token)}
        app.context = {"locale": locale}
        return app

    def confirm(self) -> None:
        """Confirm in this session that it is the person, as the page of the gate does; counts for five minutes."""
        step_up.by_password(self.database, self.owner, token_hash(self.signed_in.token), PASSWORD, Visit())

    def prefer(self, chosen: Preferences) -> None:
        """Choose the person's preferences."""
        preferences.choose_preferences(self.database, self.owner, chosen)


@contextlib.contextmanager
def open_wallet(folder: Path, name: str = "alice") -> Iterator[Wallet]:
    """A wallet in `folder` with `name` signed up, as the running one of this process."""
    opened = open_running(folder)
    running.set_current(opened)
    try:
        yield Wallet(opened, identity.sign_up(opened.database, name, PASSWORD, Visit()))
    finally:
        running.set_current(None)
        opened.close()
