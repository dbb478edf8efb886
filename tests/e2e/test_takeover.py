"""A known Streamlit session id is worth nothing to another person: spoken on the wire, without a browser."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.exceptions import InvalidStatus
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin, Subprotocol

from data import identity
from data.home import open_home
from data.sign_in import SignedIn, Visit
from tests.e2e.conftest import GOOD, Server, serving

pytestmark = pytest.mark.browser
_MESSAGES = 30


def socket_of(server: Server, token: str | None, session: str = "", origin: str | None = None) -> ClientConnection:
    wanted = [Subprotocol("streamlit"), Subprotocol("no-xsrf"), *([Subprotocol(session)] if session else [])]
    headers = {"Cookie": f"__Host-wallet={token}"} if token else {}
    address = server.base.replace("http", "ws", 1) + "/_stcore/stream"
    return connect(address, origin=Origin(origin or server.base), subprotocols=wanted, additional_headers=headers)


def session_given(socket: ClientConnection) -> str:
    """The session id that Streamlit gives this connection when its script is asked to run."""
    ask = BackMsg()
    ask.rerun_script.query_string = ""
    socket.send(ask.SerializeToString())
    for _ in range(_MESSAGES):
        message = ForwardMsg.FromString(socket.recv(timeout=20, decode=False))
        if message.HasField("new_session"):
            return str(message.new_session.initialize.session_id)
    raise AssertionError("no session was given")


def test_a_session_is_resumed_by_its_own_person_only(tmp_path: Path) -> None:
    database = open_home(tmp_path / "wallet")
    alice, bob = (identity.sign_up(database, name, GOOD, Visit()) for name in ("alice", "bob"))
    again = identity.sign_in(database, "alice", GOOD, Visit())
    assert isinstance(again, SignedIn)
    database.close()
    with serving(tmp_path / "wallet") as server:
        with socket_of(server, alice.token) as socket:
            hers = session_given(socket)
        with socket_of(server, bob.token, hers) as socket:
            assert session_given(socket) != hers
        with socket_of(server, alice.token) as socket:
            hers = session_given(socket)
        with socket_of(server, again.token, hers) as socket:
            assert session_given(socket) != hers
        with socket_of(server, alice.token) as socket:
            hers = session_given(socket)
        with socket_of(server, alice.token, hers) as socket:
            assert session_given(socket) == hers


def test_sockets_without_a_session_or_from_elsewhere_are_refused(tmp_path: Path) -> None:
    database = open_home(tmp_path / "wallet")
    alice = identity.sign_up(database, "alice", GOOD, Visit())
    database.close()
    with serving(tmp_path / "wallet") as server:
        port = server.base.rsplit(":", 1)[1]
        for token, origin in (
            (None, None),
            (alice.owner.hex + ".guess", None),
            (alice.token, "https://evil.example"),
            (alice.token, "http://localhost:3000"),
            (alice.token, f"http://127.0.0.1:{port}"),
        ):
            with pytest.raises(InvalidStatus) as refused:
                socket_of(server, token, origin=origin)
            assert refused.value.response.status_code == 403
