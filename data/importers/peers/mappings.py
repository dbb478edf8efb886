"""Shipped mappings: well-known tables that a mapping alone can read, by the names of their columns.

What a person saved for such a table counts before them, and they before any guess: a date order that a guess would
doubt, a currency and an account that the table never names are known here.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from data.importers.mapping import DateOrder, Mapping
from data.importers.peers.shipping import Shipped, roles
from data.importers.statement import AccountKind
from data.importers.table import Table

_YMD, _DMY, _MDY = DateOrder.YMD, DateOrder.DMY, DateOrder.MDY
_ASSET, _OWED = AccountKind.ASSET, AccountKind.LIABILITY

SHIPPED: Final[Sequence[Shipped]] = (
    Shipped(
        "mint",
        roles(
            "date=Date; description=Description; amount=Amount; direction=Transaction Type; category=Category;"
            "account=Account Name"
        ),
        _MDY,
        rest=roles("note=Notes"),
        currency="USD",
    ),
    Shipped(
        "maybe",
        roles("date=Date; payee=Name; amount=Amount; category=Category; account=Account; note=Notes"),
        _YMD,
        also=("Tags",),
        rest=roles("currency=Currency"),
    ),
    Shipped(
        "chase",
        roles("date=Posting Date; description=Description; amount=Amount"),
        _MDY,
        also=("Details", "Balance", "Check or Slip #"),
        rest=roles("category=Type"),
        currency="USD",
        account=_ASSET,
    ),
    Shipped(
        "chase_card",
        roles("date=Transaction Date; description=Description; category=Category; amount=Amount"),
        _MDY,
        also=("Post Date", "Type"),
        rest=roles("note=Memo"),
        currency="USD",
        account=_OWED,
    ),
    Shipped(
        "capital_one",
        roles("date=Transaction Date; description=Description; category=Category; debit=Debit; credit=Credit"),
        _YMD,
        also=("Posted Date", "Card No."),
        currency="USD",
        account=_OWED,
    ),
    Shipped(
        "n26",
        roles("date=Date; payee=Payee; description=Payment reference; amount=Amount (EUR)"),
        _YMD,
        also=("Account number", "Transaction type"),
        rest=roles("category=Category"),
        currency="EUR",
        account=_ASSET,
    ),
    Shipped(
        "n26",
        roles("date=Booking Date; payee=Partner Name; description=Payment Reference; amount=Amount (EUR)"),
        _YMD,
        also=("Partner Iban", "Original Amount"),
        currency="EUR",
        account=_ASSET,
    ),
    Shipped(
        "monzo",
        roles("order_id=Transaction ID; date=Date; time=Time; payee=Name; amount=Amount; currency=Currency"),
        _DMY,
        also=("Emoji", "Local amount"),
        rest=roles("category=Category; note=Notes and #tags; description=Description"),
        account=_ASSET,
    ),
    Shipped(
        "starling",
        roles("date=Date; payee=Counter Party; description=Reference; amount=Amount (GBP)"),
        _DMY,
        also=("Type", "Balance (GBP)"),
        rest=roles("category=Spending Category; note=Notes"),
        currency="GBP",
        account=_ASSET,
    ),
    Shipped(
        "bunq",
        roles("date=Date; amount=Amount; account=Account; payee=Name; description=Description"),
        _YMD,
        also=("Counterparty",),
        currency="EUR",
    ),
    Shipped(
        "ing_nl",
        roles("date=Datum; payee=Naam / Omschrijving; account=Rekening; direction=Af Bij; amount=Bedrag (EUR)"),
        _YMD,
        also=("Tegenrekening", "Code"),
        rest=roles("description=Mededelingen"),
        currency="EUR",
    ),
    Shipped(
        "rabobank",
        roles("account=IBAN/BBAN; currency=Munt; date=Datum; amount=Bedrag; payee=Naam tegenpartij"),
        _YMD,
        also=("Volgnr",),
        rest=roles("order_id=Volgnr; description=Omschrijving-1"),
    ),
    Shipped(
        "dkb",
        roles("date=Buchungsdatum; payee=Zahlungsempfänger*in; description=Verwendungszweck; amount=Betrag (€)"),
        _DMY,
        also=("Wertstellung", "Zahlungspflichtige*r"),
        rest=roles("order_id=Kundenreferenz"),
        currency="EUR",
        account=_ASSET,
    ),
    Shipped(
        "ing_de",
        roles("date=Buchung; payee=Auftraggeber/Empfänger; description=Verwendungszweck; amount=Betrag"),
        _DMY,
        also=("Buchungstext",),
        rest=roles("currency=Währung"),
        currency="EUR",
        account=_ASSET,
    ),
    Shipped(
        "sparkasse",
        roles(
            "account=Auftragskonto; date=Buchungstag; description=Verwendungszweck; amount=Betrag; currency=Waehrung;"
            "payee=Beguenstigter/Zahlungspflichtiger"
        ),
        _DMY,
        also=("Valutadatum",),
    ),
    Shipped(
        "barclays",
        roles("date=Date; account=Account; amount=Amount; category=Subcategory; payee=Memo"),
        _DMY,
        also=("Number",),
        currency="GBP",
    ),
    Shipped(
        "lloyds",
        roles(
            "date=Transaction Date; account=Account Number; payee=Transaction Description; debit=Debit Amount;"
            "credit=Credit Amount"
        ),
        _DMY,
        also=("Sort Code", "Balance"),
        rest=roles("category=Transaction Type"),
        currency="GBP",
    ),
    Shipped(
        "boursorama",
        roles("date=dateOp; payee=supplierFound; description=label; amount=amount; account=accountNum"),
        _DMY,
        also=("dateVal", "accountLabel"),
        rest=roles("category=category; note=comment"),
        currency="EUR",
    ),
    Shipped(
        "citi",
        roles("date=Date; payee=Description; debit=Debit; credit=Credit"),
        _MDY,
        also=("Status", "Member Name"),
        currency="USD",
        account=_OWED,
    ),
    Shipped(
        "discover",
        roles("date=Trans. Date; payee=Description; amount=Amount; category=Category"),
        _MDY,
        also=("Post Date",),
        currency="USD",
        account=_OWED,
        flip_sign=True,
    ),
    Shipped(
        "apple_card",
        roles("date=Transaction Date; description=Description; payee=Merchant; category=Category; amount=Amount (USD)"),
        _MDY,
        also=("Clearing Date", "Type"),
        currency="USD",
        account=_OWED,
        flip_sign=True,
    ),
    Shipped(
        "tangerine",
        roles("date=Date; payee=Name; description=Memo; amount=Amount"),
        _MDY,
        also=("Transaction",),
        currency="CAD",
        account=_ASSET,
    ),
    Shipped(
        "commerzbank",
        roles("date=Buchungstag; description=Buchungstext; amount=Betrag; currency=Währung"),
        _DMY,
        also=("Wertstellung", "Umsatzart"),
        rest=roles("account=IBAN Auftraggeberkonto; category=Kategorie"),
    ),
)


def shipped(table: Table, *, currency: str = "CNY", delimiter: str = ",") -> Mapping | None:
    """The shipped mapping of a table, if its header is one of these; `currency` where neither says it."""
    return next((found for one in SHIPPED if (found := one.mapping(table, currency, delimiter))), None)
