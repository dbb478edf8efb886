"""What is written on a screen, for tests that look for words."""

from __future__ import annotations

from streamlit.testing.v1 import AppTest


def words(screen: AppTest) -> str:
    """Everything that is written on the screen."""
    html = [str(one.proto.body) for one in screen.get("html")]
    return "\n".join([*html, *(one.value for kind in (screen.markdown, screen.caption) for one in kind)])
