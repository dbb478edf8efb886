"""Payments that come back: the pieces of the screen Recurring."""
