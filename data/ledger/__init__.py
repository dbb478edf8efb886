"""The ledger's rules: pure functions from commands and facts to entries."""
