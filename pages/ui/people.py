"""What members are called on a screen."""

from __future__ import annotations

from pages.ui.i18n import text


def called(name: str) -> str:
    """A member's name; of one who deleted their account, whom nothing names any more, that they are a former one."""
    return name or text("common.former_member")
