"""A browser's tab without the browser: speaks Streamlit's protocol over the real websocket, draws nothing.

It goes through our gate with a session's cookie, keeps what widgets the screen has, and waits until a run is over.
"""

from __future__ import annotations

import contextlib
import dataclasses
import time
from typing import Any, Final

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState, WidgetStates
from websockets.sync.client import connect
from websockets.typing import Origin, Subprotocol

_TIMEOUT: Final = 120  # seconds
_WHOLE: Final = (ForwardMsg.FINISHED_SUCCESSFULLY, ForwardMsg.FINISHED_WITH_COMPILE_ERROR)
_MOST: Final = 64 * 1024 * 1024


class RunFailedError(Exception):
    """A run showed an exception, or did not end."""


@dataclasses.dataclass(frozen=True, slots=True)
class Run:
    """One run as the tab saw it. seconds: until its last message; messages and bytes: what came, kinds: of elements."""

    seconds: float
    messages: int
    bytes: int
    kinds: frozenset[str]


class Tab:
    """An open tab of a signed-in person. Not thread-safe: one thread a tab."""

    def __init__(self, base: str, token: str) -> None:
        self._open = contextlib.ExitStack()
        opening = connect(
            base.replace("http", "ws", 1) + "/_stcore/stream",
            origin=Origin(base),
            additional_headers={"Cookie": f"__Host-wallet={token}"},
            subprotocols=[Subprotocol("streamlit")],
            max_size=_MOST,
            compression=None,
            open_timeout=_TIMEOUT,
        )
        self._socket = self._open.enter_context(opening)
        self.pages: dict[str, str] = {}
        self.fragments: dict[str, str] = {}
        self._page = ""
        self._states: dict[str, WidgetState] = {}
        self._kinds: set[str] = set()
        self.open("")

    def open(self, page: str) -> Run:
        """Go to a page by its path ("" is the first one)."""
        self._page = self.pages.get(page, "")
        self._states.clear()
        self.fragments.clear()
        return self._run(BackMsg())

    def again(self) -> Run:
        """Run the whole page again, as a click on it does."""
        return self._run(BackMsg())

    def choose(self, key: str, **value: object) -> Run:
        """Give the widget with this key a value (`string_value=…`), and run what it belongs to: its part, or the page.

        Raises:
            StopIteration: there is no such widget on the screen.
        """
        found = next(name for name in self.fragments if name.endswith(f"-{key}"))
        self._states[found] = WidgetState(id=found, **value)  # type: ignore[arg-type]
        message = BackMsg()
        message.rerun_script.fragment_id = self.fragments[found]
        return self._run(message)

    def watch(self) -> Run:
        """What the page does by itself every two seconds."""
        message = BackMsg()
        message.rerun_script.fragment_id = self.watched
        message.rerun_script.is_auto_rerun = True
        return self._run(message)

    watched = ""

    def close(self) -> None:
        """Close the tab."""
        self._open.close()

    def _run(self, message: BackMsg) -> Run:
        asked = message.rerun_script
        asked.page_script_hash = self._page
        asked.widget_states.CopyFrom(WidgetStates(widgets=self._states.values()))
        asked.context_info.timezone, asked.context_info.locale = "Asia/Shanghai", "zh-CN"
        whole = not asked.fragment_id
        started = time.perf_counter()
        self._socket.send(message.SerializeToString())
        messages = size = 0
        self._kinds.clear()
        while True:
            data = self._socket.recv(_TIMEOUT)
            assert isinstance(data, bytes)
            messages, size = messages + 1, size + len(data)
            if self._over(ForwardMsg.FromString(data), whole=whole):
                return Run(time.perf_counter() - started, messages, size, frozenset(self._kinds))

    def _over(self, told: ForwardMsg, *, whole: bool) -> bool:
        kind = told.WhichOneof("type")
        if kind == "navigation":
            self.pages = {one.url_pathname: one.page_script_hash for one in told.navigation.app_pages}
            self._page = told.navigation.page_script_hash
        elif kind == "auto_rerun":
            self.watched = told.auto_rerun.fragment_id
        elif kind == "delta" and told.delta.WhichOneof("type") == "new_element":
            self._note(told)
        if kind != "script_finished":
            return False
        if whole:
            return told.script_finished in _WHOLE
        return told.script_finished == ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY

    def _note(self, told: ForwardMsg) -> None:
        element = told.delta.new_element
        kind = element.WhichOneof("type")
        self._kinds.add(kind or "")
        if kind == "exception":
            raise RunFailedError(f"{element.exception.type}: {element.exception.message}")
        named: Any = getattr(element, kind or "", None)
        if hasattr(named, "id"):
            self.fragments[named.id] = told.delta.fragment_id
