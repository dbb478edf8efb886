"""The person's word on its way to the door."""

from __future__ import annotations

from datetime import date

from analytics.recurring_series import Series
from data import recurring as door
from data.money import parse_amount
from data.recurring import Ended, Named, Next, SayOfSeries, SeriesKind, TakeBackWord, Verdict
from pages.ui import session
from pages.ui.context import User
from pages.ui.i18n import text
from pages.ui.screens.recurring import words
from pages.ui.screens.settings.sending import send_from_callback

Word = Verdict | SeriesKind | Named | Next | Ended


def key(one: Series) -> str:
    """What tells a series from the others on this screen: its first payment."""
    return f"{one.side}.{one.currency}.{one.occurrences[0].seq}.{one.occurrences[0].amount}"


def say(user: User, one: Series, word: Word) -> None:
    """Remember a word; for a button's `on_click`."""
    session.close_dialog()
    code = word.value if isinstance(word, Verdict) else "ended" if isinstance(word, Ended) and word.ended else "goes_on"
    send_from_callback(
        f"recurring.say.{key(one)}",
        lambda request: door.say(user.database, _command(user, one, word, request)),
        lambda _: text(f"recurring.said.{code}", name=words.name(one)),
    )


def take_back(user: User, one: Series) -> None:
    """Take back the last word that stands; for a button's `on_click`."""
    session.close_dialog()
    series = one.said.series
    if series is not None:
        send_from_callback(
            f"recurring.back.{key(one)}",
            lambda request: door.take_back(user.database, TakeBackWord(user.owner, request, user.owner, series)),
            lambda field: text("recurring.said.back", what=text(f"recurring.field.{field}")),
        )


def save(user: User, one: Series) -> None:
    """Remember what was changed in the form: its name, kind, next day and amount."""
    session.close_dialog()

    def send(request: str) -> int:
        changed = _changed(one)
        for word in changed:
            door.say(user.database, _command(user, one, word, f"{request}.{type(word).__name__}"))
        return len(changed)

    send_from_callback(
        f"recurring.save.{key(one)}", send, lambda n: text("recurring.said.saved" if n else "recurring.said.nothing")
    )


def _changed(one: Series) -> list[Word]:
    found: list[Word] = []
    name, kind = session.widget(f"recurring.name.{key(one)}"), session.widget(f"recurring.kind.{key(one)}")
    if name is not None and name != words.name(one):
        found.append(Named(name))
    if kind is not None and kind != one.kind:
        found.append(SeriesKind(kind))
    day, typed = session.widget(f"recurring.day.{key(one)}"), session.widget(f"recurring.amount.{key(one)}")
    if isinstance(day, date) and typed is not None and one.next is not None:
        amount = parse_amount(typed, one.currency).minor
        if (day, amount) != (one.next.on, one.next.amount):
            found.append(Next(day, amount))
    return found


def _command(user: User, one: Series, word: Word, request: str) -> SayOfSeries:
    return SayOfSeries(user.owner, request, user.owner, one.said.series, one.mark, word)
