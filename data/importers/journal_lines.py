"""From settled transactions to a statement: what each says from the view of the person's own accounts.

Every posting on income, expense or equity becomes a line of the own account that paid or received it (of several, the
one with the fitting amount first); what then is left between own accounts is one transfer each, counted once. So an
own account moves by exactly what the journal says, and every category has its amount.
"""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta, timezone

from data.importers.headings import FEE_CATEGORIES
from data.importers.journal_book import Journal, Root, parts_of
from data.importers.journal_settling import Holding, Leg, Settled, settled
from data.importers.mapping import Mapping as Reading
from data.importers.signed import by_direction
from data.importers.statement import (
    AccountHint,
    AccountKind,
    Closing,
    Direction,
    Kind,
    Line,
    Problem,
    Skipped,
    Statement,
)
from data.money import Money

_EXCHANGE = "exchange"
# Identities that are not a statement's to name: the books' own accounts and the wallet's.
_OURS = frozenset({"book", "wallet", "held", "points", "issuer"})


@dataclasses.dataclass(frozen=True, slots=True)
class _Flow:
    """Money between an own account and something else. minor: of the own account, signed."""

    own: str
    minor: int
    currency: str
    other: str
    root: Root | None


def statement_of(journal: Journal, reading: Reading) -> Statement:
    """The journal as a statement of all its own accounts. reading: the offset of its days."""
    named = _Accounts(journal)
    zone = timezone(timedelta(minutes=reading.utc_offset))
    lines: list[Line] = []
    skipped, problems = list(journal.skipped), list(journal.problems)
    closings: list[Closing] = []
    for found in settled(journal):
        match found:
            case Settled():
                lines += _lines(found, named, zone)
            case Holding():
                balance = Money(found.minor, found.currency)
                closings.append(Closing(named.hint(found.account), date.fromordinal(found.day), balance))
            case Skipped():
                skipped.append(found)
            case Problem():
                problems.append(found)
    ordered = tuple(sorted(lines, key=lambda line: (line.line, line.part)))
    return Statement(
        journal.format,
        journal.encoding,
        ordered,
        skipped=tuple(sorted(skipped, key=lambda row: row.line)),
        problems=tuple(sorted(problems, key=lambda row: row.line)),
        computed=by_direction(ordered),
        closings=tuple(closings),
        file=journal.file,
    )


class _Accounts:
    """The journal's own accounts as hints."""

    def __init__(self, journal: Journal) -> None:
        self.format = journal.format
        self._journal = journal
        self._hints: dict[str, AccountHint] = {}

    def hint(self, account: str) -> AccountHint:
        """By the identity the journal gives it, or by its name."""
        if account not in self._hints:
            said = self._journal.named.get(account)
            key = said.key if said and said.key.partition(":")[0] not in _OURS else ""
            owed = self._journal.root_of(account) is Root.LIABILITY
            kind = AccountKind.LIABILITY if owed else AccountKind.ASSET
            label = (said.label if said else "") or ":".join(parts_of(account))
            self._hints[account] = AccountHint(key or f"file:{account}", label, kind)
        return self._hints[account]


def _lines(made: Settled, named: _Accounts, zone: timezone) -> Iterator[Line]:
    currencies = dict.fromkeys(leg.currency for leg in made.legs)
    flows = [flow for currency in currencies for flow in _flows(made, currency)]
    # A transfer before its fee: the two are one entry.
    flows.sort(key=lambda flow: flow.root is None or not flow.root.own)
    for part, flow in enumerate(flows):
        yield _line(made, flow, part, named, zone)


def _flows(made: Settled, currency: str) -> list[_Flow]:
    legs = [leg for leg in made.legs if leg.currency == currency and not leg.loose]
    own: defaultdict[str, int] = defaultdict(int)
    for leg in legs:
        if leg.root.own:
            own[leg.account] += leg.minor
    found = _loose(leg for leg in made.legs if leg.currency == currency and leg.loose)
    others: list[tuple[str, Root | None, int]] = [
        (leg.account, leg.root, leg.minor) for leg in legs if not leg.root.own
    ]
    if made.exchanged.get(currency):
        others.append((_EXCHANGE, None, -made.exchanged[currency]))
    # Income and expenses first, so that equity and exchanges take what is left.
    others.sort(key=lambda other: other[1] is None or other[1] is Root.EQUITY)
    pairs: defaultdict[tuple[str, str, Root | None], int] = defaultdict(int)
    pivot = next((leg.account for leg in legs if leg.root.own), None)
    if pivot is None:
        pivot = next((leg.account for leg in made.legs if leg.root.own), None)
    for name, root, minor in others:
        rest = minor
        for account in sorted(own, key=lambda account: own[account] != -rest):
            piece = _smaller(-rest, own[account])
            if piece:
                own[account] -= piece
                rest += piece
                pairs[account, name, root] += piece
        if rest and pivot is not None:
            # Salary and the tax taken from it: both passed through the account that received the rest.
            pairs[pivot, name, root] -= rest
            own[pivot] += rest
    found += [_Flow(account, minor, currency, name, root) for (account, name, root), minor in pairs.items() if minor]
    return found + list(_transfers(own, currency, made))


def _smaller(wanted: int, there: int) -> int:
    """The part of `wanted` that `there` can give: both of one sign, else nothing."""
    if wanted > 0 < there:
        return min(wanted, there)
    return max(wanted, there) if wanted < 0 > there else 0


def _transfers(own: dict[str, int], currency: str, made: Settled) -> Iterator[_Flow]:
    kinds = {leg.account: leg.root for leg in made.legs}
    while True:
        left = {account: minor for account, minor in own.items() if minor}
        source = next((account for account, minor in left.items() if minor < 0), None)
        if source is None:
            return
        fitting = [account for account, minor in left.items() if minor > 0]
        target = next((account for account in fitting if left[account] == -left[source]), fitting[0])
        minor = min(-left[source], left[target])
        own[source] += minor
        own[target] -= minor
        yield _Flow(source, -minor, currency, target, kinds.get(target, Root.ASSET))


def _loose(legs: Iterable[Leg]) -> list[_Flow]:
    return [_Flow(leg.account, leg.minor, leg.currency, leg.account, Root.EQUITY) for leg in legs if leg.root.own]


def _line(made: Settled, flow: _Flow, part: int, named: _Accounts, zone: timezone) -> Line:
    one = made.transaction
    direction = Direction.IN if flow.minor > 0 else Direction.OUT
    kind = _kind(flow)
    amount = Money(abs(flow.minor), flow.currency)
    account = named.hint(flow.own)
    counter = named.hint(flow.other) if kind is Kind.TRANSFER else None
    words = (one.payee, one.narration, one.code)
    nominal = kind not in {Kind.TRANSFER, Kind.ADJUSTMENT}
    return Line(
        line=one.line,
        kind=kind,
        direction=direction,
        amount=amount,
        occurred_at=datetime.combine(one.on, _time(one.moment), zone),
        booked_on=one.on,
        account=account,
        identity=(
            named.format,
            one.on.isoformat(),
            account.key,
            counter.key if counter else flow.other,
            amount.plain(),
            amount.currency,
            direction.value,
            *words,
        ),
        part=part,
        counter=counter,
        payee=one.payee or one.narration,
        description=one.narration if one.payee else "",
        status=one.flag,
        order_id=one.code,
        source_category=parts_of(flow.other)[-1] if nominal else "",
        note=one.note,
        cells=one.cells,
    )


def _kind(flow: _Flow) -> Kind:
    """What the flow is. Income that goes back out stays income, with its sign; an expense that comes in is a refund."""
    match flow.root:
        case None | Root.EQUITY:
            return Kind.ADJUSTMENT
        case Root.ASSET | Root.LIABILITY:
            return Kind.TRANSFER
        case Root.INCOME:
            return Kind.INCOME
        case Root.EXPENSE if flow.minor > 0:
            return Kind.REFUND
    word = parts_of(flow.other)[-1].replace("-", "").replace(" ", "").casefold()
    return Kind.FEE if word in FEE_CATEGORIES else Kind.EXPENSE


def _time(moment: str) -> time:
    try:
        return time.fromisoformat(moment) if moment else time()
    except ValueError:
        return time()
