"""The same questions to the store and to the model: every way to a figure, in one view of refunds."""

from __future__ import annotations

import csv
import dataclasses
import io
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date, timedelta

from analytics import accounts as held
from analytics import budgets, spending, tables, trends
from analytics.export import Table, csv_bytes
from analytics.overview import overview
from analytics.reports import report
from analytics.scope import look
from analytics.selection import Criteria
from analytics.transactions import page
from data.period import Span, month_of, months_between
from data.store import checking
from tests.simulation.books import FIRST, Both
from tests.simulation.limits import envelope
from tests.simulation.model import PARENT, Fact


def agree(both: Both, span: Span) -> None:
    """Everything that can be asked, asked of both."""
    facts = list(both.model.facts())
    expected = [(*dataclasses.astuple(fact), fact.spending, fact.income) for fact in facts]
    assert Counter(row[:11] for row in both.kept()) == Counter(expected)
    assert not any(checking.offenders(both.db.read, both.book.owner).values())
    assert not both.book.drift(both.start_day)
    for by_purchase in (False, True):
        Questions(both, facts, by_purchase=by_purchase).all(span)


class Questions:
    """The same questions to both, in one view of refunds."""

    def __init__(self, both: Both, facts: Sequence[Fact], *, by_purchase: bool) -> None:
        self.both, self.model = both, both.model
        self.facts = [f for f in facts if not f.excluded]
        self.today = max([f.on for f in facts], default=FIRST)
        self.scope = look(both.db, both.book.owner, self.today, both.start_day, refunds_in_purchase_month=by_purchase)
        self.when: Callable[[Fact], date] = (lambda f: f.bought) if by_purchase else (lambda f: f.on)
        self.keys = {str(a.id): a.hint_key for a in held.accounts(self.scope)}

    def all(self, span: Span) -> None:
        month = self.scope.month
        for currency in ("CNY", "USD", "JPY"):
            for one in (span, month_of(span.start, self.both.start_day), month):
                self.breakdowns(one, currency)
            self.trend(month, currency)
            self.pages(month, currency)
        self.budgets(month)
        answers = held.balances(self.scope)
        found = {(b.account.hint_key, b.currency): b.amount for b in answers if b.amount}
        assert found == {key: amount for key, amount in self.model.balances().items() if amount}

    def meant(self, span: Span, currency: str) -> list[Fact]:
        return [f for f in self.facts if f.currency == currency and span.start <= self.when(f) < span.end]

    def breakdowns(self, span: Span, currency: str) -> None:
        meant = self.meant(span, currency)
        total = sum(f.spending for f in meant)
        whole = spending.totals(self.scope, span, currency)
        assert (whole.spending, whole.income) == (total, sum(f.income for f in meant))
        categories = spending.by_category(self.scope, span, currency)
        sums = {p.key: p.amount for top in categories.slices for p in top.parts if p.amount}
        assert sums == _sums(meant, lambda f: str(f.category))
        tops = {top.key: top.amount for top in categories.slices if top.amount}
        assert tops == _sums(meant, lambda f: PARENT.get(str(f.category), str(f.category)))
        payees = {p.key: p.amount for p in spending.by_payee(self.scope, span, currency).slices if p.amount}
        assert payees == _sums(meant, lambda f: f.payee)
        owned = spending.by_account(self.scope, span, currency).slices
        assert {self.keys[a.key]: a.amount for a in owned if a.amount} == _sums(meant, lambda f: f.account)
        listed = page(
            self.scope,
            Criteria(span=span, currency=currency, by_purchase=self.scope.refunds_in_purchase_month, counted=True),
        )
        assert sum(one.spending for one in listed.totals) == total == categories.total
        assert in_csv(tables.breakdown(categories, "category"), "spending", currency) == total

    def trend(self, month: Span, currency: str) -> None:
        for point in trends.trend(self.scope, month, currency, 5).points:
            meant = self.meant(point.month, currency)
            sums = (sum(f.spending for f in meant), sum(f.income for f in meant))
            assert (point.spending, point.income) == sums

    def pages(self, month: Span, currency: str) -> None:
        """Overview, categories, report and their files say the same to the cent."""
        total = sum(f.spending for f in self.meant(month, currency))
        seen, told = overview(self.scope, currency), report(self.scope, month, currency)
        assert seen.totals == told.totals
        assert {seen.totals.spending, seen.spending.amount, seen.categories.total, told.spending.total} == {total}
        assert {told.payees.total, told.accounts.total} == {total}
        assert in_csv(tables.totals([told.totals]), "spending", currency) == total
        by_day = sum(f.spending for f in self.meant(Span(month.start, self.today + timedelta(days=1)), currency))
        assert seen.cumulative[-1] == by_day

    def budgets(self, last: Span) -> None:
        first = month_of(FIRST, self.both.start_day).start
        for month in months_between(Span(first, last.end), self.both.start_day):
            found = {e.category: (e.limit, e.carried, e.spending) for e in budgets.envelopes(self.scope, month)}
            names = {limit[0] for limit in self.model.limits}
            walked = {name: envelope(self.model, name, month.start, self.both.start_day) for name in names}
            assert found == {name: envelope for name, envelope in walked.items() if envelope}


def _sums(facts: Sequence[Fact], key: Callable[[Fact], str]) -> dict[str, int]:
    sums: Counter[str] = Counter()
    for fact in facts:
        sums[key(fact)] += fact.spending
    return {name: amount for name, amount in sums.items() if amount}


def in_csv(table: Table, column: str, currency: str) -> int:
    """The sum of a column of the file, in minor units."""
    rows = csv.DictReader(io.StringIO(csv_bytes(table).decode("utf-8-sig")))
    return sum(cents(row[column], currency) for row in rows)


def cents(text: str, currency: str) -> int:
    return int(text.replace(".", "")) if currency != "JPY" else int(text)
