"""What makes a statement line the same line in another form of the file or a later download.

An identity is built from what a source never changes about a row: its family (the Alipay app and web exports are
one), the instant to the second, the gross amount, both ids, the payee, and whether it is a refund. Status and
direction are left out, because a later download shows the same purchase closed or refunded. The ids alone would not
do: exports mask them, so strangers share them. True twins have equal identities; the store tells them apart by count.
"""

from __future__ import annotations


def identity_of(  # the seven facts, in the order they are compared
    family: str, stamp: str, minor: int, order_id: str, merchant_order_id: str, payee: str, *, refund: bool
) -> tuple[str, ...]:
    """The identity of a row; equal for the CSV text and the sheet's serial number of one row.

    stamp: the local time as `YYYY-MM-DD HH:MM:SS`; minor: the gross amount; ids and payee are empty where the file
    has `/`.
    """
    return (family, stamp, str(minor), order_id, merchant_order_id, payee, "refund" if refund else "")


def fee_identity(row: tuple[str, ...]) -> tuple[str, ...]:
    """The identity of the fee that a row contains."""
    return (*row, "fee")


def inline_refund_identity(row: tuple[str, ...]) -> tuple[str, ...]:
    """The identity of the refund that an original row states about itself.

    Without its amount: the figure is a running total, so a later download with a larger one must meet the earlier
    line as the same refund, not as a second refund on top of it.
    """
    return (*row, "inline_refund")
