"""The wallet's own answers: what its screens ask, on the store that the run filled.

The change is a payment as the *Pay* screen makes it. The rivals add one row; ours books the payer's, the merchant's and
the house's side, points, what the screens read, and a link of the audit chain.
"""

from __future__ import annotations

from datetime import datetime, time
from pathlib import Path
from uuid import UUID

from analytics.budgets import budget
from analytics.held import forget_everything
from analytics.scope import look
from analytics.spending import by_payee
from analytics.trends import stack, trend
from data.database import Database, open_database
from data.ids import OwnerId, new_id, new_request_id
from data.ledger.wallet.commands import ISSUER, DeskTopUp, MoneyCommand, OpenMember, OpenMerchant, Pay
from data.period import year_of
from data.running import calm_collector
from data.tidying import Tidying
from tests.benchmarks.dashboard import CHANGE_CATEGORY, CHANGE_MINOR, CHANGE_PAYEE, CURRENCY, TOP, TREND, Answers
from tests.benchmarks.habits import LAST_DAY, YEARS

_MONTHS = YEARS * 12 + 1  # the first one begins in the middle
_NOON = datetime.combine(LAST_DAY, time(4))  # in UTC
_SHOP = "SELECT owner FROM published_merchant LIMIT 1"


class Ours:
    """The wallet in this process."""

    def __init__(self, store: Path, owner: UUID) -> None:
        self._db = open_database(store)
        self._owner = owner
        ((self._shop,),) = self._db.read(_SHOP)
        calm_collector()  # as the app does when it has started

    def answers(self) -> Answers:
        """As the overview, the trends and the budgets ask."""
        scope = look(self._db, self._owner, LAST_DAY)
        whole, limits = stack(scope, scope.month, CURRENCY, _MONTHS), budget(scope, scope.month, CURRENCY)
        payees = by_payee(scope, year_of(LAST_DAY), CURRENCY).slices[:TOP]
        names = [point.month.start.isoformat()[:7] for point in whole.points]
        return {
            "all": {
                f"{name} {layer.category}": amount
                for layer in whole.layers
                for name, amount in zip(names, layer.amounts, strict=True)
                if amount
            },
            "budgets": {one.category: [one.limit, one.spending] for one in limits.all},
            "trend": [point.spending for point in trend(scope, scope.month, CURRENCY, TREND).points],
            "payees": [one.amount for one in payees],
        }

    def forget(self) -> None:
        """Drop everything that is held of answers."""
        forget_everything()

    def tidy(self) -> None:
        """Move together what lies scattered, as the wallet does in its rounds: all of it at once."""
        tidying, now = Tidying(self._db), self._db.clock()
        tidying.step(now)  # looks
        while tidying.step(now):
            """The next slice."""

    def change(self, _number: int) -> None:
        """A payment from the wallet: both books, the points, the facts and the audit chain, on disk."""
        me = OwnerId(self._owner)
        command = Pay(
            owner=me,
            request_id=new_request_id(),
            actor=me,
            at=_NOON,
            merchant=self._shop,
            amount=CHANGE_MINOR,
            currency=CURRENCY,
        )
        self._db.transact(command).or_raise()

    def close(self) -> None:
        """Close the store."""
        self._db.close()


def open_purse(db: Database, owner: UUID) -> None:
    """Give the owner a wallet with money in it, and a shop to pay at. Before anything else is in their books."""
    me, shop, name = OwnerId(owner), OwnerId(new_id()), str(owner)
    commands: tuple[MoneyCommand, ...] = (
        OpenMember(owner=me, request_id="open", actor=ISSUER, name=name, name_key=name, currency=CURRENCY),
        OpenMerchant(
            owner=shop,
            request_id="open",
            actor=ISSUER,
            proprietor=None,
            code="corner",
            name=CHANGE_PAYEE,
            mcc="5814",
            category=CHANGE_CATEGORY,
        ),
        DeskTopUp(owner=me, request_id="start", actor=ISSUER, amount=10**9, currency=CURRENCY),
    )
    for command in commands:
        db.transact(command).or_raise()
