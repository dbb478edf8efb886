"""The door to refunds: ask for one with its reasons, agree or not, send it again, take it into the wallet instead.

A refund keeps its id from the request to the last try. What is asked for is reserved at once; what was agreed to comes
back where it came from (LEDGER §4).
"""

from __future__ import annotations

import dataclasses
from datetime import datetime
from typing import ClassVar, Final
from uuid import UUID

from data import settlement
from data.database import Database
from data.errors import NotFound, Rejection
from data.ids import OwnerId, new_id
from data.ledger.changes import TextTooLong
from data.ledger.refund_states import REASONS
from data.ledger.wallet import refunding
from data.ledger.wallet.commands import (
    CancelRefund,
    ConfirmRefund,
    CreditRefund,
    RejectRefund,
    RequestRefund,
    RetryRefund,
)
from data.ledger.wallet.deed import Stamp
from data.ledger.wallet.refusals import TextMissing
from data.running import Running
from data.store.command import Plan, Reader, Receipt, Rows
from data.store.vault import Answer

__all__ = [
    "REASONS",
    "Attachment",
    "AttachmentRefused",
    "CancelRefund",
    "ConfirmRefund",
    "CreditRefund",
    "RejectRefund",
    "RequestRefund",
    "RetryRefund",
    "attachment",
    "awaits_bank",
    "cancel",
    "confirm",
    "redirect",
    "reject",
    "request",
    "retry",
    "tell_bank",
]

NOTE_LENGTH: Final = 500
MOST_BYTES: Final = 5 * 1024 * 1024
_NAME_LENGTH: Final = 120
_MEDIA: Final = {b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg", b"%PDF-": "application/pdf"}


@dataclasses.dataclass(unsafe_hash=True)
class AttachmentRefused(Rejection):
    """Not kept: too large, or neither a picture (PNG, JPEG) nor a PDF. reason: `too_large`, `type`, `empty`."""

    name: str
    reason: str
    size: int
    most: int


@dataclasses.dataclass(frozen=True, slots=True)
class Attachment:
    """Evidence as it is kept."""

    name: str
    media_type: str
    content: bytes


@dataclasses.dataclass(frozen=True, slots=True)
class _Attach:
    not_content: ClassVar[frozenset[str]] = frozenset({"request_id", "attachment"})  # a fresh id each time it is sent

    owner: UUID
    request_id: str
    attachment: UUID
    name: str
    media_type: str
    content: bytes


def request(database: Database, command: RequestRefund, evidence: tuple[str, bytes] | None = None) -> Receipt:
    """Ask for money back. evidence: a file's name and bytes.

    The receipt: refund, state, amount_minor, refundable_minor.

    Raises:
        AttachmentRefused, TextTooLong, and as `data.ledger.wallet.refunding.request`.
    """
    if len(command.note) > NOTE_LENGTH:
        raise TextTooLong("note", NOTE_LENGTH, len(command.note))
    if evidence is not None:
        _foresee(database, command)
        command = dataclasses.replace(command, attachment=_attach(database, command, *evidence))
    return database.transact(command).or_raise()


def _foresee(database: Database, command: RequestRefund) -> None:
    """Refuse before the evidence is kept: nothing takes it away again. A request that was answered is answered alike.

    Raises:
        Rejection: as `data.ledger.wallet.refunding.request`.
    """
    if settlement.outcome(database, command.owner, command.request_id) is None:
        database.ask(
            lambda books, now: refunding.request(
                books, command, Stamp(command.at or now, now, str(command.actor), command.request_id, lambda: 0)
            ),
            command.owner,
            about=command,
        )


def _attach(database: Database, command: RequestRefund, name: str, content: bytes) -> UUID:
    media = next((kind for begin, kind in _MEDIA.items() if content.startswith(begin)), "")
    reason = "empty" if not content else "too_large" if len(content) > MOST_BYTES else "" if media else "type"
    if reason:
        raise AttachmentRefused(name[:_NAME_LENGTH], reason, len(content), MOST_BYTES)
    kept = name.replace("\\", "/").rsplit("/", 1)[-1][:_NAME_LENGTH] or "attachment"
    asked = _Attach(command.owner, f"{command.request_id}:file", new_id(), kept, media, content)
    return UUID(database.submit(asked, _decide_attach)["attachment"])


def _decide_attach(_reader: Reader, command: _Attach, now: datetime) -> Plan:
    row = {
        "owner": [command.owner],
        "id": [command.attachment],
        "name": [command.name],
        "media_type": [command.media_type],
        "content": [command.content],
        "recorded_at": [now],
    }
    return Plan({"attachment": str(command.attachment)}, [Rows("attachment", row)])


_ATTACHMENT: Final = """
SELECT a.name, a.media_type, a.content FROM refund r JOIN attachment a ON a.owner = r.owner AND a.id = r.attachment
WHERE r.id = $refund AND (r.owner = $who OR r.merchant IN (
    SELECT m.owner FROM published_merchant m WHERE m.proprietor = $who))"""


def attachment(database: Database, who: UUID, refund: UUID) -> Attachment:
    """The evidence of a refund, for who asked and for who runs the merchant.

    Raises:
        NotFound: there is none for them.
    """
    found = database.read(_ATTACHMENT, {"refund": refund, "who": who})
    if not found:
        raise NotFound("attachment", str(refund))
    name, media_type, content = found[0]
    return Attachment(name, media_type, bytes(content))


def cancel(database: Database, command: CancelRefund) -> Receipt:
    """Take the request back.

    Raises:
        RefundUnknown, RefundStateDiffers.
    """
    return database.transact(command).or_raise()


def confirm(running: Running, command: ConfirmRefund) -> Receipt:
    """The merchant agrees: a wallet has it at once, a card's bank is told. The receipt: state, due_on, estimated.

    Raises:
        MerchantUnknown, RefundUnknown, RefundStateDiffers.
    """
    return confirmed(running, command).or_raise()


def confirmed(running: Running, command: ConfirmRefund) -> Answer:
    """The same, the answer whole."""
    answer = running.database.transact(command)
    if awaits_bank(answer):
        tell_bank(running, command, answer)
    return answer


def awaits_bank(answer: Answer) -> bool:
    """Whether a confirmation made a refund that its card's bank is to be told of now."""
    return not answer.replayed and answer.receipt.get("state") == "processing" and not answer.receipt["reason"]


def tell_bank(running: Running, command: ConfirmRefund, answer: Answer) -> None:
    """Send the refund that was just confirmed to its card."""
    owner, refund = OwnerId(UUID(answer.receipt["owner"])), UUID(answer.receipt["refund"])
    settlement.send_refund(running, owner, refund, 1, command.at)


def reject(database: Database, command: RejectRefund) -> Receipt:
    """The merchant says no, and why.

    Raises:
        TextMissing, TextTooLong, MerchantUnknown, RefundUnknown, RefundStateDiffers.
    """
    if not command.reason.strip():
        raise TextMissing("reason")
    if len(command.reason) > NOTE_LENGTH:
        raise TextTooLong("reason", NOTE_LENGTH, len(command.reason))
    return database.transact(command).or_raise()


def retry(running: Running, command: RetryRefund) -> Receipt:
    """Send a failed refund to its card again, under its own id.

    Raises:
        RefundUnknown, RefundStateDiffers.
    """
    receipt = running.database.transact(command).or_raise()
    settlement.send_refund(running, command.owner, UUID(receipt["refund"]), command.attempt, command.at)
    return receipt


def redirect(database: Database, command: CreditRefund) -> Receipt:
    """Take a refund that its card cannot receive into the wallet instead, because the person said so.

    Raises:
        RefundUnknown, RefundStateDiffers, MerchantShort.
    """
    return database.transact(dataclasses.replace(command, redirect=True)).or_raise()
