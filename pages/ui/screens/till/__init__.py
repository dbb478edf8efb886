"""The till: opening a merchant, codes to be paid, what comes in today."""
