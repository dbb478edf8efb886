"""The banks behind bound cards: what we ask of any of them, and the sandbox that is built in."""
