"""Which passwords are good enough, and how one is kept and checked (LEDGER §7).

Length counts, composition does not: any Unicode, counted in code points after NFKC. A password that stands alone needs
`ALONE` characters, one beside a second factor `WITH_SECOND_FACTOR`. Leaked, repetitive and sequential ones are refused,
and so are those that are little more than the person's or the product's name.
"""

from __future__ import annotations

import dataclasses
import functools
import re
import unicodedata
from collections.abc import Iterable
from importlib import resources

import argon2
from argon2.exceptions import InvalidHashError, VerificationError

from data.errors import Rejection

ALONE = 15
WITH_SECOND_FACTOR = 8
LONGEST = 128
_PRODUCT_WORDS = ("littlegoldcard", "goldcard", "xiaojinka", "小金卡", "wallet", "password", "密码")
_KEYBOARD_RUNS = (
    "01234567890",
    "abcdefghijklmnopqrstuvwxyz",
    "qwertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "1qaz2wsx3edc4rfv5tgb",
)
_RUN = 4  # this many keys in a row are a run
_MEANINGFUL = 6  # this many characters beside known words and runs make a password somebody's own
_HOST_WORD = 4  # shorter parts of an address (`www`, `org`) say nothing
_HASHER = argon2.PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)


@dataclasses.dataclass(unsafe_hash=True)
class PasswordTooShort(Rejection):
    """Fewer code points than its role demands."""

    minimum: int
    length: int


@dataclasses.dataclass(unsafe_hash=True)
class PasswordTooLong(Rejection):
    """More code points than anybody types."""

    maximum: int
    length: int


@dataclasses.dataclass(unsafe_hash=True)
class PasswordCommon(Rejection):
    """On the list of leaked passwords, or a run or repetition that is tried first."""


@dataclasses.dataclass(unsafe_hash=True)
class PasswordContainsName(Rejection):
    """Little more than a word that a stranger knows: the person's name or the product's."""

    word: str


def check_password(password: str, *, second_factor: bool, names: Iterable[str] = ()) -> None:
    """Whether a new password may be used; `names` are words a stranger knows about the person.

    Raises:
        PasswordTooShort, PasswordTooLong, PasswordCommon, PasswordContainsName: in this order.
    """
    text = _nfkc(password)
    minimum = WITH_SECOND_FACTOR if second_factor else ALONE
    if len(text) < minimum:
        raise PasswordTooShort(minimum, len(text))
    if len(text) > LONGEST:
        raise PasswordTooLong(LONGEST, len(text))
    folded = _folded(text)
    if _is_common(folded):
        raise PasswordCommon
    known = [word for word in (*names, *_PRODUCT_WORDS) if word and _folded(word) in folded]
    rest = functools.reduce(lambda left, word: left.replace(_folded(word), " "), known, folded)
    if known and len(_own_part(rest)) < _MEANINGFUL:
        raise PasswordContainsName(known[0])


def words_of_host(host: str) -> tuple[str, ...]:
    """The words of the address that this wallet is opened at, which a stranger knows too."""
    name = host.rsplit(":", 1)[0].strip("[]")
    return tuple(word for word in re.split(r"[^a-z0-9\u0080-\uffff]+", name.casefold()) if len(word) >= _HOST_WORD)


def hash_password(password: str) -> str:
    """What is kept instead of the password: argon2id, salted. Costs about 70 ms and 19 MiB."""
    return _HASHER.hash(_nfkc(password))


def verify_password(kept: str, password: str) -> bool:
    """Whether this is the password behind `kept`. Costs the same for a right and a wrong one."""
    if len(password) > LONGEST * 4:  # nobody's password; hashing megabytes would be a gift to an attacker
        return False
    try:
        return _HASHER.verify(kept, _nfkc(password))
    except (VerificationError, InvalidHashError):
        return False


def needs_rehash(kept: str) -> bool:
    """Whether it was made with other costs than today's, so that the next sign-in should renew it."""
    return _HASHER.check_needs_rehash(kept)


def verify_nothing(password: str) -> bool:
    """False after the time of a check, for a name that does not exist: names cannot be told apart by time."""
    verify_password(_stand_in(), password)
    return False


def _nfkc(password: str) -> str:
    return unicodedata.normalize("NFKC", password)


def _folded(text: str) -> str:
    return _nfkc(text).casefold()


@functools.cache
def _stand_in() -> str:
    return hash_password("nobody has this password")


@functools.cache
def _leaked() -> frozenset[str]:
    text = resources.files("data.security").joinpath("common_passwords.txt").read_text(encoding="utf-8")
    return frozenset(line for line in text.splitlines() if line and not line.startswith("#"))


def _is_common(folded: str) -> bool:
    if folded in _leaked():
        return True
    core = folded.strip("0123456789!@#$%^&*._- ")
    rest = folded.replace(core, " ") if core in _leaked() else folded
    return len(_own_part(rest)) < _MEANINGFUL


def _own_part(folded: str) -> str:
    """What is left when runs along the keyboard or the alphabet, repetitions and punctuation are taken out."""
    in_run: set[int] = set()
    for at in range(len(folded) - _RUN + 1):
        if folded[at : at + _RUN] in _runs():
            in_run.update(range(at, at + _RUN))
    rest = "".join(c for at, c in enumerate(folded) if at not in in_run)
    return re.sub(r"[\W_]+", "", re.sub(r"(.{1,8}?)\1+", r"\1", rest))


@functools.cache
def _runs() -> frozenset[str]:
    both_ways = [line[::step] for line in _KEYBOARD_RUNS for step in (1, -1)]
    return frozenset(line[at : at + _RUN] for line in both_ways for at in range(len(line) - _RUN + 1))
