"""Whatever stands in an address: a page draws, without a fault, and never anything of another person."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from data import identity
from data.sign_in import Visit
from tests.bookkeeping import Bookkeeping, refunded, spent
from tests.pages.signed_in import Wallet, open_wallet

PAYEES = (
    "<script>alert(1)</script>",
    "[x](http://evil) :red[hi]",
    '=HYPERLINK("x")',
    "\u202eevil",
    "a\x00b",
    "😀" * 500,
)
SECRET = "SECRET OF BOB"
PERIODS = ("9999-99", "0001-01", "9999", "0001-01-01..9999-12-30", "2026-Q5", "'")
SEARCHES = (
    '"unbalanced',
    "amount>>>",
    "category:",
    "date:9999-99",
    "date:9999",
    "(((",
    "a\x00b",
    "amount>1e400",
    "x" * 9000,
)
ODD: dict[str, dict[str, tuple[str, ...]]] = {
    "overview": {"period": PERIODS[:1]},
    "categories": {"period": PERIODS, "category": ("<x>", "'", "salary"), "currency": ("XXX",)},
    "trends": {"category": ("<x>",), "payee": ("nobody",)},
    "budgets": {"period": PERIODS[1:3]},
    "reports": {"period": PERIODS[1:4]},
    "transactions": {"q": SEARCHES, "entry": ("nonsense", "", "bob's"), "period": PERIODS[:2]},
}


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Wallet, str]]:
    """Alice's wallet, and the id of a transaction of Bob's."""
    folder: Path = tmp_path_factory.mktemp("odd")
    with open_wallet(folder) as opened:
        bob = Bookkeeping(
            opened.database, identity.sign_up(opened.database, "bob", "another long secret", Visit()).owner
        )
        bob.imports(spent("2026-10-01", "77.77", SECRET, order="B"))
        rows = [spent(f"2026-10-0{at}", "12.34", payee, order=f"A{at}") for at, payee in enumerate(PAYEES, 1)]
        Bookkeeping(opened.database, opened.owner).imports(*rows, refunded("2026-10-09", "1.00", of="A1"))
        yield opened, str(bob.entry("B"))


def drawn(app: AppTest) -> str:
    app.run()
    assert not app.exception, [fault.message for fault in app.exception]
    return str(app.main)


@pytest.mark.parametrize("page", ODD)
def test_an_address_that_makes_no_sense_is_answered(both: tuple[Wallet, str], page: str) -> None:
    wallet, bobs = both
    for name, values in ODD[page].items():
        for value in values:
            app = wallet.screen(f"pages/{page}.py", "en-US", timeout=60)
            app.query_params[name] = bobs if value == "bob's" else value
            assert SECRET not in drawn(app), (name, value)


@pytest.mark.parametrize("page", ODD)
def test_a_statements_text_is_never_markup(both: tuple[Wallet, str], page: str) -> None:
    app = both[0].screen(f"pages/{page}.py", "en-US", timeout=60)
    drawn(app)
    said = [*app.markdown, *app.caption, *app.title, *app.subheader, *app.info, *app.warning]
    for text in (str(one.value) for one in said):
        assert "<script>alert" not in text
        assert "[x](http" not in text
