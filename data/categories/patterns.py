r"""Which regular expressions a person may use, and how they stay fast.

The interpreter's engine backtracks, so `(a+)+$` on thirty letters runs for minutes. Rather than stop it by a clock,
a pattern is read by a small grammar of our own (below), translated, and refused when its worst case is too large:

* Allowed: characters, `.`, classes `[…]`, `\d \w \s \b` and their opposites, `^ $`, groups `( )` and `(?: )`,
  `|`, and the quantifiers `? * + {m} {m,n}` with their lazy forms.
* Not allowed: back references, looking around, named groups, flags, and a repeated group that itself repeats or
  chooses (`(a+)+`, `(a|b)*`; `(a|b)?` is fine).
* The number of ways the engine can try the whole pattern at one place is bounded from the grammar: a sequence
  multiplies, a choice adds, a quantifier counts its possible lengths. At most `MOST_WAYS`.
* Only the first `LONGEST_TEXT` characters of a text are looked at.

Together no search can take more than a few million steps, whatever the text is. Literals are folded like the texts
they are compared with, so a full-width `（` means the character, never a group.
"""

from __future__ import annotations

import dataclasses
import functools
import re

from data.categories.text import fold
from data.errors import Rejection

LONGEST_PATTERN = 200
LONGEST_TEXT = 128
MOST_WAYS = 8 * (LONGEST_TEXT + 1) ** 2
_LARGEST_COUNT = 100

_CLASSES = "dDwWsS"
_EDGES = "bB"
_CONTROLS = "ntrfv"


@dataclasses.dataclass(unsafe_hash=True)
class PatternInvalid(Rejection):
    """The regular expression is not one that may be used.

    reason: `empty`, `too_long`, `syntax`, `not_allowed`, `nested_repeat`, `too_slow`. at: position in the pattern.
    """

    pattern: str
    reason: str
    at: int = 0


@functools.lru_cache(maxsize=1024)
def safe_regex(pattern: str) -> re.Pattern[str]:
    """The compiled form of a person's regular expression, to be searched in folded text of at most `LONGEST_TEXT`.

    Raises:
        PatternInvalid: when it is empty, too long, broken, outside the grammar, or could be slow.
    """
    if not pattern:
        raise PatternInvalid(pattern, "empty")
    if len(pattern) > LONGEST_PATTERN:
        raise PatternInvalid(pattern, "too_long")
    reader = _Reader(pattern)
    read = reader.choice()
    if not reader.ended:
        raise reader.refusal("syntax")
    if read.ways > MOST_WAYS:
        raise PatternInvalid(pattern, "too_slow")
    try:
        return re.compile(read.text, re.IGNORECASE)
    except (re.error, OverflowError, RecursionError):
        raise PatternInvalid(pattern, "syntax") from None


def found(regex: re.Pattern[str], text: str) -> bool:
    """Whether the expression occurs in the text (folded, its first `LONGEST_TEXT` characters)."""
    return regex.search(fold(text)[:LONGEST_TEXT]) is not None


@dataclasses.dataclass(frozen=True, slots=True)
class _Read:
    """A part of a pattern: its translation, and in how many ways it can be tried at one place.

    repeats, chooses: it holds a quantifier, an alternative. is_edge: it matches only a position, so repeating it is
    senseless.
    """

    text: str
    ways: int = 1
    repeats: bool = False
    chooses: bool = False
    is_edge: bool = False


class _Reader:
    """Recursive descent over one pattern. Depth is bounded by `LONGEST_PATTERN`."""

    def __init__(self, pattern: str) -> None:
        self._pattern = pattern
        self._at = 0

    @property
    def ended(self) -> bool:
        return self._at >= len(self._pattern)

    def refusal(self, reason: str) -> PatternInvalid:
        return PatternInvalid(self._pattern, reason, self._at)

    def _peek(self) -> str:
        return "" if self.ended else self._pattern[self._at]

    def _take(self) -> str:
        if self.ended:
            raise self.refusal("syntax")
        self._at += 1
        return self._pattern[self._at - 1]

    def choice(self) -> _Read:
        """`a|b|c`: the ways add up."""
        branches = [self._sequence()]
        while self._peek() == "|":
            self._take()
            branches.append(self._sequence())
        if len(branches) == 1:
            return branches[0]
        return _Read(
            text="|".join(branch.text for branch in branches),
            ways=sum(branch.ways for branch in branches),
            repeats=any(branch.repeats for branch in branches),
            chooses=True,
        )

    def _sequence(self) -> _Read:
        """`abc`: the ways multiply."""
        parts: list[_Read] = []
        while self._peek() not in {"", "|", ")"}:
            parts.append(self._repeated(self._atom()))
        ways = 1
        for part in parts:
            ways = min(ways * part.ways, MOST_WAYS + 1)
        return _Read(
            text="".join(part.text for part in parts),
            ways=ways,
            repeats=any(part.repeats for part in parts),
            chooses=any(part.chooses for part in parts),
        )

    def _repeated(self, atom: _Read) -> _Read:
        """The atom with the quantifier that follows it, if any."""
        bounds = self._bounds()
        if bounds is None:
            return atom
        if atom.is_edge:
            raise self.refusal("not_allowed")
        least, most, text = bounds
        if most > 1 and (atom.repeats or atom.chooses):
            raise self.refusal("nested_repeat")
        if self._peek() == "?":
            text += self._take()
        if self._peek() in {"*", "+", "?", "{"}:
            raise self.refusal("syntax")
        ways = most - least + (1 if most > 1 else atom.ways)
        return _Read(atom.text + text, ways=ways, repeats=True)

    def _bounds(self) -> tuple[int, int, str] | None:
        """Least and most repetitions of the quantifier here, and its text; None where there is none."""
        sign = self._peek()
        if sign in {"?", "*", "+"}:
            self._take()
            return int(sign == "+"), 1 if sign == "?" else LONGEST_TEXT, sign
        if sign != "{":
            return None
        counts = re.compile(r"\{(\d{1,3})(,(\d{0,3}))?\}", re.ASCII).match(self._pattern, self._at)
        if counts is None:
            raise self.refusal("syntax")
        self._at = counts.end()
        least = int(counts[1])
        most = least if counts[2] is None else int(counts[3] or LONGEST_TEXT)
        if least > most or least > _LARGEST_COUNT or most > LONGEST_TEXT:
            raise self.refusal("syntax")
        return least, most, counts[0]

    def _atom(self) -> _Read:
        sign = self._take()
        if sign == "(":
            return self._group()
        if sign == "[":
            return self._class()
        if sign == "\\":
            return self._escape()
        if sign in "^$":
            return _Read(sign, is_edge=True)
        if sign == ".":
            return _Read(sign)
        if sign in "*+?{}":
            raise self.refusal("syntax")
        return _Read(_literal(sign))

    def _group(self) -> _Read:
        if self._pattern.startswith("?:", self._at):
            self._at += 2
        elif self._peek() == "?":
            raise self.refusal("not_allowed")
        inner = self.choice()
        if self._take() != ")":
            raise self.refusal("syntax")
        return dataclasses.replace(inner, text=f"(?:{inner.text})")

    def _escape(self) -> _Read:
        sign = self._take()
        if sign in _EDGES:
            return _Read("\\" + sign, is_edge=True)
        if sign in _CLASSES or sign in _CONTROLS:
            return _Read("\\" + sign)
        if sign.isalnum():
            raise self.refusal("not_allowed")
        return _Read(_literal(sign))

    def _class(self) -> _Read:
        text = "["
        if self._peek() == "^":
            text += self._take()
        members = 0
        while self._peek() != "]" or not members:
            text += self._member()
            members += 1
        self._take()
        return _Read(text + "]")

    def _member(self) -> str:
        sign = self._take()
        if sign == "-":
            return r"\-" if self._peek() == "]" or self._pattern[self._at - 2] in "[^" else "-"
        if sign != "\\":
            return _member_literal(sign)
        sign = self._take()
        if sign in _CLASSES or sign in _CONTROLS:
            return "\\" + sign
        if sign.isalnum():
            raise self.refusal("not_allowed")
        return _member_literal(sign)


def _literal(sign: str) -> str:
    """A character as it looks in folded text (`ß` becomes two, kept together for a quantifier behind it)."""
    folded = fold(sign) or sign
    return re.escape(folded) if len(folded) == 1 else f"(?:{re.escape(folded)})"


def _member_literal(sign: str) -> str:
    """The same within a class, where only one character can stand."""
    folded = fold(sign)
    return re.escape(folded if len(folded) == 1 else sign)
