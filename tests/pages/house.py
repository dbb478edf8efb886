"""A wallet with two people in it: one whose books are full of sample data, one who has just arrived."""

from __future__ import annotations

import contextlib
import csv
import dataclasses
import io
from collections.abc import Iterator, Sequence
from datetime import UTC
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

from streamlit.testing.v1 import AppTest

from analytics.export import Table
from analytics.scope import Scope, look
from data import identity
from data.commands import demo
from data.money import Money, exponent
from data.preferences import preferences_of
from data.sign_in import Visit
from pages.ui import format  # noqa: A004 - our word for it, always used with its dot
from pages.ui.catalogue import Language
from pages.ui.downloads import csv_of
from tests.pages.signed_in import PASSWORD, Wallet, open_wallet

LOCALES = ("zh-CN", "en-US")
LANGUAGES: dict[str, Language] = {"zh-CN": "zh", "en-US": "en"}


@dataclasses.dataclass(frozen=True)
class House:
    """Who lives here."""

    full: Wallet
    empty: Wallet


@contextlib.contextmanager
def open_house(folder: Path) -> Iterator[House]:
    """A fresh wallet in `folder` with both of them, as the running one of this process."""
    with open_wallet(folder) as alice:
        demo.load(alice.database, alice.owner, "zh")
        bob = identity.sign_up(alice.database, "bob", PASSWORD, Visit())
        yield House(alice, dataclasses.replace(alice, signed_in=bob))


def scope_of(wallet: Wallet) -> Scope:
    """The person's books as a page asks about them."""
    chosen = preferences_of(wallet.database, wallet.owner)
    now = wallet.database.clock().replace(tzinfo=UTC)
    return look(wallet.database, wallet.owner, now.astimezone(ZoneInfo(chosen.zone)).date(), chosen.month_start_day)


def said(minor: int, currency: str = "CNY", *, locale: str = "zh-CN") -> str:
    """An amount as a figure card shows it."""
    return format.md_escape(format.money(Money(minor, currency), language=LANGUAGES[locale]))


def figures(screen: AppTest) -> list[str]:
    """The values of the figure cards, in order."""
    return [metric.value for metric in screen.metric]


def column(scope: Scope, table: Table, key: str) -> int:
    """A money column of the downloaded file, added up in minor units."""
    keys = [one.key for one in table.columns]
    lines = list(csv.reader(io.StringIO(csv_of(scope, table).decode("utf-8-sig"))))[1:]
    return sum(_minor(line, keys, key) for line in lines)


def _minor(line: Sequence[str], keys: Sequence[str], key: str) -> int:
    amount, currency = line[keys.index(key)], line[keys.index("currency")]
    return int(Decimal(amount).scaleb(exponent(currency))) if amount else 0


def no_fault(screen: AppTest) -> AppTest:
    """The screen, which drew without an exception (a missing text is one)."""
    assert not screen.exception, [one.message for one in screen.exception]
    return screen
