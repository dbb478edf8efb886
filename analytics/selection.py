"""Which rows of one owner are meant: a filter, a drill-down or a search, as conditions with bound values.

The figures that lead to rows are the sums of exactly these rows (`counted=True`, the same span, currency, category,
payee key or account).
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from decimal import ROUND_FLOOR, Decimal
from typing import Any, Final
from uuid import UUID

from analytics.accounts import accounts
from analytics.months import currencies
from analytics.scope import Scope
from analytics.search import Amounts, Dates, Field, Search, SearchInvalid, Term, fold, kind_named
from data.categories.text import normalise_payee
from data.money import MAX_MINOR, exponent
from data.period import Span


@dataclasses.dataclass(frozen=True, slots=True)
class Criteria:
    """What is selected; everything given must hold.

    category: with its children. account: on either side of a transfer. counted: only what reports count (not left
    out) and that is spending or income. by_purchase: `span` means the day of the purchase (for refunds).
    """

    search: Search = dataclasses.field(default_factory=Search)
    span: Span | None = None
    currency: str | None = None
    category: str | None = None
    exact_category: bool = False
    payee_key: str | None = None
    account: UUID | None = None
    kinds: tuple[str, ...] = ()
    batch: UUID | None = None
    entries: tuple[UUID, ...] = ()
    counted: bool = False
    by_purchase: bool = False


class _Where:
    """Conditions with their bound values. A condition is a constant with `?` where a value goes."""

    def __init__(self, owner: UUID) -> None:
        self.params: dict[str, Any] = {"owner": owner}
        self._parts: list[str] = []

    def add(self, condition: str, *values: object, negated: bool = False) -> None:
        """One more condition that must hold (or must not)."""
        pieces = condition.split("?")
        text = pieces[0]
        for value, piece in zip(values, pieces[1:], strict=True):
            name = f"v{len(self.params)}"
            self.params[name] = value
            text += "$" + name + piece
        self._parts.append((" AND NOT (" if negated else " AND (") + text + ")")

    @property
    def sql(self) -> str:
        """The conditions, to stand after the owner's."""
        return "".join(self._parts)


_BOOKED_IN: Final = "f.booked_on >= ? AND f.booked_on < ?"
_BOUGHT_IN: Final = "f.purchase_on >= ? AND f.purchase_on < ?"
_CATEGORY: Final = "coalesce(f.category, 'uncategorised') = ANY(cast(? AS varchar[]))"
_ACCOUNT: Final = "f.account = ANY(cast(? AS uuid[])) OR coalesce(f.counter = ANY(cast(? AS uuid[])), false)"
_KINDS: Final = "f.kind = ANY(cast(? AS varchar[]))"
_ENTRIES: Final = "f.entry = ANY(cast(? AS uuid[]))"
_COUNTED: Final = "NOT f.excluded AND (f.spending <> 0 OR f.income <> 0)"


def where(scope: Scope, criteria: Criteria, names: Mapping[str, str]) -> tuple[str, dict[str, Any]]:
    """The conditions, to stand after `f.owner = $owner` on `published_fact f`, and every bound value.

    Raises:
        SearchInvalid: the search names a category or an account that there is not.
    """
    found = _Where(scope.owner)
    for condition, *values in _given(scope, criteria):
        found.add(condition, *values)
    for term in criteria.search.terms:
        _add_term(found, scope, criteria.search, term, names)
    return found.sql, found.params


def _given(scope: Scope, criteria: Criteria) -> Iterator[tuple[Any, ...]]:
    if criteria.span is not None:
        yield _BOUGHT_IN if criteria.by_purchase else _BOOKED_IN, criteria.span.start, criteria.span.end
    if criteria.category is not None:
        wanted = {criteria.category} if criteria.exact_category else scope.within(criteria.category)
        yield _CATEGORY, sorted(wanted)
    if criteria.account is not None:
        yield _ACCOUNT, [str(criteria.account)], [str(criteria.account)]
    if criteria.kinds:
        yield _KINDS, list(criteria.kinds)
    if criteria.entries:
        yield _ENTRIES, [str(entry) for entry in criteria.entries]
    if criteria.counted:
        yield (_COUNTED,)
    for condition, value in (
        ("f.currency = ?", criteria.currency),
        ("f.payee_key = ?", criteria.payee_key),
        ("f.batch = ?", criteria.batch),
    ):
        if value is not None:
            yield condition, value


_TEXT: Final = """strpos(lower(f.payee), ?) > 0 OR strpos(lower(f.description), ?) > 0 OR strpos(lower(f.note), ?) > 0
    OR strpos(lower(f.tags), ?) > 0"""
_OR_KIND: Final = " OR f.kind = ?"
_PAYEE: Final = "strpos(lower(f.payee), ?) > 0 OR strpos(f.payee_key, ?) > 0"
_TAG: Final = "strpos(chr(10) || lower(f.tags) || chr(10), chr(10) || ? || chr(10)) > 0"
_STATES: Final = {
    "excluded": "f.excluded",
    "unlinked": "f.kind = 'refund' AND f.refund_of IS NULL",
    "split": "f.split",
    "uncategorised": "coalesce(f.category, 'uncategorised') = 'uncategorised' AND (f.spending <> 0 OR f.income <> 0)",
    "noted": "f.note <> ''",
    "tagged": "f.tags <> ''",
    "imported": "f.batch IS NOT NULL",
}


def _add_term(found: _Where, scope: Scope, search: Search, term: Term, names: Mapping[str, str]) -> None:
    value, negated = term.value, term.negated
    if isinstance(value, Amounts):
        _add_amounts(found, scope, value, negated=negated)
    elif isinstance(value, Dates):
        _add_dates(found, scope, value, negated=negated)
    elif term.field is Field.CATEGORY:
        found.add(_CATEGORY, _categories(scope, search, term, names), negated=negated)
    elif term.field is Field.PAYEE and term.exact:
        found.add("f.payee_key = ?", normalise_payee(str(value)), negated=negated)
    elif term.field is Field.ACCOUNT:
        ids = _accounts(scope, search, term)
        found.add(_ACCOUNT, ids, ids, negated=negated)
    elif term.field is Field.IS:
        found.add(_STATES[value], negated=negated)
    elif term.field is Field.TEXT:
        kind = kind_named(fold(value))
        texts = " OR ".join([_TEXT] * len(_forms(value)))
        values = [form for form in _forms(value) for _ in range(_TEXT.count("?"))]
        found.add(texts + _OR_KIND if kind else texts, *values, *([kind] if kind else []), negated=negated)
    else:
        conditions = " OR ".join([_PLAIN[term.field]] * len(_forms(value)))
        values = [form for form in _forms(value) for _ in range(_PLAIN[term.field].count("?"))]
        found.add(conditions, *values, negated=negated)


def _forms(text: str) -> list[str]:
    """The forms to look for: rows keep full-width letters and brackets as the statement had them."""
    return list(dict.fromkeys((text, fold(text))))


_PLAIN: Final = {
    Field.PAYEE: _PAYEE,
    Field.TAG: _TAG,
    Field.NOTE: "strpos(lower(f.note), ?) > 0",
    Field.KIND: "f.kind = ?",
    Field.CURRENCY: "f.currency = ?",
}


_SINCE: Final = {False: "f.booked_on >= ?", True: "f.purchase_on >= ?"}
_UNTIL: Final = {False: "f.booked_on < ?", True: "f.purchase_on < ?"}


def _add_dates(found: _Where, scope: Scope, dates: Dates, *, negated: bool) -> None:
    """A refund's day is that of its purchase for who counts it there, so that figures lead to their rows."""
    since, until = _SINCE[scope.refunds_in_purchase_month], _UNTIL[scope.refunds_in_purchase_month]
    ends = [(condition, end) for condition, end in ((since, dates.start), (until, dates.end)) if end is not None]
    conditions, values = zip(*ends, strict=True)
    found.add(" AND ".join(conditions), *values, negated=negated)


def _add_amounts(found: _Where, scope: Scope, amounts: Amounts, *, negated: bool) -> None:
    """Sizes are stated in major units, so each currency the owner has gets its own bounds in minor units."""
    conditions, values = ["1 = 0"], list[object]()
    for currency in currencies(scope):
        low, high = _minor_bounds(amounts, exponent(currency))
        conditions.append("f.currency = ? AND abs(f.amount) >= ? AND abs(f.amount) <= ?")
        values += [currency, low, high]
    found.add(" OR ".join(conditions), *values, negated=negated)


def _minor_bounds(amounts: Amounts, decimals: int) -> tuple[int, int]:
    low, high = 0, MAX_MINOR
    if amounts.low is not None:
        scaled = amounts.low.scaleb(decimals)
        low = _floor(scaled) + 1 if amounts.low_open else -_floor(-scaled)
    if amounts.high is not None:
        scaled = amounts.high.scaleb(decimals)
        high = -_floor(-scaled) - 1 if amounts.high_open else _floor(scaled)
    return low, high


def _floor(value: Decimal) -> int:
    return int(value.to_integral_value(ROUND_FLOOR))


def _categories(scope: Scope, search: Search, term: Term, names: Mapping[str, str]) -> list[str]:
    wanted = fold(str(term.value))
    shown = {key: fold(names.get(key) or one.name or key) for key, one in scope.categories.items()}
    meant = {wanted} & shown.keys() or {key for key, name in shown.items() if wanted == name}
    meant = meant or {key for key, name in shown.items() if wanted in name}
    if not meant:
        raise SearchInvalid(search.text, term.position, "category_unknown")
    if term.exact:
        return sorted(meant)
    return sorted(frozenset[str]().union(*(scope.within(key) for key in meant)))


def _accounts(scope: Scope, search: Search, term: Term) -> Sequence[str]:
    wanted = fold(str(term.value))
    known = accounts(scope)
    exactly = [str(one.id) for one in known if wanted in (fold(one.name), str(one.id))]
    found = exactly or [str(one.id) for one in known if wanted in fold(one.name)]
    if not found:
        raise SearchInvalid(search.text, term.position, "account_unknown")
    return found
