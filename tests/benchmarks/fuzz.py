"""Thousands of damaged files against every importer, and codes against their reader: none may crash or hang.

`python -m tests.benchmarks.fuzz [--inputs 10000] [--only NAME] [--seed 1] [--keep FOLDER]`

What is read may be refused with a `Rejection`, or its rows reported as unreadable; anything else is a finding, and so
is an input that takes longer than its share of processor time. Each target runs in a process of its own, so that a
library that takes the process down is a finding, too. The inputs of findings are kept in a folder.
"""

from __future__ import annotations

import argparse
import contextlib
import dataclasses
import io
import signal
import subprocess
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from types import FrameType
from typing import Any, Final
from uuid import UUID

from hypothesis import HealthCheck, Phase, given, seed, settings
from PIL import Image

from data import statements
from data.codes import emv, pictures, tlv, wallet_code
from data.codes.wallet_code import WalletCode
from data.database import Database, open_database
from data.errors import Rejection
from data.ids import OwnerId, new_id, new_request_id
from data.importers.preview import preview
from data.importers.recognise import Parsed, recognise
from data.importers.statement import Statement
from data.statements import ImportStatements, NothingNew, UndoImport
from tests.benchmarks import fuzz_changes as changes
from tests.benchmarks.fuzz_changes import Draw
from tests.benchmarks.fuzz_files import PASSWORD, Sample, samples

BOOKS: Final = "into the books"
SECONDS: Final = 5.0  # of processor time an input may take, on a slow machine
_STORABLE: Final = 1 << 63
_ROOT: Final = Path(__file__).resolve().parents[2]


@dataclasses.dataclass(frozen=True, slots=True)
class Target:
    """Something that reads what strangers send. make: inputs out of a draw; read: raises nothing but `Rejection`."""

    name: str
    make: Callable[[Draw], Sequence[Any]]
    read: Callable[[Any], object]


@dataclasses.dataclass
class Result:
    """What became of a target's inputs. findings: where it crashed or hung → how often; slowest: seconds."""

    name: str
    inputs: int = 0
    refused: int = 0
    slowest: float = 0.0
    findings: Counter[str] = dataclasses.field(default_factory=Counter)


class TooSlow(Exception):  # noqa: N818 - a verdict on what was running
    """An input took more than its share."""


class Unsound(Exception):  # noqa: N818 - a verdict on what was answered
    """An answer that the rest of the house could not keep."""


# -- what is asked


def targets() -> list[Target]:
    """Everything that is fed."""
    files: dict[str, list[Sample]] = {}
    for one in samples():
        files.setdefault(one.name, []).append(one)
    return [*(file_target(name, held) for name, held in files.items()), *code_targets(), picture_target()]


def file_target(name: str, files: Sequence[Sample]) -> Target:
    """A format's importer, by what recognises files."""
    return Target(name, lambda draw: damaged_files(files, draw), lambda drawn: read_file(*drawn))


def damaged_files(files: Sequence[Sample], draw: Draw) -> list[tuple[str, bytes]]:
    """Name and bytes of files that come of one of these."""
    one = files[int.from_bytes(draw.dice, "big") % len(files)]
    damage = changes.repacked if one.unlocked_zip else changes.damaged
    return [(one.file, data) for data in damage(one.data, draw)]


def read_file(name: str, data: bytes) -> list[Parsed]:
    """What a file says, with everything checked that a screen and the books rely on."""
    found = recognise(data, name, PASSWORD)
    if not found:
        raise Unsound("no answer")
    for one in found:
        if (one.statement is None) == (one.refusal is None):
            raise Unsound("neither or both of statement and refusal")
        if one.statement is not None:
            check(one.statement)
            preview(one.statement)
    return found


def check(statement: Statement) -> None:
    """Whether everything in a statement can be kept: texts, amounts, dates.

    Raises:
        Unsound: what cannot.
    """
    for line in statement.lines:
        texts = (*line.identity, line.payee, line.description, line.note, line.account.label, line.account.key)
        for text in (*texts, line.source_category, line.method, line.order_id, *line.cells, *line.cells.values()):
            _storable(text)
        if not 0 < line.amount.minor < _STORABLE:
            raise Unsound("an amount beyond what is stored")
        hash(line.identity)
        line.occurred_at.timestamp()
    for problem in statement.problems:
        _storable(problem.text)
        _storable(problem.cell)
    for closing in statement.closings:
        if not -_STORABLE < closing.balance.minor < _STORABLE:
            raise Unsound("a balance beyond what is stored")


def _storable(text: str) -> None:
    if "\x00" in text:
        raise Unsound("a text with NUL")
    if not text.isascii():
        try:
            text.encode()
        except UnicodeEncodeError:
            raise Unsound("half of a character") from None


_MERCHANT: Final = UUID(int=7)
_PAYLOADS: Final = (
    wallet_code.payload(WalletCode(_MERCHANT, "拾光咖啡", "北京")),
    wallet_code.payload(WalletCode(_MERCHANT, "Café", "", pay_code=UUID(int=9), amount_minor=12_00, name_zh="咖啡")),
)
_LINKS: Final = ("/pay?c=", "http://x/pay?c=", "https://[/pay?c=", "javascript:/pay?c=", "//x/pay?&&c=", "/pay?c=%FF")


def code_targets() -> list[Target]:
    """Payment codes: damaged, damaged and sealed again so that what stands inside is looked at, links, any text."""
    return [
        Target("code: EMVCo", damaged_codes, emv.parse),
        Target("code: ours, links and texts", lambda draw: [*damaged_codes(draw), *_links(draw)], wallet_code.read),
    ]


def damaged_codes(draw: Draw) -> list[str]:
    """Payloads that are broken, half of them with a check sum that fits again."""
    data = _PAYLOADS[draw.dice[0] % len(_PAYLOADS)].encode()
    broken = [one[:5_000].decode("utf-8", "surrogateescape") for one in changes.damaged(data, draw)]
    objects = "000201" + "".join(
        f"{n:02d}{len(v[:99]):02d}{v[:99]}" for n, v in enumerate(draw.cells, draw.dice[1] % 90)
    )
    return [*broken, objects, *map(_sealed, broken), _sealed(objects)]


def _sealed(text: str) -> str:
    body = text.partition("6304")[0].encode("utf-8", "replace").decode() + "6304"
    return body + tlv.crc(body)


def _links(draw: Draw) -> list[str]:
    return [f"{head}{code}" for head, code in zip(_LINKS, damaged_codes(draw), strict=False)]


def picture_target() -> Target:
    """Pictures of a code, damaged; without check sums of their own the damage is in what they show."""
    drawn = Image.open(io.BytesIO(pictures.png(wallet_code.payload(WalletCode(_MERCHANT, "拾光咖啡", "")), scale=2)))
    kinds = [_saved(drawn, kind) for kind in ("PNG", "BMP", "GIF", "JPEG", "WEBP")]
    return Target("code: pictures", lambda draw: changes.damaged(kinds[draw.dice[0] % 5], draw), _read_picture)


def _saved(picture: Image.Image, kind: str) -> bytes:
    out = io.BytesIO()
    picture.convert("L").save(out, kind)
    return out.getvalue()


def _read_picture(picture: bytes) -> object:
    return wallet_code.read_one_of(pictures.decode(picture))


@contextlib.contextmanager
def books_target(folder: Path) -> Iterator[Target]:
    """Damaged files of every format all the way: prepared, booked and undone in a store."""
    db = open_database(folder / "fuzz.duckdb")
    files = samples()
    try:
        yield Target(BOOKS, lambda draw: damaged_files(files, draw), lambda drawn: book(db, *drawn))
    finally:
        db.close()


def book(db: Database, file: str, data: bytes) -> None:
    """Book what a file says, and undo it, as somebody new."""
    said = [one.statement for one in recognise(data, file, PASSWORD) if one.statement]
    if not said:
        return
    owner = OwnerId(new_id())
    seen = statements.prepare(db, owner, said)
    try:
        receipt = statements.commit(db, ImportStatements(owner, new_request_id(), owner, seen.token), seen)
    except NothingNew:
        return
    for done in receipt.files:
        if done.batch is not None:
            statements.undo(db, UndoImport(owner, new_request_id(), owner, done.batch))


# -- asking


def run(target: Target, inputs: int, number: int, keep: Path | None = None) -> Result:
    """Feed a target at least so many inputs, drawn from this seed."""
    result = Result(target.name)

    @seed(number)
    @settings(
        max_examples=-(-inputs // changes.EACH),
        deadline=None,
        database=None,
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )
    @given(changes.DRAWS)
    def feed(draw: Draw) -> None:
        for made in target.make(draw):
            _one(target, made, result, keep)

    feed()
    return result


def _one(target: Target, given_: object, result: Result, keep: Path | None) -> None:
    if keep:
        (keep / "current").write_bytes(_bytes(given_))
    result.inputs += 1
    begin = time.process_time()
    try:
        with _watched():
            answer = target.read(given_)
        result.refused += isinstance(answer, list) and all(isinstance(one, Parsed) and one.refusal for one in answer)
    except Rejection:
        result.refused += 1
    except Exception as error:  # noqa: BLE001 - whatever it is, it is what is looked for
        _found(result, error, given_, keep)
    except BaseException as error:
        if type(error).__name__ != "PanicException":
            raise
        _found(result, error, given_, keep)
    result.slowest = max(result.slowest, time.process_time() - begin)


def _found(result: Result, error: BaseException, given_: object, keep: Path | None) -> None:
    ours = [f for f in traceback.extract_tb(error.__traceback__) if Path(f.filename).is_relative_to(_ROOT / "data")]
    where = f"{Path(ours[-1].filename).relative_to(_ROOT)}:{ours[-1].lineno}" if ours else "?"
    name = f"{type(error).__name__} at {where}: {str(error)[:90]!r}"
    known = name.partition(": ")[0]
    if keep and not any(one.startswith(known) for one in result.findings):
        (keep / f"{result.name.replace(' ', '-').replace(':', '')}-{len(result.findings)}").write_bytes(_bytes(given_))
    result.findings[next((one for one in result.findings if one.startswith(known)), name)] += 1


def _bytes(given_: object) -> bytes:
    if isinstance(given_, tuple):
        return _bytes(given_[-1])
    return given_ if isinstance(given_, bytes) else str(given_).encode("utf-8", "surrogateescape")


@contextlib.contextmanager
def _watched() -> Iterator[None]:
    """Raises `TooSlow` in whatever uses more processor time than its share."""

    def late(_signal: int, _frame: FrameType | None) -> None:
        raise TooSlow(f"more than {SECONDS:.0f} s")

    before = signal.signal(signal.SIGPROF, late)
    signal.setitimer(signal.ITIMER_PROF, SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


# -- the command

_HEAD: Final = f"{'target':<30}{'inputs':>8}{'refused':>9}{'slowest':>10}{'findings':>10}\n"


def _line(result: Result) -> str:
    shown = f"{result.name:<30}{result.inputs:>8}{result.refused:>9}{result.slowest * 1000:>7.0f} ms"
    listed = "".join(f"    {count} x {name}\n" for name, count in result.findings.most_common())
    return f"{shown}{sum(result.findings.values()):>10}\n{listed}"


def _ask(name: str, inputs: int, number: int, keep: Path) -> Result:
    if name == BOOKS:
        with tempfile.TemporaryDirectory() as folder, books_target(Path(folder)) as target:
            return run(target, inputs, number, keep)
    return run(next(one for one in targets() if one.name == name), inputs, number, keep)


def _apart(name: str, options: argparse.Namespace) -> str:
    """The target's line, from a process of its own."""
    asked = ["--one", name, "--inputs", str(options.inputs), "--seed", str(options.seed), "--keep", str(options.keep)]
    command = [sys.executable, "-m", "tests.benchmarks.fuzz", *asked]
    ended = subprocess.run(command, cwd=_ROOT, capture_output=True, text=True, check=False)  # noqa: S603 - ourselves
    if ended.returncode:
        return f"{name:<30} the process ended with {ended.returncode}: {ended.stderr[-600:]}\n"
    return ended.stdout


def _named(wanted: str) -> Sequence[str]:
    names = [*(one.name for one in targets()), BOOKS]
    return [name for name in names if wanted.lower() in name.lower()]


def main() -> None:
    """Feed what is asked for and print the table."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--inputs", type=int, default=10_000)
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--only", default="", help="part of a target's name")
    asked.add_argument("--one", default="", help="one target, here")
    asked.add_argument("--keep", type=Path, default=Path(tempfile.gettempdir()) / "little-gold-card-fuzz")
    options = asked.parse_args()
    options.keep.mkdir(parents=True, exist_ok=True)
    if options.one:
        sys.stdout.write(_line(_ask(options.one, options.inputs, options.seed, options.keep)))
        return
    sys.stdout.write(_HEAD)
    for name in _named(options.only):
        sys.stdout.write(_apart(name, options))
        sys.stdout.flush()


if __name__ == "__main__":
    main()
