"""Which language a browser asks for."""

from __future__ import annotations

from pages.ui.catalogue import LANGUAGES, Language, normalise


def preferred(accept_language: str) -> Language:
    """The first of our languages in an Accept-Language header, by its weights; English when none is named."""
    ranked = sorted(_offers(accept_language), key=lambda offer: -offer[1])
    for tag, weight in ranked:
        if weight > 0 and tag.split("-")[0] in LANGUAGES:
            return normalise(tag)
    return "en"


def chosen(asked: str | None, accept_language: str) -> Language:
    """The language asked for in the address, else the browser's."""
    return normalise(asked) if asked in LANGUAGES else preferred(accept_language)


def _offers(header: str) -> list[tuple[str, float]]:
    offers = []
    for part in header[:500].split(","):
        tag, _, parameter = part.strip().partition(";")
        try:
            weight = float(parameter.strip().removeprefix("q=") or 1)
        except ValueError:
            weight = 0.0
        if tag:
            offers.append((tag.lower(), weight))
    return offers
