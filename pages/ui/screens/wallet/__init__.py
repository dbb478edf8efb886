"""The screen of the wallet and the bound cards, a piece a file."""
