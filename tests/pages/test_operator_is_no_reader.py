"""Whoever runs the house runs it blind: nothing that a member did shows, on any screen or to any question."""

from __future__ import annotations

import dataclasses
import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest

import analytics
from analytics.scope import Scope
from data import identity, own_security
from data.ids import OwnerId
from data.sign_in import SignedIn, Visit
from tests import wallet_house as house
from tests.bookkeeping import Bookkeeping, refunded, spent
from tests.pages.house import scope_of
from tests.pages.signed_in import PASSWORD, ROOT, Wallet, open_wallet

PAYEE, NOTE, ADDRESS = "Zanzibar Lamp Shop", "for nobody's eyes", "198.51.100.123"
MARKS = (PAYEE, NOTE, ADDRESS, "7391.17", "7,391.17", "739117")
SCREENS = sorted(path.name for path in (ROOT / "pages").glob("*.py") if path.name != "__init__.py")


@pytest.fixture(scope="module")
def operator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Wallet]:
    with open_wallet(tmp_path_factory.mktemp("blind"), "阿金") as opened:
        yield opened


@pytest.fixture(scope="module")
def signed_in(operator: Wallet) -> SignedIn:
    """Somebody else in the house."""
    return identity.sign_up(operator.database, "Bob", PASSWORD, Visit(ADDRESS))


@pytest.fixture(scope="module")
def member(operator: Wallet, signed_in: SignedIn) -> OwnerId:
    """Their imported rows, a payment and a refund."""
    found = signed_in.owner
    filled = house.fill_wallet(operator.running, found)
    house.pay(operator.running, found, filled.cafe, 120_00, note=NOTE)
    Bookkeeping(operator.database, found).imports(
        spent("2026-11-01", "7391.17", PAYEE, order="S1"),
        refunded("2026-11-02", "7391.17", PAYEE, of="S1", order="S2"),
        spent("2026-11-03", "7391.17", PAYEE, order="S3"),
    )
    return found


def questions() -> Iterator[tuple[str, Callable[[Scope], Any]]]:
    """Every question of analytics that needs to be told nothing but who asks."""
    for module in pkgutil.iter_modules(analytics.__path__, "analytics."):
        if module.name.endswith("__main__"):
            continue
        for name, one in inspect.getmembers(importlib.import_module(module.name), inspect.isfunction):
            if one.__module__ != module.name or name.startswith("_"):
                continue
            asked = list(inspect.signature(one).parameters.values())
            needs = [each for each in asked if each.default is each.empty]
            if len(needs) == 1 and needs[0].annotation in {"Scope", Scope}:
                yield f"{module.name}.{name}", one


def said(answer: object) -> str:
    """An answer spelled out, tables and streams too."""
    if hasattr(answer, "to_pydict"):
        return repr(answer.to_pydict())
    if isinstance(answer, Iterator):
        return repr(list(answer))
    return repr(answer)


def test_the_questions_of_analytics_answer_the_operator_about_the_operator(operator: Wallet, member: OwnerId) -> None:
    asked = dict(questions())
    assert len(asked) >= 20
    mine = scope_of(operator)
    theirs = Scope(mine.db, member, mine.today, mine.start_day, mine.categories)
    answers = {name: said(ask(mine)) for name, ask in asked.items()}
    leaks = {name: mark for name, answer in answers.items() for mark in MARKS if mark in answer}
    assert not leaks
    shows = [name for name, ask in asked.items() if any(mark in said(ask(theirs)) for mark in MARKS)]
    assert len(shows) >= 3, "the marks would be seen where they may be"


@pytest.mark.parametrize("screen", SCREENS)
def test_no_screen_shows_the_operator_what_a_member_did(operator: Wallet, member: OwnerId, screen: str) -> None:
    spelled = spelled_out(operator, screen)
    assert spelled
    assert not [mark for mark in MARKS if mark in spelled]


def test_the_member_sees_what_the_operator_does_not(operator: Wallet, member: OwnerId, signed_in: SignedIn) -> None:
    own = dataclasses.replace(operator, signed_in=signed_in)
    assert PAYEE in spelled_out(own, "transactions.py")
    assert PAYEE in spelled_out(own, "overview.py")


def spelled_out(wallet: Wallet, screen: str) -> str:
    """Everything that the screen sends to the browser."""
    drawn = wallet.screen(f"pages/{screen}").run()
    assert not drawn.exception
    return "\n".join(str(one.proto) for one in drawn if hasattr(one, "proto"))


def test_what_happened_to_a_members_sign_in_is_not_the_operators_to_see(operator: Wallet, member: OwnerId) -> None:
    seen = own_security.activity(operator.database, operator.owner)
    assert seen
    owners = operator.database.read(
        "SELECT DISTINCT owner FROM security_event WHERE seq IN (SELECT unnest(cast($seqs AS bigint[])))",
        {"seqs": [one.seq for one in seen]},
    )
    assert owners == [(operator.owner,)]
