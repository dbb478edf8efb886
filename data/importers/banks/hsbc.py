"""HSBC in Hong Kong: day before month, signed amounts as the account sees them, a currency in every row."""

from __future__ import annotations

from data.importers.banks.profile import Profile
from data.importers.mapping import DateOrder
from data.importers.statement import Direction

BANK = "汇丰银行"
PROFILES = (
    Profile(
        format="hsbc_hk_credit",
        bank=BANK,
        credit=True,
        date="Transaction date|Post date",
        amount="Billing amount",
        currency="Billing currency",
        payee="Merchant name|Description",
        note="Description",
        status="Transaction status",
        proof=("Billing amount", "Billing currency", "Credit / Debit"),
        default_currency="HKD",
        date_order=DateOrder.DMY,
        positive=Direction.IN,
        noise=r"\s{2,}.*$|^(?:SALES|RETURN):\s*",
    ),
    Profile(
        format="hsbc_hk_debit",
        bank=BANK,
        credit=False,
        date="Date",
        amount="Billing amount",
        currency="Billing currency",
        balance="Balance",
        payee="Description",
        proof=("Billing amount", "Billing currency", "Balance currency"),
        default_currency="HKD",
        date_order=DateOrder.DMY,
        noise=r"^(?:POS PURCHASE|SALARY PAYMENT|BILL PAYMENT|FUND TRANSFER FROM|ONLINE TRANSFER)\s{2,}(?:TO )?"
        r"|\s+HC\d{6,}.*$|\s+\(?\d{2}[A-Z]{3}\d{0,2}\)?$",
    ),
)
