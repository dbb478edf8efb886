"""The screen on which accounts are compared with their statements."""
