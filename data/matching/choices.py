"""What a person decides about a preview, and what then becomes of each line; nothing of it is in the store yet."""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Final
from uuid import UUID

from data.categories.categorise import side_of
from data.categories.taxonomy import OTHER_INCOME, UNCATEGORISED, CategoryKind
from data.errors import NotFound
from data.importers.statement import AccountHint, Direction, Kind, Line
from data.ledger.changes import CategoryDoesNotFit, DirectionDoesNotFit
from data.ledger.importing import Move
from data.matching.linking import Target
from data.matching.preview import NEW, Preview

BOOKED: Final = "booked"
DUPLICATE: Final = "duplicate"
LEFT_OUT: Final = "left_out"
_PAID: Final = frozenset({Kind.EXPENSE, Kind.FEE})
_RECEIVED: Final = frozenset({Kind.INCOME, Kind.REFUND})
_DEFAULTS = {CategoryKind.EXPENSE: UNCATEGORISED, CategoryKind.INCOME: OTHER_INCOME, None: None}


@dataclasses.dataclass(frozen=True, slots=True)
class Edit:
    """What the person changes about one row; None leaves it. account, counter: keys. link: accept the suggestion."""

    kind: Kind | None = None
    category: str | None = None
    account: str | None = None
    counter: str | None = None
    leave_out: bool = False
    link: bool = False


_NO_EDIT = Edit()


@dataclasses.dataclass(frozen=True, slots=True)
class Choices:
    """The person's decisions.

    edits: by row of the preview. accounts: the account that a file names → the one that is meant, by key. opened:
    accounts of the person's own making that these may name; where a file names the key too, this label and kind
    count. files_left_out: indexes of whole files.
    """

    edits: Mapping[int, Edit] = dataclasses.field(default_factory=dict)
    accounts: Mapping[str, str] = dataclasses.field(default_factory=dict)
    opened: tuple[AccountHint, ...] = ()
    files_left_out: frozenset[int] = frozenset()


AS_PREVIEWED: Final = Choices()


@dataclasses.dataclass(frozen=True, slots=True)
class Settled:
    """What becomes of each row. outcome: `booked`, `duplicate` or `left_out`; move and target: of booked rows.

    fee_of: a fee's row → the transfer's row whose entry it shares; hints: every account that may have to be opened.
    chosen: booked rows whose category a person chose, which teaches.
    """

    outcome: list[str]
    move: list[Move | None]
    target: list[Target | None]
    fee_of: Mapping[int, int]
    hints: Mapping[str, AccountHint]
    chosen: Mapping[int, str]


def settle(preview: Preview, choices: Choices) -> Settled:
    """The preview with the person's decisions applied.

    Raises:
        NotFound: a row, category or account that does not exist. CategoryDoesNotFit: one of the books' other side.
        DirectionDoesNotFit: money that came in as an expense, or the reverse.
    """
    for row in choices.edits:
        if not 0 <= row < len(preview.lines):
            raise NotFound("row", str(row))
    hints = {**preview.hints, **{hint.key: hint for hint in choices.opened}}
    outcome = _outcomes(preview, choices)
    move = _moves(preview, choices, outcome)
    _require_accounts(preview, hints, move)
    target = _targets(preview, choices, outcome, move)
    _follow(preview, choices, move, target)
    chosen = {
        row: edit.category for row, edit in choices.edits.items() if edit.category and move[row] and target[row] is None
    }
    return Settled(outcome, move, target, _fees(preview, move), hints, chosen)


def _outcomes(preview: Preview, choices: Choices) -> list[str]:
    outcome = [BOOKED if fate == NEW else DUPLICATE for fate in preview.duplicate]
    left_out = {row for row, edit in choices.edits.items() if edit.leave_out}
    if choices.files_left_out:
        left_out.update(row for row, at in enumerate(preview.file) if at in choices.files_left_out)
    for row in left_out:
        if outcome[row] == BOOKED:
            outcome[row] = LEFT_OUT
    return outcome


def _moves(preview: Preview, choices: Choices, outcome: Sequence[str]) -> list[Move | None]:
    """What each booked row does; the rows that the person did not touch all at once."""
    lines = preview.lines
    meant = {key: choices.accounts.get(key, key) for key in {*preview.account, *preview.counter} if key}
    sorts = list(zip(preview.kind, preview.category, strict=True))
    category = {(kind, named): _category(preview, _NO_EDIT, kind, named) for kind, named in set(sorts)}
    columns = zip(
        preview.kind,
        lines.direction,
        preview.minor,
        lines.currency,
        [meant[key] for key in preview.account],
        [meant[key] if key else None for key in preview.counter],
        [category[sort] for sort in sorts],
        strict=True,
    )
    move: list[Move | None] = list(map(Move._make, columns))
    for row, fate in enumerate(outcome):
        if fate != BOOKED:
            move[row] = None
    for row, edit in choices.edits.items():
        if move[row] is not None and edit != _NO_EDIT:
            move[row] = _move(preview, choices, row)
    return move


def _move(preview: Preview, choices: Choices, row: int) -> Move:
    edit = choices.edits.get(row, _NO_EDIT)
    line = preview.lines[row]
    kind = edit.kind or preview.kind[row]
    if kind is not preview.kind[row]:
        _require_direction(kind, line)
    account = edit.account or choices.accounts.get(preview.account[row], preview.account[row])
    counter = edit.counter or preview.counter[row]
    if counter and not edit.counter:
        counter = choices.accounts.get(counter, counter)
    category = _category(preview, edit, kind, preview.category[row])
    return Move(kind, line.direction, preview.minor[row], line.amount.currency, account, counter, category)


def _require_direction(kind: Kind, line: Line) -> None:
    inward = line.direction is Direction.IN
    if (kind in _PAID and inward) or (kind in _RECEIVED and not inward):
        minor = line.amount.minor if inward else -line.amount.minor
        raise DirectionDoesNotFit(kind.value, minor, line.amount.currency)


def _category(preview: Preview, edit: Edit, kind: Kind, proposed: str | None) -> str | None:
    side = side_of(kind)
    if edit.category is not None:
        chosen = preview.book.categories.get(edit.category)
        if chosen is None:
            raise NotFound("category", edit.category)
        if chosen.kind is not side:
            raise CategoryDoesNotFit(edit.category, kind.value, 1)
        return edit.category
    known = preview.book.categories.get(proposed) if proposed else None
    return proposed if known and known.kind is side else _DEFAULTS[side]


def _require_accounts(preview: Preview, hints: Mapping[str, AccountHint], moves: Sequence[Move | None]) -> None:
    named = dict.fromkeys(key for move in moves if move for key in (move.account, move.counter))
    for key in named:
        if key and key not in hints and key not in preview.known.accounts:
            raise NotFound("account", key)


def _targets(preview: Preview, choices: Choices, outcome: list[str], move: list[Move | None]) -> list[Target | None]:
    """Links that still hold: between booked rows of fitting kinds, and never beyond what was paid."""
    used: defaultdict[Target, int] = defaultdict(int)
    back = {refund.entry: refund.minor for refund in preview.known.open_refunds}
    for entry, row in preview.backlinks.items():
        used[row] += back.get(entry, 0)
    target: list[Target | None] = [None] * len(outcome)
    offered = {row for row, edit in choices.edits.items() if edit.link}
    offered.update(row for row, wanted in enumerate(preview.target) if wanted is not None)
    for row in sorted(offered):
        one, wanted = move[row], preview.target[row]
        if wanted is None and choices.edits.get(row, _NO_EDIT).link:
            wanted = preview.suggestion[row]
        if one is None or wanted is None or not _fits(one, wanted, move):
            continue
        if used[wanted] + one.minor <= _limit(preview, wanted, move):
            used[wanted] += one.minor
            target[row] = wanted
    return target


def _fits(move: Move, target: Target, moves: list[Move | None]) -> bool:
    wanted = {Kind.REFUND: Kind.EXPENSE, Kind.TRANSFER: Kind.TRANSFER}.get(move.kind)
    if isinstance(target, UUID):
        return move.kind is Kind.REFUND
    other = moves[target]
    return other is not None and other.kind is wanted


def _limit(preview: Preview, target: Target, moves: list[Move | None]) -> int:
    if isinstance(target, UUID):
        purchase = preview.known.purchases.get(target)
        return purchase.paid - purchase.refunded if purchase else 0
    move = moves[target]
    return move.minor if move else 0


def _follow(preview: Preview, choices: Choices, move: list[Move | None], target: list[Target | None]) -> None:
    """A linked refund takes its purchase's category, unless the person named one."""
    for row, wanted in enumerate(target):
        one = move[row]
        if one is None or wanted is None or one.kind is not Kind.REFUND or choices.edits.get(row, _NO_EDIT).category:
            continue
        if isinstance(wanted, UUID):
            category = preview.known.purchases[wanted].category
        else:
            original = move[wanted]
            category = original.category if original else None
        if category:
            move[row] = one._replace(category=category)


def _fees(preview: Preview, moves: Sequence[Move | None]) -> dict[int, int]:
    """A transfer and the fee of the same physical row, paid by one account, are one entry."""
    fees: dict[int, int] = {}
    if not any(move and move.kind is Kind.FEE for move in moves):
        return fees
    lines = preview.lines
    transfers: dict[tuple[int, str, int], int] = {}
    places = zip(preview.file, lines.sheet, lines.line, strict=True)
    for row, (one, place) in enumerate(zip(moves, places, strict=True)):
        if one is None:
            continue
        if one.kind is Kind.TRANSFER and lines.refund_of[row] is None:
            transfers[place] = row
        elif one.kind is Kind.FEE and _shares(one, moves[transfers.get(place, row)]):
            fees[row] = transfers.pop(place)
    return fees


def _shares(fee: Move, transfer: Move | None) -> bool:
    """Only what one account pays out at once is one entry: else nobody could tell whose fee it was."""
    return (
        transfer is not None
        and transfer.kind is Kind.TRANSFER
        and transfer.direction is Direction.OUT
        and (fee.account, fee.currency) == (transfer.account, transfer.currency)
    )
