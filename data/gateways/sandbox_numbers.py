"""How the sandbox bank treats a card, by its number.

Charges and payouts are treated alike where nothing else is said; refunds are approved but for the last card's.

| number              | brand      | kind   | behaviour             | charges and payouts                       |
|---------------------|------------|--------|-----------------------|-------------------------------------------|
| 6200000000000047    | UnionPay   | debit  | approved              | approved at once                          |
| 6205500000000000004 | UnionPay   | debit  | approved              | likewise (19 digits)                      |
| 6200000000000005    | UnionPay   | credit | approved              | likewise                                  |
| 4000056655665556    | Visa       | debit  | approved              | likewise                                  |
| 4242424242424242    | Visa       | credit | approved              | likewise                                  |
| 5200828282828210    | Mastercard | debit  | approved              | likewise                                  |
| 5555555555554444    | Mastercard | credit | approved              | likewise                                  |
| 4000000000000002    | Visa       | credit | declined              | `declined`                                |
| 4000000000009995    | Visa       | debit  | insufficient          | `insufficient_funds`; payouts arrive      |
| 4000000000000069    | Visa       | credit | expired               | `expired_card`                            |
| 6200000000000104    | UnionPay   | debit  | slow                  | approved after some seconds               |
| 6200000000000203    | UnionPay   | debit  | unknown_then_approved | no answer; asked again later: approved    |
| 6200000000000302    | UnionPay   | debit  | unknown_then_declined | no answer; asked again later: `declined`  |
| 6200000000000401    | UnionPay   | debit  | unknown_forever       | never an answer, and nothing moves        |
| 6200000000000500    | UnionPay   | credit | refund_fails_once     | approved; a refund's first try: declined, |
|                     |            |        |                       | `refund_failed`, its next try: approved   |

Any other number that could be a card's is approved. The kind is what the person says it is; the bank does not mind.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from data.security.card_numbers import CardNumber


class Behaviour(StrEnum):
    """What a card of the sandbox does; the table above says it in full."""

    APPROVED = "approved"
    DECLINED = "declined"
    INSUFFICIENT = "insufficient"
    EXPIRED = "expired"
    SLOW = "slow"
    UNKNOWN_THEN_APPROVED = "unknown_then_approved"
    UNKNOWN_THEN_DECLINED = "unknown_then_declined"
    UNKNOWN_FOREVER = "unknown_forever"
    REFUND_FAILS_ONCE = "refund_fails_once"


TEST_NUMBERS: Final[Mapping[str, Behaviour]] = MappingProxyType(
    {
        "6200000000000047": Behaviour.APPROVED,
        "6205500000000000004": Behaviour.APPROVED,
        "6200000000000005": Behaviour.APPROVED,
        "4000056655665556": Behaviour.APPROVED,
        "4242424242424242": Behaviour.APPROVED,
        "5200828282828210": Behaviour.APPROVED,
        "5555555555554444": Behaviour.APPROVED,
        "4000000000000002": Behaviour.DECLINED,
        "4000000000009995": Behaviour.INSUFFICIENT,
        "4000000000000069": Behaviour.EXPIRED,
        "6200000000000104": Behaviour.SLOW,
        "6200000000000203": Behaviour.UNKNOWN_THEN_APPROVED,
        "6200000000000302": Behaviour.UNKNOWN_THEN_DECLINED,
        "6200000000000401": Behaviour.UNKNOWN_FOREVER,
        "6200000000000500": Behaviour.REFUND_FAILS_ONCE,
    }
)


def behaviour_of(number: CardNumber) -> Behaviour:
    """What the card of this number does."""
    return TEST_NUMBERS.get(number.digits, Behaviour.APPROVED)
