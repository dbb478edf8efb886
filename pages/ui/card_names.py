"""How a bound card is called wherever it is named: its bank or brand, its kind, the last four digits."""

from __future__ import annotations

from pages.ui.i18n import text


def card_name(brand: str, bank: str, last4: str, kind: str = "") -> str:
    """`工商银行借记卡 ··0047`, `Visa credit card ··4242`; without `kind` only `Visa ··4242`. Plain words."""
    issuer = bank or text(f"card.brand.{brand}")
    said = text("card.named", issuer=issuer, kind=text(f"card.kind.{kind}")) if kind else issuer
    return f"{said} ··{last4}"
