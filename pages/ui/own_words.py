"""Streamlit's own English words, replaced by ours where it has no setting for them.

Written over by rules on its roles and test ids; where those change one day, its own words come back and nothing breaks.
"""

from __future__ import annotations

import json
from typing import Final

from pages.ui.i18n import text

# The menu at the top right keeps the choice of light and dark. What is above a table (hide, search, enlarge) speaks
# English and covers the title row on a phone: our tables are short, or have a search of their own.
_RULES: Final = """
[data-testid="stFileUploaderDropzone"] button p { font-size: 0; }
[data-testid="stFileUploaderDropzone"] button p::after { content: %(upload)s; font-size: .875rem; }
[data-testid="stFileUploaderDropzoneInstructions"], [data-testid="stElementToolbar"] { display: none; }
[role="menu"][aria-label="Main menu"] > [role="separator"],
[role="menu"][aria-label="Main menu"] > [role="menuitem"],
[role="menu"][aria-label="Main menu"] + div { display: none; }
[role="menu"][aria-label="Main menu"] [role="menuitemradio"] { font-size: 0; }
[role="menu"][aria-label="Main menu"] [role="menuitemradio"]::after { font-size: .8125rem; }
[role="menu"][aria-label="Main menu"] [role="menuitemradio"]:nth-child(1)::after { content: %(system)s; }
[role="menu"][aria-label="Main menu"] [role="menuitemradio"]:nth-child(2)::after { content: %(light)s; }
[role="menu"][aria-label="Main menu"] [role="menuitemradio"]:nth-child(3)::after { content: %(dark)s; }
"""
_WORDS: Final = ("upload", "system", "light", "dark")


def own_words() -> str:
    """The rules in the person's language, for a style element."""
    return _RULES % {word: json.dumps(text(f"frame.{word}"), ensure_ascii=False) for word in _WORDS}
