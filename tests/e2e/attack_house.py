"""A house to attack: alice has something of everything, mallory is a member like any other, eve has no account.

`Wire` is a client that sends exactly what it is told, over the network; `Line` speaks to the screens without a browser.
"""

from __future__ import annotations

import contextlib
import dataclasses
import http.client
from collections.abc import Iterator
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit
from uuid import UUID

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import ClientConnection

from data import alerts, identity, invitations, merchants, recovering, refunds
from data.alerts import ReportDebit
from data.home import open_running
from data.ids import OwnerId, new_request_id
from data.refunds import RequestRefund
from data.running import Running
from data.sign_in import Visit
from tests import wallet_house as house
from tests.bookkeeping import Bookkeeping, refunded, spent
from tests.e2e.conftest import GOOD, Server, serving
from tests.e2e.test_takeover import socket_of
from tests.pages.web.asgi import Answer, Browser
from tests.wallet_house import by

SESSION: Final = "__Host-wallet"
MARK: Final = "ZQXALICESONLY"  # stands in everything that is alice's alone
EVIDENCE: Final = b"\x89PNG\r\n\x1a\n" + MARK.encode()
UPLOAD_LIMIT: Final = 2  # MB, so that too much is little
_MESSAGES: Final = 3_000
_IDS: Final = {
    "entry": f"SELECT CAST(id AS VARCHAR) FROM entry WHERE owner = $o AND payee = '{MARK}' LIMIT 1",
    "import": "SELECT CAST(id AS VARCHAR) FROM import_batch WHERE owner = $o",
    "account": "SELECT CAST(id AS VARCHAR) FROM account WHERE owner = $o AND hint_key LIKE 'alipay%' LIMIT 1",
    "payment": "SELECT CAST(id AS VARCHAR) FROM payment WHERE owner = $o LIMIT 1",
    "request": "SELECT request_id FROM payment WHERE owner = $o LIMIT 1",
    "refund": "SELECT CAST(id AS VARCHAR) FROM refund WHERE owner = $o LIMIT 1",
    "card": "SELECT CAST(id AS VARCHAR) FROM card WHERE owner = $o LIMIT 1",
    "coupon claim": "SELECT CAST(id AS VARCHAR) FROM coupon_claim WHERE owner = $o LIMIT 1",
    "session": "SELECT id FROM user_session WHERE owner = $o LIMIT 1",
    "alert": "SELECT CAST(debit AS VARCHAR) FROM risk_answer WHERE owner = $o LIMIT 1",
    "evidence": "SELECT CAST(id AS VARCHAR) FROM attachment WHERE owner = $o LIMIT 1",
    "person": "SELECT CAST(owner AS VARCHAR) FROM app_user WHERE owner = $o",
}


@dataclasses.dataclass(frozen=True)
class Attacked:
    """A running server and who is here.

    tokens: of open sessions, by name; hers: ids of what alice has, by kind; links: secrets of the operator's links.
    """

    server: Server
    tokens: dict[str, str]
    hers: dict[str, str]
    links: dict[str, str]

    def wire(self, name: str | None = None, address: str = "127.0.0.1") -> Wire:
        """A client with this person's session, or with none, from an address (which the server is told by a proxy)."""
        client = Wire(self.server, address)
        if name is not None:
            client.jar[SESSION] = self.tokens[name]
        return client

    def line(self, name: str) -> contextlib.AbstractContextManager[Line]:
        """The screens of this person."""
        return line(self.server, self.tokens[name])


@contextlib.contextmanager
def attacked(home: Path) -> Iterator[Attacked]:
    """The house, filled, and its server."""
    filled = fill(home)
    with serving(home, STREAMLIT_SERVER_MAX_UPLOAD_SIZE=str(UPLOAD_LIMIT)) as server:
        yield Attacked(server, *filled)


def fill(home: Path) -> tuple[dict[str, str], dict[str, str], dict[str, str]]:
    """Everybody and everything, before the server starts: sessions, alice's things, links that nobody used."""
    running = open_running(home)
    try:
        names = ("operator", "alice", "mallory")
        people = {name: identity.sign_up(running.database, name, GOOD, Visit()) for name in names}
        alice, mallory = people["alice"].owner, people["mallory"].owner
        hers = _hers(running, alice)
        house.open_for(running, mallory)
        house.shop(running, "Mallory's", proprietor=mallory)
        links = {
            "invited": invitations.invite(running.database, people["operator"].owner, MARK, Visit()),
            "reset": recovering.issue(running.database, people["operator"].owner, alice, Visit()),
        }
        return {name: one.token for name, one in people.items()}, hers, links
    finally:
        running.close()


def _hers(running: Running, alice: OwnerId) -> dict[str, str]:
    filled = house.fill_wallet(running, alice)
    paid = house.pay(running, alice, filled.cafe, 40_00, note=MARK)
    house.pay(running, alice, filled.cafe, 41_00, note=MARK)
    asked = RequestRefund(**by(alice), payment=str(paid["payment"]), amount=5_00, reason="other", note=MARK)
    refunds.request(running.database, asked, (f"{MARK}.png", EVIDENCE))
    Bookkeeping(running.database, alice).imports(
        spent("2026-10-01", "77.77", MARK, order=f"{MARK}1", note=MARK), refunded("2026-10-02", "1.00", MARK, of="?")
    )
    hers = house.shop(running, "Alice's", proprietor=alice)
    customer = house.person(running.database, "keeper")
    house.open_for(running, customer)
    house.top_up(running, customer, house.card(running, customer), 100_00)
    house.pay(running, customer, hers, 9_00, note=MARK)
    code = merchants.dynamic_code(running.database, hers, alice, new_request_id(), 12_00, MARK)
    target = merchants.target_of(running.database, code)
    alerts.report(running.database, ReportDebit(**by(alice), debit=_uuid(paid["payment"])))
    found = {kind: running.database.read(sql, {"o": alice}) for kind, sql in _IDS.items()}
    ids = {kind: str(rows[0][0]) for kind, rows in found.items()}
    return {**ids, "merchant": str(hers.id), "pay code": str(target.pay_code)}


def _uuid(text: object) -> UUID:
    return UUID(str(text))


class Wire(Browser):
    """The miniature browser of the edge's tests, over the network: paths are sent as they are, with dots and all."""

    def __init__(self, server: Server, address: str = "127.0.0.1") -> None:
        parts = urlsplit(server.base)
        super().__init__(_nothing, parts.netloc)
        self.port = parts.port
        self.address = address

    def request(
        self, method: str, address: str, body: bytes = b"", headers: dict[str, str | None] | None = None
    ) -> Answer:
        sent: dict[str, str | None] = {"host": self.host, "accept-language": "en", "x-forwarded-for": self.address}
        if self.jar:
            sent["cookie"] = "; ".join(f"{name}={value}" for name, value in self.jar.items())
        sent |= headers or {}
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.putrequest(method, address, skip_host=True, skip_accept_encoding=True)
            for name, value in {"content-length": str(len(body)), **sent}.items():
                if value is not None:
                    connection.putheader(name, value)
            connection.endheaders(body)
            return self._kept(connection.getresponse())
        finally:
            connection.close()

    def _kept(self, response: http.client.HTTPResponse) -> Answer:
        named = [(name.lower(), value) for name, value in response.getheaders()]
        given = {}
        for name, value in named:
            if name == "set-cookie":
                for key, morsel in SimpleCookie(value).items():
                    given[key] = value
                    self.jar[key] = morsel.value
        return Answer(response.status, dict(named), given, response.read())


async def _nothing(_scope: object, _receive: object, _send: object) -> None:
    """There is no app in this process."""


class Line:
    """An open socket: screens are asked for by address, and everything that comes back is kept as it came."""

    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket
        self.session = ""

    def screen(self, address: str) -> bytes:
        """All that the server sends for the screen at an address, until its script is done."""
        page, _, query = address.partition("?")
        ask = BackMsg()
        ask.rerun_script.query_string = query
        ask.rerun_script.page_name = page.strip("/")
        self._socket.send(ask.SerializeToString())
        return b"".join(self._until_done())

    def _until_done(self) -> Iterator[bytes]:
        for _ in range(_MESSAGES):
            data = self._socket.recv(timeout=60, decode=False)
            message = ForwardMsg.FromString(data)
            if message.HasField("new_session"):
                self.session = message.new_session.initialize.session_id
            yield data
            if message.WhichOneof("type") == "script_finished":
                return
        raise AssertionError("the script did not end")


@contextlib.contextmanager
def line(server: Server, token: str) -> Iterator[Line]:
    """A socket with this session."""
    with socket_of(server, token) as socket:
        yield Line(socket)
