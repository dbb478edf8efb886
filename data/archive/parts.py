"""Which files the archive has, and why what stands in the other tables of the store is in none of them.

A new table must be named here, as one that a file shows or with the reason why none does: a test looks at the store.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from data.archive import ledger_parts, person_parts, planning_parts, wallet_parts
from data.archive.part import Part

PARTS: Final[tuple[Part, ...]] = (
    *ledger_parts.PARTS,
    *planning_parts.PARTS,
    *wallet_parts.PARTS,
    *person_parts.PARTS,
)
LEFT_OUT: Final[Mapping[str, str]] = {
    "request": "answers kept for repeated requests; what came of each stands in the other files",
    "audit_link": "sums over everybody's rows together; says nothing about one person",
    "migration": "which shape the store has",
    "sealing": "proves the key of the installation",
    "sign_in_challenge": "lives for minutes and opens a door",
    "passkey_challenge_used": "lives for minutes",
    "password_reset": "opens a door",
    "recovery_code": "opens a door",
    "sign_up_choice": "how the installation is run, not a person's",
    "backup_event": "how the installation is run, not a person's",
    "working_day": "the published calendar",
    "month_sums": "sums of the transactions file, made anew at any time",
    "spoiled_month": "which of those sums are to be made anew",
}
