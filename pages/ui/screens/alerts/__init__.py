"""The alerts screen, a module a question."""
