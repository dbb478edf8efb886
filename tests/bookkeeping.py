"""A small language for tests: a ledger in a few lines, booked through the same doors as a real import.

    book = Bookkeeping(db)
    bill = book.imports(spent("2026-03-01", "35.00", "瑞幸咖啡", order="A1"), refunded("2026-04-02", "5.00", of="A1"))
    assert book.balance("alipay:balance") == -3000
    assert book.spending() == {"coffee": 3000}

Amounts are written as a person writes them and asserted in minor units.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from datetime import date, datetime, timedelta, timezone
from typing import Any
from uuid import UUID

from data import statements
from data.database import Database
from data.ids import OwnerId, new_id, new_request_id
from data.importers.statement import AccountHint, AccountKind, Direction, Kind, Line, Statement
from data.matching.choices import Choices, Edit
from data.money import parse_amount
from data.statements import ImportReceipt, ImportStatements
from data.store import facts
from data.store.command import Plan, Write
from data.store.facts import Drift

CHINA = timezone(timedelta(hours=8))
BALANCE = "alipay:balance"


@dataclasses.dataclass(frozen=True)
class Written:
    """One line of a bill as a test writes it; `category` is the person's choice, None leaves it to us."""

    kind: Kind
    direction: Direction
    day: str
    amount: str
    payee: str = ""
    account: str = BALANCE
    counter: str | None = None
    currency: str = "CNY"
    order: str = ""
    of: str = ""
    keys: tuple[str, ...] = ()
    category: str | None = None
    row: int | None = None
    part: int = 0
    inline: bool = False
    note: str = ""


def spent(day: str, amount: str, payee: str = "某商户", **more: Any) -> Written:
    """A purchase."""
    return Written(Kind.EXPENSE, Direction.OUT, day, amount, payee, **more)


def earned(day: str, amount: str, payee: str = "某公司", **more: Any) -> Written:
    """An income."""
    return Written(Kind.INCOME, Direction.IN, day, amount, payee, **more)


def refunded(day: str, amount: str, payee: str = "某商户", **more: Any) -> Written:
    """A refund; `of` names the order id of a purchase in the same bill, `keys` ids to look for elsewhere."""
    return Written(Kind.REFUND, Direction.IN, day, amount, payee, **more)


def moved(day: str, amount: str, *, to: str | None, **more: Any) -> Written:
    """A transfer from the account to another of one's own; None: the bill does not say where."""
    return Written(Kind.TRANSFER, Direction.OUT, day, amount, counter=to, **more)


def charged(day: str, amount: str, **more: Any) -> Written:
    """A fee; with `row` and `part` it belongs to the line of the same row."""
    return Written(Kind.FEE, Direction.OUT, day, amount, **more)


def hint(key: str) -> AccountHint:
    """The account of that key: a liability when it is one of the known kinds of credit."""
    credit = any(word in key for word in ("huabei", "credit", "baitiao", "yuefu"))
    return AccountHint(key, f"账户 {key}", AccountKind.LIABILITY if credit else AccountKind.ASSET)


def instant(day: str) -> datetime:
    """`2026-03-01` (noon) or `2026-03-01 08:30`, Chinese time."""
    return datetime.fromisoformat(day if " " in day else f"{day} 12:00").replace(tzinfo=CHINA)


def bill(*written: Written, file: str = "bill.csv", format_: str = "alipay_app", first_row: int = 25) -> Statement:
    """A parsed statement of these lines."""
    lines: list[Line] = []
    by_order: dict[str, Line] = {}
    for index, one in enumerate(written):
        line = _line(one, first_row + index, by_order)
        by_order.setdefault(line.order_id, line)
        lines.append(line)
    return Statement(format_, "utf-8", tuple(lines), file=file)


def _line(one: Written, row: int, by_order: dict[str, Line]) -> Line:
    when = instant(one.day)
    money = parse_amount(one.amount, one.currency)
    original = by_order.get(one.of) if one.of else None
    identity: tuple[str, ...] = ("test", when.isoformat(), str(money.minor), one.order, one.payee, one.kind.value)
    if one.inline and original:
        identity = (*original.identity, "inline_refund")
    return Line(
        line=one.row or row,
        part=one.part,
        kind=one.kind,
        direction=one.direction,
        amount=money,
        occurred_at=when,
        booked_on=when.date(),
        account=hint(one.account),
        counter=hint(one.counter) if one.counter else None,
        identity=identity,
        payee=one.payee,
        order_id=one.order,
        refund_of=original.identity if original else None,
        refund_keys=one.keys or ((one.of,) if one.of else ()),
        note=one.note,
        cells={"金额": one.amount, "交易对方": one.payee},
    )


@dataclasses.dataclass(frozen=True)
class _Run:
    owner: OwnerId
    request_id: str


class Bookkeeping:
    """One owner's books in a store, and questions about them."""

    def __init__(self, db: Database, owner: OwnerId | None = None) -> None:
        self.db = db
        self.owner = owner or OwnerId(new_id())

    def imports(self, *written: Written, file: str = "bill.csv") -> ImportReceipt:
        """Import one bill of these lines, with the categories they name."""
        edits = {row: Edit(category=one.category) for row, one in enumerate(written) if one.category}
        return self.takes([bill(*written, file=file)], Choices(edits))

    def takes(self, parsed: Sequence[Statement], choices: Choices | None = None) -> ImportReceipt:
        """Import parsed statements."""
        preview = statements.prepare(self.db, self.owner, parsed)
        command = ImportStatements(self.owner, new_request_id(), self.owner, preview.token, choices or Choices())
        return statements.commit(self.db, command, preview)

    def undoes(self, receipt: ImportReceipt) -> None:
        """Take back every file of an import."""
        for one in receipt.files:
            if one.batch:
                statements.undo(self.db, statements.UndoImport(self.owner, new_request_id(), one.batch, self.owner))

    def writes(self, *writes: Write) -> None:
        """Run writes of the store as one command."""
        self.db.submit(_Run(self.owner, new_request_id()), lambda _r, _c, _n: Plan({}, writes, frozenset({self.owner})))

    def asks(self, sql: str, **params: Any) -> list[tuple[Any, ...]]:
        """Rows of a query about this owner ($owner)."""
        return self.db.read(sql, {"owner": self.owner, **params})

    def balance(self, account: str, currency: str = "CNY") -> int:
        """The sum of an account's postings, by its key, in minor units."""
        rows = self.asks(
            """SELECT coalesce(cast(sum(p.amount) AS bigint), 0) FROM posting p JOIN account a
            ON a.owner = p.owner AND a.id = p.account
            WHERE p.owner = $owner AND a.owner = $owner AND a.hint_key = $key AND p.currency = $currency""",
            key=account,
            currency=currency,
        )
        return int(rows[0][0])

    def spending(self, month: str | None = None, currency: str = "CNY") -> dict[str, int]:
        """Spending by category in minor units, of one month by its first day, or of all time; zeros left out."""
        rows = self.asks(
            """SELECT category, cast(sum(spending) AS bigint) FROM published_fact
            WHERE owner = $owner AND currency = $currency AND NOT excluded
                AND (cast($month AS date) IS NULL OR month = cast($month AS date))
            GROUP BY category""",
            currency=currency,
            month=date.fromisoformat(month) if month else None,
        )
        return {category: minor for category, minor in rows if minor}

    def total(self, currency: str = "CNY") -> int:
        """All spending in minor units."""
        return sum(self.spending(currency=currency).values())

    def entry(self, order: str) -> UUID:
        """The standing entry of an order id: its own, or the one that was booked in its stead."""
        rows = self.asks(
            """SELECT s.entry FROM statement_line s WHERE s.owner = $owner AND s.order_id = $order
            AND s.outcome = 'booked' AND s.batch NOT IN (SELECT batch FROM import_undo WHERE owner = $owner)""",
            order=order,
        )
        (found,) = rows
        return UUID(str(found[0]))

    def drift(self, start_day: int = 1) -> Drift:
        """How the facts differ from a fresh derivation."""
        return facts.drift(self.db.read, self.owner, start_day)

    def unbalanced(self) -> list[tuple[Any, ...]]:
        """Entries whose postings do not sum to zero, or that have fewer than two."""
        return self.asks(
            """SELECT entry, currency FROM posting WHERE owner = $owner GROUP BY entry, currency HAVING sum(amount) <> 0
            UNION ALL
            SELECT e.id, '' FROM entry e LEFT JOIN posting p ON p.owner = e.owner AND p.entry = e.id
            WHERE e.owner = $owner GROUP BY e.id HAVING count(p.line) < 2"""
        )
