"""What one CAMT entry says: its texts by meaning, the same for all versions, before anything is judged.

Version 1 puts the details directly into the entry, later ones into `NtryDtls`; version 8 wraps parties in `Pty` and
the status in `Cd`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from data.importers.ofx_text import Element

# What a bank writes where a reference has to stand and there is none.
_NO_REFERENCE = frozenset({"NOTPROVIDED", "NOTAVAILABLE", "NONREF", "NONE", "N/A"})
_AMOUNTS = (("Amt",), ("AmtDtls", "TxAmt", "Amt"), ("AmtDtls", "CntrValAmt", "Amt"), ("AmtDtls", "InstdAmt", "Amt"))
_DATES = ("AccptncDtTm", "TxDtTm", "TradDt", "IntrBkSttlmDt", "StartDt")
_CARD_NUMBER = "PAN"
_MCC = re.compile(r"\d{4}")


class Party(NamedTuple):
    """One side of a payment: its name, and the number of its account."""

    name: str
    account: str


class Detail(NamedTuple):
    """One transaction of an entry.

    amounts: (figure, currency), the best first. returned: the payment came back. cells: by path, as in the file.
    """

    amounts: tuple[tuple[str, str], ...]
    mark: str
    servicer_reference: str
    end_to_end: str
    creditor: Party
    debtor: Party
    words: str
    returned: bool
    code: frozenset[str]
    mcc: str
    on: str
    cells: Mapping[str, str]


class Entry(NamedTuple):
    """One booked, pending or announced amount on the account. amount and currency are texts; mark is CRDT or DBIT."""

    line: int
    amount: str
    currency: str
    mark: str
    status: str
    reversal: bool
    booked: str
    valued: str
    reference: str
    entry_reference: str
    code: frozenset[str]
    information: str
    details: tuple[Detail, ...]
    cells: Mapping[str, str]


def entry_of(node: Element) -> Entry:
    """The entry that an `Ntry` element is."""
    status = node.first("Sts")
    return Entry(
        node.line,
        *amount_text(node, "Amt"),
        node.value("CdtDbtInd").upper(),
        ((status.text or status.value("Cd") or status.value("Prtry")) if status else "").upper(),
        node.value("RvslInd").lower() in {"true", "1"},
        date_text(node, "BookgDt"),
        date_text(node, "ValDt"),
        _reference(node.value("AcctSvcrRef")),
        _reference(node.value("NtryRef")),
        _code(node),
        node.value("AddtlNtryInf"),
        tuple(_detail(found) for found in node.walk("TxDtls")),
        _flat(node, without="TxDtls"),
    )


def date_text(node: Element, *path: str) -> str:
    """`Dt` or `DtTm` below a path."""
    return node.value(*path, "Dt") or node.value(*path, "DtTm")


def amount_text(node: Element, *path: str) -> tuple[str, str]:
    """The figure at a path and the currency it carries."""
    return node.value(*path), node.value(*path, "@Ccy").upper()


def _detail(node: Element) -> Detail:
    amounts = (amount_text(node, *path) for path in _AMOUNTS)
    parties = node.first("RltdPties") or node
    return Detail(
        tuple(amount for amount in amounts if amount[0]),
        node.value("CdtDbtInd").upper(),
        _reference(node.value("Refs", "AcctSvcrRef")),
        _reference(node.value("Refs", "EndToEndId")),
        _party(parties, "Cdtr"),
        _party(parties, "Dbtr"),
        _words(node),
        node.first("RtrInf") is not None,
        _code(node),
        next((found.text for found in node.walk("MrchntCtgyCd") if _MCC.fullmatch(found.text)), ""),
        next((text for tag in _DATES if (text := node.value("RltdDts", tag))), ""),
        _flat(node, without="", above="TxDtls/"),
    )


def _reference(text: str) -> str:
    return "" if text.upper() in _NO_REFERENCE else text


def _party(parties: Element, role: str) -> Party:
    name = ""
    for tag in (role, f"Ultmt{role}"):
        name = name or parties.value(tag, "Nm") or parties.value(tag, "Pty", "Nm")
    return Party(name, account_text(parties.first(f"{role}Acct")))


def account_text(account: Element | None) -> str:
    """The number of an account: an IBAN, or whatever else identifies it."""
    if account is None:
        return ""
    paths = (("IBAN",), ("Othr", "Id"), ("PrtryAcct", "Id"), ("BBAN",), ("UPIC",))
    return next((text for path in paths if (text := account.value("Id", *path))), "")


def _words(node: Element) -> str:
    remitted = node.first("RmtInf")
    free = [found.text for found in remitted.children if found.tag == "Ustrd"] if remitted else []
    if not any(free) and remitted:
        free = [found.text for found in remitted.walk("Ref", "AddtlRmtInf")]
    return " ".join(text for text in free if text) or node.value("AddtlTxInf")


def _code(node: Element) -> frozenset[str]:
    """Family and sub-family of the bank transaction code (ISO 20022 external code set)."""
    family = ("BkTxCd", "Domn", "Fmly")
    return frozenset(filter(None, (node.value(*family, "Cd"), node.value(*family, "SubFmlyCd"))))


def _flat(node: Element, *, without: str, above: str = "") -> dict[str, str]:
    """Every value below an element by its path; repeated ones together, card numbers as their last four digits."""
    found: dict[str, str] = {}
    _flatten(node, without, above, found)
    return found


def _flatten(node: Element, without: str, above: str, found: dict[str, str]) -> None:
    for child in node.children:  # nested no deeper than the reader lets trees become
        tag = child.tag
        if tag == without:
            continue
        path = above + tag
        if child.text:
            text = f"•{child.text[-4:]}" if tag == _CARD_NUMBER else child.text
            found[path] = f"{found[path]} · {text}" if path in found else text
        if child.children:
            _flatten(child, without, path + "/", found)
