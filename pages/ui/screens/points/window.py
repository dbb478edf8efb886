"""The time in which something counts, in the person's own days: the ledger keeps instants, people think in dates."""

from __future__ import annotations

import dataclasses
import zoneinfo
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from pages.ui import format  # noqa: A004 - our word for it, always used with its dot
from pages.ui.context import User
from pages.ui.i18n import text

_DAY: Final = timedelta(days=1)


@dataclasses.dataclass(frozen=True, slots=True)
class Days:
    """The person's calendar: their zone and their today."""

    zone: zoneinfo.ZoneInfo
    today: date

    def begin(self, day: date) -> datetime:
        """The first instant of a local day, UTC without zone."""
        return datetime.combine(day, time(), self.zone).astimezone(UTC).replace(tzinfo=None)

    def end(self, day: date) -> datetime:
        """The first instant after a local day, UTC without zone."""
        return self.begin(day + _DAY)

    def local(self, instant: datetime) -> datetime:
        """The instant on the person's clock."""
        return instant.replace(tzinfo=UTC).astimezone(self.zone)

    def first(self, instant: datetime) -> str:
        """The day on which something begins, with the hour unless it is midnight."""
        local = self.local(instant)
        return self._said(local) if local.time() != time() else format.day(local.date(), today=self.today)

    def last(self, ends: datetime) -> str:
        """The last day of something that ends at an instant, with the hour unless it is midnight."""
        local = self.local(ends)
        if local.time() != time():
            return self._said(local)
        return format.day(self.last_day(ends), today=self.today)

    def last_day(self, ends: datetime) -> date:
        """The last local day on which something that ends at an instant still counts."""
        local = self.local(ends)
        return local.date() - _DAY if local.time() == time() else local.date()

    def _said(self, local: datetime) -> str:
        return text("points.window.hour", day=format.day(local.date(), today=self.today), hour=f"{local:%H:%M}")

    def window(self, begins: datetime | None, ends: datetime | None) -> str:
        """`11月1日 – 11月30日`, `从 11月1日起`, `至 11月30日`, or that there is no end."""
        if begins is not None and ends is not None:
            return text("points.window.span", start=self.first(begins), end=self.last(ends))
        if begins is not None:
            return text("points.window.from", start=self.first(begins))
        return text("points.window.until", end=self.last(ends)) if ends is not None else text("points.window.open")


def days_of(user: User) -> Days:
    """The calendar of the person at the screen."""
    return Days(zoneinfo.ZoneInfo(user.preferences.zone), user.today)
