"""Whose tab a file is sent to: Streamlit asks only whether there is such a tab.

The name of a tab is a random number that nobody else is told; whoever has it nevertheless still gets nowhere with it.
"""

from __future__ import annotations

import re
from typing import Final

from streamlit import runtime

from data.sign_in import Session

UserInfo = dict[str, str | bool | dict[str, str] | None]  # as Streamlit types it
_UPLOAD: Final = re.compile(r"/_stcore/upload_file/(?P<tab>[^/]+)/.*", re.DOTALL)


def to_another(path: str, session: Session) -> bool:
    """Whether this path is for a file of a tab that is not of this session."""
    found = _UPLOAD.fullmatch(path)
    if found is None or not runtime.exists():  # without a runtime there are no tabs
        return False
    held = runtime.get_instance()._session_mgr.get_active_session_info(found["tab"])  # noqa: SLF001 - no other way to ask
    named: UserInfo = {"uid": str(session.owner), "session": session.id}
    return held is None or not held.session.matches_user_info(named)
