"""The built-in categories hold together, and a person's own ones join them."""

from __future__ import annotations

import re

import pytest

from data.categories import (
    BANK_FEES,
    BUILT_IN,
    OTHER_INCOME,
    UNCATEGORISED,
    Category,
    CategoryInvalid,
    CategoryKind,
    children_of,
    is_within,
    merge,
    top_of,
    tops,
)
from pages.ui.catalogue import LANGUAGES, translator


def own(
    key: str, parent: str | None = None, *, kind: CategoryKind = CategoryKind.EXPENSE, name: str | None = "猫"
) -> Category:
    return Category(key, parent, kind, ":material/star:", 3, name)


@pytest.mark.parametrize("category", BUILT_IN.values(), ids=lambda category: category.key)
def test_every_parent_exists_is_a_top_and_shares_side_and_colour(category: Category) -> None:
    if category.parent is not None:
        parent = BUILT_IN[category.parent]
        assert (parent.parent, parent.kind, parent.colour) == (None, category.kind, category.colour)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_category_has_a_name_of_its_own_in_both_languages(language: str) -> None:
    words = translator("zh" if language == "zh" else "en")
    names = [words.text(f"category.{key}") for key in BUILT_IN if words.has(f"category.{key}")]
    assert len(names) == len(BUILT_IN)
    for kind in CategoryKind:
        same_side = [words.text(f"category.{key}") for key, category in BUILT_IN.items() if category.kind is kind]
        assert len(set(same_side)) == len(same_side)


def test_icons_are_symbols_that_streamlit_draws() -> None:
    drawable = pytest.importorskip("streamlit.material_icon_names").ALL_MATERIAL_ICONS
    for category in BUILT_IN.values():
        found = re.fullmatch(r":material/([a-z0-9_]+):", category.icon)
        assert found is not None, category
        assert found[1] in drawable, category


def test_tops_of_a_side_have_colours_of_their_own_without_gaps() -> None:
    for kind in CategoryKind:
        assert [category.colour for category in tops(kind)] == list(range(len(tops(kind))))


def test_tops_have_three_to_eight_children_or_none() -> None:
    for kind in CategoryKind:
        assert {len(children_of(category.key)) for category in tops(kind)} <= {0, 3, 4, 5, 6, 7, 8}


def test_the_defaults_are_categories_of_their_side() -> None:
    assert BUILT_IN[UNCATEGORISED].kind is BUILT_IN[BANK_FEES].kind is CategoryKind.EXPENSE
    assert BUILT_IN[OTHER_INCOME].kind is CategoryKind.INCOME


def test_nesting_goes_by_parent_and_never_by_the_look_of_a_key() -> None:
    assert top_of("coffee") == top_of("dining") == "dining"
    assert is_within("coffee", "dining")
    assert is_within("dining", "dining")
    assert not is_within("dining", "coffee")
    assert not is_within("car_insurance", "car")
    assert not is_within("gone", "gone")
    assert [child.key for child in children_of("pets")] == ["pet_supplies", "vet", "pet_grooming"]


def test_own_categories_join_the_built_in_ones_also_below_each_other() -> None:
    merged = merge(BUILT_IN, [own("u-kitten", "u-cat"), own("u-cat"), own("u-litter", "pets")])
    assert top_of("u-kitten", merged) == "u-cat"
    assert is_within("u-litter", "pets", merged)
    assert list(merged)[: len(BUILT_IN)] == list(BUILT_IN)


@pytest.mark.parametrize(
    ("custom", "reason"),
    [
        (own("coffee"), "key_taken"),
        (own("u", "nowhere"), "parent_unknown"),
        (own("u", "coffee"), "parent_is_child"),
        (own("u", "earnings"), "kind_differs"),
        (own("u", name=" "), "name_missing"),
        (own("u", "u"), "parent_is_child"),
    ],
)
def test_an_own_category_that_cannot_stand_is_refused_with_the_reason(custom: Category, reason: str) -> None:
    with pytest.raises(CategoryInvalid) as refused:
        merge(BUILT_IN, [custom])
    assert refused.value == CategoryInvalid(custom.key, reason)
