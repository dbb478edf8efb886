"""A room: the wallet's commands as JSON Lines, for migration, tests and load. `python -m data apply` is its door."""
