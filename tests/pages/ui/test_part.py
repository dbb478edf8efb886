"""A part of a screen, over the real websocket of a real server."""

from __future__ import annotations

import urllib.request
from collections.abc import Iterator

import pytest

from tests.benchmarks.serving import Person, Served, inhabit, serving
from tests.benchmarks.tab import Tab

_CHOICE = "trends.one.category"


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Served, Person]]:
    home = tmp_path_factory.mktemp("wallet")
    (person,) = inhabit(home, 500, sessions=2)
    with serving(home) as served:
        yield served, person


def test_choosing_another_thing_draws_its_card_alone(house: tuple[Served, Person]) -> None:
    served, person = house
    tab = Tab(served.base, person.tokens[0])
    page = tab.open("trends")
    card = tab.choose(_CHOICE, string_value="交通")
    assert "plotly_chart" in page.kinds
    assert {"arrow_data_frame", "metric"} & page.kinds
    assert "plotly_chart" in card.kinds
    assert not {"arrow_data_frame", "metric"} & card.kinds
    tab.close()


def test_whoever_was_signed_out_gets_nothing_more_of_it(house: tuple[Served, Person]) -> None:
    served, person = house
    tab = Tab(served.base, person.tokens[1])
    tab.open("trends")
    asked = urllib.request.Request(  # noqa: S310 - our own http address
        f"{served.base}/signout",
        method="POST",
        headers={"Cookie": f"__Host-wallet={person.tokens[1]}", "Origin": served.base, "Sec-Fetch-Site": "same-origin"},
    )
    urllib.request.urlopen(asked).close()  # noqa: S310 - our own http address
    assert "plotly_chart" not in tab.choose(_CHOICE, string_value="交通").kinds
    tab.close()
