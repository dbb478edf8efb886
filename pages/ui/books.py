"""The person's books as a page looks at them: their scope, and the names and colours of what is in it."""

from __future__ import annotations

import dataclasses
from datetime import date, timedelta

from analytics.months import currencies
from analytics.scope import Scope, look
from analytics.search import quoted
from data.categories.taxonomy import UNCATEGORISED
from data.period import Span
from pages.ui.context import User
from pages.ui.i18n import text
from pages.ui.theme import Palette


def scope_of(user: User) -> Scope:
    """The person's books as of today, in their months and their view of refunds."""
    chosen = user.preferences
    return look(
        user.database,
        user.owner,
        user.today,
        chosen.month_start_day,
        refunds_in_purchase_month=chosen.refunds_in_purchase_month,
    )


def currencies_of(scope: Scope, user: User) -> tuple[str, ...]:
    """The currencies in the books, the person's own first if it is among them; never empty."""
    used = currencies(scope) or (user.preferences.currency,)
    return tuple(sorted(used, key=lambda code: code != user.preferences.currency))


def category_name(scope: Scope, key: str | None) -> str:
    """A category's name in the person's language, or the name they gave it themselves."""
    known = scope.categories.get(key or UNCATEGORISED)
    if known is None:
        return text(f"category.{UNCATEGORISED}")
    return known.name or text(f"category.{known.key}")


def category_icon(scope: Scope, key: str | None) -> str:
    """A category's Material icon."""
    known = scope.categories.get(key or UNCATEGORISED)
    return known.icon if known else ":material/category:"


def category_colour(scope: Scope, key: str, palette: Palette) -> str:
    """The colour of a category's slot; children have their parent's."""
    known = scope.categories.get(key)
    return palette.slot(known.colour) if known else palette.quiet


@dataclasses.dataclass(frozen=True, slots=True)
class Drill:
    """Which transactions stand behind a figure, in the words of the search.

    category: a key, with its subcategories unless `directly`. payee: any of its names. account: its name or id.
    """

    span: Span | None = None
    category: str = ""
    payee: str = ""
    account: str = ""
    kind: str = ""
    currency: str = ""
    directly: bool = False

    def query(self) -> str:
        """The search text: `category:dining date:2026-10-01..2026-10-31`."""
        return " ".join(field + quoted(value) for field, value in self._fields() if value)

    def _fields(self) -> list[tuple[str, str]]:
        days = f"{self.span.start}..{self.span.last}" if self.span and self.span.days else ""
        return [
            ("category==" if self.directly else "category:", self.category),
            ("payee==", self.payee),
            ("account:", self.account),
            ("kind:", self.kind),
            ("currency:", self.currency),
            ("date:", days),
        ]


def day_span(day: date) -> Span:
    """One day."""
    return Span(day, day + timedelta(days=1))
