"""Beancount journals: what is written by hand, by Fava and by the importers of that family.

Read line by line, so that a line which is not understood is a problem of its own and not the end of the file. What a
file includes is not there to be read and is told.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator
from datetime import date
from typing import Final

from data.importers.beancount_postings import ACCOUNT, posting_of
from data.importers.journal_book import Amount, Check, Event, Journal, Named, Pad, Posting, Root, Transaction
from data.importers.journal_lines import statement_of
from data.importers.journal_numbers import LONGEST_POSTING, Unreadable, calculated
from data.importers.journal_text import head_of, journal_text
from data.importers.mapping import Mapping as Reading
from data.importers.statement import Problem, Statement

FORMAT: Final = "beancount"

_DATE: Final = r"\d{4}[-/]\d{2}[-/]\d{2}"
_DIRECTIVES: Final = "open|close|commodity|balance|pad|price|event|note|document|custom|query"
_SURE: Final = re.compile(
    rf"""^(?:(?:option|plugin)[ \t]+"
    |{_DATE}[ \t]+(?:(?:open|close|balance|pad)[ \t]+{ACCOUNT}|(?:commodity|price)[ \t]+[A-Z]))""",
    re.MULTILINE | re.VERBOSE,
)
# A transaction, and below it a posting: those of the other family can look the same. Every line fits in one way only,
# or many blanks and quotes would be tried in all their combinations.
_LIKELY: Final = re.compile(
    rf"""^{_DATE}[ \t]+(?:txn|[*!])[ \t]*(?:["\#^;][^\n]*)?\n
    (?:[^\n"]*"[^\n]*\n){{0,9}}?(?:[ \t][^\n]*\n){{0,9}}?[ \t]+(?:[!*][ \t]+)?{ACCOUNT}(?:\s|$)""",
    re.MULTILINE | re.VERBOSE,
)
_OTHERS: Final = re.compile(
    rf"^(?:(?:account|commodity|alias|apply|payee|tag|[PDY])[ \t]|{_DATE}[ \t]+[*!][ \t]+[^\s\"#^;])", re.MULTILINE
)
_DATED: Final = re.compile(
    rf"(?P<date>{_DATE})\s+(?P<what>{_DIRECTIVES}|txn|[!*&#?%A-Z](?=\s|\"|$))\s*(?P<rest>.*)", re.DOTALL
)
_BARE: Final = re.compile(rf'(?P<date>{_DATE})\s+(?P<rest>".*)', re.DOTALL)
_STRING: Final = re.compile(r'"((?:[^"\\]|\\.)*)"', re.DOTALL)
_LABEL: Final = re.compile(r"[#^][\w\-/.:]+")
_META: Final = re.compile(r"(?P<key>[a-z][\w\-]*):(?:\s+(?P<value>.*))?", re.DOTALL)
_CHECKED: Final = re.compile(
    rf"(?P<account>{ACCOUNT})\s+(?P<number>[-+*/().,\d\s]+?)(?:~[^A-Z]*)?\s*(?P<unit>[A-Z][A-Z0-9'._\-]*)"
)
_ROOTS: Final = {
    "Assets": Root.ASSET,
    "Liabilities": Root.LIABILITY,
    "Equity": Root.EQUITY,
    "Income": Root.INCOME,
    "Expenses": Root.EXPENSE,
}
_SILENT: Final = ("plugin", "popmeta", "poptag", "pushmeta")  # change how it is shown, not what it says
_ORG: Final = "*:#!&?%"  # a line that begins with one of these is a heading or a comment to Beancount
_LONGEST_STRING: Final = 200  # lines


def recognises(data: bytes) -> bool:
    """Whether a directive or a transaction of this family stands in it."""
    head = head_of(data)
    return bool(_SURE.search(head) or (_LIKELY.search(head) and not _OTHERS.search(head)))


def parse(data: bytes, file: str, reading: Reading) -> tuple[Statement, Reading]:
    """The journal as a statement of all its own accounts. Its dates are never in doubt.

    Raises:
        FileRefused: what cannot be decoded.
    """
    text, encoding = journal_text(data, file)
    reader = _Reader()
    for number, line in _logical_lines(text):
        reader.take(number, line)
    journal = reader.journal(encoding, file)
    return statement_of(journal, reading), dataclasses.replace(reading, doubts=())


def _logical_lines(text: str) -> Iterator[tuple[int, str]]:
    """Lines without their comments; a text in quotes may go over several."""
    held, began = "", 0
    for number, raw in enumerate(text.splitlines(), 1):
        whole = f"{held}\n{raw}" if held else raw
        line, is_open = _without_comment(whole)
        if is_open and number - (began or number) < _LONGEST_STRING:
            held, began = whole, began or number
            continue
        yield began or number, line.rstrip()
        held, began = "", 0
    if held:
        yield began, held


def _without_comment(line: str) -> tuple[str, bool]:
    if '"' not in line:
        return line.partition(";")[0], False
    quoted = escaped = False
    for at, char in enumerate(line):
        if escaped:
            escaped = False
        elif quoted and char == "\\":
            escaped = True
        elif char == '"':
            quoted = not quoted
        elif char == ";" and not quoted:
            return line[:at], False
    return line, quoted


class _Reader:
    """The journal as far as it has been read. `_open`: the directive whose indented lines follow."""

    def __init__(self) -> None:
        self._roots = dict(_ROOTS)
        self._events: list[Event] = []
        self._named: dict[str, Named] = {}
        self._problems: list[Problem] = []
        self._tags: list[str] = []
        self._open: Transaction | str | None = None
        self._postings: list[Posting] = []
        self._cells: dict[str, str] = {}
        self._broken = False

    def take(self, number: int, line: str) -> None:
        if not line.strip():
            return
        if line[0] in " \t":
            self._indented(number, line.strip())
            return
        self._close()
        if line[0].isdigit():
            self._dated(number, line)
        elif line[0] not in _ORG:
            self._undated(number, line)

    def journal(self, encoding: str, file: str) -> Journal:
        self._close()
        return Journal(
            FORMAT,
            encoding,
            file,
            tuple(self._events),
            lambda account: self._roots.get(account.partition(":")[0]),
            self._named,
            problems=tuple(self._problems),
        )

    def _close(self) -> None:
        if isinstance(self._open, Transaction) and not self._broken:
            self._events.append(self._open.closed(tuple(self._postings), self._cells))
        self._open, self._broken = None, False

    def _unclear(self, number: int, line: str, reason: str = "line_unsupported", cell: str = "") -> None:
        self._problems.append(Problem(number, cell or line.split(maxsplit=1)[0][:40], reason, line[:200]))
        self._broken = True

    def _undated(self, number: int, line: str) -> None:
        word, *_ = line.split(maxsplit=1)
        texts = _STRING.findall(line)
        if word == "option" and len(texts) > 1 and texts[0].startswith("name_"):
            root = {"name_assets": "Assets", "name_liabilities": "Liabilities", "name_equity": "Equity",
                    "name_income": "Income", "name_expenses": "Expenses"}.get(texts[0])  # fmt: skip
            if root:
                self._roots[texts[1]] = _ROOTS[root]
        elif word == "include":
            self._unclear(number, line, "include_missing")
        elif word == "pushtag":
            self._tags += _LABEL.findall(line)
        elif word == "poptag":
            self._tags = [tag for tag in self._tags if tag not in _LABEL.findall(line)]
        elif word != "option" and word not in _SILENT:
            self._unclear(number, line)

    def _dated(self, number: int, line: str) -> None:
        found = _DATED.fullmatch(line) or _BARE.fullmatch(line)
        on = _day(found["date"]) if found else None
        if found is None or on is None:
            self._unclear(number, line, "line_unsupported" if found is None else "date_unreadable")
            return
        what = found.groupdict().get("what") or "*"
        rest = found["rest"].strip()
        if what == "open":
            self._open = rest.split()[0] if rest else None
        elif what == "balance":
            self._balance(number, on, rest, line)
        elif what == "pad":
            names = rest.split()
            if len(names) == 2:  # noqa: PLR2004 - the account and where it is filled from
                self._events.append(Pad(number, on, names[0], names[1], line))
            else:
                self._unclear(number, line)
        elif what in _DIRECTIVES.split("|"):
            self._open = ""
        else:
            self._transaction(number, on, what, rest, line)

    def _balance(self, number: int, on: date, rest: str, line: str) -> None:
        found = _CHECKED.fullmatch(rest) if len(rest) <= LONGEST_POSTING else None
        try:
            amount = Amount(calculated(found["number"]), found["unit"]) if found else None
        except Unreadable:
            amount = None
        if found is None or amount is None:
            self._unclear(number, line, "amount_unreadable")
        else:
            self._events.append(Check(number, on, found["account"], amount, line))

    def _transaction(self, number: int, on: date, flag: str, rest: str, line: str) -> None:
        texts = [_unescaped(text) for text in _STRING.findall(rest)]
        outside = _STRING.sub("", rest)
        labels = [*_LABEL.findall(outside), *self._tags]
        payee, narration = (texts[0], texts[1]) if len(texts) > 1 else ("", texts[0] if texts else "")
        note, flag = " ".join(labels), "" if flag == "txn" else flag
        self._open = Transaction(number, on, (), payee.strip(), narration, flag=flag, note=note)
        self._postings, self._cells = [], {str(number): line}
        if _LABEL.sub("", outside).strip(" |\n"):
            self._unclear(number, line)

    def _indented(self, number: int, line: str) -> None:
        if found := _META.fullmatch(line):
            self._metadata(found["key"], (found["value"] or "").strip().strip('"'))
        elif not isinstance(self._open, Transaction):
            if self._open is None and not self._broken and line[0] not in _ORG:
                self._unclear(number, line)
                self._broken = False
        elif line[0] in "#^":
            note = f"{self._open.note} {line}".strip()
            self._open = dataclasses.replace(self._open, note=note)
        else:
            self._posting(number, line)

    def _metadata(self, key: str, value: str) -> None:
        if isinstance(self._open, Transaction):
            if key == "time" and not self._postings:
                self._open = dataclasses.replace(self._open, moment=value)
        elif self._open and key in {"key", "label"}:
            known = self._named.get(self._open, Named())
            self._named[self._open] = (
                dataclasses.replace(known, key=value) if key == "key" else dataclasses.replace(known, label=value)
            )

    def _posting(self, number: int, line: str) -> None:
        self._cells[str(number)] = line
        try:
            self._postings.append(posting_of(number, line))
        except Unreadable as unreadable:
            reason = "amount_unreadable" if unreadable.text else "line_unsupported"
            self._unclear(number, line, reason, unreadable.text)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text.replace("/", "-"))
    except ValueError:
        return None


def _unescaped(text: str) -> str:
    return re.sub(r"\\(.)", lambda found: {"n": "\n", "t": "\t"}.get(found[1], found[1]), text, flags=re.DOTALL)
