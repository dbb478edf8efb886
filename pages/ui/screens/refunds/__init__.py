"""What was paid and what comes back: the pieces of the screen Refunds, some of them shared with the merchants'."""
