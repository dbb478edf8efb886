"""What a single screen is made of, beyond what all share: one module a screen."""
