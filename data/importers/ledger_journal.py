"""hledger and Ledger journals: what is written by hand and by those programs, read line by line.

Rules that make transactions (periodic and automated ones) are not transactions and are passed over with the reason.
What a file includes is not there to be read and is told.
"""

from __future__ import annotations

import dataclasses
import re
from datetime import date
from typing import Final

from data.importers.journal_book import Event, Journal, Named, Posting, Root, Transaction
from data.importers.journal_lines import statement_of
from data.importers.journal_numbers import Unreadable
from data.importers.journal_text import head_of, journal_text
from data.importers.ledger_amounts import Stated, Writing, sample_mark, stated
from data.importers.ledger_roots import declared_root, root_of
from data.importers.mapping import Mapping as Reading
from data.importers.statement import Problem, Skipped, Statement

FORMAT: Final = "ledger"

_FULL_DATE: Final = r"\d{4}[-/.]\d{1,2}[-/.]\d{1,2}"
_ANY_DATE: Final = rf"{_FULL_DATE}|\d{{1,2}}[-/.]\d{{1,2}}"
_HEADER: Final = re.compile(
    rf"(?P<date>{_ANY_DATE})(?:=\S+)?(?:\s+(?P<flag>[*!])(?=\s|\(|$))?\s*(?:\((?P<code>[^)]*)\))?(?P<words>.*)"
)
# An account and, behind two blanks or a tab, its amount.
_POSTING: Final = re.compile(r"(?:[*!]\s+)?(?P<account>\S(?:[^\t;]*?\S)??)(?:(?: {2,}|\s*\t)\s*(?P<amount>.*))?")
_DATED: Final = re.compile(rf"(?:{_ANY_DATE})(?:=\S+)?(?:[ \t].*)?")
_BEHIND: Final = re.compile(r" {2}|\t")  # an account's end: its amount is somewhere behind
_AMOUNT: Final = re.compile(r"[-+=(\"$€£¥\w]")
_NO_ACCOUNT: Final = re.compile(r"[,\"\d]")  # how no account begins; cells of a table do
_MOST_POSTINGS: Final = 60  # looked at below a date
_TAG: Final = re.compile(r"(?:^|[\s,;])(?P<key>[A-Za-z][\w-]*):\s*(?P<value>[^,]*)")
_YEAR: Final = re.compile(r"(?:Y|(?:apply |default )?year)\s*(?P<year>\d{4})\b")
_QUIET: Final = frozenset(
    {
        *(
            "account",
            "tag",
            "payee",
            "P",
            "N",
            "C",
            "D",
            "commodity",
            "end",
            "decimal-mark",
            "alias",
            "apply",
            "A",
            "bucket",
        ),
        *(
            "assert",
            "check",
            "eval",
            "expr",
            "define",
            "def",
            "value",
            "python",
            "import",
            "capture",
            "default",
            "format",
        ),
    }
)
_COMMENTS: Final = ";#*%|"
_BLOCKS: Final = {"comment": "end comment", "test": "end test"}


def recognises(data: bytes) -> bool:
    """Whether a dated line with postings below it stands in it.

    Line by line: a pattern over several lines takes hours for a file of blanks.
    """
    below = 0  # how many more lines below a date are looked at
    for line in head_of(data).split("\n"):
        if line[:1] not in {" ", "\t"}:
            below = _MOST_POSTINGS if _DATED.fullmatch(line) else 0
        elif below:
            below -= 1
            found = _posts(line.strip(" \t"))
            if found:
                return True
            below = 0 if found is None else below
    return False


def _posts(posting: str) -> bool | None:
    """Whether it is an account with an amount; False: one without, or a comment; None: no posting at all."""
    if posting.startswith(";"):
        return False
    account, *_ = _BEHIND.split(posting, maxsplit=1)
    if not account or _NO_ACCOUNT.match(account) or "," in account or '"' in account:
        return None
    return _AMOUNT.match(posting[len(account) :].lstrip(" \t")) is not None


def parse(data: bytes, file: str, reading: Reading) -> tuple[Statement, Reading]:
    """The journal as a statement of all its own accounts. reading: the currency of amounts that name none.

    Raises:
        FileRefused: what cannot be decoded.
    """
    text, encoding = journal_text(data, file)
    reader = _Reader(reading.currency)
    for number, line in enumerate(text.splitlines(), 1):
        reader.take(number, line.rstrip())
    journal = reader.journal(encoding, file)
    return statement_of(journal, reading), dataclasses.replace(reading, doubts=())


class _Reader:
    """The journal as far as it has been read. `_open`: the transaction whose postings follow."""

    def __init__(self, currency: str) -> None:
        self._writing = Writing(currency)
        self._declared: dict[str, Root] = {}
        self._named: dict[str, Named] = {}
        self._aliases: list[tuple[str, str]] = []
        self._prefix: list[str] = []
        self._year = ""
        self._bucket = ""
        self._events: list[Event] = []
        self._skipped: list[Skipped] = []
        self._problems: list[Problem] = []
        self._open: Transaction | None = None
        self._postings: list[Posting] = []
        self._cells: dict[str, str] = {}
        self._directive = ""
        self._broken = False
        self._until = ""

    def take(self, number: int, line: str) -> None:
        if self._until:
            self._until = "" if line.strip() == self._until else self._until
        elif not line.strip():
            self._close()
        elif line[0] in " \t":
            self._indented(number, line.strip())
        else:
            self._close()
            self._outer(number, line)

    def journal(self, encoding: str, file: str) -> Journal:
        self._close()
        return Journal(
            FORMAT,
            encoding,
            file,
            tuple(self._events),
            lambda account: root_of(account, self._declared),
            self._named,
            tuple(self._skipped),
            tuple(self._problems),
        )

    def _close(self) -> None:
        one, postings = self._open, self._postings
        if one is not None and not self._broken:
            if self._bucket and len(postings) == 1 and postings[0].units:
                postings.append(Posting(one.line, self._bucket, None))
            self._events.append(one.closed(tuple(postings), self._cells))
        self._open, self._broken, self._directive = None, False, ""

    def _unclear(self, number: int, line: str, reason: str, cell: str) -> None:
        self._problems.append(Problem(number, cell[:40], reason, line[:200]))
        self._broken = True

    def _outer(self, number: int, line: str) -> None:
        word = line.split(maxsplit=1)[0].lstrip("!@")
        if line[0].isdigit():
            self._header(number, line)
        elif line[0] in "~=":
            reason = "periodic" if line[0] == "~" else "automated"
            self._skipped.append(Skipped(number, reason, cells={str(number): line}))
            self._directive = reason
        elif word in _BLOCKS and line.strip() in {word, f"!{word}"}:
            self._until = _BLOCKS[word]
        elif word == "include":
            self._unclear(number, line, "include_missing", word)
            self._broken = False
        elif found := _YEAR.match(line):
            self._year = found["year"]
        elif word in _QUIET or line.startswith("--"):
            self._told(word, line)
        elif line[0] not in _COMMENTS:
            self._unclear(number, line, "line_unsupported", word)

    def _told(self, word: str, line: str) -> None:
        """A directive that changes how what follows is read."""
        rest, _, comment = line.partition(" ")[2].partition(";")
        rest = rest.strip()
        self._directive = f"{word} {rest}"
        if word == "account":
            self._account(rest, comment)
        elif word in {"commodity", "D"}:
            self._commodity(rest, default=word == "D")
        elif word == "decimal-mark" and rest in {".", ","}:
            self._writing = dataclasses.replace(self._writing, mark=rest)
        elif word == "alias" and "=" in rest:
            old, _, new = rest.partition("=")
            self._aliases.append((old.strip(), new.strip()))
        elif word in {"A", "bucket"}:
            self._bucket = rest
        elif word == "apply" and rest.startswith("account"):
            self._prefix.append(rest.removeprefix("account").strip())
        elif word == "end" and rest in {"apply account", "account", "apply"} and self._prefix:
            self._prefix.pop()
        elif word == "end" and rest == "aliases":
            self._aliases.clear()

    def _account(self, name: str, comment: str) -> None:
        tags = {found["key"]: found["value"].strip() for found in _TAG.finditer(comment)}
        known = self._named.get(name, Named())
        self._named[name] = Named(tags.get("key", known.key), tags.get("label", known.label))
        root = declared_root(tags.get("type", ""))
        if root:
            self._declared[name] = root

    def _commodity(self, rest: str, *, default: bool) -> None:
        sample = sample_mark(rest)
        if sample is None:
            if default and rest:
                self._writing = dataclasses.replace(self._writing, currency=self._writing.unit(rest))
            return
        unit = self._writing.unit(sample[0])
        marks = {**self._writing.marks, unit: sample[1]}
        currency = unit if default else self._writing.currency
        self._writing = dataclasses.replace(self._writing, marks=marks, currency=currency)

    def _header(self, number: int, line: str) -> None:
        found = _HEADER.fullmatch(line)
        text = found["date"] if found else ""
        dated = text if len(re.split(r"[-/.]", text)) > 2 or not self._year else f"{self._year}-{text}"  # noqa: PLR2004
        on = _day(dated)
        if found is None or on is None:
            reason = "year_missing" if found and len(re.split(r"[-/.]", dated)) == 2 else "date_unreadable"  # noqa: PLR2004
            self._unclear(number, line, reason, text or line.split(maxsplit=1)[0])
            return
        words, _, comment = found["words"].partition(";")
        payee, bar, note = words.partition("|")
        self._open = Transaction(
            number,
            on,
            (),
            payee.strip() if bar else "",
            (note if bar else words).strip(),
            found["code"] or "",
            found["flag"] or "",
            comment.strip(),
        )
        self._postings, self._cells = [], {str(number): line}

    def _indented(self, number: int, line: str) -> None:
        if self._open is None:
            if self._directive:
                self._below_directive(line)
            elif not self._broken and line[0] not in _COMMENTS:
                self._unclear(number, line, "line_unsupported", line.split(maxsplit=1)[0])
                self._broken = False
        elif line[0] == ";":
            tags = {found["key"]: found["value"].strip() for found in _TAG.finditer(line[1:])}
            if tags.get("time") and not self._postings:
                self._open = dataclasses.replace(self._open, moment=tags["time"])
        elif line[0] != "#":
            self._posting(number, line)

    def _below_directive(self, line: str) -> None:
        word, _, rest = self._directive.partition(" ")
        if word == "account":
            self._account(rest, line.lstrip("; "))
        elif word == "commodity" and line.startswith("format"):
            self._commodity(line.removeprefix("format"), default=False)
        elif word == "commodity" and line.split(maxsplit=1)[0] == "default":
            self._writing = dataclasses.replace(self._writing, currency=self._writing.unit(rest))

    def _posting(self, number: int, line: str) -> None:
        self._cells[str(number)] = line
        found = _POSTING.fullmatch(_uncommented(line))
        if found is None:
            self._unclear(number, line, "line_unsupported", line.split(maxsplit=1)[0])
            return
        try:
            said = stated(found["amount"], self._writing) if (found["amount"] or "").strip() else Stated(None)
        except Unreadable as unreadable:
            self._unclear(number, line, "amount_unreadable", unreadable.text)
            return
        name, virtual = found["account"], ""
        if (name[0], name[-1]) in {("(", ")"), ("[", "]")}:
            name, virtual = name[1:-1].strip(), name[0]
        account = self._full(name)
        posting = Posting(number, account, said.units, said.weights, virtual=virtual, target=said.target)
        self._postings.append(posting)

    def _full(self, name: str) -> str:
        """The account's whole name: what stands for it, below what is applied to all."""
        name = ":".join([*self._prefix, name])
        for old, new in reversed(self._aliases):
            if len(old) > 1 and old[0] == old[-1] == "/":
                continue  # a pattern; names that it would change stay as they are
            if name == old or name.startswith(f"{old}:"):
                name = new + name[len(old) :]
        return name


def _uncommented(line: str) -> str:
    if ";" not in line:
        return line
    if '"' not in line:
        return line.partition(";")[0].rstrip()
    quoted = False
    for at, char in enumerate(line):
        if char == '"':
            quoted = not quoted
        elif char == ";" and not quoted:
            return line[:at].rstrip()
    return line.rstrip()


def _day(text: str) -> date | None:
    parts = re.split(r"[-/.]", text)
    try:
        year, month, day = (int(part) for part in parts)
        return date(year, month, day)
    except ValueError:
        return None
