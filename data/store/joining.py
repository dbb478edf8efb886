"""Who may sign up: the operator's choice, and the rows of invitations."""

from __future__ import annotations

import dataclasses
from datetime import datetime
from typing import Final, Literal, cast
from uuid import UUID

from data.errors import Rejection
from data.sign_in import Visit
from data.store import users
from data.store.command import Reader, Write

Mode = Literal["open", "invitation", "closed"]
_MODE: Final = "SELECT mode FROM sign_up_choice ORDER BY seq DESC LIMIT 1"
_OPEN_INVITATION: Final = """
SELECT id FROM invitation
WHERE owner = $owner AND token_hash = $token_hash AND used_at IS NULL AND revoked_at IS NULL AND expires_at > $now"""
_USE: Final = "UPDATE invitation SET used_at = $now, used_by = $used_by WHERE owner = $owner AND id = $id"


@dataclasses.dataclass(unsafe_hash=True)
class SignUpClosed(Rejection):
    """The operator lets nobody sign up at present."""


@dataclasses.dataclass(unsafe_hash=True)
class InvitationNeeded(Rejection):
    """Only who brings an invitation of the operator may sign up."""


@dataclasses.dataclass(unsafe_hash=True)
class InvitationOver(Rejection):
    """The invitation was used, has expired or was taken back, or there never was one."""


def mode(query: users.Query) -> Mode:
    """Who may sign up; anybody until the operator says otherwise."""
    rows = query(_MODE, {})
    return cast("Mode", rows[0][0]) if rows else "open"


def require_welcome(query: users.Query, inviter: UUID | None, token_hash: str, now: datetime) -> None:
    """Let pass whoever may sign up: the first person always; with an invitation, unless sign-up is closed.

    Raises:
        SignUpClosed, InvitationNeeded, InvitationOver.
    """
    chosen = mode(query)
    if chosen == "open" or users.nobody_yet(query):
        return
    if chosen == "closed":
        raise SignUpClosed
    if inviter is None:
        raise InvitationNeeded
    if open_invitation(query, inviter, token_hash, now) is None:
        raise InvitationOver


def open_invitation(query: users.Query, inviter: UUID, token_hash: str, now: datetime) -> UUID | None:
    """The invitation behind a token, while it is good."""
    rows = query(_OPEN_INVITATION, {"owner": inviter, "token_hash": token_hash, "now": now})
    return cast("UUID", rows[0][0]) if rows else None


def used(reader: Reader, inviter: UUID | None, token_hash: str, by: UUID, visit: Visit, now: datetime) -> list[Write]:
    """The writes that use up the invitation that was brought, none when there was none that is good."""
    found = open_invitation(reader.all, inviter, token_hash, now) if inviter else None
    if inviter is None or found is None:
        return []
    return [
        Write(_USE, {"owner": inviter, "id": found, "used_by": by, "now": now}),
        users.event(reader, "invitation_used", inviter, visit, now, member=str(by)),
    ]
