"""Statements against the ledger: duplicates, refunds and their purchases, previews. Pure."""
