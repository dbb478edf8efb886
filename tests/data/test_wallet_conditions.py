"""A rule sees a payment of the wallet before it is booked as it sees it afterwards, and files it likewise."""

from __future__ import annotations

from datetime import date

import pytest

from data import sorting, wallet
from data.categories import Action, Operator, Rule, TextCondition, TextField
from data.categories.rules import Condition, DateCondition, DirectionCondition, WeekdayCondition
from data.ids import new_request_id
from data.importers.statement import Direction
from data.sorting import RunRule, SaveRule
from tests.wallet_house import by
from tests.wallet_world import NOON, World

TODAY = NOON.date()
APPLY: dict[str, Condition] = {
    "out": DirectionCondition(Direction.OUT),
    "method": TextCondition(TextField.METHOD, Operator.CONTAINS, "小金卡"),
    "account": TextCondition(TextField.ACCOUNT, Operator.EQUALS, "wallet:CNY"),
    "weekday": WeekdayCondition((TODAY.isoweekday(),)),
    "date": DateCondition(TODAY, None),
}
OTHERS: dict[str, Condition] = {
    "in": DirectionCondition(Direction.IN),
    "card": TextCondition(TextField.METHOD, Operator.CONTAINS, "unionpay"),
    "past": DateCondition(None, date(2026, 1, 1)),
}


@pytest.mark.parametrize("name", [*APPLY, *OTHERS])
def test_a_rule_files_a_payment_at_once_and_finds_nothing_to_do_afterwards(world: World, name: str) -> None:
    anna, shop = world.member(900_00), world.shop()
    rule = Rule(new_request_id(), name, ((APPLY | OTHERS)[name],), Action("gifts"))
    sorting.save_rule(world.db, SaveRule(**by(anna), rule=rule))
    expected = "gifts" if name in APPLY else "dining"
    command = world.paying(anna, shop, 35_00)
    assert wallet.quote(world.db, command).category == expected
    assert wallet.pay(world.running, command)["category"] == expected
    assert sorting.run_on_past(world.db, RunRule(**by(anna), rule=rule.id)) == 0
    world.facts_agree(anna)


def test_a_payment_by_card_is_seen_as_one(world: World) -> None:
    anna, shop = world.member(900_00), world.shop()
    card = world.card(anna)
    rule = Rule(new_request_id(), "card", (OTHERS["card"],), Action("gifts"))
    sorting.save_rule(world.db, SaveRule(**by(anna), rule=rule))
    assert world.pay(anna, shop, 35_00, card=card)["category"] == "gifts"
    assert sorting.run_on_past(world.db, RunRule(**by(anna), rule=rule.id)) == 0
