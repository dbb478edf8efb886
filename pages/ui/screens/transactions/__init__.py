"""The parts of the screen that lists transactions: search, list, edits of many, and one of them seen whole."""
