"""How secrets are made, checked and kept. Pure: no clock, no store; the caller brings both."""
