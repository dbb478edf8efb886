"""Which account a number in a bank's own file names: an IBAN, a number at a bank, or a card that is kept as last four.

The key is the same wherever the account is named, so a CAMT, an MT940 and an OFX file of one account meet.
"""

from __future__ import annotations

import re

from data.importers.figures import currency_of
from data.importers.statement import AccountHint, AccountKind

_IBAN = re.compile(r"[A-Z]{2}\d{2}[A-Z0-9]{10,30}")
_CARD = re.compile(r"\d{13,19}")
_SUFFIX = re.compile(r"(?P<number>.*\d)[ /]?(?P<code>[A-Z]{3})")
_LONGEST = 64  # characters; the standards allow 35


def is_iban(text: str) -> bool:
    """Whether a text has the form of an IBAN (ISO 13616), its blanks taken out."""
    return bool(_IBAN.fullmatch(_compact(text)))


def account_named(
    number: str, *, bank: str = "", institution: str = "", kind: AccountKind = AccountKind.ASSET
) -> AccountHint:
    """The account of this number. bank: the code of its bank; institution: what the bank is called, if it is said."""
    compact, digits = _compact(number), re.sub(r"\D", "", number)
    last4 = digits[-4:] if len(digits) >= 4 else ""  # noqa: PLR2004 - the last four
    called = institution or bank
    if is_iban(number):
        return AccountHint(f"iban:{compact}", compact, kind, called, last4)
    if _CARD.fullmatch(compact) and _luhn(compact):
        return AccountHint(f"card:{called}:{last4}", f"{called} •{last4}".strip(), kind, called, last4)
    text = number.strip()[:_LONGEST]
    return AccountHint(f"account:{bank}:{text}", text, kind, called, last4)


def account_and_currency(text: str) -> tuple[AccountHint | None, str]:
    """The account that MT940 writes as `bank/number`, `bank/numberEUR`, `IBAN EUR`, `IBAN/EUR`, and that currency."""
    written, currency = _without_currency(text.strip().upper()[:_LONGEST])
    bank, _, number = (part.strip() for part in written.rpartition("/"))
    return (account_named(number, bank=bank) if number else None), currency


def _without_currency(number: str) -> tuple[str, str]:
    found = _SUFFIX.fullmatch(number)
    # The IBANs of Mauritius and the Seychelles end in a currency's code themselves.
    if found is None or _checks_out(number.rpartition("/")[2]) or currency_of(found["code"]) != found["code"]:
        return number, ""
    return found["number"], found["code"]


def _compact(text: str) -> str:
    return re.sub(r"\s", "", text).upper()


def _checks_out(text: str) -> bool:
    """ISO 7064 modulo 97-10 over an IBAN."""
    compact = _compact(text)
    if not (_IBAN.fullmatch(compact) and compact.isascii()):
        return False
    return int("".join(str(int(char, 36)) for char in compact[4:] + compact[:4])) % 97 == 1


def _luhn(digits: str) -> bool:
    """ISO/IEC 7812-1: what a card's number satisfies and nine of ten other numbers don't."""
    doubled = [int(digit) * (1 + at % 2) for at, digit in enumerate(reversed(digits))]
    return sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0  # noqa: PLR2004 - one digit
