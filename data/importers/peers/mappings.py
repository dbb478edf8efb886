"""Shipped mappings: well-known tables that a mapping alone can read, by the names of their columns.

What a person saved for such a table counts before them, and they before any guess: a date order that a guess would
doubt, a currency and an account that the table never names are known here.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping as Pairs
from collections.abc import Sequence
from typing import Final

from data.importers.mapping import DateOrder, Doubt, Mapping, Role, header_cells
from data.importers.peers.record import comma_in, heading_of
from data.importers.statement import AccountHint, AccountKind
from data.importers.table import Table

_FIGURES: Final = (Role.AMOUNT, Role.DEBIT, Role.CREDIT)


@dataclasses.dataclass(frozen=True, slots=True)
class Shipped:
    """One table.

    columns: role → heading, all of which it has; also: headings that tell it from others; rest: roles of headings that
    it may lack. currency: "" where it depends. account: what it is in files that name none.
    """

    name: str
    columns: Pairs[Role, str]
    order: DateOrder
    also: tuple[str, ...] = ()
    rest: Pairs[Role, str] = dataclasses.field(default_factory=dict)
    currency: str = ""
    account: AccountKind | None = None
    flip_sign: bool = False

    def mapping(self, table: Table, currency: str, delimiter: str) -> Mapping | None:
        """How the table is read, or None when it is another one."""
        words = {role.value: (name,) for role, name in {**self.columns, **self.rest}.items()}
        words |= {f"also {name}": (name,) for name in self.also}
        needs = (*(role.value for role in self.columns), *(f"also {name}" for name in self.also))
        heading = heading_of(table, words, needs)
        if heading is None:
            return None
        own = AccountHint(f"{self.name}:account", "", self.account) if self.account else None
        known = self.currency or Role.CURRENCY in self.columns
        return Mapping(
            columns=tuple((Role(word), at) for word, at in heading.places.items() if not word.startswith("also ")),
            header=header_cells(table.rows[heading.at]),
            delimiter=delimiter,
            date_order=self.order,
            decimal_comma=comma_in(heading, table.rows[heading.at + 1 :][:200], _FIGURES),
            flip_sign=self.flip_sign,
            currency=self.currency or currency,
            account=own,
            doubts=() if known else (Doubt.CURRENCY,),
            source=self.name,
        )


def shipped(table: Table, *, currency: str = "CNY", delimiter: str = ",") -> Mapping | None:
    """The shipped mapping of a table, if its header is one of these; `currency` where neither says it."""
    return next((found for one in SHIPPED if (found := one.mapping(table, currency, delimiter))), None)


def _roles(text: str) -> dict[Role, str]:
    """`date=Posting Date; amount=Amount` as roles."""
    pairs = (pair.partition("=") for pair in text.split(";"))
    return {Role(role.strip()): name.strip() for role, _, name in pairs}


_YMD, _DMY, _MDY = DateOrder.YMD, DateOrder.DMY, DateOrder.MDY
_ASSET, _OWED = AccountKind.ASSET, AccountKind.LIABILITY

SHIPPED: Final[Sequence[Shipped]] = (
    Shipped(
        "mint",
        _roles(
            "date=Date; description=Description; amount=Amount; direction=Transaction Type; category=Category;"
            "account=Account Name"
        ),
        _MDY,
        rest=_roles("note=Notes"),
        currency="USD",
    ),
    Shipped(
        "monefy",
        _roles("date=date; account=account; category=category; amount=amount; currency=currency"),
        _DMY,
        also=("converted amount",),
        rest=_roles("description=description"),
    ),
    Shipped(
        "maybe",
        _roles("date=Date; payee=Name; amount=Amount; category=Category; account=Account; note=Notes"),
        _YMD,
        also=("Tags",),
        rest=_roles("currency=Currency"),
    ),
    Shipped(
        "chase",
        _roles("date=Posting Date; description=Description; amount=Amount"),
        _MDY,
        also=("Details", "Balance", "Check or Slip #"),
        rest=_roles("category=Type"),
        currency="USD",
        account=_ASSET,
    ),
    Shipped(
        "chase_card",
        _roles("date=Transaction Date; description=Description; category=Category; amount=Amount"),
        _MDY,
        also=("Post Date", "Type"),
        rest=_roles("note=Memo"),
        currency="USD",
        account=_OWED,
    ),
    Shipped(
        "capital_one",
        _roles("date=Transaction Date; description=Description; category=Category; debit=Debit; credit=Credit"),
        _YMD,
        also=("Posted Date", "Card No."),
        currency="USD",
        account=_OWED,
    ),
    Shipped(
        "n26",
        _roles("date=Date; payee=Payee; description=Payment reference; amount=Amount (EUR)"),
        _YMD,
        also=("Account number", "Transaction type"),
        rest=_roles("category=Category"),
        currency="EUR",
        account=_ASSET,
    ),
    Shipped(
        "n26",
        _roles("date=Booking Date; payee=Partner Name; description=Payment Reference; amount=Amount (EUR)"),
        _YMD,
        also=("Partner Iban", "Original Amount"),
        currency="EUR",
        account=_ASSET,
    ),
    Shipped(
        "monzo",
        _roles("order_id=Transaction ID; date=Date; time=Time; payee=Name; amount=Amount; currency=Currency"),
        _DMY,
        also=("Emoji", "Local amount"),
        rest=_roles("category=Category; note=Notes and #tags; description=Description"),
        account=_ASSET,
    ),
    Shipped(
        "starling",
        _roles("date=Date; payee=Counter Party; description=Reference; amount=Amount (GBP)"),
        _DMY,
        also=("Type", "Balance (GBP)"),
        rest=_roles("category=Spending Category; note=Notes"),
        currency="GBP",
        account=_ASSET,
    ),
    Shipped(
        "bunq",
        _roles("date=Date; amount=Amount; account=Account; payee=Name; description=Description"),
        _YMD,
        also=("Counterparty",),
        currency="EUR",
    ),
    Shipped(
        "ing_nl",
        _roles("date=Datum; payee=Naam / Omschrijving; account=Rekening; direction=Af Bij; amount=Bedrag (EUR)"),
        _YMD,
        also=("Tegenrekening", "Code"),
        rest=_roles("description=Mededelingen"),
        currency="EUR",
    ),
    Shipped(
        "rabobank",
        _roles("account=IBAN/BBAN; currency=Munt; date=Datum; amount=Bedrag; payee=Naam tegenpartij"),
        _YMD,
        also=("Volgnr",),
        rest=_roles("order_id=Volgnr; description=Omschrijving-1"),
    ),
    Shipped(
        "dkb",
        _roles("date=Buchungsdatum; payee=Zahlungsempfänger*in; description=Verwendungszweck; amount=Betrag (€)"),
        _DMY,
        also=("Wertstellung", "Zahlungspflichtige*r"),
        rest=_roles("order_id=Kundenreferenz"),
        currency="EUR",
        account=_ASSET,
    ),
    Shipped(
        "ing_de",
        _roles("date=Buchung; payee=Auftraggeber/Empfänger; description=Verwendungszweck; amount=Betrag"),
        _DMY,
        also=("Buchungstext",),
        rest=_roles("currency=Währung"),
        currency="EUR",
        account=_ASSET,
    ),
    Shipped(
        "sparkasse",
        _roles(
            "account=Auftragskonto; date=Buchungstag; description=Verwendungszweck; amount=Betrag; currency=Waehrung;"
            "payee=Beguenstigter/Zahlungspflichtiger"
        ),
        _DMY,
        also=("Valutadatum",),
    ),
)
