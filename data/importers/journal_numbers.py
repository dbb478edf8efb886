"""What a sum written in a journal comes to: `-1*(1.2+3.4)*5`, exactly."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Final

_TOKEN: Final = re.compile(r"\s*(?:(?P<number>\d[\d,]*(?:\.\d*)?|\.\d+)|(?P<sign>[-+*/()]))")
LONGEST: Final = 200  # signs of a sum: no person writes more, and ever longer ones would take ever longer
LONGEST_POSTING: Final = 1_000  # of a posting with its lot, notes, price and balance
_PLAIN: Final = re.compile(r"([-+]?)(\d+)(?:\.(\d*))?")

_POWERS: Final = tuple(10**places for places in range(13))


class Unreadable(Exception):  # noqa: N818 - it becomes a problem of the file
    """The text is no sum."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text[:60]


def calculated(text: str) -> Fraction:
    """The value of a sum of numbers with + - * / and parentheses; commas between digits are grouping.

    Raises:
        Unreadable: for anything else.
    """
    plain = _PLAIN.fullmatch(text)
    if plain and len(text) <= LONGEST:
        return decimal(plain[2], plain[3] or "", negative=plain[1] == "-")
    found = _Sum(text)
    value = found.terms()
    if found.tokens:
        raise Unreadable(text)
    return value


def decimal(whole: str, decimals: str, *, negative: bool = False) -> Fraction:
    """`whole.decimals`, of plain digits: what journals are made of; read as text each takes several times longer."""
    number, places = int(whole + decimals), len(decimals)
    scale: int = _POWERS[places] if places < len(_POWERS) else 10**places
    return Fraction(-number if negative else number, scale)


class _Sum:
    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens: list[str] = []
        at = 0
        text = text.rstrip()
        while at < len(text):
            token = _TOKEN.match(text, at)
            if token is None or len(text) > LONGEST:
                raise Unreadable(self.text)
            self.tokens.append(token[0].strip())
            at = token.end()
        self.tokens.reverse()

    def terms(self) -> Fraction:
        value = self._factors()
        while self.tokens and self.tokens[-1] in "+-":
            sign = 1 if self.tokens.pop() == "+" else -1
            value += sign * self._factors()
        return value

    def _factors(self) -> Fraction:
        value = self._one()
        while self.tokens and self.tokens[-1] in "*/":
            if self.tokens.pop() == "*":
                value *= self._one()
            else:
                value = self._divided(value, self._one())
        return value

    def _divided(self, value: Fraction, by: Fraction) -> Fraction:
        if not by:
            raise Unreadable(self.text)
        return value / by

    def _one(self) -> Fraction:
        part = self.tokens.pop() if self.tokens else ""
        if part in {"+", "-"}:
            return self._one() if part == "+" else -self._one()
        if part == "(":
            value = self.terms()
            if not self.tokens or self.tokens.pop() != ")":
                raise Unreadable(self.text)
            return value
        if not part or part in "*/)":
            raise Unreadable(self.text)
        return Fraction(part.replace(",", "").rstrip("."))
