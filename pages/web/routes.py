"""Everything that the edge answers itself: one list for the app."""

from __future__ import annotations

from starlette.routing import BaseRoute

from pages.web import confirm, forgotten, passkeys, signin


def routes() -> list[BaseRoute]:
    """Signing in and up and out, passkeys, confirming, forgotten passwords and links."""
    return [*signin.routes(), *passkeys.routes(), *confirm.routes(), *forgotten.routes()]
