"""What a merchant does, in words: the common merchant category codes, and the spending category each suggests."""

from __future__ import annotations

from typing import Final

from data.categories.sources import by_mcc
from data.categories.taxonomy import BUILT_IN, UNCATEGORISED, CategoryKind
from pages.ui.i18n import text

# Of ISO 18245, those that a canteen, a shop or a club may be; kindred ones beside each other. Any other can be typed.
_KINDRED: Final = (
    "5812 5814 5813 5811 5462",
    "5411 5422 5441 5451 5499 5921 5993 5300 5311 5331 5399 5309 5999",
    "5621 5611 5651 5641 5655 5661 5697 5699 5944 5977",
    "5732 5722 5712 5719 5251 5200 1799 1731 5261 5992 0780",
    "5912 5942 5943 5970 5945 5947 5941 5940 5995 0742 5931",
    "4121 4111 4131 4112 4511 4722 7011 7032 7512 7523 7542 7538 5532 5541 4784 4215 9402 4214",
    "4812 4816 7372 4900 6513 7210 7216 7221 7338 7230 7298 7297 7299 7349 7622 7629 7699 7392 7399 8111 8931",
    "7832 7922 7932 7933 7994 7996 7991 7997 7941 7999",
    "8011 8021 8043 8062 8099 8211 8220 8299 8351 7911 8398 8661 8641 8699 9399",
)
TRADES: Final = tuple(code for group in _KINDRED for code in group.split())
_FALLBACK: Final = "other_expense"


def trade_names() -> dict[str, str]:
    """Code → `Bakeries · 5462`, which can be searched by either."""
    return {code: f"{text(f'mcc.{code}')} · {code}" for code in TRADES}


def suggested(code: str) -> str:
    """The spending category that members' payments to such a merchant are filed under at first."""
    return by_mcc(code) or _FALLBACK


def offered_categories() -> dict[str, str]:
    """Every built-in category of spending → its name, a subcategory behind its top category."""
    tops = [one for one in BUILT_IN.values() if one.kind is CategoryKind.EXPENSE and one.parent is None]
    found: dict[str, str] = {}
    for top in tops:
        if top.key == UNCATEGORISED:
            continue
        name = text(f"category.{top.key}")
        found[top.key] = name
        below = [one for one in BUILT_IN.values() if one.parent == top.key]
        found |= {one.key: f"{name} › {text(f'category.{one.key}')}" for one in below}
    return found
