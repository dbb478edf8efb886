"""What a field of a batch line may hold, and the value it stands for. Pure.

Nothing is guessed from a value of another type: a number in quotes is a text, a text is never a number, `true` is not
1, and a fraction is no amount. Where a fraction can be meant (a percentage), its digits are read exactly.
"""

from __future__ import annotations

import enum
import unicodedata
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Annotated, Final, TypeVar

from data.ledger.coupons import CouponKind
from data.ledger.wallet.commands import CardKind
from data.ledger.wallet.earning import ONE

NAME_LENGTH: Final = 64
CODE_LENGTH: Final = 255
TEXT_LENGTH: Final = 500
_MOST: Final = 2**63 - 1  # what a column holds; what an amount may be is a rule's to say
_DIGITS: Final = 12  # before the point of a percentage or a factor, and behind it: beyond is a typing error
_MCC_DIGITS: Final = 4
_NO_LIMIT: Final = -1
_FIRST, _LAST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)
_INVISIBLE: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})
_WALLET: Final = "wallet"
_CARD: Final = "card:"
_COUPON_KINDS: Final[Mapping[str, CouponKind]] = {
    **dict.fromkeys(("off_over", "full_reduction", "threshold", "满减"), CouponKind.OFF_OVER),
    **dict.fromkeys(("instant", "instant_off", "fixed", "立减"), CouponKind.INSTANT),
    **dict.fromkeys(("percent", "percent_off", "discount", "折扣"), CouponKind.PERCENT),
}
V = TypeVar("V")
T = TypeVar("T")


class Unfit(Exception):  # noqa: N818 - a value's fault, told as an outcome
    """The value cannot stand in this field.

    reason: missing, unknown_field, unknown_command, wrong_type, empty, too_long, not_text, negative, too_large,
    not_offered, not_an_instant, out_of_range, not_exact, twice.
    """

    def __init__(self, reason: str, field: str | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.field = field


class Kept(enum.Enum):
    """What stands for a field that a line leaves out where leaving it out means: as it is."""

    KEPT = "kept"


def _unfit(wrong: bool, reason: str) -> None:  # noqa: FBT001 - the condition itself, as in `require`
    if wrong:
        raise Unfit(reason)


def text(value: object) -> str:
    """Any text, also an empty one."""
    if not isinstance(value, str):
        raise Unfit("wrong_type")
    _unfit(len(value) > TEXT_LENGTH, "too_long")
    _unfit(any(c == "\0" or "\ud800" <= c <= "\udfff" for c in value), "not_text")
    return value


def said(value: object) -> str:
    """A text that says something."""
    found = text(value)
    _unfit(not found.strip(), "empty")
    return found


def code(value: object) -> str:
    """What a file calls a thing: one line that can be read."""
    found = said(value)
    _unfit(len(found) > CODE_LENGTH, "too_long")
    _unfit(not found.isprintable() and any(unicodedata.category(c) in _INVISIBLE for c in found), "not_text")
    return found


def name(value: object) -> str:
    """A person's name, in the form in which a sign-up keeps it."""
    shown = unicodedata.normalize("NFKC", code(value)).strip()
    _unfit(not shown, "empty")
    _unfit(len(shown) > NAME_LENGTH, "too_long")
    return shown


def name_or_none(value: object) -> str | None:
    """The same, or null for nobody."""
    return None if value is None else name(value)


def _whole(value: object) -> int:
    if type(value) is not int:  # a bool is an int to Python and none to anybody else
        raise Unfit("wrong_type")
    _unfit(value < 0, "negative")
    _unfit(value > _MOST, "too_large")
    return value


def count(value: object) -> int:
    """A whole number from 0."""
    return _whole(value)


def count_or_none(value: object) -> int | None:
    """The same, or null for none."""
    return None if value is None else _whole(value)


def limit(value: object) -> int:
    """Minor units; null takes the limit away."""
    return _NO_LIMIT if value is None else _whole(value)


def order(value: object) -> int:
    """A whole number of either sign."""
    if type(value) is not int:
        raise Unfit("wrong_type")
    _unfit(abs(value) > _MOST, "too_large")
    return value


def flag(value: object) -> bool:
    """True or false."""
    if not isinstance(value, bool):
        raise Unfit("wrong_type")
    return value


def fraction(value: object) -> Decimal:
    """A number from 0 with any decimals, exactly as it is written."""
    if type(value) is int:
        value = Decimal(_whole(value))
    if not isinstance(value, Decimal):
        raise Unfit("wrong_type")
    _unfit(value < 0, "negative")
    _unfit(value.adjusted() >= _DIGITS, "too_large")
    exponent = value.as_tuple().exponent
    _unfit(not isinstance(exponent, int) or exponent < -_DIGITS, "not_exact")
    return value


def written_fraction(value: object) -> Decimal:
    """The same; also written as a text, for makers of files that have only binary fractions."""
    if isinstance(value, str):
        try:
            value = Decimal(text(value))
        except InvalidOperation:
            raise Unfit("wrong_type") from None
        _unfit(not value.is_finite(), "wrong_type")
    return fraction(value)


def exactly(value: Decimal) -> int:
    """The whole number that it is."""
    _unfit(value != value.to_integral_value(), "not_exact")
    return int(value)


def percent(value: object) -> int:
    """A percentage in basis points: 12.5 is 1250."""
    return exactly(written_fraction(value) * (ONE // 100))


def factor(value: object) -> int:
    """A factor in basis points: 1.5 is 15000."""
    return exactly(written_fraction(value) * ONE)


def instant(value: object) -> datetime:
    """An ISO 8601 instant, UTC where it names no zone; a date is its first instant. UTC without zone comes out."""
    try:
        found = datetime.fromisoformat(text(value))
    except ValueError:
        raise Unfit("not_an_instant") from None
    aware = found.replace(tzinfo=UTC) if found.tzinfo is None else found
    _unfit(not _FIRST <= aware < _LAST, "out_of_range")
    return aware.astimezone(UTC).replace(tzinfo=None)


def instant_or_none(value: object) -> datetime | None:
    """The same, or null for no bound."""
    return None if value is None else instant(value)


def code_or_none(value: object) -> str | None:
    """A code, or null for none."""
    return None if value is None else code(value)


def mcc(value: object) -> str:
    """A merchant category code. Written as a number it has lost its leading zeros."""
    return str(_whole(value)).zfill(_MCC_DIGITS) if type(value) is int else text(value)


def source(value: object) -> str | None:
    """Where the money comes from: the name of a card, None for the wallet."""
    found = code(value)
    if found == _WALLET:
        return None
    _unfit(not found.startswith(_CARD), "not_offered")
    return code(found.removeprefix(_CARD))


def card_kind(value: object) -> CardKind:
    """Debit or credit."""
    found = code(value)
    _unfit(found not in set(CardKind), "not_offered")
    return CardKind(found)


def coupon_kind(value: object) -> CouponKind:
    """Which reduction, by any of the names that people use for it."""
    found = _COUPON_KINDS.get(code(value))
    if found is None:
        raise Unfit("not_offered")
    return found


def coupons(value: object) -> tuple[str, ...]:
    """The coupons to use: null, one, or a list of different ones."""
    if value is None:
        return ()
    found = tuple(map(code, value)) if isinstance(value, list) else (code(value),)
    _unfit(len(set(found)) < len(found), "twice")
    return found


Name = Annotated[str, name]
NameOrNone = Annotated[str | None, name_or_none]
Code = Annotated[str, code]
CodeOrNone = Annotated[str | None, code_or_none]
Text = Annotated[str, text]
TextOrKept = Annotated[str | Kept, text]
Said = Annotated[str, said]
Minor = Annotated[int, count]
Count = Annotated[int, count]
CountIfSaid = Annotated[int | None, count]
CountOrNone = Annotated[int | None, count_or_none]
CountOrKept = Annotated[int | Kept, count]
CountOrNoneOrKept = Annotated[int | Kept | None, count_or_none]
Limit = Annotated[int | None, limit]
Order = Annotated[int, order]
Flag = Annotated[bool, flag]
FractionIfSaid = Annotated[Decimal | None, fraction]
Percent = Annotated[int, percent]
PercentIfSaid = Annotated[int | None, percent]
FactorIfSaid = Annotated[int | None, factor]
Instant = Annotated[datetime | None, instant_or_none]
Mcc = Annotated[str, mcc]
Source = Annotated[str | None, source]
Card = Annotated[CardKind, card_kind]
Reduction = Annotated[CouponKind, coupon_kind]
Coupons = Annotated[tuple[str, ...], coupons]


def read(reader: Callable[[V], T], value: V, field: str) -> T:
    """The field's value.

    Raises:
        Unfit: naming the field.
    """
    try:
        return reader(value)
    except Unfit as no:
        raise Unfit(no.reason, field) from None
