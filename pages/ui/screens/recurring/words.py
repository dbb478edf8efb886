"""Series in words: how often they come, what they are, what is odd about them, and where their transactions are."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Final, Literal

from analytics.figures import WHOLE
from analytics.recurring_rhythm import Rule, months
from analytics.recurring_series import Flag, Series
from data.money import Money
from data.recurring import Side
from pages.ui import format  # noqa: A004 - our word for it, always used with its dot
from pages.ui.books import Drill
from pages.ui.i18n import plural, text

Colour = Literal["red", "orange", "blue", "gray"]
COLOURS: Final[dict[Flag, Colour]] = {
    Flag.MISSED: "red",
    Flag.LATE: "orange",
    Flag.CHANGED: "orange",
    Flag.DUPLICATE: "orange",
    Flag.NEW: "blue",
    Flag.ENDED: "gray",
}
ICONS: Final[dict[Flag, str]] = {
    Flag.MISSED: ":material/event_busy:",
    Flag.LATE: ":material/schedule:",
    Flag.CHANGED: ":material/trending_up:",
    Flag.DUPLICATE: ":material/content_copy:",
    Flag.NEW: ":material/fiber_new:",
    Flag.ENDED: ":material/event_available:",
}
_SURE_BP: Final = (9_000, 7_000)
_KINDS: Final = {Side.OUT: "", Side.IN: "income", Side.MOVED: "transfer"}


def money(minor: int, series: Series, *, mixed: bool = False) -> str:
    """An amount in the series' currency."""
    return format.money(Money(minor, series.currency), mixed=mixed)


def name(series: Series) -> str:
    """As the person calls it, else the payee, else what it is."""
    return series.name or text(f"recurring.kind.{series.kind}")


def cadence(series: Series) -> str:
    """`Monthly on day 5`, `Every Friday`, `Yearly on Mar 16`."""
    rhythm, last = series.rhythm, series.last.on
    if rhythm.rule is Rule.DAYS:
        return text(f"recurring.cadence.{rhythm.cadence}", weekday=format.weekday(last, short=False))
    how_often = text(f"recurring.cadence.{rhythm.cadence}")
    if months(rhythm.cadence) == 12:  # noqa: PLR2004 - a year
        due = series.next.on if series.next is not None else last
        return text("recurring.cadence.on", cadence=how_often, place=format.day(due))
    return text("recurring.cadence.on", cadence=how_often, place=_place(series))


def _place(series: Series) -> str:
    rhythm = series.rhythm
    if rhythm.rule is Rule.WEEKDAY:
        nth, _ = divmod(rhythm.at, 10)
        return text(f"recurring.place.nth.{nth}", weekday=format.weekday(series.last.on, short=False))
    return text(f"recurring.place.{rhythm.rule}", day=rhythm.at)


def amount(series: Series) -> str:
    """`¥25.00`, or `about ¥120.00` where it varies."""
    following = series.next
    said = money(series.amount, series)
    if following is not None and following.low != following.high:
        return text("recurring.about", amount=said)
    return said


def expected(series: Series) -> str:
    """`Nov 8 · ¥25.00`, or why nothing is expected."""
    if series.next is None:
        return text("recurring.none_expected")
    return f"{format.day(series.next.on)} · {amount(series)}"


def confidence(series: Series) -> str:
    """How sure it is, in a word."""
    if series.said.verdict is not None:
        return text(f"recurring.sure.{series.said.verdict}")
    level = sum(series.confidence < least for least in _SURE_BP)
    return text(("recurring.sure.sure", "recurring.sure.likely", "recurring.sure.maybe")[level])


def flag(series: Series, which: Flag) -> str:
    """The flag as a label: `Missed`, `¥25.00 → ¥30.00`."""
    if which is Flag.CHANGED:
        change = series.changes[-1]
        return f"{money(change.before, series)} → {money(change.after, series)}"
    return text(f"recurring.flag.{which}")


def told(series: Series, which: Flag) -> str:
    """The flag as a sentence."""
    due = series.missed_on
    if which is Flag.MISSED and due is not None:
        return plural("recurring.told.missed", series.overdue, name=name(series), day=format.day(due))
    if which is Flag.LATE:
        return plural("recurring.told.late", series.overdue, name=name(series))
    if which is Flag.DUPLICATE:
        twin = series.twins[-1]
        return text(
            "recurring.told.duplicate", name=name(series), day=format.day(twin.on), amount=money(twin.amount, series)
        )
    change = series.changes[-1]
    return text(
        f"recurring.told.changed.{'up' if change.by > 0 else 'down'}",
        name=name(series),
        before=money(change.before, series),
        after=money(change.after, series),
        by=money(abs(change.by), series),
        percent=format.percent(abs(change.by_bp), WHOLE),
        day=format.day(change.on),
    )


def search(series: Series, others: Sequence[Series]) -> str:
    """The search that shows its transactions; of several series of one payee, by their amounts."""
    drill = Drill(payee=series.payee, kind=_KINDS[series.side], currency=series.currency)
    shares = any(one is not series and one.payee_key == series.payee_key for one in others)
    if not (shares or not series.payee):
        return drill.query()
    sizes = [Money(one.amount, series.currency).decimal() for one in series.occurrences]
    return " ".join(part for part in (drill.query(), *_between(min(sizes), max(sizes))) if part)


def _between(low: Decimal, high: Decimal) -> tuple[str, str]:
    return f"amount>={low:f}", f"amount<={high:f}"
