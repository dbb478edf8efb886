"""Bank of Montreal, the credit card's table: purchases positive, in Canadian dollars, the card's number in quotes."""

from __future__ import annotations

from data.importers.banks.profile import Profile

PROFILES = (
    Profile(
        format="bmo_credit",
        bank="BMO",
        credit=True,
        date="Transaction Date|Posting Date",
        amount="Transaction Amount",
        payee="Description",
        card="Card #",
        proof=("Item #", "Card #", "Transaction Amount", "Posting Date"),
        default_currency="CAD",
        utc_offset=-300,
    ),
)
